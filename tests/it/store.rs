//! The conformance suite of the event store, run on every implementation, and what only a file can get wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod mirror;
mod sqlite;
mod tamper;
mod wrl1;

use std::sync::Arc;

use chrono::{TimeDelta, TimeZone, Utc as Zone};
use uuid::Uuid;
use warroom::domain::ids::{EventId, IncidentId, LogId, Seq, StoryId};
use warroom::domain::log::{Digest, verify};
use warroom::domain::time::Utc;
use warroom::store::{
    Append, EventStore, LaterStore, MemoryStore, OpenMode, SqliteStore, StoreError, StoryFilter, StoryRow,
    SummaryFilter, SummaryRow, Unsealed,
};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

fn log(n: u128) -> LogId {
    LogId(Uuid::from_u128(0x0193_b0c5_2a00_7000_8000_0000_0000_0000 + n))
}

fn at(minutes: i64) -> Utc {
    Zone.with_ymd_and_hms(2026, 11, 22, 2, 0, 0).unwrap() + TimeDelta::minutes(minutes)
}

fn incident(number: u32) -> IncidentId {
    IncidentId { year: 2026, number }
}

/// An event with the id `n` (unique over all logs of a test).
fn event(n: u128, body: &str) -> Unsealed {
    Unsealed {
        id: EventId(Uuid::from_u128(0x0193_b0c5_2a00_7000_9000_0000_0000_0000 + n)),
        kind: "entry.noted/1".parse().unwrap(),
        at: at(i64::try_from(n % 1_000_000).unwrap()),
        clock: "boot=1a2b3c4d ns=1 sync=1".to_owned(),
        actor: "alice@host:pts/3".to_owned(),
        key: None,
        salt: [u8::try_from(n % 251).unwrap(); 32],
        body: body.as_bytes().to_vec(),
        attach: Vec::new(),
        redacts: None,
    }
}

fn redaction(n: u128, target: u64) -> Unsealed {
    let kind = "payload.redacted/1".parse().unwrap();
    let body = format!("{{\"data\":{{\"target\":{target},\"reason\":\"leaked\"}}}}");
    Unsealed { kind, redacts: Some(Seq(target)), ..event(n, &body) }
}

fn row(log: LogId, number: u32, state: &str) -> SummaryRow {
    SummaryRow {
        log,
        id: incident(number),
        state: state.to_owned(),
        declared_at: at(i64::from(number)),
        updated_at: at(i64::from(number) + 1),
        head: Seq::NONE,
        head_hash: Digest::ZERO,
        body: "{\"title\":\"registry down\"}".to_owned(),
    }
}

fn append(n: u32, expected: u64, events: Vec<Unsealed>) -> Append {
    let log = log(n.into());
    Append { log, expected: Seq(expected), events, summary: row(log, n, "open"), stories: Vec::new() }
}

/// Runs a test on every implementation.
fn on_all<F: Future<Output = ()>>(test: impl Fn(Arc<dyn EventStore>) -> F) {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        test(Arc::new(MemoryStore::default())).await;
        let store = SqliteStore::open(&folder.path().join("warroom.db"), OpenMode::Create).await.unwrap();
        test(Arc::new(store)).await;
        // Once more with the readers open, so that both ways of reading are held to the same.
        let store = SqliteStore::open(&folder.path().join("second.db"), OpenMode::Create).await.unwrap();
        store.warm().await.unwrap();
        test(Arc::new(store)).await;
        // And one that is opened by the first question.
        let third = folder.path().join("third.db");
        let opening = async move { SqliteStore::open(&third, OpenMode::Create).await };
        test(Arc::new(LaterStore::new(opening))).await;
    });
}

