//! `warroom redact`: erases the words of a line from the disk; that it was there stays.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use crate::domain::event::Event;
use crate::domain::ids::Seq;
use crate::domain::request::Request;

/// Erase the words of a line for good, with a reason
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// Why, without the secret
    #[arg(long, allow_hyphen_values = true)]
    reason: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.incident).await?;
        let submitted =
            room.submit(&[Request::Redact { target: self.line, reason: self.reason }.into()]).await?;
        for recorded in &submitted.events {
            if let Some(Event::Redacted(erased)) = &recorded.event {
                room.service.erase(room.log, erased.target, context.now()).await?;
            }
        }
        room.tell(&submitted, Some(self.line)).await
    }
}
