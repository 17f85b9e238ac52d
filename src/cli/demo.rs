//! `warroom demo`: a throw-away home with a drill in progress and a memory of past incidents. It must not touch the
//! home that is otherwise used.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::output::{Output, Stop};
use super::{Finish, runtime};
use crate::domain::ids::LogId;
use crate::service::{EVIDENCE, Failure, FailureKind, keep_output, write_into_home};
use crate::shell::config::default_file;
use crate::shell::paths::Access;
use crate::shell::session::{Flags, Opening, Session};
use crate::shell::throwaway::Throwaway;

/// Open a throw-away home with a drill in progress, closed incidents and past postmortems
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Keep the home when leaving
    #[arg(long)]
    keep: bool,
}

/// A demo that is ready to be shown; its home goes with it unless it is kept.
#[derive(Debug)]
pub struct Demo {
    /// The session over the demo's home.
    pub session: Session,
    /// The drill in progress.
    pub log: LogId,
    folder: Option<tempfile::TempDir>,
}

impl Demo {
    /// Deletes the home unless it is kept, and says what became of it.
    pub fn leave(self) {
        let home = self.session.home.root().display().to_string();
        let out = Output::new(false);
        match self.folder.map(tempfile::TempDir::close) {
            None => out.say(&format!("The demo's home stays: {home}")),
            Some(Ok(())) => out.say(&format!("The demo's home {home} is deleted.")),
            Some(Err(error)) => out.say(&format!("The demo's home {home} could not be deleted: {error}")),
        }
    }
}

impl Args {
    pub(super) fn run(self, flags: Flags, out: &Output) -> Result<Finish, Stop> {
        let throwaway = Throwaway::listen();
        let folder = match &flags.home {
            Some(home) if home.exists() => {
                let message = format!("{} is there already", home.display());
                return Err(Failure::new(FailureKind::Usage, message)
                    .hint("the demo makes a home of its own: name a new folder, or leave out --home")
                    .into());
            }
            Some(_) => None,
            None => Some(temporary()?),
        };
        if let Some(folder) = folder.as_ref().filter(|_| !self.keep) {
            throwaway.is(folder.path());
        }
        let home: Option<PathBuf> = folder.as_ref().map(|f| f.path().to_owned()).or(flags.home);
        let flags = Flags { home, as_person: flags.as_person };
        let session = Session::begin_alone(&flags)?;
        session.create_home(&Access::Private)?;
        write_into_home(&session.home.config(), settings().as_bytes(), true)?;
        write_into_home(&session.home.people(), PEOPLE.as_bytes(), true)?;
        let mut session = Session::begin_alone(&flags)?;
        if session.identity.ask() {
            // A shared account would be asked who sits here; in a home that nobody else sees, the commander does.
            session = Session::begin_alone(&Flags { as_person: Some(COMMANDER.to_owned()), ..flags })?;
        }
        session.throwaway = folder.as_ref().filter(|_| !self.keep).map(|f| f.path().to_owned());
        let began = session.clock.running();
        let runtime = runtime()?;
        let log = runtime.block_on(async {
            let service = session.open(Opening::Write).await?;
            let (name, calls) = EVIDENCE;
            let folder = session.home.evidence();
            let evidence = keep_output(&folder, name, &mut calls.as_bytes(), "audit-log", "KMS audit log")?;
            let log = service.seed_demo(&session.by(), evidence).await?;
            service.close().await?;
            Ok::<_, Failure>(log)
        })?;
        runtime.shutdown_background();
        // From here on it is there to be looked at, and the screen listens to signals by itself.
        drop(throwaway);
        let took = session.clock.running().saturating_sub(began).as_millis();

        let home = session.home.root().display().to_string();
        let on_terminal = session.environment.is_terminal();
        if on_terminal && !out.is_json() {
            let fate =
                if self.keep || folder.is_none() { "it stays" } else { "it is deleted when you leave" };
            out.say(&format!("The demo's home is {home}; {fate}. ? lists all keys, q leaves."));
            let folder = if self.keep { folder.and_then(kept) } else { folder };
            return Ok(Finish::Demo(Box::new(Demo { session, log, folder })));
        }
        // Nobody can leave a screen that does not open, so the home stays for the commands.
        folder.and_then(kept);
        let document = serde_json::json!({ "home": home, "incident": DRILL, "seed_ms": took });
        out.answer(&document, || commands(&home)).map(Finish::Exit)
    }
}

/// Who commands the drill.
const COMMANDER: &str = "alice";

/// Who can be called; the numbers belong to nobody.
const PEOPLE: &str = include_str!("../../assets/demo/people.toml");

/// How the drill is named in commands.
const DRILL: &str = ".";

/// The settings that the demo relies on, so that a user's own do not lead it to another archive or other levels.
fn settings() -> String {
    let mut text = default_file();
    for line in [
        "profile = \"p\"",
        "P1 = ",
        "P2 = ",
        "P3 = ",
        "P4 = ",
        "repository = \"postmortems\"",
        "folder = \"\"",
    ] {
        text = text.replace(&format!("\n#{line}"), &format!("\n{line}"));
    }
    text
}

fn temporary() -> Result<tempfile::TempDir, Failure> {
    tempfile::Builder::new()
        .prefix("warroom-demo-")
        // It is a home like any other: nobody else looks into it.
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir()
        .map_err(|e| Failure::no(format!("no temporary folder can be made: {e}")))
}

/// Lets a folder stay.
fn kept(folder: tempfile::TempDir) -> Option<tempfile::TempDir> {
    let _ = folder.keep();
    None
}

/// What there is to try, for people.
fn commands(home: &str) -> String {
    let lines = [
        ("list --all", "every incident"),
        ("brief .", "the drill on one screen"),
        ("timeline .", "what happened so far"),
        ("log . '-2m production refuses the old key'", "write a line, two minutes late"),
        ("similar .", "past incidents like it, with what was never shipped"),
        ("search 'disk full'", "the archive"),
        ("story list", "improvements, the overdue ones first"),
        ("stats", "figures with their definitions"),
        ("export . --format html -o drill.html", "the whole story in one file"),
        ("verify", "no log was changed"),
        ("open .", "the room, on a terminal"),
    ];
    let mut text = format!("The demo's home is {home}; it stays until you delete it. Try:\n");
    for (command, what) in lines {
        text.push_str(&format!("  warroom --home {home} {command}\n      {what}\n"));
    }
    text
}
