//! Opening an index without trusting it. It must not write.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use serde::{Deserialize, Serialize};
use tantivy::HasLen as _;
use tantivy::collector::Count;
use tantivy::directory::{Directory, FileSlice, MmapDirectory};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, IndexReader, ReloadPolicy, Searcher, TantivyDocument};

use super::beside::both;
use super::fused::Fused;
use super::guard::guarded;
use super::schema::{self, DATE, Fields, SCHEMA_VERSION, VECTORS};
use super::search::LEAST_SHARE;
use super::thesaurus::Thesaurus;
use super::{Index, IndexError, analyzer};

/// Up to this size of all files (32 MiB, about ten thousand postmortems) opening reads and checks every byte; above
/// it only what the files say about themselves and each other.
pub const FULL_CHECK_BYTES: u64 = 32 << 20;

/// What opening found.
#[derive(Debug)]
pub enum Opened {
    /// Usable; compare [`Index::tree`] with the archive.
    Ready(Box<Index>),
    /// Missing, damaged, foreign or of another version: [`rebuild`](super::rebuild) it. The text says which.
    Stale(String),
}

/// An index that is being opened on a thread of its own, while its process makes itself ready to ask.
#[derive(Debug)]
pub struct Opening {
    opened: Receiver<Opened>,
    looking: Looking,
}

/// A look at an index that is being asked already.
#[derive(Debug)]
pub struct Looking(JoinHandle<Result<(), IndexError>>);

impl Looking {
    /// Waits for what was seen.
    ///
    /// # Errors
    /// [`IndexError::Damaged`]: what was answered meanwhile may be wrong.
    pub fn seen(self) -> Result<(), IndexError> {
        self.0.join().unwrap_or_else(|_| Err(IndexError::Damaged("looking at it broke off".into())))
    }
}

impl Opening {
    /// Begins; none where there can be no thread. See [`Index::open`].
    #[must_use]
    pub fn begin(dir: PathBuf, team: PathBuf) -> Option<Self> {
        let (send, opened) = mpsc::channel();
        let work = move || {
            let index = unseen(&dir, Some(&team));
            let seen = match &index {
                Opened::Ready(index) => Some((index.reader.searcher(), index.fields)),
                Opened::Stale(_) => None,
            };
            // Who does not want it any more does not want to know about it either.
            let _ = send.send(index);
            seen.map_or(Ok(()), |(searcher, fields)| guarded(|| plausible(&searcher, fields)))
        };
        let looking = Looking(Builder::new().spawn(work).ok()?);
        Some(Self { opened, looking })
    }

    /// Waits until it can be asked. What is answered counts once [`Looking::seen`] has nothing against it.
    #[must_use]
    pub fn opened(self) -> (Opened, Looking) {
        let broken = |_| Opened::Stale("opening it broke off".into());
        (self.opened.recv().unwrap_or_else(broken), self.looking)
    }
}

/// What a commit says about itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Payload {
    /// [`SCHEMA_VERSION`] of the writer.
    pub(super) schema: u32,
    /// The git tree it reflects.
    pub(super) tree: String,
    /// [`Thesaurus::fingerprint`] of the writer.
    pub(super) thesaurus: u64,
}

impl Payload {
    /// As it is stored in the commit.
    pub(super) fn text(tree: &str, thesaurus: &Thesaurus) -> String {
        let thesaurus = thesaurus.fingerprint();
        serde_json::json!({ "schema": SCHEMA_VERSION, "tree": tree, "thesaurus": thesaurus }).to_string()
    }
}

/// Opens and checks. See [`Index::open`].
pub(super) fn open(dir: &Path, team: Option<&Path>) -> Opened {
    told(dir, || {
        let index = checked(dir, team)?;
        plausible(&index.reader.searcher(), index.fields)?;
        Ok(index)
    })
}

/// Opens, without a look at what the files hold.
fn unseen(dir: &Path, team: Option<&Path>) -> Opened {
    told(dir, || checked(dir, team))
}

