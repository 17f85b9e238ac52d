//! The picture that the screen shows and the one that comes next, and the bytes from one to the other. It must not touch
//! the terminal.
//!
//! ratatui's `Terminal` compares all cells of a frame, and measures how wide each of them is; of a frame in which a clock
//! goes on, that is a third of the work. Here rows are compared first, and cells only where rows differ.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Rect, Size};
use unicode_width::UnicodeWidthStr as _;

use super::encode::{encode, move_to};

/// The cursor (DECTCEM).
const HIDE: &[u8] = b"\x1b[?25l";
const SHOW: &[u8] = b"\x1b[?25h";

/// Empties the screen (ED of ECMA-48).
const CLEAR: &[u8] = b"\x1b[2J";

/// Most rows that are compared one by one; with more of them the whole pictures are.
const FEW: usize = 8;

/// Two pictures of the size of the screen.
#[derive(Debug)]
pub(super) struct Pictures {
    shown: Buffer,
    next: Buffer,
    /// What is shown is not known: the screen is emptied first.
    unknown: bool,
    /// The screen was just emptied.
    fresh: bool,
    /// The cell of the cursor, if it is shown.
    cursor: Option<(u16, u16)>,
}

/// What a frame sends.
#[derive(Debug)]
pub(super) struct Sent {
    /// The changed cells, and where the cursor is.
    pub(super) bytes: Vec<u8>,
    /// Whether a cell changed, or the screen is emptied.
    pub(super) changed: bool,
}

/// A picture that is made before its time: what will have to be sent, if nothing else is shown until then.
#[derive(Debug)]
pub struct Later {
    sent: Sent,
    cells: Vec<Change>,
}

/// A cell, by its place in the picture, as it was and as it is.
#[derive(Debug)]
struct Change {
    place: usize,
    was: Cell,
    is: Cell,
}

impl Pictures {
    /// Of a screen that is empty: what enters it clears it.
    pub(super) fn new(size: Size) -> Self {
        let area = Rect::from(size);
        Self {
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            unknown: false,
            fresh: true,
            cursor: None,
        }
    }

    pub(super) fn size(&self) -> Size {
        self.shown.area.as_size()
    }

    /// The screen has another size; the next frame is drawn whole.
    pub(super) fn set_size(&mut self, size: Size) {
        if size != self.size() {
            let area = Rect::from(size);
            (self.shown, self.next) = (Buffer::empty(area), Buffer::empty(area));
            self.unknown = true;
        }
    }

    /// Forgets what is shown; the next frame is drawn whole.
    pub(super) fn forget(&mut self) {
        self.shown.reset();
        self.unknown = true;
    }

    /// The memory of the next picture, which is empty before and after.
    pub(super) fn next_mut(&mut self) -> &mut Buffer {
        &mut self.next
    }

    /// Makes the next picture, which gives the cell of the cursor, and what must be sent to show it.
    pub(super) fn frame(&mut self, render: impl FnOnce(&mut Buffer) -> Option<(u16, u16)>) -> Sent {
        let cursor = render(&mut self.next);
        let mut bytes = Vec::new();
        if std::mem::take(&mut self.unknown) {
            bytes.extend_from_slice(CLEAR);
            self.fresh = true;
        }
        let fresh = self.fresh;
        differing(&self.shown, &self.next, |cells| encode(&mut bytes, cells, fresh));
        let changed = !bytes.is_empty();
        self.fresh &= !changed;
        self.cursor = cursor;
        self.put_cursor(&mut bytes);
        std::mem::swap(&mut self.shown, &mut self.next);
        self.next.reset();
        Sent { bytes, changed }
    }

    /// Whether a whole picture is shown, which parts can be drawn over.
    pub(super) fn is_known(&self) -> bool {
        !self.unknown && !self.fresh
    }

    /// Draws parts of the picture anew, and gives what must be sent to show them; all else, and the cursor, stays. `render`
    /// gives where it drew, which is all that it may draw; when it gives nothing, neither does this, and nothing changes.
    pub(super) fn parts(&mut self, render: impl FnOnce(&mut Buffer) -> Option<Vec<Rect>>) -> Option<Sent> {
        let rows = self.drawn_rows(render)?;
        Some(self.over(&rows))
    }

    /// Makes parts of a picture that is shown later, after all that were made so before. Until they are shown one after
    /// another ([`Pictures::show`]), what is shown is taken for that last one: [`Pictures::take_back`] says that it is not.
    pub(super) fn later(&mut self, render: impl FnOnce(&mut Buffer) -> Option<Vec<Rect>>) -> Option<Later> {
        let few = self.drawn_rows(render)?;
        let width = usize::from(self.next.area.width);
        let mut cells = Vec::new();
        for (was, is) in &few {
            let first = place(was.area, width);
            let pairs = was.content.iter().zip(&is.content).enumerate().filter(|(_, (was, is))| was != is);
            cells.extend(pairs.map(|(n, (was, is))| Change {
                place: first.saturating_add(n),
                was: was.clone(),
                is: is.clone(),
            }));
        }
        Some(Later { sent: self.over(&few), cells })
    }

