//! Tests of the brief.

use super::*;
use crate::domain::audience::Audience;
use crate::domain::incident::tests::Room;
use crate::domain::request::{Request, When};
use crate::domain::time::Span;
use crate::domain::words::Phase;

fn section(room: &Room, heading: &str) -> Vec<String> {
    let brief = brief(&room.incident, &room.policy, room.now, Tz::UTC);
    brief.sections.into_iter().find(|s| s.heading == heading).unwrap().lines
}

fn decide(room: &mut Room, text: &str, executor: Option<&str>) -> Seq {
    room.ask(Request::Decide {
        text: text.to_owned(),
        decided_by: None,
        executor: executor.map(str::to_owned),
        check: Some(When::In(Span::minutes(10))),
        objections: Vec::new(),
        tags: Vec::new(),
    })[0]
}

#[test]
fn decisions_stand_by_time_with_their_day_and_who_executes() {
    let mut room = Room::declared();
    let first = room.now;
    // Recorded in another order than they were made.
    for (n, hours) in [(1, 1), (2, 2), (3, 3), (4, 0), (5, 4), (6, 5), (7, 6)] {
        room.now = first + Span::hours(hours);
        decide(&mut room, &format!("number {n}"), (n == 7).then_some("carol"));
    }
    assert_eq!(
        section(&room, "Decided"),
        [
            "20:20 number 7 (alice, @carol executes) — to be checked 20:30",
            "19:20 number 6 (alice) — check overdue since 19:30",
            "18:20 number 5 (alice) — check overdue since 18:30",
            "17:20 number 3 (alice) — check overdue since 17:30",
            "16:20 number 2 (alice) — check overdue since 16:30",
            "and 2 more",
        ]
    );
    assert!(section(&room, "Next").contains(&"check decision 4h50m over !: number 1".to_owned()));
    room.wait(Span::hours(20));
    decide(&mut room, "the next day", None);
    let lines = section(&room, "Decided");
    assert_eq!(lines[0], "16:20 the next day (alice) — to be checked 16:30");
    assert_eq!(
        lines[1],
        "2026-11-20 20:20 number 7 (alice, @carol executes) — check overdue since 2026-11-20 20:30"
    );
    let summary = executive(&room.incident, &room.policy, room.now, Tz::UTC);
    let lines = &summary.sections.iter().find(|s| s.heading == "Decided last").unwrap().lines;
    assert_eq!((lines.len(), lines[3].as_str()), (4, "and 5 more"));
    let tokyo = brief(&room.incident, &room.policy, room.now, Tz::named("Asia/Tokyo").unwrap());
    assert!(tokyo.to_text().lines().next().unwrap().ends_with(" · as of 2026-11-22 01:20 JST"), "{tokyo:?}");
    // Nobody waits for it any more.
    room.ask(Request::Resolve { ended_by: String::new() });
    assert_eq!(section(&room, "Decided")[0], "16:20 the next day (alice) — no verdict");
}

#[test]
fn when_it_is_over_the_brief_says_what_ended_it_and_what_the_close_waits_for() {
    use crate::domain::words::DispositionWord;
    let mut room = Room::declared();
    assert!(!brief(&room.incident, &room.policy, room.now, Tz::UTC).to_text().contains("Ended"));
    room.ask(Request::Resolve { ended_by: "key revoked".to_owned() });
    assert_eq!(section(&room, "Ended"), ["resolved 14:20 — key revoked"]);
    let next = section(&room, "Next");
    assert!(next[0].ends_with(" points stand between it and the close"), "{next:?}");
    let conditions = tactical(&room.incident, &room.policy, room.now, Tz::UTC).sections.remove(0).lines;
    assert!(conditions.contains(&"resolved 14:20 — key revoked".to_owned()), "{conditions:?}");
    // A merge says twice that they are one.
    let of = Some("INC-2026-0041".parse().unwrap());
    let (disposition, reason) = (DispositionWord::DuplicateOf, "merged".to_owned());
    room.ask(Request::SetDisposition { disposition, of, reason });
    for (incident, relation) in [("INC-2026-0041", DUPLICATE), ("INC-2026-0040", "related")] {
        room.ask(Request::Relate { incident: incident.to_owned(), relation: relation.to_owned() });
    }
    assert_eq!(section(&room, "Links"), ["duplicate of INC-2026-0041", "related: INC-2026-0040"]);
}

