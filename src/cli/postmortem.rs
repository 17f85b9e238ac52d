//! `warroom postmortem`: draft, edit, check, publish; status, owner, meeting, comment.

use chrono::NaiveDate;
use clap::Subcommand;

use super::context::{Context, Room};
use super::output::{Answer, Exit};
use super::stdin;
use crate::domain::postmortem::Problem;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Request, Review};
use crate::domain::words::ReviewState;
use crate::service::{Beside, Cause, Failure, FailureKind};
use crate::shell::editor::{Alone, Editor};

/// Write the postmortem: draft, edit, check, publish
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the draft from the log, or from the text of the archive where others changed it; a draft that says more
    /// is left as it is
    Draft {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// Make it of the archive's text in any case; the draft that was there is kept beside it
        #[arg(long)]
        from_archive: bool,
    },
    /// Edit the draft in $VISUAL or $EDITOR, then check it
    Edit {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
    },
    /// Check the draft
    Check {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
    },
    /// Publish the draft: one commit in the archive
    Publish {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// Why it is published with open problems; recorded and shown
        #[arg(long, value_name = "REASON", allow_hyphen_values = true)]
        waive: Option<String>,
        /// Who commits, where git does not say
        #[arg(long, value_name = "NAME <ADDRESS>")]
        author: Option<String>,
    },
    /// Say where its review stands: draft, in-review, reviewed, closed
    Status {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// draft, in-review, reviewed or closed (closed: it is published, and nobody owes it anything)
        #[arg(value_name = "STATUS")]
        status: ReviewState,
    },
    /// Say who answers for it
    Owner {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The person; - for nobody in particular
        #[arg(value_name = "PERSON", allow_hyphen_values = true)]
        owner: String,
    },
    /// Say when it is talked about; a day that went by is reminded of until it is reviewed
    Meeting {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The day, as 2026-11-30; - for no meeting
        #[arg(value_name = "DAY", allow_hyphen_values = true)]
        day: String,
    },
    /// Say something about it
    Comment {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// The words; - reads them
        #[arg(value_name = "TEXT", allow_hyphen_values = true)]
        text: String,
    },
    /// Say that there will be no postmortem
    Waive {
        /// The incident: id, number, or . for the only open one
        #[arg(value_name = "INC")]
        incident: String,
        /// Why
        #[arg(long, allow_hyphen_values = true)]
        reason: String,
    },
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        match self.action {
            Action::Draft { incident, from_archive } => {
                draft(context, &context.room(&incident).await?, from_archive).await
            }
            Action::Edit { incident } => edit(context, &context.room(&incident).await?).await,
            Action::Check { incident } => check(context, &context.room(&incident).await?).await,
            Action::Publish { incident, waive, author } => {
                let waive = waive.map(stdin::words).transpose()?;
                let room = context.room(&incident).await?;
                let by = context.session.by();
                let report =
                    match room.service.publish(room.log, &by, waive.as_deref(), author.as_deref()).await {
                        // A reason that says something would have waived them.
                        Err(failure) if failure.cause == Cause::Problems && waive.is_some() => {
                            return Err(Failure::new(FailureKind::Usage, "the reason of --waive is empty")
                                .hint(failure.hint)
                                .into());
                        }
                        Err(failure) if failure.cause == Cause::Problems && context.out.is_json() => {
                            context.out.failure(&failure);
                            return check(context, &room).await;
                        }
                        answer => answer?,
                    };
                let _ = room.service.record_breaches(room.log, &by).await;
                for warning in &report.warnings {
                    context.out.say(&format!("warning: {warning}"));
                }
                context.out.answer(&report, || {
                    let what = if report.unchanged { "is published already" } else { "is published" };
                    let mut text = format!("{} {what}: {} in {}", report.id, report.path, report.commit);
                    for story in &report.filed {
                        text.push_str(&format!("\nfiled {story}"));
                    }
                    text
                })
            }
            Action::Status { incident, status } => review(context, &incident, Review::Status(status)).await,
            Action::Owner { incident, owner } => {
                let owner = (owner != "-").then_some(owner);
                review(context, &incident, Review::Owner(owner)).await
            }
            Action::Meeting { incident, day } => {
                let day = match day.as_str() {
                    "-" => None,
                    day => Some(day.parse::<NaiveDate>().map_err(|_| {
                        Refusal::usage(format!("{day:?} is not a day")).hint("write it as 2026-11-30, or -")
                    })?),
                };
                review(context, &incident, Review::Meeting(day)).await
            }
            Action::Comment { incident, text } => {
                let text = stdin::words(text)?;
                let room = context.room(&incident).await?;
                room.perform(Request::Comment { text }, None).await
            }
            Action::Waive { incident, reason } => {
                let reason = stdin::words(reason)?;
                let room = context.room(&incident).await?;
                room.perform(Request::WaivePostmortem { reason }, None).await
            }
        }
    }
}

