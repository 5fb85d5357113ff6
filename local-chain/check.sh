#!/usr/bin/env bash
# Everything that must hold of the local chain and of the engine that trades on it, whose program
# `.ci/run` has built before. Part of `.ci/run`.
set -euo pipefail
cd "$(dirname "$0")"

cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
# One after another: each has an engine of its own, and two cores are enough for one.
cargo test --locked -- --test-threads 1

# The contract that the simulated chains keep as well, on a chain of its own.
rm -f target/contract.said
target/debug/local-chain --port 0 --slot-ms 50 --data target/contract >target/contract.said &
chain=$!
trap 'kill "$chain" 2>/dev/null || true' EXIT
until grep -qs ^VENUES= target/contract.said; do
  kill -0 "$chain"
  sleep 0.2
done
read -ra variables < <(grep ^VENUES= target/contract.said)
(cd .. && env "${variables[@]}" cargo test --locked --workspace --test vm -- --ignored)
kill "$chain"

# The demo, as docs/solana.md has it: an order, and nothing is left.
port=$((20000 + RANDOM % 10000)) # where no connection of others begins
BUILT=yes timeout --kill-after 30 300 ./demo.sh --port "$port" >target/demo.log 2>&1 &
demo=$!
trap 'kill "$demo" 2>/dev/null || true' EXIT
until curl --silent --fail --max-time 5 "http://127.0.0.1:$port/health" >target/demo.health; do
  kill -0 "$demo" || { cat target/demo.log && exit 1; }
  sleep 0.2
done
../target/debug/order-engine order SOL USDC 10 --url "http://127.0.0.1:$port" | tee target/demo.order
grep -q 'confirmed  received' target/demo.order
curl --silent "http://127.0.0.1:$port/api/market" | grep -q '"kind":"local"'
kill "$demo"
wait "$demo"
