//! What only a file can get wrong: contention, tampering, rights, versions, places.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use tempfile::TempDir;
use warroom::domain::log::{BreakReason, ChainReport};
use warroom::store::{ChangeWatch, known_version};

use super::*;

fn home() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("warroom.db");
    (folder, file)
}

async fn open(file: &Path) -> SqliteStore {
    SqliteStore::open(file, OpenMode::Create).await.unwrap()
}

/// Runs statements on the file as somebody with the sqlite3 program would; refused statements are errors.
async fn by_hand(file: &Path, statements: &str) -> Result<(), sqlx::Error> {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await?;
    let done = sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut conn).await;
    sqlx::Connection::close(conn).await?;
    done.map(drop)
}

async fn value(file: &Path, query: &str) -> String {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let row = sqlx::raw_sql(AssertSqlSafe(query.to_owned())).fetch_one(&mut conn).await.unwrap();
    row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string())).unwrap()
}

#[test]
fn the_file_is_private_and_set_up_for_durability() {
    let (_folder, file) = home();
    run(async {
        let missing = SqliteStore::open(&file, OpenMode::ReadWrite).await.err();
        assert_eq!(missing, Some(StoreError::NotFound { file: file.clone() }));
        let missing = SqliteStore::open(&file, OpenMode::ReadOnly).await.err();
        assert_eq!(missing, Some(StoreError::NotFound { file: file.clone() }));
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        for name in ["warroom.db", "warroom.db-wal", "warroom.db-shm"] {
            let mode = std::fs::metadata(file.with_file_name(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert_eq!(value(&file, "PRAGMA journal_mode").await, "wal");
        assert_eq!(value(&file, "PRAGMA user_version").await, known_version().to_string());
        assert_eq!(value(&file, "PRAGMA integrity_check").await, "ok");
        assert_eq!(value(&file, "PRAGMA foreign_key_check; SELECT 'ok'").await, "ok");
        store.close().await.unwrap();
        let again = SqliteStore::open(&file, OpenMode::ReadWrite).await.unwrap();
        assert_eq!(again.read_last(log(1), 9).await.unwrap().len(), 1);
    });
}

#[test]
fn a_process_that_stays_makes_room_in_the_log_and_lines_do_not_lengthen_it() {
    let (_folder, file) = home();
    let long = || std::fs::metadata(file.with_file_name("warroom.db-wal")).unwrap().len();
    run(async {
        let (room, other) = (open(&file).await, open(&file).await);
        room.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        let short = long();
        assert!(short < 1 << 20);
        room.warm().await.unwrap();
        let roomy = long();
        assert!(roomy > 4 << 20, "{roomy}");
        // Some of them after the log was begun anew, which is after about a thousand pages.
        for n in 1..150_u32 {
            let store = if n % 3 == 0 { &other } else { &room };
            let body = "x".repeat(40_000);
            store.append(append(1, n.into(), vec![event(u128::from(n) + 1, &body)])).await.unwrap();
        }
        assert_eq!(long(), roomy);
        // What was emptied by an erasure has room again with the next line.
        by_hand(&file, "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        assert_eq!(long(), 0);
        room.append(append(1, 150, vec![event(151, "again")])).await.unwrap();
        room.append(append(1, 151, vec![event(152, "and again")])).await.unwrap();
        assert_eq!(long(), roomy);
        let raw = other.read_raw(log(1)).await.unwrap();
        assert_eq!(raw.len(), 152);
        other.close().await.unwrap();
        room.close().await.unwrap();
        assert!(!file.with_file_name("warroom.db-wal").exists());
        assert_eq!(value(&file, "PRAGMA integrity_check").await, "ok");
    });
}

#[test]
fn what_cannot_be_opened_later_is_told_to_the_first_who_asks() {
    let (_folder, file) = home();
    run(async {
        let missing = file.clone();
        let opening = async move { SqliteStore::open(&missing, OpenMode::ReadWrite).await };
        let store = LaterStore::new(opening);
        assert_eq!(store.logs().await, Err(StoreError::NotFound { file }));
        assert_eq!(store.logs().await, Err(StoreError::Closed));
        assert!(!store.may_copy_to(Path::new("/tmp")));
        store.close().await.unwrap();
    });
}

#[test]
fn what_is_written_to_a_file_that_is_gone_is_not_acknowledged() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "here")])).await.unwrap();
        let gone = StoreError::Gone { file: file.clone() };
        let aside = file.with_file_name("aside.db");
        std::fs::rename(&file, &aside).unwrap();
        assert_eq!(store.append(append(1, 1, vec![event(2, "lost")])).await, Err(gone.clone()));
        // Another one in its place, as after a backup was brought back.
        std::fs::copy(&aside, &file).unwrap();
        assert_eq!(store.append(append(1, 1, vec![event(2, "lost")])).await, Err(gone));
        std::fs::rename(&aside, &file).unwrap();
        store.append(append(1, 1, vec![event(2, "found again")])).await.unwrap();
        assert_eq!(store.read(log(1), Seq::NONE, 10).await.unwrap().len(), 2);
        store.close().await.unwrap();
    });
}

