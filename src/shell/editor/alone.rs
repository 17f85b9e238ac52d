//! One person at a time in the editor of a draft: two that save one file would each write over what the other wrote. A
//! lock of the system, which ends with the process that holds it. It must not keep anybody from reading.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::domain::safe::one_line;
use crate::domain::time::{Utc, rfc3339};
use crate::service::{Failure, FailureKind};

/// Who holds it is a name and a time; what is longer is none.
const LONGEST: u64 = 512;

/// Holds a draft for whoever edits it.
#[derive(Debug)]
pub struct Alone {
    path: PathBuf,
    /// Open as long as the lock is held. Nothing where no lock can be had, as on a disk that knows none.
    file: Option<File>,
}

impl Alone {
    /// Takes the draft for a person, since now (UTC).
    ///
    /// # Errors
    /// [`FailureKind::Conflict`] when another process of this host edits it: who, and since when.
    pub fn take(draft: &Path, by: &str, now: Utc) -> Result<Self, Failure> {
        let name = draft.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let path = draft.with_file_name(format!(".{name}.edited"));
        // The umask narrows it to what the home allows.
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o666).open(&path);
        let Ok(mut file) = opened else { return Ok(Self { path, file: None }) };
        match file.try_lock() {
            // Whoever held it a moment ago took its file away: what we hold is nobody's any more.
            Ok(()) if !is_there(&path, &file) => Self::take(draft, by, now),
            Ok(()) => {
                // Who reads it is told a name; that it is held needs none.
                let _ = file.set_len(0).and_then(|()| write!(file, "{by} edits it since {}", rfc3339(now)));
                Ok(Self { path, file: Some(file) })
            }
            Err(TryLockError::WouldBlock) => {
                let mut said = String::new();
                let _ = (&mut file).take(LONGEST).read_to_string(&mut said);
                let said = if said.is_empty() { "somebody edits it".to_owned() } else { one_line(&said) };
                Err(Failure::new(FailureKind::Conflict, format!("{}: {said}", draft.display()))
                    .hint("one of both texts would be lost: wait until the other editor is left"))
            }
            Err(TryLockError::Error(_)) => Ok(Self { path, file: None }),
        }
    }
}

fn is_there(path: &Path, file: &File) -> bool {
    let there = std::fs::symlink_metadata(path).map(|meta| (meta.dev(), meta.ino())).ok();
    there.is_some() && there == file.metadata().map(|meta| (meta.dev(), meta.ino())).ok()
}

impl Drop for Alone {
    fn drop(&mut self) {
        if self.file.is_some() {
            // Before the lock goes: whoever waits for it takes a file of its own.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
