//! The one task of a process that writes to the database. It owns its connection, is never cancelled in the middle
//! of a write, and answers only when the commit is on disk. It must not decide what is written.

mod identity;
mod room;
mod script;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use self::identity::Identity;
use self::script::Write;
use super::super::eager::eager;
use super::super::mirror::{Mirror, Trouble};
use super::super::{Append, Appended, Sealed, StoreError, StoryRow, SummaryRow, check, retried, seal};
use super::beside;
use super::open::{self, Opened};
use super::readers::data_version;
use super::{Fault, Run, read};
use crate::domain::ids::{EventId, LogId, Seq};
use crate::domain::log::Digest;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A read on the writer's connection; it answers by itself.
pub(super) type ReadJob = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> Run<'c, ()> + Send>;

/// What the writer is asked to do.
pub(super) enum Job {
    Append(Box<Append>, Reply<Appended>),
    Erase {
        log: LogId,
        seq: Seq,
        reply: Reply<bool>,
    },
    Changed(Reply<bool>),
    Look(Reply<()>),
    Mirror {
        log: LogId,
        reply: Reply<usize>,
    },
    Read(ReadJob),
    /// The process stays, and will write line by line.
    Room(Reply<()>),
    Close(Reply<()>),
}

/// Up to this many rows, a whole append is one prepared script: one round trip to the connection's thread.
const MOST_IN_SCRIPT: usize = 16;

/// More logs than one process ever has open.
const MOST_HEADS: usize = 1024;

/// How many events are brought into a mirror at once: a room of ten thousand would otherwise stay in memory whole.
const MIRRORED: u32 = 500;

/// The writer and what it remembers.
pub(super) struct Writer {
    file: Arc<PathBuf>,
    /// The file that was opened, as it was left.
    identity: Option<Identity>,
    /// None after an error of the device: nothing that handle says can be trusted, the next job opens another.
    conn: Option<SqliteConnection>,
    data_version: i64,
    /// The device failed: nothing is acknowledged before the file is looked at again, and has been synced.
    doubtful: bool,
    /// The heads it wrote or read last. Only a shortcut: the schema refuses what does not continue a log.
    heads: HashMap<LogId, (Seq, Digest)>,
    /// None where nobody made a place for one.
    mirror: Option<Mirror>,
    /// Whoever stores hears from here that a copy could not be written.
    trouble: Arc<Trouble>,
    /// There is to be room in the write-ahead log for the next line.
    stays: bool,
}

impl Writer {
    pub(super) fn new(file: Arc<PathBuf>, opened: Opened, trouble: Arc<Trouble>) -> Self {
        let mirror = Mirror::beside(&file);
        let identity = Identity::of(&file);
        let Opened { conn, data_version } = opened;
        Self {
            file,
            identity,
            conn: Some(conn),
            data_version,
            doubtful: false,
            heads: HashMap::new(),
            mirror,
            trouble,
            stays: false,
        }
    }