#[test]
fn what_is_written_to_a_file_that_was_emptied_or_written_over_is_not_acknowledged() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "here")])).await.unwrap();
        store.close().await.unwrap();
        let older = std::fs::read(&file).unwrap();
        let store = open(&file).await;
        store.append(append(1, 1, vec![event(2, "stays")])).await.unwrap();
        by_hand(&file, "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        // Somebody's checkpoint is no harm.
        store.in_its_place().await.unwrap();
        store.append(append(1, 2, vec![event(3, "as well")])).await.unwrap();
        by_hand(&file, "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        let now = std::fs::read(&file).unwrap();
        let gone = StoreError::Gone { file: file.clone() };
        for bytes in [&older[..], &[]] {
            // The same file, with other bytes in it.
            std::fs::write(&file, bytes).unwrap();
            let what = bytes.len();
            assert_eq!(store.append(append(1, 3, vec![event(4, "lost")])).await, Err(gone.clone()), "{what}");
            assert_eq!(store.in_its_place().await, Err(gone.clone()), "{what}");
            std::fs::write(&file, &now).unwrap();
        }
        store.append(append(1, 3, vec![event(4, "found again")])).await.unwrap();
        assert_eq!(store.read(log(1), Seq::NONE, 10).await.unwrap().len(), 4);
        store.close().await.unwrap();
    });
}

#[test]
fn what_nobody_asks_is_never_opened() {
    let (_folder, file) = home();
    run(async {
        let made = file.clone();
        let store = LaterStore::new(async move { SqliteStore::open(&made, OpenMode::Create).await });
        store.close().await.unwrap();
        assert!(!file.exists());
        assert_eq!(store.logs().await, Err(StoreError::Closed));
    });
}

#[test]
fn two_stores_on_one_file_make_one_gapless_chain() {
    let (_folder, file) = home();
    run(async {
        let writer = |file: PathBuf, first: u128| async move {
            let store = open(&file).await;
            let mut expected = 0;
            let mut conflicts = 0_u32;
            for n in first..first + 100 {
                loop {
                    match store.append(append(1, expected, vec![event(n, "line")])).await {
                        Ok(appended) => {
                            expected = appended.events[0].seq.0;
                            break;
                        }
                        Err(StoreError::Conflict { found, .. }) => {
                            expected = found.0;
                            conflicts += 1;
                        }
                        Err(other) => panic!("{other}"),
                    }
                }
            }
            conflicts
        };
        let first = tokio::spawn(writer(file.clone(), 1));
        let second = tokio::spawn(writer(file.clone(), 1001));
        let third = tokio::spawn(writer(file.clone(), 2001));
        let conflicts = first.await.unwrap() + second.await.unwrap() + third.await.unwrap();
        assert!(conflicts > 0, "they never met");
        let store = open(&file).await;
        let report = verify(Some(log(1)), store.read_raw(log(1)).await.unwrap(), &[]);
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.checked, 300);
        assert_eq!(value(&file, "PRAGMA integrity_check").await, "ok");
    });
}

