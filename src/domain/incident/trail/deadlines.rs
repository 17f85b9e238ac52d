//! The deadlines that an undo would bring back: they move as those do that hold. It must not decide what is undone.

use super::super::set_back::SetBack;
use super::Trail;
use crate::domain::ids::Seq;
use crate::domain::request::{Keep, Request, When};
use crate::domain::time::Utc;

impl Trail {
    /// The clock was set back: a deadline that an undo would bring back moves as the others do.
    pub(in crate::domain::incident) fn set_back(&mut self, step: &SetBack) {
        self.each_deadline(|at, said, _| *at = step.moved(*at, said));
        for trace in &mut self.traces {
            for request in &mut trace.undo {
                if let Request::RestoreClock { earlier: Some((at, _)), .. } = request {
                    *at = step.moved(*at, trace.said);
                }
            }
        }
    }

    /// Changes the deadlines that an undo would bring back; each comes with the position at which it was said and, where
    /// one was moved by name, with its clock.
    pub(in crate::domain::incident) fn each_deadline(
        &mut self,
        change: impl Fn(&mut Utc, Seq, Option<&str>),
    ) {
        for trace in &mut self.traces {
            for request in &mut trace.undo {
                match request {
                    Request::Keep(
                        Keep::RestoreAsk { due: Some(When::At(due)), .. }
                        | Keep::StepDue { due: Some(When::At(due)), .. },
                    ) => change(due, trace.said, None),
                    Request::RestoreClock { clock, earlier: Some((_, Some(due))), .. } => {
                        change(due, trace.said, Some(clock));
                    }
                    _ => {}
                }
            }
        }
    }
}
