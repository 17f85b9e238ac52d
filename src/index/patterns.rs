//! Counting what recurs: values of columns by quarter, over all postmortems that pass a query. It must not rank; it reads
//! the stored part only of what it groups.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use tantivy::columnar::StrColumn;
use tantivy::{DocAddress, Searcher};

use super::facets::{Fold, Values, Worded, matching};
use super::filter::{Allowed, holders};
use super::schema::{DATE, DETECTION, FACET_SERVICE, FACET_SEVERITY, FACTOR, ID, Kind, TAG};
use super::terms::Words;
use super::{Index, IndexError, analyzer, clusters, query};
use crate::domain::account::Aside;
use crate::domain::patterns::{Dimension, Patterns, Quarter, Row, Table};

/// Most ids that a cell names; its query lists all.
const MOST_IDS: usize = 50;

/// What recurs is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatternQuery {
    /// Only what this finds; an empty text: all.
    pub query: super::Query,
    /// The quarters to show, the oldest first.
    pub quarters: Vec<Quarter>,
    /// By what to count.
    pub by: Vec<Dimension>,
    /// Most values of a table, and most groups.
    pub most: usize,
    /// Whether to group what is alike.
    pub clusters: bool,
    /// The ids of which nothing is told.
    pub hidden: Vec<String>,
    /// The ids that are not counted, whatever their postmortem says.
    pub asides: Vec<String>,
    /// The ids that are counted, whatever their postmortem says; in small letters.
    pub counted: HashSet<String>,
}

/// A postmortem in a quarter that is shown: its day as a number, and where it is.
pub(super) type Dated = (u64, DocAddress);

/// A value: how it is written, how often each way, and its postmortems by quarter.
#[derive(Default)]
struct Group {
    forms: BTreeMap<String, u64>,
    cells: BTreeMap<usize, Vec<Dated>>,
    count: usize,
}

/// See [`Index::patterns`].
pub(super) fn patterns(index: &Index, asked: &PatternQuery) -> Result<Patterns, IndexError> {
    let searcher = index.reader.searcher();
    let mut wanted = query::search(&searcher, index.fields, &index.thesaurus, &asked.query)?;
    let hidden = asked.hidden.iter().map(|id| index.fields.label(Kind::Id, &analyzer::plain_label(id)));
    wanted.excluded.extend(hidden);
    let words = Words::of(&searcher, index.fields, &wanted)?;
    let matching = matching(&searcher, index.fields, &wanted, &words, Worded::default())?;
    let allowed = Allowed::of(&searcher, index.fields, &wanted)?;
    let mut found =
        Patterns { quarters: asked.quarters.clone(), notes: wanted.notes.clone(), ..Patterns::default() };
    let asides = asides(&searcher, index, asked)?;
    // By quarter, what is to be counted.
    let mut shown: Vec<(usize, Dated)> = Vec::new();
    for (ord, segment) in (0_u32..).zip(searcher.segment_readers()) {
        let dates = segment.fast_fields().u64(DATE)?;
        let matching = matching.get(ord as usize).and_then(Option::as_ref);
        for document in segment.doc_ids_alive() {
            let at = DocAddress::new(ord, document);
            let matches = matching.is_none_or(|m| m.get(document as usize).copied().unwrap_or(false));
            if !matches || !allowed.has(at) {
                continue;
            }
            if asides.contains(&at) {
                found.asides += 1;
                continue;
            }
            let date = dates.first(document).unwrap_or_default();
            match quarter(date) {
                None => found.undated += 1,
                Some(quarter) => match asked.quarters.iter().position(|known| *known == quarter) {
                    Some(nth) => shown.push((nth, (date, at))),
                    None => found.outside += 1,
                },
            }
        }
    }
    found.counted = shown.len() as u64;
    for by in &asked.by {
        found.tables.push(table(&searcher, *by, asked, &shown)?);
    }
    if asked.clusters {
        (found.clusters, found.compared) = clusters::clusters(index, &searcher, asked, &shown)?;
    }
    Ok(found)
}

/// What is not counted: drills, tests, what was dismissed. What is asked about an id rules over what its postmortem said
/// when it was published.
fn asides(
    searcher: &Searcher,
    index: &Index,
    asked: &PatternQuery,
) -> Result<HashSet<DocAddress>, IndexError> {
    let mut found = HashSet::new();
    for aside in Aside::ALL {
        let label = index.fields.label(Kind::Aside, aside.as_str());
        holders(searcher, &label, |at| _ = found.insert(at))?;
    }
    if !found.is_empty() && !asked.counted.is_empty() {
        let ids = Ids::of(searcher)?;
        let mut counted = Vec::new();
        for at in &found {
            let named = ids.named(std::iter::once(&(0, *at)))?;
            if named.iter().any(|id| asked.counted.contains(&id.to_lowercase())) {
                counted.push(*at);
            }
        }
        counted.iter().for_each(|at| _ = found.remove(at));
    }
    for id in &asked.asides {
        let label = index.fields.label(Kind::Id, &analyzer::plain_label(id));
        holders(searcher, &label, |at| _ = found.insert(at))?;
    }
    Ok(found)
}

