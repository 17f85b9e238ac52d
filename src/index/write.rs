//! Writing: a whole new index, or the difference between two trees. It must not wait for a lock, and must leave the
//! index as it was when it fails.

use std::collections::HashSet;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tantivy::{IndexWriter, TantivyDocument};

use super::files::WriteLock;
use super::guard::guarded;
use super::open::{self, Opened, Payload};
use super::prepare::Preparer;
use super::schema::{self, Fields};
use super::thesaurus::Thesaurus;
use super::{Document, Index, IndexError, analyzer, files};

/// Memory of an update's writer in bytes: the least that tantivy takes.
pub(super) const UPDATE_HEAP: usize = 15_000_000;

/// Memory of a rebuild's writer in bytes, over its threads.
const REBUILD_HEAP: usize = 100_000_000;

/// Threads of a rebuild.
const REBUILD_THREADS: usize = 2;

/// Documents that wait to be prepared: more only take memory.
const WAITING: usize = 8;

/// How often the holder of our lock tries to get the engine's: for two seconds.
const ENGINE_TRIES: u32 = 1_000;

/// Between two tries.
const ENGINE_PAUSE: Duration = Duration::from_millis(2);

/// One difference between two trees of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A postmortem is new or changed; replaces what had its path.
    Put(Box<Document>),
    /// A postmortem is gone.
    Removed {
        /// Its path in the archive.
        path: String,
    },
}

impl Change {
    /// The path of what changed.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Put(document) => &document.card.path,
            Self::Removed { path } => path,
        }
    }

    /// The document that is put; none of a removal.
    #[must_use]
    pub fn into_document(self) -> Option<Document> {
        match self {
            Self::Put(document) => Some(*document),
            Self::Removed { .. } => None,
        }
    }
}

/// Builds a new index beside `dir` and puts it in its place; readers of an old one are not disturbed and see the new
/// one after their next [`Index::reload`]. `team` is a team's own thesaurus, see [`Index::open`]. `progress` is called with the number of documents taken so far.
///
/// # Errors
/// [`IndexError::Busy`] when another writer is at work; otherwise what the disk or the engine said. After an error
/// the old index is still there.
pub fn rebuild(
    dir: &Path,
    team: Option<&Path>,
    tree: &str,
    documents: impl Iterator<Item = Document>,
    mut progress: impl FnMut(u64),
) -> Result<Index, IndexError> {
    let held = files::lock(dir)?;
    let place = files::building_place(dir, &held)?;
    let built = build(&place, &Thesaurus::with_team(team), tree, documents, &mut progress);
    files::share(&place);
    if let Err(error) = built.and_then(|()| files::put_in_place(&place, dir, &held)) {
        files::discard(&place);
        return Err(error);
    }
    match open::open(dir, team) {
        Opened::Ready(index) => Ok(*index),
        Opened::Stale(reason) => Err(IndexError::Damaged(reason)),
    }
}

/// Writes all documents into the empty folder `place` and commits. The caller's thread reads documents; others
/// prepare them, and the engine's own write.
fn build(
    place: &Path,
    thesaurus: &Thesaurus,
    tree: &str,
    documents: impl Iterator<Item = Document>,
    progress: &mut impl FnMut(u64),
) -> Result<(), IndexError> {
    let (schema, fields) = schema::build();
    let inner = tantivy::Index::create_in_dir(place, schema)?;
    fill(&inner, fields, thesaurus, tree, documents, progress)
}

/// An index that lives as long as the process: for a home that cannot be written. `dir` is where it would lie.
///
/// # Errors
/// What the engine said.
pub fn in_memory(
    dir: &Path,
    team: Option<&Path>,
    tree: &str,
    documents: impl Iterator<Item = Document>,
) -> Result<Index, IndexError> {
    let (schema, fields) = schema::build();
    let inner = tantivy::Index::create_in_ram(schema);
    let thesaurus = Thesaurus::with_team(team);
    fill(&inner, fields, &thesaurus, tree, documents, &mut |_| ())?;
    open::ready(dir, None, inner, fields, Arc::new(thesaurus))
}