#[test]
fn stores_that_create_the_same_file_at_once_agree() {
    for _ in 0..5 {
        let (_folder, file) = home();
        run(async {
            let openings: Vec<_> = (0..6_u32)
                .map(|n| {
                    let file = file.clone();
                    tokio::spawn(async move {
                        let store = open(&file).await;
                        store.append(append(n + 1, 0, vec![event(u128::from(n) + 1, "one")])).await.unwrap();
                    })
                })
                .collect();
            for opening in openings {
                opening.await.unwrap();
            }
            assert_eq!(open(&file).await.logs().await.unwrap().len(), 6);
            assert_eq!(
                value(&file, "SELECT count(*) FROM _sqlx_migrations").await,
                known_version().to_string()
            );
        });
    }
}

#[test]
fn a_stale_head_in_the_writers_memory_is_noticed() {
    let (_folder, file) = home();
    run(async {
        let (mine, yours) = (open(&file).await, open(&file).await);
        mine.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        yours.append(append(1, 1, vec![event(2, "two")])).await.unwrap();
        let conflict = Err(StoreError::Conflict { expected: Seq(1), found: Seq(2) });
        assert_eq!(mine.append(append(1, 1, vec![event(3, "three")])).await, conflict);
        let mut rows_only = append(1, 2, vec![]);
        rows_only.summary.state = "stale".to_owned();
        yours.append(append(1, 2, vec![event(4, "four")])).await.unwrap();
        assert_eq!(mine.head(log(1)).await.unwrap().unwrap().0, Seq(3));
        assert!(matches!(mine.append(rows_only).await, Err(StoreError::Conflict { .. })));
        // The other's append, retried by me (a request taken over): answered as stored.
        let retried = mine.append(append(1, 1, vec![event(2, "two")])).await.unwrap();
        assert_eq!(retried.events[0].seq, Seq(2));
        mine.append(append(1, 3, vec![event(5, "five")])).await.unwrap();
    });
}

#[test]
fn others_writes_are_noticed_and_own_ones_are_not() {
    let (_folder, file) = home();
    run(async {
        let (mine, yours) = (open(&file).await, open(&file).await);
        let reader = SqliteStore::open(&file, OpenMode::ReadOnly).await.unwrap();
        let mut watch = ChangeWatch::new(&file).unwrap();
        assert!(!watch.drain());
        assert!(!mine.changed_by_others().await.unwrap());
        assert!(!reader.changed_by_others().await.unwrap());
        mine.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        assert!(watch.drain());
        assert!(!watch.drain());
        assert!(!mine.changed_by_others().await.unwrap());
        assert!(reader.changed_by_others().await.unwrap());
        yours.append(append(1, 1, vec![event(2, "two")])).await.unwrap();
        assert!(watch.drain());
        assert!(mine.changed_by_others().await.unwrap());
        assert!(!mine.changed_by_others().await.unwrap());
    });
}

#[test]
fn a_watch_survives_the_log_being_removed_and_made_anew() {
    let (folder, file) = home();
    run(async {
        let store = open(&file).await;
        let mut watch = ChangeWatch::new(&file).unwrap();
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        assert!(watch.drain());
        store.close().await.unwrap();
        assert!(!folder.path().join("warroom.db-wal").exists());
        watch.drain();
        let store = open(&file).await;
        watch.drain();
        store.append(append(1, 1, vec![event(2, "two")])).await.unwrap();
        assert!(watch.drain());
        // Other files of the home are none of its business.
        std::fs::write(folder.path().join("draft"), "x").unwrap();
        assert!(!watch.drain());
    });
}

#[test]
fn the_schema_itself_refuses_to_rewrite_history() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "one"), event(2, "two")])).await.unwrap();
        for statement in [
            "DELETE FROM event",
            "DELETE FROM event WHERE seq = 2",
            "UPDATE event SET header = x'00' WHERE seq = 1",
            "UPDATE event SET redacts = 1 WHERE seq = 2",
            "DELETE FROM payload",
            "UPDATE payload SET body = x'00'",
            "INSERT OR REPLACE INTO payload SELECT log, seq, salt, x'00' FROM payload WHERE seq = 2",
            "INSERT INTO payload SELECT log, 9, salt, body FROM payload WHERE seq = 2",
            "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 2",
            "INSERT INTO event SELECT log, 4, randomblob(16), hash, randomblob(32), header, NULL FROM event WHERE seq = 2",
            "INSERT INTO event SELECT log, 3, randomblob(16), randomblob(32), hash, header, NULL FROM event WHERE seq = 2",
            "INSERT INTO event SELECT log, 3, randomblob(16), hash, randomblob(32), header, 1 FROM event WHERE seq = 2",
            "INSERT INTO event SELECT randomblob(16), 1, randomblob(16), randomblob(32), hash, header, NULL FROM event WHERE seq = 2",
        ] {
            assert!(by_hand(&file, statement).await.is_err(), "{statement}");
        }
        let report = verify(Some(log(1)), store.read_raw(log(1)).await.unwrap(), &[]);
        assert_eq!((report.is_sound(), report.checked), (true, 2));
    });
}

