use chrono::{TimeZone, Utc as Zone};
use proptest::prelude::*;

use super::*;

fn header() -> Header {
    Header {
        log: LogId(Uuid::from_u128(0x0193_b0c5_2a00_7000_8000_0000_0000_0001)),
        seq: Seq(2),
        prev: digest(b"before"),
        id: EventId(Uuid::from_u128(0x0193_b0c5_2a00_7000_8000_0000_0000_0002)),
        kind: "entry.noted/1".parse().unwrap(),
        at: Zone.with_ymd_and_hms(2026, 11, 22, 2, 48, 42).unwrap(),
        clock: "boot=1a2b3c4d ns=123456789 sync=1".to_owned(),
        actor: "alice@host:pts/3".to_owned(),
        key: None,
        payload: payload_digest(&[7; 32], b"{}"),
        attach: vec![digest(b"file")],
    }
}

#[test]
fn a_header_is_written_line_by_line_in_the_documented_order() {
    let bytes = header().to_bytes().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let names: Vec<_> = text.lines().map(|line| line.split(' ').next().unwrap()).collect();
    let order =
        ["wrl1", "incident", "seq", "prev", "id", "kind", "at", "clock", "actor", "key", "payload", "attach"];
    assert_eq!(names, order);
    assert!(text.contains("\nat 2026-11-22T02:48:42.000Z\n"));
    assert!(text.ends_with('\n'));
}

#[test]
fn what_is_not_byte_for_byte_a_header_is_refused() {
    let good = String::from_utf8(header().to_bytes().unwrap()).unwrap();
    assert_eq!(Header::parse(good.as_bytes()).unwrap(), header());
    let change = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Header::parse(good.replacen(from, to, 1).as_bytes())
    };
    use HeaderProblem as P;
    assert!(matches!(change("wrl1", "wrl2"), Err(P::OtherFormat { .. })));
    assert!(matches!(change("seq 2", "seq 02"), Err(P::NotExact)));
    assert!(matches!(change("seq 2", "seq 0"), Err(P::BadValue { field: "seq", .. })));
    assert!(matches!(change("seq 2\n", ""), Err(P::Missing { field: "seq" })));
    assert!(matches!(change("entry.noted/1", "entry.noted/01"), Err(P::BadValue { field: "kind", .. })));
    assert!(matches!(change("entry.noted/1", "Entry/1"), Err(P::BadValue { field: "kind", .. })));
    assert!(matches!(change(".000Z", "Z"), Err(P::NotExact)));
    assert!(matches!(change(".000Z", ".000+00:00"), Err(P::NotExact)));
    assert!(matches!(change("ns=1", " ns=1"), Err(P::BadValue { field: "clock", .. })));
    assert!(matches!(change("alice", "al ice"), Err(P::BadValue { field: "actor", .. })));
    assert!(matches!(change("alice", "al\tice"), Err(P::NotAscii)));
    assert!(matches!(change("alice", "alicé"), Err(P::NotAscii)));
    assert!(matches!(change("attach ", "detach "), Err(P::Missing { field: "attach" })));
    assert!(matches!(Header::parse(good.trim_end().as_bytes()), Err(P::NotExact)));
    assert!(matches!(Header::parse(format!("{good}\n").as_bytes()), Err(P::NotExact)));
    assert!(matches!(Header::parse(&[b'a'; 4097]), Err(P::TooLong { bytes: 4097 })));
    assert!(matches!(Header::parse(b"\xff"), Err(P::NotAscii)));
}

#[test]
fn a_header_that_could_not_be_read_again_is_not_written() {
    let refuse = |change: fn(&mut Header)| {
        let mut changed = header();
        change(&mut changed);
        changed.to_bytes().unwrap_err()
    };
    use HeaderProblem as P;
    assert!(matches!(refuse(|h| h.seq = Seq::NONE), P::BadValue { field: "seq", .. }));
    assert!(matches!(refuse(|h| h.actor = "a b".into()), P::BadValue { field: "actor", .. }));
    assert!(matches!(refuse(|h| h.clock = String::new()), P::BadValue { field: "clock", .. }));
    assert!(matches!(refuse(|h| h.clock = "a\nb".into()), P::BadValue { field: "clock", .. }));
    assert!(matches!(refuse(|h| h.key = Some("-".into())), P::BadValue { field: "key", .. }));
    assert!(matches!(refuse(|h| h.kind.name = "a b".into()), P::BadValue { field: "kind", .. }));
    let refused = refuse(|h| h.at += chrono::TimeDelta::microseconds(1));
    assert!(matches!(refused, P::BadValue { field: "at", .. }));
    assert!(matches!(refuse(|h| h.attach = vec![Digest::ZERO; 60]), P::TooLong { .. }));
}