/// The quarter of a day as the index writes it; none when the month is not known.
fn quarter(date: u64) -> Option<Quarter> {
    let (year, month) = (date / 10_000, date / 100 % 100);
    let number = u32::try_from(month.checked_sub(1)? / 3 + 1).ok()?;
    (year > 0).then_some(Quarter { year: i32::try_from(year).ok()?, number })
}

fn column(by: Dimension) -> (&'static str, Fold) {
    match by {
        Dimension::Service => (FACET_SERVICE, analyzer::plain_label),
        Dimension::Severity => (FACET_SEVERITY, analyzer::severity),
        Dimension::Factor => (FACTOR, analyzer::plain_label),
        Dimension::Detection => (DETECTION, analyzer::plain_label),
        Dimension::Tag => (TAG, analyzer::plain_label),
    }
}

fn table(
    searcher: &Searcher,
    by: Dimension,
    asked: &PatternQuery,
    shown: &[(usize, Dated)],
) -> Result<Table, IndexError> {
    let (name, fold) = column(by);
    let values: Vec<Values> = searcher
        .segment_readers()
        .iter()
        .map(|segment| Values::of(segment, name, fold, None))
        .collect::<Result<_, _>>()?;
    // Each name of a segment is folded once, and from then on a number.
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of = |written: &String| {
        let folded = fold(written);
        (!folded.is_empty()).then(|| {
            *numbers.entry(folded).or_insert_with(|| {
                groups.push(Group::default());
                groups.len() - 1
            })
        })
    };
    let known: Vec<Vec<Option<usize>>> =
        values.iter().map(|values| values.names.iter().map(&mut group_of).collect()).collect();
    let mut without = 0;
    let mut taken: Vec<usize> = Vec::new();
    for (nth, dated) in shown {
        let segment = dated.1.segment_ord as usize;
        let Some((values, known)) = values.get(segment).zip(known.get(segment)) else { continue };
        taken.clear();
        for ord in values.ords(dated.1.doc_id) {
            let (Some(Some(number)), Some(written)) = (known.get(ord), values.names.get(ord)) else {
                continue;
            };
            // `SEV-1` and `sev1` in one postmortem are one.
            if taken.contains(number) {
                continue;
            }
            let Some(group) = groups.get_mut(*number) else { continue };
            match group.forms.get_mut(written.trim()) {
                Some(count) => *count += 1,
                None => {
                    group.forms.insert(written.trim().to_owned(), 1);
                }
            }
            group.cells.entry(*nth).or_default().push(*dated);
            group.count += 1;
            taken.push(*number);
        }
        without += u64::from(taken.is_empty());
    }
    groups.retain(|group| group.count > 0);
    let written = |group: &Group| {
        let most = group.forms.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
        most.map_or_else(String::new, |(form, _)| form.clone())
    };
    groups.sort_by_cached_key(|group| (Reverse(group.count), written(group)));
    let more = groups.len().saturating_sub(asked.most);
    groups.truncate(asked.most);
    let ids = Ids::of(searcher)?;
    let mut rows = Vec::new();
    for mut group in groups {
        let value = written(&group);
        let mut cells = Vec::new();
        for (nth, quarter) in asked.quarters.iter().enumerate() {
            let mut dated = group.cells.remove(&nth).unwrap_or_default();
            dated.sort_unstable_by(|a, b| b.cmp(a));
            let count = dated.len() as u64;
            cells.push((*quarter, count, ids.named(dated.iter().take(MOST_IDS))?));
        }
        rows.push(Row::new(&asked.query.text, by, value, cells));
    }
    Ok(Table { by, rows, more, without })
}

/// The ids of postmortems, from their column.
struct Ids(Vec<Option<StrColumn>>);

impl Ids {
    fn of(searcher: &Searcher) -> Result<Self, IndexError> {
        let columns = searcher.segment_readers().iter().map(|segment| Ok(segment.fast_fields().str(ID)?));
        Ok(Self(columns.collect::<Result<_, IndexError>>()?))
    }

    fn named<'a>(&self, all: impl Iterator<Item = &'a Dated>) -> Result<Vec<String>, IndexError> {
        let mut names = Vec::new();
        for (_, at) in all {
            let Some(Some(column)) = self.0.get(at.segment_ord as usize) else { continue };
            let Some(ord) = column.ords().first(at.doc_id) else { continue };
            let mut name = String::new();
            column.ord_to_str(ord, &mut name).map_err(|error| IndexError::Damaged(error.to_string()))?;
            names.push(name);
        }
        Ok(names)
    }
}
