mod amending;
mod closing;
mod erasing;
mod keep;
mod order;
mod set_back;
mod undo;

use super::*;
use crate::domain::audience::Audience;
use crate::domain::closeout;
use crate::domain::incident::Incident;
use crate::domain::refusal::RefusalKind;
use crate::domain::request::{NewStory, RunbookText, StepMove, StepPick};
use crate::domain::time::Span;
use crate::domain::words::{
    ClosureItem, ClosureState, DispositionWord, HypothesisState, StoryState, Verdict,
};

use crate::domain::incident::tests::Room;

fn refused(room: &mut Room, request: impl Into<Request>) -> (RefusalKind, String) {
    let refusal = room.try_ask(request.into()).unwrap_err();
    (refusal.kind, refusal.to_string())
}

#[test]
fn an_unknown_severity_names_the_known_ones() {
    let mut room = Room::declared();
    let (kind, text) =
        refused(&mut room, Request::SetSeverity { to: Some("p9".to_owned()), reason: String::new() });
    assert_eq!(kind, RefusalKind::Usage);
    assert!(text.contains("P1") && text.contains("p9"), "{text}");
}

#[test]
fn severity_goes_up_freely_and_down_with_a_reason() {
    let mut room = Room::declared();
    let down = Request::SetSeverity { to: Some("P3".to_owned()), reason: String::new() };
    assert_eq!(refused(&mut room, down).0, RefusalKind::Usage);
    room.ask(Request::SetSeverity { to: Some("P3".to_owned()), reason: "one user only".to_owned() });
    room.ask(Request::SetSeverity { to: Some("P2".to_owned()), reason: String::new() });
    assert_eq!(room.incident.severity.as_deref(), Some("P2"));
}

#[test]
fn an_empty_title_is_refused() {
    let mut room = Room::declared();
    let (kind, text) = refused(
        &mut room,
        Request::SetDetails { title: Some("  ".to_owned()), services: None, tags: None, kind: None },
    );
    assert_eq!(kind, RefusalKind::Usage);
    assert!(text.contains("title is empty"), "{text}");
}

#[test]
fn the_future_is_refused() {
    let mut room = Room::declared();
    let asked = Asked {
        request: Request::Note { text: "x".to_owned(), tags: vec![], starred: false },
        at: Some((room.now + Span::minutes(3), false)),
    };
    assert_eq!(room.try_ask(asked).unwrap_err().kind, RefusalKind::Usage);
}

#[test]
fn what_the_program_wrote_cannot_be_struck() {
    let mut room = Room::declared();
    let (kind, _) = refused(&mut room, Request::Strike { target: Seq(1), reason: "no".to_owned() });
    assert_eq!(kind, RefusalKind::No);
    let (kind, _) = refused(&mut room, Request::Strike { target: Seq(99), reason: "no".to_owned() });
    assert_eq!(kind, RefusalKind::NotFound);
}

#[test]
fn a_decision_is_the_commanders_unless_said_otherwise() {
    let mut room = Room::declared();
    room.by = "bob".to_owned();
    let seq = room.ask(Request::Decide {
        text: "revoke the key".to_owned(),
        decided_by: None,
        executor: None,
        check: Some(crate::domain::request::When::In(Span::minutes(15))),
        objections: vec![],
        tags: vec![],
    })[0];
    let decision = &room.incident.talk.decisions[&seq];
    assert_eq!(decision.decided_by, "alice");
    assert_eq!(decision.check_at, Some(room.now + Span::minutes(15)));
}

#[test]
fn a_step_that_somebody_is_at_is_not_begun_twice() {
    let mut room = Room::declared();
    let doing = |who: &str| Request::MoveStep {
        step: StepPick::Named("disable".to_owned()),
        change: StepMove::Doing,
        person: Some(who.to_owned()),
        reason: String::new(),
    };
    room.ask(doing("bob"));
    let (kind, text) = refused(&mut room, doing("carol"));
    assert_eq!(kind, RefusalKind::No);
    assert!(text.contains("bob"), "{text}");
}

