use super::*;
use crate::domain::clocks::unrecorded_breaches;
use crate::domain::words::{Certainty, Flag, Verdict};

fn redact(target: Seq) -> Request {
    Request::Redact { target, reason: "a name".to_owned() }
}

/// The log read again, the words of its redactions gone.
fn read_again(room: &Room) -> Incident {
    let gone: Vec<Seq> = room
        .events
        .iter()
        .filter_map(|e| match &e.event {
            Some(Event::Redacted(e)) => Some(e.target),
            _ => None,
        })
        .collect();
    let mut events = room.events.clone();
    for event in events.iter_mut().filter(|e| gone.contains(&e.seq)) {
        event.event = None;
    }
    Incident::fold(room.incident.log, &events)
}

#[test]
fn what_says_where_the_incident_stands_is_not_erased() {
    let mut room = Room::declared();
    let mut bound = vec![Seq(1)];
    bound.extend(room.ask(Request::AssignRole { role: "scribe".to_owned(), person: "bob".to_owned() }));
    bound.extend(room.ask(Request::SetSeverity { to: Some("P2".to_owned()), reason: "smaller".to_owned() }));
    bound.extend(room.ask(Request::EnterPhase { phase: crate::domain::words::Phase::Contain }));
    let line = room.note("the name of a patient");
    bound.extend(room.ask(Request::Strike { target: line, reason: "wrong room".to_owned() }));
    bound.extend(room.ask(redact(line)));
    bound.extend(room.ask(Request::Resolve { ended_by: "a rollback".to_owned() }));
    for target in bound {
        let (kind, text) = refused(&mut room, redact(target));
        assert_eq!(kind, RefusalKind::Usage, "{target}: {text}");
        assert!(text.contains("cannot be erased") && text.contains(';'), "{target}: {text}");
    }
    assert!(refused(&mut room, redact(Seq(1))).1.contains("set --title"));
    assert!(refused(&mut room, redact(Seq(99))).1.contains("no event"));
    // What an erasure left can be erased once more: one that was interrupted is finished so.
    room.ask(redact(line));
}

#[test]
fn the_other_time_of_a_line_stays_when_its_words_go() {
    let mut room = Room::declared();
    room.wait(Span::minutes(9));
    let line = room.note("the name of a patient");
    let amend = |text: Option<&str>, at| Request::Amend {
        target: line,
        text: text.map(str::to_owned),
        at,
        seen: None,
    };
    let then = room.now - Span::minutes(5);
    let moved = room.ask(amend(None, Some((then, false))))[0];
    let reworded = room.ask(amend(Some("the name of another"), None))[0];
    assert_eq!(room.ask(redact(line)).len(), 2, "the line, and its other words");
    let again = read_again(&room);
    assert_eq!(again.timeline.get(line).unwrap().occurred_at, then);
    assert!(!format!("{again:?}").contains("the name of"));
    assert_eq!(refused(&mut room, redact(moved)).0, RefusalKind::Usage);
    room.ask(redact(reworded));
}

#[test]
fn the_time_that_was_given_with_other_words_stays_when_these_go() {
    for of_the_line in [false, true] {
        let mut room = Room::declared();
        room.wait(Span::minutes(9));
        let line = room.note("a patient");
        let amend = |text: &str, at| Request::Amend { target: line, text: Some(text.into()), at, seen: None };
        let then = room.now - Span::minutes(5);
        let form = room.ask(amend("the name of a patient", Some((then, true))))[0];
        room.by = "bob".to_owned();
        let erased = room.ask(redact(if of_the_line { line } else { form }));
        assert_eq!(erased.len(), if of_the_line { 3 } else { 2 }, "the words, and the time anew");
        for incident in [&room.incident, &read_again(&room)] {
            let entry = incident.timeline.get(line).unwrap();
            assert_eq!((entry.occurred_at, entry.about), (then, true));
            assert!(!format!("{incident:?}").contains("the name of"), "{incident:?}");
        }
        let last = room.incident.trail.last_of("bob").unwrap();
        assert!(last.undo.is_empty(), "a time that is said again is no change: {last:?}");
        // A second time there is nothing to say again.
        assert_eq!(room.ask(redact(form)).len(), 1);
    }
}

