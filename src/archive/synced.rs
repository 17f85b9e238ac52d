//! Objects and references on the disk before anybody is told that they are published. It must not write into the
//! configuration of a repository: what people's own git does there is theirs to say.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;

use git2::{ConfigLevel, Repository};

/// The setting by which libgit2 syncs; git itself has given it up for `core.fsync`, and complains where it reads it.
const KEY: &str = "core.fsyncObjectFiles";

/// Has libgit2 sync every object, reference and folder that it writes through this repository, whatever the
/// configuration says. Call it before anything is read: libgit2 looks at the setting once.
///
/// The setting comes from a file without a name, which nobody else can write. `None` where the system makes no such
/// file; then the repository's own configuration decides.
pub(super) fn demand(repo: &Repository) -> Option<File> {
    let mut file = tempfile::tempfile().or_else(|_| tempfile::tempfile_in(repo.commondir())).ok()?;
    file.write_all(b"[core]\n\tfsyncObjectFiles = true\n").ok()?;
    let name = format!("/dev/fd/{}", file.as_raw_fd());
    // This is the very configuration that the repository goes by, not a copy.
    let mut config = repo.config().ok()?;
    config.add_file(name.as_ref(), ConfigLevel::App, true).ok()?;
    Some(file)
}

/// Takes the setting out of our own repository, into which an earlier version wrote it: git warns wherever it meets
/// it.
pub(super) fn forget_old_setting(repo: &Repository) {
    let local = repo.config().and_then(|config| config.open_level(ConfigLevel::Local));
    if let Ok(mut local) = local
        && local.get_bool(KEY).is_ok()
    {
        // A warning of git is all that it costs.
        let _ = local.remove(KEY);
    }
}