#[test]
fn an_ambiguous_step_names_the_numbers() {
    let mut room = Room::declared();
    let tick = |name: &str| Request::MoveStep {
        step: StepPick::Named(name.to_owned()),
        change: StepMove::Tick,
        person: None,
        reason: String::new(),
    };
    let (kind, text) = refused(&mut room, tick("the"));
    assert_eq!(kind, RefusalKind::NotFound);
    assert!(text.contains("1 or 2"), "{text}");
    assert_eq!(refused(&mut room, tick("9")).0, RefusalKind::NotFound);
    for (more, numbers) in [(1, "1, 2 or 3"), (2, "1, 2, 3, 4 or 5"), (1, "1, 2, 3, 4, 5, …")] {
        let text = "## Containment\n\n".to_owned() + &"- Ask for the keys\n".repeat(more);
        let name = format!("more-{numbers}");
        room.ask(Request::AttachRunbook(RunbookText { title: name.clone(), name, text }));
        let (_, text) = refused(&mut room, tick("the"));
        assert!(text.ends_with(&format!("use the number: {numbers}")), "{text}");
    }
}

#[test]
fn ruling_out_and_skipping_need_a_reason() {
    let mut room = Room::declared();
    let seq = room.ask(Request::Propose { text: "it is DNS".to_owned(), tags: vec![] })[0];
    let rule_out = |why: &str| Request::SetHypothesis {
        target: seq,
        state: HypothesisState::RuledOut,
        why: why.to_owned(),
        person: None,
    };
    assert_eq!(refused(&mut room, rule_out("")).0, RefusalKind::Usage);
    room.ask(rule_out("lookups are fine"));
    assert_eq!(room.incident.talk.hypotheses[&seq].now.state, HypothesisState::RuledOut);
    // Who found so is not who types.
    for (words, by, why) in [
        ("lookups are fine @frank", "frank", "lookups are fine"),
        ("it never came from @frank", "alice", "it never came from @frank"),
        ("lookups are fine", "alice", "lookups are fine"),
    ] {
        let at = room.ask(crate::domain::verb::finding(seq, HypothesisState::RuledOut, words))[0];
        let now = &room.incident.talk.hypotheses[&seq].now;
        assert_eq!((now.by.as_str(), now.why.as_str()), (by, why), "{words}");
        let line = &room.incident.timeline.get(at).unwrap().text;
        assert_eq!(line.starts_with("ruled-out by frank: it is DNS"), by == "frank", "{line}");
    }
}

#[test]
fn of_what_is_crossed_out_nothing_more_is_said() {
    let mut room = Room::declared();
    let verb = |words: String| {
        let (verb, rest) = words.split_once(' ').unwrap();
        match crate::domain::verb::read(verb, rest, None).unwrap() {
            crate::domain::verb::Verb::Ask(asked) => asked.request,
            other => panic!("{other:?}"),
        }
    };
    let guess = room.ask(Request::Propose { text: "it is DNS".to_owned(), tags: vec![] })[0];
    let asked = room.ask(Request::Ask {
        text: "check the disk".to_owned(),
        person: Some("bob".to_owned()),
        time_box: None,
        tags: vec![],
    })[0];
    let decided = room.ask(Request::Decide {
        text: "fail over to eu".to_owned(),
        decided_by: None,
        executor: None,
        check: None,
        objections: vec![],
        tags: vec![],
    })[0];
    for target in [guess, asked, decided] {
        room.ask(Request::Strike { target, reason: "said twice".to_owned() });
    }
    let said = [
        (guess, format!("hypothesis {guess} ruled-out lookups are fine")),
        (asked, format!("answer {asked} it is full")),
        (asked, format!("ack {asked}")),
        (asked, format!("extend {asked} 5m")),
        (decided, format!("verdict {decided} held")),
        (decided, format!("object {decided} it stops every deploy")),
    ];
    for (target, words) in &said {
        let (kind, refused) = refused(&mut room, verb(words.clone()));
        assert!(
            kind == RefusalKind::No && refused.contains(&format!("line {target} is crossed out")),
            "{refused}"
        );
        assert!(refused.contains(&format!("{target} --restore")), "{refused}");
    }
    for target in [guess, asked, decided] {
        room.ask(Request::Restore { target });
    }
    let (answer, ack) = (said[1].1.clone(), said[2].1.clone());
    for words in [said[0].1.clone(), ack, answer, said[4].1.clone()] {
        room.ask(verb(words));
    }
}

