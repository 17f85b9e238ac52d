//! `warroom closure`: answers the list between resolved and closed.

use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::closeout;
use crate::domain::request::Request;
use crate::domain::words::{ClosureItem, ClosureState};

/// Answer an item of the closure list
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// cause, attack-path, credentials, artifacts, monitoring, notifications, actions or review
    item: ClosureItem,
    /// done, n/a or open
    state: ClosureState,
    /// Why; needed for n/a
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    reason: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let reason = stdin::words(self.reason)?;
        let room = context.room(&self.incident).await?;
        let request = Request::AnswerClosure { item: self.item, state: self.state, reason };
        let answer = room.perform(request, None).await?;
        if self.item == ClosureItem::Notifications && self.state != ClosureState::Open {
            for owed in closeout::owed_by_law(&room.incident().await?, room.service.policy()) {
                context.out.say(&format!("warning: {owed}"));
            }
        }
        Ok(answer)
    }
}
