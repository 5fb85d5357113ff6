# shellcheck shell=bash
# Where up.sh keeps what it starts, for up.sh and down.sh to source in the repository's root.
# shellcheck disable=SC2034

state=localstack/.state
postgres="$state/postgres"
# PostgreSQL refuses root and then runs as another account, which may not get into root's checkout.
if [ "$(id -u)" = 0 ]; then
  postgres="/var/tmp/order-engine/localstack-$(pwd | cksum | cut -d ' ' -f 1)"
fi
