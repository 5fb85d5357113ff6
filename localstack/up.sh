#!/usr/bin/env bash
# The whole stack on this machine without Docker and without an account: PostgreSQL, MiniStack, then deploy.sh.
# Needs Rust and Python 3.10 or newer. A second run updates what runs. `localstack/down.sh` ends it.
#
#   localstack/up.sh [Parameter=Value ...]        PORT: of MiniStack, default 4566
set -euo pipefail
cd "$(dirname "$0")/.."
port="${PORT:-4566}"
# shellcheck source=localstack/state.sh
. localstack/state.sh
mkdir -p "$state"
localstack/tools.sh emulator

answers() { .venv/emulator/bin/python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$port/_ministack/health', timeout=2)" 2>/dev/null; }

echo "==> PostgreSQL" >&2
DATABASE_URL="$(cargo run --quiet --locked --package embedded-postgres -- start --data-dir "$postgres")"
export DATABASE_URL

if ! answers; then
  echo "==> MiniStack on port $port" >&2
  nohup localstack/ministack.sh "$port" "$state/ministack" >"$state/ministack.log" 2>&1 &
  echo $! >"$state/ministack.pid"
  for _ in $(seq 120); do
    answers && break
    kill -0 "$(cat "$state/ministack.pid")" 2>/dev/null || { tail -20 "$state/ministack.log" >&2; exit 1; }
    sleep 0.25
  done
  answers || { echo "MiniStack does not answer; see $state/ministack.log" >&2; exit 1; }
fi

AWS_ENDPOINT_URL="http://127.0.0.1:$port" localstack/deploy.sh "$@" | tee "$state/addresses"
key="$(sed -n 's/^FirstKey=//p' "$state/addresses")"
if [ -n "$key" ]; then (umask 077 && echo "$key" >"$state/key"); fi # printed once, by the first deployment
