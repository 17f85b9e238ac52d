mod law;
mod rests;
mod targets;

use super::*;
use crate::domain::audience::Audience;
use crate::domain::incident::tests::Room;
use crate::domain::request::{Asked, Request, When};

fn keys(room: &Room) -> Vec<(String, Pressure)> {
    clocks(&room.incident, &room.policy, room.now)
        .iter()
        .map(|c| (c.key.to_string(), c.pressure(room.now)))
        .collect()
}

#[test]
fn a_new_p1_has_resolution_and_update_clocks() {
    let room = Room::declared();
    let found = clocks(&room.incident, &room.policy, room.now);
    let resolution = found.iter().find(|c| c.key == ClockKey::Resolution).unwrap();
    assert_eq!(resolution.deadline - room.now, Span::hours(4), "P1 resolves within four hours (seed 003)");
    let update = found.iter().find(|c| c.key == ClockKey::Update(Audience::Internal)).unwrap();
    assert_eq!(update.deadline - room.now, Span::minutes(30));
    assert!(!found.iter().any(|c| c.key == ClockKey::Response), "a commander took it");
}

#[test]
fn quiet_then_warning_at_three_quarters_then_breached_first() {
    let mut room = Room::declared();
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    assert_eq!(keys(&room)[0], ("phase:contain".to_owned(), Pressure::Quiet));
    room.wait(Span::seconds(11 * 60 + 15));
    assert_eq!(keys(&room)[0], ("phase:contain".to_owned(), Pressure::Warning));
    room.wait(Span::minutes(4));
    assert_eq!(keys(&room)[0], ("phase:contain".to_owned(), Pressure::Breached));
    assert_eq!(unrecorded_breaches(&room.incident, &room.policy, room.now).len(), 1);
    let (key, deadline) = unrecorded_breaches(&room.incident, &room.policy, room.now)[0];
    room.ask(Request::RecordBreach { clock: key.to_string(), deadline });
    assert!(unrecorded_breaches(&room.incident, &room.policy, room.now).is_empty());
    let line = room.incident.timeline.get(room.incident.head).unwrap();
    assert_eq!(line.occurred_at, deadline, "a breach happened at its deadline");
    assert_eq!(line.text, "time ran out: the budget of contain was used up");
}

#[test]
fn an_update_starts_its_clock_again_and_may_promise_its_own_time() {
    let mut room = Room::declared();
    room.wait(Span::minutes(20));
    let told = |room: &mut Room, audience, next| {
        room.ask(Request::SendUpdate { audience, text: "looking".to_owned(), next })[0]
    };
    told(&mut room, Audience::Customers, Some(When::In(Span::minutes(25))));
    told(&mut room, Audience::Public, None);
    let owed = |room: &Room| -> Vec<(String, i64)> {
        clocks(&room.incident, &room.policy, room.now)
            .iter()
            .filter(|c| matches!(c.key, ClockKey::Update(_)))
            .map(|c| (c.what.clone(), (c.deadline - room.now).num_minutes()))
            .collect()
    };
    let pair = |what: &str, minutes: i64| (what.to_owned(), minutes);
    // A word to customers is none to the team, and the public was promised nothing.
    assert_eq!(owed(&room), [pair("update internal", 10), pair("update customers", 25)]);
    told(&mut room, Audience::Internal, None);
    assert_eq!(owed(&room), [pair("update customers", 25), pair("update internal", 30)]);
    // A later update that promises nothing ends the promise.
    room.wait(Span::minutes(5));
    let last = told(&mut room, Audience::Customers, None);
    assert_eq!(owed(&room), [pair("update internal", 25)]);
    // Crossed out, it never went out.
    room.ask(Request::Strike { target: last, reason: "not sent after all".to_owned() });
    assert_eq!(owed(&room), [pair("update customers", 20), pair("update internal", 25)]);
}

