//! Why the archive refused or failed, in words that say what to do. It must not decide: the states are found elsewhere.

use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode};

use crate::domain::archive_path::BadPath;
use crate::domain::time::Utc;

/// What kind of failure it is; the edge turns it into an exit code (`SPEC.md`, Exit codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The state of the repository stands against it; nothing was changed (exit 4).
    Conflict,
    /// A rule refused it: signing, hooks, identity, a path (exit 1).
    Refused,
    /// What was named is not there (exit 3).
    NotFound,
    /// The medium or git failed (exit 1).
    Broken,
}

/// A failure of the archive. Nothing of the user's was changed when one is returned.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No repository at that path.
    #[error("{path} is not a git repository: name its top folder, or make one with `git init {path}`", path = path.display())]
    NoRepository {
        /// The path that was named.
        path: PathBuf,
    },
    /// The folder of our own archive holds postmortems, and no repository any more.
    #[error(
        "{path} holds postmortems, but its git repository is gone: bring {path}/.git back from a backup; or begin a new history of the files: `git init {path}`, then `git add -A` and `git commit` there",
        path = path.display()
    )]
    Lost {
        /// The folder.
        path: PathBuf,
    },
    /// HEAD names a branch without a commit, beside files that were published.
    #[error(
        "HEAD of {path} names the branch {branch}, which has no commit, though postmortems lie there: `git branch -a` there names the others, `git symbolic-ref HEAD refs/heads/BRANCH` goes back to one; if there is none, bring {path}/.git back from a backup",
        path = path.display()
    )]
    NoCommit {
        /// The repository.
        path: PathBuf,
        /// The branch.
        branch: String,
    },
    /// Another program holds a lock of git's for longer than we wait.
    #[error("{path} is locked by another program ({reason}): try again; if no git command runs there, delete the lock file", path = path.display())]
    Busy {
        /// The repository.
        path: PathBuf,
        /// What libgit2 said.
        reason: String,
    },
    /// git refuses a repository that another user owns (libgit2 code Owner).
    #[error(
        "{path} belongs to another user, so git does not trust it: if you do, run `git config --global --add safe.directory {path}`",
        path = path.display()
    )]
    ForeignOwner {
        /// The repository.
        path: PathBuf,
    },
    /// A repository whose objects are named by SHA-256.
    #[error(
        "{path} names its objects by SHA-256, which this program cannot write yet: name a SHA-1 repository (`git init --object-format=sha1`)",
        path = path.display()
    )]
    Sha256 {
        /// The repository.
        path: PathBuf,
    },
    /// A repository that uses what libgit2 does not know.
    #[error("{path} uses {extension} of git, which this program cannot read yet: {todo}", path = path.display())]
    Extension {
        /// The repository.
        path: PathBuf,
        /// The extension, as the configuration of the repository names it.
        extension: String,
        /// What to do.
        todo: &'static str,
    },
    /// A repository or work tree that cannot be written.
    #[error("{path} cannot be written ({reason}): make it writable for you, or name another repository", path = path.display())]
    ReadOnly {
        /// The repository.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// `HEAD` names a commit, not a branch.
    #[error(
        "HEAD of {path} is detached at {commit}, so a commit would belong to no branch: run `git switch BRANCH` there, then publish again",
        path = path.display()
    )]
    DetachedHead {
        /// The repository.
        path: PathBuf,
        /// The commit, abbreviated.
        commit: String,
    },
    /// A merge, rebase, cherry-pick or the like is not finished.
    #[error("a {operation} is in progress in {path}: finish it (`{finish}`) or give it up (`{abort}`), then publish again", path = path.display())]
    InProgress {
        /// The repository.
        path: PathBuf,
        /// What is in progress, in git's word.
        operation: &'static str,
        /// The command that finishes it.
        finish: &'static str,
        /// The command that gives it up.
        abort: &'static str,
    },
    /// The index holds conflicts that nobody has resolved.
    #[error("the index of {path} has unmerged entries: resolve them (`git status` lists them) and `git add` or `git reset` them, then publish again", path = path.display())]
    UnmergedIndex {
        /// The repository.
        path: PathBuf,
    },
    /// The index is of a form that libgit2 cannot read (split, sparse).
    #[error("the index of {path} cannot be read ({reason}): a split or sparse index is not supported (`git update-index --no-split-index`, `git sparse-checkout reapply --no-sparse-index`)", path = path.display())]
    IndexUnreadable {
        /// The repository.
        path: PathBuf,
        /// What libgit2 said.
        reason: String,
    },
    /// The index is none, or has lost some of its bytes.
    #[error("the index of {path} is damaged ({reason}): what was staged is lost, the files are not; `rm {index}`, then `git reset` there makes a new one, then publish again", path = path.display(), index = index.display())]
    IndexDamaged {
        /// The repository.
        path: PathBuf,
        /// The file.
        index: PathBuf,
        /// What libgit2 said.
        reason: String,
    },
    /// Somebody staged another version of our path.
    #[error(
        "{file} is staged with other text: commit it, or unstage it with `git restore --staged {file}`, then publish again"
    )]
    Staged {
        /// The path in the repository.
        file: String,
    },
    /// The work tree holds bytes at our path that are neither committed nor ours.
    #[error(
        "{file} was edited in the work tree and is not committed: commit it, or move it away, then publish again"
    )]
    Edited {
        /// The path in the repository.
        file: String,
    },
    /// HEAD holds other text at our path than the one that was to be replaced.
    #[error("{file} was changed in the archive by another commit meanwhile: look at it, then publish again")]
    Changed {
        /// The path in the repository.
        file: String,
    },
    /// Something that is not a regular file is where the file, or one of its folders, has to be.
    #[error("{file} cannot be written because {obstacle} is {what}: move it away, then publish again")]
    InTheWay {
        /// The path in the repository.
        file: String,
        /// The path that is in the way.
        obstacle: String,
        /// What it is.
        what: &'static str,
    },
    /// The branch of a bare repository is checked out in a linked work tree, which the commit would leave behind.
    #[error("branch {branch} is checked out in the work tree {worktree}: name that work tree as the repository instead", worktree = worktree.display())]
    CheckedOut {
        /// The branch.
        branch: String,
        /// The work tree.
        worktree: PathBuf,
    },
    /// The branch is locked by another process, or by one that died.
    #[error(
        "branch {branch} is locked since {since} by {by} ({lock}): wait for that git command; if none runs, delete the file, then publish again",
        since = since.map_or_else(|| "an unknown time".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string()),
        lock = lock.display()
    )]
    Locked {
        /// The branch.
        branch: String,
        /// The lock file.
        lock: PathBuf,
        /// When the lock file was made, if that could be read.
        since: Option<Utc>,
        /// Who owns the lock file, as `user id N`.
        by: String,
    },
    /// Other commits came in between, more often than we try again.
    #[error(
        "branch {branch} moved each time while we published: publish again when the other writer has finished"
    )]
    BranchMoves {
        /// The branch.
        branch: String,
    },
    /// `commit.gpgsign` is set and nothing can sign.
    #[error("commit.gpgsign is true in {path}, but no signer is at hand: publish from the program that can run `ssh-keygen` or `gpg`, or set `git config commit.gpgsign false` there", path = path.display())]
    SignerMissing {
        /// The repository.
        path: PathBuf,
    },
    /// The signer failed; nothing was committed unsigned.
    #[error("the commit could not be signed, so nothing was committed: {reason}")]
    SigningFailed {
        /// What the signer said.
        reason: String,
    },
    /// The repository has hooks and nobody to run them.
    #[error("{path} has a {hook} hook, but nothing can run it here: publish from the program, which runs hooks", path = path.display())]
    HooksNotRun {
        /// The repository.
        path: PathBuf,
        /// `pre-commit` or `commit-msg`.
        hook: &'static str,
    },
    /// A hook said no.
    #[error("the {hook} hook refused the commit: {reason}")]
    HookRefused {
        /// `pre-commit` or `commit-msg`.
        hook: &'static str,
        /// What the hook printed.
        reason: String,
    },
    /// The pre-commit hook rewrote our file; what was checked and hashed would not be what is published.
    #[error("the pre-commit hook changed {file}: make the same change in the draft, then publish again")]
    HookChangedFile {
        /// The path in the repository.
        file: String,
    },
    /// A path that the archive does not take.
    #[error(transparent)]
    Path(#[from] BadPath),
    /// A name or address that git does not take.
    #[error("`{text}` is not an author: write `Name <name@example.org>`")]
    BadIdentity {
        /// What was given.
        text: String,
    },
    /// Nothing to publish.
    #[error("nothing to publish: no file was given")]
    NoFiles,
    /// An object that is not in the repository.
    #[error("{object} is not in the archive: run `git fsck` there if it should be")]
    NoObject {
        /// The object id or what was asked.
        object: String,
    },
    /// A file above the limit.
    #[error("{object} has {size} bytes; the archive reads files up to {limit}")]
    TooLarge {
        /// The object id or path.
        object: String,
        /// Its size, bytes.
        size: usize,
        /// The limit, bytes.
        limit: usize,
    },
    /// A file operation failed.
    #[error("{what} {path}: {source}", path = path.display())]
    Io {
        /// What was tried, as `cannot read`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// git failed in a way that has no words of its own here.
    #[error("git failed in {path}: {source}: run `git fsck` there if it happens again", path = path.display())]
    Git {
        /// The repository.
        path: PathBuf,
        /// What libgit2 said.
        source: git2::Error,
    },
}

impl ArchiveError {
    /// The kind of the failure, from which an exit code follows.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        match self {
            Self::DetachedHead { .. }
            | Self::InProgress { .. }
            | Self::UnmergedIndex { .. }
            | Self::IndexUnreadable { .. }
            | Self::IndexDamaged { .. }
            | Self::Staged { .. }
            | Self::Edited { .. }
            | Self::Changed { .. }
            | Self::InTheWay { .. }
            | Self::CheckedOut { .. }
            | Self::Locked { .. }
            | Self::Lost { .. }
            | Self::NoCommit { .. }
            | Self::Busy { .. }
            | Self::BranchMoves { .. } => FailureKind::Conflict,
            Self::SignerMissing { .. }
            | Self::SigningFailed { .. }
            | Self::HooksNotRun { .. }
            | Self::HookRefused { .. }
            | Self::HookChangedFile { .. }
            | Self::Path(_)
            | Self::BadIdentity { .. }
            | Self::NoFiles
            | Self::TooLarge { .. }
            | Self::ForeignOwner { .. }
            | Self::Sha256 { .. }
            | Self::Extension { .. }
            | Self::ReadOnly { .. } => FailureKind::Refused,
            Self::NoRepository { .. } | Self::NoObject { .. } => FailureKind::NotFound,
            Self::Io { .. } | Self::Git { .. } => FailureKind::Broken,
        }
    }

    /// Gives an error of libgit2 its words.
    pub(super) fn from_git(path: impl Into<PathBuf>, source: git2::Error) -> Self {
        let path = path.into();
        let text = source.message();
        if source.code() == ErrorCode::Owner {
            return Self::ForeignOwner { path };
        }
        if source.code() == ErrorCode::Locked {
            return Self::Busy { path, reason: text.to_owned() };
        }
        // libgit2 has no code for these; its words are all there is.
        if text.contains("sha256")
            || text.contains("extensions.objectformat")
            || text.contains("object format")
        {
            return Self::Sha256 { path };
        }
        if let Some((_, extension)) = text.split_once("unsupported extension name ") {
            let todo = if extension.contains("refstorage") {
                "run `git refs migrate --ref-format=files` there (reftable is not read), or name another repository"
            } else {
                "name another repository"
            };
            return Self::Extension { path, extension: extension.to_owned(), todo };
        }
        if source.class() == ErrorClass::Os && says_read_only(text) {
            return Self::ReadOnly { path, reason: text.to_owned() };
        }
        Self::Git { path, source }
    }

    /// Gives an error of reading the user's index its words.
    pub(super) fn of_index(path: &Path, index: PathBuf, source: git2::Error) -> Self {
        match Self::from_git(path, source) {
            Self::Git { path, source } => {
                let reason = source.message().to_owned();
                // What must be understood and is not: there are no other such extensions.
                if reason.contains("mandatory extension") {
                    Self::IndexUnreadable { path, reason }
                } else {
                    Self::IndexDamaged { path, index, reason }
                }
            }
            other => other,
        }
    }

    /// Gives a failed file operation its words.
    pub(super) fn from_io(what: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path, reason: source.to_string() }
            }
            _ => Self::Io { what, path, source },
        }
    }
}

