//! The drill of the seed, run by a clock that does what it is told: the same log gives the same sheet.

use super::score::{Standing, score};
use super::sheet::{Earlier, lines, recency, totals};
use super::{SHIPPED, parse};
use crate::domain::audience::Audience;
use crate::domain::incident::Incident;
use crate::domain::incident::tests::{Room, at};
use crate::domain::refusal::RefusalKind;
use crate::domain::request::{
    Declaration, DrillRequest, NewEvidence, Request, RunbookText, StepMove, StepPick,
};
use crate::domain::runbook::shipped;
use crate::domain::time::Span;
use crate::domain::words::{DrillVerdict, HypothesisState, IncidentKind, Milestone};

const BEGAN: &str = "2026-11-20T14:20:00Z";

fn declaration(title: &str, kind: IncidentKind) -> Request {
    Request::Declare(Declaration {
        id: "INC-2026-0042".parse().unwrap(),
        title: title.to_owned(),
        kind,
        severity: None,
        services: Vec::new(),
        tags: Vec::new(),
        commander: None,
        runbooks: Vec::new(),
    })
}

fn started(name: &str) -> Room {
    let text = SHIPPED.iter().find(|(known, _)| *known == name).unwrap().1;
    let (script, _) = parse(text, name);
    let mut room = Room::empty();
    room.ask(declaration(&script.title, IncidentKind::Drill));
    let started = script.started(name, "0".repeat(64), "erin".to_owned(), |_| true);
    room.ask(Request::Drill(DrillRequest::Start(Box::new(started))));
    room
}

/// So long after the start; what is due by then is written down, as every command does before it acts.
fn after(room: &mut Room, seconds: i64, request: Request) -> crate::domain::ids::Seq {
    room.now = at(BEGAN) + Span::seconds(seconds);
    tick(room);
    room.ask(request)[0]
}

fn tick(room: &mut Room) {
    for (_, inject) in room.incident.injects_due(room.now) {
        assert_eq!(room.ask(Request::Drill(DrillRequest::Due { inject })).len(), 1);
        // Whoever comes second writes nothing.
        assert_eq!(room.ask(Request::Drill(DrillRequest::Due { inject })), []);
    }
}

fn role(role: &str, person: &str) -> Request {
    Request::AssignRole { role: role.to_owned(), person: person.to_owned() }
}

fn done(step: &str) -> Request {
    let (step, person) = (StepPick::Named(step.to_owned()), None);
    Request::MoveStep { step, change: StepMove::Tick, person, reason: String::new() }
}

fn judge(expectation: u32, verdict: DrillVerdict, reason: &str) -> Request {
    Request::Drill(DrillRequest::Judge { expectation, verdict, reason: reason.to_owned() })
}

