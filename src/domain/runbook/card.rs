//! What a list says of a runbook: whether it is the shipped one, when it was last exercised, which incidents used it.
//! It must not read files or a clock.

use chrono::NaiveDate;

use super::{Match, Problem, Runbook};
use crate::domain::ids::IncidentId;
use crate::domain::words::IncidentKind;

/// After how many days without a test or a review a runbook is stale, unless the team says otherwise.
pub const STALE_DAYS: i64 = 180;

/// Where a runbook comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// As it comes with the program.
    Shipped,
    /// One of the program's, changed by the team.
    Edited,
    /// The team's own.
    Own,
}

impl Origin {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Edited => "edited",
            Self::Own => "own",
        }
    }
}

/// An incident that a runbook was attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Which.
    pub incident: IncidentId,
    /// What sort it is: a drill in which a step was done is a test.
    pub kind: IncidentKind,
    /// The day of it (UTC).
    pub day: NaiveDate,
    /// How many of its steps were done.
    pub done: u32,
}

/// A runbook in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub summary: String,
    /// The severity it usually starts with.
    pub severity: String,
    /// Who keeps it true.
    pub owner: String,
    /// How many steps it has.
    pub steps: usize,
    /// What it answers to.
    pub matches: Match,
    /// Where it comes from.
    pub origin: Origin,
    /// The day of `last_tested` in its text.
    pub last_tested: Option<NaiveDate>,
    /// The day of `last_reviewed` in its text.
    pub last_reviewed: Option<NaiveDate>,
    /// What could not be read as intended.
    pub problems: Vec<Problem>,
    /// The incidents that used it, the newest first.
    pub uses: Vec<Use>,
}

impl Card {
    /// The card of a runbook. `uses` may come in any order.
    #[must_use]
    pub fn new(
        name: &str,
        runbook: &Runbook,
        problems: Vec<Problem>,
        origin: Origin,
        mut uses: Vec<Use>,
    ) -> Self {
        uses.sort_by(|a, b| b.day.cmp(&a.day).then(b.incident.cmp(&a.incident)));
        Self {
            name: name.to_owned(),
            title: runbook.title.clone(),
            summary: runbook.summary.clone().unwrap_or_default(),
            severity: runbook.severity.clone().unwrap_or_default(),
            owner: runbook.owner.clone().unwrap_or_default(),
            steps: runbook.steps().count(),
            matches: runbook.matches.clone(),
            origin,
            last_tested: runbook.last_tested,
            last_reviewed: runbook.last_reviewed,
            problems,
            uses,
        }
    }

    /// The drill that last did a step of it.
    #[must_use]
    pub fn drill(&self) -> Option<&Use> {
        self.uses.iter().find(|u| u.kind == IncidentKind::Drill && u.done > 0)
    }

    /// The day it was last exercised: by its own text, or by a drill that did a step of it.
    #[must_use]
    pub fn tested(&self) -> Option<NaiveDate> {
        self.last_tested.max(self.drill().map(|u| u.day))
    }

    /// How trustworthy it is on a day.
    #[must_use]
    pub fn staleness(&self, today: NaiveDate, after_days: i64) -> Staleness {
        staleness(self.tested(), self.last_reviewed, today, after_days)
    }
}

/// How long ago somebody made sure of a runbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    /// Nobody has ever run it outside an incident, nor read it through.
    Never,
    /// The last test or review is too long ago, in days.
    Old {
        /// It was a test, not only a review.
        tested: bool,
        /// How many days ago.
        days: i64,
    },
    /// It is well, since so many days.
    Fresh {
        /// It was a test, not only a review.
        tested: bool,
        /// How many days ago.
        days: i64,
    },
}

impl Staleness {
    /// It should be tested before somebody needs it.
    #[must_use]
    pub const fn is_stale(self) -> bool {
        !matches!(self, Self::Fresh { .. })
    }

    /// In words: `never tested`, `tested 210d ago`, `reviewed 3d ago`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Never => "never tested".to_owned(),
            Self::Old { tested, days } | Self::Fresh { tested, days } => {
                let what = if tested { "tested" } else { "reviewed" };
                match days {
                    ..=0 => format!("{what} today"),
                    days => format!("{what} {days}d ago"),
                }
            }
        }
    }
}

/// How trustworthy a runbook is that was tested and reviewed on these days. A test says more than a review of the same
/// day.
#[must_use]
pub fn staleness(
    tested: Option<NaiveDate>,
    reviewed: Option<NaiveDate>,
    today: NaiveDate,
    after_days: i64,
) -> Staleness {
    let Some(last) = tested.max(reviewed) else { return Staleness::Never };
    let (tested, days) = (tested == Some(last), (today - last).num_days());
    if days > after_days { Staleness::Old { tested, days } } else { Staleness::Fresh { tested, days } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_drill_that_did_a_step_is_a_test_and_one_that_did_none_is_not() {
        let (runbook, _) = super::super::parse_named("---\nlast_tested: 2026-01-10\n---\n# A\n", "a");
        let of = |number: u32, kind, at: &str, done| Use {
            incident: IncidentId { year: 2026, number },
            kind,
            day: day(at),
            done,
        };
        let uses = vec![
            of(1, IncidentKind::Real, "2026-11-01", 9),
            of(2, IncidentKind::Drill, "2026-06-01", 3),
            of(3, IncidentKind::Drill, "2026-10-01", 0),
        ];
        let card = Card::new("a", &runbook, Vec::new(), Origin::Own, uses);
        assert_eq!(card.tested(), Some(day("2026-06-01")));
        assert_eq!(card.uses.first().map(|u| u.incident.number), Some(1), "the newest first");
        let old = card.staleness(day("2026-12-01"), 180);
        assert_eq!((old.is_stale(), old.words().as_str()), (true, "tested 183d ago"));
        assert!(!card.staleness(day("2026-11-28"), 180).is_stale());
    }

    #[test]
    fn what_nobody_has_tested_says_so_and_a_review_is_less_than_a_test() {
        assert_eq!(staleness(None, None, day("2026-11-25"), 180).words(), "never tested");
        let reviewed = staleness(None, Some(day("2026-11-22")), day("2026-11-25"), 180);
        assert_eq!(reviewed.words(), "reviewed 3d ago");
        let both = staleness(Some(day("2026-11-22")), Some(day("2026-11-22")), day("2026-11-22"), 180);
        assert_eq!(both.words(), "tested today");
    }
}
