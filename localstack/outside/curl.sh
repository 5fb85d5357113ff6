#!/usr/bin/env bash
# What the REST API answers to curl: an order under an idempotency key, the same once more, and what it must refuse. Prints a
# line of JSON for each request: what was asked, and the answer's status, content type, mark of a repetition, and body.
#
#   localstack/outside/curl.sh REST_URL        ORDER_ENGINE_KEY: the key to show
set -euo pipefail
orders="$1/api/orders"
body="$(mktemp)"
trap 'rm -f "$body"' EXIT
answered='"status":%{http_code},"type":"%{content_type}","replayed":"%header{idempotency-replayed}"'

# With --retry it asks again when it is told "later" (429, 503), and shows the last answer alone.
ask() { # what is asked, in a word; then curl's arguments
  local what="$1" answer
  shift
  answer="$(curl --silent --show-error --max-time 60 --retry 8 --output "$body" --write-out "$answered" "$@")"
  printf '{"asked":"%s",%s,"body":%s}\n' "$what" "$answer" "$(cat "$body")"
}
with_key() { ask "$@" --header "authorization: Bearer $ORDER_ENGINE_KEY"; }
place() { # what is asked, the order, and more arguments
  with_key "$1" "$orders/execute" --header 'content-type: application/json' --data "$2" "${@:3}"
}
market() { printf '{"type":"market","tokenIn":"SOL","tokenOut":"%s","amount":%s}' "$1" "$2"; }

under_key=(--header "idempotency-key: curl-$$-$RANDOM")
place placed "$(market USDC 1)" "${under_key[@]}"
order="$(sed 's/.*"orderId":"\([^"]*\)".*/\1/' "$body")"
place repeated "$(market USDC 1)" "${under_key[@]}"
place contradicted "$(market USDC 2)" "${under_key[@]}"
place 'unknown token' "$(market NOPE 1)"
place 'not JSON' '{"type":'
ask 'without a key' "$orders/$order"
with_key 'no such order' "$orders/00000000-0000-7000-8000-000000000000"
with_key read "$orders/$order"
