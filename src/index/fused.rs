//! The ranking: words (see `terms`), then the best by words put in order by meaning as well (see `vectors`), then
//! shared labels. Measured against its parts in `docs/search.md`. It must not know what was typed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Searcher};

use super::beside::both;
use super::blocks::{Block, Take as _};
use super::candidates::{Candidate, Candidates, MEANING};
use super::filter::{Allowed, holders};
use super::ranking::{Ranking, Reason, Scored, Wanted};
use super::schema::{Fields, VECTORS};
use super::terms::{self, Given, Words};
use super::vectors::Meaning;
use super::{IndexError, analyzer};

/// How many of the best by words are put in order by meaning: more do not change the first ten.
const RERANKED: usize = 200;

/// Numbers of the vectors of a long postmortem: twenty parts.
const ROOM: usize = 256;

/// The least cosine with which a postmortem is answered that shares no word with the question.
const FAR: f32 = 0.45;

/// The ranking.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fused {
    /// Whether meaning counts; without it, words alone.
    pub(super) meaning: bool,
}

impl Ranking for Fused {
    fn best(
        &self,
        searcher: &Searcher,
        fields: Fields,
        wanted: &Wanted,
        words: &Words<'_>,
        limit: usize,
        scored: Option<&mut dyn FnMut(&Block<'_>)>,
    ) -> Result<Vec<Scored>, IndexError> {
        let allowed = Allowed::of(searcher, fields, wanted)?;
        let meaning = wanted.meaning.as_ref().filter(|_| self.meaning);
        let mut candidates = Candidates::new(searcher, &allowed, wanted, limit.max(RERANKED))?;
        match scored {
            None => words.each_block_to(searcher, fields, &mut candidates)?,
            Some(scored) => words.each_block(searcher, fields, |block| {
                candidates.take(block);
                scored(block);
            })?,
        }
        let (mut candidates, highest) = candidates.best();
        let by_score = |a: &Candidate, b: &Candidate| a.against(b, highest);
        if candidates.is_empty() {
            if let Some(meaning) = meaning {
                candidates = by_meaning(searcher, &allowed, meaning)?;
            }
        } else {
            candidates.sort_unstable_by(by_score);
            if let Some(meaning) = meaning {
                let columns = columns(searcher)?;
                // Made here: the first memory that a thread asks for is made for it anew.
                let mut packed = [Vec::with_capacity(ROOM), Vec::with_capacity(ROOM)];
                let [here, beside] = &mut packed;
                let compare = |some: &mut [Candidate], packed: &mut Vec<u64>| {
                    for one in some {
                        let cosine = cosine(&columns, meaning, wanted.long, one.at, packed);
                        one.cosine = cosine.unwrap_or_default();
                    }
                    Ok(())
                };
                let best = candidates.len().min(RERANKED);
                let (best, _) = candidates.split_at_mut(best);
                if best.len() == RERANKED {
                    let (first, second) = best.split_at_mut(best.len() / 2);
                    both(|| compare(first, here), || compare(second, beside))?;
                } else {
                    compare(best, here)?;
                }
            }
        }
        candidates.sort_unstable_by(by_score);
        candidates.truncate(limit);
        let full = terms::full_score(&words.concepts);
        let mut reasons = reasons(searcher, fields, words, wanted, &candidates)?;
        let scored = candidates.into_iter().map(|candidate| {
            let parts = candidate.parts(highest);
            let reasons = reasons.remove(&candidate.at).unwrap_or_default();
            Scored { address: candidate.at, share: share(&candidate, full, wanted), parts, reasons }
        });
        Ok(scored.collect())
    }
}

fn columns(searcher: &Searcher) -> Result<Vec<Column<u64>>, IndexError> {
    let columns = searcher.segment_readers().iter().map(|segment| Ok(segment.fast_fields().u64(VECTORS)?));
    columns.collect()
}

/// `packed` is room for the vectors, to be used again.
fn cosine(
    columns: &[Column<u64>],
    meaning: &Meaning,
    long: bool,
    at: DocAddress,
    packed: &mut Vec<u64>,
) -> Option<f32> {
    let column = columns.get(at.segment_ord as usize)?;
    let rows = column.index.value_row_ids(at.doc_id);
    packed.clear();
    packed.resize(rows.len(), 0);
    column.values.get_range(u64::from(rows.start), packed);
    if long { meaning.overall(packed) } else { meaning.nearest(packed) }
}

/// Documents that mean much the same, for a question of which no word is known.
fn by_meaning(
    searcher: &Searcher,
    allowed: &Allowed,
    meaning: &Meaning,
) -> Result<Vec<Candidate>, IndexError> {
    let columns = columns(searcher)?;
    let mut packed = Vec::with_capacity(ROOM);
    let mut found = Vec::new();
    for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
        for document in segment.doc_ids_alive() {
            let at = DocAddress::new(ord, document);
            let cosine =
                if allowed.has(at) { cosine(&columns, meaning, false, at, &mut packed) } else { None };
            if let Some(cosine) = cosine.filter(|cosine| *cosine >= FAR) {
                found.push(Candidate { at, words: 0.0, cosine, bonus: 0.0 });
            }
        }
    }
    Ok(found)
}

