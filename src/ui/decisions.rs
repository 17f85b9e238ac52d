//! Decisions: what was chosen, by whom, and when its outcome is to be looked at. Open ones first.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::{Pen, width};
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room};
use crate::app::panes::{self, OUTCOME};
use crate::domain::time::zone_label;
use crate::domain::zone::Tz;

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let all = room.decisions().len();
    let shown = panes::decisions(model, room, placed.body);
    if !placed.title.is_empty() {
        let seen = all.saturating_sub(shown.first).min(usize::from(placed.body.h).div_ceil(2));
        // The specified frame has no zone here while the screen shows UTC.
        let zone = if model.zone() == Tz::UTC { String::new() } else { zone_label(model.now, model.zone()) };
        let right = frame::beside([&frame::more(all, seen), &zone], theme);
        frame::title(placed, "Decisions", &right, focus, theme, buf);
    }
    if all == 0 {
        let say = format!("None yet. {} writes one down.", model.keymap.press(Action::Decision));
        return super::empty(placed, &say, theme, buf);
    }
    let current = room.current_decision();
    for (y, row) in (0..placed.body.h).zip(&shown.rows) {
        let Some(item) = shown.items.get(row.item) else { continue };
        let mut pen = Pen::new(buf, placed.body.row(y));
        if row.line > 0 {
            pen.skip(OUTCOME);
            pen.put_cut(&row.text, theme.of(item.ink));
            continue;
        }
        let here = focus && Some(item.decision.seq) == current;
        let (style, dim) = if here { (theme.selected, theme.selected) } else { (theme.text, theme.dim) };
        if row.goes_on {
            let indent = usize::from(width(&item.moment).saturating_add(1));
            pen.put(&" ".repeat(indent), style);
        } else {
            pen.right(" ", style);
            pen.right(&format!(" {}", item.decision.decided_by), dim);
            pen.put(&item.moment, dim);
            pen.put(" ", style);
        }
        pen.put_cut(&row.text, style);
        if here {
            pen.fill(theme.selected);
        }
    }
}
