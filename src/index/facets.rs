//! Counting what the answers of a search have in common. It must not rank: it counts every postmortem that shares a
//! word with the question, from columns, without reading one.

use std::collections::{BTreeMap, HashSet};

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Searcher, SegmentReader};

use super::blocks::Block;
use super::filter::{Allowed, holders};
use super::ranking::Wanted;
use super::schema::{DATE, FACET_SERVICE, FACET_SEVERITY, Fields};
use super::search::{Hit, Query};
use super::terms::Words;
use super::{Index, IndexError, analyzer, query};
use crate::domain::facets::{Facet, Facets};

/// Most services that are told.
const MOST_SERVICES: usize = 40;

/// A label as it is compared: `SEV-1` and `sev1` are one.
pub(super) type Fold = fn(&str) -> String;

/// Counts the facets of a search. `wanted` is the question without what is picked, `matching` what has a word of it;
/// `asked` says what is picked.
pub(super) fn count(
    searcher: &Searcher,
    fields: Fields,
    wanted: &Wanted,
    matching: &[Option<Vec<bool>>],
    asked: &Query,
) -> Result<Facets, IndexError> {
    let allowed = Allowed::of(searcher, fields, wanted)?;
    let (mut severities, mut services) =
        (Labels::new(analyzer::severity), Labels::new(analyzer::plain_label));
    let mut years: BTreeMap<u64, u64> = BTreeMap::new();
    let picked = asked.severity.is_some() || asked.service.is_some() || asked.year.is_some();
    for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
        let matching = matching.get(ord as usize).and_then(Option::as_ref);
        let alive = segment.alive_bitset();
        let found = |document: &DocId| {
            matching.is_none_or(|m| m.get(*document as usize).copied().unwrap_or(false))
                && alive.is_none_or(|alive| alive.is_alive(*document))
                && allowed.has(DocAddress::new(ord, *document))
        };
        let found: Vec<DocId> = (0..segment.max_doc()).filter(found).collect();
        let severity = Values::of(segment, FACET_SEVERITY, severities.fold, asked.severity.as_deref())?;
        let service = Values::of(segment, FACET_SERVICE, services.fold, asked.service.as_deref())?;
        let date: Column<u64> = segment.fast_fields().u64(DATE)?;
        let (mut by_severity, mut by_service) = (severity.counts(), service.counts());
        let mut in_year = |date: u64| {
            if date >= 10_000 {
                *years.entry(date / 10_000).or_default() += 1;
            }
        };
        if picked {
            let wanted_year = asked.year.map(u64::from);
            for document in found {
                let day = date.first(document).unwrap_or_default();
                let is_then = wanted_year.is_none_or(|wanted| wanted == day / 10_000);
                let (is_severe, is_service) = (severity.passes(document), service.passes(document));
                if is_service && is_then {
                    severity.add(document, &mut by_severity);
                }
                if is_severe && is_then {
                    service.add(document, &mut by_service);
                }
                if is_severe && is_service {
                    in_year(day);
                }
            }
        } else {
            severity.add_all(&found, &mut by_severity);
            service.add_all(&found, &mut by_service);
            in_blocks(&date, &found, in_year);
        }
        severities.take(&severity, &by_severity);
        services.take(&service, &by_service);
    }
    let year = |(year, count): (u64, u64)| Facet { value: year.to_string(), count };
    Ok(Facets {
        severity: severities.facets(usize::MAX),
        service: services.facets(MOST_SERVICES),
        year: years.into_iter().rev().map(year).collect(),
    })
}

/// The services of all postmortems but those with a hidden id, each once as most write it, in the order of the alphabet.
pub(super) fn services(index: &Index, hidden: &[String]) -> Result<Vec<String>, IndexError> {
    let searcher = index.reader.searcher();
    let mut not_told = HashSet::new();
    for term in query::ids(index.fields, hidden) {
        holders(&searcher, &term, |at| {
            not_told.insert(at);
        })?;
    }
    let mut services = Labels::new(analyzer::plain_label);
    for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
        let values = Values::of(segment, FACET_SERVICE, services.fold, None)?;
        let is_told = |document: &DocId| !not_told.contains(&DocAddress::new(ord, *document));
        let told: Vec<DocId> = segment.doc_ids_alive().filter(is_told).collect();
        let mut counts = values.counts();
        values.add_all(&told, &mut counts);
        services.take(&values, &counts);
    }
    let mut names: Vec<String> = services.facets(usize::MAX).into_iter().map(|facet| facet.value).collect();
    names.sort_unstable();
    Ok(names)
}

/// What the given answers have in common: for those that share no word with the question.
pub(super) fn of_hits<'a>(hits: impl Iterator<Item = &'a Hit>) -> Facets {
    let (mut severities, mut services) =
        (Labels::new(analyzer::severity), Labels::new(analyzer::plain_label));
    let mut years: BTreeMap<u64, u64> = BTreeMap::new();
    for hit in hits {
        if let Some(severity) = &hit.card.severity {
            severities.one(severity, 1);
        }
        for service in &hit.card.services {
            services.one(service, 1);
        }
        let year = hit.card.date.as_deref().map_or(0, super::schema::date_key) / 10_000;
        if year > 0 {
            *years.entry(year).or_default() += 1;
        }
    }
    let year = |(year, count): (u64, u64)| Facet { value: year.to_string(), count };
    Facets {
        severity: severities.facets(usize::MAX),
        service: services.facets(MOST_SERVICES),
        year: years.into_iter().rev().map(year).collect(),
    }
}

