//! The draft of a postmortem, a file that people edit: made from the log, or from the text of the archive, where others
//! may have changed it. It must not overwrite what nobody has saved elsewhere.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::standing::{Held, Standing};
use super::{By, Failure, FailureKind, Service};
use crate::domain::closeout::{self, NextStep};
use crate::domain::ids::LogId;
use crate::domain::incident::Incident;
use crate::domain::postmortem::MAX_BYTES;
use crate::domain::postmortem::draft::{draft, with_related};
use crate::domain::postmortem::filed::with_stories;
use crate::domain::request::Request;
use crate::domain::time::Utc;

/// A draft on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFile {
    /// Where it is.
    pub path: PathBuf,
    /// It was made just now; otherwise it was there.
    pub created: bool,
    /// What there is to say of it beside the text of the archive.
    pub beside: Beside,
    /// Its text.
    pub text: String,
}

/// How a draft is to the text of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// There is nothing to say: nobody has changed the text since.
    Alike,
    /// What was linked since is in the draft now; the rest of it is as it was.
    Linked,
    /// Others had changed the text, and the draft is that text now.
    TakenOver {
        /// The file of the archive.
        from: String,
        /// Where the draft before it is, if it said anything that was said nowhere else.
        kept: Option<PathBuf>,
    },
    /// Others have changed the text, and the draft has changed too.
    Apart {
        /// The file of the archive.
        from: String,
    },
}

impl DraftFile {
    /// What people are told beside the path, and what to do; none when there is nothing.
    #[must_use]
    pub fn told(&self, incident: &str) -> Option<String> {
        match &self.beside {
            Beside::Alike if self.created => None,
            Beside::Alike => Some("the draft was there already, and is left as it is".to_owned()),
            Beside::Linked => Some(
                "the draft was there already: what was linked since is in its `related` now, and the rest is left as it \
                 is"
                    .to_owned(),
            ),
            Beside::TakenOver { from, kept } => {
                let kept = kept.as_ref().map(|kept| format!("; what it was before: {}", kept.display()));
                Some(format!(
                    "{from} was changed in the archive, and the draft is its text now{}",
                    kept.unwrap_or_default()
                ))
            }
            Beside::Apart { from } => Some(format!(
                "the draft is left as it is, but {from} was changed in the archive since it was published, and says \
                 something else; warroom postmortem draft {incident} --from-archive makes the draft of that text, and \
                 keeps this one beside it"
            )),
        }
    }
}

impl Service {
    /// Makes the draft of an incident's postmortem, or finds the one that is there: edited text is never
    /// overwritten. What was linked since it was made is added to its `related`. A published postmortem without a draft is drafted from its published text; when others have
    /// changed that in the archive since, a draft that says nothing more is made anew of it, and any draft when
    /// `from_archive` asks for it, which is kept beside then.
    ///
    /// # Errors
    /// When the log, the archive or the file cannot be read or written.
    pub async fn draft(&self, log: LogId, by: &By, from_archive: bool) -> Result<DraftFile, Failure> {
        let incident = self.incident(log).await?;
        let path = self.draft_path(&incident);
        let old = read_draft(&path)?;
        let standing = match incident.closing.postmortem.path {
            Some(_) => match self.standing_to_draft(&incident).await {
                Ok(standing) => Some(standing),
                // What is there can be written on; publishing will say what is wrong.
                Err(_) if old.is_some() && !from_archive => None,
                Err(failure) => return Err(failure),
            },
            None => None,
        };
        let there = standing.as_ref().and_then(|s| s.there.as_ref().map(|there| (s, there)));
        let Some(old) = old else {
            let (text, from) = match there {
                Some((_, there)) => (text_for(&incident, there)?, Some(there.blob.clone())),
                None if from_archive => return Err(not_there(&incident)),
                None => (draft(&incident, &by.person), None),
            };
            self.write_draft(&incident, by, &path, &text, from).await?;
            return Ok(DraftFile { path, created: true, beside: Beside::Alike, text });
        };
        let Some((standing, there)) = there else {
            if from_archive {
                return Err(not_there(&incident));
            }
            return taken_up(&incident, path, old);
        };
        let said = |held: &Held| standing.says(&old, held);
        let is_saved = standing.base.as_ref().is_some_and(said) || said(there);
        let from = standing.path.to_string();
        if !standing.is_changed() && (is_saved || !from_archive) {
            return taken_up(&incident, path, old);
        }
        if !is_saved && !from_archive {
            return Ok(DraftFile { path, created: false, beside: Beside::Apart { from }, text: old });
        }
        let text = text_for(&incident, there)?;
        let kept = if is_saved || text == old { None } else { Some(keep(&path, &old)?) };
        self.write_draft(&incident, by, &path, &text, Some(there.blob.clone())).await?;
        Ok(DraftFile { path, created: false, beside: Beside::TakenOver { from, kept }, text })
    }

