//! Reading the archive at HEAD: lists, texts, history, and what changed between two trees. It must not change
//! anything, nor read the work tree: what is published is what HEAD holds.

use std::path::Path;

use git2::{Commit, ErrorCode, ObjectType, Oid, Sort, Tree};

use super::Archive;
use super::error::ArchiveError;
use super::message::subject;
use super::seal::{Identity, lookup};
use crate::domain::archive_path::{ArchivePath, DEPTH_MAX, incident_named};
use crate::domain::ids::IncidentId;
use crate::domain::time::Utc;

/// The largest file that is read, bytes: 2 MiB.
pub const BLOB_MAX: usize = 2 * 1024 * 1024;

/// The most files that are listed.
pub const ENTRIES_MAX: usize = 200_000;

/// The most skipped files that are named.
const SKIPPED_MAX: usize = 1_000;

/// The most versions of one file that are listed.
const VERSIONS_MAX: usize = 1_000;

/// A postmortem of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive's folder.
    pub path: ArchivePath,
    /// Its blob, hexadecimal; equal means the same bytes.
    pub blob: String,
}

/// A file that is not listed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its path, made fit to print.
    pub path: String,
    /// Why it is skipped.
    pub reason: &'static str,
}

/// What the archive holds at HEAD.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The Markdown files, in the order of git's trees; at most [`ENTRIES_MAX`].
    pub entries: Vec<Entry>,
    /// The Markdown files that are left out, at most a thousand of them.
    pub skipped: Vec<Skipped>,
}

/// A commit that changed a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The commit, hexadecimal.
    pub commit: String,
    /// The time of its author.
    pub when: Utc,
    /// Its author.
    pub author: Identity,
    /// The first line of its message.
    pub subject: String,
    /// The whole message, trailers last.
    pub message: String,
    /// The blob from then on, hexadecimal; `None` when the commit removed the file.
    pub blob: Option<String>,
}

impl Archive {
    /// Lists the Markdown files under the folder at HEAD. Symbolic links and submodules are not followed; a missing
    /// folder or an unborn branch is an empty list.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when an object cannot be read.
    pub fn list(&self) -> Result<Listing, ArchiveError> {
        let mut listing = Listing::default();
        let Some(top) = self.folder_tree()? else { return Ok(listing) };
        let odb = self.repo.odb().map_err(|e| self.git(e))?;
        let mut stack = vec![(String::new(), top)];
        while let Some((prefix, tree)) = stack.pop() {
            let mut folders = Vec::new();
            for entry in tree.iter() {
                let name = String::from_utf8_lossy(entry.name_bytes());
                let path = format!("{prefix}{name}");
                match entry.filemode() {
                    0o040_000 if path.split('/').count() >= DEPTH_MAX => listing.skip(&path, "too deep"),
                    0o040_000 => {
                        let tree = self.repo.find_tree(entry.id()).map_err(|e| self.git(e))?;
                        folders.push((path + "/", tree));
                    }
                    mode if is_file(mode) && is_markdown(&name) => {
                        if entry.name().is_err() {
                            listing.skip(&path, "its name is not UTF-8");
                        } else if odb.read_header(entry.id()).is_ok_and(|(size, _)| size > BLOB_MAX) {
                            listing.skip(&path, "larger than 2 MiB");
                        } else if let Ok(checked) = ArchivePath::new(path.as_str()) {
                            if listing.entries.len() >= ENTRIES_MAX {
                                listing.skip(&path, "more than 200,000 files");
                                return Ok(listing);
                            }
                            listing.entries.push(Entry { path: checked, blob: entry.id().to_string() });
                        } else {
                            listing.skip(&path, "its path is not one that the archive takes");
                        }
                    }
                    _ => {}
                }
            }
            // The last pushed is taken first, so that folders come in order.
            stack.extend(folders.into_iter().rev());
        }
        Ok(listing)
    }

    /// The incidents that the names of files tell, where postmortems of a year are put: in the folder, in those of the
    /// year and of the ones beside it, and in that of unknown dates. Reads names and no text, so that it does not take
    /// long in a large archive; a file that people moved elsewhere is not seen.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when an object cannot be read.
    pub fn incidents_named(&self, year: u16) -> Result<Vec<IncidentId>, ArchiveError> {
        let mut found = Vec::new();
        let Some(top) = self.folder_tree()? else { return Ok(found) };
        let years = [0, year.saturating_sub(1), year, year.saturating_add(1)].map(|y| format!("{y:04}"));
        let mut stack = vec![(0, top)];
        while let Some((depth, tree)) = stack.pop() {
            for entry in tree.iter() {
                let Ok(name) = entry.name() else { continue };
                let wanted = depth > 0 || years.iter().any(|year| year == name);
                match entry.filemode() {
                    0o040_000 if wanted && depth < DEPTH_MAX => {
                        let tree = self.repo.find_tree(entry.id()).map_err(|e| self.git(e))?;
                        stack.push((depth + 1, tree));
                    }
                    mode if is_file(mode) => found.extend(incident_named(name)),
                    _ => {}
                }
            }
        }
        Ok(found)
    }

