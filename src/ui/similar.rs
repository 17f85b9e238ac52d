//! Similar past incidents: why they are here, what ended them, and what was never shipped.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room, Waiting};
use crate::app::panes::{self, INDENT};
use crate::app::reading::SAME;

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    if room.similar.is_empty() {
        if !placed.title.is_empty() {
            frame::title(placed, "Similar", "", focus, theme, buf);
        }
        // Nothing is claimed before the archive has answered.
        let looking = model.waiting.values().any(|w| *w == Waiting::Similar);
        let say = match (looking, model.building) {
            (false, _) => "No similar incident is known.".to_owned(),
            (true, None) => "Looking for similar incidents…".to_owned(),
            (true, Some(percent)) => format!("Building the index of past incidents, {percent} %"),
        };
        return super::empty(placed, &say, theme, buf);
    }
    let current = room.current_hit().map(|h| h.path.as_str());
    let shown = panes::similar(room, placed.body);
    let mut last = 0;
    for (y, row) in (0..placed.body.h).zip(&shown.rows) {
        let Some(hit) = shown.items.get(row.item) else { continue };
        last = row.item.saturating_add(1);
        let here = focus && Some(hit.path.as_str()) == current;
        let mut pen = Pen::new(buf, placed.body.row(y));
        if row.line > 0 && here && row.text.starts_with(SAME) {
            pen.right(" v says", theme.key);
        }
        let further = if row.goes_on { INDENT } else { 0 };
        if row.line > 0 {
            pen.skip(INDENT.saturating_add(further));
            pen.put_cut(&row.text, theme.dim);
            continue;
        }
        let style = if here { theme.selected } else { theme.strong };
        pen.skip(further);
        pen.put_cut(&row.text, style);
        if here {
            pen.fill(theme.selected);
        }
    }
    if !placed.title.is_empty() {
        let more = frame::more(room.similar.len(), last);
        frame::title(placed, "Similar", &more, focus, theme, buf);
    }
}
