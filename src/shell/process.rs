//! The one place that starts processes: an argument list, never a shell. It must not be used while the screen is up
//! with [`Program::attached`] (the terminal is handed over by `terminal::Terminal::suspend`).

mod keeping;

pub use keeping::{Ran, run_and_keep};

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// The most that is read of each output of a captured program, in bytes; the rest is dropped.
pub const OUTPUT_LIMIT: u64 = 16 << 20;

/// A program to be started.
#[derive(Debug, Clone)]
pub struct Program {
    argv: Vec<OsString>,
    folder: Option<PathBuf>,
    variables: Vec<(OsString, Option<OsString>)>,
    input: Option<Vec<u8>>,
}

/// What a captured program left.
#[derive(Debug)]
pub struct Captured {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
    /// It wrote more than was read of one of them.
    pub cut: bool,
}

/// A program that could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The command is empty.
    #[error("the command is empty")]
    Empty,
    /// There is no such program, or it may not be run.
    #[error("{program} cannot be started: {source}; check that it is installed and on the PATH")]
    Start {
        /// The program.
        program: String,
        /// What the host says.
        source: std::io::Error,
    },
    /// Talking to the running program failed.
    #[error("{program} was started, but its end could not be awaited: {source}")]
    Wait {
        /// The program.
        program: String,
        /// What the host says.
        source: std::io::Error,
    },
}

impl Program {
    /// Prepares a program; the first word names it.
    pub fn new<S: AsRef<OsStr>>(argv: impl IntoIterator<Item = S>) -> Self {
        let argv = argv.into_iter().map(|w| w.as_ref().to_owned()).collect();
        Self { argv, folder: None, variables: Vec::new(), input: None }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.argv.push(word.as_ref().to_owned());
        self
    }

    /// Runs it in this folder instead of the current one.
    #[must_use]
    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Sets a variable of its environment; `None` removes it.
    #[must_use]
    pub fn variable(mut self, name: &str, value: Option<&OsStr>) -> Self {
        self.variables.push((name.into(), value.map(OsStr::to_owned)));
        self
    }

    /// Gives it these bytes as standard input; without, a captured program reads nothing.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    /// Runs it on this terminal and waits for its end.
    ///
    /// # Errors
    /// [`ProcessError`] when it cannot be started; a bad end is in the status.
    pub fn attached(&self) -> Result<ExitStatus, ProcessError> {
        let (program, mut command) = self.command()?;
        let mut child =
            command.spawn().map_err(|source| ProcessError::Start { program: program.clone(), source })?;
        child.wait().map_err(|source| ProcessError::Wait { program, source })
    }

    /// Runs it on this terminal, but keeps what it prints away from our standard output, which a program reads.
    ///
    /// # Errors
    /// [`ProcessError`] when it cannot be started; a bad end is in the status.
    pub fn attached_aside(&self) -> Result<ExitStatus, ProcessError> {
        let (program, mut command) = self.command()?;
        let aside = std::fs::OpenOptions::new().write(true).open("/dev/tty").map(Stdio::from);
        command.stdout(aside.unwrap_or_else(|_| std::io::stderr().into()));
        let mut child =
            command.spawn().map_err(|source| ProcessError::Start { program: program.clone(), source })?;
        child.wait().map_err(|source| ProcessError::Wait { program, source })
    }

    /// Runs it without the terminal, waits for its end and returns what it wrote (at most 16 MiB of each output).
    ///
    /// # Errors
    /// [`ProcessError`] when it cannot be started; a bad end is in the status.
    pub fn captured(&self) -> Result<Captured, ProcessError> {
        let (program, mut command) = self.command()?;
        let stdin = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child =
            command.spawn().map_err(|source| ProcessError::Start { program: program.clone(), source })?;
        self.collect(child).map_err(|source| ProcessError::Wait { program, source })
    }

    /// Runs it without the terminal and without input, in a process group of its own that is ended with all its members
    /// when the time is up. The flag says that this had to be done.
    ///
    /// # Errors
    /// [`ProcessError`] when it cannot be started; a bad end is in the status.
    pub fn captured_within(&self, limit: std::time::Duration) -> Result<(Captured, bool), ProcessError> {
        use std::os::unix::process::CommandExt;
        use std::sync::mpsc::{RecvTimeoutError, channel};
        let (program, mut command) = self.command()?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let child =
            command.spawn().map_err(|source| ProcessError::Start { program: program.clone(), source })?;
        let group = rustix::process::Pid::from_child(&child);
        let (done, ended) = channel::<()>();
        let watch = std::thread::spawn(move || {
            let late = ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            if late {
                // It may have ended in this moment.
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            late
        });
        let captured = self.collect(child).map_err(|source| ProcessError::Wait { program, source });
        drop(done);
        let late = watch.join().unwrap_or(false);
        Ok((captured?, late))
    }

    /// All three pipes move at once: one after the other would block on a full pipe.
    fn collect(&self, mut child: Child) -> std::io::Result<Captured> {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            scope.spawn(move || {
                if let (Some(mut pipe), Some(bytes)) = (stdin, self.input.as_ref()) {
                    // A program that does not read to the end says so by its status.
                    let _ = pipe.write_all(bytes);
                }
            });
            let errors = scope.spawn(move || drain(stderr));
            let (stdout, out_cut) = drain(stdout);
            let (stderr, err_cut) = errors.join().unwrap_or_default();
            Ok(Captured { status: child.wait()?, stdout, stderr, cut: out_cut || err_cut })
        })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that starts processes")]
    fn command(&self) -> Result<(String, Command), ProcessError> {
        let (program, arguments) = self.argv.split_first().ok_or(ProcessError::Empty)?;
        let mut command = Command::new(program);
        command.args(arguments);
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Ok((program.to_string_lossy().into_owned(), command))
    }
}

/// What a pipe gives, and whether more came than is kept.
fn drain(pipe: Option<impl Read>) -> (Vec<u8>, bool) {
    let (mut bytes, mut cut) = (Vec::new(), false);
    if let Some(mut pipe) = pipe {
        // What was read before an error is still worth showing.
        let _ = pipe.by_ref().take(OUTPUT_LIMIT).read_to_end(&mut bytes);
        cut = std::io::copy(&mut pipe, &mut std::io::sink()).is_ok_and(|dropped| dropped > 0);
    }
    (bytes, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_captured_program_gets_input_and_gives_both_outputs() {
        let big = "x".repeat(1 << 20);
        let script = "cat; echo \"$WORD\" >&2; exit 3";
        let done = Program::new(["sh", "-c", script])
            .variable("WORD", Some(OsStr::new("said")))
            .input(big.as_bytes())
            .captured()
            .unwrap();
        assert_eq!(done.stdout.len(), big.len());
        assert_eq!(done.stderr, b"said\n");
        assert_eq!((done.status.code(), done.cut), (Some(3), false));
        let much = format!("head -c {} /dev/zero >&2", OUTPUT_LIMIT + 1);
        let done = Program::new(["sh", "-c", &much]).captured().unwrap();
        assert_eq!((done.stderr.len() as u64, done.cut), (OUTPUT_LIMIT, true));
    }

    #[test]
    fn arguments_are_never_read_by_a_shell() {
        let done = Program::new(["printf", "%s"]).arg("$(id); 'x' *").captured().unwrap();
        assert_eq!(done.stdout, b"$(id); 'x' *");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Program::new(["no-such-program-here"]).captured().unwrap_err().to_string();
        assert!(error.contains("no-such-program-here") && error.contains("PATH"), "{error}");
        assert!(matches!(Program::new::<&str>([]).attached(), Err(ProcessError::Empty)));
    }
}