#[test]
fn what_is_appended_is_read_back_in_order_and_without_gaps() {
    on_all(|store| async move {
        assert_eq!(store.head(log(1)).await.unwrap(), None);
        let first = store.append(append(1, 0, vec![event(1, "{\"a\":1}"), event(2, "")])).await.unwrap();
        let second = store.append(append(1, 2, vec![event(3, "\u{0}\u{ff}")])).await.unwrap();
        assert_eq!(store.head(log(1)).await.unwrap(), Some((Seq(3), second.head)));

        let all = store.read(log(1), Seq::NONE, 100).await.unwrap();
        assert_eq!(all, [first.events.clone(), second.events.clone()].concat());
        assert_eq!(all.iter().map(|e| e.seq.0).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(all[0].body.as_deref(), Some(b"{\"a\":1}".as_slice()));
        assert_eq!(all[0].actor, "alice@host:pts/3");
        assert_eq!((all[0].at, all[0].kind.to_string().as_str()), (at(1), "entry.noted/1"));
        assert_eq!(store.read(log(1), Seq(1), 1).await.unwrap(), all[1..2]);
        assert_eq!(store.read(log(1), Seq(3), 10).await.unwrap(), []);
        assert_eq!(store.read_last(log(1), 2).await.unwrap(), all[1..]);
        assert_eq!(store.read_last(log(1), 0).await.unwrap(), []);
        assert_eq!(store.read_last(log(2), 5).await.unwrap(), []);

        let report = verify(Some(log(1)), store.read_raw(log(1)).await.unwrap(), &[(Seq(2), first.head)]);
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.head, Some((Seq(3), second.head)));
    });
}