    /// The bytes of a file at HEAD; `None` when HEAD has no such file.
    ///
    /// # Errors
    /// [`ArchiveError::TooLarge`] above [`BLOB_MAX`].
    pub fn read(&self, path: &ArchivePath) -> Result<Option<Vec<u8>>, ArchiveError> {
        let Some(tree) = self.folder_tree()? else { return Ok(None) };
        let Some(entry) = lookup(tree.get_path(path.as_ref())).map_err(|e| self.git(e))? else {
            return Ok(None);
        };
        if !is_file(entry.filemode()) {
            return Ok(None);
        }
        self.load(entry.id()).map(Some)
    }

    /// The blob of a file at HEAD, hexadecimal; `None` when HEAD has no such file.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when an object cannot be read.
    pub fn blob(&self, path: &ArchivePath) -> Result<Option<String>, ArchiveError> {
        let Some(head) = self.head_commit()? else { return Ok(None) };
        let blob = blob_at(&head, &self.full_path(path)).map_err(|e| self.git(e))?;
        Ok(blob.map(|id| id.to_string()))
    }

    /// The blob that these bytes are, hexadecimal, whether the archive has it or not.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when they cannot be hashed.
    pub fn blob_of(&self, bytes: &[u8]) -> Result<String, ArchiveError> {
        let id = Oid::hash_object(ObjectType::Blob, bytes).map_err(|e| self.git(e))?;
        Ok(id.to_string())
    }

    /// The blob of a file in a commit, hexadecimal; `None` when there is no such commit here any more, or no such file
    /// in it.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when an object cannot be read.
    pub fn blob_in(&self, commit: &str, path: &ArchivePath) -> Result<Option<String>, ArchiveError> {
        let Ok(id) = object_id(commit) else { return Ok(None) };
        let Some(commit) = lookup(self.repo.find_commit(id)).map_err(|e| self.git(e))? else {
            return Ok(None);
        };
        let blob = blob_at(&commit, &self.full_path(path)).map_err(|e| self.git(e))?;
        Ok(blob.map(|id| id.to_string()))
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// [`ArchiveError::NoObject`], [`ArchiveError::TooLarge`] above [`BLOB_MAX`].
    pub fn read_blob(&self, blob: &str) -> Result<Vec<u8>, ArchiveError> {
        self.load(object_id(blob)?)
    }

    /// The commit of HEAD, hexadecimal; `None` when the branch is unborn. Works on a detached HEAD.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when HEAD cannot be read.
    pub fn head(&self) -> Result<Option<String>, ArchiveError> {
        Ok(self.head_commit()?.map(|commit| commit.id().to_string()))
    }

    /// The tree of the archive's folder at HEAD, hexadecimal: it names the state of all postmortems. `None` when there
    /// is none.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when HEAD cannot be read.
    pub fn tree_id(&self) -> Result<Option<String>, ArchiveError> {
        Ok(self.folder_tree()?.map(|tree| tree.id().to_string()))
    }

    /// The commits that changed a file, newest first, at most a thousand. A shallow clone's history ends where it was
    /// cut.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when an object cannot be read.
    pub fn history(&self, path: &ArchivePath) -> Result<Vec<Version>, ArchiveError> {
        let Some(head) = self.head_commit()? else { return Ok(Vec::new()) };
        self.walk(head.id(), &self.full_path(path), VERSIONS_MAX)
    }

    /// The commit that last changed a file.
    pub(super) fn last_change(&self, head: Oid, full: &str) -> Result<Option<Oid>, ArchiveError> {
        let versions = self.walk(head, full, 1)?;
        Ok(versions.first().and_then(|version| Oid::from_str(&version.commit).ok()))
    }

    /// The newest commits that changed a file, at most `max`.
    fn walk(&self, head: Oid, full: &str, max: usize) -> Result<Vec<Version>, ArchiveError> {
        let walk = || -> Result<Vec<Version>, git2::Error> {
            let mut versions = Vec::new();
            let mut commits = self.repo.revwalk()?;
            commits.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
            commits.push(head)?;
            for id in commits {
                let commit = self.repo.find_commit(id?)?;
                let now = blob_at(&commit, full)?;
                let mut same = false;
                let mut parents = 0;
                for n in 0..commit.parent_count() {
                    // A shallow clone names parents that it does not have.
                    let Some(parent) = lookup(commit.parent(n))? else { continue };
                    parents += 1;
                    same = same || blob_at(&parent, full)? == now;
                }
                // A merge that took one side's text did not change it.
                if same || (parents == 0 && now.is_none()) {
                    continue;
                }
                versions.push(version(&commit, now));
                if versions.len() >= max {
                    break;
                }
            }
            Ok(versions)
        };
        walk().map_err(|e| self.git(e))
    }

    /// The commit of HEAD, on a branch or not.
    fn head_commit(&self) -> Result<Option<Commit<'_>>, ArchiveError> {
        match self.repo.head() {
            Ok(head) => head.peel_to_commit().map(Some).map_err(|e| self.git(e)),
            Err(e) if matches!(e.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
            Err(e) => Err(self.git(e)),
        }
    }

    /// The tree of the folder at HEAD.
    fn folder_tree(&self) -> Result<Option<Tree<'_>>, ArchiveError> {
        let Some(commit) = self.head_commit()? else { return Ok(None) };
        let tree = commit.tree().map_err(|e| self.git(e))?;
        let Some(folder) = &self.folder else { return Ok(Some(tree)) };
        match lookup(tree.get_path(folder.as_ref())).map_err(|e| self.git(e))? {
            Some(entry) if entry.kind() == Some(ObjectType::Tree) => {
                self.repo.find_tree(entry.id()).map(Some).map_err(|e| self.git(e))
            }
            _ => Ok(None),
        }
    }

