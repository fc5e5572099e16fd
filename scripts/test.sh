#!/bin/sh
# Installs what the tests need and runs all of them. Needs the Rust toolchain; on Debian it installs a C compiler (for SQLite),
# PostgreSQL, whose servers the tests start and end themselves, in temporary folders, and Python and Node, for the tests of functions;
# AWS's runtime clients for these two go into the target folder.
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
python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3 python3-venv"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
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

target="${CARGO_TARGET_DIR:-target}"
if ! "$target/test-python/bin/python" -c 'import awslambdaric' 2>/dev/null; then
    python3 -m venv --clear "$target/test-python"
    "$target/test-python/bin/pip" install --quiet --disable-pip-version-check awslambdaric==4.2.2
fi
# AWS's own client for Node wants a C++ build; this is the same client without it.
node_client="@serverless-stack/aws-lambda-ric"
if [ ! -e "$target/test-node/node_modules/$node_client/bin/index.js" ]; then
    mkdir -p "$target/test-node"
    echo '{"private": true}' >"$target/test-node/package.json"
    (cd "$target/test-node" && npm install --no-audit --no-fund --ignore-scripts --loglevel=error "$node_client@2.0.13")
fi

if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace
    cargo test --workspace --doc
else
    cargo test --workspace
fi
