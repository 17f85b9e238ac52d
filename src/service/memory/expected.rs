//! What is about to be published, made ready to be found while git writes it. It must not change what is found before the
//! archive has it.

use std::thread::{self, Builder};

use super::follow::document;
use super::left_out::is_shared;
use crate::archive::{Archive, ArchiveError};
use crate::domain::archive_path::ArchivePath;
use crate::index::Index;
use crate::service::Inner;

impl Inner {
    /// Publishes bytes at a path, and makes what a search needs of them beside it: once git has them they are found in less
    /// than a millisecond. What cannot be made ready is made by the question that needs it.
    pub(in crate::service) fn expecting<T>(
        &self,
        archive: &Archive,
        path: &ArchivePath,
        bytes: &[u8],
        publish: impl FnOnce() -> Result<T, ArchiveError>,
    ) -> Result<T, ArchiveError> {
        // A process that has asked nothing yet opens the index afterwards.
        let Some(maker) = self.memory().index.as_deref().map(Index::part_maker) else {
            return publish();
        };
        let today = self.mint.today();
        let Ok(blob) = archive.blob_of(bytes) else { return publish() };
        let ready = || {
            let read = document(path.as_str(), &blob, bytes, today).ok();
            let shared = read.filter(|document| is_shared(Some(&document.card.visibility)));
            shared.and_then(|document| maker.make(vec![document]).ok())
        };
        let (published, part) = thread::scope(|scope| {
            // Without a thread it is made later.
            let made = Builder::new().spawn_scoped(scope, ready);
            let published = publish();
            (published, made.ok().and_then(|made| made.join().ok()).flatten())
        });
        if published.is_ok() {
            self.memory().expected = part;
        }
        published
    }
}
