#!/usr/bin/env bash
# Stands in for aws, docker and sam where test_images.py runs deploy.sh. Notes in $ACCOUNT_FOLDER/asked what it is asked, and
# answers as an account would that has, in files there: a stack (its parameters, as NAME<tab>VALUE), a repository, its tags.
set -euo pipefail
account="$ACCOUNT_FOLDER"
asked="$(basename "$0") $*"
[ "$asked" != "docker login --username AWS --password-stdin 1.dkr.ecr.eu-central-1.amazonaws.com" ] || asked+=" <<< $(cat)"
echo "$asked" >>"$account/asked"

case "$asked" in
  "docker buildx version") [ ! -e "$account/no-buildx" ] ;;
  "docker info") [ ! -e "$account/no-docker" ] ;;
  "docker image inspect --format "*) for last; do :; done; format="$5"; echo "${format%% *} $last $(cat "$account/code")" ;;
  "docker push --quiet "*) echo "${asked##*:}" >>"$account/tags" ;;
  *describe-stacks*Outputs*) printf 'RestUrl\thttps://rest.example/v1\n' ;;
  *describe-stacks*ParameterKey==*)
    name="${asked#*ParameterKey==\'}"
    sed -n "s/^${name%%\'*}\t//p" "$account/stack" ;;
  *describe-stacks*) cat "$account/stack" ;;
  *get-function-configuration*) [ -e "$account/stack" ] || { echo ResourceNotFoundException >&2; exit 255; } ;;
  *get-layer-version-by-arn*) echo "file://$account/layer.zip" ;;
  *"ecr describe-repositories"*) cat "$account/repository" ;;
  *"ecr create-repository"*) echo 1.dkr.ecr.eu-central-1.amazonaws.com/order-engine-functions | tee "$account/repository" ;;
  *"ecr describe-images"*) 
    tag="${asked##*imageTag=}"
    grep -cx "${tag%% *}" "$account/tags" ;;
  *"ecr get-login-password"*) echo a-password ;;
  *"lambda invoke"*)
    for last; do :; done
    echo '{"keys": ["one"]}' >"$last"
    [ -e "$account/migration-fails" ] && echo Unhandled || echo None ;;
esac
