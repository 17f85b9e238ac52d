//! The event log and the rows that lists read: what every store promises, on SQLite and in memory.
//! It must not know what an event means: payloads are opaque bytes, summaries and stories opaque rows.
//!
//! A store seals: the caller hands over an event with its id, time and salt, the store gives it its position,
//! chains it to the one before (`wrl1`, see [`crate::domain::log`]) and answers only when it is on disk.
//! All futures need a tokio runtime with time enabled.

mod eager;
mod error;
mod later;
mod memory;
mod mirror;
mod overwrite;
mod place;
mod sqlite;
mod turn;
#[cfg(target_os = "linux")]
mod watch;

use std::future::Future;
use std::pin::Pin;

pub use eager::eager;
pub use error::StoreError;
pub use later::LaterStore;
pub use memory::MemoryStore;
pub use mirror::{log_of_mirror, mirror_end, mirrors, read_mirror, torn_after};
pub use overwrite::{Erasing, overwrite};
pub use place::{may_write, users_of};
pub use sqlite::{
    Listed, OpenMode, SqliteStore, give_declared_length, known_version, listed_heads, pieces, traces,
};
pub use turn::Turn;
#[cfg(target_os = "linux")]
pub use watch::ChangeWatch;

use crate::domain::ids::{EventId, IncidentId, LogId, Seq, StoryId};
use crate::domain::log::{Digest, Header, HeaderProblem, KindTag, RawEvent, digest, payload_digest};
use crate::domain::time::{HostClock, Utc};

/// The largest payload of one event, in bytes (a runbook's text is the largest thing in one).
pub const MAX_BODY_BYTES: usize = 4 << 20;

/// The most events in one append.
pub const MAX_EVENTS_PER_APPEND: usize = 10_000;

/// What a store answers, boxed so that a service can hold `Arc<dyn EventStore>`.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// An event as the caller makes it, before it has a place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// Made before the first attempt, so that a retry cannot duplicate.
    pub id: EventId,
    /// The kind and version of the payload.
    pub kind: KindTag,
    /// When it was recorded (UTC, to the millisecond).
    pub at: Utc,
    /// The `clock` line of the header.
    pub clock: String,
    /// The `actor` line of the header.
    pub actor: String,
    /// The fingerprint of the actor's key, or none.
    pub key: Option<String>,
    /// 32 random bytes, so that an erased payload cannot be guessed from its digest.
    pub salt: [u8; 32],
    /// The payload, stored as it is.
    pub body: Vec<u8>,
    /// The digests of attached files.
    pub attach: Vec<Digest>,
    /// For a redaction event only: the position whose payload may be erased once this is stored.
    pub redacts: Option<Seq>,
}

/// An event as readers get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its position in the log.
    pub seq: Seq,
    /// Its identity.
    pub id: EventId,
    /// The kind and version of the payload.
    pub kind: KindTag,
    /// When it was recorded (UTC, to the millisecond).
    pub at: Utc,
    /// The clock behind the wall clock then, where the host told.
    pub host: Option<HostClock>,
    /// Who recorded it, where.
    pub actor: String,
    /// The payload; none when it was redacted.
    pub body: Option<Vec<u8>>,
    /// The digest of its header: the head of the log, when it is the last.
    pub hash: Digest,
}

/// What lists show of an incident; written in the same transaction as its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRow {
    /// The incident's log.
    pub log: LogId,
    /// Its name among people; belongs to one log for ever.
    pub id: IncidentId,
    /// One word to filter by.
    pub state: String,
    /// When the incident was declared (UTC); lists are ordered by it, newest first.
    pub declared_at: Utc,
    /// When the last event was recorded (UTC).
    pub updated_at: Utc,
    /// The last position. Filled by the store; what the caller gives is ignored.
    pub head: Seq,
    /// The digest of the last header. Filled by the store; what the caller gives is ignored.
    pub head_hash: Digest,
    /// Whatever else a list shows, as JSON that the store does not read.
    pub body: String,
}

