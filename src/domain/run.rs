//! The command of a step as it would be run, and what is written down of it. It must not run anything.

use super::closeout::counted;
use super::event::StepRef;
use super::incident::Incident;
use super::refusal::Refusal;
use super::request::Request;
use super::safe::unseen;
use super::time::{Span, format_span};

/// Signs for which a command needs a shell.
const SHELL_SIGNS: &[char] = &['|', '&', ';', '<', '>', '$', '`', '*', '?', '~', '(', ')', '{', '}', '\n'];

/// How many lines of the output stand in the timeline.
const SHOWN_LINES: usize = 5;
/// How many characters of each.
const SHOWN_WIDTH: usize = 160;

/// A command that is ready to be run, and was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments, as the host gets them.
    pub words: Vec<String>,
    /// The command as it is written in the record.
    pub shown: String,
    /// A shell reads it.
    pub shell: bool,
}

impl Command {
    /// Each word as it is, quoted where a blank or a sign would mislead.
    #[must_use]
    pub fn quoted(&self) -> String {
        shell_words::join(&self.words)
    }

    /// The command of a step, by its number or a part of its text.
    ///
    /// # Errors
    /// When there is no such step or more than one, it carries no command, or the command needs a shell that was not
    /// asked for.
    pub fn of_step(incident: &Incident, name: &str, shell: bool) -> Result<(StepRef, Self), Refusal> {
        let (at, line) = line_of_step(incident, name)?;
        let words = words_of(&line, shell)?;
        Ok((at, Self { words, shown: line, shell }))
    }

    /// The note that keeps what it was, where it ran, how it ended and the first lines that it wrote.
    #[must_use]
    pub fn note(&self, host: &str, how: &str, took: Span, output: &str) -> Request {
        let by_shell = if self.shell { " with sh" } else { "" };
        let mut text = format!("ran{by_shell} `{}` on {host}: {how} in {}", self.shown, format_span(took));
        let lines = output.lines().count();
        for line in output.lines().take(SHOWN_LINES) {
            text.push_str("\n  ");
            text.extend(line.chars().take(SHOWN_WIDTH));
        }
        if lines > SHOWN_LINES {
            let more = counted(lines - SHOWN_LINES, "more line", "more lines");
            text.push_str(&format!("\n  ({more})"));
        }
        Request::Note { text, tags: vec!["run".to_owned()], starred: false }
    }

    /// The name of its program, for the file of its output.
    #[must_use]
    pub fn program(&self) -> &str {
        self.shown.split_whitespace().next().unwrap_or("output").rsplit('/').next().unwrap_or("output")
    }
}

/// The command of a step, in one line.
fn line_of_step(incident: &Incident, name: &str) -> Result<(StepRef, String), Refusal> {
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
        return Err(
            Refusal::not_found(format!("more than one step has {name:?} in it")).hint("give its number")
        );
    }
    let line =
        step.commands.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect::<Vec<_>>().join("\n");
    if line.is_empty() {
        return Err(Refusal::no(format!("step {} carries no command", step.number))
            .hint("warroom run INC -- COMMAND runs one of yours"));
    }
    if let Some(sign) = unseen(&line) {
        let message =
            format!("the command of step {} hides something (U+{:04X})", step.number, u32::from(sign));
        return Err(Refusal::no(message).hint("correct the runbook, or type the command yourself"));
    }
    Ok((step.at, line))
}

/// A command as words; what needs a shell is refused unless one was asked for.
fn words_of(line: &str, shell: bool) -> Result<Vec<String>, Refusal> {
    if shell {
        return Ok(vec!["sh".to_owned(), "-c".to_owned(), line.to_owned()]);
    }
    if line.contains(SHELL_SIGNS) {
        return Err(Refusal::no("this needs a shell").hint(
            "warroom run --shell lets sh read it, or give the command yourself: warroom run INC -- COMMAND",
        ));
    }
    shell_words::split(line)
        .map_err(|error| Refusal::no(format!("{line:?} cannot be read as a command: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::tests::Room;
    use crate::domain::request::RunbookText;

    #[test]
    fn a_command_that_hides_something_is_not_offered() {
        for (sign, code) in [
            ('\u{202e}', "U+202E"),
            ('\u{200b}', "U+200B"),
            ('\u{feff}', "U+FEFF"),
            ('\u{e0041}', "U+E0041"),
            ('\u{a0}', "U+00A0"),
            ('\u{1b}', "U+001B"),
            ('\u{9b}', "U+009B"),
            ('\u{8}', "U+0008"),
        ] {
            let mut room = Room::declared();
            let text = format!("# K\n\n## Steps\n\n1. Look\n\n   ```sh\n   kubectl get{sign} pods\n   ```\n");
            let (name, title) = ("k".to_owned(), "K".to_owned());
            room.ask(Request::AttachRunbook(RunbookText { name, title, text }));
            let number = room.incident.checklist.steps().count().to_string();
            for shell in [false, true] {
                let refusal = Command::of_step(&room.incident, &number, shell).unwrap_err();
                assert!(refusal.message.contains(code), "{refusal:?}");
                assert!(!refusal.message.contains(sign), "it is named, not shown");
            }
        }
        assert_eq!(unseen("kubectl get\tpods -l app=käse"), None);
    }
}
