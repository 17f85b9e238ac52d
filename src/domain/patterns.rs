//! What recurs over an archive: services, contributing factors, who noticed it, severities and tags by quarter, with a
//! trend, and groups of incidents that are alike. Pure: it must not count documents (`index` does) and reads no clock.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

use crate::domain::question::Field;
use crate::domain::words::words;

mod lines;
mod text;

pub use lines::Line;

words! {
    /// By what incidents are counted.
    Dimension "way to count what recurs" {
        /// Services that were touched.
        Service = "service" | "services",
        /// What the contributing factors are about.
        Factor = "factor" | "factors" | "cause",
        /// Who or what noticed it.
        Detection = "detection" | "detected" | "source",
        /// The severity.
        Severity = "severity" | "sev",
        /// Tags.
        Tag = "tag" | "tags",
    }
}

impl Dimension {
    /// The field of a question that asks for one value.
    #[must_use]
    pub const fn field(self) -> Field {
        match self {
            Self::Service => Field::Service,
            Self::Factor => Field::Factor,
            Self::Detection => Field::Detection,
            Self::Severity => Field::Severity,
            Self::Tag => Field::Tag,
        }
    }
}

/// A quarter of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    /// The year.
    pub year: i32,
    /// 1 to 4.
    pub number: u32,
}

impl Quarter {
    /// The quarter of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), number: day.month0() / 3 + 1 }
    }

    /// The quarter before.
    #[must_use]
    pub const fn before(self) -> Self {
        match self.number {
            0 | 1 => Self { year: self.year - 1, number: 4 },
            number => Self { year: self.year, number: number - 1 },
        }
    }

    /// So many quarters up to this one, the oldest first.
    #[must_use]
    pub fn last(self, count: usize) -> Vec<Self> {
        let mut all: Vec<Self> =
            std::iter::successors(Some(self), |q| Some(q.before())).take(count).collect();
        all.reverse();
        all
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.year, self.number)
    }
}

impl Serialize for Quarter {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// Where a count is going: the later half of the quarters against the earlier half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Trend {
    /// None in the earlier half.
    New,
    /// Two more at least, and half as many again.
    Rising,
    /// Neither.
    Steady,
    /// Two fewer at least, and a third fewer.
    Falling,
    /// None in the later half.
    Gone,
}

impl Trend {
    /// The trend of counts by quarter, the oldest first.
    #[must_use]
    pub fn of(counts: &[u64]) -> Self {
        let (earlier, later) = counts.split_at(counts.len() / 2);
        let (earlier, later): (u64, u64) = (earlier.iter().sum(), later.iter().sum());
        match (earlier, later) {
            (0, _) => Self::New,
            (_, 0) => Self::Gone,
            (a, b) if b >= a + 2 && 2 * b >= 3 * a => Self::Rising,
            (a, b) if a >= b + 2 && 2 * a >= 3 * b => Self::Falling,
            _ => Self::Steady,
        }
    }

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Rising => "rising",
            Self::Steady => "steady",
            Self::Falling => "falling",
            Self::Gone => "gone",
        }
    }
}

/// A value in a quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The quarter.
    pub quarter: Quarter,
    /// How many incidents.
    pub count: u64,
    /// Their ids, the newest first; at most as many as the index gives.
    pub ids: Vec<String>,
    /// The query that lists them.
    pub query: String,
}

/// A value over the quarters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The value as postmortems write it.
    pub value: String,
    /// How many incidents in all quarters that are shown.
    pub count: u64,
    /// Where it is going.
    pub trend: Trend,
    /// One for each quarter.
    pub cells: Vec<Cell>,
    /// The query that lists all.
    pub query: String,
}

impl Row {
    /// A row of a table from the ids and the number of incidents in each quarter, over what a query finds; an empty
    /// one finds all.
    #[must_use]
    pub fn new(over: &str, by: Dimension, value: String, cells: Vec<(Quarter, u64, Vec<String>)>) -> Self {
        let counts: Vec<u64> = cells.iter().map(|(_, count, _)| *count).collect();
        let query = format!("{} {}", closed(over).trim(), asked(by.field(), &value)).trim_start().to_owned();
        let cell = |(quarter, count, ids): (Quarter, u64, Vec<String>)| Cell {
            quarter,
            count,
            ids,
            query: format!("{query} quarter:{quarter}"),
        };
        let cells = cells.into_iter().map(cell).collect();
        Self { value, count: counts.iter().sum(), trend: Trend::of(&counts), cells, query }
    }
}

/// What is counted by one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// By what.
    pub by: Dimension,
    /// The most frequent values first.
    pub rows: Vec<Row>,
    /// How many further values there are.
    pub more: usize,
    /// How many incidents have no value.
    pub without: u64,
}

/// An incident of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its day, as far as it is known.
    pub date: Option<String>,
    /// Its severity.
    pub severity: Option<String>,
}

/// Incidents that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Words and tags that most of them have; empty: alike in meaning only.
    pub shared: Vec<String>,
    /// The incidents, the newest first.
    pub members: Vec<Member>,
    /// How many in each quarter that is shown; none where not all of a quarter were compared.
    pub counts: Vec<Option<u64>>,
    /// Where it is going; none where that is not known, because not all quarters were compared.
    pub trend: Option<Trend>,
    /// The query that lists them.
    pub query: String,
}

