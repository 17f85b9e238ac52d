//! After the commit: our files in the work tree, and our entries in the user's index. It must not touch any other
//! entry or file, and a failure here is a warning, for the commit stands.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use git2::{Index, IndexEntry, IndexTime};

use super::Archive;
use super::claim::{Claim, identity, make_lock};
use super::error::ArchiveError;
use super::publish::{Placed, Published};
use super::state::{Work, lock_owner};
use crate::domain::time::Utc;

/// How often we try to get the lock of the index.
const LOCK_TRIES: u32 = 5;

/// How often we try to write a file that another program writes at the same moment.
const WRITE_TRIES: u32 = 10;

/// What the refresh could not do. The commit stands in every case.
#[derive(Debug, thiserror::Error)]
pub enum RefreshWarning {
    /// Another process holds the index, or died holding it.
    #[error(
        "committed, but the index is locked since {since} by {by} ({lock}), so `git status` is behind: wait for that git command (if none runs, delete the file), then run `git restore --staged {files}`",
        since = since.map_or_else(|| "an unknown time".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string()),
        lock = lock.display(),
        files = files.join(" ")
    )]
    IndexLocked {
        /// The lock file.
        lock: PathBuf,
        /// When it was made, if that could be read.
        since: Option<Utc>,
        /// Who owns it, as `user id N`.
        by: String,
        /// Our files.
        files: Vec<String>,
    },
    /// The index could not be brought up to date.
    #[error("committed, but the index could not be updated ({reason}): run `git restore --staged {files}`", files = files.join(" "))]
    Index {
        /// What went wrong.
        reason: String,
        /// Our files.
        files: Vec<String>,
    },
    /// Somebody edited the file of the work tree, and committed it nowhere: it is not ours to overwrite.
    #[error(
        "committed, but {file} in the work tree was left as it is (somebody edited it): commit it there with git, or `git restore {file}` throws the edit away and takes the published text"
    )]
    Edited {
        /// The file.
        file: String,
    },
    /// The file of the work tree could not be written.
    #[error(
        "committed, but {file} in the work tree was left as it is ({reason}): `git restore {file}` takes the published text"
    )]
    WorkTree {
        /// The file.
        file: String,
        /// What stands against it.
        reason: String,
    },
}

/// What was at a path before a file was laid there.
#[derive(Debug)]
pub(super) enum Laid {
    /// The same bytes, or there is no work tree.
    Same,
    /// No file.
    New,
    /// These bytes.
    Over(Vec<u8>),
}

impl Archive {
    /// Brings work tree and index up to a publication: writes our files where they show an older version of ours,
    /// and replaces our entries in the index, nothing else. Does nothing in a bare repository, and may be repeated.
    #[must_use = "the warnings say what git status will show"]
    pub fn refresh(&self, published: &Published) -> Vec<RefreshWarning> {
        if self.repo.is_bare() {
            return Vec::new();
        }
        let mut warnings = Vec::new();
        let mut placed = Vec::new();
        let head = self.branch().and_then(|branch| self.tree_of(branch.commit));
        let Ok(head) = head else { return warnings };
        for file in &published.files {
            // A later publication of the same path brings its own refresh.
            if !self.held(head.as_ref(), &file.full).is_ok_and(|held| held == Some(file.held)) {
                continue;
            }
            match self.place(file) {
                Ok(()) => placed.push(file),
                Err(warning) => warnings.push(warning),
            }
        }
        if let Err(warning) = self.enter(&placed) {
            warnings.push(warning);
        }
        warnings
    }

    /// Writes one file of HEAD into the work tree.
    fn place(&self, file: &Placed) -> Result<(), RefreshWarning> {
        let failed = |reason: String| RefreshWarning::WorkTree { file: file.full.clone(), reason };
        let work = self.work(&file.full).map_err(|e| failed(e.to_string()))?;
        if work.is(file.held.blob) {
            return Ok(());
        }
        if work != Work::Absent && !file.before.iter().any(|blob| work.is(*blob)) {
            return Err(RefreshWarning::Edited { file: file.full.clone() });
        }
        let blob = self.repo.find_blob(file.held.blob).map_err(|e| failed(e.message().to_owned()))?;
        let laid = self.lay(&file.full, blob.content(), file.held.mode);
        laid.map(|_| ()).map_err(|e| failed(e.to_string()))
    }

