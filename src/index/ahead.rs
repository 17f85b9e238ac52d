//! What is not in the files yet: an index over the files of another one, whose own writes stay in memory. What was
//! published a moment ago is found through it while the files follow. It must not write a file.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, FileSlice, Lock, MmapDirectory, RamDirectory, WatchCallback,
    WatchHandle, WritePtr,
};
use tantivy::index::SegmentMeta;
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::{IndexSettings, IndexWriter};

use super::guard::guarded;
use super::open::Payload;
use super::part::Part;
use super::schema::{self, Fields};
use super::thesaurus::Thesaurus;
use super::write::{self, Change};
use super::{Index, IndexError, open};

/// Files in memory that lie over files on the disk, which are only read. A file that has been deleted there since is
/// still read through the map that the index below has of it.
#[derive(Debug, Clone)]
struct Above {
    below: MmapDirectory,
    own: RamDirectory,
}

impl Directory for Above {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        if self.own.exists(path)? { self.own.get_file_handle(path) } else { self.below.get_file_handle(path) }
    }

    fn open_read(&self, path: &Path) -> Result<FileSlice, OpenReadError> {
        if self.own.exists(path)? { self.own.open_read(path) } else { self.below.open_read(path) }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        match self.own.delete(path) {
            // What lies below belongs to others.
            Err(DeleteError::FileDoesNotExist(_)) => Ok(()),
            outcome => outcome,
        }
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.own.exists(path)? || self.below.exists(path)?)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.own.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if self.own.exists(path)? { self.own.atomic_read(path) } else { self.below.atomic_read(path) }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.own.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.own.acquire_lock(lock)
    }

    fn watch(&self, changed: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.own.watch(changed)
    }
}

/// In which the engine writes down what an index consists of.
const BOOKS: [&str; 2] = [LIST, ".managed.json"];

/// The book with the parts and the tree.
const LIST: &str = "meta.json";

/// See [`Index::ahead_with`].
pub(super) fn ahead(
    index: &Index,
    to: &str,
    changes: Vec<Change>,
    made: Option<Part>,
) -> Result<Index, IndexError> {
    let Some(files) = &index.files else {
        return Err(IndexError::Engine("an index in memory has no files to be ahead of".into()));
    };
    guarded(|| {
        let paths: Vec<String> = changes.iter().map(|change| change.path().to_owned()).collect();
        let put: Vec<_> = changes.into_iter().filter_map(Change::into_document).collect();
        let part = match made.filter(|made| made.is_of(index, &put)) {
            Some(made) => made,
            None => index.part_maker().make(put)?,
        };
        let Part { own, meta: part, .. } = part;
        // Read once: what others commit from now on does not move what this is built upon. They take the place of the
        // books of the part, which was an index of its own.
        for book in BOOKS {
            let path = Path::new(book);
            let read = files.atomic_read(path).map_err(tantivy::TantivyError::from)?;
            own.atomic_write(path, &read).map_err(tantivy::TantivyError::from)?;
        }
        let (inner, fields) = open::on(Above { below: files.clone(), own: own.clone() })?;
        // Another process may have written since the trees were compared.
        let is = open::payload(&inner, &index.thesaurus)?.tree;
        let wanted = index.tree();
        if is != wanted {
            return Err(IndexError::Moved { wanted, is });
        }
        remove(index, &inner, fields, &paths)?;
        // The part is added when the removals are done: they would take it for what it replaces.
        stand(&own, part, &Payload::text(to, &index.thesaurus))?;
        open::ready(&index.dir, None, inner, fields, Arc::clone(&index.thesaurus))
    })
}

/// Marks what has one of the paths as removed. Most often nothing has, and no writer is made.
fn remove(index: &Index, inner: &tantivy::Index, fields: Fields, paths: &[String]) -> Result<(), IndexError> {
    let there = index.reader.searcher();
    let mut gone = Vec::new();
    for path in paths.iter().map(|path| fields.path_term(path)) {
        if there.doc_freq(&path)? > 0 {
            gone.push(path);
        }
    }
    if gone.is_empty() {
        return Ok(());
    }
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(write::UPDATE_HEAP)
        .num_merge_threads(1)
        .build();
    let mut writer: IndexWriter = inner.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for path in gone {
        writer.delete_term(path);
    }
    writer.commit()?;
    Ok(writer.wait_merging_threads()?)
}

/// An index of no document and no tree, in memory, for whoever asks where nothing was ever filed. `dir` is where one would
/// lie. The engine's own writer would take tens of megabytes to write nothing.
///
/// # Errors
/// What the engine said.
pub fn of_nothing(dir: &Path, team: Option<&Path>) -> Result<Index, IndexError> {
    guarded(|| {
        let (schema, _) = schema::build();
        let thesaurus = Arc::new(Thesaurus::with_team(team));
        let own = RamDirectory::create();
        tantivy::Index::create(own.clone(), schema, IndexSettings::default())?;
        stand(&own, None, &Payload::text("", &thesaurus))?;
        let (inner, fields) = open::on(own)?;
        open::ready(dir, None, inner, fields, thesaurus)
    })
}

/// Writes the part and the tree into the books. The engine's writer would do the same, with threads that are started
/// and waited for: that takes longer than all the rest.
fn stand(own: &RamDirectory, part: Option<SegmentMeta>, payload: &str) -> Result<(), IndexError> {
    let foreign = |error: serde_json::Error| IndexError::Damaged(format!("its list of parts: {error}"));
    let path = Path::new(LIST);
    let read = own.atomic_read(path).map_err(tantivy::TantivyError::from)?;
    let mut list: serde_json::Value = serde_json::from_slice(&read).map_err(foreign)?;
    let parts = list.get_mut("segments").and_then(serde_json::Value::as_array_mut);
    let parts = parts.ok_or_else(|| IndexError::Damaged("it has no list of parts".into()))?;
    if let Some(part) = part {
        parts.push(serde_json::to_value(part).map_err(foreign)?);
    }
    if let Some(list) = list.as_object_mut() {
        list.insert("payload".into(), payload.into());
    }
    let written = serde_json::to_vec(&list).map_err(foreign)?;
    Ok(own.atomic_write(path, &written).map_err(tantivy::TantivyError::from)?)
}
