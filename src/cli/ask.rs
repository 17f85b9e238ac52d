//! `warroom ask`: a task for a person.

use super::arguments;
use super::context::Context;
use super::log::{at_one_time, timed};
use super::output::Answer;
use super::stdin;
use crate::domain::composed::folded;
use crate::domain::ids::Seq;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Keep, Request};
use crate::domain::time::{exact_span, parse_span};

/// Ask somebody for something
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The task, or - for standard input; @person and a time box such as 3m are read as in the room
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// Who
    #[arg(long, value_name = "PERSON")]
    to: Option<String>,
    /// The time box: 3m
    #[arg(long, value_name = "DURATION")]
    within: Option<String>,
    /// When it happened
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let within = self.within.as_deref().map(parse_span).transpose();
        let within = within.map_err(|e| Refusal::usage(e.to_string()))?;
        let at = context.at(self.at.as_deref())?;
        let text = stdin::words(self.text)?;
        let room = context.room(&self.incident).await?;
        // Written as in the room, with its mark in front, it means the same.
        let text = text.trim_start();
        let text = text.strip_prefix('+').unwrap_or(text);
        let mut asked = at_one_time(timed("+", text, context.now(), &room)?, at)?;
        if let Request::Ask { person, time_box, .. } = &mut asked.request {
            // The same person said twice is one.
            let handle = |name: &str| folded(name.trim().trim_start_matches('@'));
            let to = self.to.filter(|to| person.as_deref().map(handle) != Some(handle(to)));
            *person = arguments::once(to, person.take(), |flag, own| {
                format!("there are two people: @{own} in the text, {flag} of --to")
            })?;
            *time_box = arguments::once(within, *time_box, |flag, own| {
                let (flag, own) = (exact_span(*flag), exact_span(*own));
                format!("there are two time boxes: {own} in the text, {flag} of --within")
            })?;
        }
        room.perform(asked, None).await
    }
}

/// Say: I have it
#[derive(Debug, clap::Args)]
pub(super) struct AckArgs {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// Who has it [default: who acts]
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
}

impl AckArgs {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.incident).await?;
        room.perform(Request::Acknowledge { target: self.line, person: self.person }, None).await
    }
}

/// Give an ask more time
#[derive(Debug, clap::Args)]
pub(super) struct ExtendArgs {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// How much more, from the end of its time box or from now when that has passed: 5m
    #[arg(value_name = "DURATION")]
    by: String,
}

impl ExtendArgs {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let by = parse_span(self.by.trim_start_matches('+')).map_err(|e| Refusal::usage(e.to_string()))?;
        if by <= crate::domain::time::Span::zero() {
            return Err(Refusal::usage("more time is longer than nothing").hint("write 5m").into());
        }
        let room = context.room(&self.incident).await?;
        room.perform(Keep::Extend { target: self.line, by }, None).await
    }
}

/// Give an ask to somebody else
#[derive(Debug, clap::Args)]
pub(super) struct ReassignArgs {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// To whom
    person: String,
}

impl ReassignArgs {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.incident).await?;
        room.perform(Keep::Reassign { target: self.line, person: self.person }, None).await
    }
}
