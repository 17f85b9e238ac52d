//! The number that a new incident gets: one that neither this home nor the archive has given away. A team may share an
//! archive between homes, and a home may lose its database. It must not keep anybody from declaring.

use super::room::recorded;
use super::{Failure, Inner, Service};
use crate::archive::{Archive, ArchiveError};
use crate::domain::event::Event;
use crate::domain::ids::Seq;

/// Names beyond it are taken for something else: numbers follow one another, and one slip must not use them all up.
const MOST: u32 = 999_999;

/// How many logs that lists know are looked at, from the newest on, for one that they do not know.
const NEWEST: u32 = 64;

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
        let taken = given_away.max(self.unlisted(year).await?).saturating_add(1);
        Ok(self.inner.store.next_number(year).await?.max(taken))
    }

    /// The highest number of a year that the log of an incident has which no list knows, its row being lost; 0 where
    /// there is none. Only among the newest logs: the highest numbers are theirs, and declaring must stay quick.
    async fn unlisted(&self, year: u16) -> Result<u32, Failure> {
        let mut highest = 0;
        for log in self.inner.store.unlisted(NEWEST).await? {
            for event in self.inner.store.read(log, Seq::NONE, 1).await? {
                if let Some(Event::Declared(declared)) = recorded(&event).event
                    && declared.id.year == year
                {
                    highest = highest.max(declared.id.number);
                }
            }
        }
        Ok(highest)
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
