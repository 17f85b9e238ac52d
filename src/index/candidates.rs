//! The best of all documents by words and labels: at no time more than a few of them are held, for most are far below
//! the best. It must not look at meanings.

use std::cmp::Ordering;

use tantivy::{DocAddress, DocId, Searcher};

use super::IndexError;
use super::blocks::{Block, TOGETHER, Take};
use super::filter::{Allowed, holders};
use super::ranking::{Parts, Wanted};

/// How much meaning counts, against 1 for the words of the best document.
pub(super) const MEANING: f32 = 0.7;

/// A document on its way to an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Where it is.
    pub(super) at: DocAddress,
    /// The score of its words.
    pub(super) words: f32,
    /// The cosine of meanings, if looked at.
    pub(super) cosine: f32,
    /// Its labels.
    pub(super) bonus: f32,
}

impl Candidate {
    /// The better first; equal ones as they lie. Measured by the highest score of words.
    pub(super) fn against(&self, other: &Self, highest: f32) -> Ordering {
        other.parts(highest).sum().total_cmp(&self.parts(highest).sum()).then(self.at.cmp(&other.at))
    }

    /// The parts of the score, for the highest score of words.
    pub(super) fn parts(&self, highest: f32) -> Parts {
        let terms = if highest > 0.0 { self.words / highest } else { 0.0 };
        Parts { terms, vectors: MEANING * self.cosine, bonus: self.bonus }
    }
}

/// What labels add, by segment: documents in order.
struct Bonuses(Vec<Vec<(DocId, f32)>>);

impl Bonuses {
    fn of(searcher: &Searcher, wanted: &Wanted) -> Result<Self, IndexError> {
        let mut bonuses: Vec<Vec<(DocId, f32)>> = vec![Vec::new(); searcher.segment_readers().len()];
        for label in &wanted.labels {
            holders(searcher, &label.term, |at| {
                if let Some(segment) = bonuses.get_mut(at.segment_ord as usize) {
                    segment.push((at.doc_id, label.score));
                }
            })?;
        }
        for segment in &mut bonuses {
            // Of several labels one after another.
            segment.sort_by_key(|(document, _)| *document);
            segment.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
        }
        Ok(Self(bonuses))
    }

    /// Those from a document on.
    fn from(&self, segment: u32, first: DocId) -> &[(DocId, f32)] {
        let all = self.0.get(segment as usize).map(Vec::as_slice).unwrap_or_default();
        all.get(all.partition_point(|(document, _)| *document < first)..).unwrap_or_default()
    }
}

/// Takes blocks, and keeps the best living, allowed documents that have a word or a label.
pub(super) struct Candidates<'a> {
    searcher: &'a Searcher,
    allowed: &'a Allowed,
    bonuses: Bonuses,
    /// How many to keep.
    kept: usize,
    /// The highest score of words.
    highest: f32,
    /// Those without a label.
    plain: Best,
    /// Those with labels, by what these add: among equals in that, words decide, whatever the highest score will be.
    labelled: Vec<(f32, Best)>,
}

impl<'a> Candidates<'a> {
    /// None yet of the best `kept`.
    pub(super) fn new(
        searcher: &'a Searcher,
        allowed: &'a Allowed,
        wanted: &Wanted,
        kept: usize,
    ) -> Result<Self, IndexError> {
        let bonuses = Bonuses::of(searcher, wanted)?;
        let plain = Best { least: 0.0, ..Best::default() };
        Ok(Self { searcher, allowed, bonuses, kept, highest: 0.0, plain, labelled: Vec::new() })
    }

    /// The best, in no order, and the highest score of words among all.
    pub(super) fn best(self) -> (Vec<Candidate>, f32) {
        let (highest, mut found) = (self.highest, self.plain.found);
        found.extend(self.labelled.into_iter().flat_map(|(_, best)| best.found));
        if found.len() > self.kept && self.kept > 0 {
            found.select_nth_unstable_by(self.kept - 1, |a, b| a.against(b, highest));
            found.truncate(self.kept);
        }
        (found, highest)
    }
}

impl Take for Candidates<'_> {
    fn enough(&self) -> f32 {
        self.plain.least
    }

    fn needed(&self, segment: u32, first: DocId) -> impl Iterator<Item = DocId> {
        self.bonuses.from(segment, first).iter().map(|(document, _)| *document)
    }

    fn take(&mut self, block: &Block<'_>) {
        let segment = self.searcher.segment_readers().get(block.segment as usize);
        let alive = segment.and_then(|segment| segment.alive_bitset());
        let mut bonuses = self.bonuses.from(block.segment, block.first).iter();
        let mut next = bonuses.next();
        for (first, together) in (block.first..).step_by(TOGETHER).zip(block.scores.chunks(TOGETHER)) {
            let due = next.is_some_and(|(labelled, _)| *labelled < first.saturating_add(TOGETHER as u32));
            let least = self.plain.least;
            // Most are far below, and that is one comparison for several: it does not leave early.
            if !due && !together.iter().fold(false, |any, words| any | (*words > least)) {
                continue;
            }
            for (document, words) in (first..).zip(together) {
                let bonus = next.filter(|(labelled, _)| *labelled == document).map(|(_, bonus)| *bonus);
                if bonus.is_some() {
                    next = bonuses.next();
                } else if *words <= self.plain.least {
                    continue;
                }
                let at = DocAddress::new(block.segment, document);
                if alive.is_some_and(|alive| !alive.is_alive(document)) || !self.allowed.has(at) {
                    continue;
                }
                self.highest = self.highest.max(*words);
                let best = match bonus {
                    None => Some(&mut self.plain),
                    Some(bonus) => of_bonus(&mut self.labelled, bonus),
                };
                let bonus = bonus.unwrap_or_default();
                if let Some(best) = best {
                    best.take(Candidate { at, words: *words, cosine: 0.0, bonus }, self.kept);
                }
            }
        }
    }
}

fn of_bonus(all: &mut Vec<(f32, Best)>, bonus: f32) -> Option<&mut Best> {
    let place = all.iter().position(|(known, _)| known.total_cmp(&bonus).is_eq());
    if place.is_none() {
        all.push((bonus, Best::default()));
    }
    let place = place.unwrap_or(all.len().saturating_sub(1));
    all.get_mut(place).map(|(_, best)| best)
}

/// The best by words, of documents that come in the order in which they lie.
struct Best {
    found: Vec<Candidate>,
    /// What scores no more is not among them: of equal ones the first stay.
    least: f32,
}

impl Default for Best {
    fn default() -> Self {
        Self { found: Vec::new(), least: f32::NEG_INFINITY }
    }
}

impl Best {
    fn take(&mut self, candidate: Candidate, kept: usize) {
        if candidate.words > self.least {
            self.found.push(candidate);
        }
        if self.found.len() >= 2 * kept {
            let by_words = |a: &Candidate, b: &Candidate| b.words.total_cmp(&a.words).then(a.at.cmp(&b.at));
            let (_, last, _) = self.found.select_nth_unstable_by(kept - 1, by_words);
            self.least = last.words;
            self.found.truncate(kept);
        }
    }
}
