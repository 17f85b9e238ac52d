//! Which file the database is, and that it is the one that was left there: what is stored in one that was removed, moved
//! away or written over while it was open is found by nobody. It must not open anything.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::SystemTime;

/// A file of a file system, whatever its name, as it looks to whoever has it not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
    length: u64,
    modified: Option<SystemTime>,
}

impl Identity {
    /// The file that has a name now; none when none has.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let found = std::fs::metadata(file).ok()?;
        Some(Self {
            device: found.dev(),
            inode: found.ino(),
            length: found.len(),
            modified: found.modified().ok(),
        })
    }

    /// Whether a file that looks like that may be this one, later: nothing here makes a database shorter.
    pub(super) const fn may_become(&self, later: &Self) -> bool {
        self.device == later.device && self.inode == later.inode && self.length <= later.length
    }
}