    /// Lays bytes at a path of the work tree, all of them or none. New files and folders take the access rights of the
    /// work tree's top folder, so that a private home stays private and a shared one shared.
    pub(super) fn lay(&self, full: &str, bytes: &[u8], mode: i32) -> Result<Laid, ArchiveError> {
        let Some(top) = self.repo.workdir() else { return Ok(Laid::Same) };
        let file = top.join(full);
        let old = match self.work(full)? {
            Work::Absent => None,
            Work::Bytes { .. } => {
                Some(std::fs::read(&file).map_err(|e| ArchiveError::from_io("cannot read", &file, e))?)
            }
        };
        if old.as_deref() == Some(bytes) {
            return Ok(Laid::Same);
        }
        let top_mode = std::fs::metadata(top).map_or(0o700, |meta| meta.permissions().mode());
        let folder = file.parent().unwrap_or(top);
        let made = DirBuilder::new().recursive(true).mode(top_mode & 0o777).create(folder);
        made.map_err(|e| ArchiveError::from_io("cannot create", folder, e))?;
        let rights = match std::fs::metadata(&file) {
            Ok(meta) => meta.permissions().mode() & 0o777,
            Err(_) if mode == 0o100_755 => top_mode & 0o777,
            Err(_) => top_mode & 0o666,
        };
        let written = write_whole(&file, bytes, rights);
        written.map_err(|e| ArchiveError::from_io("cannot write", &file, e))?;
        Ok(old.map_or(Laid::New, Laid::Over))
    }

    /// Undoes [`Archive::lay`]. A failure leaves our text in the work tree, where the next try accepts it.
    pub(super) fn take_back(&self, full: &str, laid: Laid) {
        let Some(top) = self.repo.workdir() else { return };
        match laid {
            Laid::Same => {}
            Laid::New => {
                let file = top.join(full);
                let _ = std::fs::remove_file(&file);
                // Folders that we made are empty now; `remove_dir` leaves every other alone.
                for folder in file.ancestors().skip(1).take_while(|f| *f != top && f.starts_with(top)) {
                    if std::fs::remove_dir(folder).is_err() {
                        break;
                    }
                }
            }
            Laid::Over(bytes) => {
                let _ = self.lay(full, &bytes, 0o100_644);
            }
        }
    }

    /// Replaces our entries in the user's index, under git's own lock: no other process can stage between our reading
    /// and our writing. (libgit2 takes the lock only to write.)
    fn enter(&self, placed: &[&Placed]) -> Result<(), RefreshWarning> {
        let Some(top) = self.repo.workdir() else { return Ok(()) };
        if placed.is_empty() {
            return Ok(());
        }
        let files = || placed.iter().map(|p| p.full.clone()).collect::<Vec<_>>();
        let failed = |reason: String| RefreshWarning::Index { reason, files: files() };
        let index = self.index_file();
        let lock = index.with_extension("lock");
        let mut held = self.lock_index(&lock).map_err(|error| {
            if error.kind() == ErrorKind::AlreadyExists {
                let (since, by) = lock_owner(&lock);
                RefreshWarning::IndexLocked { lock: lock.clone(), since, by, files: files() }
            } else {
                failed(error.to_string())
            }
        })?;
        // Libgit2 writes through a lock of its own, so it works on a copy, which then becomes the lock's content.
        // We hold the lock, so what a killed process left of its copy is nobody's.
        let copy = index.with_extension("warroom");
        for left in [copy.with_extension("warroom.lock"), copy.clone()] {
            let _ = std::fs::remove_file(left);
        }
        match std::fs::copy(&index, &copy) {
            Ok(_) => {}
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(failed(e.to_string())),
        }
        let mut changed = false;
        let written = update_copy(&copy, top, placed, &mut changed);
        if let (Ok(()), true) = (&written, changed) {
            held.becomes(&copy);
            let moved = std::fs::rename(&copy, &lock).and_then(|()| std::fs::rename(&lock, &index));
            if moved.is_ok() {
                held.release();
            }
            return moved.map_err(|e| failed(e.to_string()));
        }
        let _ = std::fs::remove_file(&copy);
        written.map_err(failed)
    }

