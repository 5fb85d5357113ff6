#!/usr/bin/env bash
# Size, memory and time to the first poll of the release binaries, as the table in docs/operations.md. Linux.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --package submit --package worker --package websocket --package relay --package monitor --package migrate --package keys >&2
python3 localstack/measure.py "${CARGO_TARGET_DIR:-target}/release" "$@"
