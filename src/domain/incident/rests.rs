//! The times for which an incident that is open was held to be resolved. No clock runs then, so what was due after them
//! goes on from the reopening by what was left. It must not change any time at which something happened.

use super::Incident;
use crate::domain::clocks::ClockKey;
use crate::domain::event::Recorded;
use crate::domain::ids::Seq;
use crate::domain::time::{Span, Utc};
use crate::domain::words::Milestone;

/// A resolve that did not last.
#[derive(Debug, Clone, PartialEq)]
pub struct Rest {
    /// When it was resolved, and the event that says so.
    from: (Utc, Seq),
    /// When it was reopened, and the event that says so.
    to: (Utc, Seq),
    /// It was resolved in error, and that was taken back.
    taken_back: bool,
}

impl Incident {
    /// It is reopened: what was due later than it was resolved is due later by as much.
    pub(super) fn rest_ends(&mut self, r: &Recorded) {
        let marked = self.milestones.get(&Milestone::Resolved).map_or(r.seq, |mark| mark.seq);
        let Some(from) = self.resolved_at.or(self.closed_at) else { return };
        let mut start = (from, marked);
        // Resolved again for a moment of the past: what was counted up to the last reopening is not counted again.
        if let Some(last) = self.rests.last()
            && self.ends(last).1 > self.set_backs.moved(from, marked)
        {
            start = last.to;
        }
        let rest = Rest { from: start, to: (r.occurred_at, r.seq), taken_back: r.undoes.is_some() };
        let (from, to) = self.ends(&rest);
        // What was said meanwhile ran no sooner than it was said.
        let timeline = &self.timeline;
        let set_backs = &self.set_backs;
        let said = |seq| timeline.get(seq).map_or(from, |entry| set_backs.moved(entry.occurred_at, seq));
        let later = |at: &mut Utc, seq| {
            let rested = rested((from, to), said(seq), *at);
            *at = at.checked_add_signed(rested).unwrap_or(*at);
        };
        for decision in self.talk.decisions.values_mut().filter(|d| d.verdict.is_none()) {
            let seq = decision.seq;
            decision.check_at.as_mut().into_iter().for_each(|at| later(at, seq));
        }
        for ask in self.talk.asks.values_mut().filter(|ask| ask.is_open()) {
            let seq = ask.due_seq;
            ask.due_at.as_mut().into_iter().for_each(|at| later(at, seq));
        }
        self.checklist.each(|step| {
            let seq = step.due_seq;
            step.due_at.as_mut().into_iter().for_each(|at| later(at, seq));
        });
        let is_by_law = |clock: &str| ClockKey::named(clock).is_some_and(ClockKey::is_by_law);
        let resting = self.clocks.iter_mut().filter(|(clock, _)| !is_by_law(clock));
        for ack in resting.filter_map(|(_, record)| record.acknowledged.as_mut()) {
            let seq = ack.seq;
            ack.until.as_mut().into_iter().for_each(|at| later(at, seq));
        }
        self.trail.each_deadline(|at, seq, clock| {
            if !clock.is_some_and(is_by_law) {
                later(at, seq);
            }
        });
        self.rests.push(rest);
    }

    /// When it was last reopened because it was not over, as the clock of now shows it.
    #[must_use]
    pub fn came_back(&self) -> Option<Utc> {
        self.rests.iter().rev().find(|rest| !rest.taken_back).map(|rest| self.ends(rest).1)
    }

    /// When it was last reopened because it was not over, as the log has it, and the event that says so.
    #[must_use]
    pub fn last_reopened(&self) -> Option<(Utc, Seq)> {
        self.rests.iter().rev().find(|rest| !rest.taken_back).map(|rest| rest.to)
    }

    /// Whether it was reopened, because it was not over, after one moment and by another, both as the log has them.
    pub(super) fn reopened_between(&self, after: (Utc, Seq), by: (Utc, Seq)) -> bool {
        self.rests.iter().any(|rest| !rest.taken_back && rest.to > after && rest.to <= by)
    }

    /// What is due so long after a moment of this incident, the times for which it was resolved left out. All as the
    /// clock of now shows it.
    #[must_use]
    pub fn due(&self, from: Utc, at: Utc) -> Utc {
        self.rests
            .iter()
            .fold(at, |at, rest| at.checked_add_signed(rested(self.ends(rest), from, at)).unwrap_or(at))
    }

    /// For how long it was resolved between two moments, as the clock of now shows them.
    #[must_use]
    pub fn rested(&self, from: Utc, until: Utc) -> Span {
        let each = self.rests.iter().map(|rest| {
            let (began, ended) = self.ends(rest);
            rested((began, ended.min(until)), from, until)
        });
        each.fold(Span::zero(), |all, one| all.checked_add(&one).unwrap_or(all))
    }

    /// Since when it was resolved at a moment, when it was. All as the clock of now shows it.
    pub(super) fn over_at(&self, at: Utc) -> Option<Utc> {
        let mark = self.milestones.get(&Milestone::Resolved).filter(|_| self.resolved_at.is_some());
        let now = mark.map(|mark| self.set_backs.moved(mark.at, mark.seq)).filter(|from| *from <= at);
        let before = self.rests.iter().map(|rest| self.ends(rest));
        now.or_else(|| before.filter(|(from, to)| *from <= at && at < *to).map(|(from, _)| from).min())
    }

    fn ends(&self, rest: &Rest) -> (Utc, Utc) {
        let moved = |(at, seq)| self.set_backs.moved(at, seq);
        (moved(rest.from), moved(rest.to))
    }
}

/// For how long a clock that began to run at one moment and runs out at another stood still in a rest.
fn rested((began, ended): (Utc, Utc), from: Utc, at: Utc) -> Span {
    let began = began.max(from);
    if at > began { (ended - began).max(Span::zero()) } else { Span::zero() }
}
