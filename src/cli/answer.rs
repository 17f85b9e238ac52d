//! `warroom answer`: what came of an ask.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::ids::Seq;
use crate::domain::request::Request;

/// Answer an ask
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// What came of it, or - for standard input
    #[arg(allow_hyphen_values = true)]
    text: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let text = stdin::words(self.text)?;
        let room = context.room(&self.incident).await?;
        room.perform(Request::Answer { target: self.line, text }, None).await
    }
}
