//! Tests of the draft: a realistic incident, what may not leave the room, and a filled draft that passes the check.

use super::*;
use crate::domain::audience::Audience;
use crate::domain::incident::tests::Room;
use crate::domain::postmortem::{Expectations, Problem, check, imported, parse};
use crate::domain::request::{Asked, NewStory, Request, StepMove, StepPick};
use crate::domain::time::Span;
use crate::domain::words::{Certainty, ClosureItem, ClosureState, Verdict};

const SEVERITIES: [&str; 4] = ["P1", "P2", "P3", "P4"];

fn run(text: &str, incident: &Incident) -> Vec<Problem> {
    let today = "2026-11-20".parse().unwrap();
    check(text, &Expectations { severities: &SEVERITIES, log: Some(incident), today })
}

fn note(text: &str, tags: &[&str], starred: bool) -> Request {
    Request::Note { text: text.to_owned(), tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), starred }
}

fn decide(text: &str, tags: &[&str]) -> Request {
    Request::Decide {
        text: text.to_owned(),
        decided_by: None,
        executor: Some("bob".to_owned()),
        check: None,
        objections: vec!["builds will stop".to_owned()],
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    }
}

/// A leaked key, from the alert to the resolve.
fn room() -> Room {
    let mut room = Room::declared();
    room.ask(Request::Alert {
        text: "unknown signature on payments:<tag>".to_owned(),
        source: "falco".to_owned(),
        alert: None,
        tags: Vec::new(),
    });
    room.ask(Request::StateImpact {
        text: Some("prod images cannot be trusted".to_owned()),
        certainty: Some(Certainty::Confirmed),
        customer_data: Some(Flag::No),
        production: Some(Flag::Yes),
        privileged_access: None,
    });
    room.ask(Request::AssignRole { role: "scribe".to_owned(), person: "bob".to_owned() });
    room.wait(Span::minutes(3)).ask(note("plain line that nobody starred", &[], false));
    room.ask(note("TODO: ask *who* saw <it> [fill in: x] `id <pod>`", &[], true));
    room.ask(note("counsel says wait", &["privileged"], true));
    room.ask(note("we heard #privileged things", &[], true));
    let struck = room.ask(note("wrong line", &[], true))[0];
    room.ask(Request::Strike { target: struck, reason: "wrong room".to_owned() });
    room.ask(note("stack trace\nline one ```\n  line two\x1b[2J", &[], true));
    room.ask(Request::EnterPhase { phase: crate::domain::words::Phase::Contain });
    let revoke = room.ask(decide("revoke the key at the KMS", &[]))[0];
    let secret = room.ask(decide("pay the ransom", &["privileged"]))[0];
    room.ask(Request::GiveVerdict { target: secret, verdict: Verdict::Reversed, reason: "no".to_owned() });
    let laptop = room.ask(Request::Propose { text: "it was a laptop".to_owned(), tags: Vec::new() })[0];
    let variable =
        room.ask(Request::Propose { text: "key was in a CI variable".to_owned(), tags: Vec::new() })[0];
    room.wait(Span::minutes(20));
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    room.ask(Request::GiveVerdict {
        target: revoke,
        verdict: Verdict::Held,
        reason: "no new signatures".to_owned(),
    });
    let state = |target, state, why: &str| Request::SetHypothesis {
        target,
        state,
        why: why.to_owned(),
        person: None,
    };
    room.ask(state(laptop, HypothesisState::RuledOut, "never left the office"));
    room.ask(state(variable, HypothesisState::Supported, "the log shows it"));
    let skip = StepPick::Named("2".to_owned());
    room.ask(Request::MoveStep {
        step: skip,
        change: StepMove::Skip,
        person: None,
        reason: "no builds ran".to_owned(),
    });
    let update =
        |text: &str| Request::SendUpdate { audience: Audience::Internal, text: text.to_owned(), next: None };
    room.ask(update("investigating"));
    room.ask(Request::DraftUpdate {
        audience: Audience::Customers,
        text: "never sent".to_owned(),
        next: None,
    });
    room.ask(Request::FileStory(NewStory {
        title: "Sign only in the key service".to_owned(),
        owner: Some("alice".to_owned()),
        due: Some("2027-01-15".parse().unwrap()),
        severity: Some("P2".to_owned()),
        kind: Some(StoryKind::Preventive),
        ..NewStory::default()
    }));
    let (item, reason) = (ClosureItem::Credentials, "all rotated".to_owned());
    room.ask(Request::AnswerClosure { item, state: ClosureState::Done, reason });
    room.wait(Span::hours(12))
        .ask(Request::Resolve { ended_by: "the key was revoked and every image signed again".to_owned() });
    room
}

