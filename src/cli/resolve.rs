//! `warroom resolve`: it is over for users and systems.

use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::request::{Asked, Request};

/// Say that it is over: ends the room's clocks
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// What ended it, in a line
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    ended_by: String,
    /// When it was over
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let ended_by = stdin::words(self.ended_by)?;
        let room = context.room(&self.incident).await?;
        room.perform(Asked { request: Request::Resolve { ended_by }, at }, None).await
    }
}
