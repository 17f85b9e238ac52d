//! Asks by time left, then hypotheses: what is still unknown, and who is on it.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room};
use crate::app::panes::{self, INDENT};

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let all = room.asks().len();
    let height = usize::from(placed.body.h);
    if !placed.title.is_empty() {
        frame::title(placed, "Asks, hypotheses", &frame::more(all, height), focus, theme, buf);
    }
    if all == 0 {
        let press = |action| model.keymap.press(action);
        let (ask, hypothesis) = (press(Action::Ask), press(Action::Hypothesis));
        let say = format!("None yet. {ask} asks somebody, {hypothesis} writes a hypothesis.");
        return super::empty(placed, &say, theme, buf);
    }
    let current = room.current_ask();
    let shown = panes::asks(model, room, placed.body);
    for (y, row) in (0..placed.body.h).zip(&shown.rows) {
        let Some(ask) = shown.items.get(row.item) else { continue };
        let here = focus && Some(ask.seq) == current;
        let pick = |style: Style| if here { theme.selected } else { style };
        let mut pen = Pen::new(buf, placed.body.row(y));
        match row.text.strip_prefix(ask.head.as_str()).filter(|_| !row.goes_on) {
            Some(words) => {
                pen.put(&ask.head, pick(theme.of(ask.ink)));
                pen.put_cut(words, pick(theme.text));
            }
            None => {
                let indent = if row.goes_on { INDENT } else { 0 };
                pen.put(&" ".repeat(usize::from(indent)), pick(theme.text));
                pen.put_cut(&row.text, pick(theme.text));
            }
        }
        if here {
            pen.fill(theme.selected);
        }
    }
}
