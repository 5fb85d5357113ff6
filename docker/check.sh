#!/usr/bin/env bash
# Everything about the images and docker-compose.yml that can be seen without Docker.
set -euo pipefail
cd "$(dirname "$0")/.."
localstack/tools.sh template # PyYAML

.venv/template/bin/python docker/compose.py
if docker compose version >/dev/null 2>&1; then
  docker compose --profile localstack config --quiet
fi
docker/build.sh
functions=(submit worker websocket relay monitor migrate keys)
# And as localstack/build.sh zips them: the code itself asks for nothing that Lambda lacks.
python3 localstack/glibc.py "${functions[@]/#/${CARGO_TARGET_DIR:-target}/release/}"
python3 docker/check.py "${CARGO_TARGET_DIR:-target}/release"
