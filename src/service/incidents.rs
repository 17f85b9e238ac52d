//! Finding incidents and stories, and checking their logs. It must not change anything.

use std::collections::HashMap;

use serde::Serialize;

use super::{Failure, FailureKind, Service};
use crate::domain::ids::{IncidentId, LogId, Seq, StoryId};
use crate::domain::log::{Digest, verify};
use crate::domain::postmortem::document;
use crate::domain::stories::{is_of, raise};
use crate::domain::summary::{StorySummary, Summary};
use crate::domain::words::{State, StoryKind, StoryState, fold_word};
use crate::store::{EventStore, StoryFilter, SummaryFilter};

/// Which incidents a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// The states; empty for all.
    pub states: Vec<State>,
    /// The most rows; 0 for all.
    pub limit: u32,
}

/// Which stories a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoryQuery {
    /// The states; empty for all.
    pub states: Vec<StoryState>,
    /// Only those whose day has passed on this day and that have not shipped.
    pub overdue_on: Option<chrono::NaiveDate>,
    /// Only those of one owner; `-` for those without one.
    pub owner: Option<String>,
    /// Only those of one incident.
    pub incident: Option<IncidentId>,
    /// Only those that have not shipped and are due by this day.
    pub due_by: Option<chrono::NaiveDate>,
    /// Only those of one severity, without case.
    pub severity: Option<String>,
    /// Only those of one kind.
    pub kind: Option<StoryKind>,
}

/// The improvement stories of an incident that are late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrears {
    /// The incident.
    pub incident: IncidentId,
    /// The day of the one that waits longest.
    pub since: chrono::NaiveDate,
    /// How many.
    pub stories: u32,
}

/// How many there are of what the home screen lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not resolved.
    pub open: u64,
    /// Resolved, not closed.
    pub resolved: u64,
    /// Closed.
    pub closed: u64,
    /// Stories whose day has passed and that have not shipped.
    pub overdue_stories: u64,
}

/// What a check of logs found; the fields are those of `verify --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Everything holds together.
    pub ok: bool,
    /// How many events were checked.
    pub checked: u64,
    /// How many of them have their words erased, as the log says.
    pub redacted: u64,
    /// The first event that does not hold.
    pub first_broken: Option<BrokenAt>,
    /// Each log's name, last position and its digest.
    pub heads: Vec<HeadOf>,
    /// The heads in published postmortems with which the logs were compared.
    pub compared: Vec<HeadOf>,
    /// How far a remote of the archive holds each log, of which it holds something.
    pub pushed: Vec<PushedHead>,
}

/// Where a log breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenAt {
    /// The incident.
    pub incident: String,
    /// The position.
    pub seq: Seq,
    /// Why.
    pub reason: String,
}

/// The head of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeadOf {
    /// The incident.
    pub incident: String,
    /// The last position.
    pub seq: Seq,
    /// Its digest in hex.
    pub head: String,
}

/// A head of ours that a remote of the archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushedHead {
    /// The head.
    #[serde(flatten)]
    pub head: HeadOf,
    /// The commit that tells it.
    pub commit: String,
}

impl Service {
    /// The incident that a text names: a full id, a number, or `.` for the only open one. A number without a year
    /// means the newest year that has it.
    ///
    /// # Errors
    /// Not found, or ambiguous.
    pub async fn named(&self, text: &str) -> Result<(IncidentId, LogId), Failure> {
        let text = text.trim();
        let not_found = |what: String| {
            Failure::new(FailureKind::NotFound, what).hint("warroom list --all shows what there is")
        };
        if text == "." {
            let open = self
                .inner
                .store
                .summaries(SummaryFilter { states: vec!["open".to_owned()], limit: 3 })
                .await?;
            return match open.as_slice() {
                [one] => Ok((one.id, one.log)),
                [] => Err(not_found("no incident is open".to_owned())),
                [one, two, ..] => Err(Failure::new(
                    FailureKind::NotFound,
                    "more than one incident is open, so . does not say which",
                )
                .hint(format!("name it: {}, {}, …", one.id, two.id))),
            };
        }
        if let Ok(id) = text.parse::<IncidentId>() {
            let log = self.inner.store.log_of(id).await?;
            return log.map(|log| (id, log)).ok_or_else(|| not_found(format!("there is no incident {id}")));
        }
        if let Ok(number) = text.parse::<u32>() {
            let found = self.inner.store.numbered(number).await?;
            return found.ok_or_else(|| not_found(format!("there is no incident with the number {number}")));
        }
        Err(not_found(format!("{text:?} names no incident; use an id such as INC-2026-0042, a number, or .")))
    }

