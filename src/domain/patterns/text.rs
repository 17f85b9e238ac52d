//! Patterns as text for a terminal. It must not count.

use super::{Cluster, Patterns, Quarter, Table};
use crate::domain::safe::SafeText;

/// The width of the first column.
const NAME: usize = 24;

impl Patterns {
    /// The tables for people: one line a value, a dot for none; below each, how to list what is in a cell.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut parts = vec![self.head()];
        let only = self.compared_only();
        if let (true, Some(only)) = (self.clusters.is_empty(), &only) {
            parts.push(format!("Alike: none ({only})"));
        }
        if !self.clusters.is_empty() {
            let only = only.map(|only| format!("; {only}")).unwrap_or_default();
            let mut text = format!("Alike (what may be the same failure again{only})");
            for cluster in &self.clusters {
                text.push_str(&cluster_lines(cluster));
            }
            parts.push(text);
        }
        parts.extend(
            self.tables.iter().filter(|table| !table.rows.is_empty()).map(|t| table_text(t, &self.quarters)),
        );
        parts.join("\n\n")
    }

    fn head(&self) -> String {
        let (Some(first), Some(last)) = (self.quarters.first(), self.quarters.last()) else {
            return "no quarters".to_owned();
        };
        let mut text = format!("{} from {first} to {last}", counted(self.counted));
        if self.outside > 0 {
            text.push_str(&format!("; {} outside", self.outside));
        }
        if self.undated > 0 {
            text.push_str(&format!("; {} without a day", self.undated));
        }
        if self.asides > 0 {
            text.push_str(&format!("; not counted: {} drills, tests, false alarms, duplicates", self.asides));
        }
        text
    }
}

fn counted(count: u64) -> String {
    if count == 1 { "1 postmortem".to_owned() } else { format!("{count} postmortems") }
}

fn line(text: &str) -> String {
    SafeText::line(text).into_string()
}

fn cluster_lines(cluster: &Cluster) -> String {
    let shared =
        if cluster.shared.is_empty() { "close in meaning".to_owned() } else { cluster.shared.join(", ") };
    let trend = cluster.trend.map(|trend| format!(", {}", trend.as_str())).unwrap_or_default();
    let mut text = format!("\n  {} incidents{trend}: {}", cluster.members.len(), line(&shared));
    for member in &cluster.members {
        let date = member.date.as_deref().unwrap_or("no day");
        let severity = member.severity.as_deref().unwrap_or("-");
        text.push_str(&format!("\n    {date}  {severity}  {}  {}", line(&member.id), line(&member.title)));
    }
    text.push_str(&format!("\n    warroom search {}", shell(&cluster.query)));
    text
}

/// One table: the largest cell shows how any of them is listed.
fn table_text(table: &Table, quarters: &[Quarter]) -> String {
    let mut text = format!("{:<NAME$}", format!("By {}", table.by));
    for quarter in quarters {
        text.push_str(&format!(" {quarter:>7}", quarter = short(*quarter)));
    }
    text.push_str("  all  trend");
    for row in &table.rows {
        let mut name: String = line(&row.value).chars().take(NAME).collect();
        if row.value.chars().count() > NAME {
            name.pop();
            name.push('…');
        }
        text.push_str(&format!("\n{name:<NAME$}"));
        for cell in &row.cells {
            let count = if cell.count == 0 { ".".to_owned() } else { cell.count.to_string() };
            text.push_str(&format!(" {count:>7}"));
        }
        text.push_str(&format!(" {:>4}  {}", row.count, row.trend.as_str()));
    }
    let mut more = Vec::new();
    if table.more > 0 {
        more.push(format!("{} more", table.more));
    }
    if table.without > 0 {
        more.push(format!("{} name none", table.without));
    }
    if !more.is_empty() {
        text.push_str(&format!("\n({})", more.join("; ")));
    }
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    if let Some(cell) = cells.rev().max_by_key(|cell| cell.count).filter(|cell| cell.count > 0) {
        text.push_str(&format!("\nwarroom search {} lists a cell", shell(&cell.query)));
    }
    text
}

/// `25-Q3`: a narrow column.
fn short(quarter: Quarter) -> String {
    format!("{:02}-Q{}", quarter.year.rem_euclid(100), quarter.number)
}

/// An argument as a shell takes it.
fn shell(argument: &str) -> String {
    format!("'{}'", line(argument).replace('\'', "'\\''"))
}
