//! Opens the database file: where it may lie, how every connection is set up, which schema it has.
//! It must not touch a file that is not ours or that a newer version wrote.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqlSafeStr, SqliteConnection};

use super::super::{StoreError, place};

/// The migrations in order; a file is never edited once it was released.
const MIGRATIONS: &[(&str, &str)] = &[("log", include_str!("../../../migrations/sqlite/0001_log.sql"))];

/// `application_id` of a database that is ours: "wrl1".
const APPLICATION_ID: i64 = 0x7772_6c31;

/// Older ones can lose committed rows when several processes write and checkpoint at once
/// (<https://www.sqlite.org/wal.html#the_wal_reset_bug>).
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The newest schema version that this program knows.
#[must_use]
pub const fn known_version() -> u32 {
    // A handful of files.
    MIGRATIONS.len() as u32
}

/// A connection that is set up, and what it saw first.
pub(super) struct Opened {
    pub(super) conn: SqliteConnection,
    /// `PRAGMA data_version` when it was opened.
    pub(super) data_version: i64,
}

/// What stands in the header of the file.
struct Found {
    version: u32,
    application: i64,
    tables: i64,
    journal: String,
    data_version: i64,
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(BUSY_TIMEOUT)
        .row_buffer_size(512)
        .pragma("synchronous", "FULL")
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        // REPLACE deletes without firing delete triggers otherwise.
        .pragma("recursive_triggers", "ON")
        // KiB a connection, a quarter of what SQLite takes by itself: the system keeps the pages at hand as well.
        .pragma("cache_size", "-512")
        .pragma("journal_size_limit", "67108864")
        // Only macOS knows the difference.
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .disable_statement_logging()
}

/// Opens the database to write, making and migrating it where needed.
pub(super) async fn to_write(file: &Path, create: bool) -> Result<Opened, StoreError> {
    let folder = folder_of(file);
    let there = file.try_exists().map_err(|error| io(file, &error))?;
    if !there && !create {
        return Err(StoreError::NotFound { file: file.to_owned() });
    }
    place::check_local(folder, file)?;
    share(folder, file);
    place::check_writable(folder, file)?;
    if !there {
        make(folder, file)?;
    }
    let mut conn = connect(file, options(file)).await?;
    let found = look(file, &mut conn).await?;
    refuse_foreign(file, &found)?;
    if found.journal == "wal" && found.version == known_version() {
        return Ok(Opened { conn, data_version: found.data_version });
    }
    if found.journal != "wal" {
        set_wal(file, &mut conn).await?;
    }
    if found.version < known_version() {
        migrate(file, &mut conn).await?;
    }
    let data_version = look(file, &mut conn).await?.data_version;
    Ok(Opened { conn, data_version })
}

/// Opens the database to read; the flag says that it is taken as never changing.
pub(super) async fn to_read(file: &Path) -> Result<(Opened, bool), StoreError> {
    if !file.try_exists().map_err(|error| io(file, &error))? {
        return Err(StoreError::NotFound { file: file.to_owned() });
    }
    place::check_local(folder_of(file), file)?;
    match reader(file, false).await {
        Ok(opened) => Ok((opened, false)),
        // A WAL database needs its side files, which a read-only place may not let SQLite make, nor a full disk. Without a
        // write-ahead log the main file is complete, and nobody can be writing before there is room.
        Err(StoreError::Io { .. } | StoreError::ReadOnly { .. } | StoreError::Full { .. })
            if wal_is_empty(file) =>
        {
            Ok((reader(file, true).await?, true))
        }
        Err(error) => Err(error),
    }
}

/// Looks whether the file holds together, and that it can be synced: after an error of the device.
pub(super) async fn whole_and_synced(file: &Path, conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(file, &error);
    let found = sqlx::raw_sql("PRAGMA quick_check(1)").fetch_one(&mut *conn).await.map_err(failed)?;
    let found: String = found.try_get(0).map_err(failed)?;
    if found != "ok" {
        return Err(StoreError::Corrupt { what: format!("{}: {found}", file.display()) });
    }
    // Syncs the write-ahead log, then the database; that others are reading does no harm.
    sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(conn).await.map_err(failed)?;
    Ok(())
}

