//! Importing other people's postmortems: into archive and index only, in one commit, as they are. It must not write
//! the log: an imported postmortem has none.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{By, Failure, FailureKind, Inner, Service};
use crate::archive::{Over, Publication, Seals, commit_message};
use crate::domain::archive_path::{ArchivePath, PartialDate, postmortem_path};
use crate::domain::ids::IncidentId;
use crate::domain::postmortem::{MAX_BYTES, imported};
use crate::store::SummaryFilter;

/// A file that was not read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotRead {
    /// The file.
    pub path: String,
    /// Why.
    pub reason: String,
    /// It looks like it holds a secret.
    pub secret: bool,
}

/// What an import did; the fields are those of `import --json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Ids that are in the archive now and were not before.
    pub imported: Vec<String>,
    /// Ids that were there, with the same text.
    pub skipped: Vec<String>,
    /// Files that were not read.
    pub not_read: Vec<NotRead>,
    /// The commit; absent when nothing was new.
    pub commit: Option<String>,
    /// What did not go as it should and does not matter to the archive.
    pub warnings: Vec<String>,
}

/// How deep a folder is searched.
const DEPTH: usize = 16;
/// How many files are named of whose front matter not all was read, and how many that are restricted.
const NAMED: usize = 10;

impl Service {
    /// Imports files and folders of Markdown, in one commit; a text that is there already, from wherever it
    /// comes, is skipped. A text whose id or place is another text's is not read: an id names one thing.
    ///
    /// # Errors
    /// When a path that was named is not there, or the archive cannot be written.
    pub async fn import(
        &self,
        by: &By,
        paths: Vec<PathBuf>,
        author: Option<String>,
    ) -> Result<ImportReport, Failure> {
        let when = by.stamp.at;
        self.refuse_lost_archive().await?;
        let own = self.own_ids().await?;
        let mut report = self
            .blocking(move |inner| {
                let mut report = ImportReport::default();
                let mut found = Vec::new();
                for path in &paths {
                    if !path.exists() {
                        return Err(Failure::new(
                            FailureKind::NotFound,
                            format!("{} is not there", path.display()),
                        ));
                    }
                    let base = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
                    collect(path, base, DEPTH, !path.is_dir(), &mut found);
                }
                let texts = found.into_iter().map(|(path, relative)| {
                    let bytes = super::read_at_most(&path, MAX_BYTES).map_err(|e| e.to_string());
                    (path.display().to_string(), relative, bytes)
                });
                inner.import(texts, &own, when, author.as_deref(), &mut report)?;
                Ok(report)
            })
            .await?;
        self.index_follows(&mut report).await;
        Ok(report)
    }

    /// Imports texts under the paths that they had, in one commit; what is there already is skipped.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn import_texts(
        &self,
        by: &By,
        texts: Vec<(String, String)>,
        author: Option<String>,
    ) -> Result<ImportReport, Failure> {
        let when = by.stamp.at;
        self.refuse_lost_archive().await?;
        let own = self.own_ids().await?;
        let mut report = self
            .blocking(move |inner| {
                let mut report = ImportReport::default();
                let texts = texts.into_iter().map(|(path, text)| (path.clone(), path, Ok(text.into_bytes())));
                inner.import(texts, &own, when, author.as_deref(), &mut report)?;
                Ok(report)
            })
            .await?;
        self.index_follows(&mut report).await;
        Ok(report)
    }

    /// The incidents that have a log here.
    async fn own_ids(&self) -> Result<BTreeSet<IncidentId>, Failure> {
        let all = SummaryFilter { states: Vec::new(), limit: u32::MAX };
        Ok(self.store().summaries(all).await?.into_iter().map(|row| row.id).collect())
    }

    async fn index_follows(&self, report: &mut ImportReport) {
        if report.commit.is_some()
            && let Err(failure) = self.catch_up_index().await
        {
            report.warnings.push(format!("the index follows at the next search: {failure}"));
        }
    }
}

/// What a message calls a text, the path by which it was found, and its bytes or why there are none.
type Found = (String, String, Result<Vec<u8>, String>);