/// The signing key is lost, and the team plays.
fn played() -> Room {
    let mut room = started("signing-key-compromised");
    let room_ = &mut room;
    let ask = Request::Ask {
        text: "what was on the laptop?".to_owned(),
        person: Some("frank".to_owned()),
        time_box: None,
        tags: Vec::new(),
    };
    after(room_, 60, ask);
    after(room_, 2 * 60, role("commander", "alice"));
    after(room_, 3 * 60, role("scribe", "bob"));
    after(room_, 6 * 60, Request::SetSeverity { to: Some("P1".to_owned()), reason: String::new() });
    let text = shipped::text("signing-key-compromised").unwrap().to_owned();
    let runbook = RunbookText {
        name: "signing-key-compromised".to_owned(),
        title: "Signing key compromised".to_owned(),
        text,
    };
    after(room_, 7 * 60, Request::AttachRunbook(runbook));
    let update = Request::SendUpdate {
        audience: Audience::Internal,
        text: "the release key may be lost".to_owned(),
        next: None,
    };
    after(room_, 10 * 60, update);
    after(room_, 12 * 60, role("security-lead", "carol"));
    after(room_, 14 * 60, done("3"));
    let guess = Request::Propose { text: "the thief signed payments".to_owned(), tags: Vec::new() };
    let guess = after(room_, 15 * 60 + 30, guess);
    after(room_, 18 * 60, Request::Mark { milestone: Milestone::Contained, at: None });
    after(room_, 20 * 60, done("4"));
    let note = |text: &str| Request::Note { text: text.to_owned(), tags: Vec::new(), starred: false };
    after(room_, 21 * 60, note("we keep it: the audit needs it"));
    let log = NewEvidence {
        name: "signing-log.json".to_owned(),
        class: "audit-log".to_owned(),
        location: "evidence/signing-log.json".to_owned(),
        source: String::new(),
        acquired_by: None,
        size: None,
        sha256: None,
        entry: None,
    };
    after(room_, 40 * 60, Request::AddEvidence(log));
    after(room_, 43 * 60, role("commander", "dana"));
    let out = Request::SetHypothesis {
        target: guess,
        state: HypothesisState::RuledOut,
        why: "a colleague's test".to_owned(),
        person: None,
    };
    after(room_, 52 * 60, out);
    after(room_, 55 * 60, Request::Resolve { ended_by: "debrief".to_owned() });
    room_.by = "erin".to_owned();
    after(room_, 60 * 60, judge(8, DrillVerdict::Missed, ""));
    after(room_, 60 * 60, judge(8, DrillVerdict::Met, "carol read it out"));
    after(room_, 61 * 60, judge(12, DrillVerdict::Missed, "nobody looked at the clock"));
    room
}

#[test]
fn the_signing_key_drill_by_a_fake_clock_gives_a_fixed_sheet() {
    let room = played();
    let sheet = score(&room.incident, room.now).unwrap();
    let earlier = Earlier {
        id: "INC-2026-0007".parse().unwrap(),
        date: "2026-08-20".parse().unwrap(),
        totals: sheet.totals,
    };
    insta::assert_snapshot!(lines(&sheet, &[earlier]).join("\n"));
    // It is over: the moment of asking is nothing to it, nor is who reads the log.
    let again = Incident::fold(room.incident.log, &room.events);
    assert_eq!(score(&again, room.now + Span::days(400)).unwrap(), sheet);
    // Asked at any moment of the exercise, all that is expected stands somewhere.
    let mut incident = Incident::new(room.incident.log);
    for event in &room.events {
        incident.apply(event);
        if let Some(now) = score(&incident, event.recorded_at) {
            assert_eq!(now.totals.expected(), sheet.totals.expected());
        }
    }
}

#[test]
fn while_it_runs_what_has_time_is_open_and_what_is_too_late_is_missed_until_it_is_done() {
    let mut room = started("signing-key-compromised");
    let stands = |room: &Room, seconds: i64, number: u32| {
        let sheet = score(&room.incident, at(BEGAN) + Span::seconds(seconds)).unwrap();
        let mut all = sheet.injects.iter().flat_map(|i| &i.expectations);
        all.find(|e| e.number == number).unwrap().standing
    };
    // Nobody has written the inject down: it was due all the same.
    assert_eq!(stands(&room, 0, 1), Standing::Open);
    assert_eq!(stands(&room, 119, 1), Standing::Open);
    assert_eq!(stands(&room, 121, 1), Standing::Missed);
    assert_eq!(stands(&room, 299, 4), Standing::Open);
    let taken = after(&mut room, 360, role("commander", "alice"));
    assert_eq!(stands(&room, 361, 2), Standing::Late);
    let told: Vec<_> = room.incident.timeline.stored().iter().filter(|e| e.source == "drill").collect();
    assert_eq!(
        told.iter().map(|e| e.occurred_at).collect::<Vec<_>>(),
        [at(BEGAN), at(BEGAN) + Span::minutes(5)]
    );
    assert!(told.iter().all(|e| e.by == "erin"));
    // What is undone was not done.
    room.ask(Request::Undo { target: taken });
    assert_eq!(stands(&room, 361, 2), Standing::Missed);
    // Early, by hand; a number comes once, and there are no others.
    let give = |inject| Request::Drill(DrillRequest::Give { inject });
    after(&mut room, 400, give(Some(9)));
    assert_eq!(room.try_ask(give(Some(9))).unwrap_err().kind, RefusalKind::Conflict);
    assert_eq!(room.try_ask(give(Some(10))).unwrap_err().kind, RefusalKind::NotFound);
    after(&mut room, 410, give(None));
    assert_eq!(room.incident.drill.as_ref().unwrap().given.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 9]);
    assert_eq!(room.try_ask(judge(99, DrillVerdict::Met, "")).unwrap_err().kind, RefusalKind::NotFound);
    // Resolved, nobody is told anything; reopened, it goes on where it was.
    after(&mut room, 600, Request::Resolve { ended_by: String::new() });
    assert_eq!(room.incident.injects_due(at(BEGAN) + Span::hours(9)), []);
    assert_eq!(room.try_ask(give(None)).unwrap_err().kind, RefusalKind::No);
    assert_eq!(stands(&room, 36_000, 13), Standing::Open, "nobody was asked");
    let said = |room: &Room| lines(&score(&room.incident, room.now).unwrap(), &[]).join("\n");
    assert!(said(&room).contains("T+20m (not told)  A manager"), "{}", said(&room));
    room.now = at(BEGAN) + Span::seconds(3_600);
    room.ask(Request::Reopen { reason: "lunch is over".to_owned() });
    assert!(said(&room).contains("T+20m (to come)  A manager"), "{}", said(&room));
    assert_eq!(room.incident.inject_due(4), Some(at(BEGAN) + Span::seconds(900 + 3_000)));
}

