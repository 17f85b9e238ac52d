//! Puts a damaged database together again from what can be read of it, its mirror and the snapshots, checked against
//! the chain. The damaged files are kept. It must not be used while another process has the database open.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::mirrored::lacking;
use super::rows::{story_rows, summary_row};
use super::{Failure, FailureKind, Service};
use crate::domain::closeout::counted;
use crate::domain::event::Event;
use crate::domain::ids::{EventId, IncidentId, LogId, Seq};
use crate::domain::incident::Incident;
use crate::domain::log::{Digest, Header, Pieces, RawEvent, Salvaged, digest};
use crate::domain::summary::Summary;
use crate::domain::time::Utc;
use crate::domain::wire::{Envelope, decode};
use crate::store::{
    Append, EventStore, Listed, OpenMode, SqliteStore, StoreError, give_declared_length, listed_heads,
    log_of_mirror, mirrors, pieces, read_mirror, torn_after, traces, users_of,
};

/// The files of a database.
const SIDES: [&str; 3] = ["", "-wal", "-shm"];

/// How the folder begins in which a repair works.
pub(super) const SCRATCH: &str = ".repair-";

/// Holds a folder; it is somebody else's while that fails.
pub(super) fn hold(folder: &Path) -> std::io::Result<std::fs::File> {
    let file = std::fs::File::open(folder)?;
    file.try_lock()?;
    Ok(file)
}

/// What was put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Events in the new database.
    pub events: usize,
    /// Incidents in it.
    pub logs: usize,
    /// How many of the events the damaged database did not have any more.
    pub from_copies: usize,
    /// What no piece had: a sentence each.
    pub lost: Vec<String>,
    /// Logs of which nothing tells whether they had come further: a sentence each.
    pub unproven: Vec<String>,
    /// What mirrors had otherwise than the database, which went on in its own way: a sentence each.
    pub aside: Vec<String>,
    /// Where the damaged files are kept.
    pub kept: PathBuf,
    /// The names of logs, also of those whose declaration is gone.
    #[serde(skip)]
    pub names: Names,
}

/// The names that people know logs by.
pub type Names = BTreeMap<LogId, IncidentId>;

