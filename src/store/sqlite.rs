//! The event log in one SQLite file: WAL, every commit on disk before it is answered, one writer a process.
//! It must not know what an event means, and nothing else may open the file (closing any descriptor of it drops
//! SQLite's locks).

mod beside;
mod open;
mod packed;
mod read;
mod readers;
mod salvage;
mod writer;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use self::readers::Readers;
use self::writer::{Job, Writer};
use super::eager::eager_once_begun;
use super::mirror::Trouble;
use super::turn::{Turn, Turns};
use super::{Answer, Append, Appended, EventStore, StoreError, StoredEvent, StoryFilter, StoryRow};
use super::{SummaryFilter, SummaryRow, Tally};
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::log::{Digest, RawEvent};

pub use open::known_version;
pub use salvage::{Listed, give_declared_length, listed_heads, pieces, traces};

/// How to open the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// To read and write; it must be there.
    ReadWrite,
    /// To read and write; made, with rights for its owner only, when it is not there.
    Create,
    /// To read, even where nothing can be written.
    ReadOnly,
}

/// The most connections that read at once, beside the writer's.
const READERS: usize = 3;

/// The largest database, in bytes, that a room looks over: a tenth of a second of one processor. A larger one would
/// make keys wait; the hourly snapshot and `doctor` look at it.
const LARGEST_LOOKED_OVER: u64 = 64 << 20;

/// Up to this many events, a read is short enough to share the writer's connection before readers are opened.
const SHORT_READ: u32 = 2_000;

/// What a read can meet: SQLite's refusal, or stored bytes that make no sense.
enum Fault {
    Sql(sqlx::Error),
    Store(StoreError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    fn at(self, file: &Path) -> StoreError {
        match self {
            Self::Sql(error) => StoreError::from_sqlx(file, &error),
            Self::Store(error) => error,
        }
    }
}

type Run<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;
type ReadFn<T> = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> Run<'c, Result<T, Fault>> + Send>;

/// The event log in an SQLite file. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct SqliteStore {
    file: Arc<PathBuf>,
    /// None when opened to read only.
    writer: Option<mpsc::Sender<Job>>,
    readers: Arc<Readers>,
    turns: Turns,
    /// What became of the copies that the writer made.
    trouble: Arc<Trouble>,
}

impl SqliteStore {
    /// Makes a copy one that looking at does not change: see [`EventStore::backup`]. Nobody else may have it open.
    ///
    /// # Errors
    /// What the file system says.
    pub async fn settle_copy(file: &Path) -> Result<(), StoreError> {
        open::settle(file).await
    }

    /// Opens the database, making or migrating it first where the mode allows. Must run on tokio; the writer is a
    /// task of that runtime.
    ///
    /// # Errors
    /// Those of [`StoreError`] that speak of the file: not found, not ours, newer, network file system, read-only.
    pub async fn open(file: &Path, mode: OpenMode) -> Result<Self, StoreError> {
        Self::open_ours(file, mode).await.map_err(|error| beside::if_overwritten(file, error))
    }

    async fn open_ours(file: &Path, mode: OpenMode) -> Result<Self, StoreError> {
        let file = Arc::new(file.to_owned());
        if mode == OpenMode::ReadOnly {
            let (reader, immutable) = open::to_read(&file).await?;
            // One connection only: `data_version` means something only on the same one.
            let readers = Readers::new(Arc::clone(&file), 1, immutable, Some(reader));
            let turns = Turns::in_folder(open::folder_of(&file));
            let trouble = Arc::default();
            return Ok(Self { file, writer: None, readers: Arc::new(readers), turns, trouble });
        }
        let opened = eager_once_begun(open::to_write(&file, mode == OpenMode::Create)).await?;
        // Callers wait for their answers, so the queue is as long as there are callers.
        let (writer, jobs) = mpsc::channel(64);
        let trouble = Arc::new(Trouble::default());
        tokio::spawn(Writer::new(Arc::clone(&file), opened, Arc::clone(&trouble)).run(jobs));
        let readers = Readers::new(Arc::clone(&file), READERS, false, None);
        let turns = Turns::in_folder(open::folder_of(&file));
        Ok(Self { file, writer: Some(writer), readers: Arc::new(readers), turns, trouble })
    }

    /// The database file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether appends are possible at all.
    #[must_use]
    pub const fn is_read_only(&self) -> bool {
        self.writer.is_none()
    }