#[test]
fn the_next_update_and_the_resolve_are_named_however_much_else_ran_out() {
    let mut room = Room::declared();
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    for n in 0..6 {
        let (text, time_box) = (format!("look at host {n}"), Some(Span::minutes(5)));
        room.ask(Request::Ask { text, person: Some("bob".into()), time_box, tags: vec![] });
    }
    let next = Some(When::In(Span::minutes(10)));
    room.ask(Request::SendUpdate { audience: Audience::Customers, text: "we look".into(), next });
    room.wait(Span::hours(5));
    let lines = section(&room, "Next");
    for what in ["update internal ", "update customers ", "contain budget ", "resolve "] {
        assert!(lines.iter().any(|l| l.starts_with(what) && l.contains("over !")), "{what}: {lines:?}");
    }
    assert!(!lines.iter().any(|l| l.contains("ask")), "{lines:?}");
    assert_eq!(section(&room, "Open asks").len(), 6);
    // Of the decisions to check some are named, and how many more there are.
    for n in 0..6 {
        decide(&mut room, &format!("stop host {n}"), None);
    }
    let lines = section(&room, "Next");
    assert_eq!(lines.iter().filter(|l| l.starts_with("check decision")).count(), MOST_NEXT);
    assert_eq!(lines.last().map(String::as_str), Some("and 2 more"), "{lines:?}");
    // What is still to come is no less named for what ran out.
    room.wait(Span::minutes(11));
    decide(&mut room, "stop host 6", None);
    let lines = section(&room, "Next");
    assert_eq!(lines.iter().filter(|l| l.starts_with("check decision")).count(), MOST_NEXT);
    assert!(lines.iter().any(|l| *l == "check decision 10m left: stop host 6"), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some("and 3 more"), "{lines:?}");
}

#[test]
fn plain_notes_tell_who_joins_late_where_it_stands() {
    let mut room = Room::declared();
    let lines = |room: &Room| {
        let brief = brief(&room.incident, &room.policy, room.now, Tz::UTC);
        brief.sections.into_iter().find(|s| s.heading == "Latest").map(|s| s.lines).unwrap_or_default()
    };
    assert!(lines(&room).is_empty(), "a heading needs a line");
    for text in
        ["paged", "the key was in a CI variable", "only for the room #privileged", "revoked in all zones"]
    {
        room.wait(Span::minutes(1));
        room.note(text);
    }
    // What another section says is not said twice.
    decide(&mut room, "rebuild all", None);
    assert_eq!(lines(&room), ["14:24 revoked in all zones", "14:22 the key was in a CI variable"]);
    // A milestone and an update of long ago do not get lost.
    let (step, person) = (crate::domain::request::StepPick::Named("1".into()), None);
    let change = crate::domain::request::StepMove::Tick;
    room.ask(Request::MoveStep { step, change, person, reason: String::new() });
    room.wait(Span::minutes(1));
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    let text = format!("\nWe revoked the key{}.\nMore at 16:00.", ", and look on".repeat(5));
    room.ask(Request::SendUpdate { audience: Audience::Customers, text, next: None });
    for n in 0..20 {
        room.note(&format!("looked at host {n}"));
    }
    assert_eq!(
        lines(&room),
        [
            "contained 14:25 (alice), last step before: Disable the key",
            "update to customers 14:25 by alice: We revoked the key, and look on, and look on, and look on, and look \
             on, and look on. …",
            "14:25 looked at host 19",
            "14:25 looked at host 18",
        ]
    );
    let star = |text: &str| Request::Note { text: text.to_owned(), tags: Vec::new(), starred: true };
    for text in ["root cause: the key was in a CI variable\nseen by bob", "second", "third"] {
        room.ask(star(text));
    }
    assert_eq!(lines(&room)[2..], ["★ 14:25 third", "★ 14:25 second"]);
    let struck = room.incident.timeline.shown().find(|e| e.text == "second").unwrap().seq;
    room.ask(Request::Strike { target: struck, reason: "wrong".into() });
    assert_eq!(lines(&room)[3], "★ 14:25 root cause: the key was in a CI variable …");
    // A star hides nothing that was written after it.
    room.wait(Span::minutes(1));
    room.note("errors fall");
    assert_eq!(lines(&room)[2..], ["14:26 errors fall", "★ 14:25 third"]);
    let tactical = tactical(&room.incident, &room.policy, room.now, Tz::UTC);
    assert!(tactical.sections[0].lines.contains(&"★ 14:25 third".to_owned()), "{tactical:?}");
}

