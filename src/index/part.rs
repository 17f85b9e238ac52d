//! A few documents as a part of an index, in memory: all that takes time of an answer from memory, see [`super::ahead`].
//! It can be made before the archive has them. It must not write a file.

use std::sync::Arc;
use std::{fmt, thread};

use tantivy::directory::RamDirectory;
use tantivy::index::SegmentMeta;
use tantivy::tokenizer::TokenizerManager;
use tantivy::{IndexSettings, SingleSegmentIndexWriter};

use super::guard::guarded;
use super::prepare::{Preparer, meaning};
use super::thesaurus::Thesaurus;
use super::wordpiece::Pieces;
use super::{Document, Index, IndexError, schema};

/// Memory of the writer of the few documents, in bytes: the engine clears tables of a size that goes by it.
const HEAP: usize = 1_000_000;

/// Documents that are ready to be found. They are, once an index is made that is ahead with them.
pub struct Part {
    /// What it consists of.
    pub(super) own: RamDirectory,
    /// Its line in the list of parts; none when there is no document.
    pub(super) meta: Option<SegmentMeta>,
    documents: Vec<Document>,
    thesaurus: u64,
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("documents", &self.documents.len()).finish_non_exhaustive()
    }
}

impl Part {
    /// Whether an index would make the same of these documents.
    pub(super) fn is_of(&self, index: &Index, documents: &[Document]) -> bool {
        self.thesaurus == index.thesaurus.fingerprint() && self.documents == documents
    }
}

/// What it takes to make a [`Part`] away from its index, while that is asked by others.
pub struct PartMaker {
    thesaurus: Arc<Thesaurus>,
    tokenizers: TokenizerManager,
}

impl fmt::Debug for PartMaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartMaker").finish_non_exhaustive()
    }
}

impl PartMaker {
    /// For parts of this index.
    pub(super) fn of(index: &Index) -> Self {
        Self { thesaurus: Arc::clone(&index.thesaurus), tokenizers: index.inner.tokenizers().clone() }
    }

    /// Makes it, which takes a millisecond or two. Written without the engine's threads and without their large tables,
    /// which for one document take four times as long as all the rest.
    ///
    /// # Errors
    /// What the engine said.
    pub fn make(self, documents: Vec<Document>) -> Result<Part, IndexError> {
        guarded(|| {
            let own = RamDirectory::create();
            let meta = if documents.is_empty() { None } else { self.written(&own, &documents)? };
            Ok(Part { own, meta, documents, thesaurus: self.thesaurus.fingerprint() })
        })
    }

    fn written(&self, own: &RamDirectory, put: &[Document]) -> Result<Option<SegmentMeta>, IndexError> {
        let (schema, fields) = schema::build();
        // One document needs no thread of its own for its card.
        let settings =
            IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
        let builder =
            tantivy::Index::builder().settings(settings).schema(schema).tokenizers(self.tokenizers.clone());
        // What the documents mean is found beside the engine's clearing of its tables: each takes a third of all this.
        thread::scope(|scope| {
            let meanings = scope.spawn(|| {
                let mut pieces = Pieces::new();
                guarded(|| Ok(put.iter().map(|document| meaning(&mut pieces, document)).collect::<Vec<_>>()))
            });
            let mut preparer = Preparer::new(fields, &self.thesaurus);
            let mut writer: SingleSegmentIndexWriter =
                builder.single_segment_index_writer(own.clone(), HEAP)?;
            let words: Vec<_> =
                put.iter().map(|document| preparer.words(document)).collect::<Result<_, _>>()?;
            let lost = |_| IndexError::Engine("what a postmortem means could not be found".into());
            let meanings = meanings.join().map_err(lost)??;
            for (mut document, vectors) in words.into_iter().zip(meanings) {
                preparer.mean(&mut document, vectors);
                writer.add_document(document)?;
            }
            let parts = writer.finalize()?.searchable_segment_metas()?;
            Ok(parts.into_iter().next())
        })
    }
}
