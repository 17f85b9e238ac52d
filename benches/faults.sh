#!/bin/sh
# The long forms of the fault tests (tests/it/faults, and those that damage, tamper and fuzz), one after the other, and
# their figures.
#   benches/faults.sh             all of them
#   benches/faults.sh kill power  those whose name holds one of the words
#   WARROOM_TEST_PROGRAM=target/release/warroom benches/faults.sh   the same on another build of the program
# They look at a copy of the program, so that a build meanwhile does not change it under them.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo test --locked --test it --no-run --message-format=json 2>/dev/null >"$work/built"
it=$(sed -n 's/.*"executable":"\([^"]*\/it-[^"]*\)".*/\1/p' "$work/built" | tail -1)
cp "$it" "$work/it"
cp "${WARROOM_TEST_PROGRAM:-target/debug/warroom}" "$work/warroom"
export WARROOM_TEST_PROGRAM="$work/warroom" WARROOM_FAULTS=long
for name in ${*:-kill power drafts disks many clock damage tamper markdown fuzzing publish states secrets}; do
    case $name in
    damage) name=cli::damage ;;
    tamper) name=store::tamper ;;
    markdown) name=bombs ;;
    fuzzing) ;;
    *) name=faults::$name ;;
    esac
    printf '== %s\n' "$name"
    begun=$(date +%s)
    nice "$work/it" "$name" --test-threads=1 --nocapture 2>&1 | tee "$work/out" |
        grep -E '^FIGURE|SEED=|panicked|^test |SKIPPED' || true
    grep -q '^test result: ok' "$work/out" || { cat "$work/out"; exit 1; }
    printf -- '-- %s s\n' "$(($(date +%s) - begun))"
done
