//! The search index over the archive (tantivy): what it holds, how it is opened, written and asked.
//!
//! Derived: it can be deleted at any moment, and git and SQL never depend on it. It must not know the store or the
//! archive; it is given documents and the id of the git tree they came from, and says which tree it reflects.
//!
//! # Why damage cannot take the program down
//!
//! tantivy trusts its own files and panics on some garbage. So opening checks the checksum of every file (footers
//! only above [`FULL_CHECK_BYTES`]; [`Index::check`] reads all), compares what the files say about each other, and
//! asks one cheap question. All of that, and every later read, runs under [`guard`], which turns a panic into
//! [`IndexError::Damaged`]: the caller answers that with a rebuild. A panic hook can ask [`guard::is_active`], and
//! stay quiet when it says yes. It needs unwinding: the profile must not set `panic = "abort"`.
//!
//! # Who may write
//!
//! One writer at a time over all processes, by a lock file beside the folder, held only while writing. Whoever
//! finds it held gets [`IndexError::Busy`] and tries again later; nothing is lost, because the tree id in the index
//! still says how far it came.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

mod ahead;
mod analyzer;
mod asked;
mod beside;
mod blocks;
mod candidates;
mod clusters;
mod facets;
mod files;
mod filter;
mod forms;
mod fused;
pub mod guard;
mod lexicon;
mod names;
mod open;
mod part;
mod patterns;
mod prepare;
mod query;
mod ranking;
mod schema;
mod search;
mod slips;
mod snippet;
mod terms;
mod thesaurus;
mod typo;
mod vectors;
mod wordpiece;
mod write;

pub use ahead::of_nothing;
pub use beside::both;
pub use open::{FULL_CHECK_BYTES, Looking, Opened, Opening};
pub use part::{Part, PartMaker};
pub use patterns::PatternQuery;
pub use ranking::Parts;
pub use schema::SCHEMA_VERSION;
pub use search::{Found, Hit, MAX_LIMIT, Query, SimilarQuery};
pub use snippet::{Fragment, Snippet, snippet};
pub use typo::READ_AS;
pub use write::{Change, in_memory, rebuild};

use serde::{Deserialize, Serialize};

use crate::domain::patterns::Patterns;

/// What a hit can show without reading git: the stored part of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Incident id (`INC-2026-0042`) or the id an imported postmortem kept or got.
    pub id: String,
    /// Title.
    pub title: String,
    /// Severity name; none for most imported ones.
    pub severity: Option<String>,
    /// `YYYY-MM-DD`, or less of it (`YYYY-MM`, `YYYY`) when no more is known.
    pub date: Option<String>,
    /// Services it names.
    pub services: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Path of the file in the archive, `/` between the parts. The key of the document.
    pub path: String,
    /// Git blob id (hex) of the indexed text.
    pub blob: String,
    /// `real`, `drill`, `test`, `backfilled`, or `imported`.
    pub kind: String,
    /// What it turned out to be, where its postmortem says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// `team`, `restricted` or `privileged`.
    pub visibility: String,
    /// One line: what ended the incident.
    pub ended: Option<String>,
    /// How long it took, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_s: Option<i64>,
}

/// One postmortem as the index takes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The part that is stored and comes back with a hit.
    pub card: Card,
    /// The text; searched, not stored. Cut at 4 MiB.
    pub body: String,
    /// Themes of its contributing factors.
    pub factors: Vec<String>,
    /// Who or what noticed it.
    pub detection: Option<String>,
}

/// Why the index could not do it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process, or another room of this one, is writing. Try again; nothing is lost.
    #[error("the search index is being written by another warroom; it will be brought up to date later")]
    Busy,
    /// The index does not reflect the tree that the change starts from.
    #[error("the search index reflects tree {is}, not {wanted}; compare again, or run `warroom reindex`")]
    Moved {
        /// The tree the caller thought it reflects.
        wanted: String,
        /// The tree it does reflect.
        is: String,
    },
    /// The files cannot be trusted; a rebuild puts it right.
    #[error("the search index is damaged ({0}); run `warroom reindex`")]
    Damaged(String),
    /// The file system refused.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// What was touched.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The search engine refused for another reason.
    #[error("the search engine failed: {0}")]
    Engine(String),
}

pub use thesaurus::problems as thesaurus_problems;

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        use tantivy::TantivyError as E;
        use tantivy::directory::error::LockError;
        match error {
            E::LockFailure(LockError::LockBusy, _) => Self::Busy,
            E::DataCorruption(_)
            | E::IncompatibleIndex(_)
            | E::OpenReadError(_)
            | E::OpenDirectoryError(_)
            | E::SchemaError(_)
            | E::FieldNotFound(_)
            | E::DeserializeError(_)
            | E::IoError(_)
            | E::InternalError(_) => Self::Damaged(error.to_string()),
            other => Self::Engine(other.to_string()),
        }
    }
}

/// The parts of the ranking beside the words themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages {
    /// Related words of the thesaurus.
    pub thesaurus: bool,
    /// Word vectors.
    pub meaning: bool,
}

