//! The table of subcommands, and how arguments are read: by the one subcommand that they name, or by all of them where
//! something has to be said about them. It must not run anything.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::{
    amend, answer, ask, backup, board, brief, clock, close, closure, completions, config, decide, declare,
    demo, doctor, drill, evidence, export, hypothesis, import, init, ioc, link, list, log, man, merge,
    milestone, object, open, patterns, people, phase, postmortem, redact, reindex, reopen, resolve, role,
    run, runbook, scope, search, set, severity, show, similar, star, stats, step, story, strike, timeline,
    undo, update, updates, verdict, verify,
};

/// Runs incidents from a terminal: timeline, roster, runbook, decisions, postmortem, memory.
#[derive(Debug, Parser)]
#[command(name = NAME, version, max_term_width = 100, subcommand_help_heading = "Commands", hide_possible_values = true)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) everywhere: Everywhere,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const NAME: &str = "warroom";

/// What every subcommand takes.
#[derive(Debug, Default, Args)]
pub(super) struct Everywhere {
    /// The home folder [default: $WARROOM_HOME, the nearest folder above with a warroom.toml, or
    /// $XDG_DATA_HOME/warroom]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub(super) home: Option<PathBuf>,
    /// Who acts [default: $WARROOM_AS, the configured name, or the Unix user]
    #[arg(long = "as", global = true, value_name = "PERSON", help_heading = "Everywhere")]
    pub(super) as_person: Option<String>,
    /// Print one JSON document, or one JSON object a line for streams
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(super) json: bool,
}

