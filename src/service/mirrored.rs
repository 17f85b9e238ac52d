//! What the mirror has and the database lacks: a write-ahead log that was damaged or taken away, and whoever cuts the end
//! of a log off, leave a database that is sound by itself and shorter than it was. And how a mirror begins where there is
//! none. It must not change the database.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::incidents::BrokenAt;
use super::{Failure, FailureKind, Service, VerifyReport};
use crate::domain::closeout::counted;
use crate::domain::ids::{LogId, Seq};
use crate::domain::log::{Header, Pieces, RawEvent};
use crate::domain::words::State;
use crate::store::{
    EventStore, OpenMode, SqliteStore, StoreError, SummaryFilter, SummaryRow, log_of_mirror, mirror_end,
    mirrors, read_mirror,
};

/// How many incidents get a mirror at once, or are held against it when a screen opens.
const BEGUN: u32 = 20;

/// How many incidents are looked at when a room is opened, of the open ones and of all.
const CAUGHT_UP: u32 = 200;

/// Writes the copies of the newest open incidents, where there are none at all. A line of a log completes its own copy;
/// those of ten thousand incidents that are over would keep people waiting for minutes, and `doctor --repair` makes them.
pub async fn begin_mirror(store: &dyn EventStore) {
    let open = SummaryFilter { states: vec![State::Open.to_string()], limit: BEGUN };
    for row in store.summaries(open).await.unwrap_or_default() {
        // What cannot be copied keeps nobody from writing.
        if let Err(error) = store.complete_mirror(row.log).await {
            tracing::warn!(log = %row.log, %error, "the mirror was not begun");
        }
    }
}

/// The incidents whose copy ends before their log does, among the newest ones and the newest open ones: whoever wrote there
/// could not write the copy. One that is over and has none at all came with a backup.
async fn behind(store: &dyn EventStore, database: &Path, limit: u32) -> Vec<LogId> {
    let mut behind = Vec::new();
    for states in [vec![State::Open.to_string()], Vec::new()] {
        let rows = store.summaries(SummaryFilter { states, limit }).await.unwrap_or_default();
        let ends_before = |row: &&SummaryRow| match mirror_end(database, row.log) {
            Some(end) => end < row.head,
            None => row.state == State::Open.as_str(),
        };
        behind.extend(rows.iter().filter(ends_before).map(|row| row.log));
    }
    behind.sort_unstable();
    behind.dedup();
    behind
}

/// How many incidents have a copy that ends before their log does.
///
/// # Errors
/// When the database cannot be opened.
pub async fn copies_behind(database: &Path) -> Result<usize, Failure> {
    let store = SqliteStore::open(database, OpenMode::ReadOnly).await?;
    let found = behind(&store, database, u32::MAX).await.len();
    store.close().await?;
    Ok(found)
}

/// The first thing that is missing, or is another.
pub(super) struct Lacking {
    /// The log.
    log: LogId,
    /// The position.
    seq: Seq,
    /// The whole of it, in words.
    pub(super) text: String,
    /// What is said of the place.
    what: &'static str,
}

/// What is said of a place from which on the mirror has more.
const LACKS: &str = "the database lacks what its mirror has";

impl Service {
    /// Why the mirror could not be written, once until it could be again. What was stored is stored all the same.
    #[must_use]
    pub fn mirror_trouble(&self) -> Option<Failure> {
        let why = self.inner.store.mirror_trouble()?;
        Some(Failure::no(format!("stored, but without a copy: the mirror cannot be written ({why})")).hint(
            "mend that: what is missing is copied when a room is opened, or by warroom doctor --repair",
        ))
    }

    /// Looks whether what was opened is still there, as it was left.
    ///
    /// # Errors
    /// What became of it.
    pub async fn in_its_place(&self) -> Result<(), Failure> {
        Ok(self.inner.store.in_its_place().await?)
    }

    /// Looks whether the mirror has a log that the database lacks, or more of one of the newest: what a screen shows would
    /// not be all. It takes milliseconds, so it is asked after the first frame.
    ///
    /// # Errors
    /// That it is so, and what to do.
    pub async fn as_the_mirror_has_it(&self) -> Result<(), Failure> {
        let (store, database) = (&*self.inner.store, &self.inner.places.database);
        let lacks = || {
            Failure::new(FailureKind::Integrity, "the mirror has what the database lacks")
                .hint("leave and run warroom doctor --repair")
        };
        match store.lacks_no_log().await {
            Ok(()) => {}
            Err(StoreError::Corrupt { what }) => {
                tracing::warn!(what, "the database lacks a log");
                return Err(lacks());
            }
            Err(error) => return Err(error.into()),
        }
        for states in [vec![State::Open.to_string()], Vec::new()] {
            for row in store.summaries(SummaryFilter { states, limit: BEGUN }).await? {
                // A line that somebody stored since the row was read is in both.
                if mirror_end(database, row.log).is_some_and(|end| end > row.head)
                    && let Some(found) = lacking(store, database, Some(row.log)).await
                {
                    tracing::warn!(what = found.text, "the database lacks the end of a log");
                    return Err(lacks());
                }
            }
        }
        Ok(())
    }

