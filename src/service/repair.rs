//! Puts a damaged database together again from what can be read of it, its mirror and the snapshots, checked against
//! the chain. The damaged files are kept. It must not be used while another process has the database open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Failure, FailureKind};
use crate::domain::ids::{LogId, Seq};
use crate::domain::log::{Digest, Pieces, RawEvent, Salvaged, digest};
use crate::domain::time::Utc;
use crate::store::{
    EventStore, OpenMode, SqliteStore, StoreError, listed_heads, mirrors, pieces, read_mirror, users_of,
};

/// The files of a database.
const SIDES: [&str; 3] = ["", "-wal", "-shm"];

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
    /// Where the damaged files are kept.
    pub kept: PathBuf,
}

/// Whether a database has to be put together again; says why.
///
/// # Errors
/// When it cannot be opened for a reason that repairing does not mend: another version, a network disk, no rights.
pub async fn damage(database: &Path) -> Result<Option<String>, Failure> {
    if !database.exists() {
        let left: usize = mirrors(database).iter().map(|file| read_mirror(file).len()).sum();
        return Ok((left > 0).then(|| format!("the database is missing, and the mirror has {left} events")));
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
            let failure = Failure::from(error);
            return if damaged { Ok(Some(failure.to_string())) } else { Err(failure) };
        }
    };
    let found = match store.inspect().await {
        Ok((_, problems)) if problems.is_empty() => {
            match super::incidents::verify_store(&store, None, None, &[]).await {
                Ok(report) => match report.first_broken {
                    Some(b) => Some(format!("{} at {}: {}", b.incident, b.seq, b.reason)),
                    None => lacking(&store, database).await,
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

/// What the mirror has and a database lacks that is sound by itself.
///
/// # Errors
/// When the database cannot be opened.
pub async fn behind_mirror(database: &Path) -> Result<Option<String>, Failure> {
    let store = SqliteStore::open(database, OpenMode::ReadOnly).await?;
    let lacking = lacking(&store, database).await;
    store.close().await?;
    Ok(lacking)
}

/// What the mirror has and the database lacks: a write-ahead log that was damaged or taken away leaves a database that
/// is sound and shorter than it was.
async fn lacking(store: &SqliteStore, database: &Path) -> Option<String> {
    for mirror in mirrors(database) {
        let mut both = Pieces::default();
        both.add(read_mirror(&mirror));
        for (log, _) in both.put_together() {
            let mut both = Pieces::default();
            let stored = store.read_raw(log).await.ok()?;
            let has = stored.len();
            both.add(stored);
            both.add(read_mirror(&mirror));
            let all = both.put_together().remove(&log).map_or(0, |found| found.events.len());
            if all > has {
                return Some(format!("the database lacks {} events of {log} that its mirror has", all - has));
            }
        }
    }
    None
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
        .prefix(".repair-")
        .tempdir_in(database.parent().unwrap_or_else(|| Path::new(".")))
        .map_err(|e| failed(database, &e))?;
    let read = async |file: &Path| -> (Vec<RawEvent>, Vec<(LogId, Seq, Digest)>) {
        let to = scratch.path().join("read.db");
        for side in SIDES {
            let _ = std::fs::remove_file(beside(&to, side));
            // What is not there is not copied.
            let _ = copy(&beside(file, side), &beside(&to, side));
        }
        (pieces(&to).await, listed_heads(&to).await)
    };
    let (damaged, mut heads) = read(&kept.join(database.file_name().unwrap_or_default())).await;
    let in_damaged: std::collections::HashSet<Vec<u8>> = damaged.iter().map(|e| e.header.clone()).collect();
    let mut all = Pieces::default();
    all.add(damaged);
    for mirror in mirrors(database) {
        all.add(read_mirror(&mirror));
    }
    for snapshot in super::snapshots::list(snapshots) {
        let (events, listed) = read(&snapshot).await;
        all.add(events);
        heads.extend(listed);
    }
    let salvaged = all.put_together();
    let fresh = scratch.path().join("fresh.db");
    let mut report = Repaired { events: 0, logs: 0, from_copies: 0, lost: Vec::new(), kept: kept.clone() };
    report.lost.extend(shorter_than_listed(&salvaged, &heads));
    for (log, found) in &salvaged {
        if let Some(first) = found.cut_off.first() {
            report.lost.push(format!(
                "{log}: the log ends at {}; {} later events from {first} on do not continue it",
                found.events.len(),
                found.cut_off.len()
            ));
        }
        if !found.wordless.is_empty() {
            report.lost.push(format!("{log}: the words of {} are nowhere", numbers(&found.wordless)));
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
        return Err(Failure::new(FailureKind::Integrity, "no event could be read anywhere").hint(format!(
            "nothing was changed; the files are copied to {}; bring back a backup",
            kept.display()
        )));
    }
    swap(&fresh, database).map_err(|e| failed(database, &e))?;
    Ok(report)
}

/// Logs that had come further than what could be put together: a cut at the end leaves no other trace.
fn shorter_than_listed(salvaged: &BTreeMap<LogId, Salvaged>, heads: &[(LogId, Seq, Digest)]) -> Vec<String> {
    let mut furthest: BTreeMap<LogId, (Seq, usize)> = BTreeMap::new();
    for (log, head, hash) in heads {
        let events = salvaged.get(log).map(|found| found.events.as_slice()).unwrap_or_default();
        // A damaged number beside the digest of our end is no sign of more.
        let is_ours = events.last().is_some_and(|last| digest(&last.header) == *hash);
        let has = events.len();
        if !is_ours && head.0 > has as u64 {
            let (most, _) = furthest.entry(*log).or_insert((*head, has));
            *most = (*most).max(*head);
        }
    }
    let told = furthest.into_iter();
    told.map(|(log, (head, has))| format!("{log}: the log ends at {has}; it had come to {head}")).collect()
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
