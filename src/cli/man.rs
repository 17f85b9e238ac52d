//! `warroom man`: writes the manual pages.

use std::path::PathBuf;

use clap::CommandFactory;

use super::output::{Answer, Output};
use crate::service::Failure;

/// Write the manual pages into a folder
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder; made when it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Args {
    pub(super) fn run(self, out: &Output) -> Answer {
        let shown = self.folder.display().to_string();
        let failed = |e: std::io::Error| Failure::no(format!("{shown} cannot be written: {e}"));
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        clap_mangen::generate_to(super::subcommands::Cli::command(), &self.folder).map_err(failed)?;
        out.answer(&serde_json::json!({ "folder": shown }), || format!("wrote the manual pages into {shown}"))
    }
}
