mod tables;

use super::*;
use crate::domain::audience::Audience;
use crate::domain::event::{Redacted, Starred};
use crate::domain::words::{Phase, ScopeState, StepState, Verdict};

/// Alice's last action and whether she may take it back, after others did theirs.
fn undo(room: &mut Room) -> Result<(), (RefusalKind, String)> {
    room.by = "alice".to_owned();
    let target = room.incident.trail.last_of("alice").unwrap().seq;
    room.try_ask(Request::Undo { target }).map(drop).map_err(|r| (r.kind, r.to_string()))
}

fn as_bob(room: &mut Room, request: impl Into<Request>) {
    room.by = "bob".to_owned();
    room.ask(request.into());
    room.by = "alice".to_owned();
}

fn step(change: StepMove, reason: &str) -> Request {
    let step = StepPick::Named("1".to_owned());
    Request::MoveStep { step, change, person: None, reason: reason.to_owned() }
}

fn severity(to: &str) -> Request {
    Request::SetSeverity { to: Some(to.to_owned()), reason: "so it is".to_owned() }
}

fn role(person: &str) -> Request {
    Request::AssignRole { role: "comms".to_owned(), person: person.to_owned() }
}

fn scope(asset: &str, state: ScopeState) -> Request {
    Request::SetScope { assets: vec![asset.to_owned()], state }
}

#[test]
fn what_others_did_since_is_not_undone_with_the_own_action() {
    let ask = Request::Ask { text: "look".to_owned(), person: None, time_box: None, tags: vec![] };
    let draft = Request::DraftUpdate { audience: Audience::Internal, text: "we look".to_owned(), next: None };
    for (alice, bob, what) in [
        (
            severity("P3"),
            severity("P2"),
            "severity P3 cannot be taken back: bob acted on it since (severity P2)",
        ),
        (
            Request::EnterPhase { phase: Phase::Contain },
            Request::EnterPhase { phase: Phase::Recover },
            "bob acted on it since (phase recover)",
        ),
        (role("dana"), role("fay"), "bob acted on it since (comms from dana to fay)"),
        (
            step(StepMove::Tick, ""),
            step(StepMove::Block, "no rights"),
            "bob acted on it since (blocking a step)",
        ),
        (
            Request::Resolve { ended_by: String::new() },
            Request::Close { waive: Some("drill over".to_owned()) },
            "resolving cannot be taken back: bob acted on it since (closing)",
        ),
        (scope("api", ScopeState::Affected), scope("api", ScopeState::Fixed), "bob acted on it since (scope"),
        (ask, Request::Acknowledge { target: Seq(4), person: None }, "(an acknowledgement)"),
        (draft, Request::MarkSent { target: Seq(4), next: None }, "(an update that went out)"),
    ] {
        let mut room = Room::declared();
        assert_eq!(room.incident.head, Seq(3));
        room.ask(alice);
        as_bob(&mut room, bob);
        let before = room.incident.clone();
        let (kind, text) = undo(&mut room).unwrap_err();
        assert_eq!(kind, RefusalKind::Conflict, "{text}");
        assert!(text.contains(what), "{text}");
        assert_eq!(room.incident, before);
    }
}

#[test]
fn what_others_did_to_something_else_does_not_hinder_an_undo() {
    let mut room = Room::declared();
    let line = room.note("one");
    let other = StepPick::Named("2".to_owned());
    room.ask(step(StepMove::Tick, ""));
    as_bob(&mut room, severity("P2"));
    as_bob(
        &mut room,
        Request::MoveStep { step: other, change: StepMove::Tick, person: None, reason: String::new() },
    );
    as_bob(&mut room, Request::Star { target: line, starred: true });
    undo(&mut room).unwrap();
    assert_eq!(room.incident.checklist.numbered(1).unwrap().state, StepState::Todo);
    undo(&mut room).unwrap();
    assert!(room.incident.timeline.get(line).unwrap().struck.is_some());
}