impl Service {
    /// Writes the summary and story rows of an incident again from its log. One whose declaration is gone is listed by
    /// the name that it had, so that what is left of it can be read.
    ///
    /// # Errors
    /// What the store says.
    pub async fn rebuild_summary(&self, log: LogId, name: Option<IncidentId>) -> Result<(), Failure> {
        let events = self.inner.read_after(log, Seq::NONE).await?;
        let mut incident = Incident::fold(log, &events);
        match name {
            Some(name) if !incident.is_declared() => incident.id = name,
            None if !incident.is_declared() => {
                return Err(Failure::new(
                    FailureKind::Integrity,
                    format!("{log}: its declaration is gone, and nothing here has its name"),
                ));
            }
            _ => {}
        }
        let append = Append {
            log,
            expected: incident.head,
            events: Vec::new(),
            summary: summary_row(&incident, &Summary::from(&incident))?,
            stories: story_rows(&incident)?,
        };
        match self.inner.store.append(append).await {
            Ok(_) => Ok(()),
            Err(StoreError::IdTaken { id }) => Err(Failure::new(
                FailureKind::Conflict,
                format!("{log}: no list can have it, since {id} is the name of another log"),
            )),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether a database has to be put together again; says why.
///
/// # Errors
/// When it cannot be opened for a reason that repairing does not mend: another version, a network disk, no rights.
pub async fn damage(database: &Path) -> Result<Option<String>, Failure> {
    if let Some(why) = gone(database) {
        return Ok(Some(why));
    }
    if !database.exists() {
        return Ok(None);
    }
    let store = match SqliteStore::open(database, OpenMode::ReadOnly).await {
        Ok(store) => store,
        Err(error) => {
            // A file that is empty, cut or overwritten can look like one of somebody else.
            let damaged = matches!(
                error,
                StoreError::Corrupt { .. }
                    | StoreError::NotOurs { .. }
                    | StoreError::OlderVersion { .. }
                    | StoreError::Sql { .. }
            );
            return match error {
                // What to do is being done.
                StoreError::Corrupt { what } => Ok(Some(what)),
                error if damaged => Ok(Some(error.to_string())),
                error => Err(error.into()),
            };
        }
    };
    let found = match store.inspect().await {
        Ok((_, problems)) if problems.is_empty() => {
            match super::incidents::verify_store(&store, None, None, &[]).await {
                Ok(report) => match report.first_broken {
                    Some(b) => Some(format!("{} at {}: {}", b.incident, b.seq, b.reason)),
                    None => lacking(&store, database, None).await.map(|found| found.text),
                },
                Err(failure) => Some(failure.to_string()),
            }
        }
        Ok((_, problems)) => problems.into_iter().next(),
        Err(error) => Some(error.to_string()),
    };
    // It was only read.
    let _ = store.close().await;
    Ok(found)
}

/// Says that there is no database, or one of no byte, where its mirror has what was in it.
#[must_use]
pub fn gone(database: &Path) -> Option<String> {
    let is = match std::fs::metadata(database) {
        // One that is just being made is empty, too.
        Ok(found) if found.len() > 0 => return None,
        Ok(_) => "empty",
        Err(_) if database.exists() => return None,
        Err(_) => "missing",
    };
    let left: usize = mirrors(database).iter().map(|file| read_mirror(file).len()).sum();
    (left > 0)
        .then(|| format!("the database is {is}, and the mirror has {}", counted(left, "event", "events")))
}

/// Puts the database together again. The rows of lists are left to be written from the logs.
///
/// # Errors
/// When another process has it open, a file cannot be read or written, or nothing at all could be found; the damaged
/// files are where they were then.
pub async fn repair(database: &Path, snapshots: &Path, now: Utc) -> Result<Repaired, Failure> {
    let users = users_of(database);
    if !users.is_empty() {
        let users: Vec<String> = users.iter().map(ToString::to_string).collect();
        return Err(Failure::new(
            FailureKind::Conflict,
            format!("other processes have the database open: {}", users.join(", ")),
        )
        .hint("end them (their half-typed lines are kept), then repair"));
    }
    let failed =
        |what: &Path, e: &std::io::Error| Failure::no(format!("{} cannot be written: {e}", what.display()));
    let kept = database.with_file_name("damaged").join(now.format("%Y%m%dT%H%M%S%3fZ").to_string());
    std::fs::create_dir_all(&kept).map_err(|e| failed(&kept, &e))?;
    for side in SIDES {
        let from = beside(database, side);
        if from.exists() {
            let to = kept.join(from.file_name().unwrap_or_default());
            copy(&from, &to).map_err(|e| failed(&to, &e))?;
        }
    }
    // SQLite may tidy up what it reads, so it reads a copy of the copy.
    let scratch = tempfile::Builder::new()
        .prefix(SCRATCH)
        .tempdir_in(database.parent().unwrap_or_else(|| Path::new(".")))
        .map_err(|e| failed(database, &e))?;
    // While it is held, somebody works here: else it was left behind, and whoever erases words takes it away.
    let _held = hold(scratch.path()).map_err(|e| failed(scratch.path(), &e))?;
    let read = async |file: &Path| -> (Vec<RawEvent>, Vec<Listed>) {
        let to = scratch.path().join("read.db");
        for side in SIDES {
            let _ = std::fs::remove_file(beside(&to, side));
            // What is not there is not copied.
            let _ = copy(&beside(file, side), &beside(&to, side));
        }
        // One that is too short to declare anything has nothing to be read.
        let _ = give_declared_length(&to);
        (pieces(&to).await, listed_heads(&to).await)
    };
    let (damaged, mut listed) = read(&kept.join(database.file_name().unwrap_or_default())).await;
    let in_damaged: std::collections::HashSet<Vec<u8>> = damaged.iter().map(|e| e.header.clone()).collect();
    let own = sound(&damaged);
    let mut all = Pieces::default();
    all.add(damaged);
    let mirrors = mirrors(database);
    let mut copied = Vec::new();
    for mirror in &mirrors {
        let copies = read_mirror(mirror);
        copied.extend(sound(&copies));
        all.add(copies);
    }
    for snapshot in super::snapshots::list(snapshots) {
        let (events, more) = read(&snapshot).await;
        all.add(events);
        listed.extend(more);
    }
    let salvaged = all.put_together();
    let fresh = scratch.path().join("fresh.db");
    let known: HashSet<EventId> =
        salvaged.values().flat_map(|found| &found.events).filter_map(id_of).collect();
    let names = names(&salvaged, &listed);
    let mut heads: Vec<_> = listed.into_iter().map(|(log, _, seq, hash)| (log, seq, hash)).collect();
    // The write-ahead log may hold what was never committed; the file and the mirror hold nothing of that.
    for file in mirrors.iter().chain([&kept.join(database.file_name().unwrap_or_default())]) {
        heads.extend(traces(file, &known));
    }
    let mut report = Repaired {
        events: 0,
        logs: 0,
        from_copies: 0,
        lost: Vec::new(),
        unproven: Vec::new(),
        aside: Vec::new(),
        kept: kept.clone(),
        names: names.clone(),
    };
    let there: HashSet<Digest> =
        salvaged.values().flat_map(|found| &found.events).map(|event| digest(&event.header)).collect();
    let shorter = shorter_than_listed(&salvaged, &heads, &there, &names);
    let torn = ending_torn(&salvaged, &mirrors, &shorter, &names);
    for (log, found) in &salvaged {
        let is_told = shorter.contains_key(log) || torn.contains_key(log) || !found.cut_off.is_empty();
        let end = found.events.last().map(|last| digest(&last.header));
        if !is_told && !heads.iter().any(|(_, _, hash)| Some(*hash) == end) {
            report.unproven.push(format!(
                "{}: it ends at {}, and nothing here tells whether it had come further; hold it against a head that \
                 somebody keeps (warroom verify --head)",
                name_of(&names, *log),
                found.events.len()
            ));
        }
    }
    report.lost.extend(shorter.into_values().chain(torn.into_values()));
    for (log, seqs) in otherwise(own, &salvaged) {
        report.lost.push(format!(
            "{}: {} of the database gave way to what its mirror has there, which goes on longer: they stand as they were \
             in {}",
            name_of(&names, log),
            numbers(&seqs),
            kept.join(database.file_name().unwrap_or_default()).display()
        ));
    }
    for (log, seqs) in otherwise(copied, &salvaged) {
        report.aside.push(format!(
            "{}: {} of its mirror gave way to what the database has there: they stand as they were in {}",
            name_of(&names, log),
            numbers(&seqs),
            kept.join("mirror").display()
        ));
    }
    for (log, found) in &salvaged {
        if let Some(first) = found.cut_off.first() {
            report.lost.push(format!(
                "{}: the log ends at {}; what does not continue it: {} from {first} on",
                name_of(&names, *log),
                found.events.len(),
                counted(found.cut_off.len(), "later event", "later events")
            ));
        }
        if !found.wordless.is_empty() {
            report.lost.push(format!(
                "{}: the words of {} are nowhere{}",
                name_of(&names, *log),
                numbers(&found.wordless),
                if found.wordless.contains(&Seq::NONE.next()) {
                    "; without its declaration it can be read, and takes no line"
                } else {
                    ""
                }
            ));
        }
        if found.events.is_empty() {
            continue;
        }
        SqliteStore::restore(&fresh, *log, &found.events).await?;
        report.logs += 1;
        report.events += found.events.len();
        report.from_copies += found.events.iter().filter(|e| !in_damaged.contains(&e.header)).count();
    }
    if report.events == 0 {
        let what =
            [&["no event could be read anywhere".to_owned()], report.lost.as_slice()].concat().join("; ");
        return Err(Failure::new(FailureKind::Integrity, what).hint(format!(
            "nothing was changed; the files are copied to {}; bring back a backup",
            kept.display()
        )));
    }
    let foreign = foreign_mirrors(&mirrors, &salvaged);
    for mirror in &foreign {
        let to = kept.join("mirror").join(mirror.file_name().unwrap_or_default());
        std::fs::create_dir_all(kept.join("mirror")).map_err(|e| failed(&to, &e))?;
        copy(mirror, &to).map_err(|e| failed(&to, &e))?;
    }
    swap(&fresh, database).map_err(|e| failed(database, &e))?;
    for mirror in &foreign {
        std::fs::remove_file(mirror).map_err(|e| failed(mirror, &e))?;
    }
    Ok(report)
}

/// The headers of events whose words are those that they commit to: what was damaged is none of another way.
fn sound(events: &[RawEvent]) -> Vec<Header> {
    let read = events.iter().filter_map(|event| {
        let header = Header::parse(&event.header).ok()?;
        event.keeps_to(&header).then_some(header)
    });
    read.collect()
}

/// The entries of pieces in whose places logs have others now: both went on after the same entry, each in its own way.
fn otherwise(pieces: Vec<Header>, salvaged: &BTreeMap<LogId, Salvaged>) -> BTreeMap<LogId, Vec<Seq>> {
    let taken: Vec<Header> = salvaged
        .values()
        .flat_map(|found| &found.events)
        .filter_map(|event| Header::parse(&event.header).ok())
        .collect();
    // A header that was damaged has the id or the words of the one that was taken.
    let ids: HashSet<EventId> = taken.iter().map(|header| header.id).collect();
    let words: HashSet<Digest> = taken.iter().map(|header| header.payload).collect();
    let mut found: BTreeMap<LogId, Vec<Seq>> = BTreeMap::new();
    for piece in pieces {
        // What lies beyond the end was cut off, and is told as such.
        let is_there = salvaged
            .get(&piece.log)
            .is_some_and(|found| u64::try_from(found.events.len()).is_ok_and(|end| piece.seq.0 <= end));
        if is_there && !ids.contains(&piece.id) && !words.contains(&piece.payload) {
            found.entry(piece.log).or_default().push(piece.seq);
        }
    }
    for seqs in found.values_mut() {
        seqs.sort_unstable();
        seqs.dedup();
    }
    found
}

/// The files of the mirror that hold more, or other, than what their logs are from now on: a log that is behind its mirror
/// takes no line. They are written anew from the logs.
fn foreign_mirrors(mirrors: &[PathBuf], salvaged: &BTreeMap<LogId, Salvaged>) -> Vec<PathBuf> {
    let is_foreign = |mirror: &&PathBuf| {
        let log = log_of_mirror(mirror);
        // Of a log that is gone, it is all that is left.
        let Some(found) = log.and_then(|log| salvaged.get(&log)).filter(|found| !found.events.is_empty())
        else {
            return false;
        };
        let ours: HashSet<&[u8]> = found.events.iter().map(|e| e.header.as_slice()).collect();
        torn_after(mirror).is_some()
            || read_mirror(mirror).iter().any(|e| !ours.contains(e.header.as_slice()))
    };
    mirrors.iter().filter(is_foreign).cloned().collect()
}

/// Logs that had come further than what could be put together: a cut at the end leaves no other trace.
fn shorter_than_listed(
    salvaged: &BTreeMap<LogId, Salvaged>,
    heads: &[(LogId, Seq, Digest)],
    there: &HashSet<Digest>,
    names: &Names,
) -> BTreeMap<LogId, String> {
    let mut furthest: BTreeMap<LogId, (Seq, usize)> = BTreeMap::new();
    for (log, head, hash) in heads {
        let has = salvaged.get(log).map_or(0, |found| found.events.len());
        // A damaged number, or a damaged name of a log, beside the digest of an event that is there is no sign of more.
        if !there.contains(hash) && head.0 > has as u64 {
            let (most, _) = furthest.entry(*log).or_insert((*head, has));
            *most = (*most).max(*head);
        }
    }
    let told = furthest.into_iter();
    told.map(|(log, (head, has))| {
        let name = name_of(names, log);
        (log, format!("{name}: {} to {head} are gone: the log ends at {has}; it had come to {head}", has + 1))
    })
    .collect()
}

/// Logs whose mirror ends in the middle of an event that nobody else has, and those of which it is all that is left.
fn ending_torn(
    salvaged: &BTreeMap<LogId, Salvaged>,
    mirrors: &[PathBuf],
    told: &BTreeMap<LogId, String>,
    names: &Names,
) -> BTreeMap<LogId, String> {
    let mut found = BTreeMap::new();
    for mirror in mirrors {
        let Some(log) = log_of_mirror(mirror).filter(|log| !told.contains_key(log)) else { continue };
        match salvaged.get(&log).filter(|found| !found.events.is_empty()) {
            None => {
                found.insert(log, format!("{}: nothing of it can be read any more", name_of(names, log)));
            }
            Some(there) => {
                let torn = torn_after(mirror);
                if torn.is_some_and(|last| there.events.last().is_some_and(|ours| ours.header == last)) {
                    let (name, has) = (name_of(names, log), there.events.len());
                    let more =
                        format!("{name}: {} is gone, and what followed: the log ends at {has}", has + 1);
                    found.insert(log, more + ", and its mirror goes on with an event that is not all there");
                }
            }
        }
    }
    found
}

fn id_of(event: &RawEvent) -> Option<EventId> {
    Header::parse(&event.header).ok().map(|header| header.id)
}

/// The names of logs: their declarations have them, and the rows of lists.
fn names(salvaged: &BTreeMap<LogId, Salvaged>, listed: &[Listed]) -> Names {
    let declared = |event: &RawEvent| {
        let header = Header::parse(&event.header).ok()?;
        let envelope = Envelope {
            seq: header.seq,
            id: header.id,
            name: &header.kind.name,
            version: header.kind.version,
            recorded_at: header.at,
            host: None,
            actor: &header.actor,
        };
        match decode(&envelope, event.body.as_deref()).event? {
            Event::Declared(declared) => Some(declared.id),
            _ => None,
        }
    };
    let mut names: Names = listed.iter().map(|(log, id, ..)| (*log, *id)).collect();
    names.extend(salvaged.iter().filter_map(|(log, found)| Some((*log, declared(found.events.first()?)?))));
    names
}

/// The name of a log; its own id where nothing has one.
fn name_of(names: &Names, log: LogId) -> String {
    names.get(&log).map_or_else(|| log.to_string(), ToString::to_string)
}

/// Puts the new database in the place of the damaged one, whose files are kept elsewhere.
fn swap(fresh: &Path, database: &Path) -> std::io::Result<()> {
    if let Ok(old) = std::fs::metadata(database) {
        std::fs::set_permissions(fresh, old.permissions())?;
    }
    std::fs::File::open(fresh)?.sync_all()?;
    for side in ["-wal", "-shm"] {
        match std::fs::remove_file(beside(database, side)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    std::fs::rename(fresh, database)?;
    std::fs::File::open(database.parent().unwrap_or_else(|| Path::new(".")))?.sync_all()
}

fn beside(database: &Path, side: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(side);
    path.into()
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(from, to)?;
    std::fs::File::open(to)?.sync_all()
}

fn numbers(seqs: &[Seq]) -> String {
    let some: Vec<String> = seqs.iter().take(8).map(ToString::to_string).collect();
    let more = seqs.len().saturating_sub(some.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", some.join(", "))
}
