//! A desk for tests: a model, and behind it a room that stores what is asked, in memory. Keys go in as typed.

pub(crate) mod boards;

use std::collections::VecDeque;

use super::effect::{Effect, Ticket};
use super::key::Key;
use super::keymap::Keymap;
use super::layout::Size;
use super::model::{Look, Model, Start};
use super::msg::{Answer, Msg, Stamped, Trouble};
use super::update::update;
use crate::domain::calendar::Calendar;
use crate::domain::decide::{Asker, decide};
use crate::domain::event::Recorded;
use crate::domain::ids::{EventId, IncidentId, LogId};
use crate::domain::incident::Incident;
use crate::domain::policy::Policy;
use crate::domain::quick_entry;
use crate::domain::request::{Asked, Declaration, Request, RunbookText, StepMove, StepPick};
use crate::domain::severity::Profile;
use crate::domain::time::{Span, Utc};
use crate::domain::time_spec::Context;
use crate::domain::verb::{self, Verb};
use crate::domain::words::{IncidentKind, Phase};
use crate::domain::zone::Tz;

/// A screen and the room behind it.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) model: Model,
    /// What the store holds.
    pub(crate) stored: Incident,
    pub(crate) events: Vec<Recorded>,
    /// Effects that were not served yet.
    pub(crate) effects: VecDeque<Effect>,
}

pub(crate) fn at(clock: &str) -> Utc {
    format!("2026-11-20T{clock}:00.000Z").parse().unwrap()
}

const RUNBOOK: &str = "# Signing key compromised\n\n## Containment\n\n- Disable key in KMS\n- Stop builds with the key\n- Block the public key\n- Tell the cloud provider\n\n## Eradication\n\n- Make a new key\n- List what the key signed\n- Rebuild what is in production\n\n## Recovery\n\n- Publish the new public key\n- Sign again\n\n## Verify before resuming\n\n- No image with the old key is admitted\n- Alerts on the old key are on\n";

impl Desk {
    /// The home screen, nothing loaded.
    pub(crate) fn at_home(w: u16, h: u16, me: &str) -> Self {
        let policy = Policy::new(Profile::default(), Calendar::plain(Tz::UTC));
        let model = Model::new(Start {
            size: Size { w, h },
            now: at("14:38"),
            local_zone: Tz::named("Europe/Berlin").unwrap(),
            local: false,
            simulated: false,
            me: me.to_owned(),
            look: Look { colour: true, ..Look::default() },
            keymap: Keymap::default(),
            policy,
            people: crate::domain::people::People::default(),
        });
        let stored = Incident::new(LogId(uuid::Uuid::from_u128(42)));
        Self { model, stored, events: Vec::new(), effects: VecDeque::new() }
    }

    /// The room of the drawing: a leaked signing key, in its 39th minute, seen by its commander.
    pub(crate) fn room(w: u16, h: u16, me: &str) -> Self {
        let mut desk = Self::at_home(w, h, me);
        desk.tell_story();
        desk.open();
        desk
    }

    pub(crate) fn open(&mut self) {
        let ticket = Ticket(9_000);
        self.model.waiting.insert(ticket, super::model::Waiting::Open);
        let answer = Answer::Opened(Box::new(self.stored.clone()), None);
        self.send(Msg::Answer(ticket, answer));
        self.effects.clear();
        self.model.waiting.clear();
    }

    fn tell_story(&mut self) {
        let runbook = RunbookText {
            name: "signing-key".into(),
            title: "Signing key compromised".into(),
            text: RUNBOOK.into(),
        };
        let with_budget =
            RunbookText { text: format!("---\nphases:\n  contain: 15m\n---\n{}", runbook.text), ..runbook };
        self.ask(
            "13:56",
            "alice",
            Request::Declare(Declaration {
                id: IncidentId { year: 2026, number: 42 },
                title: "Signing key leaked".into(),
                kind: IncidentKind::Real,
                severity: Some("P1".into()),
                services: vec![],
                tags: vec![],
                commander: Some("alice".into()),
                runbooks: vec![with_budget],
            }),
        );
        self.ask("13:59", "alice", Request::AssignRole { role: "scribe".into(), person: "bob".into() });
        self.ask("14:07", "alice", Request::AssignRole { role: "tech-lead".into(), person: "carol".into() });
        self.ask(
            "14:20",
            "alice",
            Request::StateImpact {
                text: Some("prod images cannot be trusted".into()),
                certainty: Some(crate::domain::words::Certainty::Confirmed),
                customer_data: None,
                production: None,
                privileged_access: None,
            },
        );
        self.ask(
            "14:23",
            "monitor",
            Request::Alert {
                text: "unknown signature on payments:4f2e".into(),
                source: String::new(),
                alert: None,
                tags: vec![],
            },
        );
        self.ask("14:27", "alice", Request::EnterPhase { phase: Phase::Contain });
        self.line("14:25", "bob", "on-call paged");
        self.line("14:35", "bob", "-4m on-call acknowledged");
        self.line("14:33", "alice", "! @carol revoke the key at the KMS now check 15m");
        self.line("14:34", "alice", "+ @bob 3m list builds since 13:00");
        self.line("14:35", "bob", "? key was in a CI variable");
        self.line("14:36", "bob", "> internal: investigating");
        let step = |n: &str, change| Request::MoveStep {
            step: StepPick::Named(n.into()),
            change,
            person: None,
            reason: String::new(),
        };
        self.ask("14:38", "alice", step("1", StepMove::Tick));
        self.ask("14:38", "bob", step("3", StepMove::Doing));
    }

