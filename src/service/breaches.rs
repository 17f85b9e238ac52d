//! Writes down the clocks that ran out, and what is due in an exercise. When one does, and until when it runs, says the
//! domain (`clocks`). It must not keep anybody from writing what he came to write.

use super::room::{Attempt, provisional};
use super::{By, Failure, Inner, Service, steps};
use crate::domain::clocks::{self, ClockKey};
use crate::domain::event::{Event, NewEvent, Recorded};
use crate::domain::ids::LogId;
use crate::domain::incident::Incident;
use crate::domain::request::{Asked, Request};
use crate::domain::time::Utc;
use crate::domain::words::IncidentKind;
use crate::store::StoreError;

impl Service {
    /// Writes down the clocks that ran out and the injects of a drill that are due and not in the log yet. Called by an
    /// open room and after a writing command; two rooms write a breach once, because its id follows from incident, clock and deadline.
    ///
    /// # Errors
    /// What the store says; a breach that another room wrote first is none.
    pub async fn record_breaches(&self, log: LogId, by: &By) -> Result<Vec<Recorded>, Failure> {
        let slot = self.inner.slot(log).await;
        let mut slot = slot.lock().await;
        let incident = self.inner.catch_up(log, &mut slot).await?;
        if incident.injects_due(by.stamp.at).is_empty()
            && clocks::unrecorded_breaches(incident, &self.inner.policy, by.stamp.at).is_empty()
        {
            // As after almost every line: nobody has to wait for a turn in which nothing is written.
            return Ok(Vec::new());
        }
        let _turn = self.inner.store.turn().await?;
        let incident = self.inner.catch_up(log, &mut slot).await?;
        self.inner.injects_due(incident, by).await?;
        let found = clocks::unrecorded_breaches(incident, &self.inner.policy, by.stamp.at);
        self.inner.write_breaches(incident, by, found).await
    }
}

impl Inner {
    /// Writes down what had run out when that happened which is asked for: an answer, a resolve, another deadline ends
    /// or moves the clock, and nobody would see any more that it came late. The line says who owed it then.
    pub(super) async fn breaches_before(
        &self,
        incident: &mut Incident,
        by: &By,
        asked: &[Asked],
    ) -> Result<(), Failure> {
        let mut found = match steps::mark(incident, by) {
            None => clocks::unrecorded_breaches(incident, &self.policy, by.stamp.at),
            // That the clock was set is written first, and what is due moves with it.
            Some(mark) => {
                let mut ahead = incident.clone();
                ahead.apply(&provisional(incident, &mark, by));
                clocks::unrecorded_breaches(&ahead, &self.policy, by.stamp.at)
            }
        };
        if found.is_empty() {
            return Ok(());
        }
        // Whatever is refused is so when it is submitted.
        let Ok(events) = self.decided(incident, by, asked) else { return Ok(()) };
        let Some(happened) = events.iter().map(|e| e.occurred_at.unwrap_or(by.stamp.at)).min() else {
            return Ok(());
        };
        if events.iter().any(is_no_end) {
            return Ok(());
        }
        found.retain(|(_, deadline)| *deadline < happened);
        self.write_breaches(incident, by, found).await.map(drop)
    }

    async fn write_breaches(
        &self,
        incident: &mut Incident,
        by: &By,
        found: Vec<(ClockKey, Utc)>,
    ) -> Result<Vec<Recorded>, Failure> {
        let mut written = Vec::new();
        for (key, deadline) in found {
            let asked = Request::RecordBreach { clock: key.to_string(), deadline }.into();
            match self.try_submit(incident, by, std::slice::from_ref(&asked)).await {
                Ok(events) => written.extend(events),
                Err(Attempt::Again(StoreError::Conflict { .. } | StoreError::EventTaken { .. })) => break,
                Err(Attempt::Again(error)) => return Err(error.into()),
                Err(Attempt::Refused(_)) => {}
            }
        }
        Ok(written)
    }
}

/// It ends a clock and says nothing of what came late: the incident was written down after it was over and never had
/// any, or words are erased that the line would quote.
fn is_no_end(new: &NewEvent) -> bool {
    match &new.event {
        Event::DetailsChanged(e) => e.kind == Some(IncidentKind::Backfilled),
        Event::Redacted(_) => true,
        _ => false,
    }
}
