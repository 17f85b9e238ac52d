#!/bin/sh
# Measures `warroom similar --text` on real queries: nDCG@10, MRR and Recall@5.
#
# usage: benches/search_eval.sh WARROOM DATA [RUN]
#   WARROOM  the built program, for example target/release/warroom
#   DATA     a folder with postmortems/md/*.md, search_eval/{queries.jsonl,qrels.tsv} and eval_search.py
#   RUN      where to keep the TREC run file (default: thrown away with the home)
#
# Imports the postmortems into a home of its own, which is removed at the end. Needs python3 (standard library).
set -eu

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    sed -n 's/^# \{0,1\}//; 2,8p' "$0" >&2
    exit 2
fi
warroom=$1
data=$2
for needed in "$warroom" "$data/postmortems/md" "$data/search_eval/queries.jsonl" "$data/search_eval/qrels.tsv" \
    "$data/eval_search.py"; do
    if [ ! -e "$needed" ]; then
        echo "search_eval: $needed does not exist" >&2
        exit 3
    fi
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
run=${3:-$scratch/similar.run}

# Nothing of the user's own set-up may change the figures.
unset WARROOM_HOME WARROOM_NOW
WARROOM_AS=alice
GIT_AUTHOR_NAME=alice GIT_AUTHOR_EMAIL=alice@localhost
GIT_COMMITTER_NAME=alice GIT_COMMITTER_EMAIL=alice@localhost
GIT_CONFIG_GLOBAL=/dev/null
export WARROOM_AS GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_CONFIG_GLOBAL

"$warroom" --home "$scratch/home" import "$data/postmortems/md" >&2

python3 - "$warroom" "$scratch/home" "$data/search_eval/queries.jsonl" "$run" <<'PYTHON'
import json
import subprocess
import sys

warroom, home, queries, run = sys.argv[1:]
unreasoned = 0
with open(queries, encoding="utf-8") as lines, open(run, "w", encoding="utf-8") as out:
    for line in lines:
        query = json.loads(line)
        asked = [warroom, "--home", home, "similar", "--text", query["text"], "--json", "--limit", "10"]
        answer = json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout)
        for rank, hit in enumerate(answer["results"], 1):
            unreasoned += not hit["why"]
            print(query["qid"], "Q0", hit["id"], rank, repr(float(hit["score"])), "warroom", file=out)
if unreasoned:
    sys.exit(f"search_eval: {unreasoned} results without a reason")
PYTHON

python3 "$data/eval_search.py" "$data/search_eval/qrels.tsv" "$run"
