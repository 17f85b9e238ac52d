//! The thread that listens to signals: those that end the program are carried out here, within a second and without
//! the run loop; the others are passed to it. It must not touch the model.

use std::io;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::shell::input::Poke;
use crate::shell::terminal;

/// The longest that putting the terminal back and syncing drafts may take before the program ends anyway.
const LONGEST_END: Duration = Duration::from_millis(700);

/// A signal that the run loop answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalNote {
    /// The terminal has another size.
    Resized,
    /// Somebody asks this program to stop for a while (Ctrl-z from outside): call `Terminal::stop`.
    Stop,
    /// This program runs again: call `Terminal::reenter`.
    Continued,
}

/// Starts listening. `at_end` runs before the program ends by a signal: it syncs the draft journal and must not
/// need the run loop.
///
/// # Errors
/// The host refuses the handlers or the thread.
pub fn listen(poke: Poke, at_end: impl Fn() + Send + Sync + 'static) -> io::Result<Receiver<SignalNote>> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGWINCH])?;
    let (sender, receiver) = mpsc::channel();
    let at_end = std::sync::Arc::new(at_end);
    let run = move || {
        for signal in signals.forever() {
            let note = match signal {
                // Ctrl-c in an editor reaches us too, and is the editor's.
                SIGINT if terminal::lent() => continue,
                SIGTSTP if terminal::lent() => {
                    let _ = emulate_default_handler(SIGTSTP);
                    continue;
                }
                SIGTERM | SIGHUP | SIGINT => {
                    end(signal, at_end.clone());
                    return;
                }
                SIGTSTP => SignalNote::Stop,
                SIGCONT => SignalNote::Continued,
                _ => SignalNote::Resized,
            };
            if sender.send(note).is_err() {
                return;
            }
            poke.poke();
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(run)?;
    Ok(receiver)
}

/// Puts the terminal back, syncs, and ends the process as the signal would have.
fn end(signal: i32, at_end: std::sync::Arc<impl Fn() + Send + Sync + 'static>) {
    let (done, waits) = mpsc::channel();
    let work = move || {
        terminal::restore();
        at_end();
        let _ = done.send(());
    };
    if std::thread::Builder::new().name("ending".into()).spawn(work).is_ok() {
        let _ = waits.recv_timeout(LONGEST_END);
    }
    let _ = emulate_default_handler(signal);
}
