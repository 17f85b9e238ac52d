//! The commit: HEAD's tree plus our blobs, then a compare-and-swap of the branch. It must not touch the user's index,
//! and the work tree only for a hook that reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::build::TreeUpdateBuilder;
use git2::{Commit, ErrorCode, FileMode, Index, ObjectType, Oid, Signature, Time, Tree};

use super::Archive;
use super::entries::Ahead;
use super::error::ArchiveError;
use super::message::subject;
use super::refresh::Laid;
use super::seal::{Hooks, Identity, Seals};
use super::state::{Branch, Held, lock_owner};
use crate::domain::archive_path::ArchivePath;
use crate::domain::time::Utc;

/// How often we start again when the branch moved under us.
const MOVES_MAX: u32 = 8;

/// How often we try to get the lock of the branch.
const LOCK_TRIES: u32 = 5;

/// What to publish.
#[derive(Debug, Clone)]
pub struct Publication<'a> {
    /// The files and their bytes; all go into one commit. A path given twice keeps its last bytes.
    pub files: &'a [(ArchivePath, Vec<u8>)],
    /// The whole message, as [`commit_message`](super::commit_message) formats it.
    pub message: String,
    /// The author; the committer is whom git's configuration names, else the author.
    pub author: Identity,
    /// The time of author and committer.
    pub when: Utc,
    /// What the files may take the place of.
    pub over: Over,
}

/// What a publication may take the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Whatever is there.
    Anything,
    /// This blob, hexadecimal; `None`: nothing. What others committed since it was looked at is not overwritten.
    Only(Option<String>),
}

impl Over {
    /// Whether a file may take the place of this.
    fn allows(&self, held: Option<&Held>) -> bool {
        match self {
            Self::Anything => true,
            Self::Only(blob) => held.map(|held| held.blob.to_string()) == *blob,
        }
    }
}

/// What was published. [`Archive::refresh`] takes it to bring the work tree up to date.
#[derive(Debug, Clone)]
pub struct Published {
    /// The commit, hexadecimal. When nothing changed: the commit that last changed the file (for several files, HEAD).
    pub commit: String,
    /// The branch, as people say it.
    pub branch: String,
    /// HEAD held these bytes already; no commit was made.
    pub unchanged: bool,
    /// The paths that the commit changed; when nothing changed, those that were asked.
    pub paths: Vec<ArchivePath>,
    /// What the refresh has to know about each file.
    pub(super) files: Vec<Placed>,
}

/// A file that HEAD holds now.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// Its path in the repository.
    pub(super) full: String,
    /// Its blob and mode.
    pub(super) held: Held,
    /// The versions before, which index and work tree may still show.
    pub(super) before: Vec<Oid>,
}

/// A file to publish, with what HEAD holds at its path.
struct Plan<'a> {
    path: &'a ArchivePath,
    full: String,
    bytes: &'a [u8],
    blob: Oid,
    head: Option<Held>,
}

impl Plan<'_> {
    /// Whether HEAD lacks these bytes.
    fn is_change(&self) -> bool {
        self.head.map(|held| held.blob) != Some(self.blob)
    }

    /// The mode to write: an executable file stays one.
    fn mode(&self) -> i32 {
        self.head.map_or(0o100_644, |held| held.mode)
    }
}

/// What became of one try.
enum Try {
    Done(Published),
    Moved(Branch),
}

impl Archive {
    /// Commits the files, and nothing else, to the branch that HEAD names. Files whose bytes HEAD holds already are
    /// left out; when that is all of them, no commit is made. Neither index nor work tree is changed: call
    /// [`Archive::refresh`] afterwards.
    ///
    /// # Errors
    /// Each state that stands against it has its own [`ArchiveError`]; nothing was committed then.
    pub fn publish(
        &self,
        publication: &Publication<'_>,
        seals: &Seals<'_>,
    ) -> Result<Published, ArchiveError> {
        if publication.files.is_empty() {
            return Err(ArchiveError::NoFiles);
        }
        let mut moved = None;
        for _ in 0..MOVES_MAX {
            match self.try_publish(publication, seals)? {
                Try::Done(published) => return Ok(published),
                Try::Moved(branch) => moved = Some(branch),
            }
        }
        let branch = moved.map(|b| b.name().to_owned()).unwrap_or_default();
        Err(ArchiveError::BranchMoves { branch })
    }

