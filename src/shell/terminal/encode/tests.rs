use proptest::prelude::*;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;

const AREA: Rect = Rect { x: 0, y: 0, width: 12, height: 4 };

fn by_us(before: &Buffer, after: &Buffer, fresh: bool) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&mut out, before.diff(after).into_iter(), fresh);
    out
}

fn by_ratatui(before: &Buffer, after: &Buffer) -> Vec<u8> {
    let mut out = Vec::new();
    CrosstermBackend::new(&mut out).draw(before.diff(after).into_iter()).unwrap();
    out
}

/// What a terminal shows after the bytes of a buffer, each cell with its look.
fn shown(bytes: &[&[u8]], buffer: &Buffer) -> Vec<String> {
    let side = |cells: u16| std::num::NonZero::new(cells).unwrap();
    let mut terminal = vt100::Parser::new(side(AREA.height), side(AREA.width), 0);
    bytes.iter().for_each(|bytes| terminal.process(bytes));
    let screen = terminal.screen();
    let mut cells = Vec::new();
    for y in 0..AREA.height {
        for x in 0..AREA.width {
            let cell = screen.cell(y, x).unwrap();
            let text = if cell.has_contents() { cell.contents() } else { " " };
            // Of an empty cell the colour of its letters is not seen.
            let ink = if text == " " && !cell.inverse() { vt100::Color::Default } else { cell.fgcolor() };
            // This terminal knows bold or dim: of both it has what was said last.
            let both = buffer[(x, y)].modifier.contains(Modifier::BOLD | Modifier::DIM);
            let weight = (!both).then_some((cell.bold(), cell.dim()));
            let shape = (text != " ").then_some((weight, cell.italic()));
            let seen = (ink, cell.bgcolor(), shape, cell.underline(), cell.inverse());
            cells.push(format!("{x},{y} {text:?} {seen:?}"));
        }
    }
    cells.push(format!(
        "{:?} {:?} {}",
        screen.fgcolor(),
        screen.bgcolor(),
        screen.bold() || screen.inverse()
    ));
    cells
}

/// Texts with looks at places: what a frame is made of.
fn buffer(parts: &[(u16, u16, &str, Style)]) -> Buffer {
    let mut buffer = Buffer::empty(AREA);
    for (x, y, text, style) in parts {
        buffer.set_string(*x, *y, text, *style);
    }
    buffer
}

fn parts() -> impl Strategy<Value = Vec<(u16, u16, &'static str, Style)>> {
    let text = prop::sample::select(vec![
        "a",
        "note",
        "│x",
        "─────",
        "日本",
        "e\u{301}t",
        "·",
        "a b",
        "   ",
        "x  y",
    ]);
    let colour = prop::sample::select(vec![
        Color::Reset,
        Color::Cyan,
        Color::Red,
        Color::LightGreen,
        Color::DarkGray,
        Color::White,
        Color::Indexed(200),
        Color::Rgb(1, 2, 3),
    ]);
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::BOLD | Modifier::DIM,
        Modifier::BOLD | Modifier::REVERSED,
        Modifier::UNDERLINED | Modifier::BOLD,
        Modifier::ITALIC,
        Modifier::REVERSED,
    ]);
    let style = (colour.clone(), colour, modifier)
        .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier));
    prop::collection::vec((0..AREA.width, 0..AREA.height, text, style), 0..12)
}

proptest! {
    #[test]
    fn a_terminal_shows_what_ratatui_would_have_shown(first in parts(), second in parts()) {
        let (empty, first, second) = (Buffer::empty(AREA), buffer(&first), buffer(&second));
        // As the colours of the palette, which ratatui asks for by another code.
        let ours = shown(&[&by_us(&empty, &first, true), &by_us(&first, &second, false)], &second);
        let theirs = shown(&[&by_ratatui(&empty, &first), &by_ratatui(&first, &second)], &second);
        prop_assert_eq!(ours, theirs);
    }
}

#[test]
fn every_look_ends_plain() {
    for (modifier, ..) in MODIFIERS {
        let cells = buffer(&[(0, 0, "a", Style::new().add_modifier(modifier).fg(Color::Red))]);
        let bytes = by_us(&Buffer::empty(AREA), &cells, true);
        assert!(bytes.ends_with(b"a\x1b[m"), "{modifier:?}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn words_of_a_fresh_screen_need_no_moves_between_them() {
    let plain = Style::new();
    let cells = buffer(&[(0, 0, "│a b", plain), (6, 0, "c", plain), (0, 1, "d", plain)]);
    let bytes = String::from_utf8(by_us(&Buffer::empty(AREA), &cells, true)).unwrap();
    assert_eq!(bytes, "\x1b[H│a b  c\x1b[2Hd");
    // What stands between is not known to be empty.
    let bytes = String::from_utf8(by_us(&Buffer::empty(AREA), &cells, false)).unwrap();
    assert_eq!(bytes, "\x1b[H│a\x1b[1;4Hb\x1b[1;7Hc\x1b[2Hd");
}

#[test]
fn an_underlined_word_is_not_followed_by_underlined_blanks() {
    let line = Style::new().add_modifier(Modifier::UNDERLINED);
    let cells = buffer(&[(0, 0, "a", line), (2, 0, "b", line)]);
    let bytes = String::from_utf8(by_us(&Buffer::empty(AREA), &cells, true)).unwrap();
    assert_eq!(bytes, "\x1b[H\x1b[4ma\x1b[1;3Hb\x1b[m");
}

/// Some terminals give a symbol with VS16 one cell, others two; the cell after it is emptied in both, and what comes
/// next is where it belongs.
#[test]
fn the_cell_behind_an_emoji_is_emptied_before_it() {
    let before = buffer(&[(0, 0, "xyz", Style::new())]);
    let after = buffer(&[(0, 0, "❤\u{fe0f}a", Style::new())]);
    let bytes = String::from_utf8(by_us(&before, &after, false)).unwrap();
    assert_eq!(bytes, "\x1b[H  \x1b[H❤\u{fe0f}\x1b[1;3Ha");
    // As the rows of the screen are written: the second cell has no symbol at all.
    let mut halved = after.clone();
    halved[(1, 0)].set_symbol("");
    for (before, fresh) in [(&before, false), (&Buffer::empty(AREA), true)] {
        let bytes = String::from_utf8(by_us(before, &halved, fresh)).unwrap();
        assert_eq!(bytes, "\x1b[H  \x1b[H❤\u{fe0f}\x1b[1;3Ha", "{fresh}");
    }
}

#[test]
fn a_change_of_look_is_one_sequence_and_the_shorter_one() {
    let codes = |from: Style, to: Style| {
        let look = |style: Style| {
            let mut cell = Cell::default();
            cell.set_style(style);
            Look::of(&cell)
        };
        let mut out = Vec::new();
        change(&mut out, look(from), look(to));
        String::from_utf8(out).unwrap()
    };
    let plain = Style::new();
    let dim = plain.add_modifier(Modifier::DIM);
    assert_eq!(codes(plain, dim), "\x1b[2m");
    assert_eq!(codes(dim, plain.add_modifier(Modifier::BOLD)), "\x1b[0;1m");
    assert_eq!(codes(dim.fg(Color::Red), plain.fg(Color::Red)), "\x1b[22m");
    assert_eq!(
        codes(dim.add_modifier(Modifier::BOLD).fg(Color::Rgb(1, 2, 3)), dim.fg(Color::Rgb(1, 2, 3))),
        "\x1b[22;2m"
    );
    assert_eq!(codes(plain.fg(Color::Cyan), dim), "\x1b[0;2m");
    assert_eq!(codes(dim, dim), "");
}
