//! Text into cells: the only place that cuts, pads, folds and makes safe what a terminal shows. Nothing outside this
//! module writes a string into the buffer.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::app::layout::Area;
use crate::app::wrap::{BYTES_PER_CELL, cell_width};
pub use crate::app::wrap::{cells as width, wrap};
use crate::domain::safe::SafeText;

/// Text for one line: newlines become `⏎`, what a terminal must not see is gone. Only as much of it as `cells`
/// can show is looked at.
fn one_line(text: &str, cells: u16) -> SafeText<'_> {
    let mut end = usize::from(cells).saturating_add(1).saturating_mul(BYTES_PER_CELL).min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let head = text.get(..end).unwrap_or_default();
    if head.contains('\n') {
        let folded = head.replace("\r\n", "⏎").replace('\n', "⏎");
        SafeText::line(&folded).into_owned()
    } else {
        SafeText::line(head)
    }
}

/// Writes on one row from left to right and from its right end, and never leaves it.
#[derive(Debug)]
pub struct Pen<'b> {
    buf: &'b mut Buffer,
    x: u16,
    y: u16,
    end: u16,
    /// Whether anything may be drawn at all: the row is inside the buffer.
    live: bool,
}

impl<'b> Pen<'b> {
    /// A pen on the first row of an area.
    pub fn new(buf: &'b mut Buffer, area: Area) -> Self {
        let whole = buf.area;
        let live = area.h > 0 && area.y >= whole.top() && area.y < whole.bottom();
        let end = area.right().min(whole.right());
        Self { x: area.x.max(whole.left()), y: area.y, end, buf, live }
    }

    /// Cells that are left.
    #[must_use]
    pub const fn left(&self) -> u16 {
        if self.live { self.end.saturating_sub(self.x) } else { 0 }
    }

    /// The column of the next cell.
    #[must_use]
    pub const fn column(&self) -> u16 {
        self.x
    }

    /// Writes text, cut at the end of the row. Gives the cells that it took.
    pub fn put(&mut self, text: &str, style: Style) -> u16 {
        self.put_max(text, self.left(), style)
    }

    /// Writes text, cut with an ellipsis when it does not fit into the row.
    pub fn put_cut(&mut self, text: &str, style: Style) -> u16 {
        let left = self.left();
        if width_over(text, left) {
            self.put_max(text, left.saturating_sub(1), style) + self.put("…", style)
        } else {
            self.put(text, style)
        }
    }

    /// Writes text in a field of `cells`: cut with an ellipsis or padded.
    pub fn field(&mut self, text: &str, cells: u16, style: Style) {
        let cells = cells.min(self.left());
        let stop = self.x.saturating_add(cells);
        if width_over(text, cells) {
            self.put_max(text, cells.saturating_sub(1), style);
            self.put_max("…", stop.saturating_sub(self.x), style);
        } else {
            self.put_max(text, cells, style);
        }
        self.row(stop.saturating_sub(self.x), |_| " ", style);
    }

    /// Leaves cells as they are.
    pub fn skip(&mut self, cells: u16) {
        self.x = self.x.saturating_add(cells).min(self.end);
    }

    /// Writes text at the right end, and keeps the rest of the row from reaching it. Nothing when it does not fit.
    pub fn right(&mut self, text: &str, style: Style) -> bool {
        let wide = width(text);
        if !self.live || wide > self.left() {
            return false;
        }
        let (x, end) = (self.x, self.end);
        self.x = end.saturating_sub(wide);
        self.put(text, style);
        self.x = x;
        self.end = end.saturating_sub(wide);
        true
    }

    /// Fills the rest of the row.
    pub fn fill(&mut self, style: Style) {
        self.row(self.left(), |_| " ", style);
    }

