//! `warroom link`: the places where people meet, or another incident.

use super::board;
use super::context::Context;
use super::output::{Answer, Stop};
use super::sets::offered;
use crate::domain::board::BoardKind;
use crate::domain::ids::LogId;
use crate::domain::recurrence::{AGAIN, DIFFERENT};
use crate::domain::request::{Keep, Request};
use crate::domain::verb::link;
use crate::domain::words::Visibility;
use crate::service::Service;

/// Add a place where people meet, or another incident that belongs to this one; or list the links
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// bridge, channel, ticket, dashboard; for an incident: related, duplicate, recurrence (the same failure
    /// again), different (it is not); without one the links are listed
    #[arg(requires = "url", value_parser = offered(kinds), hide_possible_values = true)]
    kind: Option<String>,
    /// Where it is, or the id of the other incident, which tells the link too
    url: Option<String>,
    /// Take the link to that address or incident away, or the only one of that kind
    #[arg(long, value_name = "KIND|URL|INC", conflicts_with = "kind")]
    remove: Option<String>,
}

fn kinds() -> Vec<&'static str> {
    vec!["bridge", "channel", "ticket", "dashboard", "related", "duplicate", AGAIN, DIFFERENT]
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let request = match (self.kind, self.url, self.remove) {
            (Some(kind), Some(url), _) => link(&kind, &url),
            (_, _, Some(link)) => Keep::RemoveLink { link }.into(),
            _ => return board::print(context, &self.incident, BoardKind::Links).await,
        };
        let room = context.room(&self.incident).await?;
        let other = match &request {
            Request::Relate { incident, relation } if relation != DIFFERENT => Some(incident.clone()),
            _ => None,
        };
        let exit = room.perform(request, None).await?;
        if let Some(other) = other {
            let (name, log) = match room.service.named(&other).await {
                Ok((id, log)) => (id.to_string(), Some(log)),
                Err(_) => (other, None),
            };
            told_to_publish(context, &room.service, room.log, &name).await?;
            if let Some(log) = log {
                told_to_publish(context, &room.service, log, &room.id.to_string()).await?;
            }
        }
        Ok(exit)
    }
}

/// A postmortem that is published does not change by itself.
async fn told_to_publish(
    context: &Context<'_>,
    service: &Service,
    log: LogId,
    other: &str,
) -> Result<(), Stop> {
    let incident = service.incident(log).await?;
    // What is not for the whole team does not go into the archive again.
    if incident.visibility != Visibility::Team {
        return Ok(());
    }
    if incident.closing.postmortem.published.is_some() && !service.is_published_with(&incident, other).await {
        let id = incident.id;
        context.out.say(&format!(
            "the postmortem of {id} is published without the link: warroom postmortem draft {id} adds it to `related`, \
             warroom postmortem publish {id} publishes that"
        ));
    }
    Ok(())
}
