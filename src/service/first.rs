//! What a screen begins with: the only open incident, or nothing that was lost. It must not open anything.

use super::room::{PAGE, is_full, recorded};
use super::{Failure, Service};
use crate::domain::incident::Incident;
use crate::domain::words::State;
use crate::store::{EventStore, StoreError, SummaryFilter};

impl Service {
    /// The fold of the only open incident; none where none is open, or several are.
    ///
    /// # Errors
    /// What the store says.
    pub async fn only_open(&self) -> Result<Option<Incident>, Failure> {
        let Some((log, events)) = self.inner.store.only(State::Open.as_str(), PAGE).await? else {
            return Ok(None);
        };
        let slot = self.inner.slot(log).await;
        let mut slot = slot.lock().await;
        let incident = slot.insert(Incident::new(log));
        events.iter().for_each(|event| incident.apply(&recorded(event)));
        if is_full(&events) {
            self.inner.catch_up(log, &mut slot).await?;
        }
        Ok(slot.clone())
    }

    /// Refuses a home that has nothing at all where its mirror has something: see [`not_emptied`].
    ///
    /// # Errors
    /// That it is so.
    pub async fn not_emptied(&self) -> Result<(), Failure> {
        Ok(not_emptied(&*self.inner.store).await?)
    }
}

/// Refuses a database that has nothing at all where its mirror has something: it would read as an empty past.
///
/// # Errors
/// That it is so.
pub async fn not_emptied(store: &dyn EventStore) -> Result<(), StoreError> {
    let any = SummaryFilter { states: Vec::new(), limit: 1 };
    match store.summaries(any).await {
        Ok(rows) if rows.is_empty() => store.lacks_no_log().await,
        // What cannot be read is told by whoever reads it.
        _ => Ok(()),
    }
}
