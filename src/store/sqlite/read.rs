//! The queries that read. Each reads by an index only what it answers. It must not write.

use std::collections::HashSet;

use chrono::DateTime;
use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use super::super::{
    StoreError, StoredEvent, StoryFilter, StoryRow, SummaryFilter, SummaryRow, Tally, stored,
};
use super::{Fault, packed};
use crate::domain::ids::{EventId, IncidentId, LogId, Seq, StoryId};
use crate::domain::log::{Columns, Digest, RawEvent};

fn corrupt(what: &str) -> Fault {
    Fault::Store(StoreError::Corrupt { what: what.to_owned() })
}

/// A stored number as the type it was made from; anything else was put there by another hand.
pub(super) fn number<T: TryFrom<i64>>(row: &SqliteRow, column: usize) -> Result<T, Fault> {
    T::try_from(row.try_get::<i64, _>(column)?).map_err(|_| corrupt("a number is out of range"))
}

fn bytes<const N: usize>(row: &SqliteRow, column: usize) -> Result<[u8; N], Fault> {
    row.try_get::<&[u8], _>(column)?.try_into().map_err(|_| corrupt("an id or digest has another length"))
}

fn log_id(row: &SqliteRow, column: usize) -> Result<LogId, Fault> {
    Ok(LogId(Uuid::from_bytes(bytes(row, column)?)))
}

/// A count or position as SQLite keeps it.
pub(super) fn sql(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

/// From the columns `header, hash, body`.
fn event(row: &SqliteRow) -> Result<StoredEvent, Fault> {
    let body: Option<Vec<u8>> = row.try_get(2)?;
    Ok(stored(row.try_get(0)?, Digest(bytes(row, 1)?), body)?)
}

pub(super) async fn head(conn: &mut SqliteConnection, log: LogId) -> Result<Option<(Seq, Digest)>, Fault> {
    let row = sqlx::query("SELECT seq, hash FROM event WHERE log = ? ORDER BY seq DESC LIMIT 1")
        .bind(log.0.as_bytes().as_slice())
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((Seq(number(&row, 0)?), Digest(bytes(&row, 1)?)))).transpose()
}

pub(super) async fn page(
    conn: &mut SqliteConnection,
    log: LogId,
    after: Seq,
    limit: u32,
) -> Result<Vec<StoredEvent>, Fault> {
    let row = sqlx::query(packed::PAGE)
        .bind(sql(after))
        .bind(i64::from(limit))
        .bind(log.0.as_bytes().as_slice())
        .fetch_one(conn)
        .await?;
    packed::events(row.try_get(0)?)
}

pub(super) async fn only(
    conn: &mut SqliteConnection,
    state: String,
    limit: u32,
) -> Result<Option<(LogId, Vec<StoredEvent>)>, Fault> {
    let row = sqlx::query(packed::ONLY)
        .bind(sql(Seq::NONE))
        .bind(i64::from(limit))
        .bind(state)
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((log_id(&row, 0)?, packed::events(row.try_get(1)?)?))).transpose()
}

pub(super) async fn last(conn: &mut SqliteConnection, log: LogId, n: u32) -> Result<Vec<StoredEvent>, Fault> {
    let rows = sqlx::query(
        "SELECT e.header, e.hash, p.body FROM event e LEFT JOIN payload p ON p.log = e.log AND p.seq = e.seq
         WHERE e.log = ? ORDER BY e.seq DESC LIMIT ?",
    )
    .bind(log.0.as_bytes().as_slice())
    .bind(i64::from(n))
    .fetch_all(conn)
    .await?;
    rows.iter().rev().map(event).collect()
}

/// An event by its id, with its log.
pub(super) async fn by_id(
    conn: &mut SqliteConnection,
    id: EventId,
) -> Result<Option<(LogId, StoredEvent)>, Fault> {
    let row = sqlx::query(
        "SELECT e.header, e.hash, p.body, e.log
         FROM event e LEFT JOIN payload p ON p.log = e.log AND p.seq = e.seq WHERE e.id = ?",
    )
    .bind(id.0.as_bytes().as_slice())
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((log_id(&row, 3)?, event(&row)?))).transpose()
}

