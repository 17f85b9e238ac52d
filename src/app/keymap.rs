//! Which key does what: the defaults of the action table and a team's own, checked once. It must not act.

use std::fmt::Write as _;

use super::action::{self, Action, Context, Group, STACKS, TABLE};
use super::key::{Key, KeyCode};
use crate::domain::verb;

/// A key that does something in a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Binding {
    context: Context,
    key: Key,
    action: Action,
    nth: u8,
}

/// All bindings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// A setting of keys that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKeymap {
    /// No action has that name.
    #[error("keys: there is no action {name:?}; the nearest is {nearest:?} (`?` in the room lists all)")]
    UnknownAction {
        /// What was given.
        name: String,
        /// The most similar name.
        nearest: &'static str,
    },
    /// Something that everybody needs could not be done any more.
    #[error("keys: {name} has no key, so nothing could be {lost} any more; give it one")]
    NeedsKey {
        /// The action that needs a key.
        name: &'static str,
        /// What it does: left, stored, confirmed.
        lost: &'static str,
    },
    /// A sign that people type would act instead of being written.
    #[error("keys: {key} of {name} could not be typed any more where one writes; take one like f2 or alt-o")]
    Typed {
        /// The key, as it is written.
        key: String,
        /// The name of the action.
        name: &'static str,
    },
    /// Two actions want one key.
    #[error("keys: {key} would do both {first} and {second}; give one of them another key")]
    Conflict {
        /// The key, as it is written; both where they differ and a terminal sends them as one.
        key: String,
        /// The name of an action.
        first: &'static str,
        /// The name of the other.
        second: &'static str,
    },
}

/// The actions without which a line or an overlay is a trap, and what they do.
const NEEDED: [(Action, &str); 4] = [
    (Action::Interrupt, "left"),
    (Action::Close, "left"),
    (Action::Send, "stored"),
    (Action::Accept, "confirmed"),
];

/// Contexts in which there may be a line that is typed into.
const WRITTEN_IN: [Context; 4] = [Context::Composer, Context::Pick, Context::Line, Context::Anywhere];

impl Default for Keymap {
    fn default() -> Self {
        Self { bindings: bindings(&[]) }
    }
}

