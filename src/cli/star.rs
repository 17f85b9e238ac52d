//! `warroom star`: marks a line that tells the story.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use crate::domain::ids::Seq;
use crate::domain::request::Request;

/// Give a line a star, or take it off
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// Take the star off
    #[arg(long)]
    off: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.incident).await?;
        room.perform(Request::Star { target: self.line, starred: !self.off }, Some(self.line)).await
    }
}
