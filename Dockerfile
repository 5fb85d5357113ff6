# syntax=docker/dockerfile:1
# Every program as a small image without root and without a shell: the one-machine engine and the five Lambda functions.
#
#   docker build --target engine -t order-engine .
#   docker build --target worker -t order-engine-worker .      (submit, worker, websocket, relay, migrate)
#
# An image holds the program, the C library's shared objects that it names, and the roots of TLS. Nothing else.

FROM rust:1.95-slim-bookworm AS build
# A C compiler and cmake for aws-lc, which the TLS stack is built on.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates cmake g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /engine
COPY . .
# The caches belong to the builder, not to the image: the second build compiles what changed.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/engine/target \
    cargo build --release --locked --package local --package submit --package worker --package websocket \
      --package relay --package migrate \
 && for program in local submit worker websocket relay migrate; do \
      root="/images/$program"; mkdir -p "$root/bin" "$root/etc/ssl/certs" "$root/tmp" \
      && cp "target/release/$program" "$root/bin/$program" \
      && cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" \
      && for library in $(ldd "target/release/$program" | grep -o '/[^ ]*'); do cp --parents --dereference "$library" "$root"; done \
      && chmod 1777 "$root/tmp"; \
    done

# What all images share. The number is nobody's, so the programs own nothing.
FROM scratch AS base
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532

FROM base AS submit
COPY --from=build /images/submit /
ENTRYPOINT ["/bin/submit"]

FROM base AS worker
COPY --from=build /images/worker /
ENTRYPOINT ["/bin/worker"]

FROM base AS websocket
COPY --from=build /images/websocket /
ENTRYPOINT ["/bin/websocket"]

FROM base AS relay
COPY --from=build /images/relay /
ENTRYPOINT ["/bin/relay"]

FROM base AS migrate
COPY --from=build /images/migrate /
ENTRYPOINT ["/bin/migrate"]

# The default target: the whole engine on one machine. It needs DATABASE_URL, for it brings no PostgreSQL.
FROM base AS engine
COPY --from=build /images/local /
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
ENTRYPOINT ["/bin/local"]
