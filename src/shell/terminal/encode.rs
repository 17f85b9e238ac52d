//! Changed cells as the fewest bytes that any terminal understands. It must not know a terminal, nor what is drawn.
//!
//! ratatui's own back end spends half of a frame on moves between words and on colours that are said again; a whole
//! frame of ours then has to be read in two or three parts, which costs more than making it, and a slow line sends
//! twice as much.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

/// The longest run of empty cells that is written rather than passed by: a move has at least six bytes.
const GAP: u16 = 6;

/// Asks for the picture of a symbol (VS16).
const EMOJI: char = '\u{fe0f}';

/// What SGR says for each modifier, and to take it back.
const MODIFIERS: [(Modifier, &str, &str); 9] = [
    // These two go together: one code takes both back.
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::RAPID_BLINK, "6", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

/// How a cell looks, but for its symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// How cells look after SGR 0.
const PLAIN: Look = Look { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

impl Look {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether an empty cell of this look is an empty cell, whatever its colour.
    fn leaves_blanks(self) -> bool {
        let seen = Modifier::UNDERLINED | Modifier::REVERSED | Modifier::CROSSED_OUT;
        self.bg == Color::Reset && !self.modifier.intersects(seen)
    }
}

/// Writes changed cells, which come row by row from left to right, and ends as it began: in the plain look.
///
/// `fresh` says that the screen was just cleared: cells that are passed by are empty.
pub(super) fn encode<'a>(out: &mut Vec<u8>, cells: impl Iterator<Item = (u16, u16, &'a Cell)>, fresh: bool) {
    let mut look = PLAIN;
    // Where the cursor is, as long as no terminal can disagree.
    let mut at = None;
    // The second cell of a symbol that some terminals take for one wide and others for two.
    let mut behind = None;
    for (x, y, cell) in cells {
        let second = behind.take() == Some((x, y)) && cell.symbol() == " ";
        // The second cell of a wide symbol has none of its own: nothing is written, and the cursor does not go on.
        if second || cell.symbol().is_empty() {
            continue;
        }
        let gap = match at {
            Some((col, row)) if row == y && x >= col => Some(x - col),
            _ => None,
        };
        match gap.filter(|gap| *gap == 0 || (fresh && *gap <= GAP && look.leaves_blanks())) {
            Some(gap) => out.extend(std::iter::repeat_n(b' ', usize::from(gap))),
            None => move_to(out, x, y),
        }
        let wanted = Look::of(cell);
        change(out, look, wanted);
        look = wanted;
        let symbol = cell.symbol();
        let next = (x.saturating_add(1), y);
        if symbol.contains(EMOJI) && symbol.width() > 1 {
            // Both cells are emptied first: emptying the second afterwards takes away half of the symbol where it has two.
            out.extend_from_slice(b"  ");
            move_to(out, x, y);
            behind = Some(next);
        }
        out.extend_from_slice(symbol.as_bytes());
        let sure = symbol.is_ascii() || (symbol.chars().nth(1).is_none() && symbol.width() == 1);
        at = sure.then_some(next);
    }
    change(out, look, PLAIN);
}

/// The cursor, rows and columns counted from 0 (CUP, ECMA-48 8.3.21).
pub(super) fn move_to(out: &mut Vec<u8>, x: u16, y: u16) {
    out.extend_from_slice(b"\x1b[");
    // 1 is what is meant where nothing is said.
    if y > 0 || x > 0 {
        number(out, y.saturating_add(1));
    }
    if x > 0 {
        out.push(b';');
        number(out, x.saturating_add(1));
    }
    out.push(b'H');
}

fn number(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(number.to_string().as_bytes());
}

/// From one look to another in one SGR, by what differs or from the beginning, whichever is shorter.
fn change(out: &mut Vec<u8>, from: Look, to: Look) {
    if from == to {
        return;
    }
    if to == PLAIN {
        out.extend_from_slice(b"\x1b[m");
        return;
    }
    let (differing, anew) = (codes(from, to, false), codes(PLAIN, to, true));
    let codes = if anew.len() < differing.len() { anew } else { differing };
    out.extend_from_slice(b"\x1b[");
    out.extend_from_slice(codes.as_bytes());
    out.push(b'm');
}

fn codes(from: Look, to: Look, anew: bool) -> String {
    let mut codes = String::new();
    let mut say = |code: &str| {
        if !codes.is_empty() {
            codes.push(';');
        }
        codes.push_str(code);
    };
    if anew {
        say("0");
    }
    let mut there = from.modifier;
    let mut last = "";
    for (modifier, _, off) in MODIFIERS {
        if from.modifier.contains(modifier) && !to.modifier.contains(modifier) {
            // What the same code takes away from another one is said again below.
            MODIFIERS.iter().filter(|(_, _, other)| *other == off).for_each(|(gone, ..)| there.remove(*gone));
            if last != off {
                say(off);
            }
            last = off;
        }
    }
    for (modifier, on, _) in MODIFIERS {
        if to.modifier.contains(modifier) && !there.contains(modifier) {
            say(on);
        }
    }
    for (was, is, base) in [(from.fg, to.fg, 30), (from.bg, to.bg, 40)] {
        if was != is {
            say(&colour(is, base));
        }
    }
    codes
}

/// A colour of the foreground (base 30) or background (base 40). The sixteen of the terminal by the codes that every
/// terminal has.
fn colour(colour: Color, base: u16) -> String {
    let basic = |n: u16| (base + n).to_string();
    let bright = |n: u16| (base + 60 + n).to_string();
    match colour {
        Color::Reset => basic(9),
        Color::Black => basic(0),
        Color::Red => basic(1),
        Color::Green => basic(2),
        Color::Yellow => basic(3),
        Color::Blue => basic(4),
        Color::Magenta => basic(5),
        Color::Cyan => basic(6),
        Color::Gray => basic(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(n) => format!("{};5;{n}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}

#[cfg(test)]
mod tests;
