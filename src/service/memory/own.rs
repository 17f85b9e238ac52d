//! What the log says today of a past incident that is our own. Its postmortem says what was known when it was published:
//! who may read it since, and what came of its stories, stands in the log. It must not ask the index twice where one answer
//! does.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Past, is_shared};
use crate::domain::account::{Account, Aside};
use crate::domain::archive_path::ArchivePath;
use crate::domain::ids::IncidentId;
use crate::domain::incident::{Incident, may_leave};
use crate::domain::postmortem::imported;
use crate::domain::time::Span;
use crate::domain::words::Visibility;
use crate::index::{Hit, Index, IndexError, READ_AS};
use crate::service::incidents::read_row;
use crate::service::{Failure, Service, StoryQuery};
use crate::store::SummaryFilter;

/// How a row says that everybody may read its incident. It stands near the beginning.
const TEAM: &str = "\"visibility\":\"team\"";

/// The ids that no search tells, as they were last read.
#[derive(Default)]
pub(in crate::service) struct Hidden(Mutex<LastRead>);

#[derive(Default)]
struct LastRead {
    ids: Option<Vec<String>>,
    /// How often this process wrote.
    turn: u64,
}

impl Hidden {
    /// This process wrote: they may be others.
    pub(in crate::service) fn forget(&self) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (last.ids, last.turn) = (None, last.turn.wrapping_add(1));
    }

    /// What was read, and as of when.
    fn known(&self) -> (Option<Vec<String>>, u64) {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (last.ids.clone(), last.turn)
    }

    /// Keeps what was read, unless this process wrote meanwhile.
    fn keep(&self, turn: u64, ids: Vec<String>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.turn == turn {
            last.ids = Some(ids);
        }
    }
}

/// What the log says of incidents of this home.
pub(super) type Accounts = HashMap<IncidentId, Account>;