    fn put_max(&mut self, text: &str, cells: u16, style: Style) -> u16 {
        let from = self.x;
        let stop = self.x.saturating_add(cells.min(self.left()));
        if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_control()) {
            let many = stop.saturating_sub(from).min(u16::try_from(text.len()).unwrap_or(u16::MAX));
            self.row(many, |n| text.get(n..n.saturating_add(1)).unwrap_or(" "), style);
            return self.x.saturating_sub(from);
        }
        let safe = one_line(text, cells);
        for grapheme in safe.as_str().graphemes(true) {
            let wide = u16::try_from(cell_width(grapheme)).unwrap_or(2);
            if wide == 0 {
                continue;
            }
            if self.x.saturating_add(wide) > stop {
                break;
            }
            self.cell(grapheme, style, wide);
        }
        self.x.saturating_sub(from)
    }

    /// Writes narrow cells one beside the other: only at the two ends a wide character can be left half.
    fn row<'t>(&mut self, many: u16, symbol: impl Fn(usize) -> &'t str, style: Style) {
        if self.live && many > 0 {
            part(self.buf, self.x, self.y);
            part(self.buf, self.x.saturating_add(many), self.y);
            for (n, cell) in cells(self.buf, self.x, self.y, many).iter_mut().enumerate() {
                cell.set_symbol(symbol(n));
                cell.set_style(style);
            }
        }
        self.x = self.x.saturating_add(many);
    }

    fn cell(&mut self, symbol: &str, style: Style, wide: u16) {
        if self.live {
            // What is written over a wide character leaves no half of it.
            part(self.buf, self.x, self.y);
            part(self.buf, self.x.saturating_add(wide), self.y);
        }
        if self.live
            && let Some(cell) = self.buf.cell_mut((self.x, self.y))
        {
            cell.set_symbol(symbol);
            cell.set_style(style);
        }
        if wide > 1
            && let Some(cell) = self.buf.cell_mut((self.x.saturating_add(1), self.y))
        {
            cell.set_symbol("");
            cell.set_style(style);
        }
        self.x = self.x.saturating_add(wide);
    }
}

/// Whether a text is wider than some cells, without looking at all of a long one.
fn width_over(text: &str, cells: u16) -> bool {
    if text.is_ascii() {
        return text.len() > usize::from(cells);
    }
    let safe = one_line(text, cells);
    let mut wide = 0_usize;
    for grapheme in safe.as_str().graphemes(true) {
        wide = wide.saturating_add(cell_width(grapheme));
        if wide > usize::from(cells) {
            return true;
        }
    }
    safe.as_str().len() < text.len() && wide >= usize::from(cells)
}

/// A text of at most so many cells, with an ellipsis where something is missing.
#[must_use]
pub fn cut(text: &str, cells: u16) -> Cow<'_, str> {
    if !width_over(text, cells) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    let mut left = usize::from(cells.saturating_sub(1));
    for grapheme in one_line(text, cells).as_str().graphemes(true) {
        let Some(rest) = left.checked_sub(cell_width(grapheme)) else { break };
        left = rest;
        kept.push_str(grapheme);
    }
    if cells > 0 {
        kept.push('…');
    }
    Cow::Owned(kept)
}

/// The part of an edited line around the cursor that fits, and the cursor's cell in it.
#[must_use]
pub fn window(text: &str, cursor: usize, cells: u16) -> (Cow<'_, str>, u16) {
    let (head, tail) = text.split_at_checked(cursor).unwrap_or((text, ""));
    let room = usize::from(cells.saturating_sub(1));
    let mut wide = 0_usize;
    let mut start = head.len();
    for (at, grapheme) in head.grapheme_indices(true).rev() {
        let w = if grapheme.contains('\n') { 1 } else { shown_width(grapheme) };
        if wide.saturating_add(w) > room {
            break;
        }
        wide = wide.saturating_add(w);
        start = at;
    }
    let mut end = cells_bytes(cells).min(tail.len());
    while !tail.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let shown = text.get(start..head.len().saturating_add(end)).unwrap_or_default();
    let shown =
        if shown.contains('\n') { Cow::Owned(shown.replace('\n', "⏎")) } else { Cow::Borrowed(shown) };
    (shown, u16::try_from(wide).unwrap_or(cells))
}

fn cells_bytes(cells: u16) -> usize {
    usize::from(cells).saturating_mul(BYTES_PER_CELL)
}

fn shown_width(grapheme: &str) -> usize {
    SafeText::line(grapheme).as_str().graphemes(true).map(cell_width).sum()
}

/// Clears an area and gives it a style. What was drawn there before leaves nothing behind: a style only adds to the
/// one of a cell, so the cells begin anew.
pub fn clear(buf: &mut Buffer, area: Area, style: Style) {
    for y in area.y..area.y.saturating_add(area.h) {
        part(buf, area.x, y);
        part(buf, area.right(), y);
    }
    let mut plain = Cell::EMPTY;
    plain.set_style(style);
    for y in area.y..area.y.saturating_add(area.h) {
        for cell in cells(buf, area.x, y, area.w) {
            cell.clone_from(&plain);
        }
    }
}

