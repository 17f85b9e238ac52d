//! Runbooks: a Markdown file read into titled sections of items, some of them steps that can be ticked.
//!
//! Any Markdown is accepted; what could not be read as intended is a [`Problem`] with its line. This module must
//! not read files, and it must not render: it keeps text, commands and lines, and the screen does the rest.
//!
//! What a step is (SPEC.md, *Files others read*): a top-level list item, or a task-list item anywhere; nested items
//! and fenced commands are its details. Not steps: items that only explain, point elsewhere, ask or say TODO.

use chrono::NaiveDate;

use crate::domain::time::Span;
use crate::domain::words::{IncidentKind, Phase};

pub mod bound;
pub(in crate::domain) mod bounds;
pub mod card;
pub mod check;
pub(in crate::domain) mod front;
mod headings;
mod inline;
pub mod matching;
pub mod only;
mod read;
pub mod section;
pub mod shipped;
#[cfg(test)]
mod tests;

pub use check::check;
pub use section::SectionRole;

/// The largest runbook that is read, in bytes; the rest of a larger text is left out, with a problem.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The title of a text that has none, when the caller knows none either.
const UNTITLED: &str = "Untitled runbook";

/// Something in a runbook that was not read as its author may have meant it, or that a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the text, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Problem {
    /// A problem at a line.
    #[must_use]
    pub fn new(line: usize, message: impl Into<String>) -> Problem {
        Problem { line: line.max(1), message: message.into() }
    }
}

/// A runbook as read from its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runbook {
    /// The only first-level heading, else the title of the front matter, else the first heading, else the
    /// caller's.
    pub title: String,
    /// What it is for: the text under Summary, else `summary` or `description` of the front matter.
    pub summary: Option<String>,
    /// The severity it usually starts with, in its author's words.
    pub severity: Option<String>,
    /// Who keeps it true and who is called for it, in its author's words.
    pub owner: Option<String>,
    /// Every heading with what stands under it, in the order of the text; text before the first heading is a
    /// section without heading.
    pub sections: Vec<Section>,
    /// How long each phase may take.
    pub budgets: Budgets,
    /// What it answers to.
    pub matches: Match,
    /// The day it was last exercised.
    pub last_tested: Option<NaiveDate>,
    /// The day somebody last read it through.
    pub last_reviewed: Option<NaiveDate>,
}

impl Runbook {
    /// The steps in the order of the text, with their running number from 1.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Item)> {
        self.sections
            .iter()
            .flat_map(|section| section.items.iter())
            .filter(|item| item.step)
            .enumerate()
            .map(|(at, item)| (at + 1, item))
    }

    /// The first section of a role.
    #[must_use]
    pub fn section(&self, role: SectionRole) -> Option<&Section> {
        self.sections.iter().find(|section| section.role == role)
    }
}

/// A heading and what stands under it, up to the next heading of any level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading's text; empty for what stands before the first heading.
    pub heading: String,
    /// The heading's level, 1 to 6; 0 for what stands before the first heading.
    pub level: u8,
    /// The heading's line, from 1.
    pub line: usize,
    /// What the section is for, from its heading or the one above it.
    pub role: SectionRole,
    /// What stands in it, in order.
    pub items: Vec<Item>,
}

/// One thing in a section: a step, a point that is shown, or a paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// It can be ticked.
    pub step: bool,
    /// It is running text, a table row or a block of commands, not a list item; never a step.
    pub prose: bool,
    /// Its words in one line; code keeps its backticks.
    pub text: String,
    /// Fenced or indented commands under it, one string a block, without the last line end.
    pub commands: Vec<String>,
    /// Nested items, further paragraphs and link targets, one line each; deeper items are indented by two blanks.
    pub details: Vec<String>,
    /// The phase that its section implies.
    pub phase: Option<Phase>,
    /// Its first line, from 1.
    pub line: usize,
}

