//! The index kept at the archive's tree: by the difference of trees where it can, by rebuilding where it must. It must
//! not ask anything of its own.

use std::path::Path;
use std::sync::atomic::Ordering;

use chrono::NaiveDate;

use super::left_out::{LeftOut, is_shared};
use super::{Following, Memory};
use crate::archive::{Archive, ArchiveError, Change as Moved, Entry, Listing, holds_postmortems};
use crate::domain::postmortem::imported::{self, Unreadable};
use crate::index::{self, Card, Change, Document, Index, IndexError, Opened};
use crate::service::{Failure, FailureKind, Inner};

/// The files of the index, if they can be asked, and the look at them that is not over yet.
type Files = (Option<Box<Index>>, Option<index::Looking>);

impl Inner {
    pub(in crate::service) fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The archive, made when it is the home's own and missing.
    pub(in crate::service) fn archive(&self) -> Result<Archive, Failure> {
        let place = &self.places.archive;
        if place.own {
            let branch = place.branch.as_deref().unwrap_or("main");
            Ok(Archive::create_own(&place.repository, branch, &place.config)?.in_folder(&place.folder)?)
        } else {
            Ok(Archive::open(&place.repository, &place.folder)?.with_config(&place.config)?)
        }
    }

    /// The archive, to look into; none where none was made yet. It is not made here: it would stand in the way of a clone that
    /// brings a lost one back.
    pub(in crate::service) fn archive_there(&self) -> Result<Option<Archive>, Failure> {
        let place = &self.places.archive;
        match Archive::open(&place.repository, &place.folder) {
            Err(ArchiveError::NoRepository { .. }) if place.own && !holds_postmortems(&place.repository) => {
                self.refuse_lost(false, NOTHING_TO_SEARCH)?;
                Ok(None)
            }
            // Says that it was lost.
            Err(ArchiveError::NoRepository { .. }) if place.own => self.archive().map(Some),
            opened if place.own => Ok(Some(opened?.with_its_past()?)),
            opened => Ok(Some(opened?)),
        }
    }

    /// The archive, made when it is missing, unless it was lost. The log has something `published` there, and what of that
    /// may be named.
    pub(super) fn archive_with_its_past(&self, published: bool, named: &[&str]) -> Result<Archive, Failure> {
        self.refuse_lost(published, NOTHING_TO_SEARCH).map_err(|mut failure| {
            if let Some((first, others)) = named.split_first() {
                failure.message.push_str(&format!("; published was {first}"));
                if !others.is_empty() {
                    failure.message.push_str(&format!(" and {} more", others.len()));
                }
            }
            failure
        })?;
        self.archive_there()?.map_or_else(|| self.archive(), Ok)
    }

    /// Whether there is nothing of an archive: no repository, or one without a commit, and no files either.
    pub(super) fn has_no_commit(&self) -> Result<bool, Failure> {
        let place = &self.places.archive;
        match Archive::open(&place.repository, &place.folder) {
            Err(ArchiveError::NoRepository { .. }) => Ok(place.own && !holds_postmortems(&place.repository)),
            Err(_) => Ok(false),
            Ok(archive) => Ok(archive.head()?.is_none() && archive.unborn_beside_files()?.is_none()),
        }
    }

    /// Whether there was something in the archive: the index says so, or where there is no index the log, which has
    /// something `published`. Whoever has built the index anew has seen that it is empty, and wants that: nothing else
    /// writes an index of an archive without a commit.
    pub(super) fn had_past(&self, published: bool) -> bool {
        match Index::open(&self.places.index, Some(&self.places.thesaurus())) {
            Opened::Ready(index) => !index.tree().is_empty(),
            Opened::Stale(_) => published,
        }
    }

    /// Refuses where nothing is there of an archive that had something; `so` tells what does not come about.
    pub(super) fn refuse_lost(&self, published: bool, so: &str) -> Result<(), Failure> {
        if self.has_no_commit()? && self.had_past(published) {
            return Err(without_commit(&self.places.archive.repository, so).hint(TO_BRING_BACK));
        }
        Ok(())
    }