#[test]
fn a_runbook_on_which_others_work_is_not_taken_away_by_an_undo() {
    let mut room = Room::declared();
    as_bob(&mut room, step(StepMove::Tick, ""));
    let (kind, text) = undo(&mut room).unwrap_err();
    assert_eq!(kind, RefusalKind::Conflict, "{text}");
    assert!(text.contains("the runbook \"Key\" cannot be taken back"), "{text}");
}

#[test]
fn what_another_one_took_back_hinders_no_undo() {
    let mut room = Room::declared();
    room.ask(severity("P3"));
    as_bob(&mut room, severity("P2"));
    let target = room.incident.trail.last_of("bob").unwrap().seq;
    as_bob(&mut room, Request::Undo { target });
    undo(&mut room).unwrap();
    assert_eq!(room.incident.severity.as_deref(), Some("P1"));

    // Many things at once are taken back at once.
    let many = |state| Request::SetScope { assets: vec!["api".to_owned(), "web".to_owned()], state };
    room.ask(many(ScopeState::Affected));
    as_bob(&mut room, many(ScopeState::Fixed));
    assert!(undo(&mut room).is_err());
    let target = room.incident.trail.last_of("bob").unwrap().seq;
    as_bob(&mut room, Request::Undo { target });
    undo(&mut room).unwrap();
    assert!(room.incident.record.scope.is_empty());
}

#[test]
fn erased_words_do_not_stay_in_what_hinders_an_undo() {
    let mut room = Room::declared();
    let code_name = |name: &str| Request::SetCodeName { code_name: name.to_owned() };
    room.ask(code_name("north"));
    as_bob(&mut room, code_name("swordfish"));
    assert!(undo(&mut room).unwrap_err().1.contains("swordfish"));
    let target = room.incident.head;
    room.by = "bob".to_owned();
    room.say(Redacted { target, reason: "it says too much".to_owned() });
    assert!(!format!("{:?}", room.incident.trail).contains("swordfish"));
    undo(&mut room).unwrap();
}

#[test]
fn an_undo_of_an_older_program_that_went_too_far_is_not_undone_by_the_other() {
    let mut room = Room::declared();
    room.by = "bob".to_owned();
    let line = room.note("one");
    room.ask(Request::Star { target: line, starred: true });
    let star = room.incident.head;
    room.by = "alice".to_owned();
    room.ask(Request::Star { target: line, starred: false });
    room.by = "bob".to_owned();
    room.undoing(Starred { target: line, starred: true }, star);
    let (_, text) = undo(&mut room).unwrap_err();
    assert!(text.contains("bob acted on it since (an undo)"), "{text}");
}

#[test]
fn an_undo_names_the_line_or_the_step_as_it_reads_now() {
    let mut room = Room::declared();
    let named = |room: &Room| room.incident.trail.last_of("alice").unwrap().named(&room.incident);
    let line = room.note("the pager rang");
    assert_eq!(named(&room), "the line \"the pager rang\"");
    room.ask(Request::Star { target: line, starred: true });
    assert_eq!(named(&room), "a star: \"the pager rang\"");
    let text = Some("the pager rang twice".to_owned());
    room.ask(Request::Amend { target: line, text, at: None, seen: None });
    assert_eq!(named(&room), "the change of a line: \"the pager rang twice\"");
    room.ask(Request::Strike { target: line, reason: "wrong".to_owned() });
    assert_eq!(named(&room), "crossing out a line: \"the pager rang twice\"");
    room.ask(step(StepMove::Tick, ""));
    assert_eq!(named(&room), "ticking a step: \"Disable the key\"");
    room.ask(Request::Star { target: line, starred: false });
    // Somebody else erases it.
    room.by = "bob".to_owned();
    room.say(Redacted { target: line, reason: "a secret".to_owned() });
    assert!(!named(&room).contains("pager"), "{}", named(&room));
}

