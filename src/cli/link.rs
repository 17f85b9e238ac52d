//! `warroom link`: the places where people meet, or another incident.

use super::board;
use super::context::Context;
use super::output::Answer;
use crate::domain::board::BoardKind;
use crate::domain::request::Keep;
use crate::domain::verb::link;

/// Add a place where people meet, or another incident that belongs to this one; or list the links
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// bridge, channel, ticket, dashboard; for an incident: related, duplicate, recurrence (the same failure
    /// again), different (it is not); without one the links are listed
    #[arg(requires = "url")]
    kind: Option<String>,
    /// Where it is, or the id of the other incident, which tells the link too
    url: Option<String>,
    /// Take the link to that address or incident away, or the only one of that kind
    #[arg(long, value_name = "KIND|URL|INC", conflicts_with = "kind")]
    remove: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let request = match (self.kind, self.url, self.remove) {
            (Some(kind), Some(url), _) => link(&kind, &url),
            (_, _, Some(link)) => Keep::RemoveLink { link }.into(),
            _ => return board::print(context, &self.incident, BoardKind::Links).await,
        };
        let room = context.room(&self.incident).await?;
        room.perform(request, None).await
    }
}
