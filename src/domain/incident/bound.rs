//! Which events are more than their words: without them the incident would be another one, so their words are not
//! erased. Every kind is named, so that a new one must say which it is. It must not refuse (`decide` does).

use crate::domain::event::Event;

/// Why the words of an event stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Without it there is no incident.
    Declaration,
    /// Without it the words that it names look as if somebody had taken them away.
    Erasure,
    /// It sends words that another event holds.
    Sending,
    /// It says where the incident stands, or what there is.
    State,
    /// A newer program wrote it: what it says is not known here.
    Unknown,
}

impl Bound {
    /// Why, in words.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Declaration => "without the declaration there is no incident",
            Self::Erasure => "without it, what was erased would look like tampering",
            Self::Sending => "it says that an update went out",
            Self::State => "it says where the incident stands, and that would be lost with it",
            Self::Unknown => "a newer program wrote it, and what it says is not known here",
        }
    }

    /// What to do instead.
    #[must_use]
    pub const fn instead(self) -> &'static str {
        match self {
            Self::Declaration => "give it another title: warroom set --title; revoke a secret that was in it",
            Self::Erasure => "a reason stays; revoke a secret that was in it",
            Self::Sending => "its words are those of the draft: erase that line",
            Self::State => "put it right with the command that said it; revoke a secret that was in it",
            Self::Unknown => "erase it with that program",
        }
    }
}

/// What an event is beside its words; `None`: nothing, or what can be said again without them.
pub(super) fn bound(event: &Event) -> Option<Bound> {
    Some(match event {
        // What a person or a monitor said.
        Event::Noted(_)
        | Event::Alerted(_)
        | Event::DecisionMade(_)
        | Event::DecisionObjected(_)
        | Event::HypothesisProposed(_)
        | Event::AskMade(_)
        | Event::UpdateDrafted(_)
        | Event::Reported(_)
        | Event::EvidenceAdded(_)
        | Event::PostmortemCommented(_) => return None,
        // So are these; where the incident stands by them is said again.
        Event::AskAnswered(_)
        | Event::VerdictGiven(_)
        | Event::HypothesisChanged(_)
        | Event::ImpactStated(_) => return None,
        Event::UpdateSent(e) if e.target.is_none() => return None,
        Event::UpdateSent(_) => Bound::Sending,
        // A line's other words; its other time has none.
        Event::Amended(e) if e.text.is_some() => return None,
        Event::Declared(_) => Bound::Declaration,
        Event::Redacted(_) => Bound::Erasure,
        Event::Unknown(_) => Bound::Unknown,
        Event::Amended(_)
        | Event::DetailsChanged(_)
        | Event::DispositionSet(_)
        | Event::VisibilitySet(_)
        | Event::CodeNameSet(_)
        | Event::LinkAdded(_)
        | Event::LinkRemoved(_)
        | Event::RelatedAdded(_)
        | Event::Struck(_)
        | Event::Restored(_)
        | Event::Starred(_)
        | Event::SeverityChanged(_)
        | Event::TargetChanged(_)
        | Event::PhaseEntered(_)
        | Event::MilestoneMarked(_)
        | Event::MilestoneUnmarked(_)
        | Event::RoleTaken(_)
        | Event::RoleReleased(_)
        | Event::RoleHandedOver(_)
        | Event::RunbookAttached(_)
        | Event::RunbookMatched(_)
        | Event::RunbookDetached(_)
        | Event::StepAssigned(_)
        | Event::StepStarted(_)
        | Event::StepDone(_)
        | Event::StepSkipped(_)
        | Event::StepBlocked(_)
        | Event::StepReopened(_)
        | Event::StepDueSet(_)
        | Event::VerdictWithdrawn(_)
        | Event::AnswerWithdrawn(_)
        | Event::AskAcknowledged(_)
        | Event::AskChanged(_)
        | Event::EvidenceTransferred(_)
        | Event::EvidenceAttached(_)
        | Event::EvidenceWithdrawn(_)
        | Event::ScopeItemSet(_)
        | Event::ScopeItemRemoved(_)
        | Event::IocAdded(_)
        | Event::IocRemoved(_)
        | Event::UpdateApproved(_)
        | Event::ClockBreached(_)
        | Event::DrillStarted(_)
        | Event::DrillInjected(_)
        | Event::DrillJudged(_)
        | Event::ClockAcknowledged(_)
        | Event::ClockStepped(_)
        | Event::Resolved(_)
        | Event::ClosureItemSet(_)
        | Event::Closed(_)
        | Event::Reopened(_)
        | Event::PostmortemDrafted(_)
        | Event::PostmortemChecked(_)
        | Event::PostmortemPublished(_)
        | Event::PostmortemWaived(_)
        | Event::PostmortemStatusSet(_)
        | Event::PostmortemOwnerSet(_)
        | Event::PostmortemMeetingSet(_)
        | Event::StoryFiled(_)
        | Event::StoryChanged(_)
        | Event::StoryStarted(_)
        | Event::StoryShipped(_)
        | Event::StoryVerified(_)
        | Event::StoryDropped(_)
        | Event::StoryReopened(_)
        | Event::StorySynced(_) => Bound::State,
    })
}
