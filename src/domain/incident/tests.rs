use proptest::prelude::*;

use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::decide::{Asker, decide};
use crate::domain::event::NewEvent;
use crate::domain::ids::EventId;
use crate::domain::policy::Policy;
use crate::domain::request::{Asked, Declaration, Request, RunbookText, StepMove, StepPick, When};
use crate::domain::severity::Profile;
use crate::domain::time::Span;
use crate::domain::wire;
use crate::domain::words::{ClosureState, EntryKind, StepState};
use crate::domain::zone::Tz;

/// A room that is driven by requests, its events going through the wire form and back.
pub(crate) struct Room {
    pub(crate) incident: Incident,
    pub(crate) events: Vec<Recorded>,
    pub(crate) policy: Policy,
    pub(crate) now: Utc,
    pub(crate) by: String,
}

pub(crate) fn policy() -> Policy {
    Policy::new(Profile::builtin("p").unwrap(), Calendar::plain(Tz::UTC))
}

pub(crate) fn at(text: &str) -> Utc {
    text.parse().unwrap()
}

impl Room {
    pub(crate) fn empty() -> Self {
        Self {
            incident: Incident::new(LogId(uuid::Uuid::nil())),
            events: Vec::new(),
            policy: policy(),
            now: at("2026-11-20T14:20:00Z"),
            by: "alice".to_owned(),
        }
    }

    pub(crate) fn declared() -> Self {
        let mut room = Self::empty();
        room.ask(Request::Declare(Declaration {
            id: "INC-2026-0042".parse().unwrap(),
            title: "Signing key leaked".to_owned(),
            kind: IncidentKind::Real,
            severity: Some("p1".to_owned()),
            services: vec!["payments".to_owned()],
            tags: Vec::new(),
            commander: Some("alice".to_owned()),
            runbooks: vec![RunbookText {
                name: "key".to_owned(),
                title: "Key".to_owned(),
                text: "---\nphases:\n  contain: 15m\n---\n# Key\n\n## Containment\n\n1. Disable the key\n2. Stop the builds\n"
                    .to_owned(),
            }],
        }));
        room
    }

    pub(crate) fn ask(&mut self, request: impl Into<Asked>) -> Vec<Seq> {
        self.try_ask(request).unwrap()
    }

    pub(crate) fn try_ask(
        &mut self,
        request: impl Into<Asked>,
    ) -> Result<Vec<Seq>, crate::domain::refusal::Refusal> {
        let asker = Asker { by: &self.by, now: self.now, policy: &self.policy };
        let events = decide(&self.incident, &request.into(), &asker)?;
        Ok(events.iter().map(|e| self.store(e)).collect())
    }

    fn store(&mut self, event: &NewEvent) -> Seq {
        let encoded = wire::encode(event).unwrap();
        let seq = self.incident.head.next();
        let envelope = wire::Envelope {
            seq,
            id: EventId(uuid::Uuid::from_u128(u128::from(seq.0))),
            name: &encoded.name,
            version: encoded.version,
            recorded_at: self.now,
            host: None,
            actor: "alice@host:pts/1",
        };
        let recorded = wire::decode(&envelope, Some(&encoded.payload));
        assert_eq!(recorded.event.as_ref(), Some(&event.event), "the wire form must not lose anything");
        self.incident.apply(&recorded);
        self.events.push(recorded);
        seq
    }

    /// Stores what no request asks for.
    pub(crate) fn say(&mut self, event: impl Into<crate::domain::event::Event>) -> Seq {
        let by = self.by.clone();
        self.store(&NewEvent {
            by,
            occurred_at: None,
            about: false,
            undoes: None,
            brought_by: None,
            event: event.into(),
        })
    }

    /// Stores an undo that no request would be granted.
    pub(crate) fn undoing(&mut self, event: impl Into<crate::domain::event::Event>, undone: Seq) -> Seq {
        let (by, event) = (self.by.clone(), event.into());
        self.store(&NewEvent {
            by,
            occurred_at: None,
            about: false,
            undoes: Some(undone),
            brought_by: None,
            event,
        })
    }

    /// Stores a line of a table that whoever acts brings in.
    pub(crate) fn bring(&mut self, author: &str, event: impl Into<crate::domain::event::Event>) -> Seq {
        let (by, brought_by) = (author.to_owned(), Some(self.by.clone()));
        let event = event.into();
        self.store(&NewEvent { by, occurred_at: None, about: false, undoes: None, brought_by, event })
    }