/// What a database declares, by name: tables, indexes and triggers as they were written.
pub(super) async fn declared(conn: &mut SqliteConnection) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let rows = sqlx::raw_sql("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// What a database that was just made declares.
pub(super) async fn declared_by_us() -> Result<BTreeMap<String, String>, sqlx::Error> {
    let mut conn = SqliteConnectOptions::new().in_memory(true).connect().await?;
    run_migrations(&mut conn).await.map_err(|error| sqlx::Error::Migrate(Box::new(error)))?;
    let declared = declared(&mut conn).await?;
    conn.close().await?;
    Ok(declared)
}

/// One more connection that only reads.
pub(super) async fn reader(file: &Path, immutable: bool) -> Result<Opened, StoreError> {
    let mut conn = connect(file, options(file).read_only(true).immutable(immutable)).await?;
    let found = look(file, &mut conn).await?;
    refuse_foreign(file, &found)?;
    if found.version < known_version() {
        return Err(StoreError::OlderVersion { file: file.to_owned(), found: found.version });
    }
    Ok(Opened { conn, data_version: found.data_version })
}

pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

fn wal_is_empty(file: &Path) -> bool {
    std::fs::metadata(place::log_of(file)).map_or(true, |found| found.len() == 0)
}

fn io(file: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Io { file: file.to_owned(), why: error.to_string() }
}

/// Whether the accounts of a group share a folder: what is in it is theirs as well.
fn is_shared(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o2020 == 0o2020)
}

/// Gives the group of a shared folder the rights to a file that has them not, as those of older versions; only its
/// owner can.
fn share(folder: &Path, file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).map_or(0o660, |found| found.permissions().mode());
    if is_shared(folder) && mode(file) & 0o060 != 0o060 {
        // Another's file stays as it is, and opening it says what is missing.
        let _ = std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o660));
    }
}

/// Makes the empty file for its owner only, or for the group of a shared folder (SQLite gives the side files the same
/// rights), without ever holding a descriptor of it, and makes its name durable.
fn make(folder: &Path, file: &Path) -> Result<(), StoreError> {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use rustix::io::Errno;
    match mknodat(CWD, file, FileType::RegularFile, Mode::RUSR | Mode::WUSR, 0) {
        // Another process was quicker.
        Ok(()) | Err(Errno::EXIST) => {}
        Err(Errno::NOSPC) => return Err(StoreError::Full { file: file.to_owned() }),
        Err(why) => return Err(StoreError::ReadOnly { file: file.to_owned(), why: why.to_string() }),
    }
    share(folder, file);
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| io(folder, &error))
}

async fn connect(file: &Path, options: SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    options.connect().await.map_err(|error| StoreError::from_sqlx(file, &error))
}

/// What is asked to judge a file: of one moment, in one go, and by plain pragmas, which take half as long as the same as
/// tables. A savepoint, since some ask within a transaction.
const LOOK: &str = "SAVEPOINT look;
    PRAGMA user_version;
    PRAGMA application_id;
    PRAGMA journal_mode;
    SELECT sqlite_version();
    SELECT count(*) FROM sqlite_schema;
    RELEASE look;
    PRAGMA data_version";

