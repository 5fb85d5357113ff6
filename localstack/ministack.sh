#!/usr/bin/env bash
# Becomes a MiniStack on 127.0.0.1:PORT. Its files go below FOLDER, so that nothing is left elsewhere.
#
#   localstack/ministack.sh PORT FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
port="$1" folder="$2"
mkdir -p "$folder/tmp"
folder="$(cd "$folder" && pwd)"
ministack="$PWD/.venv/emulator/bin/ministack"
cd "$folder"
# A clean environment: functions inherit it, and would not miss a variable that template.yaml forgets.
exec env -i PATH="/usr/local/bin:/usr/bin:/bin" HOME="$folder" TMPDIR="$folder/tmp" LANG=C.UTF-8 \
  BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" MINISTACK_HOST=127.0.0.1 AWS_ENDPOINT_URL="http://127.0.0.1:$port" \
  SFTP_ENABLED=0 IOT_MTLS_ENABLED=0 "$ministack"
