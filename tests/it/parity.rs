//! Everything the room can do, a command can do: each action and each verb has its command, and the program reads it.
//! `docs/parity.md` is written from this table; `UPDATE_DOCS=1` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use warroom::app::action::{Group, TABLE};
use warroom::app::keymap::{Keymap, without_key};
use warroom::domain::verb::{COMMANDS, VERBS};

/// An action of the room, and the command that does the same, as it could be typed.
const ACTIONS: &[(&str, &str)] = &[
    ("declare", "warroom declare 'Disk full'"),
    ("note", "warroom log . 'on-call paged'"),
    ("scribe", "warroom log . -"),
    ("decision", "warroom decide . 'revoke the key @carol check 15m'"),
    ("ask", "warroom ask . '@bob 3m list builds'"),
    ("hypothesis", "warroom hypothesis . 'the key was in a CI variable'"),
    ("update", "warroom update . internal 'key disabled'"),
    ("tick", "warroom step . tick 3"),
    ("cross-out", "warroom strike . 12 --reason 'wrong console'"),
    ("amend", "warroom amend . 12 --text 'key disabled' --at 14:05"),
    ("amend-in-editor", "warroom amend . 12 --text 'key disabled'"),
    ("star", "warroom star . 12"),
    ("verdict", "warroom verdict . 12 held"),
    ("role", "warroom role . scribe bob"),
    ("severity", "warroom severity . P1"),
    ("phase", "warroom phase . contain"),
    ("milestone", "warroom milestone . contained"),
    ("runbook", "warroom runbook attach . signing-key-compromised"),
    ("evidence", "warroom evidence add . calls.json"),
    ("story", "warroom story add . 'Sign in the KMS only'"),
    ("story-start", "warroom story start INC-2026-0042/S1"),
    ("story-ship", "warroom story ship INC-2026-0042/S1 --reason 'in production'"),
    ("story-verify", "warroom story verify INC-2026-0042/S1 --proof 'drill of 12 May'"),
    ("story-drop", "warroom story drop INC-2026-0042/S1 --reason 'the service is gone'"),
    ("story-reopen", "warroom story reopen INC-2026-0042/S1 --reason 'the other row'"),
    ("story-postmortem", "warroom show INC-2026-0042"),
    ("stories-board", "warroom story list"),
    ("runbooks", "warroom runbook list"),
    ("board-attach", "warroom runbook attach . signing-key-compromised"),
    ("brief", "warroom brief ."),
    ("copy-brief", "warroom brief ."),
    ("find", "warroom search 'disk full'"),
    ("system-lines", "warroom timeline . --all"),
    ("stories", "warroom story list"),
    ("drill", "warroom drill score ."),
    ("register", "warroom evidence list ."),
    ("quick-ioc", "warroom ioc add . evil.example --tlp red"),
    ("asks", "warroom board . asks"),
    ("decisions", "warroom board . decisions"),
    ("hypotheses", "warroom board . hypotheses"),
    ("scope-board", "warroom scope . list"),
    ("iocs", "warroom ioc list ."),
    ("links", "warroom link ."),
    ("steps", "warroom board . steps"),
    ("home", "warroom list"),
    ("close", "warroom close 12"),
    ("publish", "warroom postmortem publish 12"),
    ("reopen", "warroom reopen 12 --reason 'it is back'"),
    ("point-done", "warroom closure 12 cause done"),
    ("undo", "warroom undo . --yes"),
    ("point-na", "warroom closure 12 artifacts n/a --reason 'nothing was built'"),
];

