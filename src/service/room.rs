//! The room's use cases: load an incident, declare one, submit requests, see what others wrote. It must not hold
//! rules (`domain::decide` does): on a conflict it loads what is new, decides again and appends again.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::Datelike;
use tokio::sync::Mutex;

use super::rows::{story_rows, summary_row};
use super::{By, Failure, Inner, Service, steps};
use crate::domain::decide::{Asker, decide};
use crate::domain::event::{Event, NewEvent, Recorded};
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::incident::Incident;
use crate::domain::log::KindTag;
use crate::domain::request::{Asked, Declaration, Request};
use crate::domain::secret;
use crate::domain::summary::Summary;
use crate::domain::wire;
use crate::store::{Append, StoreError, StoredEvent, StoryRow, SummaryRow, Unsealed};

/// How often a submit decides again after a conflict before it gives up.
const TRIES: usize = 16;

/// How many events are read at once: few enough that the first frame of a room waits for no further connection.
pub(super) const PAGE: u32 = 2_000;

/// An incident with the log that it is the fold of.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The fold.
    pub incident: Incident,
    /// The log.
    pub events: Vec<Recorded>,
}

/// What a submit stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    /// The events, those of others that came before them included, in order: what the caller's fold lacks when
    /// it stood at the position that the caller gave.
    pub events: Vec<Recorded>,
    /// How many at the end of `events` are the caller's own.
    pub own: usize,
}

impl Submitted {
    /// The caller's own events.
    #[must_use]
    pub fn own_events(&self) -> &[Recorded] {
        self.events.get(self.events.len().saturating_sub(self.own)..).unwrap_or_default()
    }
}

impl Service {
    /// Loads an incident with its log.
    ///
    /// # Errors
    /// What the store says.
    pub async fn load(&self, log: LogId) -> Result<Loaded, Failure> {
        let events = self.inner.read_after(log, Seq::NONE).await?;
        let incident = Incident::fold(log, &events);
        let slot = self.inner.slot(log).await;
        *slot.lock().await = Some(incident.clone());
        Ok(Loaded { incident, events })
    }

    /// The fold of an incident as it is now.
    ///
    /// # Errors
    /// What the store says.
    pub async fn incident(&self, log: LogId) -> Result<Incident, Failure> {
        let slot = self.inner.slot(log).await;
        let mut slot = slot.lock().await;
        let incident = self.inner.catch_up(log, &mut slot).await?;
        Ok(incident.clone())
    }

    /// The events after a position, those of other processes included.
    ///
    /// # Errors
    /// What the store says.
    pub async fn events_after(&self, log: LogId, after: Seq) -> Result<Vec<Recorded>, Failure> {
        self.inner.read_after(log, after).await
    }

    /// The digest of the event at a position: the head of the log as it was then.
    ///
    /// # Errors
    /// When there is no such event, or the store fails.
    pub async fn digest_at(&self, log: LogId, seq: Seq) -> Result<crate::domain::log::Digest, Failure> {
        let found = self.stored_digest(log, seq).await?;
        found.ok_or_else(|| Failure::no(format!("the log has no event {seq}")))
    }

    /// The same, or none where the log has no such event.
    pub(super) async fn stored_digest(
        &self,
        log: LogId,
        seq: Seq,
    ) -> Result<Option<crate::domain::log::Digest>, Failure> {
        let before = Seq(seq.0.saturating_sub(1));
        let events = self.inner.store.read(log, before, 1).await?;
        Ok(events.first().filter(|event| event.seq == seq).map(|event| event.hash))
    }

    /// The stored bytes of a log, as they are.
    ///
    /// # Errors
    /// What the store says.
    pub async fn stored_bytes(&self, log: LogId) -> Result<Vec<crate::domain::log::RawEvent>, Failure> {
        Ok(self.inner.store.read_raw(log).await?)
    }

    /// Declares an incident under the next free number of its year.
    ///
    /// # Errors
    /// When a rule refuses it, or the store does.
    pub async fn declare(
        &self,
        by: &By,
        declaration: Declaration,
        at: Option<(crate::domain::time::Utc, bool)>,
    ) -> Result<(IncidentId, LogId, Vec<Recorded>), Failure> {
        self.declare_with(by, declaration, at, Vec::new()).await
    }

