//! What is typed and not stored: the draft journal, as the loop uses it. It must not drop text because a disk is
//! full: what cannot be written is told, and the text stays in the composer.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::model::Draft;
use crate::app::msg::Trouble;
use crate::domain::ids::{EventId, IncidentId, LogId, Seq};
use crate::domain::incident::Incident;
use crate::domain::time::Utc;
use crate::service::Failure;
use crate::shell::drafts::{Draft as Stored, Journal, Syncer};
use crate::shell::session::Session;

/// The rest of a composer's state, in the journal's form.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Rest {
    open: bool,
    scribe: bool,
    amends: Option<(Seq, Seq)>,
    unsent: Vec<(String, Utc)>,
}

/// The journal of this process, and what those before it left.
pub(super) struct Kept {
    journal: Option<Journal>,
    /// Drafts of processes that are gone, by room.
    left: HashMap<EventId, Stored>,
    note: Option<String>,
}

impl Kept {
    /// Begins the journal and takes over what was left behind. A home that cannot be written is told once; the room
    /// works on without a journal.
    pub(super) fn begin(session: &Session) -> Self {
        let name = format!("{}-{}", session.environment.pid, session.ids.token());
        let mut kept = Self { journal: None, left: HashMap::new(), note: None };
        match Journal::begin(&session.home.drafts(), &name) {
            Ok(mut journal) => {
                match journal.take_over(session.clock.running()) {
                    Ok(recovered) => {
                        kept.left = recovered.drafts.into_iter().map(|d| (d.id, d)).collect();
                        if let Some(path) = recovered.unreadable.first() {
                            kept.note = Some(format!("a draft could not be read: {}", path.display()));
                        }
                    }
                    Err(error) => kept.note = Some(error.to_string()),
                }
                kept.journal = Some(journal);
            }
            Err(error) => kept.note = Some(error.to_string()),
        }
        kept
    }

    /// What to tell at the start, once.
    pub(super) fn note(&mut self) -> Option<String> {
        self.note.take()
    }

    /// Syncs the journal from another thread.
    pub(super) fn syncer(&self) -> Option<Syncer> {
        self.journal.as_ref().map(Journal::syncer)
    }

    /// What was typed in a room and not stored; offered once. A line that was handed over and that the log has by
    /// now is left out.
    pub(super) fn draft(&mut self, incident: &Incident) -> Option<Draft> {
        let stored = self.left.remove(&EventId(incident.log.0))?;
        let rest: Rest = serde_json::from_str(&stored.rest).unwrap_or_default();
        let mut draft = Draft {
            text: stored.text,
            cursor: stored.cursor,
            fixed_at: stored.at,
            open: rest.open,
            scribe: rest.scribe,
            amends: rest.amends,
            unsent: rest.unsent,
        };
        let recent: Vec<_> = incident.timeline.stored().iter().rev().take(256).collect();
        draft.unsent.retain(|(typed, at)| {
            !recent.iter().any(|e| e.occurred_at == *at && typed.contains(e.text.as_str()))
        });
        Some(draft)
    }

    /// Writes what is typed, before it is drawn; `None` forgets it.
    pub(super) fn keep(
        &mut self,
        log: LogId,
        incident: Option<IncidentId>,
        draft: Option<Draft>,
        running: Duration,
    ) -> Result<(), Trouble> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let id = EventId(log.0);
        let done = match draft {
            None => journal.done(id, running),
            Some(draft) => {
                let mode = if draft.scribe { "scribe" } else { "insert" };
                let rest = Rest {
                    open: draft.open,
                    scribe: draft.scribe,
                    amends: draft.amends,
                    unsent: draft.unsent,
                };
                let stored = Stored {
                    id,
                    incident,
                    field: "composer".to_owned(),
                    mode: mode.to_owned(),
                    text: draft.text,
                    cursor: draft.cursor,
                    at: draft.fixed_at,
                    rest: serde_json::to_string(&rest).unwrap_or_default(),
                };
                journal.write(&stored, running)
            }
        };
        done.map_err(|error| Trouble::new(error.to_string(), "store the line soon, or make room on the disk"))
    }

    /// Puts a text that is too long for a line into a file of its own, and gives its path.
    pub(super) fn aside(&self, text: &str, session: &Session) -> Result<String, Failure> {
        let path = session.home.drafts().join(format!("kept-{}.txt", session.ids.token()));
        std::fs::write(&path, text)
            .map_err(|e| Failure::no(format!("{} cannot be written: {e}", path.display())))?;
        Ok(path.display().to_string())
    }

    /// How long until the journal wants to be synced.
    pub(super) fn due_in(&self, running: Duration) -> Option<Duration> {
        self.journal.as_ref().and_then(|j| j.due_in(running))
    }

    /// What another thread is to sync now, if anything.
    pub(super) fn due(&mut self, running: Duration) -> Option<Syncer> {
        self.journal.as_mut()?.due(running)
    }

    /// Syncs now.
    pub(super) fn sync(&mut self) {
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.sync()
        {
            tracing::warn!(%error, "the draft journal cannot be synced");
        }
    }
}