#[test]
fn the_draft_tells_what_the_log_knows() {
    let text = draft(&room().incident, "dana");
    for expected in [
        "id: INC-2026-0042\n",
        "date: \"2026-11-20\"\n",
        "severity: P1\n",
        "authors:\n  - dana\n",
        "impact: prod images cannot be trusted\n",
        "resolved: \"2026-11-21T02:43:00Z\"\n",
        "improvements:\n  - INC-2026-0042/S1\n",
        "# Postmortem: Signing key leaked\n",
        "What ended it: the key was revoked and every image signed again\n",
        "As last stated, confirmed: prod images cannot be trusted\n",
        "(customer data: no, production: yes, privileged access: not known)\n",
        "- 2026-11-20 14:20 alert: unknown signature on payments:\\<tag>\n",
        "- 2026-11-20 14:23 TODO: ask \\*who\\* saw \\<it> \\[fill in: x\\] `id <pod>`\n",
        "- 2026-11-20 14:23 stack trace\n\n  ````text\n  line one ```\n    line two^[[2J\n  ````\n",
        "- 2026-11-20 14:23 decision: revoke the key at the KMS (alice)\n",
        "- 2026-11-20 14:23 phase: contain\n",
        "- 2026-11-20 14:43 update internal: investigating\n",
        "- 2026-11-21 02:43 resolved: the key was revoked and every image signed again\n",
        "- Supported in the room: key was in a CI variable, because the log shows it\n",
        "- contained: 2026-11-20 14:43 UTC (23m after acknowledged)\n",
        "- resolved: 2026-11-21 02:43 UTC (12h after contained, 12h23m after detected)\n",
        "- scribe: bob, 2026-11-20 14:20 to the end\n",
        "carried out by bob; against it: builds will stop; outcome: held, no new signatures\n",
        "- it was a laptop: never left the office",
        "- Stop the builds — skipped: no builds ran\n",
        "- 2026-11-20 14:43 to internal: investigating (sent by alice)\n",
        "- credentials rotated or revoked where needed: done, all rotated\n",
        "- [ ] Story INC-2026-0042/S1: Sign only in the key service\n  Owner: @alice Due: 2027-01-15 Severity: P2 Kind: preventive\n",
    ] {
        assert!(text.contains(expected), "no {expected:?} in:\n{text}");
    }
    for hidden in ["counsel", "heard", "wrong line", "ransom", "never sent", "nobody starred", "\x1b"] {
        assert!(!text.contains(hidden), "{hidden:?} in:\n{text}");
    }
}

#[test]
fn the_check_finds_the_marked_places_of_a_draft_and_no_others() {
    for incident in [room().incident, Room::declared().incident] {
        let text = draft(&incident, "dana");
        let problems = run(&text, &incident);
        let lines: Vec<&str> = text.lines().collect();
        assert!(problems.len() >= 10);
        for problem in &problems {
            assert_eq!(problem.rule, "unfilled", "{problem:?} on {:?}\n{text}", lines.get(problem.line - 1));
            assert!(lines[problem.line - 1].contains(MARK), "{problem:?}");
        }
        let marks = lines
            .iter()
            .map(|line| line.matches(MARK).count() - line.matches("\\[fill in:").count())
            .sum::<usize>();
        assert_eq!(problems.len(), marks);
    }
}

/// Puts words in every marked place.
fn filled(text: &str) -> String {
    let mut out = text
        .replace("[fill in: by which day, YYYY-MM-DD]", "2027-02-01")
        .replace("[fill in: how bad its absence is]", "P3")
        .replace("[fill in: @who owns it]", "@carol")
        .replace("[fill in: which severity it had]", "P2");
    while let Some(at) = out.replace("\\[fill in:", "\\[FILL IN:").find(MARK) {
        let end = at + out.get(at..).unwrap().find(']').unwrap();
        out.replace_range(at..=end, "these are words that a person wrote");
    }
    out
}

#[test]
fn a_filled_draft_passes_and_is_read_back() {
    for incident in [room().incident, Room::declared().incident] {
        let text = filled(&draft(&incident, "dana"));
        assert_eq!(run(&text, &incident), [], "{text}");
        let (postmortem, _) = parse(&text);
        assert_eq!(postmortem.improvements.len(), 3);
        let (read, _) = imported::read("2026/11/x.md", text.as_bytes()).unwrap();
        assert_eq!((read.id.as_str(), read.title.as_str()), ("INC-2026-0042", "Signing key leaked"));
        if !incident.ended_by.is_empty() {
            assert_eq!(read.ended.as_deref(), Some(incident.ended_by.as_str()));
        }
    }
}

