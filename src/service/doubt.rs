//! Appends of which nobody knows how they ended: the device failed on the way. Whoever asks for the same again gets
//! the same ids, so that what did reach the disk is not stored twice. It must not decide what is tried again.

use std::sync::{Mutex, PoisonError};

use super::Inner;
use crate::domain::ids::{EventId, LogId};
use crate::domain::request::Asked;
use crate::store::{Append, Appended, StoreError, Unsealed};

/// More than a person has in the air at once.
const MOST: usize = 64;

struct Doubt {
    log: LogId,
    person: String,
    asked: Vec<Asked>,
    ids: Vec<EventId>,
}

/// What this process tried and does not know the end of.
#[derive(Default)]
pub(super) struct Doubts(Mutex<Vec<Doubt>>);

impl Doubts {
    /// Gives events the ids that they had when the same was asked before. Says whether it did.
    fn same_ids(&self, log: LogId, person: &str, asked: &[Asked], events: &mut [Unsealed]) -> bool {
        let doubts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |d: &&Doubt| d.log == log && d.person == person && d.asked == asked;
        let Some(doubt) = doubts.iter().find(same).filter(|d| d.ids.len() == events.len()) else {
            return false;
        };
        for (event, id) in events.iter_mut().zip(&doubt.ids) {
            event.id = *id;
        }
        true
    }

    /// Remembers what was tried.
    fn remember(&self, log: LogId, person: &str, asked: &[Asked], ids: Vec<EventId>) {
        self.forget(log, person, asked);
        let mut doubts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if doubts.len() >= MOST {
            doubts.remove(0);
        }
        doubts.push(Doubt { log, person: person.to_owned(), asked: asked.to_vec(), ids });
    }

    /// It is known by now how it ended.
    fn forget(&self, log: LogId, person: &str, asked: &[Asked]) {
        let mut doubts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        doubts.retain(|d| d.log != log || d.person != person || d.asked != asked);
    }
}

impl Inner {
    /// What was asked and is answered as done already may be of somebody who was killed before the mirror had it. It is stored
    /// whether or not the mirror can be written.
    pub(super) async fn found_done(&self, log: LogId, asked: usize) {
        if asked > 0
            && let Err(error) = self.store.complete_mirror(log).await
        {
            tracing::warn!(%log, %error, "the mirror was not completed");
        }
    }

    /// Appends what was asked. What was asked before, with an end that nobody knows, is not stored a second time.
    pub(super) async fn append_once(
        &self,
        person: &str,
        asked: &[Asked],
        mut append: Append,
    ) -> Result<Appended, StoreError> {
        let log = append.log;
        let again = self.doubts.same_ids(log, person, asked, &mut append.events);
        let ids: Vec<_> = append.events.iter().map(|event| event.id).collect();
        let appended = self.store.append(append).await;
        self.hidden.forget();
        match &appended {
            Ok(_) if again => self.doubts.forget(log, person, asked),
            Err(StoreError::EventTaken { .. }) => self.doubts.forget(log, person, asked),
            Err(error) if error.is_doubtful() => self.doubts.remember(log, person, asked, ids),
            _ => {}
        }
        appended
    }
}
