//! Random tampering: with the stored bytes as they are checked, with the database, and with an exported log that a
//! shell checks. All of it is found, up to a head that somebody kept. `WARROOM_FAULTS=long` does it ten thousand times.

use std::path::Path;
use std::process::Command;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use warroom::domain::calendar::Calendar;
use warroom::domain::export::{Source, audit};
use warroom::domain::incident::Incident;
use warroom::domain::log::{Header, RawEvent, digest, payload_digest};
use warroom::domain::policy::Policy;
use warroom::domain::severity::Profile;

use super::*;
use crate::faults::{Dice, figure, rounds};

/// A stored log of twelve events; the fifth erases the second.
async fn sound(file: &Path) -> (Vec<RawEvent>, (Seq, Digest)) {
    let store = SqliteStore::open(file, OpenMode::Create).await.unwrap();
    let events = (1..=12).map(|n| match n {
        5 => redaction(5, 2),
        n => event(n, &format!("{{\"data\":{{\"text\":\"line {n}\"}},\"by\":\"alice\"}}")),
    });
    let head = store.append(append(1, 0, events.collect())).await.unwrap().head;
    assert!(store.erase_payload(log(1), Seq(2)).await.unwrap());
    let raw = store.read_raw(log(1)).await.unwrap();
    store.close().await.unwrap();
    (raw, (Seq(12), head))
}

/// Writes everything from an event on anew, so that the chain fits together again: what somebody does who knows the
/// format and has the file.
fn forge(events: &mut [RawEvent], from: usize) {
    let mut prev = from.checked_sub(1).map_or(Digest::ZERO, |n| digest(&events[n].header));
    for (n, event) in events.iter_mut().enumerate().skip(from) {
        let mut header = Header::parse(&event.header).unwrap();
        (header.prev, header.seq) = (prev, Seq(u64::try_from(n).unwrap() + 1));
        if let (Some(salt), Some(body)) = (&event.salt, &event.body) {
            header.payload = payload_digest(salt.as_slice().try_into().unwrap(), body);
        }
        event.header = header.to_bytes().unwrap();
        prev = digest(&event.header);
    }
}

/// Changes something, and says what.
fn tamper(events: &mut Vec<RawEvent>, dice: &mut Dice) -> String {
    let n = dice.below(events.len());
    let flip = |bytes: &mut Vec<u8>, dice: &mut Dice| {
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
    };
    match dice.below(10) {
        0 | 1 => {
            flip(&mut events[n].header, dice);
            format!("a bit of header {}", n + 1)
        }
        2 | 3 if events[n].body.is_some() => {
            flip(events[n].body.as_mut().unwrap(), dice);
            format!("a bit of payload {}", n + 1)
        }
        4 if events[n].salt.is_some() => {
            flip(events[n].salt.as_mut().unwrap(), dice);
            format!("a bit of salt {}", n + 1)
        }
        5 => {
            events.remove(n);
            format!("event {} is taken out", n + 1)
        }
        6 => {
            let copy = events[dice.below(events.len())].clone();
            events.insert(n, copy);
            format!("an event is put in at {}", n + 1)
        }
        7 if n > 0 => {
            let other = dice.below(n);
            events.swap(n, other);
            format!("events {} and {} change places", other + 1, n + 1)
        }
        8 => {
            events.truncate(n);
            format!("cut to {n}")
        }
        9 if events[n].body.is_some() => {
            events[n].body = Some(b"{\"data\":{\"text\":\"somebody else's words\"},\"by\":\"bob\"}".to_vec());
            forge(events, n);
            format!("written anew from {}", n + 1)
        }
        _ => {
            let moved = events.remove(n);
            events.push(RawEvent { columns: None, ..moved });
            if n + 1 == events.len() {
                events[n].header.push(b'\n');
            }
            format!("event {} is moved to the end", n + 1)
        }
    }
}

#[test]
fn all_random_tampering_with_the_bytes_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (good, head) = run(sound(&folder.path().join("warroom.db")));
    let mut dice = Dice::new("tampered bytes");
    let all = rounds(10_000, 10_000);
    for round in 0..all {
        let mut events = good.clone();
        let what = tamper(&mut events, &mut dice);
        let report = verify(Some(log(1)), events, &[head]);
        assert!(!report.is_sound(), "round {round}: {what}: not found");
    }
    figure(&format!("tampering with the bytes: {all} of {all} found"));
    // What the chain cannot show, and says so: an end that nobody outside knows.
    let mut events = good.clone();
    events.truncate(11);
    assert!(verify(Some(log(1)), events, &[]).is_sound());
}

