//! `warroom verdict`: what came of a decision.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::ids::Seq;
use crate::domain::request::Request;
use crate::domain::words::Verdict;

/// Say what came of a decision
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// held, reversed or no-effect
    #[arg(value_name = "VERDICT")]
    verdict: Verdict,
    /// How one knows
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    reason: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let reason = stdin::words(self.reason)?;
        let room = context.room(&self.incident).await?;
        let request = Request::GiveVerdict { target: self.line, verdict: self.verdict, reason };
        room.perform(request, None).await
    }
}