    /// Works until every store that can ask is gone, or one closes it. A caller that no longer waits for its
    /// answer changes nothing.
    pub(super) async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.recv().await {
            match job {
                Job::Append(append, reply) => {
                    let _ = reply.send(self.append(*append).await);
                    self.make_room().await;
                }
                Job::Room(reply) => {
                    self.stays = true;
                    self.make_room().await;
                    let _ = reply.send(Ok(()));
                }
                Job::Erase { log, seq, reply } => {
                    let _ = reply.send(self.erase(log, seq).await);
                }
                Job::Mirror { log, reply } => {
                    let completed = self.complete_mirror(log).await;
                    self.saw(completed.as_ref().map(drop));
                    let _ = reply.send(completed);
                }
                Job::Look(reply) => {
                    let _ = reply.send(self.as_it_was_left().await);
                }
                Job::Changed(reply) => {
                    let _ = reply.send(self.changed().await);
                }
                Job::Read(read) => {
                    // Without a connection the job is dropped, and its caller hears that the store is closed.
                    if let Ok(conn) = self.conn().await {
                        eager(read(conn)).await;
                    }
                }
                Job::Close(reply) => {
                    jobs.close();
                    let closed = match self.conn.take() {
                        Some(conn) => conn.close().await.map_err(|e| StoreError::from_sqlx(&self.file, &e)),
                        None => Ok(()),
                    };
                    let _ = reply.send(closed);
                    return;
                }
            }
        }
    }

    async fn conn(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => {
                // Others may have written meanwhile: `changed` must say so.
                self.data_version = -1;
                self.heads.clear();
                let mut conn = open_again(&self.file).await?.conn;
                if self.doubtful {
                    whole_and_synced(&self.file, &mut conn).await?;
                    self.doubtful = false;
                }
                conn
            }
        };
        Ok(self.conn.insert(conn))
    }

    /// Turns a failure into words; after an error of the device the connection is given up.
    fn fail(&mut self, fault: Fault) -> StoreError {
        let error = fault.at(&self.file);
        if matches!(error, StoreError::Io { .. } | StoreError::Corrupt { .. }) {
            self.conn = None;
            self.doubtful = true;
        }
        error
    }

    async fn append(&mut self, append: Append) -> Result<Appended, StoreError> {
        check(&append)?;
        self.as_it_was_left().await?;
        let head = match self.heads.get(&append.log) {
            Some(head) if head.0 == append.expected => *head,
            _ => self.read_head(append.log).await?,
        };
        self.not_behind_mirror(append.log, head.0).await?;
        if head.0 == Seq::NONE && append.expected == Seq::NONE {
            // For a declaration only, since the names of ten thousand take some milliseconds.
            let file = Arc::clone(&self.file);
            beside::lacks_no_log(&file, self.conn().await?).await?;
        }
        let Append { log, expected, events, summary, stories } = append;
        if head.0 != expected {
            let ids: Vec<_> = events.iter().map(|event| (event.id, event.body.as_slice())).collect();
            let conflict = StoreError::Conflict { expected, found: head.0 };
            return self.already(log, &ids).await?.ok_or(conflict);
        }
        let sealed = seal(log, head, events)?;
        let new_head = sealed.last().map_or(head, |last| (last.event.seq, last.event.hash));
        match self
            .write(Write {
                log,
                head: head.0,
                events: &sealed,
                summary: &summary,
                stories: &stories,
                new_head,
            })
            .await
        {
            Ok(()) => {
                // The commit may have written to the file as well.
                self.identity = Some(self.in_its_place()?);
                if self.heads.len() >= MOST_HEADS {
                    self.heads.clear();
                }
                self.heads.insert(log, new_head);
                self.copy(log, head.0, &sealed).await;
                let events = sealed.into_iter().map(|sealed| sealed.event).collect();
                Ok(Appended { events, head: new_head.1 })
            }
            Err(fault) => {
                self.heads.remove(&log);
                self.explain(fault, log, expected, &sealed, &summary).await
            }
        }
    }

    /// Refuses to store, and to acknowledge, what nobody finds again. Whoever brings the file back finds all of it. Answers
    /// how it looks.
    fn in_its_place(&self) -> Result<Identity, StoreError> {
        let gone = || StoreError::Gone { file: self.file.to_path_buf() };
        let (known, now) = (self.identity.ok_or_else(gone)?, Identity::of(&self.file).ok_or_else(gone)?);
        if known.may_become(&now) { Ok(now) } else { Err(gone()) }
    }

    /// The same before something is stored. Somebody else wrote to a file that looks otherwise than it was left: mostly a
    /// checkpoint; but an older copy may lie there now, and the pages that SQLite keeps at hand hide that.
    async fn as_it_was_left(&mut self) -> Result<(), StoreError> {
        let now = self.in_its_place()?;
        if self.identity == Some(now) {
            return Ok(());
        }
        let known: Vec<_> = self.heads.iter().map(|(log, head)| (*log, head.0)).collect();
        let fresh = open_again(&self.file).await?.conn;
        self.data_version = -1;
        if let Some(old) = self.conn.replace(fresh) {
            // What it has to say it says to nobody.
            let _ = old.close().await;
        }
        for (log, seq) in known {
            if self.read_head(log).await?.0 < seq {
                return Err(StoreError::Gone { file: self.file.to_path_buf() });
            }
        }
        if let Some(mirror) = &mut self.mirror {
            mirror.look_again();
        }
        self.identity = Some(now);
        Ok(())
    }

    /// Writes what was just stored into the mirror too, and what that lacks. The events are stored whether or not this
    /// works: what is missing is added by whoever writes to the log next, or by `doctor --repair`.
    async fn copy(&mut self, log: LogId, before: Seq, sealed: &[Sealed]) {
        let Some(mirror) = &mut self.mirror else { return self.bring_up(log).await };
        if before == Seq::NONE || mirror.has_all(log, before) {
            match mirror.add(log, sealed) {
                Ok(true) => return self.saw(Ok::<_, &std::io::Error>(())),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%log, %error, "the mirror was not written");
                    return self.saw(Err(&error));
                }
            }
        }
        self.bring_up(log).await;
    }

    /// Writes into the mirror what it lacks of a log, whether or not that works.
    async fn bring_up(&mut self, log: LogId) {
        let completed = self.complete_mirror(log).await;
        if let Err(error) = &completed {
            tracing::warn!(%log, %error, "the mirror was not completed");
        }
        self.saw(completed.as_ref().map(drop));
    }

    /// What became of a copy.
    fn saw<E: std::fmt::Display>(&self, done: Result<(), &E>) {
        self.trouble.saw(done.map_err(|why| why as &dyn std::fmt::Display));
    }

    /// Refuses to go on from a database that lost its end: the mirror is never ahead of what was committed.
    async fn not_behind_mirror(&mut self, log: LogId, head: Seq) -> Result<(), StoreError> {
        let Some(mirror) = &mut self.mirror else { return Ok(()) };
        if head == Seq::NONE || mirror.is_known(log) {
            return Ok(());
        }
        let last = mirror.look(log, head);
        // Another process may have stored events since the head was read.
        if last <= head {
            return Ok(());
        }
        let (head, hash) = self.read_head(log).await?;
        if last <= head {
            return Ok(());
        }
        let other = self.mirror.as_ref().is_some_and(|mirror| mirror.goes_on_otherwise(log, head, hash));
        let file = self.file.display();
        Err(StoreError::Corrupt {
            what: if other {
                format!(
                    "{file}: its mirror goes on otherwise, to entry {last}, and has another entry {head}: one of them was \
                     put in the place of the other"
                )
            } else {
                format!("{file}: it ends at entry {head}, and its mirror has entries up to {last}")
            },
        })
    }

    /// Adds to the mirror what it lacks of a log. Answers how many events that were.
    async fn complete_mirror(&mut self, log: LogId) -> Result<usize, StoreError> {
        let Some(mirror) = &self.mirror else {
            return Mirror::in_the_way(&self.file).map_or(Ok(0), |other| {
                Err(StoreError::Io { file: other, why: "is no folder, so no line has a copy".to_owned() })
            });
        };
        let there = mirror.headers(log);
        let (mut added, mut after) = (0, Seq::NONE);
        loop {
            let answer = read::raw(self.conn().await?, log, after, MIRRORED).await;
            let page = answer.map_err(|fault| self.fail(fault))?;
            let last = page.last().and_then(|event| event.columns.as_ref()).map(|columns| columns.seq);
            let (Some(mirror), Some(last)) = (&mut self.mirror, last) else { return Ok(added) };
            after = last;
            added += mirror.complete(log, &page, &there).map_err(|error| StoreError::Io {
                file: self.file.with_file_name("mirror"),
                why: format!("the mirror cannot be completed: {error}"),
            })?;
        }
    }

    async fn read_head(&mut self, log: LogId) -> Result<(Seq, Digest), StoreError> {
        let answer = read::head(self.conn().await?, log).await;
        answer.map_err(|fault| self.fail(fault)).map(Option::unwrap_or_default)
    }

    /// One transaction; on failure nothing of it is left. Boxed, since the compiler cannot see through sqlx's
    /// executors that the borrows may be sent.
    fn write<'a>(&'a mut self, write: Write<'a>) -> Run<'a, Result<(), Fault>> {
        Box::pin(async move {
            let conn = self.conn().await?;
            let rows = write.events.len() + write.stories.len();
            let result = if !write.events.is_empty() && rows <= MOST_IN_SCRIPT {
                write.script().execute(&mut *conn).await.map(drop).map_err(Fault::from)
            } else {
                write.in_steps(conn).await
            };
            if result.is_err() {
                // Fails when the error has ended the transaction already, or none was begun.
                let _ = sqlx::raw_sql("ROLLBACK").execute(conn).await;
            }
            result
        })
    }

    /// What a failed append means: stored before, overtaken, or refused.
    async fn explain(
        &mut self,
        fault: Fault,
        log: LogId,
        expected: Seq,
        sealed: &[Sealed],
        summary: &SummaryRow,
    ) -> Result<Appended, StoreError> {
        let refusal = match &fault {
            Fault::Sql(sqlx::Error::Database(error)) if is_constraint(error.as_ref()) => {
                error.message().to_owned()
            }
            Fault::Sql(sqlx::Error::RowNotFound) => String::new(),
            _ => return Err(self.fail(fault)),
        };
        let ids: Vec<_> =
            sealed.iter().map(|s| (s.event.id, s.event.body.as_deref().unwrap_or_default())).collect();
        if let Some(appended) = self.already(log, &ids).await? {
            return Ok(appended);
        }
        let found = self.read_head(log).await?.0;
        if found != expected {
            return Err(StoreError::Conflict { expected, found });
        }
        if refusal.contains("summary.year") {
            return Err(StoreError::IdTaken { id: summary.id });
        }
        if let Some(target) = sealed.iter().find_map(|s| s.redacts)
            && refusal.contains("redacts")
        {
            return Err(StoreError::BadRedaction { target });
        }
        Err(self.fail(fault))
    }

    /// The events as they are stored, when all of them are, with the same bodies. Whoever stored them may have been
    /// killed before the mirror had them.
    async fn already(
        &mut self,
        log: LogId,
        ids: &[(EventId, &[u8])],
    ) -> Result<Option<Appended>, StoreError> {
        let mut found = Vec::new();
        for (id, _) in ids {
            let answer = read::by_id(self.conn().await?, *id).await;
            found.push(answer.map_err(|fault| self.fail(fault))?);
        }
        let appended = retried(log, ids, found)?;
        if appended.is_some() {
            self.bring_up(log).await;
        }
        Ok(appended)
    }

    /// Deletes salt and payload, and empties the write-ahead log so that no copy stays there. Repeating it after
    /// an unfinished one finishes it.
    async fn erase(&mut self, log: LogId, seq: Seq) -> Result<bool, StoreError> {
        let file = Arc::clone(&self.file);
        let conn = self.conn().await?;
        let deleted = sqlx::query("DELETE FROM payload WHERE log = ? AND seq = ?")
            .bind(log.0.as_bytes().as_slice())
            .bind(read::sql(seq))
            .execute(&mut *conn)
            .await;
        let deleted = match deleted {
            Ok(done) => done.rows_affected() > 0,
            Err(sqlx::Error::Database(error)) if is_constraint(error.as_ref()) => {
                return Err(StoreError::NotRedacted { seq });
            }
            Err(error) => return Err(self.fail(error.into())),
        };
        if let Some(mirror) = &mut self.mirror {
            mirror.erase(log, seq).map_err(|error| StoreError::Io {
                file: file.with_file_name("mirror"),
                why: format!("the words are not erased from the mirror: {error}"),
            })?;
        }
        let conn = self.conn().await?;
        for _ in 0..100 {
            let row = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *conn).await;
            match row.and_then(|row| row.try_get::<i64, _>(0)) {
                Ok(0) => return Ok(deleted),
                Ok(_) => {}
                Err(error) if StoreError::from_sqlx(&file, &error).is_busy() => {}
                Err(error) => return Err(self.fail(error.into())),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(StoreError::EraseUnfinished { file: file.to_path_buf() })
    }

    async fn changed(&mut self) -> Result<bool, StoreError> {
        let answer = data_version(self.conn().await?).await;
        let now = answer.map_err(|error| self.fail(error.into()))?;
        Ok(std::mem::replace(&mut self.data_version, now) != now)
    }
}

/// Boxed for the same reason as [`Writer::write`].
fn open_again(file: &Path) -> Run<'_, Result<Opened, StoreError>> {
    Box::pin(open::to_write(file, false))
}

/// Boxed for the same reason as [`Writer::write`].
fn whole_and_synced<'a>(file: &'a Path, conn: &'a mut SqliteConnection) -> Run<'a, Result<(), StoreError>> {
    Box::pin(open::whole_and_synced(file, conn))
}

fn is_constraint(error: &dyn sqlx::error::DatabaseError) -> bool {
    // SQLITE_CONSTRAINT is the low byte of all its kinds.
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 19)
}
