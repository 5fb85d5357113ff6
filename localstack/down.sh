#!/usr/bin/env bash
# Ends what up.sh started. Orders stay in the database, and the key that reads them beside it; `--wipe` drops them too.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=localstack/state.sh
. localstack/state.sh
[ -d "$state" ] || exit 0

if pid="$(cat "$state/ministack.pid" 2>/dev/null)" && kill -0 "$pid" 2>/dev/null; then
  kill "$pid" # it ends the functions with it
  for _ in $(seq 60); do kill -0 "$pid" 2>/dev/null || break; sleep 0.25; done
  ! kill -0 "$pid" 2>/dev/null || kill -9 "$pid"
fi
cargo run --quiet --locked --package embedded-postgres -- stop --data-dir "$postgres"
rm -rf "$state/ministack" "$state/ministack.pid" "$state/ministack.log" "$state/addresses"
if [ "${1:-}" = --wipe ]; then rm -rf "$state" "$postgres"; fi
echo "all down" >&2
