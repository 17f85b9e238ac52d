//! The postmortem's way: draft file → check → commit → log → index. Every step can be left and resumed, and a
//! crash between any two is healed by doing the same again: stories are filed once, because an improvement whose
//! id the log does not have is matched with the stories of the log by its words; the commit is made once, because the same
//! document but for its head is the same commit; the log says that it is published only after it is.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::committer::Committer;
use super::drafting::{no_draft, read_draft, text_of, write_atomically};
use super::standing::Standing;
use super::{By, Cause, Failure, FailureKind, Inner, Service};
use crate::archive::{ArchiveError, Over, Publication, RefreshWarning, Seals, commit_message};
use crate::domain::archive_path::ArchivePath;
use crate::domain::closeout::counted;
use crate::domain::event::Event;
use crate::domain::ids::{LogId, StoryId};
use crate::domain::incident::{Incident, Story};
use crate::domain::postmortem::check::{CONFLICT, Expectations, ID_DIFFERS, check};
use crate::domain::postmortem::document::{self, same_but_for_head};
use crate::domain::postmortem::markdown::MARK;
use crate::domain::postmortem::{Improvement, Problem, imported, improvements};
use crate::domain::request::{Asked, NewStory, Request};
use crate::domain::severity::Profile;
use crate::domain::time::Utc;
use crate::domain::words::State;

/// What a publication did; the fields are those of `postmortem publish --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishReport {
    /// The incident.
    pub id: String,
    /// The path in the archive.
    pub path: String,
    /// The commit in hex.
    pub commit: String,
    /// How long the commit took, from the bytes to the moved branch, in ms.
    pub commit_ms: f64,
    /// The same document was published before: nothing was committed.
    pub unchanged: bool,
    /// Stories that this publication filed.
    pub filed: Vec<String>,
    /// What did not go as it should and does not matter to the record.
    pub warnings: Vec<String>,
}

impl Service {
    /// Checks the draft of an incident's postmortem, and writes down what was found.
    ///
    /// # Errors
    /// When there is no draft, or it cannot be read.
    pub async fn check_draft(&self, log: LogId, by: &By) -> Result<Vec<Problem>, Failure> {
        let incident = self.incident(log).await?;
        let path = self.draft_path(&incident);
        let text = read_draft(&path)?.ok_or_else(|| no_draft(&incident))?;
        let problems = self.problems(&incident, &text, by.stamp.at);
        let count = u32::try_from(problems.len()).unwrap_or(u32::MAX);
        if incident.closing.postmortem.checked.map(|(n, _)| n) != Some(count) {
            self.submit(log, by, &[Request::RecordCheck { problems: count }.into()], incident.head).await?;
        }
        Ok(problems)
    }

    pub(super) fn problems(&self, incident: &Incident, text: &str, now: Utc) -> Vec<Problem> {
        let profile = self.inner.policy.profile_named(&incident.profile);
        let names: Vec<&str> = profile.levels().map(|l| l.name.as_str()).collect();
        check(text, &Expectations { severities: &names, log: Some(incident), today: now.date_naive() })
    }

