//! `warroom reopen`: it is not over.

use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::request::Request;

/// Open an incident again
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// Why
    #[arg(long, allow_hyphen_values = true)]
    reason: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let reason = stdin::words(self.reason)?;
        let room = context.room(&self.incident).await?;
        room.perform(Request::Reopen { reason }, None).await
    }
}
