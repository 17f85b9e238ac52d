//! `warroom link`: a place where people meet, or another incident.

use super::context::Context;
use super::output::Answer;
use crate::domain::verb::link;

/// Add a place where people meet, or another incident that belongs to this one
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// bridge, channel, ticket, dashboard; for an incident: related, duplicate, recurrence
    kind: String,
    /// Where it is, or the id of the other incident, which tells the link too
    url: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.incident).await?;
        room.perform(link(&self.kind, &self.url), None).await
    }
}
