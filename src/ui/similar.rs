//! Similar past incidents: why they are here, what ended them, and what was never shipped.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room, Waiting};
use crate::app::reading::{SAME, about};

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
    let selected = room.similar.iter().position(|h| Some(h.path.as_str()) == current).unwrap_or(0);
    let (mut y, mut shown) = (0, 0_usize);
    for (nth, hit) in room.similar.iter().enumerate().skip(selected.saturating_sub(1)) {
        if y >= placed.body.h {
            break;
        }
        shown = shown.saturating_add(1);
        let here = focus && nth == selected;
        let style = if here { theme.selected } else { theme.strong };
        let mut pen = Pen::new(buf, placed.body.row(y));
        pen.put_cut(&hit.name(), style);
        if here {
            pen.fill(theme.selected);
        }
        y = y.saturating_add(1);
        for line in about(hit) {
            let mut pen = Pen::new(buf, placed.body.row(y));
            if here && line.starts_with(SAME) {
                pen.right(" v says", theme.key);
            }
            pen.put_cut(&format!("  {line}"), theme.dim);
            y = y.saturating_add(1);
        }
    }
    if !placed.title.is_empty() {
        let more = frame::more(room.similar.len(), shown);
        frame::title(placed, "Similar", &more, focus, theme, buf);
    }
}
