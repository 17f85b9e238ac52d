//! Rules of improvement stories: filed → started → shipped → verified, or dropped with a reason; what was shipped or
//! dropped in error is reopened with one. They outlive the close of their incident.

use chrono::NaiveDate;

use super::{Asker, Case, person, reason, said};
use crate::domain::event::{
    NewEvent, StoryChanged, StoryDropped, StoryFiled, StoryReopened, StoryShipped, StoryStarted, StorySynced,
    StoryVerified,
};
use crate::domain::incident::Story;
use crate::domain::refusal::Refusal;
use crate::domain::request::{NewStory, Request};
use crate::domain::words::StoryState;

impl Case<'_> {
    pub(super) fn stories(&self, request: &Request) -> Result<Vec<NewEvent>, Refusal> {
        match request {
            Request::FileStory(story) => self.file(story),
            Request::ChangeStory { number, change } => {
                let story = self.story(*number)?;
                let text = |s: &str| (!s.trim().is_empty()).then(|| s.trim().to_owned());
                let severity = self.graded(change.severity.as_deref())?;
                self.one(StoryChanged {
                    number: *number,
                    title: text(&change.title),
                    owner: change.owner.as_deref().map(owner).transpose()?,
                    due: change.due.or_else(|| self.due_by_rule(story, severity.as_deref()?)),
                    severity,
                    kind: change.kind,
                    proof: text(&change.proof),
                    external: text(&change.external),
                })
            }
            Request::StartStory { number } => {
                self.in_state(*number, &[StoryState::Filed], "started")?;
                self.one(StoryStarted { number: *number })
            }
            Request::ShipStory { number, link, reason: why } => {
                self.in_state(*number, &[StoryState::Filed, StoryState::Started], "shipped")?;
                if link.trim().is_empty() && why.trim().is_empty() {
                    return Err(Refusal::usage("shipping a story needs the change that shipped it")
                        .hint("give --link URL, or --reason where there is none"));
                }
                self.one(StoryShipped {
                    number: *number,
                    link: link.trim().to_owned(),
                    reason: why.trim().to_owned(),
                })
            }
            Request::VerifyStory { number, proof } => {
                let story = self.in_state(*number, &[StoryState::Shipped], "verified")?;
                let proof =
                    if proof.trim().is_empty() { story.proof.clone() } else { proof.trim().to_owned() };
                if proof.is_empty() {
                    return Err(Refusal::usage("verifying a story needs proof")
                        .hint("name the test, rule, drill or runbook that shows it (--proof)"));
                }
                self.one(StoryVerified { number: *number, proof })
            }
            Request::DropStory { number, reason: why } => {
                let open = [StoryState::Filed, StoryState::Started, StoryState::Shipped];
                self.in_state(*number, &open, "dropped")?;
                self.one(StoryDropped { number: *number, reason: reason("dropping a story", why)? })
            }
            Request::ReopenStory { number, reason: why } => {
                self.in_state(*number, &[StoryState::Shipped, StoryState::Dropped], "reopened")?;
                self.one(StoryReopened { number: *number, reason: reason("reopening a story", why)? })
            }
            Request::SyncStory { number, external, status } => {
                self.story(*number)?;
                self.one(StorySynced {
                    number: *number,
                    external: said("tracker key", external)?,
                    status: status.clone(),
                })
            }
            _ => Err(Refusal::no("this request has no rule")),
        }
    }

    fn file(&self, story: &NewStory) -> Result<Vec<NewEvent>, Refusal> {
        let severity = self.graded(story.severity.as_deref())?;
        let level = self
            .asker
            .policy
            .level(&self.incident.profile, severity.as_deref().or(self.incident.severity.as_deref()));
        let due = story.due.or_else(|| self.asker.policy.calendar.due_date(self.asker.now, &level.story_due));
        let closing = &self.incident.closing;
        self.one(StoryFiled {
            number: story.number.filter(|n| closing.can_be_story(*n)).unwrap_or_else(|| closing.next_story()),
            title: said("title of the story", &story.title)?,
            owner: story.owner.as_deref().map(owner).transpose()?.filter(|owner| !owner.is_empty()),
            due,
            severity: severity.or_else(|| self.incident.severity.clone()),
            kind: story.kind,
            proof: story.proof.trim().to_owned(),
            external: story.external.trim().to_owned(),
        })
    }

    /// The day that another severity gives an open story whose day is the one of its own: what somebody chose stays. What
    /// would have been due already counts from now: a severity has no rule for the time before it was given.
    fn due_by_rule(&self, story: &Story, to: &str) -> Option<NaiveDate> {
        let Asker { policy, now, .. } = *self.asker;
        let day = |severity: Option<&str>, from| {
            let level = policy.level(&self.incident.profile, severity);
            policy.calendar.due_date(from, &level.story_due)
        };
        let was = story.severity.as_deref().or(self.incident.severity.as_deref());
        if !story.is_unshipped() || was == Some(to) || story.due != day(was, story.filed_at) {
            return None;
        }
        let today = now.with_timezone(&policy.calendar.zone()).date_naive();
        let due = day(Some(to), story.filed_at)?;
        let due = if due < today { day(Some(to), now)? } else { due };
        (story.due != Some(due)).then_some(due)
    }

    fn story(&self, number: u32) -> Result<&Story, Refusal> {
        self.incident
            .closing
            .stories
            .get(&number)
            .ok_or_else(|| Refusal::not_found(format!("there is no story {}/S{number}", self.incident.id)))
    }

    fn in_state(&self, number: u32, states: &[StoryState], to: &str) -> Result<&Story, Refusal> {
        let story = self.story(number)?;
        if states.contains(&story.state) {
            return Ok(story);
        }
        let from: Vec<&str> = states.iter().map(|s| s.as_str()).collect();
        Err(Refusal::no(format!(
            "{}/S{number} is {}; only a story that is {} can be {to}",
            self.incident.id,
            story.state,
            from.join(" or ")
        )))
    }
}

/// The person who answers for a story; empty where `-` says that nobody does.
fn owner(text: &str) -> Result<String, Refusal> {
    if text.trim() == "-" { Ok(String::new()) } else { person(text) }
}
