//! The close: what it waits for, what it warns of, what stays afterwards.

use super::*;

#[test]
fn the_close_waits_for_resolve_and_names_what_is_open() {
    let mut room = Room::declared();
    let (_, text) = refused(&mut room, Request::Close { waive: Some("no time".to_owned()) });
    assert!(text.contains("not resolved"), "{text}");
    room.ask(Request::Resolve { ended_by: String::new() });
    let (_, text) = refused(&mut room, Request::Close { waive: None });
    assert!(text.contains("--waive"), "{text}");
    room.ask(Request::Close { waive: Some("a test of the tool".to_owned()) });
    assert_eq!(room.incident.state, State::Closed);
    assert_eq!(room.incident.closing.waiver, "a test of the tool");
    assert!(room.incident.closing.waived.iter().any(|w| w.contains("postmortem")));
}

#[test]
fn what_was_when_it_was_closed_stays_and_late_facts_are_written_down() {
    let mut room = Room::declared();
    room.ask(Request::SetSeverity { to: Some("P2".to_owned()), reason: "one region".to_owned() });
    let lowered = room.incident.head;
    room.by = "bob".to_owned();
    room.ask(Request::Resolve { ended_by: String::new() });
    room.ask(Request::Close { waive: Some("a test of the tool".to_owned()) });
    room.by = "alice".to_owned();
    let step = || StepPick::Named("1".to_owned());
    let none = String::new;
    for request in [
        Request::SetSeverity { to: Some("P1".to_owned()), reason: none() },
        Request::EnterPhase { phase: crate::domain::words::Phase::Learn },
        Request::AssignRole { role: "comms".to_owned(), person: "dana".to_owned() },
        Request::ReleaseRole { role: "commander".to_owned(), person: "alice".to_owned() },
        Request::SetTarget {
            clock: "resolution".to_owned(),
            target: "8h".to_owned(),
            reason: "so".to_owned(),
        },
        Request::MoveStep { step: step(), change: StepMove::Tick, person: None, reason: none() },
        Request::AssignStep { step: step(), person: "dana".to_owned() },
        Keep::StepDue { step: step(), due: None }.into(),
        Request::DetachRunbook { runbook: Seq(3) },
        Request::AnswerClosure { item: ClosureItem::Cause, state: ClosureState::Done, reason: none() },
        Request::Undo { target: lowered },
    ] {
        let (kind, text) = refused(&mut room, request.clone());
        assert_eq!(kind, RefusalKind::No, "{request:?}");
        assert_eq!(text, "INC-2026-0042 is closed; reopen it with a reason to go on", "{request:?}");
    }
    let line = room.note("found in the bill: it had begun a week before");
    room.ask(Request::Amend { target: line, text: Some("begun in May".to_owned()), at: None, seen: None });
    room.ask(Request::SetScope {
        assets: vec!["api".to_owned()],
        state: crate::domain::words::ScopeState::Affected,
    });
    room.ask(Request::Mark {
        milestone: crate::domain::words::Milestone::Started,
        at: Some((room.now - Span::hours(5), true)),
    });
    room.ask(Request::FileStory(NewStory { title: "rotate keys".to_owned(), ..NewStory::default() }));
    room.ask(Request::Reopen { reason: "it came back".to_owned() });
    room.ask(Request::SetSeverity { to: Some("P1".to_owned()), reason: none() });
}

#[test]
fn the_close_warns_of_every_ask_and_decision_that_is_left_open() {
    let mut room = Room::declared();
    let decide = |text: &str| Request::Decide {
        text: text.to_owned(),
        decided_by: None,
        executor: None,
        check: None,
        objections: vec![],
        tags: vec![],
    };
    let ask = |text: &str| Request::Ask { text: text.to_owned(), person: None, time_box: None, tags: vec![] };
    let (kept, struck) = (room.ask(decide("stop all builds"))[0], room.ask(decide("revoke it"))[0]);
    room.ask(ask("who built it"));
    let asked = room.ask(ask("who signed it"))[0];
    for target in [struck, asked] {
        room.ask(Request::Strike { target, reason: "said twice".to_owned() });
    }
    let warned = closeout::warnings(&room.incident, &room.policy);
    assert_eq!(warned[..2], ["1 ask has no answer", "1 decision has no verdict"], "{warned:?}");
    room.ask(Request::GiveVerdict { target: kept, verdict: Verdict::Held, reason: String::new() });
    let warned = closeout::warnings(&room.incident, &room.policy);
    assert!(!warned.iter().any(|w| w.contains("decision")), "{warned:?}");
}

