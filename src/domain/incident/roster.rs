//! Who holds which role, from when to when. Handed over, never overwritten. It must not know which roles are
//! required.

use crate::domain::composed::same;
use crate::domain::ids::Seq;
use crate::domain::role;
use crate::domain::time::Utc;

/// A role held by a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    /// The role by its full name.
    pub role: String,
    /// Who holds it.
    pub person: String,
    /// Since when.
    pub from: Utc,
    /// Until when; `None`: still.
    pub to: Option<Utc>,
    /// The event that gave it.
    pub seq: Seq,
    /// The event that ended it; none while it is held.
    pub ended: Seq,
    /// It was given in error: that event was undone. It stays in the history all the same.
    pub undone: bool,
}

/// All holdings, in the order in which they began.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roster {
    holdings: Vec<Holding>,
}

impl Roster {
    /// All holdings, those that ended included.
    #[must_use]
    pub fn history(&self) -> &[Holding] {
        &self.holdings
    }

    /// The holdings of the moment, in the order of the built-in roles, the team's own after them.
    #[must_use]
    pub fn now(&self) -> Vec<&Holding> {
        let mut now: Vec<&Holding> = self.holdings.iter().filter(|h| h.to.is_none()).collect();
        now.sort_by_key(|h| role::BUILT_IN.iter().position(|r| r.name == h.role).unwrap_or(usize::MAX));
        now
    }

    /// Who holds a role now; the first of them where several may.
    #[must_use]
    pub fn holder(&self, role: &str) -> Option<&str> {
        self.holdings.iter().find(|h| h.to.is_none() && h.role == role).map(|h| h.person.as_str())
    }

    /// The person holds the role now.
    #[must_use]
    pub fn holds(&self, person: &str, role: &str) -> bool {
        self.holdings.iter().any(|h| h.to.is_none() && h.role == role && same(&h.person, person))
    }

    /// The roles that a person holds now.
    pub fn roles_of<'a>(&'a self, person: &'a str) -> impl Iterator<Item = &'a str> {
        let own = move |h: &&Holding| h.to.is_none() && same(&h.person, person);
        self.holdings.iter().filter(own).map(|h| h.role.as_str())
    }

    /// Somebody held the role at some time.
    #[must_use]
    pub fn was_held(&self, role: &str) -> bool {
        self.holdings.iter().any(|h| h.role == role)
    }

    /// Everybody who held a role, each once, in the order in which they came.
    #[must_use]
    pub fn people(&self) -> Vec<&str> {
        let mut people: Vec<&str> = Vec::new();
        for holding in &self.holdings {
            if !people.iter().any(|known| same(known, &holding.person)) {
                people.push(&holding.person);
            }
        }
        people
    }

    pub(super) fn take(&mut self, role: &str, person: &str, at: Utc, seq: Seq) {
        if self.holds(person, role) {
            return;
        }
        if !role::may_be_shared(role) {
            self.end(at, seq, |h| h.role == role);
        }
        let (role, person) = (role.to_owned(), person.to_owned());
        let ended = Seq::NONE;
        self.holdings.push(Holding { role, person, from: at, to: None, seq, ended, undone: false });
    }

    pub(super) fn undo(&mut self, seq: Seq) {
        for holding in self.holdings.iter_mut().filter(|h| h.seq == seq) {
            holding.undone = true;
        }
    }

    pub(super) fn release(&mut self, role: &str, person: &str, at: Utc, seq: Seq) {
        self.end(at, seq, |h| h.role == role && same(&h.person, person));
    }

    /// An event happened at another time than was said: what began or ended with it did so then.
    pub(super) fn retime(&mut self, seq: Seq, at: Utc) {
        for holding in &mut self.holdings {
            if holding.seq == seq {
                holding.from = at;
            }
            if holding.ended == seq {
                holding.to = Some(at);
            }
            holding.to = holding.to.map(|to| to.max(holding.from));
        }
    }

    fn end(&mut self, at: Utc, seq: Seq, which: impl Fn(&Holding) -> bool) {
        for holding in self.holdings.iter_mut().filter(|h| h.to.is_none() && which(h)) {
            holding.to = Some(at.max(holding.from));
            holding.ended = seq;
        }
    }
}
