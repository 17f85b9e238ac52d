#!/bin/sh
# Takes the pictures of the README anew: the real program in its own demo, in a pseudo-terminal (tests/it/pictures.rs).
set -eu
cd "$(dirname "$0")/.."
UPDATE_DOCS=1 cargo test --test it pictures
ls -l assets/*.svg
