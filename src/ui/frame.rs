//! Borders, pane titles and tabs: what stands around the panes. It must not know what is in them.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::text::Pen;
use super::theme::Theme;
use crate::app::layout::{Area, Joint, Layout, Line, Placed};

/// Draws the borders of a layout.
pub fn borders(layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    for line in &layout.lines {
        draw_line(line, theme, buf);
    }
    joints(layout.joints.iter(), theme, buf);
}

/// Draws the border on which the title of a pane stands.
pub fn border_under(layout: &Layout, title: Area, theme: &Theme, buf: &mut Buffer) {
    if title.is_empty() {
        return;
    }
    draw_line(&Line { x: title.x, y: title.y, len: title.w, vertical: false }, theme, buf);
    let within = |joint: &&Joint| joint.y == title.y && joint.x >= title.x && joint.x < title.right();
    joints(layout.joints.iter().filter(within), theme, buf);
}

fn joints<'l>(joints: impl Iterator<Item = &'l Joint>, theme: &Theme, buf: &mut Buffer) {
    for joint in joints {
        let sign = theme.marks.joints.get(usize::from(joint.arms & 15)).copied().unwrap_or(" ");
        sign_at(buf, joint.x, joint.y, sign, theme.border);
    }
}

fn draw_line(line: &Line, theme: &Theme, buf: &mut Buffer) {
    let arms: usize = if line.vertical { 5 } else { 10 };
    let sign = theme.marks.joints.get(arms).copied().unwrap_or(" ");
    for n in 0..line.len {
        let (x, y) = if line.vertical {
            (line.x, line.y.saturating_add(n))
        } else {
            (line.x.saturating_add(n), line.y)
        };
        sign_at(buf, x, y, sign, theme.border);
    }
}

fn sign_at(buf: &mut Buffer, x: u16, y: u16, sign: &str, style: Style) {
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.set_symbol(sign);
        cell.set_style(style);
    }
}

/// Draws the title of a pane on its border: ` 1 Timeline `.
pub fn title(placed: &Placed, name: &str, right: &str, focus: bool, theme: &Theme, buf: &mut Buffer) {
    let style = if focus { theme.title_focus } else { theme.title };
    let mut area = placed.title;
    // One cell of border stays visible at the right end.
    area.w = area.w.saturating_sub(1);
    let mut pen = Pen::new(buf, area);
    if !right.is_empty() {
        pen.right(&format!(" {right} "), theme.dim);
    }
    pen.put(&format!(" {} ", placed.number), if focus { theme.title_focus } else { theme.dim });
    pen.put_cut(name, style);
    pen.put(" ", theme.title);
}

/// How many rows of a pane are not shown, for the right of its title; empty when all of them are.
pub fn more(all: usize, shown: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        n => format!("{n} more"),
    }
}

/// Words for the right of a title, those that are empty left out.
pub fn beside(words: [&str; 2], theme: &Theme) -> String {
    let dot = format!(" {} ", theme.marks.dot);
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(&dot)
}

/// Writes at the right of the lower border of a box how much more there is.
pub fn foot(inside: Area, words: &str, theme: &Theme, buf: &mut Buffer) {
    let area = Area::new(inside.x, inside.bottom(), inside.w, 1);
    Pen::new(buf, area).right(&format!(" {words} "), theme.dim);
}

/// Draws a box around an area with a title, and empties its inside. Gives the inside.
pub fn boxed(area: Area, name: &str, theme: &Theme, buf: &mut Buffer) -> Area {
    super::text::clear(buf, area, theme.text);
    if area.w < 2 || area.h < 2 {
        return Area::new(area.x, area.y, 0, 0);
    }
    let right = area.right().saturating_sub(1);
    let bottom = area.bottom().saturating_sub(1);
    for (x, y, len, vertical) in [
        (area.x, area.y, area.w, false),
        (area.x, bottom, area.w, false),
        (area.x, area.y, area.h, true),
        (right, area.y, area.h, true),
    ] {
        draw_line(&Line { x, y, len, vertical }, theme, buf);
    }
    for (x, y, arms) in
        [(area.x, area.y, 6_usize), (right, area.y, 12), (area.x, bottom, 3), (right, bottom, 9)]
    {
        sign_at(buf, x, y, theme.marks.joints.get(arms).copied().unwrap_or(" "), theme.border);
    }
    let inside = Area::new(
        area.x.saturating_add(1),
        area.y.saturating_add(1),
        area.w.saturating_sub(2),
        area.h.saturating_sub(2),
    );
    let mut pen = Pen::new(buf, Area::new(inside.x, area.y, inside.w, 1));
    pen.put(" ", theme.title);
    pen.put_cut(name, theme.title_focus);
    pen.put(" ", theme.title);
    inside
}
