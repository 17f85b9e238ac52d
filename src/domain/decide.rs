//! From a request to events, or to a refusal: the only place where rules refuse. Pure: the same incident, request,
//! asker and moment give the same answer. It must not change the incident (`apply` does), read a clock or mint an
//! id.

mod clock;
mod closing;
mod drill;
mod erasing;
mod keep;
mod lines;
mod order;
mod room;
mod steps;
mod stories;
mod updates;

pub use room::role_warning;

use crate::domain::event::{Event, NewEvent};
use crate::domain::ids::Seq;
use crate::domain::incident::{Entry, Incident};
use crate::domain::policy::Policy;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Keep, Request};
use crate::domain::time::{Span, Utc};
use crate::domain::words::State;

/// Who asks, when, and under which agreement.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The person.
    pub by: &'a str,
    /// The moment of asking.
    pub now: Utc,
    /// What the team has agreed on.
    pub policy: &'a Policy,
}

/// How far ahead of the clock a time may be before it counts as the future (`SPEC.md`, composer grammar).
pub const AHEAD: Span = Span::minutes(2);

/// The longest text of a line, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;

/// Turns a request into the events that it means.
///
/// # Errors
/// When a rule forbids it: the message says which, and what to do.
pub fn decide(incident: &Incident, asked: &Asked, asker: &Asker<'_>) -> Result<Vec<NewEvent>, Refusal> {
    if let Some((at, _)) = asked.at
        && at > asker.now + AHEAD
    {
        return Err(Refusal::usage("that time is in the future").hint("give the time at which it happened"));
    }
    if !matches!(asked.request, Request::Declare(_)) && !incident.is_declared() {
        return Err(Refusal::not_found("there is no such incident"));
    }
    let case = Case { incident, asker, at: asked.at, undoing: false };
    case.decide(&asked.request)
}

/// A request in its setting.
pub(super) struct Case<'a> {
    incident: &'a Incident,
    asker: &'a Asker<'a>,
    at: Option<(Utc, bool)>,
    /// It brings back what was: a time that stood in the log already is no future, even when the clock was set back
    /// since.
    undoing: bool,
}

impl Case<'_> {
    fn is_future(&self, at: Utc) -> bool {
        !self.undoing && at > self.asker.now + AHEAD
    }

    fn decide(&self, request: &Request) -> Result<Vec<NewEvent>, Refusal> {
        if stays_closed(request) {
            self.not_closed()?;
        }
        match request {
            Request::Declare(declaration) => self.declare(declaration),
            Request::SetDetails { .. }
            | Request::Report { .. }
            | Request::StateImpact { .. }
            | Request::SetDisposition { .. }
            | Request::SetVisibility { .. }
            | Request::SetCodeName { .. }
            | Request::AddLink { .. }
            | Request::Relate { .. }
            | Request::SetSeverity { .. }
            | Request::SetTarget { .. }
            | Request::EnterPhase { .. }
            | Request::Mark { .. }
            | Request::Unmark { .. }
            | Request::AssignRole { .. }
            | Request::ReleaseRole { .. }
            | Request::AddEvidence(_)
            | Request::TransferEvidence { .. }
            | Request::SetScope { .. }
            | Request::RecordBreach { .. }
            | Request::RestoreClock { .. }
            | Request::AcknowledgeClock { .. } => self.room(request),
            Request::AttachRunbook(_)
            | Request::AttachMatched { .. }
            | Request::DetachRunbook { .. }
            | Request::MoveStep { .. }
            | Request::AssignStep { .. } => self.steps(request),
            Request::Resolve { .. }
            | Request::AnswerClosure { .. }
            | Request::Close { .. }
            | Request::Reopen { .. }
            | Request::TakeBackResolve { .. }
            | Request::RecordDraft { .. }
            | Request::RecordCheck { .. }
            | Request::RecordPublication { .. }
            | Request::WaivePostmortem { .. }
            | Request::Review(_)
            | Request::Comment { .. } => self.closing(request),
            Request::FileStory(_)
            | Request::ChangeStory { .. }
            | Request::StartStory { .. }
            | Request::ShipStory { .. }
            | Request::VerifyStory { .. }
            | Request::DropStory { .. }
            | Request::ReopenStory { .. }
            | Request::SyncStory { .. } => self.stories(request),
            Request::Keep(keep) => self.keep(keep),
            Request::Drill(drill) => self.drill(drill),
            Request::Undo { target } => self.undo(*target),
            _ => self.lines(request),
        }
    }

    /// The event, at the time that the request speaks of.
    fn event(&self, event: impl Into<Event>) -> NewEvent {
        let (occurred_at, about) = match self.at {
            Some((at, about)) => (Some(at), about),
            None => (None, false),
        };
        NewEvent {
            by: self.asker.by.to_owned(),
            occurred_at,
            about,
            undoes: None,
            brought_by: None,
            event: event.into(),
        }
    }

    fn one(&self, event: impl Into<Event>) -> Result<Vec<NewEvent>, Refusal> {
        Ok(vec![self.event(event)])
    }

    /// The moment that the request speaks of.
    fn when(&self) -> Utc {
        self.at.map_or(self.asker.now, |(at, _)| at)
    }

    fn entry(&self, target: Seq) -> Result<&Entry, Refusal> {
        self.incident.timeline.get(target).ok_or_else(|| {
            Refusal::not_found(format!("{} has no line {target}", self.incident.id))
                .hint("warroom timeline shows the numbers of the lines")
        })
    }

    fn not_closed(&self) -> Result<(), Refusal> {
        if self.incident.state == State::Closed {
            return Err(Refusal::no(format!("{} is closed", self.incident.id))
                .hint("reopen it with a reason to go on"));
        }
        Ok(())
    }

    fn undo(&self, target: Seq) -> Result<Vec<NewEvent>, Refusal> {
        let trace = self
            .incident
            .trail
            .last_of(self.asker.by)
            .ok_or_else(|| Refusal::no("you have done nothing here that can be undone"))?;
        if trace.seq != target {
            return Err(Refusal::conflict("your last action is another one by now").hint("look again"));
        }
        if let Some(refusal) = trace.refusal() {
            return Err(refusal);
        }
        let mut events = Vec::new();
        // Of many lines some may be crossed out by now, which is what the undo would do.
        let struck = |request: &Request| {
            let Request::Strike { target, .. } = request else { return false };
            self.incident.timeline.get(*target).is_some_and(|entry| entry.struck.is_some())
        };
        for request in trace.undo.iter().filter(|request| trace.undo.len() == 1 || !struck(request)) {
            let back = Case { incident: self.incident, asker: self.asker, at: None, undoing: true };
            let mut undone = back.decide(request)?;
            for event in &mut undone {
                event.undoes = Some(target);
            }
            events.append(&mut undone);
        }
        Ok(events)
    }
}

