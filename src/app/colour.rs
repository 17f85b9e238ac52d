//! The colours that a team may choose, and those of the named themes. It must not know how a terminal is told of them.

use std::fmt;
use std::str::FromStr;

/// A colour of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// As the terminal writes plain text.
    #[default]
    Terminal,
    /// One of the terminal's own sixteen.
    Named(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// The names of the sixteen colours, in the order of the terminal.
pub const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// A text that is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no colour; write terminal, a name ({names}; each also as bright-red) or #rrggbb", names = BASIC)]
pub struct BadColour {
    /// What was given.
    pub text: String,
}

const BASIC: &str = "black, red, green, yellow, blue, magenta, cyan, white";

impl FromStr for Colour {
    type Err = BadColour;

    fn from_str(text: &str) -> Result<Self, BadColour> {
        let word = text.trim().to_lowercase().replace(['_', ' '], "-");
        let bad = || BadColour { text: crate::domain::time::shortened(text) };
        if let Some(hex) = word.strip_prefix('#') {
            let part = |nth: usize| {
                let digits = hex.get(nth..nth + 2).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                digits.and_then(|d| u8::from_str_radix(d, 16).ok())
            };
            return match (hex.len(), part(0), part(2), part(4)) {
                (6, Some(red), Some(green), Some(blue)) => Ok(Self::Rgb(red, green, blue)),
                _ => Err(bad()),
            };
        }
        let word = match word.as_str() {
            "terminal" => return Ok(Self::Terminal),
            "gray" | "grey" => "bright-black",
            word => word,
        };
        let place = NAMES.iter().position(|name| *name == word).and_then(|n| u8::try_from(n).ok());
        place.map(Self::Named).ok_or_else(bad)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Terminal => f.write_str("terminal"),
            Self::Named(n) => f.write_str(NAMES.get(usize::from(*n)).unwrap_or(&"terminal")),
            Self::Rgb(red, green, blue) => write!(f, "#{red:02x}{green:02x}{blue:02x}"),
        }
    }
}

/// What is coloured. Each part is also told by words, bold, dim, underline or reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    /// Keys, kinds, roles, the title of the focused pane.
    pub accent: Colour,
    /// Stored, done.
    pub good: Colour,
    /// Soon too late, required and open.
    pub warn: Colour,
    /// Too late, not stored, DRILL.
    pub bad: Colour,
    /// Words that were found.
    pub found: Colour,
    /// Times, hints: what may stay in the background.
    pub quiet: Colour,
    /// Frames.
    pub border: Colour,
}

impl Default for Colours {
    /// Those of the theme `default`.
    fn default() -> Self {
        Self::of("default")
    }
}

impl Colours {
    /// The names of the parts.
    pub const PARTS: [&'static str; 7] = ["accent", "good", "warn", "bad", "found", "quiet", "border"];

    /// Those of a theme: `light` has none that is pale on white.
    #[must_use]
    pub fn of(theme: &str) -> Self {
        let light = theme == "light";
        let pick = |dark: u8, bright: u8| Colour::Named(if light { bright } else { dark });
        Self {
            accent: pick(6, 4),
            good: Colour::Named(2),
            warn: pick(3, 5),
            bad: Colour::Named(1),
            found: pick(3, 5),
            quiet: Colour::Terminal,
            border: Colour::Terminal,
        }
    }

    /// Gives a part another colour; nothing happens when there is no such part.
    pub fn set(&mut self, part: &str, colour: Colour) {
        match part {
            "accent" => self.accent = colour,
            "good" => self.good = colour,
            "warn" => self.warn = colour,
            "bad" => self.bad = colour,
            "found" => self.found = colour,
            "quiet" => self.quiet = colour,
            "border" => self.border = colour,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read_and_written_back() {
        for text in NAMES.into_iter().chain(["terminal", "#5fafff"]) {
            assert_eq!(text.parse::<Colour>().unwrap().to_string(), text);
        }
        assert_eq!("Bright Red".parse(), Ok(Colour::Named(9)));
        assert_eq!("grey".parse(), Ok(Colour::Named(8)));
        for text in ["", "purpel", "#fff", "#12345g", "#+1+1+1", "5fafff", "#5fafff0"] {
            assert!(text.parse::<Colour>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_part_can_be_set() {
        for part in Colours::PARTS {
            let mut colours = Colours::default();
            colours.set(part, Colour::Rgb(1, 2, 3));
            assert_ne!(colours, Colours::default(), "{part}");
        }
    }
}
