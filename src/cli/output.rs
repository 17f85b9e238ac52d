//! The only place that prints. Text from data is made safe for a terminal; JSON is one document, or one object a
//! line for streams; what is said to people beside the answer goes to standard error. It must not decide anything.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::domain::refusal::Refusal;
use crate::domain::safe::{self, SafeText};
use crate::domain::words::UnknownWord;
use crate::service::{Failure, index_guard};

/// How the process ends (`SPEC.md`, exit codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit(pub u8);

impl Exit {
    /// Done.
    pub const DONE: Self = Self(0);
    /// The answer is no.
    pub const NO: Self = Self(1);
    /// The record does not hold together.
    pub const BROKEN: Self = Self(5);
}

/// Why a command ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something is wrong.
    Failure(Failure),
    /// Nobody reads our output any more.
    Pipe,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Failure(refusal.into())
    }
}

impl From<UnknownWord> for Stop {
    fn from(unknown: UnknownWord) -> Self {
        Refusal::from(unknown).into()
    }
}

/// What a subcommand answers.
pub(super) type Answer = Result<Exit, Stop>;

/// Standard output and standard error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// The answer is wanted as JSON.
    pub(super) const fn is_json(self) -> bool {
        self.json
    }

    /// Prints text for people; lines stay lines, and a last newline is added when there is none.
    pub(super) fn text(self, text: &str) -> Result<(), Stop> {
        let mut safe = SafeText::block(text).into_string();
        if !safe.ends_with('\n') {
            safe.push('\n');
        }
        write_all(safe.as_bytes())
    }

    /// Prints bytes as they are, for what a program made for another program to read.
    pub(super) fn raw(self, bytes: &[u8]) -> Result<(), Stop> {
        write_all(bytes)
    }

    /// Prints a page or a table: as it is for a program that reads it, made safe when a terminal would act on it.
    pub(super) fn exported(self, text: &str) -> Result<(), Stop> {
        if io::stdout().is_terminal() { self.text(text) } else { self.raw(text.as_bytes()) }
    }

    /// Prints the one JSON document of a command.
    pub(super) fn document(self, document: &impl Serialize) -> Result<(), Stop> {
        let mut text = serde_json::to_string_pretty(document).map_err(unwritable)?;
        text.push('\n');
        write_all(safe::json(&text).as_bytes())
    }

    /// Prints one object of a stream, on one line.
    pub(super) fn item(self, item: &impl Serialize) -> Result<(), Stop> {
        let mut text = serde_json::to_string(item).map_err(unwritable)?;
        text.push('\n');
        write_all(safe::json(&text).as_bytes())
    }

    /// Prints the document for scripts, the text for people.
    pub(super) fn answer(self, document: &impl Serialize, text: impl FnOnce() -> String) -> Answer {
        if self.json {
            self.document(document)?;
        } else {
            let text = text();
            if !text.is_empty() {
                self.text(&text)?;
            }
        }
        Ok(Exit::DONE)
    }

    /// Says something to people, on standard error. Further lines are indented: the name of a file may hold a line break,
    /// and what follows it must not pass for a message of ours.
    pub(super) fn say(self, text: &str) {
        let safe = SafeText::block(text).into_string();
        let mut said = String::with_capacity(safe.len() + 16);
        for (n, line) in safe.trim_end_matches('\n').split('\n').enumerate() {
            if n > 0 && !line.is_empty() && !line.starts_with(' ') {
                said.push_str("  ");
            }
            said.push_str(line);
            said.push('\n');
        }
        // When even that cannot be written, there is nobody to tell.
        let _ = io::stderr().lock().write_all(said.as_bytes());
    }

    /// Whether somebody sees what is told beside the answer: in the document, or on a terminal.
    pub(super) fn shows_asides(self) -> bool {
        self.json || io::stderr().is_terminal()
    }

    /// A bar on standard error that grows with what is done of all, for what takes long; nothing where no person looks.
    pub(super) fn progress(self, done_what: &'static str) -> impl FnMut(u64, u64) + Send + 'static {
        let shown = !self.json && io::stderr().is_terminal();
        let mut before = None;
        move |done, all| {
            let step = done * BAR / all.max(1);
            if !shown || before == Some(step) || all < MANY {
                return;
            }
            before = Some(step);
            let _ = io::stderr().lock().write_all(bar(done_what, done, all).as_bytes());
        }
    }

    /// Says what went wrong, and what to do.
    pub(super) fn failure(self, failure: &Failure) {
        self.say(&format!("warroom: {failure}"));
    }
}

/// How many steps a bar has.
const BAR: u64 = 40;

/// Fewer than these are done before a bar could be read.
const MANY: u64 = 200;

/// A bar in the place of the one before; gone, with its line, when all is done.
fn bar(done_what: &str, done: u64, all: u64) -> String {
    if done >= all {
        return "\r\x1b[K".to_owned();
    }
    let full = usize::try_from(done * BAR / all.max(1)).unwrap_or(0);
    let rest = usize::try_from(BAR).unwrap_or(0).saturating_sub(full);
    format!("\r\x1b[K{}{} {done_what} {done} of {all}", "#".repeat(full), ".".repeat(rest))
}

/// Prints what the argument reader says: help and version to standard output, the rest to standard error.
pub(super) fn usage(error: &clap::Error) -> Exit {
    let text = error.render().to_string();
    let out = Output::new(false);
    if error.use_stderr() {
        // Its further lines are of the argument reader, and what they quote was typed by whoever reads them.
        let _ = io::stderr().lock().write_all(SafeText::block(&text).as_str().as_bytes());
        return Exit(2);
    }
    match out.text(&text) {
        Ok(()) | Err(Stop::Pipe) => Exit::DONE,
        Err(Stop::Failure(failure)) => Exit(failure.exit_code()),
    }
}

/// From here on a panic says where the program broke, without what it worked on.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        // The search engine's panics over damaged files are caught and answered by rebuilding.
        if index_guard::is_active() {
            return;
        }
        let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        Output::new(false).say(&format!(
            "warroom: stopped by a fault of its own{place}. Stored entries are safe. Please report this line."
        ));
    }));
}

fn write_all(bytes: &[u8]) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Stop::Pipe,
        _ => Failure::no(format!("the output cannot be written: {error}")).into(),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn unwritable(error: serde_json::Error) -> Stop {
    Failure::no(format!("the answer cannot be written as JSON: {error}")).into()
}
