//! `warroom reindex`: builds the search index anew from the archive.

use super::context::Context;
use super::output::Answer;

/// Build the search index anew from the archive
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let count = context.writing().await?.reindex(|_| ()).await?;
        context
            .out
            .answer(&serde_json::json!({ "indexed": count }), || format!("indexed {count} postmortems"))
    }
}
