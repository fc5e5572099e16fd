#!/bin/sh
# Installs what the tests need and runs all of them. Needs the Rust toolchain; on Debian it installs a C compiler (for SQLite)
# and PostgreSQL, whose servers the tests start and end themselves, in temporary folders.
set -eu
cd "$(dirname "$0")/.."

if ! command -v cargo >/dev/null; then
    echo "test.sh: there is no cargo; install Rust from https://rustup.rs and run this again" >&2
    exit 1
fi

has_postgres() {
    command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

missing=""
command -v cc >/dev/null || missing="gcc libc6-dev"
has_postgres || missing="$missing postgresql"
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "test.sh: install these and run this again: $missing" >&2
        exit 1
    fi
    as_root apt-get update
    # Only the programs are wanted, not a server that runs.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        as_root mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    # shellcheck disable=SC2086 # a list of packages
    DEBIAN_FRONTEND=noninteractive as_root apt-get install --yes --no-install-recommends $missing
fi

if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace
    cargo test --workspace --doc
else
    cargo test --workspace
fi
