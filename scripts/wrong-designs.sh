#!/usr/bin/env bash
# Breaks the design on purpose, one way at a time, in a copy of the tree, and shows that the tests notice.
# A file in scripts/wrong-designs/ is a patch; its first lines say what is broken and which tests are run.
# Exits with 0 if every broken design was caught.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'git worktree remove --force "$copy" >/dev/null 2>&1; rm -rf "$copy"' EXIT
git worktree add --quiet --detach "$copy" HEAD
# Dependencies are built once: only the rooms themselves are built anew.
export CARGO_TARGET_DIR="$PWD/target"

missed=0
for patch in scripts/wrong-designs/*.patch; do
    what=$(sed -n 's/^# broken: //p' "$patch")
    tests=$(sed -n 's/^# tests: //p' "$patch")
    git -C "$copy" apply "$PWD/$patch"
    # shellcheck disable=SC2086 # the words of `tests` are arguments
    if (cd "$copy" && cargo test --quiet $tests) >"$copy.log" 2>&1; then
        printf 'MISSED  %s\n' "$what"
        missed=1
    elif ! grep -q '^test result: FAILED' "$copy.log"; then
        printf 'BROKEN  %s: the tests could not be run\n' "$what"
        tail -n 20 "$copy.log"
        missed=1
    else
        caught=$(sed -n 's/^    \([a-z_:0-9]*\)$/\1/p' "$copy.log" | sort -u | wc -l)
        printf 'caught  %s (by %s tests, first: %s)\n' "$what" "$caught" \
            "$(sed -n 's/^    \([a-z_:0-9]*\)$/\1/p' "$copy.log" | sort -u | head -n 1)"
    fi
    git -C "$copy" checkout --quiet -- .
done
rm -f "$copy.log"
exit "$missed"