    /// One try, from the branch as it is now.
    fn try_publish(&self, publication: &Publication<'_>, seals: &Seals<'_>) -> Result<Try, ArchiveError> {
        let branch = match self.branch() {
            // A rebase detaches HEAD too, and its own words help more.
            Err(detached @ ArchiveError::DetachedHead { .. }) => {
                self.refuse_in_progress()?;
                return Err(detached);
            }
            other => other?,
        };
        let base = self.tree_of(branch.commit)?;
        let plans = self.plan(publication.files, base.as_ref())?;
        let changed: Vec<&Plan<'_>> = plans.iter().filter(|p| p.is_change()).collect();
        if changed.is_empty() {
            self.free_branch();
            return self.unchanged(&branch, &plans).map(Try::Done);
        }
        if let Some(plan) = changed.iter().find(|plan| !publication.over.allows(plan.head.as_ref())) {
            return Err(ArchiveError::Changed { file: plan.full.clone() });
        }
        let index = Ahead::begin(self.index_file(), changed.iter().map(|plan| plan.full.clone()).collect());
        self.refuse_in_progress()?;
        self.refuse_checked_out(&branch)?;
        // Nothing refers to what is written here until the commit does: it may be written before it is known whether
        // something stands against that, while the index is being read.
        let tree = self.write_tree(base.as_ref(), &changed)?;
        let behind = match self.refuse_others_text(&branch, &changed, index) {
            // What looks like somebody's edit may be what another program has published since we read the branch.
            Err(ArchiveError::Edited { .. } | ArchiveError::Staged { .. })
                if self.branch()?.commit != branch.commit =>
            {
                return Ok(Try::Moved(branch));
            }
            other => other?,
        };
        let signed = self.signing_required()?.is_some();
        if signed && seals.signer.is_none() {
            return Err(ArchiveError::SignerMissing { path: self.path.clone() });
        }
        let mut laid = LaidFiles { archive: self, files: Vec::new() };
        let message = self.run_hooks(seals.hooks, tree, &changed, &publication.message, &mut laid)?;
        let commit = self.write_commit(publication, &message, tree, &branch, seals, signed)?;
        if !self.move_branch(&branch, commit, &message)? {
            return Ok(Try::Moved(branch));
        }
        laid.files.clear();
        let files = changed.iter().zip(behind).map(|(plan, behind)| Placed {
            full: plan.full.clone(),
            held: Held { blob: plan.blob, mode: plan.mode() },
            before: plan.head.map(|held| held.blob).into_iter().chain(behind).collect(),
        });
        Ok(Try::Done(Published {
            commit: commit.to_string(),
            branch: branch.name().to_owned(),
            unchanged: false,
            files: files.collect(),
            paths: changed.iter().map(|plan| plan.path.clone()).collect(),
        }))
    }

