//! The archive of postmortems: a git repository, written with the meaning of `git commit --only FILE`. It must not
//! know the store or the index.
//!
//! Two kinds of repository are served alike: the one of our own home ([`Archive::create_own`]) and one that a team
//! names ([`Archive::open`]), in which people work with git at the same time. Three rules follow.
//!
//! - The commit is made from HEAD's tree and our blobs, never from the user's index; the branch moves only by
//!   compare-and-swap. What others staged or edited is theirs and stays byte for byte.
//! - Publishing has two steps: [`Archive::publish`] makes the commit (its cost does not grow with the archive), and
//!   [`Archive::refresh`] brings work tree and index up to it, after the caller has acknowledged.
//! - Each step can be repeated: the same bytes at the same path are the same commit.

mod changes;
mod claim;
mod configured;
mod entries;
mod error;
mod lost;
mod message;
mod mirror;
mod publish;
mod pushed;
mod read;
mod refresh;
mod seal;
mod shared;
mod state;
mod synced;

use std::fmt;
use std::fs::File;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use git2::{ConfigLevel, ErrorCode, Reference, Repository, RepositoryInitOptions, RepositoryOpenFlags};

pub use changes::Change;
pub use configured::GitConfig;
pub use error::{ArchiveError, FailureKind};
pub use lost::holds_postmortems;
pub use message::commit_message;
pub use publish::{Over, Publication, Published};
pub use pushed::{COMMITS_MAX, ToldHead};
pub use read::{BLOB_MAX, ENTRIES_MAX, Entry, Listing, Skipped, Version};
pub use refresh::RefreshWarning;
pub use seal::{HookPaths, Hooks, Identity, Seals, Signer, SigningFormat, SigningRequest};

use crate::domain::archive_path::ArchivePath;

/// Attributes of our own repository: bytes are kept as they are, whatever `core.autocrlf` says, because imported
/// postmortems may end their lines either way and a blob is compared by its bytes.
const OWN_ATTRIBUTES: &str = "*.md -text\n";

/// How often we try to make our own repository while others hold its locks: for a second and a half.
const INIT_TRIES: u32 = 7;

