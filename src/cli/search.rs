//! `warroom search`: past incidents by words.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::views::PastView;
use crate::domain::facets::{FacetKind, Facets};
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
    /// Only this year
    #[arg(long, value_name = "YEAR")]
    year: Option<u16>,
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
        let (past, facets) = if context.session.home.exists() {
            let query = FindQuery {
                text: self.query,
                severity: self.severity,
                service: self.service,
                since,
                year: self.year,
                unfinished: false,
                limit: self.limit,
            };
            context.reading().await?.search_with_facets(query).await?
        } else {
            (Vec::new(), Facets::default())
        };
        if !context.out.is_json() {
            for kind in FacetKind::ALL {
                let words = facets.of(kind).iter().take(8).map(|f| format!("{} {}", f.value, f.count));
                let words = words.collect::<Vec<_>>().join(" · ");
                if !words.is_empty() {
                    context.out.say(&format!("{}: {words}", kind.as_str()));
                }
            }
        }
        tell(context, &past, Some(&facets))
    }
}

/// Prints what was found.
pub(super) fn tell(context: &Context<'_>, past: &[Past], facets: Option<&Facets>) -> Answer {
    let now = context.now();
    let results: Vec<PastView> = past.iter().map(|p| PastView::new(p, now)).collect();
    if results.is_empty() {
        context.out.say("nothing similar found");
    }
    let document = match facets {
        Some(facets) => serde_json::json!({ "results": results, "facets": facets }),
        None => serde_json::json!({ "results": results }),
    };
    context.out.answer(&document, || results.iter().map(PastView::lines).collect::<Vec<_>>().join("\n"))
}