async fn review(context: &Context<'_>, incident: &str, review: Review) -> Answer {
    context.room(incident).await?.perform(Request::Review(review), None).await
}

async fn draft(context: &Context<'_>, room: &Room<'_>, from_archive: bool) -> Answer {
    let by = context.session.by();
    let file = room.service.draft(room.log, &by, from_archive).await?;
    let _ = room.service.record_breaches(room.log, &by).await;
    let path = file.path.display().to_string();
    let (taken, kept, apart) = match &file.beside {
        Beside::Alike | Beside::Linked => (None, None, None),
        Beside::TakenOver { from, kept } => {
            (Some(from), kept.as_ref().map(|k| k.display().to_string()), None)
        }
        Beside::Apart { from } => (None, None, Some(from)),
    };
    let document = serde_json::json!({
        "id": room.id, "path": path, "created": file.created, "taken_from": taken, "kept": kept, "differs_from": apart,
    });
    if let Some(told) = file.told(&room.id.to_string()) {
        context.out.say(&told);
    }
    context.out.answer(&document, || path.clone())
}

async fn edit(context: &Context<'_>, room: &Room<'_>) -> Answer {
    let environment = &context.session.environment;
    let named = environment.visual.is_some() || environment.editor.is_some();
    if !environment.stdin_is_terminal && !named {
        return Err(Failure::no("there is no terminal to edit on")
            .hint("set EDITOR, or edit the file that warroom postmortem draft names")
            .into());
    }
    let editor =
        Editor::find(environment).map_err(|e| Failure::no(e.to_string()))?.aside(context.out.is_json());
    let file = room.service.draft(room.log, &context.session.by(), false).await?;
    if let (Some(told), false) = (file.told(&room.id.to_string()), file.beside == Beside::Alike) {
        context.out.say(&told);
    }
    let alone = Alone::take(&file.path, &context.session.by().person, context.now())?;
    let edited = editor.edit_file(&file.path).map_err(|e| Failure::no(e.to_string()))?;
    drop(alone);
    let problems = room.service.check_draft(room.log, &context.session.by()).await?;
    let path = file.path.display().to_string();
    let document = serde_json::json!({
        "id": room.id, "path": path, "changed": edited.changed, "problems": views(&problems),
    });
    context.out.answer(&document, || match problems.len() {
        0 => format!("{path}: ready to publish"),
        n => format!("{}\n{n} to do before it can be published", lines(&path, &problems)),
    })
}

async fn check(context: &Context<'_>, room: &Room<'_>) -> Answer {
    let problems = room.service.check_draft(room.log, &context.session.by()).await?;
    let path = room.service.draft_path(&room.incident().await?).display().to_string();
    let document = serde_json::json!({ "id": room.id, "path": path, "problems": views(&problems) });
    context.out.answer(&document, || {
        if problems.is_empty() { format!("{path}: ready to publish") } else { lines(&path, &problems) }
    })?;
    Ok(if problems.is_empty() { Exit::DONE } else { Exit::NO })
}

fn views(problems: &[Problem]) -> Vec<serde_json::Value> {
    problems
        .iter()
        .map(|p| serde_json::json!({ "rule": p.rule, "line": p.line, "message": p.message }))
        .collect()
}

fn lines(path: &str, problems: &[Problem]) -> String {
    let lines: Vec<String> =
        problems.iter().map(|p| format!("{path}:{}: {} [{}]", p.line, p.message, p.rule)).collect();
    lines.join("\n")
}
