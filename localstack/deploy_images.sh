# shellcheck shell=bash
# How deploy.sh --images builds, keeps and deploys the functions as container images, on AWS and on LocalStack. deploy.sh
# sources this and shares its variables and functions.
# shellcheck disable=SC2034,SC2154

check_docker() {
  docker buildx version >/dev/null 2>&1 || { echo "--images needs Docker with its buildx, which is not here" >&2; return 1; }
  docker info >/dev/null 2>&1 || { echo "--images needs Docker, which does not answer: is it running?" >&2; return 1; }
  [ -z "$endpoint" ] || ! is_ministack || {
    echo "MiniStack runs functions as processes and has no registry for images: deploy to it without --images" >&2
    return 1
  }
}

deploy_images() {
  packaged=.aws-sam/images/template.yaml
  mkdir -p .aws-sam/images
  python3 localstack/images.py >"$packaged"
  functions="$(sed -n 's/^ *ImageUri:.*:\([a-z]*\)-.*/\1/p' "$packaged")"
  if [ -z "$endpoint" ]; then
    localstack/tools.sh template
    keep_architecture
  else
    emulator_parameters
  fi
  bring_layer_along
  [ "${BUILD:-}" = skip ] || build_images
  image_ids >.aws-sam/images/ids
  name_release "$packaged" .aws-sam/images/ids
  push_images
  migrate_first pushed_image
  if [ -z "$endpoint" ]; then
    # SAM looks for its settings beside the template.
    sam_deploy --template-file "$packaged" --config-file "$PWD/samconfig.toml" --image-repository "$repository"
  else
    aws s3 mb "s3://$stack-artifacts" >/dev/null 2>&1 || aws s3api head-bucket --bucket "$stack-artifacts" >&2
    create_on_emulator
  fi
}

# An image has no layers: what the one with the database's roots would put below /opt is built into the images.
bring_layer_along() {
  local authority layer one kept=()
  authority="$(known DatabaseCa)"
  layer="$(parameter DatabaseCaLayerArn)"
  for one in ${parameters[@]+"${parameters[@]}"}; do
    case "$one" in DatabaseCaLayerArn=*) ;; *) kept+=("$one") ;; esac
  done
  parameters=("${kept[@]}")
  [ -z "$layer" ] || python3 - "$(aws lambda get-layer-version-by-arn --arn "$layer" \
    --query Content.Location --output text)" docker/opt <<'PYTHON'
import io, sys, urllib.request, zipfile
address, folder = sys.argv[1:]
with urllib.request.urlopen(address, timeout=30) as layer:
    zipfile.ZipFile(io.BytesIO(layer.read())).extractall(folder)
PYTHON
  [ -z "$authority" ] || [ -f "docker/opt/${authority#/opt/}" ] || {
    echo "DatabaseCa=$authority has to be built into the images: give DatabaseCaLayerArn=… again," \
      "or put the file into docker/opt/" >&2
    return 1
  }
}

build_images() {
  local platform=amd64 function
  [ "$(parameter Architecture)" != arm64 ] || platform=arm64
  for function in $functions; do
    say "building $function for linux/$platform"
    # Lambda takes an image and no index of several, which one with attestations would be.
    docker buildx build --platform "linux/$platform" --provenance=false --sbom=false --load \
      --build-arg FEATURES="$features" --target "$function" --tag "$(local_name "$function")" . >&2
  done
}

repository_name() { tr '[:upper:]' '[:lower:]' <<<"$stack-functions"; } # Docker wants it so
local_name() { echo "$(repository_name):$1"; }

image_ids() {
  local function
  for function in $functions; do
    docker image inspect --format "$function {{.Id}}" "$(local_name "$function")"
  done
}

push_images() {
  local function tag name
  name="$(repository_name)"
  repository="$(aws ecr describe-repositories --repository-names "$name" --query 'repositories[0].repositoryUri' \
    --output text 2>/dev/null)" || repository="$(aws ecr create-repository --repository-name "$name" \
    --image-tag-mutability IMMUTABLE --image-scanning-configuration scanOnPush=true \
    --query repository.repositoryUri --output text)"
  parameters+=(ImageRepository="$repository")
  aws ecr get-login-password | docker login --username AWS --password-stdin "${repository%%/*}" >&2
  for function in $functions; do
    tag="$function-$(parameter Release)"
    # A tag cannot be given twice; under this one is this image.
    [ "$(aws ecr describe-images --repository-name "$name" --image-ids imageTag="$tag" --output text \
      --query 'length(imageDetails)' 2>/dev/null)" != 1 ] || continue
    say "pushing $tag"
    docker tag "$(local_name "$function")" "$repository:$tag"
    docker push --quiet "$repository:$tag" >&2
  done
}

pushed_image() { package=(--image-uri "$repository:migrate-$(parameter Release)"); }
