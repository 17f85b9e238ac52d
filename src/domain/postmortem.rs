//! The postmortem as a document: its front matter, its sections, its improvements, the check that holds it to
//! the rules of a blameless review, the draft that the log writes, and other people's postmortems as they are.
//! It must not read files, commit, or know the time of day.

pub mod check;
pub mod date;
pub mod document;
pub mod draft;
pub mod filed;
pub mod front_matter;
pub mod imported;
pub mod improvements;
pub mod markdown;
pub mod shipped;

pub use check::{Expectations, check};
pub use date::PartialDate;
pub use document::{Part, Postmortem, Section, parse};
pub use draft::draft;
pub use front_matter::{FrontMatter, Key, Value};
pub use improvements::Improvement;

/// The largest postmortem that is read, in bytes.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Something in a postmortem that is not as it should be, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The stable name of the rule that was broken, in kebab case, for scripts.
    pub rule: &'static str,
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl Problem {
    /// Makes a problem.
    #[must_use]
    pub fn new(rule: &'static str, line: usize, message: impl Into<String>) -> Self {
        Self { rule, line, message: message.into() }
    }
}