    /// The same with what is asked of it at once: all is stored, or nothing.
    pub(super) async fn declare_with(
        &self,
        by: &By,
        mut declaration: Declaration,
        at: Option<(crate::domain::time::Utc, bool)>,
        more: Vec<Request>,
    ) -> Result<(IncidentId, LogId, Vec<Recorded>), Failure> {
        let year = u16::try_from(by.stamp.at.year()).unwrap_or(u16::MAX);
        let log = self.inner.mint.log(by.stamp.at);
        let matched: Vec<Request> = self.matched_runbook(&declaration).await.into_iter().collect();
        let given_away = self.given_away(year).await;
        let _turn = self.inner.store.turn().await?;
        for _ in 0..TRIES {
            let number = self.next_number(year, given_away).await?;
            declaration.id = IncidentId { year, number };
            let mut asked = vec![Asked { request: Request::Declare(declaration.clone()), at }];
            asked.extend(matched.iter().chain(&more).map(|request| Asked { request: request.clone(), at }));
            let mut incident = Incident::new(log);
            match self.inner.try_submit(&mut incident, by, &asked).await {
                Err(Attempt::Again(StoreError::IdTaken { .. })) => {}
                Err(Attempt::Again(error)) => return Err(error.into()),
                Err(Attempt::Refused(failure)) => return Err(failure),
                Ok(events) => {
                    let slot = self.inner.slot(log).await;
                    *slot.lock().await = Some(incident);
                    return Ok((declaration.id, log, events));
                }
            }
        }
        Err(Failure::new(super::FailureKind::Conflict, "others keep taking the next number; try again"))
    }

    /// Submits requests as one: all are stored, or none. `seen` is the position up to which the caller has folded.
    ///
    /// # Errors
    /// When a rule refuses one of them, or the store does. Nothing is stored then.
    pub async fn submit(
        &self,
        log: LogId,
        by: &By,
        asked: &[Asked],
        seen: Seq,
    ) -> Result<Submitted, Failure> {
        self.submit_made(log, by, |_| Cow::Borrowed(asked), seen).await
    }

    /// The same with requests that follow from the incident: they are made anew from what others have written, whenever
    /// it is decided again. Where there are none, nothing is stored.
    pub(super) async fn submit_made<'a>(
        &self,
        log: LogId,
        by: &By,
        mut make: impl FnMut(&Incident) -> Cow<'a, [Asked]> + Send,
        seen: Seq,
    ) -> Result<Submitted, Failure> {
        let slot = self.inner.slot(log).await;
        let mut slot = slot.lock().await;
        let mut first = slot.is_none();
        // Others who decide at the same moment wait for one another, instead of being overtaken again and again.
        let _turn = self.inner.store.turn().await?;
        for _ in 0..TRIES {
            let incident = if first {
                self.inner.catch_up(log, &mut slot).await?
            } else {
                slot.get_or_insert_with(|| Incident::new(log))
            };
            let asked = make(incident);
            if asked.is_empty() {
                return Ok(Submitted { events: Vec::new(), own: 0 });
            }
            let asked = &*asked;
            // What hinders this hinders what was asked for as well, and is told there.
            let _ = self.inner.breaches_before(incident, by, asked).await;
            let _ = self.inner.injects_due(incident, by).await;
            let before = incident.head;
            match self.inner.try_submit(incident, by, asked).await {
                Ok(own) => {
                    // That the clock was set is nothing that the caller said.
                    let count = own.iter().filter(|e| !steps::is_mark(e.event.as_ref())).count();
                    let mut events = if before > seen {
                        let mut others = self.inner.read_after(log, seen).await?;
                        others.retain(|e| e.seq <= before);
                        others
                    } else {
                        Vec::new()
                    };
                    events.extend(own);
                    return Ok(Submitted { events, own: count });
                }
                Err(Attempt::Again(StoreError::Conflict { .. })) => first = true,
                Err(Attempt::Again(error)) => {
                    *slot = None;
                    return Err(error.into());
                }
                // What was refused may have been refused because of what this process has not seen yet.
                Err(Attempt::Refused(failure)) if first => return Err(failure),
                Err(Attempt::Refused(failure)) => {
                    let known = before;
                    if self.inner.catch_up(log, &mut slot).await?.head == known {
                        return Err(failure);
                    }
                }
            }
        }
        Err(Failure::new(super::FailureKind::Conflict, "others keep writing at the same moment; try again"))
    }
}

/// Why an attempt stored nothing.
pub(super) enum Attempt {
    /// The store refused; some of its reasons pass.
    Again(StoreError),
    /// A rule refused, or the event cannot be written.
    Refused(Failure),
}

