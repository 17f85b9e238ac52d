//! `warroom milestone`: the points from which times are counted.

use super::context::Context;
use super::output::Answer;
use crate::domain::request::Request;
use crate::domain::words::Milestone;

/// Mark a milestone
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// started, detected, acknowledged, contained, mitigated or resolved
    #[arg(value_name = "NAME")]
    milestone: Milestone,
    /// When it was reached
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Take the mark back
    #[arg(long, conflicts_with = "at")]
    unmark: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let room = context.room(&self.incident).await?;
        let milestone = self.milestone;
        let request =
            if self.unmark { Request::Unmark { milestone } } else { Request::Mark { milestone, at } };
        room.perform(request, None).await
    }
}
