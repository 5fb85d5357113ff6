# syntax=docker/dockerfile:1
# Every program as a small image without root and without a shell: the engine on one machine and
# the seven Lambda functions.
#
#   docker build --target engine -t order-engine .
#   docker build --target worker -t order-engine-worker .
#                         (or submit, websocket, relay, monitor, migrate, keys)
#
# `--build-arg FEATURES=solana` builds functions that trade there. localstack/deploy.sh --images
# builds and deploys them all.
#
# An image holds the program, the C library's shared objects that it names, the roots of TLS, an
# empty /tmp, and below /opt what docker/opt/ holds, if it is there. Nothing else. docker/check.py
# runs the text below and starts each program from what it makes, without Docker: every stage has
# to be known there.

FROM rust:1.95-slim-bookworm AS build
# A C compiler and cmake for aws-lc, which the TLS stack is built on.
RUN set -eu; \
    apt-get update; \
    apt-get install --yes --no-install-recommends ca-certificates cmake g++ make; \
    rm -rf /var/lib/apt/lists/*
WORKDIR /engine
COPY . .
ARG FEATURES=""
# The caches belong to the builder, not to the image: the second build compiles what changed.
# `set -e`, or a loop would hide that one of its rounds has failed. The engine on one machine is
# built apart: Cargo would give the functions' libraries its features, which they do not need.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/engine/target \
    set -eu; \
    cargo build --release --locked --package local; \
    cargo build --release --locked --features "$FEATURES" --package submit --package worker \
      --package websocket --package relay --package monitor --package migrate --package keys; \
    for program in order-engine submit worker websocket relay monitor migrate keys; do \
      docker/assemble.sh "$program" "images/$program"; \
    done

# What all images share. The number is nobody's, so the programs own nothing.
FROM scratch AS base
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532

FROM base AS submit
COPY --from=build /engine/images/submit /
ENTRYPOINT ["/bin/submit"]

FROM base AS worker
COPY --from=build /engine/images/worker /
ENTRYPOINT ["/bin/worker"]

FROM base AS websocket
COPY --from=build /engine/images/websocket /
ENTRYPOINT ["/bin/websocket"]

FROM base AS relay
COPY --from=build /engine/images/relay /
ENTRYPOINT ["/bin/relay"]

FROM base AS monitor
COPY --from=build /engine/images/monitor /
ENTRYPOINT ["/bin/monitor"]

FROM base AS migrate
COPY --from=build /engine/images/migrate /
ENTRYPOINT ["/bin/migrate"]

FROM base AS keys
COPY --from=build /engine/images/keys /
ENTRYPOINT ["/bin/keys"]

# The default target: the whole engine on one machine. It needs DATABASE_URL, for it brings no
# PostgreSQL.
FROM base AS engine
COPY --from=build /engine/images/order-engine /
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
ENTRYPOINT ["/bin/order-engine"]
