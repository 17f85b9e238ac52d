//! The score of words: term at a time over the postings. What a thesaurus row brings together counts as one word,
//! whose frequency is the sum over its forms before it saturates; adding up separate scores would reward documents
//! for using many words for one thing. It must not look at labels or meanings.

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Searcher, SegmentReader, Term};

use super::IndexError;
use super::ranking::{Wanted, Word};
use super::schema::{Fields, Kind};
use crate::domain::abbreviations::stands_for;

/// How fast repetition saturates. Later than usual (1.2): the frequencies are sums.
const K1: f32 = 2.4;

/// How much length counts.
const B: f32 = 0.9;

/// Forms in a larger part of the documents than this are not looked for in place of a word.
const COMMON: f32 = 0.35;

/// The frequency at which a word counts as fully matched, for the share of the best possible score.
const FULL: f32 = 3.0;

/// The figures of the corpus.
pub(super) struct Statistics {
    documents: u64,
    /// Length against the average, by the engine's one-byte code.
    norms: Vec<f32>,
}

impl Statistics {
    pub(super) fn of(searcher: &Searcher, fields: Fields) -> Result<Self, IndexError> {
        let documents = searcher.total_num_docs()?;
        let average = searcher.total_num_tokens(fields.text)? as f32 / documents.max(1) as f32;
        let length = |code: u8| tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(code) as f32;
        let norms = (0..=u8::MAX).map(|code| 1.0 - B + B * length(code) / average.max(1.0)).collect();
        Ok(Self { documents, norms })
    }

    fn idf(&self, holding: u64) -> f32 {
        (1.0 + (self.documents.saturating_sub(holding) as f32 + 0.5) / (holding as f32 + 0.5)).ln()
    }

    /// What frequencies in a text of that length are divided by.
    pub(super) fn norm(&self, code: u8) -> f32 {
        self.norms.get(usize::from(code)).copied().unwrap_or(1.0)
    }
}

/// What a frequency counts at most.
pub(super) const MOST: f32 = K1 + 1.0;

/// What a frequency counts in a text of a length (see [`Statistics::norm`]).
pub(super) fn saturated(frequency: f32, norm: f32) -> f32 {
    frequency * MOST / (frequency + K1 * norm)
}

/// Where a form is, in one segment.
pub(super) enum Places {
    /// In none of its documents.
    Nowhere,
    /// A word or a pair.
    Listed(TermInfo),
    /// A longer phrase: documents that have all its pairs, with the least of their frequencies.
    Joined(Vec<(DocId, u32)>),
}

/// A form with the figures of the corpus.
pub(super) struct Form {
    /// Whether it has two words or more: those are another field's.
    pub(super) pair: bool,
    holding: u64,
    segments: Vec<Places>,
    /// What one occurrence adds to the frequency of the word.
    pub(super) factor: f32,
}

impl Form {
    /// Where it is in a segment.
    pub(super) fn places(&self, segment: usize) -> &Places {
        self.segments.get(segment).unwrap_or(&Places::Nowhere)
    }
}

/// A word with its forms; the first is its own.
pub(super) struct Concept<'a> {
    /// What is asked.
    pub(super) word: &'a Word,
    /// Its forms.
    pub(super) forms: Vec<Form>,
    /// Its idf times its weight.
    pub(super) worth: f32,
}

/// The engine's view of one segment.
pub(super) struct Segment<'a> {
    /// Its number.
    pub(super) ord: usize,
    /// Its parts.
    pub(super) reader: &'a SegmentReader,
    fields: Fields,
}

