//! The team's runbooks: read from their folder, ranked for an incident. It must not parse (`domain::runbook`
//! does).

use std::path::{Path, PathBuf};

use super::{Failure, FailureKind, Service};
use crate::domain::request::RunbookText;
use crate::domain::runbook::card::Origin;
use crate::domain::runbook::matching::{Candidate, Query, rank};
use crate::domain::runbook::shipped::{self, SHIPPED};
use crate::domain::runbook::{self, MAX_BYTES, Problem, Runbook};

/// A runbook of the folder.
#[derive(Debug, Clone, PartialEq)]
pub struct RunbookFile {
    /// The file's name without its ending.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The Markdown.
    pub text: String,
    /// What was read of it.
    pub runbook: Runbook,
    /// What could not be read as intended.
    pub problems: Vec<Problem>,
}

impl RunbookFile {
    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        match shipped::text(&self.name) {
            Some(text) if text == self.text => Origin::Shipped,
            Some(_) => Origin::Edited,
            None => Origin::Own,
        }
    }

    /// What attaching it stores.
    #[must_use]
    pub fn to_text(&self) -> RunbookText {
        RunbookText { name: self.name.clone(), title: self.runbook.title.clone(), text: self.text.clone() }
    }
}

/// A runbook that fits an incident, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct RunbookChoice {
    /// The file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Why it fits, in a line.
    pub why: String,
}

/// Reads a runbook file.
///
/// # Errors
/// When it cannot be read, is too large, or is not text: the message names the file.
pub fn read_file(path: &Path) -> Result<RunbookFile, Failure> {
    let shown = path.display();
    let size = std::fs::metadata(path)
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                Failure::new(FailureKind::NotFound, format!("{shown} is not there"))
            }
            _ => Failure::no(format!("{shown} cannot be read: {e}")),
        })?
        .len();
    if size > MAX_BYTES as u64 {
        return Err(Failure::no(format!("{shown} has {size} bytes; a runbook has at most {MAX_BYTES}")));
    }
    let bytes = std::fs::read(path).map_err(|e| Failure::no(format!("{shown} cannot be read: {e}")))?;
    let text = runbook::decode(&bytes)
        .map_err(|e| {
            Failure::no(format!("{shown}:{}: {}", e.line, e.reason)).hint("a runbook is Markdown in UTF-8")
        })?
        .to_owned();
    let name = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let (runbook, problems) = runbook::parse_named(&text, &name);
    Ok(RunbookFile { name, path: path.to_owned(), text, runbook, problems })
}

impl Service {
    /// All runbooks of the folder, by name; the shipped ones while there is no folder. Files that cannot be read are left out and named in the second list.
    #[must_use]
    pub fn runbooks(&self) -> (Vec<RunbookFile>, Vec<Failure>) {
        let (mut files, mut failed) = (Vec::new(), Vec::new());
        let Ok(entries) = std::fs::read_dir(&self.inner.places.runbooks) else {
            // Before the home is made, the shipped ones are what there is.
            files.extend(SHIPPED.iter().map(|(name, text)| {
                let (runbook, problems) = runbook::parse_named(text, name);
                let path = self.inner.places.runbooks.join(format!("{name}.md"));
                RunbookFile { name: (*name).to_owned(), path, text: (*text).to_owned(), runbook, problems }
            }));
            return (files, failed);
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "md") {
                match read_file(&path) {
                    Ok(file) => files.push(file),
                    Err(failure) => failed.push(failure),
                }
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        (files, failed)
    }

    /// The runbook of a name, or of a unique part of a name or title.
    ///
    /// # Errors
    /// When none or several fit, or the file cannot be read.
    pub fn runbook(&self, name: &str) -> Result<RunbookFile, Failure> {
        let name = name.trim().trim_end_matches(".md");
        let (files, mut failed) = self.runbooks();
        if let Some(file) = files.iter().find(|f| f.name == name) {
            return Ok(file.clone());
        }
        let path = self.inner.places.runbooks.join(format!("{name}.md"));
        if let Some(at) = failed.iter().position(|f| f.message.contains(&path.display().to_string())) {
            return Err(failed.swap_remove(at));
        }
        let needle = name.to_lowercase();
        let mut found = files
            .iter()
            .filter(|f| f.name.contains(&needle) || f.runbook.title.to_lowercase().contains(&needle));
        match (needle.is_empty(), found.next(), found.next()) {
            (false, Some(file), None) => Ok(file.clone()),
            (false, Some(one), Some(two)) => {
                Err(Failure::new(FailureKind::NotFound, format!("more than one runbook fits {name:?}"))
                    .hint(format!("name it: {}, {}, …", one.name, two.name)))
            }
            _ => {
                let known: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
                Err(Failure::new(FailureKind::NotFound, format!("there is no runbook {name:?}"))
                    .hint(format!("there are: {}", known.join(", "))))
            }
        }
    }

    /// The runbooks that fit an incident best, with the reason; at most `limit`.
    #[must_use]
    pub fn fitting_runbooks(
        &self,
        title: &str,
        services: &[String],
        tags: &[String],
        alerts: &[String],
        limit: usize,
    ) -> Vec<RunbookChoice> {
        let (files, _) = self.runbooks();
        let candidates: Vec<Candidate<'_>> = files
            .iter()
            .map(|f| Candidate { name: &f.name, title: &f.runbook.title, matches: &f.runbook.matches })
            .collect();
        let ranked = rank(&candidates, &Query { title, services, tags, alerts });
        ranked
            .into_iter()
            .take(limit)
            .filter_map(|r| {
                let file = files.iter().find(|f| f.name == r.name)?;
                Some(RunbookChoice { name: file.name.clone(), title: file.runbook.title.clone(), why: r.why })
            })
            .collect()
    }
}
