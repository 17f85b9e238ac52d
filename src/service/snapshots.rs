//! Copies of the database from hour to hour, of which the newest few are kept. It must not stop anybody's work: a copy
//! that cannot be made is told, and the room goes on.

use std::path::{Path, PathBuf};

use super::{Failure, Service};
use crate::domain::time::{Span, Utc};
use crate::store::{SqliteStore, StoreError};

/// How old the newest one must be before another is made.
pub const EVERY: Span = Span::hours(1);

/// How many are kept.
const KEPT: usize = 6;

/// How one begins that is not finished.
const UNFINISHED: &str = ".snapshot-";

/// How often, and how long each time, an erasure waits for a snapshot that is being made: a minute.
const TRIES: u32 = 1200;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

const PREFIX: &str = "warroom-";
const FORM: &str = "warroom-%Y%m%dT%H%M%SZ.db";

/// The snapshots in a folder, newest first.
#[must_use]
pub fn list(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| taken_at(p).is_some()).collect();
    found.sort();
    found.reverse();
    found
}

/// When a snapshot was made, by its name.
fn taken_at(path: &Path) -> Option<Utc> {
    let name = path.file_name()?.to_str().filter(|n| n.starts_with(PREFIX))?;
    Some(chrono::NaiveDateTime::parse_from_str(name, FORM).ok()?.and_utc())
}

impl Service {
    /// Looks whether the database holds together, after the first frame: damage that nobody reads is noticed too.
    ///
    /// # Errors
    /// What is damaged, and what to do; or that it could not be looked at.
    pub async fn look_over(&self) -> Result<(), Failure> {
        match self.inner.store.look_over().await? {
            None => Ok(()),
            Some(found) => Err(StoreError::Corrupt { what: found }.into()),
        }
    }

    /// Makes a snapshot when the newest one is an hour old. Answers its path when one was made.
    ///
    /// # Errors
    /// When the database is damaged, or the copy cannot be written; what was there stays.
    pub async fn snapshot(&self, now: Utc) -> Result<Option<PathBuf>, Failure> {
        let folder = &self.inner.places.snapshots;
        // One that another process makes just now will do.
        let Some(_one) = alone(folder) else { return Ok(None) };
        // A clock that was set back must not stop them for ever.
        let fresh = |p: &PathBuf| taken_at(p).is_some_and(|at| now - at < EVERY && at <= now);
        if list(folder).iter().any(fresh) {
            return Ok(None);
        }
        self.make_snapshot(now).await.map(Some)
    }

    async fn make_snapshot(&self, now: Utc) -> Result<PathBuf, Failure> {
        let folder = &self.inner.places.snapshots;
        let failed = |e: std::io::Error| Failure::no(format!("{} cannot be written: {e}", folder.display()));
        if !self.inner.store.may_copy_to(folder) {
            return Err(Failure::no(format!("no snapshot was made: {} is nearly full", folder.display())));
        }
        let made = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(folder).map_err(failed)?;
        let copy = made.path().join("copy.db");
        self.inner.store.backup(&copy).await?;
        SqliteStore::settle_copy(&copy).await?;
        std::fs::File::open(&copy).and_then(|file| file.sync_all()).map_err(failed)?;
        let path = folder.join(now.format(FORM).to_string());
        std::fs::rename(&copy, &path).map_err(failed)?;
        for old in list(folder).into_iter().skip(KEPT) {
            // One too many does no harm.
            let _ = std::fs::remove_file(old);
        }
        Ok(path)
    }

    /// Takes away all snapshots, because they hold words that were erased since, and makes a new one. Answers how many
    /// went.
    ///
    /// # Errors
    /// When one cannot be taken away: its words are still there then.
    pub async fn renew_snapshots(&self, now: Utc) -> Result<usize, Failure> {
        let folder = &self.inner.places.snapshots;
        if !folder.is_dir() {
            return Ok(0);
        }
        let kept = |path: &Path, e: std::io::Error| {
            Failure::no(format!("{} holds the words and cannot be taken away: {e}", path.display()))
        };
        // One that is being made has the words as well, and would be there afterwards.
        let mut tries = 0;
        let _one = loop {
            match alone(folder) {
                Some(one) => break one,
                None if tries < TRIES => tokio::time::sleep(PAUSE).await,
                None => {
                    let hint = "redact the line again when it has ended";
                    return Err(
                        Failure::no("another process is making a snapshot, which holds the words").hint(hint)
                    );
                }
            }
            tries += 1;
        };
        // Whoever was killed while it made one left it behind.
        for entry in std::fs::read_dir(folder).map_err(|e| kept(folder, e))?.flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED)) {
                std::fs::remove_dir_all(entry.path()).map_err(|e| kept(&entry.path(), e))?;
            }
        }
        let old = list(folder);
        for path in &old {
            std::fs::remove_file(path).map_err(|e| kept(path, e))?;
        }
        if !old.is_empty() {
            self.make_snapshot(now).await?;
        }
        Ok(old.len())
    }
}

/// Holds the folder against other processes that make or take away snapshots; none while one does.
fn alone(folder: &Path) -> Option<std::fs::File> {
    let one = std::fs::File::open(folder).ok()?;
    one.try_lock().ok().map(|()| one)
}
