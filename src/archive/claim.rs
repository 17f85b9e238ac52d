//! Locks that a killed publication left behind. git's lock files do not say who made them, so before we make one we
//! write down, in a claim that lies beside, what it will be. Whoever comes next and finds the claim outstanding knows
//! our own lock among everybody else's. It must not remove a lock of which it cannot prove that it is ours.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use git2::Reference;

use super::Archive;

/// How often a lock is looked at before it counts as left behind.
const LOOKS: u32 = 5;

/// How long after its claim a lock that is still empty was made. It takes a moment, or as long as a disk is stuck.
const SOON: Duration = Duration::from_secs(60);

/// Claims are short; what is longer is none.
const CLAIM_MAX: u64 = 4_096;

/// What one process is about to lock. Held by one process at a time: a lock of the system, which ends with it.
#[derive(Debug)]
pub(super) struct Claim {
    path: PathBuf,
    file: File,
    /// What a process that died before it was done has left, and when.
    left: Option<(String, SystemTime)>,
}

impl Claim {
    /// Takes a claim. `None` when another process holds it, or the repository cannot be written: there is no proof
    /// then, and every lock is somebody else's.
    fn take(path: &Path) -> Option<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o666).open(path).ok()?;
        file.try_lock().ok()?;
        let meta = file.metadata().ok()?;
        // Whoever held it a moment ago took its file away: what we hold is nobody's claim.
        std::fs::symlink_metadata(path).ok().filter(|there| there.ino() == meta.ino())?;
        let at = meta.modified().ok()?;
        let mut left = String::new();
        (&mut file).take(CLAIM_MAX).read_to_string(&mut left).ok()?;
        let left = (!left.is_empty()).then_some((left, at));
        Some(Self { path: path.to_path_buf(), file, left })
    }

    /// Writes a line down, for whoever comes next, and sees it on the disk.
    pub(super) fn say(&mut self, line: &str) -> Option<()> {
        self.file.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.file.sync_data()).ok()
    }

    /// The lock is gone: nothing is outstanding.
    pub(super) fn done(&self) {
        // What stays is a proof of a lock that is not there.
        let _ = std::fs::remove_file(&self.path);
    }

    /// What was left is dealt with.
    fn clear(&self) {
        let _ = self.file.set_len(0);
    }

    /// The lines that a dead process has left, and when.
    fn left(&self) -> impl Iterator<Item = (&str, SystemTime)> {
        self.left.iter().flat_map(|(lines, at)| lines.lines().map(|line| (line, *at)))
    }
}

/// What identifies a file that nobody has written since.
pub(super) fn identity(meta: &Metadata) -> String {
    format!("{} {} {} {} {}", meta.dev(), meta.ino(), meta.mtime(), meta.mtime_nsec(), meta.size())
}

impl Archive {
    /// Claims the lock of a branch that will name a commit. A lock that a dead process of ours has left is removed.
    pub(super) fn claim_branch(&self, reference: &str, commit: &str) -> Option<Claim> {
        let mut claim = Claim::take(&self.branch_claim())?;
        self.settle_branch(&claim);
        claim.say(&format!("{reference} {commit}"))?;
        Some(claim)
    }

    /// Removes the lock of a branch that a dead process of ours has left, where no branch is to be moved: it may have died
    /// when the branch had its new commit and the lock was still there (a first commit is linked into its place).
    pub(super) fn free_branch(&self) {
        let path = self.branch_claim();
        if let Some(claim) = path.exists().then(|| Claim::take(&path)).flatten() {
            self.settle_branch(&claim);
            claim.done();
        }
    }

    fn branch_claim(&self) -> PathBuf {
        self.repo.commondir().join("warroom-branch")
    }

    /// Deals with what is outstanding of a claim.
    fn settle_branch(&self, claim: &Claim) {
        for (line, at) in claim.left() {
            if let Some((reference, commit)) = line.split_once(' ')
                && reference.starts_with("refs/heads/")
                && Reference::is_valid_name(reference)
            {
                self.remove_lock_of_branch(reference, commit, at);
            }
        }
        claim.clear();
    }

    /// Our lock of a branch names our commit, or is empty still. git's own is empty for a moment too, so an empty one
    /// must lie there for longer than that, and must have been made when ours was.
    fn remove_lock_of_branch(&self, reference: &str, commit: &str, claimed: SystemTime) {
        let lock = self.repo.commondir().join(format!("{reference}.lock"));
        let seen = || std::fs::symlink_metadata(&lock).ok().filter(Metadata::is_file);
        let Some(first) = seen() else { return };
        for attempt in 1..LOOKS {
            (self.wait)(attempt);
        }
        let Some(meta) = seen().filter(|now| identity(now) == identity(&first)) else { return };
        let ours = if meta.len() == 0 {
            let after = meta.modified().ok().and_then(|made| made.duration_since(claimed).ok());
            after.is_some_and(|after| after < SOON)
        } else {
            meta.len() < CLAIM_MAX && std::fs::read_to_string(&lock).is_ok_and(|text| text.trim() == commit)
        };
        if ours {
            let _ = std::fs::remove_file(&lock);
        }
    }

    /// Claims the lock of the index. A lock that a dead process of ours has left is removed: the claim knows its very
    /// file.
    pub(super) fn claim_index(&self, lock: &Path) -> Option<Claim> {
        let claim = Claim::take(&self.repo.path().join("warroom-index"))?;
        if let Ok(meta) = std::fs::symlink_metadata(lock)
            && claim.left().any(|(line, _)| line == identity(&meta))
        {
            let _ = std::fs::remove_file(lock);
        }
        claim.clear();
        Some(claim)
    }
}

/// Makes a lock file as git does, of a file that the claim knows before it is the lock.
pub(super) fn make_lock(lock: &Path, claim: &mut Option<Claim>) -> std::io::Result<()> {
    if let Some(claim) = claim {
        let part: PathBuf = lock.with_extension("warroom-lock");
        let _ = std::fs::remove_file(&part);
        let made = OpenOptions::new().write(true).create_new(true).open(&part).and_then(|f| f.metadata());
        if let Ok(meta) = made
            && claim.say(&identity(&meta)).is_some()
        {
            let linked = std::fs::hard_link(&part, lock);
            let _ = std::fs::remove_file(&part);
            match linked {
                Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {}
                other => return other,
            }
        }
    }
    // Where there are no second names, or no claim: a lock that only people can remove.
    OpenOptions::new().write(true).create_new(true).open(lock).map(drop)
}