    /// SQLite's version, and what its own check of the whole file finds wrong.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub async fn inspect(&self) -> Result<(String, Vec<String>), StoreError> {
        self.readers
            .with(Box::new(|conn| {
                Box::pin(async move {
                    let version: String =
                        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *conn).await?;
                    let mut found: Vec<String> =
                        sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut *conn).await?;
                    found.retain(|line| line != "ok");
                    found.extend(foreign_declarations(conn).await?);
                    Ok((version, found))
                })
            }))
            .await
    }

    /// Commits wait for the disk no more: what the test of the power cuts must find out. Not in a release build.
    ///
    /// # Errors
    /// When the store cannot write.
    #[cfg(debug_assertions)]
    pub async fn unsynced(&self) -> Result<(), StoreError> {
        self.read_with(
            true,
            Box::new(|conn| {
                Box::pin(async move {
                    sqlx::raw_sql("PRAGMA synchronous = NORMAL").execute(conn).await?;
                    Ok(())
                })
            }),
        )
        .await
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job,
    ) -> Result<T, StoreError> {
        let Some(writer) = &self.writer else {
            return Err(StoreError::ReadOnly {
                file: self.file.to_path_buf(),
                why: "it was opened to read only".to_owned(),
            });
        };
        let (reply, answer) = oneshot::channel();
        writer.send(job(reply)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Short reads share the writer's connection until readers are open: opening one more costs the first frame.
    async fn read_with<T: Send + 'static>(&self, short: bool, read: ReadFn<T>) -> Result<T, StoreError> {
        if self.writer.is_none() || !short || self.readers.are_open() {
            return self.readers.with(read).await;
        }
        let file = Arc::clone(&self.file);
        self.ask(|reply| {
            Job::Read(Box::new(move |conn| {
                Box::pin(async move {
                    let answer = read(conn).await.map_err(|fault| fault.at(&file));
                    // Nobody waits any more: nothing to do.
                    let _ = reply.send(answer);
                })
            }))
        })
        .await
    }
}

/// What of the tables and triggers is not as we declare it. SQLite's own check does not look at them, and a reader
/// does not need them: a flipped bit there shows at the next line that is stored, or lets through what it should not.
async fn foreign_declarations(conn: &mut SqliteConnection) -> Result<Vec<String>, Fault> {
    let (ours, there) = (open::declared_by_us().await?, open::declared(conn).await?);
    let names: std::collections::BTreeSet<&String> = ours.keys().chain(there.keys()).collect();
    let differ = names.into_iter().filter(|name| ours.get(*name) != there.get(*name));
    Ok(differ.map(|name| format!("the declaration of {name:?} is not ours")).collect())
}

