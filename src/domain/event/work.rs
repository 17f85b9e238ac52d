//! Bodies of the events of the work in a room: steps, replies, evidence, scope, updates. Field names are the wire
//! names and never change; a new meaning is a new version. It must not hold behaviour.

use serde::{Deserialize, Serialize};

use crate::domain::audience::Audience;
use crate::domain::ids::Seq;
use crate::domain::time::Utc;
use crate::domain::words::{HypothesisState, ScopeState, Verdict};

/// Body of `runbook.attached`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunbookAttached {
    /// The file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The Markdown as it was then; the steps of this incident are those of this text.
    pub text: String,
}

/// Body of `runbook.matched`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunbookMatched {
    /// The file's name without its ending.
    pub name: String,
    /// What of the incident its `match:` names.
    pub reason: String,
}

/// Body of `runbook.detached`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunbookDetached {
    /// The event that attached it.
    pub runbook: Seq,
}

/// A step of an attached runbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepRef {
    /// The event that attached the runbook.
    pub runbook: Seq,
    /// The step's place in it, from 1.
    pub step: u32,
}

/// Body of `step.assigned`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepAssigned {
    /// The step.
    pub step: StepRef,
    /// Whose it is.
    pub person: String,
}

/// Body of `step.started`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepStarted {
    /// The step.
    pub step: StepRef,
    /// Who is at it.
    pub person: String,
}

/// Body of `step.done`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepDone {
    /// The step.
    pub step: StepRef,
    /// Who did it.
    pub person: String,
}

/// Body of `step.skipped`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepSkipped {
    /// The step.
    pub step: StepRef,
    /// Why.
    pub reason: String,
}

/// Body of `step.blocked`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepBlocked {
    /// The step.
    pub step: StepRef,
    /// By what.
    pub reason: String,
}

/// Body of `step.reopened`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepReopened {
    /// The step.
    pub step: StepRef,
    /// Why; empty for an undone tick.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Body of `decision.verdict`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictGiven {
    /// The decision.
    pub target: Seq,
    /// What came of it.
    pub verdict: Verdict,
    /// How one knows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who judged so, where that is not who wrote it down: an undo gives the words of before again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// Body of `decision.verdict-withdrawn`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictWithdrawn {
    /// The decision.
    pub target: Seq,
}

/// Body of `hypothesis.state-changed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HypothesisChanged {
    /// The hypothesis.
    pub target: Seq,
    /// Where it stands.
    pub state: HypothesisState,
    /// By which facts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Who found so, where that is not who wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// Body of `ask.acknowledged`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskAcknowledged {
    /// The ask.
    pub target: Seq,
    /// Who has it.
    pub person: String,
}

/// Body of `ask.answered`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskAnswered {
    /// The ask.
    pub target: Seq,
    /// What came of it.
    pub text: String,
    /// Who answered, where that is not who wrote it down: an undo gives the words of before again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// Body of `ask.answer-withdrawn`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerWithdrawn {
    /// The ask.
    pub target: Seq,
}

/// Body of `evidence.added` (seed `002…`: classes; ISO/IEC 27037: who, when, where from).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceAdded {
    /// A short name: the file's name, or what it is.
    pub name: String,
    /// The class: audit-log, identity, digest, configuration, scope, timeline, or the team's own.
    pub class: String,
    /// The system that it came from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Who took it.
    pub acquired_by: String,
    /// Where it lies.
    pub location: String,
    /// Size in bytes, where it is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// SHA-256 in hex, where it is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Body of `evidence.transferred`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceTransferred {
    /// The event that added the item.
    pub evidence: Seq,
    /// Who gave it.
    pub from: String,
    /// Who has it now.
    pub to: String,
    /// Where it lies now.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub location: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Body of `scope.item-set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScopeItemSet {
    /// The asset: host, image, account, bucket.
    pub asset: String,
    /// Where it stands.
    pub state: ScopeState,
}

/// Body of `update.drafted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdateDrafted {
    /// For whom.
    pub audience: Audience,
    /// The words.
    pub text: String,
    /// When the next one is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Utc>,
}

/// Body of `update.approved`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdateApproved {
    /// The draft.
    pub target: Seq,
}

/// Body of `update.sent`: a draft that went out, or words that went out at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdateSent {
    /// The draft, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Seq>,
    /// For whom.
    pub audience: Audience,
    /// The words; empty where the draft has them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// When the next one is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Utc>,
}
