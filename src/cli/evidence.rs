//! `warroom evidence`: registers files as evidence, with their size and SHA-256. It never moves or changes them.

use std::path::PathBuf;

use clap::Subcommand;

use super::arguments;
use super::context::Context;
use super::output::Answer;
use crate::domain::ids::Seq;
use crate::domain::request::{Asked, Request};
use crate::service::read_evidence;

/// Register evidence
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Register files: size and SHA-256 are computed, the files stay where they are
    Add {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The files
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// A short name [default: the file's]
        #[arg(long)]
        name: Option<String>,
        /// What it is, such as log, image, memory, disk, network
        #[arg(long, default_value = "file")]
        class: String,
        /// The system that it came from
        #[arg(long, default_value = "", hide_default_value = true)]
        source: String,
        /// Who took it [default: who acts]
        #[arg(long, value_name = "PERSON")]
        acquired_by: Option<String>,
        /// When it was taken
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        at: Option<String>,
    },
    /// Hand an item on
    Transfer {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The number of its line
        #[arg(value_name = "SEQ", value_parser = arguments::line)]
        item: Seq,
        /// Who has it now
        #[arg(value_name = "PERSON")]
        to: String,
        /// Where it lies now
        #[arg(long, default_value = "", hide_default_value = true)]
        location: String,
        /// Why
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        reason: String,
    },
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        match self.action {
            Action::Add { incident, paths, name, class, source, acquired_by, at } => {
                let at = context.at(at.as_deref())?;
                let room = context.room(&incident).await?;
                let mut asked = Vec::new();
                for path in &paths {
                    let mut evidence = read_evidence(path, &class, &source)?;
                    evidence.acquired_by.clone_from(&acquired_by);
                    if let Some(name) = &name {
                        evidence.name.clone_from(name);
                    }
                    asked.push(Asked { request: Request::AddEvidence(evidence), at });
                }
                let submitted = room.submit(&asked).await?;
                room.tell(&submitted, None).await
            }
            Action::Transfer { incident, item, to, location, reason } => {
                let room = context.room(&incident).await?;
                room.perform(Request::TransferEvidence { evidence: item, to, location, reason }, None).await
            }
        }
    }
}