#[test]
fn each_audience_has_a_clock_that_can_be_put_off_and_a_target() {
    let mut room = Room::declared();
    room.ask(Request::SendUpdate {
        audience: Audience::Customers,
        text: "looking".to_owned(),
        next: Some(When::In(Span::minutes(10))),
    });
    let until = room.now + Span::minutes(40);
    room.ask(Request::AcknowledgeClock {
        clock: "update:customers".to_owned(),
        until: Some(until),
        reason: "legal reads it".to_owned(),
    });
    room.ask(Request::SetTarget {
        clock: "update:regulator".to_owned(),
        target: "72h".to_owned(),
        reason: "the law".to_owned(),
    });
    let found = clocks(&room.incident, &room.policy, room.now);
    let of = |audience| found.iter().find(|c| c.key == ClockKey::Update(audience)).unwrap();
    assert_eq!(of(Audience::Customers).deadline, until);
    assert!(of(Audience::Customers).acknowledged);
    assert_eq!(of(Audience::Regulator).deadline - room.incident.declared_at, Span::hours(72));
}

#[test]
fn asks_and_decision_checks_run_until_answered() {
    let mut room = Room::declared();
    let ask = room.ask(Request::Ask {
        text: "list builds".to_owned(),
        person: Some("bob".to_owned()),
        time_box: Some(Span::minutes(3)),
        tags: vec![],
    })[0];
    assert_eq!(clocks(&room.incident, &room.policy, room.now)[0].what, "ask @bob");
    room.wait(Span::minutes(4));
    assert_eq!(keys(&room)[0], (format!("ask:{ask}"), Pressure::Breached));
    room.ask(Request::Answer { target: ask, text: "three".to_owned() });
    assert!(!keys(&room).iter().any(|(k, _)| k.starts_with("ask")));
}

#[test]
fn an_acknowledged_breach_gets_its_new_time() {
    let mut room = Room::declared();
    room.wait(Span::hours(5));
    let until = room.now + Span::hours(2);
    room.ask(Request::AcknowledgeClock {
        clock: "resolution".to_owned(),
        until: Some(until),
        reason: "vendor".to_owned(),
    });
    let found = clocks(&room.incident, &room.policy, room.now);
    let clock = found.iter().find(|c| c.key == ClockKey::Resolution).unwrap();
    assert_eq!((clock.deadline, clock.acknowledged), (until, true));
}

#[test]
fn an_acknowledged_breach_stands_behind_what_is_still_to_come() {
    let mut room = Room::declared();
    let decide = |room: &mut Room| {
        room.ask(Request::Decide {
            text: "fail over".to_owned(),
            decided_by: None,
            executor: None,
            check: Some(When::In(Span::minutes(5))),
            objections: Vec::new(),
            tags: Vec::new(),
        })[0]
    };
    let (seen, unseen) = (decide(&mut room), decide(&mut room));
    room.wait(Span::minutes(10));
    let (clock, reason) = (format!("decision:{seen}"), "we look".to_owned());
    room.ask(Request::AcknowledgeClock { clock: clock.clone(), until: None, reason });
    let order: Vec<String> = keys(&room).into_iter().map(|(key, _)| key).collect();
    assert_eq!(order, [format!("decision:{unseen}").as_str(), "update", "resolution", &clock]);
}

#[test]
fn a_resolved_incident_has_no_clock() {
    let mut room = Room::declared();
    room.ask(Request::Resolve { ended_by: String::new() });
    assert!(clocks(&room.incident, &room.policy, room.now + Span::days(30)).is_empty());
}

#[test]
fn keys_round_trip() {
    for key in
        ["response", "resolution", "update", "update:regulator", "phase:contain", "decision:7", "ask:9"]
    {
        assert_eq!(key.parse::<ClockKey>().unwrap().to_string(), key);
    }
    assert!("phase:panic".parse::<ClockKey>().is_err());
}

fn resolution(room: &Room) -> Clock {
    let found = clocks(&room.incident, &room.policy, room.now);
    found.into_iter().find(|c| c.key == ClockKey::Resolution).unwrap()
}

fn moved(until: Utc) -> Request {
    let reason = "the vendor works on it".to_owned();
    Request::AcknowledgeClock { clock: "resolve".to_owned(), until: Some(until), reason }
}

fn undo(room: &mut Room) {
    let target = room.incident.trail.last_of("alice").unwrap().seq;
    room.ask(Request::Undo { target });
}

