//! `warroom object`: says something against a decision.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::ids::Seq;
use crate::domain::request::{Asked, Keep};
use crate::domain::verb;

/// Say something against a decision
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The number of the decision's line
    #[arg(value_name = "SEQ", value_parser = arguments::line)]
    line: Seq,
    /// What is said against it, or - for standard input; @person at its end is who objects
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// Who objects [default: who acts]
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// When it was said
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let text = stdin::words(self.text)?;
        let room = context.room(&self.incident).await?;
        let keep = match self.person {
            Some(person) => Keep::Object { target: self.line, text, person: Some(person) },
            None => verb::objection(self.line, &text),
        };
        room.perform(Asked { request: keep.into(), at }, None).await
    }
}
