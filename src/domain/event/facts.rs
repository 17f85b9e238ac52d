//! Bodies of the events around a room: clocks, closing, the postmortem, stories, redaction. Field names are the
//! wire names and never change; a new meaning is a new version. It must not hold behaviour.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::ids::Seq;
use crate::domain::time::Utc;
use crate::domain::words::{ClosureItem, ClosureState, ReviewState, StoryKind};

/// Body of `clock.breached`. Its event id is a UUID v5 of incident, clock and deadline, so that two rooms write
/// it once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClockBreached {
    /// Which clock, as `clocks::ClockKey` writes it.
    pub clock: String,
    /// The deadline that passed.
    pub deadline: Utc,
}

/// Body of `clock.acknowledged`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClockAcknowledged {
    /// Which clock, as `clocks::ClockKey` writes it.
    pub clock: String,
    /// The new deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Utc>,
    /// Why it is well so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who said so, where that is not who wrote it down: an undo gives the word of before again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// Body of `clock.stepped`: the wall clock of the host was set, so that times before and after do not compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClockStepped {
    /// By how many milliseconds; below zero when it was set back.
    pub by_ms: i64,
}

/// Body of `incident.resolved`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resolved {
    /// What ended it, in a line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ended_by: String,
}

/// Body of `closure.item-set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosureItemSet {
    /// Which question.
    pub item: ClosureItem,
    /// The answer.
    pub state: ClosureState,
    /// Why; required for n/a.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// An item of the closure list as it stood at the close.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosedItem {
    /// Which question.
    pub item: ClosureItem,
    /// The answer.
    pub state: ClosureState,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Body of `incident.closed`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// The closure list as it stood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<ClosedItem>,
    /// What was waived, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<String>,
    /// Why it was waived.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Body of `incident.reopened`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reopened {
    /// Why.
    pub reason: String,
}

/// Body of `postmortem.drafted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostmortemDrafted {
    /// The name of the file in the home's `drafts` folder.
    pub file: String,
    /// The text of the archive that it was made from, as the blob in hex; empty: it was made from the log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
}

/// Body of `postmortem.checked`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostmortemChecked {
    /// How many problems were found.
    pub problems: u32,
}

/// Body of `postmortem.published`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostmortemPublished {
    /// Its path in the archive; the same until people move the file there.
    pub path: String,
    /// The commit, in hex.
    pub commit: String,
    /// The head of the log when publishing began: `<seq> <hex>`.
    pub timeline_head: String,
    /// What ended the incident, in a line, as the document says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ended_by: String,
    /// How many problems were waived.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub problems: u32,
    /// Why they were waived.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub waived: String,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Body of `postmortem.waived`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostmortemWaived {
    /// Why there will be none.
    pub reason: String,
}

/// Body of `postmortem.commented`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostmortemCommented {
    /// The words.
    pub text: String,
}

/// Body of `postmortem.status-set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostmortemStatusSet {
    /// Where its review stands.
    pub status: ReviewState,
}

/// Body of `postmortem.owner-set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostmortemOwnerSet {
    /// Who answers for it; absent: the last commander, as before anybody was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// Body of `postmortem.meeting-set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostmortemMeetingSet {
    /// The day; absent: there is no meeting any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
}

/// Body of `story.filed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryFiled {
    /// Its number within the incident, from 1.
    pub number: u32,
    /// What must change.
    pub title: String,
    /// Who answers for it; may still be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day by which it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// How much it matters, a severity of the incident's profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// How it helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<StoryKind>,
    /// What will prove it: a test, a rule file, a drill.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub proof: String,
    /// Key or address in the team's tracker.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub external: String,
}

/// Body of `story.changed`: what is given replaces what was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StoryChanged {
    /// The story's number.
    pub number: u32,
    /// What must change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who answers for it; empty: nobody any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day by which it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// How much it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// How it helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<StoryKind>,
    /// What will prove it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Key or address in the team's tracker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<String>,
}

/// Body of `story.started`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryStarted {
    /// The story's number.
    pub number: u32,
}

/// Body of `story.shipped`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryShipped {
    /// The story's number.
    pub number: u32,
    /// The change that shipped it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// Why there is no link.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Body of `story.verified`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryVerified {
    /// The story's number.
    pub number: u32,
    /// What proves it.
    pub proof: String,
}

/// Body of `story.dropped`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryDropped {
    /// The story's number.
    pub number: u32,
    /// Why.
    pub reason: String,
}

/// Body of `story.reopened`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryReopened {
    /// The story's number.
    pub number: u32,
    /// Why.
    pub reason: String,
}

/// Body of `story.synced`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StorySynced {
    /// The story's number.
    pub number: u32,
    /// Key or address in the team's tracker.
    pub external: String,
    /// What the tracker says of it, in its own words.
    pub status: String,
}

/// Body of `payload.redacted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redacted {
    /// The event whose words are erased.
    pub target: Seq,
    /// Why; without the secret.
    pub reason: String,
}
