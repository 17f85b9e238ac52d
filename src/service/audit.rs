//! Every write of a log with what is known of it: who, from where, when it was stored, its hash; a line's former form
//! where it was changed. It must not leave anything out: what is hidden on a screen is an entry here as any other.

use super::room::recorded;
use super::{Failure, Service};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{LogId, Seq};
use crate::domain::incident::Incident;
use crate::domain::log::Digest;
use crate::domain::time::Utc;

/// How many events are read at once.
const PAGE: u32 = 1000;

/// A write.
#[derive(Debug, Clone)]
pub struct Written {
    /// The event, as it is read today.
    pub event: Recorded,
    /// Kind and version of its wire form.
    pub kind: String,
    /// The digest of its header.
    pub hash: Digest,
    /// The line that it wrote, as it was written.
    pub text: Option<String>,
    /// The line that it is about, as it was before.
    pub former: Option<Former>,
    /// Its words were erased later.
    pub redacted: bool,
}

/// A line before it was changed.
#[derive(Debug, Clone)]
pub struct Former {
    /// Which line.
    pub line: Seq,
    /// Its text.
    pub text: String,
    /// When it was said to have happened.
    pub occurred_at: Utc,
}

impl Service {
    /// Every write of an incident, in the order of the log.
    ///
    /// # Errors
    /// What the store says.
    pub async fn audit(&self, log: LogId) -> Result<Vec<Written>, Failure> {
        let mut incident = Incident::new(log);
        let mut written: Vec<Written> = Vec::new();
        loop {
            let last = written.last().map_or(Seq::NONE, |w| w.event.seq);
            let page = self.inner.store.read(log, last, PAGE).await?;
            let full = u32::try_from(page.len()).unwrap_or(u32::MAX) >= PAGE;
            for stored in &page {
                let event = recorded(stored);
                let former = event.event.as_ref().and_then(about).and_then(|line| {
                    let entry = incident.timeline.get(line)?;
                    Some(Former { line, text: entry.text.clone(), occurred_at: entry.occurred_at })
                });
                incident.apply(&event);
                let text = incident.timeline.get(event.seq).map(|entry| entry.text.clone());
                let (kind, redacted) = (stored.kind.to_string(), stored.body.is_none());
                written.push(Written { event, kind, hash: stored.hash, text, former, redacted });
            }
            if !full {
                return Ok(written);
            }
        }
    }
}

/// The line that an event changes.
const fn about(event: &Event) -> Option<Seq> {
    match event {
        Event::Amended(e) => Some(e.target),
        Event::Struck(e) => Some(e.target),
        Event::Restored(e) => Some(e.target),
        Event::Starred(e) => Some(e.target),
        Event::Redacted(e) => Some(e.target),
        _ => None,
    }
}