#[test]
fn stories_go_their_way_in_order_and_outlive_the_close() {
    let mut room = Room::declared();
    room.ask(Request::FileStory(NewStory { title: "rotate keys".to_owned(), ..NewStory::default() }));
    assert!(room.incident.closing.stories[&1].due.is_some(), "the due date follows the severity");
    room.ask(Request::Resolve { ended_by: String::new() });
    room.ask(Request::Close { waive: Some("test".to_owned()) });
    let verify = Request::VerifyStory { number: 1, proof: "drill".to_owned() };
    assert_eq!(refused(&mut room, verify.clone()).0, RefusalKind::No);
    let bare = Request::ShipStory { number: 1, link: String::new(), reason: String::new() };
    assert_eq!(refused(&mut room, bare).0, RefusalKind::Usage);
    room.ask(Request::ShipStory { number: 1, link: "MR 7".to_owned(), reason: String::new() });
    room.ask(verify);
    assert_eq!(room.incident.closing.stories[&1].state, StoryState::Verified);
    assert_eq!(refused(&mut room, Request::StartStory { number: 2 }).0, RefusalKind::NotFound);
}

#[test]
fn a_story_is_given_to_somebody_and_to_nobody_again() {
    let mut room = Room::declared();
    let story = |owner: &str| NewStory { owner: Some(owner.to_owned()), ..NewStory::default() };
    let owner = |room: &Room| room.incident.closing.stories[&1].owner.clone();
    room.ask(Request::FileStory(NewStory { title: "rotate keys".to_owned(), ..story("-") }));
    assert_eq!(owner(&room), None);
    let change = |owner: &str| Request::ChangeStory { number: 1, change: story(owner) };
    room.ask(change("@dana"));
    assert_eq!(owner(&room).as_deref(), Some("dana"));
    let due = chrono::NaiveDate::from_ymd_opt(2026, 12, 1);
    room.ask(Request::ChangeStory { number: 1, change: NewStory { due, ..NewStory::default() } });
    assert_eq!(owner(&room).as_deref(), Some("dana"), "what is not said stays");
    room.ask(change("-"));
    assert_eq!(owner(&room), None);
    assert_eq!(room.incident.timeline.stored().last().unwrap().text, "story S1: owner dana → none");
    room.ask(change(" - "));
    assert_eq!(room.incident.timeline.stored().last().unwrap().text, "story S1 corrected");
}

#[test]
fn a_drafted_update_is_approved_and_sent_once() {
    let mut room = Room::declared();
    let seq = room.ask(Request::DraftUpdate {
        audience: Audience::Customers,
        text: "we are looking".to_owned(),
        next: None,
    })[0];
    room.ask(Request::ApproveUpdate { target: seq });
    room.ask(Request::MarkSent { target: seq, next: None });
    assert_eq!(refused(&mut room, Request::MarkSent { target: seq, next: None }).0, RefusalKind::No);
    assert!(room.incident.talk.last_sent(Some(Audience::Customers)).is_some());
}