/// What lists show of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryRow {
    /// The story's name.
    pub id: StoryId,
    /// One word to filter by.
    pub state: String,
    /// The due date as `2026-12-31`, or none.
    pub due: Option<String>,
    /// Whatever else a list shows, as JSON that the store does not read.
    pub body: String,
}

/// Events for one log and the rows that follow from them, stored together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The incident's log.
    pub log: LogId,
    /// The head from which the events were decided; [`Seq::NONE`] for a new log.
    pub expected: Seq,
    /// The events, in order. None at all is allowed once the log has some: it rewrites the rows only, which is
    /// how summaries are rebuilt.
    pub events: Vec<Unsealed>,
    /// The incident's row as it is after the events.
    pub summary: SummaryRow,
    /// The rows of the stories that the events touch.
    pub stories: Vec<StoryRow>,
}

/// What an append stored, or had stored before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The events with their positions.
    pub events: Vec<StoredEvent>,
    /// The digest of the last of them, or of the log's head when there are none.
    pub head: Digest,
}

/// Which incidents a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryFilter {
    /// The states to show; empty for all.
    pub states: Vec<String>,
    /// The most rows.
    pub limit: u32,
}

/// Which stories a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoryFilter {
    /// The states to show; empty for all.
    pub states: Vec<String>,
    /// Only those due before this ISO date; those without a date are then left out.
    pub due_before: Option<String>,
    /// Only those of one incident.
    pub incident: Option<IncidentId>,
}

/// How many rows there are, counted where they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Incidents by state; a state that none has is absent.
    pub incidents: std::collections::BTreeMap<String, u64>,
    /// Stories in one of the states asked for, due before the day asked for.
    pub stories: u64,
}

/// The event log. Every implementation passes the same conformance suite (`tests/it/store.rs`).
pub trait EventStore: Send + Sync {
    /// Stores events at the end of a log and answers when they are on disk. Events that are all stored already
    /// with the same bodies are answered as stored.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the log's head is not `expected` (load what is new, decide again, append
    /// again), [`StoreError::IdTaken`] when the incident's name belongs to another log, and what a disk can do.
    fn append(&self, append: Append) -> Answer<'_, Appended>;

    /// The last position of a log and its digest; none for an unknown log.
    fn head(&self, log: LogId) -> Answer<'_, Option<(Seq, Digest)>>;

    /// At most `limit` events after a position, in order.
    fn read(&self, log: LogId, after: Seq, limit: u32) -> Answer<'_, Vec<StoredEvent>>;

    /// The log of the only incident in a state, with at most `limit` of its events from the first on; none where there is
    /// no such incident, or another. One question, for what is on the way to the first frame.
    fn only(&self, state: &str, limit: u32) -> Answer<'_, Option<(LogId, Vec<StoredEvent>)>>;

    /// The last `n` events, in order.
    fn read_last(&self, log: LogId, n: u32) -> Answer<'_, Vec<StoredEvent>>;

    /// The whole log as stored, for checking and export.
    fn read_raw(&self, log: LogId) -> Answer<'_, Vec<RawEvent>>;

    /// All logs, oldest first (ids are ordered by time).
    fn logs(&self) -> Answer<'_, Vec<LogId>>;

    /// The first running number of a year that no incident has. Two may be told the same: the second append is
    /// then refused with [`StoreError::IdTaken`].
    fn next_number(&self, year: u16) -> Answer<'_, u32>;

    /// The logs without a row of lists, newest first, until so many with one have followed each other: what was
    /// begun last, of however many there are.
    fn unlisted(&self, listed: u32) -> Answer<'_, Vec<LogId>>;

    /// The log of an incident.
    fn log_of(&self, id: IncidentId) -> Answer<'_, Option<LogId>>;

    /// The rows of incidents, newest declared first.
    fn summaries(&self, filter: SummaryFilter) -> Answer<'_, Vec<SummaryRow>>;