#[test]
fn two_changes_of_one_line_are_undone_one_after_the_other() {
    let mut room = Room::declared();
    room.by = "alice".to_owned();
    let line = room.note("second");
    let amend =
        |text: &str| Request::Amend { target: line, text: Some(text.to_owned()), at: None, seen: None };
    let words = |room: &Room| room.incident.timeline.get(line).unwrap().text.clone();
    room.ask(amend("a"));
    room.ask(amend("b"));
    for before in ["a", "second"] {
        undo(&mut room).unwrap();
        assert_eq!(words(&room), before);
    }
    // What somebody else made of it is guarded by the trail.
    room.ask(amend("c"));
    as_bob(&mut room, amend("d"));
    let (kind, text) = undo(&mut room).unwrap_err();
    assert!(kind == RefusalKind::Conflict && text.contains("bob acted on it since"), "{text}");
    assert_eq!(words(&room), "d");
}

fn decide_and_ask(room: &mut Room) -> (Seq, Seq) {
    let check = Some(crate::domain::request::When::In(Span::minutes(15)));
    room.ask(Request::Decide {
        text: "fail over".to_owned(),
        decided_by: None,
        executor: None,
        check,
        objections: vec![],
        tags: vec![],
    });
    let decision = room.incident.head;
    let (person, time_box) = (Some("bob".to_owned()), Some(Span::minutes(10)));
    room.ask(Request::Ask { text: "count the images".to_owned(), person, time_box, tags: vec![] });
    (decision, room.incident.head)
}

fn verdict(target: Seq, verdict: Verdict, reason: &str) -> Request {
    Request::GiveVerdict { target, verdict, reason: reason.to_owned() }
}

#[test]
fn a_verdict_and_an_answer_on_the_wrong_line_are_taken_back_and_the_clocks_run_again() {
    let mut room = Room::declared();
    let (decision, ask) = decide_and_ask(&mut room);
    let talk = room.incident.talk.clone();
    let clocks = |room: &Room| {
        let running = crate::domain::clocks::clocks(&room.incident, &room.policy, room.now);
        running.into_iter().map(|c| (c.key, c.deadline)).collect::<Vec<_>>()
    };
    let before = clocks(&room);
    room.ask(verdict(decision, Verdict::Held, ""));
    room.ask(Request::Answer { target: ask, text: "212".to_owned() });
    assert!(clocks(&room).len() + 2 == before.len());
    let answer = room.incident.trail.last_of("alice").unwrap();
    assert_eq!(answer.named(&room.incident), "the answer \"212\": \"count the images\"");
    undo(&mut room).unwrap();
    undo(&mut room).unwrap();
    assert_eq!((&room.incident.talk, clocks(&room)), (&talk, before));
    let lines: Vec<&str> = room.incident.timeline.stored().iter().rev().map(|e| e.text.as_str()).collect();
    assert!(lines.contains(&"verdict taken back: fail over"), "{lines:?}");
    assert!(lines.contains(&"answer taken back: @bob count the images"), "{lines:?}");

    // Where there was one before, that one is given again.
    room.ask(verdict(decision, Verdict::Held, "no errors for ten minutes"));
    room.ask(verdict(decision, Verdict::Reversed, "wrong row"));
    room.ask(Request::Answer { target: ask, text: "212".to_owned() });
    room.ask(Request::Answer { target: ask, text: "none".to_owned() });
    undo(&mut room).unwrap();
    assert_eq!(room.incident.talk.asks[&ask].answer.as_ref().unwrap().text, "212");
    undo(&mut room).unwrap();
    undo(&mut room).unwrap();
    let now = room.incident.talk.decisions[&decision].verdict.as_ref().unwrap();
    assert_eq!((now.verdict, now.reason.as_str()), (Verdict::Held, "no errors for ten minutes"));
    undo(&mut room).unwrap();
    assert_eq!(room.incident.talk, talk);
}

