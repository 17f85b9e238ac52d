//! `warroom hypothesis`: a possible explanation, and where it stands.

use super::arguments;
use super::context::Context;
use super::log::timed;
use super::output::Answer;
use crate::domain::refusal::Refusal;
use crate::domain::request::Request;
use crate::domain::words::HypothesisState;

/// Propose an explanation, or with --state say where one stands
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The explanation; with --state the number of its line
    #[arg(value_name = "TEXT|SEQ", allow_hyphen_values = true)]
    what: String,
    /// open, supported or ruled-out
    #[arg(long)]
    state: Option<HypothesisState>,
    /// By which facts
    #[arg(
        long,
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true,
        requires = "state"
    )]
    why: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let room = context.room(&self.incident).await?;
        let Some(state) = self.state else {
            return room.perform(timed("?", &self.what, context.now(), &room)?, None).await;
        };
        let target = arguments::line(&self.what).map_err(|why| {
            Refusal::usage(format!("{:?} is {why}", self.what)).hint("name the hypothesis by its number")
        })?;
        room.perform(Request::SetHypothesis { target, state, why: self.why }, None).await
    }
}
