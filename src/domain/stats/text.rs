//! The figures for people: text that fits 80 columns, the definitions below. It must not compute any.

use std::collections::BTreeMap;

use super::{Figures, Stats};
use crate::domain::safe::one_line;
use crate::domain::time::{Span, format_span};
use crate::domain::words::StoryState;

/// How wide the text may be.
const WIDTH: usize = 80;

impl Stats {
    /// The figures for people, their definitions below.
    #[must_use]
    pub fn to_text(&self) -> String {
        let since =
            self.since.map_or_else(|| "all incidents".to_owned(), |day| format!("declared since {day}"));
        let of = format!("({since}, as of {})", self.today);
        let mut lines = Vec::new();
        let apart = |lines: &mut Vec<String>| {
            wrapped(lines, "  by kind       ", &list(&self.by_kind), " (drills, tests not counted)");
            wrapped(lines, "  dismissed     ", &list(&self.dismissed), " (not counted)");
        };
        if self.all.counted == 0 {
            lines.push(format!("No incident is counted {of}"));
            apart(&mut lines);
            lines.push("  there is nothing to measure yet".to_owned());
            return lines.join("\n");
        }
        lines.push(format!("{} counted {of}", incidents(self.all.counted)));
        wrapped(&mut lines, "  by severity   ", &list(&self.all.by_severity), "");
        wrapped(&mut lines, "  by state      ", &list(&self.all.by_state), "");
        apart(&mut lines);
        push_figures(&mut lines, &self.all, true);
        for part in &self.parts {
            lines.push(String::new());
            let name: String = one_line(&part.name).chars().take(40).collect();
            lines.push(format!("{name}: {} counted", incidents(part.figures.counted)));
            push_figures(&mut lines, &part.figures, false);
        }
        lines.push(String::new());
        for definition in &self.definitions {
            let text: Vec<String> = definition.means.split(' ').map(str::to_owned).collect();
            push_words(&mut lines, &format!("{}: ", definition.figure), &text, " ", 2);
        }
        lines.join("\n").trim_end().to_owned()
    }
}

fn incidents(n: usize) -> String {
    if n == 1 { "1 incident".to_owned() } else { format!("{n} incidents") }
}

/// One table of spans and two lines; spans that no incident has are shown where it is about all of them.
fn push_figures(lines: &mut Vec<String>, figures: &Figures, all: bool) {
    lines.push(format!(
        "  reopened {} · resolved and not closed {} · postmortems owed {}",
        figures.reopened, figures.owing, figures.postmortems_owed
    ));
    if figures.recurrences > 0 {
        lines.push(format!("  the same failure again {}", figures.recurrences));
    }
    if all {
        lines.push(String::new());
        lines.push(row("", "from → to", "n", "median", "p90", "miss", "rev"));
    }
    for time in figures.times.iter().filter(|time| all || time.n > 0) {
        let span =
            |ms: Option<i64>| ms.map_or_else(|| "-".to_owned(), |ms| format_span(Span::milliseconds(ms)));
        lines.push(row(
            time.name,
            &format!("{} → {}", time.from, time.to),
            &time.n.to_string(),
            &span(time.median_ms),
            &span(time.p90_ms),
            &time.missing.to_string(),
            &time.reversed.to_string(),
        ));
    }
    if all {
        lines.push(String::new());
    }
    let stories = &figures.stories;
    if stories.filed == 0 {
        lines.push("  no story filed".to_owned());
        return;
    }
    let dropped = stories.by_state.get(StoryState::Dropped.as_str()).copied().unwrap_or(0);
    let rate = stories.closure_rate.map_or_else(|| "-".to_owned(), |rate| format!("{:.0} %", rate * 100.0));
    wrapped(lines, &format!("  stories       {} filed: ", stories.filed), &list(&stories.by_state), "");
    lines.push(format!(
        "  closure rate  {rate} ({} of {}) · overdue {} · unassigned too long {}",
        stories.closed,
        stories.filed - dropped,
        stories.overdue,
        stories.unassigned_overdue
    ));
}

fn row(name: &str, span: &str, n: &str, median: &str, p90: &str, missing: &str, reversed: &str) -> String {
    let text = format!("{name:<19} {span:<23} {n:>5} {median:>8} {p90:>8} {missing:>5} {reversed:>4}");
    text.trim_end().to_owned()
}

fn list(counts: &BTreeMap<String, usize>) -> Vec<String> {
    if counts.is_empty() {
        return vec!["none".to_owned()];
    }
    counts.iter().map(|(name, n)| format!("{name} {n}")).collect()
}

/// Counts after a label, in as many lines as they need.
fn wrapped(lines: &mut Vec<String>, label: &str, counts: &[String], after: &str) {
    let mut counts = counts.to_vec();
    if let Some(last) = counts.last_mut() {
        last.push_str(after);
    }
    push_words(lines, label, &counts, " · ", label.chars().count());
}

/// Words after a beginning, broken between them; further lines are indented.
fn push_words(lines: &mut Vec<String>, begin: &str, words: &[String], between: &str, indent: usize) {
    let (mut line, mut first) = (begin.to_owned(), true);
    for word in words {
        let wanted = line.chars().count() + between.chars().count() + word.chars().count();
        if !first && wanted > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            first = true;
        }
        if !first {
            line.push_str(between);
        }
        line.push_str(word);
        first = false;
    }
    lines.push(line);
}
