//! Rules of runbooks and their steps.

use super::super::closeout::counted;
use super::{Case, person, reason};
use crate::domain::composed::same;
use crate::domain::event::{
    NewEvent, RunbookAttached, RunbookDetached, RunbookMatched, StepAssigned, StepBlocked, StepDone,
    StepReopened, StepSkipped, StepStarted,
};
use crate::domain::incident::Step;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Request, StepMove, StepPick};
use crate::domain::words::StepState;

impl Case<'_> {
    pub(super) fn steps(&self, request: &Request) -> Result<Vec<NewEvent>, Refusal> {
        match request {
            Request::AttachRunbook(runbook) => {
                if self.incident.checklist.named(&runbook.name).is_some() {
                    return Err(Refusal::no(format!("runbook {} is attached already", runbook.name)));
                }
                self.one(RunbookAttached {
                    name: runbook.name.clone(),
                    title: runbook.title.clone(),
                    text: runbook.text.clone(),
                })
            }
            Request::AttachMatched { runbook, reason } => {
                let mut events = self.steps(&Request::AttachRunbook(runbook.clone()))?;
                let (name, reason) = (runbook.name.clone(), reason.clone());
                events.push(self.event(RunbookMatched { name, reason }));
                Ok(events)
            }
            Request::DetachRunbook { runbook } => {
                if !self.incident.checklist.runbooks().any(|r| r.seq == *runbook) {
                    return Err(Refusal::not_found("that runbook is not attached"));
                }
                self.one(RunbookDetached { runbook: *runbook })
            }
            Request::MoveStep { step, change, person: who, reason: why } => {
                let step = self.pick(step)?;
                let who = match (who, &step.person) {
                    (Some(name), _) => person(name)?,
                    // Whoever is at it did it, also when the scribe ticks.
                    (None, Some(name)) if *change == StepMove::Tick && step.state == StepState::Doing => {
                        name.clone()
                    }
                    (None, _) => self.asker.by.to_owned(),
                };
                self.move_step(step, *change, who, why)
            }
            Request::AssignStep { step, person: who } => {
                let step = self.pick(step)?;
                self.one(StepAssigned { step: step.at, person: person(who)? })
            }
            _ => Err(Refusal::no("this request has no rule")),
        }
    }

    fn move_step(
        &self,
        step: &Step,
        change: StepMove,
        who: String,
        why: &str,
    ) -> Result<Vec<NewEvent>, Refusal> {
        let at = step.at;
        let already = |word: &str| {
            let by = step.person.as_deref().map(|p| format!(" by {p}")).unwrap_or_default();
            Refusal::no(format!("step {} is {word} already{by}", step.number))
        };
        let own = step.person.as_deref().is_some_and(|now| same(now, &who));
        match change {
            StepMove::Tick if step.state == StepState::Done => Err(already("done")),
            StepMove::Tick => self.one(StepDone { step: at, person: who }),
            StepMove::Doing if step.state == StepState::Doing && !own => {
                // So that two people do not run the same command twice.
                Err(already("being done")
                    .hint(format!("agree with them, then take it over: {}", self.taking_over(step, &who))))
            }
            StepMove::Doing if step.state == StepState::Doing => Ok(Vec::new()),
            StepMove::Doing if matches!(step.state, StepState::Done | StepState::Skipped) => {
                // A mistyped number must not open what is closed: doing it once more is said as such.
                let word = if step.state == StepState::Done { "done" } else { "skipped" };
                Err(already(word).hint(format!("to do it once more: {}", self.taking_over(step, &who))))
            }
            StepMove::TakeOver if step.state == StepState::Doing && own => Ok(Vec::new()),
            StepMove::Doing | StepMove::TakeOver => self.one(StepStarted { step: at, person: who }),
            StepMove::Skip => self.one(StepSkipped { step: at, reason: reason("skipping a step", why)? }),
            StepMove::Block => self.one(StepBlocked { step: at, reason: reason("blocking a step", why)? }),
            StepMove::Reopen if step.state == StepState::Todo => Err(already("to do")),
            StepMove::Reopen => self.one(StepReopened { step: at, reason: why.trim().to_owned() }),
        }
    }

    /// How a step is begun although somebody is at it, or it is done or skipped: as a command and as a verb.
    fn taking_over(&self, step: &Step, who: &str) -> String {
        let (id, number) = (self.incident.id, step.number);
        let (flag, name) = if who == self.asker.by {
            (String::new(), String::new())
        } else {
            (format!(" --person {who}"), format!(" @{who}"))
        };
        format!("warroom step {id} doing {number}{flag} --force, or :take-over {number}{name}")
    }

    pub(super) fn pick(&self, pick: &StepPick) -> Result<&Step, Refusal> {
        let checklist = &self.incident.checklist;
        match pick {
            StepPick::Exactly(at) => {
                checklist.get(*at).ok_or_else(|| Refusal::not_found("that step is not there"))
            }
            StepPick::Named(text) => {
                let text = text.trim();
                if let Ok(number) = text.parse::<u32>() {
                    return checklist.numbered(number).ok_or_else(|| {
                        let count = checklist.steps().count();
                        Refusal::not_found(format!("there is no step {number}"))
                            .hint(format!("the attached runbooks have {}", counted(count, "step", "steps")))
                    });
                }
                let needle = text.to_lowercase();
                let found: Vec<&Step> =
                    checklist.steps().filter(|s| s.text.to_lowercase().contains(&needle)).collect();
                match (needle.is_empty(), found.as_slice()) {
                    (false, [step]) => Ok(step),
                    (false, [_, _, ..]) => {
                        Err(Refusal::not_found(format!("{text:?} is in more than one step"))
                            .hint(format!("use the number: {}", one_of(&found))))
                    }
                    _ => Err(Refusal::not_found(format!("no step says {text:?}"))
                        .hint("attach a runbook, or use the number of a step")),
                }
            }
        }
    }
}

/// How many steps are named of those that were meant.
const NAMED: usize = 5;

/// The numbers of steps of which one is meant: `2, 4 or 7`.
fn one_of(steps: &[&Step]) -> String {
    let numbers: Vec<String> = steps.iter().take(NAMED).map(|step| step.number.to_string()).collect();
    match numbers.split_last() {
        Some((last, before)) if steps.len() <= NAMED && !before.is_empty() => {
            format!("{} or {last}", before.join(", "))
        }
        _ if steps.len() > NAMED => format!("{}, …", numbers.join(", ")),
        _ => numbers.join(", "),
    }
}
