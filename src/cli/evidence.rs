//! `warroom evidence`: registers files as evidence, with their size and SHA-256. It never moves or changes them.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use sha2::{Digest, Sha256};

use super::arguments;
use super::context::Context;
use super::output::Answer;
use crate::domain::ids::Seq;
use crate::domain::request::{Asked, NewEvidence, Request};
use crate::service::{Failure, FailureKind};

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
        #[arg(long, default_value = "")]
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
        #[arg(long, default_value = "")]
        location: String,
        /// Why
        #[arg(long, default_value = "", allow_hyphen_values = true)]
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
                    let (size, sha256) = measure(path)?;
                    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                    let location = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                    let evidence = NewEvidence {
                        name: name.clone().unwrap_or(file),
                        class: class.clone(),
                        source: source.clone(),
                        acquired_by: acquired_by.clone(),
                        location: location.display().to_string(),
                        size: Some(size),
                        sha256: Some(sha256),
                    };
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

/// Size in bytes and SHA-256 in hex of a file, read once.
fn measure(path: &Path) -> Result<(u64, String), Failure> {
    let failed = |e: std::io::Error| {
        let kind = match e.kind() {
            std::io::ErrorKind::NotFound => FailureKind::NotFound,
            _ => FailureKind::No,
        };
        Failure::new(kind, format!("{} cannot be read: {e}", path.display())).hint("nothing was registered")
    };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    let mut size = 0_u64;
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        let Some(bytes) = buffer.get(..read).filter(|b| !b.is_empty()) else { break };
        hash.update(bytes);
        size += bytes.len() as u64;
    }
    let hex = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((size, hex))
}