    /// The incidents of a list, newest declared first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list(&self, filter: &IncidentFilter) -> Result<Vec<Summary>, Failure> {
        Ok(self.list_with_logs(filter).await?.into_iter().map(|(_, summary)| summary).collect())
    }

    /// The incidents of a list with their logs, newest declared first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list_with_logs(&self, filter: &IncidentFilter) -> Result<Vec<(LogId, Summary)>, Failure> {
        let states = filter.states.iter().map(|s| s.as_str().to_owned()).collect();
        let limit = if filter.limit == 0 { u32::MAX } else { filter.limit };
        let rows = self.inner.store.summaries(SummaryFilter { states, limit }).await?;
        rows.iter().map(|row| Ok((row.log, read_row(&row.body, "incident")?))).collect()
    }

    /// How many incidents there are by state, and how many stories are overdue on a day: counted, not read.
    ///
    /// # Errors
    /// What the store says.
    pub async fn counts(&self, today: chrono::NaiveDate) -> Result<Counts, Failure> {
        let unshipped = [StoryState::Filed, StoryState::Started].map(|s| s.as_str().to_owned());
        let overdue =
            StoryFilter { states: unshipped.into(), due_before: Some(today.to_string()), incident: None };
        let tally = self.inner.store.tally(overdue).await?;
        let of = |state: State| tally.incidents.get(state.as_str()).copied().unwrap_or_default();
        Ok(Counts {
            open: of(State::Open),
            resolved: of(State::Resolved),
            closed: of(State::Closed),
            overdue_stories: tally.stories,
        })
    }

    /// The incidents with stories whose day has passed: the day of the one that waits longest, and how many. The
    /// longest wait first, at most so many.
    ///
    /// # Errors
    /// What the store says.
    pub async fn in_arrears(&self, today: chrono::NaiveDate, limit: usize) -> Result<Vec<Arrears>, Failure> {
        let unshipped = [StoryState::Filed, StoryState::Started].map(|s| s.as_str().to_owned());
        let late =
            StoryFilter { states: unshipped.into(), due_before: Some(today.to_string()), incident: None };
        let mut found: Vec<Arrears> = Vec::new();
        let mut place = HashMap::new();
        // Soonest due first: the first of an incident is the one that waits longest.
        for row in self.inner.store.stories(late).await? {
            let Some(since) = row.due.as_deref().and_then(|due| due.parse().ok()) else { continue };
            let at = *place.entry(row.id.incident).or_insert(found.len());
            match found.get_mut(at) {
                Some(known) => known.stories = known.stories.saturating_add(1),
                None => found.push(Arrears { incident: row.id.incident, since, stories: 1 }),
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The row of one incident, with its log.
    ///
    /// # Errors
    /// What the store says.
    pub async fn row_of(&self, id: IncidentId) -> Result<Option<(LogId, Summary)>, Failure> {
        let row = self.inner.store.summary(id).await?;
        row.map(|row| Ok((row.log, read_row(&row.body, "incident")?))).transpose()
    }

    /// The rows of other incidents in which the name of one stands.
    pub(super) async fn rows_naming(&self, id: IncidentId) -> Result<Vec<Summary>, Failure> {
        let rows = self.inner.store.naming(id).await?;
        rows.iter().map(|row| read_row(&row.body, "incident")).collect()
    }

    /// The log of an incident.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn log_of(&self, id: IncidentId) -> Result<LogId, Failure> {
        let log = self.inner.store.log_of(id).await?;
        log.ok_or_else(|| Failure::new(FailureKind::NotFound, format!("there is no incident {id}")))
    }

    /// The stories of a list: soonest due first, those without a day last.
    ///
    /// # Errors
    /// What the store says.
    pub async fn stories(&self, query: &StoryQuery) -> Result<Vec<StorySummary>, Failure> {
        let filter = StoryFilter {
            states: query.states.iter().map(|s| s.as_str().to_owned()).collect(),
            due_before: query.overdue_on.map(|d| d.to_string()),
            incident: query.incident,
        };
        let rows = self.inner.store.stories(filter).await?;
        let mut stories =
            rows.iter().map(|row| read_row(&row.body, "story")).collect::<Result<Vec<StorySummary>, _>>()?;
        if let Some(today) = query.overdue_on {
            stories.retain(|s| s.is_overdue(today));
        }
        if let Some(owner) = &query.owner {
            stories.retain(|s| is_of(s.owner.as_deref(), owner));
        }
        if let Some(day) = query.due_by {
            stories.retain(|s| s.is_unshipped() && s.due.is_some_and(|due| due <= day));
        }
        if let Some(severity) = &query.severity {
            let wanted = fold_word(severity);
            stories.retain(|s| s.severity.as_deref().is_some_and(|own| fold_word(own) == wanted));
        }
        if let Some(kind) = query.kind {
            stories.retain(|s| s.kind == Some(kind));
        }
        // Beside a past incident its stories are told as they are; a list says what came of leaving them.
        if query.incident.is_none() && stories.iter().any(StorySummary::is_unshipped) {
            raise(&mut stories, &self.list(&IncidentFilter::default()).await?);
        }
        Ok(stories)
    }

    /// The incident and log of a story.
    ///
    /// # Errors
    /// When the text is no story's name, or there is no such incident.
    pub async fn story_named(&self, text: &str) -> Result<(StoryId, LogId), Failure> {
        let id: StoryId = text.parse().map_err(|e| Failure::new(FailureKind::NotFound, format!("{e}")))?;
        let log = self.log_of(id.incident).await?;
        Ok((id, log))
    }

    /// Checks the chain of one log, or of all, and against a head that somebody kept. What the mirror, published
    /// postmortems and the commits of remotes tell of it is compared by itself.
    ///
    /// # Errors
    /// What the store says; a broken chain is an answer, not an error.
    pub async fn verify(
        &self,
        log: Option<LogId>,
        kept: Option<(Option<Seq>, Digest)>,
    ) -> Result<VerifyReport, Failure> {
        let published = self.published_heads(log).await;
        let mut report = verify_store(&*self.inner.store, log, kept, &published).await?;
        self.hold_against_mirror(log, &mut report).await?;
        self.hold_against_remotes(log, &mut report).await?;
        Ok(report)
    }

    /// The heads that published postmortems of this home's incidents hold. Without an archive there are none.
    async fn published_heads(&self, log: Option<LogId>) -> Vec<(LogId, Seq, Digest)> {
        let names = names(&*self.inner.store, log).await.unwrap_or_default();
        let logs: HashMap<IncidentId, LogId> = names.into_iter().map(|(log, id)| (id, log)).collect();
        if logs.is_empty() {
            // Looking must not make a repository where there is no home.
            return Vec::new();
        }
        self.blocking(move |inner| {
            let Some(archive) = inner.archive_there()? else { return Ok(Vec::new()) };
            let mut heads = Vec::new();
            for entry in archive.list()?.entries {
                let Some(log) = entry.path.incident().and_then(|id| logs.get(&id)) else { continue };
                let text = String::from_utf8_lossy(&archive.read_blob(&entry.blob)?).into_owned();
                let (postmortem, _) = document::parse(&text);
                if let Some((seq, hex)) = postmortem.front.timeline_head()
                    && let Ok(digest) = hex.parse()
                {
                    heads.push((*log, seq, digest));
                }
            }
            Ok(heads)
        })
        .await
        .unwrap_or_default()
    }
}

/// The names of one log, or of all.
pub(super) async fn names(
    store: &dyn EventStore,
    log: Option<LogId>,
) -> Result<HashMap<LogId, IncidentId>, Failure> {
    if let Some(log) = log {
        return Ok(store.id_of(log).await?.map(|id| (log, id)).into_iter().collect());
    }
    let all = SummaryFilter { states: Vec::new(), limit: u32::MAX };
    Ok(store.summaries(all).await?.into_iter().map(|row| (row.log, row.id)).collect())
}

/// Checks the chain of one log of a store, or of all, and against a head that somebody kept.
pub(super) async fn verify_store(
    store: &dyn EventStore,
    log: Option<LogId>,
    kept: Option<(Option<Seq>, Digest)>,
    published: &[(LogId, Seq, Digest)],
) -> Result<VerifyReport, Failure> {
    let logs = match log {
        Some(log) => vec![log],
        None => store.logs().await?,
    };
    let names = names(store, log).await?;
    let mut report = VerifyReport {
        ok: true,
        checked: 0,
        redacted: 0,
        first_broken: None,
        heads: Vec::new(),
        compared: Vec::new(),
        pushed: Vec::new(),
    };
    let mut head_found = kept.is_none();
    for log in logs {
        let name = names.get(&log).map_or_else(|| log.to_string(), ToString::to_string);
        let raw = store.read_raw(log).await?;
        if let Some((seq, kept)) = kept {
            head_found |= raw.iter().enumerate().any(|(i, event)| {
                crate::domain::log::digest(&event.header) == kept
                    && seq.is_none_or(|s| u64::try_from(i).is_ok_and(|i| i + 1 == s.0))
            });
        }
        let known: Vec<_> =
            published.iter().filter(|(of, ..)| *of == log).map(|(_, seq, head)| (*seq, *head)).collect();
        let chain = verify(Some(log), raw, &known);
        report.compared.extend(known.iter().map(|(seq, head)| HeadOf {
            incident: name.clone(),
            seq: *seq,
            head: head.to_string(),
        }));
        report.checked += chain.checked;
        report.redacted += u64::try_from(chain.redacted.len()).unwrap_or(0);
        if let Some(broken) = chain.first_broken {
            report.ok = false;
            report.first_broken.get_or_insert(BrokenAt {
                incident: name.clone(),
                seq: broken.seq,
                reason: broken.reason.to_string(),
            });
        }
        if let Some((seq, head)) = chain.head {
            report.heads.push(HeadOf { incident: name, seq, head: head.to_string() });
        }
    }
    if !head_found {
        report.ok = false;
        let last = report.heads.last();
        report.first_broken.get_or_insert(BrokenAt {
            incident: last.map(|h| h.incident.clone()).unwrap_or_default(),
            seq: last.map_or(Seq::NONE, |h| h.seq),
            reason: "no event has the head that was kept: the log was changed or cut since".to_owned(),
        });
    }
    Ok(report)
}

pub(super) fn read_row<T: serde::de::DeserializeOwned>(body: &str, what: &str) -> Result<T, Failure> {
    serde_json::from_str(body).map_err(|e| {
        Failure::new(FailureKind::Integrity, format!("the row of an {what} cannot be read: {e}"))
            .hint("warroom doctor --repair writes the rows again from the log")
    })
}