/// Whether an error of the system means that nothing can be written.
fn says_read_only(text: &str) -> bool {
    ["Permission denied", "Read-only file system", "Operation not permitted"].iter().any(|w| text.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_libgit2_become_ours() {
        let git = |code, class, text: &str| ArchiveError::from_git("/r", git2::Error::new(code, class, text));
        let owner =
            git(ErrorCode::Owner, ErrorClass::Config, "repository path '/r' is not owned by current user");
        assert!(owner.to_string().ends_with("`git config --global --add safe.directory /r`"), "{owner}");
        let denied = "failed to create locked file '/r/x.lock': Permission denied";
        let held =
            git(ErrorCode::Locked, ErrorClass::Os, "failed to lock file '/r/.git/config.lock' for writing");
        assert_eq!(held.kind(), FailureKind::Conflict, "{held}");
        assert!(matches!(
            git(ErrorCode::GenericError, ErrorClass::Os, denied),
            ArchiveError::ReadOnly { .. }
        ));
        let format = "unsupported extension name extensions.objectformat";
        assert!(matches!(
            git(ErrorCode::GenericError, ErrorClass::Repository, format),
            ArchiveError::Sha256 { .. }
        ));
        let tables = "unsupported extension name extensions.refstorage";
        let tables = git(ErrorCode::GenericError, ErrorClass::Repository, tables);
        assert!(tables.to_string().contains("git refs migrate --ref-format=files"), "{tables}");
        let other = git(ErrorCode::GenericError, ErrorClass::Zlib, "inflate failed");
        assert_eq!(other.kind(), FailureKind::Broken);
    }
}
