//! What every subcommand works with: the session, the way out, and a room to write in. It must not print beside
//! [`Output`].

use std::sync::{Mutex, PoisonError};

use std::time::Duration;

use super::arguments;
use super::output::{Answer, Output, Stop};
use super::views::{self, EntryView};
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::incident::Incident;
use crate::domain::request::Asked;
use crate::domain::time::Utc;
use crate::service::{Cause, Failure, FailureKind, IndexOpening, Service, Submitted};
use crate::shell::session::{Opening, Session};

/// Session and output of one command.
pub(super) struct Context<'a> {
    /// Home, configuration, clock, identity.
    pub(super) session: Session,
    /// Where the answer goes.
    pub(super) out: &'a Output,
    /// The index, whose opening has begun, for the service that is opened first.
    index: Mutex<Option<IndexOpening>>,
    /// What was opened, to be closed at the end.
    opened: Mutex<Vec<Service>>,
}

/// Between two questions to an index that another program is writing.
const PAUSE: Duration = Duration::from_millis(250);
/// How often it is asked while that one builds it: for two minutes.
const WHILE_BUILT: u32 = 480;
/// How often it is asked while that one does something else with it, which takes moments: for five seconds.
const WHILE_HELD: u32 = 20;

impl<'a> Context<'a> {
    pub(super) const fn new(session: Session, index: Option<IndexOpening>, out: &'a Output) -> Self {
        Self { session, out, index: Mutex::new(index), opened: Mutex::new(Vec::new()) }
    }
}

impl Context<'_> {
    async fn open(&self, opening: Opening) -> Result<Service, Stop> {
        let mut service = self.session.open(opening).await?;
        let index = self.index.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(index) = index {
            service = service.with_index(index);
        }
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(service.clone());
        Ok(service)
    }

    /// Lets go of the files, so that the database is whole in its one file when nobody else has it open.
    pub(super) async fn close(&self) {
        let opened = std::mem::take(&mut *self.opened.lock().unwrap_or_else(PoisonError::into_inner));
        for service in opened {
            if let Some(failure) = service.mirror_trouble() {
                self.out.say(&failure.to_string());
            }
            // What was answered is stored whether or not this works.
            let _ = service.close().await;
        }
    }

    /// The service, for reading: no home is made.
    pub(super) async fn reading(&self) -> Result<Service, Stop> {
        self.open(Opening::Read).await
    }

    /// The service, for asking the memory: as [`Context::reading`], and the database is opened when an answer needs it.
    pub(super) async fn recalling(&self) -> Result<Service, Stop> {
        self.open(Opening::Recall).await
    }

    /// The answer of the memory. While another program builds the index it is waited for: nobody who asks wants to hear
    /// that somebody else is at work.
    pub(super) async fn answered<T>(
        &self,
        service: &Service,
        ask: impl AsyncFn(&Service) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut tries: u32 = 0;
        loop {
            let held = match ask(service).await {
                Err(failure) if failure.cause == Cause::IndexHeld => failure,
                answer => {
                    // A command asks once.
                    service.let_go_of_index();
                    return answer;
                }
            };
            let built = service.index_built_elsewhere();
            if tries >= if built { WHILE_BUILT } else { WHILE_HELD } {
                let why = "nothing was searched: the search index is being written by another warroom";
                return Err(Failure::new(FailureKind::Conflict, why)
                    .hint("try again in a moment")
                    .because(held.cause));
            }
            if built && tries == 0 {
                self.out.say("another warroom is building the search index: waiting for it");
            }
            tries = tries.saturating_add(1);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The service, for writing.
    pub(super) async fn writing(&self) -> Result<Service, Stop> {
        self.open(Opening::Write).await
    }

    /// An incident to look at.
    pub(super) async fn look(&self, name: &str) -> Result<(Service, LogId), Stop> {
        let service = self.reading().await?;
        let (_, log) = service.named(name).await?;
        Ok((service, log))
    }

    /// An incident to write to.
    pub(super) async fn room(&self, name: &str) -> Result<Room<'_>, Stop> {
        // What is not there cannot be written to, and asking for it makes no home.
        let opening = if self.session.home.exists() { Opening::Write } else { Opening::Read };
        let service = self.open(opening).await?;
        let (id, log) = service.named(name).await?;
        Ok(Room { context: self, service, id, log })
    }

    /// Now.
    pub(super) fn now(&self) -> Utc {
        self.session.clock.now()
    }

    /// The time of `--at`.
    pub(super) fn at(&self, text: Option<&str>) -> Result<Option<(Utc, bool)>, Stop> {
        text.map(|t| arguments::past(t, self.now())).transpose()
    }
}