    /// Takes the lock of the index as git does.
    fn lock_index(&self, lock: &Path) -> std::io::Result<IndexLock> {
        let mut claim = self.claim_index(lock);
        let mut attempt = 1;
        loop {
            match make_lock(lock, &mut claim) {
                Ok(()) => return Ok(IndexLock { lock: Some(lock.to_path_buf()), claim }),
                Err(e) if e.kind() == ErrorKind::AlreadyExists && attempt < LOCK_TRIES => {
                    (self.wait)(attempt);
                    attempt += 1;
                }
                Err(e) => {
                    if let Some(claim) = claim {
                        claim.done();
                    }
                    return Err(e);
                }
            }
        }
    }
}

/// The lock of the index, ours to remove.
struct IndexLock {
    lock: Option<PathBuf>,
    claim: Option<Claim>,
}

impl IndexLock {
    /// The lock will be this file.
    fn becomes(&mut self, copy: &Path) {
        if let (Some(claim), Ok(meta)) = (&mut self.claim, std::fs::symlink_metadata(copy)) {
            // Without it people have to remove the lock, should we be killed now.
            let _ = claim.say(&identity(&meta));
        }
    }

    /// The lock file has become the index: there is nothing left to remove, and a lock that another process takes
    /// from now on is theirs.
    fn release(mut self) {
        self.lock = None;
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        if let Some(lock) = &self.lock {
            let _ = std::fs::remove_file(lock);
        }
        if let Some(claim) = &self.claim {
            claim.done();
        }
    }
}

/// Sets our entries in a copy of the index; the others keep their bytes.
fn update_copy(copy: &Path, top: &Path, placed: &[&Placed], changed: &mut bool) -> Result<(), String> {
    let mut index = Index::open(copy).map_err(|e| e.message().to_owned())?;
    for file in placed {
        let old = index.get_path(Path::new(&file.full), 0);
        if old.as_ref().is_some_and(|e| e.id != file.held.blob && !file.before.contains(&e.id)) {
            return Err(format!("{} was staged with other text", file.full));
        }
        let meta = std::fs::symlink_metadata(top.join(&file.full)).map_err(|e| e.to_string())?;
        let entry = entry(file, &meta);
        if old.is_some_and(|old| same(&old, &entry)) {
            continue;
        }
        *changed = true;
        index.add(&entry).map_err(|e| e.message().to_owned())?;
    }
    if *changed {
        index.write().map_err(|e| e.message().to_owned())?;
    }
    Ok(())
}

/// Whether the index needs no new entry.
fn same(old: &IndexEntry, new: &IndexEntry) -> bool {
    old.id == new.id
        && old.mode == new.mode
        && old.file_size == new.file_size
        && old.ino == new.ino
        && old.mtime.seconds() == new.mtime.seconds()
        && old.mtime.nanoseconds() == new.mtime.nanoseconds()
}

/// The index entry of a file. Its numbers are 32 bits wide by definition of the format; git cuts them in the same way.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the index stores the low 32 bits of each number"
)]
fn entry(file: &Placed, meta: &std::fs::Metadata) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(meta.ctime() as i32, meta.ctime_nsec() as u32),
        mtime: IndexTime::new(meta.mtime() as i32, meta.mtime_nsec() as u32),
        dev: meta.dev() as u32,
        ino: meta.ino() as u32,
        mode: file.held.mode as u32,
        uid: meta.uid(),
        gid: meta.gid(),
        file_size: meta.len() as u32,
        id: file.held.blob,
        flags: 0,
        flags_extended: 0,
        path: file.full.clone().into_bytes(),
    }
}

/// Writes a file whole: a neighbour first, then a rename. Not synced, as git does not either: the text is safe in the
/// object that the branch names.
fn write_whole(file: &Path, bytes: &[u8], rights: u32) -> std::io::Result<()> {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    // The name may already be as long as the file system takes.
    let short: String = name.chars().take(60).collect();
    // Always the same name, so that the next try removes what a killed one left.
    let part = file.with_file_name(format!(".{short}.part"));
    let write = || {
        let _ = std::fs::remove_file(&part);
        let mut out: File = OpenOptions::new().write(true).create_new(true).mode(rights).open(&part)?;
        out.write_all(bytes)?;
        std::fs::rename(&part, file)
    };
    for _ in 0..WRITE_TRIES {
        match write() {
            // Another program writes the same file: each takes the other's neighbour for one that was left.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {}
            Err(error) => {
                let _ = std::fs::remove_file(&part);
                return Err(error);
            }
            Ok(()) => return Ok(()),
        }
    }
    write()
}