impl Inner {
    fn import(
        &self,
        found: impl Iterator<Item = Found>,
        own: &BTreeSet<IncidentId>,
        when: crate::domain::time::Utc,
        author: Option<&str>,
        report: &mut ImportReport,
    ) -> Result<(), Failure> {
        let (archive, today) = (self.archive()?, when.date_naive());
        self.refuse_other_branch(&archive, "import")?;
        let there = super::memory::known_texts(&archive)?;
        // The same text is known again wherever it lies and whatever its file is called.
        let mut texts: HashMap<String, String> = HashMap::new();
        // A text without an id of its own is known again by its place: what was edited there is not written over.
        let mut places: BTreeSet<String> = BTreeSet::new();
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for text in there {
            known.insert(text.id.to_ascii_lowercase(), text.path.clone());
            texts.insert(text.blob, text.id);
            places.insert(text.path);
        }
        let mut files: Vec<(ArchivePath, Vec<u8>)> = Vec::new();
        let mut half_read: Vec<String> = Vec::new();
        let mut restricted: Vec<String> = Vec::new();
        for (shown, relative, bytes) in found {
            let not_read = |reason: String| NotRead { path: shown.clone(), reason, secret: false };
            let bytes = match bytes {
                Ok(bytes) => bytes,
                Err(error) => {
                    report.not_read.push(not_read(error));
                    continue;
                }
            };
            if let Some(why) = super::guard::secret_in(&String::from_utf8_lossy(&bytes)) {
                let reason = format!("{why}: take it out, then import it again");
                report.not_read.push(NotRead { secret: true, ..not_read(reason) });
                continue;
            }
            // The name in the archive is made of this one, and would not look like a secret any more.
            if super::guard::secret_in(&relative).is_some() {
                let why = "its name looks like it holds a secret: rename it, then import it again";
                report.not_read.push(NotRead {
                    path: "a file".to_owned(),
                    reason: why.to_owned(),
                    secret: true,
                });
                continue;
            }
            let blob = archive.blob_of(&bytes)?;
            if let Some(id) = texts.get(&blob) {
                report.skipped.push(id.clone());
                continue;
            }
            match imported::read_on(today, &relative, &bytes) {
                Ok((read, problems)) => {
                    if read.id.parse().is_ok_and(|id| own.contains(&id)) {
                        let there = known.get(&read.id.to_ascii_lowercase());
                        let why = there.map_or_else(
                            || format!("{} is an incident of this home: {ANOTHER_ID}", read.id),
                            |place| another_text(&read.id, place),
                        );
                        report.not_read.push(not_read(why));
                        continue;
                    }
                    let date = read.date.map_or_else(PartialDate::default, PartialDate::from);
                    let place = postmortem_path(date, &read.title, &read.id);
                    // A text without an id of its own is named by its place in the archive: what search and show say. By
                    // that name it is known to the next import, so by that name to this one.
                    let id = imported::read(place.as_str(), &bytes)
                        .map_or_else(|_| read.id.clone(), |(there, _)| there.id);
                    let lower = id.to_ascii_lowercase();
                    let taken = places.get(place.as_str()).or_else(|| known.get(&lower));
                    if let Some(taken) = taken {
                        report.not_read.push(not_read(another_text(&id, taken)));
                        continue;
                    }
                    if let Some(problem) = problems.first() {
                        half_read.push(format!("{shown}:{}: {}", problem.line, problem.message));
                    }
                    if let Some(day) = read.date.filter(|day| day.earliest() > today.succ_opt()) {
                        half_read
                            .push(format!("{shown}: it says that it was on {day}, which is yet to come"));
                    }
                    places.insert(place.as_str().to_owned());
                    known.insert(lower, place.as_str().to_owned());
                    texts.insert(blob, id.clone());
                    files.push((place, bytes));
                    if !super::memory::is_shared(read.visibility.as_deref()) {
                        restricted.push(id.clone());
                    }
                    report.imported.push(id);
                }
                Err(error) => report.not_read.push(not_read(error.to_string())),
            }
        }
        if files.is_empty() {
            return Ok(());
        }
        let author = self.author(&archive, author)?;
        let noun = if files.len() == 1 { "postmortem" } else { "postmortems" };
        let message = commit_message(&format!("Import {} {noun}", files.len()), "", &[]);
        let publication = Publication { files: &files, message, author, when, over: Over::Anything };
        super::guard::refuse_secrets(&publication, &str::to_owned)?;
        let signer = match archive.signing_required()? {
            Some(request) => Some(self.sealing.signer(&request).map_err(Failure::no)?),
            None => None,
        };
        let hooks = self.sealing.hooks(&archive.hook_paths()?);
        let seals = Seals { signer: signer.as_deref(), hooks: hooks.as_deref() };
        let published = archive.publish(&publication, &seals)?;
        let more = half_read.len().saturating_sub(NAMED);
        half_read.truncate(NAMED);
        if more > 0 {
            half_read.push(format!(
                "{more} more have a front matter that was not read as a whole, or a day yet to come"
            ));
        }
        report.warnings = half_read;
        if !restricted.is_empty() {
            let count = restricted.len();
            restricted.truncate(NAMED);
            let more = count.saturating_sub(restricted.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let named = restricted.join(", ");
            report
                .warnings
                .push(format!("in the archive, but restricted, so that no search finds it: {named}{more}"));
        }
        report.warnings.extend(archive.refresh(&published).iter().map(ToString::to_string));
        report.commit = Some(published.commit);
        Ok(())
    }
}

/// What to do about an id that is taken.
const ANOTHER_ID: &str = "give it an id of its own in the front matter, then import it again";

/// Why a text is not taken whose id is that of another one.
fn another_text(id: &str, place: &str) -> String {
    format!("another text has the id {id}, {place} in the archive: mend it there; or {ANOTHER_ID}")
}

/// Markdown files below a path, with their paths relative to what was named; links are not followed.
fn collect(path: &Path, base: &Path, depth: usize, named: bool, found: &mut Vec<(PathBuf, String)>) {
    let Ok(meta) = std::fs::symlink_metadata(path) else { return };
    if meta.is_dir() {
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if depth == 0 || (hidden && path != base) {
            return;
        }
        let Ok(entries) = std::fs::read_dir(path) else { return };
        let mut below: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        below.sort();
        for entry in below {
            collect(&entry, base, depth - 1, false, found);
        }
        return;
    }
    let markdown =
        path.extension().is_some_and(|e| e.eq_ignore_ascii_case("md") || e.eq_ignore_ascii_case("markdown"));
    if named || (meta.is_file() && markdown) {
        let relative = path.strip_prefix(base).unwrap_or(path);
        found.push((path.to_owned(), relative.to_string_lossy().into_owned()));
    }
}