    /// Publishes the draft. With open problems it needs a reason, which is recorded.
    ///
    /// # Errors
    /// When the incident is open, problems are not waived, nobody is known as author, or git refuses. Nothing is
    /// committed then.
    pub async fn publish(
        &self,
        log: LogId,
        by: &By,
        waive: Option<&str>,
        author: Option<&str>,
    ) -> Result<PublishReport, Failure> {
        let incident = self.incident(log).await?;
        if incident.state == State::Open {
            return Err(Failure::no(format!("{} is not resolved", incident.id))
                .hint("say that it is over first: warroom resolve"));
        }
        if incident.visibility != crate::domain::words::Visibility::Team {
            return Err(Failure::no(format!(
                "{} is {}: it does not go into the shared archive",
                incident.id, incident.visibility
            ))
            .hint("set the visibility to team first, or waive the postmortem with a reason"));
        }
        let draft_path = self.draft_path(&incident);
        let draft = read_draft(&draft_path)?;
        if draft.is_none() && incident.closing.postmortem.path.is_none() {
            return Err(no_draft(&incident));
        }
        self.refuse_lost_archive().await?;
        let parsed = draft.as_deref().map(|text| document::parse(text).0);
        let title = parsed.as_ref().and_then(|parsed| parsed.title()).unwrap_or(&incident.title);
        let standing = self.standing(&incident, title, true).await?;
        let text = match draft {
            Some(text) => {
                standing.refuse_changed(incident.id, &text)?;
                text
            }
            None => match &standing.there {
                Some(there) => text_of(there)?,
                None => return Err(no_draft(&incident)),
            },
        };
        // Before anything of it is filed, and whatever else is open; the bytes of the commit are looked at once more.
        if let Some(why) = super::guard::secret_in(&text) {
            return Err(Failure::new(FailureKind::Integrity, format!("{}: {why}", draft_path.display())).hint(
                "nothing was committed, and this cannot be waived: take it out (warroom postmortem edit), revoke \
                 it, and erase it from the log with warroom redact",
            ));
        }
        let problems = self.problems(&incident, &text, by.stamp.at);
        if let Some(problem) = problems.iter().find(|problem| [ID_DIFFERS, CONFLICT].contains(&problem.rule))
        {
            let found = format!("{}:{}: {}", draft_path.display(), problem.line, problem.message);
            return Err(Failure::no(found).hint("nothing was committed; mend it: warroom postmortem edit"));
        }
        let reason = waive.map(str::trim).filter(|w| !w.is_empty());
        if let (Some(first), None) = (problems.first(), reason) {
            let more = problems.len().saturating_sub(1);
            let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
            return Err(Failure::no(format!(
                "{}:{}: {}{more}",
                draft_path.display(),
                first.line,
                first.message
            ))
            .hint("fix it (warroom postmortem edit), or publish with --waive REASON")
            .because(Cause::Problems));
        }

        // Who cannot commit files no story either.
        let named = author.map(str::to_owned);
        let committer = self.blocking(move |inner| inner.committer(named.as_deref())).await?;

        // The head when publishing begins, before stories and publication are in the log.
        let head = self.inner.store.head(log).await?;
        let (seq, digest) = head.ok_or_else(|| Failure::no("the incident has no log"))?;
        let (text, filed) = self.file_improvements(&incident, log, by, text, &draft_path).await?;
        let publication =
            self.prepare(&incident, by, &text, &problems, reason, (seq, digest), committer, standing)?;
        let done = self.blocking(move |inner| publication.run(inner)).await?;

        let mut warnings = done.warnings;
        warnings.extend(without_owner(&text, &filed));
        let known = incident.closing.postmortem.published.as_ref().map(|(commit, _)| commit.as_str());
        if let (true, true, Some(file)) = (known == Some(done.commit.as_str()), done.unchanged, &done.edited)
        {
            return Err(ArchiveError::Edited { file: file.clone() }.into());
        }
        if known != Some(done.commit.as_str()) {
            let (read, _) = imported::read(&done.path, text.as_bytes())
                .map_err(|e| Failure::no(format!("the published text cannot be read: {e}")))?;
            let request: Asked = Request::RecordPublication {
                path: done.path.clone(),
                commit: done.commit.clone(),
                timeline_head: format!("{seq} {digest}"),
                ended_by: read.ended.unwrap_or_default(),
                problems: u32::try_from(problems.len()).unwrap_or(u32::MAX),
                waived: reason.unwrap_or_default().to_owned(),
            }
            .into();
            // Whoever published the same at the same moment may have said so already.
            let make = |now: &Incident| {
                let told = now.closing.postmortem.published.as_ref();
                let is_told = told.is_some_and(|(commit, _)| *commit == done.commit);
                if is_told { Cow::Borrowed(&[][..]) } else { Cow::Owned(vec![request.clone()]) }
            };
            self.submit_made(log, by, make, incident.head).await?;
        } else if let Err(error) = self.inner.store.complete_mirror(log).await {
            // Whoever recorded it may have been killed before the mirror had it.
            warnings.push(error.to_string());
        }
        if let Err(failure) = self.catch_up_index().await {
            warnings.push(format!("the index follows at the next search: {failure}"));
        }
        Ok(PublishReport {
            id: incident.id.to_string(),
            path: done.path,
            commit: done.commit,
            commit_ms: done.commit_time.as_secs_f64() * 1000.0,
            unchanged: done.unchanged,
            filed: filed.iter().map(ToString::to_string).collect(),
            warnings,
        })
    }

