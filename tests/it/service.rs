//! Use cases over a real store, by two services on one home: conflicts, breaches, all or nothing.

use std::path::Path;

use chrono::TimeDelta;
use warroom::domain::event::Event;
use warroom::domain::ids::{IncidentId, LogId, Seq};
use warroom::domain::request::{Asked, Declaration, Request};
use warroom::domain::time::Utc;
use warroom::domain::words::IncidentKind;
use warroom::service::{By, FailureKind, Service, damage, list_snapshots, repair};
use warroom::shell::clock::Clock;
use warroom::shell::config::Config;
use warroom::shell::environment::Environment;
use warroom::shell::identity::{Identity, IdentitySource};
use warroom::shell::ids::Ids;
use warroom::shell::paths::Home;
use warroom::shell::session::{Opening, Session};

fn now() -> Utc {
    "2026-11-20T14:00:00Z".parse().unwrap()
}

pub(crate) fn session(folder: &Path, person: &str) -> Session {
    Session {
        environment: Environment::default(),
        home: Home::at(&folder.join("home")),
        config: Config::default(),
        clock: Clock::stopped(now()),
        ids: Ids::new().unwrap(),
        identity: Identity {
            person: person.to_owned(),
            source: IdentitySource::Flag,
            user: "unix".to_owned(),
            host: "host".to_owned(),
        },
        throwaway: None,
    }
}

fn note(text: &str) -> Asked {
    Request::Note { text: text.to_owned(), tags: Vec::new(), starred: false }.into()
}

pub(crate) fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
        .block_on(work);
}

/// Two services on one home, and an incident that the first declared.
pub(crate) async fn two(folder: &Path) -> ((Service, By), (Service, By), LogId) {
    let (alice, bob) = (session(folder, "alice"), session(folder, "bob"));
    let first = alice.open(Opening::Write).await.unwrap();
    let declaration = Declaration {
        id: IncidentId { year: 0, number: 0 },
        title: "Web is down".to_owned(),
        kind: IncidentKind::Real,
        severity: Some("P1".to_owned()),
        services: Vec::new(),
        tags: Vec::new(),
        commander: None,
        runbooks: Vec::new(),
    };
    let (_, log, _) = first.declare(&alice.by(), declaration, None).await.unwrap();
    let second = bob.open(Opening::Write).await.unwrap();
    ((first, alice.by()), (second, bob.by()), log)
}

#[test]
fn a_conflict_is_decided_again_and_tells_what_the_other_wrote() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((first, alice), (second, bob), log) = two(folder.path()).await;
        let seen = second.incident(log).await.unwrap().head;
        first.submit(log, &alice, &[note("by alice")], seen).await.unwrap();
        let submitted = second.submit(log, &bob, &[note("by bob")], seen).await.unwrap();
        let by: Vec<&str> = submitted.events.iter().map(|e| e.by.as_str()).collect();
        assert_eq!((by, submitted.own), (vec!["alice", "bob"], 1), "the caller's fold lacks both");
        assert_eq!(submitted.own_events()[0].by, "bob");
        assert_eq!(second.incident(log).await.unwrap(), first.incident(log).await.unwrap());
    });
}

#[test]
fn two_services_that_write_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((first, alice), (second, bob), log) = two(folder.path()).await;
        let before = first.incident(log).await.unwrap().head;
        let writer = |service: Service, by: By, name: &'static str| async move {
            for n in 0..20 {
                service.submit(log, &by, &[note(&format!("{name} {n}"))], Seq::NONE).await.unwrap();
            }
        };
        let one = tokio::spawn(writer(first.clone(), alice, "alice"));
        let other = tokio::spawn(writer(second.clone(), bob, "bob"));
        one.await.unwrap();
        other.await.unwrap();
        let incident = second.incident(log).await.unwrap();
        assert_eq!(incident.head, Seq(before.0 + 40));
        for name in ["alice", "bob"] {
            let texts: Vec<&str> = incident
                .timeline
                .stored()
                .iter()
                .map(|e| e.text.as_str())
                .filter(|t| t.starts_with(name))
                .collect();
            let wanted: Vec<String> = (0..20).map(|n| format!("{name} {n}")).collect();
            assert_eq!(texts, wanted, "each once, in the order in which they were written");
        }
        assert!(first.verify(Some(log), None).await.unwrap().ok);
    });
}

