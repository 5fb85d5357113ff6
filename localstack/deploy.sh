#!/usr/bin/env bash
# Builds, migrates and deploys the stack; a second run updates it. Prints its addresses, one NAME=VALUE a line, and as
# FirstKey, this once, the first key of an account that has none yet.
#
#   localstack/deploy.sh [--images] [Parameter=Value ...]    parameters of template.yaml; those not given keep their value
#
# With --images the functions are container images, not zips: Docker builds them, a repository of the stack's own keeps them.
#
# On AWS MaxConnections=… tells how many connections the database takes: nothing is deployed that may hold more.
#
#   AWS_ENDPOINT_URL   an emulator (MiniStack, LocalStack); not set: AWS, with your credentials and region
#   DATABASE_URL       for an emulator, as its functions reach the database. On AWS give DatabaseSecretArn=…
#   STACK_NAME         default order-engine
#   ACCOUNT            whose first key is made, default main
#   PROFILE            release (default) or dev, for emulators
#   BUILD              skip: deploy what .aws-sam/ holds
#   CONNECTIONS        unchecked: deploy although connections.py refuses the sum of connections, or cannot tell it
#   MIGRATE            skip: leave the database as it is, to go back to a version that does not know its schema
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=localstack/deploy_images.sh
. localstack/deploy_images.sh

stack="${STACK_NAME:-order-engine}"
profile="${PROFILE:-release}"
endpoint="${AWS_ENDPOINT_URL:-}"
form=zips
if [ "${1:-}" = --images ]; then form=images; shift; fi
parameters=("$@")
say() { echo "==> $*" >&2; }

localstack/tools.sh emulator
if [ -n "$endpoint" ]; then
  export AWS_ACCESS_KEY_ID="${AWS_ACCESS_KEY_ID:-test}" AWS_SECRET_ACCESS_KEY="${AWS_SECRET_ACCESS_KEY:-test}"
  export AWS_DEFAULT_REGION="${AWS_DEFAULT_REGION:-us-east-1}"
fi
# Not every command of this CLI reads AWS_ENDPOINT_URL.
aws() { .venv/emulator/bin/aws ${endpoint:+--endpoint-url "$endpoint"} "$@"; }

read_outputs() {
  outputs="$(aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]')"
}
output() { awk -v name="$1" '$1 == name { print $2 }' <<<"$outputs"; }

is_ministack() { python3 - "$endpoint/_ministack/health" <<'PYTHON' 2>/dev/null
import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=5)
PYTHON
}

# What is given of a parameter, or what the stack has; nothing when it has none.
known() {
  local given
  given="$(parameter "$1")"
  if [ -n "$given" ]; then echo "$given"; return; fi
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue" 2>/dev/null || true
}

# The last word given about a parameter.
parameter() { printf '%s\n' ${parameters[@]+"${parameters[@]}"} | sed -n "s/^$1=//p" | tail -1; }

# Functions have names, and CloudFormation replaces nothing that has one.
check_form() {
  local has=zips kept
  kept="$(stack_parameters)"
  [ -n "$kept" ] || return 0
  ! grep -q ^ImageRepository= <<<"$kept" || has=images
  [ "$has" = "$form" ] || {
    echo "the functions of $stack are $has, and CloudFormation cannot make them $form: give the new stack another STACK_NAME" >&2
    return 1
  }
}

# Before anything is built or changed: what the functions may hold, against what the database takes.
check_connections() {
  # PostgreSQL's own default, for the databases that are made to try things out.
  [ -z "$endpoint" ] || [ -n "$(known MaxConnections)" ] || parameters+=(MaxConnections=100)
  say "connections to the database"
  .venv/emulator/bin/python localstack/connections.py ${parameters[@]+"${parameters[@]}"} <<<"$(stack_parameters)" >&2 ||
    [ "${CONNECTIONS:-}" = unchecked ]
}

# Functions are published under the name of the release: with another parameter, too.
name_release() { # the packages
  parameters+=(Release="$(.venv/emulator/bin/python localstack/release.py "$@" -- \
    "${parameters[@]}" <<<"$(stack_parameters)")")
}

stack_parameters() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query 'Stacks[0].Parameters[].[ParameterKey,ParameterValue]' 2>/dev/null | sed 's/\t/=/' || true
}

# Without a word about it, the processor that the stack has.
keep_architecture() {
  local architecture
  architecture="$(known Architecture)"
  [ -n "$(parameter Architecture)" ] || parameters+=(Architecture="${architecture:-arm64}")
}

