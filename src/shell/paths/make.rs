//! Making a home: folders and files with the modes that it allows, each whole or not at all. It must not know what the
//! files mean.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{Access, FOLDERS, Home, HomeError, HomeSource, Shipped};

impl Home {
    /// The key in that file; written there first when the home has none yet and may be written.
    #[must_use]
    pub fn read_tag_key(&self, fresh: [u8; 32], write: bool) -> [u8; 32] {
        let path = self.tag_key();
        let read = || {
            let text = std::fs::read_to_string(&path).ok()?;
            text.trim().parse::<crate::domain::log::Digest>().ok().map(|digest| digest.0)
        };
        if let Some(key) = read() {
            return key;
        }
        let text = format!("{}\n", crate::domain::log::Digest(fresh));
        if write && make_file(&path, &text, Modes::new(self.shared())).is_ok() {
            // Another process may have been quicker.
            return read().unwrap_or(fresh);
        }
        fresh
    }

    /// Makes the home, or what is missing of it. Can be repeated, interrupted, and done by two processes at once;
    /// never overwrites a file. Shipped runbooks, drills and templates are put in place while there is no `warroom.toml`;
    /// where somebody wrote that first, in the folders that this call makes, until there is a database: so a deleted one
    /// stays deleted. Also narrows this process's umask to what the home allows.
    ///
    /// Returns whether this call made it.
    ///
    /// # Errors
    /// [`HomeError`] says which path and what to do.
    pub fn create(&self, access: &Access, shipped: Shipped<'_>) -> Result<bool, HomeError> {
        let group = match access {
            Access::Private => None,
            Access::Group(name) => Some(group_id(name)?),
        };
        if self.exists() && group.is_some() && !self.shared() {
            return Err(HomeError::AlreadyPrivate(self.root.clone()));
        }
        let modes = Modes::new(group.is_some() || self.shared());
        modes.narrow_umask();
        let made_root = self.make_root(modes)?;
        if made_root || (group.is_some() && !self.exists()) {
            give_to_group(&self.root, group, modes)?;
        }
        let fresh = self.folders(group, modes)?;
        let begun = self.exists();
        if begun && (fresh.is_empty() || self.database().exists()) {
            return Ok(false);
        }
        for (folder, files) in [
            (self.runbooks(), shipped.runbooks),
            (self.drills(), shipped.drills),
            (self.templates(), shipped.templates),
        ] {
            if begun && !fresh.contains(&folder) {
                continue;
            }
            for (name, text) in files {
                make_file(&folder.join(name), text, modes)?;
            }
        }
        make_file(&self.people(), shipped.people, modes)?;
        make_file(&self.config(), shipped.config, modes)
    }

    /// Makes the folders that a home lacks in which all else is there: whoever brought back a backup, or took a folder
    /// away, has them again. Costs next to nothing when none is missing.
    ///
    /// # Errors
    /// [`HomeError`] says which folder and what to do.
    pub fn make_folders(&self) -> Result<(), HomeError> {
        let modes = Modes::new(self.shared());
        modes.narrow_umask();
        self.folders(None, modes).map(drop)
    }

    /// Makes the missing folders; answers which.
    fn folders(&self, group: Option<u32>, modes: Modes) -> Result<Vec<PathBuf>, HomeError> {
        let mut fresh = Vec::new();
        for name in FOLDERS {
            let path = self.root.join(name);
            if make_folder(&path, modes)? {
                give_to_group(&path, group, modes)?;
                fresh.push(path);
            }
        }
        Ok(fresh)
    }

    fn make_root(&self, modes: Modes) -> Result<bool, HomeError> {
        if self.root.is_dir() {
            let writable =
                rustix::fs::access(&self.root, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK);
            return match writable {
                Ok(()) => Ok(false),
                Err(error) => Err(HomeError::Unwritable { path: self.root.clone(), source: error.into() }),
            };
        }
        // Nothing but a typing error can make the folder above a named home missing; the user's data folder may be
        // missing on a fresh account.
        if let Some(parent) = self.root.parent().filter(|p| !p.exists()) {
            if self.source != HomeSource::Default {
                return Err(HomeError::NoParent { root: self.root.clone(), parent: parent.to_owned() });
            }
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(parent)
                .map_err(|source| HomeError::Unwritable { path: parent.to_owned(), source })?;
        }
        make_folder(&self.root, modes)
    }
}

/// The modes of a home's folders and files.
#[derive(Debug, Clone, Copy)]
struct Modes {
    folder: u32,
    file: u32,
    umask: u32,
}

impl Modes {
    fn new(shared: bool) -> Self {
        if shared {
            Self { folder: 0o2770, file: 0o660, umask: 0o007 }
        } else {
            Self { folder: 0o700, file: 0o600, umask: 0o077 }
        }
    }

    fn narrow_umask(self) {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(self.umask));
    }
}

/// Narrows this process's umask to what the home allows, before anything else is written to it. [`Home::create`]
/// does it too.
pub fn narrow_umask(home: &Home) {
    Modes::new(home.shared()).narrow_umask();
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> HomeError {
    let path = path.to_owned();
    |source| match source.kind() {
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => HomeError::NotFolder(path),
        _ => HomeError::Unwritable { path, source },
    }
}

/// Returns whether this call made it.
fn make_folder(path: &Path, modes: Modes) -> Result<bool, HomeError> {
    match DirBuilder::new().mode(modes.folder & 0o777).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(false),
        Err(error) => Err(unwritable(path)(error)),
    }
}

fn give_to_group(path: &Path, group: Option<u32>, modes: Modes) -> Result<(), HomeError> {
    if group.is_some() {
        std::os::unix::fs::chown(path, None, group).map_err(unwritable(path))?;
    }
    // After the owner: changing that drops the setgid bit.
    fs::set_permissions(path, Permissions::from_mode(modes.folder)).map_err(unwritable(path))
}

/// Puts a whole file in place, or leaves the one that is there; returns whether this call made it.
fn make_file(path: &Path, text: &str, modes: Modes) -> Result<bool, HomeError> {
    if path.exists() {
        return Ok(false);
    }
    write_new(path, text.as_bytes(), modes.file).map_err(unwritable(path))
}

/// Writes beside the target and links it there, so that nobody ever sees half a file and the first of two wins.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<bool> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(Permissions::from_mode(mode))
        .make_in(folder, |p| OpenOptions::new().write(true).create_new(true).mode(mode).open(p))?;
    let (mut file, temporary) = temporary.into_parts();
    file.write_all(bytes)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()?;
    match fs::hard_link(&temporary, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        // Some file systems have no hard links; the last of two then wins, with the same text.
        Err(_) => temporary.persist(path).map(|()| true).map_err(|e| e.error),
    }
}

fn group_id(name: &str) -> Result<u32, HomeError> {
    match nix::unistd::Group::from_name(name) {
        Ok(Some(group)) => Ok(group.gid.as_raw()),
        _ => Err(HomeError::NoGroup(name.to_owned())),
    }
}
