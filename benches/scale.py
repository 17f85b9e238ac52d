#!/usr/bin/env python3
"""scale: how the search grows with the archive, beside bare tantivy and SQLite FTS5, in one run.

    benches/scale.py WARROOM SCALE TOOLS LIMITS WORK [SIZE ...]

WARROOM  the built program (target/release/warroom)
SCALE    the built benchmark (target/release/deps/scale-…, from `cargo bench --no-run --bench scale`)
TOOLS    a folder with gen_corpus.py, limits/search_bench.py and, for the text, a folder of Markdown named by SEED
LIMITS   the built `tv` of TOOLS/limits
WORK     where corpora, homes and indexes are kept between runs (1.5 GB for 100,000)
SIZE     1000 10000 100000

Environment: SEED, the folder of real postmortems that the generator takes sentences from; FTS5=no leaves FTS5 out.
One line of JSON for each figure. Needs python3 (standard library).
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path


def say(**figures):
    print(json.dumps(figures), flush=True)


def size(folder):
    return sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())


def percentile(values, part):
    values = sorted(values)
    return round(values[max(0, -(-int(len(values) * part * 100) // 100) - 1)], 2)


def timed(words, fine=(0,)):
    """Runs a command; seconds and its peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in fine:
        sys.exit(f"scale: {words[:4]} ended with {status}")
    return round(time.perf_counter() - began, 2), round(used.ru_maxrss / 1024)


def relay(n, who, words):
    for line in subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines():
        if line.startswith("{"):
            say(postmortems=n, of=who, **json.loads(line))


def cold(n, of, commands):
    """Whole processes, in turns."""
    taken = {name: [] for name in commands}
    for nth in range(40):
        for name, words in commands.items():
            began = time.perf_counter()
            subprocess.run(words(nth), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            taken[name].append((time.perf_counter() - began) * 1e3)
    for name, values in taken.items():
        say(postmortems=n, of=name, test=of, p50_ms=round(statistics.median(values), 2), p95_ms=percentile(values, 0.95))


def main():
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    warroom, bench, tools, tv, work = (Path(word).resolve() for word in sys.argv[1:6])
    sizes = [int(word) for word in sys.argv[6:]] or [1000, 10000, 100000]
    seed = os.environ.get("SEED") or sys.exit("scale: SEED names no folder")
    work.mkdir(parents=True, exist_ok=True)
    # The tools look for each other and for the text in their own folder.
    own = work / "tools"
    (own / "seed").mkdir(parents=True, exist_ok=True)
    for tool in ("gen_corpus.py", "limits/search_bench.py"):
        shutil.copy(tools / tool, own)
    data = own / "seed" / "data"
    if not data.exists():
        data.symlink_to(Path(seed).resolve())
    os.environ.update(WARROOM_AS="alice", GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="alice",
                      GIT_AUTHOR_EMAIL="alice@localhost", GIT_COMMITTER_NAME="alice", GIT_COMMITTER_EMAIL="alice@localhost")
    python = sys.executable
    for n in sizes:
        corpus, home, bare = work / f"c{n}", work / f"h{n}", work / f"tv{n}"
        if not corpus.exists():
            subprocess.run([python, own / "gen_corpus.py", "--seed-dir", seed, "--out", corpus, "-n", str(n)], check=True,
                           stdout=subprocess.DEVNULL)
        if not (corpus / "queries.txt").exists():
            subprocess.run([python, own / "search_bench.py", "queries", corpus], check=True)
        text = corpus / "postmortems"
        if not home.exists():
            seconds, memory = timed([warroom, "--home", home, "import", "--json", text], fine=(0, 1))
            # 1: one of the hundred thousand quotes what looks like a secret, and is not taken.
            say(postmortems=n, of="warroom", test="import", s=seconds, mb=memory)
        seconds, memory = timed([warroom, "--home", home, "reindex"])
        say(postmortems=n, of="warroom", test="rebuild", s=seconds, mb=memory, load=round(os.getloadavg()[0], 1),
            index_mb=round(size(home / "index") / 1e6, 1), text_mb=round(size(text) / 1e6, 1))
        if not bare.exists():
            relay(n, "tv", [tv, "build", text, bare, "2"])
        questions = corpus / "queries.txt"
        relay(n, "warroom", [bench, home / "index", questions, text, corpus / "sample.txt", "2"])
        relay(n, "tv", [tv, "bench", bare, questions, "2"])
        if os.environ.get("FTS5") != "no":
            relay(n, "fts5", [python, own / "search_bench.py", "fts5", corpus, work])
        asked = questions.read_text().splitlines()
        cold(n, "cold process", {
            "warroom": lambda nth: [warroom, "--home", home, "search", asked[nth]],
            "tv": lambda nth: [tv, "query", bare, asked[nth]],
        })


if __name__ == "__main__":
    main()
