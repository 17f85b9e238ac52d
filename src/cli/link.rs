//! `warroom link`: a place where people meet.

use super::context::Context;
use super::output::Answer;
use crate::domain::request::Request;

/// Add a place where people meet
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// bridge, channel, ticket, dashboard
    kind: String,
    /// Where it is
    url: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.incident).await?;
        room.perform(Request::AddLink { kind: self.kind, url: self.url }, None).await
    }
}
