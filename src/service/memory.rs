//! The memory: archive and index together. Before every question the index is brought to the archive's tree, by
//! the difference of trees where it can, by rebuilding where it must. It must not rank (`index` does).

mod building;
mod expected;
mod follow;
mod left_out;
mod lost;
mod own;
mod recurrence;
mod state;

pub(super) use building::Building;
use follow::rebuild;
pub(super) use follow::{Known, known_texts};
pub use left_out::LeftOut;
pub(super) use left_out::is_shared;
pub(super) use lost::Unborn;
pub(super) use own::Hidden;
pub use state::ArchiveState;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;

use super::{Failure, FailureKind, Inner, Service};
use crate::domain::account::Aside;
use crate::domain::archive_path::ArchivePath;
use crate::domain::facets::Facets;
use crate::domain::ids::{IncidentId, LogId};
use crate::domain::incident::Incident;
use crate::domain::postmortem::imported;
use crate::domain::recurrence::{DIFFERENT, is_enough, said_of};
use crate::domain::similar::{self, QueryText};
use crate::domain::summary::StorySummary;
use crate::domain::time::Span;
use crate::domain::words::EntryKind;
use crate::index::{self, Hit, Index, IndexError, Parts, SimilarQuery, Snippet};

/// The share of the best possible score below which a past incident is not named as similar. Of the first three
/// answers to the thirty questions of the development set it keeps 65 % of what is relevant and 23 % of the rest, much
/// of which was never judged; postmortems in the place of questions part at the same place (`docs/search.md`).
pub const ALARM_SHARE: f32 = 0.50;

/// What a process keeps open of the memory.
#[derive(Default)]
pub(super) struct Memory {
    /// The index as the files have it.
    index: Option<Box<Index>>,
    /// The same, on its way.
    opening: Option<index::Opening>,
    /// What answers in its place until the files have followed the archive.
    ahead: Option<Box<Index>>,
    /// What is being published, ready to be found once the archive has it.
    expected: Option<index::Part>,
    /// What answers where there is neither archive nor index.
    nothing: Option<Box<Index>>,
}

/// What makes the files of the index follow. Apart from [`Memory`], which is held while one question is answered: whoever
/// looks in here must not wait for that.
#[derive(Default)]
pub(super) struct Following {
    /// The files have to follow.
    behind: AtomicBool,
    work: Mutex<Option<JoinHandle<Result<(), Failure>>>>,
}

impl Following {
    fn work(&self) -> MutexGuard<'_, Option<JoinHandle<Result<(), Failure>>>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_at_work(&self) -> bool {
        self.work().as_ref().is_some_and(|work| !work.is_finished())
    }
}

/// A question in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindQuery {
    /// The words.
    pub text: String,
    /// Only this severity.
    pub severity: Option<String>,
    /// Only this service.
    pub service: Option<String>,
    /// Only since this day, `YYYY-MM-DD` or less of it.
    pub since: Option<String>,
    /// Only this year.
    pub year: Option<u16>,
    /// The day from which `since:90d` counts.
    pub today: Option<chrono::NaiveDate>,
    /// The last word is still being typed.
    pub unfinished: bool,
    /// Nobody looks at the counts beside the answers: they are left out.
    pub uncounted: bool,
    /// The incident to compare with: what may be the same failure says why.
    pub like: Option<LogId>,
    /// The most answers.
    pub limit: usize,
}

/// A past incident that answers a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// Its id: ours, or the one of an imported postmortem.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: Option<String>,
    /// Its day, as far as it is known.
    pub date: Option<String>,
    /// Its path in the archive.
    pub path: String,
    /// The blob of its text.
    pub blob: String,
    /// How well it fits; comparable within one answer only.
    pub score: f32,
    /// What the score is the sum of.
    pub parts: Parts,
    /// The score as a share of the best possible one for the question.
    pub share: f32,
    /// The words that it shares with the question, as the reasons tell them.
    pub shared: Vec<String>,
    /// Why it fits, the weightiest reason first.
    pub why: Vec<String>,
    /// What ended it.
    pub ended: Option<String>,
    /// How long it took, from being noticed until it was over.
    pub took: Option<Span>,
    /// Why it enters no figure; none when it counts.
    pub aside: Option<Aside>,
    /// Its stories that have not shipped.
    pub unshipped: Vec<StorySummary>,
    /// Why it may be the same failure, where that was asked; empty: nothing says so.
    pub same: Vec<String>,
    /// What a person said of it: `recurrence`, `different`, `related`.
    pub said: Option<String>,
    /// Services it touched.
    pub services: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// What a search is answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answered {
    /// Past incidents, the best first.
    pub past: Vec<Past>,
    /// What all that share a word with the question have in common.
    pub facets: Facets,
    /// What of the question was not understood, and what was done instead.
    pub notes: Vec<String>,
}

