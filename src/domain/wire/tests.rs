use super::*;
use crate::domain::event::{Noted, PhaseEntered};
use crate::domain::words::Phase;

fn envelope<'a>(name: &'a str, version: u16) -> Envelope<'a> {
    Envelope {
        seq: Seq(1),
        id: EventId(uuid::Uuid::nil()),
        name,
        version,
        recorded_at: "2026-11-22T10:00:00Z".parse().unwrap(),
        host: None,
        actor: "alice@host:pts/1",
    }
}

#[test]
fn an_event_comes_back_as_it_was() {
    let event = NewEvent {
        by: "alice".to_owned(),
        occurred_at: Some("2026-11-22T09:56:00Z".parse().unwrap()),
        about: true,
        undoes: None,
        brought_by: None,
        event: Event::Noted(Noted {
            text: "disk full ☂".to_owned(),
            tags: vec!["db".to_owned()],
            starred: true,
        }),
    };
    let encoded = encode(&event).unwrap();
    assert_eq!((encoded.name.as_str(), encoded.version), ("entry.noted", 1));
    let back = decode(&envelope(&encoded.name, encoded.version), Some(&encoded.payload));
    assert_eq!(back.event, Some(event.event));
    assert_eq!(Some(back.occurred_at), event.occurred_at);
    assert!(back.about);
}

#[test]
fn what_is_absent_in_the_payload_is_absent_on_disk() {
    let event = NewEvent {
        by: "bob".to_owned(),
        occurred_at: None,
        about: false,
        undoes: None,
        brought_by: None,
        event: PhaseEntered { phase: Phase::Contain }.into(),
    };
    let encoded = encode(&event).unwrap();
    assert_eq!(String::from_utf8(encoded.payload).unwrap(), r#"{"by":"bob","data":{"phase":"contain"}}"#);
}

#[test]
fn a_later_kind_and_a_damaged_payload_are_kept() {
    let later = decode(&envelope("entry.noted", 9), Some(br#"{"by":"bob","data":{"x":1}}"#));
    assert!(matches!(later.event, Some(Event::Unknown(u)) if u.version == 9 && u.body["x"] == 1));
    let damaged = decode(&envelope("entry.noted", 1), Some(b"\xff not json"));
    assert!(matches!(damaged.event, Some(Event::Unknown(_))));
    let wrong_shape =
        decode(&envelope("phase.entered", 1), Some(br#"{"by":"bob","data":{"phase":"panic"}}"#));
    assert!(matches!(wrong_shape.event, Some(Event::Unknown(_))));
    assert_eq!(decode(&envelope("entry.noted", 1), None).event, None);
}
