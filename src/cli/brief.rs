//! `warroom brief`: one screen for whoever joins late.

use clap::ValueEnum;

use super::context::Context;
use super::output::Answer;
use crate::domain::brief::{brief, executive, tactical};
use crate::domain::zone::Tz;

/// Show the standing brief
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The form
    #[arg(
        long,
        value_enum,
        default_value = "text",
        value_name = "text|md|html",
        hide_possible_values = true
    )]
    format: Form,
    /// Which brief: all of it, conditions/actions/needs, or the summary for those who lead
    #[arg(
        long,
        value_enum,
        default_value = "whole",
        value_name = "whole|tactical|executive",
        hide_possible_values = true
    )]
    report: Report,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Text,
    Md,
    Html,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Report {
    Whole,
    Tactical,
    Executive,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let (service, log) = context.look(&self.incident).await?;
        let incident = service.incident(log).await?;
        let make = match self.report {
            Report::Whole => brief,
            Report::Tactical => tactical,
            Report::Executive => executive,
        };
        let brief = make(&incident, service.policy(), context.now(), Tz::UTC);
        let sections: Vec<_> = brief
            .sections
            .iter()
            .map(|s| serde_json::json!({ "heading": s.heading, "lines": s.lines }))
            .collect();
        let document = serde_json::json!({ "id": incident.id, "title": brief.title, "sections": sections });
        context.out.answer(&document, || match self.format {
            Form::Text => brief.to_text(),
            Form::Md => brief.to_markdown(),
            Form::Html => brief.to_html(),
        })
    }
}
