//! The brief: as a pane of a wide screen, and whole as an overlay. The words are those of `domain::brief`.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::frame;
use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::layout::{Area, Placed};
use crate::app::model::{Model, Room};
use crate::domain::brief;

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    if !placed.title.is_empty() {
        frame::title(placed, "Brief", "", focus, theme, buf);
    }
    let lines = lines(model, room, placed.body.w, theme);
    show(&lines, room.brief_scroll, placed.body, buf);
}

/// Shows lines from a place on, never past the last.
pub(super) fn show(lines: &[(String, Style)], scroll: usize, area: Area, buf: &mut Buffer) {
    let height = usize::from(area.h);
    let first = scroll.min(lines.len().saturating_sub(height));
    for (nth, (line, style)) in lines.iter().skip(first).take(height).enumerate() {
        let y = u16::try_from(nth).unwrap_or(u16::MAX);
        Pen::new(buf, area.row(y)).put(line, *style);
    }
}

/// The brief in lines of a width. Sections that say nothing take one line together.
pub(super) fn lines(model: &Model, room: &Room, width: u16, theme: &Theme) -> Vec<(String, Style)> {
    let brief = brief::brief(&room.incident, &model.policy, model.now, model.zone());
    let mut out: Vec<(String, Style)> = Vec::new();
    let mut nothing: Vec<&str> = Vec::new();
    for section in &brief.sections {
        if section.lines.is_empty() {
            nothing.push(section.heading);
            continue;
        }
        out.push((section.heading.to_owned(), theme.word));
        for line in &section.lines {
            for (nth, row) in text::wrap(line, width.saturating_sub(2), 6).into_iter().enumerate() {
                let indent = if nth == 0 { "  " } else { "   " };
                out.push((format!("{indent}{row}"), theme.text));
            }
        }
    }
    if !nothing.is_empty() {
        for row in text::wrap(&format!("Nothing yet: {}", nothing.join(", ")), width, 4) {
            out.push((row, theme.dim));
        }
    }
    out
}