#[test]
fn a_draft_of_any_disposition_kind_and_commander_passes_beside_its_log() {
    use crate::domain::words::DispositionWord;
    for (disposition, of) in [
        (DispositionWord::FalseAlarm, None),
        (DispositionWord::NearMiss, None),
        (DispositionWord::DuplicateOf, Some("INC-2026-0007".parse().unwrap())),
    ] {
        let mut room = room();
        let kind = Some(crate::domain::words::IncidentKind::Backfilled);
        room.ask(Request::SetDetails { title: None, services: None, tags: None, kind });
        room.ask(Request::SetDisposition { disposition, of, reason: "a test alert".to_owned() });
        room.ask(Request::AssignRole { role: "commander".to_owned(), person: "Dana".to_owned() });
        let (incident, text) = (&room.incident, filled(&draft(&room.incident, "dana")));
        assert_eq!(run(&text, incident), [], "{text}");
        // What changes afterwards is told, with both ways to go on.
        room.ask(Request::AssignRole { role: "commander".to_owned(), person: "erin".to_owned() });
        let problems = run(&text, &room.incident);
        assert_eq!(problems.iter().map(|p| p.rule).collect::<Vec<_>>(), ["differs-from-log"], "{problems:?}");
        let way = "write `commander: erin`, or correct the log: warroom role INC-2026-0042 commander PERSON";
        assert!(problems[0].message.contains(way), "{problems:?}");
    }
}

#[test]
fn on_one_day_the_timeline_has_times_only_and_the_same_log_gives_the_same_draft() {
    let mut room = Room::declared();
    let about = Some((room.now - Span::minutes(7), true));
    room.ask(Asked { request: note("first signs", &[], true), at: about });
    let text = draft(&room.incident, "alice");
    assert!(
        text.contains("\n- ~14:13 first signs\n- 14:20 declared by alice: Signing key leaked\n"),
        "{text}"
    );
    assert_eq!(text, draft(&room.incident, "alice"));
}

#[test]
fn a_hostile_title_stays_text() {
    let mut room = Room::declared();
    let title = "<script>x</script> [fill in: no] ---\u{202e}".to_owned();
    room.ask(Request::SetDetails { title: Some(title), services: None, tags: None, kind: None });
    let text = draft(&room.incident, "al\x1bice");
    assert!(!text.contains('\u{202e}') && !text.contains('\x1b'));
    assert!(
        text.contains("# Postmortem: \\<script>x\\</script> \\[fill in: no\\] ---\\<U+202E>\n"),
        "{text}"
    );
    let (postmortem, problems) = parse(&text);
    assert_eq!(problems, []);
    assert_eq!(postmortem.title(), Some("<script>x</script> [fill in: no] ---<U+202E>"));
}

#[test]
fn what_only_the_room_may_know_of_an_indicator_is_in_no_text_of_the_draft() {
    let mut room = Room::declared();
    room.ask(note("exfiltrated to 203[.]0[.]113[.]9 and 203.0.113.9:443\nGET 203.0.113.9", &[], true));
    room.ask(Request::StateImpact {
        text: Some("files went to 203.0.113.9".to_owned()),
        certainty: Some(Certainty::Confirmed),
        customer_data: None,
        production: None,
        privileged_access: None,
    });
    let ioc = crate::domain::request::NewIoc {
        value: "203.0.113.9".to_owned(),
        tlp: Some(crate::domain::ioc::Tlp::Red),
        note: "frank of a partner told us".to_owned(),
        ..Default::default()
    };
    let kept = room.ask(crate::domain::request::Keep::AddIoc(ioc))[0];
    room.ask(Request::Star { target: kept, starred: true });
    room.ask(decide("block 203.0.113.9 and `203[.]0[.]113[.]9`", &[]));
    let text = draft(&room.incident, "dana");
    assert!(text.contains("exfiltrated to (an indicator under TLP:RED) and"), "{text}");
    assert!(text.contains("ioc ip: (an indicator under TLP:RED) (TLP:red)\n"), "{text}");
    for word in ["203", "frank"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let problems = run(&filled(&text), &room.incident);
    assert!(problems.is_empty(), "{problems:?}");
    let (postmortem, problems) = parse(&text);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(postmortem.front.text(Key::Impact), Some("files went to (an indicator under TLP:RED)"));
}