fn fill(
    inner: &tantivy::Index,
    fields: Fields,
    thesaurus: &Thesaurus,
    tree: &str,
    documents: impl Iterator<Item = Document>,
    progress: &mut impl FnMut(u64),
) -> Result<(), IndexError> {
    inner.tokenizers().register(analyzer::TEXT, analyzer::text());
    inner.tokenizers().register(analyzer::LABEL, analyzer::label());
    let writer: IndexWriter = inner.writer_with_num_threads(REBUILD_THREADS, REBUILD_HEAP)?;
    thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel::<Document>(WAITING);
        // Owned by the threads alone: when they have given up, sending fails instead of waiting for ever.
        let receive = Arc::new(Mutex::new(receive));
        let writer = &writer;
        let work = |receive: Arc<Mutex<Receiver<Document>>>| -> Result<(), IndexError> {
            let mut preparer = Preparer::new(fields, thesaurus);
            loop {
                let next = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(document) = next else { return Ok(()) };
                writer.add_document(preparer.prepare(&document)?)?;
            }
        };
        let spawn = |receive| scope.spawn(move || work(receive));
        let workers: Vec<_> = std::iter::repeat_n(receive, REBUILD_THREADS).map(spawn).collect();
        let mut paths = HashSet::new();
        for (done, document) in (1_u64..).zip(documents) {
            // The path is the key of updates: a second document of one path is passed over.
            if paths.insert(document.card.path.clone()) && send.send(document).is_err() {
                break;
            }
            progress(done);
        }
        drop(send);
        for worker in workers {
            let died = |_| IndexError::Engine("a thread that prepares documents died".into());
            worker.join().map_err(died).and_then(|outcome| outcome)?;
        }
        Ok::<(), IndexError>(())
    })?;
    commit(writer, thesaurus, tree)
}

/// See [`Index::update`].
pub(super) fn update(index: &Index, from: &str, to: &str, changes: Vec<Change>) -> Result<(), IndexError> {
    let held = files::lock(&index.dir)?;
    // Another process may have written since; look, before deciding that the difference fits.
    index.reload()?;
    let is = index.tree();
    if is != from {
        return Err(IndexError::Moved { wanted: from.into(), is });
    }
    guarded(|| {
        let (inner, fields) = open::engine(&index.dir)?;
        let writer = writer_of_holder(&inner, &held)?;
        let mut preparer = Preparer::new(fields, &index.thesaurus);
        for change in changes {
            writer.delete_term(fields.path_term(change.path()));
            if let Change::Put(document) = change {
                writer.add_document(preparer.prepare(&document)?)?;
            }
        }
        commit(writer, &index.thesaurus, to)
    })?;
    files::share(&index.dir);
    drop(held);
    index.reload()
}

/// The engine's writer, for the holder of our lock. The engine has a lock of its own, which it lets go of by closing
/// the file: a program that is being started at that moment (git, an editor) holds it a few milliseconds longer.
/// Nobody else can be writing, so it is waited for.
fn writer_of_holder(
    inner: &tantivy::Index,
    _held: &WriteLock,
) -> Result<IndexWriter<TantivyDocument>, IndexError> {
    for _ in 1..ENGINE_TRIES {
        match inner.writer_with_num_threads(1, UPDATE_HEAP).map_err(IndexError::from) {
            Err(IndexError::Busy) => thread::sleep(ENGINE_PAUSE),
            outcome => return outcome,
        }
    }
    Ok(inner.writer_with_num_threads(1, UPDATE_HEAP)?)
}

/// Commits with the tree it reflects, waits for the merges that follow, and releases the writer.
pub(super) fn commit(mut writer: IndexWriter, thesaurus: &Thesaurus, tree: &str) -> Result<(), IndexError> {
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&Payload::text(tree, thesaurus));
    prepared.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}
