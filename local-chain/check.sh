#!/usr/bin/env bash
# Everything that must hold of the local chain, and of the engine that trades on it, which
# `cargo build -p local` made before. Part of `.ci/run`.
set -euo pipefail
cd "$(dirname "$0")"

cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
cargo test --locked