/// What similar incidents are looked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Similar {
    /// Like this incident.
    To(Box<Incident>),
    /// Like these words.
    Words(String),
    /// Like these words, whose last one is still being typed.
    Typed(String),
}

/// What is found, and what is told beside it.
type Asked = (Vec<Hit>, (Facets, Vec<String>));

/// The question as the index is asked it.
fn asking(
    question: index::Query,
) -> impl Fn(&Index, usize) -> Result<Asked, IndexError> + Clone + Send + 'static {
    move |index, limit| {
        let found = index.search_with_facets(&index::Query { limit, ..question.clone() })?;
        Ok((found.hits, (found.facets, found.notes)))
    }
}

impl Service {
    /// Past incidents that answer a question in words.
    ///
    /// # Errors
    /// When archive or index cannot be read or rebuilt.
    pub async fn search(&self, query: FindQuery) -> Result<Vec<Past>, Failure> {
        Ok(self.search_with_facets(query).await?.past)
    }

    /// Past incidents that answer a question in words, and what all that share a word with it have in common.
    ///
    /// # Errors
    /// When archive or index cannot be read or rebuilt.
    pub async fn search_with_facets(&self, query: FindQuery) -> Result<Answered, Failure> {
        let (like, limit) = (query.like, query.limit);
        // Whether somebody has what a field or a quotation asks for is told too, counted or not.
        let is_told = !query.uncounted
            || query.service.is_some()
            || query.severity.is_some()
            || query.text.contains([':', '"', '“', '”', '„']);
        // The archive is whole without the database: then nothing is counted.
        let hidden = if is_told { self.hidden().await } else { Ok(Vec::new()) };
        let unknown =
            hidden.as_ref().err().filter(|_| !query.uncounted).map(|failure| {
                format!("not counted, since what is restricted cannot be looked up: {failure}")
            });
        let uncounted = query.uncounted || hidden.is_err();
        let hidden = hidden.unwrap_or_default();
        let mut question = index::Query {
            text: query.text,
            severity: query.severity,
            service: query.service,
            tag: None,
            since: query.since,
            year: query.year,
            today: query.today,
            unfinished: query.unfinished,
            uncounted,
            hidden,
            limit,
        };
        let (mut past, (mut facets, mut notes), mut kept_back) =
            self.told(limit, asking(question.clone())).await?;
        // Of a word that only those have that nobody may be told, it is said that nobody has it, wherever that is read.
        if !is_told && kept_back.is_some() {
            question.hidden = self.hidden().await.unwrap_or_default();
            (past, (facets, notes), kept_back) = self.told(limit, asking(question)).await?;
        }
        let kept_back = kept_back.unwrap_or_default();
        notes.iter_mut().for_each(|note| own::keep_back(note, &kept_back));
        notes.extend(unknown);
        if let Some(log) = like {
            self.compare_with(&self.incident(log).await?, &mut past).await?;
        }
        Ok(Answered { past, facets, notes })
    }

    /// The services that past postmortems name, but those that others may not read any more.
    ///
    /// # Errors
    /// When archive, index or log cannot be read, or the index not be rebuilt.
    pub async fn known_services(&self) -> Result<Vec<String>, Failure> {
        let hidden = self.hidden().await?;
        self.blocking_memory(move |inner| inner.ask(|index| index.services(&hidden))).await
    }

    /// Past incidents that are like one, or like words.
    ///
    /// # Errors
    /// When archive or index cannot be read or rebuilt.
    pub async fn similar(&self, to: Similar, limit: usize) -> Result<Vec<Past>, Failure> {
        let mut past = self.alike(&to, limit).await?;
        self.compare(&to, &mut past).await?;
        Ok(past)
    }

