//! The state of the user's repository, and whether it lets us commit. It must not change anything.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use git2::{Index, ObjectType, Oid, ReferenceType, RepositoryState, Tree};

use super::Archive;
use super::entries::{self, Ahead};
use super::error::ArchiveError;
use super::seal::lookup;
use crate::domain::time::Utc;

/// How many commits are looked at for the version before the present one.
const LAG_COMMITS: usize = 10_000;

/// The largest work tree file whose line ends are compared, bytes.
const COMPARE_MAX: u64 = 16 * 1024 * 1024;

/// The branch on which a commit would land.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    /// The full name of the reference, as `refs/heads/main`.
    pub(super) reference: String,
    /// Its commit; `None` when it is unborn.
    pub(super) commit: Option<Oid>,
}

impl Branch {
    /// The name as people say it.
    pub(super) fn name(&self) -> &str {
        self.reference.strip_prefix("refs/heads/").unwrap_or(&self.reference)
    }
}

/// A file as a tree holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// Its blob.
    pub(super) blob: Oid,
    /// Its mode, 0o100644 or 0o100755.
    pub(super) mode: i32,
}

/// A file as the work tree holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// There is none.
    Absent,
    /// A regular file.
    Bytes {
        /// Its blob id as it is.
        raw: Oid,
        /// Its blob id with LF line ends, as git would store it under `text`.
        lf: Oid,
    },
}

impl Work {
    /// Whether the work tree holds the text of that blob.
    pub(super) fn is(self, blob: Oid) -> bool {
        matches!(self, Self::Bytes { raw, lf } if raw == blob || lf == blob)
    }

    /// Whether the work tree holds the text of that version of the file, or like it no file.
    pub(super) fn is_version(self, version: Option<Oid>) -> bool {
        version.map_or(self == Self::Absent, |blob| self.is(blob))
    }
}

/// The entries of the user's index at the paths that matter.
#[derive(Debug)]
pub(super) struct Staged {
    /// Whether there is an index file at all; a fresh clone without checkout has none.
    pub(super) exists: bool,
    /// The blob at each path that was asked and is there.
    pub(super) blobs: BTreeMap<String, Oid>,
}

impl Archive {
    /// The name of the branch that is checked out.
    ///
    /// # Errors
    /// When HEAD is detached or cannot be read.
    pub fn branch_name(&self) -> Result<String, ArchiveError> {
        let reference = self.branch()?.reference;
        Ok(reference.strip_prefix("refs/heads/").unwrap_or(&reference).to_owned())
    }

    /// The branch that HEAD names, followed through symbolic references.
    pub(super) fn branch(&self) -> Result<Branch, ArchiveError> {
        let mut reference = "HEAD".to_owned();
        for _ in 0..5 {
            let Some(found) = lookup(self.repo.find_reference(&reference)).map_err(|e| self.git(e))? else {
                return Ok(Branch { reference, commit: None });
            };
            match (found.kind(), found.symbolic_target_bytes(), found.target()) {
                (Some(ReferenceType::Symbolic), Some(next), _) => {
                    reference = String::from_utf8_lossy(next).into_owned();
                }
                (_, _, Some(commit)) if reference == "HEAD" => {
                    let commit = commit.to_string().chars().take(10).collect();
                    return Err(ArchiveError::DetachedHead { path: self.path.clone(), commit });
                }
                (_, _, commit) => return Ok(Branch { reference, commit }),
            }
        }
        Err(self.git(git2::Error::from_str("HEAD goes through more than five symbolic references")))
    }

