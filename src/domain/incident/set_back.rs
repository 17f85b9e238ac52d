//! What becomes of deadlines when the clock of the host is set back: they move with it, so that what was due in ten
//! minutes still is. A step forward moves none: it may be time that passed unseen (a machine that was paused), and no
//! clock may get more time without a word. It only makes good what a later step back takes. It must not change any
//! time at which something happened.

use crate::domain::ids::Seq;
use crate::domain::time::{Span, Utc};

/// How many deadlines that ran out are remembered of a clock when it was set back.
const BREACHED: usize = 32;

/// The steps of the clock that count for what is still due.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SetBacks {
    /// Steps forward that no step back has taken yet, oldest first.
    forward: Vec<(Seq, Span)>,
    /// Steps back.
    back: Vec<SetBack>,
}

/// A step back, and the steps forward before it that it undoes.
#[derive(Debug, Clone, PartialEq)]
pub struct SetBack {
    seq: Seq,
    by: Span,
    made_good: Vec<(Seq, Span)>,
}

impl SetBack {
    /// By how much it moves a time that was said at a position: never above zero.
    #[must_use]
    pub fn shift(&self, said: Seq) -> Span {
        if said >= self.seq {
            return Span::zero();
        }
        let forward = self.made_good.iter().filter(|(seq, _)| *seq > said).map(|(_, by)| *by);
        forward.fold(-self.by, |left, by| left.checked_add(&by).unwrap_or(left)).min(Span::zero())
    }

    /// A time that was said at a position, as the clock shows it now.
    #[must_use]
    pub fn moved(&self, at: Utc, said: Seq) -> Utc {
        at.checked_add_signed(self.shift(said)).unwrap_or(at)
    }
}

impl SetBacks {
    /// Takes in a step of the clock; the answer is one back.
    pub(super) fn step(&mut self, seq: Seq, by_ms: i64) -> Option<SetBack> {
        let by = Span::try_milliseconds(by_ms).unwrap_or_default();
        if by > Span::zero() {
            self.forward.push((seq, by));
        }
        if by >= Span::zero() {
            return None;
        }
        let (by, mut made_good) = (-by, Vec::new());
        let mut left = by;
        while let Some((at, forward)) = self.forward.pop() {
            let taken = forward.min(left);
            made_good.push((at, taken));
            left -= taken;
            if taken < forward {
                self.forward.push((at, forward - taken));
            }
            if left.is_zero() {
                break;
            }
        }
        let step = SetBack { seq, by, made_good };
        self.back.push(step.clone());
        Some(step)
    }

    /// A time that was said at a position, as the clock shows it now.
    #[must_use]
    pub fn moved(&self, at: Utc, said: Seq) -> Utc {
        self.moved_after(Seq::NONE, at, said)
    }

    /// The same by the steps alone that came after a position.
    pub(super) fn moved_after(&self, after: Seq, at: Utc, said: Seq) -> Utc {
        self.back.iter().filter(|step| step.seq > after).fold(at, |at, step| step.moved(at, said))
    }
}

impl super::Incident {
    /// Moves what is due. What is derived from a point of the past moves when it is asked for.
    pub(super) fn clock_set(&mut self, seq: Seq, by_ms: i64) {
        let Some(step) = self.set_backs.step(seq, by_ms) else { return };
        let due = |at: &mut Option<Utc>, said| *at = at.map(|at| step.moved(at, said));
        for decision in self.talk.decisions.values_mut() {
            due(&mut decision.check_at, decision.seq);
        }
        for ask in self.talk.asks.values_mut().filter(|ask| ask.is_open()) {
            due(&mut ask.due_at, ask.due_seq);
            ask.since = step.moved(ask.since, ask.due_seq);
        }
        for update in self.talk.updates.values_mut() {
            due(&mut update.next_at, update.sent_seq.max(update.seq));
        }
        self.checklist.each(|open| due(&mut open.due_at, open.due_seq));
        self.trail.set_back(&step);
        for record in self.clocks.values_mut() {
            if let Some(ack) = &mut record.acknowledged {
                ack.at = step.moved(ack.at, ack.seq);
                due(&mut ack.until, ack.seq);
            }
            // What ran out before the step is not told a second time after it.
            let moved: Vec<Utc> = record.breached.iter().map(|at| step.moved(*at, Seq::NONE)).collect();
            let back = record.breached.iter().map(|at| at.checked_sub_signed(step.by).unwrap_or(*at));
            let all: Vec<Utc> = back.chain(moved).filter(|at| !record.breached.contains(at)).collect();
            record.breached.extend(all);
            // Each step back may double what is remembered; the forms of now stand at the end.
            let most = record.breached.len().saturating_sub(BREACHED);
            record.breached.drain(..most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By how many minutes what was said at a position moves in all.
    fn moved(steps: &[(u64, i64)], said: u64) -> i64 {
        let mut all = SetBacks::default();
        for (seq, minutes) in steps {
            all.step(Seq(*seq), minutes * 60_000);
        }
        let at: Utc = "2026-11-20T14:00:00Z".parse().unwrap();
        (all.moved(at, Seq(said)) - at).num_minutes()
    }

    #[test]
    fn what_ran_out_is_remembered_within_bounds_however_often_the_clock_is_set_back() {
        let mut incident =
            crate::domain::incident::Incident::fold(crate::domain::ids::LogId(uuid::Uuid::nil()), &[]);
        let at: Utc = "2026-11-20T14:00:00Z".parse().unwrap();
        incident.clocks.entry("ack".to_owned()).or_default().breached.push(at);
        for n in 1..200 {
            incident.clock_set(Seq(n), -60_000 * i64::try_from(n).unwrap());
        }
        let now = at - Span::minutes((1..200).sum());
        let breached = &incident.clocks["ack"].breached;
        assert!(breached.len() <= BREACHED && breached.contains(&now), "{}", breached.len());
    }

    #[test]
    fn what_was_said_before_a_step_back_moves_with_it_and_never_gains() {
        assert_eq!((moved(&[(5, -60)], 3), moved(&[(5, -60)], 7)), (-60, 0));
        assert_eq!(moved(&[(5, -60), (9, -5)], 3), -65);
        assert_eq!((moved(&[(5, -60), (9, -5)], 7), moved(&[(5, -60), (9, -5)], 10)), (-5, 0));
        // Forward gives nothing; back again gives and takes nothing, but for what was said in between.
        assert_eq!(moved(&[(5, 60)], 3), 0);
        assert_eq!((moved(&[(5, 60), (9, -60)], 3), moved(&[(5, 60), (9, -60)], 7)), (0, -60));
        assert_eq!(moved(&[(5, 60), (9, -90)], 3), -30);
        assert_eq!(moved(&[(5, 60), (9, -30), (12, -30), (15, -10)], 3), -10);
        assert_eq!(moved(&[(5, 60), (9, -30), (12, -30), (15, -10)], 10), -40);
        assert_eq!(moved(&[(5, i64::MIN / 60_000)], 3), moved(&[(5, i64::MIN / 60_000)], 4), "no overflow");
    }
}