#[test]
fn actors_are_made_of_safe_characters() {
    assert_eq!(sanitise_actor("alice", "web-1.example", "/dev/pts/3"), "alice@web-1.example:pts/3");
    assert_eq!(sanitise_actor("bob", "host", ""), "bob@host");
    assert_eq!(sanitise_actor("", " ", "a:b"), "unknown@unknown:a_b");
    assert_eq!(sanitise_actor("dörte k", "h@x\n", "\u{1b}[2J"), "d_rte_k@h_x:__2J");
    assert!(sanitise_actor(&"x".repeat(9000), &"y".repeat(9000), &"z".repeat(9000)).len() < 256);
}

proptest! {
    #[test]
    fn any_header_reads_back_as_itself(
        seq in 1u64.., log in any::<u128>(), id in any::<u128>(), ms in 0i64..253_402_300_799_999,
        name in "[a-z.-]{1,40}", version in 1u16.., clock in "[!-~]{1,40}( [!-~]{1,20}){0,4}",
        actor in "[!-~]{1,120}", key in proptest::option::of("[!-~]{2,80}"),
        prev in any::<[u8; 32]>(), payload in any::<[u8; 32]>(), attach in prop::collection::vec(any::<[u8; 32]>(), 0..8),
    ) {
        let header = Header {
            log: LogId(Uuid::from_u128(log)), seq: Seq(seq), prev: Digest(prev), id: EventId(Uuid::from_u128(id)),
            kind: KindTag { name, version }, at: DateTime::from_timestamp_millis(ms).unwrap(), clock, actor, key,
            payload: Digest(payload), attach: attach.into_iter().map(Digest).collect(),
        };
        let bytes = header.to_bytes().unwrap();
        prop_assert_eq!(Header::parse(&bytes).unwrap(), header);
    }

    #[test]
    fn any_single_changed_byte_is_refused_or_another_header(at in 0usize..600, to in any::<u8>()) {
        let good = header().to_bytes().unwrap();
        let mut bytes = good.clone();
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(read) = Header::parse(&bytes) {
            prop_assert_eq!(read.to_bytes().unwrap(), bytes);
        }
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Header::parse(&bytes);
    }
}

// --- the chain ---------------------------------------------------------------------------------------------

const LOG: u128 = 0x0193_b0c5_2a00_7000_8000_0000_0000_0001;

/// A sound log of `n` events; event 4 redacts the payload of event 2 when there are that many.
fn chain(n: u64) -> Vec<RawEvent> {
    let mut prev = Digest::ZERO;
    (1..=n)
        .map(|seq| {
            let redaction = seq == 4;
            let body = if redaction {
                br#"{"data":{"target":2},"occurred":null}"#.to_vec()
            } else {
                format!("{{\"n\":{seq}}}").into_bytes()
            };
            let salt = [u8::try_from(seq).unwrap(); 32];
            let kind = if redaction { "payload.redacted/1" } else { "entry.noted/1" };
            let header = Header {
                log: LogId(Uuid::from_u128(LOG)),
                seq: Seq(seq),
                prev,
                id: EventId(Uuid::from_u128(u128::from(seq) + 100)),
                kind: kind.parse().unwrap(),
                payload: payload_digest(&salt, &body),
                attach: Vec::new(),
                ..header()
            };
            let bytes = header.to_bytes().unwrap();
            let hash = digest(&bytes);
            let before = std::mem::replace(&mut prev, hash);
            let redacts = redaction.then_some(Seq(2));
            let columns = Some(Columns { seq: header.seq, id: header.id, prev: before, hash, redacts });
            RawEvent { header: bytes, salt: Some(salt.to_vec()), body: Some(body), columns }
        })
        .collect()
}

fn check(change: impl FnOnce(&mut Vec<RawEvent>)) -> (u64, BreakReason) {
    let mut events = chain(8);
    let published: Vec<_> = events.last().unwrap().columns.map(|c| (c.seq, c.hash)).into_iter().collect();
    change(&mut events);
    let report = verify(Some(LogId(Uuid::from_u128(LOG))), events, &published);
    assert_eq!(report.head, None);
    let broken = report.first_broken.expect("the change is found");
    assert!(report.checked < broken.seq.0);
    (broken.seq.0, broken.reason)
}

fn edit_header(event: &mut RawEvent, from: &str, to: &str) {
    let text = String::from_utf8(event.header.clone()).unwrap();
    assert!(text.contains(from));
    event.header = text.replacen(from, to, 1).into_bytes();
    let hash = digest(&event.header);
    if let Some(columns) = &mut event.columns {
        columns.hash = hash;
    }
}