impl Cluster {
    /// A group and how many of it are in each quarter.
    #[must_use]
    pub fn new(shared: Vec<String>, members: Vec<Member>, counts: Vec<Option<u64>>) -> Self {
        let ids: Vec<String> = members.iter().map(|member| quoted(&member.id)).collect();
        // A quoted value stands alone; ids with blanks or commas are asked one by one.
        let query = if ids.iter().any(|id| id.starts_with('"')) {
            ids.first().map_or_else(String::new, |id| format!("id:{id}"))
        } else {
            format!("id:{}", ids.join(","))
        };
        let known: Option<Vec<u64>> = counts.iter().copied().collect();
        Self { shared, trend: known.map(|counts| Trend::of(&counts)), members, counts, query }
    }
}

/// What recurs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Patterns {
    /// The quarters that are shown, the oldest first.
    pub quarters: Vec<Quarter>,
    /// How many incidents are in them.
    pub counted: u64,
    /// How many are older, or later.
    pub outside: u64,
    /// How many have no quarter, because their day is not known.
    pub undated: u64,
    /// How many were drills, tests, false alarms or duplicates: they are counted nowhere else.
    pub asides: u64,
    /// How many of those that are counted were compared with each other for the groups: the newest. None, where groups
    /// were not asked for.
    pub compared: u64,
    /// Groups of incidents that are alike, the largest first.
    pub clusters: Vec<Cluster>,
    /// The tables.
    pub tables: Vec<Table>,
    /// What of the query was not understood, and what was done instead.
    pub notes: Vec<String>,
}

impl Patterns {
    /// How many were compared for the groups, where that is not all.
    fn compared_only(&self) -> Option<String> {
        (self.compared > 0 && self.compared < self.counted)
            .then(|| format!("the newest {} of {} compared", self.compared, self.counted))
    }
}

/// The query that asks for a value.
fn asked(field: Field, value: &str) -> String {
    format!("{field}:{}", quoted(value))
}

/// A query without a quote that is left open: it would end at the next one, in what is asked behind it.
fn closed(query: &str) -> String {
    let quotes: Vec<(usize, &str)> = query.match_indices(['"', '“', '”', '„']).collect();
    match quotes.last() {
        Some((at, quote)) if quotes.len() % 2 == 1 => {
            let (before, after) = query.split_at_checked(*at).unwrap_or((query, ""));
            format!("{before} {}", after.strip_prefix(*quote).unwrap_or(after))
        }
        _ => query.to_owned(),
    }
}

fn quoted(value: &str) -> String {
    let plain = !value.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '"'));
    if plain { value.to_owned() } else { format!("\"{}\"", value.replace('"', " ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_count_back_over_the_turn_of_the_year() {
        let now = Quarter::of(NaiveDate::from_ymd_opt(2026, 5, 31).unwrap());
        let told: Vec<String> = now.last(4).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]);
    }

    #[test]
    fn a_trend_compares_the_later_half_with_the_earlier() {
        for (counts, trend) in [
            (&[0, 0, 1, 0][..], Trend::New),
            (&[1, 0, 1, 2], Trend::Rising),
            (&[1, 1, 1, 2], Trend::Steady),
            (&[2, 2, 1, 0], Trend::Falling),
            (&[1, 0, 0, 0], Trend::Gone),
            (&[4, 4, 5, 5], Trend::Steady),
        ] {
            assert_eq!(Trend::of(counts), trend, "{counts:?}");
        }
    }

    #[test]
    fn what_was_not_compared_is_told_beside_the_groups() {
        let member =
            |id: &str| Member { id: id.to_owned(), title: "t".to_owned(), date: None, severity: None };
        let group = |counts| Cluster::new(Vec::new(), vec![member("A"), member("B")], counts);
        let mut found = Patterns {
            counted: 5,
            compared: 2,
            clusters: vec![group(vec![None, Some(2)])],
            ..Patterns::default()
        };
        let text = found.to_text();
        assert!(
            text.contains("same failure again; the newest 2 of 5 compared)\n  2 incidents: close"),
            "{text}"
        );
        assert!(found.lines()[0].heading.ends_with("(the newest 2 of 5 compared)"), "{:?}", found.lines());
        found.clusters.clear();
        assert!(found.to_text().contains("Alike: none (the newest 2 of 5 compared)"), "{}", found.to_text());
        found = Patterns { compared: 5, clusters: vec![group(vec![Some(1), Some(1)])], ..found };
        assert!(
            found.to_text().contains("failure again)\n  2 incidents, steady: close"),
            "{}",
            found.to_text()
        );
    }

    #[test]
    fn a_cell_names_the_query_that_lists_it() {
        let quarter = Quarter { year: 2025, number: 4 };
        let over = |over: &str, value: &str| {
            Row::new(over, Dimension::Service, value.to_owned(), vec![(quarter, 1, vec![])])
        };
        let row = |value: &str| over("", value);
        assert_eq!(row("payments").cells[0].query, "service:payments quarter:2025-Q4");
        assert_eq!(row("card gateway").query, "service:\"card gateway\"");
        let within = over(" -dns \"timed out\" ", "payments");
        assert_eq!(within.query, "-dns \"timed out\" service:payments");
        assert_eq!(over("a \"b", "c d").query, "a  b service:\"c d\"");
        assert_eq!(within.cells[0].query, "-dns \"timed out\" service:payments quarter:2025-Q4");
        let asked = crate::domain::question::Question::read(&row("a, b").query, None, false);
        assert_eq!(
            (asked.labels[0].values.as_slice(), asked.notes.len()),
            (["a, b".to_owned()].as_slice(), 0)
        );
    }
}
