//! Something to read, in a box. What its rows say is `app::reading`'s.

use ratatui::buffer::Buffer;

use crate::app::layout::overlay;
use crate::app::model::{Model, Reader};
use crate::app::reading::{columns, height, lines};
use crate::ui::theme::Theme;
use crate::ui::{brief, frame};

/// Draws it.
pub(super) fn draw(model: &Model, reader: &Reader, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let columns = columns(model.size);
    let (title, lines) = lines(model, &reader.what, columns);
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).max(3).min(height(model.size));
    let inside = frame::boxed(overlay(model.size, rows, columns), &title, theme, buf);
    brief::show(&lines, reader.scroll, inside, theme, buf);
    None
}
