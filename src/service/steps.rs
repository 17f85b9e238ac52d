//! The mark that the wall clock was set between two entries of a log, and the moments of entries between which it only
//! shook. It must not correct any time that was recorded: that stays, and the order of a log is that of its positions.

use std::borrow::Cow;

use super::room::Attempt;
use super::{By, Failure, Service};
use crate::domain::event::{ClockStepped, Event, NewEvent};
use crate::domain::ids::LogId;
use crate::domain::incident::Incident;
use crate::domain::time::HostClock;
use crate::store::StoreError;

impl Service {
    /// Marks that the clock was set since the last entry, if it was: for a room in which nobody says anything.
    ///
    /// # Errors
    /// What the store says. Whoever wrote at the same moment has marked it.
    pub async fn mark_step(&self, log: LogId, by: &By) -> Result<(), Failure> {
        let slot = self.inner.slot(log).await;
        let mut slot = slot.lock().await;
        let _turn = self.inner.store.turn().await?;
        let incident = self.inner.catch_up(log, &mut slot).await?;
        match self.inner.try_submit(incident, by, &[]).await {
            Ok(_) | Err(Attempt::Again(StoreError::Conflict { .. })) => Ok(()),
            Err(Attempt::Again(error)) => Err(error.into()),
            Err(Attempt::Refused(failure)) => Err(failure),
        }
    }
}

/// The mark, if the clock was set since the last entry.
pub(super) fn mark(incident: &Incident, by: &By) -> Option<NewEvent> {
    let (before, now) = ((incident.head_at, incident.head_host), (by.stamp.at, by.stamp.host()));
    let by_ms = HostClock::stepped(before, now)?.num_milliseconds();
    let event = Event::ClockStepped(ClockStepped { by_ms });
    Some(NewEvent {
        by: by.person.clone(),
        occurred_at: None,
        about: false,
        undoes: None,
        brought_by: None,
        event,
    })
}

/// Who says what follows the last entry, at a moment that is not before it, unless the clock was set.
pub(super) fn in_order<'a>(incident: &Incident, by: &'a By) -> Cow<'a, By> {
    match by.stamp.put_off(incident.head_at) {
        Some(stamp) if mark(incident, by).is_none() => Cow::Owned(By { stamp, ..by.clone() }),
        _ => Cow::Borrowed(by),
    }
}

/// Whether an event is such a mark: the program said it, not the person whose request it came with.
pub(super) fn is_mark(event: Option<&Event>) -> bool {
    matches!(event, Some(Event::ClockStepped(_)))
}
