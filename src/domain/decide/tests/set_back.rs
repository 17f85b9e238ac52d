//! Undoing when the clock of the host was set back between the action and its undoing.

use super::*;
use crate::domain::event::ClockStepped;
use crate::domain::request::Keep;

fn undo(room: &mut Room) {
    let target = room.incident.trail.last_of(&room.by).unwrap().seq;
    room.ask(Request::Undo { target });
}

fn set_back(room: &mut Room, minutes: i64) {
    room.wait(Span::minutes(-minutes));
    room.say(ClockStepped { by_ms: -minutes * 60_000 });
}

#[test]
fn a_time_that_stood_in_the_log_is_brought_back_though_the_clock_has_not_come_to_it_again() {
    let mut room = Room::declared();
    room.wait(Span::minutes(10));
    let seq = room.note("on-call paged");
    let said = room.now;
    let mark =
        |at| Request::Mark { milestone: crate::domain::words::Milestone::Mitigated, at: Some((at, false)) };
    room.ask(mark(said));
    room.ask(mark(said - Span::minutes(1)));
    set_back(&mut room, 5);
    let amend =
        Request::Amend { target: seq, text: None, at: Some((said - Span::minutes(7), false)), seen: None };
    room.ask(amend);
    undo(&mut room);
    assert_eq!(room.incident.timeline.get(seq).unwrap().occurred_at, said);
    undo(&mut room);
    assert_eq!(room.incident.milestone(crate::domain::words::Milestone::Mitigated), Some(said));
    // Somebody who types a time ahead is still asked for the one at which it happened.
    assert_eq!(refused(&mut room, mark(said)).0, RefusalKind::Usage);
}

#[test]
fn the_last_action_is_the_last_that_was_stored_whatever_the_clock_said() {
    let mut room = Room::declared();
    room.wait(Span::minutes(10));
    let first = room.note("before the step");
    set_back(&mut room, 60);
    let second = room.note("after the step");
    undo(&mut room);
    let struck = |room: &Room, seq| room.incident.timeline.get(seq).unwrap().struck.is_some();
    assert_eq!((struck(&room, first), struck(&room, second)), (false, true));
    undo(&mut room);
    assert!(struck(&room, first));
}

#[test]
fn a_deadline_that_an_undo_brings_back_has_moved_with_the_clock() {
    let mut room = Room::declared();
    let ask = Request::Ask {
        text: "list builds".into(),
        person: Some("bob".into()),
        time_box: Some(Span::minutes(3)),
        tags: vec![],
    };
    let ask = room.ask(ask)[0];
    room.wait(Span::minutes(1));
    room.ask(Keep::Extend { target: ask, by: Span::minutes(5) });
    set_back(&mut room, 60);
    undo(&mut room);
    assert_eq!(room.incident.talk.asks[&ask].due_at, Some(room.now + Span::minutes(2)));

    let reason = || "waiting for the vendor".to_owned();
    let to = |until| Request::AcknowledgeClock {
        clock: "resolution".into(),
        until: Some(until),
        reason: reason(),
    };
    let first = to(room.now + Span::hours(5));
    room.ask(first);
    let second = to(room.now + Span::hours(9));
    room.ask(second);
    set_back(&mut room, 30);
    undo(&mut room);
    let until = room.incident.clocks["resolution"].acknowledged.as_ref().unwrap().until;
    assert_eq!(until, Some(room.now + Span::hours(5)));
}
