//! What only restricts: labels that must or must not be there, dates, words that must stand together. It adds nothing
//! to a score.

use std::collections::HashSet;
use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EnableScoring, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Searcher, TERMINATED, Term};

use super::IndexError;
use super::ranking::Wanted;
use super::schema::Fields;

/// The documents that may be answered.
pub(super) struct Allowed {
    /// By segment and document; none when all but `never` may.
    only: Option<Vec<Vec<bool>>>,
    /// Those named as excluded: looked up apart, so that leaving out one does not mean to go through all.
    never: HashSet<DocAddress>,
}

impl Allowed {
    /// Those that pass all restrictions.
    pub(super) fn of(searcher: &Searcher, fields: Fields, wanted: &Wanted) -> Result<Self, IndexError> {
        let mut never = HashSet::new();
        for term in &wanted.excluded {
            holders(searcher, term, |at| {
                never.insert(at);
            })?;
        }
        if !wanted.restricts() {
            return Ok(Self { only: None, never });
        }
        let query = query(fields, wanted);
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let mut all = Vec::new();
        for segment in searcher.segment_readers() {
            let mut allowed = vec![false; segment.max_doc() as usize];
            let mut scorer = weight.scorer(segment, 1.0)?;
            let mut document = scorer.doc();
            while document != TERMINATED {
                if let Some(here) = allowed.get_mut(document as usize) {
                    *here = true;
                }
                document = scorer.advance();
            }
            all.push(allowed);
        }
        for label in &wanted.without {
            holders(searcher, label, |at| forbid(&mut all, at))?;
        }
        // One by one: the engine's own exclusion cannot step over a phrase that lies behind.
        for phrase in &wanted.without_phrases {
            let Some(query) = phrase_query(fields.text, &phrase.stems) else { continue };
            let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
            for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
                let mut scorer = weight.scorer(segment, 1.0)?;
                while scorer.doc() != TERMINATED {
                    forbid(&mut all, DocAddress::new(ord, scorer.doc()));
                    scorer.advance();
                }
            }
        }
        Ok(Self { only: Some(all), never })
    }

    /// Whether a document may be answered; deleted ones are not known here.
    pub(super) fn has(&self, at: DocAddress) -> bool {
        if !self.never.is_empty() && self.never.contains(&at) {
            return false;
        }
        let Some(all) = &self.only else { return true };
        let segment = all.get(at.segment_ord as usize);
        segment.and_then(|segment| segment.get(at.doc_id as usize)).copied().unwrap_or(false)
    }
}

/// The postmortems that nobody is told of: what only they have is as if nobody had it.
#[derive(Debug, Default)]
pub(super) struct Untold(HashSet<DocAddress>);

impl Untold {
    /// Those with these ids.
    pub(super) fn of(searcher: &Searcher, fields: Fields, ids: &[String]) -> Result<Self, IndexError> {
        let mut untold = HashSet::new();
        for term in super::query::ids(fields, ids) {
            holders(searcher, &term, |at| _ = untold.insert(at))?;
        }
        Ok(Self(untold))
    }

    /// Whether another one has a label.
    pub(super) fn others_have(&self, searcher: &Searcher, label: &Term) -> Result<bool, IndexError> {
        if self.0.is_empty() {
            return Ok(searcher.doc_freq(label)? > 0);
        }
        let mut found = false;
        holders(searcher, label, |at| found |= !self.0.contains(&at))?;
        Ok(found)
    }
}

/// Whether a living postmortem that may be told passes what restricts, exclusions apart.
pub(super) fn is_somewhere(
    searcher: &Searcher,
    fields: Fields,
    wanted: &Wanted,
    untold: &Untold,
) -> Result<bool, IndexError> {
    let weight = query(fields, wanted).weight(EnableScoring::disabled_from_searcher(searcher))?;
    for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
        let mut scorer = weight.scorer(segment, 1.0)?;
        while scorer.doc() != TERMINATED {
            let is_alive = segment.alive_bitset().is_none_or(|alive| alive.is_alive(scorer.doc()));
            if is_alive && !untold.0.contains(&DocAddress::new(ord, scorer.doc())) {
                return Ok(true);
            }
            scorer.advance();
        }
    }
    Ok(false)
}

fn forbid(all: &mut [Vec<bool>], at: DocAddress) {
    let segment = all.get_mut(at.segment_ord as usize);
    if let Some(here) = segment.and_then(|segment| segment.get_mut(at.doc_id as usize)) {
        *here = false;
    }
}

/// Calls `each` with the documents that have a label, deleted ones too.
pub(super) fn holders(
    searcher: &Searcher,
    label: &Term,
    mut each: impl FnMut(DocAddress),
) -> Result<(), IndexError> {
    for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
        let inverted = segment.inverted_index(label.field())?;
        let postings = inverted.read_block_postings(label, IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(|error| IndexError::Damaged(error.to_string()))? else {
            continue;
        };
        while postings.block_len() > 0 {
            postings.docs().iter().for_each(|document| each(DocAddress::new(ord, *document)));
            postings.advance();
        }
    }
    Ok(())
}

/// The restrictions, without what may not be there, as a query that gives every document that passes them the score 0.
pub(super) fn query(fields: Fields, wanted: &Wanted) -> Box<dyn Query> {
    let nothing = |query: Box<dyn Query>| -> Box<dyn Query> { Box::new(ConstScoreQuery::new(query, 0.0)) };
    let term =
        |term: &Term| -> Box<dyn Query> { Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic)) };
    let mut around: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, nothing(Box::new(AllQuery)))];
    for filter in &wanted.filters {
        let any = filter.any_of.iter().map(|label| (Occur::Should, term(label))).collect();
        around.push((Occur::Must, nothing(Box::new(BooleanQuery::new(any)))));
    }
    for phrase in &wanted.phrases {
        if let Some(query) = phrase_query(fields.text, &phrase.stems) {
            around.push((Occur::Must, nothing(query)));
        }
    }
    if wanted.since > 0 || wanted.until > 0 {
        let bound = |date: u64| Bound::Included(Term::from_field_u64(fields.date, date));
        let to = if wanted.until > 0 { bound(wanted.until) } else { Bound::Unbounded };
        // 0 is no day: what is not dated is not before one either.
        around.push((Occur::Must, nothing(Box::new(RangeQuery::new(bound(wanted.since.max(1)), to)))));
    }
    Box::new(BooleanQuery::new(around))
}

/// A phrase, or the one word that is left of it.
fn phrase_query(text: Field, stems: &[(usize, String)]) -> Option<Box<dyn Query>> {
    let mut terms: Vec<(usize, Term)> =
        stems.iter().map(|(place, stem)| (*place, Term::from_field_text(text, stem))).collect();
    match terms.len() {
        0 => None,
        1 => terms.pop().map(|(_, term)| {
            let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            query
        }),
        _ => Some(Box::new(PhraseQuery::new_with_offset(terms))),
    }
}