    /// The files, each once, with their blob ids and what HEAD holds. Writes nothing unless a filter has to run.
    fn plan<'a>(
        &self,
        files: &'a [(ArchivePath, Vec<u8>)],
        base: Option<&Tree<'_>>,
    ) -> Result<Vec<Plan<'a>>, ArchiveError> {
        let last: BTreeMap<&ArchivePath, &[u8]> = files.iter().map(|(p, b)| (p, b.as_slice())).collect();
        let plan = |(path, bytes): (&'a ArchivePath, &'a [u8])| {
            let full = ArchivePath::new(self.full_path(path))?.to_string();
            let blob = if self.needs_filter(bytes) {
                self.write_blob(&full, bytes)?
            } else {
                Oid::hash_object(ObjectType::Blob, bytes).map_err(|e| self.git(e))?
            };
            let head = self.held(base, &full)?;
            Ok(Plan { path, full, bytes, blob, head })
        };
        last.into_iter().map(plan).collect()
    }

    /// Whether `git add` could store other bytes than these: only line ends and `$Id$` are rewritten on the way in.
    fn needs_filter(&self, bytes: &[u8]) -> bool {
        !self.repo.is_bare() && (bytes.contains(&b'\r') || bytes.windows(4).any(|w| w == b"$Id:"))
    }

    /// Writes a blob as `git add` would, with the attributes of its path.
    fn write_blob(&self, full: &str, bytes: &[u8]) -> Result<Oid, ArchiveError> {
        let write = || {
            if !self.needs_filter(bytes) {
                return self.repo.blob(bytes);
            }
            let mut writer = self.repo.blob_writer(Some(Path::new(full)))?;
            std::io::Write::write_all(&mut writer, bytes)
                .map_err(|e| git2::Error::from_str(&e.to_string()))?;
            writer.commit()
        };
        write().map_err(|e| self.git(e))
    }

    /// Refuses when index or work tree hold text at our paths that nobody has committed. Returns for each path the
    /// older version that the index still shows, if it does.
    fn refuse_others_text(
        &self,
        branch: &Branch,
        changed: &[&Plan<'_>],
        index: Option<Ahead>,
    ) -> Result<Vec<Option<Oid>>, ArchiveError> {
        let paths: Vec<&str> = changed.iter().map(|p| p.full.as_str()).collect();
        let staged = self.staged(&paths, index)?;
        let mut shown = Vec::new();
        for plan in changed {
            let head = plan.head.map(|held| held.blob);
            let index = staged.blobs.get(&plan.full).copied();
            let work = self.work(&plan.full)?;
            let agrees = !staged.exists || index == head || index == Some(plan.blob);
            // Index and work tree may still show the version before HEAD's: a refresh of ours that never ran.
            let behind = match branch.commit {
                Some(commit) if !agrees && head.is_some() => self.version_before(commit, &plan.full)?,
                _ => None,
            };
            if !agrees && behind != Some(index) {
                return Err(ArchiveError::Staged { file: plan.full.clone() });
            }
            let known = work == super::state::Work::Absent
                || work.is(plan.blob)
                || work.is_version(head)
                || behind.is_some_and(|version| work.is_version(version))
                || Oid::hash_object(ObjectType::Blob, plan.bytes).is_ok_and(|ours| work.is(ours));
            if !known {
                return Err(ArchiveError::Edited { file: plan.full.clone() });
            }
            shown.push(behind.flatten());
        }
        Ok(shown)
    }

    /// Nothing to commit: names the commit that holds the text.
    fn unchanged(&self, branch: &Branch, plans: &[Plan<'_>]) -> Result<Published, ArchiveError> {
        let commit = match (plans, branch.commit) {
            ([plan], Some(head)) => self.last_change(head, &plan.full)?.unwrap_or(head).to_string(),
            (_, head) => head.map(|id| id.to_string()).unwrap_or_default(),
        };
        let paths: Vec<&str> = plans.iter().map(|plan| plan.full.as_str()).collect();
        // The commit is there already, so what stands against a refresh is the refresh's to say.
        let staged = self.staged(&paths, None).ok();
        let mut files = Vec::new();
        for plan in plans {
            let (Some(held), Some(head)) = (plan.head, branch.commit) else { continue };
            // Only where something is behind does the version before matter; looking for it costs a walk.
            let entered = staged.as_ref().and_then(|s| s.blobs.get(&plan.full)) == Some(&held.blob);
            let behind = !entered || !self.work(&plan.full).is_ok_and(|work| work.is(held.blob));
            let before = if behind { self.version_before(head, &plan.full)?.flatten() } else { None };
            files.push(Placed { full: plan.full.clone(), held, before: before.into_iter().collect() });
        }
        Ok(Published {
            commit,
            branch: branch.name().to_owned(),
            unchanged: true,
            files,
            paths: plans.iter().map(|plan| plan.path.clone()).collect(),
        })
    }

    /// Writes the blobs and the trees above them.
    fn write_tree(&self, base: Option<&Tree<'_>>, changed: &[&Plan<'_>]) -> Result<Oid, ArchiveError> {
        for plan in changed {
            self.write_blob(&plan.full, plan.bytes)?;
        }
        let build = || {
            let mut update = TreeUpdateBuilder::new();
            for plan in changed {
                let mode = if plan.mode() == 0o100_755 { FileMode::BlobExecutable } else { FileMode::Blob };
                update.upsert(plan.full.as_str(), plan.blob, mode);
            }
            match base {
                Some(tree) => update.create_updated(&self.repo, tree),
                None => {
                    let empty = self.repo.treebuilder(None)?.write()?;
                    update.create_updated(&self.repo, &self.repo.find_tree(empty)?)
                }
            }
        };
        build().map_err(|e| self.git(e))
    }

    /// Runs the hooks that stand before the commit and returns the message that they leave.
    fn run_hooks(
        &self,
        hooks: Option<&dyn Hooks>,
        tree: Oid,
        changed: &[&Plan<'_>],
        message: &str,
        laid: &mut LaidFiles<'_>,
    ) -> Result<String, ArchiveError> {
        let paths = self.hook_paths()?;
        let not_run = |hook| ArchiveError::HooksNotRun { path: self.path.clone(), hook };
        if paths.pre_commit.is_some() {
            let hooks = hooks.ok_or_else(|| not_run("pre-commit"))?;
            self.run_pre_commit(hooks, tree, changed, laid)?;
        }
        if paths.commit_msg.is_some() {
            let hooks = hooks.ok_or_else(|| not_run("commit-msg"))?;
            let refused = |reason| ArchiveError::HookRefused { hook: "commit-msg", reason };
            return hooks.commit_msg(message).map_err(refused);
        }
        Ok(message.to_owned())
    }

    /// Runs `pre-commit` over an index of its own. Scanners read the work tree too, so our files are laid there first;
    /// they are taken back unless the commit is made.
    fn run_pre_commit(
        &self,
        hooks: &dyn Hooks,
        tree: Oid,
        changed: &[&Plan<'_>],
        laid: &mut LaidFiles<'_>,
    ) -> Result<(), ArchiveError> {
        let index = self.repo.path().join(format!("index.warroom-{}", std::process::id()));
        let _cleared = Cleared(index.clone());
        self.write_index(tree, &index)?;
        for plan in changed {
            laid.files.push((plan.full.clone(), self.lay(&plan.full, plan.bytes, plan.mode())?));
        }
        hooks
            .pre_commit(&index)
            .map_err(|reason| ArchiveError::HookRefused { hook: "pre-commit", reason })?;
        let after = Index::open(&index).map_err(|e| self.git(e))?;
        for plan in changed {
            if after.get_path(Path::new(&plan.full), 0).map(|entry| entry.id) != Some(plan.blob) {
                return Err(ArchiveError::HookChangedFile { file: plan.full.clone() });
            }
        }
        Ok(())
    }

    /// Writes the commit object, signed where that is required. No reference names it yet.
    fn write_commit(
        &self,
        publication: &Publication<'_>,
        message: &str,
        tree: Oid,
        branch: &Branch,
        seals: &Seals<'_>,
        signed: bool,
    ) -> Result<Oid, ArchiveError> {
        let time = Time::new(publication.when.timestamp(), 0);
        let signature = |who: &Identity| {
            Signature::new(&who.name, &who.email, &time)
                .map_err(|_| ArchiveError::BadIdentity { text: who.to_string().escape_debug().collect() })
        };
        let author = signature(&publication.author)?;
        let committer = match self.committer()? {
            Some(who) => signature(&who)?,
            None => author.clone(),
        };
        let git = |e| self.git(e);
        let tree = self.repo.find_tree(tree).map_err(git)?;
        let parent = branch.commit.map(|id| self.repo.find_commit(id)).transpose().map_err(git)?;
        let parents: Vec<&Commit<'_>> = parent.iter().collect();
        let Some(signer) = seals.signer.filter(|_| signed) else {
            return self.repo.commit(None, &author, &committer, message, &tree, &parents).map_err(git);
        };
        let buffer =
            self.repo.commit_create_buffer(&author, &committer, message, &tree, &parents).map_err(git)?;
        let failed = |reason: String| ArchiveError::SigningFailed { reason };
        let text = std::str::from_utf8(&buffer).map_err(|e| failed(e.to_string()))?;
        let seal = signer.sign(text.as_bytes()).map_err(failed)?;
        if seal.trim().is_empty() {
            return Err(failed("the signer returned nothing".to_owned()));
        }
        self.repo.commit_signed(text, seal.trim_end(), None).map_err(git)
    }

    /// Moves the branch from the commit that we read to ours, with a line in the reflog. `false` when it has moved
    /// since.
    fn move_branch(&self, branch: &Branch, commit: Oid, message: &str) -> Result<bool, ArchiveError> {
        let kind = if branch.commit.is_some() { "commit" } else { "commit (initial)" };
        let line = format!("{kind}: {}", subject(message));
        // Zero: the branch must not exist.
        let expected = branch.commit.unwrap_or(Oid::ZERO_SHA1);
        let claim = self.claim_branch(&branch.reference, &commit.to_string());
        let moved = self.move_claimed(branch, commit, expected, &line);
        if let Some(claim) = claim {
            claim.done();
        }
        moved
    }

    fn move_claimed(
        &self,
        branch: &Branch,
        commit: Oid,
        expected: Oid,
        line: &str,
    ) -> Result<bool, ArchiveError> {
        for attempt in 1..=LOCK_TRIES {
            match self.repo.reference_matching(&branch.reference, commit, true, expected, line) {
                Ok(_) => return Ok(true),
                Err(e) if e.code() == ErrorCode::Modified => return Ok(false),
                Err(e) if e.code() == ErrorCode::NotFound && branch.commit.is_some() => return Ok(false),
                Err(e) if e.code() != ErrorCode::Locked => return Err(self.git(e)),
                Err(_) if attempt < LOCK_TRIES => (self.wait)(attempt),
                Err(_) => {}
            }
        }
        let lock = self.repo.commondir().join(format!("{}.lock", branch.reference));
        let (since, by) = lock_owner(&lock);
        Err(ArchiveError::Locked { branch: branch.name().to_owned(), lock, since, by })
    }
}

/// The files that were laid into the work tree for a hook. What is left here when it goes out of scope is taken back:
/// no commit was made.
struct LaidFiles<'a> {
    archive: &'a Archive,
    files: Vec<(String, Laid)>,
}

impl Drop for LaidFiles<'_> {
    fn drop(&mut self) {
        for (full, laid) in self.files.drain(..) {
            self.archive.take_back(&full, laid);
        }
    }
}

/// Removes a file when it goes out of scope.
struct Cleared(PathBuf);

impl Drop for Cleared {
    fn drop(&mut self) {
        // Left behind, it is only an unused file in the repository folder.
        let _ = std::fs::remove_file(&self.0);
    }
}