    pub(crate) fn wait(&mut self, span: Span) -> &mut Self {
        self.now += span;
        self
    }

    pub(crate) fn note(&mut self, text: &str) -> Seq {
        self.ask(Request::Note { text: text.to_owned(), tags: Vec::new(), starred: false })[0]
    }
}

#[test]
fn a_name_of_an_old_log_with_its_marks_apart_is_the_same_person() {
    use crate::domain::attendance::participants;
    use crate::domain::event::{AskMade, RoleTaken};
    let (apart, one) = ("rene\u{301}", "ren\u{e9}");
    let mut room = Room::declared();
    room.say(RoleTaken { role: "scribe".to_owned(), person: apart.to_owned() });
    let asked =
        AskMade { text: "look".to_owned(), person: Some(apart.to_owned()), due_at: None, tags: Vec::new() };
    let ask = room.say(asked);
    let roster = &room.incident.roster;
    assert!(roster.holds(one, "scribe") && roster.holds(apart, "scribe"));
    assert_eq!(roster.roles_of(one).collect::<Vec<_>>(), ["scribe"]);
    assert_eq!(roster.holder("scribe"), Some(apart), "what was written stays as it was");
    let again = Request::Keep(crate::domain::request::Keep::Reassign { target: ask, person: one.to_owned() });
    assert!(room.try_ask(again).unwrap_err().to_string().contains("already"));
    // They write, and are listed once.
    room.by = one.to_owned();
    room.note("here");
    let names: Vec<String> = participants(&room.incident).into_iter().map(|p| p.person).collect();
    assert_eq!(names, ["alice", apart]);
    room.ask(Request::ReleaseRole { role: "scribe".to_owned(), person: one.to_owned() });
    assert_eq!(room.incident.roster.holder("scribe"), None);
}

#[test]
fn declaring_sets_detected_and_the_first_role_sets_acknowledged() {
    let room = Room::declared();
    let incident = &room.incident;
    assert_eq!(incident.title, "Signing key leaked");
    assert_eq!(incident.severity.as_deref(), Some("P1"));
    assert_eq!(incident.commander(), Some("alice"));
    assert_eq!(incident.milestone(Milestone::Detected), Some(room.now));
    assert_eq!(incident.milestone(Milestone::Acknowledged), Some(room.now));
    assert_eq!(incident.milestone(Milestone::Contained), None);
    assert_eq!(incident.checklist.steps().count(), 2);
}

#[test]
fn a_late_entry_slots_in_where_it_happened_and_says_how_late() {
    let mut room = Room::declared();
    room.wait(Span::minutes(10));
    let first = room.note("now");
    let asked = Asked {
        request: Request::Note { text: "before".to_owned(), tags: Vec::new(), starred: false },
        at: Some((room.now - Span::minutes(4), false)),
    };
    let late = room.ask(asked)[0];
    let shown: Vec<Seq> =
        room.incident.timeline.shown().filter(|e| e.kind == EntryKind::Note).map(|e| e.seq).collect();
    assert_eq!(shown, [late, first]);
    assert_eq!(room.incident.timeline.get(late).unwrap().late_by(), Some(Span::minutes(4)));
    assert_eq!(room.incident.timeline.get(first).unwrap().late_by(), None);
    for (place, entry) in room.incident.timeline.shown().enumerate() {
        assert_eq!(room.incident.timeline.place_of(entry.seq), Some(place));
    }
}

#[test]
fn the_tags_of_an_update_are_those_of_its_words() {
    use crate::domain::audience::Audience;
    let mut room = Room::declared();
    let audience = Audience::Internal;
    let text = "we look #Netz".to_owned();
    let sent = room.ask(Request::SendUpdate { audience, text: text.clone(), next: None })[0];
    let drafted = room.ask(Request::DraftUpdate { audience, text, next: None })[0];
    let tags = |room: &Room, seq| room.incident.timeline.get(seq).unwrap().tags.clone();
    assert_eq!((tags(&room, sent), tags(&room, drafted)), (vec!["netz".to_owned()], vec!["netz".to_owned()]));
    let text = Some("we look #db".to_owned());
    room.ask(Request::Amend { target: drafted, text, at: None, seen: None });
    assert_eq!(tags(&room, drafted), ["db"]);
}

