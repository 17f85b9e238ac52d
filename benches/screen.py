#!/usr/bin/env python3
"""Measures the screen from outside; `benches/screen.sh` starts it. docs/performance.md says what each figure means.

Every ratio is that of two runs of the same minute: the programs take turns, and the figure is the median of the
rounds' ratios. Times of one machine and hour say little by themselves.
"""
import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = (120, 40)
ME = {
    "WARROOM_AS": "alice",
    "GIT_AUTHOR_NAME": "alice", "GIT_AUTHOR_EMAIL": "alice@localhost",
    "GIT_COMMITTER_NAME": "alice", "GIT_COMMITTER_EMAIL": "alice@localhost",
}


class Bench:
    def __init__(self, args):
        sys.path.insert(0, args.tools)
        import ptyharness
        self.pty = ptyharness
        self.warroom = str(Path(args.warroom).resolve())
        self.limits = Path(args.limits) if args.limits else None
        self.homes = Path(args.homes).resolve()
        self.homes.mkdir(parents=True, exist_ok=True)
        self.rounds = args.rounds
        self.rows = []
        self.scratch = self.homes / "scratch"
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        # Real-time priority measures nicely and fills homes rudely.
        self.plain = ["chrt", "-o", "0"] if shutil.which("chrt") else []

    # -- programs
    def run(self, home, *words, **more):
        done = subprocess.run(self.plain + [self.warroom, "--home", str(home), *words], env={**os.environ, **ME},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        if done.returncode:
            sys.exit(f"warroom {' '.join(words)}: {done.stderr}")
        return done.stdout

    def home(self, name, *fills):
        """A home with past incidents; kept. Each fill is (incidents, entries)."""
        home = self.homes / name
        if not (home / "filled").exists():
            shutil.rmtree(home, ignore_errors=True)
            self.run(home, "init")
            with self.room(home) as term:
                # The database is made when the screen is first opened.
                term.wait(lambda t: (home / "warroom.db").exists() and any(r.strip() for r in t.rows()), 20)
                term.settle(0.3, 3)
            for incidents, entries in fills:
                print(f"filling {name}: {incidents} incidents, {entries} entries", file=sys.stderr)
                fill = [sys.executable, str(HERE / "fill_home.py"), str(home), str(incidents), str(entries)]
                subprocess.run(self.plain + fill, check=True)
            (home / "filled").touch()
        return home

    def big(self):
        return self.home("big", (10_000, 1_000_000))

    def room(self, home, *words):
        """A room on the screen, with the title of its newest incident in view."""
        return self.pty.Term([self.warroom, *words], SIZE, env={**ME, "WARROOM_HOME": str(home)})

    def floor(self, name):
        if not self.limits:
            sys.exit("LIMITS must name a folder with the built warfloor")
        found = [p for p in (self.limits / "warfloor", self.limits / "target/release/warfloor") if p.exists()]
        if not found:
            sys.exit(f"there is no warfloor in {self.limits}: cargo build --release there")
        return self.pty.Term([str(found[0]), str(self.scratch / f"{name}.db"), "full"], SIZE)

    def prepared(self, term, text, keys=""):
        term.wait(self.pty.has(text), 20)
        term.settle(0.3, 3)
        if keys:
            term.send(keys)
            term.settle(0.15, 2)
        return term

    # -- figures
    def row(self, what, goal, figure, met, note=""):
        self.rows.append((what, goal, figure, "met" if met else "**missed**", note))
        print(f"{what}: {figure} (goal {goal}) {'met' if met else 'MISSED'} {note}", flush=True)

    def ratios(self, what, goal, rounds, note=""):
        """Rounds are pairs of medians: ours, theirs."""
        each = sorted(ours / theirs for ours, theirs in rounds)
        middle = statistics.median(each)
        ours, theirs = (statistics.median(r[n] for r in rounds) for n in (0, 1))
        figure = f"{middle:.2f}× ({each[0]:.2f}–{each[-1]:.2f}; {ours:.2f} and {theirs:.2f} ms)"
        self.row(what, f"≤ {goal}×", figure, middle <= goal, note)

    def first_frame(self, make, text, times=8):
        """The median time until a text is there, in ms."""
        took = []
        for n in range(times + 1):
            with make() as term:
                hit = term.wait(self.pty.has(text), 20)
                if n:
                    took.append(term.ms_since_start(hit))
                term.settle(0.06, 1)
        return statistics.median(took)

    def start(self):
        big, small = self.big(), self.home("small", (10, 1_000))
        page = self.scratch / "doc.md"
        page.write_text("title: a page\n\n" + "some words of a page that is six kilobytes long\n" * 125)
        vim = lambda: self.pty.Term(["vim", "-u", "NONE", "-n", str(page)], SIZE)
        many, growth = [], []
        for _ in range(self.rounds):
            theirs = self.first_frame(vim, "title:")
            ours = self.first_frame(lambda: self.room(big), "INC-2025-10000")
            less = self.first_frame(lambda: self.room(small), "INC-2025-0010")
            many.append((ours, theirs))
            growth.append((ours, less))
        self.ratios("start, 1,000,000 entries, to `vim -u NONE`", 1.2, many)
        self.ratios("start, 1,000,000 entries to 1,000", 1.3, growth)

    def keys(self, term, times, reset="<C-u>"):
        """(ms, bytes) of so many typed letters."""
        import random
        chance = random.Random(1)
        out, typed = [], ""
        for n in range(times + 5):
            if n and n % 30 == 0:
                term.send(reset)
                term.settle(0.05, 1)
                typed = ""
            letter = chance.choice([c for c in "abcdefghijklmnopqrstuvwxyz" if c != typed[-1:]])
            typed += letter
            shown = term.echo_predicate(typed[-6:])
            time.sleep(0.004 + chance.random() * 0.03)
            term.pump(0)
            done = term.key_until(letter, shown, 5)
            if n >= 5:
                out.append((done["ms"], done["bytes"]))
        return out

    def key(self):
        big = self.big()
        rounds, all_ms, bare, whole = [], [], [], []
        for _ in range(self.rounds):
            with self.floor("key") as term:
                theirs = self.keys(self.prepared(term, "Timeline"), 60)
            with self.room(big) as term:
                ours = self.keys(self.prepared(term, "Timeline", "i"), 100)
                term.send("<C-u><Esc>")
                term.settle(0.05, 1)
            middle = lambda of: statistics.median(ms for ms, _ in of)
            rounds.append((middle(ours), middle(theirs)))
            all_ms.append(self.pty.Stats(ms for ms, _ in ours).pct(99))
            whole += [b for _, b in ours]
        self.ratios("key → visible, to warfloor", 1.2, rounds)
        worst = statistics.median(all_ms)
        self.row("key → visible, p99", "≤ 2 ms", f"{worst:.2f} ms", worst <= 2)
        size = self.pty.Stats(whole)
        self.row("bytes a key, median", "≤ 45", f"{size.pct(50):.0f} (p95 {size.pct(95):.0f})", size.pct(50) <= 45)

    def enter(self):
        big = self.big()
        rounds = []

        def stored(term, tag):
            line = re.compile(rf"note {tag}\b.*✓")
            return lambda t: any(line.search(r) for r in t.rows())

        def acked(term, tag):
            return self.pty.has(f"✓ note {tag}")

        def act(term, done, begin="", times=40):
            import random
            chance = random.Random(2)
            took = []
            for n in range(times + 3):
                tag = f"{os.getpid() % 1000}{chance.randrange(10**7):07}"
                term.send(f"{begin}note {tag}")
                term.settle(0.05, 2)
                time.sleep(0.004 + chance.random() * 0.04)
                term.pump(0)
                ms = term.key_until("<Enter>", done(term, tag), 5)["ms"]
                if n >= 3:
                    took.append(ms)
            return statistics.median(took)

        for n in range(self.rounds):
            with self.floor(f"enter{n}") as term:
                theirs = act(self.prepared(term, "Timeline"), acked)
            with self.room(big) as term:
                ours = act(self.prepared(term, "Timeline"), stored, "i")
            rounds.append((ours, theirs))
        self.ratios("Enter → stored and visible, to warfloor", 1.6, rounds)

    def flood(self):
        home = self.home("flood", (10, 1_000))
        worst = []
        for _ in range(self.rounds):
            with self.room(home) as term:
                self.prepared(term, "Timeline", "i")
                other = subprocess.Popen([self.warroom, "--home", str(home), "log", ".", "-"], stdin=subprocess.PIPE,
                                         stdout=subprocess.DEVNULL, env={**os.environ, **ME, "WARROOM_AS": "bob"})
                stop = threading.Event()
                sent = [0]

                def pour():
                    next_at = time.perf_counter()
                    while not stop.is_set():
                        other.stdin.write(f"flood line {sent[0]}\n".encode())
                        other.stdin.flush()
                        sent[0] += 1
                        next_at += 0.005
                        time.sleep(max(0, next_at - time.perf_counter()))

                thread = threading.Thread(target=pour)
                thread.start()
                time.sleep(0.3)
                began, before = time.perf_counter(), sent[0]
                took = self.flood_keys(term, 200)
                rate = (sent[0] - before) / (time.perf_counter() - began)
                stop.set()
                thread.join()
                other.stdin.close()
                other.wait()
                term.send("<C-u><Esc>")
                term.settle(0.1, 1)
            worst.append((self.pty.Stats(took).pct(99), statistics.median(took), rate))
        p99 = statistics.median(w[0] for w in worst)
        rate = statistics.median(w[2] for w in worst)
        p50 = statistics.median(w[1] for w in worst)
        self.row("key → visible, p99, beside 200 entries/s", "≤ 8 ms", f"{p99:.2f} ms", p99 <= 8,
                 f"p50 {p50:.2f} ms; {rate:.0f} entries/s")

    def flood_keys(self, term, times):
        """As `keys`, without waiting for a screen that is never quiet."""
        import random
        chance = random.Random(3)
        out, typed = [], ""
        for n in range(times):
            if n and n % 30 == 0:
                term.send("<C-u>")
                term.pump(0.05)
                typed = ""
            letter = chance.choice([c for c in "abcdefghijklmnopqrstuvwxyz" if c != typed[-1:]])
            typed += letter
            shown = term.echo_predicate(typed[-6:])
            term.pump(0.004 + chance.random() * 0.03)
            sent = term.send(letter)
            out.append((term.wait(shown, 5, after=sent).t - sent) / 1e6)
        return out

    def resize(self):
        big = self.big()
        sizes = [(80, 24), (200, 60), SIZE]

        def act(term, text):
            took = []
            for _ in range(5):
                for size in sizes:
                    sent = term.resize(*size)
                    hit = term.wait(self.pty.has(text), 5, after=sent)
                    term.settle(0.06, 2)
                    took.append((hit.t - sent) / 1e6)
            return statistics.median(took)

        rounds = []
        for n in range(self.rounds):
            with self.floor("resize") as term:
                theirs = act(self.prepared(term, "Timeline"), "Timeline")
            with self.room(big) as term:
                ours = act(self.prepared(term, "Timeline"), "Timeline")
            rounds.append((ours, theirs))
        self.ratios("resize → whole frame, to warfloor", 1.5, rounds)

    def paste(self):
        home = self.home("small", (10, 1_000))
        took, frames = [], []
        words = " ".join("some words that were copied from another window".split() * 50)[:1990]
        for _ in range(self.rounds):
            with self.room(home) as term:
                self.prepared(term, "Timeline", "i")
                for n in range(5):
                    end = f"END{n:03}"
                    seen = len(term.chunks)
                    sent = term.paste(f"{words} {end}")
                    hit = term.wait(self.pty.has(end), 5, after=sent)
                    term.settle(0.06, 1)
                    took.append((hit.t - sent) / 1e6)
                    out = b"".join(bytes_ for _, bytes_ in term.chunks[seen:])
                    frames.append(out.count(b"\x1b[?2026h"))
                    term.send("<C-u>")
                    term.settle(0.06, 1)
                term.send("<Esc>")
                term.settle(0.05, 1)
        p50, most = statistics.median(took), max(frames)
        self.row("paste of 2,000 characters → its end visible", "≤ 5 ms, one frame", f"{p50:.2f} ms, {most} frame(s)",
                 p50 <= 5 and most == 1, f"p95 {self.pty.Stats(took).pct(95):.2f} ms")

    def archive(self, name, many):
        """A home whose archive holds so many postmortems."""
        home = self.homes / name
        if (home / "filled").exists():
            return home
        shutil.rmtree(home, ignore_errors=True)
        self.run(home, "init")
        print(f"filling {name}: {many} postmortems", file=sys.stderr)
        self.publish_one(home)
        repository = home / "postmortems"
        git = ["git", "-C", str(repository)]
        branch = subprocess.run([*git, "symbolic-ref", "HEAD"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        feed = subprocess.Popen(self.plain + [*git, "fast-import", "--quiet"], stdin=subprocess.PIPE)
        put = feed.stdin.write
        put(f"commit {branch}\ncommitter alice <alice@localhost> 1700000000 +0000\ndata 4\nfillfrom {branch}^0\n"
            .replace("fillfrom", "fill\nfrom").encode())
        for n in range(many):
            year, month, day = 2016 + n * 10 // many, 1 + n % 12, 1 + n // 12 % 28
            body = (f"---\nid: PM-{n:06}\ntitle: some incident title {n}\nseverity: P2\n---\n# some incident title {n}\n\n"
                    "## Summary\n\n" + "The queue grew because a certificate had expired. " * 100).encode()
            path = f"{year}/{month:02}/{year}-{month:02}-{day:02}-some-incident-title-{n:06}.md"
            put(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(body), body))
        feed.stdin.close()
        if feed.wait():
            sys.exit("git fast-import failed")
        subprocess.run(self.plain + [*git, "reset", "-q", "--hard"], check=True)
        self.run(home, "reindex")
        (home / "filled").touch()
        return home

    def publish_one(self, home):
        number = len(list(self.scratch.glob("p*")))
        (self.scratch / f"p{number}").touch()
        made = json.loads(self.run(home, "declare", f"queue stuck {time.time_ns()}", "--json"))
        name = made["id"]
        self.run(home, "resolve", name)
        self.run(home, "postmortem", "draft", name)
        # Measured as everything else is.
        words = [self.warroom, "--home", str(home), "postmortem", "publish", name, "--waive", "a measurement", "--json"]
        done = subprocess.run(words, env={**os.environ, **ME}, stdout=subprocess.PIPE, check=True, text=True)
        return json.loads(done.stdout)["commit_ms"]

    def publish(self):
        many, few = self.archive("archive100k", 100_000), self.archive("archive1k", 1_000)
        self.publish_one(many), self.publish_one(few)
        ours, theirs = [], []
        for _ in range(self.rounds * 6):
            ours.append(self.publish_one(many))
            theirs.append(self.publish_one(few))
        ours, theirs = self.pty.Stats(ours), self.pty.Stats(theirs)
        self.row("publish → moved ref, 100,000 postmortems, p95", "≤ 15 ms", f"{ours.pct(95):.1f} ms",
                 ours.pct(95) <= 15, f"p50 {ours.pct(50):.1f} ms")
        ratio = ours.pct(50) / theirs.pct(50)
        self.row("publish, 100,000 postmortems to 1,000", "≤ 1.5×",
                 f"{ratio:.2f}× (p50); p95 {ours.pct(95) / theirs.pct(95):.2f}×", ratio <= 1.5)

    def follow(self):
        """Keys in the find screen, while the archive moves on below it and the process writes the index."""
        home = self.archive("archive100k", 100_000)
        made = json.loads(self.run(home, "declare", f"queue stuck {time.time_ns()}", "--json"))["id"]
        # At real-time priority whichever thread works keeps its processor for 100 ms: here that of the index is the question.
        git = [*self.plain, "git", "-C", str(home / "postmortems")]
        branch = subprocess.run([*git, "symbolic-ref", "HEAD"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        took, moved = [], 0
        for _ in range(self.rounds):
            words = [*self.plain, self.warroom, "open", made]
            with self.pty.Term(words, SIZE, env={**ME, "WARROOM_HOME": str(home)}) as term:
                self.prepared(term, "Timeline", "/")
                stop = threading.Event()

                def move():
                    nonlocal moved
                    while not stop.wait(0.4):
                        body = f"---\nid: EX-{time.time_ns()}\ntitle: followed {moved}\n---\n# followed {moved}\n\nThe disk was full.\n".encode()
                        commit = (f"commit {branch}\ncommitter alice <alice@localhost> {int(time.time())} +0000\ndata 4\nmove\n"
                                  f"from {branch}^0\nM 100644 inline 2026/12/followed-{time.time_ns()}.md\ndata {len(body)}\n").encode()
                        subprocess.run([*git, "fast-import", "--quiet"], input=commit + body, check=True)
                        moved += 1

                thread = threading.Thread(target=move)
                thread.start()
                time.sleep(0.3)
                took += self.flood_keys(term, 200)
                stop.set()
                thread.join()
                term.send("<C-u><Esc>")
                term.settle(0.1, 1)
        self.run(home, "resolve", made)
        stats = self.pty.Stats(took)
        self.row("key → visible in the find screen, while the index follows", "≤ 8 ms", f"p99 {stats.pct(99):.2f} ms",
                 stats.pct(99) <= 8, f"p50 {stats.pct(50):.2f} ms, most {max(took):.2f} ms; {moved} commits of git, {len(took)} keys")

    def idle(self):
        home = self.scratch / "clocks"
        self.run(home, "init")
        # An incident of this minute, whose clocks show seconds.
        self.run(home, "declare", "queue stuck", "--severity", "P1")
        with self.room(home) as term:
            self.prepared(term, "Timeline")
            # Threads that have nothing to do any more end after ten seconds.
            term.pump(12)
            seen = len(term.chunks)
            rest = term.idle(10)
            # Which cells were written: the rows that the frames of ten seconds touch.
            out = b"".join(chunk for _, chunk in term.chunks[seen:])
        rows = sorted({int(m) for m in re.findall(rb"\x1b\[(\d+);\d+H", out)})
        good = round(rest["cpu_pct"], 1) == 0.0 and rest["wakeups_per_s"] <= 4
        self.row("idle 10 s beside running clocks", "0.0 % CPU, ≤ 4 switches/s",
                 f"{rest['cpu_pct']:.3f} % CPU, {rest['wakeups_per_s']} switches/s", good,
                 f"{rest['bytes'] / rest['secs']:.0f} bytes/s, rows {rows}, {rest['threads']} threads")

    def memory(self):
        home = self.home("wide", (10_000, 1_000_000), (1, 10_000))
        with self.room(home, "open", "INC-2025-10001") as term:
            self.prepared(term, "Timeline", "gg")
            term.settle(1, 4)
            term.send("G")
            term.settle(0.5, 3)
            proc = term.proc()
        dirty = proc["dirty_kb"] / 1024
        self.row("private dirty memory, 1,000,000 entries, a room of 10,000", "≤ 25 MB", f"{dirty:.1f} MB", dirty <= 25,
                 f"RSS {proc['rss_kb'] / 1024:.1f} MB")

    FIGURES = ("start", "key", "enter", "flood", "resize", "paste", "publish", "follow", "idle", "memory")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("tools", "limits", "warroom", "homes", "report"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("figures", nargs="*", metavar="FIGURE")
    args = parser.parse_args()
    bench = Bench(args)
    for figure in args.figures or Bench.FIGURES:
        if figure not in Bench.FIGURES:
            sys.exit(f"{figure}: one of {', '.join(Bench.FIGURES)}")
        getattr(bench, figure)()
    shutil.rmtree(bench.scratch, ignore_errors=True)
    table = ["| figure | goal | measured | | |", "|---|---|---|---|---|"]
    table += ["| " + " | ".join(row) + " |" for row in bench.rows]
    print("\n" + "\n".join(table))
    if args.report:
        Path(args.report).write_text("\n".join(table) + "\n")


if __name__ == "__main__":
    main()