/// The archive: a repository and the folder in it that holds postmortems.
pub struct Archive {
    repo: Repository,
    /// The path by which the user knows the repository; for messages.
    path: PathBuf,
    /// The folder in the repository; `None` is its root.
    folder: Option<ArchivePath>,
    /// Waits before try number n (1 for the second try) at a lock.
    wait: fn(u32),
    /// What tells libgit2 to sync; it reads this again by its number, so it stays open as long as the repository.
    _sync: Option<File>,
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("path", &self.path)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Archive {
    /// Makes or opens the repository of our own home, with postmortems at its root. May be called at every start.
    /// The first branch is `init.defaultBranch`, else `fallback_branch`; `files` are those that git is configured by.
    /// Nothing is made among postmortems: their repository was lost, and an empty one would hide that.
    ///
    /// # Errors
    /// [`ArchiveError::Lost`], [`ArchiveError::NoCommit`], [`ArchiveError::ReadOnly`] and the others of opening.
    pub fn create_own(path: &Path, fallback_branch: &str, files: &GitConfig) -> Result<Self, ArchiveError> {
        let repo = match open_here(path) {
            Ok(repo) => repo,
            // Another terminal may have made it in the same moment, and published.
            Err(error) if error.code() == ErrorCode::NotFound && lost::holds_postmortems(path) => {
                open_here(path).map_err(|_| ArchiveError::Lost { path: path.to_path_buf() })?
            }
            Err(error) if error.code() == ErrorCode::NotFound => init_own(path, fallback_branch, files)?,
            Err(error) => return Err(opening(path, error)),
        };
        synced::forget_old_setting(&repo);
        shared::tell_git(&repo, path);
        write_attributes(&repo)?;
        drop(repo);
        Self::open(path, Path::new(""))?.with_config(files)?.with_its_past()
    }

    /// Lets commits here be neither signed nor checked by hooks, whatever the user's own configuration of git says:
    /// for a repository that is thrown away.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when the repository's configuration cannot be written.
    pub fn without_seals(&self) -> Result<(), ArchiveError> {
        let local = self.repo.config().and_then(|config| config.open_level(ConfigLevel::Local));
        let mut local = local.map_err(|e| self.git(e))?;
        let written = local
            .set_bool("commit.gpgsign", false)
            .and_then(|()| local.set_str("core.hooksPath", "/dev/null"));
        written.map_err(|e| self.git(e))
    }

    /// Opens a repository that the user named, and the folder in it that holds postmortems (`""` is its root; it
    /// need not exist yet). Does not search parent folders.
    ///
    /// # Errors
    /// [`ArchiveError::NoRepository`], [`ArchiveError::ForeignOwner`], [`ArchiveError::Sha256`],
    /// [`ArchiveError::Path`].
    pub fn open(repository: &Path, folder: &Path) -> Result<Self, ArchiveError> {
        let folder = named_folder(folder)?;
        let repo = open_here(repository).map_err(|e| opening(repository, e))?;
        let sync = synced::demand(&repo);
        Ok(Self { repo, path: repository.to_path_buf(), folder, wait: wait_a_little, _sync: sync })
    }

    /// Goes by another folder of the repository, as [`Archive::open`] takes it.
    ///
    /// # Errors
    /// [`ArchiveError::Path`].
    pub fn in_folder(self, folder: &Path) -> Result<Self, ArchiveError> {
        Ok(Self { folder: named_folder(folder)?, ..self })
    }

    /// Replaces the pause before each new try at a lock; it is given the number of the try, from 1.
    #[must_use]
    pub fn with_wait(mut self, wait: fn(u32)) -> Self {
        self.wait = wait;
        self
    }

    /// The path by which the user knows the repository.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The top of the work tree; `None` when the repository is bare.
    #[must_use]
    pub fn workdir(&self) -> Option<&Path> {
        self.repo.workdir()
    }

    /// The path of a file in the repository, with the folder before it.
    #[must_use]
    pub fn full_path(&self, path: &ArchivePath) -> String {
        match &self.folder {
            None => path.to_string(),
            Some(folder) => format!("{folder}/{path}"),
        }
    }

    /// Gives an error of libgit2 its words.
    fn git(&self, source: git2::Error) -> ArchiveError {
        ArchiveError::from_git(&self.path, source)
    }
}

/// The folder in a repository as it is named; none for its root.
fn named_folder(folder: &Path) -> Result<Option<ArchivePath>, ArchiveError> {
    match folder.to_string_lossy().trim_matches('/') {
        "" | "." => Ok(None),
        name => Ok(Some(ArchivePath::new(name)?)),
    }
}

/// Opens a repository at exactly this path: work tree, `.git` folder, or bare.
fn open_here(path: &Path) -> Result<Repository, git2::Error> {
    Repository::open_ext(path, RepositoryOpenFlags::NO_SEARCH, std::iter::empty::<&Path>())
}

/// Gives an error of opening its words.
fn opening(path: &Path, error: git2::Error) -> ArchiveError {
    if error.code() == ErrorCode::NotFound {
        return ArchiveError::NoRepository { path: path.to_path_buf() };
    }
    ArchiveError::from_git(path, error)
}

/// Makes our own repository, its top folder private when it is new.
fn init_own(path: &Path, fallback_branch: &str, files: &GitConfig) -> Result<Repository, ArchiveError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|e| ArchiveError::from_io("cannot create", path, e))?;
    let branch = files
        .outside("init.defaultBranch")
        .filter(|b| Reference::is_valid_name(&format!("refs/heads/{b}")))
        .unwrap_or_else(|| fallback_branch.to_owned());
    let mut options = RepositoryInitOptions::new();
    options.initial_head(&branch);
    let mut attempt = 1;
    loop {
        let error = match Repository::init_opts(path, &options) {
            Ok(repo) => return Ok(repo),
            Err(error) => error,
        };
        // Another terminal may make it in the same moment: it is there, or it is about to be.
        match open_here(path) {
            Ok(repo) => return Ok(repo),
            Err(_) if error.code() == ErrorCode::Locked && attempt < INIT_TRIES => wait_a_little(attempt),
            Err(_) => return Err(opening(path, error)),
        }
        attempt += 1;
    }
}

/// Adds our attributes to the repository's own file, keeping what is there.
fn write_attributes(repo: &Repository) -> Result<(), ArchiveError> {
    let file = repo.commondir().join("info").join("attributes");
    let old = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(ArchiveError::from_io("cannot read", file, e)),
    };
    if old.lines().any(|line| line.trim_start().starts_with("*.md ")) {
        return Ok(());
    }
    let text = if old.is_empty() || old.ends_with('\n') { old } else { old + "\n" };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|e| ArchiveError::from_io("cannot create", folder, e))?;
    }
    std::fs::write(&file, text + OWN_ATTRIBUTES).map_err(|e| ArchiveError::from_io("cannot write", file, e))
}

/// The pause before try number `attempt` at a lock: 25 ms, then twice as long each time. git holds its locks for
/// less.
fn wait_a_little(attempt: u32) {
    std::thread::park_timeout(Duration::from_millis(25 << attempt.saturating_sub(1).min(4)));
}