#[test]
fn what_another_one_said_comes_back_under_that_name() {
    let mut room = Room::declared();
    let (decision, ask) = decide_and_ask(&mut room);
    let answer = |text: &str| Request::Answer { target: ask, text: text.to_owned() };
    as_bob(&mut room, verdict(decision, Verdict::Held, "the graph"));
    as_bob(&mut room, answer("212"));
    room.ask(verdict(decision, Verdict::Reversed, "wrong row"));
    room.ask(answer("none"));
    undo(&mut room).unwrap();
    undo(&mut room).unwrap();
    let given = room.incident.talk.decisions[&decision].verdict.clone().unwrap();
    assert_eq!(
        (given.verdict, given.reason.as_str(), given.by.as_str()),
        (Verdict::Held, "the graph", "bob")
    );
    let said = room.incident.talk.asks[&ask].answer.clone().unwrap();
    assert_eq!((said.text.as_str(), said.by.as_str()), ("212", "bob"));
    let lines: Vec<&str> = room.incident.timeline.stored().iter().map(|e| e.text.as_str()).collect();
    assert!(lines.contains(&"held by bob: fail over · the graph"), "{lines:?}");
    assert!(lines.contains(&"@bob count the images → bob: 212"), "{lines:?}");
    // Erased by who undid, they are still of who said them.
    room.ask(Request::Redact { target: said.seq, reason: "a password".to_owned() });
    assert_eq!(room.incident.talk.asks[&ask].answer.as_ref().unwrap().by, "bob");
}

#[test]
fn the_judgement_the_deadline_and_the_target_of_another_come_back_with_reason_and_name() {
    let mut room = Room::declared();
    let target = room.ask(Request::Propose { text: "cache cold".to_owned(), tags: vec![] })[0];
    let judge =
        |state, why: &str| Request::SetHypothesis { target, state, why: why.to_owned(), person: None };
    let clock = || "update".to_owned();
    let moved = |room: &Room, minutes, reason: &str| Request::AcknowledgeClock {
        clock: clock(),
        until: Some(room.now + Span::minutes(minutes)),
        reason: reason.to_owned(),
    };
    let own = |target: &str, reason: &str| Request::SetTarget {
        clock: "resolution".to_owned(),
        target: target.to_owned(),
        reason: reason.to_owned(),
    };
    as_bob(&mut room, judge(HypothesisState::RuledOut, "hit rate is fine"));
    let until = moved(&room, 40, "legal said so");
    as_bob(&mut room, until);
    as_bob(&mut room, own("8h", "vendor is slow"));
    room.ask(judge(HypothesisState::Supported, "typo"));
    let until = moved(&room, 50, "typo");
    room.ask(until);
    room.ask(own("9h", "typo"));
    for _ in 0..3 {
        undo(&mut room).unwrap();
    }
    let now = &room.incident.talk.hypotheses[&target].now;
    assert_eq!(
        (now.state, now.why.as_str(), now.by.as_str()),
        (HypothesisState::RuledOut, "hit rate is fine", "bob")
    );
    let ack = room.incident.clocks[&clock()].acknowledged.as_ref().unwrap();
    assert_eq!((ack.reason.as_str(), ack.by.as_str()), ("legal said so", "bob"));
    let own = &room.incident.targets["resolution"];
    assert_eq!((own.target.as_str(), own.reason.as_str(), own.by.as_str()), ("8h", "vendor is slow", "bob"));
}