#[test]
fn where_the_incident_stands_by_erased_words_is_said_again_without_them() {
    let mut room = Room::declared();
    let secret = "zq9vellum";
    let ask = room.ask(Request::Ask {
        text: "who is it".to_owned(),
        person: Some("bob".to_owned()),
        time_box: Some(Span::minutes(3)),
        tags: vec![],
    })[0];
    let decision = room.ask(Request::Decide {
        text: "roll back".to_owned(),
        decided_by: None,
        executor: None,
        check: Some(crate::domain::request::When::In(Span::minutes(3))),
        objections: vec![],
        tags: vec![],
    })[0];
    let guess = room.ask(Request::Propose { text: "the disk".to_owned(), tags: vec![] })[0];
    room.wait(Span::minutes(1));
    let said = room.now;
    let mut erased = room.ask(Request::Answer { target: ask, text: secret.to_owned() });
    erased.extend(room.ask(Request::GiveVerdict {
        target: decision,
        verdict: Verdict::Held,
        reason: secret.to_owned(),
    }));
    erased.extend(room.ask(Request::SetHypothesis {
        target: guess,
        state: HypothesisState::RuledOut,
        why: secret.to_owned(),
        person: None,
    }));
    erased.extend(room.ask(Request::SendUpdate {
        audience: Audience::Internal,
        text: secret.to_owned(),
        next: None,
    }));
    let impact = |text: &str| Request::StateImpact {
        text: Some(text.to_owned()),
        certainty: Some(Certainty::Confirmed),
        customer_data: Some(Flag::Yes),
        production: None,
        privileged_access: None,
    };
    erased.extend(room.ask(impact(secret)));
    room.wait(Span::minutes(29));
    for target in &erased {
        assert_eq!(room.ask(redact(*target)).len(), 2, "{target} is said again");
        assert_eq!(room.ask(redact(*target)).len(), 1, "once");
    }
    for incident in [&room.incident, &read_again(&room)] {
        let talk = &incident.talk;
        let answer = talk.asks[&ask].answer.as_ref().unwrap();
        assert_eq!((answer.text.as_str(), answer.at), ("[erased]", said));
        assert_eq!(talk.decisions[&decision].verdict.as_ref().unwrap().verdict, Verdict::Held);
        assert_eq!(talk.hypotheses[&guess].now.state, HypothesisState::RuledOut);
        assert_eq!(talk.updates.len(), 1);
        assert_eq!(talk.last_sent(Some(Audience::Internal)).unwrap().sent.as_ref().unwrap().1, said);
        let impact = incident.impact.as_ref().unwrap();
        assert_eq!((impact.text.as_str(), impact.customer_data, impact.at), ("[erased]", Flag::Yes, said));
        assert_eq!(unrecorded_breaches(incident, &room.policy, room.now), [], "nothing ran out by it");
    }
    assert!(!format!("{:?}", read_again(&room)).contains(secret));
    // What was replaced since is words only.
    let first = room.ask(impact("the name of a customer"))[0];
    room.ask(impact("one customer"));
    assert_eq!(room.ask(redact(first)).len(), 1);
    assert_eq!(read_again(&room).impact.unwrap().text, "one customer");
}

/// An older version erased whatever it was asked to.
#[test]
fn a_log_that_lost_its_declaration_or_its_resolve_folds_and_refuses_in_words() {
    let mut room = Room::declared();
    room.ask(Request::Resolve { ended_by: "a rollback".to_owned() });
    let resolved = room.incident.head;
    for lost in [Seq(1), resolved] {
        let mut events = room.events.clone();
        for event in events.iter_mut().filter(|e| e.seq == lost) {
            event.event = None;
        }
        let incident = Incident::fold(room.incident.log, &events);
        let asker = Asker { by: "alice", now: room.now, policy: &room.policy };
        let again = decide(&incident, &redact(lost).into(), &asker);
        assert_eq!(again.is_ok(), lost == resolved, "{again:?}");
    }
}