impl Keymap {
    /// The defaults with a team's own keys, each setting in the place of all default keys of its action.
    ///
    /// # Errors
    /// Everything that is wrong with the settings: names that are no action, keys that would do two things.
    pub fn new(overrides: &[(String, Vec<Key>)]) -> Result<Self, Vec<BadKeymap>> {
        let mut problems = Vec::new();
        for (name, _) in overrides {
            if action::by_name(name).is_none() {
                let nearest = TABLE
                    .iter()
                    .max_by(|a, b| strsim::jaro(a.name, name).total_cmp(&strsim::jaro(b.name, name)))
                    .map_or("note", |s| s.name);
                problems.push(BadKeymap::UnknownAction { name: name.clone(), nearest });
            }
        }
        let bindings = bindings(overrides);
        for (needed, lost) in NEEDED {
            if !bindings.iter().any(|b| b.action == needed) {
                problems.push(BadKeymap::NeedsKey { name: name_of(needed), lost });
            }
        }
        for b in bindings.iter().filter(|b| WRITTEN_IN.contains(&b.context) && b.key.is_typed()) {
            let problem = BadKeymap::Typed { key: b.key.to_string(), name: name_of(b.action) };
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        for stack in STACKS {
            conflicts(&bindings, stack, &mut problems);
        }
        if problems.is_empty() { Ok(Self { bindings }) } else { Err(problems) }
    }

    /// What a key does in a stack of contexts, and which of the action's keys it is, from 0.
    #[must_use]
    pub fn lookup(&self, stack: &[Context], key: Key) -> Option<(Action, u8)> {
        stack.iter().find_map(|context| {
            let bound = |b: &&Binding| b.context == *context && b.key.sent() == key.sent();
            self.bindings.iter().find(bound).map(|b| (b.action, b.nth))
        })
    }

    /// The keys of an action, as they are shown; empty for the palette only.
    #[must_use]
    pub fn keys(&self, action: Action) -> Vec<String> {
        let mut keys: Vec<(u8, String)> = Vec::new();
        for b in self.bindings.iter().filter(|b| b.action == action) {
            let text = shown(b.key);
            if !keys.iter().any(|(_, k)| *k == text) {
                keys.push((b.nth, text));
            }
        }
        keys.into_iter().map(|(_, k)| k).collect()
    }

    /// What to press for an action, in a sentence: its first key, else where it stands by its name.
    #[must_use]
    pub fn press(&self, action: Action) -> String {
        let listed = || format!("? {}", action::spec(action).map_or("", |spec| spec.name));
        self.keys(action).into_iter().next().unwrap_or_else(listed)
    }

    /// The keys by which an action is reached in a stack of contexts, as they are shown.
    #[must_use]
    pub fn keys_in(&self, stack: &[Context], action: Action) -> Vec<String> {
        let bound = self.bindings.iter().filter(|b| b.action == action && stack.contains(&b.context));
        // What a context in front takes for itself does not reach it.
        let reached = bound.filter(|b| self.lookup(stack, b.key).is_some_and(|(first, _)| first == action));
        let mut keys: Vec<String> = Vec::new();
        for text in reached.map(|b| shown(b.key)) {
            if !keys.contains(&text) {
                keys.push(text);
            }
        }
        keys
    }

    /// The first key of an action in a stack of contexts.
    #[must_use]
    pub fn first_key(&self, stack: &[Context], action: Action) -> Option<Key> {
        self.bindings.iter().find(|b| b.action == action && stack.contains(&b.context)).map(|b| b.key)
    }
}

/// A key as people read it: `Space`, `Ctrl-d`, `G`.
#[must_use]
pub fn shown(key: Key) -> String {
    let mut out = String::new();
    for (held, name) in
        [(key.modifiers.ctrl, "Ctrl-"), (key.modifiers.alt, "Alt-"), (key.modifiers.shift, "Shift-")]
    {
        if held {
            out.push_str(name);
        }
    }
    let name = match key.code {
        KeyCode::Char(' ') => "Space",
        KeyCode::Char(c) => {
            out.push(c);
            ""
        }
        KeyCode::Enter => "Enter",
        KeyCode::Esc => "Esc",
        KeyCode::Tab => "Tab",
        KeyCode::BackTab => "Shift-Tab",
        KeyCode::Backspace => "Backspace",
        KeyCode::Delete => "Del",
        KeyCode::Insert => "Ins",
        KeyCode::Up => "↑",
        KeyCode::Down => "↓",
        KeyCode::Left => "←",
        KeyCode::Right => "→",
        KeyCode::Home => "Home",
        KeyCode::End => "End",
        KeyCode::PageUp => "PgUp",
        KeyCode::PageDown => "PgDn",
        KeyCode::F(n) => {
            // Writing to a String cannot fail.
            let _ = write!(out, "F{n}");
            ""
        }
    };
    out.push_str(name);
    out
}

/// The key table of the README, in Markdown.
#[must_use]
pub fn keys_markdown() -> String {
    let keymap = Keymap::default();
    let mut out = String::new();
    for group in Group::ALL {
        let _ = writeln!(out, "**{}**\n\n| Keys | Name | What it does |\n|---|---|---|", group.title());
        for spec in TABLE.iter().filter(|s| s.group == group) {
            let keys: Vec<String> = keymap.keys(spec.action).iter().map(|k| format!("`{k}`")).collect();
            let keys = if keys.is_empty() { without_key(spec.name).to_owned() } else { keys.join(" ") };
            let _ = writeln!(out, "| {keys} | {} | {} |", spec.name, spec.doc);
        }
        out.push('\n');
    }
    out
}

/// Where an action without a key is reached: in the list of actions, and in the `:` line where a verb has its name.
#[must_use]
pub fn without_key(name: &str) -> &'static str {
    if verb::find(name).is_some() { "`?`, `:`" } else { "`?`" }
}

fn name_of(action: Action) -> &'static str {
    action::spec(action).map_or("", |spec| spec.name)
}

fn bindings(overrides: &[(String, Vec<Key>)]) -> Vec<Binding> {
    let mut out = Vec::with_capacity(TABLE.len().saturating_mul(2));
    for spec in TABLE {
        let own = overrides.iter().rev().find(|(name, _)| name == spec.name).map(|(_, keys)| keys.clone());
        let keys = own.unwrap_or_else(|| spec.keys.iter().filter_map(|k| k.parse().ok()).collect());
        for (nth, key) in keys.into_iter().enumerate() {
            for context in spec.contexts {
                let nth = u8::try_from(nth).unwrap_or(u8::MAX);
                out.push(Binding { context: *context, key, action: spec.action, nth });
            }
        }
    }
    out
}

