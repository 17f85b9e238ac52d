//! An incident as the fold of its log: `apply` takes one recorded event after the other and cannot fail. Every
//! pane, list, brief and draft reads this and nothing else. It must not refuse (`decide` does), read a clock or
//! do I/O; an event that makes no sense in its place is shown in the timeline and changes nothing.

mod apply;
mod bound;
mod changes;
mod checklist;
mod closing;
mod drill;
mod lines;
mod not_so;
mod privileged;
mod reads;
mod record;
mod rests;
mod roster;
mod set_back;
mod standing;
mod talk;
mod timeline;
mod trail;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::event::Recorded;
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::time::{HostClock, Span, Utc};
use crate::domain::words::{
    Certainty, DispositionWord, Flag, IncidentKind, Milestone, Phase, State, Visibility,
};

pub use bound::Bound;
pub use checklist::{Attached, Checklist, Step};
pub use closing::{Closing, ClosureAnswer, PostmortemStatus, Story};
pub use drill::{DrillRun, Judgement};
pub use lines::REOPENED;
pub use privileged::{PRIVILEGED, may_leave};
pub use record::{
    Custody, EVIDENCE_CLASSES, EvidenceItem, Ioc, Link, Record, RelatedIncident, ScopeItem, UNCLASSIFIED,
};
pub use rests::Rest;
pub use roster::{Holding, Roster};
pub use set_back::{SetBack, SetBacks};
pub use talk::{
    Answered, Ask, Decision, Hypothesis, HypothesisNow, Reasked, Talk, Update, UpdateState, VerdictNow,
};
pub use timeline::{Edit, Entry, LATE_AFTER, Strike, Timeline, Topic};
pub(in crate::domain) use trail::UNDONE;
pub use trail::{Trace, Trail};

/// What stands where words were erased.
pub const ERASED: &str = "[erased]";

/// What the incident does to people and systems, as last stated.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// What it does, in a line.
    pub text: String,
    /// Suspected or confirmed.
    pub certainty: Certainty,
    /// Customer data is touched.
    pub customer_data: Flag,
    /// Production is touched.
    pub production: Flag,
    /// Privileged access is touched.
    pub privileged_access: Flag,
    /// Who stated it.
    pub by: String,
    /// When it was stated.
    pub at: Utc,
    /// The event that stated it.
    pub seq: Seq,
}

/// A marked point in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// When it was.
    pub at: Utc,
    /// The time is an estimate.
    pub about: bool,
    /// Who marked it.
    pub by: String,
    /// The event that marked it.
    pub seq: Seq,
    /// Somebody marked it by name; otherwise it followed from another event.
    pub explicit: bool,
}

/// A phase and since when.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseSpan {
    /// The phase.
    pub phase: Phase,
    /// When it was entered.
    pub since: Utc,
    /// Who entered it.
    pub by: String,
    /// The event.
    pub seq: Seq,
}

/// What the incident turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Disposition {
    /// The word.
    pub word: DispositionWord,
    /// The incident that covers it, for a duplicate.
    pub of: Option<IncidentId>,
    /// One line of reason.
    pub reason: String,
}

/// Who reported it first.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The person or monitor.
    pub reporter: String,
    /// The way it came.
    pub source: String,
    /// Systems that the report names.
    pub systems: Vec<String>,
    /// When.
    pub at: Utc,
    /// The event.
    pub seq: Seq,
}

/// A severity and since when.
#[derive(Debug, Clone, PartialEq)]
pub struct SeveritySpan {
    /// The severity; `None`: unset.
    pub severity: Option<String>,
    /// Since when.
    pub since: Utc,
    /// Why it was changed.
    pub reason: String,
    /// The event.
    pub seq: Seq,
}

/// What is known of a clock beyond its rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClockRecord {
    /// The deadlines that the log says were breached; after the clock was set back, also as it shows them now.
    pub breached: Vec<Utc>,
    /// Those deadlines as they were told, each with the line that tells of it.
    pub lines: Vec<(Utc, Seq)>,
    /// The last acknowledgement: when, by whom, until when, why.
    pub acknowledged: Option<ClockAck>,
}

impl ClockRecord {
    /// The line that tells that this deadline passed; else the last one that tells of this clock, whose deadline may
    /// have been moved since.
    #[must_use]
    pub fn line_of(&self, deadline: Utc) -> Option<Seq> {
        let exact = self.lines.iter().rev().find(|(at, _)| *at == deadline);
        exact.or_else(|| self.lines.last()).map(|(_, seq)| *seq)
    }
}

