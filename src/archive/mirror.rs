//! A whole copy of the repository, for a backup: every branch and tag, bare, sharing no file with the original. It
//! must not change the original.

use std::path::Path;

use git2::{AutotagOption, FetchOptions, Repository};

use super::Archive;
use super::error::ArchiveError;

impl Archive {
    /// Copies the repository to a folder that is not there yet.
    ///
    /// # Errors
    /// When it cannot be read, or the folder cannot be written.
    pub fn mirror(&self, to: &Path) -> Result<(), ArchiveError> {
        let failed = |e| ArchiveError::from_git(to, e);
        let from = self.repo.commondir().to_string_lossy().into_owned();
        let copy = Repository::init_bare(to).map_err(failed)?;
        // Without a name: where the copy came from means nothing where it is restored.
        let mut remote = copy.remote_anonymous(&from).map_err(failed)?;
        let mut options = FetchOptions::new();
        options.download_tags(AutotagOption::None);
        remote.fetch(&["+refs/*:refs/*"], Some(&mut options), None).map_err(failed)?;
        // An empty repository has no branch to copy, and the copy is to begin on the same one.
        if let Ok(branch) = self.branch() {
            return copy.set_head(&branch.reference).map_err(failed);
        }
        if self.repo.head_detached().unwrap_or(false) {
            // Its commit may be on no branch.
            let whole = format!("+HEAD:{DETACHED}");
            remote.fetch(&[whole.as_str()], Some(&mut options), None).map_err(failed)?;
            let at = copy.refname_to_id(DETACHED).map_err(failed)?;
            copy.set_head_detached(at).map_err(failed)?;
        }
        Ok(())
    }
}

/// What keeps the commit of a repository that stands on no branch.
const DETACHED: &str = "refs/backup/HEAD";