#[test]
fn an_update_with_a_place_to_fill_in_does_not_go_out() {
    let mut room = Room::declared();
    let text = "What you should do: [fill in: what customers should do]\n[Fill in: contact]".to_owned();
    let audience = Audience::Customers;
    let send = Request::SendUpdate { audience, text: text.clone(), next: None };
    let (kind, message) = refused(&mut room, send);
    assert_eq!(kind, RefusalKind::No);
    assert!(message.contains("what customers should do and 1 more"), "{message}");
    let draft = room.ask(Request::DraftUpdate { audience, text, next: None })[0];
    assert_eq!(refused(&mut room, Request::ApproveUpdate { target: draft }).0, RefusalKind::No);
    assert_eq!(refused(&mut room, Request::MarkSent { target: draft, next: None }).0, RefusalKind::No);
    let text = Some("customers: Nothing to do. Write to us.".to_owned());
    room.ask(Request::Amend { target: draft, text, at: None, seen: None });
    room.ask(Request::MarkSent { target: draft, next: None });
    assert_eq!(room.incident.talk.updates[&draft].text, "Nothing to do. Write to us.");
}

#[test]
fn an_update_promises_the_time_that_its_words_name() {
    let mut room = Room::declared();
    let audience = Audience::Public;
    let next = |room: &Room, seq: Seq| room.incident.talk.updates[&seq].next_at.map(|at| at - room.now);
    let send = |text: &str| Request::SendUpdate { audience, text: text.to_owned(), next: None };
    let sent = room.ask(send("Status: looking\nNext update: in 45 minutes"))[0];
    assert_eq!(next(&room, sent), Some(Span::minutes(45)));
    let sent = room.ask(send("we are looking, next 20m"))[0];
    assert_eq!(next(&room, sent), Some(Span::minutes(20)));
    assert_eq!(room.incident.talk.updates[&sent].text, "we are looking");
    let past = (room.now - Span::hours(1)).format("Next update: %Y-%m-%d %H:%M UTC").to_string();
    assert_eq!(refused(&mut room, send(&past)).0, RefusalKind::No);
    // A draft that lay for too long must not promise what has passed; what its words do not say counts anew.
    let soon = (room.now + Span::minutes(10)).format("Next update: %Y-%m-%d %H:%M UTC").to_string();
    let text = |text: &str| Request::DraftUpdate { audience, text: text.to_owned(), next: None };
    let dated = room.ask(text(&soon))[0];
    let spans = room.ask(text("looking, next 10m"))[0];
    room.wait(Span::minutes(30));
    assert_eq!(refused(&mut room, Request::MarkSent { target: dated, next: None }).0, RefusalKind::No);
    room.ask(Request::MarkSent { target: spans, next: None });
    assert_eq!(next(&room, spans), Some(Span::minutes(10)));
}

#[test]
fn nothing_but_a_declaration_fits_an_unborn_incident() {
    let incident = Incident::new(crate::domain::ids::LogId(uuid::Uuid::nil()));
    let policy = crate::domain::incident::tests::policy();
    let asker = Asker { by: "alice", now: Utc::UNIX_EPOCH, policy: &policy };
    let asked = Asked::from(Request::Resolve { ended_by: String::new() });
    assert_eq!(decide(&incident, &asked, &asker).unwrap_err().kind, RefusalKind::NotFound);
}

#[test]
fn a_commander_who_also_fixes_is_warned_about() {
    let mut room = Room::declared();
    assert!(role_warning(&room.incident, "scribe", "alice").is_some());
    assert!(role_warning(&room.incident, "scribe", "bob").is_none());
    room.ask(Request::AssignRole { role: "tech".to_owned(), person: "carol".to_owned() });
    assert!(role_warning(&room.incident, "commander", "carol").is_some());
}

#[test]
fn a_person_has_a_letter_or_a_digit_of_any_script() {
    use super::person;
    for name in ["alice", "@bob", "o'brien", "零", "Łukasz", "7"] {
        assert!(person(name).is_ok(), "{name}");
    }
    for name in ["-", "...", "@", "?", "=", "__"] {
        assert!(person(name).is_err(), "{name}");
    }
}

