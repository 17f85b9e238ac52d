//! What others did since about the same thing: an undo takes back one's own action and nobody else's. It must not
//! decide who may do what.

use super::{Trace, Trail, quoted};
use crate::domain::event::{Event, Recorded, StepRef};
use crate::domain::ids::Seq;
use crate::domain::incident::Incident;
use crate::domain::refusal::Refusal;
use crate::domain::role;
use crate::domain::words::{ClosureItem, Milestone};

/// What an action is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Subject {
    /// A line that is new.
    Line(Seq),
    /// The words or the time of a line.
    Words(Seq),
    /// Whether a line counts.
    Counted(Seq),
    /// The star of a line.
    Star(Seq),
    /// What came of a line: answer, verdict, state, whose it is.
    Reply(Seq),
    Severity,
    Phase,
    Milestone(Milestone),
    /// A role; where several may have it, with the person.
    Role(String, Option<String>),
    /// A runbook that is attached, or no more.
    Runbook(Seq),
    Step(StepRef),
    StepDue(StepRef),
    /// An item of evidence that is new.
    Evidence(Seq),
    /// Who has an item, and whether it counts.
    Custody(Seq),
    /// The line of an item.
    EvidenceLine(Seq),
    Scope(String),
    Link(String),
    Ioc(String),
    Target(String),
    Clock(String),
    /// Open, resolved or closed.
    State,
    Closure(ClosureItem),
    Impact,
    Report,
    Details {
        title: bool,
        services: bool,
        tags: bool,
        kind: bool,
    },
    Visibility,
    CodeName,
    Review,
    ReviewOwner,
    ReviewMeeting,
    /// Where a story stands.
    Story(u32),
}

impl Subject {
    /// Whether what was done about this would be lost with the undo of what was done about the earlier one.
    fn bears_on(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            // Whoever takes back a line, a runbook or an item takes all of it.
            (Self::Words(at) | Self::Counted(at) | Self::Reply(at), Self::Line(new)) => at == new,
            (Self::Step(at) | Self::StepDue(at), Self::Runbook(new)) => at.runbook == *new,
            (Self::Custody(at) | Self::EvidenceLine(at), Self::Evidence(new)) => at == new,
            // It is resolved when the milestone says.
            (Self::State, Self::Milestone(Milestone::Resolved))
            | (Self::Milestone(Milestone::Resolved), Self::State) => true,
            (
                Self::Details { title, services, tags, kind },
                Self::Details { title: a, services: b, tags: c, kind: d },
            ) => (*title && *a) || (*services && *b) || (*tags && *c) || (*kind && *d),
            (now, then) => now == then,
        }
    }
}

/// What somebody else did about the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Since {
    seq: Seq,
    by: String,
    /// In words.
    what: String,
    about: Subject,
}

impl Trace {
    /// Why it is not taken back; none when it can be.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        if self.undo.is_empty() {
            return Some(Refusal::no(format!("{} cannot be taken back", self.what)).hint(self.instead));
        }
        let Since { by, what, .. } = self.since.last()?;
        let message = format!("{} cannot be taken back: {by} acted on it since ({what})", self.what);
        Some(Refusal::conflict(message).hint("say anew how it is to be"))
    }

    /// What was done, in words, with the line or the step that it was done to: as that reads now, since its words may
    /// have been erased.
    #[must_use]
    pub fn named(&self, incident: &Incident) -> String {
        let words = match self.about.as_ref() {
            Some(Subject::Words(at) | Subject::Counted(at) | Subject::Star(at) | Subject::Reply(at)) => {
                incident.timeline.get(*at).map(|entry| incident.talk.words(*at, &entry.text))
            }
            Some(Subject::Step(at) | Subject::StepDue(at)) => {
                incident.checklist.get(*at).map(|step| step.text.as_str())
            }
            _ => None,
        };
        words.map_or_else(|| self.what.clone(), |words| format!("{}: {}", self.what, quoted(words)))
    }

    fn is_about(&self, later: &Subject) -> bool {
        self.about.as_ref().is_some_and(|then| later.bears_on(then))
            || match later {
                Subject::Scope(asset) => self.assets.contains(asset),
                Subject::Words(at) | Subject::Counted(at) | Subject::Reply(at) => self.table.contains(at),
                _ => false,
            }
    }

    /// Forgets what another one did: its words are quoted here. Read again from the log, it says nothing either.
    pub(super) fn forget_other(&mut self, seq: Seq) {
        self.since.retain(|since| since.seq != seq);
    }

    /// Forgets what another one did about the same, because it was taken back; false when there is no such thing.
    fn is_alone_again(&mut self, undone: Seq, by: &str, about: &Subject) -> bool {
        // Of what was said of many things at once the undo names the last.
        let such =
            |s: &Since| (s.seq == undone || (s.by == by && s.seq < undone)) && about.bears_on(&s.about);
        match self.since.iter().rposition(such) {
            Some(place) => {
                self.since.remove(place);
                true
            }
            None => false,
        }
    }
}

impl Trail {
    /// Somebody did something: what others did about the same before is not taken back any more. `what` says it in
    /// words.
    pub(in crate::domain::incident) fn touch(&mut self, recorded: &Recorded, what: &str) {
        let Some(about) = subject(recorded) else { return };
        for trace in self.traces.iter_mut().filter(|t| t.by != recorded.by) {
            if !trace.is_about(&about) {
                continue;
            }
            let (seq, by) = (recorded.seq, recorded.by.clone());
            match recorded.undoes {
                Some(undone) if trace.is_alone_again(undone, &by, &about) || undone > trace.seq => {}
                _ => trace.since.push(Since { seq, by, what: what.to_owned(), about: about.clone() }),
            }
        }
    }
}

