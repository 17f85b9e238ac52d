//! `warroom config check`: reads the configuration and tells every problem with its line.

use clap::Subcommand;

use super::output::{Answer, Exit, Output};
use crate::service::Failure;
use crate::shell::config::Config;
use crate::shell::environment::Environment;
use crate::shell::paths::Home;
use crate::shell::session::Flags;

/// Work with the configuration
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check the configuration of the home and of the user
    Check,
}

impl Args {
    pub(super) fn run(self, flags: &Flags, out: &Output) -> Answer {
        let Action::Check = self.action;
        let environment = Environment::read();
        let home = Home::find(flags.home.as_deref(), &environment).map_err(|e| Failure::no(e.to_string()))?;
        let user = environment.config_folder().map(|folder| folder.join("config.toml"));
        let (_, problems) = Config::read(Some(&home.config()), user.as_deref());
        let list: Vec<_> = problems
            .iter()
            .map(|p| {
                serde_json::json!({ "path": p.file.display().to_string(), "line": p.line, "message": p.message })
            })
            .collect();
        out.answer(&serde_json::json!({ "problems": list }), || {
            if problems.is_empty() {
                return "the configuration is well".to_owned();
            }
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        })?;
        Ok(if problems.is_empty() { Exit::DONE } else { Exit(2) })
    }
}