#[test]
fn the_only_incident_in_a_state_comes_with_its_first_events() {
    on_all(|store| async move {
        assert_eq!(store.only("open", 10).await.unwrap(), None);
        let lines = vec![event(1, "one"), event(2, "\u{0} - 7"), redaction(3, 1)];
        store.append(append(1, 0, lines)).await.unwrap();
        store.erase_payload(log(1), Seq(1)).await.unwrap();
        let all = store.read(log(1), Seq::NONE, 10).await.unwrap();
        assert_eq!(all.iter().map(|e| e.body.is_some()).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(store.only("open", 10).await.unwrap(), Some((log(1), all.clone())));
        assert_eq!(store.only("open", 2).await.unwrap(), Some((log(1), all[..2].to_vec())));
        assert_eq!(store.only("closed", 10).await.unwrap(), None);

        let mut other = append(2, 0, vec![event(4, "four")]);
        other.summary.state = "resolved".to_owned();
        store.append(other).await.unwrap();
        assert_eq!(store.only("open", 10).await.unwrap(), Some((log(1), all)));
        assert_eq!(store.only("resolved", 10).await.unwrap().unwrap().0, log(2));
        store.append(append(3, 0, vec![event(5, "five")])).await.unwrap();
        assert_eq!(store.only("open", 10).await.unwrap(), None, "there are two");
    });
}

#[test]
fn a_text_in_any_row_is_found() {
    on_all(|store| async move {
        assert!(!store.has("down").await.unwrap());
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        assert!(store.has("registry down").await.unwrap());
        assert!(!store.has("Registry").await.unwrap() && !store.has("%").await.unwrap());
    });
}

#[test]
fn an_append_from_an_old_head_is_a_conflict_and_stores_nothing() {
    on_all(|store| async move {
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        let conflict =
            |expected, found| Err(StoreError::Conflict { expected: Seq(expected), found: Seq(found) });
        assert_eq!(store.append(append(1, 0, vec![event(2, "two")])).await, conflict(0, 1));
        assert_eq!(store.append(append(1, 2, vec![event(3, "three")])).await, conflict(2, 1));
        let mut rows_only = append(1, 0, vec![]);
        rows_only.expected = Seq(7);
        assert_eq!(store.append(rows_only).await, conflict(7, 1));
        assert_eq!(store.read(log(1), Seq::NONE, 10).await.unwrap().len(), 1);
        store.append(append(1, 1, vec![event(2, "two")])).await.unwrap();
    });
}

#[test]
fn a_retried_append_is_answered_as_stored_and_never_duplicated() {
    on_all(|store| async move {
        let declare = append(1, 0, vec![event(1, "one"), event(2, "two")]);
        let first = store.append(declare.clone()).await.unwrap();
        assert_eq!(store.append(declare.clone()).await.unwrap(), first);
        store.append(append(1, 2, vec![event(3, "three")])).await.unwrap();
        assert_eq!(store.append(declare.clone()).await.unwrap(), first);
        // Decided again from the new head: still the same events.
        assert_eq!(store.append(Append { expected: Seq(3), ..declare }).await.unwrap(), first);
        assert_eq!(store.read(log(1), Seq::NONE, 10).await.unwrap().len(), 3);

        let id = event(2, "").id;
        let taken = Err(StoreError::EventTaken { id });
        assert_eq!(store.append(append(1, 3, vec![event(2, "other")])).await, taken, "other words");
        assert_eq!(store.append(append(2, 0, vec![event(2, "two")])).await, taken, "another log");
        let half = append(1, 3, vec![event(2, "two"), event(4, "four")]);
        assert_eq!(store.append(half).await, taken, "half of it");
        assert_eq!(store.read(log(1), Seq::NONE, 10).await.unwrap().len(), 3);
        assert_eq!(store.log_of(incident(2)).await.unwrap(), None);
    });
}

#[test]
fn an_incident_name_belongs_to_one_log() {
    on_all(|store| async move {
        assert_eq!(store.next_number(2026).await.unwrap(), 1);
        assert_eq!(store.unlisted(3).await.unwrap(), []);
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        let mut second = append(2, 0, vec![event(2, "two")]);
        second.summary.id = incident(1);
        assert_eq!(store.append(second.clone()).await, Err(StoreError::IdTaken { id: incident(1) }));
        assert_eq!(store.head(log(2)).await.unwrap(), None, "nothing of it is stored");
        assert_eq!(store.next_number(2026).await.unwrap(), 2);
        assert_eq!(store.next_number(2027).await.unwrap(), 1);
        second.summary.id = incident(2);
        store.append(second).await.unwrap();
        assert_eq!(store.log_of(incident(1)).await.unwrap(), Some(log(1)));
        assert_eq!(store.log_of(incident(2)).await.unwrap(), Some(log(2)));
        assert_eq!(store.log_of(incident(3)).await.unwrap(), None);
        assert_eq!(store.logs().await.unwrap(), [log(1), log(2)]);
    });
}

#[test]
fn summaries_follow_the_events_and_are_listed_newest_first() {
    on_all(|store| async move {
        for n in 1..=5 {
            let mut declared = append(n, 0, vec![event(n.into(), "declared")]);
            declared.summary.state = if n % 2 == 0 { "open" } else { "closed" }.to_owned();
            store.append(declared).await.unwrap();
        }
        let list = |states: &[&str], limit| {
            let filter = SummaryFilter { states: states.iter().map(|s| (*s).to_owned()).collect(), limit };
            let store = Arc::clone(&store);
            async move {
                store.summaries(filter).await.unwrap().iter().map(|row| row.id.number).collect::<Vec<_>>()
            }
        };
        assert_eq!(list(&[], 10).await, [5, 4, 3, 2, 1]);
        assert_eq!(list(&[], 2).await, [5, 4]);
        assert_eq!(list(&["open"], 10).await, [4, 2]);
        assert_eq!(list(&["closed", "open", "open"], 4).await, [5, 4, 3, 2]);
        assert_eq!(list(&["nothing"], 4).await, [] as [u32; 0]);

        let mut close = append(4, 1, vec![event(40, "closed")]);
        close.summary.state = "closed".to_owned();
        close.summary.updated_at = at(99);
        close.summary.body = "{\"n\":2}".to_owned();
        let closed = store.append(close.clone()).await.unwrap();
        let row = store.summary(incident(4)).await.unwrap().unwrap();
        assert_eq!(row, SummaryRow { head: Seq(2), head_hash: closed.head, ..close.summary.clone() });
        assert_eq!(list(&["open"], 10).await, [2]);

        // Rebuilding: rows without events.
        let rebuilt = SummaryRow { body: "{\"n\":3}".to_owned(), ..close.summary };
        let rows = Append { expected: Seq(2), events: vec![], summary: rebuilt.clone(), ..close };
        assert_eq!(store.append(rows).await.unwrap().head, closed.head);
        let row = store.summary(incident(4)).await.unwrap().unwrap();
        assert_eq!(row, SummaryRow { head: Seq(2), head_hash: closed.head, ..rebuilt });

        // Those that are there, of those that are asked for.
        let asked = vec![incident(4), incident(6)];
        assert_eq!(store.summaries_of(asked).await.unwrap(), std::slice::from_ref(&row));
        assert_eq!(store.summaries_of(Vec::new()).await.unwrap(), []);
        let many = (1..=2_500).map(incident).collect();
        assert_eq!(store.summaries_of(many).await.unwrap().len(), 5);

        // One is found by its number, by its log, and by what it names.
        assert_eq!(store.numbered(4).await.unwrap(), Some((incident(4), row.log)));
        assert_eq!(store.numbered(6).await.unwrap(), None);
        assert_eq!(store.id_of(row.log).await.unwrap(), Some(incident(4)));
        assert_eq!(store.id_of(append(9, 0, vec![]).log).await.unwrap(), None);
        let named = SummaryRow { body: format!("{{\"of\":\"{}\"}}", incident(2)), ..row };
        let rows = append(4, 2, vec![]);
        store.append(Append { summary: named.clone(), ..rows }).await.unwrap();
        assert_eq!(store.naming(incident(2)).await.unwrap(), [named]);
        assert_eq!(store.naming(incident(4)).await.unwrap(), [], "itself is none of them");
        let all = store.summaries(SummaryFilter { states: Vec::new(), limit: 100 }).await.unwrap();
        assert_eq!(store.without("in no row").await.unwrap(), all);
        let named = store.naming(incident(2)).await.unwrap();
        let others = store.without(&incident(2).to_string()).await.unwrap();
        assert!(others.len() < all.len() && named.iter().all(|row| !others.contains(row)));
        assert_eq!(store.append(append(9, 0, vec![])).await, Err(StoreError::Empty));
    });
}

#[test]
fn stories_are_stored_with_the_events_or_not_at_all() {
    on_all(|store| async move {
        let story = |n: u32, s: u32, state: &str, due: Option<&str>| StoryRow {
            id: StoryId { incident: incident(n), number: s },
            state: state.to_owned(),
            due: due.map(str::to_owned),
            body: "{}".to_owned(),
        };
        let mut first = append(1, 0, vec![event(1, "one")]);
        first.stories = vec![story(1, 1, "filed", Some("2026-12-31")), story(1, 2, "filed", None)];
        store.append(first).await.unwrap();
        let mut second = append(2, 0, vec![event(2, "two")]);
        second.stories = vec![story(2, 1, "filed", Some("2026-12-01"))];
        store.append(second).await.unwrap();

        let mut refused = append(1, 9, vec![event(3, "three")]);
        refused.stories = vec![story(1, 3, "filed", None)];
        assert!(matches!(store.append(refused).await, Err(StoreError::Conflict { .. })));
        let mut foreign = append(1, 1, vec![event(3, "three")]);
        foreign.stories = vec![story(2, 1, "dropped", None)];
        assert_eq!(store.append(foreign).await, Err(StoreError::RowOfAnotherLog));
        let mut shipped = append(1, 1, vec![event(3, "three")]);
        shipped.stories = vec![story(1, 1, "shipped", Some("2026-12-31"))];
        store.append(shipped).await.unwrap();

        let list = |filter: StoryFilter| {
            let store = Arc::clone(&store);
            async move {
                let rows = store.stories(filter).await.unwrap();
                rows.iter().map(|row| format!("{} {}", row.id, row.state)).collect::<Vec<_>>()
            }
        };
        let all = ["INC-2026-0002/S1 filed", "INC-2026-0001/S1 shipped", "INC-2026-0001/S2 filed"];
        assert_eq!(list(StoryFilter::default()).await, all);
        let filed = StoryFilter { states: vec!["filed".to_owned()], ..StoryFilter::default() };
        assert_eq!(list(filed.clone()).await, [all[0], all[2]]);
        let due = StoryFilter { due_before: Some("2026-12-31".to_owned()), ..filed };
        assert_eq!(list(due.clone()).await, [all[0]]);
        let tally = store.tally(due).await.unwrap();
        assert_eq!(tally.stories, 1);
        assert_eq!(tally.incidents.values().sum::<u64>(), 2, "{tally:?}");
        assert_eq!(store.tally(StoryFilter::default()).await.unwrap().stories, 3);
        let one = StoryFilter { incident: Some(incident(1)), ..StoryFilter::default() };
        assert_eq!(list(one).await, all[1..]);
    });
}

#[test]
fn a_payload_is_erased_only_when_a_redaction_names_it() {
    on_all(|store| async move {
        store
            .append(append(1, 0, vec![event(1, "one"), event(2, "secret"), event(3, "three")]))
            .await
            .unwrap();
        let refused = Err(StoreError::NotRedacted { seq: Seq(2) });
        assert_eq!(store.erase_payload(log(1), Seq(2)).await, refused);
        let forward = Err(StoreError::BadRedaction { target: Seq(9) });
        assert_eq!(store.append(append(1, 3, vec![redaction(4, 9)])).await, forward);
        let disguised = Unsealed { redacts: Some(Seq(1)), ..event(4, "kind payload.redacted/1") };
        let refused = Err(StoreError::BadRedaction { target: Seq(1) });
        assert_eq!(store.append(append(1, 3, vec![disguised])).await, refused);

        store.append(append(1, 3, vec![redaction(4, 2)])).await.unwrap();
        assert_eq!(store.erase_payload(log(1), Seq(3)).await, Err(StoreError::NotRedacted { seq: Seq(3) }));
        assert_eq!(store.erase_payload(log(1), Seq(2)).await, Ok(true));
        assert_eq!(store.erase_payload(log(1), Seq(2)).await, Ok(false));
        assert_eq!(store.erase_payload(log(7), Seq(2)).await, Ok(false));

        let events = store.read(log(1), Seq::NONE, 10).await.unwrap();
        let bodies: Vec<_> = events.iter().map(|event| event.body.is_some()).collect();
        assert_eq!(bodies, [true, false, true, true]);
        let report = verify(Some(log(1)), store.read_raw(log(1)).await.unwrap(), &[]);
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.redacted, [Seq(2)]);
        // A retry of what was redacted since is still a retry.
        let retry = append(1, 0, vec![event(1, "one"), event(2, "secret"), event(3, "three")]);
        assert_eq!(store.append(retry).await.unwrap().events.len(), 3);
    });
}

