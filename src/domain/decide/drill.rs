//! The rules of an exercise that a script runs. It must not score it.

use super::{Case, person};
use crate::domain::event::{DrillInjected, DrillJudged, DrillStarted, NewEvent};
use crate::domain::incident::DrillRun;
use crate::domain::refusal::Refusal;
use crate::domain::request::DrillRequest;
use crate::domain::words::{IncidentKind, State};

impl Case<'_> {
    pub(super) fn drill(&self, request: &DrillRequest) -> Result<Vec<NewEvent>, Refusal> {
        match request {
            DrillRequest::Start(script) => self.start_drill(script),
            DrillRequest::Give { inject } => self.give(*inject),
            DrillRequest::Due { inject } => Ok(self.due_inject(*inject).into_iter().collect()),
            DrillRequest::Judge { expectation, verdict, reason } => {
                let run = self.run()?;
                let count = run.expectations().count();
                if !run.expectations().any(|(number, ..)| number == *expectation) {
                    let message =
                        format!("{} expects nothing with the number {expectation}", self.incident.id);
                    return Err(Refusal::not_found(message)
                        .hint(format!("they are counted from 1 to {count}: warroom drill score")));
                }
                let reason =
                    if reason.trim().is_empty() { String::new() } else { super::said("reason", reason)? };
                self.one(DrillJudged { expectation: *expectation, verdict: *verdict, reason })
            }
        }
    }

    fn start_drill(&self, script: &DrillStarted) -> Result<Vec<NewEvent>, Refusal> {
        let id = self.incident.id;
        if self.incident.kind != IncidentKind::Drill {
            return Err(Refusal::conflict(format!("{id} is no drill, but {}", self.incident.kind)));
        }
        if let Some(run) = &self.incident.drill {
            return Err(Refusal::conflict(format!("{id} is run by {} already", run.script.name)));
        }
        let facilitator = person(&script.facilitator)?;
        self.one(DrillStarted { facilitator, ..script.clone() })
    }

    /// The exercise, where a script runs this incident.
    fn run(&self) -> Result<&DrillRun, Refusal> {
        self.incident.drill.as_deref().ok_or_else(|| {
            Refusal::conflict(format!("{} is no drill that is run by a script", self.incident.id))
                .hint("begin one: warroom drill run NAME")
        })
    }

    fn give(&self, number: Option<u32>) -> Result<Vec<NewEvent>, Refusal> {
        let run = self.run()?;
        let id = self.incident.id;
        if self.incident.state != State::Open {
            let message = format!("{id} is {}: the players are told nothing more", self.incident.state);
            return Err(Refusal::no(message).hint("reopen it with a reason to go on"));
        }
        if self.incident.kind != IncidentKind::Drill {
            return Err(Refusal::no(format!("{id} is {} by now: nothing is played", self.incident.kind)));
        }
        let Some(number) = number.or_else(|| run.next()) else {
            return Err(Refusal::no(format!("the players of {id} were told everything")));
        };
        let Some(inject) = run.inject(number) else {
            let count = run.script.injects.len();
            return Err(Refusal::not_found(format!("{id} has no inject {number}"))
                .hint(format!("they are counted from 1 to {count}: warroom drill score")));
        };
        if run.given.contains_key(&number) {
            return Err(Refusal::conflict(format!("the players of {id} were told inject {number} already")));
        }
        self.one(DrillInjected { inject: number, text: inject.text.clone() })
    }

    /// An inject that is due. Whoever notices it, the facilitator says it, at the moment of the script.
    fn due_inject(&self, number: u32) -> Option<NewEvent> {
        let run = self.incident.drill.as_ref()?;
        let (at, _) = self.incident.injects_due(self.asker.now).into_iter().find(|(_, n)| *n == number)?;
        let mut event = self.event(DrillInjected { inject: number, text: run.inject(number)?.text.clone() });
        event.by.clone_from(&run.script.facilitator);
        event.occurred_at = Some(at);
        Some(event)
    }
}
