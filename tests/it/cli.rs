//! The real binary, each run in a home of its own: what people and scripts get for what they type.

mod archived;
mod boards;
mod clocks;
mod damage;
mod drills;
mod edges;
mod erasing;
mod extremes;
mod filters;
mod foreign;
mod forms;
mod imitation;
mod journey;
mod kept;
mod lines;
mod memory;
mod merge;
mod others;
pub(super) mod out;
mod patterns;
mod people;
mod privileged;
mod publishing;
mod reference;
mod refusals;
mod repair;
mod rights;
mod run;
mod secrets;
mod settings;
mod tails;
mod updates;

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Where the program's clock starts in every run.
pub(super) const NOW: &str = "2026-11-20T14:00:00Z";

/// A folder with a home in it, and nothing of the account that runs the tests.
pub(super) struct Desk {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a run answered.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ran {
    /// The JSON document on standard output.
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("no JSON document ({e}): {self:?}"))
    }

    /// The exit code is this one.
    #[track_caller]
    pub(super) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// Nothing is on standard output, and the message says this.
    #[track_caller]
    pub(super) fn refuses(self, code: i32, words: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert!(self.err.contains(words), "{words:?} is not in {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
    }
}

impl Desk {
    /// A desk whose git knows alice.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(".gitconfig"),
            "[user]\n\tname = Alice Example\n\temail = alice@example.org\n",
        )
        .unwrap();
        Self { folder, variables: Vec::new() }
    }

    /// The same with a variable set.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// A file with that text, and its path as an argument.
    pub(super) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    #[expect(clippy::disallowed_methods, reason = "this starts the program under test")]
    pub(super) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(crate::screen::program());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.folder.path())
            .env("WARROOM_HOME", self.home())
            .env("WARROOM_AS", "alice")
            .env("WARROOM_NOW", NOW)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs to the end with nothing on standard input.
    #[track_caller]
    pub(super) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        ran(self.command(arguments).output().unwrap())
    }

    /// Runs to the end with these bytes on standard input.
    #[track_caller]
    pub(super) fn feed<S: AsRef<OsStr>>(&self, arguments: &[S], bytes: &[u8]) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let bytes = bytes.to_vec();
        // The program may stop reading early.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&bytes)));
        let ran = ran(child.wait_with_output().unwrap());
        writer.join().unwrap();
        ran
    }

    /// Runs, expects success, and gives standard output.
    #[track_caller]
    pub(super) fn ok<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        self.run(arguments).code(0).out
    }

    /// Runs with `--json`, expects success, and gives the document.
    #[track_caller]
    pub(super) fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        self.run(&all).code(0).json()
    }

    /// Runs git in a folder, with the surroundings that the program has.
    #[expect(clippy::disallowed_methods, reason = "people work with git")]
    pub(super) fn git_in(&self, folder: &Path, arguments: &[&str]) -> std::process::Output {
        let plain = self.command(&[""; 0]);
        let mut command = Command::new("git");
        command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.arg("-C").arg(folder).args(arguments).output().unwrap()
    }

    /// Runs git in the archive, expects success, and gives standard output.
    #[track_caller]
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let done = self.git_in(&self.home().join("postmortems"), arguments);
        assert!(done.status.success(), "git {arguments:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// Declares an incident and answers its id.
    #[track_caller]
    pub(super) fn declare(&self, title: &str) -> String {
        self.json(&["declare", title, "--severity", "P1"])["id"].as_str().unwrap().to_owned()
    }

    /// The lines of a timeline.
    #[track_caller]
    pub(super) fn timeline(&self, incident: &str) -> Vec<Value> {
        self.json(&["timeline", incident])["entries"].as_array().unwrap().clone()
    }
}

fn ran(output: std::process::Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The texts of entries.
pub(super) fn texts(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|e| e["text"].as_str().unwrap()).collect()
}

/// The draft with something sensible for every mark.
pub(super) fn filled(draft: &str) -> String {
    let mut text = String::new();
    let mut rest = draft;
    let mut number = 0;
    while let Some((before, after)) = rest.split_once("[fill in:") {
        let (mark, after) = after.split_once(']').unwrap();
        text.push_str(before);
        number += 1;
        let words = match mark.trim() {
            m if m.starts_with("@who") => "@bob".to_owned(),
            m if m.contains("YYYY-MM-DD") => "2027-01-15".to_owned(),
            m if m.contains("how bad its absence") => "P2".to_owned(),
            m if m.contains("what ended the incident") => {
                "the signing key was revoked and every image was signed again".to_owned()
            }
            m if m.contains("would have prevented") => "Keep signing keys in the key service only".to_owned(),
            _ => format!("The build printed its environment, and the signing key was in it ({number})."),
        };
        text.push_str(&words);
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Copies the database with what lies beside it.
pub(super) fn copy_database(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["warroom.db", "warroom.db-wal", "warroom.db-shm"] {
        let _ = std::fs::remove_file(to.join(name));
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
    // The mirror of that moment belongs to it: a database that is behind its mirror takes no line.
    let _ = std::fs::remove_dir_all(to.join("mirror"));
    std::fs::create_dir_all(to.join("mirror")).unwrap();
    for entry in std::fs::read_dir(from.join("mirror")).unwrap().map(|e| e.unwrap()) {
        std::fs::copy(entry.path(), to.join("mirror").join(entry.file_name())).unwrap();
    }
}
