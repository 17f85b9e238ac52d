//! The brief: as a pane of a wide screen, and whole as an overlay. The words are those of `app::reading`.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::layout::{Area, Placed};
use crate::app::model::{Model, Room};
use crate::app::reading::{Lines, brief_lines};
use crate::domain::time::zone_label;

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let (lines, end) = rows(model, room, placed);
    if !placed.title.is_empty() {
        let below = if lines.len() > end { "more below" } else { "" };
        let right = frame::beside([below, &zone_label(model.now, model.zone())], theme);
        frame::title(placed, "Brief", &right, focus, theme, buf);
    }
    show(&lines, room.brief_scroll, placed.body, theme, buf);
}

/// The rows down to the last that is shown, and its place. One row more than there is room for tells that there are some;
/// to count them would cost all of them.
fn rows(model: &Model, room: &Room, placed: &Placed) -> (Lines, usize) {
    let end = room.brief_scroll.saturating_add(usize::from(placed.body.h));
    (brief_lines(model, room, placed.body.w, end.saturating_add(1)), end)
}

/// Whether there is more below what the pane shows.
pub(super) fn goes_on(model: &Model, room: &Room, placed: &Placed) -> bool {
    let (lines, end) = rows(model, room, placed);
    lines.len() > end
}

/// Shows lines from a place on, never past the last.
pub(super) fn show(lines: &Lines, scroll: usize, area: Area, theme: &Theme, buf: &mut Buffer) {
    let height = usize::from(area.h);
    let first = scroll.min(lines.len().saturating_sub(height));
    for (nth, (line, ink)) in lines.iter().skip(first).take(height).enumerate() {
        let y = u16::try_from(nth).unwrap_or(u16::MAX);
        Pen::new(buf, area.row(y)).put(line, theme.of(*ink));
    }
}