#[test]
fn taking_a_step_over_is_said_as_a_command_that_runs() {
    let mut room = Room::declared();
    let doing = |person: Option<&str>| Request::MoveStep {
        step: StepPick::Named("1".to_owned()),
        change: StepMove::Doing,
        person: person.map(str::to_owned),
        reason: String::new(),
    };
    room.ask(doing(None));
    room.by = "bob".to_owned();
    let hint = room.try_ask(doing(None)).unwrap_err().hint;
    assert!(hint.ends_with("warroom step INC-2026-0042 doing 1 --force, or :take-over 1"), "{hint}");
    let hint = room.try_ask(doing(Some("carol"))).unwrap_err().hint;
    let command = "warroom step INC-2026-0042 doing 1 --person carol --force, or :take-over 1 @carol";
    assert!(hint.ends_with(command), "{hint}");
}

#[test]
fn another_severity_moves_the_day_of_a_story_that_its_rule_gave() {
    let mut room = Room::declared();
    let file = |severity: &str, due| {
        let (title, severity) = ("rotate keys".to_owned(), Some(severity.to_owned()));
        Request::FileStory(NewStory { title, severity, due, ..NewStory::default() })
    };
    let graded = |number, severity: &str| {
        let change = NewStory { severity: Some(severity.to_owned()), ..NewStory::default() };
        Request::ChangeStory { number, change }
    };
    let due = |room: &Room, number: u32| room.incident.closing.stories[&number].due;
    let chosen = chrono::NaiveDate::from_ymd_opt(2027, 1, 4);
    room.ask(file("P4", None));
    room.ask(file("P1", None));
    room.ask(file("P4", chosen));
    assert!(due(&room, 1) > due(&room, 2));
    for number in [1, 3] {
        room.ask(graded(number, "P1"));
    }
    assert_eq!((due(&room, 1), due(&room, 3)), (due(&room, 2), chosen));
    let line = &room.incident.timeline.stored().iter().rev().nth(1).unwrap().text;
    assert!(line.contains("due ") && line.contains("severity P4 → P1"), "{line}");
    room.ask(graded(1, "P4"));
    let late = due(&room, 1);
    // What would have been due by then counts from then.
    room.wait(Span::days(60));
    room.ask(graded(1, "P1"));
    assert!(due(&room, 1) < late && due(&room, 1) > Some(room.now.date_naive()), "{:?}", due(&room, 1));
}

#[test]
fn a_name_is_kept_in_small_letters_however_it_is_typed() {
    let mut room = Room::declared();
    let role = |person: &str| Request::AssignRole { role: "comms".to_owned(), person: person.to_owned() };
    room.ask(role("@Carol"));
    assert_eq!(room.incident.roster.holder("comms"), Some("carol"));
    assert!(refused(&mut room, role("CAROL")).1.contains("carol is comms already"));
    let ask = room.ask(Request::Ask {
        text: "look".to_owned(),
        person: Some("Bob".to_owned()),
        time_box: None,
        tags: Vec::new(),
    })[0];
    assert_eq!(room.incident.talk.asks[&ask].person.as_deref(), Some("bob"));

    // A log of an older version reads as it did, and whoever is in it in capitals can be named.
    for event in &mut room.events {
        match &mut event.event {
            Some(Event::RoleTaken(e)) if e.person == "carol" => "Carol".clone_into(&mut e.person),
            Some(Event::AskMade(e)) => e.person = Some("Bob".to_owned()),
            _ => {}
        }
    }
    room.incident = Incident::fold(room.incident.log, &room.events);
    assert_eq!(room.incident.roster.holder("comms"), Some("Carol"));
    let amend =
        Request::Amend { target: ask, text: Some("@Bob look again".to_owned()), at: None, seen: None };
    assert_eq!(room.ask(amend).len(), 1, "the same person is asked");
    assert_eq!(room.incident.timeline.get(ask).unwrap().text, "@Bob look again");
    room.ask(Request::ReleaseRole { role: "comms".to_owned(), person: "carol".to_owned() });
    assert_eq!(room.incident.roster.holder("comms"), None);
}
