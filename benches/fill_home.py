#!/usr/bin/env python3
"""Fills a home with past incidents, for measuring: fill_home.py HOME INCIDENTS ENTRIES.

The home must exist (start warroom once in it). Every incident gets the same share of the
entries, in valid wrl1 chains; all but the newest are closed. Standard library only.
"""
import hashlib, json, os, random, sqlite3, sys, uuid

WORDS = "disk queue deploy rollback latency token registry certificate timeout replica cache index alert page node".split()


def main():
    home, incidents, entries = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    db = sqlite3.connect(os.path.join(home, "warroom.db"), isolation_level=None)
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    per = max(3, entries // incidents)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    base = 1_700_000_000_000
    taken = db.execute("SELECT coalesce(max(number), 0) FROM summary WHERE year = 2025").fetchone()[0]
    rng = random.Random(7 + taken)
    for n in range(1, incidents + 1):
        start = base + (taken + n) * 3_600_000
        log = uuid.UUID(int=(start << 80) | 0x7000 << 64 | 0x8 << 60 | rng.getrandbits(60))
        ident = f"INC-2025-{taken + n:04}"
        title = f"{rng.choice(WORDS)} {rng.choice(WORDS)} {rng.choice(WORDS)} {taken + n}"
        prev = bytes(32)
        last = n == incidents
        for seq in range(1, per + 1):
            at = start + seq * 7_000
            if seq == 1:
                kind, data = "incident.declared", {"id": ident, "title": title, "kind": "real", "profile": "p", "severity": "P2"}
            elif seq == 2:
                kind, data = "role.taken", {"role": "commander", "person": "alice"}
            elif seq == per - 1 and not last:
                kind, data = "incident.resolved", {}
            elif seq == per and not last:
                kind, data = "incident.closed", {}
            else:
                kind, data = "entry.noted", {"text": " ".join(rng.choice(WORDS) for _ in range(9))}
            body = json.dumps({"by": "alice", "data": data}, separators=(",", ":")).encode()
            salt = rng.randbytes(32)
            digest = hashlib.sha256(b"wrl1-payload\n" + salt + body).hexdigest()
            event = uuid.UUID(int=(at << 80) | 0x7000 << 64 | 0x8 << 60 | rng.getrandbits(60))
            header = (f"wrl1\nincident {log}\nseq {seq}\nprev {prev.hex()}\nid {event}\nkind {kind}/1\nat {iso(at)}\n"
                      f"clock boot=00000000 ns={at} sync=0\nactor alice@host:pts/1\nkey -\npayload sha256:{digest}\n").encode()
            mine = hashlib.sha256(header).digest()
            db.execute("INSERT INTO event VALUES (?,?,?,?,?,?,NULL)", (log.bytes, seq, event.bytes, prev, mine, header))
            db.execute("INSERT INTO payload VALUES (?,?,?,?)", (log.bytes, seq, salt, body))
            prev = mine
        state = "open" if last else "closed"
        row = {"id": ident, "title": title, "kind": "real", "profile": "p", "severity": "P2", "state": state,
               "phase": "detect", "visibility": "team", "commander": "alice", "declared_at": iso(start + 7_000),
               "head": per, "updated_at": iso(start + per * 7_000), "people": ["alice"]}
        db.execute("INSERT INTO summary VALUES (?,?,?,?,?,?,?,?,?)",
                   (log.bytes, 2025, taken + n, state, start + 7_000, start + per * 7_000, per, prev, json.dumps(row, separators=(",", ":"))))
    for _, sql in triggers:
        db.execute(sql)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def iso(ms):
    import datetime
    when = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


main()
