//! Whether a database has nothing of a log that its mirror has: it was emptied, or an older one was put in its place. What
//! is missing would be over once the number of its incident is given away again. It must not change anything.

use std::path::{Path, PathBuf};

use sqlx::SqliteConnection;

use super::super::mirror::{log_of_mirror, mirrors, read_mirror};
use super::{StoreError, read};
use crate::domain::closeout::counted;
use crate::domain::ids::{LogId, Seq};
use crate::domain::log::Pieces;

/// What is wrong with a file that is not one of ours: where its mirror has something, it was one, and was written over or
/// cut. Whoever is told to move it away would lose nothing, and not know it.
pub(super) fn if_overwritten(file: &Path, error: StoreError) -> StoreError {
    if !matches!(error, StoreError::NotOurs { .. }) {
        return error;
    }
    match mirrors(file).iter().filter(|mirror| !read_mirror(mirror).is_empty()).count() {
        0 => error,
        kept => StoreError::Corrupt {
            what: format!(
                "{} was written over or cut, and its mirror has {}",
                file.display(),
                counted(kept, "incident", "incidents")
            ),
        },
    }
}

/// Refuses a database that lacks a whole log of its mirror.
///
/// # Errors
/// That it is so. Lists and logs that cannot be read are told by whoever reads them.
pub(super) async fn lacks_no_log(file: &Path, conn: &mut SqliteConnection) -> Result<(), StoreError> {
    // Before the database: what others declare meanwhile is in that first.
    let there = mirrors(file);
    if there.is_empty() {
        return Ok(());
    }
    let Ok(listed) = read::listed(conn).await else { return Ok(()) };
    let unlisted = |mirror: &PathBuf| log_of_mirror(mirror).filter(|log| !listed.contains(log));
    let mut missing = there.iter().filter_map(|mirror| Some((mirror, unlisted(mirror)?)));
    // That of which nothing can be read any more keeps nobody from writing, nor does a row that is lost alone.
    while let Some((mirror, log)) = missing.next() {
        let Some(from) = lacking(conn, mirror, log).await else { continue };
        let more = match missing.count() {
            0 => String::new(),
            1 => ", and perhaps of another".to_owned(),
            more => format!(", and perhaps of {more} others"),
        };
        return Err(StoreError::Corrupt {
            what: format!(
                "{}: its mirror has entries of {log} from {from} on that it lacks{more} (where an older copy was put \
                 there on purpose, move mirror/ away)",
                file.display()
            ),
        });
    }
    Ok(())
}

/// The first position of a log that its mirror gives back and the database lacks.
async fn lacking(conn: &mut SqliteConnection, mirror: &Path, log: LogId) -> Option<Seq> {
    let copies = read_mirror(mirror);
    let stored = read::raw(conn, log, Seq::NONE, u32::MAX).await.ok()?;
    let has = stored.len();
    let mut both = Pieces::default();
    both.add(stored);
    both.add(copies);
    let whole = both.put_together().remove(&log)?.events.len();
    (whole > has).then(|| Seq(u64::try_from(has).unwrap_or(u64::MAX)).next())
}