/// Reads all that is needed to judge the file.
async fn look(file: &Path, conn: &mut SqliteConnection) -> Result<Found, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(file, &error);
    let rows = sqlx::raw_sql(LOOK).fetch_all(conn).await.map_err(failed)?;
    let [version, application, journal, sqlite, tables, data] = rows.as_slice() else {
        return Err(StoreError::Corrupt { what: format!("{}: its header cannot be read", file.display()) });
    };
    let sqlite: String = sqlite.try_get(0).map_err(failed)?;
    if !is_new_enough(&sqlite) {
        return Err(StoreError::OldSqlite { found: sqlite });
    }
    let version: i64 = version.try_get(0).map_err(failed)?;
    Ok(Found {
        // A negative version is not one of ours; the application id refuses it.
        version: u32::try_from(version).unwrap_or(u32::MAX),
        application: application.try_get(0).map_err(failed)?,
        journal: journal.try_get(0).map_err(failed)?,
        tables: tables.try_get(0).map_err(failed)?,
        data_version: data.try_get(0).map_err(failed)?,
    })
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found: [u32; 3] = std::array::from_fn(|_| parts.next().unwrap_or(0));
    found >= OLDEST_SQLITE
}

fn refuse_foreign(file: &Path, found: &Found) -> Result<(), StoreError> {
    let is_new = found.application == 0 && found.version == 0 && found.tables == 0;
    if found.application != APPLICATION_ID && !is_new {
        return Err(StoreError::NotOurs { file: file.to_owned() });
    }
    if found.version > known_version() {
        let (found, known) = (found.version, known_version());
        return Err(StoreError::NewerVersion { file: file.to_owned(), found, known });
    }
    Ok(())
}

/// Has a copy say in its header that it keeps a write-ahead log, as the databases of homes do. `VACUUM INTO` does not,
/// and then the first who looks at the copy writes that into it. Nothing but the file is left.
pub(super) async fn settle(file: &Path) -> Result<(), StoreError> {
    let mut conn = connect(file, options(file)).await?;
    set_wal(file, &mut conn).await?;
    conn.close().await.map_err(|error| StoreError::from_sqlx(file, &error))
}

/// Turns on the write-ahead log. SQLite does not wait for other processes here, so we do.
async fn set_wal(file: &Path, conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let pause = Duration::from_millis(5);
    let mut left = BUSY_TIMEOUT;
    loop {
        match sqlx::raw_sql("PRAGMA journal_mode = WAL").fetch_one(&mut *conn).await {
            Ok(row) if row.try_get::<&str, _>(0).is_ok_and(|mode| mode == "wal") => return Ok(()),
            Ok(_) => {
                let why = "SQLite cannot keep a write-ahead log here".to_owned();
                return Err(StoreError::Sql { file: file.to_owned(), why });
            }
            Err(error) => {
                let error = StoreError::from_sqlx(file, &error);
                if !error.is_busy() || left < pause {
                    return Err(error);
                }
            }
        }
        // The thread that began has no clock.
        tokio::task::yield_now().await;
        tokio::time::sleep(pause).await;
        left = left.saturating_sub(pause);
    }
}

/// Brings the schema up to date, all or nothing. sqlx's own lock does nothing on SQLite, so one transaction holds
/// the write lock around all of it, and looks again first: another process may have been quicker.
async fn migrate(file: &Path, conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(file, &error);
    let mut lock = conn.begin_with("BEGIN EXCLUSIVE").await.map_err(failed)?;
    let found = look(file, &mut lock).await?;
    refuse_foreign(file, &found)?;
    if found.version < known_version() {
        run_migrations(&mut lock).await.map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
            other => StoreError::Sql { file: file.to_owned(), why: other.to_string() },
        })?;
    }
    lock.commit().await.map_err(failed)
}

async fn run_migrations(conn: &mut SqliteConnection) -> Result<(), MigrateError> {
    let migrations = MIGRATIONS.iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(version, (*name).into(), MigrationType::Simple, (*sql).into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect()).run_direct(None, conn, false).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_safe_sqlite_is_known() {
        assert!(is_new_enough("3.51.3") && is_new_enough("3.52.0") && is_new_enough("4.0"));
        assert!(!is_new_enough("3.51.2") && !is_new_enough("3.9.99") && !is_new_enough("x"));
    }

    #[test]
    fn the_last_migration_sets_the_known_version() {
        let (_, last) = MIGRATIONS.last().unwrap();
        assert!(last.trim_end().ends_with(&format!("PRAGMA user_version = {};", known_version())));
    }
}
