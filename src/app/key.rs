//! Keys as this program knows them: what was pressed, and the one way in which a key is written in configuration,
//! hints and help (`ctrl-d`, `space`, `G`, `backtab`). It must not know the terminal library.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The key itself, without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyCode {
    /// A character as typed: `G` is `Char('G')`, not shift and `g`.
    Char(char),
    /// Enter (also Ctrl-m on most terminals).
    Enter,
    /// Escape.
    Esc,
    /// Tab (also Ctrl-i on most terminals).
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, from 1.
    F(u8),
}

/// The modifiers held with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Modifiers {
    /// Control.
    pub ctrl: bool,
    /// Alt (Meta).
    pub alt: bool,
    /// Shift, where the key does not already say it: never with a character or `BackTab`.
    pub shift: bool,
}

/// A key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// What was held with it.
    pub modifiers: Modifiers,
}

/// A text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a key; write one like G, ctrl-d, alt-b, space, enter, esc, tab, backtab, up, pgup or f1"
)]
pub struct BadKey {
    /// What was given.
    pub text: String,
}

/// The written names; the first of a code is the one that is shown.
const NAMES: &[(&str, KeyCode)] = &[
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("return", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("escape", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("del", KeyCode::Delete),
    ("delete", KeyCode::Delete),
    ("ins", KeyCode::Insert),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pageup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("pgdown", KeyCode::PageDown),
    ("pagedown", KeyCode::PageDown),
];

impl Key {
    /// Makes a key from what was pressed, in the one form in which it is compared: a character carries no shift,
    /// Ctrl with a letter means the small letter, Shift-Tab is `BackTab`.
    #[must_use]
    pub fn new(code: KeyCode, modifiers: Modifiers) -> Self {
        let mut key = Self { code, modifiers };
        match code {
            KeyCode::Char(c) => {
                key.modifiers.shift = false;
                if modifiers.ctrl {
                    key.code = KeyCode::Char(c.to_ascii_lowercase());
                }
            }
            KeyCode::Tab if modifiers.shift => {
                key.code = KeyCode::BackTab;
                key.modifiers.shift = false;
            }
            KeyCode::BackTab => key.modifiers.shift = false,
            _ => {}
        }
        key
    }

    /// The key that a terminal sends for this one: Ctrl-m is Enter there, Ctrl-[ is Esc, Ctrl-/ is Ctrl-_. Two keys
    /// that are sent as one act as one.
    #[must_use]
    pub fn sent(self) -> Self {
        let (KeyCode::Char(c), true) = (self.code, self.modifiers.ctrl) else { return self };
        let control = |c| (KeyCode::Char(c), true);
        let (code, ctrl) = match c {
            'm' | 'j' => (KeyCode::Enter, false),
            'i' => (KeyCode::Tab, false),
            'h' | '8' | '?' => (KeyCode::Backspace, false),
            '[' | '{' | '3' => (KeyCode::Esc, false),
            '@' | '`' | '2' => control(' '),
            '|' | '4' => control('\\'),
            '}' | '5' => control(']'),
            '~' | '6' => control('^'),
            '/' | '7' => control('_'),
            c => control(c),
        };
        Self::new(code, Modifiers { ctrl, ..self.modifiers })
    }

    /// A key without modifiers.
    #[must_use]
    pub fn plain(code: KeyCode) -> Self {
        Self::new(code, Modifiers::default())
    }

    /// A character without modifiers.
    #[must_use]
    pub fn char(c: char) -> Self {
        Self::plain(KeyCode::Char(c))
    }

    /// It writes a character where there is a line to write into.
    #[must_use]
    pub fn is_typed(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && !self.modifiers.ctrl && !self.modifiers.alt
    }

    /// Control with a character.
    #[must_use]
    pub fn ctrl(c: char) -> Self {
        Self::new(KeyCode::Char(c), Modifiers { ctrl: true, ..Modifiers::default() })
    }

    /// Alt with a character.
    #[must_use]
    pub fn alt(c: char) -> Self {
        Self::new(KeyCode::Char(c), Modifiers { alt: true, ..Modifiers::default() })
    }

    /// The character that this key types into a text, if it types one.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.modifiers.ctrl && !self.modifiers.alt => Some(c),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Modifiers { ctrl, alt, shift } = self.modifiers;
        for (held, word) in [(ctrl, "ctrl-"), (alt, "alt-"), (shift, "shift-")] {
            if held {
                f.write_str(word)?;
            }
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(n) => write!(f, "f{n}"),
            // Every other code has a name; the test below holds the table to that.
            other => write!(f, "{other:?}"),
        }
    }
}

impl FromStr for Key {
    type Err = BadKey;

    /// Reads `G`, `ctrl-d`, `alt-b`, `shift-up`, `space`, `-`; names and modifiers in any case (`C-d`, `^d` and
    /// `M-b` too).
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let bad = || BadKey { text: text.to_owned() };
        let mut rest = text;
        let mut modifiers = Modifiers::default();
        let split = |rest: &str| {
            let (word, after) = rest.split_once('-')?;
            (!word.is_empty() && !after.is_empty())
                .then(|| (word.to_ascii_lowercase(), rest.len() - after.len()))
        };
        while let Some((word, start)) = split(rest) {
            match word.as_str() {
                "ctrl" | "control" | "c" => modifiers.ctrl = true,
                "alt" | "meta" | "m" | "a" => modifiers.alt = true,
                "shift" | "s" => modifiers.shift = true,
                _ => return Err(bad()),
            }
            rest = rest.get(start..).unwrap_or_default();
        }
        if let Some(after) = rest.strip_prefix('^').filter(|after| !after.is_empty()) {
            modifiers.ctrl = true;
            rest = after;
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => {
                let upper = modifiers.shift && !modifiers.ctrl;
                KeyCode::Char(if upper { c.to_ascii_uppercase() } else { c })
            }
            _ => named(rest).ok_or_else(bad)?,
        };
        Ok(Self::new(code, modifiers))
    }
}

