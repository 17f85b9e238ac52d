//! Rules of updates: what may go out, and what it promises.

use super::{Case, said};
use crate::domain::audience::Audience;
use crate::domain::event::{NewEvent, UpdateDrafted, UpdateSent};
use crate::domain::ids::Seq;
use crate::domain::incident::{Update, UpdateState, may_leave};
use crate::domain::promise::{self, NotAhead};
use crate::domain::refusal::Refusal;
use crate::domain::request::When;
use crate::domain::time::{Utc, with_zone};
use crate::domain::time_spec::Context;
use crate::domain::wording;
use crate::domain::zone::Tz;

impl Case<'_> {
    pub(super) fn send(
        &self,
        audience: Audience,
        text: &str,
        next: Option<When>,
    ) -> Result<Vec<NewEvent>, Refusal> {
        let (text, marked) = self.worded(text, next)?;
        filled(&text)?;
        may_leave_the_room(audience, &text)?;
        self.may_be_told(audience, &text)?;
        let next_at = match marked {
            Some(at) => Some(at),
            None => self.stated(&text)?.map(|when| when.from(self.when())),
        };
        self.one(UpdateSent { target: None, audience, text, next_at })
    }

    pub(super) fn draft(
        &self,
        audience: Audience,
        text: &str,
        next: Option<When>,
    ) -> Result<Vec<NewEvent>, Refusal> {
        let (text, marked) = self.worded(text, next)?;
        self.may_be_told(audience, &text)?;
        // A time that has passed is looked at when the draft goes out.
        let next_at = marked.or_else(|| self.stated(&text).ok().flatten().map(|when| when.from(self.when())));
        self.one(UpdateDrafted { audience, text, next_at })
    }

    pub(super) fn mark_sent(&self, target: Seq, next: Option<When>) -> Result<Vec<NewEvent>, Refusal> {
        let update = self.update(target)?;
        if update.state == UpdateState::Sent {
            return Err(Refusal::no(format!("update {target} is sent already")));
        }
        self.may_go_out(update)?;
        let next_at = match next {
            Some(next) => Some(next.from(self.when())),
            None => self.still_promised(update)?,
        };
        self.one(UpdateSent { target: Some(target), audience: update.audience, text: String::new(), next_at })
    }

    /// A draft is whole, and nobody crossed it out.
    pub(super) fn may_go_out(&self, update: &Update) -> Result<(), Refusal> {
        if self.incident.timeline.get(update.seq).is_some_and(|e| e.struck.is_some()) {
            return Err(Refusal::no(format!("update {} is crossed out", update.seq))
                .hint("let it count again first, or write another"));
        }
        filled(&update.text)?;
        may_leave_the_room(update.audience, &update.text)?;
        self.may_be_told(update.audience, &update.text)
    }

    /// New words of an update hold what the first ones had to: those of one that is out, whole; no reader of it may be
    /// told what the Traffic Light Protocol keeps from them.
    pub(super) fn may_be_reworded(&self, update: &Update, text: &str) -> Result<(), Refusal> {
        if update.state == UpdateState::Sent {
            filled(text)?;
        }
        self.may_be_told(update.audience, text)
    }

    pub(super) fn update(&self, target: Seq) -> Result<&Update, Refusal> {
        self.incident.talk.updates.get(&target).ok_or_else(|| self.not_a(target, "update"))
    }

    /// The words of an update, and the next one as asked for or as `next 30m` at their end says.
    fn worded(&self, text: &str, next: Option<When>) -> Result<(String, Option<Utc>), Refusal> {
        let marked = if next.is_none() { promise::marker(text, &self.utc()) } else { None };
        let (text, next) = marked.map_or((text, next), |(text, when)| (text, Some(when)));
        Ok((said("update", text)?, next.map(|when| when.from(self.when()))))
    }

    /// The next update as the words themselves name it.
    fn stated(&self, text: &str) -> Result<Option<When>, Refusal> {
        match promise::stated(text, &self.utc()) {
            Some(Err(NotAhead::Passed(at))) => Err(passed(at)),
            Some(Ok(when)) => Ok(Some(when)),
            _ => Ok(None),
        }
    }

    /// What a draft promises at the moment it goes out.
    fn still_promised(&self, update: &Update) -> Result<Option<Utc>, Refusal> {
        let when = self.when();
        let edited = self.incident.timeline.get(update.seq).is_some_and(|e| !e.edits.is_empty());
        match (self.stated(&update.text)?, update.next_at) {
            (Some(When::In(span)), _) => Ok(Some(When::In(span).from(when))),
            (Some(When::At(at)), promised) if edited || promised.is_none() => Ok(Some(at)),
            (Some(When::At(_)), Some(at)) if at <= when => Err(passed(at)),
            // What the words do not say counts from now, as it did from the draft.
            (None, Some(at)) if at <= when => Ok(Some(When::In(at - update.at).from(when))),
            (_, promised) => Ok(promised),
        }
    }

    /// Against what the words of the request are read.
    pub(super) fn utc(&self) -> Context {
        Context { now: self.when(), zone: Tz::UTC }
    }
}

fn filled(text: &str) -> Result<(), Refusal> {
    let open = wording::unfilled(text);
    let Some(first) = open.first() else { return Ok(()) };
    let more = match open.len() {
        1 => String::new(),
        n => format!(" and {} more", n.saturating_sub(1)),
    };
    Err(Refusal::no(format!("the update still has a place to fill in: {first}{more}"))
        .hint("write what only people know, or take the line out"))
}

/// What is marked as privileged is for the people in the room: to anybody else it does not go out by a slip. A draft may
/// say so, for those who work on it.
fn may_leave_the_room(audience: Audience, text: &str) -> Result<(), Refusal> {
    if audience == Audience::Internal || may_leave(text) {
        return Ok(());
    }
    Err(Refusal::no(format!("what is #privileged or #unmasked is not told to {audience}"))
        .hint("take the words or the tag out of the update"))
}

fn passed(at: Utc) -> Refusal {
    let at = with_zone(at, Tz::UTC);
    Refusal::no(format!("the update promises the next one at {at} UTC, which has passed"))
        .hint("amend its line Next update, or give another time")
}
