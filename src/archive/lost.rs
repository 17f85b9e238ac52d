//! A repository that was lost under its postmortems, which must not read as "there is no past": the files lie there, but
//! no `.git`, or HEAD names a branch that does not exist. It must not change anything.

use std::path::Path;

use super::read::is_markdown;
use super::{Archive, ArchiveError};
use crate::domain::archive_path::DEPTH_MAX;

impl Archive {
    /// The archive, unless it has lost its past: files of postmortems that git knows lie there, and no commit.
    ///
    /// # Errors
    /// [`ArchiveError::NoCommit`] then; else [`ArchiveError::Git`] when HEAD cannot be read.
    pub fn with_its_past(self) -> Result<Self, ArchiveError> {
        // Without an index nothing was ever committed here: a first publication lays its files before it commits, so that
        // a hook can read them.
        if self.index_file().exists()
            && let Some(branch) = self.unborn_beside_files()?
        {
            return Err(ArchiveError::NoCommit { path: self.path, branch });
        }
        Ok(self)
    }

    /// The branch of HEAD, where it has no commit and Markdown files lie in the folder all the same; none where all is
    /// well.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when HEAD cannot be read.
    pub fn unborn_beside_files(&self) -> Result<Option<String>, ArchiveError> {
        if self.head()?.is_some() {
            return Ok(None);
        }
        let files = self.repo.workdir().is_some_and(|top| match &self.folder {
            None => holds_postmortems(top),
            Some(folder) => holds_postmortems(&top.join(folder)),
        });
        // A first publication may have come between.
        if !files || self.head()?.is_some() {
            return Ok(None);
        }
        self.branch_name().map(Some)
    }
}

/// Whether Markdown lies below a folder. What is hidden is not looked into, and links are not followed.
#[must_use]
pub fn holds_postmortems(folder: &Path) -> bool {
    holds_below(folder, DEPTH_MAX)
}

fn holds_below(folder: &Path, depth: usize) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        match entry.file_type() {
            _ if name.starts_with('.') => false,
            Ok(kind) if kind.is_dir() => depth > 0 && holds_below(&entry.path(), depth.saturating_sub(1)),
            Ok(kind) => kind.is_file() && is_markdown(&name),
            Err(_) => false,
        }
    })
}
