#!/usr/bin/env bash
# Builds the functions with plain cargo, zips them, and writes a copy of template.yaml that points at the zips.
# For emulators and CI on a Linux like Lambda's (x86_64 or arm64, glibc up to 2.34). `sam build` serves every other machine.
#
#   localstack/build.sh [release|dev] [features]     → .aws-sam/release/ or .aws-sam/dev/, for the feature solana …-solana/
set -euo pipefail
cd "$(dirname "$0")/.."

profile="${1:-release}"
features="${2:-}"
functions=(submit worker websocket relay monitor migrate keys)
case "$profile" in
  release) binaries="${CARGO_TARGET_DIR:-target}/release" ;;
  dev) binaries="${CARGO_TARGET_DIR:-target}/debug" ;;
  *) echo "usage: localstack/build.sh [release|dev] [features]" >&2; exit 2 ;;
esac

cargo build --locked --profile "$profile" --features "$features" "${functions[@]/#/--package=}" >&2
staging=".aws-sam/$profile${features:+-$features}"
mkdir -p "$staging"
for function in "${functions[@]}"; do
  zip="$staging/$function.zip"
  [ "$zip" -nt "$binaries/$function" ] || python3 localstack/package.py "$binaries/$function" "$zip"
done
# The copy lies beside the zips: relative paths in it are relative to it.
sed 's|CodeUri: functions/\(.*\)|CodeUri: \1.zip|' template.yaml >"$staging/template.yaml"
