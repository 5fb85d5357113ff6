#!/usr/bin/env bash
# Deploys database.yaml on AWS, and prints the parameters of template.yaml that follow from it, one NAME=VALUE a line:
#
#   localstack/deploy.sh $(localstack/database.sh) AlarmEmail=ops@example.com
#
#   localstack/database.sh [Parameter=Value ...]    parameters of database.yaml; those not given keep their value
#
#   STACK_NAME         of the engine, default order-engine; this one is called $STACK_NAME-database
#
# Without the proxy the certificate is of a root that only RDS has: the region's roots then become a layer of the functions.
set -euo pipefail
cd "$(dirname "$0")/.."
stack="${STACK_NAME:-order-engine}-database"
localstack/tools.sh emulator
aws() { .venv/emulator/bin/aws "$@"; }

given=(); [ $# -eq 0 ] || given=(--parameter-overrides "$@")
aws cloudformation deploy --template-file database.yaml --stack-name "$stack" --capabilities CAPABILITY_IAM \
  --no-fail-on-empty-changeset ${given[@]+"${given[@]}"} >&2
outputs="$(aws cloudformation describe-stacks --stack-name "$stack" --output text \
  --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' | sed 's/\t/=/')"
echo "$outputs"

if grep -q ^DatabaseCa= <<<"$outputs"; then
  region="$(cut -d : -f 4 <<<"$(grep ^DatabaseSecretArn= <<<"$outputs")")"
  folder="$(mktemp -d)"
  trap 'rm -rf "$folder"' EXIT
  python3 - "https://truststore.pki.rds.amazonaws.com/$region/$region-bundle.pem" "$folder/layer.zip" <<'PYTHON'
import sys, urllib.request, zipfile
address, layer = sys.argv[1:]
bundle = urllib.request.urlopen(address, timeout=30).read()
assert bundle.count(b"-----BEGIN CERTIFICATE-----") > 0, f"{address} holds no certificate"
entry = zipfile.ZipInfo("rds.pem", date_time=(1980, 1, 1, 0, 0, 0))
entry.external_attr = 0o100644 << 16  # functions are not root
with zipfile.ZipFile(layer, "w") as archive:
    archive.writestr(entry, bundle)
PYTHON
  printf 'DatabaseCaLayerArn=%s\n' "$(aws lambda publish-layer-version --layer-name "$stack-roots" \
    --zip-file "fileb://$folder/layer.zip" --query LayerVersionArn --output text)"
fi