#[test]
fn two_services_declare_under_two_numbers() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((first, alice), (second, bob), _) = two(folder.path()).await;
        let declare = |service: Service, by: By| async move {
            let mut ids = Vec::new();
            for n in 0..5 {
                let declaration = Declaration {
                    id: IncidentId { year: 0, number: 0 },
                    title: format!("Incident {n}"),
                    kind: IncidentKind::Test,
                    severity: None,
                    services: Vec::new(),
                    tags: Vec::new(),
                    commander: None,
                    runbooks: Vec::new(),
                };
                ids.push(service.declare(&by, declaration, None).await.unwrap().0.number);
            }
            ids
        };
        let one = tokio::spawn(declare(first, alice));
        let other = tokio::spawn(declare(second, bob));
        let mut ids = one.await.unwrap();
        ids.extend(other.await.unwrap());
        ids.sort_unstable();
        assert_eq!(ids, (2..=11).collect::<Vec<u32>>(), "no number twice, none left out");
    });
}

#[test]
fn a_breach_is_written_once_by_two_services() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((first, mut alice), (second, mut bob), log) = two(folder.path()).await;
        // Both saw the incident before its clocks ran out.
        second.incident(log).await.unwrap();
        let later = now() + TimeDelta::hours(12);
        alice.stamp.at = later;
        bob.stamp.at = later;
        let one = tokio::spawn(async move { first.record_breaches(log, &alice).await.unwrap() });
        let clone = second.clone();
        let other = tokio::spawn(async move { clone.record_breaches(log, &bob).await.unwrap() });
        let written = one.await.unwrap().len() + other.await.unwrap().len();
        let events = second.events_after(log, Seq::NONE).await.unwrap();
        let mut breaches: Vec<String> = events
            .iter()
            .filter_map(|e| match &e.event {
                Some(Event::ClockBreached(b)) => Some(format!("{} {}", b.clock, b.deadline)),
                _ => None,
            })
            .collect();
        assert!(written > 0 && breaches.len() == written, "{written} told, {breaches:?} stored");
        breaches.sort();
        let count = breaches.len();
        breaches.dedup();
        assert_eq!(breaches.len(), count, "one was written twice");
    });
}

#[test]
fn an_inject_is_written_once_by_two_services() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((first, mut alice), (second, mut bob), _) = two(folder.path()).await;
        let file = first.drill("signing-key-compromised").unwrap();
        let declaration = Declaration {
            id: IncidentId { year: 0, number: 0 },
            title: String::new(),
            kind: IncidentKind::Real,
            severity: None,
            services: Vec::new(),
            tags: Vec::new(),
            commander: None,
            runbooks: Vec::new(),
        };
        let (_, log) = first.run_drill(&alice, &file, "erin".to_owned(), declaration, None).await.unwrap();
        // Both saw the incident before anything was due.
        second.incident(log).await.unwrap();
        alice.stamp.at = now() + TimeDelta::hours(2);
        bob.stamp.at = alice.stamp.at;
        let (one, clone) = (first.clone(), second.clone());
        let one = tokio::spawn(async move { one.record_breaches(log, &alice).await.unwrap() });
        let by = bob.clone();
        let other =
            tokio::spawn(async move { clone.submit(log, &by, &[note("by bob")], Seq::NONE).await.unwrap() });
        one.await.unwrap();
        other.await.unwrap();
        second.record_breaches(log, &bob).await.unwrap();
        let events = second.events_after(log, Seq::NONE).await.unwrap();
        let mut told: Vec<u32> = events
            .iter()
            .filter_map(|e| match &e.event {
                Some(Event::DrillInjected(inject)) => Some(inject.inject),
                _ => None,
            })
            .collect();
        told.sort_unstable();
        assert_eq!(told, (1..=9).collect::<Vec<u32>>(), "each once");
        assert!(first.verify(Some(log), None).await.unwrap().ok);
    });
}