/// What is stored of a log, as it is, after a position.
pub(super) async fn raw(
    conn: &mut SqliteConnection,
    log: LogId,
    after: Seq,
    limit: u32,
) -> Result<Vec<RawEvent>, Fault> {
    let mut rows = sqlx::query(
        "SELECT e.seq, e.id, e.prev, e.hash, e.redacts, e.header, p.salt, p.body
         FROM event e LEFT JOIN payload p ON p.log = e.log AND p.seq = e.seq
         WHERE e.log = ? AND e.seq > ? ORDER BY e.seq LIMIT ?",
    )
    .bind(log.0.as_bytes().as_slice())
    .bind(sql(after))
    .bind(i64::from(limit))
    .fetch(conn);
    let mut events = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let id = EventId(Uuid::from_bytes(bytes(&row, 1)?));
        let (prev, hash) = (Digest(bytes(&row, 2)?), Digest(bytes(&row, 3)?));
        let redacts = match row.try_get::<Option<i64>, _>(4)? {
            Some(_) => Some(Seq(number(&row, 4)?)),
            None => None,
        };
        let columns = Columns { seq: Seq(number(&row, 0)?), id, prev, hash, redacts };
        let (header, salt, body) = (row.try_get(5)?, row.try_get(6)?, row.try_get(7)?);
        events.push(RawEvent { header, salt, body, columns: Some(columns) });
    }
    Ok(events)
}

pub(super) async fn logs(conn: &mut SqliteConnection) -> Result<Vec<LogId>, Fault> {
    // Jumps from log to log along the primary key; SELECT DISTINCT would read every event.
    let rows = sqlx::query(
        "WITH RECURSIVE each(log) AS (
             SELECT min(log) FROM event
             UNION ALL
             SELECT (SELECT min(log) FROM event WHERE log > each.log) FROM each WHERE each.log IS NOT NULL
         ) SELECT log FROM each WHERE log IS NOT NULL",
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| log_id(row, 0)).collect()
}

pub(super) async fn listed(conn: &mut SqliteConnection) -> Result<HashSet<LogId>, Fault> {
    // The index has the names alone, and one value is handed over sooner than ten thousand rows.
    let row =
        sqlx::query("SELECT coalesce(group_concat(hex(log), ''), '') FROM summary INDEXED BY summary_newest")
            .fetch_one(conn)
            .await?;
    let names: &str = row.try_get(0)?;
    let log = |hex: &[u8]| Uuid::try_parse_ascii(hex).ok().map(LogId);
    Ok(names.as_bytes().chunks(32).filter_map(log).collect())
}

pub(super) async fn next_number(conn: &mut SqliteConnection, year: u16) -> Result<u32, Fault> {
    let row = sqlx::query("SELECT coalesce(max(number), 0) + 1 FROM summary WHERE year = ?")
        .bind(i64::from(year))
        .fetch_one(conn)
        .await?;
    number(&row, 0)
}

pub(super) async fn unlisted(conn: &mut SqliteConnection, listed: u32) -> Result<Vec<LogId>, Fault> {
    // Jumps from log to log along the primary key, as above, from its end.
    let rows = sqlx::query(
        "WITH RECURSIVE each(log, more) AS (
             SELECT max(log), ?1 FROM event
             UNION ALL
             SELECT (SELECT max(log) FROM event WHERE log < each.log),
                    iif(EXISTS (SELECT 1 FROM summary WHERE summary.log = each.log), each.more - 1, ?1)
             FROM each WHERE each.log IS NOT NULL AND each.more > 0
         ) SELECT log FROM each WHERE log IS NOT NULL AND more > 0
           AND NOT EXISTS (SELECT 1 FROM summary WHERE summary.log = each.log)",
    )
    .bind(i64::from(listed))
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| log_id(row, 0)).collect()
}

pub(super) async fn log_of(conn: &mut SqliteConnection, id: IncidentId) -> Result<Option<LogId>, Fault> {
    let row = sqlx::query("SELECT log FROM summary WHERE year = ? AND number = ?")
        .bind(i64::from(id.year))
        .bind(i64::from(id.number))
        .fetch_optional(conn)
        .await?;
    row.map(|row| log_id(&row, 0)).transpose()
}

