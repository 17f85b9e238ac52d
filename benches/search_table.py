#!/usr/bin/env python3
"""The table of docs/search.md: how well the search finds, beside yardsticks of the same run.

usage: search_table.py DATA RUNS
  DATA  a folder with postmortems/shareable.jsonl and search_eval/{queries.jsonl,qrels.tsv}
  RUNS  where `cargo test --test it ranking::` left its run files: target/tmp/search

Yardsticks are made here: SQLite FTS5 (Porter, words ORed, stop words out) for questions, cosine of TF-IDF for whole
postmortems. Each line has nDCG@10, MRR and Recall@5 as means with a 95 % bootstrap interval over the questions, and
the difference of nDCG@10 to the last line, question by question. Standard library only.
"""
import collections
import json
import math
import random
import re
import sqlite3
import sys

STOP = set(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with we our us were has have had been from which who what when so than can could would i you your he "
    "she them its also after all any do does did".split()
)
DRAWS = 10_000


def words(text):
    return [w for w in re.findall("[a-z0-9]+", text.lower()) if w not in STOP]


def judge(grades, answer):
    """nDCG@10, MRR over the best 100, Recall@5."""
    ideal = sum((2**g - 1) / math.log2(n + 2) for n, g in enumerate(sorted(grades.values(), reverse=True)[:10]))
    gain = sum((2 ** grades.get(d, 0) - 1) / math.log2(n + 2) for n, d in enumerate(answer[:10]))
    first = next((1 / (n + 1) for n, d in enumerate(answer[:100]) if grades.get(d, 0) > 0), 0.0)
    relevant = sum(g > 0 for g in grades.values())
    return gain / ideal, first, sum(grades.get(d, 0) > 0 for d in answer[:5]) / min(5, relevant)


def read_grades(path):
    grades = collections.defaultdict(dict)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            qid, _, document, grade = line.split()
            if int(grade) > 0:
                grades[qid][document] = int(grade)
    return grades


def read_run(path):
    run = collections.defaultdict(list)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            qid, _, document, rank, *_ = line.split()
            run[qid].append((int(rank), document))
    return {qid: [document for _, document in sorted(answer)] for qid, answer in run.items()}


def fts5(documents, queries):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE d USING fts5(id UNINDEXED, title, body, tokenize = 'porter unicode61')")
    database.executemany("INSERT INTO d VALUES (?, ?, ?)", [(d["id"], d["title"], d["text"]) for d in documents])
    run = {}
    for query in queries:
        asked = " OR ".join(f'"{w}"' for w in dict.fromkeys(words(query["text"])))
        rows = database.execute("SELECT id FROM d WHERE d MATCH ? ORDER BY bm25(d) LIMIT 100", (asked,))
        run[query["qid"]] = [row[0] for row in rows]
    return run


def tfidf(documents, wanted):
    database = sqlite3.connect(":memory:")
    # The Porter stemmer of SQLite, so that both yardsticks see the same words.
    database.execute("CREATE VIRTUAL TABLE d USING fts5(body, tokenize = 'porter unicode61')")
    database.executemany("INSERT INTO d VALUES (?)", [(" ".join(words(d["title"] + " " + d["text"])),) for d in documents])
    database.execute("CREATE VIRTUAL TABLE v USING fts5vocab(d, 'instance')")
    counts = collections.defaultdict(collections.Counter)
    for term, row in database.execute("SELECT term, doc FROM v"):
        counts[row - 1][term] += 1
    holding = collections.Counter(term for count in counts.values() for term in count)
    vectors = []
    for n in range(len(documents)):
        vector = {t: (1 + math.log(c)) * math.log(len(documents) / holding[t]) for t, c in counts[n].items()}
        length = math.sqrt(sum(x * x for x in vector.values())) or 1.0
        vectors.append({t: x / length for t, x in vector.items()})
    place = {d["id"]: n for n, d in enumerate(documents)}
    run = {}
    for qid in wanted:
        mine = vectors[place[qid]]
        scores = [(sum(x * v.get(t, 0.0) for t, x in mine.items()), d["id"]) for v, d in zip(vectors, documents)]
        run[qid] = [d for _, d in sorted(scores, reverse=True) if d != qid][:100]
    return run


def interval(values, draw):
    means = sorted(sum(values[n] for n in drawn) / len(drawn) for drawn in draw)
    return means[int(0.025 * len(means))], means[int(0.975 * len(means)) - 1]


def table(title, grades, runs):
    qids = sorted(grades)
    chance = random.Random(1)
    draw = [[chance.randrange(len(qids)) for _ in qids] for _ in range(DRAWS)]
    judged = [(name, [judge(grades[q], run.get(q, [])) for q in qids]) for name, run in runs]
    last = [value[0] for value in judged[-1][1]]
    print(f"{title} ({len(qids)})\n")
    print("| | nDCG@10 | MRR | Recall@5 | whole minus this, nDCG@10 |\n|---|---|---|---|---|")
    for name, values in judged:
        cells = []
        for which in range(3):
            column = [value[which] for value in values]
            low, high = interval(column, draw)
            cells.append(f"{sum(column) / len(column):.3f} [{low:.3f}, {high:.3f}]")
        gap = [a - b[0] for a, b in zip(last, values)]
        low, high = interval(gap, draw)
        cells.append(f"{sum(gap) / len(gap):+.3f} [{low:+.3f}, {high:+.3f}]" if name != judged[-1][0] else "")
        print(f"| {name} | {' | '.join(cells)} |")
    print()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, runs = sys.argv[1:]
    with open(f"{data}/postmortems/shareable.jsonl", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines]
    with open(f"{data}/search_eval/queries.jsonl", encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines]
    ours = [("words alone (BM25)", "words"), ("and thesaurus", "thesaurus"), ("words and vectors", "meaning"), ("the whole", "whole")]
    rows = [("SQLite FTS5, Porter, words ORed", fts5(documents, queries))]
    rows += [(name, read_run(f"{runs}/{file}.run")) for name, file in ours]
    table("Questions in the words of somebody on call", read_grades(f"{data}/search_eval/qrels.tsv"), rows)
    kin = read_grades(f"{runs}/kin.qrels")
    ours = [("tantivy, more like this", "kin-mlt"), ("words alone (BM25)", "kin-words"), ("and thesaurus", "kin-thesaurus"), ("the whole", "kin-whole")]
    rows = [("cosine of TF-IDF", tfidf(documents, kin))]
    rows += [(name, read_run(f"{runs}/{file}.run")) for name, file in ours]
    table("A whole postmortem in the place of a question", kin, rows)


main()