#[test]
fn what_cannot_be_stored_is_refused_before_anything_is_touched() {
    on_all(|store| async move {
        let big = vec![b'x'; warroom::store::MAX_BODY_BYTES + 1];
        let refused = store.append(append(1, 0, vec![Unsealed { body: big, ..event(1, "") }])).await;
        assert!(matches!(refused, Err(StoreError::TooLarge { .. })));
        let spaced = Unsealed { actor: "alice smith".to_owned(), ..event(1, "") };
        let refused = store.append(append(1, 0, vec![spaced])).await;
        assert!(matches!(refused, Err(StoreError::Unsealable(_))));
        let mut foreign = append(1, 0, vec![event(1, "")]);
        foreign.summary.log = log(2);
        assert_eq!(store.append(foreign).await, Err(StoreError::RowOfAnotherLog));
        let many = (0..=10_000).map(|n| event(n, "")).collect();
        assert_eq!(store.append(append(1, 0, many)).await, Err(StoreError::TooMany { events: 10_001 }));
        assert_eq!(store.head(log(1)).await.unwrap(), None);
    });
}

#[test]
fn many_events_in_one_append_are_stored_together() {
    on_all(|store| async move {
        let events: Vec<_> = (1..=500).map(|n| event(n, "bulk")).collect();
        let appended = store.append(append(1, 0, events.clone())).await.unwrap();
        assert_eq!(appended.events.len(), 500);
        assert_eq!(store.head(log(1)).await.unwrap(), Some((Seq(500), appended.head)));
        assert_eq!(store.append(append(1, 0, events)).await.unwrap(), appended);
        assert_eq!(store.read(log(1), Seq(100), 3000).await.unwrap().len(), 400);
        // One taken id in the middle undoes all of it.
        let mut more: Vec<_> = (501..=600).map(|n| event(n, "bulk")).collect();
        more[50] = event(7, "bulk");
        assert!(matches!(store.append(append(1, 500, more)).await, Err(StoreError::EventTaken { .. })));
        assert_eq!(store.head(log(1)).await.unwrap(), Some((Seq(500), appended.head)));
    });
}

#[test]
fn a_closed_store_says_so() {
    on_all(|store| async move {
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        store.close().await.unwrap();
        assert_eq!(store.append(append(1, 1, vec![event(2, "two")])).await, Err(StoreError::Closed));
        assert_eq!(store.head(log(1)).await, Err(StoreError::Closed));
    });
}
