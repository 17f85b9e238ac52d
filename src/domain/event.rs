//! What can happen to an incident, in the past tense. One enum, closed but for [`Event::Unknown`]: an event of a
//! later version is kept and shown, never dropped. It must not know how an event is written (`wire` does) nor
//! what follows from it (`incident` does).

mod bodies;
mod drill;
mod facts;
mod keep;
mod work;

pub use bodies::*;
pub use drill::*;
pub use facts::*;
pub use keep::*;
pub use work::*;

use crate::domain::ids::{EventId, Seq};
use crate::domain::time::Utc;
use crate::domain::words::EntryKind;

/// Declares the events: name and version of the wire form, variant, body. The order is that of the catalogue.
macro_rules! events {
    ($($(#[$meta:meta])* $name:literal / $version:literal => $variant:ident),+ $(,)?) => {
        /// Something that happened.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[$meta])* $variant($variant),)+
            /// An event of a kind or version that this program does not know. Kept and shown.
            Unknown(UnknownEvent),
        }

        impl Event {
            /// Name and version of every known kind, in the order of the catalogue.
            pub const KINDS: &'static [(&'static str, u16)] = &[$(($name, $version),)+];

            /// Name and version of the wire form.
            #[must_use]
            pub fn kind(&self) -> (&str, u16) {
                match self {
                    $(Self::$variant(_) => ($name, $version),)+
                    Self::Unknown(unknown) => (&unknown.name, unknown.version),
                }
            }

            /// The body as a JSON value.
            ///
            /// # Errors
            /// When a body cannot be written as JSON, which no body of this module does.
            pub(in crate::domain) fn body(&self) -> Result<serde_json::Value, serde_json::Error> {
                match self {
                    $(Self::$variant(body) => serde_json::to_value(body),)+
                    Self::Unknown(unknown) => Ok(unknown.body.clone()),
                }
            }

            /// Reads a body of a known kind at its current version.
            ///
            /// # Errors
            /// When the body does not have the shape of the kind.
            pub(in crate::domain) fn from_body(
                name: &str,
                version: u16,
                body: &serde_json::value::RawValue,
            ) -> Result<Self, serde_json::Error> {
                match (name, version) {
                    $(($name, $version) => serde_json::from_str(body.get()).map(Self::$variant),)+
                    _ => Ok(Self::Unknown(UnknownEvent {
                        name: name.to_owned(),
                        version,
                        body: serde_json::from_str(body.get())?,
                    })),
                }
            }
        }

        $(impl From<$variant> for Event {
            fn from(body: $variant) -> Self {
                Self::$variant(body)
            }
        })+
    };
}

