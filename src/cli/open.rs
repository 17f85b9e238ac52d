//! `warroom open`: the room of an incident on the screen.

use super::context::Context;
use super::output::Stop;
use super::{Outcome, Place};
use crate::service::Failure;

/// Open the room of an incident
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Result<Outcome, Stop> {
        let (_, log) = context.look(&self.incident).await?;
        on_terminal(context)?;
        Ok(Outcome::Screen(Place::Room(log)))
    }
}

/// A screen needs a terminal on both sides.
pub(super) fn on_terminal(context: &Context<'_>) -> Result<(), Stop> {
    let environment = &context.session.environment;
    if environment.is_terminal() {
        return Ok(());
    }
    Err(Failure::no("the room opens on a terminal only")
        .hint("use the commands here: warroom show, timeline, log")
        .into())
}
