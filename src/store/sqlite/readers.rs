//! A few connections that only read, opened when first needed. It must not write.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::Semaphore;

use super::super::StoreError;
use super::super::eager::eager;
use super::super::place::log_of;
use super::ReadFn;
use super::open::{self, Opened};

/// How a file and its write-ahead log look to whoever has neither open.
#[derive(PartialEq, Eq)]
struct Look {
    file: Option<(u64, u64, Option<SystemTime>)>,
    log: u64,
}

impl Look {
    fn at(file: &Path) -> Self {
        let look = |found: Metadata| (found.ino(), found.len(), found.modified().ok());
        let log = std::fs::metadata(log_of(file)).map_or(0, |found| found.len());
        Self { file: std::fs::metadata(file).ok().map(look), log }
    }
}

/// The connections of one store that read.
pub(super) struct Readers {
    file: Arc<PathBuf>,
    /// The file lies where nothing can be written, and is taken as never changing, as long as it looks like this: of a
    /// disk that was full somebody may make room.
    immutable: Mutex<Option<Look>>,
    permits: Semaphore,
    idle: Mutex<Vec<Opened>>,
    /// Whether one was ever opened.
    open: AtomicBool,
}

impl Readers {
    pub(super) fn new(file: Arc<PathBuf>, most: usize, immutable: bool, first: Option<Opened>) -> Self {
        let open = AtomicBool::new(first.is_some());
        let idle = Mutex::new(first.into_iter().collect());
        let immutable = Mutex::new(immutable.then(|| Look::at(&file)));
        Self { file, immutable, permits: Semaphore::new(most), idle, open }
    }

    pub(super) fn are_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// Reads on a connection of its own. Dropping the future drops the connection, never a half-read one is kept.
    pub(super) async fn with<T>(&self, read: ReadFn<T>) -> Result<T, StoreError> {
        let _permit = self.permits.acquire().await.map_err(|_| StoreError::Closed)?;
        let mut opened = self.take().await?;
        let answer = eager(read(&mut opened.conn)).await.map_err(|fault| fault.at(&self.file))?;
        self.give_back(opened);
        Ok(answer)
    }

    /// Opens the first, so that no later read waits for it.
    pub(super) async fn open_one(&self) -> Result<(), StoreError> {
        let _permit = self.permits.acquire().await.map_err(|_| StoreError::Closed)?;
        let opened = self.take().await?;
        self.give_back(opened);
        Ok(())
    }

    /// Whether another connection wrote since this was last asked. Means something only with one reader.
    pub(super) async fn changed(&self) -> Result<bool, StoreError> {
        let _permit = self.permits.acquire().await.map_err(|_| StoreError::Closed)?;
        let mut opened = self.take().await?;
        let before = opened.data_version;
        opened.data_version = data_version(&mut opened.conn)
            .await
            .map_err(|error| StoreError::from_sqlx(&self.file, &error))?;
        let changed = opened.data_version != before;
        self.give_back(opened);
        Ok(changed)
    }

    /// Closes all that are idle and lets no new one be opened.
    pub(super) async fn close(&self) {
        self.permits.close();
        let all = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for opened in all {
            // A connection that only read has nothing to lose.
            let _ = opened.conn.close().await;
        }
    }

    async fn take(&self) -> Result<Opened, StoreError> {
        let (never_changes, changed) = self.never_changes();
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(opened) => Ok(opened),
            None => {
                let mut opened = open::reader(&self.file, never_changes).await?;
                if changed {
                    opened.data_version = -1;
                }
                Ok(opened)
            }
        }
    }

    /// Whether the file is taken as never changing, and whether it just turned out to change.
    fn never_changes(&self) -> (bool, bool) {
        let mut immutable = self.immutable.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = &*immutable else { return (false, false) };
        if *before == Look::at(&self.file) {
            return (true, false);
        }
        *immutable = None;
        // They would mix what was there with what is.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        (false, true)
    }

    fn give_back(&self, opened: Opened) {
        if !self.permits.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(opened);
            self.open.store(true, Ordering::Relaxed);
        }
    }
}

/// Changes when another connection committed; own commits do not count.
pub(super) async fn data_version(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::raw_sql("PRAGMA data_version").fetch_one(conn).await?.try_get(0)
}