    /// A tree by its id.
    pub(super) fn tree(&self, id: Oid) -> Result<Tree<'_>, ArchiveError> {
        let missing = || ArchiveError::NoObject { object: format!("tree {id}") };
        lookup(self.repo.find_tree(id)).map_err(|e| self.git(e))?.ok_or_else(missing)
    }

    /// Reads a blob, its size checked before it is loaded.
    fn load(&self, id: Oid) -> Result<Vec<u8>, ArchiveError> {
        let odb = self.repo.odb().map_err(|e| self.git(e))?;
        let missing = || ArchiveError::NoObject { object: id.to_string() };
        let (size, kind) = lookup(odb.read_header(id)).map_err(|e| self.git(e))?.ok_or_else(missing)?;
        if kind != ObjectType::Blob {
            return Err(missing());
        }
        if size > BLOB_MAX {
            return Err(ArchiveError::TooLarge { object: id.to_string(), size, limit: BLOB_MAX });
        }
        let object = odb.read(id).map_err(|e| self.git(e))?;
        Ok(object.data().to_vec())
    }
}

impl Listing {
    /// Notes a file that is left out.
    fn skip(&mut self, path: &str, reason: &'static str) {
        if self.skipped.len() < SKIPPED_MAX {
            self.skipped.push(Skipped { path: path.escape_debug().take(300).collect(), reason });
        }
    }
}

/// Reads an object id.
pub(super) fn object_id(text: &str) -> Result<Oid, ArchiveError> {
    // git2 pads a short id with zeros, which would name another object.
    if text.len() != 40 {
        return Err(ArchiveError::NoObject { object: text.escape_debug().take(80).collect() });
    }
    Oid::from_str(text).map_err(|_| ArchiveError::NoObject { object: text.escape_debug().take(80).collect() })
}

/// The blob at a path of a commit.
fn blob_at(commit: &Commit<'_>, full: &str) -> Result<Option<Oid>, git2::Error> {
    let entry = lookup(commit.tree()?.get_path(Path::new(full)))?;
    Ok(entry.filter(|e| is_file(e.filemode())).map(|e| e.id()))
}

/// A commit as a version of a file.
fn version(commit: &Commit<'_>, blob: Option<Oid>) -> Version {
    let author = commit.author();
    let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
    Version {
        commit: commit.id().to_string(),
        when: Utc::from_timestamp(author.when().seconds(), 0).unwrap_or_default(),
        author: Identity {
            name: String::from_utf8_lossy(author.name_bytes()).into_owned(),
            email: String::from_utf8_lossy(author.email_bytes()).into_owned(),
        },
        subject: subject(&message),
        message,
        blob: blob.map(|id| id.to_string()),
    }
}

/// Whether a mode is that of a regular file.
pub(super) const fn is_file(mode: i32) -> bool {
    matches!(mode, 0o100_644 | 0o100_755 | 0o100_664)
}

/// Whether a name ends as Markdown does.
pub(super) fn is_markdown(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && end.eq_ignore_ascii_case("md"))
}
