//! How far the building of an index has come, for whoever waits for it. It must not take a lock: it is looked at while
//! the index is being built.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::service::Service;

/// A share that is not there: nothing is being built.
const NOTHING: u64 = 0;

/// The documents that are done, of how many; nothing is being built when there are none.
#[derive(Debug, Default)]
pub(in crate::service) struct Building {
    done: AtomicU64,
    all: AtomicU64,
}

/// While it lives an index is being built.
pub(super) struct Work<'a>(&'a Building);

impl Building {
    /// Begins, of so many documents.
    pub(super) fn begin(&self, all: u64) -> Work<'_> {
        self.done.store(0, Ordering::Relaxed);
        self.all.store(all.max(1), Ordering::Relaxed);
        Work(self)
    }

    fn percent(&self) -> Option<u8> {
        let all = self.all.load(Ordering::Relaxed);
        if all == NOTHING {
            return None;
        }
        let done = self.done.load(Ordering::Relaxed).min(all);
        // Writing the files comes after the last document: it is whole only when there is an answer.
        let share = u128::from(done) * 100 / u128::from(all);
        Some(u8::try_from(share.min(99)).unwrap_or(99))
    }
}

impl Work<'_> {
    /// So many are done.
    pub(super) fn done(&self, done: u64) {
        self.0.done.store(done, Ordering::Relaxed);
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.0.all.store(NOTHING, Ordering::Relaxed);
    }
}

impl Service {
    /// How far the index is, in per cent, while one is being built for a question.
    #[must_use]
    pub fn index_building(&self) -> Option<u8> {
        self.inner.building.percent()
    }

    /// Whether another program is building the index.
    #[must_use]
    pub fn index_built_elsewhere(&self) -> bool {
        place_of_building(&self.inner.places.index).is_some_and(|place| place.is_dir())
    }
}

/// Where an index is built before it is put in its place.
fn place_of_building(index: &Path) -> Option<PathBuf> {
    let name = index.file_name()?.to_string_lossy();
    Some(index.with_file_name(format!(".{name}.new")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_is_being_built_lies_where_it_is_looked_for() {
        let home = tempfile::tempdir().unwrap();
        let index = home.path().join("index");
        let place = place_of_building(&index).unwrap();
        let mut seen = false;
        let documents = [crate::index::Document::default()].into_iter();
        crate::index::rebuild(&index, None, "tree", documents, |_| seen = place.is_dir()).unwrap();
        assert!(seen && !place.exists());
    }

    #[test]
    fn the_share_is_there_while_there_is_work_and_never_whole_before_the_end() {
        let building = Building::default();
        assert_eq!(building.percent(), None);
        let work = building.begin(200);
        assert_eq!(building.percent(), Some(0));
        work.done(85);
        assert_eq!(building.percent(), Some(42));
        work.done(200);
        assert_eq!(building.percent(), Some(99));
        drop(work);
        assert_eq!(building.percent(), None);
        let none = building.begin(0);
        assert_eq!(building.percent(), Some(0), "an archive without a document is built all the same");
        drop(none);
    }
}
