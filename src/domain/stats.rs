//! Figures over many incidents, from the rows of lists: how many, how long, what was learned and shipped. Pure: the
//! same rows and day give the same figures. It must not read logs, and it
//! defines each figure next to computing it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use crate::domain::recurrence::AGAIN;
use crate::domain::stories::{Rules, is_orphaned};
use crate::domain::summary::{StorySummary, Summary};
use crate::domain::words::{IncidentKind, Milestone, State, StoryState, words};

mod text;

words! {
    /// By what figures are told apart.
    By "way to tell figures apart" {
        /// The month of the declaration.
        Month = "month" | "period",
        /// The quarter of the declaration.
        Quarter = "quarter",
        /// The year of the declaration.
        Year = "year",
        /// The severity.
        Severity = "severity",
        /// Real or backfilled.
        Kind = "kind",
        /// Each service that was touched.
        Service = "service",
    }
}

/// The spans that are measured: short name, from, to.
const SPANS: [(&str, Milestone, Milestone); 6] = [
    ("time to detect", Milestone::Started, Milestone::Detected),
    ("time to acknowledge", Milestone::Detected, Milestone::Acknowledged),
    ("time to contain", Milestone::Detected, Milestone::Contained),
    ("time to mitigate", Milestone::Detected, Milestone::Mitigated),
    ("time to resolve", Milestone::Detected, Milestone::Resolved),
    ("time of impact", Milestone::Started, Milestone::Mitigated),
];

/// A span between two milestones over many incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// Its name.
    pub name: &'static str,
    /// The milestone from which it is counted.
    pub from: Milestone,
    /// The milestone to which it is counted.
    pub to: Milestone,
    /// How many incidents have both, in this order.
    pub n: usize,
    /// How many were left out because one of the two is not marked.
    pub missing: usize,
    /// How many were left out because the later one is marked before the earlier one.
    pub reversed: usize,
    /// The middle value in ms; absent when there is none.
    pub median_ms: Option<i64>,
    /// The value that nine of ten do not exceed, in ms; absent when there is none.
    pub p90_ms: Option<i64>,
}

/// Where the improvement stories of the counted incidents stand.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StoryFigures {
    /// All that were filed.
    pub filed: usize,
    /// How many stand in each state now.
    pub by_state: BTreeMap<String, usize>,
    /// How many are shipped or verified.
    pub closed: usize,
    /// The share of `closed` among those that were not dropped, 0 to 1; absent when there are none.
    pub closure_rate: Option<f64>,
    /// How many are verified.
    pub verified: usize,
    /// How many have not shipped and are past their day.
    pub overdue: usize,
    /// Filed or started, and nobody took them in the team's time for that.
    pub unassigned_overdue: usize,
}

/// The figures over some incidents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// How many incidents are counted.
    pub counted: usize,
    /// The counted ones by severity; `unset` for none.
    pub by_severity: BTreeMap<String, usize>,
    /// The counted ones by state.
    pub by_state: BTreeMap<String, usize>,
    /// The counted ones that were reopened at least once.
    pub reopened: usize,
    /// The counted ones of which a person said that they are the same failure as an earlier one.
    pub recurrences: usize,
    /// The counted ones that are resolved and owe something yet.
    pub owing: usize,
    /// The counted ones that are over and have neither a published nor a waived postmortem.
    pub postmortems_owed: usize,
    /// Spans between milestones.
    pub times: Vec<Measured>,
    /// Improvement stories of the counted incidents.
    pub stories: StoryFigures,
}

/// The figures over the counted incidents that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// What they have in common: a month, a severity, a service.
    pub name: String,
    /// Their figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// All figures; the fields are those of `stats --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// Only incidents declared on this day or later; absent for all.
    pub since: Option<NaiveDate>,
    /// The day of which the figures are (UTC).
    pub today: NaiveDate,
    /// The figures over all counted incidents.
    #[serde(flatten)]
    pub all: Figures,
    /// All incidents by kind, drills and tests included, those in `dismissed` not.
    pub by_kind: BTreeMap<String, usize>,
    /// Real ones that turned out to be nothing or another incident, by disposition; not counted above.
    pub dismissed: BTreeMap<String, usize>,
    /// By what `parts` are told apart; absent when nobody asked.
    pub by: Option<By>,
    /// The same figures for each part, in the order of time or name.
    pub parts: Vec<Part>,
    /// What each figure means.
    pub definitions: Vec<Definition>,
}