    /// The files of the index, if they can be asked, and the archive, if there is one: each takes as long to open as an
    /// answer does, so one is opened beside the other. An opening that has begun is still being looked at.
    fn index_and_archive(
        &self,
        opening: Option<index::Opening>,
    ) -> Result<(Files, Option<Archive>), Failure> {
        let ready = |opened| match opened {
            Opened::Ready(index) => Some(index),
            Opened::Stale(_) => None,
        };
        if let Some(opening) = opening {
            let archive = self.archive_there()?;
            let (opened, looking) = opening.opened();
            return Ok(((ready(opened), Some(looking)), archive));
        }
        let open = || ready(Index::open(&self.places.index, Some(&self.places.thesaurus())));
        let (archive, index) = index::both(|| Ok(self.archive_there()), || Ok(open()))?;
        Ok(((index, None), archive?))
    }

    /// Asks an index that reflects the archive's tree. Few changes are answered from memory, and the files follow
    /// later, see [`Following`]; many are waited for. Damage found while asking is answered by
    /// rebuilding once.
    pub(in crate::service) fn ask<T>(
        &self,
        question: impl Fn(&Index) -> Result<T, IndexError>,
    ) -> Result<T, Failure> {
        let mut memory = self.memory();
        let (archive, looking) = if memory.index.is_some() {
            (self.archive_there()?, None)
        } else {
            let ((index, looking), archive) = self.index_and_archive(memory.opening.take())?;
            memory.index = index;
            (archive, looking)
        };
        // An index is not built of nothing: it would say that whoever built it has seen that.
        let is_there = match &archive {
            Some(archive) => memory.index.is_some() || archive.head()?.is_some(),
            None => false,
        };
        let Some(archive) = archive.filter(|_| is_there) else {
            self.unborn.asked.store(true, Ordering::Relaxed);
            let nothing = match memory.nothing.take() {
                Some(nothing) => nothing,
                None => {
                    let (place, team) = (&self.places.index, self.places.thesaurus());
                    Box::new(index::of_nothing(place, Some(&team))?)
                }
            };
            return Ok(question(memory.nothing.insert(nothing))?);
        };
        let index = match memory.index.take() {
            Some(index) => index,
            None => Box::new(askable(self, &archive)?),
        };
        let index = match at(&archive, index, &mut memory, &self.following, self.mint.today()) {
            Ok(index) => index,
            // Somebody else is writing: an answer that is a moment old is better than none.
            Err(Behind::Busy(index)) => index,
            Err(Behind::Rebuild) => fresh(self, &archive)?,
            Err(Behind::Failed(failure)) => return Err(failure),
        };
        let answer = question(memory.ahead.as_deref().unwrap_or(&index));
        let answer = answer.and_then(|hits| looking.map_or(Ok(()), index::Looking::seen).map(|()| hits));
        match answer {
            Ok(hits) => {
                memory.index = Some(index);
                Ok(hits)
            }
            Err(IndexError::Damaged { .. }) => {
                memory.ahead = None;
                drop(index);
                let index = Box::new(askable(self, &archive)?);
                let hits = question(&index)?;
                memory.index = Some(index);
                Ok(hits)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the archive has no commit, or none of its files is of a postmortem: nothing can be found there.
    ///
    /// # Errors
    /// When it cannot be read, or something was `published` there.
    pub(super) fn has_no_past(&self, published: bool) -> Result<bool, Failure> {
        let archive = self.archive_there()?;
        let archive = match archive {
            Some(archive) if archive.head()?.is_some() => Some(archive),
            _ => None,
        };
        match archive {
            Some(archive) => {
                // To list it takes a while where it is large, and then the index knows of something.
                let memory = self.memory();
                let asked = memory.ahead.as_deref().or(memory.index.as_deref());
                if asked.is_some_and(|index| !index.is_empty()) {
                    return Ok(false);
                }
                let listing = archive.list()?;
                Ok(listing.entries.is_empty() && listing.skipped.is_empty())
            }
            None if self.had_past(published) => Err(lost_past(&self.places.archive.repository)),
            None => Ok(true),
        }
    }

    /// Brings the files of the index to the archive's tree, beside those who ask. Where there is no index that could
    /// follow, the next question builds one.
    pub(super) fn files_follow(&self) -> Result<(), Failure> {
        let Some(archive) = self.archive_there()? else { return Ok(()) };
        let Opened::Ready(index) = Index::open(&self.places.index, Some(&self.places.thesaurus())) else {
            return Ok(());
        };
        match follow(&archive, index, self.mint.today()) {
            Ok(_) | Err(Behind::Busy(_) | Behind::Rebuild) => Ok(()),
            Err(Behind::Failed(failure)) => Err(failure),
        }
    }
}

/// What the files do not reflect yet is answered from memory up to so many changes.
const FEW: usize = 32;

/// How often the files may be brought elsewhere by others while an answer from memory is made over them.
const MOST_TRIES: u32 = 10;

/// Sees to it that there is an answer from the archive's tree: by the files, by what is ahead of them, or by bringing
/// the files there.
fn at(
    archive: &Archive,
    index: Box<Index>,
    memory: &mut Memory,
    following: &Following,
    today: NaiveDate,
) -> Result<Box<Index>, Behind> {
    let wanted = wanted(archive, &index)?;
    let mut expected = memory.expected.take();
    if index.tree() == wanted {
        memory.ahead = None;
        return Ok(index);
    }
    let known = memory.ahead.as_ref().is_some_and(|ahead| ahead.tree() == wanted);
    if known && following.is_at_work() {
        return Ok(index);
    }
    for _ in 0..MOST_TRIES {
        // Somebody may have brought the files there meanwhile.
        if index.reload().is_err() {
            memory.ahead = None;
            return Err(Behind::Rebuild);
        }
        if index.tree() == wanted {
            memory.ahead = None;
            return Ok(index);
        }
        if known {
            break;
        }
        memory.ahead = None;
        // A first index, or one of another history, is written at once.
        let changes = difference(archive, &index, &wanted, today)?.filter(|changes| changes.len() <= FEW);
        match changes.map(|changes| index.ahead_with(&wanted, changes, expected.take())) {
            Some(Ok(ahead)) => {
                memory.ahead = Some(Box::new(ahead));
                break;
            }
            // They have just been brought somewhere, and whoever did so may hold the writer's lock yet: to ask for that
            // would be answered by what was there before.
            Some(Err(IndexError::Moved { .. } | IndexError::Damaged(_))) => {}
            Some(Err(_)) | None => break,
        }
    }
    if memory.ahead.is_some() {
        following.behind.store(true, Ordering::Relaxed);
        return Ok(index);
    }
    follow(archive, index, today)
}

enum Behind {
    Busy(Box<Index>),
    Rebuild,
    Failed(Failure),
}

/// The tree that an index has to come to. One that knows postmortems does not follow a repository without a commit: that
/// is not a past in which nothing happened, but a lost one.
fn wanted(archive: &Archive, index: &Index) -> Result<String, Behind> {
    let failed = |error: ArchiveError| Behind::Failed(error.into());
    match archive.tree_id().map_err(failed)? {
        Some(tree) => Ok(tree),
        None if index.tree().is_empty() || archive.head().map_err(failed)?.is_some() => Ok(String::new()),
        None => Err(Behind::Failed(lost(archive.path()).hint(TO_BRING_BACK))),
    }
}

/// What to do about an archive that the index knows.
const TO_BRING_BACK: &str =
    "bring the repository back from a backup or a clone; if it is to begin anew: warroom reindex";

/// What does not come about for whoever looks into an archive that was lost.
const NOTHING_TO_SEARCH: &str = "so there was nothing to search";

/// That an archive has nothing of what was in it.
fn lost(archive: &Path) -> Failure {
    without_commit(archive, NOTHING_TO_SEARCH)
}

/// The same, with what to do.
pub(super) fn lost_past(archive: &Path) -> Failure {
    lost(archive).hint(TO_BRING_BACK)
}

fn without_commit(archive: &Path, so: &str) -> Failure {
    let text = format!("{} had postmortems and has no commit any more, {so}", archive.display());
    Failure::new(FailureKind::Conflict, text)
}

/// What has changed between the tree of an index and another one; none when that cannot be told.
fn difference(
    archive: &Archive,
    index: &Index,
    wanted: &str,
    today: NaiveDate,
) -> Result<Option<Vec<Change>>, Behind> {
    let from = index.tree();
    let tree = |id: &str| (!id.is_empty()).then(|| id.to_owned());
    let (old, new) = (tree(&from), tree(wanted));
    let Ok(moved) = archive.changes(old.as_deref(), new.as_deref()) else { return Ok(None) };
    let mut changes = Vec::new();
    for change in moved {
        match change {
            Moved::Put { path, blob } => {
                let bytes = match archive.read_blob(&blob) {
                    Ok(bytes) => Some(bytes),
                    // As a rebuilt index leaves it out: one file of somebody must not stop every search.
                    Err(ArchiveError::TooLarge { .. }) => None,
                    Err(error) => return Err(Behind::Failed(error.into())),
                };
                changes.push(
                    match bytes.and_then(|bytes| document(path.as_str(), &blob, &bytes, today).ok()) {
                        Some(document) if is_shared(Some(&document.card.visibility)) => {
                            Change::Put(Box::new(document))
                        }
                        _ => Change::Removed { path: path.as_str().to_owned() },
                    },
                );
            }
            Moved::Removed { path } => changes.push(Change::Removed { path: path.as_str().to_owned() }),
        }
    }
    Ok(Some(changes))
}

/// Brings the files of an index to the archive's tree by what changed between the two trees.
fn follow(archive: &Archive, index: Box<Index>, today: NaiveDate) -> Result<Box<Index>, Behind> {
    let wanted = wanted(archive, &index)?;
    let from = index.tree();
    if from == wanted {
        return Ok(index);
    }
    let Some(changes) = difference(archive, &index, &wanted, today)? else { return Err(Behind::Rebuild) };
    match index.update(&from, &wanted, changes) {
        Ok(()) => Ok(index),
        Err(IndexError::Busy) => Err(Behind::Busy(index)),
        Err(_) => Err(Behind::Rebuild),
    }
}

/// An index of the archive's tree: the one that another process has built meanwhile, else a rebuilt one.
fn fresh(inner: &Inner, archive: &Archive) -> Result<Box<Index>, Failure> {
    let wanted = archive.tree_id()?.unwrap_or_default();
    match Index::open(&inner.places.index, Some(&inner.places.thesaurus())) {
        Opened::Ready(index) if index.tree() == wanted => Ok(index),
        _ => Ok(Box::new(askable(inner, archive)?)),
    }
}

/// A rebuilt index, and what of the archive is not in it.
pub(super) fn rebuild(
    inner: &Inner,
    archive: &Archive,
    mut progress: impl FnMut(u64, u64),
) -> Result<(Index, LeftOut), Failure> {
    let (tree, listing) = (archive.tree_id()?.unwrap_or_default(), archive.list()?);
    let (place, team) = (&inner.places.index, inner.places.thesaurus());
    let all = listing.entries.len() as u64;
    let work = inner.building.begin(all);
    let told = |done| {
        work.done(done);
        progress(done, all);
    };
    let mut left = LeftOut::of(&listing);
    let documents = documents(archive, &listing, inner.mint.today(), &mut left);
    let index = index::rebuild(place, Some(&team), &tree, documents, told)?;
    // What is not for others' search was not counted.
    progress(all, all);
    Ok((index, left))
}

/// An index to ask: a rebuilt one, or one in memory where the home cannot be written.
fn askable(inner: &Inner, archive: &Archive) -> Result<Index, Failure> {
    let (tree, listing) = (archive.tree_id()?.unwrap_or_default(), archive.list()?);
    let (place, team) = (&inner.places.index, inner.places.thesaurus());
    let work = inner.building.begin(listing.entries.len() as u64);
    // Whoever asks is not told what is left out: `reindex` and `doctor` are asked for that.
    let (mut left, today) = (LeftOut::default(), inner.mint.today());
    let documents = documents(archive, &listing, today, &mut left);
    match index::rebuild(place, Some(&team), &tree, documents, |done| work.done(done)) {
        Err(IndexError::Io { .. }) => {
            let documents = self::documents(archive, &listing, today, &mut left);
            Ok(index::in_memory(place, Some(&team), &tree, documents)?)
        }
        other => Ok(other?),
    }
}

/// What the archive holds for the search; the rest is noted.
fn documents(
    archive: &Archive,
    listing: &Listing,
    today: NaiveDate,
    left: &mut LeftOut,
) -> impl Iterator<Item = Document> {
    let read = move |entry: &Entry| {
        let bytes = archive.read_blob(&entry.blob).map_err(|error| format!("{}: {error}", entry.path))?;
        document(entry.path.as_str(), &entry.blob, &bytes, today).map_err(|error| error.to_string())
    };
    listing.entries.iter().filter_map(move |entry| match read(entry) {
        Ok(document) if is_shared(Some(&document.card.visibility)) => Some(document),
        Ok(_) => {
            left.restricted();
            None
        }
        Err(why) => {
            left.not_read(why);
            None
        }
    })
}

pub(super) fn document(
    path: &str,
    blob: &str,
    bytes: &[u8],
    today: NaiveDate,
) -> Result<Document, Unreadable> {
    let (read, _) = imported::read_on(today, path, bytes)?;
    let body = read.plain;
    let card = Card {
        id: read.id,
        title: read.title,
        severity: read.severity,
        date: read.date.map(|d| d.to_string()),
        services: read.services,
        tags: read.tags,
        path: path.to_owned(),
        blob: blob.to_owned(),
        kind: read.kind.unwrap_or_else(|| "imported".to_owned()),
        disposition: read.disposition,
        visibility: read.visibility.unwrap_or_else(|| "team".to_owned()),
        ended: read.ended,
        took_s: read.took.map(|took| took.num_seconds()),
    };
    Ok(Document { card, body, factors: read.factors, detection: read.detection })
}

/// A text that the archive has.
pub(in crate::service) struct Known {
    /// Its id.
    pub(in crate::service) id: String,
    /// Where it lies.
    pub(in crate::service) path: String,
    /// Its blob.
    pub(in crate::service) blob: String,
}

impl Inner {
    /// The texts that the archive has; none where there is no archive.
    pub(super) fn known_texts(&self) -> Result<Vec<Known>, Failure> {
        self.archive_there()?.map_or_else(|| Ok(Vec::new()), |archive| known_texts(&archive))
    }
}

/// The texts that the archive has, for finding one by its id and for skipping what is there.
pub(in crate::service) fn known_texts(archive: &Archive) -> Result<Vec<Known>, Failure> {
    let mut known = Vec::new();
    for entry in archive.list()?.entries {
        if let Ok(bytes) = archive.read_blob(&entry.blob)
            && let Ok((read, _)) = imported::read(entry.path.as_str(), &bytes)
        {
            known.push(Known { id: read.id, path: entry.path.as_str().to_owned(), blob: entry.blob });
        }
    }
    Ok(known)
}
