//! The words of a question scored a block of documents after another, all words for one block: what is written while
//! scoring stays small however many postmortems there are, and is written again and again. (A page of memory that is
//! touched for the first time costs as much as scoring a few hundred documents.) It must not choose among documents.

use std::iter::Peekable;

use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Searcher};

use super::IndexError;
use super::schema::Fields;
use super::terms::{Concept, Form, MOST, Places, Segment, Words, damaged, saturated, segments};

/// Documents of a block: their scores and frequencies, 64 KiB, stay in a processor's own memory.
const DOCUMENTS: usize = 8192;

/// Looking up one document costs as much as reading a list on by so many.
const LEAPS: u64 = 24;

/// The scores of the words of consecutive documents.
pub(super) struct Block<'a> {
    /// The segment they are in.
    pub(super) segment: u32,
    /// The first one; the others follow it without a gap.
    pub(super) first: DocId,
    /// 0 for those without a word.
    pub(super) scores: &'a [f32],
}

/// Who takes the blocks, and says which scores need not be whole.
pub(super) trait Take {
    /// A document that cannot get more than this may be given less than its score; it never falls.
    fn enough(&self) -> f32;

    /// Documents of a segment from one on that need their whole score in any case, in order.
    fn needed(&self, segment: u32, first: DocId) -> impl Iterator<Item = DocId>;

    /// The next block.
    fn take(&mut self, block: &Block<'_>);
}

/// Takes whole scores of all.
struct All<F>(F);

impl<F: FnMut(&Block<'_>)> Take for All<F> {
    fn enough(&self) -> f32 {
        f32::NEG_INFINITY
    }

    fn needed(&self, _: u32, _: DocId) -> impl Iterator<Item = DocId> {
        std::iter::empty()
    }

    fn take(&mut self, block: &Block<'_>) {
        (self.0)(block);
    }
}

/// A form's documents, up to where they were scored.
enum Cursor<'a> {
    Nowhere,
    Listed { postings: Box<BlockSegmentPostings>, at: usize },
    Joined(&'a [(DocId, u32)]),
}

impl<'a> Cursor<'a> {
    fn of(segment: &Segment<'_>, form: &'a Form) -> Result<Self, IndexError> {
        Ok(match form.places(segment.ord) {
            Places::Nowhere => Self::Nowhere,
            Places::Joined(list) => Self::Joined(list),
            Places::Listed(info) => {
                let inverted = segment.inverted(form.pair)?;
                let postings = inverted
                    .read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)
                    .map_err(damaged)?;
                Self::Listed { postings: Box::new(postings), at: 0 }
            }
        })
    }

    /// Calls `each` with the documents before `end` that are left, and their frequencies, in order.
    fn until(&mut self, end: DocId, mut each: impl FnMut(DocId, u32)) {
        match self {
            Self::Nowhere => {}
            Self::Joined(list) => {
                let (now, later) = list.split_at(list.partition_point(|(document, _)| *document < end));
                now.iter().for_each(|(document, frequency)| each(*document, *frequency));
                *list = later;
            }
            Self::Listed { postings, at } => {
                while postings.block_len() > 0 {
                    let (documents, frequencies) = (postings.docs(), postings.freqs());
                    let until = match documents.last() {
                        Some(last) if *last < end => documents.len(),
                        _ => documents.partition_point(|document| *document < end),
                    };
                    let now = documents.iter().zip(frequencies).take(until).skip(*at);
                    now.for_each(|(document, frequency)| each(*document, *frequency));
                    *at = until;
                    if until < documents.len() {
                        return;
                    }
                    postings.advance();
                    *at = 0;
                }
            }
        }
    }

    /// In how many documents of the segment it is, at most.
    fn holding(&self) -> u32 {
        match self {
            Self::Nowhere => 0,
            Self::Joined(list) => list.len() as u32,
            Self::Listed { postings, .. } => postings.doc_freq(),
        }
    }

    /// Passes over the documents before one, most of them unread.
    fn from(&mut self, first: DocId) {
        if let Self::Listed { postings, at } = self
            && postings.docs().last().is_some_and(|last| *last < first)
        {
            *at = postings.seek(first);
        }
    }