#[test]
fn a_moved_deadline_runs_out_a_second_time_and_undo_brings_the_old_one_back() {
    let mut room = Room::declared();
    let first = resolution(&room);
    assert!(!first.moved && !first.acknowledged);
    room.wait(Span::hours(5));
    let until = room.now + Span::hours(2);
    room.ask(moved(until));
    let clock = resolution(&room);
    assert!(clock.moved && clock.acknowledged);
    assert_eq!((clock.deadline, clock.natural), (until, first.deadline));
    assert_eq!(clock.pressure(room.now), Pressure::Quiet);
    let line = room.incident.timeline.get(room.incident.head).unwrap();
    assert!(line.text.starts_with("resolution moved to 20"), "{}", line.text);
    room.ask(moved(until + Span::hours(1)));
    undo(&mut room);
    assert_eq!(resolution(&room).deadline, until, "the snooze before it");
    undo(&mut room);
    let clock = resolution(&room);
    assert_eq!((clock.deadline, clock.moved, clock.acknowledged), (first.deadline, false, false));
    room.ask(moved(until));
    room.wait(Span::hours(3));
    let clock = resolution(&room);
    assert_eq!((clock.pressure(room.now), clock.acknowledged), (Pressure::Breached, false));
}

#[test]
fn clocks_that_do_not_run_are_refused_with_those_that_do() {
    let mut room = Room::declared();
    let ack = |clock: &str, until, reason: &str| Request::AcknowledgeClock {
        clock: clock.to_owned(),
        until,
        reason: reason.to_owned(),
    };
    let hour = Some(room.now + Span::hours(1));
    let mut refused = |request: Request| {
        let refusal = room.try_ask(request).unwrap_err();
        format!("{} {}", refusal.message, refusal.hint)
    };
    assert!(refused(ack("response", hour, "x")).contains("there run update, resolution"));
    assert!(refused(ack("lunch", hour, "x")).contains("is not a clock"));
    assert!(refused(ack("resolution", None, "x")).contains("has not run out"));
    assert!(refused(ack("resolution", hour, " ")).contains("needs a reason"));
    let target = Request::SetTarget { clock: "ask:9".into(), target: "8h".into(), reason: "x".into() };
    assert!(refused(target).contains("no target"));
}

#[test]
fn a_team_says_from_which_share_of_a_target_a_clock_warns() {
    let (from, deadline) = ("2026-11-20T10:00:00Z".parse().unwrap(), "2026-11-20T11:40:00Z".parse().unwrap());
    let mut policy = Policy::new(
        crate::domain::severity::Profile::default(),
        crate::domain::calendar::Calendar::default(),
    );
    let at = |policy: &Policy| warning(policy, from, deadline).format("%H:%M").to_string();
    assert_eq!(at(&policy), "11:15");
    policy.warn_percent = 50;
    assert_eq!(at(&policy), "10:50");
}

#[test]
fn a_word_on_a_clock_counts_from_when_it_was_said() {
    let mut room = Room::declared();
    let deadline = resolution(&room).deadline;
    let seen = Request::AcknowledgeClock {
        clock: "resolution".to_owned(),
        until: None,
        reason: "all are on it".to_owned(),
    };
    room.wait(Span::hours(4) + Span::minutes(10));
    let ago = |room: &Room, minutes| Some((room.now - Span::minutes(minutes), false));
    let mut refused = |at, part: &str| {
        let refusal = room.try_ask(Asked { request: seen.clone(), at }).unwrap_err();
        assert!(refusal.message.contains(part), "{refusal:?}");
    };
    let (early, before) =
        (Some((deadline - Span::minutes(2), false)), Some((deadline - Span::hours(5), false)));
    refused(early, "has not run out at that time");
    refused(before, "runs since");
    let at = ago(&room, 4);
    room.try_ask(Asked { request: seen.clone(), at }).unwrap();
    assert!(resolution(&room).acknowledged);
    let known = &room.incident.clocks["resolution"];
    assert_eq!(known.acknowledged.as_ref().unwrap().at, room.now - Span::minutes(4));
    let refusal = room.try_ask(Asked { request: seen, at: ago(&room, 6) }).unwrap_err();
    assert!(refusal.message.starts_with("alice spoke of the clock resolution at"), "{refusal:?}");
}

