//! Asks that change, objections, scope, indicators, steps taken over: what is allowed, and what undoes it.

use super::refused;
use crate::domain::audience::Audience;
use crate::domain::clocks::{clocks, waiting};
use crate::domain::ids::Seq;
use crate::domain::incident::tests::Room;
use crate::domain::ioc::Tlp;
use crate::domain::refusal::RefusalKind;
use crate::domain::request::{Asked, Keep, NewEvidence, NewIoc, Request, StepMove, StepPick};
use crate::domain::time::Span;
use crate::domain::words::{HypothesisState, ScopeState, StepState};

fn ask(room: &mut Room, person: Option<&str>, minutes: Option<i64>) -> Seq {
    room.ask(Request::Ask {
        text: "list builds".into(),
        person: person.map(str::to_owned),
        time_box: minutes.map(Span::minutes),
        tags: vec![],
    })[0]
}

fn undo(room: &mut Room) {
    let target = room.incident.trail.last_of(&room.by).unwrap().seq;
    room.ask(Request::Undo { target });
}

fn next(room: &Room) -> Vec<String> {
    clocks(&room.incident, &room.policy, room.now).into_iter().map(|c| c.what).collect()
}

#[test]
fn an_ask_that_nobody_acknowledged_says_so_after_a_minute() {
    let mut room = Room::declared();
    let seq = ask(&mut room, Some("bob"), Some(10));
    let free = ask(&mut room, Some("carol"), None);
    ask(&mut room, None, None);
    room.wait(Span::seconds(59));
    assert!(next(&room).contains(&"ask @bob".to_owned()), "{:?}", next(&room));
    assert_eq!(waiting(&room.incident, room.now), ["1 ask unassigned"]);
    room.wait(Span::seconds(1));
    let unheard = |room: &Room| {
        let clocks = clocks(&room.incident, &room.policy, room.now);
        clocks.into_iter().any(|c| c.what == "ask @bob" && c.unheard)
    };
    assert!(unheard(&room));
    assert_eq!(waiting(&room.incident, room.now), ["1 ask unassigned", "ask @carol not acknowledged for 1m"]);
    room.ask(Request::Acknowledge { target: seq, person: Some("bob".into()) });
    room.ask(Request::Acknowledge { target: free, person: Some("carol".into()) });
    assert!(!unheard(&room));
    assert_eq!(waiting(&room.incident, room.now), ["1 ask unassigned"]);
}

#[test]
fn an_update_is_not_due_before_anybody_could_write_it() {
    let mut room = Room::declared();
    let set = |target: &str| Request::SetTarget {
        clock: "update".into(),
        target: target.into(),
        reason: "so".into(),
    };
    for target in ["0m", "59s", "immediate", "next sprint"] {
        let (kind, text) = refused(&mut room, set(target));
        assert_eq!(kind, RefusalKind::Usage, "{target}");
        assert!(text.contains("is no time within which an update is due"), "{text}");
    }
    for target in ["1m", "same business day", "none", "default"] {
        assert_eq!(room.ask(set(target)).len(), 1, "{target}");
    }
    let at_once = "immediate".to_owned();
    room.ask(Request::SetTarget { clock: "response".into(), target: at_once, reason: "so".into() });
}

#[test]
fn a_link_that_is_there_is_not_added_again() {
    let mut room = Room::declared();
    let url = "https://meet.example/7";
    let link = |kind: &str, url: &str| Request::AddLink { kind: kind.into(), url: url.into() };
    assert_eq!(room.ask(link("bridge", url)).len(), 1);
    assert_eq!(room.ask(link("bridge", url)), []);
    assert_eq!(room.ask(link(" Bridge", &format!("{url} "))), []);
    assert_eq!(room.ask(link("channel", url)).len(), 1);
    assert_eq!(room.ask(link("bridge", "https://meet.example/8")).len(), 1);
    room.ask(Keep::RemoveLink { link: "https://meet.example/8".into() });
    assert_eq!(room.ask(link("bridge", "https://meet.example/8")).len(), 1, "it was taken away");
}

