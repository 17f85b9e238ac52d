//! A hint that somebody wrote to the database: inotify on its write-ahead log. It must not read the database, and
//! it is a hint only (own writes give it too): ask `changed_by_others` after it.

use std::ffi::{OsStr, OsString};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

use super::StoreError;

/// Watches the write-ahead log of a database; its descriptor becomes readable when there is something to drain.
pub struct ChangeWatch {
    inotify: OwnedFd,
    wal: PathBuf,
    name: OsString,
    /// The watch on the log itself; none while it is not there.
    on_wal: Option<i32>,
}

impl ChangeWatch {
    /// Starts to watch the database at `file`.
    ///
    /// # Errors
    /// When the folder is missing or the system gives no more watches; a room then looks with its clock alone.
    pub fn new(file: &Path) -> Result<Self, StoreError> {
        let failed = |why: rustix::io::Errno| StoreError::Io {
            file: file.to_owned(),
            why: format!("cannot be watched: {why}"),
        };
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push("-wal");
        let wal = file.with_file_name(&name);
        let folder = wal.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).map_err(failed)?;
        // In the folder only names matter: other files there are written for every key.
        let names = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ONLYDIR;
        inotify::add_watch(&inotify, folder, names).map_err(failed)?;
        let mut watch = Self { inotify, wal, name, on_wal: None };
        watch.watch_wal();
        Ok(watch)
    }

    fn watch_wal(&mut self) {
        let flags = WatchFlags::MODIFY | WatchFlags::DELETE_SELF;
        self.on_wal = inotify::add_watch(&self.inotify, &self.wal, flags).ok();
    }

    /// Takes all that is waiting; true when the write-ahead log was written or made anew. Never blocks.
    pub fn drain(&mut self) -> bool {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let (mut written, mut made, mut lost) = (false, false, false);
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        // An error means that nothing is waiting, or that there is nothing to be had.
        while let Ok(event) = reader.next() {
            let flags = event.events();
            let named = event.file_name().is_some_and(|name| OsStr::from_bytes(name.to_bytes()) == self.name);
            if flags.contains(inotify::ReadFlags::QUEUE_OVERFLOW) {
                written = true;
            } else if named {
                made = true;
            } else if Some(event.wd()) == self.on_wal {
                written |= flags.contains(inotify::ReadFlags::MODIFY);
                lost |= flags.contains(inotify::ReadFlags::IGNORED);
            }
        }
        if made || lost {
            self.watch_wal();
        }
        written || made
    }
}

impl AsFd for ChangeWatch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}