pub(super) async fn numbered(
    conn: &mut SqliteConnection,
    wanted: u32,
) -> Result<Option<(IncidentId, LogId)>, Fault> {
    let row = sqlx::query(
        "SELECT year, number, log FROM summary WHERE number = ? ORDER BY declared_at DESC, year DESC LIMIT 1",
    )
    .bind(i64::from(wanted))
    .fetch_optional(conn)
    .await?;
    let named = |row: &SqliteRow| {
        let id = IncidentId { year: number(row, 0)?, number: number(row, 1)? };
        Ok((id, log_id(row, 2)?))
    };
    row.as_ref().map(named).transpose()
}

pub(super) async fn id_of(conn: &mut SqliteConnection, log: LogId) -> Result<Option<IncidentId>, Fault> {
    let row = sqlx::query("SELECT year, number FROM summary WHERE log = ?")
        .bind(log.0.as_bytes().as_slice())
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok(IncidentId { year: number(&row, 0)?, number: number(&row, 1)? })).transpose()
}

const SUMMARY: &str = "log, year, number, state, declared_at, updated_at, head, head_hash, body";

fn summary_row(row: &SqliteRow) -> Result<SummaryRow, Fault> {
    let time = |column| {
        let ms: i64 = row.try_get(column)?;
        DateTime::from_timestamp_millis(ms).ok_or_else(|| corrupt("a time is out of range"))
    };
    Ok(SummaryRow {
        log: log_id(row, 0)?,
        id: IncidentId { year: number(row, 1)?, number: number(row, 2)? },
        state: row.try_get(3)?,
        declared_at: time(4)?,
        updated_at: time(5)?,
        head: Seq(number(row, 6)?),
        head_hash: Digest(bytes(row, 7)?),
        body: row.try_get(8)?,
    })
}

pub(super) async fn summary(
    conn: &mut SqliteConnection,
    id: IncidentId,
) -> Result<Option<SummaryRow>, Fault> {
    let query = format!("SELECT {SUMMARY} FROM summary WHERE year = ? AND number = ?");
    let row = sqlx::query(AssertSqlSafe(query))
        .bind(i64::from(id.year))
        .bind(i64::from(id.number))
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(summary_row).transpose()
}

/// How many rows are asked for by name in one query: each is two of the values that a query is bound to.
const MOST_NAMED: usize = 1_000;