    /// The frequency in a document, which must come after those that were asked for before; what lies between is
    /// passed over, most of it unread.
    fn frequency(&mut self, wanted: DocId) -> Option<u32> {
        match self {
            Self::Nowhere => None,
            Self::Joined(list) => {
                let later = list.get(list.partition_point(|(document, _)| *document < wanted)..)?;
                *list = later;
                later.first().filter(|(document, _)| *document == wanted).map(|(_, frequency)| *frequency)
            }
            Self::Listed { postings, at } => {
                if postings.block_len() == 0 {
                    return None;
                }
                if postings.docs().last().is_none_or(|last| *last < wanted) {
                    *at = postings.seek(wanted);
                } else {
                    let left = postings.docs().get(*at..)?;
                    *at += left.partition_point(|document| *document < wanted);
                }
                let found = postings.docs().get(*at).is_some_and(|document| *document == wanted);
                if found { postings.freqs().get(*at).copied() } else { None }
            }
        }
    }
}

impl Words<'_> {
    /// Scores all documents, and calls `each` with one block after another, deleted documents too.
    pub(super) fn each_block(
        &self,
        searcher: &Searcher,
        fields: Fields,
        each: impl FnMut(&Block<'_>),
    ) -> Result<(), IndexError> {
        self.blocks_of(DOCUMENTS, searcher, fields, &mut All(each))
    }

    /// Scores as many documents as somebody wants to know the scores of.
    pub(super) fn each_block_to(
        &self,
        searcher: &Searcher,
        fields: Fields,
        take: &mut impl Take,
    ) -> Result<(), IndexError> {
        self.blocks_of(DOCUMENTS, searcher, fields, take)
    }

    /// The same with blocks of `size` documents. The words that can give most come first. As soon as all that are left
    /// cannot give enough together, they are looked up only for the documents that have enough already: the
    /// commonest words have the longest lists and give least. (Turtle and Flood's MaxScore, block by block.)
    fn blocks_of(
        &self,
        size: usize,
        searcher: &Searcher,
        fields: Fields,
        take: &mut impl Take,
    ) -> Result<(), IndexError> {
        let mut order: Vec<&Concept<'_>> = self.concepts.iter().collect();
        order.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        // What each word and those after it can give at most.
        let mut most = 0.0;
        let mut left: Vec<f32> = order
            .iter()
            .rev()
            .map(|concept| {
                most += concept.worth * MOST;
                most
            })
            .collect();
        left.reverse();
        let mut scores = vec![0.0_f32; size];
        let mut frequencies = vec![0.0_f32; size];
        let mut touched: Vec<usize> = Vec::new();
        for (number, segment) in (0_u32..).zip(segments(searcher, fields)) {
            let norms = segment.reader.get_fieldnorms_reader(fields.text)?;
            let mut cursors = Vec::with_capacity(order.len());
            for concept in &order {
                let forms = concept.forms.iter();
                cursors.push(forms.map(|form| Cursor::of(&segment, form)).collect::<Result<Vec<_>, _>>()?);
            }
            let last = segment.reader.max_doc();
            for first in (0..last).step_by(size) {
                let end = last.min(first.saturating_add(size as u32));
                let place = |document: DocId| document.wrapping_sub(first) as usize;
                let norm = |at: usize| self.statistics.norm(norms.fieldnorm_id(first + at as u32));
                // Sums of rounded numbers are compared with a sum in another order.
                let enough = take.enough();
                let enough = enough - enough.abs() * 1e-5;
                scores.fill(0.0);
                let mut open: Option<Vec<usize>> = None;
                for ((concept, cursors), left) in order.iter().zip(&mut cursors).zip(&left) {
                    if *left < enough {
                        let needed = take.needed(number, first).map(place);
                        let near = |score: f32| score + *left >= enough;
                        let places = match open.take() {
                            None => places_of(&scores, needed, near),
                            Some(before) => still(before, &scores, needed, near),
                        };
                        for (form, cursor) in concept.forms.iter().zip(cursors.iter_mut()) {
                            let here = u64::from(cursor.holding()) * u64::from(end - first) / u64::from(last);
                            if places.len() as u64 * LEAPS < here {
                                for at in &places {
                                    let document = first.saturating_add(*at as u32);
                                    let frequency = cursor.frequency(document).unwrap_or_default();
                                    if let Some(sum) = frequencies.get_mut(*at) {
                                        *sum += form.factor * frequency as f32;
                                    }
                                }
                            } else {
                                cursor.from(first);
                                cursor.until(end, |document, frequency| {
                                    if let Some(sum) = frequencies.get_mut(place(document)) {
                                        *sum += form.factor * frequency as f32;
                                    }
                                });
                            }
                        }
                        for at in &places {
                            let sum = frequencies.get(*at).copied().unwrap_or_default();
                            if let Some(score) = scores.get_mut(*at).filter(|_| sum > 0.0) {
                                *score += concept.worth * saturated(sum, norm(*at));
                            }
                        }
                        frequencies.fill(0.0);
                        open = Some(places);
                        continue;
                    }
                    if let ([form], [cursor]) = (concept.forms.as_slice(), cursors.as_mut_slice()) {
                        // Nothing to add up.
                        cursor.until(end, |document, frequency| {
                            let at = place(document);
                            if let Some(score) = scores.get_mut(at) {
                                *score += concept.worth * saturated(form.factor * frequency as f32, norm(at));
                            }
                        });
                        continue;
                    }
                    for (form, cursor) in concept.forms.iter().zip(cursors) {
                        cursor.until(end, |document, frequency| {
                            let at = place(document);
                            if let Some(sum) = frequencies.get_mut(at) {
                                if *sum == 0.0 {
                                    touched.push(at);
                                }
                                *sum += form.factor * frequency as f32;
                            }
                        });
                    }
                    for at in touched.drain(..) {
                        if let (Some(sum), Some(score)) = (frequencies.get_mut(at), scores.get_mut(at)) {
                            *score += concept.worth * saturated(*sum, norm(at));
                            *sum = 0.0;
                        }
                    }
                }
                let scores = scores.get(..place(end)).unwrap_or_default();
                take.take(&Block { segment: number, first, scores });
            }
        }
        Ok(())
    }
}

