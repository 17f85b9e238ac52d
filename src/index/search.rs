//! Asking: what is asked, what comes back, and why. It must not show a hit without a reason.

use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Order, Searcher, TantivyDocument};

use super::blocks::Block;
use super::fused::say_nothing;
use super::ranking::{Parts, Scored, Wanted};
use super::schema::{DATE, Kind, date_key};
use super::terms::Words;
use super::vectors::Meaning;
use super::wordpiece::Pieces;
use super::{Card, Index, IndexError, analyzer, facets, filter, query};
use crate::domain::facets::Facets;
use crate::domain::similar::QueryText;

/// Most hits one question gives.
pub const MAX_LIMIT: usize = 1000;

/// The share below which nothing is called similar. Of what is relevant among the first five answers to 103 lines that
/// were written and judged apart from the development set, 99 % have it, and of 25 lines that have nothing to do with
/// operations half find nothing by it (`docs/search.md`).
pub(super) const LEAST_SHARE: f32 = 0.22;

/// Most words named as reasons.
const MOST_REASONS: usize = 6;

/// Most words of a question, and of a title, that are compared one by one.
const MOST_COMPARED: usize = 32;

/// The reason of a hit that shares no word.
const MEANING: &str = "close in meaning";

/// The reason of a hit in the list of the newest.
const NEWEST: &str = "newest first";

/// A search by words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// As it is typed: words, ORed; `"in quotes"` must stand together; `-word` may not be there; `service:payments` and
    /// other fields (see [`Question`](crate::domain::question::Question)). Nothing that ranks: the newest.
    pub text: String,
    /// Only this severity, without case and hyphen.
    pub severity: Option<String>,
    /// Only this service, without case.
    pub service: Option<String>,
    /// Only this tag, without case.
    pub tag: Option<String>,
    /// Only from this date on (`YYYY-MM-DD`, or less of it). A date that is not one restricts nothing.
    pub since: Option<String>,
    /// Only this year.
    pub year: Option<u16>,
    /// The day from which `since:90d` counts.
    pub today: Option<chrono::NaiveDate>,
    /// The last word is still being typed: also find what it may become.
    pub unfinished: bool,
    /// Nobody looks at the counts beside the hits: they are left out.
    pub uncounted: bool,
    /// Ids that nobody is told of: they are not counted beside the hits, and what only they have is as if nobody had it.
    pub hidden: Vec<String>,
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
    /// The last word is still being typed: it is not mended.
    pub unfinished: bool,
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
    /// What the score is the sum of.
    pub parts: Parts,
    /// Which part (0 to 1) of the highest score the query could give; comparable between queries of a kind, for
    /// deciding whether to raise an alarm.
    pub share: f32,
    /// The words that it shares with the question, as the reasons tell them, and no other reasons.
    pub shared: Vec<String>,
    /// Why it is here: shared words as the query writes them, the heaviest first, at most six, then services, tags
    /// and filters. Never empty.
    pub why: Vec<String>,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The postmortems, best first.
    pub hits: Vec<Hit>,
    /// What all that share a word with the question have in common.
    pub facets: Facets,
    /// What of the question was not understood, and what was done instead.
    pub notes: Vec<String>,
}

/// See [`Index::search`].
pub(super) fn search(index: &Index, asked: &Query) -> Result<Vec<Hit>, IndexError> {
    let searcher = index.reader.searcher();
    let wanted = query::search(&searcher, index.fields, &index.thesaurus, asked)?;
    let words = Words::of(&searcher, index.fields, &wanted)?;
    hits(index, &searcher, &wanted, &words, asked.limit, None)
}

