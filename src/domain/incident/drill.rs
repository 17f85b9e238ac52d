//! The exercise that a script runs: the script as it was at the start, what the players were told, what the facilitator
//! judged. It must not score (`domain::drill::score` does).

use std::collections::BTreeMap;

use super::Incident;
use super::timeline::Topic;
use crate::domain::drill::SOURCE;
use crate::domain::event::{DrillExpectation, DrillInject, DrillStarted, Event, Recorded};
use crate::domain::ids::Seq;
use crate::domain::time::{Span, Utc};
use crate::domain::words::{DrillVerdict, EntryKind, IncidentKind, State};

/// An exercise in progress, or over.
#[derive(Debug, Clone, PartialEq)]
pub struct DrillRun {
    /// The script.
    pub script: DrillStarted,
    /// When it began.
    pub at: Utc,
    /// The event that began it.
    pub seq: Seq,
    /// What the players were told: number → the event, and when it was.
    pub given: BTreeMap<u32, (Seq, Utc)>,
    /// What was judged by hand: number of the expectation → the last word on it.
    pub judged: BTreeMap<u32, Judgement>,
}

/// The facilitator's word on an expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What came of it.
    pub verdict: DrillVerdict,
    /// How one knows.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Utc,
}

impl DrillRun {
    /// The injects with their numbers.
    pub fn injects(&self) -> impl Iterator<Item = (u32, &DrillInject)> {
        (1..).zip(&self.script.injects)
    }

    /// The inject of a number.
    #[must_use]
    pub fn inject(&self, number: u32) -> Option<&DrillInject> {
        self.injects().find(|(n, _)| *n == number).map(|(_, inject)| inject)
    }

    /// The expectations with their numbers, each with the number of its inject.
    pub fn expectations(&self) -> impl Iterator<Item = (u32, u32, &DrillExpectation)> {
        let all = self.injects().flat_map(|(inject, i)| i.expect.iter().map(move |e| (inject, e)));
        (1..).zip(all).map(|(number, (inject, e))| (number, inject, e))
    }

    /// The first inject in time that the players were not told yet.
    #[must_use]
    pub fn next(&self) -> Option<u32> {
        let left = self.injects().filter(|(n, _)| !self.given.contains_key(n));
        left.min_by_key(|(n, inject)| (inject.after, *n)).map(|(n, _)| n)
    }
}

impl Incident {
    /// When an inject is due, the times for which the exercise was resolved left out; as the clock of now shows it.
    #[must_use]
    pub fn inject_due(&self, number: u32) -> Option<Utc> {
        let run = self.drill.as_ref()?;
        let from = self.set_backs.moved(run.at, run.seq);
        let at = from.checked_add_signed(Span::seconds(i64::from(run.inject(number)?.after)))?;
        Some(self.due(from, at))
    }

    /// The injects that are due and not in the log yet, the first in front. One that is resolved or closed gets none,
    /// nor does one that turned out to be real.
    #[must_use]
    pub fn injects_due(&self, now: Utc) -> Vec<(Utc, u32)> {
        let goes_on = self.state == State::Open && self.kind == IncidentKind::Drill;
        let Some(run) = self.drill.as_ref().filter(|_| goes_on) else { return Vec::new() };
        let left = run.injects().map(|(n, _)| n).filter(|n| !run.given.contains_key(n));
        let mut due: Vec<_> =
            left.filter_map(|n| Some((self.inject_due(n)?, n))).filter(|(at, _)| *at <= now).collect();
        due.sort_unstable();
        due
    }

    /// What follows from the events of an exercise.
    pub(super) fn exercise(&mut self, r: &Recorded, event: &Event) {
        match event {
            // The first script is the one by which it is run.
            Event::DrillStarted(e) if self.drill.is_none() => {
                self.drill = Some(Box::new(DrillRun {
                    script: e.clone(),
                    at: r.occurred_at,
                    seq: r.seq,
                    given: BTreeMap::new(),
                    judged: BTreeMap::new(),
                }));
            }
            Event::DrillInjected(e) => {
                self.push_line(r, EntryKind::Alert, Topic::Said, e.text.clone(), &[]);
                self.timeline.change(r.seq, |entry| SOURCE.clone_into(&mut entry.source));
                if let Some(run) = &mut self.drill {
                    run.given.entry(e.inject).or_insert((r.seq, r.occurred_at));
                }
            }
            Event::DrillJudged(e) => {
                let (verdict, reason) = (e.verdict, e.reason.clone());
                let judged = Judgement { verdict, reason, by: r.by.clone(), at: r.occurred_at };
                if let Some(run) = &mut self.drill {
                    run.judged.insert(e.expectation, judged);
                }
            }
            _ => {}
        }
    }
}
