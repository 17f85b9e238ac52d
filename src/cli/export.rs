//! `warroom export`: an incident in a form that leaves the room.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::output::Answer;
use crate::domain::export::{Format, Source, audit, export, may_leave};
use crate::domain::refusal::Refusal;
use crate::service::{Service, write_folder};

/// Write an incident as Markdown, HTML, JSON, CSV, or its log to be checked elsewhere
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Crossed-out lines and lines tagged #privileged are left out, and restricted incidents are \
    refused, unless --privileged is given (crossed-out lines are left out always). Each form names the head of the \
    log, which warroom verify --head checks.\n\nThe form audit is a new folder: the log as it was stored and verify.sh, \
    which checks it with sh and sha256sum alone. Crossed-out lines are in it; the words of privileged ones only with \
    --privileged. HEAD is signed where [me] signing-key names an SSH key."
)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// md, html, json, csv or audit
    #[arg(long)]
    format: Option<Format>,
    /// Write it to this file [default, and -: standard output]; its ending names the format when --format does not.
    /// A folder for audit
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
    pub(super) async fn run(mut self, context: &Context<'_>) -> Answer {
        self.output = self.output.filter(|path| path.as_os_str() != "-");
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
        if format == Format::Audit {
            return self.audit(context, &service, &source).await;
        }
        let text = export(&source, format)?;
        let Some(path) = &self.output else {
            context.out.exported(&text)?;
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

    /// The log and its verifier, in a folder of their own.
    async fn audit(&self, context: &Context<'_>, service: &Service, source: &Source<'_>) -> Answer {
        let Some(folder) = &self.output else {
            return Err(Refusal::usage("the form audit is a folder, and none is named")
                .hint("add --output FOLDER, which must not be there yet")
                .into());
        };
        may_leave(source)?;
        let mut events = service.stored_bytes(source.incident.log).await?;
        // Others may have written since the incident was read.
        events.truncate(usize::try_from(source.incident.head.0).unwrap_or(usize::MAX));
        let (mut files, head) = audit::files(source, &events);
        let signature = context.session.sign_head(&head.to_text())?;
        let signed = signature.is_some();
        files.extend(
            signature.map(|text| audit::File { path: "HEAD.sig".to_owned(), bytes: text.into_bytes() }),
        );
        let files: Vec<(&Path, &[u8])> =
            files.iter().map(|f| (Path::new(f.path.as_str()), f.bytes.as_slice())).collect();
        write_folder(folder, &files)?;
        let document = serde_json::json!({
            "id": source.incident.id,
            "format": Format::Audit,
            "path": folder.display().to_string(),
            "events": events.len(),
            "withheld": head.withheld,
            "signed": signed,
            "head": { "seq": head.seq, "hash": head.digest.to_string() },
        });
        context.out.answer(&document, || {
            let mut lines = vec![format!(
                "{} as of {}:{} is in {}; check it with: sh {}/verify.sh",
                source.incident.id,
                head.seq,
                head.digest,
                folder.display(),
                folder.display()
            )];
            if !head.withheld.is_empty() {
                let seqs: Vec<String> = head.withheld.iter().map(ToString::to_string).collect();
                lines.push(format!("the words of {} stayed behind: privileged", seqs.join(", ")));
            }
            if !signed {
                lines.push(
                    "HEAD is not signed: [me] signing-key in your own configuration names a key".to_owned(),
                );
            }
            lines.join("\n")
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
