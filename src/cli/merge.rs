//! `warroom merge`: several incidents that turned out to be one.

use super::context::Context;
use super::output::Answer;
use crate::domain::closeout::counted;

/// Merge incidents that turned out to be one; no log is moved, every id keeps answering
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incidents that end: ids or numbers
    #[arg(value_name = "INC", required = true)]
    incidents: Vec<String>,
    /// The incident that goes on
    #[arg(long, value_name = "INC")]
    into: String,
    /// Take it back: they were two after all
    #[arg(long)]
    undo: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.into).await?;
        let mut from = Vec::new();
        for name in &self.incidents {
            let (_, log) = room.service.named(name).await?;
            if !from.contains(&log) {
                from.push(log);
            }
        }
        if self.undo {
            let parted = room.service.part(&context.session.by(), &from, room.log).await?;
            let document = serde_json::json!({ "into": room.id, "parted": parted });
            return context.out.answer(&document, || {
                let line = |id: &crate::domain::ids::IncidentId| {
                    format!("{id} is open again, apart from {}", room.id)
                };
                parted.iter().map(line).collect::<Vec<_>>().join("\n")
            });
        }
        let report = room.service.merge(&context.session.by(), &from, room.log).await?;
        for warning in &report.warnings {
            context.out.say(&format!("warning: {warning}"));
        }
        context.out.answer(&report, || {
            let line = |m: &crate::service::Merged| {
                let how = if m.already { "merged before" } else { "merged" };
                let list = |what: &str, list: &[String]| match list {
                    [] => String::new(),
                    list => format!("; {what}: {}", list.join("; ")),
                };
                let anew = list(&format!("asked anew in {}", report.into), &m.asked_anew);
                let open = list("still open there", &m.open);
                let lines = counted(m.lines, "line", "lines");
                format!("{how}: {} into {} ({lines}){anew}{open}", m.id, report.into)
            };
            let mut lines: Vec<String> = report.merged.iter().map(line).collect();
            lines.push(format!("warroom timeline {} --merged shows all of them as one", report.into));
            lines.join("\n")
        })
    }
}