    /// None of these is shown yet.
    pub(super) fn take_back<'a>(&mut self, made: impl DoubleEndedIterator<Item = &'a Later>) {
        for change in made.rev().flat_map(|later| &later.cells) {
            if let Some(cell) = self.shown.content.get_mut(change.place) {
                cell.clone_from(&change.was);
            }
        }
    }

    /// The first of those that were made and not shown is shown now.
    pub(super) fn show(&mut self, later: Later) -> Sent {
        for change in later.cells {
            if let Some(cell) = self.shown.content.get_mut(change.place) {
                *cell = change.is;
            }
        }
        later.sent
    }

    /// Draws over the shown picture. Gives the rows that differ, as they were and as they are.
    fn drawn_rows(
        &mut self,
        render: impl FnOnce(&mut Buffer) -> Option<Vec<Rect>>,
    ) -> Option<Vec<(Buffer, Buffer)>> {
        let Some(areas) = render(&mut self.next) else {
            self.next.reset();
            return None;
        };
        let width = usize::from(self.next.area.width);
        let rows = areas.iter().map(|area| area.intersection(self.next.area)).flat_map(Rect::rows);
        let mut few = Vec::new();
        for row in rows {
            let from = place(row, width);
            let cells = from..from.saturating_add(usize::from(row.width));
            let (Some(was), Some(is)) =
                (self.shown.content.get_mut(cells.clone()), self.next.content.get_mut(cells))
            else {
                continue;
            };
            if was != is {
                few.push(pair(row, was, is));
                was.swap_with_slice(is);
            }
            is.iter_mut().for_each(Cell::reset);
        }
        Some(few)
    }

    /// What shows rows that differ.
    fn over(&self, rows: &[(Buffer, Buffer)]) -> Sent {
        let mut bytes = Vec::new();
        encode(&mut bytes, &mut rows.iter().flat_map(|(was, is)| was.diff_iter(is)), false);
        let changed = !bytes.is_empty();
        self.put_cursor(&mut bytes);
        Sent { bytes, changed }
    }

    fn put_cursor(&self, bytes: &mut Vec<u8>) {
        match self.cursor {
            None => bytes.extend_from_slice(HIDE),
            Some((x, y)) => {
                bytes.extend_from_slice(SHOW);
                move_to(bytes, x, y);
            }
        }
    }
}

/// Where the first cell of an area stands in a picture of so many columns.
fn place(area: Rect, width: usize) -> usize {
    usize::from(area.y).saturating_mul(width).saturating_add(usize::from(area.x))
}

/// A row as it was and as it is, or a part of one, for itself.
fn pair(area: Rect, was: &[Cell], is: &[Cell]) -> (Buffer, Buffer) {
    (Buffer { area, content: was.to_vec() }, Buffer { area, content: is.to_vec() })
}