    /// Copies what the mirror lacks of the newest incidents, since it could not be written before.
    pub async fn catch_up_mirror(&self) {
        let (store, database) = (&*self.inner.store, &self.inner.places.database);
        for log in behind(store, database, CAUGHT_UP).await {
            // Why it cannot be done is told with the mirror's trouble.
            if store.complete_mirror(log).await.is_err() {
                return;
            }
        }
    }

    /// Holds logs against their mirror. One that is missing, or behind, tells nothing.
    pub(super) async fn hold_against_mirror(
        &self,
        log: Option<LogId>,
        report: &mut VerifyReport,
    ) -> Result<(), Failure> {
        let store = &*self.inner.store;
        let Some(found) = lacking(store, &self.inner.places.database, log).await else { return Ok(()) };
        let id = store.id_of(found.log).await?;
        report.ok = false;
        report.first_broken.get_or_insert(BrokenAt {
            incident: id.map_or_else(|| found.log.to_string(), |id| id.to_string()),
            seq: found.seq,
            reason: found.what.to_owned(),
        });
        Ok(())
    }
}

/// What the mirror has and a database lacks that is sound by itself, log by log.
///
/// # Errors
/// When the database cannot be opened.
pub async fn behind_mirror(database: &Path) -> Result<Vec<String>, Failure> {
    let store = SqliteStore::open(database, OpenMode::ReadOnly).await?;
    let mut found = Vec::new();
    for mirror in mirrors(database) {
        found.extend(lacking_of(&store, &mirror, None).await.into_iter().map(|lacking| lacking.text));
    }
    store.close().await?;
    Ok(found)
}

/// The first that the mirror has and the store lacks, of one log or of all.
pub(super) async fn lacking(store: &dyn EventStore, database: &Path, of: Option<LogId>) -> Option<Lacking> {
    // The name of a file tells its log; of ten thousand only one is read when one is asked for.
    let others = |mirror: &PathBuf| of.is_some_and(|of| log_of_mirror(mirror).is_some_and(|log| log != of));
    for mirror in mirrors(database).iter().filter(|mirror| !others(mirror)) {
        if let Some(found) = lacking_of(store, mirror, of).await.into_iter().next() {
            return Some(found);
        }
    }
    None
}

/// The first that a file of the mirror has and the store lacks, of one log or of each.
async fn lacking_of(store: &dyn EventStore, mirror: &Path, of: Option<LogId>) -> Vec<Lacking> {
    let mut lacking = Vec::new();
    // Before the store: a line that others write meanwhile is in that first.
    let copies = read_mirror(mirror);
    let mut logs: Vec<LogId> =
        copies.iter().filter_map(|event| Some(Header::parse(&event.header).ok()?.log)).collect();
    logs.sort_unstable();
    logs.dedup();
    for log in logs.into_iter().filter(|log| of.is_none_or(|of| of == *log)) {
        let mut both = Pieces::default();
        let Ok(stored) = store.read_raw(log).await else { continue };
        let has = stored.len();
        if let Some(seq) = another_from(log, &stored, &copies) {
            let text = format!(
                "{} has another {seq} of {log} than the database, both after the same entry: one of them was put in the \
                 place of the other",
                mirror.display()
            );
            lacking.push(Lacking { log, seq, text, what: "its mirror has another entry in this place" });
            continue;
        }
        both.add(stored);
        both.add(copies.iter().cloned());
        let Some(found) = both.put_together().remove(&log) else { continue };
        let more = found.events.len().saturating_sub(has);
        if more > 0 {
            let seq = Seq(u64::try_from(has).unwrap_or(u64::MAX).saturating_add(1));
            let text = format!(
                "the database lacks {} of {log} that its mirror has",
                counted(more, "event", "events")
            );
            lacking.push(Lacking { log, seq, text, what: LACKS });
            continue;
        }
        if let Some(first) = found.cut_off.first().filter(|_| has > 0) {
            // Nothing may be stored over what is missing, until that is put aside. Of a log that is gone nothing
            // can be put right.
            let text = format!("the mirror has {first} of {log}, and the log ends at {has}");
            lacking.push(Lacking { log, seq: *first, text, what: LACKS });
        }
    }
    lacking
}

/// Where a log goes on otherwise in its mirror than in the database. What was damaged in one of them is no other event: it
/// has the same id, or the same words.
fn another_from(log: LogId, stored: &[RawEvent], copies: &[RawEvent]) -> Option<Seq> {
    let headers = |events: &[RawEvent]| -> Vec<(Header, bool)> {
        let read = events.iter().filter_map(|event| {
            let header = Header::parse(&event.header).ok()?;
            let sound = event.keeps_to(&header);
            Some((header, sound))
        });
        read.filter(|(header, _)| header.log == log).collect()
    };
    let ours: HashMap<Seq, Header> = headers(stored).into_iter().map(|(h, _)| (h.seq, h)).collect();
    let is_another = |(theirs, sound): &(Header, bool)| {
        *sound
            && ours.get(&theirs.seq).is_some_and(|ours| {
                ours.prev == theirs.prev && ours.id != theirs.id && ours.payload != theirs.payload
            })
    };
    headers(copies).iter().filter(|found| is_another(found)).map(|(header, _)| header.seq).min()
}
