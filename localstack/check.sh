#!/usr/bin/env bash
# Checks template.yaml, with zips and with images, and database.yaml without an account or a network: syntax and types, SAM's own
# rules, security. And all scripts and the tests of those in Python.
# What these do not know (time-outs against visibility, concurrency, variables) is tested by localstack/e2e/tests/template.rs.
set -euo pipefail
cd "$(dirname "$0")/.."
localstack/tools.sh template
localstack/tools.sh checkov

mkdir -p .aws-sam
python3 localstack/images.py >.aws-sam/images.yaml
templates=(template.yaml .aws-sam/images.yaml database.yaml)
export AWS_DEFAULT_REGION=eu-central-1 SAM_CLI_TELEMETRY=0
echo "cfn-lint" && .venv/template/bin/cfn-lint "${templates[@]}"
echo "sam validate"
for template in "${templates[@]}"; do .venv/template/bin/sam validate --lint --template "$template"; done
echo "checkov" && .venv/checkov/bin/checkov --config-file localstack/checkov.yaml
echo "python" && .venv/template/bin/python -m unittest discover --quiet --start-directory localstack/tests
echo "cost" && python3 docs/cost.py --check
echo "shellcheck" && git ls-files -z '*.sh' .ci/run | xargs -0 .venv/template/bin/shellcheck
echo "templates: all checks passed"
