//! The archive of a home that the accounts of a group share: what git itself writes there has to stay theirs. It must
//! not say who shares it: the modes of its folder do.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use git2::{ConfigLevel, Repository};

/// The setting by which git leaves what it writes writable for the group, whatever the umask of whoever calls it.
const KEY: &str = "core.sharedRepository";

/// Puts the setting into our own repository where the accounts of a group share its folder; one that is there stays.
/// We go by the umask, which is narrowed to what the home allows; who commits with git has another.
pub(super) fn tell_git(repo: &Repository, folder: &Path) {
    let mode = std::fs::metadata(folder).map_or(0, |found| found.permissions().mode());
    if mode & 0o2020 != 0o2020 {
        return;
    }
    let local = repo.config().and_then(|config| config.open_level(ConfigLevel::Local));
    if let Ok(mut local) = local
        && local.get_string(KEY).is_err()
    {
        // Where the file cannot be written, who publishes is told what is in the way.
        let _ = local.set_str(KEY, "group");
    }
}
