//! `warroom import`: other people's postmortems into the archive.

use std::path::PathBuf;

use super::context::Context;
use super::output::{Answer, Exit};

/// Import postmortems (any Markdown) into the archive, in one commit
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files, or folders that are searched
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Who commits, where git does not say
    #[arg(long, value_name = "NAME <ADDRESS>")]
    author: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let service = context.writing().await?;
        let report = service.import(&context.session.by(), self.paths, self.author).await?;
        for file in &report.not_read {
            context.out.say(&format!("not read: {}: {}", file.path, file.reason));
        }
        for warning in &report.warnings {
            context.out.say(&format!("warning: {warning}"));
        }
        context.out.answer(&report, || {
            format!(
                "imported {}, there already {}, not read {}",
                report.imported.len(),
                report.skipped.len(),
                report.not_read.len()
            )
        })?;
        Ok(if report.not_read.iter().any(|file| file.secret) {
            Exit::BROKEN
        } else if report.not_read.is_empty() {
            Exit::DONE
        } else {
            Exit::NO
        })
    }
}
