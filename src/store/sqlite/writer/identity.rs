//! Which file the database is: what is stored in one that was removed or moved away while it was open is found by nobody.
//! It must not open anything.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// A file of a file system, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// The file that has a name now; none when none has.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let found = std::fs::metadata(file).ok()?;
        Some(Self { device: found.dev(), inode: found.ino() })
    }
}
