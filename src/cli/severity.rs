//! `warroom severity`: how bad it is.

use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::request::{Asked, Request};

/// Change the severity: up freely, down with a reason
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// A severity of the team's profile, or unset
    severity: String,
    /// Why; needed downwards, and to unset it
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    reason: String,
    /// When it happened
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let reason = stdin::words(self.reason)?;
        let room = context.room(&self.incident).await?;
        let to = (!self.severity.eq_ignore_ascii_case("unset")).then_some(self.severity);
        room.perform(Asked { request: Request::SetSeverity { to, reason }, at }, None).await
    }
}
