//! What is wrong with the keys that the files give to actions: names that are no action, keys that would do two
//! things, signs that could not be typed any more. Each is told by name, with the line that set it.

use super::Binding;
use super::problem::{ConfigProblem, did_you_mean};
use crate::app::action::TABLE;
use crate::app::key::Key;
use crate::app::keymap::{BadKeymap, Keymap};

/// Everything that is wrong with them.
pub(super) fn problems(bindings: &[Binding]) -> Vec<ConfigProblem> {
    if bindings.is_empty() {
        return Vec::new();
    }
    let settings: Vec<(String, Vec<Key>)> =
        bindings.iter().map(|b| (b.action.clone(), b.keys.clone())).collect();
    let Err(bad) = Keymap::new(&settings) else { return Vec::new() };
    let mut found: Vec<ConfigProblem> = bad.iter().filter_map(|bad| problem(bindings, bad)).collect();
    let file = |p: &ConfigProblem| bindings.iter().position(|b| b.file == p.file);
    found.sort_by_key(|p| (file(p), p.line));
    found
}

fn problem(bindings: &[Binding], bad: &BadKeymap) -> Option<ConfigProblem> {
    let set = |name: &str| bindings.iter().rev().find(|b| b.action == name);
    let (at, message) = match bad {
        BadKeymap::UnknownAction { name, .. } => {
            let near = did_you_mean(name, TABLE.iter().map(|s| s.name));
            (set(name)?, format!("there is no action {name:?}{near}; `?` in the room lists them all"))
        }
        BadKeymap::NeedsKey { name, lost } => {
            (set(name)?, format!("it needs a key: nothing could be {lost} without it"))
        }
        BadKeymap::Typed { key, name } => (
            set(name)?,
            format!("{key} could not be typed any more where one writes; take one like f2 or alt-o"),
        ),
        BadKeymap::Conflict { key, first, second } => {
            // The one that was set last is the one to look at.
            let file = |b: &Binding| bindings.iter().position(|other| other.file == b.file);
            let (at, other) = match (set(first), set(second)) {
                (Some(a), Some(b)) if (file(a), a.line) > (file(b), b.line) => (a, second),
                (_, Some(b)) => (b, first),
                (a, None) => (a?, second),
            };
            let whose = match set(other) {
                Some(other) => format!("{}:{}", other.file.display(), other.line),
                None => "by default".to_owned(),
            };
            let message = format!(
                "{key} would do both {first} and {second} ({other}: {whose}); give one of them another key"
            );
            (at, message)
        }
    };
    let message = format!("keys.{}: {message}", at.action);
    Some(ConfigProblem { file: at.file.clone(), line: Some(at.line), message })
}