#[test]
fn an_ask_gets_more_time_and_another_person_and_both_are_undone() {
    let mut room = Room::declared();
    let began = room.now;
    let seq = ask(&mut room, Some("bob"), Some(3));
    room.ask(Request::Acknowledge { target: seq, person: Some("bob".into()) });
    room.ask(Keep::Extend { target: seq, by: Span::minutes(5) });
    assert_eq!(room.incident.talk.asks[&seq].due_at, Some(began + Span::minutes(8)));
    room.wait(Span::minutes(20));
    room.ask(Keep::Extend { target: seq, by: Span::minutes(5) });
    assert_eq!(
        room.incident.talk.asks[&seq].due_at,
        Some(room.now + Span::minutes(5)),
        "from now when it ran out"
    );
    undo(&mut room);
    assert_eq!(room.incident.talk.asks[&seq].due_at, Some(began + Span::minutes(8)));
    room.ask(Keep::Reassign { target: seq, person: "@carol".into() });
    let now = &room.incident.talk.asks[&seq];
    assert_eq!((now.person.as_deref(), now.acknowledged.is_some()), (Some("carol"), false));
    assert_eq!(room.incident.timeline.get(seq).unwrap().text, "@carol list builds");
    let again = Keep::Reassign { target: seq, person: "carol".into() };
    assert_eq!(refused(&mut room, again).0, RefusalKind::No);
    undo(&mut room);
    assert_eq!(room.incident.talk.asks[&seq].person.as_deref(), Some("bob"));
    room.ask(Request::Answer { target: seq, text: "two".into() });
    let late = Keep::Extend { target: seq, by: Span::minutes(1) };
    assert_eq!(refused(&mut room, late).0, RefusalKind::No);
}

#[test]
fn a_time_that_ran_out_says_who_owes_what() {
    let mut room = Room::declared();
    let seq = ask(&mut room, Some("bob"), Some(3));
    let deadline = room.now + Span::minutes(3);
    room.wait(Span::minutes(4));
    room.ask(Request::RecordBreach { clock: format!("ask:{seq}"), deadline });
    let line = room.incident.timeline.shown().last().unwrap().text.clone();
    assert_eq!(line, "time ran out: no answer to the ask @bob list builds, never acknowledged");
}

#[test]
fn an_objection_stands_with_the_decision() {
    let mut room = Room::declared();
    let seq = room.ask(Request::Decide {
        text: "stop all builds".into(),
        decided_by: None,
        executor: None,
        check: None,
        objections: vec!["too wide".into()],
        tags: vec![],
    })[0];
    room.by = "bob".into();
    room.ask(Keep::Object { target: seq, text: "it stops every deploy".into(), person: None });
    assert_eq!(room.incident.talk.decisions[&seq].objections, ["too wide", "bob: it stops every deploy"]);
    let (kind, text) = refused(&mut room, Keep::Object { target: Seq(1), text: "no".into(), person: None });
    assert_eq!(kind, RefusalKind::NotFound, "{text}");
}

#[test]
fn many_assets_are_set_and_undone_at_once() {
    let mut room = Room::declared();
    let set = |assets: &[&str], state| Request::SetScope {
        assets: assets.iter().map(|a| (*a).to_owned()).collect(),
        state,
    };
    room.ask(set(&["a", "b", "c"], ScopeState::Affected));
    room.wait(Span::minutes(1));
    assert_eq!(room.ask(set(&["a", "b", "d"], ScopeState::Fixed)).len(), 3);
    assert_eq!(room.incident.record.counted(), "affected 1 · fixed 3");
    assert!(room.ask(set(&["a"], ScopeState::Fixed)).is_empty(), "what stands there is not said again");
    undo(&mut room);
    assert_eq!(room.incident.record.counted(), "affected 3");
    undo(&mut room);
    assert_eq!(room.incident.record.counted(), "");
    assert_eq!(refused(&mut room, set(&[], ScopeState::Fixed)).0, RefusalKind::Usage);
    let absent = Keep::RemoveScope { assets: vec!["z".into()] };
    assert_eq!(refused(&mut room, absent).0, RefusalKind::NotFound);
}