/// Scores that are looked at together: most have nothing near, and that is one comparison for several.
pub(super) const TOGETHER: usize = 16;

/// The places of a block that are needed, or whose scores are near enough.
fn places_of(
    scores: &[f32],
    needed: impl Iterator<Item = usize>,
    near: impl Fn(f32) -> bool + Copy,
) -> Vec<usize> {
    let mut needed = needed.peekable();
    let mut places = Vec::new();
    for (first, together) in (0..).step_by(TOGETHER).zip(scores.chunks(TOGETHER)) {
        let due = needed.peek().is_some_and(|at| *at < first + TOGETHER);
        // Without leaving early: several are compared at once.
        if due || together.iter().fold(false, |any, score| any | near(*score)) {
            let all = (first..).zip(together).filter(|(at, score)| has(&mut needed, *at) || near(**score));
            places.extend(all.map(|(at, _)| at));
        }
    }
    places
}

/// Those of some places that are needed, or whose scores are near enough still.
fn still(
    places: Vec<usize>,
    scores: &[f32],
    needed: impl Iterator<Item = usize>,
    near: impl Fn(f32) -> bool + Copy,
) -> Vec<usize> {
    let mut needed = needed.peekable();
    let stays = |at: &usize| has(&mut needed, *at) || scores.get(*at).is_some_and(|score| near(*score));
    places.into_iter().filter(stays).collect()
}

