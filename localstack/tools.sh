#!/usr/bin/env bash
# Installs pinned Python tools into .venv/, once: they cannot share one environment, their SDKs conflict.
#
#   localstack/tools.sh emulator    MiniStack, the SAM transform and the AWS CLI: to run and test the stack here
#   localstack/tools.sh template    cfn-lint, SAM and cargo-lambda: to check the template and deploy to AWS
#   localstack/tools.sh checkov     security checks of the template
#   localstack/tools.sh localstack  LocalStack's own core, for core.sh; with Python 3.13 or newer, which PYTHON names
set -euo pipefail
cd "$(dirname "$0")/.."

tool="${1:?usage: localstack/tools.sh emulator|template|checkov|localstack}"
python="${PYTHON:-python3}"
requirements="localstack/requirements/$tool.txt"
[ -f "$requirements" ] || { echo "no such tool: $tool" >&2; exit 2; }
command -v "$python" >/dev/null || { echo "python3 (3.10 or newer) is needed for MiniStack and the AWS tools" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "$("$python" --version) is too old: 3.10 or newer is needed" >&2; exit 1; }

is_current() { cmp -s "$requirements" ".venv/$tool/installed.txt"; }
is_current && exit 0

# Test binaries start at the same time: one installs, the others wait for it.
mkdir -p .venv
lock=".venv/$tool.lock"
until mkdir "$lock" 2>/dev/null; do
  holder="$(cat "$lock/pid" 2>/dev/null || true)"
  if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -rf "$lock"; continue; fi
  sleep 0.5
done
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT
is_current && exit 0

echo "installing $tool into .venv/$tool (once)" >&2
"$python" -m venv --clear ".venv/$tool"
".venv/$tool/bin/pip" install --quiet --disable-pip-version-check --no-input -r "$requirements" >&2
cp "$requirements" ".venv/$tool/installed.txt"
