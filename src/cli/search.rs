//! `warroom search`: past incidents by words.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::views::PastView;
use crate::service::{FindQuery, Past};

/// Search past postmortems by words
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The words; an empty text lists the newest
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// Only this severity, as the postmortem writes it
    #[arg(long)]
    severity: Option<String>,
    /// Only this service
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only since then: 2026, 2026-06, 2026-06-30, or 90d
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// The most answers
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = arguments::count)]
    limit: usize,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let now = context.now();
        let since = self.since.as_deref().map(|day| arguments::since(day, now)).transpose()?;
        // A home that is not there has no past, and asking makes none.
        let past = if context.session.home.exists() {
            let query = FindQuery {
                text: self.query,
                severity: self.severity,
                service: self.service,
                since,
                unfinished: false,
                limit: self.limit,
            };
            context.reading().await?.search(query).await?
        } else {
            Vec::new()
        };
        tell(context, &past)
    }
}

/// Prints what was found.
pub(super) fn tell(context: &Context<'_>, past: &[Past]) -> Answer {
    let now = context.now();
    let results: Vec<PastView> = past.iter().map(|p| PastView::new(p, now)).collect();
    if results.is_empty() {
        context.out.say("nothing similar found");
    }
    context.out.answer(&serde_json::json!({ "results": results }), || {
        results.iter().map(PastView::lines).collect::<Vec<_>>().join("\n")
    })
}