impl Inner {
    pub(super) async fn slot(&self, log: LogId) -> Arc<Mutex<Option<Incident>>> {
        Arc::clone(self.rooms.lock().await.entry(log).or_default())
    }

    pub(super) async fn read_after(&self, log: LogId, after: Seq) -> Result<Vec<Recorded>, Failure> {
        let mut events: Vec<Recorded> = Vec::new();
        self.each_after(log, after, |event| events.push(event)).await?;
        Ok(events)
    }

    /// Calls `each` with the events after a position, a page after another: what has been taken need not be held.
    pub(super) async fn each_after(
        &self,
        log: LogId,
        after: Seq,
        mut each: impl FnMut(Recorded) + Send,
    ) -> Result<(), Failure> {
        let mut last = after;
        loop {
            let page = self.store.read(log, last, PAGE).await?;
            page.iter().map(recorded).for_each(&mut each);
            match page.last() {
                Some(event) if is_full(&page) => last = event.seq,
                _ => return Ok(()),
            }
        }
    }

    /// Brings the fold of a slot up to the store's head.
    pub(super) async fn catch_up<'a>(
        &self,
        log: LogId,
        slot: &'a mut Option<Incident>,
    ) -> Result<&'a mut Incident, Failure> {
        let incident = slot.get_or_insert_with(|| Incident::new(log));
        self.each_after(log, incident.head, |event| incident.apply(&event)).await?;
        Ok(incident)
    }

    /// What requests mean. One is decided on the incident itself; several each on what the ones before would make of
    /// it.
    pub(super) fn decided(
        &self,
        incident: &Incident,
        by: &By,
        asked: &[Asked],
    ) -> Result<Vec<NewEvent>, Failure> {
        let asker = Asker { by: &by.person, now: by.stamp.at, policy: &self.policy };
        let mut ahead = Cow::Borrowed(incident);
        let mut new: Vec<NewEvent> = Vec::new();
        for (i, one) in asked.iter().enumerate() {
            let events = self.without_secrets(decide(&ahead, one, &asker)?)?;
            if i + 1 < asked.len() {
                let fold = ahead.to_mut();
                for event in &events {
                    let provisional = provisional(fold, event, by);
                    fold.apply(&provisional);
                }
            }
            new.extend(events);
        }
        Ok(new)
    }

    /// Decides, appends and applies. The incident changes only when the store has taken the events.
    pub(super) async fn try_submit(
        &self,
        incident: &mut Incident,
        by: &By,
        asked: &[Asked],
    ) -> Result<Vec<Recorded>, Attempt> {
        // The clock was set before any of it was said.
        let mark = steps::mark(incident, by);
        let by = &*steps::in_order(incident, by);
        let mut new = self.decided(incident, by, asked).map_err(Attempt::Refused)?;
        new.splice(0..0, mark);
        if new.is_empty() {
            self.found_done(incident.log, asked.len()).await;
            return Ok(Vec::new());
        }
        let unsealed = new.iter().map(|e| self.unsealed(incident.log, e, by)).collect::<Result<Vec<_>, _>>();
        let unsealed = unsealed.map_err(Attempt::Refused)?;

        let expected = incident.head;
        let (summary, stories) = self.rows_after(incident, &new, by).map_err(Attempt::Refused)?;
        let append = Append { log: incident.log, expected, events: unsealed, summary, stories };
        let appended = self.append_once(&by.person, asked, append).await.map_err(Attempt::Again)?;
        let events: Vec<Recorded> = appended.events.iter().map(recorded).collect();
        // What was stored at the first attempt is in the fold already.
        for event in events.iter().filter(|event| event.seq > expected) {
            incident.apply(event);
        }
        Ok(events)
    }

    /// The rows as they are after the events. Most events are lines that change nothing that a list shows; for the
    /// others the fold is copied and goes ahead.
    fn rows_after(
        &self,
        incident: &Incident,
        new: &[NewEvent],
        by: &By,
    ) -> Result<(SummaryRow, Vec<StoryRow>), Failure> {
        if new.iter().all(|e| is_line(&e.event)) && incident.is_declared() {
            let mut summary = Summary::from(incident);
            summary.head = Seq(incident.head.0.saturating_add(u64::try_from(new.len()).unwrap_or(0)));
            summary.updated_at = summary.updated_at.max(by.stamp.at);
            return Ok((summary_row(incident, &summary)?, Vec::new()));
        }
        let mut after = incident.clone();
        for event in new {
            let provisional = provisional(&after, event, by);
            after.apply(&provisional);
        }
        let touched = new.iter().any(|e| e.event.kind().0.starts_with("story."));
        let stories = if touched { story_rows(&after)? } else { Vec::new() };
        Ok((summary_row(&after, &Summary::from(&after))?, stories))
    }

    /// The events as they may be stored: a secret that was typed or pasted is masked before anything else sees it.
    pub(super) fn without_secrets(&self, events: Vec<NewEvent>) -> Result<Vec<NewEvent>, Failure> {
        let masked = |event: NewEvent| match secret::masked(&event, self.mint.tagger()) {
            Ok(masked) => Ok(masked.unwrap_or(event)),
            Err(error) => Err(Failure::no(format!("the event cannot be written: {error}"))),
        };
        events.into_iter().map(masked).collect()
    }

    pub(super) fn unsealed(&self, log: LogId, event: &NewEvent, by: &By) -> Result<Unsealed, Failure> {
        let encoded =
            wire::encode(event).map_err(|e| Failure::no(format!("the event cannot be written: {e}")))?;
        let id = match &event.event {
            Event::ClockBreached(e) => {
                let thing = format!("{}@{}", e.clock, crate::domain::time::rfc3339(e.deadline));
                self.mint.shared_event(log, &thing)
            }
            Event::DrillInjected(e) => self.mint.shared_event(log, &format!("drill inject {}", e.inject)),
            _ => self.mint.event(by.stamp.at),
        };
        let redacts = match &event.event {
            Event::Redacted(e) => Some(e.target),
            _ => None,
        };
        Ok(Unsealed {
            id,
            kind: KindTag { name: encoded.name, version: encoded.version },
            at: by.stamp.at,
            clock: by.stamp.clock.clone(),
            actor: by.actor.clone(),
            key: None,
            salt: self.mint.salt(),
            body: encoded.payload,
            attach: Vec::new(),
            redacts,
        })
    }
}

