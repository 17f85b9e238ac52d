//! The team's drills: read from their folder, run, and what is due in one written down. It must not parse or score
//! (`domain::drill` does).

use std::path::{Path, PathBuf};

use super::room::Attempt;
use super::{By, Failure, FailureKind, IncidentFilter, Inner, Places, Service};
use crate::domain::drill::score::{Sheet, score};
use crate::domain::drill::sheet::Earlier;
use crate::domain::drill::{MAX_BYTES, SHIPPED, Script, parse};
use crate::domain::ids::{IncidentId, LogId};
use crate::domain::incident::Incident;
use crate::domain::log::digest;
use crate::domain::request::{Declaration, DrillRequest, Request};
use crate::domain::runbook::{self, Problem};
use crate::domain::time::Utc;
use crate::domain::words::IncidentKind;
use crate::store::StoreError;

/// How many runs are looked through, the newest first.
const RUNS: usize = 500;

/// A drill of the folder.
#[derive(Debug, Clone, PartialEq)]
pub struct DrillFile {
    /// The file's name without its ending.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The Markdown.
    pub text: String,
    /// What was read of it.
    pub script: Script,
    /// What could not be read as intended.
    pub problems: Vec<Problem>,
}

/// An exercise that was run, or is.
#[derive(Debug, Clone, PartialEq)]
pub struct DrillRunRow {
    /// The incident.
    pub id: IncidentId,
    /// Its score.
    pub sheet: Sheet,
}

impl DrillRunRow {
    /// The run as it stands beside others.
    #[must_use]
    pub fn earlier(&self) -> Earlier {
        Earlier { id: self.id, date: self.sheet.began.date_naive(), totals: self.sheet.totals }
    }
}

/// Reads a drill file.
///
/// # Errors
/// When it cannot be read, is too large, or is not text: the message names the file.
pub fn read_drill(path: &Path) -> Result<DrillFile, Failure> {
    let shown = path.display();
    let bytes = super::read_at_most(path, MAX_BYTES).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Failure::new(FailureKind::NotFound, format!("{shown} is not there")),
        std::io::ErrorKind::FileTooLarge => {
            Failure::no(format!("{shown}: {e}; a drill has at most {MAX_BYTES}: shorten it"))
        }
        _ => Failure::no(format!("{shown} cannot be read: {e}")),
    })?;
    let text = runbook::decode(&bytes).map_err(|e| {
        Failure::no(format!("{shown}:{}: {}", e.line, e.reason)).hint("a drill is Markdown in UTF-8")
    })?;
    let name = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    Ok(file(name, path.to_owned(), text))
}

fn file(name: String, path: PathBuf, text: &str) -> DrillFile {
    let (script, problems) = parse(text, &name);
    DrillFile { name, path, text: text.to_owned(), script, problems }
}

impl Places {
    /// The team's drills: beside the runbooks.
    #[must_use]
    pub fn drills(&self) -> PathBuf {
        self.runbooks.with_file_name("drills")
    }
}

