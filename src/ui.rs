//! Draws a `&Model` into cells. It must not change anything, and it must not decide what a key does.

pub mod frame;
pub mod text;
pub mod theme;

use ratatui::buffer::Buffer;

use crate::app::layout::Size;
use crate::app::model::Model;

/// Draws the whole screen into a buffer. Gives the cell of the cursor, where a line has the keys.
#[must_use]
pub fn draw(model: &Model, buf: &mut Buffer) -> Option<(u16, u16)> {
    let size = Size { w: buf.area.width, h: buf.area.height };
    let _ = (model, size);
    None
}