    /// The row of one incident.
    fn summary(&self, id: IncidentId) -> Answer<'_, Option<SummaryRow>>;

    /// The rows of those of these incidents that have one, in no order.
    fn summaries_of(&self, ids: Vec<IncidentId>) -> Answer<'_, Vec<SummaryRow>>;

    /// Name and log of the incident with a number, of whatever year: the one that was declared last.
    fn numbered(&self, number: u32) -> Answer<'_, Option<(IncidentId, LogId)>>;

    /// The name of the incident of a log.
    fn id_of(&self, log: LogId) -> Answer<'_, Option<IncidentId>>;

    /// The rows of other incidents that have the name of this one anywhere in them, newest declared first.
    fn naming(&self, id: IncidentId) -> Answer<'_, Vec<SummaryRow>>;

    /// The rows of incidents that do not have a text anywhere in them, newest declared first.
    fn without(&self, text: &str) -> Answer<'_, Vec<SummaryRow>>;

    /// Whether the row of an incident has a text anywhere in it.
    fn has(&self, text: &str) -> Answer<'_, bool>;

    /// The rows of stories: dated ones first, soonest due first, then by name.
    fn stories(&self, filter: StoryFilter) -> Answer<'_, Vec<StoryRow>>;

    /// Counts incidents by state, and the stories that the filter lets through (of one incident or of all).
    fn tally(&self, stories: StoryFilter) -> Answer<'_, Tally>;

    /// Erases the payload and salt of an event from the disk. True when there was one to erase.
    ///
    /// # Errors
    /// [`StoreError::NotRedacted`] unless an event of the log `redacts` the position.
    fn erase_payload(&self, log: LogId, seq: Seq) -> Answer<'_, bool>;

    /// Whether somebody else wrote since the last time this was asked (or since opening). Own appends do not
    /// count.
    fn changed_by_others(&self) -> Answer<'_, bool>;

    /// Looks whether what was opened is still there, as it was left.
    ///
    /// # Errors
    /// [`StoreError::Gone`] where it is not.
    fn in_its_place(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Refuses a store that has nothing of a log which its mirror has. Of ten thousand that takes a few milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] that it is so.
    fn lacks_no_log(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Looks whether the store holds together, without reading every event: what is wrong first, or none. It may take
    /// seconds, and stops nobody.
    fn look_over(&self) -> Answer<'_, Option<String>>;

    /// Writes a copy of the whole store, as it is at one moment, to a file that is not there yet. Others go on
    /// writing meanwhile.
    ///
    /// # Errors
    /// [`StoreError::NoCopy`] where there is nothing to copy, and what a disk can do.
    fn backup(&self, to: &std::path::Path) -> Answer<'_, ()>;

    /// Adds to the mirror what it lacks of a log. Answers how many events that were; none where there is no mirror.
    ///
    /// # Errors
    /// When the log cannot be read, or the mirror not be written.
    fn complete_mirror(&self, log: LogId) -> Answer<'_, usize>;

    /// Why the mirror could not be written, once until it could be again.
    fn mirror_trouble(&self) -> Option<String> {
        None
    }

    /// Whether a folder's disk has room for a copy, and for the store to go on growing beside it.
    fn may_copy_to(&self, folder: &std::path::Path) -> bool;

    /// Waits until no other process is about to append, so that what is decided now is not overtaken. Only a courtesy:
    /// after two seconds it is answered anyway. Hold it while deciding and appending, and not twice.
    fn turn(&self) -> Answer<'_, Turn> {
        Box::pin(async { Ok(Turn::default()) })
    }

    /// Opens what reading beside the writer needs, and makes room for lines to come; called after the first frame. Does
    /// no harm twice.
    fn warm(&self) -> Answer<'_, ()>;

    /// Finishes what is under way and lets go of the files.
    fn close(&self) -> Answer<'_, ()>;
}

/// An event with its place in the log, ready to be stored.
struct Sealed {
    header: Vec<u8>,
    prev: Digest,
    salt: [u8; 32],
    redacts: Option<Seq>,
    event: StoredEvent,
}