/// The documents that have a word of the question, by segment.
#[derive(Default)]
pub(super) struct Worded(Vec<Vec<bool>>);

impl Worded {
    /// Takes the next documents.
    pub(super) fn take(&mut self, block: &Block<'_>) {
        let segment = block.segment as usize;
        if self.0.len() <= segment {
            self.0.resize_with(segment + 1, Vec::new);
        }
        if let Some(segment) = self.0.get_mut(segment) {
            segment.extend(block.scores.iter().map(|score| *score > 0.0));
        }
    }
}

/// By segment, the documents that have a word or a label of the question; none where all do, because nothing is asked.
/// `worded` are those that have been seen to have a word, if any were looked at.
pub(super) fn matching(
    searcher: &Searcher,
    fields: Fields,
    wanted: &Wanted,
    words: &Words<'_>,
    mut worded: Worded,
) -> Result<Vec<Option<Vec<bool>>>, IndexError> {
    if wanted.has_no_words() {
        return Ok(Vec::new());
    }
    if worded.0.is_empty() {
        words.each_block(searcher, fields, |block| worded.take(block))?;
    }
    let mut found: Vec<Option<Vec<bool>>> = worded.0.into_iter().map(Some).collect();
    for label in &wanted.labels {
        holders(searcher, &label.term, |at| {
            let segment = found.get_mut(at.segment_ord as usize).and_then(Option::as_mut);
            if let Some(here) = segment.and_then(|s| s.get_mut(at.doc_id as usize)) {
                *here = true;
            }
        })?;
    }
    Ok(found)
}

/// Documents whose values are read together: one by one takes several times as long.
const BLOCK: usize = 1024;

/// Calls `each` with every value of the documents, which must be in order.
fn in_blocks(column: &Column<u64>, documents: &[DocId], mut each: impl FnMut(u64)) {
    let (mut having, mut rows, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for block in documents.chunks(BLOCK) {
        having.clear();
        rows.clear();
        column.row_ids_for_docs(block, &mut having, &mut rows);
        values.clear();
        values.resize(rows.len(), 0);
        column.values.get_vals(&rows, &mut values);
        values.iter().copied().for_each(&mut each);
    }
}

/// The values of a column in one segment, and which of them are picked.
pub(super) struct Values {
    column: Option<StrColumn>,
    pub(super) names: Vec<String>,
    picked: Option<Vec<bool>>,
}

impl Values {
    pub(super) fn of(
        segment: &SegmentReader,
        name: &str,
        fold: Fold,
        picked: Option<&str>,
    ) -> Result<Self, IndexError> {
        let column = segment.fast_fields().str(name)?;
        let mut names = Vec::new();
        if let Some(column) = &column {
            // In one go: looked up one by one, each name is searched from the start of its block.
            let damaged = |error: &dyn std::fmt::Display| IndexError::Damaged(error.to_string());
            let mut stream = column.dictionary().stream().map_err(|error| damaged(&error))?;
            while stream.advance() {
                let name = std::str::from_utf8(stream.key()).map_err(|error| damaged(&error))?;
                names.push(name.to_owned());
            }
        }
        let picked = picked.map(|wanted| names.iter().map(|name| fold(name) == fold(wanted)).collect());
        Ok(Self { column, names, picked })
    }

    fn counts(&self) -> Vec<u64> {
        vec![0; self.names.len()]
    }

    pub(super) fn ords(&self, document: DocId) -> impl Iterator<Item = usize> + '_ {
        let ords = self.column.iter().flat_map(move |column| column.ords().values_for_doc(document));
        ords.filter_map(|ord| usize::try_from(ord).ok())
    }

    /// Whether a document has what is picked, if anything is.
    fn passes(&self, document: DocId) -> bool {
        let Some(picked) = &self.picked else { return true };
        self.ords(document).any(|ord| picked.get(ord).copied().unwrap_or(false))
    }

    /// Adds many documents, which must be in order.
    fn add_all(&self, documents: &[DocId], counts: &mut [u64]) {
        if let Some(column) = &self.column {
            in_blocks(column.ords(), documents, |ord| {
                if let Some(count) = usize::try_from(ord).ok().and_then(|ord| counts.get_mut(ord)) {
                    *count += 1;
                }
            });
        }
    }

    fn add(&self, document: DocId, counts: &mut [u64]) {
        for ord in self.ords(document) {
            if let Some(count) = counts.get_mut(ord) {
                *count += 1;
            }
        }
    }
}

/// Labels over all segments, those that are compared alike together.
struct Labels {
    fold: Fold,
    all: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Labels {
    fn new(fold: Fold) -> Self {
        Self { fold, all: BTreeMap::new() }
    }

    fn one(&mut self, name: &str, count: u64) {
        let forms = self.all.entry((self.fold)(name)).or_default();
        *forms.entry(name.trim().to_owned()).or_default() += count;
    }

    fn take(&mut self, values: &Values, counts: &[u64]) {
        for (name, count) in values.names.iter().zip(counts).filter(|(_, count)| **count > 0) {
            self.one(name, *count);
        }
    }

    /// The most frequent first, each in its most frequent form.
    fn facets(self, most: usize) -> Vec<Facet> {
        let facet = |forms: BTreeMap<String, u64>| {
            let count = forms.values().sum();
            let value = forms.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
            value.filter(|(value, _)| !value.is_empty()).map(|(value, _)| Facet { value, count })
        };
        let mut facets: Vec<Facet> = self.all.into_values().filter_map(facet).collect();
        facets.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        facets.truncate(most);
        facets
    }
}
