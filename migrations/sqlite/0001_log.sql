-- The log of every incident, its payloads, and the rows that lists read. Never edit this file: add another.

-- Says to `file` and to us whose database this is: "wrl1".
PRAGMA application_id = 2003987505;

-- An event: the header is the truth, the other columns are copies by which it is found.
CREATE TABLE event (
    log     BLOB    NOT NULL CHECK (length(log) = 16),
    seq     INTEGER NOT NULL CHECK (seq >= 1),
    id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    prev    BLOB    NOT NULL CHECK (length(prev) = 32),
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    header  BLOB    NOT NULL CHECK (length(header) BETWEEN 1 AND 4096),
    -- The position whose payload this event allows to erase; x'0A' || 'kind payload.redacted/'.
    redacts INTEGER CHECK (redacts IS NULL OR (redacts BETWEEN 1 AND seq - 1
            AND instr(header, x'0A6B696E64207061796C6F61642E72656461637465642F') > 0)),
    PRIMARY KEY (log, seq),
    UNIQUE (log, prev)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_redacts ON event (log, redacts) WHERE redacts IS NOT NULL;

-- Gapless, and every event continues the one before: no fork, no insertion, no replacement.
CREATE TRIGGER event_continues BEFORE INSERT ON event BEGIN
    SELECT RAISE(ABORT, 'event does not continue its log')
    WHERE NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM event WHERE log = NEW.log)
       OR NEW.prev <> coalesce((SELECT hash FROM event WHERE log = NEW.log AND seq = NEW.seq - 1), zeroblob(32));
END;

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event BEGIN
    SELECT RAISE(ABORT, 'events are never changed');
END;

CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;

-- The words of an event and the salt of their commitment, apart, so that a leaked secret can be erased.
CREATE TABLE payload (
    log  BLOB    NOT NULL,
    seq  INTEGER NOT NULL,
    salt BLOB    NOT NULL CHECK (length(salt) = 32),
    body BLOB    NOT NULL,
    PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;

-- Only together with its event, once.
CREATE TRIGGER payload_belongs BEFORE INSERT ON payload BEGIN
    SELECT RAISE(ABORT, 'a payload is stored with its event, once')
    WHERE NEW.seq IS NOT (SELECT max(seq) FROM event WHERE log = NEW.log)
       OR EXISTS (SELECT 1 FROM payload WHERE log = NEW.log AND seq = NEW.seq);
END;

CREATE TRIGGER payload_is_not_changed BEFORE UPDATE ON payload BEGIN
    SELECT RAISE(ABORT, 'payloads are never changed');
END;

CREATE TRIGGER payload_is_erased_by_redaction_only BEFORE DELETE ON payload BEGIN
    SELECT RAISE(ABORT, 'no redaction event names this payload')
    WHERE NOT EXISTS (SELECT 1 FROM event WHERE log = OLD.log AND redacts = OLD.seq);
END;

-- One row an incident, written with its events; can be rebuilt from them. Times in ms since 1970, UTC.
CREATE TABLE summary (
    log         BLOB    NOT NULL PRIMARY KEY CHECK (length(log) = 16),
    year        INTEGER NOT NULL CHECK (year BETWEEN 0 AND 9999),
    number      INTEGER NOT NULL CHECK (number >= 1),
    state       TEXT    NOT NULL CHECK (state <> ''),
    declared_at INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    head        INTEGER NOT NULL CHECK (head >= 1),
    head_hash   BLOB    NOT NULL CHECK (length(head_hash) = 32),
    body        TEXT    NOT NULL,
    UNIQUE (year, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX summary_newest ON summary (declared_at DESC, year DESC, number DESC);
CREATE INDEX summary_state_newest ON summary (state, declared_at DESC, year DESC, number DESC);

-- One row a story. due: an ISO date, or none.
CREATE TABLE story (
    year   INTEGER NOT NULL,
    number INTEGER NOT NULL,
    story  INTEGER NOT NULL CHECK (story >= 1),
    state  TEXT    NOT NULL CHECK (state <> ''),
    due    TEXT,
    body   TEXT    NOT NULL,
    PRIMARY KEY (year, number, story),
    FOREIGN KEY (year, number) REFERENCES summary (year, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_state_due ON story (state, due);

PRAGMA user_version = 1;