/// The cells of a row from a column on, as many as there are.
fn cells(buf: &mut Buffer, x: u16, y: u16, many: u16) -> &mut [Cell] {
    let whole = buf.area;
    let end = x.saturating_add(many).min(whole.right());
    let x = x.max(whole.left());
    if y < whole.top() || y >= whole.bottom() || x >= end {
        return &mut [];
    }
    let line = usize::from(y.saturating_sub(whole.y)).saturating_mul(usize::from(whole.width));
    let from = line.saturating_add(usize::from(x.saturating_sub(whole.x)));
    buf.content.get_mut(from..from.saturating_add(usize::from(end.saturating_sub(x)))).unwrap_or_default()
}

/// Makes blanks of a wide character that a border between two cells would leave half of.
fn part(buf: &mut Buffer, x: u16, y: u16) {
    let Some(before) = x.checked_sub(1) else { return };
    let halved = buf.cell((x, y)).is_some_and(|cell| cell.symbol().is_empty());
    if halved {
        for x in [before, x] {
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.set_symbol(" ");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    fn row(width: u16, draw: impl FnOnce(&mut Pen<'_>)) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, width, 1));
        draw(&mut Pen::new(&mut buf, Area::new(0, 0, width, 1)));
        (0..width).map(|x| buf[(x, 0)].symbol().to_owned()).collect()
    }

    #[test]
    fn what_is_cleared_keeps_no_style_of_what_was_there() {
        use ratatui::style::{Color, Modifier};
        let mut buf = Buffer::empty(Rect::new(0, 0, 4, 2));
        let loud = Style::new().fg(Color::Green).bg(Color::Red).add_modifier(Modifier::CROSSED_OUT);
        buf.set_string(0, 0, "abcd", loud);
        clear(&mut buf, Area::new(1, 0, 2, 1), Style::new());
        let shown: String = (0..4).map(|x| buf[(x, 0)].symbol()).collect();
        assert_eq!(shown, "a  d");
        assert_eq!(buf[(1, 0)].style(), Buffer::empty(Rect::new(0, 0, 1, 1))[(0, 0)].style());
        assert!(buf[(0, 0)].modifier.contains(Modifier::CROSSED_OUT));
    }

    #[test]
    fn text_is_cut_by_cells_and_wide_characters_stay_whole() {
        assert_eq!(row(5, |p| _ = p.put("日本語", Style::new())), "日本 ");
        assert_eq!(row(5, |p| _ = p.put_cut("日本語", Style::new())), "日本…");
        assert_eq!(row(6, |p| _ = p.put_cut("e\u{301}clair noir", Style::new())), "e\u{301}clai…");
        assert_eq!(row(8, |p| p.field("ab", 4, Style::new())), "ab      ");
        assert_eq!(row(4, |p| p.field("abcdef", 4, Style::new())), "abc…");
    }

    #[test]
    fn the_right_end_is_kept_free() {
        let drawn = row(10, |p| {
            p.right("✓ ", Style::new());
            p.put_cut("a long line", Style::new());
        });
        assert_eq!(drawn, "a long …✓ ");
    }

    #[test]
    fn control_characters_never_reach_a_cell() {
        let drawn = row(40, |p| _ = p.put("a\u{1b}[31mb\u{7}c\u{202e}d\ne", Style::new()));
        assert!(!drawn.chars().any(|c| c.is_control() || c == '\u{202e}'), "{drawn:?}");
        assert!(drawn.contains('⏎'));
    }

    #[test]
    fn the_window_follows_the_cursor() {
        assert_eq!(window("abcdef", 6, 4), (Cow::Borrowed("def"), 3));
        assert_eq!(window("abc", 0, 4).1, 0);
        assert_eq!(window("日本語", 9, 4).1, 2);
        let long = "x".repeat(64 * 1024);
        assert_eq!(window(&long, long.len(), 40).1, 39);
        assert_eq!(window("a\nb", 3, 10), (Cow::<str>::Owned("a⏎b".into()), 3));
    }

    proptest::proptest! {
        #[test]
        fn any_text_in_any_row_stays_inside(text in ".{0,60}", width in 0u16..30, x in 0u16..40) {
            let mut buf = Buffer::empty(Rect::new(0, 0, 20, 1));
            let mut pen = Pen::new(&mut buf, Area::new(x, 0, width, 1));
            pen.right("✓", Style::new());
            pen.put_cut(&text, Style::new());
            pen.fill(Style::new());
            let _ = wrap(&text, width, 5);
            let _ = window(&text, text.len(), width);
            let shown: String = (0..20).map(|x| buf[(x, 0)].symbol().to_owned()).collect();
            proptest::prop_assert!(!shown.chars().any(char::is_control));
        }
    }
}
