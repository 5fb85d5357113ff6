#!/usr/bin/env bash
# A Solana chain on this machine, and an engine that trades on it. Ctrl-C stops both, and what they
# knew is forgotten.
#
#   local-chain/demo.sh [options of order-engine]
set -euo pipefail
cd "$(dirname "$0")/.."

# Whoever has built both, as a gate has, says BUILT=yes.
if [ "${BUILT:-no}" != yes ]; then
  cargo build -p local
  cargo build --manifest-path local-chain/Cargo.toml
fi

data=$(mktemp -d "${TMPDIR:-/tmp}/local-chain-demo.XXXXXX")
chmod 755 "$data" # PostgreSQL's user has to pass
programs=()
stop() {
  trap '' INT TERM
  # The engine first: it stops its PostgreSQL.
  for ((i = ${#programs[@]} - 1; i >= 0; i--)); do
    kill "${programs[i]}" 2>/dev/null || true
    wait "${programs[i]}" || true
  done
  rm -rf "$data"
}
trap stop EXIT
trap 'exit 0' INT TERM

local-chain/target/debug/local-chain --port 0 --data "$data/chain" >"$data/said" &
programs+=($!)
until grep -q '^VENUES=' "$data/said"; do
  kill -0 "${programs[0]}"
  sleep 0.1
done
read -ra environment < <(grep '^VENUES=' "$data/said") # NAME=value, without spaces
# No database but its own: orders of another one would be executed on a chain that is forgotten.
env -u DATABASE_URL -u DATABASE_URL_FILE "${environment[@]}" \
  target/debug/order-engine --data-dir "$data/engine" "$@" &
programs+=($!)
wait "${programs[1]}"
