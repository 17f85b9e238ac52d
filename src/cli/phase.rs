//! `warroom phase`: where the response is.

use super::context::Context;
use super::output::Answer;
use crate::domain::request::{Asked, Request};
use crate::domain::words::Phase;

/// Go to a phase
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// detect, contain, eradicate, recover or learn
    phase: Phase,
    /// When it was entered
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let room = context.room(&self.incident).await?;
        room.perform(Asked { request: Request::EnterPhase { phase: self.phase }, at }, None).await
    }
}
