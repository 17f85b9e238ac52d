//! The day of an incident in the first lines of its postmortem. It must not take a day for it on which something is due,
//! or that has not come yet.

use chrono::NaiveDate;

use super::{HEAD_LINES, labelled};
use crate::domain::postmortem::document::{Part, Section};
use crate::domain::postmortem::{PartialDate, markdown};

/// What stands on a line whose day is one of what comes after the incident.
const AHEAD: [&str; 12] = [
    "due:",
    "due date",
    "due by",
    "due on",
    "deadline",
    "target date",
    "next review",
    "next meeting",
    "review date",
    "follow-up",
    "follow up",
    "followup",
];

/// The first day that the lines say, of those that say only when it was before all others. `line` is the one on which the
/// body begins; nothing is taken from its improvements, nor a day after the one that begins tomorrow: elsewhere that may
/// have come.
pub(super) fn find(
    body: &str,
    line: usize,
    sections: &[Section],
    today: Option<NaiveDate>,
) -> Option<PartialDate> {
    let last = today.map(|today| today.succ_opt().unwrap_or(today));
    let planned = |number: usize| {
        let improvements = sections.iter().filter(|section| section.part == Some(Part::Improvements));
        improvements.into_iter().any(|section| (section.line..=section.last).contains(&number))
    };
    let lines = markdown::lines_of(body).take(HEAD_LINES).enumerate();
    let head: Vec<&str> = lines
        .filter(|(nth, text)| !planned(line.saturating_add(*nth)) && !is_ahead(text))
        .map(|(_, text)| text)
        .collect();
    let day = |text: &&str| {
        PartialDate::find(text)
            .filter(|day| last.is_none_or(|last| day.earliest().is_some_and(|d| d <= last)))
    };
    head.iter().filter(|text| is_dated(text)).find_map(day).or_else(|| head.iter().find_map(day))
}

/// A line says when it was: `**Date:** 6 May 2024`, `| Date | 2024-05-06 |`. Other lines may name another day as well.
fn is_dated(line: &str) -> bool {
    labelled(line.trim_start_matches(['>', ' ']), &["incident date", "date", "happened", "when"]).is_some()
}

/// A line says when something has to be done: `Due: 2026-12-31`, `| Due | 2026-12-31 |`, `Next review on 3 May 2027`.
fn is_ahead(line: &str) -> bool {
    let bare: String = line.chars().filter(|c| !matches!(c, '*' | '_' | '`')).collect();
    if labelled(bare.trim_start_matches(['>', ' ']), &["due"]).is_some() {
        return true;
    }
    let lower = bare.to_lowercase();
    AHEAD.iter().any(|words| {
        lower
            .match_indices(words)
            .any(|(at, _)| !lower.get(..at).unwrap_or_default().ends_with(char::is_alphanumeric))
    })
}
