#!/usr/bin/env bash
# Runs MiniStack on 127.0.0.1:PORT until it is told to end. Its files go below FOLDER, so that nothing is left elsewhere.
#
#   localstack/ministack.sh PORT FOLDER [--until-eof]     with the option it ends with its standard input, that is: with the
#                                                         process that started it, however that ends; FOLDER then goes too
set -euo pipefail
cd "$(dirname "$0")/.."
port="$1" folder="$2" until_eof="${3:-}"
mkdir -p "$folder/tmp"
folder="$(cd "$folder" && pwd)"
ministack="$PWD/.venv/emulator/bin/ministack"
cd "$folder"

exec 3<&0
# A clean environment: functions inherit it, and would not miss a variable that template.yaml forgets.
env -i PATH="/usr/local/bin:/usr/bin:/bin" HOME="$folder" TMPDIR="$folder/tmp" LANG=C.UTF-8 \
  BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" MINISTACK_HOST=127.0.0.1 AWS_ENDPOINT_URL="http://127.0.0.1:$port" \
  SFTP_ENABLED=0 IOT_MTLS_ENABLED=0 "$ministack" </dev/null 3<&- &
server=$!
trap 'kill "$server" 2>/dev/null || true' TERM INT
if [ "$until_eof" = --until-eof ]; then
  { cat <&3 >/dev/null; kill "$server" 2>/dev/null; } &
fi
while kill -0 "$server" 2>/dev/null; do wait "$server" || true; done
if [ "$until_eof" = --until-eof ]; then rm -rf "$folder"; fi
