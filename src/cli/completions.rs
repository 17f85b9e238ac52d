//! `warroom completions`: what a shell needs to complete a command line.

use clap::CommandFactory;
use clap_complete::Shell;

use super::output::{Answer, Exit, Output};

/// Print the completions for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// bash, elvish, fish, powershell or zsh
    shell: Shell,
}

impl Args {
    pub(super) fn run(self, out: &Output) -> Answer {
        let mut bytes = Vec::new();
        clap_complete::generate(self.shell, &mut super::subcommands::Cli::command(), "warroom", &mut bytes);
        if out.is_json() {
            let script = String::from_utf8_lossy(&bytes);
            out.document(&serde_json::json!({ "shell": self.shell.to_string(), "script": script }))?;
        } else {
            out.raw(&bytes)?;
        }
        Ok(Exit::DONE)
    }
}
