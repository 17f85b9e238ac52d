//! How things look: the sixteen colours of the terminal, or none. No meaning is told by colour alone; with
//! `NO_COLOR` bold, reverse and dim remain. It must not know what is drawn.

use ratatui::style::{Color, Modifier, Style};

use crate::app::colour::Colour;
use crate::app::model::Look;
use crate::app::reading::Ink;

/// The styles and marks of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Plain text.
    pub text: Style,
    /// What may stay in the background: times, hints, rules.
    pub dim: Style,
    /// What matters.
    pub strong: Style,
    /// Borders.
    pub border: Style,
    /// The title of a pane.
    pub title: Style,
    /// The title of the pane that has the focus.
    pub title_focus: Style,
    /// The selected row.
    pub selected: Style,
    /// A key in a hint.
    pub key: Style,
    /// Well: stored, done.
    pub good: Style,
    /// Soon too late.
    pub warn: Style,
    /// Too late, not stored.
    pub bad: Style,
    /// A word that sets apart: a kind, a role.
    pub word: Style,
    /// Found text.
    pub hit: Style,
    /// Struck text.
    pub struck: Style,
    /// Marks and borders.
    pub marks: Marks,
}

/// The signs, in Unicode or in ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// A starred entry.
    pub star: &'static str,
    /// Stored.
    pub stored: &'static str,
    /// On its way to the log.
    pub pending: &'static str,
    /// Not stored, the text is still here.
    pub not_stored: &'static str,
    /// Before the line of the composer.
    pub prompt: &'static str,
    /// Between items.
    pub dot: &'static str,
    /// More below.
    pub down: &'static str,
    /// More above.
    pub up: &'static str,
    /// A dash between words.
    pub dash: &'static str,
    /// The cursor of a line, where the terminal's own is not shown.
    pub cursor: &'static str,
    /// Borders by arms: bits 1 up, 2 right, 4 down, 8 left.
    pub joints: [&'static str; 16],
}

const UNICODE: Marks = Marks {
    star: "★",
    stored: "✓",
    pending: "…",
    not_stored: "✗",
    prompt: "›",
    dot: "·",
    down: "↓",
    up: "↑",
    dash: "—",
    cursor: "▏",
    joints: [" ", "│", "─", "└", "│", "│", "┌", "├", "─", "┘", "─", "┴", "┐", "┤", "┬", "┼"],
};

const ASCII: Marks = Marks {
    star: "*",
    stored: "+",
    pending: ".",
    not_stored: "!",
    prompt: ">",
    dot: "-",
    down: "v",
    up: "^",
    dash: "-",
    cursor: "|",
    joints: [" ", "|", "-", "+", "|", "|", "+", "+", "-", "+", "-", "+", "+", "+", "+", "+"],
};

impl Theme {
    /// The theme that a look asks for.
    #[must_use]
    pub const fn new(look: Look) -> Self {
        let plain = Style::new();
        let marks = if look.ascii { ASCII } else { UNICODE };
        let bold = plain.add_modifier(Modifier::BOLD);
        let dim = plain.add_modifier(Modifier::DIM);
        let reverse = plain.add_modifier(Modifier::REVERSED);
        let struck = dim.add_modifier(Modifier::CROSSED_OUT);
        if look.colour {
            let colours = look.colours;
            Self {
                text: plain,
                dim: quiet(colours.quiet, dim),
                strong: bold,
                border: quiet(colours.border, dim),
                title: plain,
                title_focus: ink(bold, colours.accent),
                selected: reverse,
                key: ink(bold, colours.accent),
                good: ink(plain, colours.good),
                warn: ink(bold, colours.warn),
                bad: ink(bold, colours.bad),
                word: ink(plain, colours.accent),
                hit: ink(bold, colours.found).add_modifier(Modifier::UNDERLINED),
                struck,
                marks,
            }
        } else {
            Self {
                text: plain,
                dim,
                strong: bold,
                border: dim,
                title: plain,
                title_focus: bold.add_modifier(Modifier::UNDERLINED),
                selected: reverse,
                key: bold,
                good: plain,
                warn: bold,
                bad: bold.add_modifier(Modifier::REVERSED),
                word: plain,
                hit: bold.add_modifier(Modifier::UNDERLINED),
                struck,
                marks,
            }
        }
    }
}

impl Theme {
    /// How an ink looks.
    #[must_use]
    pub const fn of(&self, ink: Ink) -> Style {
        match ink {
            Ink::Text => self.text,
            Ink::Dim => self.dim,
            Ink::Strong => self.strong,
            Ink::Word => self.word,
            Ink::Warn => self.warn,
            Ink::Bad => self.bad,
            Ink::Good => self.good,
            Ink::Struck => self.struck,
        }
    }
}

/// A style in a colour.
const fn ink(style: Style, colour: Colour) -> Style {
    match colour {
        Colour::Terminal => style,
        Colour::Rgb(red, green, blue) => style.fg(Color::Rgb(red, green, blue)),
        Colour::Named(n) => style.fg(match n {
            0 => Color::Black,
            1 => Color::Red,
            2 => Color::Green,
            3 => Color::Yellow,
            4 => Color::Blue,
            5 => Color::Magenta,
            6 => Color::Cyan,
            7 => Color::Gray,
            8 => Color::DarkGray,
            9 => Color::LightRed,
            10 => Color::LightGreen,
            11 => Color::LightYellow,
            12 => Color::LightBlue,
            13 => Color::LightMagenta,
            14 => Color::LightCyan,
            _ => Color::White,
        }),
    }
}

/// What stays in the background: in a colour of its own, or dim.
const fn quiet(colour: Colour, dim: Style) -> Style {
    match colour {
        Colour::Terminal => dim,
        colour => ink(Style::new(), colour),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::colour::Colours;

    #[test]
    fn a_theme_and_a_colour_of_the_team_are_seen_and_no_colour_wins_over_both() {
        let look = |colour: bool, colours: Colours| Theme::new(Look { colour, ascii: false, colours });
        assert_eq!(look(true, Colours::of("default")).warn.fg, Some(Color::Yellow));
        assert_eq!(look(true, Colours::of("light")).warn.fg, Some(Color::Magenta));
        let mut own = Colours::of("light");
        own.set("warn", "#ff8700".parse().unwrap());
        own.set("quiet", "bright-black".parse().unwrap());
        assert_eq!(look(true, own).warn.fg, Some(Color::Rgb(255, 135, 0)));
        assert_eq!(look(true, own).dim.fg, Some(Color::DarkGray));
        assert_eq!(look(false, own), look(false, Colours::of("default")));
    }

    #[test]
    fn without_colour_no_style_has_one_and_warnings_still_stand_out() {
        let t = Theme::new(Look { colour: false, ascii: true, ..Look::default() });
        for style in
            [t.text, t.dim, t.strong, t.title_focus, t.selected, t.key, t.good, t.warn, t.bad, t.word, t.hit]
        {
            assert!(style.fg.is_none() && style.bg.is_none());
        }
        assert_ne!(t.warn, t.text);
        assert_ne!(t.bad, t.warn);
        assert!(t.marks.joints.iter().all(|j| j.is_ascii()));
    }
}
