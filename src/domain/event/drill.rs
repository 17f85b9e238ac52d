//! Bodies of the events of an exercise that a script runs. Field names are the wire names and never change; a new
//! meaning is a new version. It must not hold behaviour.

use serde::{Deserialize, Serialize};

use crate::domain::words::{DrillVerdict, StoryKind};

/// Body of `drill.started`: the script as it was then, so that a later change of its file changes no score.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DrillStarted {
    /// The file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// SHA-256 of its text, in hex.
    pub digest: String,
    /// Who reads the injects and judges what the program cannot.
    pub facilitator: String,
    /// How long it should take, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// What comes when; each is named by its place, from 1.
    pub injects: Vec<DrillInject>,
    /// What could be filed where there is a gap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub improvements: Vec<DrillImprovement>,
}

/// Something that the players are told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DrillInject {
    /// How long after the start, in seconds.
    pub after: u32,
    /// What they are told.
    pub text: String,
    /// What they should do; numbered through all injects, from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<DrillExpectation>,
}

/// Something that the players should do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DrillExpectation {
    /// What.
    pub text: String,
    /// How long after the inject, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<u32>,
    /// What in the log shows it; none: the facilitator judges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// An improvement that the script proposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrillImprovement {
    /// What must change.
    pub text: String,
    /// Preventive, detective or process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<StoryKind>,
}

/// Body of `drill.injected`. Its event id is a UUID v5 of incident and number, so that two rooms write it once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrillInjected {
    /// Which, from 1.
    pub inject: u32,
    /// What the players are told.
    pub text: String,
}

/// Body of `drill.judged`: the last word on an expectation holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrillJudged {
    /// Which, from 1.
    pub expectation: u32,
    /// What came of it.
    pub verdict: DrillVerdict,
    /// How one knows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}