#[test]
fn a_settled_incident_closes_without_a_waiver() {
    let mut room = Room::declared();
    for (role, person) in [("scribe", "bob"), ("tech", "carol"), ("comms", "dana"), ("legal", "erin")] {
        room.ask(Request::AssignRole { role: role.to_owned(), person: person.to_owned() });
    }
    room.ask(Request::Resolve { ended_by: "key revoked".to_owned() });
    for item in ClosureItem::ALL {
        room.ask(Request::AnswerClosure { item: *item, state: ClosureState::Done, reason: String::new() });
    }
    room.ask(Request::RecordPublication {
        path: "2026/11/x.md".to_owned(),
        commit: "abc".to_owned(),
        timeline_head: "9 00".to_owned(),
        ended_by: String::new(),
        problems: 0,
        waived: String::new(),
    });
    room.ask(Request::Close { waive: None });
    assert!(room.incident.closing.waived.is_empty());
}

#[test]
fn a_false_alarm_needs_a_line_and_no_postmortem() {
    let mut room = Room::declared();
    let dismiss = |reason: &str| Request::SetDisposition {
        disposition: DispositionWord::FalseAlarm,
        of: None,
        reason: reason.to_owned(),
    };
    assert_eq!(refused(&mut room, dismiss("")).0, RefusalKind::Usage);
    room.ask(dismiss("a load test"));
    room.ask(Request::Resolve { ended_by: String::new() });
    room.ask(Request::Close { waive: None });
    assert!(!room.incident.counts());
}

#[test]
fn a_story_shipped_or_dropped_in_error_is_put_back() {
    let mut room = Room::declared();
    let file = |title: &str| Request::FileStory(NewStory { title: title.to_owned(), ..NewStory::default() });
    let state = |room: &Room, number: u32| room.incident.closing.stories[&number].state;
    let reopen = |number: u32, reason: &str| Request::ReopenStory { number, reason: reason.to_owned() };
    let ship = |number: u32| Request::ShipStory {
        number,
        link: "https://git.example/1".to_owned(),
        reason: String::new(),
    };
    let drop = |number: u32| Request::DropStory { number, reason: "gone".to_owned() };
    for title in ["one", "two", "three"] {
        room.ask(file(title));
    }
    room.ask(Request::StartStory { number: 1 });
    assert_eq!(refused(&mut room, reopen(1, "why not")).0, RefusalKind::No);
    room.ask(ship(1));
    assert_eq!(refused(&mut room, reopen(1, "")).0, RefusalKind::Usage);
    room.ask(reopen(1, "the other row"));
    let story = &room.incident.closing.stories[&1];
    assert_eq!((story.state, story.link.as_str(), story.reason.as_str()), (StoryState::Started, "", ""));
    room.ask(drop(2));
    room.ask(reopen(2, "the other row"));
    assert_eq!(state(&room, 2), StoryState::Filed);
    let line = room.incident.timeline.shown().last().unwrap();
    assert_eq!(line.text, "story S2 reopened: the other row");

    // The same by taking back what one did last.
    let undo = |room: &mut Room| {
        let target = room.incident.trail.last_of("alice").unwrap().seq;
        room.try_ask(Request::Undo { target })
    };
    for (request, back) in [(ship(1), StoryState::Started), (drop(1), StoryState::Started)] {
        room.ask(request);
        undo(&mut room).unwrap();
        assert_eq!(state(&room, 1), back);
    }
    // What somebody else said of it since is not taken back with it.
    room.ask(ship(3));
    room.by = "bob".to_owned();
    room.ask(Request::VerifyStory { number: 3, proof: "a drill".to_owned() });
    room.by = "alice".to_owned();
    assert!(undo(&mut room).unwrap_err().to_string().contains("bob acted on it since"));
    assert!(refused(&mut room, reopen(3, "the other row")).1.contains("is verified"));
    room.ask(ship(2));
    room.ask(drop(2));
    assert!(undo(&mut room).unwrap_err().to_string().contains("cannot be taken back"));
    room.ask(reopen(2, "the other row"));
    let refusal = undo(&mut room).unwrap_err();
    assert!(refusal.to_string().contains("reopening a story cannot be taken back"), "{refusal}");
    assert!(format!("{refusal:?}").contains("ship or drop it again"), "{refusal:?}");
}