    /// Files the improvements that have no story yet, apart from those that nobody filled in, and writes into text and
    /// draft the ids that do not stand there.
    async fn file_improvements(
        &self,
        incident: &Incident,
        log: LogId,
        by: &By,
        text: String,
        draft_path: &Path,
    ) -> Result<(String, Vec<StoryId>), Failure> {
        let (parsed, _) = document::parse(&text);
        let id = |number| StoryId { incident: incident.id, number };
        let profile = self.inner.policy.profile_named(&incident.profile);
        let mut places: Vec<(&Improvement, Place)> = Vec::new();
        // The log has the last word: somebody may have filed the same ones, or another under that number, meanwhile.
        let make = |now: &Incident| {
            places = unfiled(now, &parsed.improvements);
            let new = places.iter().filter_map(|(improvement, place)| match place {
                Place::New(number) => {
                    Some(Request::FileStory(story_of(improvement, *number, &profile)).into())
                }
                Place::There(_) => None,
            });
            Cow::Owned(new.collect::<Vec<Asked>>())
        };
        let submitted = self.submit_made(log, by, make, incident.head).await?;
        let filed: Vec<StoryId> = submitted
            .own_events()
            .iter()
            .filter_map(|recorded| match &recorded.event {
                Some(Event::StoryFiled(story)) => Some(id(story.number)),
                _ => None,
            })
            .collect();
        let mut new = filed.iter();
        let ids: Vec<(usize, StoryId)> = places
            .iter()
            .filter_map(|(improvement, place)| match place {
                Place::There(number) => Some((improvement.line, id(*number))),
                Place::New(_) => Some((improvement.line, *new.next()?)),
            })
            .collect();
        let with_ids = improvements::with_ids(&text, &ids);
        if with_ids != text {
            write_atomically(draft_path, with_ids.as_bytes())?;
        }
        Ok((with_ids, filed))
    }

    #[expect(clippy::too_many_arguments, reason = "each is one fact of the publication, named once")]
    fn prepare(
        &self,
        incident: &Incident,
        by: &By,
        text: &str,
        problems: &[Problem],
        waived: Option<&str>,
        head: (crate::domain::ids::Seq, crate::domain::log::Digest),
        committer: Committer,
        standing: Standing,
    ) -> Result<Prepared, Failure> {
        let (parsed, _) = document::parse(text);
        let text = document::published(text, &[], (head.0, &head.1.to_string())).map_err(|_| {
            Failure::no("the front matter of the draft cannot be read, so its head cannot be written into it")
                .hint("mend it (warroom postmortem check names the line); this cannot be waived")
        })?;
        let text = document::reviewed(&text, &incident.closing.postmortem).unwrap_or(text);
        let text = document::without_marks(&text).unwrap_or(text);
        let text = document::with_id(&text, &incident.id.to_string()).unwrap_or(text);
        let title = parsed.title().unwrap_or(&incident.title).to_owned();
        let mut body = String::new();
        if let Some(reason) = waived
            && !problems.is_empty()
        {
            body = format!(
                "Published with {}: {reason}",
                counted(problems.len(), "open problem", "open problems")
            );
        }
        let message = commit_message(
            &format!("{}: {title}", incident.id),
            &body,
            &[("Incident", &incident.id.to_string()), ("Timeline-Head", &format!("{} {}", head.0, head.1))],
        );
        let draft = self.draft_path(incident);
        let over = Over::Only(standing.there.map(|there| there.blob));
        let (path, when) = (standing.path, by.stamp.at);
        Ok(Prepared { path, over, text, message, committer, when, draft })
    }
}

/// The story that an improvement asks for.
fn story_of(improvement: &Improvement, number: u32, profile: &Profile) -> NewStory {
    NewStory {
        number: Some(number),
        title: improvement.text.clone(),
        // What was waived unfilled is not somebody's name.
        owner: improvement.owner.clone().filter(|o| !o.contains(MARK) && is_handle(o)),
        due: improvement.due_date(),
        severity: improvement.severity.clone().filter(|s| profile.find(s).is_some()),
        kind: improvement.story_kind(),
        proof: improvement.proof.clone().filter(|p| !p.contains(MARK)).unwrap_or_default(),
        external: String::new(),
    }
}

/// Which story an improvement is that stands under no id of the log.
enum Place {
    /// One that was filed from the same words, before a crash.
    There(u32),
    /// A new one, under this number if the log takes it.
    New(u32),
}

