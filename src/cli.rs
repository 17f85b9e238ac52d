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
mod severity;
mod show;
mod similar;
mod star;
mod stats;
mod stdin;
mod step;
mod story;
mod strike;
mod timeline;
mod undo;
mod update;
mod updates;
mod verdict;
mod verify;
mod views;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use demo::Demo;
pub use output::{Exit, quiet_panics};
pub use reference::{reads, reference};

use crate::domain::ids::LogId;
use crate::service::Failure;
use crate::shell::session::{Flags, Session};
use context::Context;
use output::{Output, Stop};

/// Runs incidents from a terminal: timeline, roster, runbook, decisions, postmortem, memory.
#[derive(Debug, Parser)]
#[command(name = "warroom", version, max_term_width = 100, subcommand_help_heading = "Commands")]
struct Cli {
    /// The home folder [default: $WARROOM_HOME, the nearest folder above with a warroom.toml, or
    /// $XDG_DATA_HOME/warroom]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    home: Option<PathBuf>,
    /// Who acts [default: $WARROOM_AS, the configured name, or the Unix user]
    #[arg(long = "as", global = true, value_name = "PERSON", help_heading = "Everywhere")]
    as_person: Option<String>,
    /// Print one JSON document, or one JSON object a line for streams
    #[arg(long, global = true, help_heading = "Everywhere")]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The subcommands, in the order of an incident's life.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    Open(open::Args),
    Init(init::Args),
    Doctor(doctor::Args),
    Config(config::Args),
    Demo(demo::Args),
    Declare(declare::Args),
    Set(set::Args),
    List(list::Args),
    Show(show::Args),
    Brief(brief::Args),
    Timeline(timeline::Args),
    Log(log::Args),
    Amend(amend::Args),
    Strike(strike::Args),
    Undo(undo::Args),
    Star(star::Args),
    Redact(redact::Args),
    Decide(decide::Args),
    Verdict(verdict::Args),
    Object(object::Args),
    Ask(ask::Args),
    Ack(ask::AckArgs),
    Answer(answer::Args),
    Extend(ask::ExtendArgs),
    Reassign(ask::ReassignArgs),
    Hypothesis(hypothesis::Args),
    Role(role::Args),
    People(people::Args),
    Severity(severity::Args),
    Phase(phase::Args),
    Target(clock::TargetArgs),
    Clock(clock::Args),
    Milestone(milestone::Args),
    Step(step::Args),
    Run(run::Args),
    Runbook(runbook::Args),
    Evidence(evidence::Args),
    Scope(scope::Args),
    Ioc(ioc::Args),
    Board(board::Args),
    Update(update::Args),
    Updates(updates::Args),
    Link(link::Args),
    Merge(merge::Args),
    Resolve(resolve::Args),
    Closure(closure::Args),
    Close(close::Args),
    Reopen(reopen::Args),
    Postmortem(postmortem::Args),
    Story(story::Args),
    Search(search::Args),
    Similar(similar::Args),
    Patterns(patterns::Args),
    Import(import::Args),
    Reindex(reindex::Args),
    Stats(stats::Args),
    Export(export::Args),
    Verify(verify::Args),
    Backup(backup::Args),
    Completions(completions::Args),
    Man(man::Args),
}

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
    /// The screen opens.
    Screen(Box<Session>, Place),
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
        Cli { home: None, as_person: None, json: false, command: None }
    } else {
        match parsed(&arguments) {
            Ok(cli) => cli,
            Err(error) => return Finish::Exit(output::usage(&error)),
        }
    };
    let out = Output::new(cli.json);
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

/// Reads the arguments. The sixty subcommands are described only as far as one is asked for, which is a millisecond less;
/// help and mistakes are told by the whole of them.
fn parsed(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(arguments).or_else(|error| match error.kind() {
        ErrorKind::DisplayVersion => Err(error),
        _ => Cli::from_arg_matches(&whole().try_get_matches_from(arguments)?),
    })
}

/// All subcommands, with all that is said of them.
fn whole() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// Says what went wrong on the screen, and answers the exit code.
#[must_use]
pub fn told(failure: &Failure) -> Exit {
    Output::new(false).failure(failure);
    Exit(failure.exit_code())
}

fn start(cli: Cli, out: &Output) -> Result<Finish, Stop> {
    let flags = Flags { home: cli.home, as_person: cli.as_person };
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
    let session = Session::begin(&flags)?;
    let terminal = session.environment.stdin_is_terminal && session.environment.stdout_is_terminal;
    if command.is_none() && terminal {
        // The screen looks at the home's rights itself, once it is up.
        return Ok(Finish::Screen(Box::new(session), Place::Auto));
    }
    if let Some(exposed) = session.home.exposed().first() {
        out.say(&format!("warroom: {exposed}; warroom doctor tells all"));
    }
    let Some(command) = command else {
        out.say(&whole().render_help().to_string());
        return Ok(Finish::Exit(Exit(2)));
    };
    let runtime = runtime()?;
    let context = Context::new(session, out);
    let outcome = runtime.block_on(async {
        let outcome = perform(command, &context).await;
        context.close().await;
        outcome
    });
    // A reader of standard input may still wait for a line that nobody types.
    runtime.shutdown_background();
    Ok(match outcome? {
        Outcome::Exit(exit) => Finish::Exit(exit),
        Outcome::Screen(place) => Finish::Screen(Box::new(context.session), place),
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
