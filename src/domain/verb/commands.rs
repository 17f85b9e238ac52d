//! The commands that the `:` line has no verb for. Whoever types one there, or looks for one among the actions, is told
//! where it is. It must not run anything.

/// A command of the command line that is no verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandSpec {
    /// Its name.
    pub name: &'static str,
    /// Other words by which people look for it.
    pub also: &'static [&'static str],
    /// How it is used, without the name of the program.
    pub usage: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// The action or the verb that does the same in the room; empty: only the command does it.
    pub here: &'static str,
}

macro_rules! commands {
    ($($name:literal [$($also:literal),*] $usage:literal $doc:literal $here:literal;)+) => {
        &[$(CommandSpec { name: $name, also: &[$($also),*], usage: $usage, doc: $doc, here: $here },)+]
    };
}

/// Every command that is no verb; a test holds it to the commands that there are.
pub const COMMANDS: &[CommandSpec] = commands! {
    "amend" [] "amend INC LINE" "amend a line" "amend";
    "ask" [] "ask INC TEXT" "ask somebody for something" "ask";
    "backup" ["save"] "backup FOLDER" "copy the home into a new folder" "";
    "board" [] "board INC BOARD" "show a board" "asks";
    "completions" [] "completions SHELL" "print the completions for a shell" "";
    "config" ["settings"] "config" "what is configured, and where it comes from" "";
    "decide" [] "decide INC TEXT" "record a decision" "decision";
    "declare" [] "declare TITLE" "declare an incident" "declare";
    "demo" [] "demo" "a throw-away home to try things in" "";
    "doctor" [] "doctor" "look at everything that must work" "";
    "export" ["csv", "html", "json", "markdown", "pdf"] "export INC --format md|html|json|csv" "write an incident to a file" "";
    "import" [] "import PATH" "take postmortems into the archive" "";
    "init" [] "init" "make the home" "";
    "list" [] "list" "list incidents" "home";
    "log" ["csv"] "log INC FILE --csv" "take the lines of a table into the log" "note";
    "man" ["manual"] "man FOLDER" "write the manual pages" "";
    "merge" ["duplicate"] "merge INC --into INC" "several incidents that turned out to be one" "";
    "open" [] "open INC" "open the room of an incident" "home";
    "postmortem" [] "postmortem" "draft, edit, check and publish the postmortem" "draft";
    "reindex" [] "reindex" "build the search index anew" "";
    "set" [] "set INC" "correct what an incident says of itself" "title";
    "show" [] "show INC" "show an incident" "brief";
    "similar" [] "similar INC" "past incidents that are like this one" "";
    "stats" ["figures", "statistics", "metrics"] "stats" "figures over incidents" "";
    "step" [] "step INC" "move a step of the runbooks" "tick";
    "timeline" [] "timeline INC" "print the timeline" "filter";
    "undo" [] "undo INC" "undo the last action" "undo";
    "verify" ["integrity", "tamper"] "verify" "check that no log was changed" "";
};

impl CommandSpec {
    /// Whether the room names the command to whoever looks for it: nothing there does the same, or not all of it.
    #[must_use]
    pub const fn is_offered(&self) -> bool {
        self.here.is_empty() || !self.also.is_empty()
    }
}

/// The command of that name.
#[must_use]
pub fn command(name: &str) -> Option<&'static CommandSpec> {
    COMMANDS.iter().find(|command| command.name == name)
}
