//! `warroom update`: a word to an audience.

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::output::Stop;
use super::stdin;
use crate::domain::audience::Audience;
use crate::domain::ids::Seq;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Request, When};

/// Tell an audience, draft a word to one, or send a draft
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// internal, customers, public or regulator; or approve or send with the number of a draft
    #[arg(value_name = "AUDIENCE|approve|send")]
    what: String,
    /// The words, or - for standard input; the number of the draft to approve or send
    #[arg(value_name = "TEXT|SEQ", allow_hyphen_values = true)]
    text: String,
    /// Write it down, to be approved and sent later
    #[arg(long)]
    draft: bool,
    /// When the next one is promised: 30m, 15:00
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    next: Option<String>,
    /// When it happened
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let request = match self.what.as_str() {
            "approve" => Request::ApproveUpdate { target: self.number()? },
            "send" => Request::MarkSent { target: self.number()?, next: self.ahead(context)? },
            audience => {
                let audience: Audience = audience.parse()?;
                let next = self.ahead(context)?;
                let text = stdin::text_or_stdin(&self.text)?;
                if self.draft {
                    Request::DraftUpdate { audience, text, next }
                } else {
                    Request::SendUpdate { audience, text, next }
                }
            }
        };
        let room = context.room(&self.incident).await?;
        room.perform(Asked { request, at }, None).await
    }
}

impl Args {
    /// The time of `--next`.
    fn ahead(&self, context: &Context<'_>) -> Result<Option<When>, Stop> {
        self.next.as_deref().map(|t| arguments::ahead(t, context.now())).transpose()
    }

    fn number(&self) -> Result<Seq, Stop> {
        arguments::line(&self.text).map_err(|why| {
            Refusal::usage(format!("{:?} is {why}", self.text)).hint("name the draft by its number").into()
        })
    }
}