impl Segment<'_> {
    /// The words of its documents, or the pairs.
    pub(super) fn inverted(&self, pair: bool) -> Result<std::sync::Arc<InvertedIndexReader>, IndexError> {
        Ok(self.reader.inverted_index(if pair { self.fields.labels } else { self.fields.text })?)
    }

    fn info(&self, pair: bool, stem: &str) -> Result<Option<TermInfo>, IndexError> {
        let term = if pair {
            self.fields.label(Kind::Pair, stem)
        } else {
            Term::from_field_text(self.fields.text, stem)
        };
        self.inverted(pair)?.get_term_info(&term).map_err(damaged)
    }

    /// Calls `each` with the documents of a term and their frequencies, in order.
    fn every(&self, pair: bool, info: &TermInfo, mut each: impl FnMut(DocId, u32)) -> Result<(), IndexError> {
        let inverted = self.inverted(pair)?;
        let mut postings: BlockSegmentPostings = inverted
            .read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)
            .map_err(damaged)?;
        while postings.block_len() > 0 {
            for (document, frequency) in postings.docs().iter().zip(postings.freqs()) {
                each(*document, *frequency);
            }
            postings.advance();
        }
        Ok(())
    }

    fn places(&self, stems: &[&str]) -> Result<Places, IndexError> {
        let nowhere = |info: Option<TermInfo>| info.map_or(Places::Nowhere, Places::Listed);
        match stems {
            [] => Ok(Places::Nowhere),
            [stem] => Ok(nowhere(self.info(false, stem)?)),
            [first, second] => Ok(nowhere(self.info(true, &format!("{first} {second}"))?)),
            [..] => {
                let mut joined: Option<Vec<(DocId, u32)>> = None;
                for (first, second) in stems.iter().zip(stems.iter().skip(1)) {
                    let Some(info) = self.info(true, &format!("{first} {second}"))? else {
                        return Ok(Places::Nowhere);
                    };
                    let mut list = Vec::new();
                    self.every(true, &info, |document, frequency| list.push((document, frequency)))?;
                    if let Some(before) = joined {
                        list.retain_mut(|(document, frequency)| {
                            let found = before.binary_search_by_key(document, |(other, _)| *other).ok();
                            let other = found.and_then(|at| before.get(at)).map(|(_, other)| *other);
                            *frequency = (*frequency).min(other.unwrap_or_default());
                            *frequency > 0
                        });
                    }
                    joined = Some(list);
                }
                Ok(Places::Joined(joined.unwrap_or_default()))
            }
        }
    }
}

/// What the files hold makes no sense to the engine.
pub(super) fn damaged(error: impl std::fmt::Display) -> IndexError {
    IndexError::Damaged(error.to_string())
}

/// The segments in their order.
pub(super) fn segments(searcher: &Searcher, fields: Fields) -> impl Iterator<Item = Segment<'_>> {
    searcher.segment_readers().iter().enumerate().map(move |(ord, reader)| Segment { ord, reader, fields })
}

fn form(searcher: &Searcher, fields: Fields, written: &str, factor: f32) -> Result<Form, IndexError> {
    let stems: Vec<&str> = written.split(' ').collect();
    let mut form = Form { pair: stems.len() > 1, holding: 0, segments: Vec::new(), factor };
    for segment in segments(searcher, fields) {
        let places = segment.places(&stems)?;
        form.holding += match &places {
            Places::Nowhere => 0,
            Places::Listed(info) => u64::from(info.doc_freq),
            Places::Joined(list) => list.len() as u64,
        };
        form.segments.push(places);
    }
    Ok(form)
}

/// The words of a question, looked up.
pub(super) struct Words<'a> {
    /// The figures of the corpus.
    pub(super) statistics: Statistics,
    /// The words with their forms.
    pub(super) concepts: Vec<Concept<'a>>,
}

impl<'a> Words<'a> {
    /// Looks up the words of a question.
    pub(super) fn of(searcher: &Searcher, fields: Fields, wanted: &'a Wanted) -> Result<Self, IndexError> {
        let statistics = Statistics::of(searcher, fields)?;
        let concepts = concepts(searcher, fields, &statistics, wanted)?;
        Ok(Self { statistics, concepts })
    }
}

/// Looks up the words of a query and what may stand in their place.
fn concepts<'a>(
    searcher: &Searcher,
    fields: Fields,
    statistics: &Statistics,
    wanted: &'a Wanted,
) -> Result<Vec<Concept<'a>>, IndexError> {
    let mut concepts = Vec::with_capacity(wanted.words.len());
    for word in &wanted.words {
        let own = form(searcher, fields, &word.stem, word.own)?;
        let idf = statistics.idf(own.holding.max(1));
        let mut forms = vec![own];
        for near in &word.near {
            let mut other = form(searcher, fields, &near.form, 0.0)?;
            // A common word in the place of a rare one says less than the rare one.
            other.factor = near.weight * (statistics.idf(other.holding) / idf).min(1.0);
            if other.holding as f32 > COMMON * statistics.documents as f32 {
                other.segments.clear();
            }
            forms.push(other);
        }
        concepts.push(Concept { word, forms, worth: idf * word.weight });
    }
    Ok(concepts)
}

