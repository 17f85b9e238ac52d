//! Asking: what is asked, what comes back, and why. It must not show a hit without a reason.

use tantivy::collector::TopDocs;
use tantivy::{DocAddress, Order, Searcher, TantivyDocument};

use super::ranking::{Scored, Wanted};
use super::schema::{DATE, date_key};
use super::{Card, Index, IndexError, bm25, query};
use crate::domain::similar::QueryText;

/// Most hits one question gives.
pub const MAX_LIMIT: usize = 1000;

/// Most words named as reasons.
const MOST_REASONS: usize = 6;

/// The reason of a hit in the list of the newest.
const NEWEST: &str = "newest first";

/// A search by words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words, ORed; `"in quotes"` must stand together. Empty: the newest.
    pub text: String,
    /// Only this severity, without case and hyphen.
    pub severity: Option<String>,
    /// Only this service, without case.
    pub service: Option<String>,
    /// Only this tag, without case.
    pub tag: Option<String>,
    /// Only from this date on (`YYYY-MM-DD`, or less of it). A date that is not one restricts nothing.
    pub since: Option<String>,
    /// The last word is still being typed: also find what it may become.
    pub unfinished: bool,
    /// At most this many hits (1 to [`MAX_LIMIT`]; others are brought into it).
    pub limit: usize,
}

/// A question for postmortems that resemble something.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SimilarQuery {
    /// What they should resemble.
    pub about: QueryText,
    /// Ids that must not be answered: the incident itself.
    pub exclude: Vec<String>,
    /// At most this many hits (1 to [`MAX_LIMIT`]).
    pub limit: usize,
}

/// A postmortem found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What is known of it without reading git.
    pub card: Card,
    /// Higher is better; comparable within one answer only. 0 in the list of the newest.
    pub score: f32,
    /// Which part (0 to 1) of the highest score the query could give; comparable between queries of a kind, for
    /// deciding whether to raise an alarm.
    pub share: f32,
    /// Why it is here: shared words as the query writes them, the heaviest first, at most six, then services, tags
    /// and filters. Never empty.
    pub why: Vec<String>,
}

/// See [`Index::search`].
pub(super) fn search(index: &Index, asked: &Query) -> Result<Vec<Hit>, IndexError> {
    let searcher = index.reader.searcher();
    let wanted = query::search(&searcher, index.fields, asked)?;
    let limit = asked.limit.clamp(1, MAX_LIMIT);
    if asked.text.trim().is_empty() {
        return newest(index, &searcher, &wanted, limit);
    }
    ranked(index, &searcher, &wanted, limit)
}

/// See [`Index::similar`].
pub(super) fn similar(index: &Index, asked: &SimilarQuery) -> Result<Vec<Hit>, IndexError> {
    let searcher = index.reader.searcher();
    let wanted = query::similar(&searcher, index.fields, asked)?;
    ranked(index, &searcher, &wanted, asked.limit.clamp(1, MAX_LIMIT))
}

/// The best by score; equal ones by date, the newer first, then by path.
fn ranked(index: &Index, searcher: &Searcher, wanted: &Wanted, limit: usize) -> Result<Vec<Hit>, IndexError> {
    if wanted.has_no_words() {
        return Ok(Vec::new());
    }
    let mut hits = Vec::new();
    for scored in index.ranking.best(searcher, index.fields, wanted, limit)? {
        hits.push(Hit {
            card: card(index, searcher, scored.address)?,
            score: scored.score,
            share: scored.share,
            why: why(&scored, wanted),
        });
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| newer_first(&a.card, &b.card)));
    Ok(hits)
}

/// The newest that pass the filters.
fn newest(index: &Index, searcher: &Searcher, wanted: &Wanted, limit: usize) -> Result<Vec<Hit>, IndexError> {
    let everything = bm25::query(index.fields, wanted);
    let found = searcher
        .search(&everything, &TopDocs::with_limit(limit).order_by_fast_field::<u64>(DATE, Order::Desc))?;
    let why: Vec<String> =
        std::iter::once(NEWEST.to_owned()).chain(wanted.filters.iter().map(|(_, why)| why.clone())).collect();
    let mut hits = Vec::new();
    for (_, address) in found {
        hits.push(Hit { card: card(index, searcher, address)?, score: 0.0, share: 0.0, why: why.clone() });
    }
    hits.sort_by(|a, b| newer_first(&a.card, &b.card));
    Ok(hits)
}

/// The order of equals.
fn newer_first(a: &Card, b: &Card) -> std::cmp::Ordering {
    let key = |card: &Card| card.date.as_deref().map_or(0, date_key);
    key(b).cmp(&key(a)).then_with(|| a.path.cmp(&b.path))
}

/// The stored part of a document.
fn card(index: &Index, searcher: &Searcher, at: DocAddress) -> Result<Card, IndexError> {
    let document: TantivyDocument = searcher.doc(at)?;
    index.fields.card(&document)
}

/// The reasons of a hit in words.
fn why(scored: &Scored, wanted: &Wanted) -> Vec<String> {
    let words = scored.reasons.iter().filter(|reason| !reason.label).take(MOST_REASONS);
    let labels = scored.reasons.iter().filter(|reason| reason.label);
    let mut why: Vec<String> = words.chain(labels).map(|reason| reason.shown.clone()).collect();
    for (_, filter) in &wanted.filters {
        if !why.contains(filter) {
            why.push(filter.clone());
        }
    }
    why
}
