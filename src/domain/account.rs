//! How a past incident is told: whether at all, and as what. A row of lists decides it where the incident is our own, else
//! what its postmortem says of itself. It must not decide what is found.

use serde::Deserialize;

use crate::domain::ids::IncidentId;
use crate::domain::words::{DispositionWord, IncidentKind, Visibility};

/// Why an incident enters no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// It was an exercise.
    Drill,
    /// It was a try of the tool.
    Test,
    /// There was nothing.
    FalseAlarm,
    /// Another incident covers it.
    Duplicate,
}

impl Aside {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Drill, Self::Test, Self::FalseAlarm, Self::Duplicate];

    /// The reason of an incident; none when it counts.
    #[must_use]
    pub const fn of(kind: IncidentKind, disposition: Option<DispositionWord>) -> Option<Self> {
        match (kind, disposition) {
            (IncidentKind::Drill, _) => Some(Self::Drill),
            (IncidentKind::Test, _) => Some(Self::Test),
            (_, Some(DispositionWord::FalseAlarm)) => Some(Self::FalseAlarm),
            (_, Some(DispositionWord::DuplicateOf)) => Some(Self::Duplicate),
            _ => None,
        }
    }

    /// The same of what a postmortem says of itself. What is not understood is no reason.
    #[must_use]
    pub fn said(kind: &str, disposition: Option<&str>) -> Option<Self> {
        let disposition = disposition.and_then(|text| DispositionWord::leading(text).ok());
        Self::of(kind.parse().unwrap_or(IncidentKind::Real), disposition.map(|(word, _)| word))
    }

    /// The word for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drill => "drill",
            Self::Test => "test",
            Self::FalseAlarm => "false-alarm",
            Self::Duplicate => "duplicate",
        }
    }

    /// What stands beside it wherever it is named among past incidents, so that nobody takes it for one that counts.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Drill => "DRILL",
            Self::Test => "TEST",
            Self::FalseAlarm => "FALSE ALARM",
            Self::Duplicate => "DUPLICATE",
        }
    }
}

/// The part of a [`Summary`](crate::domain::summary::Summary) that counts beside its postmortem: less than the row, since
/// it is read for every answer of the search.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its name among people.
    pub id: IncidentId,
    /// What sort it is.
    pub kind: IncidentKind,
    /// What it turned out to be.
    #[serde(default)]
    pub disposition: Option<DispositionWord>,
    /// Who may read it.
    pub visibility: Visibility,
    /// How many stories have to ship yet.
    #[serde(default)]
    pub unshipped: u32,
    /// The path of its postmortem, once that was published.
    #[serde(default)]
    pub postmortem: Option<String>,
}

impl Account {
    /// Why it enters no figure; none when it counts.
    #[must_use]
    pub const fn aside(&self) -> Option<Aside> {
        Aside::of(self.kind, self.disposition)
    }

    /// Others may not read it: no search tells it, whatever its postmortem said when it was published.
    #[must_use]
    pub const fn is_hidden(&self) -> bool {
        !matches!(self.visibility, Visibility::Team)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_incident_of_its_own_is_set_aside() {
        for (kind, disposition, aside) in [
            ("real", None, None),
            ("imported", Some("confirmed"), None),
            ("backfilled", Some("near-miss"), None),
            ("drill", Some("confirmed"), Some(Aside::Drill)),
            ("Exercise", None, Some(Aside::Drill)),
            ("test", Some("false-alarm"), Some(Aside::Test)),
            ("real", Some("false alarm"), Some(Aside::FalseAlarm)),
            ("", Some("duplicate-of INC-2026-0001"), Some(Aside::Duplicate)),
            ("odd", Some("whatever"), None),
        ] {
            assert_eq!(Aside::said(kind, disposition), aside, "{kind} {disposition:?}");
        }
    }
}
