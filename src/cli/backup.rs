//! `warroom backup`: a checked copy of the home in a new folder.

use std::path::PathBuf;

use super::context::Context;
use super::output::Answer;
use crate::domain::closeout::counted;
use crate::service::{COPIED_FOLDERS, Failure, FailureKind};
use crate::shell::paths::{CONFIG_FILE, THESAURUS_FILE};
use crate::shell::throwaway::Throwaway;

/// Copy the home into a new folder: incidents, postmortems, runbooks, drills, drafts, settings
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The copy is of one moment although others go on writing, and is checked after it is written. \
    It can be used as a home at once (--home), and sha256sum -c MANIFEST inside it finds every changed byte. The \
    search index is left out: it is built anew when needed; so are people.toml, which stays on this machine, and \
    secret-tags.key, the key of the marks of masked secrets."
)]
pub(super) struct Args {
    /// The folder to make; it must not be there
    #[arg(value_name = "FOLDER")]
    to: PathBuf,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        if self.to.as_os_str() == "-" {
            return Err(Failure::new(FailureKind::Usage, "a backup is a folder, and - is none".to_owned())
                .hint("name the folder to make")
                .into());
        }
        let home = &context.session.home;
        if !home.exists() {
            return Err(Failure::new(
                FailureKind::NotFound,
                format!("there is no home {}", home.root().display()),
            )
            .hint("name it with --home")
            .into());
        }
        let service = context.reading().await?;
        let mut files = vec![CONFIG_FILE, THESAURUS_FILE];
        files.extend(COPIED_FOLDERS);
        let throwaway = Throwaway::listen();
        let mut report =
            service.backup(home.root(), &files, &self.to, |unfinished| throwaway.is(unfinished)).await?;
        drop(throwaway);
        if !context.session.people().0.all().is_empty() {
            report
                .left_out
                .push("people.toml stays on this machine; copy it by hand where it may go".to_owned());
        }
        // With it, whoever gets the copy could try guesses against the marks.
        if home.tag_key().exists() {
            report.left_out.push(
                "secret-tags.key stays in this home: in the copy the same secret gets another mark; copy it by \
                 hand where the copy takes this home's place"
                    .to_owned(),
            );
        }
        service.close().await?;
        context.out.answer(&report, || {
            let mut lines = vec![
                format!(
                    "{} holds {}, {} bytes",
                    report.path,
                    counted(report.files, "file", "files"),
                    report.bytes
                ),
                format!(
                    "{} of {} checked in the copy",
                    counted(report.events, "event", "events"),
                    counted(report.incidents, "incident", "incidents")
                ),
            ];
            if let Some(postmortems) = report.postmortems {
                let postmortems = counted(postmortems, "postmortem", "postmortems");
                lines.push(format!("{postmortems} in the copy of the archive"));
            }
            lines.extend(report.left_out.iter().map(|what| format!("left out: {what}")));
            lines.join("\n")
        })
    }
}