// A name, the other word for it that people know, what it takes.
macro_rules! subcommands {
    ($($name:literal $([$also:literal])? => $variant:ident($args:ty),)*) => {
        /// The subcommands, in the order of an incident's life.
        #[derive(Debug, Subcommand)]
        #[command(defer = true)]
        pub(super) enum Command {
            $(#[command(name = $name $(, alias = $also)?)] $variant($args),)*
        }

        impl Command {
            /// The description of one subcommand.
            fn described(name: &str) -> Option<clap::Command> {
                let (name, describe): (&'static str, fn(clap::Command) -> clap::Command) = match name {
                    $($name => ($name, <$args as Args>::augment_args),)*
                    _ => return None,
                };
                // As the whole has it: what an argument takes is said in its own words.
                Some(describe(clap::Command::new(name).hide_possible_values(true)))
            }
        }
    };
}

subcommands! {
    "open" => Open(open::Args),
    "init" => Init(init::Args),
    "doctor" => Doctor(doctor::Args),
    "config" => Config(config::Args),
    "demo" => Demo(demo::Args),
    "declare" => Declare(declare::Args),
    "set" => Set(set::Args),
    "list" => List(list::Args),
    "show" => Show(show::Args),
    "brief" => Brief(brief::Args),
    "timeline" => Timeline(timeline::Args),
    "log" => Log(log::Args),
    "amend" => Amend(amend::Args),
    "strike" => Strike(strike::Args),
    "undo" => Undo(undo::Args),
    "star" => Star(star::Args),
    "redact" => Redact(redact::Args),
    "decide" => Decide(decide::Args),
    "verdict" => Verdict(verdict::Args),
    "object" => Object(object::Args),
    "ask" ["task"] => Ask(ask::Args),
    "ack" => Ack(ask::AckArgs),
    "answer" => Answer(answer::Args),
    "extend" => Extend(ask::ExtendArgs),
    "reassign" => Reassign(ask::ReassignArgs),
    "hypothesis" => Hypothesis(hypothesis::Args),
    "role" => Role(role::Args),
    "people" => People(people::Args),
    "severity" ["priority"] => Severity(severity::Args),
    "phase" => Phase(phase::Args),
    "target" => Target(clock::TargetArgs),
    "clock" => Clock(clock::Args),
    "milestone" => Milestone(milestone::Args),
    "step" => Step(step::Args),
    "run" => Run(run::Args),
    "runbook" ["playbook"] => Runbook(runbook::Args),
    "evidence" => Evidence(evidence::Args),
    "scope" => Scope(scope::Args),
    "ioc" => Ioc(ioc::Args),
    "board" => Board(board::Args),
    "update" => Update(update::Args),
    "updates" => Updates(updates::Args),
    "link" => Link(link::Args),
    "merge" => Merge(merge::Args),
    "resolve" => Resolve(resolve::Args),
    "closure" => Closure(closure::Args),
    "close" => Close(close::Args),
    "reopen" => Reopen(reopen::Args),
    "postmortem" ["post-incident-review"] => Postmortem(postmortem::Args),
    "story" ["action-item"] => Story(story::Args),
    "search" => Search(search::Args),
    "similar" => Similar(similar::Args),
    "drill" => Drill(drill::Args),
    "patterns" => Patterns(patterns::Args),
    "import" => Import(import::Args),
    "reindex" => Reindex(reindex::Args),
    "stats" => Stats(stats::Args),
    "export" => Export(export::Args),
    "verify" => Verify(verify::Args),
    "backup" => Backup(backup::Args),
    "completions" => Completions(completions::Args),
    "man" => Man(man::Args),
}

/// Reads the arguments. The sixty subcommands are described only as far as one is asked for, which is a millisecond less;
/// help and mistakes are told by the whole of them.
pub(super) fn parsed(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    if let Some(cli) = by_its_name(arguments) {
        return Ok(cli);
    }
    Cli::try_parse_from(arguments).or_else(|error| match error.kind() {
        ErrorKind::DisplayVersion => Err(error),
        _ => Cli::from_arg_matches(&whole().try_get_matches_from(arguments)?),
    })
}

/// Reads arguments that name their subcommand, or none, and have no mistake, by that subcommand alone.
fn by_its_name(arguments: &[OsString]) -> Option<Cli> {
    // The value of an option that stands before the name must not be taken for it.
    let at = match arguments.get(1)?.to_str()? {
        "--home" | "--as" => 3,
        _ => 1,
    };
    let root = Everywhere::augment_args(clap::Command::new(NAME));
    let name = arguments.get(at);
    let root = match name {
        Some(name) => root.subcommand(Command::described(name.to_str()?)?),
        None => root,
    };
    let matches = root.try_get_matches_from(arguments).ok()?;
    let everywhere = Everywhere::from_arg_matches(&matches).ok()?;
    let command = match name {
        Some(_) => Some(Command::from_arg_matches(&matches).ok()?),
        None => None,
    };
    Some(Cli { everywhere, command })
}

/// All subcommands, with all that is said of them.
pub(super) fn whole() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        std::iter::once("warroom").chain(line.split(' ')).map(OsString::from).collect()
    }

    #[test]
    fn every_subcommand_is_described_by_itself_as_among_the_others() {
        // The order of the headings is another, which nobody sees: help is shown by all of them.
        let text = |command: &mut clap::Command| {
            let mut lines: Vec<String> =
                command.render_long_help().to_string().lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        let mut all = Cli::command();
        all.build();
        let mut count = 0;
        for among in all.get_subcommands_mut().filter(|c| c.get_name() != "help") {
            let alone = Command::described(among.get_name()).unwrap();
            let mut root =
                Everywhere::augment_args(clap::Command::new(NAME).max_term_width(100)).subcommand(alone);
            root.build();
            let alone = root.get_subcommands_mut().find(|c| c.get_name() == among.get_name()).unwrap();
            assert_eq!(text(alone), text(among));
            count += 1;
        }
        assert!(count > 50, "{count}");
        assert!(Command::described("help").is_none());
    }

    #[test]
    fn what_is_read_by_its_name_is_what_all_of_them_read() {
        for line in [
            "log . disk",
            "--json search disk",
            "search disk --json --limit 3",
            "--home log log . x",
            "--as bob --home h list",
            "story list --home h",
            "config check",
            "--home h",
            "--as bob",
        ] {
            let all = Cli::from_arg_matches(&whole().try_get_matches_from(words(line)).unwrap()).unwrap();
            assert_eq!(format!("{:?}", parsed(&words(line)).unwrap()), format!("{all:?}"), "{line}");
        }
        for (line, by_name) in [
            ("search disk", true),
            ("--home h search disk", true),
            ("--home h", true),
            ("--json search disk", false),
            ("--home", false),
        ] {
            assert_eq!(by_its_name(&words(line)).is_some(), by_name, "{line}");
        }
        for line in ["search", "search --help", "serach disk", "--version", "help search", "list --limit x"] {
            assert!(by_its_name(&words(line)).is_none(), "{line}");
            let all = whole().try_get_matches_from(words(line)).unwrap_err().to_string();
            assert_eq!(parsed(&words(line)).unwrap_err().to_string(), all, "{line}");
        }
    }
}
