//! The line of the composer in full, above it, while it does not fit into its row: an update of many lines, a paste.
//! It must not take keys: what is typed goes into the composer as ever.

use ratatui::buffer::Buffer;

use super::text::Pen;
use super::theme::Theme;
use super::{frame, text};
use crate::app::layout::{Area, Layout};
use crate::app::model::Room;
use crate::app::wrap::wrap;

/// More of a line than this is not laid out.
const MOST_ROWS: usize = 2_000;

/// Draws it when the line is longer than its row.
pub(super) fn draw(room: &Room, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    let editor = &room.composer.editor;
    let line = editor.text();
    let row = layout.composer.w.saturating_sub(14);
    if !room.composer.open || (!line.contains('\n') && text::width(line) <= row) {
        return;
    }
    let (left, width) = (layout.header.x, layout.header.w);
    let top = layout.attention.bottom();
    let below = layout.composer.y.saturating_sub(1);
    let cells = width.saturating_sub(2);
    let rows = wrap(line, cells, MOST_ROWS);
    let wanted = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(2);
    let height = wanted.min(below.saturating_sub(top));
    if height < 3 {
        return;
    }
    let area = Area::new(left, below.saturating_sub(height), width, height);
    let inside = frame::boxed(area, "What Enter stores", theme, buf);
    // The part around the cursor, when it is more than fits.
    let fits = usize::from(inside.h);
    let before = line.get(..editor.cursor()).unwrap_or(line);
    let at = wrap(before, cells, MOST_ROWS).len();
    let first = at.saturating_sub(fits).min(rows.len().saturating_sub(fits));
    for (n, shown) in rows.iter().skip(first).take(fits).enumerate() {
        let style = if shown.to_ascii_lowercase().contains("[fill in:") { theme.warn } else { theme.text };
        Pen::new(buf, inside.row(u16::try_from(n).unwrap_or(u16::MAX))).put(shown, style);
    }
}
