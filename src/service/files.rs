//! Files that people asked for by name: written whole or not at all, never over another by accident. It must not
//! choose names.

use std::fs::Permissions;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use super::{Failure, FailureKind};

/// Reads a file of at most so many bytes; of a larger one, or of a device without an end, no more than that is read.
///
/// # Errors
/// What the host says, or that it is larger.
pub fn read_at_most(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

/// Why the host refused, without the name of a file that nobody knows: of one that is not there yet, tempfile tells its
/// own name.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let own = error.get_ref().and_then(|_| text.rfind(" at path \""));
    own.and_then(|end| text.get(..end)).map_or(text.clone(), str::to_owned)
}

/// Writes a file for its owner only. One that is there is replaced only when that is asked for.
///
/// # Errors
/// When it is there and not to be replaced, or cannot be written; nothing is left behind then.
pub fn write_new(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    write(path, bytes, replace, |folder| NamedTempFile::new_in(folder))
}

/// The same for a file of the home, which others may read and change where the home is theirs too.
///
/// # Errors
/// Those of [`write_new`].
pub fn write_into_home(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    write(path, bytes, replace, unnamed_in_home)
}

/// A file in a folder of the home that has no name of its own yet. The umask says for whom it is: it was narrowed to
/// what the home allows before anything is written.
pub(super) fn unnamed_in_home(folder: &Path) -> io::Result<NamedTempFile> {
    Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder)
}

fn write(
    path: &Path,
    bytes: &[u8],
    replace: bool,
    unnamed: impl FnOnce(&Path) -> io::Result<NamedTempFile>,
) -> Result<(), Failure> {
    let shown = path.display();
    let failed = |e: &std::io::Error| Failure::no(format!("{shown} cannot be written: {}", reason(e)));
    if !replace && std::fs::symlink_metadata(path).is_ok() {
        return Err(Failure::new(FailureKind::Conflict, format!("{shown} is there already"))
            .hint("name another file, or replace it with --force"));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = unnamed(folder).map_err(|e| failed(&e))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| failed(&e))?;
    let kept = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map(drop).map_err(|e| failed(&e.error))
}

/// Writes files into a new folder, for their owner only; all of them or none.
///
/// # Errors
/// When the folder is there and not empty, or something cannot be written; nothing is left behind then.
pub fn write_folder(folder: &Path, files: &[(&Path, &[u8])]) -> Result<(), Failure> {
    let shown = folder.display();
    let failed = |e: std::io::Error| Failure::no(format!("{shown} cannot be written: {}", reason(&e)));
    if std::fs::symlink_metadata(folder).is_ok() {
        return Err(Failure::new(FailureKind::Conflict, format!("{shown} is there already"))
            .hint("name a folder that is not there yet"));
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let made = Builder::new().prefix(".warroom-").tempdir_in(parent).map_err(failed)?;
    for (path, bytes) in files {
        let path = made.path().join(path);
        if let Some(inside) = path.parent() {
            std::fs::create_dir_all(inside).map_err(failed)?;
        }
        std::fs::File::create_new(&path).and_then(|mut file| file.write_all(bytes)).map_err(failed)?;
    }
    std::fs::rename(made.path(), folder).map_err(failed)?;
    // It has another name now: nothing is left to be taken away.
    let _ = made.keep();
    Ok(())
}