/// Gives the cells that differ, row by row from left to right; gives nothing when there are none.
fn differing(
    before: &Buffer,
    after: &Buffer,
    take: impl FnOnce(&mut dyn Iterator<Item = (u16, u16, &Cell)>),
) {
    let width = usize::from(after.area.width).max(1);
    let pairs = before.content.chunks(width).zip(after.content.chunks(width)).enumerate();
    let mut few: Vec<(Buffer, Buffer)> = Vec::new();
    for (y, (was, is)) in pairs {
        if was == is {
            continue;
        }
        // Half of a wide symbol has no place at the end of a row: ratatui would look for it in the next one.
        let whole = |row: &[Cell]| row.last().is_none_or(|cell| cell.symbol().width() < 2);
        if few.len() >= FEW || !whole(was) || !whole(is) {
            return take(&mut before.diff_iter(after));
        }
        let area = Rect { y: u16::try_from(y).unwrap_or(u16::MAX), height: 1, ..after.area };
        few.push(pair(area, was, is));
    }
    if !few.is_empty() {
        take(&mut few.iter().flat_map(|(was, is)| was.diff_iter(is)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::{Color, Style};

    use super::*;

    fn words(pictures: &mut Pictures, text: &str) -> Sent {
        pictures.frame(|buffer| {
            buffer.set_stringn(0, 0, text, usize::from(buffer.area.width), Style::new());
            Some((3, 0))
        })
    }

    #[test]
    fn a_frame_gathers_and_an_unchanged_one_is_known() {
        let mut pictures = Pictures::new(Size::new(20, 3));
        let first = words(&mut pictures, "hello");
        assert!(first.changed && String::from_utf8(first.bytes).unwrap().contains("hello"));
        let coloured = pictures.frame(|buffer| {
            buffer.set_string(1, 1, "a b", Style::new().fg(Color::Cyan));
            None
        });
        assert!(String::from_utf8(coloured.bytes).unwrap().contains("\x1b[2;2H\x1b[36ma b\x1b[m"));
        words(&mut pictures, "hello");
        let idle = words(&mut pictures, "hello");
        assert!(!idle.changed && idle.bytes.len() < 16, "only the cursor: {:?}", idle.bytes);
        pictures.set_size(Size::new(20, 3));
        assert!(!words(&mut pictures, "hello").changed, "the same size");
        pictures.set_size(Size::new(1, 1));
        let anew = words(&mut pictures, "hello");
        assert!(anew.changed && anew.bytes.starts_with(CLEAR));
        pictures.forget();
        assert!(words(&mut pictures, "hello").bytes.starts_with(CLEAR));
    }

    #[test]
    fn one_changed_cell_is_a_small_frame() {
        let mut pictures = Pictures::new(Size::new(80, 24));
        words(&mut pictures, "abc");
        assert!(words(&mut pictures, "abcd").bytes.len() <= super::super::SMALL_FRAME);
        let long =
            "something else that is quite a bit longer than what was there: more than eighty bytes of it";
        let sent = words(&mut pictures, &long.repeat(2));
        assert!(sent.bytes.len() > 80, "{}", sent.bytes.len());
    }

    #[test]
    fn parts_change_what_they_say_and_keep_the_rest() {
        let mut pictures = Pictures::new(Size::new(20, 3));
        assert!(!pictures.is_known());
        pictures.frame(|buffer| {
            buffer.set_string(0, 0, "12:00 left", Style::new());
            buffer.set_string(0, 1, "漢字 stays", Style::new());
            Some((4, 2))
        });
        assert!(pictures.is_known());
        let area = Rect::new(0, 0, 12, 1);
        let sent = pictures.parts(|buffer| {
            buffer.set_string(0, 0, "11:59 left", Style::new());
            Some(vec![area, Rect::new(30, 30, 4, 4)])
        });
        let sent = sent.unwrap();
        assert!(sent.changed);
        assert_eq!(String::from_utf8(sent.bytes).unwrap(), "\x1b[1;2H1\x1b[1;4H59\x1b[?25h\x1b[3;5H");
        let again = pictures.parts(|buffer| {
            buffer.set_string(0, 0, "11:59 left", Style::new());
            Some(vec![area])
        });
        assert!(!again.unwrap().changed);
        let none = pictures.parts(|buffer| {
            buffer.set_string(0, 2, "half", Style::new());
            None
        });
        assert!(none.is_none());
        // The whole picture that follows differs from what was shown in nothing.
        let whole = pictures.frame(|buffer| {
            buffer.set_string(0, 0, "11:59 left", Style::new());
            buffer.set_string(0, 1, "漢字 stays", Style::new());
            Some((4, 2))
        });
        assert!(!whole.changed, "{:?}", String::from_utf8(whole.bytes));
    }

    proptest! {
        /// Seconds that were made ahead send what they would send when each is made in its time, and until they are shown
        /// the picture is the one before them.
        #[test]
        fn pictures_made_ahead_are_those_of_their_time(
            frames in prop::collection::vec("[ab 漢🔥❤️é]{0,6}", 1..6), shown in 0_usize..6
        ) {
            let area = Rect::new(3, 1, 12, 1);
            let draw = |text: &str, buffer: &mut Buffer| {
                buffer.set_stringn(3, 1, text, 12, Style::new());
                Some(vec![area])
            };
            let (mut ahead, mut in_time) = (Pictures::new(Size::new(20, 3)), Pictures::new(Size::new(20, 3)));
            words(&mut ahead, "hello");
            words(&mut in_time, "hello");
            let made: Vec<_> =
                frames.iter().filter_map(|text| ahead.later(|buffer| draw(text, buffer))).collect();
            prop_assert_eq!(made.len(), frames.len());
            ahead.take_back(made.iter());
            prop_assert_eq!(&ahead.shown, &in_time.shown);
            for (text, later) in frames.iter().zip(made).take(shown) {
                let sent = in_time.parts(|buffer| draw(text, buffer)).unwrap();
                prop_assert_eq!(ahead.show(later).bytes, sent.bytes);
                prop_assert_eq!(&ahead.shown, &in_time.shown);
            }
            prop_assert_eq!(words(&mut ahead, "then").bytes, words(&mut in_time, "then").bytes);
        }

        /// Rows one by one say what ratatui says of the whole.
        #[test]
        fn the_cells_of_differing_rows_are_those_of_the_whole(
            frames in prop::collection::vec(
                prop::collection::vec((0_u16..14, "[ab 漢🔥❤️é]{0,4}", 0_u8..3), 0..14), 2..3
            )
        ) {
            let area = Rect::new(0, 0, 12, 14);
            let mut buffers = frames.iter().map(|texts| {
                let mut buffer = Buffer::empty(area);
                for (y, text, style) in texts {
                    let style = if *style == 0 { Style::new() } else { Style::new().bg(Color::Indexed(*style)) };
                    buffer.set_stringn(0, *y, text, 11, style);
                }
                buffer
            });
            let (before, after) = (buffers.next().unwrap(), buffers.next().unwrap());
            let whole: Vec<_> = before.diff_iter(&after).map(|(x, y, cell)| (x, y, cell.clone())).collect();
            let mut by_row = Vec::new();
            differing(&before, &after, |cells| {
                by_row.extend(cells.map(|(x, y, cell)| (x, y, cell.clone())));
            });
            prop_assert_eq!(by_row, whole);
        }
    }
}
