//! The team's runbooks: read from their folder, ranked for an incident. It must not parse (`domain::runbook`
//! does).

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Failure, FailureKind, Service, write_into_home};
use crate::domain::incident::Incident;
use crate::domain::log::{Digest, digest};
use crate::domain::naming;
use crate::domain::request::{Declaration, Request, RunbookText};
use crate::domain::runbook::bound::bound;
use crate::domain::runbook::card::Origin;
use crate::domain::runbook::matching::{Candidate, Query, rank};
use crate::domain::runbook::shipped::{self, SHIPPED};
use crate::domain::runbook::{self, MAX_BYTES, Problem, Runbook};
use crate::domain::words::{EntryKind, IncidentKind};

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

/// What became of the shipped runbooks in a home; those that are as shipped are not named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunbookUpdate {
    /// New ones that were written.
    pub written: Vec<String>,
    /// Copies that nobody had changed, and that were replaced by what is shipped now.
    pub replaced: Vec<String>,
    /// Those that the team changed: left alone.
    pub kept: Vec<String>,
    /// Those that the team deleted: left away.
    pub deleted: Vec<String>,
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
    /// The day it was last tested, by its own text.
    pub last_tested: Option<chrono::NaiveDate>,
    /// The day it was last reviewed.
    pub last_reviewed: Option<chrono::NaiveDate>,
}

/// Reads a runbook file.
///
/// # Errors
/// When it cannot be read, is too large, or is not text: the message names the file.
pub fn read_file(path: &Path) -> Result<RunbookFile, Failure> {
    let shown = path.display();
    let bytes = super::read_at_most(path, MAX_BYTES).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Failure::new(FailureKind::NotFound, format!("{shown} is not there")),
        std::io::ErrorKind::FileTooLarge => {
            Failure::no(format!("{shown}: {e}; a runbook has at most {MAX_BYTES}: split it"))
        }
        _ => Failure::no(format!("{shown} cannot be read: {e}")),
    })?;
    let text = runbook::decode(&bytes)
        .map_err(|e| {
            Failure::no(format!("{shown}:{}: {}", e.line, e.reason)).hint("a runbook is Markdown in UTF-8")
        })?
        .to_owned();
    let name = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let (runbook, problems) = runbook::parse_named(&text, &name);
    Ok(RunbookFile { name, path: path.to_owned(), text, runbook, problems })
}

/// How many of the runbooks that a word fits are named.
const MOST_NAMED: usize = 8;

