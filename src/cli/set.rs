//! `warroom set`: corrects what an incident is said to be.

use super::context::{Context, Room};
use super::doctor::TO_TAKE_OUT;
use super::output::{Answer, Stop};
use super::sets::offered;
use super::stdin;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Request};
use crate::domain::words::{Certainty, DispositionWord, Flag, IncidentKind, ScopeState, Visibility};

/// Correct title, services, tags, kind, impact, visibility, disposition or scope
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// A new title
    #[arg(long, allow_hyphen_values = true)]
    title: Option<String>,
    /// All services that are touched; may be repeated
    #[arg(long, value_name = "NAME")]
    service: Vec<String>,
    /// All labels; may be repeated
    #[arg(long)]
    tag: Vec<String>,
    /// real, drill, test or backfilled
    #[arg(long)]
    kind: Option<IncidentKind>,
    /// What it does to people and systems, in a line
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    impact: Option<String>,
    /// The impact is suspected
    #[arg(long, conflicts_with = "confirmed")]
    suspected: bool,
    /// The impact is confirmed
    #[arg(long)]
    confirmed: bool,
    /// Whether customer data is touched: yes, no or unknown
    #[arg(long, value_name = "FLAG")]
    customer_data: Option<Flag>,
    /// Whether production is touched: yes, no or unknown
    #[arg(long, value_name = "FLAG")]
    production: Option<Flag>,
    /// Whether privileged access is touched: yes, no or unknown
    #[arg(long, value_name = "FLAG")]
    privileged_access: Option<Flag>,
    /// team, restricted or privileged
    #[arg(long)]
    visibility: Option<Visibility>,
    /// What lists and screens call it while it is not the whole team's to read; '' takes it away
    #[arg(long, value_name = "NAME")]
    code_name: Option<String>,
    /// confirmed, false-alarm, near-miss, or 'duplicate-of INC'
    #[arg(long, value_parser = offered(dispositions), hide_possible_values = true)]
    disposition: Option<String>,
    /// Why, for a disposition
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    reason: String,
    /// An asset and where it stands, such as 'build-7 affected'; may be repeated
    #[arg(long, value_name = "'ASSET suspected|affected|clean|fixed'")]
    scope: Vec<String>,
    /// Who reported it first
    #[arg(long, value_name = "PERSON")]
    reported_by: Option<String>,
    /// The way the report came
    #[arg(long, default_value = "", hide_default_value = true, requires = "reported_by")]
    report_source: String,
}

fn dispositions() -> Vec<&'static str> {
    DispositionWord::ALL.iter().map(|word| word.as_str()).collect()
}

impl Args {
    pub(super) async fn run(mut self, context: &Context<'_>) -> Answer {
        self.title = self.title.map(stdin::words).transpose()?;
        self.impact = self.impact.map(stdin::words).transpose()?;
        self.reason = stdin::words(self.reason)?;
        let mut asked = self.requests()?;
        if asked.is_empty() && self.disposition.is_none() {
            return Err(Refusal::usage("nothing is given to set").hint("warroom set --help lists it").into());
        }
        let room = context.room(&self.incident).await?;
        if let Some(text) = &self.disposition {
            let (disposition, of) = DispositionWord::leading(text)?;
            let of = match of {
                "" => None,
                name => Some(room.service.named(name).await?.0),
            };
            asked.push(Request::SetDisposition { disposition, of, reason: self.reason.clone() }.into());
        }
        let submitted = room.submit(&asked).await?;
        if self.visibility.is_some() {
            still_there(context, &room).await?;
        }
        room.tell(&submitted, None).await
    }

    fn requests(&self) -> Result<Vec<Asked>, Stop> {
        let mut asked: Vec<Asked> = Vec::new();
        let some = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
        let (services, tags) = (some(&self.service), some(&self.tag));
        if self.title.is_some() || services.is_some() || tags.is_some() || self.kind.is_some() {
            let title = self.title.clone();
            asked.push(Request::SetDetails { title, services, tags, kind: self.kind }.into());
        }
        let certainty = match (self.suspected, self.confirmed) {
            (true, _) => Some(Certainty::Suspected),
            (_, true) => Some(Certainty::Confirmed),
            _ => None,
        };
        let flags = [self.customer_data, self.production, self.privileged_access];
        if self.impact.is_some() || certainty.is_some() || flags.iter().any(Option::is_some) {
            let request = Request::StateImpact {
                text: self.impact.clone(),
                certainty,
                customer_data: self.customer_data,
                production: self.production,
                privileged_access: self.privileged_access,
            };
            asked.push(request.into());
        }
        if let Some(visibility) = self.visibility {
            asked.push(Request::SetVisibility { visibility }.into());
        }
        if let Some(code_name) = &self.code_name {
            asked.push(Request::SetCodeName { code_name: code_name.clone() }.into());
        }
        for scope in &self.scope {
            let (asset, state) = scope.trim().rsplit_once(char::is_whitespace).ok_or_else(|| {
                Refusal::usage(format!("{scope:?} names no state")).hint("write 'build-7 affected'")
            })?;
            let state: ScopeState = state.parse()?;
            asked.push(Request::SetScope { assets: vec![asset.trim().to_owned()], state }.into());
        }
        if let Some(reporter) = &self.reported_by {
            let request = Request::Report {
                reporter: reporter.clone(),
                source: self.report_source.clone(),
                systems: Vec::new(),
            };
            asked.push(request.into());
        }
        Ok(asked)
    }
}

/// What is published stays where it is, whoever may read it from now on.
async fn still_there(context: &Context<'_>, room: &Room<'_>) -> Result<(), Stop> {
    let incident = room.incident().await?;
    if let Some(path) = room.service.still_published(&incident).await? {
        context.out.say(&format!(
            "{} is {}: no search tells it any more, but the archive still has {path} for everybody; {TO_TAKE_OUT}",
            incident.id, incident.visibility
        ));
    }
    Ok(())
}