# --- AWS: SAM builds with cargo-lambda, keeps the artifacts' bucket and shows the changes.
deploy_to_aws() {
  localstack/tools.sh template
  export PATH="$PWD/.venv/template/bin:$PATH" # SAM calls cargo-lambda, which is installed beside it
  keep_architecture # what is built must fit what is deployed
  if [ "${BUILD:-}" != skip ]; then
    say "building with cargo-lambda"
    # SAM hands no feature on, and its cache does not see that one is asked for.
    [ -z "$features" ] || export CARGO_LAMBDA_BUILD="{features=[\"${features//,/\",\"}\"]}"
    .venv/template/bin/sam build --cache-dir ".aws-sam/cache${features:+-$features}" \
      --parameter-overrides "${parameters[@]}" >&2
  fi
  python3 localstack/glibc.py .aws-sam/build/*Function/bootstrap >&2
  name_release .aws-sam/build/*Function/bootstrap
  migrate_first zip_built_by_sam
  sam_deploy
}

sam_deploy() {
  say "deploying $stack"
  .venv/template/bin/sam deploy --stack-name "$stack" --no-confirm-changeset --no-fail-on-empty-changeset \
    "$@" --parameter-overrides "${parameters[@]}" >&2
}

# --- An emulator: plain cargo, and the plain CloudFormation commands.
deploy_to_emulator() {
  emulator_parameters
  if [ "${BUILD:-}" != skip ]; then
    say "building ($profile)"
    localstack/build.sh "$profile" "$features"
  fi
  say "uploading"
  aws s3 mb "s3://$stack-artifacts" >/dev/null 2>&1 || aws s3api head-bucket --bucket "$stack-artifacts" >&2
  packaged="$(mktemp)"
  trap 'rm -f "$packaged" "$packaged.log"' EXIT
  aws cloudformation package --template-file ".aws-sam/$profile${features:+-$features}/template.yaml" --s3-bucket "$stack-artifacts" \
    --output-template-file "$packaged" >/dev/null 2>"$packaged.log" || { cat "$packaged.log" >&2; return 1; }
  name_release ".aws-sam/$profile${features:+-$features}"/*.zip
  migrate_first uploaded_package
  create_on_emulator
}

emulator_parameters() {
  local seen="$endpoint" architecture=x86_64
  # LocalStack's functions run in containers; this name leads to it from there and from here.
  is_ministack || seen="http://localhost.localstack.cloud:${endpoint##*:}"
  case "$(uname -m)" in arm64 | aarch64) architecture=arm64 ;; esac
  parameters=(Architecture="$architecture" EmulatorEndpoint="$seen"
    ${DATABASE_URL:+"DatabaseUrl=$DATABASE_URL"} ${parameters[@]+"${parameters[@]}"})
}

create_on_emulator() {
  # MiniStack's transform knows the defaults of parameters only, and publishes versions by them.
  sed -i.log "/^  Release:/,/^    Description:/s/Default: .*/Default: '$(parameter Release)'/" "$packaged"
  say "deploying $stack to $endpoint"
  update_emulator
  is_ministack || point_at_localstack_sockets
  # Emulators leave this out of a stack; AWS took it from the template.
  aws lambda put-function-concurrency --function-name "$stack-worker" --reserved-concurrent-executions 10 >/dev/null
}

update_emulator() {
  aws cloudformation deploy --template-file "$packaged" --s3-bucket "$stack-artifacts" \
    --stack-name "$stack" --no-fail-on-empty-changeset \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameter-overrides "${parameters[@]}" >&2
}

# LocalStack serves each WebSocket API on a port of its own, known only once it exists.
point_at_localstack_sockets() {
  local id address
  read_outputs
  id="$(output WebSocketApiId)"
  [ -n "$id" ] || return 0
  address="$(aws apigatewayv2 get-api --api-id "$id" --query ApiEndpoint --output text)"
  address="http://localhost.localstack.cloud:${address##*:}"
  parameters+=(EmulatorManagementEndpoint="$address")
  update_emulator
}

# --- The schema goes first: code may need what a migration adds, and every migration suits the code before it.

# What runs gets nothing new unless the migration succeeds. On a new stack there is nothing yet that could migrate.
migrate_first() { # a command that puts the new package's address into the array `package`
  local function="$stack-migrate" missing
  [ "${MIGRATE:-}" != skip ] || return 0
  if ! missing="$(aws lambda get-function-configuration --function-name "$function" 2>&1 >/dev/null)"; then
    case "$missing" in *ResourceNotFound*) return 0 ;; esac
    echo "$missing" >&2
    return 1
  fi
  say "updating $function alone"
  local package=()
  "$1"
  aws lambda update-function-code --function-name "$function" --architectures "$(parameter Architecture)" \
    "${package[@]}" >/dev/null
  aws lambda wait function-updated --function-name "$function"
  migrate || { echo "nothing else was deployed: all other functions run the code before" >&2; return 1; }
}