#[test]
fn erased_words_of_a_verdict_an_answer_or_a_judgement_come_back_by_no_undo() {
    for current in [true, false] {
        let mut room = Room::declared();
        let (decision, ask) = decide_and_ask(&mut room);
        let guess = room.ask(Request::Propose { text: "it is DNS".to_owned(), tags: vec![] })[0];
        let judge = |why: &str| Request::SetHypothesis {
            target: guess,
            state: HypothesisState::Supported,
            why: why.to_owned(),
            person: None,
        };
        for request in [
            verdict(decision, Verdict::Held, "hunter2"),
            Request::Answer { target: ask, text: "hunter2".to_owned() },
            judge("hunter2"),
        ] {
            let again = match &request {
                Request::SetHypothesis { .. } => judge(""),
                Request::Answer { .. } => Request::Answer { target: ask, text: "none".to_owned() },
                _ => verdict(decision, Verdict::NoEffect, ""),
            };
            room.ask(request);
            let secret = room.incident.head;
            if !current {
                room.ask(again);
            }
            room.ask(Request::Redact { target: secret, reason: "a password".to_owned() });
            while room.incident.trail.last_of("alice").is_some_and(|t| t.seq > secret) {
                if undo(&mut room).is_err() {
                    break;
                }
            }
            let said = format!("{:?}{:?}", room.incident.talk, room.incident.trail);
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

#[test]
fn a_time_box_that_runs_again_has_moved_with_the_clock() {
    let mut room = Room::declared();
    let (_, ask) = decide_and_ask(&mut room);
    let left = |room: &Room| room.incident.talk.asks[&ask].due_at.unwrap() - room.now;
    let before = left(&room);
    room.ask(Request::Answer { target: ask, text: "212".to_owned() });
    room.wait(Span::minutes(-5));
    room.say(crate::domain::event::ClockStepped { by_ms: -300_000 });
    undo(&mut room).unwrap();
    assert_eq!(left(&room), before);
}

#[test]
fn a_phase_that_was_said_again_after_reopening_is_taken_back() {
    let mut room = Room::declared();
    let enter = |phase| Request::EnterPhase { phase };
    let minute = |room: &mut Room| _ = room.wait(Span::minutes(1));
    minute(&mut room);
    room.ask(enter(Phase::Contain));
    minute(&mut room);
    as_bob(&mut room, Request::Resolve { ended_by: String::new() });
    minute(&mut room);
    as_bob(&mut room, Request::Reopen { reason: "it is back".to_owned() });
    minute(&mut room);
    let before = (room.incident.phases.clone(), room.incident.phase_since());
    assert!(room.incident.starts_over());
    // Said again alone, and with another one behind it that was taken back first.
    for others in [&[][..], &[Phase::Recover]] {
        room.ask(enter(Phase::Contain));
        assert!(!room.incident.starts_over());
        for phase in others {
            minute(&mut room);
            room.ask(enter(*phase));
        }
        for _ in 0..=others.len() {
            undo(&mut room).unwrap();
        }
        assert_eq!((room.incident.phases.clone(), room.incident.phase_since()), before);
        assert!(room.incident.starts_over() && room.incident.phase == Phase::Contain);
        let line = room.incident.timeline.get(room.incident.head).unwrap();
        assert_eq!(line.text, "phase taken back: contain");
    }
    // It can be said again once more.
    room.ask(enter(Phase::Contain));
    assert_eq!(room.incident.phase_since(), room.now);
    assert_eq!(Incident::fold(room.incident.log, &room.events), room.incident);
}

#[test]
fn a_clock_that_was_moved_after_it_was_seen_is_seen_again() {
    use crate::domain::clocks::{self, ClockKey};
    let mut room = Room::declared();
    let said = |until: Option<Utc>, reason: &str| Request::AcknowledgeClock {
        clock: "resolution".to_owned(),
        until,
        reason: reason.to_owned(),
    };
    let clock = |room: &Room| {
        let all = clocks::clocks(&room.incident, &room.policy, room.now);
        let clock = all.into_iter().find(|c| c.key == ClockKey::Resolution).unwrap();
        (clock.deadline, clock.acknowledged)
    };
    room.wait(Span::days(2));
    let natural = clock(&room).0;
    as_bob(&mut room, said(None, "the vendor has it"));
    assert_eq!(clock(&room), (natural, true));
    room.wait(Span::minutes(1));
    let later = room.now + Span::hours(2);
    room.ask(said(Some(later), "two hours more"));
    assert_eq!(clock(&room), (later, true));
    room.wait(Span::minutes(1));
    undo(&mut room).unwrap();
    assert_eq!(clock(&room), (natural, true));
    let ack = room.incident.clocks["resolution"].acknowledged.as_ref().unwrap();
    assert_eq!((ack.by.as_str(), ack.reason.as_str(), ack.until), ("bob", "the vendor has it", None));
}
