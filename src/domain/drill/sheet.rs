//! The score sheet in words, for the command line and the room alike. It must not judge (`score` does).

use chrono::NaiveDate;

use super::score::{ExpectationScore, Sheet, Standing, Totals};
use crate::domain::event::DrillImprovement;
use crate::domain::ids::IncidentId;
use crate::domain::time::{Span, format_span, with_zone};
use crate::domain::zone::Tz;

/// A run of a drill beside others of the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// The incident.
    pub id: IncidentId,
    /// The day on which it began, in UTC.
    pub date: NaiveDate,
    /// What came of it.
    pub totals: Totals,
}

/// The whole sheet, the earlier runs of the same drill below it.
#[must_use]
pub fn lines(sheet: &Sheet, earlier: &[Earlier]) -> Vec<String> {
    let began = sheet.began;
    let day = began.date_naive();
    let course = match sheet.ended {
        Some(ended) => format!("over after {}", format_span((ended - began).max(Span::zero()))),
        None => "in progress".to_owned(),
    };
    let mut lines = vec![
        format!("DRILL {} · {} · {}", sheet.name, sheet.title, sheet.id),
        format!(
            "facilitator {} · began {day} {} UTC · {course}",
            sheet.facilitator,
            with_zone(began, Tz::UTC)
        ),
        totals(sheet.totals),
        String::new(),
    ];
    for inject in &sheet.injects {
        let at = match inject.given {
            Some(given) if given == inject.planned => t_plus(given),
            Some(given) => format!("{} (planned {})", t_plus(given), t_plus(inject.planned)),
            None if sheet.ended.is_some() => format!("{} (not told)", t_plus(inject.planned)),
            None => format!("{} (to come)", t_plus(inject.planned)),
        };
        lines.push(format!("{at}  {}", inject.text));
        lines.extend(inject.expectations.iter().map(expectation));
    }
    lines.push(String::new());
    let response = [
        ("commander", sheet.response.commander),
        ("severity", sheet.response.severity),
        ("contained", sheet.response.contained),
        ("first update", sheet.response.update),
    ];
    let response = response.map(|(what, after)| {
        after.map_or_else(|| format!("{what} never"), |after| format!("{what} after {}", format_span(after)))
    });
    lines.push(format!("from the declaration: {}", response.join(" · ")));
    if !earlier.is_empty() {
        lines.push("earlier runs:".to_owned());
        lines.extend(earlier.iter().map(|run| {
            let t = run.totals;
            format!(
                "  {} {}  met {} of {} · late {} · missed {}",
                run.date,
                run.id,
                t.met,
                t.expected(),
                t.late,
                t.missed
            )
        }));
    }
    if !sheet.improvements.is_empty() {
        lines.push("gaps: what could be filed".to_owned());
        lines.extend(sheet.improvements.iter().map(|i| format!("  {}", story_command(sheet.id, i))));
    }
    lines
}

/// How many expectations stand where.
#[must_use]
pub fn totals(totals: Totals) -> String {
    let Totals { met, late, missed, open, to_judge } = totals;
    let open = if open == 0 { String::new() } else { format!(" · open {open}") };
    format!("met {met} · late {late} · missed {missed}{open} · to judge {to_judge} of {}", totals.expected())
}

/// The command that files an improvement.
#[must_use]
pub fn story_command(id: IncidentId, improvement: &DrillImprovement) -> String {
    let kind = improvement.kind.map(|kind| format!(" --kind {kind}")).unwrap_or_default();
    format!("warroom story add {id} '{}'{kind}", improvement.text.replace('\'', "'\\''"))
}

/// After how many days a drill should be run again: seed `003…`, section 20, once a quarter.
const QUARTER: i64 = 92;

/// When a drill was last run, in words, and whether it should be run again.
#[must_use]
pub fn recency(last: Option<NaiveDate>, today: NaiveDate) -> (String, bool) {
    let Some(last) = last else { return ("never run".to_owned(), true) };
    let days = (today - last).num_days().max(0);
    let ago = match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        2..=59 => format!("{days} days ago"),
        _ => format!("{} months ago", days / 30),
    };
    let due = days > QUARTER;
    (format!("last run {ago}{}", if due { ": due" } else { "" }), due)
}

/// A moment of an exercise.
#[must_use]
pub fn t_plus(span: Span) -> String {
    if span == Span::zero() {
        return "T+0m".to_owned();
    }
    if span < Span::zero() { format!("T-{}", format_span(-span)) } else { format!("T+{}", format_span(span)) }
}

fn expectation(e: &ExpectationScore) -> String {
    let mut line = format!("  {:>3} {:<8}  {}", e.number, e.standing, e.text);
    let within = e.within.map(|within| format!(" of {}", format_span(within))).unwrap_or_default();
    match (e.at, e.after) {
        (Some(at), Some(after)) if after < Span::zero() => {
            line.push_str(&format!("  [{}, before]", t_plus(at)));
        }
        (Some(at), Some(after)) => {
            line.push_str(&format!("  [{}, +{}{within}]", t_plus(at), format_span(after)));
        }
        _ if e.standing == Standing::Open && e.within.is_some() => {
            line.push_str(&format!("  [within{}]", within.trim_start_matches(" of")));
        }
        _ => {}
    }
    if let Some(judged) = &e.judged {
        let reason = if judged.reason.is_empty() { String::new() } else { format!(": {}", judged.reason) };
        line.push_str(&format!("  ({} says so{reason})", judged.by));
    }
    line
}
