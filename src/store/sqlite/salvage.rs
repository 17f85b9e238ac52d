//! Reads what can still be read of a damaged database, and writes stored bytes into a new one. It must not judge what
//! it reads (`domain::log` does), and must not write into the damaged file.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};

use super::super::StoreError;
use super::{SqliteStore, open, read};
use crate::domain::ids::{EventId, IncidentId, LogId, Seq};
use crate::domain::log::{Digest, Header, MAX_HEADER_BYTES, RawEvent, digest, redaction};

/// Rows that are asked for at once: a damaged page costs no more than these.
const AT_ONCE: u32 = 64;

/// How a header begins.
const BEGIN: &[u8] = b"wrl1\nincident ";

/// How much of a file is looked through at once, in bytes.
const AT_A_TIME: u64 = 4 << 20;

/// A damaged first page can declare any length; more than this is none of ours, in bytes.
const MOST_DECLARED: u64 = 64 << 30;

/// The most places of a log that are looked at one by one: a damaged row can claim any number.
const MOST_PROBED: u64 = 200_000;

type Key = (Vec<u8>, i64);

/// A row of the list of incidents: its log, its name, and how far the log had come.
pub type Listed = (LogId, IncidentId, Seq, Digest);

/// Every event of which a database file still has the header, with its payload where that can be read. A file that
/// cannot be opened at all gives none.
pub async fn pieces(file: &Path) -> Vec<RawEvent> {
    // As it lies there: nothing is written, and the write-ahead log is read where there is one.
    let options = SqliteConnectOptions::new().filename(file).pragma("cell_size_check", "ON");
    let Ok(mut conn) = options.disable_statement_logging().connect().await else { return Vec::new() };
    let mut headers: HashMap<Key, Vec<u8>> = HashMap::new();
    let mut words: HashMap<Key, (Vec<u8>, Vec<u8>)> = HashMap::new();
    let mut whole = true;
    for down in [false, true] {
        whole &= walk(&mut conn, "event", "header, header", down, |key, header, _| {
            headers.insert(key, header);
        })
        .await;
        whole &= walk(&mut conn, "payload", "salt, body", down, |key, salt, body| {
            words.insert(key, (salt, body));
        })
        .await;
    }
    if !whole {
        // What lies between two damaged pages is reached by its place alone.
        for (log, last) in listed(&mut conn).await.into_iter().map(|(log, _, last, _)| (log, last)) {
            for seq in (1..=last.0.min(MOST_PROBED)).filter_map(|seq| i64::try_from(seq).ok()) {
                let key: Key = (log.0.as_bytes().to_vec(), seq);
                if !headers.contains_key(&key)
                    && let Some((header, _)) = at(&mut conn, "event", "header, header", &key).await
                {
                    headers.insert(key.clone(), header);
                }
                if !words.contains_key(&key)
                    && let Some(found) = at(&mut conn, "payload", "salt, body", &key).await
                {
                    words.insert(key, found);
                }
            }
        }
    }
    // A reader that fails to close has nothing to lose.
    let _ = conn.close().await;
    let event = |(key, header)| {
        let (salt, body) = words.remove(&key).unzip();
        RawEvent { header, salt, body, columns: None }
    };
    headers.into_iter().map(event).collect()
}

/// The heads of logs and the names of their incidents, as the rows of lists in a database file have them: how far each log
/// had come. What cannot be read is left out.
pub async fn listed_heads(file: &Path) -> Vec<Listed> {
    let options = SqliteConnectOptions::new().filename(file).pragma("cell_size_check", "ON");
    let Ok(mut conn) = options.disable_statement_logging().connect().await else { return Vec::new() };
    let found = listed(&mut conn).await;
    let _ = conn.close().await;
    found
}

async fn listed(conn: &mut SqliteConnection) -> Vec<Listed> {
    let mut found = Vec::new();
    let mut after = Vec::new();
    let next = "SELECT log, head, head_hash, year, number FROM summary WHERE log > ? ORDER BY log LIMIT 1";
    while let Ok(Some(row)) = sqlx::query(next).bind(after).fetch_optional(&mut *conn).await {
        let Ok(log) = row.try_get::<Vec<u8>, _>(0) else { break };
        let id = uuid::Uuid::from_slice(&log).ok();
        let head = row.try_get::<i64, _>(1).ok().and_then(|head| u64::try_from(head).ok());
        let hash = row.try_get::<Vec<u8>, _>(2).ok().and_then(|hash| hash.try_into().ok());
        let year = row.try_get::<i64, _>(3).ok().and_then(|year| u16::try_from(year).ok());
        let number = row.try_get::<i64, _>(4).ok().and_then(|number| u32::try_from(number).ok());
        if let (Some(id), Some(head), Some(hash), Some(year), Some(number)) = (id, head, hash, year, number) {
            found.push((LogId(id), IncidentId { year, number }, Seq(head), Digest(hash)));
        }
        after = log;
    }
    found
}

