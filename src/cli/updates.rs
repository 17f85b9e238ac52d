//! `warroom updates`: the status updates that open incidents owe, and resolved ones by law.

use super::context::Context;
use super::output::{Answer, Exit};
use super::views::one_line;
use crate::domain::clocks::Pressure;
use crate::domain::owed::OwedUpdate;
use crate::domain::time::{Utc, rfc3339};
use crate::domain::words::IncidentKind;

/// List the status updates that open incidents owe, and resolved ones by law: what is over first; prints nothing when none is owed
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only those whose time has run out
    #[arg(long)]
    over: bool,
    /// Exit with 1 when one that is listed is over
    #[arg(long)]
    fail_if_over: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let now = context.now();
        let mut owed = context.reading().await?.owed_updates(now).await?;
        if self.over {
            owed.retain(|u| u.pressure(now) == Pressure::Breached);
        }
        let views: Vec<_> = owed.iter().map(|u| view(u, now)).collect();
        context.out.answer(&serde_json::json!({ "updates": views }), || {
            owed.iter().map(|u| line(u, now)).collect::<Vec<_>>().join("\n")
        })?;
        let over = owed.iter().any(|u| u.pressure(now) == Pressure::Breached);
        Ok(if self.fail_if_over && over { Exit::NO } else { Exit::DONE })
    }
}

fn view(update: &OwedUpdate, now: Utc) -> serde_json::Value {
    serde_json::json!({
        "incident": update.incident,
        "title": update.title,
        "severity": update.severity,
        "kind": update.kind,
        "visibility": update.visibility,
        "audience": update.audience,
        "last_sent_at": update.last_sent_at.map(rfc3339),
        "last_sent_by": update.last_sent_by,
        "due_at": rfc3339(update.due_at),
        "over": update.pressure(now) == Pressure::Breached,
        "due_in_ms": (update.due_at - now).num_milliseconds(),
        "by": update.by,
        "acknowledged": update.acknowledged,
        "unsent": update.unsent,
    })
}

fn line(update: &OwedUpdate, now: Utc) -> String {
    let kind = match update.kind {
        IncidentKind::Real => String::new(),
        kind => format!(" {}", kind.as_str().to_uppercase()),
    };
    let by = update.by.as_ref().map_or_else(|| "nobody".to_owned(), |b| format!("@{b}"));
    let last = match (update.last_sent_at, &update.last_sent_by) {
        (Some(at), Some(by)) => format!("last {} UTC by @{by}", at.format("%H:%M")),
        _ => "none sent".to_owned(),
    };
    let ack = if update.acknowledged { ", acknowledged" } else { "" };
    format!(
        "{:<13}  {:<4} {:<9} {:<11} {by}  {last}{ack}{kind}  {}",
        update.incident.to_string(),
        update.severity,
        update.audience,
        update.distance(now),
        one_line(&update.title),
    )
}
