//! What lies over a screen, drawn by match: one file an overlay. Only the uppermost is drawn; the ones below wait.

mod closing;
mod confirm;
mod declare;
mod line;
mod pick;
mod reader;

use ratatui::buffer::Buffer;

use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::editor::Editor;
use crate::app::layout::Area;
use crate::app::model::{Model, Overlay};

/// Draws the uppermost overlay. The outer `Some` says that there is one, the inner one where its cursor is.
pub(super) fn draw(model: &Model, theme: &Theme, buf: &mut Buffer) -> Option<Option<(u16, u16)>> {
    let overlay = model.overlays.last()?;
    Some(match overlay {
        Overlay::Pick(pick) => pick::draw(model, pick, theme, buf),
        Overlay::Ask(ask) => line::draw(model, ask, theme, buf),
        Overlay::Confirm(confirm) => confirm::draw(model, confirm, theme, buf),
        Overlay::Read(reader) => reader::draw(model, reader, theme, buf),
        Overlay::Closing(path) => closing::draw(model, path, theme, buf),
        Overlay::Declare(declare) => declare::draw(model, declare, theme, buf),
    })
}

/// Draws a line that is typed into. Gives the cell of its cursor.
fn typed(editor: &Editor, area: Area, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let mut pen = Pen::new(buf, area);
    pen.put(theme.marks.prompt, theme.key);
    pen.put(" ", theme.text);
    let (shown, at) = text::window(editor.text(), editor.cursor(), pen.left());
    let x = pen.column().saturating_add(at);
    pen.put(&shown, theme.text);
    (!area.is_empty()).then_some((x, area.y))
}
