use super::*;
use crate::domain::ids::Seq;
use crate::domain::incident::tests::Room;
use crate::domain::request::{Keep, NewEvidence, NewIoc, Request, StepMove, StepPick, When};
use crate::domain::time::Span;
use crate::domain::words::{HypothesisState, ScopeState, Verdict};

fn text(room: &Room, kind: BoardKind) -> String {
    board(&room.incident, kind, room.now, Tz::UTC).to_text()
}

#[test]
fn the_boards_say_who_owes_what_and_why_it_stands_so() {
    let mut room = Room::declared();
    let ask = room.ask(Request::Ask {
        text: "list builds since 13:00".into(),
        person: Some("bob".into()),
        time_box: Some(Span::minutes(3)),
        tags: vec![],
    })[0];
    let decision = room.ask(Request::Decide {
        text: "stop all builds".into(),
        decided_by: None,
        executor: Some("carol".into()),
        check: Some(When::In(Span::minutes(1))),
        objections: vec![],
        tags: vec![],
    })[0];
    let hypothesis = room.ask(Request::Propose { text: "key was in a CI variable".into(), tags: vec![] })[0];
    room.wait(Span::minutes(2));
    room.ask(Keep::Object {
        target: decision,
        text: "it stops every deploy".into(),
        person: Some("dana".into()),
    });
    room.ask(Request::SetHypothesis {
        target: hypothesis,
        state: HypothesisState::RuledOut,
        why: "the variable was empty".into(),
        person: None,
    });
    assert_eq!(
        text(&room, BoardKind::Asks),
        "Asks: 1 open\n  #4 @bob  list builds since 13:00  (1m left)\n      asked by alice Fri 2026-11-20 14:20 UTC\n      not acknowledged for 2m\n"
    );
    let decisions = text(&room, BoardKind::Decisions);
    assert!(decisions.contains("stop all builds  (check 1m over)"), "{decisions}");
    assert!(decisions.contains("against it: dana: it stops every deploy"), "{decisions}");
    let hypotheses = text(&room, BoardKind::Hypotheses);
    assert!(hypotheses.starts_with("Hypotheses: 0 open, 0 supported, 1 ruled out\n"), "{hypotheses}");
    assert!(
        hypotheses.contains("key was in a CI variable — the variable was empty  (alice 14:22)"),
        "{hypotheses}"
    );
    room.ask(Request::GiveVerdict {
        target: decision,
        verdict: Verdict::Held,
        reason: "no build ran".into(),
    });
    room.ask(Request::Answer { target: ask, text: "two builds".into() });
    assert!(text(&room, BoardKind::Decisions).contains("held (alice, 14:22): no build ran"));
    assert!(text(&room, BoardKind::Asks).contains("alice: two builds"));
}

#[test]
fn what_is_kept_is_counted_and_told_in_full() {
    let mut room = Room::declared();
    room.ask(Request::SetScope {
        assets: vec!["build-7".into(), "build-8".into()],
        state: ScopeState::Affected,
    });
    room.ask(Request::SetScope { assets: vec!["build-8".into()], state: ScopeState::Fixed });
    assert!(text(&room, BoardKind::Scope).starts_with("Scope: affected 1 · fixed 1\n  affected  build-7"));
    let line = room.note("audit log of the KMS");
    let item = room.ask(Request::AddEvidence(NewEvidence {
        name: "audit.json".into(),
        class: "audit-log".into(),
        source: "KMS".into(),
        acquired_by: Some("carol".into()),
        location: "/cases/audit.json".into(),
        size: Some(48_213),
        sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into()),
        entry: Some(line),
    }))[0];
    room.wait(Span::minutes(5));
    room.ask(Request::TransferEvidence {
        evidence: item,
        to: "dana".into(),
        location: "safe".into(),
        reason: "end of shift".into(),
    });
    let evidence = text(&room, BoardKind::Evidence);
    for words in [
        "audit.json, 48.2 kB, sha256 9f86d081884c…  (dana)",
        "taken by carol from KMS Fri 2026-11-20 14:20 UTC",
        "carol → dana Fri 2026-11-20 14:25 UTC, to safe: end of shift",
        &format!("belongs to line #{line}"),
        "lies at safe",
    ] {
        assert!(evidence.contains(words), "{words:?} is not in {evidence}");
    }
    room.ask(Keep::AddIoc(NewIoc { value: "evil[.]example".into(), entry: Some(line), ..NewIoc::default() }));
    let iocs = text(&room, BoardKind::Iocs);
    assert!(iocs.contains("domain AMBER  evil[.]example"), "{iocs}");
    assert!(iocs.contains("seen in line #"), "{iocs}");
}

#[test]
fn overdue_steps_come_first() {
    let mut room = Room::declared();
    let step = |name: &str| StepPick::Named(name.to_owned());
    room.ask(Keep::StepDue { step: step("2"), due: Some(When::In(Span::minutes(5))) });
    room.ask(Request::AssignStep { step: step("2"), person: "bob".into() });
    room.ask(Request::MoveStep {
        step: step("1"),
        change: StepMove::Doing,
        person: None,
        reason: String::new(),
    });
    room.wait(Span::minutes(7));
    let steps = text(&room, BoardKind::Steps);
    assert!(steps.starts_with("Steps: 2 not done, 1 overdue\n  2 todo @bob"), "{steps}");
    let clocks = crate::domain::clocks::clocks(&room.incident, &room.policy, room.now);
    assert!(clocks.iter().any(|c| c.what == "step 2 @bob" && c.deadline < room.now), "{clocks:?}");
    assert_eq!(room.incident.checklist.numbered(2).map(|s| s.at.runbook), Some(Seq(3)));
}

#[test]
fn sizes_are_read_by_people() {
    for (bytes, shown) in
        [(0, "0 bytes"), (999, "999 bytes"), (48_213, "48.2 kB"), (u64::MAX, "18446744073.7 GB")]
    {
        assert_eq!(size(bytes), shown);
    }
}

#[test]
fn numbers_end_in_one_column() {
    let mut room = Room::declared();
    for n in 0..8 {
        room.ask(Request::Ask { text: format!("task {n}"), person: None, time_box: None, tags: vec![] });
    }
    let labels = |kind| -> Vec<String> {
        board(&room.incident, kind, room.now, Tz::UTC).rows.into_iter().map(|row| row.label).collect()
    };
    let asks = labels(BoardKind::Asks);
    assert!(
        asks.iter().any(|l| l.starts_with(" #9 ")) && asks.iter().any(|l| l.starts_with("#10 ")),
        "{asks:?}"
    );
    assert_eq!(labels(BoardKind::Steps), ["1 todo", "2 todo"]);
}
