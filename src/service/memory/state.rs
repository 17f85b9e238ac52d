//! How the archive and its index stand, for `doctor`. It must not make or mend anything.

use super::left_out::LeftOut;
use crate::domain::closeout::counted;
use crate::index::{Index, Opened};
use crate::service::{Failure, Service};

/// What there is to say about archive and index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveState {
    /// The repository.
    pub repository: String,
    /// How many files it holds.
    pub postmortems: usize,
    /// What no search finds.
    pub left_out: LeftOut,
    /// The branch, where it has no commit and postmortems lie there all the same.
    pub unborn: Option<String>,
    /// Why nothing can be published over git's own index, as it is.
    pub staging: Option<String>,
    /// Who would commit; none when nobody is known.
    pub author: Option<String>,
    /// How commits are signed, or why they cannot be.
    pub signing: Result<String, String>,
    /// How the index stands.
    pub index: String,
}

impl Service {
    /// What there is to say about archive and index.
    ///
    /// # Errors
    /// When the archive cannot be opened or read.
    pub async fn archive_state(&self) -> Result<ArchiveState, Failure> {
        let accounts = self.accounts().await?;
        self.blocking(move |inner| {
            let shown = accounts.values().filter(|own| !own.is_hidden());
            let mut published: Vec<&str> = shown.filter_map(|own| own.postmortem.as_deref()).collect();
            published.sort_unstable();
            let any = accounts.values().any(|own| own.postmortem.is_some());
            let archive = inner.archive_with_its_past(any, &published)?;
            let author = inner.author(&archive, None).ok().map(|author| author.to_string());
            let signing = match archive.signing_required() {
                Ok(None) => Ok("not wanted".to_owned()),
                Ok(Some(request)) => {
                    inner.sealing.signer(&request).map(|_| format!("with {}", request.program))
                }
                Err(error) => Err(error.to_string()),
            };
            let index = match Index::open(&inner.places.index, Some(&inner.places.thesaurus())) {
                Opened::Ready(index) if index.tree() == archive.tree_id()?.unwrap_or_default() => {
                    format!("{}, up to date", counted(index.len(), "postmortem", "postmortems"))
                }
                Opened::Ready(_) => "behind; the next search brings it up to date".to_owned(),
                Opened::Stale(why) => format!("{why}; the next search builds it"),
            };
            let listing = archive.list()?;
            let postmortems = listing.entries.len();
            let left_out = LeftOut::look(&archive, &listing, &accounts);
            let unborn = archive.unborn_beside_files()?;
            let staging = archive.reads_its_index().err().map(|error| error.to_string());
            let repository = inner.places.archive.repository.display().to_string();
            Ok(ArchiveState { repository, postmortems, left_out, unborn, staging, author, signing, index })
        })
        .await
    }
}