#[test]
fn what_is_no_drill_by_a_script_has_no_sheet() {
    let mut room = Room::declared();
    assert_eq!(score(&room.incident, room.now), None);
    let refused = room.try_ask(judge(1, DrillVerdict::Met, "")).unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Conflict);
    let start = |name: &str| {
        let script = parse(SHIPPED[0].1, name).0;
        let started = script.started(name, String::new(), "erin".to_owned(), |_| true);
        Request::Drill(DrillRequest::Start(Box::new(started)))
    };
    assert_eq!(room.try_ask(start("x")).unwrap_err().kind, RefusalKind::Conflict);
    let mut room = started("runner-compromise");
    assert_eq!(room.try_ask(start("x")).unwrap_err().kind, RefusalKind::Conflict);
}

#[test]
fn a_drill_that_turns_out_to_be_real_is_played_no_more() {
    let mut room = started("signing-key-compromised");
    let kind = Some(IncidentKind::Real);
    room.ask(Request::SetDetails { title: None, services: None, tags: None, kind });
    assert_eq!(room.incident.injects_due(at(BEGAN) + Span::hours(1)), []);
    let give = Request::Drill(DrillRequest::Give { inject: None });
    assert_eq!(room.try_ask(give).unwrap_err().kind, RefusalKind::No);
}

#[test]
fn a_severity_that_the_team_does_not_know_is_left_to_people() {
    let (script, _) = parse("## Injects\n- T+0m a\n  - Expect: b `severity SEV-1`\n", "x");
    assert_eq!(script.unknown_severities(|_| false)[0].line, 3);
    assert!(script.asks_for_severity());
    let condition = |known: bool| {
        let started = script.started("x", String::new(), String::new(), |_| known);
        started.injects[0].expect[0].condition.clone()
    };
    assert_eq!((condition(true).as_deref(), condition(false)), (Some("severity SEV-1"), None));
}

#[test]
fn a_drill_is_due_once_a_quarter() {
    let day = |text: &str| text.parse().unwrap();
    let said = |last: &str| recency(Some(day(last)), day("2026-11-20"));
    assert_eq!(recency(None, day("2026-11-20")), ("never run".to_owned(), true));
    assert_eq!(said("2026-11-20"), ("last run today".to_owned(), false));
    assert_eq!(said("2026-11-10"), ("last run 10 days ago".to_owned(), false));
    assert_eq!(said("2026-07-10"), ("last run 4 months ago: due".to_owned(), true));
    let sheet = score(&played().incident, at(BEGAN)).unwrap();
    assert!(totals(sheet.totals).ends_with(&format!("of {}", sheet.totals.expected())));
}