#[test]
fn notes_after_the_last_star_stand_in_the_brief() {
    let mut room = Room::declared();
    let star = |text: &str| Request::Note { text: text.to_owned(), tags: Vec::new(), starred: true };
    room.note("before");
    room.ask(star("first call of a customer"));
    assert_eq!(section(&room, "Latest"), ["★ 14:20 first call of a customer"]);
    for text in ["looked at the proxy", "it is the pool", "root cause: the pool is too small"] {
        room.wait(Span::minutes(1));
        room.note(text);
    }
    assert_eq!(
        section(&room, "Latest"),
        [
            "14:23 root cause: the pool is too small",
            "14:22 it is the pool",
            "★ 14:20 first call of a customer"
        ]
    );
    for n in 0..5 {
        room.ask(star(&format!("turn {n}")));
    }
    assert_eq!(section(&room, "Latest"), ["★ 14:23 turn 4", "★ 14:23 turn 3", "★ 14:23 turn 2"]);
    room.wait(Span::minutes(1));
    room.note("all is well");
    let lines = section(&room, "Latest");
    assert_eq!(lines[..2], ["14:24 all is well", "★ 14:23 turn 4"]);
    assert_eq!(lines.len(), MOST_LATEST);
}

/// How many lines it has at most.
const MOST_LATEST: usize = 4;

#[test]
fn a_reopening_stands_in_the_place_of_what_did_not_hold() {
    let mut room = Room::declared();
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    assert!(section(&room, "Latest")[0].starts_with("contained 14:20 (alice)"));
    room.wait(Span::minutes(5));
    room.ask(Request::Resolve { ended_by: "restart".into() });
    room.wait(Span::minutes(5));
    room.ask(Request::Reopen { reason: "came back".into() });
    assert_eq!(section(&room, "Latest")[0], "reopened 14:30 (alice): came back");
    let tactical = tactical(&room.incident, &room.policy, room.now, Tz::UTC);
    assert!(!tactical.sections[0].lines.iter().any(|line| line.starts_with("contained")), "{tactical:?}");
    room.wait(Span::minutes(5));
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    assert!(section(&room, "Latest")[0].starts_with("contained 14:35 (alice)"));
}

#[test]
fn what_was_reached_before_a_reopening_is_told_nowhere_as_if_it_held() {
    let mut room = Room::declared();
    let lead = |room: &Room| {
        let summary = executive(&room.incident, &room.policy, room.now, Tz::UTC);
        summary.sections.into_iter().find(|s| s.heading == "Where it stands").unwrap().lines
    };
    for milestone in [Milestone::Contained, Milestone::Mitigated] {
        room.ask(Request::Mark { milestone, at: None });
    }
    room.ask(Request::EnterPhase { phase: Phase::Eradicate });
    assert_eq!(section(&room, "Ended"), ["mitigated 14:20, not resolved"]);
    assert_eq!(lead(&room), ["Contained", "contained 14:20", "mitigated 14:20"]);
    room.wait(Span::minutes(5));
    room.ask(Request::Resolve { ended_by: "restart".into() });
    room.wait(Span::minutes(5));
    room.ask(Request::Reopen { reason: "came back".into() });
    let whole = brief(&room.incident, &room.policy, room.now, Tz::UTC).to_text();
    assert!(!whole.contains("mitigated") && !whole.contains("contained"), "{whole}");
    assert_eq!(lead(&room), ["Investigating", "reopened 14:30 (alice): came back"]);
    room.wait(Span::minutes(5));
    room.ask(Request::EnterPhase { phase: Phase::Recover });
    room.ask(Request::Mark { milestone: Milestone::Mitigated, at: None });
    assert_eq!(section(&room, "Ended"), ["mitigated 14:35, not resolved"]);
    assert_eq!(lead(&room)[..2], ["Recovering", "mitigated 14:35"]);
    // Once it is over, what was marked stands as it was marked.
    room.ask(Request::Resolve { ended_by: "restart".into() });
    assert!(lead(&room).contains(&"contained 14:20".to_owned()), "{:?}", lead(&room));
}

