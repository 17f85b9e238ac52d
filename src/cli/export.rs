//! `warroom export`: an incident in a form that leaves the room.

use std::path::PathBuf;

use super::context::Context;
use super::output::Answer;
use crate::domain::export::{Format, Source, export};
use crate::domain::refusal::Refusal;

/// Write an incident as Markdown, HTML, JSON or CSV
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Crossed-out lines and lines tagged #privileged are left out, and restricted incidents are \
    refused, unless --privileged is given (crossed-out lines are left out always). Each form names the head of the \
    log, which warroom verify --head checks."
)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// md, html, json or csv
    #[arg(long)]
    format: Option<Format>,
    /// Write it to this file [default: standard output]; its ending names the format when --format does not
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// Only the facts and the standing brief (md and html)
    #[arg(long)]
    brief: bool,
    /// Export restricted incidents and privileged lines as well
    #[arg(long)]
    privileged: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let format = self.form(context)?;
        if self.brief && !matches!(format, Format::Markdown | Format::Html) {
            return Err(Refusal::usage(format!("--brief has no {format} form"))
                .hint("use md or html, or warroom brief --json")
                .into());
        }
        let (service, log) = context.look(&self.incident).await?;
        let incident = service.incident(log).await?;
        let digest = service.digest_at(log, incident.head).await?;
        let source = Source {
            incident: &incident,
            policy: service.policy(),
            now: context.now(),
            digest,
            privileged: self.privileged,
            brief_only: self.brief,
        };
        let text = export(&source, format)?;
        let Some(path) = &self.output else {
            context.out.raw(text.as_bytes())?;
            return Ok(super::Exit::DONE);
        };
        crate::service::write_new(path, text.as_bytes(), self.force)?;
        let document = serde_json::json!({
            "id": incident.id,
            "format": format,
            "path": path.display().to_string(),
            "bytes": text.len(),
            "head": { "seq": incident.head, "hash": digest.to_string() },
        });
        context.out.answer(&document, || {
            format!("{} as of {}:{digest} is in {}", incident.id, incident.head, path.display())
        })
    }

    /// The format asked for, else the one of the file's ending, else JSON with `--json` and Markdown without.
    fn form(&self, context: &Context<'_>) -> Result<Format, super::Stop> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        match self.output.as_ref().and_then(|path| path.extension()) {
            Some(ending) => Ok(ending.to_string_lossy().parse::<Format>()?),
            None if context.out.is_json() => Ok(Format::Json),
            None => Ok(Format::Markdown),
        }
    }
}
