//! `warroom undo`: takes back the last own action, by another entry.

use std::io::Write as _;

use super::context::Context;
use super::output::{Answer, Stop};
use super::stdin::{self, Line};
use crate::domain::refusal::Refusal;
use crate::domain::request::Request;

/// Take back my last action, by another entry; nothing is deleted
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// Do it; without, the action is named, and on a terminal Enter does it
    #[arg(long)]
    yes: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.incident).await?;
        let incident = room.incident().await?;
        let person = &context.session.identity.person;
        let Some(trace) = incident.trail.last_of(person) else {
            return Err(Refusal::no(format!(
                "{person} has done nothing in {} that can be taken back",
                incident.id
            ))
            .into());
        };
        if let Some(refusal) = trace.refusal() {
            return Err(refusal.into());
        }
        let what = trace.named(&incident);
        if !self.yes && !confirmed(context, &what)? {
            let document =
                serde_json::json!({ "id": incident.id, "seq": trace.seq, "what": what, "done": false });
            return context
                .out
                .answer(&document, || format!("{}: {what} would be taken back; --yes does it", incident.id));
        }
        let submitted = room.submit(&[Request::Undo { target: trace.seq }.into()]).await?;
        let entries = room.lines(&submitted, None).await?;
        let document = serde_json::json!({
            "id": incident.id, "seq": trace.seq, "what": what, "done": true, "entries": entries,
        });
        context.out.answer(&document, || format!("{}: took back {what}", incident.id))
    }
}

/// Asks on a terminal; elsewhere nobody can answer.
fn confirmed(context: &Context<'_>, what: &str) -> Result<bool, Stop> {
    if context.out.is_json() || !context.session.environment.stdin_is_terminal {
        return Ok(false);
    }
    context.out.say(&format!("Take back {what}? Enter does it, anything else leaves it."));
    let _ = std::io::stderr().flush();
    Ok(matches!(stdin::next_line(1)?, Line::Text(text) if text.trim().is_empty()))
}