/// What opening found, in words.
fn told(dir: &Path, opening: impl FnOnce() -> Result<Index, IndexError>) -> Opened {
    if !dir.join("meta.json").is_file() {
        return Opened::Stale("there is no search index yet".into());
    }
    match guarded(opening) {
        Ok(index) => Opened::Ready(Box::new(index)),
        Err(IndexError::Damaged(what)) => Opened::Stale(what),
        Err(other) => Opened::Stale(other.to_string()),
    }
}

/// The engine on the files as they are now. Writers and checks need a fresh one: the engine reads its list of files
/// only when it opens them, and a writer with an old list would drop what other processes have added since.
pub(super) fn engine(dir: &Path) -> Result<(tantivy::Index, Fields), IndexError> {
    on(files(dir)?)
}

/// The files in a folder.
fn files(dir: &Path) -> Result<MmapDirectory, IndexError> {
    Ok(MmapDirectory::open(dir).map_err(tantivy::TantivyError::from)?)
}

/// The engine on files wherever they lie.
pub(super) fn on(files: impl Directory) -> Result<(tantivy::Index, Fields), IndexError> {
    let inner = tantivy::Index::open(files)?;
    let (expected, fields) = schema::build();
    if inner.schema() != expected {
        return Err(IndexError::Damaged("it has other fields than this version of warroom uses".into()));
    }
    inner.tokenizers().register(analyzer::TEXT, analyzer::text());
    inner.tokenizers().register(analyzer::LABEL, analyzer::label());
    Ok((inner, fields))
}

/// Opens and compares checksums, or says what is wrong.
fn checked(dir: &Path, team: Option<&Path>) -> Result<Index, IndexError> {
    let thesaurus = Arc::new(Thesaurus::with_team(team));
    let files = files(dir)?;
    let (inner, fields) = on(files.clone())?;
    // Held until the engine has them too: it maps a file once for all who hold it, and anew when nobody does.
    let _held = checksums(&inner, false)?;
    ready(dir, Some(files), inner, fields, thesaurus)
}

/// An index that can be asked, of parts that were looked at or have just been made; `files` are those that others can be
/// ahead of.
pub(super) fn ready(
    dir: &Path,
    files: Option<MmapDirectory>,
    inner: tantivy::Index,
    fields: Fields,
    thesaurus: Arc<Thesaurus>,
) -> Result<Index, IndexError> {
    let read = || Ok(inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?);
    let (tree, reader): (String, IndexReader) = with_its_tree(&inner, &thesaurus, read)?;
    Ok(Index {
        dir: dir.to_path_buf(),
        files,
        inner,
        reader,
        fields,
        ranking: Box::new(Fused { meaning: true }),
        thesaurus,
        least: LEAST_SHARE,
        tree: Mutex::new(tree),
    })
}

/// Most commits of others that come while one is read.
const MOST_COMMITS: u32 = 100;

/// Reads the parts of an index, and the tree that they reflect: the same one before and after. Whoever took the parts
/// of one tree for another would find nothing to follow when git goes there.
fn with_its_tree<T>(
    inner: &tantivy::Index,
    thesaurus: &Thesaurus,
    read: impl Fn() -> Result<T, IndexError>,
) -> Result<(String, T), IndexError> {
    for _ in 0..MOST_COMMITS {
        let before = payload(inner, thesaurus)?.tree;
        let parts = read()?;
        if payload(inner, thesaurus)?.tree == before {
            return Ok((before, parts));
        }
    }
    Err(IndexError::Busy)
}

/// What the last commit says, when this version wrote it.
pub(super) fn payload(inner: &tantivy::Index, thesaurus: &Thesaurus) -> Result<Payload, IndexError> {
    let text = inner.load_metas()?.payload.unwrap_or_default();
    let payload: Payload = serde_json::from_str(&text)
        .map_err(|_| IndexError::Damaged("it was not written by warroom".into()))?;
    if payload.schema != SCHEMA_VERSION {
        return Err(IndexError::Damaged(format!(
            "it has version {}, this warroom writes version {SCHEMA_VERSION}",
            payload.schema
        )));
    }
    if payload.thesaurus != thesaurus.fingerprint() {
        return Err(IndexError::Damaged("it was made with another thesaurus.tsv".into()));
    }
    Ok(payload)
}

