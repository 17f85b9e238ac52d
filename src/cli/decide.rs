//! `warroom decide`: writes down a choice.

use super::arguments;
use super::context::Context;
use super::log::{at_one_time, timed};
use super::output::Answer;
use super::stdin;
use crate::domain::request::Request;
use crate::domain::time::exact_span;

/// Write down a decision
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// What was decided, or - for standard input; @executor and 'check 15m' or 'check at 14:50' in it are read as in the room
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// Who decided [default: the commander]
    #[arg(long, value_name = "PERSON")]
    by_whom: Option<String>,
    /// Who carries it out
    #[arg(long, value_name = "PERSON")]
    executor: Option<String>,
    /// When the outcome is to be looked at: 15m, 14:48, or 'tomorrow 09:00'
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    check_at: Option<String>,
    /// What was said against it; may be repeated
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    objection: Vec<String>,
    /// When it was decided
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let now = context.now();
        let flag = context.at(self.at.as_deref())?;
        let ahead = self.check_at.as_deref().map(|t| arguments::ahead(t, now)).transpose()?;
        let text = stdin::words(self.text)?;
        let objection = self.objection.into_iter().map(stdin::words).collect::<Result<_, _>>()?;
        let room = context.room(&self.incident).await?;
        let mut asked = at_one_time(timed("!", &text, flag.map_or(now, |(at, _)| at), &room)?, flag)?;
        if let Request::Decide { decided_by, executor, check, objections, .. } = &mut asked.request {
            *decided_by = self.by_whom;
            *executor = arguments::once(self.executor, executor.take(), |flag, own| {
                format!("there are two executors: @{own} in the text, {flag} of --executor")
            })?;
            let typed = self.check_at.as_deref().unwrap_or_default().trim();
            *check = arguments::once(ahead, *check, |_, own| {
                let own = exact_span(own.from(now) - now);
                format!("there are two times of a check: {own} in the text, {typed} of --check-at")
            })?;
            *objections = objection;
        }
        room.perform(asked, None).await
    }
}