#[test]
fn an_indicator_is_kept_once_and_never_told_outside() {
    let mut room = Room::declared();
    let ioc = |value: &str, tlp| NewIoc { value: value.into(), tlp, ..NewIoc::default() };
    room.ask(Keep::AddIoc(ioc("203[.]0[.]113[.]7", Some(Tlp::Red))));
    let kept = &room.incident.record.iocs[0];
    assert_eq!((kept.value.as_str(), kept.shown().as_str()), ("203.0.113.7", "203[.]0[.]113[.]7"));
    assert_eq!(refused(&mut room, Keep::AddIoc(ioc("203.0.113.7", None))).0, RefusalKind::No);
    let tell = |audience, text: &str| Request::SendUpdate { audience, text: text.into(), next: None };
    for audience in [Audience::Customers, Audience::Public, Audience::Regulator] {
        let (kind, text) = refused(&mut room, tell(audience, "we block 203[.]0[.]113[.]7 now"));
        assert_eq!(kind, RefusalKind::No);
        assert!(text.contains("TLP:RED") && text.contains("203[.]0[.]113[.]7"), "{text}");
    }
    room.ask(tell(Audience::Internal, "we block 203.0.113.7 now"));
    room.ask(tell(Audience::Public, "we block an address"));
    let draft = room.ask(Request::DraftUpdate {
        audience: Audience::Public,
        text: "evil.example is down".into(),
        next: None,
    })[0];
    room.ask(Keep::AddIoc(ioc("evil.example", None)));
    assert_eq!(refused(&mut room, Request::MarkSent { target: draft, next: None }).0, RefusalKind::No);
    assert_eq!(refused(&mut room, Request::ApproveUpdate { target: draft }).0, RefusalKind::No);
    room.ask(Keep::AddIoc(ioc("evil.example", Some(Tlp::Clear))));
    undo(&mut room);
    assert_eq!(room.incident.record.iocs[1].tlp, Tlp::Amber);
    let out = room.ask(tell(Audience::Public, "we block a name"))[0];
    let amend = |text: &str| Request::Amend { target: out, text: Some(text.into()), at: None, seen: None };
    let (kind, text) = refused(&mut room, amend("we block evil.example"));
    assert_eq!(kind, RefusalKind::No, "what is out is looked at again when it gets other words");
    assert!(text.contains("evil[.]example"), "{text}");
    assert_eq!(refused(&mut room, amend("we block [fill in: what]")).0, RefusalKind::No);
    room.ask(amend("we block a host"));
    room.ask(Keep::AddIoc(ioc("evil.example", Some(Tlp::Clear))));
    room.ask(Request::MarkSent { target: draft, next: None });
    room.ask(Keep::RemoveIoc { value: "evil[.]example".into(), reason: "a customer's own".into() });
    assert_eq!(room.incident.record.iocs.len(), 1);
}

#[test]
fn a_step_is_taken_over_by_name_and_ticked_for_whoever_was_at_it() {
    let mut room = Room::declared();
    let step = |change, person: Option<&str>| Request::MoveStep {
        step: StepPick::Named("disable".into()),
        change,
        person: person.map(str::to_owned),
        reason: String::new(),
    };
    room.ask(step(StepMove::Doing, Some("bob")));
    let (_, text) = refused(&mut room, step(StepMove::Doing, Some("carol")));
    assert!(text.contains("by bob") && text.contains("--force"), "{text}");
    room.ask(step(StepMove::TakeOver, Some("carol")));
    assert_eq!(room.incident.checklist.numbered(1).unwrap().person.as_deref(), Some("carol"));
    room.ask(step(StepMove::Tick, None));
    let done = room.incident.checklist.numbered(1).unwrap();
    assert_eq!((done.state, done.person.as_deref()), (StepState::Done, Some("carol")));
}

#[test]
fn a_step_that_is_done_or_skipped_is_begun_again_only_by_who_says_so() {
    let mut room = Room::declared();
    let step = |number: &str, change| Request::MoveStep {
        step: StepPick::Named(number.into()),
        change,
        person: None,
        reason: "nothing to disable".to_owned(),
    };
    let state = |room: &Room, number| room.incident.checklist.numbered(number).unwrap().state;
    room.ask(step("1", StepMove::Tick));
    room.ask(step("2", StepMove::Skip));
    room.by = "bob".to_owned();
    for (number, was) in
        [("1", "step 1 is done already by alice"), ("2", "step 2 is skipped already by alice")]
    {
        let refusal = room.try_ask(step(number, StepMove::Doing)).unwrap_err();
        assert_eq!((refusal.kind, refusal.message.as_str()), (RefusalKind::No, was));
        let way = format!("warroom step INC-2026-0042 doing {number} --force, or :take-over {number}");
        assert!(refusal.hint.ends_with(&way), "{refusal:?}");
    }
    assert_eq!((state(&room, 1), state(&room, 2)), (StepState::Done, StepState::Skipped));
    room.ask(step("1", StepMove::TakeOver));
    assert_eq!(state(&room, 1), StepState::Doing, "meant is meant");
    // What was taken back or blocked may be begun.
    room.ask(step("2", StepMove::Reopen));
    room.ask(step("2", StepMove::Block));
    room.ask(step("2", StepMove::Doing));
    assert_eq!(state(&room, 2), StepState::Doing);
}

