#!/bin/sh
# Installs what the tests need and runs all of them. Needs the Rust toolchain; on Debian it installs a C compiler (for SQLite).
set -eu
cd "$(dirname "$0")/.."

if ! command -v cargo >/dev/null; then
    echo "test.sh: there is no cargo; install Rust from https://rustup.rs and run this again" >&2
    exit 1
fi

if ! command -v cc >/dev/null; then
    if ! command -v apt-get >/dev/null; then
        echo "test.sh: there is no C compiler (cc); install one and run this again" >&2
        exit 1
    fi
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then as_root="sudo"; fi
    $as_root apt-get update
    $as_root apt-get install --yes --no-install-recommends gcc libc6-dev
fi

if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace
    cargo test --workspace --doc
else
    cargo test --workspace
fi
