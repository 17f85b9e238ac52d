//! Copies of the database from hour to hour, of which the newest few are kept. It must not stop anybody's work: a copy
//! that cannot be made is told, and the room goes on.

use std::path::{Path, PathBuf};

use super::{Failure, Service};
use crate::domain::time::{Span, Utc};
use crate::store::StoreError;

/// How old the newest one must be before another is made.
pub const EVERY: Span = Span::hours(1);

/// How many are kept.
const KEPT: usize = 6;

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

    /// Makes a snapshot when the newest one is an hour old, or at once where that is asked for. Answers its path when
    /// one was made.
    ///
    /// # Errors
    /// When the database is damaged, or the copy cannot be written; what was there stays.
    pub async fn snapshot(&self, now: Utc, at_once: bool) -> Result<Option<PathBuf>, Failure> {
        let folder = &self.inner.places.snapshots;
        if !folder.is_dir() {
            return Ok(None);
        }
        // A clock that was set back must not stop them for ever.
        let fresh = |p: &PathBuf| taken_at(p).is_some_and(|at| now - at < EVERY && at <= now);
        if !at_once && list(folder).iter().any(fresh) {
            return Ok(None);
        }
        let failed = |e: std::io::Error| Failure::no(format!("{} cannot be written: {e}", folder.display()));
        if !self.inner.store.may_copy_to(folder) {
            return Err(Failure::no(format!("no snapshot was made: {} is nearly full", folder.display())));
        }
        let made = tempfile::Builder::new().prefix(".snapshot-").tempdir_in(folder).map_err(failed)?;
        let copy = made.path().join("copy.db");
        self.inner.store.backup(&copy).await?;
        std::fs::File::open(&copy).and_then(|file| file.sync_all()).map_err(failed)?;
        let path = folder.join(now.format(FORM).to_string());
        std::fs::rename(&copy, &path).map_err(failed)?;
        for old in list(folder).into_iter().skip(KEPT) {
            // One too many does no harm.
            let _ = std::fs::remove_file(old);
        }
        Ok(Some(path))
    }

    /// Takes away all snapshots, because they hold words that were erased since, and makes a new one. Answers how many
    /// went.
    ///
    /// # Errors
    /// When one cannot be taken away: its words are still there then.
    pub async fn renew_snapshots(&self, now: Utc) -> Result<usize, Failure> {
        let old = list(&self.inner.places.snapshots);
        for path in &old {
            std::fs::remove_file(path).map_err(|e| {
                Failure::no(format!("{} holds the words and cannot be taken away: {e}", path.display()))
            })?;
        }
        if !old.is_empty() {
            self.snapshot(now, true).await?;
        }
        Ok(old.len())
    }
}
