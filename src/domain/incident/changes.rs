//! What last changed severity, phase and roles, and who commanded when. What was taken back counts for nothing, and
//! neither does what the declaration says. It must not refuse (`decide` does).

use super::{Holding, Incident};
use crate::domain::composed::same;
use crate::domain::ids::Seq;
use crate::domain::role;
use crate::domain::time::Utc;

/// The last position that a commander who was named with the declaration can have.
const DECLARED: Seq = Seq(2);

impl Incident {
    /// When the severity was last changed, as the clock of now shows it.
    #[must_use]
    pub fn severity_changed(&self) -> Option<Utc> {
        self.last_of(self.severities.iter().skip(1).map(|span| (span.since, span.seq)))
    }

    /// When a phase was last entered, as the clock of now shows it.
    #[must_use]
    pub fn phase_changed(&self) -> Option<Utc> {
        self.last_of(self.phases.iter().skip(1).map(|span| (span.since, span.seq)))
    }

    /// When a role was last taken, handed over or released, as the clock of now shows it; where several may have it,
    /// by this person.
    #[must_use]
    pub fn role_changed(&self, role: &str, person: &str) -> Option<Utc> {
        let shared = role::may_be_shared(role);
        let held =
            self.roster.history().iter().filter(|h| h.role == role && (!shared || same(&h.person, person)));
        self.last_of(held.flat_map(|h| {
            let declared = h.seq <= DECLARED && h.from == self.declared_at;
            [(!declared).then_some((h.from, h.seq)), h.to.map(|to| (to, h.ended))].into_iter().flatten()
        }))
    }

    /// Who commanded at a moment, as the clock of now shows it.
    #[must_use]
    pub fn commander_at(&self, at: Utc) -> Option<&str> {
        let moved = |at, seq| self.set_backs.moved(at, seq);
        // Who gave it away in error never did.
        let held = |h: &&Holding| {
            let ended = h.to.filter(|_| !self.taken_back.contains(&h.ended));
            moved(h.from, h.seq) <= at && ended.is_none_or(|to| at < moved(to, h.ended))
        };
        let commanders =
            self.roster.history().iter().rev().filter(|h| h.role == role::COMMANDER && !h.undone);
        commanders.filter(held).map(|h| h.person.as_str()).next()
    }

    /// The latest in the log of some changes.
    fn last_of(&self, changes: impl Iterator<Item = (Utc, Seq)>) -> Option<Utc> {
        let last = changes.filter(|(_, seq)| !self.taken_back.contains(seq)).max_by_key(|(_, seq)| *seq);
        last.map(|(at, seq)| self.set_backs.moved(at, seq))
    }
}
