//! The attached runbooks and where each of their steps stands. A step is named by a running number over all
//! runbooks in the order in which they were attached; the number never changes. It must not match or choose
//! runbooks.

use crate::domain::event::StepRef;
use crate::domain::ids::Seq;
use crate::domain::runbook::{self, Runbook, only};
use crate::domain::time::Utc;
use crate::domain::words::{IncidentKind, Phase, StepState};

/// A runbook as it was when it was attached.
#[derive(Debug, Clone, PartialEq)]
pub struct Attached {
    /// The event that attached it.
    pub seq: Seq,
    /// The file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What was read from its text.
    pub runbook: Runbook,
    /// It was detached again; its steps keep their numbers and are not shown.
    pub detached: bool,
    /// When it was attached.
    pub at: Utc,
}

/// A step and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The running number over all runbooks, from 1.
    pub number: u32,
    /// The runbook and the place in it.
    pub at: StepRef,
    /// What to do.
    pub text: String,
    /// Commands that belong to it.
    pub commands: Vec<String>,
    /// The phase that its section belongs to.
    pub phase: Option<Phase>,
    /// The heading under which it stands.
    pub heading: String,
    /// Where it stands.
    pub state: StepState,
    /// Who is at it, did it, or is to do it.
    pub person: Option<String>,
    /// Since when it stands there.
    pub since: Option<Utc>,
    /// Why it is skipped or blocked.
    pub reason: String,
    /// When it should be done.
    pub due_at: Option<Utc>,
    /// The event that said so.
    pub due_seq: Seq,
    /// For which severities or kinds it is; empty: for all.
    pub only: Vec<String>,
    /// It is for this incident as it is now.
    pub holds: bool,
}

impl Step {
    /// It is still to be done.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.is_todo() || matches!(self.state, StepState::Doing | StepState::Blocked)
    }

    /// Nobody is at it, and it is for this incident.
    #[must_use]
    pub const fn is_todo(&self) -> bool {
        self.holds && matches!(self.state, StepState::Todo)
    }
}

/// All runbooks and steps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checklist {
    runbooks: Vec<Attached>,
    steps: Vec<Step>,
}

impl Checklist {
    /// The attached runbooks, in the order in which they were attached, those detached again left out.
    pub fn runbooks(&self) -> impl Iterator<Item = &Attached> {
        self.runbooks.iter().filter(|r| !r.detached)
    }

    /// Changes why steps are skipped or blocked.
    pub(super) fn each_reason(&mut self, change: impl Fn(&mut String)) {
        self.steps.iter_mut().for_each(|step| change(&mut step.reason));
    }

    /// All steps of attached runbooks, by number.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|s| self.runbooks.iter().any(|r| r.seq == s.at.runbook && !r.detached))
    }

    /// The steps of one runbook.
    pub fn steps_of(&self, runbook: Seq) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |s| s.at.runbook == runbook)
    }

    /// The step of a running number.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Option<&Step> {
        self.steps().find(|s| s.number == number)
    }

    /// The step of a reference.
    #[must_use]
    pub fn get(&self, at: StepRef) -> Option<&Step> {
        self.steps.iter().find(|s| s.at == at)
    }

    /// The runbook of that file name, if it is attached.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Attached> {
        self.runbooks().find(|r| r.name == name)
    }

    /// How many steps of a runbook are done or skipped, and how many there are.
    #[must_use]
    pub fn progress(&self, runbook: Seq) -> (usize, usize) {
        let done = self
            .steps_of(runbook)
            .filter(|s| matches!(s.state, StepState::Done | StepState::Skipped))
            .count();
        (done, self.steps_of(runbook).filter(|s| s.holds || s.state != StepState::Todo).count())
    }

    /// Severity or kind are others by now: looks again at which steps are for it.
    pub(super) fn judge(&mut self, severity: Option<&str>, kind: IncidentKind) {
        for step in self.steps.iter_mut().filter(|step| !step.only.is_empty()) {
            step.holds = only::holds(&step.only, severity, kind.as_str());
        }
    }

    pub(super) fn attach(&mut self, seq: Seq, name: &str, title: &str, text: &str, at: Utc) {
        let (runbook, _) = runbook::parse_named(text, title);
        let first = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        let mut index = 0_u32;
        for section in &runbook.sections {
            for item in section.items.iter().filter(|i| i.step) {
                index = index.saturating_add(1);
                self.steps.push(Step {
                    number: first.saturating_add(index),
                    at: StepRef { runbook: seq, step: index },
                    text: item.text.clone(),
                    commands: item.commands.clone(),
                    phase: item.phase,
                    heading: section.heading.clone(),
                    state: StepState::Todo,
                    person: None,
                    since: None,
                    reason: String::new(),
                    due_at: None,
                    due_seq: seq,
                    only: only::only(item),
                    holds: true,
                });
            }
        }
        let (name, title) = (name.to_owned(), title.to_owned());
        self.runbooks.push(Attached { seq, name, title, runbook, detached: false, at });
    }

    pub(super) fn detach(&mut self, seq: Seq) {
        if let Some(runbook) = self.runbooks.iter_mut().find(|r| r.seq == seq) {
            runbook.detached = true;
        }
    }

    pub(super) fn each(&mut self, change: impl FnMut(&mut Step)) {
        self.steps.iter_mut().for_each(change);
    }

    pub(super) fn change(&mut self, at: StepRef, change: impl FnOnce(&mut Step)) {
        if let Some(step) = self.steps.iter_mut().find(|s| s.at == at) {
            change(step);
        }
    }
}
