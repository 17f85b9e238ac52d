//! The boards of an incident: asks, decisions, hypotheses, scope, evidence, indicators, links, steps, each as a table
//! whose rows the screen and the command line show alike. It must not cut, colour or choose who may read.

mod kept;
mod talked;

use super::zone::Tz;
use crate::domain::incident::Incident;
use crate::domain::safe::one_line;
use crate::domain::time::{Utc, day_in_zone, with_zone, zone_label};
use crate::domain::words::words;

words! {
    /// Which board.
    BoardKind "board" {
        /// Who is asked for what.
        Asks = "asks" | "ask",
        /// What was decided, what was said against it, what came of it.
        Decisions = "decisions" | "decision",
        /// What may be the cause, and what was ruled out.
        Hypotheses = "hypotheses" | "hypothesis",
        /// The assets and where they stand.
        Scope = "scope" | "assets",
        /// The register of evidence.
        Evidence = "evidence" | "register",
        /// Indicators of compromise.
        Iocs = "iocs" | "ioc" | "indicators",
        /// Where people meet, and the incidents that belong to it.
        Links = "links" | "link",
        /// The steps that are not done.
        Steps = "steps" | "step",
    }
}

/// A row of a board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BoardRow {
    /// What it stands for: the number of a line or step, an asset, a value, an address.
    pub id: String,
    /// The first column.
    pub label: String,
    /// What is said of it.
    pub detail: String,
    /// The last column: a time, a person.
    pub right: String,
    /// Everything else that is known, in lines.
    pub notes: Vec<String>,
}

/// A board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    /// What it is, counted.
    pub title: String,
    /// What is said when there is no row.
    pub empty: &'static str,
    /// Its rows, what matters most first.
    pub rows: Vec<BoardRow>,
}

/// A board as it is now, its times in a zone.
#[must_use]
pub fn board(incident: &Incident, kind: BoardKind, now: Utc, zone: Tz) -> Board {
    let view = View { incident, now, zone };
    let mut board = match kind {
        BoardKind::Asks => view.asks(),
        BoardKind::Decisions => view.decisions(),
        BoardKind::Hypotheses => view.hypotheses(),
        BoardKind::Steps => view.steps(),
        BoardKind::Scope => view.scope(),
        BoardKind::Evidence => view.evidence(),
        BoardKind::Iocs => view.iocs(),
        BoardKind::Links => view.links(),
    };
    align(&mut board.rows);
    board
}

/// Numbers in front of labels end in the same column.
fn align(rows: &mut [BoardRow]) {
    let number = |label: &str| {
        let word = label.split(' ').next().unwrap_or_default();
        let digits = word.trim_start_matches('#');
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(word.len())
    };
    let Some(wide) = rows.iter().map(|row| number(&row.label)).try_fold(0, |most, n| n.map(|n| most.max(n)))
    else {
        return;
    };
    for row in rows {
        let blanks = wide.saturating_sub(number(&row.label).unwrap_or(wide));
        row.label = format!("{}{}", " ".repeat(blanks), row.label);
    }
}

/// An incident at a moment in a zone.
struct View<'a> {
    incident: &'a Incident,
    now: Utc,
    zone: Tz,
}

impl View<'_> {
    /// A time of day, with its day when that is another one than today.
    fn clock(&self, at: Utc) -> String {
        let (day, time) = (day_in_zone(at, self.zone), with_zone(at, self.zone));
        if day == day_in_zone(self.now, self.zone) { time } else { format!("{day} {time}") }
    }

    /// A moment in full, with its zone.
    fn moment(&self, at: Utc) -> String {
        format!("{} {} {}", day_in_zone(at, self.zone), with_zone(at, self.zone), zone_label(at, self.zone))
    }

    fn is_struck(&self, seq: crate::domain::ids::Seq) -> bool {
        self.incident.timeline.get(seq).is_some_and(|e| e.struck.is_some())
    }
}

impl Board {
    /// The board as plain text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        if self.rows.is_empty() {
            text.push_str(&format!("  {}\n", self.empty));
        }
        let labels: Vec<String> = self.rows.iter().map(|r| one_line(&r.label)).collect();
        let wide = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).min(40);
        for (row, label) in self.rows.iter().zip(labels) {
            let right =
                if row.right.is_empty() { String::new() } else { format!("  ({})", one_line(&row.right)) };
            text.push_str(&format!("  {label:<wide$}  {}{right}\n", one_line(&row.detail)));
            for note in &row.notes {
                text.push_str(&format!("      {}\n", one_line(note)));
            }
        }
        text
    }
}

/// A size that people read: `48.2 kB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in units {
        if bytes >= unit {
            let tenths = bytes / (unit / 10);
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests;
