#!/usr/bin/env bash
# A Solana chain on this machine, and the engine trading on it. Ctrl-C stops both; the chain is
# forgotten, so each start has an engine with an empty order book.
#
#   local-chain/demo.sh [options of order-engine]
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build -p local
cargo build --manifest-path local-chain/Cargo.toml

data=$(mktemp -d "${TMPDIR:-/tmp}/local-chain-demo.XXXXXX")
chmod 755 "$data" # PostgreSQL's user has to pass
chain=
# Also when only the engine was told to stop.
trap '[ -z "$chain" ] || kill "$chain" 2>/dev/null || true; rm -rf "$data"' EXIT

local-chain/target/debug/local-chain --port 0 --data "$data/chain" >"$data/said" &
chain=$!
until grep -q '^VENUES=' "$data/said"; do
  kill -0 "$chain" || exit 1
  sleep 0.1
done
# NAME=value, without spaces.
read -ra environment < <(grep '^VENUES=' "$data/said")
env "${environment[@]}" target/debug/order-engine --data-dir "$data/engine" "$@"
