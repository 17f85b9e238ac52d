//! Writing down many things at once that different people said at different moments: an imported timeline, the
//! story of the demo. All are stored in one transaction, or none. It must not hold rules (`domain::decide` does).

use super::room::{Attempt, provisional, recorded};
use super::rows::{story_rows, summary_row};
use super::{By, Failure, FailureKind, Inner, Service, steps};
use crate::domain::decide::{Asker, decide};
use crate::domain::event::{NewEvent, Recorded};
use crate::domain::ids::{IncidentId, LogId};
use crate::domain::incident::Incident;
use crate::domain::request::{Asked, Request};
use crate::domain::secret;
use crate::domain::summary::Summary;
use crate::store::{Append, StoreError};

/// How often it is decided again after a conflict.
const TRIES: usize = 16;

/// What somebody said at a moment.
pub type Said = (By, Asked);

impl Service {
    /// Submits requests of several people and moments as one: all are stored, or none. The moments must not go
    /// back.
    ///
    /// # Errors
    /// When a rule refuses one of them (its place in the list, from 1, stands in front), or the store does.
    pub async fn record(&self, log: LogId, said: &[Said]) -> Result<Vec<Recorded>, Failure> {
        self.record_as(log, said, None).await
    }

    /// The same for the lines of a table, by whoever brings it: for them it is one action, whoever the authors are.
    ///
    /// # Errors
    /// As [`Service::record`].
    pub async fn bring(&self, log: LogId, said: &[Said], by: &str) -> Result<Vec<Recorded>, Failure> {
        self.record_as(log, said, Some(by)).await
    }

    async fn record_as(
        &self,
        log: LogId,
        said: &[Said],
        brought_by: Option<&str>,
    ) -> Result<Vec<Recorded>, Failure> {
        let slot = self.inner.slot(log).await;
        let mut slot = slot.lock().await;
        let _turn = self.inner.store.turn().await?;
        for _ in 0..TRIES {
            let incident = self.inner.catch_up(log, &mut slot).await?;
            match self.inner.try_record(incident, said, brought_by).await {
                Ok(events) => return Ok(events),
                Err(Attempt::Again(StoreError::Conflict { .. })) => {}
                Err(Attempt::Again(error)) => {
                    *slot = None;
                    return Err(error.into());
                }
                Err(Attempt::Refused(failure)) => return Err(failure),
            }
        }
        Err(Failure::new(FailureKind::Conflict, "others keep writing at the same moment; try again"))
    }

    /// A typed text as it is stored: with its secrets masked.
    #[must_use]
    pub fn as_stored(&self, text: &str) -> String {
        secret::mask(text, &secret::blocking(text), self.inner.mint.tagger())
    }

    /// Begins an incident and tells its story so far in one transaction. The first request is its declaration; a
    /// number 0 in it means the next free one of its year.
    ///
    /// # Errors
    /// When the first request is no declaration, a rule refuses one, the name is taken, or the store fails.
    pub async fn record_new(&self, mut said: Vec<Said>) -> Result<(IncidentId, LogId), Failure> {
        let Some((first, Asked { request: Request::Declare(declaration), .. })) = said.first() else {
            return Err(Failure::no("a story begins with its declaration"));
        };
        let (wanted, at) = (declaration.id, first.stamp.at);
        let log = self.inner.mint.log(at);
        let given_away = if wanted.number == 0 { self.given_away(wanted.year).await } else { 0 };
        let _turn = self.inner.store.turn().await?;
        for _ in 0..TRIES {
            let mut id = wanted;
            if id.number == 0 {
                id.number = self.next_number(id.year, given_away).await?;
            }
            if let Some((_, Asked { request: Request::Declare(declaration), .. })) = said.first_mut() {
                declaration.id = id;
            }
            let mut incident = Incident::new(log);
            match self.inner.try_record(&mut incident, &said, None).await {
                Ok(_) => {
                    *self.inner.slot(log).await.lock().await = Some(incident);
                    return Ok((id, log));
                }
                Err(Attempt::Again(StoreError::IdTaken { .. })) if wanted.number == 0 => {}
                Err(Attempt::Again(error)) => return Err(error.into()),
                Err(Attempt::Refused(failure)) => return Err(failure),
            }
        }
        Err(Failure::new(FailureKind::Conflict, "others keep taking the next number; try again"))
    }
}

impl Inner {
    /// What an incident would be after these requests; nothing is stored.
    pub(super) fn rehearse(&self, said: &[Said]) -> Result<Incident, Failure> {
        let mut incident = Incident::new(LogId(uuid::Uuid::nil()));
        for (place, (by, asked)) in said.iter().enumerate() {
            self.go_on(&mut incident, place, by, asked, None)?;
            // The number is not taken from anybody before it is stored.
            incident.id.number = incident.id.number.max(1);
        }
        Ok(incident)
    }

    /// Decides a request and applies what it means, as if it were stored.
    fn go_on(
        &self,
        ahead: &mut Incident,
        place: usize,
        by: &By,
        asked: &Asked,
        brought_by: Option<&str>,
    ) -> Result<Vec<NewEvent>, Failure> {
        let asker = Asker { by: &by.person, now: by.stamp.at, policy: &self.policy };
        let events = decide(ahead, asked, &asker).map_err(|refusal| {
            let mut failure = Failure::from(refusal);
            failure.message = format!("{}: {}", place + 1, failure.message);
            failure
        })?;
        let mut events = self.without_secrets(events)?;
        events.iter_mut().for_each(|event| event.brought_by = brought_by.map(str::to_owned));
        for event in &events {
            let provisional = provisional(ahead, event, by);
            ahead.apply(&provisional);
        }
        Ok(events)
    }

    /// Decides each request on what the ones before would make of it, appends all, and applies them. The incident
    /// changes only when the store has taken the events.
    async fn try_record(
        &self,
        incident: &mut Incident,
        said: &[Said],
        brought_by: Option<&str>,
    ) -> Result<Vec<Recorded>, Attempt> {
        let mut ahead = incident.clone();
        let mut unsealed = Vec::new();
        for (place, (by, asked)) in said.iter().enumerate() {
            let by = &*steps::in_order(&ahead, by);
            for event in self.go_on(&mut ahead, place, by, asked, brought_by).map_err(Attempt::Refused)? {
                unsealed.push(self.unsealed(incident.log, &event, by).map_err(Attempt::Refused)?);
            }
        }
        if unsealed.is_empty() {
            self.found_done(incident.log, said.len()).await;
            return Ok(Vec::new());
        }
        let summary = summary_row(&ahead, &Summary::from(&ahead)).map_err(Attempt::Refused)?;
        let stories = story_rows(&ahead).map_err(Attempt::Refused)?;
        let append =
            Append { log: incident.log, expected: incident.head, events: unsealed, summary, stories };
        let appended = self.store.append(append).await;
        self.hidden.forget();
        let appended = appended.map_err(Attempt::Again)?;
        let events: Vec<Recorded> = appended.events.iter().map(recorded).collect();
        for event in &events {
            incident.apply(event);
        }
        Ok(events)
    }
}
