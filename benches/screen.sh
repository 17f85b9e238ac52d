#!/bin/sh
# Measures the screen from outside, on a pseudo-terminal, and prints each figure with its goal.
#
# usage: benches/screen.sh [FIGURE...]
#   FIGURE  start key enter flood resize paste publish follow idle memory (default: all)
#
#   TOOLS    a folder with ptyharness.py (needed; it wants pyte)
#   LIMITS   a folder with the built warfloor (needed but for start, paste, publish, idle and memory)
#   WARROOM  the program (default: target/release/warroom)
#   PYTHON   a Python that has pyte (default: python3)
#   HOMES    where to keep the filled homes between runs (default: thrown away; they take minutes to fill)
#   ROUNDS   how often each figure is taken (default: 5)
#   REPORT   a file for the table as well
#
# Runs at real-time priority where it may (chrt), so that others on the machine do not count. docs/performance.md
# says what each figure means.
set -eu

if [ -z "${TOOLS:-}" ]; then
    sed -n 's/^# \{0,1\}//; 2,16p' "$0" >&2
    exit 2
fi
here=$(dirname "$0")
homes=${HOMES:-}
if [ -z "$homes" ]; then
    homes=$(mktemp -d)
    trap 'rm -rf "$homes"' EXIT
    trap 'exit 1' HUP INT TERM
fi
first=
if chrt -r 5 true 2>/dev/null; then
    first='chrt -r 5'
fi
# Nothing of the user's own set-up may change the figures.
unset WARROOM_HOME WARROOM_NOW NO_COLOR
$first "${PYTHON:-python3}" "$here/screen.py" --tools "$TOOLS" --limits "${LIMITS:-}" \
    --warroom "${WARROOM:-target/release/warroom}" --homes "$homes" --rounds "${ROUNDS:-5}" \
    --report "${REPORT:-}" "$@"
