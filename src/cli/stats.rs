//! `warroom stats`: figures over incidents, each with its definition.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use crate::domain::stats::{By, first_day, stats};
use crate::service::{IncidentFilter, StoryQuery};

/// Print figures over incidents: counts, times between milestones, stories; drills and tests left out
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only incidents declared since then: 2026, 2026-06, 2026-06-30, or 90d
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// The same figures for each month, quarter, year, severity, kind or service
    #[arg(long, value_name = "WHAT")]
    by: Option<By>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let now = context.now();
        let since = self.since.as_deref().map(|text| arguments::since(text, now)).transpose()?;
        let service = context.reading().await?;
        let rows = service.list(&IncidentFilter::default()).await?;
        let stories = service.stories(&StoryQuery::default()).await?;
        let since = since.as_deref().and_then(first_day);
        let figures = stats(&rows, &stories, since, self.by, now.date_naive(), service.policy().story_rules);
        context.out.answer(&figures, || figures.to_text())
    }
}
