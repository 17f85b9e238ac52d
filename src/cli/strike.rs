//! `warroom strike`: crosses out a line; it stays in the log.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::ids::Seq;
use crate::domain::request::Request;

/// Cross out a line, with a reason
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// Why
    #[arg(long, allow_hyphen_values = true, required_unless_present = "restore")]
    reason: Option<String>,
    /// Let a crossed-out line count again
    #[arg(long, conflicts_with = "reason")]
    restore: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let reason = self.reason.map(stdin::words).transpose()?;
        let room = context.room(&self.incident).await?;
        let target = self.line;
        let request = match reason {
            Some(reason) => Request::Strike { target, reason },
            None => Request::Restore { target },
        };
        room.perform(request, Some(target)).await
    }
}