/// Compares the checksum of every file in use; `all` also for a large index. Answers the files.
pub(super) fn checksums(inner: &tantivy::Index, all: bool) -> Result<Vec<FileSlice>, IndexError> {
    let metas = inner.load_metas()?;
    let directory = inner.directory();
    // An index whose book-keeping is gone would never clean up after itself.
    let managed = directory.list_managed_files();
    let used: HashSet<_> = metas.segments.iter().flat_map(|segment| files_of(inner, segment)).collect();
    if let Some(missing) = used.iter().find(|file| !managed.contains(*file)) {
        return Err(IndexError::Damaged(format!("{} is not in its list of files", missing.display())));
    }
    let mut held = Vec::with_capacity(used.len());
    for file in &used {
        held.push(directory.open_read(file).map_err(tantivy::TantivyError::from)?);
    }
    let size = held.iter().fold(0, |size: u64, slice| size.saturating_add(slice.len() as u64));
    if all || size <= FULL_CHECK_BYTES {
        let whole = |file: &PathBuf| match directory.validate_checksum(file) {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(IndexError::Damaged(format!("{} does not hold what was written", file.display())))
            }
            Err(error) => Err(tantivy::TantivyError::from(error).into()),
        };
        // The largest first, one here and one beside it, and so on.
        let mut files: Vec<_> = used.iter().zip(&held).collect();
        files.sort_by_key(|(_, slice)| std::cmp::Reverse(slice.len()));
        let every_other = |from| files.iter().skip(from).step_by(2).try_for_each(|(file, _)| whole(file));
        both(|| every_other(0), || every_other(1))?;
    }
    Ok(held)
}

/// The files of a segment that must exist.
fn files_of(_inner: &tantivy::Index, segment: &tantivy::SegmentMeta) -> Vec<PathBuf> {
    use tantivy::index::SegmentComponent as C;
    let mut parts = vec![C::Terms, C::Postings, C::Positions, C::FieldNorms, C::FastFields, C::Store];
    if segment.has_deletes() {
        parts.push(C::Delete);
    }
    parts.into_iter().map(|part| segment.relative_path(part)).collect()
}

/// Asks cheap questions whose answers must agree: the number of documents by meta, norms, dates, vectors and store, the
/// last document's card, and a search by its path.
fn plausible(searcher: &Searcher, fields: Fields) -> Result<(), IndexError> {
    for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
        let docs = segment.max_doc();
        let norms = segment.get_fieldnorms_reader(fields.text)?.num_docs();
        let dates = segment.fast_fields().u64(DATE)?.num_docs();
        let vectors = segment.fast_fields().u64(VECTORS)?.num_docs();
        if norms != docs || dates != docs || vectors != docs || segment.num_deleted_docs() > docs {
            return Err(IndexError::Damaged(format!(
                "a part claims {docs} documents and holds {norms}, {dates} and {vectors}"
            )));
        }
        let lives = |document: &DocId| segment.alive_bitset().is_none_or(|alive| alive.is_alive(*document));
        // From the end: in a large index all that come before would be counted.
        if let Some(last) = (0..docs).rev().find(lives) {
            let document: TantivyDocument = searcher.doc(DocAddress::new(ord, last))?;
            let path = fields.path_term(&fields.card(&document)?.path);
            if searcher.search(&TermQuery::new(path, IndexRecordOption::Basic), &Count)? != 1 {
                return Err(IndexError::Damaged("a document cannot be found by its path".into()));
            }
        }
    }
    Ok(())
}

/// See [`Index::reload`].
pub(super) fn reload(index: &Index) -> Result<(), IndexError> {
    let tree = guarded(|| {
        let read = || Ok(index.reader.reload()?);
        let (tree, ()) = with_its_tree(&index.inner, &index.thesaurus, read)?;
        Ok(tree)
    })?;
    *index.tree.lock().unwrap_or_else(PoisonError::into_inner) = tree;
    Ok(())
}
