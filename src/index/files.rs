//! The folder of the index: its lock, and putting a new one in the place of an old one. It must not delete a file
//! that a search engine did not write.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::IndexError;

/// Held while the index is written; released when dropped, also when the process dies.
#[derive(Debug)]
pub(super) struct WriteLock {
    file: File,
}

impl Drop for WriteLock {
    /// Closing is not enough: a program that is being started at this moment still holds what it inherits.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// Takes the lock of the index in `dir`, without waiting. The lock file lies beside the folder, because the folder
/// itself is replaced, and is left there.
pub(super) fn lock(dir: &Path) -> Result<WriteLock, IndexError> {
    let path = sibling(dir, "lock")?;
    let failed = |source| IndexError::Io { path: path.clone(), source };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(WriteLock { file }),
        Err(TryLockError::WouldBlock) => Err(IndexError::Busy),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Gives the group of a shared folder the rights to what lies in it: the engine writes some files for their owner
/// only. What belongs to somebody else stays as it is.
pub(super) fn share(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::symlink_metadata(path).map_or(0, |found| found.permissions().mode());
    if mode(dir) & 0o2020 != 0o2020 {
        return;
    }
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_file()) && mode(&path) & 0o060 != 0o060 {
            let _ = fs::set_permissions(&path, fs::Permissions::from_mode(0o660));
        }
    }
}

/// A hidden name beside the folder: `index` → `.index.new`.
fn sibling(dir: &Path, ending: &str) -> Result<PathBuf, IndexError> {
    let name = dir.file_name().ok_or_else(|| IndexError::Io {
        path: dir.to_path_buf(),
        source: io::Error::new(io::ErrorKind::InvalidInput, "the index needs a folder with a name"),
    })?;
    Ok(dir.with_file_name(format!(".{}.{ending}", name.to_string_lossy())))
}

/// An empty folder beside `dir` to build in. Only for the holder of the lock: what a killed rebuild left is removed.
pub(super) fn building_place(dir: &Path, _held: &WriteLock) -> Result<PathBuf, IndexError> {
    let place = sibling(dir, "new")?;
    discard(&place);
    fs::create_dir(&place).map_err(|source| IndexError::Io { path: place.clone(), source })?;
    Ok(place)
}

/// Puts `new` in the place of `dir`. Readers of the old one keep their mapped files. What lies at `dir` and is not
/// an index is moved aside and kept.
pub(super) fn put_in_place(new: &Path, dir: &Path, _held: &WriteLock) -> Result<(), IndexError> {
    let old = free_name(dir)?;
    let failed = |source| IndexError::Io { path: dir.to_path_buf(), source };
    let had = match fs::rename(dir, &old) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(failed(error)),
    };
    if let Err(error) = fs::rename(new, dir) {
        if had {
            // The old one is better than none; if this fails too, the next open finds it missing and rebuilds.
            let _ = fs::rename(&old, dir);
        }
        return Err(failed(error));
    }
    if had {
        discard(&old);
    }
    Ok(())
}

/// The first name for an old folder that is not taken by something that had to be kept.
fn free_name(dir: &Path) -> Result<PathBuf, IndexError> {
    for n in 0..1000_u32 {
        let name = sibling(dir, &format!("old{n}"))?;
        discard(&name);
        if fs::symlink_metadata(&name).is_err() {
            return Ok(name);
        }
    }
    Err(IndexError::Io {
        path: dir.to_path_buf(),
        source: io::Error::new(
            io::ErrorKind::AlreadyExists,
            "a thousand old folders lie beside it; remove them",
        ),
    })
}

/// Removes the files that a search engine wrote, then the folder if nothing else is in it. Failing to is harmless:
/// the next rebuild tries again.
pub(super) fn discard(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        if is_engine_file(&entry.file_name().to_string_lossy()) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(dir);
}

/// Whether a name is one that tantivy gives: its books, or 32 hex digits and an ending.
fn is_engine_file(name: &str) -> bool {
    if matches!(name, "meta.json" | ".managed.json" | ".tantivy-writer.lock" | ".tantivy-meta.lock") {
        return true;
    }
    let stem = name.split('.').next().unwrap_or_default();
    (stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()) && name.len() > 33)
        || name.starts_with(".tmp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_engine_are_deleted() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("index");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("meta.json"), "{}").unwrap();
        fs::write(dir.join("0123456789abcdef0123456789abcdef.store"), "x").unwrap();
        fs::write(dir.join("thesis.txt"), "ten years").unwrap();
        let held = lock(&dir).unwrap();
        let new = building_place(&dir, &held).unwrap();
        fs::write(new.join("meta.json"), "new").unwrap();
        put_in_place(&new, &dir, &held).unwrap();
        assert_eq!(fs::read_to_string(dir.join("meta.json")).unwrap(), "new");
        let kept = home.path().join(".index.old0");
        assert_eq!(fs::read_dir(&kept).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(kept.join("thesis.txt")).unwrap(), "ten years");
    }

    #[test]
    fn the_lock_is_for_one() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("index");
        let held = lock(&dir).unwrap();
        assert!(matches!(lock(&dir), Err(IndexError::Busy)));
        drop(held);
        assert!(lock(&dir).is_ok());
    }
}
