//! The full screen: entering and leaving it, drawing on it, handing it to an editor and back. It must not know what
//! is drawn, nor read keys (`input` does).
//!
//! Every frame is one write, wrapped in a synchronized update when it changes more than a cell or two. Whatever
//! ends the program (leaving, an error, a panic, a signal) puts the terminal back through [`restore()`].

mod encode;
mod pictures;
mod restore;

use std::io;

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

pub use pictures::Later;
use pictures::{Pictures, Sent};
pub(in crate::shell) use restore::lent;
pub use restore::{install_panic_hook, is_up, restore};

/// What begins and ends a synchronized update (DEC mode 2026; ignored by terminals that do not know it).
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Frames of at most this many bytes change a cell or two and are sent bare.
const SMALL_FRAME: usize = 96;

/// Why the full screen cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard input or output is not a terminal.
    #[error(
        "the full screen needs a terminal; here `warroom list`, `show` or `log` work too, see `warroom --help`"
    )]
    NoTerminal,
    /// The terminal does not answer.
    #[error("the terminal cannot be used: {0}")]
    Io(#[from] io::Error),
}

/// What the full screen needs, before it is entered: the terminal is as it was.
#[derive(Debug)]
pub struct Prepared {
    pictures: Pictures,
}

impl Prepared {
    /// Makes the screen's memory in the size of the terminal.
    ///
    /// # Errors
    /// [`TerminalError`] when there is no terminal.
    pub fn new() -> Result<Self, TerminalError> {
        if !restore::can_enter() {
            return Err(TerminalError::NoTerminal);
        }
        Ok(Self { pictures: Pictures::new(screen_size()) })
    }

    /// The size of the screen.
    #[must_use]
    pub fn size(&self) -> Size {
        self.pictures.size()
    }

    /// Draws a frame that nobody sees. Code and memory that are used for the first time cost more than the drawing;
    /// whoever has to wait for something else anyway pays for that meanwhile.
    pub fn rehearse(&mut self, render: impl FnOnce(&mut Buffer)) {
        let buffer = self.pictures.next_mut();
        render(buffer);
        buffer.reset();
    }

    /// Enters the full screen, see [`Terminal::enter`].
    ///
    /// # Errors
    /// [`TerminalError`] when the terminal cannot be set up.
    pub fn enter(self, mouse: bool) -> Result<Terminal, TerminalError> {
        if let Err(error) = restore::enter(mouse) {
            restore();
            return Err(error.into());
        }
        Ok(Terminal { pictures: self.pictures, idle: Vec::new() })
    }
}

/// The full screen; the terminal is put back when it is dropped.
#[derive(Debug)]
pub struct Terminal {
    pictures: Pictures,
    /// What the last frame sent when it changed no cell: such frames are not sent twice.
    idle: Vec<u8>,
}

impl Terminal {
    /// Enters the full screen: raw mode, alternate screen, bracketed paste, and the mouse if asked for.
    ///
    /// # Errors
    /// [`TerminalError`] when there is no terminal or it cannot be set up.
    pub fn enter(mouse: bool) -> Result<Self, TerminalError> {
        Prepared::new()?.enter(mouse)
    }

    /// The size of the screen, as of the last [`Terminal::resize`].
    #[must_use]
    pub fn size(&self) -> Size {
        self.pictures.size()
    }

    /// Asks the terminal for its size, after a resize was reported; the next frame is drawn in it.
    pub fn resize(&mut self) -> Size {
        let size = screen_size();
        self.pictures.set_size(size);
        size
    }

    /// Draws a frame, of which `render` gives the cell of the cursor; only what changed is sent, in one write. Does
    /// nothing once the terminal was put back.
    ///
    /// # Errors
    /// The terminal cannot be written to any more.
    pub fn draw(&mut self, render: impl FnOnce(&mut Buffer) -> Option<(u16, u16)>) -> io::Result<()> {
        let sent = self.pictures.frame(render);
        self.send(sent)
    }

    /// Draws parts of the screen anew, where `render` gives which; all else, and the cursor, stays. Gives false, and does
    /// nothing, when it gives none, or when no whole picture is there yet.
    ///
    /// # Errors
    /// The terminal cannot be written to any more.
    pub fn draw_parts(&mut self, render: impl FnOnce(&mut Buffer) -> Option<Vec<Rect>>) -> io::Result<bool> {
        if !self.pictures.is_known() {
            return Ok(false);
        }
        match self.pictures.parts(render) {
            Some(sent) => self.send(sent).map(|()| true),
            None => Ok(false),
        }
    }

    /// Makes parts of a picture ahead of its time, which follows the last that was made so; nothing when `render` gives none.
    /// When all are made, [`Terminal::take_back`] must be told of them. They hold as long as nothing else is drawn.
    pub fn make(&mut self, render: impl FnOnce(&mut Buffer) -> Option<Vec<Rect>>) -> Option<Later> {
        self.pictures.later(render)
    }

    /// Says that none of these is shown yet; each will be, with [`Terminal::show`].
    pub fn take_back<'a>(&mut self, made: impl DoubleEndedIterator<Item = &'a Later>) {
        self.pictures.take_back(made);
    }

    /// Shows the first of the pictures that were made ahead and not shown.
    ///
    /// # Errors
    /// The terminal cannot be written to any more.
    pub fn show(&mut self, later: Later) -> io::Result<()> {
        let sent = self.pictures.show(later);
        self.send(sent)
    }

    fn send(&mut self, Sent { bytes, changed }: Sent) -> io::Result<()> {
        if !changed && bytes == self.idle {
            return Ok(());
        }
        let sent = if bytes.len() > SMALL_FRAME {
            restore::send(&[BEGIN, &bytes, END].concat())
        } else {
            restore::send(&bytes)
        };
        self.idle = if changed { Vec::new() } else { bytes };
        sent
    }

    /// Forgets what is on the screen, so that the next frame is drawn whole (Ctrl-l).
    pub fn clear(&mut self) {
        self.idle.clear();
        self.pictures.forget();
    }

    /// Hands the terminal over: leaves every mode, runs, and enters again with a screen that is drawn whole. Bytes
    /// not read yet stay for the one that runs; what was read is kept by `Input`.
    ///
    /// # Errors
    /// The terminal cannot be left or entered.
    pub fn suspend<T>(&mut self, run: impl FnOnce() -> T) -> io::Result<T> {
        let mouse = restore::hand_over();
        let result = run();
        restore::enter(mouse)?;
        restore::handed_back();
        self.resize();
        self.clear();
        Ok(result)
    }

    /// Stops this process until it is continued (Ctrl-z), the terminal being put back meanwhile.
    ///
    /// # Errors
    /// The terminal cannot be left or entered.
    pub fn stop(&mut self) -> io::Result<()> {
        self.suspend(|| signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP))?
    }

    /// Sets every mode again: another program may have changed them while this one was stopped.
    ///
    /// # Errors
    /// The terminal cannot be set up.
    pub fn reenter(&mut self) -> io::Result<()> {
        restore::enter_again()?;
        self.resize();
        self.clear();
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

fn screen_size() -> Size {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size::new(size.ws_col, size.ws_row),
        // Serial lines and some containers do not say.
        _ => Size::new(80, 24),
    }
}
