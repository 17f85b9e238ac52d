//! The line of the composer in full, above it, while it does not fit into its row: which rows it has, where the
//! cursor stands in them, and where a move up or down leads. Pure, so that keys and drawing agree. It must not draw.

use unicode_segmentation::UnicodeSegmentation;

use super::layout::{Area, Layout};
use super::model::Room;
use super::wrap::{cell_width, pieces};

/// More rows of a line than this are not laid out.
const MOST_ROWS: usize = 2_000;

/// The line in rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Where it is, its border included.
    pub area: Area,
    /// The rows: first byte and the byte after the last.
    pub rows: Vec<(usize, usize)>,
    /// The first row that is shown.
    pub first: usize,
    /// The row of the cursor, and its cell in it.
    pub cursor: (usize, u16),
}

/// The sheet of the composer, when its line is longer than its row and there is room above it.
#[must_use]
pub fn of(room: &Room, layout: &Layout) -> Option<Sheet> {
    let editor = &room.composer.editor;
    let line = editor.text();
    let row = usize::from(layout.composer.w.saturating_sub(14));
    if !room.composer.open
        || (!line.contains('\n') && line.graphemes(true).map(cell_width).sum::<usize>() <= row)
    {
        return None;
    }
    let (left, width) = (layout.header.x, layout.header.w);
    let top = layout.attention.bottom();
    let below = layout.composer.y.saturating_sub(1);
    // One cell is left for a cursor at the end of a full row.
    let rows = rows(line, width.saturating_sub(3));
    let wanted = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(2);
    let height = wanted.min(below.saturating_sub(top));
    if height < 3 {
        return None;
    }
    let cursor = place(line, &rows, editor.cursor());
    let fits = usize::from(height.saturating_sub(2));
    // The cursor stands in the middle of what fits, as far as there are rows on both sides.
    let first = cursor.0.saturating_sub(fits / 2).min(rows.len().saturating_sub(fits));
    Some(Sheet { area: Area::new(left, below.saturating_sub(height), width, height), rows, first, cursor })
}

impl Sheet {
    /// The byte where the cursor goes that many rows further down; none when there is no such row. It keeps its cell as
    /// far as the row is long enough.
    #[must_use]
    pub fn moved(&self, line: &str, by: isize) -> Option<usize> {
        let last = self.rows.len().checked_sub(1)?;
        let row = self.cursor.0.checked_add_signed(by);
        let row = match row {
            Some(row) if row <= last => row,
            // A page goes as far as there are rows.
            _ if by.unsigned_abs() > 1 && by > 0 => last,
            _ if by.unsigned_abs() > 1 => 0,
            _ => return None,
        };
        let (from, to) = self.rows.get(row).copied()?;
        let (mut wide, mut before) = (0_usize, from);
        for (at, grapheme) in line.get(from..to)?.grapheme_indices(true) {
            let here = from.saturating_add(at);
            if wide >= usize::from(self.cursor.1) {
                return Some(here);
            }
            wide = wide.saturating_add(cell_width(grapheme));
            before = here;
        }
        // The end of a row that was broken without a space is the start of the next one.
        let goes_on = self.rows.get(row.saturating_add(1)).is_some_and(|(next, _)| *next == to);
        Some(if goes_on { before } else { to })
    }

    /// How many rows are shown.
    #[must_use]
    pub const fn page(&self) -> usize {
        self.area.h.saturating_sub(2) as usize
    }
}

fn rows(line: &str, cells: u16) -> Vec<(usize, usize)> {
    let mut rows = Vec::new();
    let mut from = 0_usize;
    for part in line.split('\n') {
        rows.extend(
            pieces(part, cells).into_iter().map(|(a, b)| (a.saturating_add(from), b.saturating_add(from))),
        );
        if rows.len() >= MOST_ROWS {
            rows.truncate(MOST_ROWS);
            break;
        }
        from = from.saturating_add(part.len()).saturating_add(1);
    }
    rows
}

/// The row and cell of a byte; white space at a break counts to the row before it.
fn place(line: &str, rows: &[(usize, usize)], at: usize) -> (usize, u16) {
    let row = rows.iter().rposition(|(from, _)| *from <= at).unwrap_or(0);
    let (from, to) = rows.get(row).copied().unwrap_or_default();
    let before = line.get(from..at.min(to)).unwrap_or_default();
    let wide: usize = before.graphemes(true).map(cell_width).sum();
    (row, u16::try_from(wide).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(line: &str, cells: u16, at: usize) -> Sheet {
        let rows = rows(line, cells);
        let cursor = place(line, &rows, at);
        Sheet { area: Area::new(0, 0, 10, 5), rows, first: 0, cursor }
    }

    #[test]
    fn the_cursor_keeps_its_cell_from_row_to_row() {
        let line = "one two three\n\nsix";
        let shown = sheet(line, 8, 2);
        assert_eq!(shown.rows, [(0, 8), (8, 13), (14, 14), (15, 18)]);
        assert_eq!(shown.cursor, (0, 2));
        assert_eq!(shown.moved(line, 1), Some(10));
        assert_eq!(shown.moved(line, 2), Some(14), "an empty row has its end only");
        assert_eq!(shown.moved(line, 3), Some(17));
        assert_eq!(shown.moved(line, -1), None);
        assert_eq!(sheet(line, 8, 17).moved(line, 1), None);
        assert_eq!(sheet(line, 8, 17).moved(line, -9), Some(2), "a page stops at the first row");
        let long = "abcdefgh ij";
        assert_eq!(sheet(long, 3, 11).rows, [(0, 3), (3, 6), (6, 9), (9, 11)]);
        assert_eq!(sheet(long, 3, 2).moved(long, 1), Some(5));
        let wide = "ab cdefgh";
        let end = sheet(wide, 6, 9);
        assert_eq!((end.rows.as_slice(), end.cursor), ([(0, 3), (3, 9)].as_slice(), (1, 6)));
        assert_eq!(end.moved(wide, -1), Some(2), "not the start of the row it came from");
        assert_eq!(sheet(line, 8, 7).cursor, (0, 7), "at the end of a row that was broken");
    }

    #[test]
    fn no_place_of_any_text_is_out_of_its_rows() {
        for line in ["", "\n", "日本語\n語", "a b\tc", "e\u{301}e\u{301}e\u{301}"] {
            for cells in 1..4 {
                for (at, _) in line.grapheme_indices(true).chain([(line.len(), "")]) {
                    let shown = sheet(line, cells, at);
                    for by in [-2, -1, 1, 2] {
                        assert!(shown.moved(line, by).is_none_or(|to| line.is_char_boundary(to)));
                    }
                }
            }
        }
    }
}
