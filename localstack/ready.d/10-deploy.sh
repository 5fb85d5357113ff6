#!/usr/bin/env bash
# LocalStack runs this once it is ready. Deploys what `localstack/build.sh` has built, which docker-compose.yml mounts here.
set -euo pipefail
cd /engine
if [ ! -f .aws-sam/release/template.yaml ]; then
  echo "nothing is built: run localstack/build.sh on the host, then restart this container"
  exit 0
fi
# deploy.sh installs its tools beside itself: in a copy, for the folder of the host holds those of another machine.
mkdir -p /tmp/engine && cp -r localstack .aws-sam template.yaml /tmp/engine/ && cd /tmp/engine
AWS_ENDPOINT_URL=http://localhost:4566 BUILD=skip localstack/deploy.sh "WithWebSocket=${WITH_WEBSOCKET:-false}"
