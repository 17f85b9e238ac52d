//! Where erased words still stand beside the log: files of the home, and what git holds. It must not change any of
//! it: a draft of a postmortem is somebody's, and published history is not ours to rewrite. Half-typed texts are the
//! shell's.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Failure, Service};
use crate::domain::archive_path::ArchivePath;
use crate::domain::ids::{IncidentId, Seq};
use crate::domain::incident::Incident;

/// The shortest word of a line that is looked for by itself; it must not be letters only.
const WORD_MIN: usize = 10;

/// A place where erased words still stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remnant {
    /// The file; in git, its path in the repository.
    pub path: String,
    /// The commit that holds them, in hex; none for a file of the home.
    pub commit: Option<String>,
    /// What to do about it.
    pub todo: String,
}

/// What a line said, now and before it was amended: each text whole, and its words that look like no others.
#[must_use]
pub fn words_of(incident: &Incident, seq: Seq) -> Vec<String> {
    let Some(entry) = incident.timeline.get(seq) else { return Vec::new() };
    let mut words = Vec::new();
    for text in std::iter::once(&entry.text).chain(entry.edits.iter().map(|edit| &edit.text)) {
        words.extend(words_in(text));
    }
    words
}

/// A text whole, and its words that look like no others.
pub(super) fn words_in(text: &str) -> Vec<String> {
    let mut words = vec![text.trim().to_owned()];
    let bare = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let telling = |word: &&str| word.len() >= WORD_MIN && !word.chars().all(char::is_alphabetic);
    words.extend(bare.filter(telling).map(str::to_owned));
    words.retain(|word| word.len() > 3);
    words
}

/// Whether a file holds one of the words, as they are or as Markdown escapes them.
fn holds(bytes: &[u8], words: &[String]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let bare = text.replace('\\', "");
    words.iter().any(|word| text.contains(word.as_str()) || bare.contains(word.as_str()))
}

/// Whether a file is what `warroom postmortem edit` opens, and not a draft that was kept beside it.
fn is_draft(path: &Path) -> bool {
    path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| stem.parse::<IncidentId>().is_ok())
}

/// Every file below a folder; links are not followed.
pub(super) fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path(), into),
            Ok(kind) if kind.is_file() => into.push(entry.path()),
            _ => {}
        }
    }
}

impl Service {
    /// The files of the home and the commits of the archive that still hold words.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn remnants(
        &self,
        words: Vec<String>,
        published: Option<String>,
    ) -> Result<Vec<Remnant>, Failure> {
        self.blocking(move |inner| {
            let mut found = Vec::new();
            let root = inner.places.index.parent().unwrap_or_else(|| Path::new("."));
            for name in ["drafts", "evidence", "templates", "runbooks", "log", "damaged"] {
                let mut all = Vec::new();
                files(&root.join(name), &mut all);
                all.sort();
                for path in all {
                    let extension = path.extension().and_then(|e| e.to_str());
                    if extension == Some("journal")
                        || !std::fs::read(&path).is_ok_and(|bytes| holds(&bytes, &words))
                    {
                        continue;
                    }
                    let todo = match extension {
                        Some("md") if name == "drafts" && is_draft(&path) => {
                            "take them out: warroom postmortem edit"
                        }
                        _ => "take them out of the file by hand, or remove it",
                    };
                    found.push(Remnant {
                        path: path.display().to_string(),
                        commit: None,
                        todo: todo.to_owned(),
                    });
                }
            }
            if !inner.places.archive.repository.exists() {
                return Ok(found);
            }
            let archive = match inner.archive() {
                Ok(archive) => archive,
                // The log is erased by now: what is not known of the rest is for people to look at.
                Err(failure) => {
                    found.push(Remnant {
                        path: inner.places.archive.repository.display().to_string(),
                        commit: None,
                        todo: format!("it could not be looked into, so look there yourself: {failure}"),
                    });
                    return Ok(found);
                }
            };
            let todo = "in git's history: revoke what it is, and rewrite the history (git filter-repo)";
            let mut git = |path: &ArchivePath, commit: String| {
                let todo = todo.to_owned();
                found.push(Remnant { path: archive.full_path(path), commit: Some(commit), todo });
            };
            let published = published.and_then(|path| ArchivePath::new(path).ok());
            if let Some(path) = &published {
                for version in archive.history(path)? {
                    let Some(blob) = &version.blob else { continue };
                    if holds(&archive.read_blob(blob)?, &words) {
                        git(path, version.commit.clone());
                    }
                }
            }
            let head = archive.head()?.unwrap_or_default();
            for entry in archive.list()?.entries {
                if Some(&entry.path) != published.as_ref()
                    && archive.read_blob(&entry.blob).is_ok_and(|bytes| holds(&bytes, &words))
                {
                    git(&entry.path, head.clone());
                }
            }
            Ok(found)
        })
        .await
    }
}