impl Service {
    /// All runbooks, by name: those of the folder, and the shipped ones that the folder never got. A copy that was
    /// deleted stays away. Files that cannot be read are left out and named in the second list.
    #[must_use]
    pub fn runbooks(&self) -> (Vec<RunbookFile>, Vec<Failure>) {
        let (mut files, mut failed) = (Vec::new(), Vec::new());
        let entries = std::fs::read_dir(&self.inner.places.runbooks);
        for entry in entries.into_iter().flatten().flatten() {
            let path = entry.path();
            // Opening a pipe would wait for somebody to write into it.
            if path.extension().is_some_and(|e| e == "md") && path.is_file() {
                match read_file(&path) {
                    Ok(file) => files.push(file),
                    Err(failure) => failed.push(failure),
                }
            }
        }
        let got = self.shipped_list();
        for (name, text) in SHIPPED {
            let path = self.shipped_path(name);
            if !path.exists() && !got.iter().any(|(known, _)| known == name) {
                let (runbook, problems) = runbook::parse_named(text, name);
                files.push(RunbookFile {
                    name: (*name).to_owned(),
                    path,
                    text: (*text).to_owned(),
                    runbook,
                    problems,
                });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        (files, failed)
    }

    fn shipped_path(&self, name: &str) -> PathBuf {
        self.inner.places.runbooks.join(format!("{name}.md"))
    }

    /// The copies of shipped runbooks that this home got, with their digests.
    fn shipped_list(&self) -> Vec<(String, Digest)> {
        let path = self.inner.places.runbooks.join(shipped::LIST);
        std::fs::read_to_string(path).map(|text| shipped::read_list(&text)).unwrap_or_default()
    }

    /// Brings the home's copies to the shipped runbooks of this program: writes those that it never got, replaces
    /// those that nobody changed, leaves alone what the team changed or deleted.
    ///
    /// # Errors
    /// When a file cannot be read or written; what was written before stays.
    pub fn update_runbooks(&self) -> Result<RunbookUpdate, Failure> {
        let got = self.shipped_list();
        let mut report = RunbookUpdate::default();
        let mut copies: Vec<(String, Digest)> = Vec::new();
        for (name, text) in SHIPPED {
            let (path, new) = (self.shipped_path(name), digest(text.as_bytes()));
            let before = got.iter().find(|(known, _)| known == name).map(|(_, digest)| *digest);
            let there = match super::read_at_most(&path, MAX_BYTES) {
                Ok(bytes) => Some(digest(&bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(Failure::no(format!("{} cannot be read: {error}", path.display()))),
            };
            let name = (*name).to_owned();
            let list = match (there, before) {
                (Some(there), _) if there == new => None,
                (None, None) => Some((&mut report.written, true)),
                (None, Some(_)) => Some((&mut report.deleted, false)),
                (Some(there), Some(before)) if there == before => Some((&mut report.replaced, true)),
                (Some(_), _) => Some((&mut report.kept, false)),
            };
            let mut copy = new;
            if let Some((list, write)) = list {
                list.push(name.clone());
                if write {
                    write_into_home(&path, text.as_bytes(), true)?;
                } else {
                    // What the team changed counts as changed until it is what was shipped again.
                    copy = before.unwrap_or(new);
                }
            }
            copies.push((name, copy));
        }
        let list: String = copies.iter().map(|(name, digest)| format!("{digest}  {name}.md\n")).collect();
        write_into_home(&self.inner.places.runbooks.join(shipped::LIST), list.as_bytes(), true)?;
        Ok(report)
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
                let mut names: Vec<&str> =
                    [one, two].into_iter().chain(found).map(|f| f.name.as_str()).collect();
                if names.len() > MOST_NAMED {
                    names.truncate(MOST_NAMED);
                    names.push("…");
                }
                Err(Failure::new(FailureKind::NotFound, format!("more than one runbook fits {name:?}"))
                    .hint(format!("name it: {}", names.join(", "))))
            }
            _ => {
                let known: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
                Err(Failure::new(FailureKind::NotFound, format!("there is no runbook {name:?}"))
                    .hint(format!("there are: {}", known.join(", "))))
            }
        }
    }

    /// The runbooks that fit an incident best, those first that name its severity or kind; at
    /// most `limit`.
    #[must_use]
    pub fn runbooks_for(&self, incident: &Incident, limit: usize) -> Vec<RunbookChoice> {
        // Monitors put the name of the alert first.
        let alerts: Vec<String> = incident
            .timeline
            .stored()
            .iter()
            .filter(|e| e.kind == EntryKind::Alert && e.struck.is_none())
            .flat_map(|e| e.text.split_whitespace())
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
            .collect();
        let (title, services, tags) = (&incident.title, &incident.services, &incident.tags);
        let mut fitting = self.fitting_runbooks(title, services, tags, &alerts, limit);
        let query = Query { title, services, tags, alerts: &alerts };
        let bound = self.bound_runbooks(&query, incident.severity.as_deref(), incident.kind);
        for (file, reason) in bound.into_iter().rev() {
            fitting.retain(|c| c.name != file.name);
            fitting.insert(0, choice(&file, format!("for {reason}")));
        }
        fitting.truncate(limit);
        fitting
    }

    /// The services that the team's own runbooks answer for. Those of the shipped ones are kinds (`database`), not
    /// services of a team.
    fn services_of_runbooks(&self) -> Vec<String> {
        let (files, _) = self.runbooks();
        let mut known = Vec::new();
        for file in files {
            let general =
                shipped::text(&file.name).map(|text| runbook::parse_named(text, &file.name).0.matches);
            let general = general.map(|matches| matches.services).unwrap_or_default();
            known.extend(file.runbook.matches.services.into_iter().filter(|name| !general.contains(name)));
        }
        known
    }

    /// The services that a text names, of those that past postmortems or the team's own runbooks know.
    ///
    /// # Errors
    /// When archive or index cannot be read or rebuilt.
    pub async fn services_named(&self, text: &str) -> Result<Vec<String>, Failure> {
        let books = self.clone();
        let mut known = tokio::task::spawn_blocking(move || books.services_of_runbooks())
            .await
            .map_err(|_| Failure::no("reading the runbooks broke off"))?;
        known.extend(self.known_services().await?);
        Ok(naming::named_services(text, &known))
    }

    /// A title for what looks for runbooks: behind it what it is read as where it has mistakes of typing, as the question for
    /// similar incidents is. As it is where the memory does not answer. `unfinished`: its last word is still being typed.
    pub async fn as_meant(&self, title: &str, unfinished: bool) -> String {
        let text = title.to_owned();
        let ask = move |inner: &super::Inner| inner.ask(|index| index.as_meant(&text, unfinished));
        match self.blocking_memory(ask).await {
            Ok(meant) if meant != title => format!("{title} {meant}"),
            _ => title.to_owned(),
        }
    }

    /// The one runbook that is attached at declaring, since its `match:` names the severity or the kind, when none
    /// was asked for. Where several fit, people choose.
    pub(super) async fn matched_runbook(&self, declaration: &Declaration) -> Option<Request> {
        if !declaration.runbooks.is_empty() {
            return None;
        }
        let (books, asked) = (self.clone(), declaration.clone());
        let bound = tokio::task::spawn_blocking(move || {
            let severity = asked.severity.as_deref().and_then(|name| books.policy().profile.find(name));
            let severity = severity.map(|level| level.name.clone());
            let query = Query {
                title: &asked.title,
                services: &asked.services,
                tags: &asked.tags,
                ..Query::default()
            };
            books.bound_runbooks(&query, severity.as_deref(), asked.kind)
        });
        // A folder that cannot be read stops no declaration.
        let mut bound = bound.await.unwrap_or_default();
        match (bound.pop(), bound.pop()) {
            (Some((file, reason)), None) => Some(Request::AttachMatched { runbook: file.to_text(), reason }),
            _ => None,
        }
    }

    /// The runbooks that name this severity or kind, with what they name.
    fn bound_runbooks(
        &self,
        query: &Query<'_>,
        severity: Option<&str>,
        kind: IncidentKind,
    ) -> Vec<(RunbookFile, String)> {
        let (files, _) = self.runbooks();
        let found = bound(&candidates(&files), query, severity, kind);
        let file = |name: &str| files.iter().find(|f| f.name == name).cloned();
        found.into_iter().filter_map(|b| Some((file(b.name)?, b.reason))).collect()
    }

    /// The runbooks that fit words, services, tags and alerts best, with the reason; at most `limit`.
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
        let ranked = rank(&candidates(&files), &Query { title, services, tags, alerts });
        ranked
            .into_iter()
            .take(limit)
            .filter_map(|r| Some(choice(files.iter().find(|f| f.name == r.name)?, r.why)))
            .collect()
    }
}

fn candidates(files: &[RunbookFile]) -> Vec<Candidate<'_>> {
    files.iter().map(|f| Candidate::of(&f.name, &f.runbook)).collect()
}

fn choice(file: &RunbookFile, why: String) -> RunbookChoice {
    RunbookChoice {
        name: file.name.clone(),
        title: file.runbook.title.clone(),
        why,
        last_tested: file.runbook.last_tested,
        last_reviewed: file.runbook.last_reviewed,
    }
}