#[test]
fn an_amendment_keeps_the_former_text_and_moves_the_line() {
    let mut room = Room::declared();
    room.wait(Span::minutes(5));
    let one = room.note("one");
    let two = room.note("two");
    let back = room.now - Span::minutes(3);
    room.ask(Request::Amend {
        target: two,
        text: Some("zwei".to_owned()),
        at: Some((back, true)),
        seen: Some(two),
    });
    let entry = room.incident.timeline.get(two).unwrap();
    assert_eq!((entry.text.as_str(), entry.occurred_at, entry.about), ("zwei", back, true));
    assert_eq!(entry.edits[0].text, "two");
    let notes: Vec<Seq> =
        room.incident.timeline.shown().filter(|e| e.kind == EntryKind::Note).map(|e| e.seq).collect();
    assert_eq!(notes, [two, one]);
}

#[test]
fn what_a_line_stands_for_moves_with_its_time() {
    use crate::domain::audience::Audience;
    let mut room = Room::declared();
    room.wait(Span::hours(1));
    let bob = room.ask(Request::AssignRole { role: "ic".to_owned(), person: "bob".to_owned() })[0];
    let severity =
        room.ask(Request::SetSeverity { to: Some("P2".to_owned()), reason: "smaller".to_owned() })[0];
    let update =
        |text: &str| Request::SendUpdate { audience: Audience::Internal, text: text.to_owned(), next: None };
    let told = room.ask(update("over"))[0];
    let draft =
        room.ask(Request::DraftUpdate { audience: Audience::Customers, text: "over".to_owned(), next: None })
            [0];
    let sent = room.ask(Request::MarkSent { target: draft, next: None })[0];
    let resolved = room.ask(Request::Resolve { ended_by: String::new() })[0];
    let now = room.now;
    let at = |minutes| now - Span::minutes(minutes);
    let amend = |room: &mut Room, target, minutes| {
        room.ask(Request::Amend { target, text: None, at: Some((at(minutes), false)), seen: None });
    };
    for (target, minutes) in [(bob, 50), (severity, 40), (told, 30), (sent, 20), (resolved, 10)] {
        amend(&mut room, target, minutes);
    }
    let incident = &room.incident;
    let [alice, bob] = incident.roster.history() else { panic!("{:?}", incident.roster) };
    assert_eq!((alice.to, bob.from), (Some(at(50)), at(50)));
    assert_eq!(incident.severities[1].since, at(40));
    let when = |update: Seq| incident.talk.updates[&update].sent.as_ref().unwrap().1;
    assert_eq!((when(told), when(draft)), (at(30), at(20)));
    let ended = |room: &Room| (room.incident.resolved_at, room.incident.milestone(Milestone::Resolved));
    assert_eq!(ended(&room), (Some(at(10)), Some(at(10))));
    // The milestone by name says when it was as well; what it replaced says nothing any more.
    room.ask(Request::Mark { milestone: Milestone::Resolved, at: Some((at(5), false)) });
    assert_eq!(ended(&room), (Some(at(5)), Some(at(5))));
    amend(&mut room, resolved, 8);
    assert_eq!(ended(&room), (Some(at(5)), Some(at(5))));
}

#[test]
fn roles_are_handed_over_and_never_overwritten() {
    let mut room = Room::declared();
    room.wait(Span::minutes(30));
    room.ask(Request::AssignRole { role: "ic".to_owned(), person: "@bob".to_owned() });
    let history = room.incident.roster.history();
    assert_eq!(history.len(), 2);
    assert_eq!((history[0].person.as_str(), history[0].to), ("alice", Some(room.now)));
    assert_eq!(room.incident.commander(), Some("bob"));
}

#[test]
fn steps_move_and_count() {
    let mut room = Room::declared();
    let step = StepPick::Named("1".to_owned());
    room.ask(Request::MoveStep { step, change: StepMove::Tick, person: None, reason: String::new() });
    let runbook = room.incident.checklist.runbooks().next().unwrap().seq;
    assert_eq!(room.incident.checklist.progress(runbook), (1, 2));
    assert_eq!(room.incident.checklist.numbered(1).unwrap().person.as_deref(), Some("alice"));
}