    /// The same service, which asks an index whose opening began before it.
    #[must_use]
    pub fn with_index(self, opening: index::Opening) -> Self {
        self.inner.memory().opening = Some(opening);
        self
    }

    /// Lets go of the files of the index, beside whatever comes next; the next question opens them anew. It takes as long
    /// as to close the database, and nobody needs to wait for it.
    pub fn let_go_of_index(&self) {
        // Who is asking at this moment, or builds it, lets go when that is done.
        if let Ok(mut memory) = self.inner.memory.try_lock() {
            let known = std::mem::take(&mut *memory);
            drop(memory);
            if known.index.is_some() || known.ahead.is_some() {
                tokio::task::spawn_blocking(move || drop(known));
            }
        }
    }

    /// Those that are like it, with what a person said of them.
    async fn alike(&self, to: &Similar, limit: usize) -> Result<Vec<Past>, Failure> {
        let (about, exclude) = match to {
            Similar::To(incident) => (about(incident), vec![incident.id.to_string()]),
            Similar::Words(text) | Similar::Typed(text) => (QueryText::plain(text), Vec::new()),
        };
        let unfinished = matches!(to, Similar::Typed(_));
        let question = SimilarQuery { about, exclude, unfinished, limit };
        let ask =
            move |index: &Index, limit| Ok((index.similar(&SimilarQuery { limit, ..question.clone() })?, ()));
        let (mut past, (), _) = self.told(limit, ask).await?;
        if let Similar::To(incident) = to {
            for one in &mut past {
                one.said = said_of(&incident.record.related, &one.id).map(str::to_owned);
            }
        }
        Ok(past)
    }

    /// The recurrence alarm: past incidents that are like this one, those with unshipped stories first. Empty when
    /// nothing is like it.
    ///
    /// # Errors
    /// When archive or index cannot be read or rebuilt.
    pub async fn recurrence(&self, to: Similar, limit: usize) -> Result<Vec<Past>, Failure> {
        let mut past = self.alike(&to, limit.saturating_mul(2)).await?;
        // A title of one word that any incident has is like all of them.
        past.retain(|p| p.parts.bonus > 0.0 || is_enough(&p.shared));
        // What a person has refused is not raised again.
        past.retain(|p| p.share >= ALARM_SHARE && p.said.as_deref() != Some(DIFFERENT));
        past.sort_by_key(|p| p.unshipped.is_empty());
        past.truncate(limit);
        // What is known of a past incident is read from its log: only for those that are named.
        self.compare(&to, &mut past).await?;
        Ok(past)
    }

    /// The text of a past postmortem.
    ///
    /// # Errors
    /// When the archive does not have it.
    pub async fn past_text(&self, path: &str) -> Result<String, Failure> {
        let path = path.to_owned();
        self.blocking(move |inner| {
            let at = ArchivePath::new(path.clone()).map_err(|e| Failure::no(e.to_string()))?;
            let bytes = match inner.archive_there()? {
                Some(archive) => archive.read(&at)?,
                None => None,
            };
            let bytes = bytes.ok_or_else(|| {
                Failure::new(super::FailureKind::NotFound, format!("the archive has no {path}"))
            })?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        })
        .await
    }

    /// Id, path and text of the past postmortem with an id, or with one that ends so and is the only one; none when the
    /// archive has no such.
    ///
    /// # Errors
    /// When the archive cannot be read, or several ids end so.
    pub async fn past_named(&self, id: &str) -> Result<Option<(String, String, String)>, Failure> {
        let name = id.to_owned();
        let found = self.blocking(move |inner| named(inner.known_texts()?, &name)).await?;
        match found {
            Some((id, path)) => self.past_text(&path).await.map(|text| Some((id, path, text))),
            None => Ok(None),
        }
    }

    /// The id of a past postmortem as the archive spells it; none when it has no such.
    pub(super) async fn known_id(&self, id: &str) -> Result<Option<String>, Failure> {
        let id = id.to_owned();
        self.blocking(move |inner| {
            let known = inner.known_texts()?;
            Ok(known.into_iter().map(|text| text.id).find(|known| known.eq_ignore_ascii_case(&id)))
        })
        .await
    }

