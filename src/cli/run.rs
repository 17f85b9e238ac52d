//! `warroom run`: runs a command and keeps in the record what it was, how it ended and what it wrote. It must not run
//! what nobody saw: the command of a step is shown first and needs `--yes`.

use std::time::Duration;

use super::context::{Context, Room};
use super::output::{Answer, Exit, Stop};
use crate::domain::incident::Incident;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Request, StepMove, StepPick};
use crate::domain::secret::{self, Tagger};
use crate::domain::time::{format_span, parse_span};
use crate::service::{Failure, keep_output};
use crate::shell::process::{Captured, Program};

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

/// Signs for which a command needs a shell.
const SHELL_SIGNS: &[char] = &['|', '&', ';', '<', '>', '$', '`', '*', '?', '~', '(', ')', '{', '}', '\n'];

/// How many lines of the output stand in the timeline.
const SHOWN_LINES: usize = 5;
/// How many characters of each.
const SHOWN_WIDTH: usize = 160;

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let limit =
            parse_span(&self.timeout).ok().and_then(|span| span.to_std().ok()).filter(|d| !d.is_zero());
        let limit = limit.ok_or_else(|| {
            Refusal::usage(format!("{:?} is not a duration", self.timeout)).hint("write 30s, 10m or 1h")
        })?;
        let room = context.room(&self.incident).await?;
        let incident = room.incident().await?;
        let (words, shown, step) = match &self.step {
            None if self.command.is_empty() => {
                return Err(Refusal::usage("no command is given")
                    .hint("warroom run INC -- COMMAND, or --step STEP")
                    .into());
            }
            None => (self.command.clone(), shell_words::join(&self.command), None),
            Some(name) => {
                let (at, line) = step_command(&incident, name)?;
                let words = words_of(&line, self.shell)?;
                (words, line, Some(at))
            }
        };
        let host = context.session.identity.host.clone();
        if step.is_some() && !self.yes {
            let folder = std::env::current_dir().map(|f| f.display().to_string()).unwrap_or_default();
            let document = serde_json::json!({ "id": incident.id, "command": shown, "host": host, "folder": folder, "ran": false });
            return context.out.answer(&document, || {
                format!("would run on {host}, in {folder}:\n  {shown}\n--yes runs it")
            });
        }
        let began = context.session.clock.running();
        let program = Program::new(&words);
        let ended = tokio::task::spawn_blocking(move || program.captured_within(limit)).await;
        let ended = ended.map_err(|_| Failure::no("the command could not be awaited"))?;
        let took = context.session.clock.running().saturating_sub(began);
        let report = match ended {
            Ok((captured, late)) => Report::new(&captured, late, limit),
            Err(error) => Report { code: None, how: error.to_string(), output: String::new() },
        };
        self.keep(context, &room, &report, &shown, &host, took, step).await
    }

    #[expect(clippy::too_many_arguments, reason = "each is one fact of the run, named once")]
    async fn keep(
        &self,
        context: &Context<'_>,
        room: &Room<'_>,
        report: &Report,
        shown: &str,
        host: &str,
        took: Duration,
        step: Option<crate::domain::event::StepRef>,
    ) -> Answer {
        let session = &context.session;
        let tagger = Tagger::new(session.home.read_tag_key(session.ids.salt(), true));
        let output = secret::mask(&report.output, &secret::blocking(&report.output), &tagger);
        let span = chrono::TimeDelta::from_std(took).unwrap_or_default();
        let by_shell = if self.shell { " with sh" } else { "" };
        let mut text = format!("ran{by_shell} `{shown}` on {host}: {} in {}", report.how, format_span(span));
        let lines = output.lines().count();
        for line in output.lines().take(SHOWN_LINES) {
            text.push_str("\n  ");
            text.extend(line.chars().take(SHOWN_WIDTH));
        }
        if lines > SHOWN_LINES {
            text.push_str(&format!("\n  ({} more lines)", lines - SHOWN_LINES));
        }
        let note = Request::Note { text, tags: vec!["run".to_owned()], starred: false };
        let submitted = room.submit(&[note.into()]).await?;
        let about = submitted.own_events().first().map(|e| e.seq);
        let mut entries = room.lines(&submitted, None).await?;
        let mut sha256 = None;
        if !output.is_empty() {
            let name =
                shown.split_whitespace().next().unwrap_or("output").rsplit('/').next().unwrap_or("output");
            let folder = session.home.evidence();
            let mut evidence =
                keep_output(&folder, &format!("{name}.txt"), &mut output.as_bytes(), "command output", host)?;
            evidence.entry = about;
            sha256.clone_from(&evidence.sha256);
            let kept = room.submit(&[Request::AddEvidence(evidence).into()]).await?;
            entries.extend(room.lines(&kept, None).await?);
        }
        let well = report.code == Some(0);
        if let (true, true, Some(at)) = (well, self.tick, step) {
            let (step, change) = (StepPick::Exactly(at), StepMove::Tick);
            let tick = Request::MoveStep { step, change, person: None, reason: String::new() };
            let ticked = room.submit(&[tick.into()]).await?;
            entries.extend(room.lines(&ticked, None).await?);
        }
        let document = serde_json::json!({
            "command": shown, "host": host, "ran": true, "code": report.code, "how": report.how,
            "ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "sha256": sha256, "entries": entries,
        });
        context.out.answer(&document, || {
            let mut said = output.clone();
            if !said.is_empty() && !said.ends_with('\n') {
                said.push('\n');
            }
            said.push_str(&format!("{}: {}", room.id, report.how));
            said
        })?;
        Ok(if well { Exit::DONE } else { Exit::NO })
    }
}

