//! The composer: prompt, the part of the line around the cursor, and at the right what the line will become and the
//! mode.

use ratatui::buffer::Buffer;

use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Area;
use crate::app::model::{Model, Purpose, Room, Screen};
use crate::app::update::compose::Preview;

/// The mode in a word.
pub(super) fn mode(model: &Model) -> &'static str {
    match (&model.room, model.screen) {
        (Some(room), Screen::Room) if room.composer.open => {
            match (room.composer.scribe, &room.composer.purpose) {
                (_, Purpose::Amend(..)) => "amend",
                (true, Purpose::Entry) => "scribe",
                (false, Purpose::Entry) => "write",
            }
        }
        (_, Screen::Find) => "find",
        _ => "normal",
    }
}

/// The cells of the mode.
const MODE: u16 = 9;
/// The cells that the words of a line have at least beside what is told of it, and where there is no room for these.
const WORDS: u16 = 12;
const FEW_WORDS: u16 = 6;

/// What is told of a line, with these of its terms.
fn told(preview: &Preview, terms: &str, aged: bool) -> String {
    let age = if aged && !preview.age.is_empty() { format!(" ({})", preview.age) } else { String::new() };
    format!(" {}{age}  ", preview.with(terms))
}

/// What is told of a line beside its words. Kind, time and age are always there, terms where the line has room beside
/// them, or a part of the row: they are cut first.
fn fitting(preview: &Preview, line: u16, left: u16) -> Option<String> {
    let beside = left.saturating_sub(line).saturating_sub(4);
    let part = if preview.age.is_empty() { left.saturating_sub(WORDS + 1) } else { left / 3 * 2 };
    let room = beside.max(part);
    let whole = told(preview, &preview.terms, true);
    if text::width(&whole) <= room {
        return Some(whole);
    }
    let short = told(preview, "", true);
    let terms = room.saturating_sub(text::width(&short)).saturating_sub(1);
    if !preview.terms.is_empty() && terms >= FEW_WORDS {
        return Some(told(preview, &text::cut(&preview.terms, terms), true));
    }
    let words = if preview.time.is_empty() { WORDS } else { FEW_WORDS };
    [short, told(preview, "", false)].into_iter().find(|told| text::width(told).saturating_add(words) < left)
}

/// Draws the row. Gives the cell of the cursor when the composer has the keys.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    preview: &Preview,
    area: Area,
    theme: &Theme,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let composer = &room.composer;
    let mut pen = Pen::new(buf, area);
    let mode = mode(model);
    let shown = !preview.text.is_empty() && !preview.problem;
    // On a row too narrow for the mode beside kind, time and some words, the mode goes.
    let least = text::width(&told(preview, "", true)).saturating_add(WORDS + MODE);
    if !shown || preview.time.is_empty() || least < pen.left() {
        pen.right(&format!("{mode:<9}"), if composer.open { theme.strong } else { theme.dim });
    }
    if shown {
        if let Some(told) = fitting(preview, text::width(composer.editor.text()), pen.left()) {
            pen.right(&told, theme.dim);
        }
    } else if preview.problem {
        pen.right(&format!(" {} not stored  ", theme.marks.not_stored), theme.bad);
    }
    pen.put(theme.marks.prompt, theme.key);
    pen.put(" ", theme.text);
    if composer.editor.is_empty() && !composer.open {
        pen.put(&format!("{} writes a note", model.keymap.press(Action::Note)), theme.dim);
        if let Some((half, _)) = &composer.command {
            let whole = format!(" · {} goes on with {half}", model.keymap.press(Action::Command));
            let (shown, _) = text::window(&whole, 0, pen.left());
            pen.put(&shown, theme.dim);
        }
        return None;
    }
    let (shown, at) = text::window(composer.editor.text(), composer.editor.cursor(), pen.left());
    let x = pen.column().saturating_add(at);
    pen.put(&shown, if composer.open { theme.text } else { theme.dim });
    composer.open.then_some((x, area.y))
}