/// A verb of the `:` line whose command has another name or more words.
const VERBS_AS: &[(&str, &str)] = &[
    ("approve", "warroom update . approve 12"),
    ("asks", "warroom board . asks"),
    ("call", "warroom people call ."),
    ("prepare", "warroom update . customers 'we are looking' --draft"),
    ("summary", "warroom brief . --report executive"),
    ("tactical", "warroom brief . --report tactical"),
    ("duties", "warroom role . scribe bob"),
    ("roster", "warroom show . --json"),
    ("decisions", "warroom board . decisions"),
    ("hypotheses", "warroom board . hypotheses"),
    ("iocs", "warroom ioc list ."),
    ("links", "warroom link ."),
    ("runbooks", "warroom runbook list"),
    ("send", "warroom update . send 12"),
    ("steps", "warroom board . steps"),
    ("stories", "warroom story list"),
    ("assign", "warroom step . assign 3 --person bob"),
    ("due", "warroom step . due 3 --by 15m"),
    ("extend", "warroom extend . 12 5m"),
    ("ioc", "warroom ioc add . evil.example --tlp red"),
    ("no-ioc", "warroom ioc remove . evil.example --reason 'our own'"),
    ("object", "warroom object . 12 'it stops every deploy'"),
    ("reassign", "warroom reassign . 12 carol"),
    ("take-over", "warroom step . doing 3 --force"),
    ("unlink", "warroom link . --remove bridge"),
    ("attach", "warroom runbook attach . signing-key-compromised"),
    ("block", "warroom step . block 3 --reason 'no access'"),
    ("check", "warroom postmortem check 12"),
    ("disposition", "warroom set . --disposition near-miss"),
    ("drill", "warroom drill mark . 4 met"),
    ("doing", "warroom step . doing 3"),
    ("draft", "warroom postmortem draft 12"),
    ("edit", "warroom postmortem edit 12"),
    ("evidence", "warroom evidence list ."),
    ("find", "warroom search 'disk full'"),
    ("help", "warroom --help"),
    ("home", "warroom list"),
    ("impact", "warroom set . --impact 'no new orders'"),
    ("kind", "warroom set . --kind drill"),
    ("publish", "warroom postmortem publish 12"),
    ("release", "warroom role . scribe bob --release"),
    ("scope", "warroom scope . build-7 build-8 --state affected"),
    ("codename", "warroom set . --code-name 'Blue Heron'"),
    ("review", "warroom postmortem status 12 in-review"),
    ("service", "warroom set . --service payments"),
    ("skip", "warroom step . skip 3 --reason 'nothing is built here'"),
    ("story", "warroom story add . 'Sign in the KMS only'"),
    ("tag", "warroom set . --tag signing-key"),
    ("tick", "warroom step . tick 3"),
    ("title", "warroom set . --title 'Disk full'"),
    ("undo-step", "warroom step . reopen 3"),
    ("visibility", "warroom set . --visibility restricted"),
    ("waive", "warroom close 12 --waive 'told in the weekly review'"),
];

/// What only a screen does, and why no command is needed.
const SCREEN: &[(&str, &str)] = &[
    ("board-filter", "a command has options that narrow"),
    ("copy", "a command prints: `warroom timeline`, `warroom runbook show`"),
    ("next", "goes to a place on the screen; `warroom brief` lists what is open"),
    ("quit", "leaves the screen"),
];

fn is_read(command: &str) {
    let words = shell_words::split(command).unwrap();
    if let Err(error) = warroom::cli::reads(words) {
        panic!("{command}: {error}");
    }
}

/// The command of a verb: named above, else the one of the same name.
fn of_verb(name: &str) -> Option<String> {
    let named = VERBS_AS.iter().find(|(verb, _)| *verb == name).map(|(_, command)| (*command).to_owned());
    let same = warroom::cli::reference().contains(&format!("\n## warroom {name}"));
    named.or_else(|| same.then(|| format!("warroom {name}")))
}

#[test]
fn whatever_changes_something_in_the_room_has_a_command() {
    let reads = [Group::Move, Group::Rest, Group::Edit, Group::Look];
    for spec in TABLE {
        let command = ACTIONS.iter().find(|(name, _)| *name == spec.name);
        let same = of_verb(spec.name).is_some();
        let screen = SCREEN.iter().any(|(name, _)| *name == spec.name);
        assert!(
            command.is_some() || same || screen || reads.contains(&spec.group),
            "the action {} has no command: name the one that does the same in tests/it/parity.rs",
            spec.name
        );
    }
    for verb in VERBS {
        let screen = SCREEN.iter().any(|(name, _)| *name == verb.name);
        assert!(
            screen || of_verb(verb.name).is_some(),
            "the verb {} has no command: name the one that does the same in tests/it/parity.rs",
            verb.name
        );
    }
    for (_, command) in ACTIONS.iter().chain(VERBS_AS) {
        is_read(command);
    }
}

#[test]
fn what_is_named_here_is_there_and_named_once() {
    let action = |name: &str| TABLE.iter().any(|spec| spec.name == name);
    let verb = |name: &str| VERBS.iter().any(|verb| verb.name == name);
    let mut seen = BTreeSet::new();
    for (name, _) in ACTIONS {
        assert!(action(name), "no action is called {name} any more: take it out of tests/it/parity.rs");
        assert!(seen.insert(name), "the action {name} is named twice");
    }
    seen.clear();
    for (name, _) in VERBS_AS {
        assert!(verb(name), "no verb is called {name} any more: take it out of tests/it/parity.rs");
        assert!(seen.insert(name), "the verb {name} is named twice");
    }
    for (name, why) in SCREEN {
        assert!(
            action(name) || verb(name),
            "nothing is called {name} any more: take it out of tests/it/parity.rs"
        );
        assert!(!ACTIONS.iter().any(|(named, _)| named == name), "{name} has a command, and {why}");
    }
}