/// One row by its key, where it can be read.
async fn at(
    conn: &mut SqliteConnection,
    table: &str,
    columns: &str,
    key: &Key,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let query = format!("SELECT {columns} FROM {table} WHERE log = ? AND seq = ?");
    let row = sqlx::query(AssertSqlSafe(query)).bind(key.0.clone()).bind(key.1).fetch_one(conn).await.ok()?;
    Some((row.try_get(0).ok()?, row.try_get(1).ok()?))
}

/// Gives the copy of a database the length that its first page declares, since SQLite reads nothing at all of one that was
/// cut. What was cut off reads as zeros, which is no page of a table.
///
/// # Errors
/// When the copy cannot be read or written.
pub fn give_declared_length(copy: &Path) -> std::io::Result<()> {
    let mut file = File::options().read(true).write(true).open(copy)?;
    let mut first = [0; 100];
    file.read_exact(&mut first)?;
    let page = u64::from(u16::from_be_bytes([first[16], first[17]]));
    // 1 stands for the largest size, which does not fit.
    let page = if page == 1 { 65_536 } else { page };
    let pages = u64::from(u32::from_be_bytes([first[28], first[29], first[30], first[31]]));
    let declared = page.saturating_mul(pages);
    if file.metadata()?.len() < declared && declared <= MOST_DECLARED {
        file.set_len(declared)?;
    }
    Ok(())
}

/// The last event of each log of which a file has the header, wherever it lies in it and whatever became of the rest: a
/// trace of how far a log had come. An event that is known already is none.
pub fn traces(file: &Path, known: &HashSet<EventId>) -> Vec<(LogId, Seq, Digest)> {
    let mut furthest: HashMap<LogId, (Seq, Digest)> = HashMap::new();
    let Ok(mut file) = File::open(file) else { return Vec::new() };
    let mut bytes = Vec::new();
    loop {
        let read = (&mut file).take(AT_A_TIME).read_to_end(&mut bytes).unwrap_or(0);
        for at in bytes.windows(BEGIN.len()).enumerate().filter_map(|(at, w)| (w == BEGIN).then_some(at)) {
            let Some(header) = bytes.get(at..).and_then(header_at) else { continue };
            let Ok(parsed) = Header::parse(header) else { continue };
            if known.contains(&parsed.id) {
                continue;
            }
            let head = furthest.entry(parsed.log).or_insert((parsed.seq, digest(header)));
            if parsed.seq > head.0 {
                *head = (parsed.seq, digest(header));
            }
        }
        if read == 0 {
            return furthest.into_iter().map(|(log, (seq, hash))| (log, seq, hash)).collect();
        }
        // A header may lie across.
        bytes.drain(..bytes.len().saturating_sub(MAX_HEADER_BYTES));
    }
}

/// The header at the beginning of these bytes: its lines up to that of the payload, and those of attached files.
fn header_at(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = bytes.get(..bytes.len().min(MAX_HEADER_BYTES))?;
    let (mut end, mut whole) = (0, false);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if !line.ends_with(b"\n") || (whole && !line.starts_with(b"attach ")) {
            break;
        }
        whole |= line.starts_with(b"payload ");
        end += line.len();
    }
    bytes.get(..end).filter(|_| whole)
}

/// Goes through a table from one end until it cannot be read any more. Says whether that was the other end.
async fn walk(
    conn: &mut SqliteConnection,
    table: &str,
    columns: &str,
    down: bool,
    mut take: impl FnMut(Key, Vec<u8>, Vec<u8>),
) -> bool {
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
            Err(_) => return false,
        };
        let Some(last) = rows.last() else { return true };
        let key = |row: &sqlx::sqlite::SqliteRow| Some((row.try_get(0).ok()?, row.try_get(1).ok()?));
        let Some(reached) = key(last) else { return false };
        for row in &rows {
            if let (Some(key), Ok(one), Ok(other)) = (key(row), row.try_get(2), row.try_get(3)) {
                take(key, one, other);
            }
        }
        if reached == from {
            return false;
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