/// A log of six events (the fifth redacts the second, which is erased), changed by hand after the triggers are gone.
async fn tampered(change: &str) -> ChainReport {
    let (_folder, file) = home();
    let store = open(&file).await;
    let five = (1..=4).map(|n| event(n, "{\"text\":\"line\"}")).chain([redaction(5, 2)]).collect();
    store.append(append(1, 0, five)).await.unwrap();
    let head = store.append(append(1, 5, vec![event(6, "last")])).await.unwrap().head;
    assert!(store.erase_payload(log(1), Seq(2)).await.unwrap());
    store.close().await.unwrap();
    by_hand(
        &file,
        "DROP TRIGGER event_continues; DROP TRIGGER event_is_not_changed; DROP TRIGGER event_is_not_deleted;
         DROP TRIGGER payload_belongs; DROP TRIGGER payload_is_not_changed;
         DROP TRIGGER payload_is_erased_by_redaction_only",
    )
    .await
    .unwrap();
    by_hand(&file, change).await.unwrap();
    let store = open(&file).await;
    verify(Some(log(1)), store.read_raw(log(1)).await.unwrap(), &[(Seq(6), head)])
}

#[test]
fn every_tampering_with_the_file_is_found_and_named() {
    use BreakReason as R;
    run(async {
        let sound = tampered("SELECT 1").await;
        assert!(sound.is_sound(), "{sound:?}");
        assert_eq!((sound.checked, sound.redacted), (6, vec![Seq(2)]));
        let actor = "UPDATE event SET header = CAST(replace(CAST(header AS TEXT), 'alice', 'mallo') AS BLOB)";
        for (change, seq, reason) in [
            ("UPDATE payload SET body = x'7b7d' WHERE seq = 3", 3, R::PayloadEdited),
            ("UPDATE payload SET salt = zeroblob(32) WHERE seq = 3", 3, R::PayloadEdited),
            ("DELETE FROM payload WHERE seq = 3", 3, R::PayloadMissing),
            ("DELETE FROM payload WHERE seq = 5", 2, R::PayloadMissing),
            (&format!("{actor} WHERE seq = 3"), 3, R::ColumnsDiffer),
            ("UPDATE event SET hash = zeroblob(32) WHERE seq = 3", 3, R::ColumnsDiffer),
            ("UPDATE event SET id = zeroblob(16) WHERE seq = 3", 3, R::ColumnsDiffer),
            ("UPDATE event SET prev = randomblob(32) WHERE seq = 3", 3, R::ColumnsDiffer),
            // An erasure that no redaction allows, and another than the one that a redaction names.
            (
                "PRAGMA ignore_check_constraints = ON; UPDATE event SET redacts = 2 WHERE seq = 3",
                3,
                R::ColumnsDiffer,
            ),
            ("UPDATE event SET redacts = 3 WHERE redacts = 2", 5, R::ColumnsDiffer),
            ("DELETE FROM event WHERE seq = 3", 4, R::Gap { expected: Seq(3) }),
            ("DELETE FROM event WHERE seq = 1", 2, R::Gap { expected: Seq(1) }),
            ("DELETE FROM event WHERE seq = 6", 6, R::CutShort { last: Seq(5) }),
            (
                "UPDATE event SET seq = 99 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 4;
              UPDATE event SET seq = 4 WHERE seq = 99",
                4,
                R::Gap { expected: Seq(3) },
            ),
            (
                "INSERT INTO event SELECT log, 7, randomblob(16), hash, randomblob(32), header, NULL FROM event WHERE seq = 6",
                6,
                R::Duplicate,
            ),
        ] {
            let report = tampered(change).await;
            let broken = report.first_broken.unwrap_or_else(|| panic!("not found: {change}"));
            assert_eq!((broken.seq.0, broken.reason), (seq, reason), "{change}");
        }
        let report = tampered("UPDATE event SET header = x'00' WHERE seq = 3").await;
        let broken = report.first_broken.unwrap();
        assert!(matches!((broken.seq, broken.reason), (Seq(3), R::HeaderUnreadable(_))));
    });
}

