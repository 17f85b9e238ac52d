//! What is kept beside the timeline: evidence, scope, links, related incidents. It must not read files.

use crate::domain::ids::Seq;
use crate::domain::time::Utc;
use crate::domain::words::ScopeState;

/// An item of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceItem {
    /// The event that added it.
    pub seq: Seq,
    /// A short name.
    pub name: String,
    /// The class.
    pub class: String,
    /// The system that it came from.
    pub source: String,
    /// Who took it.
    pub acquired_by: String,
    /// When it was taken.
    pub acquired_at: Utc,
    /// Where it lies.
    pub location: String,
    /// Size in bytes.
    pub size: Option<u64>,
    /// SHA-256 in hex.
    pub sha256: Option<String>,
    /// Who had it after the one who took it.
    pub custody: Vec<Custody>,
}

/// A change of custody.
#[derive(Debug, Clone, PartialEq)]
pub struct Custody {
    /// Who gave it.
    pub from: String,
    /// Who has it.
    pub to: String,
    /// When.
    pub at: Utc,
    /// Why.
    pub reason: String,
}

/// An asset and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ScopeItem {
    /// The asset.
    pub asset: String,
    /// Where it stands.
    pub state: ScopeState,
    /// Since when.
    pub at: Utc,
    /// Who said so.
    pub by: String,
}

/// A place where people meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Bridge, channel, ticket, dashboard.
    pub kind: String,
    /// Where it is.
    pub url: String,
}

/// Another incident that belongs to this one.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedIncident {
    /// Its id.
    pub incident: String,
    /// How they belong together.
    pub relation: String,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Evidence, in the order in which it was added.
    pub evidence: Vec<EvidenceItem>,
    /// The scope, each asset once, in the order in which they came up.
    pub scope: Vec<ScopeItem>,
    /// Links, in the order in which they were added.
    pub links: Vec<Link>,
    /// Related incidents, each once.
    pub related: Vec<RelatedIncident>,
}

impl Record {
    /// How many assets stand in a state.
    #[must_use]
    pub fn in_state(&self, state: ScopeState) -> usize {
        self.scope.iter().filter(|s| s.state == state).count()
    }
}
