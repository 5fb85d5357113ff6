#!/usr/bin/env bash
# One order through the deployed REST API and socket, to `confirmed`. Fails when it gets there with a gap, or not at all.
#
#   localstack/smoke.sh                       what up.sh deployed
#   localstack/smoke.sh REST_URL [WS_URL]     any stack; without a socket the events are read by REST
#
# ORDER_ENGINE_KEY: the key to show; of what up.sh deployed, the first one if it is not set.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=localstack/state.sh
. localstack/state.sh
localstack/tools.sh emulator
RestUrl="${1:-}" WebSocketUrl="${2:-}"
if [ -z "$RestUrl" ]; then
  [ -f "$state/addresses" ] || { echo "nothing is up: run localstack/up.sh, or give the URLs" >&2; exit 2; }
  # shellcheck source=/dev/null
  . "$state/addresses"
  [ -n "$RestUrl" ] || { echo "the last deployment failed: run localstack/up.sh again" >&2; exit 2; }
fi
if [ -z "${ORDER_ENGINE_KEY:-}" ]; then
  [ -f "$state/key" ] || { echo "a key is needed: ORDER_ENGINE_KEY=oek_…" >&2; exit 2; }
  ORDER_ENGINE_KEY="$(cat "$state/key")"
fi
export ORDER_ENGINE_KEY
exec .venv/emulator/bin/python localstack/smoke.py "$RestUrl" "$WebSocketUrl"