#[test]
fn logs_that_no_list_has_are_found_from_the_newest_on() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        for n in 1..=6 {
            store.append(append(n, 0, vec![event(n.into(), "declared")])).await.unwrap();
        }
        assert_eq!(store.unlisted(9).await.unwrap(), []);
        let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
        sqlx::raw_sql("DELETE FROM summary WHERE number IN (2, 5, 6)").execute(&mut conn).await.unwrap();
        assert_eq!(store.unlisted(9).await.unwrap(), [log(6), log(5), log(2)]);
        assert_eq!(store.unlisted(1).await.unwrap(), [log(6), log(5)], "as many listed ones end the search");
        // Written anew from the log, it has its place again.
        store.append(append(6, 1, Vec::new())).await.unwrap();
        assert_eq!(store.unlisted(9).await.unwrap(), [log(5), log(2)]);
    });
}

#[test]
fn an_erased_payload_is_on_the_disk_no_more() {
    let (folder, file) = home();
    let secret = format!("AKIA{}", "SECRET".repeat(200));
    let hits = || {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| contains(&std::fs::read(path).unwrap(), b"AKIASECRET")).count()
    };
    run(async {
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "one"), event(2, &secret)])).await.unwrap();
        assert!(hits() > 0);
        store.append(append(1, 2, vec![redaction(3, 2)])).await.unwrap();
        store.warm().await.unwrap();
        assert!(store.erase_payload(log(1), Seq(2)).await.unwrap());
        assert_eq!(hits(), 0);
    });
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let (_folder, file) = home();
    run(async {
        open(&file).await.close().await.unwrap();
        by_hand(&file, "PRAGMA user_version = 99").await.unwrap();
        let before = std::fs::read(&file).unwrap();
        for mode in [OpenMode::Create, OpenMode::ReadWrite, OpenMode::ReadOnly] {
            let refused = SqliteStore::open(&file, mode).await.err().unwrap();
            let newer = StoreError::NewerVersion { file: file.clone(), found: 99, known: known_version() };
            assert_eq!(refused, newer);
            assert!(refused.to_string().contains("newer warroom"));
        }
        assert!(std::fs::read(&file).unwrap() == before, "the file was changed");
    });
}

#[test]
fn what_is_not_our_database_is_refused_and_left_alone() {
    let (folder, file) = home();
    run(async {
        by_hand_create(&file, "CREATE TABLE theirs (a)").await;
        let before = std::fs::read(&file).unwrap();
        for mode in [OpenMode::Create, OpenMode::ReadWrite, OpenMode::ReadOnly] {
            let refused = SqliteStore::open(&file, mode).await.err();
            assert_eq!(refused, Some(StoreError::NotOurs { file: file.clone() }));
        }
        assert!(std::fs::read(&file).unwrap() == before, "the file was changed");
        let text = folder.path().join("notes.txt");
        std::fs::write(&text, "not a database at all\n".repeat(100)).unwrap();
        let refused = SqliteStore::open(&text, OpenMode::Create).await.err();
        assert_eq!(refused, Some(StoreError::NotOurs { file: text.clone() }));
        assert!(std::fs::read_to_string(&text).unwrap().starts_with("not a database"));
    });
}

async fn by_hand_create(file: &Path, statements: &str) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut conn = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut conn).await.unwrap();
    sqlx::Connection::close(conn).await.unwrap();
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let (folder, _) = home();
    run(async {
        let nowhere = folder.path().join("missing").join("warroom.db");
        let refused = SqliteStore::open(&nowhere, OpenMode::Create).await.err().unwrap();
        assert!(matches!(refused, StoreError::ReadOnly { .. }));
        assert!(refused.to_string().contains("missing/warroom.db: cannot be written"), "{refused}");
        let plain = folder.path().join("plain");
        std::fs::write(&plain, "").unwrap();
        let under = plain.join("warroom.db");
        assert!(SqliteStore::open(&under, OpenMode::Create).await.is_err());
        // The kernel's own folder refuses even root.
        let refused = SqliteStore::open(Path::new("/proc/warroom.db"), OpenMode::Create).await.err().unwrap();
        assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused}");
    });
}