impl Service {
    /// All drills, by name: those of the folder, or the shipped ones where there is no folder yet. Files that cannot be
    /// read are left out and named in the second list.
    #[must_use]
    pub fn drills(&self) -> (Vec<DrillFile>, Vec<Failure>) {
        let folder = self.inner.places.drills();
        let (mut files, mut failed) = (Vec::new(), Vec::new());
        match std::fs::read_dir(&folder) {
            Err(_) => {
                let shipped = SHIPPED.iter();
                files.extend(
                    shipped.map(|(name, text)| {
                        file((*name).to_owned(), folder.join(format!("{name}.md")), text)
                    }),
                );
            }
            Ok(entries) => {
                for path in entries.flatten().map(|entry| entry.path()) {
                    // Opening a pipe would wait for somebody to write into it.
                    if path.extension().is_some_and(|e| e == "md") && path.is_file() {
                        match read_drill(&path) {
                            Ok(file) => files.push(file),
                            Err(failure) => failed.push(failure),
                        }
                    }
                }
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        (files, failed)
    }

    /// The drill of a name, or of a unique part of a name or title.
    ///
    /// # Errors
    /// When none or several fit, or the file cannot be read.
    pub fn drill(&self, name: &str) -> Result<DrillFile, Failure> {
        let name = name.trim().trim_end_matches(".md");
        let (files, mut failed) = self.drills();
        if let Some(file) = files.iter().find(|f| f.name == name) {
            return Ok(file.clone());
        }
        let path = self.inner.places.drills().join(format!("{name}.md")).display().to_string();
        if let Some(at) = failed.iter().position(|f| f.message.contains(&path)) {
            return Err(failed.swap_remove(at));
        }
        let needle = name.to_lowercase();
        let mut found = files
            .iter()
            .filter(|f| f.name.contains(&needle) || f.script.title.to_lowercase().contains(&needle));
        match (needle.is_empty(), found.next(), found.next()) {
            (false, Some(file), None) => Ok(file.clone()),
            (false, Some(one), Some(two)) => {
                Err(Failure::new(FailureKind::NotFound, format!("more than one drill fits {name:?}"))
                    .hint(format!("name it: {}, {}, …", one.name, two.name)))
            }
            _ => {
                let names = files.iter().map(|f| (strsim::damerau_levenshtein(&needle, &f.name), &f.name));
                let near = names.min().filter(|(distance, _)| *distance <= 5);
                let known: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
                let hint = match near {
                    Some((_, name)) => format!("did you mean {name}? there are: {}", known.join(", ")),
                    None => format!("there are: {}", known.join(", ")),
                };
                Err(Failure::new(FailureKind::NotFound, format!("there is no drill {name:?}")).hint(hint))
            }
        }
    }

    /// Declares an exercise and begins it by a script: both, or nothing.
    ///
    /// # Errors
    /// When a rule refuses it, or the store does.
    pub async fn run_drill(
        &self,
        by: &By,
        file: &DrillFile,
        facilitator: String,
        mut declaration: Declaration,
        at: Option<(Utc, bool)>,
    ) -> Result<(IncidentId, LogId), Failure> {
        let profile = &self.inner.policy.profile;
        let is_known = |name: &str| profile.find(name).is_some();
        let severity = file.script.severity.as_deref().filter(|name| is_known(name));
        declaration.kind = IncidentKind::Drill;
        declaration.title.clone_from(&file.script.title);
        declaration.severity = severity.filter(|_| !file.script.asks_for_severity()).map(str::to_owned);
        let text = digest(file.text.as_bytes()).to_string();
        let started = file.script.started(&file.name, text, facilitator, is_known);
        let start = Request::Drill(DrillRequest::Start(Box::new(started)));
        let (id, log, _) = self.declare_with(by, declaration, at, vec![start]).await?;
        Ok((id, log))
    }

    /// Every exercise that was run by a script, the newest first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn drill_runs(&self, now: Utc) -> Result<Vec<DrillRunRow>, Failure> {
        let rows = self.list_with_logs(&IncidentFilter::default()).await?;
        let drills = rows.into_iter().filter(|(_, row)| row.kind == IncidentKind::Drill).take(RUNS);
        let mut runs = Vec::new();
        for (log, row) in drills {
            if let Some(sheet) = score(&self.incident(log).await?, now) {
                runs.push(DrillRunRow { id: row.id, sheet });
            }
        }
        runs.sort_by_key(|run| std::cmp::Reverse((run.sheet.began, run.id)));
        Ok(runs)
    }
}

impl Inner {
    /// Writes down what the players were to be told by now; two rooms write each once, because its id follows from
    /// incident and number.
    pub(super) async fn injects_due(&self, incident: &mut Incident, by: &By) -> Result<(), Failure> {
        for (_, inject) in incident.injects_due(by.stamp.at) {
            let asked = Request::Drill(DrillRequest::Due { inject }).into();
            match self.try_submit(incident, by, std::slice::from_ref(&asked)).await {
                Ok(_) | Err(Attempt::Refused(_)) => {}
                Err(Attempt::Again(StoreError::Conflict { .. } | StoreError::EventTaken { .. })) => break,
                Err(Attempt::Again(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
