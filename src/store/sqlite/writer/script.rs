//! What one transaction stores, in SQL: as one script, or statement by statement. It must not begin a second one, nor
//! explain a failure.

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};

use super::{Fault, Run, Sealed, StoryRow, SummaryRow, read};
use crate::domain::ids::{LogId, Seq};
use crate::domain::log::Digest;

const EVENT: &str =
    "INSERT INTO event (log, seq, id, prev, hash, header, redacts) VALUES (?, ?, ?, ?, ?, ?, ?);
    INSERT INTO payload (log, seq, salt, body) VALUES (?, ?, ?, ?);";

const SUMMARY: &str = "INSERT INTO summary
    (log, year, number, state, declared_at, updated_at, head, head_hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (log) DO UPDATE SET state = excluded.state, declared_at = excluded.declared_at,
    updated_at = excluded.updated_at, head = excluded.head, head_hash = excluded.head_hash, body = excluded.body;";

const STORY: &str = "INSERT INTO story (year, number, story, state, due, body) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (year, number, story) DO UPDATE SET state = excluded.state, due = excluded.due,
    body = excluded.body;";

/// Takes away the rows of a log, whatever name they have by now: those that follow from it take their place.
const ROWS_AWAY: [&str; 2] = [
    "DELETE FROM story WHERE (year, number) IN (SELECT year, number FROM summary WHERE log = ?)",
    "DELETE FROM summary WHERE log = ?",
];

/// Answers a row when the log moved on, for an append without events (those are held by a trigger).
const STILL_AT: &str = "SELECT 1 FROM event WHERE log = ? AND seq > ? LIMIT 1";

type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// What one transaction stores.
pub(super) struct Write<'a> {
    pub(super) log: LogId,
    /// The head it continues.
    pub(super) head: Seq,
    pub(super) events: &'a [Sealed],
    pub(super) summary: &'a SummaryRow,
    pub(super) stories: &'a [StoryRow],
    pub(super) new_head: (Seq, Digest),
}

impl<'a> Write<'a> {
    /// The whole transaction as one script of constants: one round trip to the connection's thread.
    pub(super) fn script(&self) -> Bound<'a> {
        let mut script = "BEGIN IMMEDIATE;".to_owned();
        self.events.iter().for_each(|_| script.push_str(EVENT));
        script.push_str(SUMMARY);
        self.stories.iter().for_each(|_| script.push_str(STORY));
        script.push_str("COMMIT");
        let mut query = sqlx::query(AssertSqlSafe(script));
        for event in self.events {
            query = bind_event(query, self.log, event);
        }
        query = bind_summary(query, self.log, self.summary, self.new_head);
        for story in self.stories {
            query = bind_story(query, story);
        }
        query
    }

    /// The same transaction statement by statement: for many events, or none.
    pub(super) fn in_steps<'c>(&'c self, conn: &'c mut SqliteConnection) -> Run<'c, Result<(), Fault>> {
        Box::pin(async move {
            sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *conn).await?;
            let overtaken = sqlx::query(STILL_AT)
                .bind(self.log.0.as_bytes().to_vec())
                .bind(read::sql(self.head))
                .fetch_optional(&mut *conn)
                .await?;
            if overtaken.is_some() {
                return Err(Fault::Sql(sqlx::Error::RowNotFound));
            }
            for event in self.events {
                bind_event(sqlx::query(EVENT), self.log, event).execute(&mut *conn).await?;
            }
            if self.events.is_empty() {
                for away in ROWS_AWAY {
                    sqlx::query(away).bind(self.log.0.as_bytes().to_vec()).execute(&mut *conn).await?;
                }
            }
            let summary = bind_summary(sqlx::query(SUMMARY), self.log, self.summary, self.new_head);
            summary.execute(&mut *conn).await?;
            for story in self.stories {
                bind_story(sqlx::query(STORY), story).execute(&mut *conn).await?;
            }
            sqlx::raw_sql("COMMIT").execute(conn).await?;
            Ok(())
        })
    }
}

fn bind_event<'q>(query: Bound<'q>, log: LogId, sealed: &Sealed) -> Bound<'q> {
    let event = &sealed.event;
    let seq = read::sql(event.seq);
    query
        .bind(log.0.as_bytes().to_vec())
        .bind(seq)
        .bind(event.id.0.as_bytes().to_vec())
        .bind(sealed.prev.0.to_vec())
        .bind(event.hash.0.to_vec())
        .bind(sealed.header.clone())
        .bind(sealed.redacts.map(read::sql))
        .bind(log.0.as_bytes().to_vec())
        .bind(seq)
        .bind(sealed.salt.to_vec())
        .bind(event.body.clone())
}

fn bind_summary<'q>(query: Bound<'q>, log: LogId, row: &SummaryRow, head: (Seq, Digest)) -> Bound<'q> {
    query
        .bind(log.0.as_bytes().to_vec())
        .bind(i64::from(row.id.year))
        .bind(i64::from(row.id.number))
        .bind(row.state.clone())
        .bind(row.declared_at.timestamp_millis())
        .bind(row.updated_at.timestamp_millis())
        .bind(read::sql(head.0))
        .bind(head.1.0.to_vec())
        .bind(row.body.clone())
}

fn bind_story<'q>(query: Bound<'q>, row: &StoryRow) -> Bound<'q> {
    query
        .bind(i64::from(row.id.incident.year))
        .bind(i64::from(row.id.incident.number))
        .bind(i64::from(row.id.number))
        .bind(row.state.clone())
        .bind(row.due.clone())
        .bind(row.body.clone())
}