#[test]
fn a_read_only_store_reads_and_refuses_to_write() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        let reader = SqliteStore::open(&file, OpenMode::ReadOnly).await.unwrap();
        assert!(reader.is_read_only());
        assert_eq!(reader.read_last(log(1), 9).await.unwrap().len(), 1);
        assert_eq!(reader.summary(incident(1)).await.unwrap().unwrap().head, Seq(1));
        let refused = reader.append(append(1, 1, vec![event(2, "two")])).await;
        assert!(matches!(refused, Err(StoreError::ReadOnly { .. })));
        assert!(matches!(reader.erase_payload(log(1), Seq(1)).await, Err(StoreError::ReadOnly { .. })));
        // It sees what others write meanwhile.
        store.append(append(1, 1, vec![event(2, "two")])).await.unwrap();
        assert_eq!(reader.head(log(1)).await.unwrap().unwrap().0, Seq(2));
        reader.close().await.unwrap();
        assert_eq!(reader.head(log(1)).await, Err(StoreError::Closed));
    });
}

#[test]
fn a_read_that_nobody_waits_for_does_no_harm() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        let events = (1..=2000).map(|n| event(n, "line")).collect();
        store.append(append(1, 0, events)).await.unwrap();
        for _ in 0..20 {
            let mut read = Box::pin(store.read_raw(log(1)));
            let _ =
                std::future::poll_fn(|cx| std::task::Poll::Ready(read.as_mut().poll(cx).is_ready())).await;
            drop(read);
            let mut write = Box::pin(store.append(append(1, 0, vec![event(1, "line")])));
            let _ =
                std::future::poll_fn(|cx| std::task::Poll::Ready(write.as_mut().poll(cx).is_ready())).await;
            drop(write);
        }
        assert_eq!(store.read_raw(log(1)).await.unwrap().len(), 2000);
        store.append(append(1, 2000, vec![event(2001, "line")])).await.unwrap();
    });
}

#[test]
fn lists_and_pages_are_read_by_an_index() {
    let (_folder, file) = home();
    run(async {
        open(&file).await.close().await.unwrap();
        for query in [
            "SELECT e.header, p.body FROM event e LEFT JOIN payload p ON p.log = e.log AND p.seq = e.seq
             WHERE e.log = x'00' ORDER BY e.seq DESC LIMIT 9",
            "SELECT seq FROM event WHERE log = x'00' ORDER BY seq DESC LIMIT 1",
            "SELECT log FROM event WHERE id = x'00'",
            "SELECT 1 FROM event WHERE log = x'00' AND redacts = 1",
            "SELECT body FROM summary WHERE year = 1 AND number = 1",
            "WITH wanted(y, n) AS (VALUES (1, 1), (1, 2))
             SELECT body FROM wanted CROSS JOIN summary ON year = y AND number = n",
            "SELECT max(number) FROM summary WHERE year = 1",
            "SELECT max(log) FROM event WHERE log < x'00'",
            "SELECT 1 FROM summary WHERE log = x'00'",
            "SELECT body FROM summary WHERE state = 'a' ORDER BY declared_at DESC, year DESC, number DESC LIMIT 9",
            "SELECT body FROM summary ORDER BY declared_at DESC, year DESC, number DESC LIMIT 9",
            "SELECT body FROM story WHERE state = 'a' AND due < 'b'",
            "SELECT body FROM story WHERE year = 1 AND number = 1",
        ] {
            let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
            let plan = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}")));
            for row in plan.fetch_all(&mut conn).await.unwrap() {
                let step: String = row.get(3);
                // The names that are asked for are gone through one by one.
                let named = step.contains("CONSTANT ROWS") || step == "SCAN wanted";
                let scans =
                    step.starts_with("SCAN") && !step.contains("USING INDEX summary_newest") && !named;
                assert!(!scans && !step.contains("TEMP B-TREE"), "{query}: {step}");
            }
        }
    });
}
