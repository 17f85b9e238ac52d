//! The number that a new incident gets: one that neither this home nor the archive has given away. A team may share an
//! archive between homes, and a home may lose its database. It must not keep anybody from declaring.

use super::{Failure, Inner, Service};
use crate::archive::{Archive, ArchiveError};

/// Names beyond it are taken for something else: numbers follow one another, and one slip must not use them all up.
const MOST: u32 = 999_999;

impl Service {
    /// The highest number of a year that the archive has given away, by the names of its files; 0 where that cannot be
    /// told.
    pub(super) async fn given_away(&self, year: u16) -> u32 {
        self.blocking(move |inner| inner.given_away(year)).await.unwrap_or_else(|failure| {
            tracing::info!(%failure, "the archive does not tell which numbers are given away");
            0
        })
    }

    /// The next free number of a year, when the archive has given away so many.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn next_number(&self, year: u16, given_away: u32) -> Result<u32, Failure> {
        Ok(self.inner.store.next_number(year).await?.max(given_away.saturating_add(1)))
    }
}

impl Inner {
    fn given_away(&self, year: u16) -> Result<u32, Failure> {
        // Looking must not make a repository.
        let place = &self.places.archive;
        let archive = match Archive::open(&place.repository, &place.folder) {
            Err(ArchiveError::NoRepository { .. }) => return Ok(0),
            opened => opened?,
        };
        let ids = archive.incidents_named(year)?.into_iter().filter(|id| id.year == year);
        Ok(ids.map(|id| id.number).filter(|number| *number <= MOST).max().unwrap_or(0))
    }
}
