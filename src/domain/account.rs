//! What a row of lists says that decides how a past incident is told: less than the row, since it is read for every
//! answer of the search. It must not decide what is found.

use serde::Deserialize;

use crate::domain::ids::IncidentId;
use crate::domain::words::Visibility;

/// The part of a [`Summary`](crate::domain::summary::Summary) that counts beside its postmortem.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its name among people.
    pub id: IncidentId,
    /// Who may read it.
    pub visibility: Visibility,
    /// How many stories have to ship yet.
    #[serde(default)]
    pub unshipped: u32,
}

impl Account {
    /// Others may not read it: no search tells it, whatever its postmortem said when it was published.
    #[must_use]
    pub const fn is_hidden(&self) -> bool {
        !matches!(self.visibility, Visibility::Team)
    }
}
