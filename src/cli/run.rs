//! `warroom run`: runs a command and keeps in the record what it was, how it ended and what it wrote. It must not run
//! what nobody saw: the command of a step is shown first and needs `--yes`.

use super::context::{Context, Room};
use super::output::{Answer, Exit};
use crate::domain::event::StepRef;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Request, StepMove, StepPick};
use crate::domain::run::Command;
use crate::domain::time::parse_span;
use crate::service::Failure;
use crate::shell::process::{Ran, run_and_keep};

/// Run a command and keep in the timeline what it was, how it ended, and what it wrote
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The command is started with its arguments as they are, without a shell. Its output is kept as a \
    file of the home and registered as evidence; what looks like a secret in it is masked first.\n\nExamples:\n  \
    warroom run . -- systemctl status payments\n  warroom run . --step 3            shows what the step would run\n  \
    warroom run . --step 3 --yes --tick"
)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// The step whose command is run, by its number or a part of its text
    #[arg(long, value_name = "STEP", conflicts_with = "command")]
    step: Option<String>,
    /// Run the command of the step that was shown
    #[arg(long, requires = "step")]
    yes: bool,
    /// Let sh read the command of the step: pipes, redirections, variables
    #[arg(long, requires = "step")]
    shell: bool,
    /// Tick the step when the command ends well
    #[arg(long, requires = "step")]
    tick: bool,
    /// When to end it, with all that it started
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    timeout: String,
    /// The command and its arguments, behind --
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let limit =
            parse_span(&self.timeout).ok().and_then(|span| span.to_std().ok()).filter(|d| !d.is_zero());
        let limit = limit.ok_or_else(|| {
            Refusal::usage(format!("{:?} is not a duration", self.timeout)).hint("write 30s, 10m or 1h")
        })?;
        let room = context.room(&self.incident).await?;
        let incident = room.incident().await?;
        let (command, step) = match &self.step {
            None if self.command.is_empty() => {
                return Err(Refusal::usage("no command is given")
                    .hint("warroom run INC -- COMMAND, or --step STEP")
                    .into());
            }
            None => {
                let shown = shell_words::join(&self.command);
                (Command { words: self.command.clone(), shown, shell: false }, None)
            }
            Some(name) => {
                let (at, command) = Command::of_step(&incident, name, self.shell)?;
                (command, Some(at))
            }
        };
        let shown = command.shown.clone();
        let host = context.session.identity.host.clone();
        if step.is_some() && !self.yes {
            let folder = std::env::current_dir().map(|f| f.display().to_string()).unwrap_or_default();
            let document = serde_json::json!({ "id": incident.id, "command": shown, "host": host, "folder": folder, "ran": false });
            return context.out.answer(&document, || {
                format!("would run on {host}, in {folder}:\n  {shown}\n--yes runs it")
            });
        }
        let session = context.session.clone();
        let ran = tokio::task::spawn_blocking(move || run_and_keep(&session, &command, limit)).await;
        let ran = ran.map_err(|_| Failure::no("the command could not be awaited"))??;
        self.keep(context, &room, ran, &shown, &host, step).await
    }

    async fn keep(
        &self,
        context: &Context<'_>,
        room: &Room<'_>,
        ran: Ran,
        shown: &str,
        host: &str,
        step: Option<StepRef>,
    ) -> Answer {
        let submitted = room.submit(&[ran.note.into()]).await?;
        let about = submitted.own_events().first().map(|e| e.seq);
        let mut entries = room.lines(&submitted, None).await?;
        let mut sha256 = None;
        if let Some(mut evidence) = ran.evidence {
            evidence.entry = about;
            sha256.clone_from(&evidence.sha256);
            let kept = room.submit(&[Request::AddEvidence(evidence).into()]).await?;
            entries.extend(room.lines(&kept, None).await?);
        }
        let well = ran.code == Some(0);
        if let (true, true, Some(at)) = (well, self.tick, step) {
            let (step, change) = (StepPick::Exactly(at), StepMove::Tick);
            let tick = Request::MoveStep { step, change, person: None, reason: String::new() };
            let ticked = room.submit(&[tick.into()]).await?;
            entries.extend(room.lines(&ticked, None).await?);
        }
        let document = serde_json::json!({
            "command": shown, "host": host, "ran": true, "code": ran.code, "how": ran.how,
            "ms": u64::try_from(ran.took.as_millis()).unwrap_or(u64::MAX), "sha256": sha256, "entries": entries,
        });
        context.out.answer(&document, || {
            let mut said = ran.output.clone();
            if !said.is_empty() && !said.ends_with('\n') {
                said.push('\n');
            }
            said.push_str(&format!("{}: {}", room.id, ran.how));
            said
        })?;
        Ok(if well { Exit::DONE } else { Exit::NO })
    }
}
