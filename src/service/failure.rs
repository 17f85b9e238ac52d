//! One kind of failure for screen and command line: what is wrong, what to do, and the exit code's sort. It must
//! not print.

use std::fmt;

use crate::archive::{ArchiveError, FailureKind as ArchiveKind};
use crate::domain::ids::Seq;
use crate::domain::refusal::{Refusal, RefusalKind};
use crate::index::IndexError;
use crate::store::StoreError;

/// The sort of a failure; its number is the exit code (`SPEC.md`, exit codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The answer is no, or something else failed (1).
    No = 1,
    /// A value is not in its set, or not well formed (2).
    Usage = 2,
    /// The thing named does not exist (3).
    NotFound = 3,
    /// Somebody was first, a lock, a state of git, a newer home (4).
    Conflict = 4,
    /// The record does not hold together (5).
    Integrity = 5,
    /// A peer or the network (6).
    Peer = 6,
}

/// Where a failure comes from, for whoever has something to offer then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cause {
    /// A rule of the domain: the text can be mended and sent again.
    Rule,
    /// Nobody is known as the author of a commit: ask.
    NoAuthor,
    /// The home cannot be written; it can be read.
    ReadOnly,
    /// The disk is full; what is on it can be read.
    Full,
    /// The check of the postmortem found problems, and nobody waived them.
    Problems,
    /// Another program is writing the index, and there is no other answer: ask again.
    IndexHeld,
    /// Anything else.
    #[default]
    Other,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The sort.
    pub kind: FailureKind,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
    /// Where it comes from.
    pub cause: Cause,
    /// The words that were to be changed have another form by now: the event that gave it to them.
    pub stale: Option<Seq>,
}

impl Failure {
    /// A failure of that sort.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: String::new(), cause: Cause::Other, stale: None }
    }

    /// A plain no.
    #[must_use]
    pub fn no(message: impl Into<String>) -> Self {
        Self::new(FailureKind::No, message)
    }

    /// The same, saying what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same, from there.
    #[must_use]
    pub const fn because(mut self, cause: Cause) -> Self {
        self.cause = cause;
        self
    }

    /// The exit code.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        self.kind as u8
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.kind {
            RefusalKind::No => FailureKind::No,
            RefusalKind::Usage => FailureKind::Usage,
            RefusalKind::NotFound => FailureKind::NotFound,
            RefusalKind::Conflict => FailureKind::Conflict,
        };
        Self { kind, message: refusal.message, hint: refusal.hint, cause: Cause::Rule, stale: refusal.stale }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Conflict { .. }
            | StoreError::IdTaken { .. }
            | StoreError::Busy { .. }
            | StoreError::NewerVersion { .. } => FailureKind::Conflict,
            StoreError::Corrupt { .. } | StoreError::Gone { .. } => FailureKind::Integrity,
            StoreError::NotFound { .. } => FailureKind::NotFound,
            StoreError::TooLarge { .. } | StoreError::TooMany { .. } => FailureKind::Usage,
            _ => FailureKind::No,
        };
        let cause = match error {
            StoreError::ReadOnly { .. } => Cause::ReadOnly,
            StoreError::Full { .. } => Cause::Full,
            _ => Cause::Other,
        };
        Self::new(kind, error.to_string()).because(cause)
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        let kind = match error.kind() {
            ArchiveKind::Conflict => FailureKind::Conflict,
            ArchiveKind::NotFound => FailureKind::NotFound,
            ArchiveKind::Refused | ArchiveKind::Broken => FailureKind::No,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        let kind = match &error {
            IndexError::Busy => {
                return Self::new(FailureKind::Conflict, error.to_string()).because(Cause::IndexHeld);
            }
            _ => FailureKind::No,
        };
        Self::new(kind, error.to_string())
    }
}
