//! What can go wrong in a store, in words that say what to do. It must not decide what the program does about it.

use std::path::PathBuf;

use crate::domain::ids::{EventId, IncidentId, Seq};
use crate::domain::log::HeaderProblem;

/// Why a store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else appended first.
    #[error(
        "the log moved on while this was decided: entry {expected} was its last, now {found} is; try again"
    )]
    Conflict {
        /// The head the caller decided from.
        expected: Seq,
        /// The head that is there.
        found: Seq,
    },
    /// The incident's name belongs to another log.
    #[error("{id} was just taken by another incident; try again with the next number")]
    IdTaken {
        /// The name.
        id: IncidentId,
    },
    /// An event id is stored already with other content.
    #[error("an entry with the id {id} is stored already with other content")]
    EventTaken {
        /// The id.
        id: EventId,
    },
    /// A store that keeps nothing cannot be copied.
    #[error("nothing is stored yet, so there is nothing to copy")]
    NoCopy,
    /// An append of nothing to a log that does not exist.
    #[error("a new incident needs at least one event")]
    Empty,
    /// More events in one append than a store takes.
    #[error("{events} events are too many for one append; the limit is {}", super::MAX_EVENTS_PER_APPEND)]
    TooMany {
        /// How many there were.
        events: usize,
    },
    /// A payload is too large.
    #[error("an entry of {bytes} bytes is too large; the limit is {}", super::MAX_BODY_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// A summary or story row names another log or incident than the append.
    #[error("a row of another incident cannot be stored with these events")]
    RowOfAnotherLog,
    /// An event's values cannot stand in a header.
    #[error("the event cannot be written to the log: {0}")]
    Unsealable(HeaderProblem),
    /// A redaction names a position that it cannot erase.
    #[error(
        "this event cannot allow entry {target} to be erased: only payload.redacted may, for an earlier entry"
    )]
    BadRedaction {
        /// The position that was named.
        target: Seq,
    },
    /// A payload may be erased only after a redaction event names it.
    #[error("entry {seq} cannot be erased: no redaction in the log names it; redact it first")]
    NotRedacted {
        /// The position.
        seq: Seq,
    },
    /// A payload is erased from its table, but a reader keeps the write-ahead log from being emptied.
    #[error(
        "{}: the entry is erased, but a copy stays in the write-ahead log while another war room is reading; \
         close it and redact again",
        file.display()
    )]
    EraseUnfinished {
        /// The database.
        file: PathBuf,
    },
    /// The disk is full.
    #[error("{}: the disk is full; nothing was stored; free some space and try again", file.display())]
    Full {
        /// The database.
        file: PathBuf,
    },
    /// The file or its folder cannot be written.
    #[error("{}: cannot be written ({why}); it can still be read", file.display())]
    ReadOnly {
        /// The database.
        file: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Another process holds the lock for too long.
    #[error("{}: another process has held the lock for 10 s; nothing was stored; try again", file.display())]
    Busy {
        /// The database.
        file: PathBuf,
    },
    /// The file was removed, moved, emptied or replaced while it was open.
    #[error(
        "{}: was removed, moved away, emptied or replaced while it was open, and nothing is stored in it any more; \
         bring it back, or leave and start again",
        file.display()
    )]
    Gone {
        /// The database.
        file: PathBuf,
    },
    /// There is no database.
    #[error("{}: there is no war room database here", file.display())]
    NotFound {
        /// Where it was looked for.
        file: PathBuf,
    },
    /// The file is a database, but not ours.
    #[error("{}: this is not a war room database; nothing was changed; move it away or choose another home", file.display())]
    NotOurs {
        /// The file.
        file: PathBuf,
    },
    /// A newer version of the program wrote the database.
    #[error(
        "{}: written by a newer warroom (schema {found}; this one knows up to {known}); nothing was changed; \
         install the newer version",
        file.display()
    )]
    NewerVersion {
        /// The database.
        file: PathBuf,
        /// Its schema version.
        found: u32,
        /// The newest this program knows.
        known: u32,
    },
    /// An older version wrote the database and it cannot be brought up to date, being read-only.
    #[error("{}: written by an older warroom (schema {found}); it must be writable once to be brought up to date", file.display())]
    OlderVersion {
        /// The database.
        file: PathBuf,
        /// Its schema version.
        found: u32,
    },
    /// The file lies on a network file system, where SQLite's shared memory does not work.
    #[error(
        "{}: lies on a network file system ({kind}), where several writers would damage it; choose a home on a \
         local disk (WARROOM_HOME)",
        file.display()
    )]
    NetworkFileSystem {
        /// The database.
        file: PathBuf,
        /// The kind of file system.
        kind: String,
    },
    /// SQLite below 3.51.3 can lose committed rows when several processes write.
    #[error(
        "SQLite {found} is too old (3.51.3 is needed: earlier ones can lose entries); build with the bundled SQLite"
    )]
    OldSqlite {
        /// The version that is linked.
        found: String,
    },
    /// Stored bytes that cannot have been written by this program.
    #[error(
        "the database is damaged: end all rooms and run `warroom doctor --repair`, which keeps the damaged files \
         ({})",
        crate::domain::safe::one_line(what)
    )]
    Corrupt {
        /// What was found.
        what: String,
    },
    /// The system refused a file operation; nothing may be taken as stored.
    #[error("{}: {why}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Anything else that SQLite says.
    #[error("{}: {why}", file.display())]
    Sql {
        /// The database.
        file: PathBuf,
        /// What SQLite said.
        why: String,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether trying the same again at once can help.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// Whether it may be stored all the same: the device failed, and nobody knows how far it got.
    #[must_use]
    pub const fn is_doubtful(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Corrupt { .. } | Self::Closed)
    }

    /// From what sqlx reports. The primary result code is the low byte of the extended one
    /// (<https://www.sqlite.org/rescode.html>).
    pub(super) fn from_sqlx(file: &std::path::Path, error: &sqlx::Error) -> Self {
        let file = file.to_owned();
        let sqlx::Error::Database(database) = error else {
            return match error {
                sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => Self::Io { file, why: error.to_string() },
                sqlx::Error::ColumnDecode { .. }
                | sqlx::Error::Decode(_)
                | sqlx::Error::ColumnNotFound(_) => Self::Corrupt { what: error.to_string() },
                _ => Self::Sql { file, why: error.to_string() },
            };
        };
        let code = database.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
        let why = database.message().to_owned();
        match code & 0xff {
            // The memory that all who read share has no room on the disk (SQLITE_IOERR_SHMSIZE).
            _ if code == 4874 => Self::Full { file },
            5 | 6 => Self::Busy { file },
            8 => Self::ReadOnly { file, why },
            10 => Self::Io {
                file,
                why: format!("the device failed ({why}); nothing was acknowledged; try again"),
            },
            11 => Self::Corrupt { what: format!("{}: {why}", file.display()) },
            13 => Self::Full { file },
            14 => Self::Io { file, why: format!("cannot be opened ({why}); look at its owner and rights") },
            26 => Self::NotOurs { file },
            _ => Self::Sql { file, why },
        }
    }
}
