//! Whether the rows of lists say what the logs do: every log has one, and all that is in it follows from the log. It must
//! not mend them (`repair` does).

use std::collections::{BTreeMap, HashMap};

use super::room::recorded;
use super::rows::{story_rows, summary_row};
use super::{Failure, Service};
use crate::domain::ids::{LogId, Seq, StoryId};
use crate::domain::incident::Incident;
use crate::domain::log::Digest;
use crate::domain::summary::{StorySummary, Summary};
use crate::store::{StoryFilter, StoryRow, SummaryFilter, SummaryRow};

/// How many events are read at once.
const PAGE: u32 = 1000;

/// How often an incident is looked at again into which others write meanwhile.
const TRIES: usize = 8;

/// An incident of which lists say other than its log does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its name; the id of its log where nothing has one.
    pub name: String,
    /// It has a row: otherwise no list and no command finds it.
    pub is_listed: bool,
    /// Another one has its name, and the row: an older version gave the number away twice.
    pub twice: Option<Twice>,
}

/// Two logs that were declared under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twice {
    /// The one that lists have.
    pub listed: LogId,
    /// The one that no list has.
    pub unlisted: LogId,
}

impl Twice {
    /// The one that was begun later: ids are ordered by time.
    #[must_use]
    pub fn later(self) -> LogId {
        self.listed.max(self.unlisted)
    }
}

impl Service {
    /// The incidents of which lists say other than their logs do: an older version wrote the row and took an event
    /// for something else, or it was changed or taken away by hand.
    ///
    /// # Errors
    /// What the store says.
    pub async fn stale_rows(&self) -> Result<Vec<Stale>, Failure> {
        let all = SummaryFilter { states: Vec::new(), limit: u32::MAX };
        let rows = self.inner.store.summaries(all).await?;
        let mut rows: HashMap<LogId, SummaryRow> = rows.into_iter().map(|row| (row.log, row)).collect();
        let mut stale = Vec::new();
        // The rows first: a log that is begun meanwhile is looked for again.
        for log in self.inner.store.logs().await? {
            let mut row = rows.remove(&log);
            for _ in 0..TRIES {
                if let Some(row) = &row
                    && self.follows(log, row).await?
                {
                    break;
                }
                // Others may write meanwhile, row and events at once.
                let now = self.listed_as(log).await?;
                if now == row {
                    stale.push(self.stale(log, row).await?);
                    break;
                }
                row = now;
            }
        }
        Ok(stale)
    }

    async fn listed_as(&self, log: LogId) -> Result<Option<SummaryRow>, Failure> {
        match self.inner.store.id_of(log).await? {
            Some(id) => Ok(self.inner.store.summary(id).await?.filter(|row| row.log == log)),
            None => Ok(None),
        }
    }

    /// What people know a log by that has such a row: its declaration says it.
    async fn stale(&self, log: LogId, row: Option<SummaryRow>) -> Result<Stale, Failure> {
        let mut incident = Incident::new(log);
        self.inner.store.read(log, Seq::NONE, 1).await?.iter().for_each(|e| incident.apply(&recorded(e)));
        let name = match &row {
            _ if incident.is_declared() => incident.id.to_string(),
            Some(row) => row.id.to_string(),
            None => log.to_string(),
        };
        let named = if incident.is_declared() { self.inner.store.log_of(incident.id).await? } else { None };
        let other = named.filter(|other| row.is_none() && *other != log);
        let twice = other.map(|listed| Twice { listed, unlisted: log });
        Ok(Stale { name, is_listed: row.is_some(), twice })
    }

    /// Whether a row and those of the stories are what follows from the log.
    async fn follows(&self, log: LogId, row: &SummaryRow) -> Result<bool, Failure> {
        let mut incident = Incident::new(log);
        let (mut head, mut hash) = (Seq::NONE, Digest::ZERO);
        loop {
            let page = self.inner.store.read(log, head, PAGE).await?;
            for event in &page {
                incident.apply(&recorded(event));
                (head, hash) = (event.seq, event.hash);
            }
            if u32::try_from(page.len()).unwrap_or(u32::MAX) < PAGE {
                break;
            }
        }
        // That a declaration is gone is told by its log.
        if !incident.is_declared() {
            return Ok(true);
        }
        let Ok(said) = serde_json::from_str::<Summary>(&row.body) else { return Ok(false) };
        // A clock that was set back shows in the row alone.
        let says = Summary { updated_at: said.updated_at, ..Summary::from(&incident) };
        let columns = |row: &SummaryRow| {
            let times = [row.declared_at, row.updated_at].map(|at| at.timestamp_millis());
            (row.id, row.state.clone(), times, row.head)
        };
        if said != says || columns(row) != columns(&summary_row(&incident, &says)?) {
            return Ok(false);
        }
        if (row.head, row.head_hash) != (head, hash) {
            return Ok(false);
        }
        let of_it = StoryFilter { states: Vec::new(), due_before: None, incident: Some(row.id) };
        let there = self.inner.store.stories(of_it).await?;
        Ok(by_name(there) == by_name(story_rows(&incident)?))
    }
}

/// The rows of stories as they are compared: an older version may have written the same in other words.
fn by_name(rows: Vec<StoryRow>) -> BTreeMap<StoryId, (String, Option<String>, Option<StorySummary>)> {
    let said = |row: StoryRow| (row.id, (row.state, row.due, serde_json::from_str(&row.body).ok()));
    rows.into_iter().map(said).collect()
}
