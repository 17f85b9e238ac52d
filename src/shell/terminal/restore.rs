//! What must be undone on every way out, and the one lock under which the terminal is written. It must not draw.

use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use crate::domain::safe::SafeText;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// Alternate screen, clear, bracketed paste, cursor hidden until a frame shows it.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[?2004h\x1b[?25l";
/// Clicks and the wheel, with SGR coordinates.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
/// Everything back, the open synchronized update included; harmless where a mode was not set.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

/// The full screen, while it is up.
struct Up {
    original: Termios,
    mouse: bool,
    /// The modes to set, which go out with the first frame: a write of their own would only show an empty screen, and
    /// have the terminal take the processor while the frame is being made.
    modes: Vec<u8>,
}

/// `None` while the terminal is as it was found.
static UP: Mutex<Option<Up>> = Mutex::new(None);

/// The modes in which the terminal was found. A lock of its own, never held while writing, so that they can be set
/// even when a write hangs on a stalled terminal.
static FOUND: Mutex<Option<Termios>> = Mutex::new(None);

/// Whether a thread panicked: the program ends, whatever else it is doing.
static FAULT: AtomicBool = AtomicBool::new(false);

/// Whether the terminal is lent to an editor or a shell: its signals are then not ours.
static LENT: AtomicBool = AtomicBool::new(false);

fn lock() -> MutexGuard<'static, Option<Up>> {
    UP.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn can_enter() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

pub(super) fn enter(mouse: bool) -> io::Result<()> {
    let mut up = lock();
    let original = tcgetattr(io::stdin())?;
    *FOUND.lock().unwrap_or_else(PoisonError::into_inner) = Some(original.clone());
    let mut raw = original.clone();
    raw.make_raw();
    // Not FLUSH: what was typed ahead stays.
    tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
    *up = Some(Up { original, mouse, modes: modes(mouse) });
    Ok(())
}

/// Sets the modes again without taking the present ones for the original.
pub(super) fn enter_again() -> io::Result<()> {
    let mut up = lock();
    let Some(up) = up.as_mut() else { return Ok(()) };
    let mut raw = up.original.clone();
    raw.make_raw();
    tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
    up.modes = modes(up.mouse);
    Ok(())
}

fn modes(mouse: bool) -> Vec<u8> {
    if mouse { [ENTER, MOUSE_ON].concat() } else { ENTER.to_vec() }
}

/// Sends a frame, the first one with the modes before it; nothing once the terminal was put back.
pub(super) fn send(bytes: &[u8]) -> io::Result<()> {
    let mut up = lock();
    let Some(up) = up.as_mut().filter(|_| !bytes.is_empty()) else { return Ok(()) };
    if up.modes.is_empty() {
        return write_all(bytes);
    }
    let modes = std::mem::take(&mut up.modes);
    write_all(&[&modes, bytes].concat())
}

/// One write in nearly all cases; std's line buffer would make several.
fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(io::stdout(), bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Leaves the screen for another program; returns whether the mouse was on.
pub(super) fn hand_over() -> bool {
    LENT.store(true, Ordering::SeqCst);
    let mut up = lock();
    let mouse = up.as_ref().is_some_and(|up| up.mouse);
    put_back(&mut up);
    mouse
}

pub(super) fn handed_back() {
    LENT.store(false, Ordering::SeqCst);
}

/// Whether another program has the terminal.
pub(in crate::shell) fn lent() -> bool {
    LENT.load(Ordering::SeqCst)
}

/// Whether the full screen is up. False after a panic anywhere or a signal that ends the program: the run loop then
/// ends too.
#[must_use]
pub fn is_up() -> bool {
    !FAULT.load(Ordering::SeqCst) && lock().is_some()
}

/// Puts the terminal back as it was found. Can be called from any thread, at any time, more than once.
pub fn restore() {
    // A thread that is stuck in a write to a stalled terminal must not keep us from ending.
    for _ in 0..50 {
        match UP.try_lock() {
            Ok(mut up) => return put_back(&mut up),
            Err(TryLockError::Poisoned(up)) => return put_back(&mut up.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(2)),
        }
    }
    if let Ok(found) = FOUND.try_lock()
        && let Some(original) = found.as_ref()
    {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, original);
    }
}

fn put_back(up: &mut Option<Up>) {
    if let Some(up) = up.take() {
        // A terminal that is gone cannot be put back, and nobody sees it. Where no frame was sent no mode was set.
        if up.modes.is_empty() {
            let _ = write_all(LEAVE);
        }
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &up.original);
    }
}

/// Installs what a panic does: the terminal is put back, then one line says where the program stopped. The message
/// of the panic is not shown, since it may hold what people typed. `drafts` is named as the place of unsaved text.
pub fn install_panic_hook(drafts: PathBuf) {
    std::panic::set_hook(Box::new(move |info| {
        FAULT.store(true, Ordering::SeqCst);
        restore();
        tracing::error!(place = place(info), "stopped by a fault");
        let mut stderr = io::stderr().lock();
        let _ = writeln!(stderr, "{}", SafeText::line(&farewell(&place(info), &drafts)));
    }));
}

fn farewell(place: &str, drafts: &Path) -> String {
    format!(
        "warroom: stopped by a fault of its own at {place}. Stored entries are safe; text not stored yet is in {} and \
         comes back at the next start. Please report this line.",
        drafts.display()
    )
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map_or_else(|| "an unknown place".into(), |at| format!("{}:{}", at.file(), at.line()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_name_the_drafts_and_nothing_in_their_path_acts() {
        let words =
            farewell("src/x.rs:1", Path::new("/home/\u{1b}[2J\u{202e}x\nwarroom: all is well/drafts"));
        let said = SafeText::line(&words);
        assert!(said.as_str().contains("^[[2J<U+202E>x warroom: all is well/drafts"), "{said}");
        assert!(!said.as_str().contains(char::is_control), "{said}");
    }
}
