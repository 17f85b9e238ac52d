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
    pen.right(&format!("{mode:<9}"), if composer.open { theme.strong } else { theme.dim });
    if !preview.text.is_empty() && !preview.problem {
        // Kind and time are always there; the age where the line has room beside it, or a third of the row.
        let whole = format!(" {} ({})  ", preview.text, preview.age);
        let (wide, left) = (text::width(&whole), pen.left());
        let fits = wide.saturating_add(text::width(composer.editor.text())).saturating_add(3) < left;
        if !preview.age.is_empty() && (fits || u32::from(wide) * 3 <= u32::from(left) * 2) {
            pen.right(&whole, theme.dim);
        } else if text::width(&preview.text).saturating_add(12) < pen.left() {
            pen.right(&format!(" {}  ", preview.text), theme.dim);
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