/// The score of a document that has every word of the query several times: what a share is measured by. A short form is asked
/// together with what it stands for, and either is enough.
pub(super) fn full_score(concepts: &[Concept<'_>]) -> f32 {
    let words = concepts.iter().filter(|concept| !concept.word.stem.contains(' '));
    let full = |concept: &Concept<'_>| concept.worth * saturated(FULL, 1.0);
    let is_told = |concept: &&Concept<'_>| stands_for(&concept.word.shown).is_none();
    let told: f32 = words.clone().filter(is_told).map(full).sum();
    if told > 0.0 { told } else { words.map(full).sum() }
}

/// What a concept gave to one document.
pub(super) struct Given<'a> {
    /// Which word.
    pub(super) word: &'a Word,
    /// The score.
    pub(super) score: f32,
    /// What stood in its place and gave more than the word itself.
    pub(super) through: Option<&'a str>,
}

/// What each concept gave to the documents of one segment, in the order of `documents`, which must be sorted.
pub(super) fn given<'a>(
    searcher: &Searcher,
    fields: Fields,
    Words { statistics, concepts }: &Words<'a>,
    ord: usize,
    documents: &[DocId],
) -> Result<Vec<Vec<Given<'a>>>, IndexError> {
    let mut all: Vec<Vec<Given<'a>>> = documents.iter().map(|_| Vec::new()).collect();
    let Some(reader) = searcher.segment_readers().get(ord) else { return Ok(all) };
    let segment = Segment { ord, reader, fields };
    let norms = reader.get_fieldnorms_reader(fields.text)?;
    for concept in concepts {
        // For each document: the whole frequency, and the form that adds most.
        let mut found: Vec<(f32, f32, usize)> = vec![(0.0, 0.0, 0); documents.len()];
        for (n, form) in concept.forms.iter().enumerate() {
            segment.at(form, documents, |place, frequency| {
                if let Some((sum, most, which)) = found.get_mut(place) {
                    let adds = form.factor * frequency as f32;
                    *sum += adds;
                    if adds > *most {
                        (*most, *which) = (adds, n);
                    }
                }
            })?;
        }
        for ((gifts, document), (sum, _, which)) in all.iter_mut().zip(documents).zip(found) {
            if sum > 0.0 {
                let score = concept.worth * saturated(sum, statistics.norm(norms.fieldnorm_id(*document)));
                let near = which.checked_sub(1).and_then(|n| concept.word.near.get(n));
                gifts.push(Given {
                    word: concept.word,
                    score,
                    through: near.map(|near| near.shown.as_str()),
                });
            }
        }
    }
    Ok(all)
}

impl Segment<'_> {
    /// Calls `each` with the places in `documents` (sorted) that have a form, and the frequency.
    fn at(
        &self,
        form: &Form,
        documents: &[DocId],
        mut each: impl FnMut(usize, u32),
    ) -> Result<(), IndexError> {
        use tantivy::DocSet as _;
        use tantivy::postings::Postings as _;
        let info = match form.places(self.ord) {
            Places::Nowhere => return Ok(()),
            Places::Listed(info) => info,
            Places::Joined(list) => {
                for (document, frequency) in list {
                    if let Ok(place) = documents.binary_search(document) {
                        each(place, *frequency);
                    }
                }
                return Ok(());
            }
        };
        let inverted = self.inverted(form.pair)?;
        let mut postings =
            inverted.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs).map_err(damaged)?;
        for (place, document) in documents.iter().enumerate() {
            if postings.doc() < *document {
                postings.seek(*document);
            }
            if postings.doc() == *document {
                each(place, postings.term_freq());
            }
        }
        Ok(())
    }
}