impl Service {
    /// Past incidents that answer a question, what else the answer holds, and the reasons that only those have that nobody may
    /// be told; none where there are none such. `ask` is told how many are wanted: in the place of those others are asked for.
    pub(super) async fn told<T: Send + 'static>(
        &self,
        limit: usize,
        ask: impl Fn(&Index, usize) -> Result<(Vec<Hit>, T), IndexError> + Clone + Send + 'static,
    ) -> Result<(Vec<Past>, T, Option<Vec<String>>), Failure> {
        let mut most = limit;
        loop {
            let (ask, wanted) = (ask.clone(), most);
            let (mut hits, more) =
                self.blocking_memory(move |inner| inner.ask(|index| ask(index, wanted))).await?;
            let accounts = self.accounts_of(&hits).await?;
            let found = hits.len();
            let mut hidden: Vec<String> = Vec::new();
            hits.retain(|hit| {
                let is_hidden = own(&accounts, hit).is_some_and(Account::is_hidden);
                if is_hidden {
                    hidden.extend(hit.shared.iter().cloned());
                }
                !is_hidden
            });
            hidden.retain(|word| hits.iter().all(|hit| !hit.shared.contains(word)));
            let enough = limit.saturating_add(found.saturating_sub(hits.len()));
            if found >= most && most < enough {
                most = enough;
                continue;
            }
            let kept_back = (hits.len() < found).then_some(hidden);
            hits.truncate(limit.max(1));
            return Ok((self.with_stories(hits, &accounts).await?, more, kept_back));
        }
    }

    /// What the log says of those that are our own: one look into the database for all of them, none where none is.
    async fn accounts_of(&self, hits: &[Hit]) -> Result<Accounts, Failure> {
        let mut ids: Vec<IncidentId> = hits.iter().filter_map(|hit| hit.card.id.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Accounts::new());
        }
        read(self.store().summaries_of(ids).await?.iter().map(|row| row.body.as_str()))
    }

    /// The ids of the incidents of this home that no search tells: with a postmortem that was published before others were
    /// kept from it. Whoever types a question asks with every key, and thousands of rows would be read each time: they are
    /// read again once somebody wrote.
    pub(super) async fn hidden(&self) -> Result<Vec<String>, Failure> {
        let (known, turn) = self.inner.hidden.known();
        if let Some(ids) = known
            && !self.store().changed_by_others().await?
        {
            return Ok(ids);
        }
        let ids = self.read_hidden().await?;
        self.inner.hidden.keep(turn, ids.clone());
        Ok(ids)
    }

    async fn read_hidden(&self) -> Result<Vec<String>, Failure> {
        let rows = self.store().without(TEAM).await?;
        let own = read(rows.iter().map(|row| row.body.as_str()))?;
        let hidden = own.values().filter(|own| own.is_hidden() && own.postmortem.is_some());
        Ok(hidden.map(|own| own.id.to_string()).collect())
    }

    /// What the log says of every incident of this home.
    pub(in crate::service) async fn accounts(&self) -> Result<Accounts, Failure> {
        let all = SummaryFilter { states: Vec::new(), limit: u32::MAX };
        read(self.store().summaries(all).await?.iter().map(|row| row.body.as_str()))
    }

    /// The path of the published postmortem of an incident that others may not read any more, where the archive still
    /// has it for everybody.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn still_published(&self, incident: &Incident) -> Result<Option<String>, Failure> {
        let Some(path) = incident.closing.postmortem.path.clone() else { return Ok(None) };
        if incident.visibility == Visibility::Team {
            return Ok(None);
        }
        self.blocking(move |inner| {
            let Ok(at) = ArchivePath::new(path.clone()) else { return Ok(None) };
            let Some(archive) = inner.archive_there()? else { return Ok(None) };
            let bytes = archive.read(&at)?.unwrap_or_default();
            let stated = imported::id_and_visibility(&path, &bytes).ok();
            Ok(stated.filter(|(_, stated)| is_shared(stated.as_deref())).map(|_| path))
        })
        .await
    }

    async fn with_stories(&self, hits: Vec<Hit>, accounts: &Accounts) -> Result<Vec<Past>, Failure> {
        let mut past = Vec::with_capacity(hits.len());
        for hit in hits {
            let mut unshipped = Vec::new();
            if let Some(account) = own(accounts, &hit).filter(|account| account.unshipped > 0) {
                let query = StoryQuery { incident: Some(account.id), ..StoryQuery::default() };
                unshipped = self.stories(&query).await?;
                unshipped.retain(|story| story.is_unshipped() && may_leave(&story.title));
            }
            // The log rules; other people's postmortems say it themselves.
            let aside = match own(accounts, &hit) {
                Some(account) => account.aside(),
                None => Aside::said(&hit.card.kind, hit.card.disposition.as_deref()),
            };
            past.push(Past {
                id: hit.card.id,
                title: hit.card.title,
                severity: hit.card.severity,
                date: hit.card.date,
                path: hit.card.path,
                blob: hit.card.blob,
                score: hit.score,
                parts: hit.parts,
                share: hit.share,
                shared: hit.shared,
                why: hit.why,
                ended: hit.card.ended,
                took: hit.card.took_s.and_then(Span::try_seconds),
                aside,
                unshipped,
                same: Vec::new(),
                said: None,
                services: hit.card.services,
                tags: hit.card.tags,
            });
        }
        Ok(past)
    }
}

/// Takes out of a note what a word was read as where nothing else says so but those that nobody may be told.
pub(super) fn keep_back(note: &mut String, hidden: &[String]) {
    let Some((said, meant)) = note.split_once(READ_AS) else { return };
    let Some((typed, _)) = said.split_once(": ") else { return };
    let told = format!("{typed} ~ {meant}");
    if hidden
        .iter()
        .any(|word| word.strip_prefix(&told).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ~ ")))
    {
        note.truncate(said.len());
    }
}

fn own<'a>(accounts: &'a Accounts, hit: &Hit) -> Option<&'a Account> {
    accounts.get(&hit.card.id.parse().ok()?)
}

fn read<'a>(bodies: impl Iterator<Item = &'a str>) -> Result<Accounts, Failure> {
    let account = |body| read_row::<Account>(body, "incident").map(|account| (account.id, account));
    bodies.map(account).collect()
}