    /// Stores a line as the grammar reads it.
    pub(crate) fn line(&mut self, clock: &str, by: &str, text: &str) {
        let now = at(clock);
        let entry = quick_entry::parse(text, &Context { now, zone: Tz::UTC }).unwrap();
        let Ok(Verb::Ask(asked)) = verb::of_entry(entry) else { panic!("{text}") };
        self.store(now, by, &[asked]).unwrap();
    }

    /// Stores a request of somebody else.
    pub(crate) fn ask(&mut self, clock: &str, by: &str, request: Request) {
        self.store(at(clock), by, &[request.into()]).unwrap();
    }

    pub(crate) fn store(&mut self, now: Utc, by: &str, asked: &[Asked]) -> Result<Vec<Recorded>, Trouble> {
        let mut out = Vec::new();
        for one in asked {
            let asker = Asker { by, now, policy: &self.model.policy };
            let decided = decide(&self.stored, one, &asker)
                .map_err(|r| Trouble { stale: r.stale, ..Trouble::new(r.message, r.hint) })?;
            for new in decided {
                let seq = self.stored.head.next();
                let recorded = Recorded {
                    seq,
                    id: EventId(uuid::Uuid::from_u128(u128::from(seq.0))),
                    recorded_at: now,
                    host: None,
                    actor: format!("{by}@desk"),
                    by: new.by,
                    occurred_at: new.occurred_at.unwrap_or(now),
                    about: new.about,
                    undoes: new.undoes,
                    brought_by: new.brought_by,
                    event: Some(new.event),
                    erased: None,
                };
                self.stored.apply(&recorded);
                self.events.push(recorded.clone());
                out.push(recorded);
            }
        }
        Ok(out)
    }

    pub(crate) fn send(&mut self, msg: Msg) {
        let at = self.model.now;
        self.effects.extend(update(&mut self.model, Stamped { at, msg }));
    }

    /// Time goes on.
    pub(crate) fn later(&mut self, seconds: i64) {
        self.model.now += Span::seconds(seconds);
        self.send(Msg::Tick);
    }

    /// Presses keys: characters as they are, others as `<enter>`, `<ctrl-a>`.
    pub(crate) fn keys(&mut self, script: &str) -> &mut Self {
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix('<')
                && let Some((name, tail)) = after.split_once('>')
                && let Ok(key) = name.parse::<Key>()
            {
                self.send(Msg::Key(key));
                rest = tail;
            } else {
                self.send(Msg::Key(Key::char(c)));
                rest = rest.strip_prefix(c).unwrap();
            }
        }
        self
    }

    /// Does what the effects ask of the store; drops the others.
    pub(crate) fn serve(&mut self) -> &mut Self {
        while let Some(effect) = self.effects.pop_front() {
            if let Effect::Submit { ticket, by, asked, .. } = effect {
                let now = self.model.now;
                let answer = match self.store(now, &by, &asked) {
                    Ok(events) => Answer::Stored(events),
                    Err(trouble) => Answer::Refused(trouble),
                };
                self.send(Msg::Answer(ticket, answer));
            } else if let Some(ticket) = effect.ticket() {
                self.model.waiting.remove(&ticket);
            }
        }
        self
    }

    /// Somebody else stores a line; the screen hears of it.
    pub(crate) fn others(&mut self, by: &str, text: &str) {
        let clock = self.model.now.format("%H:%M").to_string();
        let from = self.events.len();
        self.line(&clock, by, text);
        let events = self.events.split_off(from);
        self.events.extend(events.clone());
        self.send(Msg::Refreshed(self.stored.log, events));
    }

    /// The texts of the timeline as the store has it.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.stored.timeline.shown().map(|e| e.text.clone()).collect()
    }

    pub(crate) fn last(&self) -> &crate::domain::incident::Entry {
        self.stored.timeline.stored().last().unwrap()
    }

    pub(crate) fn has_effect(&self, found: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(found)
    }
}
