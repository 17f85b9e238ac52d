//! `warroom hypothesis`: a possible explanation, and where it stands.

use super::arguments;
use super::context::{Context, Room};
use super::log::timed;
use super::output::{Answer, Stop};
use super::stdin;
use super::views::one_line;
use crate::domain::refusal::Refusal;
use crate::domain::request::Request;
use crate::domain::resemble;
use crate::domain::time::{day_in_zone, with_zone};
use crate::domain::verb;
use crate::domain::words::HypothesisState;
use crate::domain::zone::Tz;

/// Propose an explanation, or with --state say where one stands
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The explanation, or - for standard input; with --state the number of its line
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
    /// Who found so, with --state [default: who acts]; @person at the end of --why says it too
    #[arg(long, visible_alias = "by", value_name = "PERSON", requires = "state")]
    person: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let Some(state) = self.state else {
            let text = stdin::words(self.what)?;
            let room = context.room(&self.incident).await?;
            let asked = timed("?", &text, context.now(), &room)?;
            recall(context, &room, &asked.request).await?;
            return room.perform(asked, None).await;
        };
        let target = arguments::line(&self.what).map_err(|why| {
            Refusal::usage(format!("{:?} is {why}", self.what)).hint("name the hypothesis by its number")
        })?;
        let why = stdin::words(self.why)?;
        let room = context.room(&self.incident).await?;
        let request = match self.person {
            Some(person) => Request::SetHypothesis { target, state, why, person: Some(person) },
            None => verb::finding(target, state, &why),
        };
        room.perform(request, None).await
    }
}

/// Says beside the answer why something like it was ruled out before. It is stored all the same.
pub(super) async fn recall(context: &Context<'_>, room: &Room<'_>, request: &Request) -> Result<(), Stop> {
    let Request::Propose { text, .. } = request else { return Ok(()) };
    let incident = room.incident().await?;
    if let Some(old) = resemble::ruled_out(&incident, text) {
        let (now, zone) = (&old.now, Tz::UTC);
        context.out.say(&format!(
            "like #{} {:?}, ruled out by {} {} {}Z: {}",
            old.seq,
            one_line(&old.text),
            now.by,
            day_in_zone(now.at, zone),
            with_zone(now.at, zone),
            one_line(&now.why)
        ));
    }
    Ok(())
}
