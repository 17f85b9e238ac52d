//! `warroom drill`: lists, shows, checks and runs scripts of exercises, and scores what was run.

mod scripts;
mod sheet;

use std::path::PathBuf;

use clap::Subcommand;

use super::checking::check_paths;
use super::context::Context;
use super::output::{Exit, Stop};
use super::{Outcome, Place, open, stdin};
use crate::domain::ids::IncidentId;
use crate::domain::request::{Declaration, DrillRequest, Request};
use crate::domain::time::rfc3339;
use crate::domain::words::{DrillVerdict, IncidentKind};
use crate::service::{Failure, read_drill};

/// Exercises by a script: list, show, check, run, score
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the scripts of the home, and when each was last run
    List,
    /// Show a script: injects, what is expected after each, what could not be read as intended. Not for players
    Show {
        /// Its name, a part of its name or title, or the path of a file
        name: String,
    },
    /// Check scripts: whether they are read as intended
    Check {
        /// Files, or folders of .md files
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Declare an exercise and begin it: each inject is written into its timeline when it is due, as an alert from drill, by whatever room is open or command writes next. Nobody commands and no severity is set, unless asked for
    Run {
        /// The script: its name, a part of its name or title, or the path of a file
        name: String,
        /// Who reads the injects and judges [default: whoever runs it]
        #[arg(long, value_name = "PERSON")]
        facilitator: Option<String>,
        /// Who commands
        #[arg(long, value_name = "PERSON")]
        commander: Option<String>,
        /// A service that is touched; may be repeated
        #[arg(long, value_name = "NAME")]
        service: Vec<String>,
        /// When it began, if not now
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        at: Option<String>,
        /// Open its room at once
        #[arg(long)]
        open: bool,
    },
    /// Tell the players something before it is due
    Inject {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// Its number [default: the next]
        number: Option<u32>,
    },
    /// Judge an expectation; the last word holds, also over what the log shows
    Mark {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The number of the expectation, as the score shows it
        number: u32,
        /// met, late or missed
        verdict: DrillVerdict,
        /// How one knows
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        reason: String,
    },
    /// Print the score sheet: what was expected when, and what came of it. Not for players
    Score {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
    },
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Result<Outcome, Stop> {
        let exit: Exit = match self.action {
            Action::List => scripts::list(context).await?,
            Action::Show { name } => {
                let service = context.reading().await?;
                scripts::show(context, &scripts::find(&service, &name)?)?
            }
            Action::Check { paths } => {
                check_paths(context, &paths, |path| Ok(scripts::problems(context, &read_drill(path)?)))?
            }
            Action::Run { name, facilitator, commander, service, at, open } => {
                if open {
                    open::on_terminal(context)?;
                }
                let new = Run { name, facilitator, commander, services: service, at };
                return new.run(context, open).await;
            }
            Action::Inject { incident, number } => {
                let room = context.room(&incident).await?;
                room.perform(Request::Drill(DrillRequest::Give { inject: number }), None).await?
            }
            Action::Mark { incident, number, verdict, reason } => {
                let reason = stdin::words(reason)?;
                let room = context.room(&incident).await?;
                let judge = DrillRequest::Judge { expectation: number, verdict, reason };
                room.perform(Request::Drill(judge), None).await?
            }
            Action::Score { incident } => sheet::score(context, &incident).await?,
        };
        Ok(exit.into())
    }
}

/// What `drill run` was given.
struct Run {
    name: String,
    facilitator: Option<String>,
    commander: Option<String>,
    services: Vec<String>,
    at: Option<String>,
}

impl Run {
    async fn run(self, context: &Context<'_>, open: bool) -> Result<Outcome, Stop> {
        let at = context.at(self.at.as_deref())?;
        let service = context.writing().await?;
        let file = scripts::find(&service, &self.name)?;
        if file.script.injects.is_empty() {
            return Err(Failure::no(format!("{} has no inject, so there is nothing to run", file.name))
                .hint(format!("warroom drill check {} says why", file.path.display()))
                .into());
        }
        for problem in scripts::problems(context, &file) {
            context.out.say(&format!("{}:{}: {}", file.path.display(), problem.line, problem.message));
        }
        let by = context.session.by();
        let facilitator = self.facilitator.unwrap_or_else(|| by.person.clone());
        let declaration = Declaration {
            id: IncidentId { year: 0, number: 0 },
            title: String::new(),
            kind: IncidentKind::Drill,
            severity: None,
            services: self.services,
            tags: Vec::new(),
            commander: self.commander,
            runbooks: Vec::new(),
        };
        let (id, log) = service.run_drill(&by, &file, facilitator, declaration, at).await?;
        let _ = service.record_breaches(log, &by).await;
        if open {
            return Ok(Outcome::Screen(Place::Room(log)));
        }
        let incident = service.incident(log).await?;
        let script = incident.drill.as_deref().map(|run| &run.script);
        let document = serde_json::json!({
            "id": id,
            "title": incident.title,
            "kind": incident.kind,
            "severity": incident.severity,
            "state": incident.state,
            "declared_at": rfc3339(incident.declared_at),
            "declared_by": incident.declared_by,
            "commander": incident.commander(),
            "services": incident.services,
            "drill": {
                "name": file.name,
                "digest": script.map(|script| &script.digest),
                "facilitator": script.map(|script| &script.facilitator),
                "injects": file.script.injects.len(),
                "expectations": file.script.expectations().count(),
            },
        });
        let exit = context.out.answer(&document, || id.to_string())?;
        if !context.out.is_json() {
            context.out.say(&format!(
                "Injects come when they are due, while a room of it is open or commands write: warroom open {id}"
            ));
            context.out.say(&format!("The score, for the facilitator: warroom drill score {id}"));
        }
        Ok(exit.into())
    }
}
