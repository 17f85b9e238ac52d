//! The parts of requests that are more than a word. It must not hold rules.

use chrono::NaiveDate;

use super::Request;
use crate::domain::event::StepRef;
use crate::domain::ids::{IncidentId, Seq};
use crate::domain::time::{Span, Utc};
use crate::domain::words::{IncidentKind, ReviewState, StoryKind};

/// A runbook with its text, ready to attach.
#[derive(Debug, Clone, PartialEq)]
pub struct RunbookText {
    /// The file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The Markdown.
    pub text: String,
}

/// What is said of the review of a postmortem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Review {
    /// Where it stands.
    Status(ReviewState),
    /// Who answers for it; nobody in particular when absent.
    Owner(Option<String>),
    /// The day on which it is talked about; absent: no meeting.
    Meeting(Option<NaiveDate>),
}

/// How a step is named.
#[derive(Debug, Clone, PartialEq)]
pub enum StepPick {
    /// By its running number, or a part of its text that no other step has.
    Named(String),
    /// By its place.
    Exactly(StepRef),
}

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum StepMove {
    /// It is done.
    Tick,
    /// Somebody is at it.
    Doing,
    /// It is left out.
    Skip,
    /// It cannot be done now.
    Block,
    /// Somebody goes on with what another began.
    TakeOver,
    /// It is to do (again).
    Reopen,
}

/// What a declaration says.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// The name among people, reserved by the store.
    pub id: IncidentId,
    /// One line that says what it is.
    pub title: String,
    /// What sort it is.
    pub kind: IncidentKind,
    /// The severity as typed, when one was given.
    pub severity: Option<String>,
    /// Services that are touched.
    pub services: Vec<String>,
    /// Free labels.
    pub tags: Vec<String>,
    /// Who commands.
    pub commander: Option<String>,
    /// Runbooks to attach at once.
    pub runbooks: Vec<RunbookText>,
}

/// What a new story says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewStory {
    /// The number that its postmortem gives it; the next one is its number when that is taken, and when none is given.
    pub number: Option<u32>,
    /// What must change.
    pub title: String,
    /// Who answers for it; `-`: nobody.
    pub owner: Option<String>,
    /// The day by which it is due; by severity when absent.
    pub due: Option<NaiveDate>,
    /// How much it matters.
    pub severity: Option<String>,
    /// How it helps.
    pub kind: Option<StoryKind>,
    /// What will prove it.
    pub proof: String,
    /// Key or address in the team's tracker.
    pub external: String,
}

/// An item of evidence to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvidence {
    /// A short name.
    pub name: String,
    /// The class.
    pub class: String,
    /// The system that it came from.
    pub source: String,
    /// Who took it; the asker when absent.
    pub acquired_by: Option<String>,
    /// Where it lies.
    pub location: String,
    /// Size in bytes.
    pub size: Option<u64>,
    /// SHA-256 in hex.
    pub sha256: Option<String>,
    /// The line that it belongs to.
    pub entry: Option<Seq>,
}

/// A moment ahead: given, or counted from the time of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// That moment.
    At(Utc),
    /// So long after the request's time.
    In(Span),
}

impl When {
    /// The moment, counted from `from`.
    #[must_use]
    pub fn from(self, from: Utc) -> Utc {
        match self {
            Self::At(at) => at,
            Self::In(span) => from.checked_add_signed(span).unwrap_or(from),
        }
    }
}

/// A request with the time that it speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What is wanted.
    pub request: Request,
    /// When it happened, where that is not now, and whether that is an estimate.
    pub at: Option<(Utc, bool)>,
}

impl From<Request> for Asked {
    fn from(request: Request) -> Self {
        Self { request, at: None }
    }
}
