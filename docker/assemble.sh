#!/usr/bin/env bash
# Lays out the root of one image: the program, the shared objects that it names, the roots of TLS,
# a /tmp, and below /opt what docker/opt/ holds, if it is there: what other functions have from a
# layer. The Dockerfile runs this, and so does docker/check.py where there is no Docker.
#
#   docker/assemble.sh PROGRAM ROOT       PROGRAM: a release build of that name
set -euo pipefail
program="${CARGO_TARGET_DIR:-target}/release/$1" root="$2"

mkdir -p "$root/bin" "$root/etc/ssl/certs"
mkdir -m 1777 "$root/tmp"
cp "$program" "$root/bin/"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
# Assigned first: in `for … in $(…)` a failure would go unseen.
libraries="$(ldd "$program" | grep -o '/[^ ]*')"
for library in $libraries; do
  cp --parents --dereference "$library" "$root"
done
if [ -d docker/opt ]; then
  cp -R docker/opt "$root/opt"
  chmod -R a+rX "$root/opt" # whoever put it there, the programs are somebody else
fi