/// How a command ended.
struct Report {
    code: Option<i32>,
    how: String,
    output: String,
}

impl Report {
    fn new(captured: &Captured, late: bool, limit: Duration) -> Self {
        let code = captured.status.code().filter(|_| !late);
        let how = match (late, code) {
            (true, _) => {
                let limit = chrono::TimeDelta::from_std(limit).unwrap_or_default();
                format!("ended after {}, it did not end by itself", format_span(limit))
            }
            (false, Some(code)) => format!("exit {code}"),
            (false, None) => captured.status.to_string(),
        };
        let mut output = String::from_utf8_lossy(&captured.stdout).into_owned();
        let errors = String::from_utf8_lossy(&captured.stderr);
        if !errors.is_empty() {
            if !output.is_empty() && !output.ends_with('\n') {
                output.push('\n');
            }
            output.push_str(&errors);
        }
        Self { code, how, output }
    }
}

/// The command of a step, in one line.
fn step_command(incident: &Incident, name: &str) -> Result<(crate::domain::event::StepRef, String), Stop> {
    let number = name.trim().parse::<u32>().ok();
    let folded = name.trim().to_lowercase();
    let mut found = incident.checklist.steps().filter(|s| match number {
        Some(number) => s.number == number,
        None => s.text.to_lowercase().contains(&folded),
    });
    let step = found.next().ok_or_else(|| {
        Refusal::not_found(format!("{} has no step {name:?}", incident.id))
            .hint("warroom show lists the steps")
    })?;
    if found.next().is_some() {
        return Err(Refusal::not_found(format!("more than one step has {name:?} in it"))
            .hint("give its number")
            .into());
    }
    let line =
        step.commands.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect::<Vec<_>>().join("\n");
    if line.is_empty() {
        return Err(Refusal::no(format!("step {} carries no command", step.number))
            .hint("warroom run INC -- COMMAND runs one of yours")
            .into());
    }
    Ok((step.at, line))
}

/// A command as words; what needs a shell is refused unless one was asked for.
fn words_of(line: &str, shell: bool) -> Result<Vec<String>, Stop> {
    if shell {
        return Ok(vec!["sh".to_owned(), "-c".to_owned(), line.to_owned()]);
    }
    if line.contains(SHELL_SIGNS) {
        return Err(Refusal::no(format!("this needs a shell: {line}"))
            .hint("--shell lets sh read it, or give the command yourself: warroom run INC -- COMMAND")
            .into());
    }
    shell_words::split(line)
        .map_err(|error| Refusal::no(format!("{line:?} cannot be read as a command: {error}")).into())
}