/// Puts these bytes into the database, as somebody could who has the file and the sqlite3 program.
async fn put(file: &Path, events: &[RawEvent]) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let open = "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;
        DROP TRIGGER IF EXISTS event_continues; DROP TRIGGER IF EXISTS event_is_not_changed;
        DROP TRIGGER IF EXISTS event_is_not_deleted; DROP TRIGGER IF EXISTS payload_belongs;
        DROP TRIGGER IF EXISTS payload_is_not_changed;
        DROP TRIGGER IF EXISTS payload_is_erased_by_redaction_only; DELETE FROM event; DELETE FROM payload";
    sqlx::raw_sql(AssertSqlSafe(open.to_owned())).execute(&mut conn).await.unwrap();
    let (mut ids, mut prevs) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    for (n, event) in events.iter().enumerate() {
        let seq = i64::try_from(n).unwrap() + 1;
        // Columns that agree with the header as far as it can be read, so that it is the chain that has to tell.
        let header = Header::parse(&event.header).ok();
        let mut id = header.as_ref().map_or(u128::try_from(seq).unwrap(), |h| h.id.0.as_u128());
        if !ids.insert(id) {
            // The schema takes an id, and what an event continues, once; somebody who puts in a copy gives it others.
            id = u128::try_from(seq).unwrap();
        }
        let (mut prev, hash) = (header.map_or(Digest::ZERO, |h| h.prev), digest(&event.header));
        if !prevs.insert(prev) {
            prev = digest(&seq.to_be_bytes());
        }
        let row = sqlx::query("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, NULL)")
            .bind(log(1).0.as_bytes().to_vec())
            .bind(seq)
            .bind(id.to_be_bytes().to_vec())
            .bind(prev.0.to_vec())
            .bind(hash.0.to_vec())
            .bind(event.header.clone());
        row.execute(&mut conn).await.unwrap();
        if let (Some(salt), Some(body)) = (&event.salt, &event.body) {
            let row = sqlx::query("INSERT INTO payload VALUES (?, ?, ?, ?)")
                .bind(log(1).0.as_bytes().to_vec())
                .bind(seq)
                .bind(salt.clone())
                .bind(body.clone());
            row.execute(&mut conn).await.unwrap();
        }
    }
    sqlx::Connection::close(conn).await.unwrap();
}

#[test]
fn all_random_tampering_with_the_database_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("warroom.db");
    run(async {
        let (good, head) = sound(&first).await;
        let file = folder.path().join("changed.db");
        let check = async |events: &[RawEvent]| {
            std::fs::copy(&first, &file).unwrap();
            put(&file, events).await;
            let store = SqliteStore::open(&file, OpenMode::ReadWrite).await.unwrap();
            let raw = store.read_raw(log(1)).await.unwrap();
            store.close().await.unwrap();
            verify(Some(log(1)), raw, &[head])
        };
        let report = check(&good).await;
        assert!(report.is_sound(), "put back as it was, it is sound: {report:?}");
        let mut dice = Dice::new("tampered database");
        let all = rounds(60, 10_000);
        for round in 0..all {
            let mut events = good.clone();
            let what = tamper(&mut events, &mut dice);
            assert!(!check(&events).await.is_sound(), "round {round}: {what}: not found");
        }
        figure(&format!("tampering with the database: {all} of {all} found"));
    });
}

/// Writes a log with its verifier, and what the verifier says of it.
#[expect(
    clippy::disallowed_methods,
    reason = "the verifier is a shell script, and is run as its reader would"
)]
fn shell(folder: &Path, events: &[RawEvent], head: (Seq, Digest), told: &str) -> (Option<i32>, String) {
    let (incident, policy) = (Incident::new(log(1)), Policy::new(Profile::default(), Calendar::default()));
    let incident = Incident { head: Seq(u64::try_from(events.len()).unwrap()), ..incident };
    let digest = events.last().map_or(Digest::ZERO, |e| digest(&e.header));
    let source = Source {
        incident: &incident,
        policy: &policy,
        now: at(0),
        digest,
        privileged: true,
        brief_only: false,
    };
    let (files, _) = audit::files(&source, events);
    let _ = std::fs::remove_dir_all(folder);
    for file in files {
        let path = folder.join(file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.bytes).unwrap();
    }
    let kept = format!("{}:{}", head.0, head.1);
    let mut sh = Command::new("sh");
    sh.arg(folder.join("verify.sh"));
    if !told.is_empty() {
        sh.args([told, &kept]);
    }
    let done = sh.output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.code(), text)
}

#[test]
fn all_random_tampering_with_an_exported_log_is_found_by_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let (good, head) = run(sound(&folder.path().join("warroom.db")));
    let out = folder.path().join("audit");
    let (code, said) = shell(&out, &good, head, "--head");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("OK 12 events") && said.contains("erased 2; withheld none"), "{said}");
    assert!(said.contains("nothing up to there was changed") && said.contains("Not shown"), "{said}");
    let (code, said) = shell(&out, &good, head, "");
    assert!(code == Some(0) && said.contains("could have been written anew"), "{said}");
    let mut dice = Dice::new("tampered export");
    let all = rounds(40, 10_000);
    for round in 0..all {
        let mut events = good.clone();
        let what = tamper(&mut events, &mut dice);
        // The columns are the database's; an export has none, so that the bytes alone must tell.
        let (code, said) = shell(&out, &events, head, "--head");
        assert_eq!(code, Some(1), "round {round}: {what}: {said}");
        assert!(said.starts_with("FAIL "), "round {round}: {what}: {said}");
    }
    figure(&format!("tampering with an exported log: {all} of {all} found by the shell"));
}
