//! The log format against values that other programs computed.

use serde::Deserialize;
use warroom::domain::log::{Header, RawEvent, digest, payload_digest};

use super::*;

#[derive(Deserialize)]
struct Vectors {
    log: LogId,
    events: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    header: String,
    salt: String,
    payload: String,
    payload_sha256: String,
    hash: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../fixtures/wrl1/vectors.json")).unwrap()
}

fn salt(vector: &Vector) -> [u8; 32] {
    vector.salt.parse::<Digest>().unwrap().0
}

#[test]
fn the_vectors_hash_as_another_program_says() {
    let Vectors { log, events } = vectors();
    for vector in &events {
        let header = Header::parse(vector.header.as_bytes()).unwrap();
        assert_eq!(header.to_bytes().unwrap(), vector.header.as_bytes());
        assert_eq!(digest(vector.header.as_bytes()).to_string(), vector.hash);
        assert_eq!(
            payload_digest(&salt(vector), vector.payload.as_bytes()).to_string(),
            vector.payload_sha256
        );
        assert_eq!(header.payload.to_string(), vector.payload_sha256);
    }
    let raw = |erase: bool| {
        events.iter().enumerate().map(move |(at, vector)| {
            let gone = erase && at == 1;
            RawEvent {
                header: vector.header.clone().into_bytes(),
                salt: (!gone).then(|| salt(vector).to_vec()),
                body: (!gone).then(|| vector.payload.clone().into_bytes()),
                columns: None,
            }
        })
    };
    let head = (Seq(3), events[2].hash.parse().unwrap());
    let report = verify(Some(log), raw(false), &[head]);
    assert_eq!((report.is_sound(), report.head), (true, Some(head)));
    let report = verify(Some(log), raw(true), &[head]);
    assert_eq!((report.is_sound(), report.redacted), (true, vec![Seq(2)]));
}

#[test]
fn the_store_writes_the_bytes_of_the_vectors() {
    let Vectors { log, events } = vectors();
    run(async {
        let store = MemoryStore::default();
        let unsealed = |vector: &Vector| {
            let header = Header::parse(vector.header.as_bytes()).unwrap();
            let Header { id, kind, at, clock, actor, key, attach, .. } = header;
            let redacts = (kind.name == "payload.redacted").then_some(Seq(2));
            let body = vector.payload.clone().into_bytes();
            Unsealed { id, kind, at, clock, actor, key, salt: salt(vector), body, attach, redacts }
        };
        let all = events.iter().map(unsealed).collect();
        let rows = Append { log, summary: row(log, 1, "open"), ..append(1, 0, all) };
        let appended = store.append(rows).await.unwrap();
        assert_eq!(appended.head.to_string(), events[2].hash);
        for (raw, vector) in store.read_raw(log).await.unwrap().iter().zip(&events) {
            assert_eq!(raw.header, vector.header.as_bytes());
        }
    });
}

/// What an auditor types, on an event as it comes out of a database.
#[test]
#[expect(clippy::disallowed_methods, reason = "the point is that another program agrees")]
fn sh_and_sha256sum_agree_with_an_exported_event() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let store = SqliteStore::open(&folder.path().join("warroom.db"), OpenMode::Create).await.unwrap();
        store.append(append(1, 0, vec![event(1, "one"), event(2, "{\"text\":\"zwei ✓\"}")])).await.unwrap();
        for raw in store.read_raw(log(1)).await.unwrap() {
            let name =
                |extension: &str| folder.path().join(format!("{}.{extension}", raw.columns.unwrap().seq));
            std::fs::write(name("hdr"), &raw.header).unwrap();
            std::fs::write(name("salt"), raw.salt.as_ref().unwrap()).unwrap();
            std::fs::write(name("json"), raw.body.as_ref().unwrap()).unwrap();
        }
    });
    let script = r#"
        said=$(sed -n 's/^payload sha256://p' 2.hdr)
        is=$({ printf 'wrl1-payload\n'; cat 2.salt 2.json; } | sha256sum | cut -d' ' -f1)
        [ "$said" = "$is" ] || exit 1
        prev=$(sed -n 's/^prev //p' 2.hdr)
        [ "$prev" = "$(sha256sum < 1.hdr | cut -d' ' -f1)" ] || exit 2
        printf 'x' >> 2.json
        is=$({ printf 'wrl1-payload\n'; cat 2.salt 2.json; } | sha256sum | cut -d' ' -f1)
        [ "$said" != "$is" ] || exit 3
    "#;
    let status =
        std::process::Command::new("sh").arg("-c").arg(script).current_dir(folder.path()).status().unwrap();
    assert_eq!(status.code(), Some(0));
}