/// A target of this incident only.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnTarget {
    /// The target in words: `2h`, `none`.
    pub target: String,
    /// Who set it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when it holds.
    pub at: Utc,
    /// The event that set it; of one that an undo brought back, the one that set it first.
    pub seq: Seq,
}

/// An acknowledged breach.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockAck {
    /// The event.
    pub seq: Seq,
    /// When it was acknowledged.
    pub at: Utc,
    /// By whom.
    pub by: String,
    /// The new deadline.
    pub until: Option<Utc>,
    /// Why it is well so.
    pub reason: String,
}

/// An incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// The identity of its log.
    pub log: LogId,
    /// Its name among people.
    pub id: IncidentId,
    /// One line that says what it is.
    pub title: String,
    /// What sort it is.
    pub kind: IncidentKind,
    /// The severity profile by which it is measured.
    pub profile: String,
    /// The severity now; `None`: unset, clocked as the highest.
    pub severity: Option<String>,
    /// Every severity it had, in order.
    pub severities: Vec<SeveritySpan>,
    /// Services that are touched.
    pub services: Vec<String>,
    /// Free labels.
    pub tags: Vec<String>,
    /// Where it is in its life.
    pub state: State,
    /// The phase now.
    pub phase: Phase,
    /// Every phase it was in, in order.
    pub phases: Vec<PhaseSpan>,
    /// The marked points.
    pub milestones: BTreeMap<Milestone, Mark>,
    /// The impact as last stated.
    pub impact: Option<Impact>,
    /// The first report.
    pub report: Option<Report>,
    /// What it turned out to be.
    pub disposition: Option<Disposition>,
    /// Who may read it.
    pub visibility: Visibility,
    /// What it is called where not everybody may read its title; empty: it has none.
    pub code_name: String,
    /// When it was declared (the moment it is said to have been declared).
    pub declared_at: Utc,
    /// Who declared it.
    pub declared_by: String,
    /// When it was resolved, while it is.
    pub resolved_at: Option<Utc>,
    /// What ended it, as said at the resolve.
    pub ended_by: String,
    /// When it was closed, while it is.
    pub closed_at: Option<Utc>,
    /// How often it was reopened.
    pub reopened: u32,
    /// The times for which it was resolved before it was reopened.
    pub rests: Vec<Rest>,
    /// Targets of this incident only: clock → target.
    pub targets: BTreeMap<String, OwnTarget>,
    /// What the log says of clocks: clock → record.
    pub clocks: BTreeMap<String, ClockRecord>,
    /// The lines that say that a time ran out, and that what is known by now takes back.
    pub not_so: BTreeSet<Seq>,
    /// When the clock of the host was set back: what is due moves with it.
    pub set_backs: SetBacks,
    /// Every line.
    pub timeline: Timeline,
    /// Who holds which role, and held it.
    pub roster: Roster,
    /// Attached runbooks and their steps.
    pub checklist: Checklist,
    /// Decisions, hypotheses, asks, updates.
    pub talk: Talk,
    /// Evidence, scope, links, related incidents.
    pub record: Record,
    /// Closure list, postmortem, stories.
    pub closing: Closing,
    /// The script by which it is run, for an exercise.
    pub drill: Option<Box<DrillRun>>,
    /// What was done last and how it is undone.
    pub trail: Trail,
    /// The actions that were undone, and those that undid them.
    pub taken_back: BTreeSet<Seq>,
    /// The events whose words cannot be erased, and why.
    pub bound: BTreeMap<Seq, Bound>,
    /// The position of the last event.
    pub head: Seq,
    /// When the last event was stored.
    pub last_at: Utc,
    /// When the last event was recorded, by a clock that may have been set since.
    pub head_at: Utc,
    /// The clock behind that one.
    pub head_host: Option<HostClock>,
}

impl Incident {
    /// The heads that went out in updates: whoever was told one can hold the log against it. A person may have typed
    /// one, so it says nothing until it is held against the log itself.
    pub fn told_heads(&self) -> impl Iterator<Item = (Seq, crate::domain::log::Digest)> {
        let sent = self.talk.updates.values().filter(|u| u.state == UpdateState::Sent);
        sent.filter_map(|u| crate::domain::log::head_in(&u.text))
    }

    /// What it is called outside of its own brief and exports: see [`crate::domain::summary::shown_title`].
    #[must_use]
    pub fn shown_title(&self) -> &str {
        crate::domain::summary::shown_title(&self.title, &self.code_name, self.visibility)
    }