/// Words as a part of a full match, meaning and labels, against all three at their best.
fn share(candidate: &Candidate, full: f32, wanted: &Wanted) -> f32 {
    let words = if full > 0.0 { (candidate.words / full).min(1.0) } else { 0.0 };
    let labels: f32 = wanted.labels.iter().map(|label| label.score).sum();
    let meaning = MEANING * candidate.cosine.max(0.0);
    ((words + meaning + candidate.bonus) / (1.0 + MEANING + labels)).clamp(0.0, 1.0)
}

/// Why each document is here: phrases that had to be there, words by what they gave, labels.
fn reasons(
    searcher: &Searcher,
    fields: Fields,
    words: &Words<'_>,
    wanted: &Wanted,
    candidates: &[Candidate],
) -> Result<BTreeMap<DocAddress, Vec<Reason>>, IndexError> {
    let mut by_segment: BTreeMap<u32, Vec<DocId>> = BTreeMap::new();
    for candidate in candidates {
        by_segment.entry(candidate.at.segment_ord).or_default().push(candidate.at.doc_id);
    }
    let mut all: BTreeMap<DocAddress, Vec<Reason>> = BTreeMap::new();
    for (ord, mut documents) in by_segment {
        documents.sort_unstable();
        let given = terms::given(searcher, fields, words, ord as usize, &documents)?;
        for (document, given) in documents.iter().zip(given) {
            all.insert(DocAddress::new(ord, *document), told(&given, wanted));
        }
    }
    for label in &wanted.labels {
        holders(searcher, &label.term, |at| {
            if let Some(reasons) = all.get_mut(&at) {
                reasons.push(Reason { shown: label.shown.clone(), score: label.score, label: true });
            }
        })?;
    }
    // Where a label is a reason, numbers that are none need not stand in for one.
    for reasons in all.values_mut().filter(|reasons| reasons.iter().any(|reason| reason.label)) {
        reasons.retain(|reason| reason.label || !is_small_number(&reason.shown));
    }
    Ok(all)
}

