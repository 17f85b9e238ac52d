//! `warroom reindex`: builds the search index anew from the archive.

use super::context::Context;
use super::output::Answer;
use crate::domain::closeout::counted;

/// Build the search index anew from the archive
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let (count, left_out) = context.writing().await?.reindex(context.out.progress("indexed")).await?;
        if !context.out.is_json() {
            for file in &left_out.named {
                context.out.say(&format!("not read: {file}"));
            }
            let more = left_out.not_read.saturating_sub(left_out.named.len() as u64);
            if more > 0 {
                context.out.say(&format!("not read: {more} more"));
            }
            if left_out.restricted > 0 {
                context.out.say(&format!("no search finds what is restricted: {}", left_out.restricted));
            }
        }
        let document = serde_json::json!({
            "indexed": count,
            "not_read": left_out.named,
            "restricted": left_out.restricted,
        });
        context.out.answer(&document, || format!("indexed {}", counted(count, "postmortem", "postmortems")))
    }
}
