//! Reads what can still be read of a damaged database, and writes stored bytes into a new one. It must not judge what
//! it reads (`domain::log` does), and must not write into the damaged file.

use std::collections::HashMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};

use super::super::StoreError;
use super::{SqliteStore, open, read};
use crate::domain::ids::{LogId, Seq};
use crate::domain::log::{Digest, Header, RawEvent, digest, redaction};

/// Rows that are asked for at once: a damaged page costs no more than these.
const AT_ONCE: u32 = 64;

type Key = (Vec<u8>, i64);

/// Every event of which a database file still has the header, with its payload where that can be read. A file that
/// cannot be opened at all gives none.
pub async fn pieces(file: &Path) -> Vec<RawEvent> {
    // As it lies there: nothing is written, and the write-ahead log is read where there is one.
    let options = SqliteConnectOptions::new().filename(file).pragma("cell_size_check", "ON");
    let Ok(mut conn) = options.disable_statement_logging().connect().await else { return Vec::new() };
    let mut headers: HashMap<Key, Vec<u8>> = HashMap::new();
    let mut words: HashMap<Key, (Vec<u8>, Vec<u8>)> = HashMap::new();
    for down in [false, true] {
        walk(&mut conn, "event", "header, header", down, |key, header, _| {
            headers.insert(key, header);
        })
        .await;
        walk(&mut conn, "payload", "salt, body", down, |key, salt, body| {
            words.insert(key, (salt, body));
        })
        .await;
    }
    // A reader that fails to close has nothing to lose.
    let _ = conn.close().await;
    let event = |(key, header)| {
        let (salt, body) = words.remove(&key).unzip();
        RawEvent { header, salt, body, columns: None }
    };
    headers.into_iter().map(event).collect()
}

/// The heads of logs, as the rows of lists in a database file have them: how far each log had come. What cannot be read
/// is left out.
pub async fn listed_heads(file: &Path) -> Vec<(LogId, Seq, Digest)> {
    let options = SqliteConnectOptions::new().filename(file).pragma("cell_size_check", "ON");
    let Ok(mut conn) = options.disable_statement_logging().connect().await else { return Vec::new() };
    let mut found = Vec::new();
    let mut after = Vec::new();
    let next = "SELECT log, head, head_hash FROM summary WHERE log > ? ORDER BY log LIMIT 1";
    while let Ok(Some(row)) = sqlx::query(next).bind(after).fetch_optional(&mut conn).await {
        let Ok(log) = row.try_get::<Vec<u8>, _>(0) else { break };
        let id = uuid::Uuid::from_slice(&log).ok();
        let head = row.try_get::<i64, _>(1).ok().and_then(|head| u64::try_from(head).ok());
        let hash = row.try_get::<Vec<u8>, _>(2).ok().and_then(|hash| hash.try_into().ok());
        if let (Some(id), Some(head), Some(hash)) = (id, head, hash) {
            found.push((LogId(id), Seq(head), Digest(hash)));
        }
        after = log;
    }
    let _ = conn.close().await;
    found
}

/// Goes through a table from one end until it cannot be read any more.
async fn walk(
    conn: &mut SqliteConnection,
    table: &str,
    columns: &str,
    down: bool,
    mut take: impl FnMut(Key, Vec<u8>, Vec<u8>),
) {
    let (than, order) = if down { ("<", "DESC") } else { (">", "ASC") };
    let next = format!(
        "SELECT log, seq, {columns} FROM {table} WHERE (log, seq) {than} (?, ?) ORDER BY log {order}, seq {order} LIMIT ?"
    );
    let mut from: Key = if down { (vec![0xff; 17], i64::MAX) } else { (Vec::new(), i64::MIN) };
    let mut limit = AT_ONCE;
    loop {
        let query = sqlx::query(AssertSqlSafe(next.clone())).bind(from.0.clone()).bind(from.1).bind(limit);
        let rows = match query.fetch_all(&mut *conn).await {
            Ok(rows) => rows,
            // Nearer to what is damaged, row by row.
            Err(_) if limit > 1 => {
                limit = 1;
                continue;
            }
            Err(_) => return,
        };
        let Some(last) = rows.last() else { return };
        let key = |row: &sqlx::sqlite::SqliteRow| Some((row.try_get(0).ok()?, row.try_get(1).ok()?));
        let Some(reached) = key(last) else { return };
        for row in &rows {
            if let (Some(key), Ok(one), Ok(other)) = (key(row), row.try_get(2), row.try_get(3)) {
                take(key, one, other);
            }
        }
        if reached == from {
            return;
        }
        from = reached;
    }
}

impl SqliteStore {
    /// Writes a log as it was stored into a database that does not have it: the same bytes at the same positions.
    /// The rows of lists are not written; they follow from the log.
    ///
    /// # Errors
    /// When the file is no database of ours, has the log already, or cannot be written.
    pub async fn restore(file: &Path, log: LogId, events: &[RawEvent]) -> Result<(), StoreError> {
        let mut conn = open::to_write(file, true).await?.conn;
        let failed = |e: sqlx::Error| StoreError::from_sqlx(file, &e);
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut conn).await.map_err(failed)?;
        for event in events {
            let header = Header::parse(&event.header).map_err(|problem| StoreError::Corrupt {
                what: format!("a header to be restored: {problem}"),
            })?;
            let (bytes, seq) = (log.0.as_bytes().to_vec(), read::sql(header.seq));
            sqlx::query(
                "INSERT INTO event (log, seq, id, prev, hash, header, redacts) VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(bytes.clone())
            .bind(seq)
            .bind(header.id.0.as_bytes().to_vec())
            .bind(header.prev.0.to_vec())
            .bind(digest(&event.header).0.to_vec())
            .bind(event.header.clone())
            .bind(
                redaction(event).filter(|target| *target < header.seq && *target > Seq::NONE).map(read::sql),
            )
            .execute(&mut conn)
            .await
            .map_err(failed)?;
            if let (Some(salt), Some(body)) = (&event.salt, &event.body) {
                sqlx::query("INSERT INTO payload (log, seq, salt, body) VALUES (?, ?, ?, ?)")
                    .bind(bytes)
                    .bind(seq)
                    .bind(salt.clone())
                    .bind(body.clone())
                    .execute(&mut conn)
                    .await
                    .map_err(failed)?;
            }
        }
        sqlx::raw_sql("COMMIT").execute(&mut conn).await.map_err(failed)?;
        conn.close().await.map_err(failed)
    }
}