#[test]
fn requests_that_are_submitted_together_are_stored_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((first, alice), _, log) = two(folder.path()).await;
        let before = first.incident(log).await.unwrap();
        let bad = Request::Strike { target: Seq(99), reason: "not there".to_owned() };
        let refused = first.submit(log, &alice, &[note("one"), bad.into()], before.head).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::NotFound);
        assert_eq!(first.events_after(log, before.head).await.unwrap().len(), 0);
        assert_eq!(first.incident(log).await.unwrap(), before, "the fold did not move either");

        // A later one may speak of what an earlier one makes.
        let target = before.head.next();
        let strike = Request::Strike { target, reason: "typed by mistake".to_owned() };
        let submitted = first.submit(log, &alice, &[note("two"), strike.into()], before.head).await.unwrap();
        assert_eq!(submitted.own, 2);
        let incident = first.incident(log).await.unwrap();
        assert!(incident.timeline.get(target).unwrap().struck.is_some());
    });
}

#[test]
fn what_several_people_said_is_stored_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((service, alice), (other, bob), log) = two(folder.path()).await;
        let said = vec![(alice.clone(), note("first")), (bob.clone(), note("second"))];
        let stored = service.record(log, &said).await.unwrap();
        assert_eq!(stored.iter().map(|e| e.by.as_str()).collect::<Vec<_>>(), ["alice", "bob"]);
        // The other service has not seen these; what it records comes behind them.
        other.record(log, &[(bob.clone(), note("third"))]).await.unwrap();

        let bad: Asked = Request::Acknowledge { target: Seq(99), person: None }.into();
        let before = service.incident(log).await.unwrap().head;
        let refused = service.record(log, &[(alice, note("fourth")), (bob, bad)]).await.unwrap_err();
        assert!(refused.message.starts_with("2: "), "{}", refused.message);
        let after = service.incident(log).await.unwrap();
        assert_eq!(after.head, before, "nothing of a refused list is stored");
        assert!(after.timeline.stored().iter().any(|e| e.text == "third"));
    });
}

#[test]
fn snapshots_are_made_each_hour_and_stand_in_for_a_lost_mirror() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let ((alice, by), _, log) = two(folder.path()).await;
        alice.submit(log, &by, &[note("before the snapshot")], Seq(1)).await.unwrap();
        let first = alice.snapshot(now()).await.unwrap().expect("there was none");
        assert_eq!(alice.snapshot(now() + TimeDelta::minutes(59)).await.unwrap(), None);
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&first).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "only its owner reads it");
        for hour in 1..9 {
            // A program that another test starts holds the folder for a moment, before it is another program: a copy
            // that somebody makes just then would do, so it is asked again.
            let mut made = None;
            for _ in 0..10_000 {
                made = alice.snapshot(now() + TimeDelta::hours(hour)).await.unwrap();
                if made.is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            assert!(made.is_some(), "hour {hour}");
        }
        let home = folder.path().join("home");
        let kept = list_snapshots(&home.join("snapshots"));
        assert_eq!(kept.len(), 6);
        assert!(!first.exists(), "the oldest go");
        alice.close().await.unwrap();
        // The mirror is gone and the database is rubbish: the snapshot has what was stored until then.
        std::fs::remove_dir_all(home.join("mirror")).unwrap();
        let database = home.join("warroom.db");
        std::fs::write(&database, vec![b'x'; 20_000]).unwrap();
        assert!(damage(&database).await.unwrap().is_some());
        let done = repair(&database, &home.join("snapshots"), now()).await.unwrap();
        assert!(done.logs == 1 && done.from_copies == done.events && done.lost.is_empty(), "{done:?}");
    });
}
