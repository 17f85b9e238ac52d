//! The command line: one file a subcommand, and this one that reads the arguments and starts them. It must not
//! hold rules of the domain: a command asks the service, and prints what came of it through `output`.

mod amend;
mod answer;
mod arguments;
mod ask;
mod audit;
mod backup;
mod board;
mod brief;
mod checking;
mod clock;
mod close;
mod closure;
mod completions;
mod config;
mod context;
mod decide;
mod declare;
mod demo;
mod doctor;
mod drill;
mod evidence;
mod export;
mod hypothesis;
mod import;
mod init;
mod ioc;
mod link;
mod list;
mod log;
mod man;
mod merge;
mod milestone;
mod object;
mod open;
mod output;
mod patterns;
mod people;
mod phase;
mod postmortem;
mod redact;
mod reference;
mod reindex;
mod reopen;
mod resolve;
mod role;
mod rows;
mod run;
mod runbook;
mod scope;
mod search;
mod set;
mod sets;
mod severity;
mod show;
mod similar;
mod star;
mod stats;
mod stdin;
mod step;
mod story;
mod strike;
mod subcommands;
mod timeline;
mod undo;
mod update;
mod updates;
mod verdict;
mod verify;
mod views;

use std::ffi::OsString;

pub use demo::Demo;
pub use output::{Exit, quiet_panics};
pub use reference::{reads, reference};

use crate::domain::ids::LogId;
use crate::service::Failure;
use crate::shell::session::{Early, Flags, Session};
use context::Context;
use output::{Output, Stop};
use subcommands::{Cli, Command, Everywhere, parsed, whole};

/// Which place of the screen a command opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The home screen, or the room of the only open incident.
    Auto,
    /// The room of an incident.
    Room(LogId),
}

/// How a command line ends.
#[derive(Debug)]
pub enum Finish {
    /// The process ends with this code; everything is printed.
    Exit(Exit),
    /// The screen opens, with what was begun for it.
    Screen(Box<Session>, Place, Option<Early>),
    /// The room of a demo opens; afterwards [`Demo::leave`] tidies up.
    Demo(Box<Demo>),
}

/// What a subcommand came to.
enum Outcome {
    Exit(Exit),
    Screen(Place),
}

impl From<Exit> for Outcome {
    fn from(exit: Exit) -> Self {
        Self::Exit(exit)
    }
}

/// Reads the arguments and runs what they ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Finish {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // The bare name opens the screen, and what opens the screen does not wait for arguments to be described.
    let cli = if arguments.len() < 2 {
        Cli { everywhere: Everywhere::default(), command: None }
    } else {
        match parsed(&arguments) {
            Ok(cli) => cli,
            Err(error) => return Finish::Exit(output::usage(&error)),
        }
    };
    let out = Output::new(cli.everywhere.json);
    match start(cli, &out) {
        Ok(finish) => finish,
        Err(Stop::Failure(failure)) => {
            out.failure(&failure);
            Finish::Exit(Exit(failure.exit_code()))
        }
        // Whoever read our output has seen enough.
        Err(Stop::Pipe) => Finish::Exit(Exit::DONE),
    }
}

/// Says what went wrong on the screen, and answers the exit code.
#[must_use]
pub fn told(failure: &Failure) -> Exit {
    Output::new(false).failure(failure);
    Exit(failure.exit_code())
}

