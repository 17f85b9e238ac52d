//! The short words of narrow columns. They are part of what people learn to read; they must not change lightly.

use crate::domain::incident::{Entry, Topic};
use crate::domain::words::{EntryKind, StepState};

/// The word of the kind column: four letters, five for an alert.
#[must_use]
pub const fn kind_word(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Note => "note",
        EntryKind::Alert => "alert",
        EntryKind::Decision => "decn",
        EntryKind::Hypothesis => "hypo",
        EntryKind::Ask => "ask",
        EntryKind::Update => "updt",
        EntryKind::System => "sys",
    }
}

/// The word of an entry's kind column: a ticked step says so.
#[must_use]
pub fn entry_word(entry: &Entry) -> &'static str {
    if entry.kind == EntryKind::System && entry.topic == Topic::Step { "step" } else { kind_word(entry.kind) }
}

/// The mark of a step.
#[must_use]
pub const fn step_mark(state: StepState) -> &'static str {
    match state {
        StepState::Todo => "[ ]",
        StepState::Doing => "[>]",
        StepState::Done => "[x]",
        StepState::Skipped => "[-]",
        StepState::Blocked => "[!]",
    }
}
