//! What is kept beside the timeline: evidence, scope, indicators, links, related incidents. It must not read files.

use crate::domain::ids::Seq;
use crate::domain::ioc::{IocKind, Tlp};
use crate::domain::time::Utc;
use crate::domain::words::ScopeState;

/// The classes of evidence that are worth taking almost every time (seed `002…`), with what belongs to each. A team
/// may use its own beside them.
pub const EVIDENCE_CLASSES: [(&str, &str); 6] = [
    ("audit-log", "logs of cloud, pipeline, directory, application"),
    ("identity", "which workload and cloud identities were used"),
    ("digest", "exact artifacts and images"),
    ("configuration", "deployed configuration and manifests"),
    ("scope", "which tenants, customers, data are touched"),
    ("timeline", "approvals, deploys, behaviour at run time"),
];

/// The class of evidence of which nobody said what it is.
pub const UNCLASSIFIED: &str = "unclassified";

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
    /// The line that it belongs to.
    pub entry: Option<Seq>,
    /// It does not count: by whom, when, why.
    pub withdrawn: Option<(String, Utc, String)>,
}

impl EvidenceItem {
    /// Who has it now.
    #[must_use]
    pub fn holder(&self) -> &str {
        self.custody.last().map_or(&self.acquired_by, |c| &c.to)
    }
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
    /// Where it lies since; empty: where it lay.
    pub location: String,
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

/// An indicator of compromise.
#[derive(Debug, Clone, PartialEq)]
pub struct Ioc {
    /// The value, live.
    pub value: String,
    /// What it is.
    pub kind: IocKind,
    /// Who may be told.
    pub tlp: Tlp,
    /// The line that it was seen in.
    pub entry: Option<Seq>,
    /// What is known of it.
    pub note: String,
    /// Who added it.
    pub by: String,
    /// When.
    pub at: Utc,
    /// The event that said this of it last.
    pub seq: Seq,
}

impl Ioc {
    /// The value as it is shown: nobody follows it by accident.
    #[must_use]
    pub fn shown(&self) -> String {
        crate::domain::ioc::defang(self.kind, &self.value)
    }
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
    /// Indicators, each value once, in the order in which they came up.
    pub iocs: Vec<Ioc>,
    /// Those under TLP:RED that were taken back: what only the room may know stays with it.
    pub withdrawn: Vec<Ioc>,
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

    /// The counted scope: `affected 12 · fixed 7`; empty without an asset.
    #[must_use]
    pub fn counted(&self) -> String {
        let count = |state: &ScopeState| match self.in_state(*state) {
            0 => None,
            n => Some(format!("{state} {n}")),
        };
        let order = [ScopeState::Affected, ScopeState::Suspected, ScopeState::Fixed, ScopeState::Clean];
        order.iter().filter_map(count).collect::<Vec<_>>().join(" · ")
    }

    /// The related incidents but those of which a person said that they are another failure.
    pub fn belonging(&self) -> impl Iterator<Item = &RelatedIncident> {
        self.related.iter().filter(|related| related.relation != crate::domain::recurrence::DIFFERENT)
    }

    /// The items of evidence that belong to a line.
    pub fn evidence_of(&self, entry: Seq) -> impl Iterator<Item = &EvidenceItem> {
        self.evidence.iter().filter(move |i| i.entry == Some(entry))
    }
}
