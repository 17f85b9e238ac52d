//! What still holds of what was reached: an incident that was opened again, or whose phase was set back, has lost it. It
//! must not word that, nor change what the log says was reached.

use super::{Incident, Mark, PhaseSpan};
use crate::domain::event::Recorded;
use crate::domain::ids::Seq;
use crate::domain::time::Utc;
use crate::domain::words::{Milestone, Phase, State};

impl Incident {
    /// The mark of a milestone that still holds. While the incident is open that is none from before it was opened again,
    /// and `contained` none from before its phase was set back; once it is over, what was marked stands.
    #[must_use]
    pub fn holding(&self, milestone: Milestone) -> Option<&Mark> {
        let mark = self.milestones.get(&milestone)?;
        if self.state != State::Open {
            return Some(mark);
        }
        let before_reopened = self.last_reopened().is_some_and(|reopened| (mark.at, mark.seq) < reopened);
        let is_lost = before_reopened || milestone == Milestone::Contained && self.set_back().is_some();
        (!is_lost).then_some(mark)
    }

    /// Since when its phase is one from before it was contained again: none once it is contained again, or beyond.
    #[must_use]
    pub fn set_back(&self) -> Option<&PhaseSpan> {
        self.set_back_by(self.head)
    }

    /// The same as it was at a position, by the mark of now.
    fn set_back_by(&self, position: Seq) -> Option<&PhaseSpan> {
        let before = |phase| matches!(phase, Phase::Detect | Phase::Contain);
        let mark = self.milestones.get(&Milestone::Contained)?;
        // What was taken back, and what took it back, turned nothing.
        let counts = |span: &&PhaseSpan| span.seq <= position && !self.taken_back.contains(&span.seq);
        let entered: Vec<&PhaseSpan> = self.phases.iter().filter(counts).collect();
        let back = entered.iter().rev().take_while(|span| before(span.phase)).last()?;
        let is_set_back = entered.iter().any(|span| !before(span.phase) && span.seq < back.seq);
        (is_set_back && (back.since, back.seq) > (mark.at, mark.seq)).then_some(*back)
    }

    /// When it was contained, of a phase that was entered: in it, or before it and not lost by then. As the clock of now
    /// shows it. That it was opened again later says nothing of the phase before: it is entered anew.
    #[must_use]
    pub fn contained_in(&self, span: &PhaseSpan) -> Option<Utc> {
        let mark = self.milestones.get(&Milestone::Contained)?;
        let at = self.set_backs.moved(mark.at, mark.seq);
        let is_lost = || {
            let (marked, entered) = ((mark.at, mark.seq), (span.since, span.seq));
            self.reopened_between(marked, entered) || self.set_back_by(span.seq).is_some()
        };
        (at >= self.set_backs.moved(span.since, span.seq) || !is_lost()).then_some(at)
    }

    /// Whether it was opened again, and nobody has said since then in which phase it is.
    #[must_use]
    pub fn starts_over(&self) -> bool {
        let entered = self.phases.last().map(|span| (span.since, span.seq));
        self.state == State::Open && self.last_reopened().is_some_and(|at| entered.is_none_or(|e| e < at))
    }

    /// Where among the phases the one stands that an event takes back, said again of an incident that was opened again:
    /// the phase was the same before, so there is none to go back to.
    pub(super) fn said_again(&self, r: &Recorded, phase: Phase) -> Option<usize> {
        let undone = r.undoes?;
        let place = self.phases.iter().position(|span| span.seq == undone)?;
        let (span, before) = (self.phases.get(place)?, self.phases.get(place.checked_sub(1)?)?);
        let mut later = self.phases.iter().skip(place).skip(1);
        let same = [span.phase, before.phase, self.phase].iter().all(|one| *one == phase);
        (same && !self.starts_over() && later.all(|span| self.taken_back.contains(&span.seq)))
            .then_some(place)
    }
}
