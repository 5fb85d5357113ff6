#!/usr/bin/env bash
# Everything about the dashboard that can be checked without a running engine. Needs Node 20.19 or newer.
set -euo pipefail
cd "$(dirname "$0")"

readonly BUDGET_BYTES=$((90 * 1024)) # all JavaScript, compressed
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

say() { printf '\n== %s\n' "$1"; }
fail() { printf 'dashboard: %s\n' "$1" >&2; exit 1; }

say "install from the lock file"
npm ci --no-audit --no-fund

say "types are those of docs/api/openapi.json"
npx openapi-typescript ../docs/api/openapi.json --immutable --default-non-nullable=false --output "$fresh/openapi.ts"
cmp "$fresh/openapi.ts" src/openapi.ts || fail "src/openapi.ts is out of date: run 'npm run types'"

say "format"
npx prettier --check .

say "compile"
npm run --silent check

say "unit tests"
npm run --silent test:unit

say "the committed dist is what the sources build"
npm run --silent build -- --outDir "$fresh/dist" --emptyOutDir
diff -r "$fresh/dist" dist || fail "dist is out of date: run 'npm run build' and commit it"

say "size"
size=0
for script in "$fresh"/dist/assets/*.js; do
  size=$((size + $(gzip -9 -c "$script" | wc -c)))
done
printf 'JavaScript: %d of %d bytes, compressed\n' "$size" "$BUDGET_BYTES"
[ "$size" -le "$BUDGET_BYTES" ] || fail "the JavaScript is above its budget"