/// What a figure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The figure.
    pub figure: &'static str,
    /// What it means.
    pub means: &'static str,
}

/// What each figure means, for people.
pub const DEFINITIONS: &[Definition] = &[
    Definition {
        figure: "counted",
        means: "incidents of kind real or backfilled that are neither false alarms nor duplicates; drills and tests \
                enter no figure but their own count by kind",
    },
    Definition {
        figure: "since",
        means: "the day on which an incident was declared (UTC), or was said to be",
    },
    Definition {
        figure: "by kind",
        means: "all incidents, drills and tests included, but those that are dismissed",
    },
    Definition {
        figure: "dismissed",
        means: "real or backfilled incidents with the disposition false-alarm or duplicate-of",
    },
    Definition {
        figure: "time from A to B",
        means: "between the two milestones as marked or amended, of the incidents that have both in this order; \
                there is no mean, because one long incident would rule it",
    },
    Definition {
        figure: "n",
        means: "how many incidents have both milestones in this order; miss: how many lack one; rev: how many have \
                them the other way round",
    },
    Definition { figure: "median", means: "the middle value; of an even number, the mean of the middle two" },
    Definition { figure: "p90", means: "the smallest value that nine of ten do not exceed (nearest rank)" },
    Definition {
        figure: "closure rate",
        means: "stories shipped or verified, of all filed by counted incidents but those dropped",
    },
    Definition {
        figure: "unassigned too long",
        means: "stories filed or started without an owner, filed longer ago than [stories] assign-within",
    },
    Definition { figure: "overdue", means: "stories filed or started whose day is before today (UTC)" },
    Definition {
        figure: "the same failure again",
        means: "counted incidents linked to an earlier one as its recurrence, by a person; what recurs a drill, a test, a \
                false alarm or a duplicate is none",
    },
    Definition {
        figure: "parts",
        means: "month, quarter and year are those of the declaration (UTC); an incident with several services is in \
                the part of each",
    },
    Definition {
        figure: "postmortems owed",
        means: "counted incidents that are resolved, with a postmortem neither published nor waived; a close waives \
                what it leaves open",
    },
];

/// Computes the figures.
#[must_use]
pub fn stats(
    rows: &[Summary],
    stories: &[StorySummary],
    since: Option<NaiveDate>,
    by: Option<By>,
    today: NaiveDate,
    rules: Rules,
) -> Stats {
    // Of all: what recurs may be older than the first day.
    let asides: BTreeSet<String> =
        rows.iter().filter(|row| !row.is_counted()).map(|row| row.id.to_string()).collect();
    let rows: Vec<&Summary> =
        rows.iter().filter(|row| since.is_none_or(|day| row.declared_at.date_naive() >= day)).collect();
    let enters = |row: &&&Summary| matches!(row.kind, IncidentKind::Real | IncidentKind::Backfilled);
    let (dismissed, counted): (Vec<&Summary>, Vec<&Summary>) =
        rows.iter().filter(enters).copied().partition(|row| row.is_dismissed());
    let mut of_kinds = rows.clone();
    of_kinds.retain(|row| !(enters(&row) && row.is_dismissed()));
    let mut parts: BTreeMap<String, Vec<&Summary>> = BTreeMap::new();
    for row in &counted {
        for name in by.map(|by| names(by, row)).unwrap_or_default() {
            parts.entry(name).or_default().push(*row);
        }
    }
    Stats {
        since,
        today,
        all: figures(&counted, &asides, stories, today, rules),
        by_kind: tally(&of_kinds, |row| row.kind.to_string()),
        dismissed: tally(&dismissed, |row| row.disposition.map_or_else(String::new, |d| d.to_string())),
        by,
        parts: parts
            .into_iter()
            .map(|(name, rows)| Part { name, figures: figures(&rows, &asides, stories, today, rules) })
            .collect(),
        definitions: DEFINITIONS.to_vec(),
    }
}

/// The parts to which an incident belongs.
fn names(by: By, row: &Summary) -> Vec<String> {
    let day = row.declared_at.date_naive();
    let name = match by {
        By::Month => day.format("%Y-%m").to_string(),
        By::Quarter => format!("{}-Q{}", day.year(), day.month0() / 3 + 1),
        By::Year => day.year().to_string(),
        By::Severity => severity(row),
        By::Kind => row.kind.to_string(),
        By::Service if row.services.is_empty() => "no service".to_owned(),
        By::Service => {
            let services: BTreeSet<&String> = row.services.iter().collect();
            return services.into_iter().cloned().collect();
        }
    };
    vec![name]
}

