//! What is due when an incident was resolved for a while.

use super::*;
use crate::domain::event::ClockStepped;
use crate::domain::request::{Keep, StepPick};

fn resolve(room: &mut Room) {
    room.ask(Request::Resolve { ended_by: String::new() });
}

fn reopen(room: &mut Room) {
    room.ask(Request::Reopen { reason: "it is back".to_owned() });
}

fn tell(room: &mut Room, audience: Audience, next: Option<i64>) {
    let next = next.map(|minutes| When::In(Span::minutes(minutes)));
    room.ask(Request::SendUpdate { audience, text: "looking".to_owned(), next });
}

/// A room in whose tenth minute everything that has a clock runs.
fn busy() -> (Room, Seq) {
    let mut room = Room::declared();
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    room.wait(Span::minutes(6));
    tell(&mut room, Audience::Internal, None);
    tell(&mut room, Audience::Customers, Some(25));
    room.ask(Request::Decide {
        text: "revoke".to_owned(),
        decided_by: None,
        executor: None,
        check: Some(When::In(Span::minutes(15))),
        objections: vec![],
        tags: vec![],
    });
    let ask = room.ask(Request::Ask {
        text: "list builds".to_owned(),
        person: Some("bob".to_owned()),
        time_box: Some(Span::minutes(10)),
        tags: vec![],
    })[0];
    room.ask(Keep::StepDue { step: StepPick::Named("1".to_owned()), due: Some(When::In(Span::minutes(20))) });
    room.wait(Span::minutes(4));
    (room, ask)
}

#[test]
fn what_was_due_when_it_was_resolved_goes_on_by_what_was_left() {
    let (mut room, _) = busy();
    let before = left(&room);
    assert_eq!(before.len(), 7, "{before:?}");
    let warned = |room: &Room| -> Vec<_> {
        let found = clocks(&room.incident, &room.policy, room.now);
        let quiet = found.iter().filter(|c| !matches!(c.key, ClockKey::Update(Audience::Internal)));
        let mut all: Vec<_> =
            quiet.map(|c| (c.key.to_string(), (c.warn_at - room.now).num_seconds())).collect();
        all.sort();
        all
    };
    let (warns, header) = (warned(&room), phase_clock(&room.incident, &room.policy).unwrap());
    resolve(&mut room);
    room.wait(Span::days(2));
    reopen(&mut room);
    assert_eq!(ran_out(&mut room), Vec::<String>::new(), "nothing ran out while it was resolved");
    let mut after = left(&room);
    // Whoever came back is told as at the beginning.
    let update = after.iter_mut().find(|(key, _)| key == "update").unwrap();
    assert_eq!(std::mem::replace(&mut update.1, 26), 30);
    assert_eq!((after, warned(&room)), (before, warns));
    let (end, length) = phase_clock(&room.incident, &room.policy).unwrap();
    assert_eq!((end - header.0, length), (Span::days(2), header.1));
    // It runs out then, and once.
    room.wait(Span::minutes(6));
    assert_eq!(ran_out(&mut room).len(), 2, "the ask and the phase");
    assert_eq!(ran_out(&mut room), Vec::<String>::new());
    // A second time.
    let before = left(&room);
    resolve(&mut room);
    room.wait(Span::minutes(50));
    reopen(&mut room);
    let after = left(&room);
    let moved = |key: &str| {
        let of = |all: &[(String, i64)]| all.iter().find(|(k, _)| k == key).unwrap().1;
        of(&after) - of(&before)
    };
    assert_eq!((moved("resolution"), moved("update:customers"), moved("update")), (0, 0, 6));
    assert_eq!(moved("phase:contain"), -50, "it ran out before");
}

#[test]
fn what_ran_out_before_it_was_resolved_did() {
    let (mut room, ask) = busy();
    room.wait(Span::minutes(7));
    resolve(&mut room);
    room.wait(Span::days(2));
    reopen(&mut room);
    assert_eq!(ran_out(&mut room), ["phase:contain after 15".to_owned(), format!("ask:{ask} after 16")]);
}

#[test]
fn a_deadline_that_was_moved_or_that_an_undo_brings_back_goes_on_as_well() {
    let (mut room, ask) = busy();
    room.ask(moved(room.now + Span::hours(6)));
    room.ask(Keep::Extend { target: ask, by: Span::minutes(30) });
    resolve(&mut room);
    room.wait(Span::days(2));
    // What is said meanwhile has all of its time.
    let late = room.ask(Request::Ask {
        text: "was it that".to_owned(),
        person: Some("carol".to_owned()),
        time_box: Some(Span::minutes(5)),
        tags: vec![],
    })[0];
    room.wait(Span::days(1));
    room.by = "bob".to_owned();
    reopen(&mut room);
    room.by = "alice".to_owned();
    let owed = |room: &Room, key: String| left(room).into_iter().find(|(k, _)| *k == key).unwrap().1;
    assert_eq!(owed(&room, "resolution".to_owned()), 360);
    assert_eq!((owed(&room, format!("ask:{ask}")), owed(&room, format!("ask:{late}"))), (36, 5));
    room.ask(Request::Strike { target: late, reason: "asked in vain".to_owned() });
    for _ in 0..2 {
        undo(&mut room);
    }
    assert!(room.incident.trail.last_of("alice").is_some_and(|trace| trace.refusal().is_some()));
    let mut room = busy().0;
    room.ask(Keep::Extend { target: ask, by: Span::minutes(30) });
    room.by = "bob".to_owned();
    resolve(&mut room);
    room.wait(Span::days(2));
    reopen(&mut room);
    room.by = "alice".to_owned();
    undo(&mut room);
    assert_eq!(owed(&room, format!("ask:{ask}")), 6);
}

