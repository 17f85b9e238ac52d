//! `warroom role`: who does what; a role that is held is handed over.

use super::context::Context;
use super::output::Answer;
use super::sets::offered;
use crate::domain::composed::folded;
use crate::domain::decide::role_warning;
use crate::domain::request::{Asked, Request};
use crate::domain::role;

/// Give somebody a role, or hand it over
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// commander, deputy, scribe, tech-lead, security-lead, comms, evidence-owner, business-owner, legal, sme, or
    /// one of the team's
    #[arg(value_parser = offered(built_in), hide_possible_values = true)]
    role: String,
    /// Who
    person: String,
    /// End it instead
    #[arg(long)]
    release: bool,
    /// When it happened
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

fn built_in() -> Vec<&'static str> {
    role::BUILT_IN.iter().map(|role| role.name).collect()
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let room = context.room(&self.incident).await?;
        let (role, person) = (self.role, self.person);
        if self.release {
            return room.perform(Asked { request: Request::ReleaseRole { role, person }, at }, None).await;
        }
        let before = room.incident().await?;
        let handle = folded(person.trim().trim_start_matches('@'));
        let warning = role::built_in(&role).and_then(|role| role_warning(&before, role.name, &handle));
        let exit = room
            .perform(Asked { request: Request::AssignRole { role: role.clone(), person }, at }, None)
            .await?;
        let policy = room.service.policy();
        let duties = policy.role_named(&role).map(|role| policy.duties(&role)).unwrap_or_default();
        if !duties.is_empty() && !context.out.is_json() {
            context.out.say(&format!("{handle}, your part:\n- {}", duties.join("\n- ")));
        }
        if let Some(warning) = warning {
            context.out.say(&format!("note: {warning}"));
        }
        Ok(exit)
    }
}