/// Refuses what no store may take, before anything is touched.
fn check(append: &Append) -> Result<(), StoreError> {
    if append.events.len() > MAX_EVENTS_PER_APPEND {
        return Err(StoreError::TooMany { events: append.events.len() });
    }
    if append.events.is_empty() && append.expected == Seq::NONE {
        return Err(StoreError::Empty);
    }
    if append.summary.log != append.log {
        return Err(StoreError::RowOfAnotherLog);
    }
    if append.stories.iter().any(|story| story.id.incident != append.summary.id) {
        return Err(StoreError::RowOfAnotherLog);
    }
    match append.events.iter().map(|event| event.body.len()).find(|bytes| *bytes > MAX_BODY_BYTES) {
        Some(bytes) => Err(StoreError::TooLarge { bytes }),
        None => Ok(()),
    }
}

/// Gives events their places after a head.
fn seal(
    log: LogId,
    head: (Seq, Digest),
    events: impl IntoIterator<Item = Unsealed>,
) -> Result<Vec<Sealed>, StoreError> {
    let (mut seq, mut prev) = head;
    let seal_one = |event: Unsealed| -> Result<Sealed, HeaderProblem> {
        let Unsealed { id, kind, at, clock, actor, key, salt, body, attach, redacts } = event;
        seq = seq.next();
        let payload = payload_digest(&salt, &body);
        let header = Header { log, seq, prev, id, kind, at, clock, actor, key, payload, attach };
        let bytes = header.to_bytes()?;
        let before = std::mem::replace(&mut prev, digest(&bytes));
        let Header { kind, clock, actor, .. } = header;
        let host = HostClock::read(&clock);
        let event = StoredEvent { seq, id, kind, at, host, actor, body: Some(body), hash: prev };
        Ok(Sealed { header: bytes, prev: before, salt, redacts, event })
    };
    events.into_iter().map(seal_one).collect::<Result<_, _>>().map_err(StoreError::Unsealable)
}

/// An event as readers get it, from what is stored.
fn stored(header: &[u8], hash: Digest, body: Option<Vec<u8>>) -> Result<StoredEvent, StoreError> {
    let Header { seq, id, kind, at, clock, actor, .. } = Header::parse(header).map_err(|problem| {
        StoreError::Corrupt { what: format!("the header of an event cannot be read: {problem}") }
    })?;
    let host = HostClock::read(&clock);
    Ok(StoredEvent { seq, id, kind, at, host, actor, body, hash })
}

/// The order of lists of incidents, and their limit.
fn newest_first(rows: &mut Vec<SummaryRow>, limit: u32) {
    rows.sort_by_key(|row| std::cmp::Reverse((row.declared_at, row.id)));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
}

/// The order of lists of stories.
fn soonest_first(rows: &mut [StoryRow]) {
    rows.sort_by(|a, b| (a.due.is_none(), &a.due, a.id).cmp(&(b.due.is_none(), &b.due, b.id)));
}

/// Whether an append was stored before: all its events, in the same log with the same bodies (one that was redacted
/// since counts as the same). None when it was not.
fn retried(
    log: LogId,
    ids: &[(EventId, &[u8])],
    found: Vec<Option<(LogId, StoredEvent)>>,
) -> Result<Option<Appended>, StoreError> {
    let mut events = Vec::new();
    for ((id, body), found) in ids.iter().zip(found) {
        let Some((of, event)) = found else { continue };
        if of != log || event.body.as_ref().is_some_and(|stored| stored != body) {
            return Err(StoreError::EventTaken { id: *id });
        }
        events.push(event);
    }
    match events.last() {
        Some(last) if events.len() == ids.len() => {
            let head = last.hash;
            Ok(Some(Appended { events, head }))
        }
        // Some but not all: the rest was never decided together with them.
        Some(first) => Err(StoreError::EventTaken { id: first.id }),
        None => Ok(None),
    }
}