/// How long a phase may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Budget {
    /// At most this long.
    Within(Span),
    /// Warned about from `low`, breached at `high`.
    Range {
        /// The short end.
        low: Span,
        /// The long end.
        high: Span,
    },
    /// No limit is set, or none is known.
    #[default]
    Open,
}

/// The budget of each phase; open where the runbook says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budgets {
    /// Until the fault or the attacker is known.
    pub detect: Budget,
    /// Until no more harm can be done.
    pub contain: Budget,
    /// Until the cause is gone.
    pub eradicate: Budget,
    /// Until the service is back and trusted.
    pub recover: Budget,
    /// Until the review is held.
    pub learn: Budget,
}

impl Budgets {
    /// The budget of one phase.
    #[must_use]
    pub fn of(&self, phase: Phase) -> Budget {
        match phase {
            Phase::Detect => self.detect,
            Phase::Contain => self.contain,
            Phase::Eradicate => self.eradicate,
            Phase::Recover => self.recover,
            Phase::Learn => self.learn,
        }
    }

    fn set(&mut self, phase: Phase, budget: Budget) {
        match phase {
            Phase::Detect => self.detect = budget,
            Phase::Contain => self.contain = budget,
            Phase::Eradicate => self.eradicate = budget,
            Phase::Recover => self.recover = budget,
            Phase::Learn => self.learn = budget,
        }
    }
}

/// What a runbook answers to: the `match:` of its front matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// Names of services.
    pub services: Vec<String>,
    /// Tags of incidents.
    pub tags: Vec<String>,
    /// Names of alerts.
    pub alerts: Vec<String>,
    /// Words or short phrases of a title.
    pub words: Vec<String>,
    /// Severities at which it is attached when an incident is declared.
    pub severities: Vec<String>,
    /// Kinds of incident with which it is attached when one is declared.
    pub kinds: Vec<IncidentKind>,
}

impl Match {
    /// Nothing is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_unnamed() && !self.has_conditions()
    }

    /// It names no service, tag, alert or word.
    #[must_use]
    pub fn is_unnamed(&self) -> bool {
        self.services.is_empty() && self.tags.is_empty() && self.alerts.is_empty() && self.words.is_empty()
    }

    /// It names severities or kinds: then it is attached at declaring, not only offered.
    #[must_use]
    pub fn has_conditions(&self) -> bool {
        !self.severities.is_empty() || !self.kinds.is_empty()
    }
}

/// Why bytes are not a text that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: not a text: {reason}; save it as UTF-8 and try again")]
pub struct NotText {
    /// The line of the first byte that is not text, from 1.
    pub line: usize,
    /// What was found there.
    pub reason: &'static str,
}

/// Reads bytes as text, without a byte order mark.
///
/// # Errors
/// [`NotText`] with the line when the bytes are not UTF-8 or hold a NUL.
pub fn decode(bytes: &[u8]) -> Result<&str, NotText> {
    let line_at = |at: usize| bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
    let text = std::str::from_utf8(bytes)
        .map_err(|e| NotText { line: line_at(e.valid_up_to()), reason: "bytes that are not UTF-8" })?;
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(NotText { line: line_at(at), reason: "a NUL byte" });
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Reads a runbook; never fails. See [`parse_named`] for a text without any title.
#[must_use]
pub fn parse(text: &str) -> (Runbook, Vec<Problem>) {
    parse_named(text, UNTITLED)
}

/// Reads a runbook; never fails. `fallback_title` (the file's name, say) is used when the text names itself nowhere.
#[must_use]
pub fn parse_named(text: &str, fallback_title: &str) -> (Runbook, Vec<Problem>) {
    let mut problems = Vec::new();
    let text = &bounds::lines_within(text, MAX_BYTES, "split the runbook", &mut problems);
    let (front, body, offset) = front::split(text, &mut problems);
    let runbook = read::read(front, body, offset, fallback_title, &mut problems);
    bounds::list(&mut problems);
    (runbook, problems)
}
