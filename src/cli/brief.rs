//! `warroom brief`: one screen for whoever joins late.

use super::context::Context;
use super::output::Answer;
use crate::domain::brief::brief;

/// Show the standing brief
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let (service, log) = context.look(&self.incident).await?;
        let incident = service.incident(log).await?;
        let brief = brief(&incident, service.policy(), context.now(), chrono_tz::Tz::UTC);
        let sections: Vec<_> = brief
            .sections
            .iter()
            .map(|s| serde_json::json!({ "heading": s.heading, "lines": s.lines }))
            .collect();
        let document = serde_json::json!({ "id": incident.id, "title": brief.title, "sections": sections });
        context.out.answer(&document, || brief.to_text())
    }
}