/// See [`Index::search_with_facets`].
pub(super) fn search_with_facets(index: &Index, asked: &Query) -> Result<Found, IndexError> {
    let searcher = index.reader.searcher();

    let wanted = query::search(&searcher, index.fields, &index.thesaurus, asked)?;

    let words = Words::of(&searcher, index.fields, &wanted)?;

    let mut worded = facets::Worded::default();
    let mut count = |block: &Block<'_>| worded.take(block);
    let scored: Option<&mut dyn FnMut(&Block<'_>)> = if asked.uncounted { None } else { Some(&mut count) };
    let hits = hits(index, &searcher, &wanted, &words, asked.limit, scored)?;

    if asked.uncounted {
        return Ok(Found { hits, facets: Facets::default(), notes: wanted.notes });
    }
    // Counted are those that what is picked leaves out, too; the words are the same.
    let picked = asked.severity.is_some() || asked.service.is_some() || asked.year.is_some();
    let open = if picked {
        let open = Query { severity: None, service: None, year: None, ..asked.clone() };
        Some(query::search(&searcher, index.fields, &index.thesaurus, &open)?)
    } else {
        None
    };
    let mut open = open.unwrap_or_else(|| wanted.clone());
    open.excluded.extend(query::ids(index.fields, &asked.hidden));
    let matching = facets::matching(&searcher, index.fields, &open, &words, worded)?;
    let facets = facets::count(&searcher, index.fields, &open, &matching, asked)?;
    let is_told = |hit: &&Hit| !asked.hidden.iter().any(|id| id.eq_ignore_ascii_case(&hit.card.id));
    let facets = if facets.is_empty() { facets::of_hits(hits.iter().filter(is_told)) } else { facets };
    Ok(Found { hits, facets, notes: wanted.notes })
}

/// What is found. Calls `scored`, if given, with the documents whose words were scored.
fn hits(
    index: &Index,
    searcher: &Searcher,
    wanted: &Wanted,
    words: &Words<'_>,
    limit: usize,
    scored: Option<&mut dyn FnMut(&Block<'_>)>,
) -> Result<Vec<Hit>, IndexError> {
    let limit = limit.clamp(1, MAX_LIMIT);
    if wanted.lists {
        newest(index, searcher, wanted, limit)
    } else {
        ranked(index, searcher, wanted, words, limit, scored)
    }
}

/// See [`Index::similar`].
pub(super) fn similar(index: &Index, asked: &SimilarQuery) -> Result<Vec<Hit>, IndexError> {
    let searcher = index.reader.searcher();
    let wanted = query::similar(&searcher, index.fields, &index.thesaurus, asked)?;
    let words = Words::of(&searcher, index.fields, &wanted)?;
    let mut hits = ranked(index, &searcher, &wanted, &words, asked.limit.clamp(1, MAX_LIMIT), None)?;
    // What is found by its meaning alone has a bound of its own.
    let alone = |hit: &Hit| hit.parts.terms <= 0.0;
    let is_like = |hit: &Hit| hit.share >= index.least && !say_nothing(&hit.shared);
    hits.retain(|hit| hit.parts.bonus > 0.0 || alone(hit) || is_like(hit));
    Ok(hits)
}

/// See [`Index::as_meant`].
pub(super) fn as_meant(index: &Index, text: &str, unfinished: bool) -> Result<String, IndexError> {
    query::as_meant(&index.reader.searcher(), index.fields, &index.thesaurus, text, unfinished)
}

/// The best by score; equal ones by date, the newer first, then by path.
fn ranked(
    index: &Index,
    searcher: &Searcher,
    wanted: &Wanted,
    words: &Words<'_>,
    limit: usize,
    scored: Option<&mut dyn FnMut(&Block<'_>)>,
) -> Result<Vec<Hit>, IndexError> {
    if wanted.has_no_words() {
        return Ok(Vec::new());
    }
    let mut hits = Vec::new();
    for scored in index.ranking.best(searcher, index.fields, wanted, words, limit, scored)? {
        let card = card(index, searcher, scored.address)?;
        let why = why(&scored, wanted, &card);
        let Scored { parts, share, reasons, .. } = scored;
        let words = reasons.into_iter().filter(|reason| !reason.label);
        let shared = words.map(|reason| reason.shown).collect();
        hits.push(Hit { card, score: parts.sum(), parts, share, shared, why });
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| newer_first(&a.card, &b.card)));
    Ok(hits)
}

/// The newest that pass the filters.
fn newest(index: &Index, searcher: &Searcher, wanted: &Wanted, limit: usize) -> Result<Vec<Hit>, IndexError> {
    let found = if wanted.without.is_empty() && wanted.without_phrases.is_empty() {
        let everything = filter::query(index.fields, wanted);
        let newest = TopDocs::with_limit(limit).order_by_fast_field::<u64>(DATE, Order::Desc);
        searcher.search(&everything, &newest)?.into_iter().map(|(_, address)| address).collect()
    } else {
        newest_allowed(index, searcher, wanted, limit)?
    };
    let why: Vec<String> =
        std::iter::once(NEWEST.to_owned()).chain(wanted.filters.iter().map(|f| f.shown.clone())).collect();
    let mut hits = Vec::new();
    for address in found {
        let (card, why) = (card(index, searcher, address)?, why.clone());
        hits.push(Hit { card, score: 0.0, parts: Parts::default(), share: 0.0, shared: Vec::new(), why });
    }
    hits.sort_by(|a, b| newer_first(&a.card, &b.card));
    Ok(hits)
}

/// The newest that pass all restrictions, exclusions too.
fn newest_allowed(
    index: &Index,
    searcher: &Searcher,
    wanted: &Wanted,
    limit: usize,
) -> Result<Vec<DocAddress>, IndexError> {
    let allowed = filter::Allowed::of(searcher, index.fields, wanted)?;
    let mut found: Vec<(u64, DocAddress)> = Vec::new();
    for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
        let date = segment.fast_fields().u64(DATE)?;
        let passing = segment.doc_ids_alive().map(|document| DocAddress::new(ord, document));
        let passing = passing.filter(|at| allowed.has(*at));
        found.extend(passing.map(|at| (date.first(at.doc_id).unwrap_or_default(), at)));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(limit);
    Ok(found.into_iter().map(|(_, at)| at).collect())
}

/// The order of equals.
fn newer_first(a: &Card, b: &Card) -> std::cmp::Ordering {
    let key = |card: &Card| card.date.as_deref().map_or(0, date_key);
    key(b).cmp(&key(a)).then_with(|| a.path.cmp(&b.path))
}

/// The stored part of a document.
pub(super) fn card(index: &Index, searcher: &Searcher, at: DocAddress) -> Result<Card, IndexError> {
    let document: TantivyDocument = searcher.doc(at)?;
    index.fields.card(&document)
}

/// See [`Index::with_id`].
pub(super) fn with_id(index: &Index, id: &str) -> Result<Vec<Card>, IndexError> {
    let searcher = index.reader.searcher();
    let term = index.fields.label(Kind::Id, &analyzer::plain_label(id));
    let found = searcher.search(&TermQuery::new(term, IndexRecordOption::Basic), &DocSetCollector)?;
    let mut cards = found.into_iter().map(|at| card(index, &searcher, at)).collect::<Result<Vec<_>, _>>()?;
    cards.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(cards)
}

/// The reasons of a hit in words.
fn why(scored: &Scored, wanted: &Wanted, card: &Card) -> Vec<String> {
    let words = scored.reasons.iter().filter(|reason| !reason.label).take(MOST_REASONS);
    let labels = scored.reasons.iter().filter(|reason| reason.label);
    let mut why: Vec<String> = words.chain(labels).map(|reason| reason.shown.clone()).collect();
    for filter in &wanted.filters {
        if !why.contains(&filter.shown) {
            why.push(filter.shown.clone());
        }
    }
    if scored.reasons.is_empty() {
        why.insert(0, nearest_words(&wanted.asked, &card.title));
    }
    why
}

/// The reason of a hit that shares no word: the two words of question and title that mean most alike.
fn nearest_words(asked: &str, title: &str) -> String {
    let pieces = &mut Pieces::new();
    let mut meanings = |text: &str| -> Vec<(String, Meaning)> {
        let words =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(MOST_COMPARED);
        let meaning =
            |word: &str| Some((word.to_owned(), Meaning::of(pieces, std::iter::once((word, 1.0)))?));
        words.filter_map(meaning).collect()
    };
    let (asked, titled) = (meanings(asked), meanings(title));
    let pairs = asked.iter().flat_map(|one| titled.iter().map(move |other| (one, other)));
    let best = pairs.max_by(|a, b| a.0.1.cosine(&a.1.1).total_cmp(&b.0.1.cosine(&b.1.1)));
    best.map_or_else(|| MEANING.to_owned(), |((one, _), (other, _))| format!("{MEANING}: {one} ~ {other}"))
}