/// By how many minutes each running clock is away from running out, and whether its breach is to be told.
fn left(room: &Room) -> Vec<(String, i64)> {
    let found = clocks(&room.incident, &room.policy, room.now);
    let mut left: Vec<_> =
        found.iter().map(|c| (c.key.to_string(), (c.deadline - room.now).num_minutes())).collect();
    left.sort();
    left
}

#[test]
fn a_clock_that_is_set_back_gives_no_clock_more_time() {
    use crate::domain::event::ClockStepped;
    let mut room = Room::declared();
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    let decision = Request::Decide {
        text: "revoke".to_owned(),
        decided_by: None,
        executor: None,
        check: Some(When::In(Span::minutes(15))),
        objections: vec![],
        tags: vec![],
    };
    room.ask(decision);
    let ask = Request::Ask {
        text: "list builds".to_owned(),
        person: Some("bob".to_owned()),
        time_box: Some(Span::minutes(3)),
        tags: vec![],
    };
    room.ask(ask);
    let internal = Audience::Internal;
    room.wait(Span::minutes(1));
    room.ask(Request::SendUpdate { audience: internal, text: "looking".to_owned(), next: None });
    room.wait(Span::minutes(2));
    room.ask(moved(room.now + Span::hours(6)));
    room.wait(Span::minutes(2));
    let breach = unrecorded_breaches(&room.incident, &room.policy, room.now);
    assert_eq!(breach.len(), 1, "the ask ran out");
    room.ask(Request::RecordBreach { clock: breach[0].0.to_string(), deadline: breach[0].1 });
    let (before, ran) = (left(&room), room.incident.ran(room.now));
    let step = |room: &mut Room, minutes: i64| {
        room.wait(Span::minutes(minutes));
        room.say(ClockStepped { by_ms: minutes * 60_000 });
    };
    step(&mut room, -60);
    assert_eq!((left(&room), room.incident.ran(room.now)), (before.clone(), ran));
    assert!(waiting(&room.incident, room.now).iter().all(|line| !line.contains('-')));
    assert!(unrecorded_breaches(&room.incident, &room.policy, room.now).is_empty(), "told once");
    assert!(resolution(&room).acknowledged);
    // An update after the step is the last one, though its time is before that of the other.
    room.wait(Span::minutes(2));
    room.ask(Request::SendUpdate { audience: internal, text: "still looking".to_owned(), next: None });
    let update = |room: &Room| left(room).into_iter().find(|(key, _)| key == "update").unwrap().1;
    assert_eq!(update(&room), 30);
    // Forward and back again: as if nothing had been. What is said in between keeps its time as well.
    let before = left(&room);
    step(&mut room, 60);
    room.ask(Request::SendUpdate { audience: internal, text: "looking on".to_owned(), next: None });
    step(&mut room, -60);
    assert_eq!(left(&room), before, "the update was sent a moment ago, before and after");
    // Time that passed unseen is not given back.
    step(&mut room, 45);
    assert_eq!(update(&room), -15);
}

/// A room that nobody took, of a kind and severity.
fn untaken(kind: crate::domain::words::IncidentKind, severity: &str) -> Room {
    let mut room = Room::empty();
    room.ask(Request::Declare(crate::domain::request::Declaration {
        id: "INC-2026-0042".parse().unwrap(),
        title: "Wrong pages".to_owned(),
        kind,
        severity: Some(severity.to_owned()),
        services: vec![],
        tags: vec![],
        commander: None,
        runbooks: vec![],
    }));
    room
}

fn severity(room: &mut Room, to: &str) {
    room.ask(Request::SetSeverity { to: Some(to.to_owned()), reason: "as we know it now".to_owned() });
}

/// Writes down what ran out, as an open room does, and says what it was.
fn ran_out(room: &mut Room) -> Vec<String> {
    let found = unrecorded_breaches(&room.incident, &room.policy, room.now);
    for (key, deadline) in &found {
        room.ask(Request::RecordBreach { clock: key.to_string(), deadline: *deadline });
    }
    let from = room.incident.declared_at;
    found.iter().map(|(key, at)| format!("{key} after {}", (*at - from).num_minutes())).collect()
}