/// A number that explains nothing: nearly every text has one of so few digits. A status or the number of an error has more.
fn is_small_number(word: &str) -> bool {
    (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words that a score may count but that explain nothing to a person.
const FILLER: &str = "about again also another anybody before between both case come day during each event everybody \
    found get go got her him his how incident into issue just keep left line log many me more much \
    my need new next nobody now old one other out over problem report said saw say see seen show \
    since some somebody someone still time today too two under up used using via want wants while \
    without work";

/// The stems of a reason's words: of those of the question, not of what stands in their place.
fn stems(reason: &str) -> BTreeSet<String> {
    let own = reason.split(" ~ ").next().unwrap_or(reason);
    analyzer::words(own).into_iter().map(|word| word.stem).collect()
}

/// How little words explain: the higher, the less.
fn rank(own: &BTreeSet<String>) -> u8 {
    static FILLERS: OnceLock<BTreeSet<String>> = OnceLock::new();
    let filler = FILLERS.get_or_init(|| stems(FILLER));
    if own.iter().all(|word| is_small_number(word)) {
        2
    } else {
        u8::from(own.iter().all(|word| filler.contains(word) || is_small_number(word)))
    }
}

/// Whether there are reasons, and none that explains anything to a person.
pub(super) fn say_nothing(reasons: &[String]) -> bool {
    !reasons.is_empty() && reasons.iter().all(|reason| rank(&stems(reason)) > 0)
}

/// Leaves out reasons whose words another one has as well, in whatever form, and words and numbers that explain nothing
/// when there are others.
fn told_once(found: Vec<Reason>) -> Vec<Reason> {
    let told: Vec<BTreeSet<String>> = found.iter().map(|reason| stems(&reason.shown)).collect();
    let says = |at: usize, own: &BTreeSet<String>| {
        let more = |(nth, other): (usize, &BTreeSet<String>)| {
            nth != at && own.is_subset(other) && (own.len() < other.len() || nth < at)
        };
        !told.iter().enumerate().any(more)
    };
    let (mut once, mut left_out): (Vec<(Reason, u8)>, BTreeSet<usize>) = Default::default();
    for ((at, own), mut reason) in told.iter().enumerate().zip(found) {
        if !says(at, own) {
            continue;
        }
        // What stands in a word's place says nothing new when it is a word of the question, which has its own reason.
        if let Some((words, near)) = reason.shown.split_once(" ~ ") {
            let meant = stems(near);
            let mut others = told
                .iter()
                .enumerate()
                .filter(|(nth, other)| *nth != at && meant.is_subset(other) && says(*nth, other));
            if meant.is_subset(own) {
                reason.shown = words.to_owned();
            } else if others.clone().any(|(nth, _)| !left_out.contains(&nth)) {
                left_out.insert(at);
                continue;
            } else if others.next().is_some() {
                // Two that stand for each other are both there.
                reason.shown = words.to_owned();
            }
        }
        once.push((reason, rank(own)));
    }
    let best = once.iter().map(|(_, rank)| *rank).min();
    once.into_iter().filter(|(_, rank)| Some(*rank) == best).map(|(reason, _)| reason).collect()
}

/// Words of the question that are one reason: the same word, or words through one related word
/// (`x509/certificate ~ https`).
#[derive(Default)]
struct Wording<'a> {
    words: Vec<&'a str>,
    score: f32,
}

/// The words that gave most, first. Reasons of one wording count together.
fn told(given: &[Given<'_>], wanted: &Wanted) -> Vec<Reason> {
    let mut wordings: BTreeMap<(Option<&str>, &str), Wording<'_>> = BTreeMap::new();
    for given in given {
        let own = given.word.shown.as_str();
        let key = if given.through.is_some() { "" } else { own };
        let wording = wordings.entry((given.through, key)).or_default();
        if !wording.words.contains(&own) {
            wording.words.push(own);
        }
        wording.score += given.score;
    }
    let mut found: Vec<Reason> = Vec::with_capacity(wordings.len());
    for ((through, _), Wording { words, score }) in wordings {
        let words = words.join("/");
        let shown = through.map_or_else(|| words.clone(), |near| format!("{words} ~ {near}"));
        found.push(Reason { shown, score, label: false });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let found = told_once(found);
    let phrases = wanted.phrases.iter().map(|phrase| Reason {
        shown: format!("\"{}\"", phrase.shown),
        score: f32::MAX,
        label: false,
    });
    phrases.chain(found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reasons: &[&str], told: &[&str]) {
        let reason = |shown: &&str| Reason { shown: (*shown).to_owned(), score: 1.0, label: false };
        let got = told_once(reasons.iter().map(reason).collect());
        let got: Vec<&str> = got.iter().map(|reason| reason.shown.as_str()).collect();
        assert_eq!(got, told, "{reasons:?}");
    }

    #[test]
    fn a_word_is_told_once_in_whatever_form_and_filler_only_when_there_is_nothing_else() {
        check(&["Signing key ~ signing", "key", "Signing"], &["Signing key"]);
        check(&["key", "Signing key", "KEYS", "leaked"], &["Signing key", "leaked"]);
        check(&["x509/certificate ~ https", "log", "found"], &["x509/certificate ~ https"]);
        check(&["log", "found"], &["log", "found"]);
        check(&["order", "0", "4", "log", "503"], &["order", "503"]);
        check(&["5", "log 3", "13"], &["log 3"]);
        check(&["5", "13"], &["5", "13"]);
        check(&["domain", "lapsed ~ domain"], &["domain"]);
        check(&["lapsed ~ domain", "domain"], &["domain"]);
        check(&["download ~ installer", "installer ~ download"], &["installer"]);
        check(&["signing key ~ certificate", "rotation ~ key"], &["signing key ~ certificate"]);
        check(&["his ~ user", "kicked"], &["kicked"]);
        check(&["pool", "pool queue ~ node", "node", "node lock ~ pool"], &["node lock"]);
        check(&[], &[]);
    }
}
