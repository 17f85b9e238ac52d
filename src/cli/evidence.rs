//! `warroom evidence`: the register: files with their size and SHA-256, who has them, and whether they are still what
//! they were. It never moves or changes a file.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::arguments;
use super::board;
use super::context::Context;
use super::output::{Answer, Exit, Stop};
use super::sets::offered;
use super::stdin;
use super::views::one_line;
use crate::domain::board::BoardKind;
use crate::domain::ids::Seq;
use crate::domain::incident::{EVIDENCE_CLASSES, EvidenceItem, UNCLASSIFIED};
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Keep, NewEvidence, Request};
use crate::service::{Rehashed, keep_output, read_evidence, rehash};

/// Register evidence
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Register files: size and SHA-256 are computed, the files stay where they are
    Add(Add),
    /// List the register
    List {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
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
        /// When it changed hands
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        at: Option<String>,
    },
    /// Say that an item belongs to a line of the timeline
    Attach {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The number of its line
        #[arg(value_name = "SEQ", value_parser = arguments::line)]
        item: Seq,
        /// The line that it belongs to
        #[arg(value_name = "LINE", value_parser = arguments::line)]
        entry: Seq,
    },
    /// Say that an item was registered in error; it stays in the register, marked
    Withdraw {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The number of its line
        #[arg(value_name = "SEQ", value_parser = arguments::line)]
        item: Seq,
        /// Why
        #[arg(long, allow_hyphen_values = true)]
        reason: String,
    },
    /// Compute the digests again: exit 5 when a file has changed, 1 when one cannot be read
    Verify {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The number of its line [default: all]
        #[arg(value_name = "SEQ", value_parser = arguments::line)]
        item: Option<Seq>,
    },
}

/// The classes that are known; a team may use others.
fn classes() -> Vec<&'static str> {
    EVIDENCE_CLASSES.iter().map(|(class, _)| *class).collect()
}

/// What `add` is given.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The six classes that are worth taking almost every time: audit-log, identity, digest, \
    configuration, scope, timeline. A team may use its own beside them."
)]
struct Add {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The files; - keeps standard input, such as a command's output, as a file of the home
    #[arg(required = true, value_name = "PATH|-")]
    paths: Vec<PathBuf>,
    /// A short name [default: the file's]
    #[arg(long)]
    name: Option<String>,
    /// What it is
    #[arg(long, default_value = UNCLASSIFIED, value_parser = offered(classes), hide_possible_values = true)]
    class: String,
    /// The system that it came from
    #[arg(long, default_value = "", hide_default_value = true)]
    source: String,
    /// Who took it [default: who acts]
    #[arg(long, visible_alias = "by", value_name = "PERSON")]
    acquired_by: Option<String>,
    /// Where it lies [default: the file's path]
    #[arg(long)]
    location: Option<String>,
    /// The line that it belongs to
    #[arg(long, value_name = "SEQ", value_parser = arguments::line)]
    about: Option<Seq>,
    /// When it was taken
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        match self.action {
            Action::Add(add) => add.run(context).await,
            Action::List { incident } => board::print(context, &incident, BoardKind::Evidence).await,
            Action::Transfer { incident, item, to, location, reason, at } => {
                let reason = stdin::words(reason)?;
                let at = context.at(at.as_deref())?;
                let room = context.room(&incident).await?;
                let request = Request::TransferEvidence { evidence: item, to, location, reason };
                room.perform(Asked { request, at }, None).await
            }
            Action::Attach { incident, item, entry } => {
                let room = context.room(&incident).await?;
                room.perform(Keep::Attach { evidence: item, entry }, None).await
            }
            Action::Withdraw { incident, item, reason } => {
                let reason = stdin::words(reason)?;
                let room = context.room(&incident).await?;
                room.perform(Keep::Withdraw { evidence: item, reason }, None).await
            }
            Action::Verify { incident, item } => verify(context, &incident, item).await,
        }
    }
}

impl Add {
    async fn run(self, context: &Context<'_>) -> Answer {
        let at = context.at(self.at.as_deref())?;
        if self.paths.len() > 1 && (self.name.is_some() || self.location.is_some()) {
            return Err(Refusal::usage("one name or location cannot be that of several files")
                .hint("add them one by one")
                .into());
        }
        let room = context.room(&self.incident).await?;
        let mut asked = Vec::new();
        for path in &self.paths {
            let mut evidence = self.read(context, path)?;
            evidence.acquired_by.clone_from(&self.acquired_by);
            evidence.entry = self.about;
            if let Some(name) = &self.name {
                evidence.name.clone_from(name);
            }
            if let Some(location) = &self.location {
                evidence.location.clone_from(location);
            }
            asked.push(Asked { request: Request::AddEvidence(evidence), at });
        }
        let submitted = room.submit(&asked).await?;
        room.tell(&submitted, None).await
    }

    fn read(&self, context: &Context<'_>, path: &Path) -> Result<NewEvidence, Stop> {
        if path != Path::new("-") {
            return Ok(read_evidence(path, &self.class, &self.source)?);
        }
        let name = self.name.as_deref().unwrap_or("output");
        let folder = context.session.home.evidence();
        Ok(keep_output(&folder, name, &mut std::io::stdin().lock(), &self.class, &self.source)?)
    }
}

/// Hashes what is registered again.
async fn verify(context: &Context<'_>, incident: &str, item: Option<Seq>) -> Answer {
    let (service, log) = context.look(incident).await?;
    let incident = service.incident(log).await?;
    let all = &incident.record.evidence;
    if let Some(seq) = item.filter(|seq| !all.iter().any(|i| i.seq == *seq)) {
        return Err(Refusal::not_found(format!("{seq} is not an item of evidence")).into());
    }
    let wanted = |i: &&EvidenceItem| match item {
        Some(seq) => i.seq == seq,
        None => i.withdrawn.is_none(),
    };
    let found: Vec<(&EvidenceItem, Rehashed)> = all.iter().filter(wanted).map(|i| (i, rehash(i))).collect();
    let rows: Vec<serde_json::Value> = found
        .iter()
        .map(|(item, now)| {
            json!({
                "seq": item.seq, "name": item.name, "location": item.location, "sha256": item.sha256,
                "state": now.as_str(), "found": now.found(),
            })
        })
        .collect();
    let bad = found.iter().any(|(_, now)| matches!(now, Rehashed::Differs(_)));
    let unread = found.iter().any(|(_, now)| matches!(now, Rehashed::NotRead(_)));
    let document = json!({ "id": incident.id, "ok": !bad && !unread, "evidence": rows });
    context.out.answer(&document, || {
        let lines: Vec<String> = found
            .iter()
            .map(|(item, now)| {
                let found = now.found().map(|f| format!(": {f}")).unwrap_or_default();
                format!("#{} {:<9} {}{}", item.seq, now.as_str(), one_line(&item.name), one_line(&found))
            })
            .collect();
        if lines.is_empty() { "no evidence is registered".to_owned() } else { lines.join("\n") }
    })?;
    Ok(if bad {
        Exit::BROKEN
    } else if unread {
        Exit::NO
    } else {
        Exit::DONE
    })
}
