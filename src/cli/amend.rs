//! `warroom amend`: corrects text or time of a line; the former form stays in the log.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::ids::Seq;
use crate::domain::request::Request;

/// Correct the text or the time of a line
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// The new text, or - for standard input; of an ask, @person and a time box such as 5m are read as in a new one
    #[arg(long, allow_hyphen_values = true, required_unless_present = "at")]
    text: Option<String>,
    /// The new time; a bare 18:47 is on the day of the line
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Refuse when the line was changed after this event
    #[arg(long, value_name = "SEQ", value_parser = arguments::line)]
    seen: Option<Seq>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let text = self.text.map(stdin::words).transpose()?;
        let room = context.room(&self.incident).await?;
        let at = match &self.at {
            Some(time) => {
                let own = room.incident().await?.timeline.get(self.line).map(|entry| entry.occurred_at);
                Some(arguments::past_of(time, context.now(), own)?)
            }
            None => None,
        };
        let request = Request::Amend { target: self.line, text, at, seen: self.seen };
        room.perform(request, Some(self.line)).await
    }
}