/// An incident that a command writes to.
pub(super) struct Room<'a> {
    context: &'a Context<'a>,
    /// The use cases.
    pub(super) service: Service,
    /// Its name.
    pub(super) id: IncidentId,
    /// Its log.
    pub(super) log: LogId,
}

impl Room<'_> {
    /// The fold as it is now.
    pub(super) async fn incident(&self) -> Result<Incident, Stop> {
        Ok(self.service.incident(self.log).await?)
    }

    /// Submits requests as one, then writes down the clocks that ran out by them; those that had run out before are
    /// written with them.
    pub(super) async fn submit(&self, asked: &[Asked]) -> Result<Submitted, Stop> {
        let by = self.context.session.by();
        let asked = self.service.well_named(self.log, asked).await?;
        let submitted = self.service.submit(self.log, &by, &asked, Seq(u64::MAX)).await?;
        for event in submitted.own_events().iter().filter_map(|e| e.event.as_ref()) {
            for rule in crate::domain::secret::marks(event) {
                self.context.out.say(&format!(
                    "masked before it was stored: {rule}; revoke it. #unmasked in the line keeps one, in this room only"
                ));
            }
        }
        // A link that only one of both tells is told in full by `show`.
        let _ = self.service.link_back(self.id, &by, submitted.own_events()).await;
        // The command is done whether or not this works: the next one writes what is missing.
        let _ = self.service.record_breaches(self.log, &by).await;
        Ok(submitted)
    }

    /// Submits one request and prints the lines that it made, or `about` where it made none.
    pub(super) async fn perform(&self, asked: impl Into<Asked>, about: Option<Seq>) -> Answer {
        let submitted = self.submit(&[asked.into()]).await?;
        self.tell(&submitted, about).await
    }

    /// The lines that events made; the line `about` where they made none.
    pub(super) async fn lines(
        &self,
        submitted: &Submitted,
        about: Option<Seq>,
    ) -> Result<Vec<EntryView>, Stop> {
        let incident = self.incident().await?;
        let own = submitted.own_events().iter().map(|e| e.seq);
        let view = |entry| EntryView::of(&incident, entry);
        let mut lines: Vec<EntryView> = own.filter_map(|seq| incident.timeline.get(seq)).map(view).collect();
        if let Some(entry) = about.and_then(|seq| incident.timeline.get(seq)) {
            lines.retain(|line| line.seq != entry.seq);
            lines.insert(0, view(entry));
        }
        Ok(lines)
    }

    /// Prints what events made.
    pub(super) async fn tell(&self, submitted: &Submitted, about: Option<Seq>) -> Answer {
        self.tell_more(submitted, about, serde_json::Map::new()).await
    }

    /// The same, with more fields in the document.
    pub(super) async fn tell_more(
        &self,
        submitted: &Submitted,
        about: Option<Seq>,
        more: serde_json::Map<String, serde_json::Value>,
    ) -> Answer {
        let (entries, now) = (self.lines(submitted, about).await?, self.context.now());
        let mut document = serde_json::json!({ "id": self.id, "entries": entries });
        if let Some(fields) = document.as_object_mut() {
            fields.extend(more);
        }
        self.context.out.answer(&document, || {
            if entries.is_empty() {
                return format!("{}: nothing changed", self.id);
            }
            let lines: Vec<String> =
                entries.iter().map(|e| format!("{} {}", self.id, views::lone_entry_line(e, now))).collect();
            lines.join("\n")
        })
    }
}
