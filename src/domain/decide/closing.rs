//! Rules of the end: resolve, closure list, close, reopen, and what is written down of the postmortem.

use super::{Case, person, reason, said};
use crate::domain::closeout;
use crate::domain::event::{
    Closed, ClosedItem, ClosureItemSet, NewEvent, PostmortemChecked, PostmortemCommented, PostmortemDrafted,
    PostmortemMeetingSet, PostmortemOwnerSet, PostmortemPublished, PostmortemStatusSet, PostmortemWaived,
    Reopened, Resolved,
};
use crate::domain::ids::Seq;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Request, Review};
use crate::domain::words::{ClosureItem, ClosureState, Milestone, ReviewState, State};

impl Case<'_> {
    pub(super) fn closing(&self, request: &Request) -> Result<Vec<NewEvent>, Refusal> {
        let incident = self.incident;
        match request {
            Request::Resolve { ended_by } => match incident.state {
                State::Open => self.one(Resolved { ended_by: ended_by.trim().to_owned() }),
                state => Err(Refusal::no(format!("{} is {state} already", incident.id))),
            },
            Request::AnswerClosure { item, state, reason: why } => {
                let why = if *state == ClosureState::NotApplicable {
                    reason("answering n/a", why)?
                } else {
                    why.trim().to_owned()
                };
                self.one(ClosureItemSet { item: *item, state: *state, reason: why })
            }
            Request::Close { waive } => self.close(waive.as_deref()),
            Request::Reopen { reason } => self.reopen(reason, None),
            Request::TakeBackResolve { reason } => {
                self.reopen(reason, incident.milestones.get(&Milestone::Resolved).map(|mark| mark.seq))
            }
            Request::RecordDraft { file, from } => {
                let from = from.clone().unwrap_or_default();
                self.one(PostmortemDrafted { file: file.clone(), from })
            }
            Request::RecordCheck { problems } => self.one(PostmortemChecked { problems: *problems }),
            Request::RecordPublication { path, commit, timeline_head, ended_by, problems, waived } => self
                .one(PostmortemPublished {
                    path: path.clone(),
                    commit: commit.clone(),
                    timeline_head: timeline_head.clone(),
                    ended_by: ended_by.clone(),
                    problems: *problems,
                    waived: waived.clone(),
                }),
            Request::WaivePostmortem { reason: why } => {
                self.one(PostmortemWaived { reason: reason("waiving the postmortem", why)? })
            }
            Request::Review(review) => self.review(review),
            Request::Comment { text } => self.one(PostmortemCommented { text: said("comment", text)? }),
            _ => Err(Refusal::no("this request has no rule")),
        }
    }

    fn reopen(&self, why: &str, undoes: Option<Seq>) -> Result<Vec<NewEvent>, Refusal> {
        if self.incident.state == State::Open {
            return Err(Refusal::no(format!("{} is open", self.incident.id)));
        }
        let reopened = self.event(Reopened { reason: reason("reopening", why)? });
        Ok(vec![NewEvent { undoes, ..reopened }])
    }

    fn review(&self, review: &Review) -> Result<Vec<NewEvent>, Refusal> {
        let postmortem = &self.incident.closing.postmortem;
        match review {
            Review::Status(to) => {
                let there = postmortem.drafted.is_some() || postmortem.published.is_some();
                if *to != ReviewState::Draft && !there {
                    return Err(Refusal::no("there is no draft of the postmortem yet")
                        .hint("make it: warroom postmortem draft, or :draft"));
                }
                if *to == ReviewState::Closed && postmortem.published.is_none() {
                    return Err(Refusal::no("the postmortem is not published yet")
                        .hint("publish it first: warroom postmortem publish, or :publish"));
                }
                if postmortem.review == Some(*to) {
                    return Ok(Vec::new());
                }
                self.one(PostmortemStatusSet { status: *to })
            }
            Review::Owner(owner) => {
                let owner = owner.as_deref().map(person).transpose()?;
                if owner == postmortem.owner {
                    Ok(Vec::new())
                } else {
                    self.one(PostmortemOwnerSet { owner })
                }
            }
            Review::Meeting(day) => {
                if *day == postmortem.meeting {
                    return Ok(Vec::new());
                }
                self.one(PostmortemMeetingSet { day: *day })
            }
        }
    }

    fn close(&self, waive: Option<&str>) -> Result<Vec<NewEvent>, Refusal> {
        let incident = self.incident;
        if incident.state == State::Closed {
            return Err(Refusal::no(format!("{} is closed already", incident.id)));
        }
        let obstacles = closeout::blockers(incident, self.asker.policy);
        if let Some(hard) = obstacles.iter().find(|b| !b.can_be_waived) {
            return Err(Refusal::no(hard.message.clone()).hint(hard.hint.clone()));
        }
        let waived: Vec<String> = obstacles.iter().map(|b| b.message.clone()).collect();
        let why = match (waived.is_empty(), waive) {
            (true, _) => String::new(),
            (false, Some(why)) => reason("closing with open points", why)?,
            (false, None) => {
                let first = waived.first().map_or("", String::as_str);
                let more = waived.len().saturating_sub(1);
                let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
                return Err(Refusal::no(format!("{} cannot be closed yet: {first}{more}", incident.id))
                    .hint("settle it, or say why it closes all the same: :close REASON, --waive REASON"));
            }
        };
        let list = ClosureItem::ALL
            .iter()
            .map(|item| ClosedItem {
                item: *item,
                state: incident.closing.state_of(*item),
                reason: incident.closing.answers.get(item).map(|a| a.reason.clone()).unwrap_or_default(),
            })
            .collect();
        self.one(Closed { list, waived, reason: why })
    }
}
