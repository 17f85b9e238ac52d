//! `warroom scope`: which assets are touched, and where each stands.

use super::board;
use super::context::Context;
use super::output::Answer;
use super::stdin::text_or_stdin;
use crate::domain::board::BoardKind;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Keep, Request};
use crate::domain::verb::assets_of;
use crate::domain::words::ScopeState;

/// Say where assets stand, or list them
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The assets: hosts, images, accounts, buckets; - reads them from standard input, apart by blanks, commas or
    /// lines. Without any, or with the one word list, the scope is listed
    #[arg(value_name = "ASSET|-|list")]
    assets: Vec<String>,
    /// suspected, affected, clean or fixed
    #[arg(long)]
    state: Option<ScopeState>,
    /// Take the assets out: they were named in error
    #[arg(long, conflicts_with = "state", requires = "assets")]
    remove: bool,
    /// When it was found
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let listed =
            self.assets.is_empty() || (self.assets == ["list"] && self.state.is_none() && !self.remove);
        if listed && self.state.is_none() {
            return board::print(context, &self.incident, BoardKind::Scope).await;
        }
        let at = context.at(self.at.as_deref())?;
        let mut assets: Vec<String> = Vec::new();
        for given in self.assets {
            if given == "-" {
                assets.extend(assets_of(&text_or_stdin("-")?));
            } else {
                assets.push(given);
            }
        }
        let request = match self.state {
            Some(state) => Request::SetScope { assets, state },
            None if self.remove => Keep::RemoveScope { assets }.into(),
            None => {
                return Err(Refusal::usage("it is not said where they stand")
                    .hint("add --state suspected, affected, clean or fixed")
                    .into());
            }
        };
        let room = context.room(&self.incident).await?;
        room.perform(Asked { request, at }, None).await
    }
}