#[test]
fn evidence_belongs_to_a_line_and_is_withdrawn_never_deleted() {
    let mut room = Room::declared();
    let line = room.note("the log of the build");
    let new = |entry| {
        Request::AddEvidence(NewEvidence {
            name: "build.log".into(),
            class: "audit-log".into(),
            source: String::new(),
            acquired_by: None,
            location: "/cases/build.log".into(),
            size: None,
            sha256: None,
            entry,
        })
    };
    let item = room.ask(new(Some(line)))[0];
    assert_eq!(room.incident.record.evidence_of(line).map(|i| i.seq).collect::<Vec<_>>(), [item]);
    assert_eq!(refused(&mut room, new(Some(Seq(99)))).0, RefusalKind::NotFound);
    let other = room.ask(new(None))[0];
    undo(&mut room);
    let kept = &room.incident.record.evidence[1];
    assert_eq!((kept.seq, kept.withdrawn.as_ref().map(|(_, _, why)| why.as_str())), (other, Some("undone")));
}

#[test]
fn a_hypothesis_that_was_ruled_out_is_recalled() {
    let mut room = Room::declared();
    let seq = room.ask(Request::Propose { text: "key was in a CI variable".into(), tags: vec![] })[0];
    let recalled =
        |room: &Room, text: &str| crate::domain::resemble::ruled_out(&room.incident, text).map(|h| h.seq);
    assert_eq!(recalled(&room, "the keys were in CI variables"), None, "it is open");
    room.ask(Request::SetHypothesis {
        target: seq,
        state: HypothesisState::RuledOut,
        why: "it was empty".into(),
        person: None,
    });
    assert_eq!(recalled(&room, "the keys were in CI variables"), Some(seq));
    assert_eq!(recalled(&room, "a stolen laptop"), None);
}

#[test]
fn evidence_is_handed_on_by_whoever_has_it_then() {
    let mut room = Room::declared();
    room.wait(Span::hours(1));
    let item = room.ask(Request::AddEvidence(NewEvidence {
        name: "disk image".into(),
        class: "digest".into(),
        location: "/safe/1".into(),
        source: String::new(),
        acquired_by: None,
        size: None,
        sha256: None,
        entry: None,
    }))[0];
    let hand = |to: &str, place: &str| Request::TransferEvidence {
        evidence: item,
        to: to.into(),
        location: place.into(),
        reason: String::new(),
    };
    let at = |room: &Room, minutes, request| Asked {
        request,
        at: Some((room.now - Span::minutes(minutes), false)),
    };
    let early = at(&room, 30, hand("dave", ""));
    let refusal = room.try_ask(early).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Usage);
    assert!(refusal.message.starts_with(&format!("alice has evidence {item} since 15:20")), "{refusal}");
    room.wait(Span::minutes(10));
    room.ask(hand("dave", ""));
    room.wait(Span::minutes(10));
    let early = at(&room, 11, hand("erin", ""));
    assert!(room.try_ask(early).unwrap_err().message.starts_with("dave has evidence"));
    assert_eq!(refused(&mut room, hand("@dave", "")).0, RefusalKind::No);
    assert_eq!(refused(&mut room, hand("dave", "/safe/1")).0, RefusalKind::No);
    room.ask(hand("dave", "/safe/2"));
    let soon = at(&room, 0, hand("erin", ""));
    room.ask(soon);
    let chain: Vec<&str> = room.incident.record.evidence[0].custody.iter().map(|c| c.to.as_str()).collect();
    assert_eq!(chain, ["dave", "dave", "erin"]);
}

#[test]
fn what_is_privileged_goes_to_nobody_outside_by_a_slip() {
    let mut room = Room::declared();
    let text = || "counsel says wait #Privileged".to_owned();
    for audience in [Audience::Customers, Audience::Public, Audience::Regulator] {
        let (kind, message) = refused(&mut room, Request::SendUpdate { audience, text: text(), next: None });
        assert_eq!(kind, RefusalKind::No);
        assert!(message.contains(&format!("is not told to {audience}")), "{message}");
        // A draft is for those who work on it.
        let target = room.ask(Request::DraftUpdate { audience, text: text(), next: None })[0];
        assert_eq!(refused(&mut room, Request::ApproveUpdate { target }).0, RefusalKind::No);
        assert_eq!(refused(&mut room, Request::MarkSent { target, next: None }).0, RefusalKind::No);
    }
    room.ask(Request::SendUpdate { audience: Audience::Internal, text: text(), next: None });
    // What went out is marked afterwards so that it leaves no more.
    let audience = Audience::Customers;
    let target = room.ask(Request::SendUpdate { audience, text: "we wait".into(), next: None })[0];
    room.ask(Request::Amend { target, text: Some("we wait #privileged".into()), at: None, seen: None });
}