pub(super) async fn summaries_of(
    conn: &mut SqliteConnection,
    ids: Vec<IncidentId>,
) -> Result<Vec<SummaryRow>, Fault> {
    let mut rows = Vec::new();
    for ids in ids.chunks(MOST_NAMED) {
        // Each is looked up by the index; `IN` over pairs would read the whole table.
        let values = vec!["(?, ?)"; ids.len()].join(", ");
        let text = format!(
            "WITH wanted(y, n) AS (VALUES {values})
             SELECT {SUMMARY} FROM wanted CROSS JOIN summary ON year = y AND number = n"
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for id in ids {
            query = query.bind(i64::from(id.year)).bind(i64::from(id.number));
        }
        for row in &query.fetch_all(&mut *conn).await? {
            rows.push(summary_row(row)?);
        }
    }
    Ok(rows)
}

/// Looks through all rows, and takes apart none that does not have the name in it.
pub(super) async fn naming(conn: &mut SqliteConnection, id: IncidentId) -> Result<Vec<SummaryRow>, Fault> {
    let query = format!(
        "SELECT {SUMMARY} FROM summary WHERE instr(body, ?) > 0 AND NOT (year = ? AND number = ?)
         ORDER BY declared_at DESC, year DESC, number DESC"
    );
    let found = sqlx::query(AssertSqlSafe(query))
        .bind(id.to_string())
        .bind(i64::from(id.year))
        .bind(i64::from(id.number))
        .fetch_all(conn)
        .await?;
    found.iter().map(summary_row).collect()
}

pub(super) async fn has(conn: &mut SqliteConnection, text: String) -> Result<bool, Fault> {
    let query = "SELECT EXISTS (SELECT 1 FROM summary WHERE instr(body, ?) > 0)";
    Ok(sqlx::query(query).bind(text).fetch_one(conn).await?.try_get(0)?)
}

/// Looks through all rows, in each up to the text.
pub(super) async fn without(conn: &mut SqliteConnection, text: String) -> Result<Vec<SummaryRow>, Fault> {
    let query = format!(
        "SELECT {SUMMARY} FROM summary WHERE instr(body, ?) = 0
         ORDER BY declared_at DESC, year DESC, number DESC"
    );
    let found = sqlx::query(AssertSqlSafe(query)).bind(text).fetch_all(conn).await?;
    found.iter().map(summary_row).collect()
}

pub(super) async fn summaries(
    conn: &mut SqliteConnection,
    mut filter: SummaryFilter,
) -> Result<Vec<SummaryRow>, Fault> {
    filter.states.sort_unstable();
    filter.states.dedup();
    let limit = i64::from(filter.limit);
    let order = "ORDER BY declared_at DESC, year DESC, number DESC LIMIT ?";
    let mut found = Vec::new();
    if filter.states.is_empty() {
        let query = format!("SELECT {SUMMARY} FROM summary {order}");
        found = sqlx::query(AssertSqlSafe(query)).bind(limit).fetch_all(&mut *conn).await?;
    }
    // One query a state: each walks its part of the index and stops at the limit.
    for state in filter.states {
        let query = format!("SELECT {SUMMARY} FROM summary WHERE state = ? {order}");
        found.extend(sqlx::query(AssertSqlSafe(query)).bind(state).bind(limit).fetch_all(&mut *conn).await?);
    }
    let mut rows: Vec<_> = found.iter().map(summary_row).collect::<Result<_, _>>()?;
    super::super::newest_first(&mut rows, filter.limit);
    Ok(rows)
}

pub(super) async fn tally(conn: &mut SqliteConnection, filter: StoryFilter) -> Result<Tally, Fault> {
    let mut tally = Tally::default();
    // Both walk an index and no row.
    let query = "SELECT state, count(*) FROM summary GROUP BY state";
    for row in &sqlx::query(query).fetch_all(&mut *conn).await? {
        tally.incidents.insert(row.try_get(0)?, number(row, 1)?);
    }
    for (text, values) in story_queries("SELECT count(*)", filter) {
        let row = bound(sqlx::query(AssertSqlSafe(text)), values).fetch_one(&mut *conn).await?;
        tally.stories = tally.stories.saturating_add(number(&row, 0)?);
    }
    Ok(tally)
}

pub(super) async fn stories(
    conn: &mut SqliteConnection,
    filter: StoryFilter,
) -> Result<Vec<StoryRow>, Fault> {
    let mut rows = Vec::new();
    for (text, values) in story_queries("SELECT year, number, story, state, due, body", filter) {
        for row in &bound(sqlx::query(AssertSqlSafe(text)), values).fetch_all(&mut *conn).await? {
            let incident = IncidentId { year: number(row, 0)?, number: number(row, 1)? };
            let id = StoryId { incident, number: number(row, 2)? };
            rows.push(StoryRow { id, state: row.try_get(3)?, due: row.try_get(4)?, body: row.try_get(5)? });
        }
    }
    super::super::soonest_first(&mut rows);
    Ok(rows)
}

/// What a query of stories is bound to, in order.
struct StoryValues {
    incident: Option<IncidentId>,
    texts: Vec<String>,
}

/// One query for each state that is asked for. Absent filters are left out of the text, so that the indices serve
/// those that are there.
fn story_queries(select: &str, filter: StoryFilter) -> Vec<(String, StoryValues)> {
    let StoryFilter { mut states, due_before, incident } = filter;
    states.sort_unstable();
    states.dedup();
    let states: Vec<Option<String>> =
        if states.is_empty() { vec![None] } else { states.into_iter().map(Some).collect() };
    let query = |state: Option<String>| {
        let mut text = format!("{select} FROM story WHERE 1");
        for (wanted, condition) in [
            (incident.is_some(), " AND year = ? AND number = ?"),
            (state.is_some(), " AND state = ?"),
            (due_before.is_some(), " AND due < ?"),
        ] {
            text.push_str(if wanted { condition } else { "" });
        }
        (text, StoryValues { incident, texts: state.into_iter().chain(due_before.clone()).collect() })
    };
    states.into_iter().map(query).collect()
}

type Bound<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn bound(mut query: Bound<'_>, values: StoryValues) -> Bound<'_> {
    if let Some(id) = values.incident {
        query = query.bind(i64::from(id.year)).bind(i64::from(id.number));
    }
    for value in values.texts {
        query = query.bind(value);
    }
    query
}
