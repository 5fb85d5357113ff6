#!/usr/bin/env bash
# What others make out of the description of the API, against an engine that `cargo build -p local` made before: generated
# clients that compile and place an order each, the collection of requests and the README's lines as they stand there, and
# every route asked with what the description allows and what it does not.
# Part of `.ci/run`. Needs Node 20.19 or newer and Python 3.10 or newer.
set -euo pipefail
cd "$(dirname "$0")"

root=$(cd ../.. && pwd)
work=$(mktemp -d)
venv="$root/.venv/clients"
engines=()
# The engine's PostgreSQL, which is not root, must be able to enter it.
data=$(mktemp -d /var/tmp/order-engine-clients.XXXXXX) && chmod 755 "$data"
# shellcheck disable=SC2329 # the trap calls it
finish() {
  [ ${#engines[@]} -eq 0 ] || { kill "${engines[@]}" && wait "${engines[@]}"; } 2>/dev/null || true
  rm -rf "$work" "$data"
}
trap finish EXIT

fail() { printf 'api: %s\n' "$1" >&2; exit 1; }
say() { printf '\n== %s\n' "$1"; }

say "install"
[ -x "$venv/bin/st" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-input -r clients/python/requirements.txt
(cd clients/typescript && npm ci --silent --no-audit --no-fund)
(cd clients/collection && npm ci --silent --no-audit --no-fund)

# Starts an engine of its own, which lets in whom `$1` (AUTH) says; `$url` is where it answers.
start() {
  local port=$((20000 + RANDOM % 10000)) # where no connection of others begins
  url="http://127.0.0.1:$port"
  mkdir -m 755 "$data/$1"
  AUTH=$1 DATA_DIR="$data/$1" PORT=$port SIM_QUOTE_DELAY_MS=5 SIM_EXECUTION_DELAY_MS=50 LOG_FORMAT=json \
    "$root/target/debug/order-engine" >"$work/engine-$1.log" 2>&1 &
  engines+=($!)
  until curl --silent --fail --max-time 5 "$url/health" >/dev/null; do
    kill -0 $! || { cat "$work/engine-$1.log" && exit 1; }
    sleep 0.2
  done
}

say "the collection, with a key: newman"
(cd clients/collection && node generate.js "$work/collection.json")
cmp "$work/collection.json" collection.json || fail "collection.json is out of date: run 'npm run generate'"
start keys
key=$("$root/target/debug/order-engine" keys create --account desk --scopes orders:read,orders:write,stream,keys \
  --data-dir "$data/keys")
walk() { (cd clients/collection && npm run --silent walk -- --env-var "baseUrl=$url" "$@"); }
walk --env-var "key=$key"

say "the collection, without one"
start loopback
walk --reporter-cli-no-success-assertions --reporter-cli-no-summary

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

say "README.md: curl, Python, TypeScript"
snippet() {
  awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```$/ { on = 0 } on' README.md | sed "s|http://127.0.0.1:3000|$url|"
}
says() { tee "$work/said" && grep -q "$1" "$work/said"; }
snippet sh >"$work/snippet.sh"
snippet python >"$work/snippet.py"
snippet typescript >clients/typescript/snippet.ts
bash -euo pipefail "$work/snippet.sh" | says '"status":"'
"$venv/bin/python" "$work/snippet.py" | says '^confirmed '
(
  cd clients/typescript
  npx tsc --project tsconfig.snippet.json
  node build/snippet.js | says '^confirmed '
)

say "every route: schemathesis"
(cd "$work" && "$venv/bin/st" --config-file "$root/docs/api/schemathesis.toml" run "$url/api/openapi.json" --url "$url")

kill -0 "${engines[@]}"
if grep -E '"level":"ERROR"| ERROR ' "$work"/engine-*.log; then
  echo "the engine logged errors" >&2
  exit 1
fi