/// The improvements of a document that have no story in the log, or have it under another id than they say: each number
/// stands once in the end, and one that the document names is given to no other.
fn unfiled<'a>(incident: &Incident, improvements: &'a [Improvement]) -> Vec<(&'a Improvement, Place)> {
    let closing = &incident.closing;
    // What people read of a draft: they cannot mean a story that is kept from it.
    let told = incident.without_privileged();
    let mut named = BTreeSet::new();
    let mut without = Vec::new();
    for improvement in improvements {
        let wanted = match improvement.story {
            Some(story) if story.incident != incident.id => continue,
            Some(story) if named.insert(story.number) => {
                let is_its = |there: &Story| there.title.trim() == improvement.text.trim();
                if told.closing.stories.contains_key(&story.number)
                    || closing.stories.get(&story.number).is_some_and(is_its)
                {
                    continue;
                }
                Some(story.number).filter(|number| closing.can_be_story(*number))
            }
            // A second one under the same number is another improvement.
            _ => None,
        };
        // What says nothing, or not yet, was waived.
        if improvement.text.chars().any(char::is_alphanumeric) && !improvement.text.contains(MARK) {
            without.push((improvement, wanted));
        }
    }
    let last = named.iter().rev().find(|number| closing.can_be_story(**number));
    let mut next = closing.next_story().max(last.map_or(1, |last| last.saturating_add(1)));
    let mut found = Vec::new();
    for (improvement, wanted) in without {
        let title = improvement.text.trim();
        let same = closing.stories.values().find(|s| s.title.trim() == title && !named.contains(&s.number));
        let place = match (same.map(|story| story.number), wanted) {
            (Some(number), _) => Place::There(number),
            (None, Some(number)) => Place::New(number),
            (None, None) => {
                let number = next;
                next = next.saturating_add(1);
                Place::New(number)
            }
        };
        let (Place::There(number) | Place::New(number)) = &place;
        named.insert(*number);
        found.push((improvement, place));
    }
    found
}

struct Prepared {
    path: ArchivePath,
    /// What lay there when it was looked at.
    over: Over,
    /// Where the text can be mended.
    draft: PathBuf,
    text: String,
    message: String,
    committer: Committer,
    when: Utc,
}

struct Done {
    path: String,
    commit: String,
    commit_time: Duration,
    unchanged: bool,
    /// The file, when somebody edited it in the work tree.
    edited: Option<String>,
    warnings: Vec<String>,
}

impl Prepared {
    fn run(self, inner: &Inner) -> Result<Done, Failure> {
        let Committer { archive, author, signer } = self.committer;
        // The same document but for its head is published already: publish those bytes again, which commits
        // nothing and heals what a crash left open.
        let published_already = || -> Result<Option<Vec<u8>>, ArchiveError> {
            let is_same = |there: &Vec<u8>| same_but_for_head(&String::from_utf8_lossy(there), &self.text);
            Ok(archive.read(&self.path)?.filter(is_same))
        };
        let bytes = published_already()?.unwrap_or_else(|| self.text.clone().into_bytes());
        let files = [(self.path.clone(), bytes)];
        let [(path, bytes)] = &files;
        let again;
        let (message, over) = (self.message.clone(), self.over.clone());
        let mut publication = Publication { files: &files, message, author, when: self.when, over };
        super::guard::refuse_secrets(&publication, &|_| self.draft.display().to_string())?;
        let hooks = inner.sealing.hooks(&archive.hook_paths()?);
        let seals = Seals { signer: signer.as_deref(), hooks: hooks.as_deref() };
        let begun = inner.mint.running();
        let first = || archive.publish(&publication, &seals);
        let published = match inner.expecting(&archive, path, bytes, first) {
            // Somebody published it at this moment.
            Err(ArchiveError::Changed { file }) => {
                let there = published_already()?.ok_or(ArchiveError::Changed { file })?;
                again = [(self.path.clone(), there)];
                publication.files = &again;
                archive.publish(&publication, &seals)?
            }
            other => other?,
        };
        let commit_time = inner.mint.running().saturating_sub(begun);
        let behind = archive.refresh(&published);
        let edited = behind.iter().find_map(|warning| match warning {
            RefreshWarning::Edited { file } => Some(file.clone()),
            _ => None,
        });
        let warnings = behind.iter().map(ToString::to_string).collect();
        let path = files.first().map(|(p, _)| p.as_str().to_owned()).unwrap_or_default();
        Ok(Done {
            path,
            commit: published.commit,
            commit_time,
            unchanged: published.unchanged,
            edited,
            warnings,
        })
    }
}

/// Whether an owner is named as people are: by a handle.
fn is_handle(owner: &str) -> bool {
    !owner.contains(char::is_whitespace)
}

/// Says of stories just filed that whoever the document names as owner is nobody's handle: they have none.
fn without_owner(text: &str, filed: &[StoryId]) -> Vec<String> {
    let (document, _) = document::parse(text);
    let named = document.improvements.iter().filter_map(|improvement| {
        let id = improvement.story.filter(|id| filed.contains(id))?;
        let owner = improvement.owner.as_ref().filter(|owner| !owner.contains(MARK) && !is_handle(owner))?;
        Some(format!(
            "{id} has no owner: {owner:?} is no handle such as alice; warroom story set {id} --owner NAME"
        ))
    });
    named.collect()
}
