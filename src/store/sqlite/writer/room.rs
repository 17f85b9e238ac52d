//! Room in the write-ahead log: its file is as long as it gets before the first line comes. A commit that only writes
//! over what is there waits for its own bytes; one that makes the file longer waits for the file system's journal as
//! well, which takes several times as long. It must hold SQLite's write lock, and touch nothing but the end.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::{StoreError, Writer};
use crate::store::place;

/// How long the log is made, in bytes. SQLite begins it anew after the commit that passes a thousand pages, each with
/// a header of 24 bytes; a hundred pages more are for that commit.
const LENGTH: u64 = 32 + 1_100 * (4_096 + 24);

/// Zeros that are written at once.
const PIECE: usize = 64 << 10;

impl Writer {
    /// Sees to it that the next commits need not make the write-ahead log longer. It only makes them faster: where it
    /// does not work, it is not tried again.
    pub(super) async fn make_room(&mut self) {
        let log = place::log_of(&self.file);
        if self.stays && self.conn.is_some() && is_short(&log) {
            let made = self.locked(move || make(&log)).await;
            if let Err(error) = made {
                tracing::debug!(%error, "there is no room in the write-ahead log");
                self.stays = false;
            }
        }
    }

    /// Does something while nobody writes.
    async fn locked(
        &mut self,
        work: impl FnOnce() -> std::io::Result<()> + Send + 'static,
    ) -> Result<(), StoreError> {
        let file = Arc::clone(&self.file);
        let failed = |error: sqlx::Error| StoreError::from_sqlx(&file, &error);
        let conn = self.conn().await?;
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *conn).await.map_err(failed)?;
        let done = tokio::task::spawn_blocking(work).await;
        sqlx::raw_sql("ROLLBACK").execute(conn).await.map_err(failed)?;
        let why = match done {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        Err(StoreError::Io { file: self.file.to_path_buf(), why })
    }
}

/// Whether the log is there and shorter than it may become.
fn is_short(log: &Path) -> bool {
    std::fs::metadata(log).is_ok_and(|meta| meta.len() < LENGTH)
}

/// Writes zeros behind the end of the log and syncs them. Whoever calls holds SQLite's write lock, so nobody appends
/// meanwhile; to SQLite they are what an earlier round left behind. Closing this descriptor drops no lock: SQLite has
/// its locks on other files.
///
/// # Errors
/// What the disk said. The file is then as long as it was.
fn make(log: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(log)?;
    let before = file.seek(SeekFrom::End(0))?;
    let written = fill(&mut file, before).and_then(|()| file.sync_all());
    if written.is_err() {
        // What stays takes room, and does no harm.
        let _ = file.set_len(before);
    }
    written
}

fn fill(file: &mut std::fs::File, from: u64) -> std::io::Result<()> {
    let zeros = vec![0; PIECE];
    let mut at = from;
    while at < LENGTH {
        let piece = usize::try_from(LENGTH - at).unwrap_or(PIECE).min(PIECE);
        file.write_all(zeros.get(..piece).unwrap_or_default())?;
        at += piece as u64;
    }
    Ok(())
}