#[test]
fn no_undo_brings_erased_words_back() {
    let secret = "zq9vellum";
    let undo = |room: &mut Room| {
        let target = room.incident.trail.last_of("alice").unwrap().seq;
        room.try_ask(Request::Undo { target }).map(drop).map_err(|refusal| refusal.to_string())
    };
    let impact = |text: &str| Request::StateImpact {
        text: Some(text.to_owned()),
        certainty: Some(Certainty::Confirmed),
        customer_data: Some(Flag::Yes),
        production: None,
        privileged_access: None,
    };
    let mut room = Room::declared();
    let first = room.ask(impact(secret))[0];
    room.ask(impact("one customer"));
    room.by = "bob".to_owned();
    room.ask(redact(first));
    room.by = "alice".to_owned();
    assert!(!format!("{:?}", room.incident.trail).contains(secret));
    undo(&mut room).unwrap();
    let stated = room.incident.impact.as_ref().unwrap();
    assert_eq!((stated.text.as_str(), stated.customer_data), ("[erased]", Flag::Yes));

    let report = |reporter: &str| Request::Report {
        reporter: reporter.to_owned(),
        source: "mail".to_owned(),
        systems: vec!["web".to_owned()],
    };
    let mut room = Room::declared();
    let first = room.ask(report(secret))[0];
    room.ask(report("a customer"));
    room.by = "bob".to_owned();
    room.ask(redact(first));
    room.by = "alice".to_owned();
    assert!(!format!("{:?}", room.incident.trail).contains(secret));
    let said = undo(&mut room).unwrap_err();
    assert!(said.contains("cannot be taken back; its words were erased: say again who it was"), "{said}");
    assert_eq!(room.incident.report.as_ref().unwrap().reporter, "a customer");

    // One form of a line; its time was changed once more, which says no words.
    let mut room = Room::declared();
    room.wait(Span::minutes(5));
    let line = room.note("the name of a patient");
    let amend = |text: Option<&str>, at| Request::Amend {
        target: line,
        text: text.map(str::to_owned),
        at,
        seen: None,
    };
    let form = room.ask(amend(Some(secret), None))[0];
    room.ask(amend(None, Some((room.now - Span::minutes(2), false))));
    room.ask(amend(Some("a patient"), None));
    room.by = "bob".to_owned();
    room.ask(redact(form));
    room.by = "alice".to_owned();
    assert!(!format!("{:?}", room.incident).contains(secret), "nor is it among the former forms");
    let said = undo(&mut room).unwrap_err();
    assert!(said.contains("its words were erased: amend the line again"), "{said}");
    assert_eq!(room.incident.timeline.get(line).unwrap().text, "a patient");
}

#[test]
fn a_line_whose_other_words_were_erased_reads_as_before_them_at_once() {
    let secret = "zq9vellum";
    let mut room = Room::declared();
    room.wait(Span::minutes(5));
    let asked = room.ask(Request::Ask {
        text: "call the patient #ward".to_owned(),
        person: Some("bob".to_owned()),
        time_box: None,
        tags: vec!["ward".to_owned()],
    })[0];
    let amend = |text: Option<&str>, at| Request::Amend {
        target: asked,
        text: text.map(str::to_owned),
        at,
        seen: None,
    };
    let form = room.ask(amend(Some(&format!("call {secret} #{secret}")), None))[0];
    room.ask(amend(None, Some((room.now - Span::minutes(2), false))));
    room.ask(redact(form));
    for incident in [&room.incident, &read_again(&room)] {
        let line = incident.timeline.get(asked).unwrap();
        assert_eq!(
            (line.text.as_str(), &line.tags),
            ("@bob call the patient #ward", &vec!["ward".to_owned()])
        );
        assert_eq!(incident.talk.asks[&asked].text, "call the patient #ward");
        assert!(!format!("{incident:?}").contains(secret), "{incident:?}");
    }
    // What is amended after that is not undone to them either.
    room.ask(amend(Some("call her"), None));
    let target = room.incident.trail.last_of("alice").unwrap().seq;
    room.ask(Request::Undo { target });
    assert_eq!(room.incident.timeline.get(asked).unwrap().text, "@bob call the patient #ward");
}