#[test]
fn a_sound_log_verifies_and_names_its_head() {
    let events = chain(8);
    let head = events[7].columns.map(|c| (c.seq, c.hash));
    let report = verify(None, events, &[]);
    assert!(report.is_sound());
    assert_eq!((report.checked, report.redacted.len(), report.head), (8, 0, head));
    let empty = verify(None, [], &[]);
    assert!(empty.is_sound() && empty.head.is_none());
}

#[test]
fn an_erased_payload_verifies_only_when_a_redaction_names_it() {
    let erase = |seq: usize, n| {
        let mut events = chain(n);
        events[seq - 1].salt = None;
        events[seq - 1].body = None;
        verify(None, events, &[])
    };
    let report = erase(2, 8);
    assert!(report.is_sound());
    assert_eq!(report.redacted, [Seq(2)]);
    let missing = |seq| Some(Broken { seq: Seq(seq), reason: BreakReason::PayloadMissing });
    assert_eq!(erase(3, 8).first_broken, missing(3));
    assert_eq!(erase(2, 3).first_broken, missing(2));
    // A break before the redaction does not make what it explains look missing.
    let mut events = chain(8);
    events[1].salt = None;
    events[1].body = None;
    events[2].body = Some(b"{}".to_vec());
    let broken = Broken { seq: Seq(3), reason: BreakReason::PayloadEdited };
    assert_eq!(verify(None, events, &[]).first_broken, Some(broken));
}

#[test]
fn every_kind_of_change_is_named() {
    use BreakReason as R;
    assert_eq!(check(|e| e[4].body = Some(b"{}".to_vec())), (5, R::PayloadEdited));
    assert_eq!(check(|e| e[4].salt = Some(vec![0; 32])), (5, R::PayloadEdited));
    assert_eq!(check(|e| e[4].salt = None), (5, R::PayloadEdited));
    assert_eq!(check(|e| edit_header(&mut e[4], "alice", "mallo")), (6, R::PrevMismatch));
    assert_eq!(check(|e| edit_header(&mut e[7], "alice", "mallo")), (8, R::HeadDiffers));
    assert_eq!(check(|e| drop(e.remove(4))), (6, R::Gap { expected: Seq(5) }));
    assert_eq!(check(|e| e.truncate(6)), (8, R::CutShort { last: Seq(6) }));
    assert_eq!(check(|e| e.swap(4, 5)), (6, R::Gap { expected: Seq(5) }));
    assert_eq!(check(|e| e.insert(5, e[4].clone())), (5, R::Duplicate));
    assert_eq!(check(|e| e[4].columns.as_mut().unwrap().hash = Digest::ZERO), (5, R::ColumnsDiffer));
    assert_eq!(check(|e| e[4].columns.as_mut().unwrap().prev = Digest::ZERO), (5, R::ColumnsDiffer));
    assert_eq!(check(|e| e[4].columns.as_mut().unwrap().redacts = Some(Seq(3))), (5, R::ColumnsDiffer));
    assert_eq!(check(|e| e[3].columns.as_mut().unwrap().redacts = Some(Seq(3))), (4, R::ColumnsDiffer));
    let unreadable = check(|e| e[4].header[3] = b'!');
    assert!(matches!(unreadable, (5, R::HeaderUnreadable(_))));
    let (old, new) = (LogId(Uuid::from_u128(LOG)).to_string(), LogId(Uuid::from_u128(1)).to_string());
    assert_eq!(check(|e| edit_header(&mut e[4], &old, &new)), (5, R::WrongLog));
    let (five, four) = (Uuid::from_u128(105).to_string(), Uuid::from_u128(104).to_string());
    assert_eq!(check(|e| edit_header(&mut e[4], &five, &four)), (5, R::Duplicate));
}

#[test]
fn every_changed_byte_of_a_log_is_found() {
    let sound = chain(6);
    let published = [sound.last().unwrap().columns.map(|c| (c.seq, c.hash)).unwrap()];
    let exported = |mut events: Vec<RawEvent>| {
        events.iter_mut().for_each(|e| e.columns = None);
        verify(None, events, &published)
    };
    assert!(exported(sound.clone()).is_sound());
    for event in 0..sound.len() {
        for at in 0..sound[event].header.len() {
            let mut events = sound.clone();
            events[event].header[at] ^= 1;
            assert!(!exported(events).is_sound(), "header {event} byte {at}");
        }
        for at in 0..sound[event].body.as_ref().unwrap().len() {
            let mut events = sound.clone();
            events[event].body.as_mut().unwrap()[at] ^= 1;
            assert!(!exported(events).is_sound(), "payload {event} byte {at}");
        }
    }
}