fn start(cli: Cli, out: &Output) -> Result<Finish, Stop> {
    let flags = Flags { home: cli.everywhere.home, as_person: cli.everywhere.as_person };
    let command = match cli.command {
        // These read neither home nor configuration, so they work where those are broken.
        Some(Command::Completions(args)) => return args.run(out).map(Finish::Exit),
        Some(Command::Man(args)) => return args.run(out).map(Finish::Exit),
        Some(Command::Config(args)) => return args.run(&flags, out).map(Finish::Exit),
        Some(Command::Doctor(args)) => {
            return runtime()?.block_on(args.run(&flags, out)).map(Finish::Exit);
        }
        Some(Command::Demo(args)) => return args.run(flags, out),
        command => command,
    };
    let (session, index) = match command {
        None => {
            let (session, early) = Session::begin_screen(&flags)?;
            if session.environment.is_terminal() {
                // The screen looks at the home's rights itself, once it is up.
                return Ok(Finish::Screen(Box::new(session), Place::Auto, early));
            }
            (session, None)
        }
        Some(Command::Search(_) | Command::Similar(_)) => Session::begin_asking(&flags)?,
        Some(_) => (Session::begin(&flags)?, None),
    };
    if let Some(exposed) = session.home.exposed().first() {
        out.say(&format!("warroom: {exposed}; warroom doctor tells all"));
    }
    let Some(command) = command else {
        out.say(&whole().render_help().to_string());
        return Ok(Finish::Exit(Exit(2)));
    };
    let runtime = runtime()?;
    let context = Context::new(session, index, out);
    let outcome = runtime.block_on(async {
        let outcome = perform(command, &context).await;
        context.close().await;
        outcome
    });
    // A reader of standard input may still wait for a line that nobody types.
    runtime.shutdown_background();
    Ok(match outcome? {
        Outcome::Exit(exit) => Finish::Exit(exit),
        Outcome::Screen(place) => Finish::Screen(Box::new(context.session), place, None),
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    // Commands wait for one thing after another; what takes long has threads of its own.
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|e| Failure::no(format!("the program cannot start its threads: {e}")))
}

async fn perform(command: Command, context: &Context<'_>) -> Result<Outcome, Stop> {
    let exit = match command {
        Command::Open(args) => return args.run(context).await,
        Command::Declare(args) => return args.run(context).await,
        Command::Drill(args) => return args.run(context).await,
        Command::Init(args) => args.run(context),
        Command::Set(args) => args.run(context).await,
        Command::List(args) => args.run(context).await,
        Command::Show(args) => args.run(context).await,
        Command::Brief(args) => args.run(context).await,
        Command::Timeline(args) => args.run(context).await,
        Command::Log(args) => args.run(context).await,
        Command::Amend(args) => args.run(context).await,
        Command::Strike(args) => args.run(context).await,
        Command::Undo(args) => args.run(context).await,
        Command::Star(args) => args.run(context).await,
        Command::Redact(args) => args.run(context).await,
        Command::Decide(args) => args.run(context).await,
        Command::Verdict(args) => args.run(context).await,
        Command::Object(args) => args.run(context).await,
        Command::Ask(args) => args.run(context).await,
        Command::Ack(args) => args.run(context).await,
        Command::Answer(args) => args.run(context).await,
        Command::Extend(args) => args.run(context).await,
        Command::Reassign(args) => args.run(context).await,
        Command::Hypothesis(args) => args.run(context).await,
        Command::Role(args) => args.run(context).await,
        Command::People(args) => args.run(context).await,
        Command::Severity(args) => args.run(context).await,
        Command::Phase(args) => args.run(context).await,
        Command::Target(args) => args.run(context).await,
        Command::Clock(args) => args.run(context).await,
        Command::Milestone(args) => args.run(context).await,
        Command::Step(args) => args.run(context).await,
        Command::Run(args) => args.run(context).await,
        Command::Runbook(args) => args.run(context).await,
        Command::Evidence(args) => args.run(context).await,
        Command::Scope(args) => args.run(context).await,
        Command::Ioc(args) => args.run(context).await,
        Command::Board(args) => args.run(context).await,
        Command::Update(args) => args.run(context).await,
        Command::Updates(args) => args.run(context).await,
        Command::Link(args) => args.run(context).await,
        Command::Merge(args) => args.run(context).await,
        Command::Resolve(args) => args.run(context).await,
        Command::Closure(args) => args.run(context).await,
        Command::Close(args) => args.run(context).await,
        Command::Reopen(args) => args.run(context).await,
        Command::Postmortem(args) => args.run(context).await,
        Command::Story(args) => args.run(context).await,
        Command::Search(args) => args.run(context).await,
        Command::Similar(args) => args.run(context).await,
        Command::Patterns(args) => args.run(context).await,
        Command::Import(args) => args.run(context).await,
        Command::Reindex(args) => args.run(context).await,
        Command::Stats(args) => args.run(context).await,
        Command::Export(args) => args.run(context).await,
        Command::Verify(args) => args.run(context).await,
        Command::Backup(args) => args.run(context).await,
        // Done before a session begins.
        Command::Demo(_)
        | Command::Doctor(_)
        | Command::Config(_)
        | Command::Completions(_)
        | Command::Man(_) => Ok(Exit::DONE),
    };
    exit.map(Outcome::from)
}