/// Whether a place is among those in order; what comes before it is passed over.
fn has(needed: &mut Peekable<impl Iterator<Item = usize>>, at: usize) -> bool {
    while needed.next_if(|needed| *needed < at).is_some() {}
    needed.peek() == Some(&at)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::candidates::Candidates;
    use super::super::filter::Allowed;
    use super::super::{Card, Document, Query, in_memory, query};
    use super::*;

    /// Seven hundred postmortems, with words that have long and short lists.
    fn many() -> impl Iterator<Item = Document> {
        (0..700_u32).map(|n| {
            let mut body = format!("number{n} outage");
            for (every, text) in [(2, "kafka lag"), (3, "tls certificate expired"), (7, "disk"), (301, "dns")]
            {
                if n % every == 0 {
                    body.push(' ');
                    body.push_str(text);
                }
            }
            let card = Card { id: format!("pm-{n}"), path: format!("{n}.md"), ..Card::default() };
            Document { card, body, ..Document::default() }
        })
    }

    #[test]
    fn scores_do_not_depend_on_the_size_of_a_block() {
        let index = in_memory(Path::new("nowhere"), None, "tree", many()).unwrap();
        let searcher = index.reader.searcher();
        for (text, found) in
            [("kafka lag", 350), ("tls certificate expired dns", 236), ("number5", 1), ("zebra", 0)]
        {
            let asked = Query { text: text.into(), limit: 10, ..Query::default() };
            let wanted = query::search(&searcher, index.fields, &index.thesaurus, &asked).unwrap();
            let words = Words::of(&searcher, index.fields, &wanted).unwrap();
            let scores = |size| {
                let mut all = Vec::new();
                let take = |block: &Block<'_>| {
                    assert_eq!((block.first as usize) % size, 0);
                    all.extend(block.scores.iter().map(|score| (block.segment, score.to_bits())));
                };
                words.blocks_of(size, &searcher, index.fields, &mut All(take)).unwrap();
                all
            };
            let whole = scores(DOCUMENTS);
            assert_eq!(
                (whole.len(), whole.iter().filter(|(_, score)| *score > 0).count()),
                (700, found),
                "{text}"
            );
            for size in [1, 7, 127, 128, 129, 350, 699] {
                assert_eq!(scores(size), whole, "{text}: {size}");
            }
        }
    }

    #[test]
    fn the_best_are_the_same_where_common_words_are_looked_up_for_few() {
        let index = in_memory(Path::new("nowhere"), None, "tree", many()).unwrap();
        let searcher = index.reader.searcher();
        for text in ["kafka lag outage", "dns outage kafka", "tls certificate disk outage"] {
            let asked = Query { text: text.into(), limit: 5, ..Query::default() };
            let wanted = query::search(&searcher, index.fields, &index.thesaurus, &asked).unwrap();
            let words = Words::of(&searcher, index.fields, &wanted).unwrap();
            let allowed = Allowed::of(&searcher, index.fields, &wanted).unwrap();
            let best = |size, all: bool| {
                let mut given = 0.0_f64;
                let mut candidates = Candidates::new(&searcher, &allowed, &wanted, 5).unwrap();
                if all {
                    let mut take = All(|block: &Block<'_>| {
                        given += block.scores.iter().map(|score| f64::from(*score)).sum::<f64>();
                        candidates.take(block);
                    });
                    words.blocks_of(size, &searcher, index.fields, &mut take).unwrap();
                } else {
                    let mut take = Counted(&mut candidates, &mut given);
                    words.blocks_of(size, &searcher, index.fields, &mut take).unwrap();
                }
                let (mut found, highest) = candidates.best();
                found.sort_by(|a, b| a.against(b, highest));
                let found: Vec<_> = found.iter().map(|one| (one.at, one.words.to_bits())).collect();
                (found, given)
            };
            for size in [16, 64, 128, 350] {
                let ((few, less), (whole, most)) = (best(size, false), best(size, true));
                assert_eq!(few, whole, "{text}: {size}");
                assert!(less < most, "{text}: {size}: all were scored");
            }
        }
    }

    /// Candidates, and how much was given to all documents together.
    struct Counted<'a, 'b>(&'a mut Candidates<'b>, &'a mut f64);

    impl Take for Counted<'_, '_> {
        fn enough(&self) -> f32 {
            self.0.enough()
        }

        fn needed(&self, segment: u32, first: DocId) -> impl Iterator<Item = DocId> {
            self.0.needed(segment, first)
        }

        fn take(&mut self, block: &Block<'_>) {
            *self.1 += block.scores.iter().map(|score| f64::from(*score)).sum::<f64>();
            self.0.take(block);
        }
    }
}