    /// An incident of which nothing is known yet.
    #[must_use]
    pub fn new(log: LogId) -> Self {
        Self {
            log,
            id: IncidentId { year: 0, number: 0 },
            title: String::new(),
            kind: IncidentKind::Real,
            profile: String::new(),
            severity: None,
            severities: Vec::new(),
            services: Vec::new(),
            tags: Vec::new(),
            state: State::Open,
            phase: Phase::Detect,
            phases: Vec::new(),
            milestones: BTreeMap::new(),
            impact: None,
            report: None,
            disposition: None,
            visibility: Visibility::Team,
            code_name: String::new(),
            declared_at: Utc::UNIX_EPOCH,
            declared_by: String::new(),
            resolved_at: None,
            ended_by: String::new(),
            closed_at: None,
            reopened: 0,
            rests: Vec::new(),
            targets: BTreeMap::new(),
            clocks: BTreeMap::new(),
            not_so: BTreeSet::new(),
            set_backs: SetBacks::default(),
            timeline: Timeline::default(),
            roster: Roster::default(),
            checklist: Checklist::default(),
            talk: Talk::default(),
            record: Record::default(),
            closing: Closing::default(),
            drill: None,
            trail: Trail::default(),
            taken_back: BTreeSet::new(),
            bound: BTreeMap::new(),
            head: Seq::NONE,
            last_at: Utc::UNIX_EPOCH,
            head_at: Utc::UNIX_EPOCH,
            head_host: None,
        }
    }

    /// The fold of a whole log.
    #[must_use]
    pub fn fold<'a>(log: LogId, events: impl IntoIterator<Item = &'a Recorded>) -> Self {
        let mut incident = Self::new(log);
        for event in events {
            incident.apply(event);
        }
        incident
    }

    /// The log has at least its declaration.
    #[must_use]
    pub fn is_declared(&self) -> bool {
        self.id.number != 0
    }

    /// The commander of the moment.
    #[must_use]
    pub fn commander(&self) -> Option<&str> {
        self.roster.holder(crate::domain::role::COMMANDER)
    }

    /// When a milestone was reached.
    #[must_use]
    pub fn milestone(&self, milestone: Milestone) -> Option<Utc> {
        self.milestones.get(&milestone).map(|m| m.at)
    }

    /// From when the incident is counted: started, else detected, else declared.
    #[must_use]
    pub fn began_at(&self) -> Utc {
        self.milestone(Milestone::Started)
            .or_else(|| self.milestone(Milestone::Detected))
            .unwrap_or(self.declared_at)
    }

    /// Its clocks run: when it is resolved, what was due counts no further. One that is written down after it was over
    /// never had any.
    #[must_use]
    pub fn clocks_run(&self) -> bool {
        self.is_declared() && self.state == State::Open && self.kind != IncidentKind::Backfilled
    }

    /// For how long it has been running, or ran until it was resolved; the clock may have been set back meanwhile.
    #[must_use]
    pub fn ran(&self, now: Utc) -> Span {
        let end = self.milestones.get(&Milestone::Resolved).filter(|_| self.resolved_at.is_some());
        let end = end.map_or(now, |mark| self.set_backs.moved(mark.at, mark.seq));
        (end - self.reached([Milestone::Started, Milestone::Detected])).max(Span::zero())
    }

    /// When the present phase began, as the clock of now shows it.
    #[must_use]
    pub fn phase_since(&self) -> Utc {
        let phase = self.phases.last().map(|p| (p.since, p.seq));
        phase.map_or_else(|| self.reached([]), |(at, seq)| self.set_backs.moved(at, seq))
    }

    /// When the first of these marks that is there was reached, else the declaration, as the clock of now shows it.
    #[must_use]
    pub fn reached<const N: usize>(&self, marks: [Milestone; N]) -> Utc {
        let mark = marks.into_iter().find_map(|m| self.milestones.get(&m)).map(|m| (m.at, m.seq));
        let (at, seq) = mark.unwrap_or((self.declared_at, Seq(1)));
        self.set_backs.moved(at, seq)
    }

    /// Its figures count: it is real or backfilled, and neither a false alarm nor a duplicate.
    #[must_use]
    pub fn counts(&self) -> bool {
        matches!(self.kind, IncidentKind::Real | IncidentKind::Backfilled) && !self.is_dismissed()
    }

    /// It turned out to be nothing, or to be another incident: no postmortem is owed.
    #[must_use]
    pub fn is_dismissed(&self) -> bool {
        self.disposition
            .as_ref()
            .is_some_and(|d| matches!(d.word, DispositionWord::FalseAlarm | DispositionWord::DuplicateOf))
    }
}

#[cfg(test)]
pub(crate) mod tests;