#[test]
fn what_was_resolved_in_error_gives_no_time_but_that_for_which_it_was() {
    let (mut room, _) = busy();
    let before = left(&room);
    let target = room.ask(Request::Resolve { ended_by: String::new() })[0];
    room.wait(Span::hours(3));
    room.ask(Request::Undo { target });
    assert_eq!(left(&room), before);
}

#[test]
fn a_clock_that_is_set_back_after_a_rest_gives_no_more_time() {
    let (mut room, _) = busy();
    resolve(&mut room);
    room.wait(Span::days(2));
    reopen(&mut room);
    let before = left(&room);
    room.wait(Span::minutes(-60));
    room.say(ClockStepped { by_ms: -60 * 60_000 });
    assert_eq!(left(&room), before);
}

#[test]
fn a_severity_that_is_given_after_a_rest_counts_as_it_would_without_one() {
    let mut room = untaken(crate::domain::words::IncidentKind::Real, "P4");
    room.wait(Span::hours(2));
    resolve(&mut room);
    room.wait(Span::days(30));
    reopen(&mut room);
    room.wait(Span::minutes(5));
    severity(&mut room, "P1");
    assert_eq!(ran_out(&mut room), Vec::<String>::new());
    let owed = |key: &str, minutes| (key.to_owned(), minutes);
    assert_eq!(left(&room), [owed("resolution", 115), owed("response", 15), owed("update", 25)]);
}

#[test]
fn the_hours_of_a_law_run_on_while_it_is_resolved() {
    let mut room = Room::declared();
    room.ask(Request::SetTarget {
        clock: "update:regulator".to_owned(),
        target: "72h".to_owned(),
        reason: "the law".to_owned(),
    });
    let of = |room: &Room| {
        let found = clocks(&room.incident, &room.policy, room.now);
        found.into_iter().find(|c| c.key == ClockKey::Update(Audience::Regulator)).unwrap()
    };
    let before = of(&room);
    room.wait(Span::hours(1));
    resolve(&mut room);
    room.wait(Span::days(2));
    reopen(&mut room);
    let after = of(&room);
    assert_eq!((after.deadline, after.warn_at), (before.deadline, before.warn_at));
    assert_eq!(after.deadline - room.incident.declared_at, Span::hours(72));
}

#[test]
fn time_that_was_spent_resolved_is_counted_once() {
    let (mut room, _) = busy();
    let before = left(&room);
    let resolved = room.now;
    resolve(&mut room);
    room.wait(Span::hours(5));
    reopen(&mut room);
    // Reopened by mistake: it is resolved again, for when it was; and then it does come back.
    room.wait(Span::minutes(1));
    let again = Request::Resolve { ended_by: String::new() };
    room.ask(Asked { request: again, at: Some((resolved, false)) });
    room.wait(Span::minutes(9));
    reopen(&mut room);
    let mut after = left(&room);
    let update = after.iter_mut().find(|(key, _)| key == "update").unwrap();
    assert_eq!(std::mem::replace(&mut update.1, 26), 30);
    assert_eq!(after, before);
}

#[test]
fn a_time_that_was_agreed_with_a_regulator_stands() {
    let mut room = Room::declared();
    let clock = "update:regulator".to_owned();
    let (target, reason) = ("6h".to_owned(), "the law".to_owned());
    room.ask(Request::SetTarget { clock: clock.clone(), target, reason });
    let of = |room: &Room| {
        let found = clocks(&room.incident, &room.policy, room.now);
        found.into_iter().find(|c| c.key == ClockKey::Update(Audience::Regulator)).unwrap().deadline
    };
    let agreed = [room.now + Span::hours(4), room.now + Span::minutes(270)];
    for until in agreed {
        let (until, reason) = (Some(until), "agreed".to_owned());
        room.ask(Request::AcknowledgeClock { clock: clock.clone(), until, reason });
    }
    room.wait(Span::minutes(20));
    let last = room.incident.trail.last_of(&room.by).unwrap().seq;
    let own = std::mem::replace(&mut room.by, "dana".into());
    resolve(&mut room);
    room.wait(Span::hours(2));
    reopen(&mut room);
    assert_eq!(of(&room), agreed[1]);
    room.by = own;
    room.ask(Request::Undo { target: last });
    assert_eq!(of(&room), agreed[0]);
}