fn severity(row: &Summary) -> String {
    row.severity.clone().unwrap_or_else(|| "unset".to_owned())
}

/// `asides`: the names of the incidents that are not counted.
fn figures(
    counted: &[&Summary],
    asides: &BTreeSet<String>,
    stories: &[StorySummary],
    today: NaiveDate,
    rules: Rules,
) -> Figures {
    let over = |row: &&&Summary| row.state != State::Open;
    let recurs =
        |row: &&&Summary| row.related.iter().any(|r| r.relation == AGAIN && !asides.contains(&r.incident));
    let ids: BTreeSet<_> = counted.iter().map(|row| row.id).collect();
    let stories: Vec<&StorySummary> = stories.iter().filter(|story| ids.contains(&story.incident)).collect();
    Figures {
        counted: counted.len(),
        by_severity: tally(counted, severity),
        by_state: tally(counted, |row| row.state.to_string()),
        reopened: counted.iter().filter(|row| row.reopened > 0).count(),
        recurrences: counted.iter().filter(recurs).count(),
        owing: counted.iter().filter(|row| row.state == State::Resolved).count(),
        postmortems_owed: counted
            .iter()
            .filter(over)
            .filter(|row| row.postmortem.is_none() && !row.has_waived_postmortem())
            .count(),
        times: SPANS.iter().map(|(name, from, to)| measured(name, *from, *to, counted)).collect(),
        stories: story_figures(&stories, today, rules),
    }
}

fn tally<T>(rows: &[&T], key: impl Fn(&T) -> String) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for row in rows {
        *found.entry(key(row)).or_default() += 1;
    }
    found
}

fn measured(name: &'static str, from: Milestone, to: Milestone, rows: &[&Summary]) -> Measured {
    let point = |row: &Summary, milestone: Milestone| row.milestones.get(milestone.as_str()).copied();
    let (mut spans, mut missing, mut reversed) = (Vec::new(), 0, 0);
    for row in rows {
        match (point(row, from), point(row, to)) {
            (Some(a), Some(b)) if b >= a => spans.push((b - a).num_milliseconds()),
            (Some(_), Some(_)) => reversed += 1,
            _ => missing += 1,
        }
    }
    spans.sort_unstable();
    let (median_ms, p90_ms) = (median(&spans), nearest_rank(&spans, 90));
    Measured { name, from, to, n: spans.len(), missing, reversed, median_ms, p90_ms }
}

/// The middle of sorted values; the mean of the middle two.
fn median(sorted: &[i64]) -> Option<i64> {
    let middle = sorted.len() / 2;
    let high = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(high);
    }
    let low = *sorted.get(middle.checked_sub(1)?)?;
    Some(low + (high - low) / 2)
}

/// The smallest of sorted values that so many per cent of them do not exceed.
fn nearest_rank(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[expect(clippy::cast_precision_loss, reason = "nobody files 2^53 stories")]
fn story_figures(stories: &[&StorySummary], today: NaiveDate, rules: Rules) -> StoryFigures {
    let in_state = |state: StoryState| stories.iter().filter(|s| s.state == state).count();
    let verified = in_state(StoryState::Verified);
    let closed = in_state(StoryState::Shipped) + verified;
    let kept = stories.len() - in_state(StoryState::Dropped);
    StoryFigures {
        filed: stories.len(),
        by_state: tally(stories, |story| story.state.to_string()),
        closed,
        closure_rate: (kept > 0).then(|| closed as f64 / kept as f64),
        verified,
        overdue: stories.iter().filter(|s| s.is_overdue(today)).count(),
        unassigned_overdue: stories.iter().filter(|s| is_orphaned(s, today, rules)).count(),
    }
}

/// The day from which `since` counts: a year, a month or a day as typed.
#[must_use]
pub fn first_day(text: &str) -> Option<NaiveDate> {
    [text.to_owned(), format!("{text}-01"), format!("{text}-01-01")]
        .iter()
        .filter(|full| full.len() == 10)
        .find_map(|full| NaiveDate::parse_from_str(full, "%Y-%m-%d").ok())
}

#[cfg(test)]
mod tests;