#[test]
fn why_something_was_judged_or_moved_is_told_with_who_said_so() {
    let mut room = Room::declared();
    let decision = decide(&mut room, "fail over to eu", None);
    let give = |reason: &str| {
        let reason = reason.to_owned();
        Request::GiveVerdict { target: decision, verdict: crate::domain::words::Verdict::Reversed, reason }
    };
    room.ask(give(""));
    assert_eq!(section(&room, "Decided"), ["14:20 fail over to eu (alice) — reversed"]);
    room.ask(give("eu had the same key"));
    assert_eq!(section(&room, "Decided"), ["14:20 fail over to eu (alice) — reversed: eu had the same key"]);
    room.ask(give("counsel says so #privileged"));
    assert_eq!(section(&room, "Decided"), ["14:20 fail over to eu (alice) — reversed"]);
    let target = room.ask(Request::Propose { text: "key was in a CI variable".into(), tags: vec![] })[0];
    let (state, why) = (HypothesisState::Supported, "the log has it".to_owned());
    room.ask(Request::SetHypothesis { target, state, why, person: None });
    let suspected = ["supported: key was in a CI variable — the log has it (alice, 14:20)"];
    assert_eq!(section(&room, "Suspected"), suspected);
    let slow = |target: &str| Request::SetTarget {
        clock: "resolution".to_owned(),
        target: target.to_owned(),
        reason: "vendor is slow".to_owned(),
    };
    room.ask(slow("8h"));
    let next = |room: &Room, what: &str| {
        section(room, "Next").into_iter().find(|line| line.starts_with(what)).unwrap_or_default()
    };
    assert_eq!(next(&room, "resolve"), "resolve 8h left (moved by alice: vendor is slow)");
    room.wait(Span::hours(3));
    let clock = "update:internal".to_owned();
    room.ask(Request::AcknowledgeClock { clock, until: None, reason: "the phone has it".to_owned() });
    let update = next(&room, "update internal");
    assert!(update.ends_with("over ! (acknowledged by alice: the phone has it)"), "{update}");
}

#[test]
fn a_phase_that_was_set_back_stands_in_the_place_of_what_did_not_hold() {
    let mut room = Room::declared();
    let enter = |room: &mut Room, phase| {
        room.wait(Span::minutes(5));
        room.ask(Request::EnterPhase { phase });
    };
    let latest = |room: &Room| section(room, "Latest")[0].clone();
    enter(&mut room, Phase::Contain);
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    assert!(latest(&room).starts_with("contained 14:25 (alice)"));
    // The phase that follows is none that was set back, and neither is one that was entered in error.
    enter(&mut room, Phase::Eradicate);
    let target = room.incident.trail.last_of("alice").unwrap().seq;
    room.ask(Request::Undo { target });
    assert!(latest(&room).starts_with("contained 14:25 (alice)"), "{}", latest(&room));
    enter(&mut room, Phase::Recover);
    enter(&mut room, Phase::Eradicate);
    assert!(
        latest(&room).starts_with("contained 14:25 (alice)"),
        "the harm does not grow: {}",
        latest(&room)
    );
    enter(&mut room, Phase::Contain);
    assert_eq!(latest(&room), "set back to phase contain 14:45 (alice)");
    enter(&mut room, Phase::Detect);
    enter(&mut room, Phase::Contain);
    assert_eq!(
        latest(&room),
        "set back to phase contain 14:45 (alice)",
        "that it did not hold is known since then"
    );
    room.wait(Span::minutes(5));
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    assert!(latest(&room).starts_with("contained 15:00 (alice)"), "{}", latest(&room));
}

#[test]
fn a_long_update_is_told_in_whole_words() {
    let mut room = Room::declared();
    for words in [10, 100] {
        let text = "depleted ".repeat(words);
        room.ask(Request::SendUpdate { audience: Audience::Customers, text, next: None });
        let line = section(&room, "Latest").remove(0);
        let told = line.strip_prefix("update to customers 14:20 by alice: ").unwrap();
        assert!(told.split(' ').all(|word| word == "depleted" || word == "…"), "{line}");
        assert_eq!(told.ends_with(" …"), words == 100, "{line}");
        assert!(line.len() > 80 && line.chars().count() < 310, "{line}");
    }
}

#[test]
fn half_an_indicator_does_not_leave_the_room_at_the_end_of_a_cut_line() {
    use crate::domain::ioc::Tlp;
    use crate::domain::request::{Keep, NewIoc};
    let mut room = Room::declared();
    let value = "198.51.100.7".to_owned();
    room.ask(Keep::AddIoc(NewIoc { value, tlp: Some(Tlp::Red), ..NewIoc::default() }));
    for pad in (40..70).chain(270..310) {
        room.note(&format!("{}198.51.100.7 again", "x ".repeat(pad / 2)));
        let text = brief(&room.incident, &room.policy, room.now, Tz::UTC).to_text();
        assert!(!text.contains("198"), "{text}");
    }
}