/// Whoever types a command after `:` or looks for it in the room is told where it is.
#[test]
fn every_command_is_a_verb_or_is_named_as_a_command_in_the_room() {
    let reference = warroom::cli::reference();
    let names: BTreeSet<&str> = reference
        .lines()
        .filter_map(|line| line.strip_prefix("## warroom ")?.split([' ', '`']).next())
        .collect();
    assert!(names.len() > 50, "{names:?}");
    let verb = |name: &str| VERBS.iter().any(|verb| verb.name == name || verb.short.contains(&name));
    for name in &names {
        assert!(
            verb(name) || COMMANDS.iter().any(|command| command.name == *name),
            "the command {name} is no verb: name it in src/domain/verb/commands.rs"
        );
    }
    for command in COMMANDS {
        let name = command.name;
        assert!(
            names.contains(name),
            "there is no command {name}: take it out of src/domain/verb/commands.rs"
        );
        assert!(!verb(name), "{name} is a verb: take it out of src/domain/verb/commands.rs");
        assert!(command.usage.split(' ').next() == Some(name), "{}", command.usage);
        let here = command.here;
        let found = here.is_empty() || TABLE.iter().any(|spec| spec.name == here) || verb(here);
        assert!(found, "{name}: nothing in the room is called {here}");
        // The words in capitals stand for something, the rest is as it is typed. These say by their name alone what is
        // worth reading about them: none does anything without more words.
        let words = command.usage.split(' ').map(|word| match word {
            "INC" => "1",
            "SHELL" => "bash",
            "BOARD" => "asks",
            "LINE" => "12",
            "md|html|json|csv" => "md",
            word => word,
        });
        let groups = ["amend", "config", "postmortem", "set", "step"];
        if !groups.contains(&name) {
            is_read(&format!("warroom {}", words.collect::<Vec<_>>().join(" ")));
        }
    }
}

fn written() -> String {
    let keymap = Keymap::default();
    let mut out = String::from(
        "# The room as commands\n\n<!-- Written by a test (tests/it/parity.rs): UPDATE_DOCS=1 cargo test parity. Do not \
         edit. -->\n\nEverything that the room can do, a command can do, and a script with it: `--json` prints one JSON \
         document. Moving about, the clipboard and the editing of a line are the screen's own.\n\n## Actions\n\n\
         | Keys | Action | Command |\n|---|---|---|\n",
    );
    for spec in TABLE {
        let command =
            ACTIONS.iter().find(|(name, _)| *name == spec.name).map(|(_, command)| (*command).to_owned());
        // What moves about has no row, except where a command is named for it: `u`.
        let moves = [Group::Move, Group::Rest, Group::Edit].contains(&spec.group);
        let Some(command) = command.or_else(|| if moves { None } else { of_verb(spec.name) }) else {
            continue;
        };
        let keys: Vec<String> = keymap.keys(spec.action).iter().map(|key| format!("`{key}`")).collect();
        let keys = if keys.is_empty() { without_key(spec.name).to_owned() } else { keys.join(" ") };
        writeln!(out, "| {keys} | {} | `{command}` |", spec.name).unwrap();
    }
    out.push_str("\n## Verbs of the `:` line\n\n| Verb | What it does | Command |\n|---|---|---|\n");
    for verb in VERBS {
        let Some(command) = of_verb(verb.name) else { continue };
        let usage = verb.usage.replace('|', "\\|");
        writeln!(out, "| `:{usage}` | {} | `{command}` |", verb.doc).unwrap();
    }
    out.push_str(
        "\n## Commands that are no verb\n\nTyped after `:`, or looked for with `?`, the room says where they are.\n\n\
         | Command | What it does | In the room |\n|---|---|---|\n",
    );
    for command in COMMANDS {
        let usage = command.usage.replace('|', "\\|");
        writeln!(out, "| `warroom {usage}` | {} | {} |", command.doc, command.here).unwrap();
    }
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test asks its own environment")]
fn the_page_of_commands_beside_keys_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/parity.md");
    let wanted = written();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &wanted).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    for (now, line) in wanted.lines().zip(there.lines().chain(std::iter::repeat(""))) {
        assert_eq!(now, line, "docs/parity.md is old: UPDATE_DOCS=1 cargo test parity");
    }
    assert_eq!(wanted, there, "docs/parity.md is old: UPDATE_DOCS=1 cargo test parity");
}
