#!/usr/bin/env bash
# What the images are made of, by the words of the Dockerfile; whatever is missing here is missing in the images too.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --package local
cargo build --release --locked --package submit --package worker --package websocket --package relay --package monitor \
  --package migrate --package keys