    /// How the postmortem of a published incident stands: a draft of the log says less than what was published, so none is
    /// made in its place where that was lost.
    async fn standing_to_draft(&self, incident: &Incident) -> Result<Standing, Failure> {
        self.refuse_lost("so no draft was made").await?;
        self.standing(incident, &incident.title, false).await
    }

    /// The next step of the close path, beside the draft as it lies there: whoever fills it in with an editor of their
    /// own is to have it checked, not to edit it again.
    #[must_use]
    pub fn next_step(&self, incident: &Incident, now: Utc) -> NextStep {
        let next = closeout::next_step(incident, &self.inner.policy);
        if next != NextStep::Edit {
            return next;
        }
        let draft = read_draft(&self.draft_path(incident)).ok().flatten();
        let is_fit = draft.is_some_and(|text| self.problems(incident, &text, now).is_empty());
        if is_fit { NextStep::Check } else { next }
    }

    /// Writes the file first: were the log to say that the draft is of a text which it is not, publishing would
    /// overwrite that text.
    async fn write_draft(
        &self,
        incident: &Incident,
        by: &By,
        path: &Path,
        text: &str,
        from: Option<String>,
    ) -> Result<(), Failure> {
        write_atomically(path, text.as_bytes())?;
        let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let request = Request::RecordDraft { file, from };
        self.submit(incident.log, by, &[request.into()], incident.head).await?;
        Ok(())
    }

    /// Where the draft of an incident is, made or not.
    #[must_use]
    pub fn draft_path(&self, incident: &Incident) -> PathBuf {
        self.inner.places.drafts.join(format!("{}.md", incident.id))
    }
}

fn not_there(incident: &Incident) -> Failure {
    Failure::new(FailureKind::NotFound, format!("the archive has no postmortem of {}", incident.id))
        .hint(format!("make the draft from the log: warroom postmortem draft {}", incident.id))
}

/// A draft that is there, with what was linked since.
fn taken_up(incident: &Incident, path: PathBuf, old: String) -> Result<DraftFile, Failure> {
    let Some(text) = with_related(&old, incident) else {
        return Ok(DraftFile { path, created: false, beside: Beside::Alike, text: old });
    };
    write_atomically(&path, text.as_bytes())?;
    Ok(DraftFile { path, created: false, beside: Beside::Linked, text })
}

/// The draft that a text of the archive makes: with what was linked since it was published, and what became of its
/// stories.
fn text_for(incident: &Incident, held: &Held) -> Result<String, Failure> {
    let text = text_of(held)?;
    let text = with_related(&text, incident).unwrap_or(text);
    Ok(with_stories(&text, incident).unwrap_or(text))
}

/// A text of the archive as a draft.
pub(super) fn text_of(held: &Held) -> Result<String, Failure> {
    String::from_utf8(held.bytes.clone()).map_err(|_| {
        Failure::no("the text in the archive is not UTF-8").hint("save it as UTF-8 there, and commit it")
    })
}

/// Keeps a draft beside the one that takes its place.
fn keep(path: &Path, text: &str) -> Result<PathBuf, Failure> {
    let stem = path.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let mut names = (1_u32..).map(|number| path.with_file_name(format!("{stem}.before-{number}.md")));
    let free = names.find(|name| std::fs::symlink_metadata(name).is_err());
    let free = free.ok_or_else(|| Failure::no(format!("no name is left beside {}", path.display())))?;
    super::write_into_home(&free, text.as_bytes(), false)?;
    Ok(free)
}

pub(super) fn no_draft(incident: &Incident) -> Failure {
    Failure::new(FailureKind::NotFound, format!("{} has no draft of a postmortem", incident.id))
        .hint(format!("make one: warroom postmortem draft {}", incident.id))
}

pub(super) fn read_draft(path: &Path) -> Result<Option<String>, Failure> {
    match super::read_at_most(path, MAX_BYTES) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                let line = bytes.iter().take(good).filter(|b| **b == b'\n').count() + 1;
                Err(Failure::no(format!("{}:{line}: the draft is not UTF-8", path.display()))
                    .hint("save it as UTF-8; nothing was changed"))
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::no(format!("{} cannot be read: {error}", path.display()))),
    }
}

/// Writes a file of the home beside its place and moves it there, so that a reader or a crash never sees half of it.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::no(format!("{} cannot be written: {e}", path.display()));
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = super::unnamed_in_home(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    if let Ok(folder) = std::fs::File::open(folder) {
        // The name must be on disk too; where folders cannot be synced, the file still is.
        let _ = folder.sync_all();
    }
    Ok(())
}
