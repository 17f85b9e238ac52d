//! The reference of all commands as Markdown, made from the argument reader itself, and that reader for tests. It must not be edited by hand.

use clap::CommandFactory;

/// The text of `docs/commands.md`.
#[must_use]
pub fn reference() -> String {
    let mut command = super::subcommands::Cli::command().term_width(100).disable_help_subcommand(true);
    command.build();
    let mut text = String::from(
        "# Commands\n\n<!-- Made from the program by a test: UPDATE_DOCS=1 cargo test commands_reference. \
         Do not edit. -->\n\n\
         `--home DIR`, `--as PERSON` and `--json` work on every command; `--json` changes nothing where the answer has a form \
         of its own: `--version`, `--help`, and `export --format md|html|csv` without `-o`. INC is a full id, a number, or `.` for the only \
         open incident; `-` is standard input. Exit codes: 0 done · 1 the answer is no · 2 usage · 3 not found · \
         4 conflict · 5 integrity · 6 peer or network.\n",
    );
    for sub in command.get_subcommands_mut() {
        add(sub, &mut text);
    }
    text
}

/// Reads a command line without doing anything, for the tests that hold the documentation to it.
///
/// # Errors
/// What whoever types it would be told.
pub fn reads(words: impl IntoIterator<Item = String>) -> Result<(), String> {
    use clap::error::ErrorKind;
    match super::whole().try_get_matches_from(words) {
        Ok(_) => Ok(()),
        Err(e) if matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn add(command: &mut clap::Command, text: &mut String) {
    let has_children = command.get_subcommands().any(|c| c.get_name() != "help");
    if !has_children {
        let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
        // What works on every command is said once, at the top.
        let own = |arg: clap::Arg| {
            let everywhere = arg.is_global_set() || arg.get_id() == "help";
            arg.hide(everywhere)
        };
        let help = command.clone().mut_args(own).render_help().to_string();
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        text.push_str(&format!("\n## {name}\n\n```text\n{}\n```\n", lines.join("\n").trim_end()));
        return;
    }
    for sub in command.get_subcommands_mut() {
        if sub.get_name() != "help" {
            add(sub, text);
        }
    }
}