impl EventStore for SqliteStore {
    fn append(&self, append: Append) -> Answer<'_, Appended> {
        Box::pin(self.ask(|reply| Job::Append(Box::new(append), reply)))
    }

    fn head(&self, log: LogId) -> Answer<'_, Option<(Seq, Digest)>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::head(conn, log)))))
    }

    fn read(&self, log: LogId, after: Seq, limit: u32) -> Answer<'_, Vec<StoredEvent>> {
        let short = limit <= SHORT_READ;
        Box::pin(self.read_with(short, Box::new(move |conn| Box::pin(read::page(conn, log, after, limit)))))
    }

    fn only(&self, state: &str, limit: u32) -> Answer<'_, Option<(LogId, Vec<StoredEvent>)>> {
        let (state, short) = (state.to_owned(), limit <= SHORT_READ);
        Box::pin(self.read_with(short, Box::new(move |conn| Box::pin(read::only(conn, state, limit)))))
    }

    fn read_last(&self, log: LogId, n: u32) -> Answer<'_, Vec<StoredEvent>> {
        Box::pin(self.read_with(n <= SHORT_READ, Box::new(move |conn| Box::pin(read::last(conn, log, n)))))
    }

    fn read_raw(&self, log: LogId) -> Answer<'_, Vec<RawEvent>> {
        Box::pin(
            self.read_with(false, Box::new(move |conn| Box::pin(read::raw(conn, log, Seq::NONE, u32::MAX)))),
        )
    }

    fn logs(&self) -> Answer<'_, Vec<LogId>> {
        Box::pin(self.read_with(false, Box::new(|conn| Box::pin(read::logs(conn)))))
    }

    fn next_number(&self, year: u16) -> Answer<'_, u32> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::next_number(conn, year)))))
    }

    fn unlisted(&self, listed: u32) -> Answer<'_, Vec<LogId>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::unlisted(conn, listed)))))
    }

    fn log_of(&self, id: IncidentId) -> Answer<'_, Option<LogId>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::log_of(conn, id)))))
    }

    fn summaries(&self, filter: SummaryFilter) -> Answer<'_, Vec<SummaryRow>> {
        let short = filter.limit <= SHORT_READ;
        Box::pin(self.read_with(short, Box::new(move |conn| Box::pin(read::summaries(conn, filter)))))
    }

    fn summary(&self, id: IncidentId) -> Answer<'_, Option<SummaryRow>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::summary(conn, id)))))
    }

    fn summaries_of(&self, ids: Vec<IncidentId>) -> Answer<'_, Vec<SummaryRow>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::summaries_of(conn, ids)))))
    }

    fn numbered(&self, number: u32) -> Answer<'_, Option<(IncidentId, LogId)>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::numbered(conn, number)))))
    }

    fn id_of(&self, log: LogId) -> Answer<'_, Option<IncidentId>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::id_of(conn, log)))))
    }

    fn naming(&self, id: IncidentId) -> Answer<'_, Vec<SummaryRow>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::naming(conn, id)))))
    }

    fn has(&self, text: &str) -> Answer<'_, bool> {
        let text = text.to_owned();
        // It may look through all of them.
        Box::pin(self.read_with(false, Box::new(move |conn| Box::pin(read::has(conn, text)))))
    }

    fn without(&self, text: &str) -> Answer<'_, Vec<SummaryRow>> {
        let text = text.to_owned();
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::without(conn, text)))))
    }

    fn stories(&self, filter: StoryFilter) -> Answer<'_, Vec<StoryRow>> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::stories(conn, filter)))))
    }

    fn tally(&self, stories: StoryFilter) -> Answer<'_, Tally> {
        Box::pin(self.read_with(true, Box::new(move |conn| Box::pin(read::tally(conn, stories)))))
    }

    fn erase_payload(&self, log: LogId, seq: Seq) -> Answer<'_, bool> {
        Box::pin(self.ask(move |reply| Job::Erase { log, seq, reply }))
    }

    fn changed_by_others(&self) -> Answer<'_, bool> {
        Box::pin(async move {
            match &self.writer {
                Some(_) => self.ask(Job::Changed).await,
                None => self.readers.changed().await,
            }
        })
    }

    fn in_its_place(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            // Whoever only reads has nothing to lose.
            if self.writer.is_some() { self.ask(Job::Look).await } else { Ok(()) }
        })
    }

    fn lacks_no_log(&self) -> Answer<'_, ()> {
        let file = Arc::clone(&self.file);
        let look: ReadFn<()> =
            Box::new(move |conn| Box::pin(async move { Ok(beside::lacks_no_log(&file, conn).await?) }));
        Box::pin(self.read_with(true, look))
    }

    fn look_over(&self) -> Answer<'_, Option<String>> {
        if std::fs::metadata(&*self.file).is_ok_and(|m| m.len() > LARGEST_LOOKED_OVER) {
            return Box::pin(std::future::ready(Ok(None)));
        }
        let look: ReadFn<Option<String>> = Box::new(|conn| {
            Box::pin(async move {
                let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *conn).await?;
                if found != "ok" {
                    return Ok(Some(found));
                }
                Ok(foreign_declarations(conn).await?.into_iter().next())
            })
        });
        Box::pin(self.readers.with(look))
    }

    fn backup(&self, to: &Path) -> Answer<'_, ()> {
        let to = to.to_string_lossy().into_owned();
        Box::pin(async move {
            let copy: ReadFn<()> = Box::new(move |conn| {
                Box::pin(async move {
                    // One read transaction: the copy is of one moment, without what was erased or given free.
                    sqlx::query("VACUUM INTO ?").bind(to).execute(&mut *conn).await?;
                    Ok(())
                })
            });
            self.readers.with(copy).await
        })
    }

    fn complete_mirror(&self, log: LogId) -> Answer<'_, usize> {
        Box::pin(self.ask(move |reply| Job::Mirror { log, reply }))
    }

    fn mirror_trouble(&self) -> Option<String> {
        self.trouble.take()
    }

    fn may_copy_to(&self, folder: &Path) -> bool {
        super::place::has_room(folder, &self.file)
    }

    fn turn(&self) -> Answer<'_, Turn> {
        Box::pin(async { Ok(self.turns.take().await) })
    }

    fn warm(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            self.readers.open_one().await?;
            if self.writer.is_some() { self.ask(Job::Room).await } else { Ok(()) }
        })
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            // The writer last: whoever closes last tidies up the write-ahead log.
            self.readers.close().await;
            if self.writer.is_none() {
                return Ok(());
            }
            match self.ask(Job::Close).await {
                Ok(()) | Err(StoreError::Closed) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }
}
