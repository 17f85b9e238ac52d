//! How far others hold a log: by an update that went out, or by a commit that a remote of the archive has. A head is
//! believed only when it is the digest of our own event at its position: who can name that has seen it. It must not
//! ask a remote; what git wrote down of the last push or fetch is all it knows.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::incidents::{BrokenAt, HeadOf, PushedHead};
use super::{Failure, Inner, Service, VerifyReport};
use crate::archive::{Archive, ArchiveError, COMMITS_MAX, ToldHead};
use crate::domain::ids::{LogId, Seq};
use crate::domain::log::Digest;

/// The most heads of one log that are held against it, the furthest first.
const HEADS_MAX: usize = 256;

/// The commits that the remotes have, as they were last walked, and what their messages told.
#[derive(Debug, Default)]
pub(super) struct Walked {
    last: Mutex<(Vec<String>, Arc<Vec<ToldHead>>)>,
}

impl Service {
    /// The furthest position of a log whose digest others hold.
    ///
    /// # Errors
    /// When the log or the archive cannot be read.
    pub async fn held_head(&self, log: LogId) -> Result<Option<Seq>, Failure> {
        let incident = self.incident(log).await?;
        let mut told: BTreeSet<(Seq, Digest)> = incident.told_heads().collect();
        // What went out in an update is known without git.
        let pushed = self.told_by_remotes().await;
        let ours = |one: &&ToldHead| one.incident == incident.id;
        told.extend(pushed.iter().flat_map(|p| p.iter().filter(ours)).map(|one| (one.seq, one.digest)));
        let told = told.iter().rev().filter(|(seq, _)| *seq <= incident.head).take(HEADS_MAX);
        for (seq, digest) in told {
            if self.is_ours(log, *seq, *digest).await? {
                return Ok(Some(*seq));
            }
        }
        pushed.map(|_| None)
    }

    /// Holds logs against what the commits of remotes tell of them. A head that is not ours is a break: a log that was
    /// rewritten here would look the same, and the one who reads it can look at the commit.
    pub(super) async fn hold_against_remotes(
        &self,
        log: Option<LogId>,
        report: &mut VerifyReport,
    ) -> Result<(), Failure> {
        // An archive that cannot be read tells nothing; the logs are checked all the same.
        let told = self.told_by_remotes().await.unwrap_or_default();
        if told.is_empty() {
            return Ok(());
        }
        let mut names: Vec<_> = super::incidents::names(&*self.inner.store, log).await?.into_iter().collect();
        // As lists show them, so that the first break that is told is the same each time.
        names.sort_by_key(|(_, id)| std::cmp::Reverse(*id));
        for (log, id) in names {
            let mut of_it: Vec<&ToldHead> = told.iter().filter(|one| one.incident == id).collect();
            of_it.sort_by_key(|one| std::cmp::Reverse(one.seq));
            let mut held: Option<&ToldHead> = None;
            for one in of_it.into_iter().take(HEADS_MAX) {
                if self.is_ours(log, one.seq, one.digest).await? {
                    held.get_or_insert(one);
                } else {
                    let short: String = one.commit.chars().take(10).collect();
                    report.ok = false;
                    report.first_broken.get_or_insert(BrokenAt {
                        incident: id.to_string(),
                        seq: one.seq,
                        reason: format!(
                            "commit {short} of the archive, which a remote has, tells another head here: the log \
                             was rewritten or cut since, or that commit is not of this log"
                        ),
                    });
                }
            }
            report.pushed.extend(held.map(|one| PushedHead {
                head: HeadOf { incident: id.to_string(), seq: one.seq, head: one.digest.to_string() },
                commit: one.commit.clone(),
            }));
        }
        Ok(())
    }

    /// The heads that the commits of remotes tell, of whatever incident. Without a repository there are none.
    async fn told_by_remotes(&self) -> Result<Arc<Vec<ToldHead>>, Failure> {
        self.blocking(Inner::told_by_remotes).await
    }
}

impl Inner {
    fn told_by_remotes(&self) -> Result<Arc<Vec<ToldHead>>, Failure> {
        // Looking must not make a repository.
        let place = &self.places.archive;
        let archive = match Archive::open(&place.repository, &place.folder) {
            Ok(archive) => archive,
            Err(ArchiveError::NoRepository { .. }) => return Ok(Arc::default()),
            Err(error) => return Err(error.into()),
        };
        let tips = archive.remote_tips()?;
        let mut last = self.walked.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != tips {
            let told = archive.told_heads(&tips, COMMITS_MAX)?;
            *last = (tips, Arc::new(told));
        }
        Ok(Arc::clone(&last.1))
    }
}
