#!/usr/bin/env bash
# Runs what LocalStack's own core does without Docker, and the engine against it (core.py says what). Part of `.ci/run`, which has
# built the engine before.
#
# LocalStack listens on every interface, whatever it is told. Here it has a network of its own, in which nobody else is: that takes
# root. And it takes Python 3.13 or newer. Without them nothing is run, which is said and is no failure.
set -euo pipefail
cd "$(dirname "$0")/.."
not_run() { echo "LocalStack's core was NOT run: $*"; exit 0; }

# The first one that answers: pyenv's stand-ins on PATH may have nothing behind them.
find_python() {
  local one
  for one in python3.13 python3.14 python3 "$HOME"/.pyenv/versions/*/bin/python3; do
    if "$one" -c 'import sys, venv; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; then
      command -v "$one"
      return
    fi
  done
  return 1
}

python="$(find_python)" || not_run "it needs Python 3.13 or newer, and none was found on PATH or in ~/.pyenv"
# A process of its own in each: whatever is started inside ends with it.
alone=(unshare --net --pid --fork --kill-child --mount-proc)
"${alone[@]}" true 2>/dev/null || not_run "it needs a network of its own, and making one (unshare --net --pid) needs root"

PYTHON="$python" localstack/tools.sh localstack
contract="$(cargo test --locked --workspace --no-run --test queue_contract --message-format json |
  "$python" -c 'import json, sys
for line in sys.stdin:
    made = json.loads(line)
    if made.get("executable") and made["target"]["name"] == "queue_contract":
        print(made["executable"])')"

# Where PostgreSQL, which refuses root and runs as another account, can get to.
folder="$(mktemp -d /var/tmp/order-engine-localstack.XXXXXX)"
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
"${alone[@]}" .venv/localstack/bin/python localstack/core.py "$folder" "$contract"
