//! Why a request is refused: one clear sentence, what to do, and which sort of no it is. It must not print.

use std::fmt;

use super::ids::Seq;

/// The sort of a refusal; it decides the exit code (`SPEC.md`, exit codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The answer is no (1).
    No,
    /// A value is not in its set, or not well formed (2).
    Usage,
    /// The thing named does not exist (3).
    NotFound,
    /// Somebody else changed it first (4).
    Conflict,
}

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which sort of no.
    pub kind: RefusalKind,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do, in a sentence; may be empty.
    pub hint: String,
    /// The words that were to be changed have another form by now: the event that gave it to them.
    pub stale: Option<Seq>,
}

impl Refusal {
    /// A plain no.
    #[must_use]
    pub fn no(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::No, message: message.into(), hint: String::new(), stale: None }
    }

    /// A value is wrong.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Usage, message: message.into(), hint: String::new(), stale: None }
    }

    /// There is no such thing.
    #[must_use]
    pub fn not_found(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::NotFound, message: message.into(), hint: String::new(), stale: None }
    }

    /// Somebody was first.
    #[must_use]
    pub fn conflict(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Conflict, message: message.into(), hint: String::new(), stale: None }
    }

    /// The same, saying what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same, naming the form that the words have by now.
    #[must_use]
    pub const fn stale(mut self, form: Seq) -> Self {
        self.stale = Some(form);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

impl From<crate::domain::words::UnknownWord> for Refusal {
    fn from(unknown: crate::domain::words::UnknownWord) -> Self {
        Self::usage(unknown.to_string())
    }
}
