//! Something to read, in a box. What its rows say is `app::reading`'s.

use ratatui::buffer::Buffer;

use crate::app::action::Action;
use crate::app::keymap::shown;
use crate::app::layout::{Area, overlay};
use crate::app::model::{Model, Read, Reader};
use crate::app::reading::{PLAIN_TOP, columns, height, lines};
use crate::ui::text::{self, Pen};
use crate::ui::theme::Theme;
use crate::ui::{brief, frame};

/// Draws it.
pub(super) fn draw(model: &Model, reader: &Reader, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    if matches!(reader.what, Read::Plain(_)) {
        return plain(model, reader, theme, buf);
    }
    let columns = columns(model.size);
    let (title, lines) = lines(model, &reader.what, columns);
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).max(3).min(height(model.size));
    let inside = frame::boxed(overlay(model.size, rows, columns), &title, theme, buf);
    let below = lines.len().saturating_sub(reader.scroll.saturating_add(usize::from(inside.h)));
    if below > 0 {
        let key = model.keymap.first_key(model.contexts(), Action::Down).map(shown).unwrap_or_default();
        frame::foot(inside, &format!("{below} more below, {key}"), theme, buf);
    }
    brief::show(&lines, reader.scroll, inside, theme, buf);
    None
}

/// The text alone from the first column on: no frame gets into what is selected. Top lines and hints stay.
fn plain(model: &Model, reader: &Reader, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let (title, lines) = lines(model, &reader.what, model.size.w);
    let area = Area::new(0, PLAIN_TOP, model.size.w, model.size.h.saturating_sub(PLAIN_TOP + 1));
    text::clear(buf, area, theme.text);
    Pen::new(buf, area.row(0)).put(&title, theme.dim);
    let body = Area::new(0, PLAIN_TOP + 1, area.w, area.h.saturating_sub(1));
    brief::show(&lines, reader.scroll, body, theme, buf);
    None
}
