//! Runs a command and makes of it what the record keeps: a note, and its output as an item of evidence. It must not
//! store them.

use std::time::Duration;

use super::{Captured, OUTPUT_LIMIT, Program};
use crate::domain::request::{NewEvidence, Request};
use crate::domain::run::Command;
use crate::domain::secret::{self, Tagger};
use crate::domain::time::format_span;
use crate::service::{Failure, keep_output};
use crate::shell::session::Session;

/// What came of a command.
#[derive(Debug)]
pub struct Ran {
    /// The code that it ended with; none when it was ended, or could not be started.
    pub code: Option<i32>,
    /// How it ended, in words.
    pub how: String,
    /// What it wrote, with its secrets masked.
    pub output: String,
    /// How long it took.
    pub took: Duration,
    /// The line for the timeline.
    pub note: Request,
    /// Its output, kept as a file; none when it wrote nothing.
    pub evidence: Option<NewEvidence>,
}

/// Runs it, waits for its end, at most this long, and keeps its output. It blocks.
///
/// # Errors
/// When the output cannot be kept. A command that cannot be started has run badly, which is no error.
pub fn run_and_keep(session: &Session, command: &Command, limit: Duration) -> Result<Ran, Failure> {
    let began = session.clock.running();
    let ended = Program::new(&command.words).captured_within(limit);
    let took = session.clock.running().saturating_sub(began);
    let (code, how, output) = match ended {
        Ok((captured, late)) => told(&captured, late, limit),
        Err(error) => (None, error.to_string(), String::new()),
    };
    let tagger = Tagger::new(session.home.read_tag_key(session.ids.salt(), true));
    let output = secret::mask(&output, &secret::blocking(&output), &tagger);
    let host = &session.identity.host;
    let span = chrono::TimeDelta::from_std(took).unwrap_or_default();
    let note = command.note(host, &how, span, &output);
    let evidence = if output.is_empty() {
        None
    } else {
        let (folder, name) = (session.home.evidence(), format!("{}.txt", command.program()));
        Some(keep_output(&folder, &name, &mut output.as_bytes(), "command output", host)?)
    };
    Ok(Ran { code, how, output, took, note, evidence })
}

/// Code, end in words, and both outputs as text.
fn told(captured: &Captured, late: bool, limit: Duration) -> (Option<i32>, String, String) {
    let code = captured.status.code().filter(|_| !late);
    let how = match (late, code) {
        (true, _) => {
            let limit = chrono::TimeDelta::from_std(limit).unwrap_or_default();
            format!("ended after {}, it did not end by itself", format_span(limit))
        }
        (false, Some(code)) => format!("exit {code}"),
        (false, None) => captured.status.to_string(),
    };
    let cut = format!(", its output cut after {} MiB", OUTPUT_LIMIT >> 20);
    let how = if captured.cut { how + &cut } else { how };
    let mut output = String::from_utf8_lossy(&captured.stdout).into_owned();
    let errors = String::from_utf8_lossy(&captured.stderr);
    if !errors.is_empty() {
        if !output.is_empty() && !output.ends_with('\n') {
            output.push('\n');
        }
        output.push_str(&errors);
    }
    (code, how, output)
}
