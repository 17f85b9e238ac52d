//! Changes of severity, phase and roles for a moment of the past, and decisions of one.

use super::*;
use crate::domain::event::ClockStepped;
use crate::domain::words::Phase;

fn severity(to: &str) -> Request {
    Request::SetSeverity { to: Some(to.to_owned()), reason: "as we know it now".to_owned() }
}

fn role(role: &str, person: &str) -> Request {
    Request::AssignRole { role: role.to_owned(), person: person.to_owned() }
}

const fn phase(phase: Phase) -> Request {
    Request::EnterPhase { phase }
}

fn ago(room: &Room, minutes: i64, request: Request) -> Asked {
    Asked { request, at: Some((room.now - Span::minutes(minutes), false)) }
}

fn undo(room: &mut Room) {
    let target = room.incident.trail.last_of(&room.by).unwrap().seq;
    room.ask(Request::Undo { target });
}

/// A room of 14:20 in which eve commands at P2, in contain, since 15:00. It is 15:05.
fn later() -> Room {
    let mut room = Room::declared();
    room.wait(Span::minutes(40));
    for request in [role("ic", "eve"), severity("P2"), phase(Phase::Contain)] {
        room.ask(request);
    }
    room.wait(Span::minutes(5));
    room
}

#[test]
fn a_change_for_the_past_does_not_overrule_what_holds_since_later() {
    let mut room = later();
    for (request, words) in [
        (role("ic", "frank"), "eve commands since 15:00 UTC"),
        (severity("P3"), "the severity is P2 since 15:00 UTC"),
        (phase(Phase::Recover), "the phase is contain since 15:00 UTC"),
        (
            Request::ReleaseRole { role: "ic".to_owned(), person: "eve".to_owned() },
            "eve commands since 15:00 UTC",
        ),
    ] {
        let before = room.incident.clone();
        let asked = ago(&room, 30, request.clone());
        let refusal = room.try_ask(asked).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Usage);
        let hint = "write what was before that as a line, or take that back first: undo";
        assert_eq!((refusal.message.as_str(), refusal.hint.as_str()), (words, hint));
        assert_eq!(room.incident, before);
        // For the same moment or a later one, and without a time, it is what is said last.
        let asked = ago(&room, 5, request);
        room.ask(asked);
        undo(&mut room);
    }
    // What never changed has no order, and neither has what the declaration said: one may declare late.
    let asked = ago(&room, 30, role("comms", "dana"));
    room.ask(asked);
    let mut room = Room::declared();
    room.wait(Span::minutes(1));
    for request in [role("ic", "bob"), severity("P2"), phase(Phase::Contain)] {
        let asked = ago(&room, 10, request);
        room.ask(asked);
    }
}

#[test]
fn what_was_taken_back_hinders_no_change_for_the_past() {
    let mut room = later();
    for _ in 0..3 {
        undo(&mut room);
    }
    for request in [role("ic", "frank"), severity("P2"), phase(Phase::Contain)] {
        let asked = ago(&room, 30, request);
        room.ask(asked);
    }
    // What was there before the one that was taken back still does.
    room.ask(severity("P3"));
    undo(&mut room);
    let asked = ago(&room, 31, severity("P1"));
    let refusal = room.try_ask(asked).unwrap_err();
    assert_eq!(refusal.message, "the severity is P2 since 14:35 UTC");
}

#[test]
fn a_role_that_several_may_have_is_looked_at_by_person() {
    let shared = crate::domain::role::BUILT_IN.iter().find(|role| role.many).unwrap().name;
    let mut room = Room::declared();
    room.wait(Span::minutes(40));
    room.ask(role(shared, "bob"));
    room.ask(Request::ReleaseRole { role: shared.to_owned(), person: "bob".to_owned() });
    room.wait(Span::days(1));
    let asked = ago(&room, 24 * 60 + 10, role(shared, "bob"));
    let refusal = room.try_ask(asked).unwrap_err();
    assert_eq!(refusal.message, format!("bob is not {shared} since Fri 2026-11-20 15:00 UTC"));
    let asked = ago(&room, 24 * 60 + 10, role(shared, "carol"));
    room.ask(asked);
}

#[test]
fn the_order_is_that_of_the_clock_of_now() {
    let mut room = later();
    room.wait(Span::minutes(-60));
    room.say(ClockStepped { by_ms: -60 * 60_000 });
    room.wait(Span::minutes(1));
    // It is 14:06; eve took over at what is 14:00 now.
    let asked = ago(&room, 7, role("ic", "frank"));
    assert_eq!(room.try_ask(asked).unwrap_err().message, "eve commands since 14:00 UTC");
    let asked = ago(&room, 5, role("ic", "frank"));
    room.ask(asked);
    // Within a minute the seconds tell.
    let asked = Asked { request: severity("P3"), at: Some((room.now - Span::seconds(361), false)) };
    assert_eq!(room.try_ask(asked).unwrap_err().message, "the severity is P2 since 14:00 UTC");
    room.ask(severity("P3"));
    let asked = Asked { request: severity("P1"), at: Some((room.now - Span::milliseconds(1), false)) };
    room.wait(Span::seconds(30));
    assert_eq!(room.try_ask(asked).unwrap_err().message, "the severity is P3 since 14:06 UTC");
    let asked = Asked { request: severity("P1"), at: Some((room.now - Span::seconds(20), false)) };
    room.ask(asked);
    let asked = Asked { request: severity("P2"), at: Some((room.now - Span::seconds(25), false)) };
    assert_eq!(room.try_ask(asked).unwrap_err().message, "the severity is P1 since 14:06:10 UTC");
}

#[test]
fn a_decision_of_the_past_is_that_of_whoever_commanded_then() {
    let decide = || Request::Decide {
        text: "fail over to eu".to_owned(),
        decided_by: None,
        executor: None,
        check: None,
        objections: vec![],
        tags: vec![],
    };
    let mut room = later();
    let by = |room: &mut Room, asked: Asked| {
        let seq = room.ask(asked)[0];
        room.incident.talk.decisions[&seq].decided_by.clone()
    };
    for (minutes, who) in [(30, "alice"), (5, "eve"), (0, "eve"), (60, "eve")] {
        let asked = ago(&room, minutes, decide());
        assert_eq!(by(&mut room, asked), who, "{minutes} minutes ago");
    }
    assert_eq!(by(&mut room, decide().into()), "eve");
    // Frank never had it, and whoever he had it from never gave it away.
    room.ask(role("ic", "frank"));
    room.wait(Span::minutes(10));
    undo(&mut room);
    room.wait(Span::minutes(10));
    room.ask(role("ic", "grace"));
    for (minutes, who) in [(15, "eve"), (5, "eve"), (0, "grace")] {
        let asked = ago(&room, minutes, decide());
        assert_eq!(by(&mut room, asked), who, "{minutes} minutes ago");
    }
}
