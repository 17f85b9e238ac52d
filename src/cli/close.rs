//! `warroom close`: ends the obligations, or says what is open.

use super::context::Context;
use super::output::{Answer, Exit};
use super::stdin;
use crate::domain::closeout::{self, Blocker};
use crate::domain::request::Request;
use crate::domain::words::State;
use crate::service::Failure;

/// Close an incident: everything that is owed is done, or waived with a reason
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// Why what is open is let be; recorded and shown
    #[arg(long, value_name = "REASON", allow_hyphen_values = true)]
    waive: Option<String>,
}

impl Args {
    pub(super) async fn run(mut self, context: &Context<'_>) -> Answer {
        self.waive = self.waive.map(stdin::words).transpose()?;
        let room = context.room(&self.incident).await?;
        let policy = room.service.policy();
        let before = room.incident().await?;
        // Closing what is closed changes nothing, as every step of the way.
        let was_closed = before.state == State::Closed;
        let open = if was_closed { Vec::new() } else { closeout::blockers(&before, policy) };
        let waives = self.waive.as_deref().is_some_and(|why| !why.trim().is_empty());
        let blocked = open.iter().any(|b| !(waives && b.can_be_waived));
        if blocked && self.waive.is_some() && !waives {
            return Err(
                Failure::new(crate::service::FailureKind::Usage, "the reason of --waive is empty").into()
            );
        }
        if !blocked && !was_closed {
            room.submit(&[Request::Close { waive: self.waive }.into()]).await?;
        }
        let after = room.incident().await?;
        let blockers: Vec<_> = if blocked { open.iter().map(view).collect() } else { Vec::new() };
        let warnings = closeout::warnings(&after, policy);
        let next = room.service.next_step(&after, context.now()).as_str();
        let document = serde_json::json!({
            "id": room.id, "closed": !blocked, "blockers": blockers, "warnings": warnings, "next": next,
        });
        if context.out.is_json() {
            context.out.document(&document)?;
        } else if blocked {
            let mut lines = vec![format!("{} cannot be closed yet:", room.id)];
            lines.extend(open.iter().map(|b| format!("  {}: {} ({})", b.rule, b.message, b.hint)));
            lines.extend(warnings.iter().map(|w| format!("  also: {w}")));
            lines.push(format!("next: {next}"));
            context.out.text(&lines.join("\n"))?;
        } else {
            context.out.text(&format!(
                "{} is closed{}",
                room.id,
                if was_closed { " already" } else { "" }
            ))?;
            for warning in &warnings {
                context.out.say(&format!("left open: {warning}"));
            }
        }
        Ok(if blocked { Exit::NO } else { Exit::DONE })
    }
}

fn view(blocker: &Blocker) -> serde_json::Value {
    serde_json::json!({
        "rule": blocker.rule, "message": blocker.message, "hint": blocker.hint,
        "can_be_waived": blocker.can_be_waived,
    })
}
