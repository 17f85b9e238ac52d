//! Who commits to the archive, and whether that can be done at all: found out once, before anything of a publication is
//! written down. It must not commit.

use super::{Cause, Failure, FailureKind, Inner};
use crate::archive::{Archive, ArchiveError, Identity, Signer};

/// Who commits, and to what.
pub(super) struct Committer {
    /// The archive.
    pub(super) archive: Archive,
    /// The author.
    pub(super) author: Identity,
    /// None where the repository wants no signed commits.
    pub(super) signer: Option<Box<dyn Signer>>,
}

impl Inner {
    /// Whoever may commit to the archive, when it has the right branch checked out.
    pub(super) fn committer(&self, author: Option<&str>) -> Result<Committer, Failure> {
        let archive = self.archive()?;
        self.refuse_other_branch(&archive, "publish")?;
        let author = self.author(&archive, author)?;
        let signer = match archive.signing_required()? {
            Some(request) => Some(self.sealing.signer(&request).map_err(|why| {
                Failure::no(format!("the repository wants signed commits, and that cannot be done: {why}"))
                    .hint("nothing was committed; see git config commit.gpgsign")
            })?),
            None => None,
        };
        Ok(Committer { archive, author, signer })
    }

    /// Refuses to commit where another branch is checked out than the settings name; `again` is what to do afterwards.
    pub(super) fn refuse_other_branch(&self, archive: &Archive, again: &str) -> Result<(), Failure> {
        let Some(wanted) = &self.places.archive.branch else { return Ok(()) };
        let there = archive.branch_name()?;
        if there == *wanted {
            return Ok(());
        }
        let message = format!("the archive has {there} checked out, and [archive] branch is {wanted}");
        let hint = format!("run git switch {wanted} there, then {again} again");
        Err(Failure::new(FailureKind::Conflict, message).hint(hint))
    }

    /// Who commits: `--author`, else git's own configuration, else `[archive] author`.
    pub(super) fn author(&self, archive: &Archive, flag: Option<&str>) -> Result<Identity, Failure> {
        if let Some(text) = flag {
            return text.parse().map_err(|e: ArchiveError| Failure::new(FailureKind::Usage, e.to_string()));
        }
        if let Some(identity) = archive.identity()? {
            return Ok(identity);
        }
        match &self.places.archive.author {
            Some(text) => Ok(text.parse()?),
            None => Err(Failure::no("nobody is known as the author of the commit")
                .hint(
                    "set git config user.name and user.email, or [archive] author in warroom.toml, \
                 or give --author \"alice <alice@example.org>\"",
                )
                .because(Cause::NoAuthor)),
        }
    }
}