/// An event as the fold takes it, before the store has sealed it.
pub(super) fn provisional(incident: &Incident, event: &NewEvent, by: &By) -> Recorded {
    Recorded {
        seq: incident.head.next(),
        id: crate::domain::ids::EventId(uuid::Uuid::nil()),
        recorded_at: by.stamp.at,
        host: by.stamp.host(),
        actor: by.actor.clone(),
        by: event.by.clone(),
        occurred_at: event.occurred_at.unwrap_or(by.stamp.at),
        about: event.about,
        undoes: event.undoes,
        brought_by: event.brought_by.clone(),
        event: Some(event.event.clone()),
        erased: None,
    }
}

pub(super) fn recorded(stored: &StoredEvent) -> Recorded {
    let envelope = wire::Envelope {
        seq: stored.seq,
        id: stored.id,
        name: &stored.kind.name,
        version: stored.kind.version,
        recorded_at: stored.at,
        host: stored.host,
        actor: &stored.actor,
    };
    wire::decode(&envelope, stored.body.as_deref())
}

/// There may be more events behind these.
pub(super) fn is_full(page: &[StoredEvent]) -> bool {
    u32::try_from(page.len()).unwrap_or(u32::MAX) >= PAGE
}

/// The event changes no row of a list beside its position and time.
fn is_line(event: &Event) -> bool {
    matches!(
        event,
        Event::Noted(_)
            | Event::Alerted(_)
            | Event::DecisionMade(_)
            | Event::HypothesisProposed(_)
            | Event::AskMade(_)
            | Event::UpdateDrafted(_)
            | Event::UpdateApproved(_)
            | Event::UpdateSent(_)
            | Event::Starred(_)
            | Event::Struck(_)
            | Event::Restored(_)
            | Event::VerdictGiven(_)
            | Event::HypothesisChanged(_)
            | Event::AskAcknowledged(_)
            | Event::AskAnswered(_)
            | Event::VerdictWithdrawn(_)
            | Event::AnswerWithdrawn(_)
            | Event::AskChanged(_)
            | Event::DecisionObjected(_)
            | Event::StepDueSet(_)
            | Event::EvidenceAdded(_)
            | Event::EvidenceAttached(_)
            | Event::ScopeItemSet(_)
            | Event::IocAdded(_)
            | Event::StepAssigned(_)
            | Event::StepStarted(_)
            | Event::StepSkipped(_)
            | Event::StepBlocked(_)
            | Event::ClockBreached(_)
            | Event::ClockStepped(_)
            | Event::DrillStarted(_)
            | Event::DrillInjected(_)
            | Event::DrillJudged(_)
    )
}
