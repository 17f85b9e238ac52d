//! The back end that collects a frame instead of sending it piece by piece. It must not touch the terminal.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::encode::{encode, move_to};

/// The cursor (DECTCEM).
const HIDE: &[u8] = b"\x1b[?25l";
const SHOW: &[u8] = b"\x1b[?25h";

/// Where the bytes of a frame gather. Flushing does nothing: ratatui flushes several times a frame, and each would
/// be a write of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Frames(Rc<RefCell<Vec<u8>>>);

impl Frames {
    /// Takes what has gathered.
    pub(super) fn take(&self) -> Vec<u8> {
        self.0.take()
    }
}

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A back end with a size that is asked for once a resize, not once a frame.
#[derive(Debug)]
pub(super) struct Sized {
    frames: Frames,
    size: Size,
    changed: bool,
    /// The screen was cleared since the last frame.
    fresh: bool,
}

impl Sized {
    pub(super) fn new(frames: Frames, size: Size) -> Self {
        // What enters the screen clears it.
        Self { frames, size, changed: false, fresh: true }
    }

    pub(super) fn known_size(&self) -> Size {
        self.size
    }

    pub(super) fn set_size(&mut self, size: Size) {
        self.size = size;
    }

    /// Whether a cell was drawn or the screen cleared since the last call.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }
}

impl Backend for Sized {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.changed = true;
        encode(&mut self.frames.0.borrow_mut(), content, std::mem::take(&mut self.fresh));
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.frames.write_all(HIDE)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.frames.write_all(SHOW)
    }

    /// The screen is never drawn relative to the cursor, and asking a mute terminal takes seconds.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        move_to(&mut self.frames.0.borrow_mut(), x, y);
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.changed = true;
        self.fresh |= clear_type == ClearType::All;
        // ED and EL of ECMA-48.
        self.frames.write_all(match clear_type {
            ClearType::All => b"\x1b[2J",
            ClearType::AfterCursor => b"\x1b[J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[K",
        })
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::widgets::Paragraph;

    use super::*;

    #[test]
    fn a_frame_gathers_and_an_unchanged_one_is_known() {
        let frames = Frames::default();
        let mut terminal = Terminal::new(Sized::new(frames.clone(), Size::new(20, 3))).unwrap();
        terminal.draw(|f| f.render_widget(Paragraph::new("hello"), f.area())).unwrap();
        assert!(terminal.backend_mut().take_changed());
        assert!(String::from_utf8(frames.take()).unwrap().contains("hello"));
        terminal.draw(|f| f.render_widget(Paragraph::new("hello"), f.area())).unwrap();
        assert!(!terminal.backend_mut().take_changed());
        let idle = frames.take();
        assert!(idle.len() < 16, "only the cursor: {idle:?}");
        terminal.backend_mut().set_size(Size::new(1, 1));
        terminal.draw(|f| f.render_widget(Paragraph::new("hello"), f.area())).unwrap();
        assert!(terminal.backend_mut().take_changed());
    }

    #[test]
    fn one_changed_cell_is_a_small_frame() {
        let frames = Frames::default();
        let mut terminal = Terminal::new(Sized::new(frames.clone(), Size::new(80, 24))).unwrap();
        let mut bytes = |text: &'static str| {
            terminal
                .draw(|f| {
                    f.render_widget(Paragraph::new(text), f.area());
                    f.set_cursor_position((3, 0));
                })
                .unwrap();
            frames.take().len()
        };
        bytes("abc");
        assert!(bytes("abcd") <= super::super::SMALL_FRAME);
        assert!(
            bytes("something else that is quite a bit longer than what was there before: 96 and more bytes")
                > super::super::SMALL_FRAME
        );
    }
}