#[test]
fn a_step_with_a_condition_counts_only_while_it_holds() {
    let mut room = Room::declared();
    let text = "# Notify\n\n## Containment\n\n- Tell the regulator\n  - Only at P1, P2\n- Rehearse the call\n  \
        - Only in a drill\n- Write it down\n";
    let attach = RunbookText { name: "notify".into(), title: "Notify".into(), text: text.into() };
    let runbook = room.ask(Request::AttachRunbook(attach))[0];
    let counted = |room: &Room| room.incident.checklist.progress(runbook).1;
    let to_do = |room: &Room| {
        let steps = room.incident.checklist.steps_of(runbook).filter(|s| s.is_todo());
        steps.map(|s| s.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(to_do(&room), ["Tell the regulator", "Write it down"]);
    room.ask(Request::SetSeverity { to: Some("P3".into()), reason: "one user".into() });
    assert_eq!((to_do(&room), counted(&room)), (vec!["Write it down".to_owned()], 1));
    // What is done all the same counts; what is no longer meant is not asked for at the close.
    let tick = |name: &str| Request::MoveStep {
        step: StepPick::Named(name.into()),
        change: StepMove::Tick,
        person: None,
        reason: String::new(),
    };
    room.ask(tick("Tell the regulator"));
    assert_eq!(room.incident.checklist.progress(runbook), (1, 2));
    room.ask(tick("Write it down"));
    let kind = Some(IncidentKind::Drill);
    room.ask(Request::SetDetails { title: None, services: None, tags: None, kind });
    assert_eq!(to_do(&room), ["Rehearse the call"]);
    room.ask(Request::SetSeverity { to: None, reason: "unclear".into() });
    assert_eq!(counted(&room), 3);
}

#[test]
fn undo_takes_back_one_action_after_the_other_and_never_redoes() {
    let mut room = Room::declared();
    let first = room.note("one");
    let second = room.note("two");
    let undo = |room: &mut Room| {
        let target = room.incident.trail.last_of("alice").unwrap().seq;
        room.ask(Request::Undo { target });
        target
    };
    assert_eq!(undo(&mut room), second);
    assert!(room.incident.timeline.get(second).unwrap().struck.is_some());
    assert_eq!(undo(&mut room), first);
    assert!(room.incident.timeline.get(first).unwrap().struck.is_some());
    room.by = "bob".to_owned();
    assert!(room.incident.trail.last_of("bob").is_none(), "the actions of others are theirs to undo");
}

#[test]
fn undo_brings_back_severity_phase_and_steps() {
    let mut room = Room::declared();
    let step = StepPick::Named("2".to_owned());
    room.ask(Request::SetSeverity { to: Some("P3".to_owned()), reason: "smaller than thought".to_owned() });
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    room.ask(Request::MoveStep {
        step,
        change: StepMove::Skip,
        person: None,
        reason: "no builds".to_owned(),
    });
    for _ in 0..3 {
        let target = room.incident.trail.last_of("alice").unwrap().seq;
        room.ask(Request::Undo { target });
    }
    assert_eq!(room.incident.severity.as_deref(), Some("P1"));
    assert_eq!(room.incident.phase, Phase::Detect);
    assert_eq!(room.incident.checklist.numbered(2).unwrap().state, StepState::Todo);
}

#[test]
fn erased_words_are_gone_and_the_line_stays() {
    let mut room = Room::declared();
    let seq = room.note("the password is swordfish");
    room.ask(Request::Redact { target: seq, reason: "leaked secret".to_owned() });
    let entry = room.incident.timeline.get(seq).unwrap();
    assert!(entry.redacted && !entry.text.contains("swordfish"));
    // Read again from a log whose payload is erased, it folds as well.
    let mut events = room.events.clone();
    for event in events.iter_mut().filter(|e| e.seq == seq) {
        (event.event, event.erased) = (None, Some(EntryKind::Note));
    }
    let again = Incident::fold(room.incident.log, &events);
    let entry = again.timeline.get(seq).unwrap();
    assert!(entry.redacted && (entry.kind, entry.topic) == (EntryKind::Note, Topic::Said), "{entry:?}");
    assert_eq!(again.head, room.incident.head);
}

#[test]
fn reopening_starts_the_clocks_again() {
    let mut room = Room::declared();
    room.ask(Request::Resolve { ended_by: "key revoked".to_owned() });
    assert_eq!(room.incident.state, State::Resolved);
    assert!(room.incident.milestone(Milestone::Resolved).is_some());
    room.ask(Request::Reopen { reason: "it is back".to_owned() });
    assert_eq!((room.incident.state, room.incident.reopened), (State::Open, 1));
    assert_eq!(room.incident.milestone(Milestone::Resolved), None);
}

#[test]
fn what_was_resolved_in_error_did_not_come_back() {
    let mut room = Room::declared();
    let resolve = |room: &mut Room| room.ask(Request::Resolve { ended_by: "key revoked".to_owned() })[0];
    let target = resolve(&mut room);
    room.ask(Request::Undo { target });
    assert_eq!((room.incident.state, room.incident.reopened), (State::Open, 0));
    let target = resolve(&mut room);
    room.ask(Request::TakeBackResolve { reason: "another incident".to_owned() });
    assert_eq!((room.incident.state, room.incident.reopened), (State::Open, 0));
    assert_eq!(room.events.last().unwrap().undoes, Some(target));
    assert!(room.try_ask(Request::TakeBackResolve { reason: "again".to_owned() }).is_err());
    resolve(&mut room);
    room.ask(Request::Reopen { reason: "it is back".to_owned() });
    assert_eq!(room.incident.reopened, 1);
}

/// A request that makes sense now and then; refusals are part of the game.
fn any_request() -> impl Strategy<Value = (Request, i64)> {
    let seq = (1_u64..40).prop_map(Seq);
    let text = "[a-z]{1,8}( [a-z]{1,8}){0,3}";
    let words = prop_oneof![
        text.prop_map(|text| Request::Note { text, tags: vec![], starred: false }),
        text.prop_map(|text| Request::Decide {
            text,
            decided_by: None,
            executor: None,
            check: Some(When::In(Span::minutes(15))),
            objections: vec![],
            tags: vec![]
        }),
        text.prop_map(|text| Request::Propose { text, tags: vec![] }),
        text.prop_map(|text| Request::Ask {
            text,
            person: None,
            time_box: Some(Span::minutes(3)),
            tags: vec![]
        }),
        seq.clone().prop_map(|target| Request::Strike { target, reason: "wrong".to_owned() }),
        seq.clone().prop_map(|target| Request::Restore { target }),
        (seq.clone(), any::<bool>()).prop_map(|(target, starred)| Request::Star { target, starred }),
        (seq.clone(), text).prop_map(|(target, text)| Request::Amend {
            target,
            text: Some(text),
            at: None,
            seen: None
        }),
        seq.clone().prop_map(|target| Request::Redact { target, reason: "secret".to_owned() }),
        seq.prop_map(|target| Request::Undo { target }),
        (0_usize..5).prop_map(|i| Request::EnterPhase { phase: Phase::ALL[i] }),
        (0_usize..6).prop_map(|i| Request::Mark { milestone: Milestone::ALL[i], at: None }),
        ("[a-d]", 0_usize..3).prop_map(|(person, i)| Request::AssignRole {
            role: ["commander", "scribe", "sme"][i].to_owned(),
            person
        }),
        (1_u32..3, 0_usize..3).prop_map(|(n, i)| Request::MoveStep {
            step: StepPick::Named(n.to_string()),
            change: [StepMove::Tick, StepMove::Doing, StepMove::Reopen][i],
            person: None,
            reason: String::new(),
        }),
        Just(Request::Resolve { ended_by: String::new() }),
        Just(Request::Close { waive: Some("a drill of the test".to_owned()) }),
        Just(Request::Reopen { reason: "again".to_owned() }),
        Just(Request::FileStory(crate::domain::request::NewStory {
            title: "x".to_owned(),
            ..Default::default()
        })),
        Just(Request::AnswerClosure {
            item: crate::domain::words::ClosureItem::Cause,
            state: ClosureState::Done,
            reason: String::new()
        }),
    ];
    (words, -30_i64..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_fold_of_any_split_is_the_fold_of_the_whole(
        requests in proptest::collection::vec(any_request(), 1..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut room = Room::declared();
        for (request, minutes) in requests {
            let at = (minutes < 0).then(|| (room.now + Span::minutes(minutes), false));
            let _ = room.try_ask(Asked { request, at });
            room.wait(Span::seconds(7));
        }
        let cut = cut.index(room.events.len() + 1);
        let (before, after) = room.events.split_at(cut);
        let mut parts = Incident::fold(room.incident.log, before);
        for event in after {
            parts.apply(event);
        }
        prop_assert_eq!(&parts, &Incident::fold(room.incident.log, &room.events));
        prop_assert_eq!(&parts, &room.incident);
        // The shown order is the order of what happened, and every line is in it once.
        let keys: Vec<_> = parts.timeline.shown().map(|e| (e.occurred_at, e.seq)).collect();
        prop_assert!(keys.windows(2).all(|w| w[0] < w[1]));
        prop_assert_eq!(keys.len(), parts.timeline.len());
    }
}
