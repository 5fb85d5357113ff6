# shellcheck shell=bash
# Where up.sh keeps what it starts, for it, smoke.sh and down.sh to source in the repository's root. STATE names another folder, for
# a second stack beside the first; its PORT has to be another one, too.
# shellcheck disable=SC2034

state="${STATE:-localstack/.state}"
postgres="$state/postgres"
# PostgreSQL refuses root and then runs as another account, which may not get into root's checkout.
if [ "$(id -u)" = 0 ]; then
  postgres="/var/tmp/order-engine/localstack-$(echo "$PWD${STATE:-}" | cksum | cut -d ' ' -f 1)"
fi
