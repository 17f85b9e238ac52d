#!/bin/sh
# The long forms of the fault tests (tests/it/faults, and those that damage, tamper, erase and fuzz), one after the other,
# and their figures.
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
cargo test --locked --lib --no-run --message-format=json 2>/dev/null >"$work/built"
lib=$(sed -n 's/.*"executable":"\([^"]*\/warroom-[^"]*\)".*/\1/p' "$work/built" | tail -1)
cp "$lib" "$work/lib"
cp "${WARROOM_TEST_PROGRAM:-target/debug/warroom}" "$work/warroom"
export WARROOM_TEST_PROGRAM="$work/warroom" WARROOM_FAULTS=long
for name in ${*:-kill power drafts disks many clock accounts damage tamper markdown fuzzing extremes pasting index \
    publish states secrets corpus erasing terminal}; do
    tests=it
    begun=$(date +%s)
    printf '== %s\n' "$name"
    case $name in
    accounts | clock | disks | drafts | kill | many | power | publish | secrets | states) name=faults::$name ;;
    damage) name=cli::damage ;;
    tamper) name=store::tamper ;;
    markdown) name=bombs ;;
    index) name=cli::memory::damaged ;;
    corpus) tests=lib name=a_corpus_of_notes ;;
    terminal) tests=lib name=a_terminal_gets_no_sequence ;;
    esac
    nice "$work/$tests" "$name" --test-threads=1 --nocapture 2>&1 | tee "$work/out" |
        grep -E '^FIGURE|^corpus: |SEED=|panicked|^test |SKIPPED' || true
    grep -q '^test result: ok. [1-9]' "$work/out" || { cat "$work/out"; exit 1; }
    printf -- '-- %s s\n' "$(($(date +%s) - begun))"
done