/// An open index. Searching takes `&self` and may be done from several threads.
pub struct Index {
    dir: PathBuf,
    /// The files, when there are any of its own.
    files: Option<tantivy::directory::MmapDirectory>,
    inner: tantivy::Index,
    reader: tantivy::IndexReader,
    fields: schema::Fields,
    ranking: Box<dyn ranking::Ranking>,
    thesaurus: Arc<thesaurus::Thesaurus>,
    /// Share below which nothing is called similar.
    least: f32,
    tree: Mutex<String>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("dir", &self.dir).field("tree", &self.tree()).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens the index in `dir`. What is missing, damaged, foreign or of another version is [`Opened::Stale`] with
    /// the reason, never an error and never a panic.
    ///
    /// `team` is a file of a team's own rows for the thesaurus (`concept TAB synonyms TAB related`, the words of a
    /// list parted by `|`); it need not exist. An index made with another one is stale.
    #[must_use]
    pub fn open(dir: &Path, team: Option<&Path>) -> Opened {
        open::open(dir, team)
    }

    /// Leaves out parts of the ranking, to measure what each is worth.
    #[must_use]
    pub fn with_stages(mut self, stages: Stages) -> Self {
        if !stages.thesaurus {
            self.thesaurus = Arc::new(thesaurus::Thesaurus::none());
        }
        if !stages.meaning {
            // A share without meaning is another measure.
            self.least = 0.0;
        }
        self.ranking = Box::new(fused::Fused { meaning: stages.meaning });
        self
    }

    /// The id of the git tree that the index reflects, as this reader saw it last.
    #[must_use]
    pub fn tree(&self) -> String {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many postmortems it holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Looks at what others have committed since.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when what is there now cannot be read, or is of another version.
    pub fn reload(&self) -> Result<(), IndexError> {
        open::reload(self)
    }

    /// Reads every file of the index and compares its checksum.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] names the first file that does not hold what was written.
    pub fn check(&self) -> Result<(), IndexError> {
        guard::guarded(|| open::checksums(&open::engine(&self.dir)?.0, true).map(drop))
    }

    /// Brings the index from one tree to another: removes by path, adds, all in one commit.
    ///
    /// # Errors
    /// [`IndexError::Busy`] when another writer is at work, [`IndexError::Moved`] when it does not reflect
    /// `from_tree`; otherwise what the disk or the engine said. After an error it holds what it held before.
    pub fn update(&self, from_tree: &str, to_tree: &str, changes: Vec<Change>) -> Result<(), IndexError> {
        write::update(self, from_tree, to_tree, changes)
    }

    /// An index of another tree over the files of this one, for the few changes between the two, in memory: it is
    /// made in a millisecond or two and answers until the files have followed. It cannot be written.
    ///
    /// # Errors
    /// [`IndexError::Moved`] when the files reflect another tree by now; otherwise what the engine said.
    pub fn ahead(&self, to_tree: &str, changes: Vec<Change>) -> Result<Self, IndexError> {
        self.ahead_with(to_tree, changes, None)
    }

    /// The same in a fraction of a millisecond, when what the changes put there was `made` before.
    ///
    /// # Errors
    /// As those of [`Index::ahead`].
    pub fn ahead_with(
        &self,
        to_tree: &str,
        changes: Vec<Change>,
        made: Option<Part>,
    ) -> Result<Self, IndexError> {
        ahead::ahead(self, to_tree, changes, made)
    }

    /// What makes documents ready that are about to be published, while others ask this index.
    #[must_use]
    pub fn part_maker(&self) -> PartMaker {
        PartMaker::of(self)
    }

    /// Finds postmortems by words. An empty text lists the newest.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when the files cannot be trusted. No text is an error.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, IndexError> {
        guard::guarded(|| search::search(self, query))
    }

    /// Finds postmortems by words, and counts what all that share a word with the question have in common.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when the files cannot be trusted. No text is an error.
    pub fn search_with_facets(&self, query: &Query) -> Result<Found, IndexError> {
        guard::guarded(|| search::search_with_facets(self, query))
    }

    /// Counts what recurs, by quarter.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when the files cannot be trusted. No text is an error.
    pub fn patterns(&self, query: &PatternQuery) -> Result<Patterns, IndexError> {
        guard::guarded(|| patterns::patterns(self, query))
    }

    /// The services that its postmortems name, but those with a hidden id, each once.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when the files cannot be trusted.
    pub fn services(&self, hidden: &[String]) -> Result<Vec<String>, IndexError> {
        guard::guarded(|| facets::services(self, hidden))
    }

    /// The postmortems with an id, without regard to case, in the order of their paths: one, unless two files say that
    /// they are the same.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when the files cannot be trusted.
    pub fn with_id(&self, id: &str) -> Result<Vec<Card>, IndexError> {
        guard::guarded(|| search::with_id(self, id))
    }

    /// Finds postmortems that resemble a text or an incident, with the reasons.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when the files cannot be trusted.
    pub fn similar(&self, query: &SimilarQuery) -> Result<Vec<Hit>, IndexError> {
        guard::guarded(|| search::similar(self, query))
    }

    /// A text as a question for similar postmortems is read: mistakes of typing mended. `unfinished`: its last word is
    /// still being typed.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when the files cannot be trusted.
    pub fn as_meant(&self, text: &str, unfinished: bool) -> Result<String, IndexError> {
        guard::guarded(|| search::as_meant(self, text, unfinished))
    }
}
