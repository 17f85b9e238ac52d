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
use tantivy::{IndexWriter, SingleSegmentIndexWriter};

use super::guard::guarded;
use super::prepare::Preparer;
use super::write::{self, Change};
use super::{Index, IndexError, open, schema};

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
const BOOKS: [&str; 2] = ["meta.json", ".managed.json"];

/// Memory of the writer of the few new documents, in bytes: the engine clears tables of a size that goes by it.
const HEAP: usize = 1_000_000;

/// See [`Index::ahead`].
pub(super) fn ahead(index: &Index, to: &str, changes: Vec<Change>) -> Result<Index, IndexError> {
    let Some(files) = &index.files else {
        return Err(IndexError::Engine("an index in memory has no files to be ahead of".into()));
    };
    guarded(|| {
        let own = RamDirectory::create();
        let paths: Vec<String> = changes.iter().map(|change| change.path().to_owned()).collect();
        let part = part(index, &own, changes)?;
        // Read once: what others commit from now on does not move what this is built upon. They take the place of the
        // books of the part, which was an index of its own.
        for book in BOOKS {
            let path = Path::new(book);
            let read = files.atomic_read(path).map_err(tantivy::TantivyError::from)?;
            own.atomic_write(path, &read).map_err(tantivy::TantivyError::from)?;
        }
        let (inner, fields) = open::on(Above { below: files.clone(), own })?;
        // Another process may have written since the trees were compared.
        let is = open::payload(&inner, &index.thesaurus)?.tree;
        let wanted = index.tree();
        if is != wanted {
            return Err(IndexError::Moved { wanted, is });
        }
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .memory_budget_per_thread(write::UPDATE_HEAP)
            .num_merge_threads(1)
            .build();
        let mut writer: IndexWriter = inner.writer_with_options(options)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let there = index.reader.searcher();
        let mut removes = false;
        for path in paths.iter().map(|path| fields.path_term(path)) {
            // What is new has nothing to be removed.
            if there.doc_freq(&path)? > 0 {
                writer.delete_term(path);
                removes = true;
            }
        }
        // The part is added when the removals are done: they would take it for what it replaces.
        if removes {
            writer.commit()?;
        }
        if let Some(part) = part {
            writer.add_segment(part)?;
        }
        write::commit(writer, &index.thesaurus, to)?;
        open::ready(&index.dir, None, inner, fields, Arc::clone(&index.thesaurus))
    })
}

/// The new documents as a part of an index, in memory. Written without the engine's threads and without their large
/// tables, which for one document take four times as long as all the rest.
fn part(index: &Index, own: &RamDirectory, changes: Vec<Change>) -> Result<Option<SegmentMeta>, IndexError> {
    let (schema, fields) = schema::build();
    let mut preparer = Preparer::new(fields, &index.thesaurus);
    let builder = tantivy::Index::builder().schema(schema).tokenizers(index.inner.tokenizers().clone());
    let mut writer: SingleSegmentIndexWriter = builder.single_segment_index_writer(own.clone(), HEAP)?;
    let mut any = false;
    for change in changes {
        if let Change::Put(document) = change {
            writer.add_document(preparer.prepare(&document)?)?;
            any = true;
        }
    }
    if !any {
        return Ok(None);
    }
    let parts = writer.finalize()?.searchable_segment_metas()?;
    Ok(parts.into_iter().next())
}
