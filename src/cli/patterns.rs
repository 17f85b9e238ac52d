//! `warroom patterns`: what recurs over the archive.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use crate::domain::patterns::{Dimension, Patterns, Quarter};
use crate::service::PatternQuery;

/// Show what recurs across the archive: incidents that are alike, services, contributing factors, by quarter
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only what this finds: the words and fields of search
    #[arg(default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    query: String,
    /// Only this: service, factor, detection, severity, tag; can be repeated
    #[arg(long, value_name = "WHAT")]
    by: Vec<Dimension>,
    /// How many quarters up to now, 40 at most
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = arguments::count)]
    quarters: usize,
    /// The most values of a table, and the most groups
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = arguments::count)]
    limit: usize,
}

/// More quarters than these are not a table.
const MOST_QUARTERS: usize = 40;

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let today = context.now().date_naive();
        if self.quarters > MOST_QUARTERS {
            context
                .out
                .say(&format!("only the last {MOST_QUARTERS} quarters are shown: a table has no more"));
        }
        let quarters = Quarter::of(today).last(self.quarters.min(MOST_QUARTERS));
        let clusters = self.by.is_empty();
        let by = if clusters { Dimension::ALL.to_vec() } else { self.by };
        // A home that is not there has no past, and asking makes none.
        let found = if context.session.home.exists() {
            let asked = PatternQuery {
                text: self.query,
                today: Some(today),
                quarters,
                by,
                most: self.limit,
                clusters,
            };
            let service = context.recalling().await?;
            context.answered(&service, async |service| service.patterns(asked.clone()).await).await?
        } else {
            Patterns { quarters, ..Patterns::default() }
        };
        for note in &found.notes {
            context.out.say(note);
        }
        context.out.answer(&found, || found.to_text())
    }
}
