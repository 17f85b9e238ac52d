//! A few connections that only read, opened when first needed. It must not write.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::Semaphore;

use super::super::StoreError;
use super::ReadFn;
use super::eager::eager;
use super::open::{self, Opened};

/// The connections of one store that read.
pub(super) struct Readers {
    file: Arc<PathBuf>,
    /// The file lies where nothing can be written, and is taken as never changing.
    immutable: bool,
    permits: Semaphore,
    idle: Mutex<Vec<Opened>>,
    /// Whether one was ever opened.
    open: AtomicBool,
}

impl Readers {
    pub(super) fn new(file: Arc<PathBuf>, most: usize, immutable: bool, first: Option<Opened>) -> Self {
        let open = AtomicBool::new(first.is_some());
        let idle = Mutex::new(first.into_iter().collect());
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
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(opened) => Ok(opened),
            None => open::reader(&self.file, self.immutable).await,
        }
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