    /// Refuses while a merge, rebase or the like is not finished.
    pub(super) fn refuse_in_progress(&self) -> Result<(), ArchiveError> {
        let (operation, finish, abort) = match self.repo.state() {
            RepositoryState::Clean => return Ok(()),
            RepositoryState::Merge => ("merge", "git merge --continue", "git merge --abort"),
            RepositoryState::Revert | RepositoryState::RevertSequence => {
                ("revert", "git revert --continue", "git revert --abort")
            }
            RepositoryState::CherryPick | RepositoryState::CherryPickSequence => {
                ("cherry-pick", "git cherry-pick --continue", "git cherry-pick --abort")
            }
            RepositoryState::Bisect => ("bisect", "git bisect good` or `git bisect bad", "git bisect reset"),
            RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
                ("rebase", "git rebase --continue", "git rebase --abort")
            }
            RepositoryState::ApplyMailbox => ("patch series (git am)", "git am --continue", "git am --abort"),
            RepositoryState::ApplyMailboxOrRebase => {
                ("rebase or patch series", "git rebase --continue", "git rebase --abort")
            }
        };
        Err(ArchiveError::InProgress { path: self.path.clone(), operation, finish, abort })
    }

    /// Refuses when the branch of a bare repository is checked out in a linked work tree, which would then show the
    /// commit as undone.
    pub(super) fn refuse_checked_out(&self, branch: &Branch) -> Result<(), ArchiveError> {
        if !self.repo.is_bare() {
            return Ok(());
        }
        let names = self.repo.worktrees().map_err(|e| self.git(e))?;
        for name in names.iter().flatten().flatten() {
            // A work tree whose folder is gone cannot be harmed.
            let Ok(worktree) = self.repo.find_worktree(name) else { continue };
            let head = self.repo.commondir().join("worktrees").join(name).join("HEAD");
            let text = std::fs::read_to_string(head).unwrap_or_default();
            if text.strip_prefix("ref:").is_some_and(|name| name.trim() == branch.reference) {
                let worktree = worktree.path().to_path_buf();
                return Err(ArchiveError::CheckedOut { branch: branch.name().to_owned(), worktree });
            }
        }
        Ok(())
    }

    /// The tree of a commit; `None` when the branch is unborn.
    pub(super) fn tree_of(&self, commit: Option<Oid>) -> Result<Option<Tree<'_>>, ArchiveError> {
        let Some(commit) = commit else { return Ok(None) };
        let tree = self.repo.find_commit(commit).and_then(|c| c.tree());
        tree.map(Some).map_err(|e| self.git(e))
    }

    /// The file at a path of a tree. Refuses when something else is in the way.
    pub(super) fn held(&self, tree: Option<&Tree<'_>>, full: &str) -> Result<Option<Held>, ArchiveError> {
        let Some(tree) = tree else { return Ok(None) };
        for (at, _) in full.match_indices('/') {
            let Some(parent) = full.get(..at) else { continue };
            let Some(entry) = lookup(tree.get_path(Path::new(parent))).map_err(|e| self.git(e))? else {
                return Ok(None);
            };
            if entry.kind() != Some(ObjectType::Tree) {
                return Err(in_the_way(full, parent, name_of_mode(entry.filemode())));
            }
        }
        let Some(entry) = lookup(tree.get_path(Path::new(full))).map_err(|e| self.git(e))? else {
            return Ok(None);
        };
        match entry.filemode() {
            mode @ (0o100_644 | 0o100_755) => Ok(Some(Held { blob: entry.id(), mode })),
            // An old mode that git still reads; it is written anew as 644.
            0o100_664 => Ok(Some(Held { blob: entry.id(), mode: 0o100_644 })),
            mode => Err(in_the_way(full, full, name_of_mode(mode))),
        }
    }

    /// The file in the work tree. Refuses symbolic links on the way and anything that is not a regular file.
    pub(super) fn work(&self, full: &str) -> Result<Work, ArchiveError> {
        let Some(top) = self.repo.workdir() else { return Ok(Work::Absent) };
        for (at, _) in full.match_indices('/') {
            let Some(parent) = full.get(..at) else { continue };
            match std::fs::symlink_metadata(top.join(parent)) {
                Ok(meta) if meta.is_dir() => {}
                Ok(meta) => return Err(in_the_way(full, parent, name_of_file(&meta))),
                Err(e) if is_absent(&e) => return Ok(Work::Absent),
                Err(e) => return Err(ArchiveError::from_io("cannot read", top.join(parent), e)),
            }
        }
        let file = top.join(full);
        let meta = match std::fs::symlink_metadata(&file) {
            Ok(meta) => meta,
            Err(e) if is_absent(&e) => return Ok(Work::Absent),
            Err(e) => return Err(ArchiveError::from_io("cannot read", file, e)),
        };
        if !meta.is_file() {
            return Err(in_the_way(full, full, name_of_file(&meta)));
        }
        if meta.len() > COMPARE_MAX {
            let raw = Oid::hash_file(ObjectType::Blob, &file).map_err(|e| self.git(e))?;
            return Ok(Work::Bytes { raw, lf: raw });
        }
        let bytes = std::fs::read(&file).map_err(|e| ArchiveError::from_io("cannot read", file, e))?;
        let raw = Oid::hash_object(ObjectType::Blob, &bytes).map_err(|e| self.git(e))?;
        let lf = if bytes.contains(&b'\r') {
            Oid::hash_object(ObjectType::Blob, &with_lf(&bytes)).map_err(|e| self.git(e))?
        } else {
            raw
        };
        Ok(Work::Bytes { raw, lf })
    }

    /// What the user's index holds at these paths; `ahead` may have been looking already. Refuses an index with conflicts or
    /// one that cannot be read.
    pub(super) fn staged(&self, paths: &[&str], ahead: Option<Ahead>) -> Result<Staged, ArchiveError> {
        let file = self.index_file();
        if self.repo.is_bare() || !file.exists() {
            return Ok(Staged { exists: false, blobs: BTreeMap::new() });
        }
        if let Some(entries) = ahead.and_then(Ahead::done).or_else(|| entries::look_up(&file, paths)) {
            if entries.unmerged {
                return Err(ArchiveError::UnmergedIndex { path: self.path.clone() });
            }
            return Ok(Staged { exists: true, blobs: entries.blobs });
        }
        // A fresh value each time: the repository's own is cached.
        let index = Index::open(&file).map_err(|e| ArchiveError::of_index(&self.path, file.clone(), e))?;
        if index.has_conflicts() {
            return Err(ArchiveError::UnmergedIndex { path: self.path.clone() });
        }
        let found = paths.iter().filter_map(|p| Some(((*p).to_owned(), index.get_path(Path::new(p), 0)?.id)));
        Ok(Staged { exists: true, blobs: found.collect() })
    }

    /// Looks whether git's index can be read: nothing is published over one that cannot.
    ///
    /// # Errors
    /// [`ArchiveError`] with what is wrong with it. A merge that is not finished is nothing wrong.
    pub fn reads_its_index(&self) -> Result<(), ArchiveError> {
        match self.staged(&[], None) {
            Ok(_) | Err(ArchiveError::UnmergedIndex { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The user's index file.
    pub(super) fn index_file(&self) -> PathBuf {
        self.repo.path().join("index")
    }

    /// The version of a file before its present one, along first parents: `Some(None)` when the commit that last
    /// touched it added it, `None` when that was too long ago to look.
    pub(super) fn version_before(
        &self,
        commit: Oid,
        full: &str,
    ) -> Result<Option<Option<Oid>>, ArchiveError> {
        let blob = |commit: &git2::Commit<'_>| -> Result<Option<Oid>, git2::Error> {
            Ok(lookup(commit.tree()?.get_path(Path::new(full)))?.map(|entry| entry.id()))
        };
        let walk = || -> Result<Option<Option<Oid>>, git2::Error> {
            let mut commit = self.repo.find_commit(commit)?;
            let present = blob(&commit)?;
            for _ in 0..LAG_COMMITS {
                // No parent, or one that a shallow clone does not have.
                let Some(parent) = lookup(commit.parent(0))? else { return Ok(Some(None)) };
                let before = blob(&parent)?;
                if before != present {
                    return Ok(Some(before));
                }
                commit = parent;
            }
            Ok(None)
        };
        walk().map_err(|e| self.git(e))
    }
}

/// When a lock file was made, and by whom.
pub(super) fn lock_owner(lock: &Path) -> (Option<Utc>, String) {
    match std::fs::symlink_metadata(lock) {
        Ok(meta) => (meta.modified().ok().map(Utc::from), format!("user id {}", meta.uid())),
        Err(_) => (None, "somebody".to_owned()),
    }
}

/// The bytes with LF where they have CRLF.
fn with_lf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\r' || rest.peek() != Some(&b'\n') {
            out.push(byte);
        }
    }
    out
}

/// Something else is where the file has to be.
pub(super) fn in_the_way(file: &str, obstacle: &str, what: &'static str) -> ArchiveError {
    ArchiveError::InTheWay { file: file.to_owned(), obstacle: obstacle.to_owned(), what }
}

/// Whether the file simply is not there.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

/// What a tree entry is, in words.
const fn name_of_mode(mode: i32) -> &'static str {
    match mode {
        0o040_000 => "a folder",
        0o120_000 => "a symbolic link",
        0o160_000 => "a submodule",
        _ => "a file",
    }
}

/// What a file of the work tree is, in words.
fn name_of_file(meta: &std::fs::Metadata) -> &'static str {
    let kind = meta.file_type();
    if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_file() {
        "a file"
    } else {
        "a special file"
    }
}
