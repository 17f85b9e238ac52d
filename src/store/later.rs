//! A store that is opened by whoever asks it first: what needs none in the end loses no time with it. It must not open
//! twice, nor answer anything by itself.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use tokio::sync::Mutex;

use super::{Answer, Append, Appended, EventStore, StoreError, StoredEvent, StoryFilter, StoryRow};
use super::{SqliteStore, SummaryFilter, SummaryRow, Tally, Turn};
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::log::{Digest, RawEvent};

/// See the module.
pub struct LaterStore {
    state: Mutex<State>,
}

type Opening = Pin<Box<dyn Future<Output = Result<SqliteStore, StoreError>> + Send>>;

enum State {
    /// Begins when it is waited for.
    Unopened(Opening),
    Open(SqliteStore),
    /// It failed, and why was told to the first who asked; or it was closed before anybody did.
    Shut,
}

impl LaterStore {
    /// What an opening will give, which begins with the first question.
    #[must_use]
    pub fn new(opening: impl Future<Output = Result<SqliteStore, StoreError>> + Send + 'static) -> Self {
        Self { state: Mutex::new(State::Unopened(Box::pin(opening))) }
    }

    /// The store, as soon as it is open.
    async fn store(&self) -> Result<SqliteStore, StoreError> {
        let mut state = self.state.lock().await;
        if let State::Unopened(opening) = &mut *state {
            match opening.await {
                Ok(store) => *state = State::Open(store),
                Err(error) => {
                    *state = State::Shut;
                    return Err(error);
                }
            }
        }
        match &*state {
            State::Open(store) => Ok(store.clone()),
            State::Unopened(_) | State::Shut => Err(StoreError::Closed),
        }
    }
}

/// Each waits for the store and asks it.
macro_rules! when_open {
    ($($name:ident($($given:ident: $kind:ty),*) -> $answer:ty;)*) => {$(
        fn $name(&self, $($given: $kind),*) -> Answer<'_, $answer> {
            Box::pin(async move { self.store().await?.$name($($given),*).await })
        }
    )*};
}

impl EventStore for LaterStore {
    when_open! {
        append(append: Append) -> Appended;
        head(log: LogId) -> Option<(Seq, Digest)>;
        read(log: LogId, after: Seq, limit: u32) -> Vec<StoredEvent>;
        read_last(log: LogId, n: u32) -> Vec<StoredEvent>;
        read_raw(log: LogId) -> Vec<RawEvent>;
        logs() -> Vec<LogId>;
        next_number(year: u16) -> u32;
        unlisted(listed: u32) -> Vec<LogId>;
        log_of(id: IncidentId) -> Option<LogId>;
        summaries(filter: SummaryFilter) -> Vec<SummaryRow>;
        summary(id: IncidentId) -> Option<SummaryRow>;
        summaries_of(ids: Vec<IncidentId>) -> Vec<SummaryRow>;
        numbered(number: u32) -> Option<(IncidentId, LogId)>;
        id_of(log: LogId) -> Option<IncidentId>;
        naming(id: IncidentId) -> Vec<SummaryRow>;
        stories(filter: StoryFilter) -> Vec<StoryRow>;
        tally(stories: StoryFilter) -> Tally;
        erase_payload(log: LogId, seq: Seq) -> bool;
        changed_by_others() -> bool;
        in_its_place() -> ();
        lacks_no_log() -> ();
        look_over() -> Option<String>;
        complete_mirror(log: LogId) -> usize;
        turn() -> Turn;
        warm() -> ();
    }

    fn has(&self, text: &str) -> Answer<'_, bool> {
        let text = text.to_owned();
        Box::pin(async move { self.store().await?.has(&text).await })
    }

    fn without(&self, text: &str) -> Answer<'_, Vec<SummaryRow>> {
        let text = text.to_owned();
        Box::pin(async move { self.store().await?.without(&text).await })
    }

    fn only(&self, state: &str, limit: u32) -> Answer<'_, Option<(LogId, Vec<StoredEvent>)>> {
        let state = state.to_owned();
        Box::pin(async move { self.store().await?.only(&state, limit).await })
    }

    fn backup(&self, to: &Path) -> Answer<'_, ()> {
        let to = to.to_owned();
        Box::pin(async move { self.store().await?.backup(&to).await })
    }

    fn may_copy_to(&self, folder: &Path) -> bool {
        match self.state.try_lock().as_deref() {
            Ok(State::Open(store)) => store.may_copy_to(folder),
            // Nothing is copied before it is open.
            _ => false,
        }
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let mut state = self.state.lock().await;
            match &*state {
                State::Open(store) => store.close().await,
                // Nothing was opened that could be let go of.
                State::Unopened(_) | State::Shut => {
                    *state = State::Shut;
                    Ok(())
                }
            }
        })
    }
}