    /// The passages of a past postmortem that answer a question.
    ///
    /// # Errors
    /// When the archive does not have it.
    pub async fn snippet(&self, path: &str, query: &str) -> Result<Snippet, Failure> {
        let text = self.past_text(path).await?;
        let body = imported::read(path, text.as_bytes()).map(|(i, _)| i.plain).unwrap_or(text);
        Ok(index::snippet(&body, query))
    }

    /// Builds the index anew, telling how many documents are done, of how many. Answers how many there are, and what is
    /// left out.
    ///
    /// # Errors
    /// When archive or index cannot be read or written.
    pub async fn reindex(
        &self,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<(u64, LeftOut), Failure> {
        self.blocking(move |inner| {
            let mut memory = inner.memory();
            (memory.index, memory.ahead) = (None, None);
            let archive = inner.archive()?;
            let (index, left_out) = rebuild(inner, &archive, progress)?;
            let count = index.len();
            memory.index = Some(Box::new(index));
            Ok((count, left_out))
        })
        .await
    }

    /// Brings the index to the archive's tree, after a publication. Few changes are found from now on and the files
    /// follow by themselves; many are waited for. Failures are told and do no harm: the next question tries again.
    ///
    /// # Errors
    /// When archive or index cannot be read or written.
    pub async fn catch_up_index(&self) -> Result<(), Failure> {
        self.blocking_memory(|inner| inner.ask(|_| Ok(()))).await
    }

    /// Asks the memory away from the async workers, and has the files of the index follow where they are behind.
    pub(super) async fn blocking_memory<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let mut answer = self.blocking(work).await;
        if answer.is_ok() {
            answer = self.refuse_lost_answer().await.and(answer);
        }
        let following = &self.inner.following;
        // What is at work may be at an earlier tree: it is told again when it is done.
        if !following.is_at_work() && following.behind.swap(false, Ordering::Relaxed) {
            let inner = Arc::clone(&self.inner);
            *following.work() = Some(tokio::task::spawn_blocking(move || inner.files_follow()));
        }
        answer
    }

    /// Waits until the files of the index have followed, if they are about to.
    pub(super) async fn index_followed(&self) {
        // What does not work is tried again by the next question.
        let work = self.inner.following.work().take();
        if let Some(work) = work {
            let _ = work.await;
            // It may have been at an earlier tree, and git may have gone back to one that this process had read.
            let _ = self.blocking(Inner::files_follow).await;
        }
    }
}

/// What an incident in progress is about.
fn about(incident: &Incident) -> QueryText {
    let lines = incident
        .timeline
        .shown()
        .filter(|e| e.struck.is_none() && !e.redacted)
        .map(|e| similar::Line { text: &e.text, system: e.kind == EntryKind::System, starred: e.starred });
    similar::query_text(&incident.title, &incident.services, &incident.tags, lines)
}

/// How many ids are named that end alike.
const NAMED: usize = 5;

/// The postmortem with an id. An id that is made of a path is long: its end will do, from a `-` on, where one has it
/// only. A number, and the id of an incident, name what they say or nothing.
fn named(known: Vec<Known>, id: &str) -> Result<Option<(String, String)>, Failure> {
    if let Some(text) = known.iter().find(|text| text.id.eq_ignore_ascii_case(id)) {
        return Ok(Some((text.id.clone(), text.path.clone())));
    }
    if id.chars().all(|c| c.is_ascii_digit()) || id.parse::<IncidentId>().is_ok() {
        return Ok(None);
    }
    let ends = |known: &str| {
        let (before, end) = known.len().checked_sub(id.len()).and_then(|at| known.split_at_checked(at))?;
        Some(before.ends_with('-') && end.eq_ignore_ascii_case(id))
    };
    let mut found: Vec<(String, String)> = known
        .into_iter()
        .filter(|text| ends(&text.id) == Some(true))
        .map(|text| (text.id, text.path))
        .collect();
    if found.len() > 1 {
        found.sort();
        let more = if found.len() > NAMED { ", …" } else { "" };
        let ids: Vec<&str> = found.iter().take(NAMED).map(|(id, _)| id.as_str()).collect();
        let message = format!("{} postmortems have an id that ends in {id}", found.len());
        return Err(Failure::new(FailureKind::NotFound, message)
            .hint(format!("say more of it: {}{more}", ids.join(", "))));
    }
    Ok(found.pop())
}
