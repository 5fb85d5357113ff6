#!/usr/bin/env bash
# No dependency has a known vulnerability, is unsound or unmaintained, or was yanked, as far as the
# dated copy of RustSec's advisories beside this file knows.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
made=$PWD/target/advisories

# cargo deny takes advisories from a git repository only. Here git gives it one made of a folder
# for the address of RustSec's: so the gate needs no network beyond crates.io.
check() {
  rm -rf "$made/repository" "$made/fetched"
  mkdir -p "$made/repository"
  cp -r "$@" "$made/repository/"
  (
    cd "$made/repository"
    git init --quiet --initial-branch main
    git add --all
    git -c user.name=gate -c user.email=gate@localhost commit --quiet --no-gpg-sign --message copy
  )
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.file://$made/repository.insteadOf" \
    GIT_CONFIG_VALUE_0=https://github.com/RustSec/advisory-db \
    cargo deny --all-features check advisories
}

# A check that cannot fail proves nothing: one advisory more, about a crate in use, must fail it.
mkdir -p "$made/planted/crates/serde"
cat >"$made/planted/crates/serde/RUSTSEC-9999-9999.md" <<'ADVISORY'
```toml
[advisory]
id = "RUSTSEC-9999-9999"
package = "serde"
date = "2026-11-27"

[versions]
patched = []
```

# Planted by the gate
ADVISORY
if check "$here/crates" "$made/planted/crates" >"$made/planted.log" 2>&1 ||
  ! grep -q RUSTSEC-9999-9999 "$made/planted.log"; then
  cat "$made/planted.log" >&2
  echo "an advisory about serde that no version heeds was not refused" >&2
  exit 1
fi

check "$here/crates"
