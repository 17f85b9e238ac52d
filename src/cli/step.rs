//! `warroom step`: moves a step of the attached runbooks.

use clap::ValueEnum;

use super::arguments;
use super::context::Context;
use super::output::Answer;
use super::stdin;
use crate::domain::request::{Asked, Keep, Request, StepMove, StepPick};

/// Move a step of the attached runbooks
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// What becomes of it
    #[arg(value_enum, value_name = "tick|doing|skip|block|reopen|assign|due", hide_possible_values = true)]
    change: Change,
    /// Its running number over the attached runbooks, or a part of its text that no other step has
    #[arg(value_name = "STEP", allow_hyphen_values = true)]
    step: String,
    /// Why; needed to skip or block
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    reason: String,
    /// Who [default: who acts]
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// Go on with what somebody else began, or do again what is done or skipped
    #[arg(long)]
    force: bool,
    /// By when it should be done, for due: 15m, 14:48; without it, at no time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    by: Option<String>,
    /// When it happened
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        let reason = stdin::words(self.reason)?;
        let room = context.room(&self.incident).await?;
        let due = self.by.as_deref().map(|t| arguments::ahead(t, context.now())).transpose()?;
        let step = StepPick::Named(self.step);
        let change = match self.change {
            Change::Assign => {
                let person = self.person.unwrap_or_else(|| context.session.by().person);
                return room.perform(Asked { request: Request::AssignStep { step, person }, at }, None).await;
            }
            Change::Due => return room.perform(Keep::StepDue { step, due }, None).await,
            Change::Tick => StepMove::Tick,
            Change::Doing if self.force => StepMove::TakeOver,
            Change::Doing => StepMove::Doing,
            Change::Skip => StepMove::Skip,
            Change::Block => StepMove::Block,
            Change::Reopen => StepMove::Reopen,
        };
        let request = Request::MoveStep { step, change, person: self.person, reason };
        room.perform(Asked { request, at }, None).await
    }
}

/// What becomes of a step.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Change {
    Tick,
    Doing,
    Skip,
    Block,
    Reopen,
    Assign,
    Due,
}