fn conflicts(bindings: &[Binding], stack: &[Context], problems: &mut Vec<BadKeymap>) {
    let within: Vec<&Binding> = bindings.iter().filter(|b| stack.contains(&b.context)).collect();
    for (n, a) in within.iter().enumerate() {
        let other = |b: &&&Binding| b.key.sent() == a.key.sent() && b.action != a.action;
        for b in within.iter().skip(n.saturating_add(1)).filter(other) {
            let (first, second) = (name_of(a.action), name_of(b.action));
            let key = if a.key == b.key {
                a.key.to_string()
            } else {
                format!("{} and {}, which a terminal sends as one key,", a.key, b.key)
            };
            let problem = BadKeymap::Conflict { key, first, second };
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::action::ROOM_STACK;

    #[test]
    fn no_key_is_bound_twice_or_shadowed_in_any_stack() {
        for stack in STACKS {
            let mut problems = Vec::new();
            conflicts(&bindings(&[]), stack, &mut problems);
            assert!(problems.is_empty(), "{stack:?}: {problems:?}");
        }
    }

    #[test]
    fn every_action_has_a_key_or_is_palette_only_and_is_listed_once() {
        for (n, spec) in TABLE.iter().enumerate() {
            assert_eq!(spec.keys.is_empty(), spec.contexts.is_empty(), "{}", spec.name);
            for key in spec.keys {
                key.parse::<Key>().unwrap_or_else(|e| panic!("{}: {e}", spec.name));
            }
            assert!(!spec.doc.is_empty() && spec.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert!(Group::ALL.contains(&spec.group));
            for other in TABLE.iter().skip(n + 1) {
                assert!(other.name != spec.name && other.action != spec.action, "{} twice", spec.name);
            }
        }
    }

    #[test]
    fn nothing_needs_alt_or_a_key_that_multiplexers_take() {
        for spec in TABLE {
            let keys: Vec<Key> = spec.keys.iter().filter_map(|k| k.parse().ok()).collect();
            let taken = |k: &Key| {
                k.modifiers.alt
                    || k.modifiers.ctrl && matches!(k.code, KeyCode::Char('a' | 'b' | 'p' | 's' | 'q'))
            };
            let edit = spec.group == Group::Edit;
            assert!(
                keys.is_empty() || edit || !keys.iter().all(taken),
                "{} needs {:?}",
                spec.name,
                spec.keys
            );
        }
    }

    #[test]
    fn overrides_replace_and_conflicts_are_refused_by_name() {
        let key = |k: &str| k.parse::<Key>().unwrap();
        let map = Keymap::new(&[("note".into(), vec![key("ctrl-o")])]).unwrap();
        assert_eq!(map.lookup(ROOM_STACK, key("ctrl-o")), Some((Action::Note, 0)));
        assert_eq!(map.lookup(ROOM_STACK, key("i")), None);
        let bad = Keymap::new(&[("note".into(), vec![key("d")]), ("nope-x".into(), vec![])]).unwrap_err();
        for (name, lost) in
            [("interrupt", "left"), ("cancel", "left"), ("send", "stored"), ("confirm", "confirmed")]
        {
            let none = Keymap::new(&[(name.into(), vec![])]).unwrap_err();
            assert_eq!(none, [BadKeymap::NeedsKey { name, lost }]);
        }
        assert!(Keymap::new(&[("interrupt".into(), vec![key("ctrl-g")])]).is_ok());
        assert!(matches!(bad.first(), Some(BadKeymap::UnknownAction { name, .. }) if name == "nope-x"));
        assert!(
            bad.iter().any(|b| matches!(b, BadKeymap::Conflict { first: "note", second: "decision", .. })),
            "{bad:?}"
        );
    }

    #[test]
    fn no_sign_that_is_typed_acts_where_one_writes() {
        for (name, key) in
            [("send", "a"), ("confirm", "y"), ("char-left", "G"), ("cancel", "space"), ("interrupt", "ß")]
        {
            let bad = Keymap::new(&[(name.into(), vec![key.parse().unwrap()])]).unwrap_err();
            let said = bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            assert!(
                bad.iter().any(|b| matches!(b, BadKeymap::Typed { name: n, .. } if *n == name)),
                "{said}"
            );
            assert!(said.contains(&format!("{key} of {name} could not be typed")), "{said}");
        }
        for key in ["f2", "alt-o"] {
            Keymap::new(&[("send".into(), vec![key.parse().unwrap()])]).unwrap();
        }
        // In normal mode letters act.
        Keymap::new(&[("note".into(), vec!["Q".parse().unwrap()])]).unwrap();
    }

    #[test]
    fn a_key_acts_as_the_one_that_a_terminal_sends_for_it() {
        let key = |k: &str| k.parse::<Key>().unwrap();
        let set = |name: &str, k: &str| Keymap::new(&[(name.into(), vec![key(k)])]);
        let map = set("cancel", "ctrl-[").unwrap();
        assert_eq!(
            map.lookup(&[Context::Composer], key("esc")).map(|(action, _)| action),
            Some(Action::Close)
        );
        let map = set("send", "ctrl-m").unwrap();
        assert_eq!(
            map.lookup(&[Context::Composer], key("enter")).map(|(action, _)| action),
            Some(Action::Send)
        );
        assert_eq!(map.keys(Action::Send), ["Ctrl-m"], "shown as it was written");
        // Terminals that send more than others mean the same by it.
        assert_eq!(
            map.lookup(&[Context::Composer], key("ctrl-m")).map(|(action, _)| action),
            Some(Action::Send)
        );
        let bad = set("cancel", "ctrl-m").unwrap_err();
        let said = bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(said.contains("ctrl-m, which a terminal sends as one key, would do both"), "{said}");
    }

    #[test]
    fn the_digit_tells_the_pane() {
        let map = Keymap::default();
        assert_eq!(map.lookup(ROOM_STACK, "4".parse().unwrap()), Some((Action::GoToPane, 3)));
    }

    #[test]
    fn the_key_table_names_every_action() {
        let table = keys_markdown();
        for spec in TABLE {
            assert!(table.contains(&format!("| {} |", spec.name)), "{}", spec.name);
        }
    }
}
