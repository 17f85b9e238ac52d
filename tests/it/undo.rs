//! Every kind of event has an answer to `u` and `warroom undo`: its opposite, which brings back what was, or a plain
//! reason why it stays and what to do instead. A kind without an answer fails here.

use std::collections::BTreeSet;

use warroom::domain::audience::Audience;
use warroom::domain::calendar::Calendar;
use warroom::domain::decide::{Asker, decide};
use warroom::domain::event::*;
use warroom::domain::ids::{EventId, LogId, Seq};
use warroom::domain::incident::Incident;
use warroom::domain::ioc::{IocKind, Tlp};
use warroom::domain::policy::Policy;
use warroom::domain::request::{Asked, Request};
use warroom::domain::severity::Profile;
use warroom::domain::time::Utc;
use warroom::domain::words::*;

use crate::wire::examples;

/// What a clock and a tracker say, and why a runbook was attached: no action of its own, so `u` looks past it.
const NOBODYS: &[&str] = &[
    "clock.breached",
    "clock.stepped",
    "drill.injected",
    "postmortem.checked",
    "runbook.matched",
    "story.synced",
];

fn now() -> Utc {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn note() -> Event {
    Noted { text: s("something else"), ..Default::default() }.into()
}

/// The room in which the examples make sense: what they speak of stands at the position that they name.
fn room(of: &str) -> Incident {
    let due = Some(now());
    let step = StepRef { runbook: Seq(12), step: 1 };
    let decision = |text: &str| DecisionMade {
        text: s(text),
        decided_by: s("alice"),
        executor: None,
        check_at: due,
        objections: Vec::new(),
        tags: Vec::new(),
    };
    let ask = |text: &str| AskMade { text: s(text), person: Some(s("dana")), due_at: due, tags: Vec::new() };
    let text = s("# Key\n\n## Steps\n\n1. Revoke the key.\n2. Stop the pipeline.\n");
    let text = format!("---\nphases:\n  contain: 15m\n---\n{text}");
    let (customers, link) = (Audience::Customers, s("https://meet.example/old"));
    let mut at: Vec<(u64, Event)> = vec![
        (1, examples().into_iter().find(|(name, _)| name.starts_with("incident.declared.")).unwrap().1.event),
        (2, RoleTaken { role: s("scribe"), person: s("carol") }.into()),
        (3, RoleTaken { role: s("commander"), person: s("alice") }.into()),
        (10, decision("revoke the key").into()),
        (11, ask("list builds").into()),
        (12, RunbookAttached { name: s("key"), title: s("Key"), text }.into()),
        (14, decision("stop the pipeline").into()),
        (15, HypothesisProposed { text: s("a debug step"), tags: Vec::new() }.into()),
        (16, ask("list images").into()),
        (27, UpdateDrafted { audience: customers, text: s("we are looking"), next_at: None }.into()),
        (28, EvidenceAttached { evidence: Seq(24), entry: Seq(10) }.into()),
        (29, LinkAdded { kind: s("bridge"), url: link }.into()),
        (30, ScopeItemSet { asset: s("registry/payments:1.14"), state: ScopeState::Suspected }.into()),
        (31, Reported { reporter: s("erin"), source: s("page"), systems: vec![s("ci")] }.into()),
        (32, MilestoneMarked { milestone: Milestone::Contained }.into()),
    ];
    let named = |kind: &str, example: &str| {
        let name = format!("{kind}.1.{example}.json");
        examples().into_iter().find(|(n, _)| *n == name).unwrap().1.event
    };
    let ip = IocAdded { value: s("203.0.113.7"), kind: IocKind::Ip, tlp: Tlp::Red, entry: None, note: s("") };
    at.extend([(24, named("evidence.added", "full")), (33, named("impact.stated", "full")), (34, ip.into())]);
    at.extend([(35, named("story.filed", "full")), (36, named("story.filed", "minimal"))]);
    let last = match of {
        "entry.restored" => Struck { target: Seq(9), reason: s("in error") }.into(),
        "step.reopened" => StepDone { step, person: s("bob") }.into(),
        "postmortem.status-set" => PostmortemDrafted { file: s("INC-2026-0042.md"), from: s("") }.into(),
        "postmortem.owner-set" => PostmortemOwnerSet { owner: Some(s("erin")) }.into(),
        "postmortem.meeting-set" => PostmortemMeetingSet { day: "2026-11-27".parse().ok() }.into(),
        "clock.acknowledged" => PhaseEntered { phase: Phase::Contain }.into(),
        "step.due-set" => StepDueSet { step: StepRef { step: 2, ..step }, due_at: due }.into(),
        "incident.reopened" | "incident.closed" => Resolved::default().into(),
        _ => note(),
    };
    at.push((37, last));
    let mut incident = Incident::new(LogId(uuid::Uuid::nil()));
    for seq in 1..=37 {
        let event = at.iter().find(|(n, _)| *n == seq).map_or_else(note, |(_, event)| event.clone());
        // What the example says anew is not said before.
        let said = of == "role.taken" && matches!(event, Event::RoleTaken(_))
            // What is contained has no budget that runs out.
            || of == "clock.acknowledged" && matches!(event, Event::MilestoneMarked(_));
        let event = if said { note() } else { event };
        store(&mut incident, "frank", None, None, event);
    }
    incident
}

fn store(incident: &mut Incident, by: &str, at: Option<Utc>, undoes: Option<Seq>, event: Event) {
    let seq = incident.head.next();
    incident.apply(&Recorded {
        seq,
        id: EventId(uuid::Uuid::from_u128(u128::from(seq.0))),
        recorded_at: now(),
        host: None,
        actor: s("frank@host:pts/1"),
        by: s(by),
        occurred_at: at.unwrap_or_else(now),
        about: false,
        undoes,
        brought_by: None,
        event: Some(event),
        erased: None,
    });
}

/// What holds now, without who said so and what was before it.
fn facts(i: &Incident) -> Vec<String> {
    let mut facts = vec![
        format!("{} {} {:?} {:?} {:?}", i.title, i.kind, i.services, i.tags, i.severity),
        format!("{} {} {} {:?}", i.state, i.phase, i.visibility, i.targets),
        format!("{:?}", i.milestones.iter().map(|(name, mark)| (name, mark.at)).collect::<Vec<_>>()),
        format!("{:?}", i.report.as_ref().map(|r| (&r.reporter, &r.source, &r.systems))),
        format!("{:?}", i.impact.as_ref().map(|p| (&p.text, p.certainty, p.production))),
        format!(
            "{:?} {:?}",
            i.record.links,
            i.record.scope.iter().map(|s| (&s.asset, s.state)).collect::<Vec<_>>()
        ),
        format!(
            "{:?}",
            i.record.iocs.iter().map(|i| (&i.value, i.tlp, i.entry, &i.note)).collect::<Vec<_>>()
        ),
        format!("{:?}", ClosureItem::ALL.iter().map(|item| i.closing.state_of(*item)).collect::<Vec<_>>()),
    ];
    let (name, report) = (&i.code_name, &i.closing.postmortem);
    facts.push(format!("{name:?} {:?} {:?} {:?}", report.stands(), report.owner, report.meeting));
    facts.extend(i.roster.now().iter().map(|h| format!("{} {}", h.role, h.person)));
    facts
        .extend(i.checklist.steps().map(|s| format!("{:?} {} {:?} {:?}", s.at, s.state, s.person, s.due_at)));
    let stands = |seq: Seq| i.timeline.get(seq).is_some_and(|entry| entry.struck.is_none());
    let asks = i.talk.asks.values().filter(|a| stands(a.seq));
    facts.extend(asks.map(|a| format!("{} {:?} {:?}", a.text, a.person, a.due_at)));
    let hypotheses = i.talk.hypotheses.values().filter(|h| stands(h.seq));
    facts.extend(hypotheses.map(|h| format!("{} {}", h.text, h.now.state)));
    let evidence = i.record.evidence.iter().filter(|e| e.withdrawn.is_none());
    facts.extend(evidence.map(|e| format!("{} {:?}", e.name, e.entry)));
    let lines = i.timeline.stored().iter().filter(|e| e.kind != EntryKind::System && e.struck.is_none());
    facts.extend(lines.map(|e| format!("{} {} {} {}", e.seq, e.text, e.occurred_at, e.starred)));
    facts
}

#[test]
fn every_kind_of_event_is_undone_or_says_why_not_and_what_to_do() {
    let policy = Policy::new(Profile::builtin("p").unwrap(), Calendar::plain(warroom::domain::zone::Tz::UTC));
    let mut answered = BTreeSet::new();
    for (name, mut example) in examples() {
        // A request says the role by its full name.
        match &mut example.event {
            Event::RoleTaken(e) => e.role = s("commander"),
            Event::RoleHandedOver(e) => e.role = s("commander"),
            _ => {}
        }
        let (kind, _) = example.event.kind();
        let before = room(kind);
        let mut after = before.clone();
        store(&mut after, &example.by, example.occurred_at, None, example.event.clone());
        let seq = after.head;
        let trace = after.trail.last_of(&example.by).filter(|trace| trace.seq == seq).cloned();
        if NOBODYS.contains(&kind) {
            assert!(trace.is_none(), "{name}: nobody did this");
            answered.insert(s(kind));
            continue;
        }
        let trace =
            trace.unwrap_or_else(|| panic!("{name}: `u` passes over it; say in trail.rs how it is undone"));
        assert!(!trace.what.is_empty(), "{name}");
        let undo = Asked::from(Request::Undo { target: seq });
        let answer = decide(&after, &undo, &Asker { by: &example.by, now: now(), policy: &policy });
        if trace.undo.is_empty() {
            let refusal = answer.unwrap_err();
            assert!(!trace.instead.is_empty(), "{name}: why not, and what instead?");
            assert_eq!(refusal.hint, trace.instead, "{name}");
        } else {
            let events = answer.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
            let changed = facts(&after) != facts(&before);
            for event in events {
                assert_eq!(event.undoes, Some(seq), "{name}");
                store(&mut after, &example.by, event.occurred_at, event.undoes, event.event);
            }
            assert!(
                after.trail.last_of(&example.by).is_none_or(|next| next.seq < seq),
                "{name}: undone twice"
            );
            if changed {
                assert_eq!(facts(&after), facts(&before), "{name}: what was before it is back");
            }
        }
        answered.insert(s(kind));
    }
    for (kind, _) in Event::KINDS {
        assert!(answered.contains(*kind), "{kind} has no example that is undone");
    }
}

#[test]
fn what_has_no_former_state_says_so() {
    for (event, what) in [
        (
            Event::from(Reported { reporter: s("dana"), source: s(""), systems: Vec::new() }),
            "who reported it",
        ),
        (AskChanged { target: Seq(2), person: Some(s("bob")), due_at: None }.into(), "an ask to somebody"),
        (AskChanged { target: Seq(2), person: None, due_at: Some(now()) }.into(), "the time box of an ask"),
        (EvidenceAttached { evidence: Seq(3), entry: Seq(2) }.into(), "the first line of an item"),
    ] {
        let mut incident = Incident::new(LogId(uuid::Uuid::nil()));
        let ask = AskMade { text: s("list builds"), person: None, due_at: None, tags: Vec::new() };
        let item =
            examples().into_iter().find(|(name, _)| name == "evidence.added.1.full.json").unwrap().1.event;
        for event in [note(), ask.into(), item, event] {
            store(&mut incident, "alice", None, None, event);
        }
        let trace = incident.trail.last_of("alice").unwrap();
        assert_eq!(trace.seq, Seq(4), "{what}");
        assert!(trace.undo.is_empty() && trace.what.contains(what), "{what}: {trace:?}");
    }
}

#[test]
fn words_that_are_erased_are_not_offered_again() {
    let mut incident = Incident::new(LogId(uuid::Uuid::nil()));
    let secret = Noted { text: s("the password is swordfish"), ..Default::default() };
    store(&mut incident, "alice", None, None, note());
    store(&mut incident, "alice", None, None, secret.into());
    store(&mut incident, "bob", None, None, Redacted { target: Seq(2), reason: s("a password") }.into());
    assert_eq!(incident.trail.last_of("alice").unwrap().seq, Seq(1));
    assert!(!format!("{:?}", incident.trail).contains("swordfish"));
}

/// Applies what an undo of somebody's last action means.
fn take_back(incident: &mut Incident, by: &str) {
    let policy = Policy::new(Profile::builtin("p").unwrap(), Calendar::plain(warroom::domain::zone::Tz::UTC));
    let target = incident.trail.last_of(by).unwrap().seq;
    let asker = Asker { by, now: now(), policy: &policy };
    for event in decide(incident, &Request::Undo { target }.into(), &asker).unwrap() {
        store(incident, by, event.occurred_at, event.undoes, event.event);
    }
}

#[test]
fn nobody_took_it_when_the_first_role_is_undone() {
    let declared = || {
        let mut incident = Incident::new(LogId(uuid::Uuid::nil()));
        let event = examples().into_iter().find(|(name, _)| name.starts_with("incident.declared.")).unwrap();
        store(&mut incident, "alice", None, None, event.1.event);
        incident
    };
    let take = |incident: &mut Incident, who: &str, role: &str, at: &str| {
        let event = RoleTaken { role: s(role), person: s(who) };
        store(incident, who, Some(at.parse().unwrap()), None, event.into());
    };
    let acknowledged = |incident: &Incident| {
        incident.milestone(Milestone::Acknowledged).map(|at| at.format("%H:%M").to_string())
    };
    let mut incident = declared();
    take(&mut incident, "alice", "commander", "2026-11-22T09:00:00Z");
    assert_eq!(acknowledged(&incident).as_deref(), Some("09:00"));
    take_back(&mut incident, "alice");
    assert_eq!(acknowledged(&incident), None, "so the clock of the response runs again");
    take(&mut incident, "bob", "commander", "2026-11-22T09:10:00Z");
    assert_eq!(acknowledged(&incident).as_deref(), Some("09:10"), "the first that was meant");

    // Somebody else took a role meanwhile: since then it is taken.
    let mut incident = declared();
    take(&mut incident, "alice", "commander", "2026-11-22T09:00:00Z");
    take(&mut incident, "bob", "scribe", "2026-11-22T09:05:00Z");
    take(&mut incident, "carol", "legal", "2026-11-22T09:06:00Z");
    take_back(&mut incident, "bob");
    assert_eq!(acknowledged(&incident).as_deref(), Some("09:00"), "alice took it first");
    take_back(&mut incident, "alice");
    assert_eq!(acknowledged(&incident).as_deref(), Some("09:06"), "bob's was undone as well");

    // Who says it by name means it.
    let mut incident = declared();
    take(&mut incident, "alice", "commander", "2026-11-22T09:00:00Z");
    let said = MilestoneMarked { milestone: Milestone::Acknowledged };
    store(&mut incident, "bob", Some("2026-11-22T09:02:00Z".parse().unwrap()), None, said.into());
    take_back(&mut incident, "alice");
    assert_eq!(acknowledged(&incident).as_deref(), Some("09:02"));
}
