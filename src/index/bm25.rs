//! Plain BM25 over the joined field, words ORed (tantivy's k1 1.2 and b 0.75).

use std::collections::BTreeMap;
use std::ops::Bound;

use tantivy::collector::TopDocs;
use tantivy::postings::Postings;
use tantivy::query::{
    AllQuery, Bm25StatisticsProvider, Bm25Weight, BooleanQuery, BoostQuery, ConstScoreQuery, Occur,
    PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, Searcher, Term};

use super::IndexError;
use super::ranking::{Ranking, Reason, Scored, Wanted};
use super::schema::Fields;

/// tantivy's k1, needed to say what a word can add at most (`idf × (k1 + 1)`).
const K1: f32 = 1.2;

/// The ranking.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bm25;

impl Ranking for Bm25 {
    fn best(
        &self,
        searcher: &Searcher,
        fields: Fields,
        wanted: &Wanted,
        limit: usize,
    ) -> Result<Vec<Scored>, IndexError> {
        let query = query(fields, wanted);
        let found = searcher.search(&query, &TopDocs::with_limit(limit.max(1)).order_by_score())?;
        let statistics = Statistics::of(searcher, fields.text)?;
        let mut scored = Vec::with_capacity(found.len());
        for (score, address) in found {
            let reasons = reasons(searcher, fields, wanted, &statistics, address)?;
            // Without a reason it is not shown: it matched by filters alone.
            if !reasons.is_empty() {
                let share = share(wanted, &statistics, searcher, fields, score)?;
                scored.push(Scored { address, score, share, reasons });
            }
        }
        Ok(scored)
    }
}

/// The whole query: what scores, and around it what only restricts.
pub(super) fn query(fields: Fields, wanted: &Wanted) -> Box<dyn Query> {
    let mut scoring: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for word in &wanted.words {
        let term = Term::from_field_text(fields.text, &word.stem);
        let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
        scoring.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), word.weight))));
    }
    for label in &wanted.labels {
        let query = TermQuery::new(label.term.clone(), IndexRecordOption::Basic);
        scoring.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(query), label.score))));
    }
    for phrase in &wanted.phrases {
        if let Some(query) = phrase_query(fields.text, &phrase.stems) {
            scoring.push((Occur::Must, query));
        }
    }
    let scoring: Box<dyn Query> = if wanted.has_no_words() {
        Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))
    } else {
        Box::new(BooleanQuery::new(scoring))
    };
    let mut around = restrictions(fields, wanted);
    if around.is_empty() {
        return scoring;
    }
    around.push((Occur::Must, scoring));
    Box::new(BooleanQuery::new(around))
}

/// Filters, date and exclusions; they add nothing to a score.
fn restrictions(fields: Fields, wanted: &Wanted) -> Vec<(Occur, Box<dyn Query>)> {
    let mut around: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for (term, _) in &wanted.filters {
        let query = TermQuery::new(term.clone(), IndexRecordOption::Basic);
        around.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(query), 0.0))));
    }
    if wanted.since > 0 {
        let from = Bound::Included(Term::from_field_u64(fields.date, wanted.since));
        let query = RangeQuery::new(from, Bound::Unbounded);
        around.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(query), 0.0))));
    }
    for term in &wanted.excluded {
        around.push((Occur::MustNot, Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic))));
    }
    around
}

/// A phrase, or the one word that is left of it.
fn phrase_query(text: Field, stems: &[(usize, String)]) -> Option<Box<dyn Query>> {
    let mut terms: Vec<(usize, Term)> =
        stems.iter().map(|(place, stem)| (*place, Term::from_field_text(text, stem))).collect();
    match terms.len() {
        0 => None,
        1 => terms.pop().map(|(_, term)| {
            let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            query
        }),
        _ => Some(Box::new(PhraseQuery::new_with_offset(terms))),
    }
}

/// The figures of BM25 over all parts of the index.
struct Statistics {
    documents: u64,
    average_length: f32,
}

impl Statistics {
    fn of(searcher: &Searcher, text: Field) -> Result<Self, IndexError> {
        let documents = searcher.total_num_docs()?;
        let tokens = searcher.total_num_tokens(text)?;
        Ok(Self { documents, average_length: tokens as f32 / documents.max(1) as f32 })
    }

    fn idf(&self, holding: u64) -> f32 {
        (1.0 + (self.documents.saturating_sub(holding) as f32 + 0.5) / (holding as f32 + 0.5)).ln()
    }
}

/// What each word and label gave to the score of one document, most first; phrases before all.
fn reasons(
    searcher: &Searcher,
    fields: Fields,
    wanted: &Wanted,
    statistics: &Statistics,
    at: DocAddress,
) -> Result<Vec<Reason>, IndexError> {
    let mut found: Vec<Reason> = Vec::new();
    let norm =
        searcher.segment_reader(at.segment_ord).get_fieldnorms_reader(fields.text)?.fieldnorm_id(at.doc_id);
    for word in &wanted.words {
        let term = Term::from_field_text(fields.text, &word.stem);
        if let Some(frequency) = frequency(searcher, &term, at)? {
            let holding = searcher.doc_freq(&term)?;
            let weight = Bm25Weight::for_one_term_without_explain(
                holding,
                statistics.documents.max(holding),
                statistics.average_length,
            );
            let score = weight.score(norm, frequency) * word.weight;
            found.push(Reason { shown: word.shown.clone(), score, label: false });
        }
    }
    for label in &wanted.labels {
        if frequency(searcher, &label.term, at)?.is_some() {
            found.push(Reason { shown: label.shown.clone(), score: label.score, label: true });
        }
    }
    let mut found = merged(found);
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let phrases = wanted.phrases.iter().map(|phrase| Reason {
        shown: format!("\"{}\"", phrase.shown),
        score: f32::MAX,
        label: false,
    });
    Ok(phrases.chain(found).collect())
}

/// Reasons of one wording counted together (expansions of one unfinished word share theirs).
fn merged(reasons: Vec<Reason>) -> Vec<Reason> {
    let mut by_wording: BTreeMap<(bool, String), f32> = BTreeMap::new();
    for reason in reasons {
        *by_wording.entry((reason.label, reason.shown)).or_default() += reason.score;
    }
    by_wording.into_iter().map(|((label, shown), score)| Reason { shown, score, label }).collect()
}

/// How often a document holds a term; none when it does not.
fn frequency(searcher: &Searcher, term: &Term, at: DocAddress) -> Result<Option<u32>, IndexError> {
    let segment = searcher.segment_reader(at.segment_ord);
    let inverted = segment.inverted_index(term.field())?;
    let postings = inverted
        .read_postings(term, IndexRecordOption::WithFreqs)
        .map_err(|error| IndexError::Damaged(error.to_string()))?;
    let Some(mut postings) = postings else { return Ok(None) };
    if postings.doc() < at.doc_id {
        postings.seek(at.doc_id);
    }
    Ok((postings.doc() == at.doc_id).then(|| postings.term_freq()))
}

/// Which part of the highest possible score this is.
fn share(
    wanted: &Wanted,
    statistics: &Statistics,
    searcher: &Searcher,
    fields: Fields,
    score: f32,
) -> Result<f32, IndexError> {
    let mut most: f32 = wanted.labels.iter().map(|label| label.score).sum();
    for word in &wanted.words {
        let holding = searcher.doc_freq(&Term::from_field_text(fields.text, &word.stem))?;
        most += statistics.idf(holding) * (K1 + 1.0) * word.weight;
    }
    Ok(if most > 0.0 { (score / most).clamp(0.0, 1.0) } else { 1.0 })
}