/// What an event is about; none for what is taken back by no opposite and overrules none.
pub(super) fn subject(recorded: &Recorded) -> Option<Subject> {
    let seq = recorded.seq;
    Some(match recorded.event.as_ref()? {
        Event::Noted(_)
        | Event::Alerted(_)
        | Event::DecisionMade(_)
        | Event::HypothesisProposed(_)
        | Event::AskMade(_)
        | Event::UpdateDrafted(_) => Subject::Line(seq),
        Event::Amended(e) => Subject::Words(e.target),
        Event::Struck(e) => Subject::Counted(e.target),
        Event::Restored(e) => Subject::Counted(e.target),
        Event::Starred(e) => Subject::Star(e.target),
        Event::VerdictGiven(e) => Subject::Reply(e.target),
        Event::VerdictWithdrawn(e) => Subject::Reply(e.target),
        Event::DecisionObjected(e) => Subject::Reply(e.target),
        Event::HypothesisChanged(e) => Subject::Reply(e.target),
        Event::AskAcknowledged(e) => Subject::Reply(e.target),
        Event::AskAnswered(e) => Subject::Reply(e.target),
        Event::AnswerWithdrawn(e) => Subject::Reply(e.target),
        Event::AskChanged(e) => Subject::Reply(e.target),
        Event::UpdateApproved(e) => Subject::Reply(e.target),
        Event::UpdateSent(e) => Subject::Reply(e.target?),
        Event::SeverityChanged(_) => Subject::Severity,
        Event::PhaseEntered(_) => Subject::Phase,
        Event::MilestoneMarked(e) => Subject::Milestone(e.milestone),
        Event::MilestoneUnmarked(e) => Subject::Milestone(e.milestone),
        Event::RoleTaken(e) => held(&e.role, &e.person),
        Event::RoleReleased(e) => held(&e.role, &e.person),
        Event::RoleHandedOver(e) => held(&e.role, &e.to),
        Event::RunbookAttached(_) => Subject::Runbook(seq),
        Event::RunbookDetached(e) => Subject::Runbook(e.runbook),
        Event::StepAssigned(e) => Subject::Step(e.step),
        Event::StepStarted(e) => Subject::Step(e.step),
        Event::StepDone(e) => Subject::Step(e.step),
        Event::StepSkipped(e) => Subject::Step(e.step),
        Event::StepBlocked(e) => Subject::Step(e.step),
        Event::StepReopened(e) => Subject::Step(e.step),
        Event::StepDueSet(e) => Subject::StepDue(e.step),
        Event::EvidenceAdded(_) => Subject::Evidence(seq),
        Event::EvidenceTransferred(e) => Subject::Custody(e.evidence),
        Event::EvidenceWithdrawn(e) => Subject::Custody(e.evidence),
        Event::EvidenceAttached(e) => Subject::EvidenceLine(e.evidence),
        Event::ScopeItemSet(e) => Subject::Scope(e.asset.clone()),
        Event::ScopeItemRemoved(e) => Subject::Scope(e.asset.clone()),
        Event::LinkAdded(e) => Subject::Link(e.url.clone()),
        Event::LinkRemoved(e) => Subject::Link(e.url.clone()),
        Event::IocAdded(e) => Subject::Ioc(e.value.clone()),
        Event::IocRemoved(e) => Subject::Ioc(e.value.clone()),
        Event::TargetChanged(e) => Subject::Target(e.clock.clone()),
        Event::ClockAcknowledged(e) => Subject::Clock(e.clock.clone()),
        Event::Resolved(_) | Event::Closed(_) | Event::Reopened(_) => Subject::State,
        Event::ClosureItemSet(e) => Subject::Closure(e.item),
        Event::ImpactStated(_) => Subject::Impact,
        Event::Reported(_) => Subject::Report,
        Event::DetailsChanged(e) => Subject::Details {
            title: e.title.is_some(),
            services: e.services.is_some(),
            tags: e.tags.is_some(),
            kind: e.kind.is_some(),
        },
        Event::VisibilitySet(_) => Subject::Visibility,
        Event::CodeNameSet(_) => Subject::CodeName,
        Event::PostmortemStatusSet(_) | Event::PostmortemPublished(_) => Subject::Review,
        Event::PostmortemOwnerSet(_) => Subject::ReviewOwner,
        Event::PostmortemMeetingSet(_) => Subject::ReviewMeeting,
        Event::StoryStarted(e) => Subject::Story(e.number),
        Event::StoryShipped(e) => Subject::Story(e.number),
        Event::StoryVerified(e) => Subject::Story(e.number),
        Event::StoryDropped(e) => Subject::Story(e.number),
        Event::StoryReopened(e) => Subject::Story(e.number),
        // Nobody takes these back, and they overrule nothing that somebody could.
        Event::Declared(_)
        | Event::DispositionSet(_)
        | Event::RelatedAdded(_)
        | Event::RunbookMatched(_)
        | Event::ClockBreached(_)
        | Event::DrillStarted(_)
        | Event::DrillInjected(_)
        | Event::DrillJudged(_)
        | Event::ClockStepped(_)
        | Event::PostmortemDrafted(_)
        | Event::PostmortemChecked(_)
        | Event::PostmortemWaived(_)
        | Event::PostmortemCommented(_)
        | Event::StoryFiled(_)
        | Event::StoryChanged(_)
        | Event::StorySynced(_)
        | Event::Redacted(_)
        | Event::Unknown(_) => return None,
    })
}

fn held(role: &str, person: &str) -> Subject {
    Subject::Role(role.to_owned(), role::may_be_shared(role).then(|| person.to_owned()))
}
