//! What each setting is now and where that comes from, and the page that documents them all. It must not read files.

use std::path::PathBuf;

use super::Config;
use super::settings::{SETTINGS, Setting, USER_ONLY};
use crate::domain::time::exact_span;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of a file.
    File(PathBuf, usize),
}

/// A setting as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its full name: `ui.theme`.
    pub name: String,
    /// Its value, as it would be written.
    pub value: String,
    /// Where that comes from.
    pub origin: Origin,
}

/// A setting that a file has.
#[derive(Debug, Clone)]
pub(super) struct Set {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) file: PathBuf,
    pub(super) line: usize,
}

/// Every setting, in the order of the commented file.
pub(super) fn shown(config: &Config, sets: &[Set]) -> Vec<Shown> {
    let mut out = Vec::new();
    for setting in SETTINGS {
        let defaults = defaults(setting, config);
        let section = setting.section;
        let mut names: Vec<String> = defaults.iter().map(|(name, _)| format!("{section}.{name}")).collect();
        let own = |set: &&Set| match set.name.rsplit_once('.') {
            Some((place, name)) => place == section && (setting.key == name || setting.key == "*"),
            None => false,
        };
        for set in sets.iter().filter(own) {
            if !names.iter().any(|name| name.eq_ignore_ascii_case(&set.name)) {
                names.push(set.name.clone());
            }
        }
        if names.is_empty() && setting.key != "*" {
            names.push(format!("{section}.{}", setting.key));
        }
        for name in names {
            // The last one wins.
            let set = sets.iter().filter(own).rev().find(|set| set.name.eq_ignore_ascii_case(&name));
            let default = defaults.iter().find(|(n, _)| name.ends_with(&format!(".{n}")));
            out.push(match set {
                Some(set) => {
                    Shown { name, value: set.value.clone(), origin: Origin::File(set.file.clone(), set.line) }
                }
                None => Shown {
                    name,
                    value: default.map(|(_, value)| value.clone()).unwrap_or_default(),
                    origin: Origin::Default,
                },
            });
        }
    }
    out
}

/// The names of a setting that have a value when nobody sets one.
pub(super) fn defaults(setting: &Setting, config: &Config) -> Vec<(String, String)> {
    let levels = || config.profile.levels();
    match (setting.section, setting.key) {
        ("clock.cadences", _) => levels()
            .map(|level| {
                let every = level.update_every.map_or_else(|| "none".to_owned(), exact_span);
                (level.name.clone(), format!("{every:?}"))
            })
            .collect(),
        ("roles.required", _) => levels()
            .map(|level| {
                let roles = config.roles.required_at(&config.profile, Some(&level.name));
                let roles: Vec<String> =
                    roles.iter().map(|choice| format!("{:?}", choice.0.join("|"))).collect();
                (level.name.clone(), format!("[{}]", roles.join(", ")))
            })
            .collect(),
        ("severity", "levels") => vec![("levels".to_owned(), config.profile.names())],
        (_, key) => setting
            .example
            .iter()
            .filter_map(|line| line.split_once(" = "))
            .filter(|(name, _)| *name == key)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

/// `docs/configuration.md`: every setting with its default, from the same table as the commented file.
#[must_use]
pub fn configuration_markdown() -> String {
    let mut out = String::from(INTRODUCTION);
    let mut section = "";
    for setting in SETTINGS {
        if setting.section != section {
            section = setting.section;
            out.push_str(&format!("\n## [{section}]\n\n"));
            if section == USER_ONLY {
                out.push_str("In your own file only.\n\n");
            }
        }
        let (sentences, example): (Vec<&str>, Vec<&str>) =
            setting.doc.iter().copied().partition(|line| !line.starts_with("  "));
        let name = if setting.key == "*" { "any name" } else { setting.key };
        let default = defaults(setting, &Config::default());
        let default = match default.as_slice() {
            [] => String::new(),
            [(name, value)] if name == setting.key => format!(" Default: `{value}`."),
            several => {
                let several = several.iter().map(|(name, value)| format!("`{name} = {value}`"));
                format!(" Default: {}.", several.collect::<Vec<_>>().join(", "))
            }
        };
        let text = sentences.join(" ");
        let text = text.trim_end_matches([':', '.']);
        out.push_str(&format!("- **{name}**: {text}.{default}\n"));
        if !example.is_empty() {
            out.push_str("\n  ```toml\n");
            for line in example {
                out.push_str(&format!("{line}\n"));
            }
            out.push_str("  ```\n");
        }
    }
    out.push_str(PEOPLE);
    for (field, example, doc) in super::read::PEOPLE_FIELDS {
        out.push_str(&format!("- **{field}**: {doc} Example: `{example}`.\n"));
    }
    out
}

const PEOPLE: &str = "
# people.toml

Who can be reached how, for the night when the directory is down. A new home has one with an example, commented out;
one `[[person]]` stands for each. It feeds the list of people when a role is given (`r`: whoever usually has it comes
first), `? people`, `? call` (whom to call next: the attached runbooks' escalation, holders, backups, numbers, local
times) and `warroom people list|show|call`.

It stays on this machine: no log, export, commit or backup has any of it. It is made with mode 0600 (0660 in a home of
a group). To move it, copy it by hand.

";

const INTRODUCTION: &str = "# Configuration

Written by a test from the table in `src/shell/config/settings.rs`, from which the commented `warroom.toml` of a new
home is written too.

Two files are read, and a missing one is no error: the team's `warroom.toml` in the home, and your own
`~/.config/warroom/config.toml` (`$XDG_CONFIG_HOME/warroom/config.toml`). The team's wins over yours, variables
(`WARROOM_AS`, `NO_COLOR`) win over both, and flags (`--as`) over all. A setting is replaced as a whole; under
`[keys]`, `[clock.cadences]`, `[roles.duties]`, `[roles.required]` and `[ui.colours]` name by name.

- `warroom config check` names file and line of everything that is wrong, in both files and in `people.toml`. Targets
  that are named periods of your own, by which no clock runs, are notes: they refuse nothing.
- `warroom config show` lists every setting as it is now, and the file and line that it comes from.
- `warroom config path` says where the files are.

A file with a mistake stops a command before it writes anything: half a configuration would run the wrong clocks.
A mistake in `people.toml` stops nothing; it is told, and what could be read is used.
";
