//! Bodies of the events that came later to the work in a room: objections, changes of asks, times of steps, and what
//! is kept beside the timeline. Field names are the wire names and never change; a new meaning is a new version. It
//! must not hold behaviour.

use serde::{Deserialize, Serialize};

use super::StepRef;
use crate::domain::ids::Seq;
use crate::domain::ioc::{IocKind, Tlp};
use crate::domain::time::Utc;

/// Body of `decision.objected`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionObjected {
    /// The decision.
    pub target: Seq,
    /// What is said against it.
    pub text: String,
    /// Who objects.
    pub person: String,
}

/// Body of `ask.changed`: what is given replaces what was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskChanged {
    /// The ask.
    pub target: Seq,
    /// Who is asked from here on; the acknowledgement of somebody else ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// When the time box ends from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Utc>,
}

/// Body of `step.due-set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepDueSet {
    /// The step.
    pub step: StepRef,
    /// When it should be done; absent: at no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Utc>,
}

/// Body of `evidence.attached`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceAttached {
    /// The event that added the item.
    pub evidence: Seq,
    /// The line that it belongs to.
    pub entry: Seq,
}

/// Body of `evidence.withdrawn`. The item stays in the register, marked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceWithdrawn {
    /// The event that added the item.
    pub evidence: Seq,
    /// Why it does not count.
    pub reason: String,
}

/// Body of `scope.item-removed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScopeItemRemoved {
    /// The asset.
    pub asset: String,
}

/// Body of `link.removed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkRemoved {
    /// Bridge, channel, ticket, dashboard; how they belonged together, where it is another incident.
    pub kind: String,
    /// Where it was, or the id of the other incident.
    pub url: String,
}

/// Body of `ioc.added`; the same value again replaces what was said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IocAdded {
    /// The value, live (not defanged).
    pub value: String,
    /// What it is.
    pub kind: IocKind,
    /// Who may be told.
    pub tlp: Tlp,
    /// The line that it was seen in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Seq>,
    /// What is known of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Body of `ioc.removed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IocRemoved {
    /// The value, live (not defanged).
    pub value: String,
    /// Why it is none.
    pub reason: String,
}
