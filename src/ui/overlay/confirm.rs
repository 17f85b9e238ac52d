//! A question that Enter answers with yes and Esc with no.

use ratatui::buffer::Buffer;

use crate::app::layout::overlay;
use crate::app::model::{Confirm, Model};
use crate::ui::frame;
use crate::ui::text::{self, Pen};
use crate::ui::theme::Theme;

/// Draws it.
pub(super) fn draw(model: &Model, confirm: &Confirm, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let inside = frame::boxed(overlay(model.size, 4, 64), "Sure?", theme, buf);
    for (n, row) in text::wrap(&confirm.question, inside.w.saturating_sub(2), 3).iter().enumerate() {
        let mut pen = Pen::new(buf, inside.row(u16::try_from(n).unwrap_or(u16::MAX)));
        pen.put(" ", theme.text);
        pen.put(row, theme.text);
    }
    Pen::new(buf, inside.row(3)).put(" Enter does it, Esc does not", theme.dim);
    None
}