events! {
    /// The incident exists from here on.
    "incident.declared"/1 => Declared,
    /// Title, services, tags or kind were corrected.
    "incident.details-changed"/1 => DetailsChanged,
    /// Who said it first, from where, about what.
    "incident.reported"/1 => Reported,
    /// What it does to people and systems.
    "impact.stated"/1 => ImpactStated,
    /// What it turned out to be.
    "disposition.set"/1 => DispositionSet,
    /// Who may read it.
    "visibility.set"/1 => VisibilitySet,
    /// What it is called where not everybody may read its title.
    "codename.set"/1 => CodeNameSet,
    /// A place where people meet.
    "link.added"/1 => LinkAdded,
    /// Nobody meets there any more, or the other incident has nothing to do with this one.
    "link.removed"/1 => LinkRemoved,
    /// Another incident that belongs to it.
    "related.added"/1 => RelatedAdded,
    /// A plain line of the timeline.
    "entry.noted"/1 => Noted,
    /// A line that a monitor said.
    "entry.alerted"/1 => Alerted,
    /// A choice.
    "decision.made"/1 => DecisionMade,
    /// A possible explanation.
    "hypothesis.proposed"/1 => HypothesisProposed,
    /// A task for somebody.
    "ask.made"/1 => AskMade,
    /// Text or time of an entry was corrected.
    "entry.amended"/1 => Amended,
    /// An entry was crossed out.
    "entry.struck"/1 => Struck,
    /// A crossed-out entry counts again.
    "entry.restored"/1 => Restored,
    /// An entry was starred, or lost its star.
    "entry.starred"/1 => Starred,
    /// Another severity.
    "severity.changed"/1 => SeverityChanged,
    /// A target or cadence for this incident only.
    "target.changed"/1 => TargetChanged,
    /// Another phase.
    "phase.entered"/1 => PhaseEntered,
    /// A point from which times are computed.
    "milestone.marked"/1 => MilestoneMarked,
    /// A point was marked in error.
    "milestone.unmarked"/1 => MilestoneUnmarked,
    /// Somebody holds a role.
    "role.taken"/1 => RoleTaken,
    /// Somebody holds it no more.
    "role.released"/1 => RoleReleased,
    /// A role went from one to another.
    "role.handed-over"/1 => RoleHandedOver,
    /// A runbook, with its text as it was then.
    "runbook.attached"/1 => RunbookAttached,
    /// A runbook was attached without being asked for, and why.
    "runbook.matched"/1 => RunbookMatched,
    /// A runbook was attached in error.
    "runbook.detached"/1 => RunbookDetached,
    /// A step has somebody's name.
    "step.assigned"/1 => StepAssigned,
    /// Somebody is at it.
    "step.started"/1 => StepStarted,
    /// A step is done.
    "step.done"/1 => StepDone,
    /// A step is left out.
    "step.skipped"/1 => StepSkipped,
    /// A step cannot be done now.
    "step.blocked"/1 => StepBlocked,
    /// A step is to do again.
    "step.reopened"/1 => StepReopened,
    /// A step should be done by a time.
    "step.due-set"/1 => StepDueSet,
    /// What came of a decision.
    "decision.verdict"/1 => VerdictGiven,
    /// A verdict was given in error: the decision has none, and its outcome is to be looked at again.
    "decision.verdict-withdrawn"/1 => VerdictWithdrawn,
    /// Somebody said something against a decision.
    "decision.objected"/1 => DecisionObjected,
    /// Where a hypothesis stands now.
    "hypothesis.state-changed"/1 => HypothesisChanged,
    /// The person said: I have it.
    "ask.acknowledged"/1 => AskAcknowledged,
    /// The person answered.
    "ask.answered"/1 => AskAnswered,
    /// An answer was given in error: the ask is open again.
    "ask.answer-withdrawn"/1 => AnswerWithdrawn,
    /// An ask went to somebody else, or has another time box.
    "ask.changed"/1 => AskChanged,
    /// An item of evidence.
    "evidence.added"/1 => EvidenceAdded,
    /// Custody of an item changed hands.
    "evidence.transferred"/1 => EvidenceTransferred,
    /// An item of evidence belongs to a line.
    "evidence.attached"/1 => EvidenceAttached,
    /// An item of evidence was registered in error.
    "evidence.withdrawn"/1 => EvidenceWithdrawn,
    /// An asset and where it stands.
    "scope.item-set"/1 => ScopeItemSet,
    /// An asset was named in error.
    "scope.item-removed"/1 => ScopeItemRemoved,
    /// An indicator of compromise.
    "ioc.added"/1 => IocAdded,
    /// A value is no indicator.
    "ioc.removed"/1 => IocRemoved,
    /// A word to an audience was written.
    "update.drafted"/1 => UpdateDrafted,
    /// It may go out.
    "update.approved"/1 => UpdateApproved,
    /// It went out.
    "update.sent"/1 => UpdateSent,
    /// A time ran out.
    "clock.breached"/1 => ClockBreached,
    /// Somebody saw that it ran out, and gave a new time.
    "clock.acknowledged"/1 => ClockAcknowledged,
    /// The wall clock of the host was set, forward or back.
    "clock.stepped"/1 => ClockStepped,
    /// The room's clocks end.
    "incident.resolved"/1 => Resolved,
    /// An item of the closure list was answered.
    "closure.item-set"/1 => ClosureItemSet,
    /// Nothing is owed any more.
    "incident.closed"/1 => Closed,
    /// It is not over.
    "incident.reopened"/1 => Reopened,
    /// A draft of the postmortem was made.
    "postmortem.drafted"/1 => PostmortemDrafted,
    /// The draft was checked.
    "postmortem.checked"/1 => PostmortemChecked,
    /// The postmortem is in the archive.
    "postmortem.published"/1 => PostmortemPublished,
    /// There will be none.
    "postmortem.waived"/1 => PostmortemWaived,
    /// Somebody said something about it.
    "postmortem.commented"/1 => PostmortemCommented,
    /// Where its review stands.
    "postmortem.status-set"/1 => PostmortemStatusSet,
    /// Who answers for it.
    "postmortem.owner-set"/1 => PostmortemOwnerSet,
    /// The day on which it is talked about.
    "postmortem.meeting-set"/1 => PostmortemMeetingSet,
    /// An improvement story was filed.
    "story.filed"/1 => StoryFiled,
    /// Owner, date or words of a story were corrected.
    "story.changed"/1 => StoryChanged,
    /// Work began.
    "story.started"/1 => StoryStarted,
    /// It is in production.
    "story.shipped"/1 => StoryShipped,
    /// It is proven.
    "story.verified"/1 => StoryVerified,
    /// It is given up.
    "story.dropped"/1 => StoryDropped,
    /// It did not ship, or is wanted after all: it is to be done.
    "story.reopened"/1 => StoryReopened,
    /// The team's tracker said something.
    "story.synced"/1 => StorySynced,
    /// An exercise began, by a script.
    "drill.started"/1 => DrillStarted,
    /// The players were told something.
    "drill.injected"/1 => DrillInjected,
    /// The facilitator judged an expectation.
    "drill.judged"/1 => DrillJudged,
    /// The words of an event were erased.
    "payload.redacted"/1 => Redacted,
}

/// An event of a kind or version that this program does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownEvent {
    /// The name of the kind.
    pub name: String,
    /// The version of the kind.
    pub version: u16,
    /// The body as it was written.
    pub body: serde_json::Value,
}

/// An event that is decided and not yet stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// The person who did it or said it.
    pub by: String,
    /// When it happened, where that is not the moment of storing.
    pub occurred_at: Option<Utc>,
    /// The time is an estimate.
    pub about: bool,
    /// The event that this one takes back, when it is an undo.
    pub undoes: Option<Seq>,
    /// Who brought it in with a table, where `by` is its author.
    pub brought_by: Option<String>,
    /// What happened.
    pub event: Event,
}

/// An event as the log holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Position in the log.
    pub seq: Seq,
    /// Identity of the event.
    pub id: EventId,
    /// When it was stored.
    pub recorded_at: Utc,
    /// The clock behind the wall clock when it was stored, where the host told.
    pub host: Option<crate::domain::time::HostClock>,
    /// Unix user, host and terminal.
    pub actor: String,
    /// The person who did it or said it; empty when the payload is erased.
    pub by: String,
    /// When it happened.
    pub occurred_at: Utc,
    /// The time is an estimate.
    pub about: bool,
    /// The event that this one takes back, when it is an undo.
    pub undoes: Option<Seq>,
    /// Who brought it in with a table, where `by` is its author.
    pub brought_by: Option<String>,
    /// What happened; `None` when the payload is erased.
    pub event: Option<Event>,
    /// Which line it was whose payload is erased, by its header; none for what the program wrote.
    pub erased: Option<EntryKind>,
}