fn named(word: &str) -> Option<KeyCode> {
    let word = word.to_ascii_lowercase();
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == word) {
        return Some(*code);
    }
    let number = word.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(KeyCode::F(number))
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_they_are_read() {
        for text in [
            "G", "g", "ctrl-d", "space", "esc", "tab", "backtab", "pgup", "pgdn", "-", "ctrl--", "f12", "?",
            "ctrl-^",
        ] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        for (text, shown) in [
            ("C-d", "ctrl-d"),
            ("^D", "ctrl-d"),
            ("M-b", "alt-b"),
            ("Escape", "esc"),
            ("shift-tab", "backtab"),
            ("shift-g", "G"),
            ("Ctrl-Alt-Up", "ctrl-alt-up"),
            ("shift-up", "shift-up"),
            ("^", "^"),
        ] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn every_code_reads_back() {
        for (_, code) in NAMES {
            let key = Key::plain(*code);
            assert_eq!(key.to_string().parse::<Key>().unwrap(), key);
        }
        for n in 1..=24 {
            let key = Key::plain(KeyCode::F(n));
            assert_eq!(key.to_string().parse::<Key>().unwrap(), key);
        }
    }

    #[test]
    fn a_key_that_no_terminal_sends_is_the_one_that_it_sends() {
        for (pressed, sent) in [
            ("ctrl-m", "enter"),
            ("ctrl-j", "enter"),
            ("ctrl-i", "tab"),
            ("ctrl-h", "backspace"),
            ("ctrl-8", "backspace"),
            ("ctrl-?", "backspace"),
            ("ctrl-[", "esc"),
            ("ctrl-3", "esc"),
            ("ctrl-@", "ctrl-space"),
            ("ctrl-2", "ctrl-space"),
            ("ctrl-4", "ctrl-\\"),
            ("ctrl-5", "ctrl-]"),
            ("ctrl-6", "ctrl-^"),
            ("ctrl-/", "ctrl-_"),
            ("ctrl-7", "ctrl-_"),
            ("ctrl-alt-m", "alt-enter"),
            // These are sent as they are.
            ("ctrl-d", "ctrl-d"),
            ("m", "m"),
            ("alt-m", "alt-m"),
            ("ctrl-left", "ctrl-left"),
        ] {
            assert_eq!(pressed.parse::<Key>().unwrap().sent().to_string(), sent, "{pressed}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in ["", "gg", "hyper-x", "f0", "f25", "ctrl-", "\u{1b}", "ctrl-spaces"] {
            assert!(bad.parse::<Key>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn presses_are_compared_in_one_form() {
        let shift = Modifiers { shift: true, ..Modifiers::default() };
        assert_eq!(Key::new(KeyCode::Char('G'), shift), Key::char('G'));
        assert_eq!(Key::new(KeyCode::BackTab, shift), Key::plain(KeyCode::BackTab));
        assert_eq!(Key::ctrl('D'), Key::ctrl('d'));
        assert_eq!(Key::char('ä').typed(), Some('ä'));
        assert_eq!(Key::ctrl('a').typed(), None);
    }
}