#[test]
fn an_incident_that_is_written_down_afterwards_has_no_clock() {
    use crate::domain::words::IncidentKind;
    let mut room = untaken(IncidentKind::Backfilled, "P1");
    room.wait(Span::days(30));
    assert!(clocks(&room.incident, &room.policy, room.now).is_empty());
    // A kind that was wrong is corrected both ways.
    let kind = |kind| Request::SetDetails { title: None, services: None, tags: None, kind: Some(kind) };
    room.ask(kind(IncidentKind::Real));
    assert!(!clocks(&room.incident, &room.policy, room.now).is_empty());
    room.ask(kind(IncidentKind::Backfilled));
    assert!(unrecorded_breaches(&room.incident, &room.policy, room.now).is_empty());
}

#[test]
fn a_severity_has_no_rule_for_the_time_before_it_was_given() {
    let mut room = untaken(crate::domain::words::IncidentKind::Real, "P4");
    room.wait(Span::hours(2));
    severity(&mut room, "P1");
    assert_eq!(ran_out(&mut room), Vec::<String>::new(), "it was P4 all the time");
    let all = |room: &Room| left(room);
    let owed = |key: &str, minutes| (key.to_owned(), minutes);
    // Four hours from the detection have not passed yet.
    assert_eq!(all(&room), [owed("resolution", 120), owed("response", 15), owed("update", 30)]);
    room.wait(Span::minutes(31));
    assert_eq!(ran_out(&mut room), ["response after 135", "update after 150"]);
    // Another update is owed as often as the severity says, from the last one on.
    room.ask(Request::SendUpdate { audience: Audience::Internal, text: "looking".to_owned(), next: None });
    assert!(all(&room).contains(&owed("update", 30)));
    // What is ahead of the change counts from where it always did.
    room.wait(Span::minutes(10));
    severity(&mut room, "P2");
    assert!(all(&room).contains(&owed("update", 50)));
    severity(&mut room, "P1");
    assert!(all(&room).contains(&owed("update", 20)));
}

#[test]
fn what_ran_out_before_the_severity_was_raised_runs_out_once() {
    let mut room = untaken(crate::domain::words::IncidentKind::Real, "P2");
    room.wait(Span::minutes(90));
    assert_eq!(ran_out(&mut room), ["response after 60", "update after 60"]);
    severity(&mut room, "P1");
    assert_eq!(ran_out(&mut room), Vec::<String>::new());
    // Nobody took it by the time of the lower one either: it was said already.
    severity(&mut room, "P3");
    room.wait(Span::hours(4));
    assert_eq!(ran_out(&mut room), Vec::<String>::new());
    // A time that somebody gave it is another one.
    let until = room.now + Span::minutes(5);
    let reason = "on the way".to_owned();
    room.ask(Request::AcknowledgeClock { clock: "response".to_owned(), until: Some(until), reason });
    room.wait(Span::minutes(6));
    assert_eq!(ran_out(&mut room), ["response after 335"]);
}

#[test]
fn a_runbook_that_is_attached_late_gives_no_budget_for_the_time_before() {
    let runbook = |name: &str| {
        let text = "---\nphases:\n  contain: 15m\n---\n# Late\n\n## Containment\n\n- Stop it\n".to_owned();
        Request::AttachRunbook(crate::domain::request::RunbookText {
            name: name.into(),
            title: "Late".into(),
            text,
        })
    };
    let end = |room: &Room| {
        let found = clocks(&room.incident, &room.policy, room.now);
        found.iter().find(|c| c.key == ClockKey::Phase(Phase::Contain)).unwrap().deadline
            - room.incident.declared_at
    };
    let mut room = untaken(crate::domain::words::IncidentKind::Real, "P1");
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    room.wait(Span::minutes(20));
    room.ask(runbook("late"));
    room.wait(Span::seconds(10));
    assert!(!ran_out(&mut room).iter().any(|told| told.starts_with("phase")));
    assert_eq!(end(&room), Span::minutes(35));
    assert_eq!(phase_clock(&room.incident, &room.policy).unwrap().1, Span::minutes(15));
    room.wait(Span::minutes(15));
    assert!(ran_out(&mut room).contains(&"phase:contain after 35".to_owned()));
    // Attached while there is time, the phase counts from its start.
    let mut room = untaken(crate::domain::words::IncidentKind::Real, "P1");
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    room.wait(Span::minutes(10));
    room.ask(runbook("soon"));
    assert_eq!(end(&room), Span::minutes(15));
}
