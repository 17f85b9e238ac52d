//! `warroom list`: incidents in rows.

use std::collections::HashMap;

use super::context::Context;
use super::output::Answer;
use super::views::{IncidentRow, one_line};
use crate::domain::summary::{Summary, review_words};
use crate::domain::words::{IncidentKind, State, Visibility};
use crate::service::IncidentFilter;

/// List incidents: open ones and those that still owe something, unless told otherwise
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(super) struct Args {
    /// Only open ones
    #[arg(long)]
    open: bool,
    /// Only those that are resolved and not closed
    #[arg(long)]
    resolved: bool,
    /// Only closed ones
    #[arg(long)]
    closed: bool,
    /// All of them
    #[arg(long)]
    all: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let states = if self.all {
            Vec::new()
        } else if self.open {
            vec![State::Open]
        } else if self.resolved {
            vec![State::Resolved]
        } else if self.closed {
            vec![State::Closed]
        } else {
            vec![State::Open, State::Resolved]
        };
        let service = context.reading().await?;
        let rows = service.list(&IncidentFilter { states, limit: 0 }).await?;
        let today = context.now().date_naive();
        // Nobody waits for a number that is not printed.
        let late =
            if context.out.is_json() { service.in_arrears(today, usize::MAX).await? } else { Vec::new() };
        let overdue: HashMap<_, _> = late.iter().map(|a| (a.incident, a.stories)).collect();
        let view = |row: &Summary| {
            let overdue = overdue.get(&row.id).copied().unwrap_or_default();
            IncidentRow::new(row, service.policy(), overdue)
        };
        let views: Vec<IncidentRow> = rows.iter().map(view).collect();
        let document = serde_json::json!({ "incidents": views });
        context
            .out
            .answer(&document, || rows.iter().map(|row| line(row, today)).collect::<Vec<_>>().join("\n"))
    }
}

fn line(row: &Summary, today: chrono::NaiveDate) -> String {
    let mut marks = String::new();
    if row.kind != IncidentKind::Real {
        marks.push_str(&format!(" {}", row.kind.as_str().to_uppercase()));
    }
    if row.visibility != Visibility::Team {
        marks.push_str(&format!(" {}", row.visibility.as_str().to_uppercase()));
    }
    let (waived, owner) = (row.postmortem_waived, row.postmortem_owner.as_deref());
    if let Some(review) = review_words(waived, row.review, owner, row.meeting, today) {
        marks.push_str(&format!("  ({review})"));
    }
    if row.unshipped > 0 {
        marks.push_str(&format!("  ({} unshipped)", row.unshipped));
    }
    format!(
        "{:<13}  {:<6} {:<8} {:<9} {}  {}{marks}",
        row.id.to_string(),
        row.severity.as_deref().unwrap_or("unset"),
        row.state,
        row.phase,
        row.declared_at.format("%Y-%m-%d %H:%M"),
        one_line(row.shown_title()),
    )
}
