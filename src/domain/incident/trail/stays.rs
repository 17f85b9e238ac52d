//! Actions that stay: no opposite takes them back, so what is to be done instead is said. It must not know those that
//! have an opposite.

use std::collections::BTreeSet;

use super::Trace;
use crate::domain::event::{Event, Recorded};
use crate::domain::incident::ERASED;

/// Erasing words, and what to do instead of taking that back.
const ERASING: (&str, &str) = ("erasing words", "they are gone: write the line again without the secret");

/// What is not taken back by its opposite, and what to do instead. Every kind is named, so that a new one must say
/// which it is.
pub(super) fn stays(recorded: &Recorded, event: &Event) -> Option<Trace> {
    let (what, instead) = match event {
        Event::Declared(_) => {
            ("the declaration", "say what it turned out to be: :disposition false-alarm REASON")
        }
        Event::DispositionSet(_) => ("the disposition", "set another one"),
        Event::RelatedAdded(_) => ("naming a related incident", "take it away: :unlink INC"),
        Event::VerdictWithdrawn(_) => ("taking back a verdict", "give it again: v on the decision"),
        Event::DecisionObjected(_) => ("an objection", "say in a note that it no longer stands"),
        Event::AskAcknowledged(_) => ("an acknowledgement", "give the ask to somebody else"),
        Event::AnswerWithdrawn(_) => ("taking back an answer", "give it again: a on the ask"),
        Event::UpdateApproved(_) => ("an approval", "do not send it, and say why in a note"),
        Event::UpdateSent(_) => ("an update that went out", "send a correction"),
        Event::EvidenceTransferred(_) => ("a change of custody", "transfer it back"),
        Event::EvidenceWithdrawn(_) => ("withdrawing evidence", "register it again: V"),
        Event::RunbookDetached(_) => ("taking a runbook away", "attach it again: o"),
        Event::Reopened(_) => ("reopening", "resolve it again"),
        Event::Closed(_) => ("closing", "reopen it with a reason"),
        Event::PostmortemDrafted(_) => ("the draft of the postmortem", "correct it: :edit"),
        Event::PostmortemPublished(_) => {
            ("publishing, which is a commit", "correct the draft and publish it again: :edit, :publish")
        }
        Event::PostmortemWaived(_) => {
            ("waiving the postmortem", "publish one all the same: :draft, :publish")
        }
        Event::PostmortemCommented(_) => ("a comment", "say in another one what is right"),
        Event::StoryFiled(_) | Event::StoryChanged(_) => ("a story", "correct it, or drop it with a reason"),
        // What it was shipped by would have to be said again with it.
        Event::StoryDropped(_) => {
            ("dropping a story that had shipped", "reopen it with a reason, and ship it again")
        }
        Event::StoryReopened(_) => ("reopening a story", "ship or drop it again"),
        Event::StoryStarted(_) | Event::StoryVerified(_) => {
            ("a step of a story", "what was said of a story stays: say in a note what is right")
        }
        Event::DrillStarted(_) => ("the start of a drill", "resolve it, and run it again"),
        Event::DrillJudged(_) => ("a judgement", "judge it again: :drill mark"),
        Event::Redacted(_) => ERASING,
        // Said again without the words that were erased. What stood there before is nobody's to bring back.
        Event::VerdictGiven(e) if e.reason == ERASED => ERASING,
        Event::AskAnswered(e) if e.text == ERASED => ERASING,
        Event::Unknown(_) => ("what a newer program wrote", "take it back with that program"),
        // A look, and no change.
        Event::PostmortemChecked(_) => return None,
        // Clocks and a tracker said these. They are nobody's action, so what somebody did before comes next.
        Event::ClockBreached(_)
        | Event::ClockStepped(_)
        | Event::DrillInjected(_)
        | Event::StorySynced(_) => return None,
        // Says why a runbook was attached: taken back with that.
        Event::RunbookMatched(_) => return None,
        // Taken back by their opposites, above.
        Event::Noted(_)
        | Event::Alerted(_)
        | Event::DecisionMade(_)
        | Event::HypothesisProposed(_)
        | Event::AskMade(_)
        | Event::UpdateDrafted(_)
        | Event::Struck(_)
        | Event::Restored(_)
        | Event::Starred(_)
        | Event::Amended(_)
        | Event::SeverityChanged(_)
        | Event::PhaseEntered(_)
        | Event::MilestoneMarked(_)
        | Event::MilestoneUnmarked(_)
        | Event::RoleTaken(_)
        | Event::RoleReleased(_)
        | Event::RoleHandedOver(_)
        | Event::RunbookAttached(_)
        | Event::StepAssigned(_)
        | Event::StepDone(_)
        | Event::StepSkipped(_)
        | Event::StepBlocked(_)
        | Event::StepStarted(_)
        | Event::StepDueSet(_)
        | Event::StepReopened(_)
        | Event::AskChanged(_)
        | Event::EvidenceAdded(_)
        | Event::EvidenceAttached(_)
        | Event::ScopeItemSet(_)
        | Event::ScopeItemRemoved(_)
        | Event::LinkAdded(_)
        | Event::LinkRemoved(_)
        | Event::IocAdded(_)
        | Event::IocRemoved(_)
        | Event::VerdictGiven(_)
        | Event::AskAnswered(_)
        | Event::HypothesisChanged(_)
        | Event::TargetChanged(_)
        | Event::ClockAcknowledged(_)
        | Event::Resolved(_)
        | Event::ClosureItemSet(_)
        | Event::StoryShipped(_)
        | Event::ImpactStated(_)
        | Event::Reported(_)
        | Event::DetailsChanged(_)
        | Event::VisibilitySet(_)
        | Event::CodeNameSet(_)
        | Event::PostmortemStatusSet(_)
        | Event::PostmortemOwnerSet(_)
        | Event::PostmortemMeetingSet(_) => return None,
    };
    fixed(recorded, what, instead)
}

/// An action that stays: others may have acted on it.
pub(super) fn fixed(recorded: &Recorded, what: &str, instead: &'static str) -> Option<Trace> {
    let (by, what) = (recorded.by.clone(), what.to_owned());
    let seq = recorded.seq;
    let (assets, table, since) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    Some(Trace {
        seq,
        by,
        what,
        undo: Vec::new(),
        bulk: None,
        said: seq,
        instead,
        about: None,
        assets,
        table,
        since,
    })
}
