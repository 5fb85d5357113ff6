#!/usr/bin/env bash
# What others make out of the description of the API, against an engine that `cargo build -p local` made before: generated
# clients that compile and place an order each, and every route asked with what the description allows and what it does not.
# Part of `.ci/run`. Needs Node 20.19 or newer and Python 3.10 or newer.
set -euo pipefail
cd "$(dirname "$0")"

root=$(cd ../.. && pwd)
work=$(mktemp -d)
venv="$root/.venv/clients"
engine=
# The engine's PostgreSQL, which is not root, must be able to enter it.
data=$(mktemp -d /var/tmp/order-engine-clients.XXXXXX) && chmod 755 "$data"
# shellcheck disable=SC2329 # the trap calls it
finish() {
  [ -z "$engine" ] || { kill "$engine" && wait "$engine"; } 2>/dev/null || true
  rm -rf "$work" "$data"
}
trap finish EXIT

say() { printf '\n== %s\n' "$1"; }

say "install"
[ -x "$venv/bin/st" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-input -r clients/python/requirements.txt
(cd clients/typescript && npm ci --silent --no-audit --no-fund)

say "an engine of its own"
port=39$((RANDOM % 900 + 100))
url="http://127.0.0.1:$port"
DATA_DIR="$data" PORT=$port SIM_QUOTE_DELAY_MS=5 SIM_EXECUTION_DELAY_MS=50 LOG_FORMAT=json \
  "$root/target/debug/order-engine" >"$work/engine.log" 2>&1 &
engine=$!
until curl --silent --fail --max-time 5 "$url/health" >/dev/null; do
  kill -0 "$engine" || { cat "$work/engine.log" && exit 1; }
  sleep 0.2
done

say "TypeScript: openapi-typescript, as it comes"
cd clients/typescript
npm run --silent generate
npm run --silent build
npm start --silent -- "$url"
cd ../..

say "Python: openapi-python-client, as it comes"
cp clients/python/order.py "$work"
(
  cd "$work"
  PATH="$venv/bin:$PATH" openapi-python-client generate --path "$root/docs/api/openapi.json" --meta none \
    --output-path order_execution_engine_client --fail-on-warning
  "$venv/bin/mypy" --strict --follow-imports=silent order.py
  "$venv/bin/python" order.py "$url"
)

say "every route: schemathesis"
(cd "$work" && "$venv/bin/st" --config-file "$root/docs/api/schemathesis.toml" run "$url/api/openapi.json" --url "$url")

kill -0 "$engine"
if grep -E '"level":"ERROR"| ERROR ' "$work/engine.log"; then
  echo "the engine logged errors" >&2
  exit 1
fi