/// It changes what was when the incident was closed: whoever wants that otherwise reopens it first. What comes to light
/// later (lines, evidence, times, links, stories) is written down all the same.
fn stays_closed(request: &Request) -> bool {
    matches!(
        request,
        Request::SetSeverity { .. }
            | Request::SetTarget { .. }
            | Request::EnterPhase { .. }
            | Request::AssignRole { .. }
            | Request::ReleaseRole { .. }
            | Request::AttachRunbook(_)
            | Request::AttachMatched { .. }
            | Request::DetachRunbook { .. }
            | Request::MoveStep { .. }
            | Request::AssignStep { .. }
            | Request::AnswerClosure { .. }
            | Request::Keep(Keep::StepDue { .. } | Keep::FreeStep { .. })
    )
}

/// A person's handle as it is stored: without a leading `@`, trimmed, in small letters, as who acts is named.
///
/// # Errors
/// When nothing is left, or it holds blanks or control characters, has neither letter nor digit of any script, or is
/// longer than 64 characters.
pub fn person(text: &str) -> Result<String, Refusal> {
    let name = text.trim().trim_start_matches('@');
    let bad = |why: &str| Refusal::usage(format!("{text:?} is not a person: {why}"));
    if name.is_empty() {
        return Err(bad("it is empty").hint("give a handle such as alice"));
    }
    if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(bad("it holds a blank").hint("give a handle such as alice"));
    }
    if !name.chars().any(char::is_alphanumeric) {
        return Err(bad("it has no letter").hint("give a handle such as alice"));
    }
    if name.chars().count() > 64 {
        return Err(bad("it is longer than 64 characters"));
    }
    // Typed with its marks apart, or in capitals, it is the same name.
    Ok(crate::domain::composed::folded(name))
}

/// A text that must say something.
///
/// # Errors
/// When it is blank or longer than [`MAX_TEXT`].
pub fn said(what: &str, text: &str) -> Result<String, Refusal> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Refusal::usage(format!("the {what} is empty")));
    }
    if trimmed.len() > MAX_TEXT {
        let hint = "attach long output as evidence: warroom evidence add";
        return Err(Refusal::usage(format!(
            "the {what} has {} bytes; at most {MAX_TEXT} fit in a line",
            trimmed.len()
        ))
        .hint(hint));
    }
    Ok(trimmed.to_owned())
}

/// A reason that must be given.
fn reason(why: &str, text: &str) -> Result<String, Refusal> {
    reason_by("--reason", why, text)
}

/// The same where the command line has another name for it.
fn reason_by(flag: &str, why: &str, text: &str) -> Result<String, Refusal> {
    if text.trim().is_empty() {
        return Err(
            Refusal::usage(format!("{why} needs a reason")).hint(format!("say why in one line ({flag})"))
        );
    }
    said("reason", text)
}

#[cfg(test)]
mod tests;
