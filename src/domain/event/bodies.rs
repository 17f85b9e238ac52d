//! Bodies of the events of a room: declaration, entries, state, roles. Field names are the wire names and
//! never change; a new meaning is a new version. It must not hold behaviour.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{IncidentId, Seq};
use crate::domain::time::Utc;
use crate::domain::words::{Certainty, DispositionWord, Flag, IncidentKind, Milestone, Phase, Visibility};

/// Body of `incident.declared`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    /// The name among people.
    pub id: IncidentId,
    /// One line that says what it is.
    pub title: String,
    /// What sort it is.
    pub kind: IncidentKind,
    /// The severity profile by which it is measured.
    pub profile: String,
    /// The severity, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Services that are touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Free labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Body of `incident.details-changed`: what is given replaces what was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DetailsChanged {
    /// A new title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The services, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<String>>,
    /// The tags, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// A new kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<IncidentKind>,
}

/// Body of `incident.reported` (seed `001…`, first fifteen minutes: the initial report).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reported {
    /// The person or monitor who reported it.
    pub reporter: String,
    /// The way it came: page, customer, researcher.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Systems that the report names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub systems: Vec<String>,
}

/// Body of `impact.stated`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImpactStated {
    /// What it does, in a line.
    pub text: String,
    /// Suspected or confirmed.
    pub certainty: Certainty,
    /// Customer data is touched.
    pub customer_data: Flag,
    /// Production is touched.
    pub production: Flag,
    /// Privileged access is touched.
    pub privileged_access: Flag,
}

/// Body of `disposition.set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DispositionSet {
    /// What it turned out to be.
    pub disposition: DispositionWord,
    /// The incident that covers it, for a duplicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<IncidentId>,
    /// One line of reason.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Body of `visibility.set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisibilitySet {
    /// Who may read it.
    pub visibility: Visibility,
}

/// Body of `codename.set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeNameSet {
    /// The code name; empty: it has none any more.
    pub code_name: String,
}

/// Body of `link.added`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkAdded {
    /// Bridge, channel, ticket, dashboard.
    pub kind: String,
    /// Where it is.
    pub url: String,
}

/// Body of `related.added`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelatedAdded {
    /// The other incident: its id here, or the id of an imported postmortem.
    pub incident: String,
    /// How they belong together: `recurrence`, `duplicate`, `related`; `different`: they are not the same failure.
    pub relation: String,
}

/// Body of `entry.noted`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Noted {
    /// The line.
    pub text: String,
    /// Labels in the line, without the `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The line was starred as it was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
}

/// Body of `entry.alerted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alerted {
    /// What the monitor said.
    pub text: String,
    /// Which monitor.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The name of the alert, for matching runbooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<String>,
    /// Labels in the line, without the `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Body of `decision.made`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionMade {
    /// What was decided.
    pub text: String,
    /// Who decided; the commander of the moment unless said otherwise.
    pub decided_by: String,
    /// Who carries it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executor: Option<String>,
    /// When its outcome is to be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_at: Option<Utc>,
    /// What was said against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<String>,
    /// Labels in the line, without the `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Body of `hypothesis.proposed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HypothesisProposed {
    /// What may be the case.
    pub text: String,
    /// Labels in the line, without the `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Body of `ask.made`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskMade {
    /// The task.
    pub text: String,
    /// Who is asked; nobody yet when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// When the time box ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Utc>,
    /// Labels in the line, without the `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Body of `entry.amended`. A new time of the event is the envelope's `occurred_at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amended {
    /// The entry.
    pub target: Seq,
    /// The new text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The new time at which it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Utc>,
    /// The new time is an estimate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_about: bool,
    /// Labels in the new text, without the `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Body of `entry.struck`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Struck {
    /// The entry.
    pub target: Seq,
    /// Why it does not count.
    pub reason: String,
}

/// Body of `entry.restored`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restored {
    /// The entry.
    pub target: Seq,
}

/// Body of `entry.starred`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Starred {
    /// The entry.
    pub target: Seq,
    /// It has a star from here on, or has none.
    pub starred: bool,
}

/// Body of `severity.changed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeverityChanged {
    /// The new severity; absent: unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Why; required downwards, and when it is taken away.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Body of `target.changed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetChanged {
    /// `response`, `resolution`, `update`, or `phase:contain` and its like.
    pub clock: String,
    /// The new target in words: `2h`, `1 business day`, `none`.
    pub target: String,
    /// Why.
    pub reason: String,
    /// Who set it, where that is not who wrote it down: an undo gives the target of before again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// Body of `phase.entered`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhaseEntered {
    /// The phase from here on.
    pub phase: Phase,
}

/// Body of `milestone.marked`; its time is the envelope's `occurred_at`, else the time of storing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MilestoneMarked {
    /// Which point.
    pub milestone: Milestone,
}

/// Body of `milestone.unmarked`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MilestoneUnmarked {
    /// Which point.
    pub milestone: Milestone,
}

/// Body of `role.taken`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleTaken {
    /// The role by its full name.
    pub role: String,
    /// Who holds it now.
    pub person: String,
}

/// Body of `role.released`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleReleased {
    /// The role by its full name.
    pub role: String,
    /// Who held it.
    pub person: String,
}

/// Body of `role.handed-over`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleHandedOver {
    /// The role by its full name.
    pub role: String,
    /// Who held it.
    pub from: String,
    /// Who holds it now.
    pub to: String,
}
