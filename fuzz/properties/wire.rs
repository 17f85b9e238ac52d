//! What holds for every payload that is read from a log, of this version, of a later one, or damaged.
//!
//! An input is a first line with the kind and its version, `entry.noted 1`, and the payload below it.

use serde_json::Value;
use warroom::domain::event::{Event, NewEvent, Recorded};
use warroom::domain::ids::{EventId, Seq};
use warroom::domain::wire::{self, Encoded, Envelope};

pub(crate) fn hold(data: &[u8]) {
    let cut = data.iter().position(|b| *b == b'\n').unwrap_or(data.len());
    let (first, payload) = data.split_at(cut);
    let first = String::from_utf8_lossy(first);
    let (name, version) = first.rsplit_once(' ').unwrap_or((&first, "1"));
    payload_of(name, version.parse().unwrap_or(1), payload.get(1..).unwrap_or_default());
}

/// Reads a payload as an event of this kind.
pub(crate) fn read(name: &str, version: u16, payload: &[u8]) -> Recorded {
    let envelope = Envelope {
        seq: Seq(7),
        id: EventId(uuid::Uuid::nil()),
        name,
        version,
        recorded_at: "2026-11-22T10:00:00Z".parse().unwrap(),
        host: None,
        actor: "alice@host:pts/1",
    };
    wire::decode(&envelope, Some(payload))
}

/// Reads, writes and reads an event: it must say the same, and never be nothing. One that is kept as unknown may be
/// so for a key that it holds twice, which a JSON value cannot show; its stored bytes are never written anew.
pub(crate) fn payload_of(name: &str, version: u16, payload: &[u8]) {
    let first = read(name, version, payload);
    let Some(event) = first.event.clone() else { panic!("the event was dropped") };
    assert_eq!(event.kind(), (name, version));
    let known = !matches!(event, Event::Unknown(_));
    let Recorded { by, about, undoes, brought_by, .. } = first.clone();
    let again = NewEvent { by, occurred_at: Some(first.occurred_at), about, undoes, brought_by, event };
    let encoded = wire::encode(&again).unwrap();
    let Encoded { name: written, version: at, payload: bytes } = &encoded;
    let second = read(written, *at, bytes);
    assert!(!known || second == first, "{second:?} is not {first:?}");
    assert!(second.event.is_some());
    // What this program writes, it writes alike every time.
    if known {
        assert_eq!(wire::encode(&again).unwrap(), encoded);
    }
    // No text was changed: nothing changes.
    assert!(wire::with_texts(&again, &|_| None).unwrap().is_none());
    let same = wire::with_texts(&again, &|text| Some(text.to_owned())).unwrap();
    assert!(same.is_none_or(|same| same == again));
    unknown_fields(&first, name, version, payload);
}

/// A field that a later version adds changes nothing of what is known, and is kept where the kind is not.
fn unknown_fields(first: &Recorded, name: &str, version: u16, payload: &[u8]) {
    let Ok(Value::Object(mut whole)) = serde_json::from_slice::<Value>(payload) else { return };
    // Only what an object tells wholly: a key that stands twice in the bytes is once in it.
    let Ok(plain) = serde_json::to_vec(&whole) else { return };
    if read(name, version, &plain) != *first {
        return;
    }
    let later = serde_json::json!({ "deep": [1, null, "of a later version"] });
    whole.insert("zz_later".to_owned(), later.clone());
    let Some(Value::Object(data)) = whole.get_mut("data") else { return };
    data.insert("zz_later".to_owned(), later.clone());
    let read = read(name, version, &serde_json::to_vec(&whole).unwrap());
    match (&first.event, &read.event) {
        (Some(Event::Unknown(before)), Some(Event::Unknown(after))) => {
            let Value::Object(mut body) = after.body.clone() else {
                // What cannot be read at all is kept as its text.
                let text = after.body.as_str().unwrap_or_default();
                assert!(before.body.is_string() && text.contains("of a later version"), "{after:?}");
                return;
            };
            assert_eq!(body.remove("zz_later"), Some(later), "the new field is kept");
            assert_eq!(Value::Object(body), before.body);
            assert_eq!((&read.by, read.occurred_at), (&first.by, first.occurred_at));
        }
        _ => assert_eq!(read, *first, "a field that is not known changed what is"),
    }
}