zip_built_by_sam() {
  local zip=.aws-sam/build/migrate.zip
  python3 localstack/package.py .aws-sam/build/MigrateFunction/bootstrap "$zip"
  package=(--zip-file "fileb://$zip")
}

uploaded_package() {
  local address
  address="$(awk '/^  [A-Za-z]/ { name = $1 } name == "MigrateFunction:" && $1 == "CodeUri:" { print $2 }' "$packaged")"
  address="${address#s3://}"
  package=(--s3-bucket "${address%%/*}" --s3-key "${address#*/}")
}

migrate() {
  [ "${MIGRATE:-}" != skip ] || return 0
  say "migrating"
  local answer failure
  answer="$(mktemp)"
  failure="$(aws --cli-read-timeout 310 lambda invoke --function-name "$stack-migrate" --payload '{}' \
    --query FunctionError --output text "$answer")"
  cat "$answer" >&2; echo >&2
  rm -f "$answer"
  [ "$failure" = None ] || { echo "the migration failed; the log group /aws/lambda/$stack-migrate says why" >&2; return 1; }
}

# Whoever has no key cannot ask the API for one. The key is in this script's output and nowhere else.
make_first_key() {
  local account="${ACCOUNT:-main}" known
  [ "${MIGRATE:-}" != skip ] || return 0 # the schema may be one without keys
  known="$(ask_for_keys list "$account" 'len(answer["keys"])')"
  [ "$known" = 0 ] || return 0
  say "making the first key of $account"
  first_key="$(ask_for_keys create "$account" 'answer["key"]')"
}

ask_for_keys() { # an action, an account, what to print of the answer
  local answer failure
  answer="$(mktemp)"
  failure="$(aws lambda invoke --function-name "$stack-keys" --payload "{\"action\":\"$1\",\"account\":\"$2\"}" \
    --query FunctionError --output text "$answer")" || { rm -f "$answer"; return 1; }
  if [ "$failure" = None ]; then
    python3 -c "import json; answer = json.load(open('$answer')); print($3)"
  else
    cat "$answer" >&2; echo >&2
  fi
  rm -f "$answer"
  [ "$failure" = None ]
}

upload_dashboard() {
  local bucket site
  bucket="$(output DashboardBucketName)"
  [ -n "$bucket" ] || return 0
  site="$(output DashboardUrl)"
  say "uploading the dashboard"
  # Assets have a hash in their name and never change; the rest always might.
  aws s3 sync dashboard/dist/assets "s3://$bucket/assets" --delete --only-show-errors \
    --cache-control "public, max-age=31536000, immutable"
  aws s3 sync dashboard/dist "s3://$bucket" --delete --exclude "assets/*" --exclude config.json --only-show-errors \
    --cache-control no-cache
  printf '{"apiUrl":"%s","wsUrl":"%s"}\n' "$site/v1" "$(websocket_url)" |
    aws s3 cp - "s3://$bucket/config.json" --cache-control no-cache --content-type application/json --only-show-errors
  aws cloudfront create-invalidation --distribution-id "$(output DashboardDistributionId)" \
    --paths "/*" >/dev/null
}

websocket_url() {
  local id
  id="$(output WebSocketApiId)"
  if [ -z "$endpoint" ] || [ -z "$id" ]; then output WebSocketUrl
  elif is_ministack; then echo "ws://${endpoint#*://}/_aws/execute-api/$id/v1"
  else aws apigatewayv2 get-api --api-id "$id" --query ApiEndpoint --output text; fi
}

check_form
[ "$form" = zips ] || check_docker # of deploy_images.sh
check_connections
features=""
[ "$(known Venues)" != solana ] || features=solana # only with it do functions start there
[[ "$(known OtelEndpoint)" != http* ]] || features="${features:+$features,}traces" # likewise
if [ "$form" = images ]; then deploy_images
elif [ -n "$endpoint" ]; then deploy_to_emulator
else deploy_to_aws; fi
read_outputs
migrate # a new stack, or a database that was just named; nothing to do otherwise
upload_dashboard
first_key=""
make_first_key # last, for what follows could lose it
cat <<RESULT
RestUrl=$(output RestUrl)
WebSocketUrl=$(websocket_url)
OrdersQueueUrl=$(output OrdersQueueUrl)
OrdersDeadLetterQueueUrl=$(output OrdersDeadLetterQueueUrl)
DashboardUrl=$(output DashboardUrl)
DashboardBucketName=$(output DashboardBucketName)
RESULT
[ -z "$first_key" ] || echo "FirstKey=$first_key"
