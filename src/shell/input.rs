//! What wakes the run loop: keys, pastes, signals, results of workers, other processes' writes, a closed terminal.
//! It reads the terminal itself, since the terminal library spins for ever on a closed one. It must not decide what
//! a key does.

mod parser;

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use crate::app::key::{Key, KeyCode};
pub use crate::app::pointing::{Mouse, MouseKind};
use crate::shell::signals::SignalNote;
use parser::{Item, Parser};

/// The most that is read before the run loop may draw, in bytes: a paste of 10 MB comes in a few turns.
const MOST_AT_ONCE: usize = 1 << 20;
/// Keys that came in one go make a burst from this many on, when there is an end of line among them.
const BURST_LINES: usize = 8;
/// Or from this many on, when they are not one key held down.
const BURST_CHARS: usize = 32;

/// One reason to wake up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// A key.
    Key(Key),
    /// A bracketed paste: line ends are `\n`, other control characters but tab are gone.
    Paste(String),
    /// Text that came faster than anybody types and without brackets: a paste on a terminal without them, or keys
    /// on a slow line.
    Burst {
        /// As text, Enter being `\n`.
        text: String,
        /// As keys, for whoever takes it as typing (the composer).
        keys: Vec<Key>,
    },
    /// The mouse.
    Mouse(Mouse),
    /// The terminal has another size: call `Terminal::resize`.
    Resize,
    /// Stop for a while: call `Terminal::stop`.
    Stop,
    /// This program runs again: call `Terminal::reenter`.
    Continued,
    /// A worker has a result.
    Poked,
    /// The watched descriptor is readable.
    Watch,
    /// The terminal is gone: end without drawing.
    HangUp,
}

/// Wakes the run loop from any thread.
#[derive(Debug, Clone)]
pub struct Poke(Arc<OwnedFd>);

impl Poke {
    /// Makes the loop's next (or present) wait return [`Wake::Poked`].
    pub fn poke(&self) {
        // Full means that a wake is due anyway.
        let _ = rustix::io::write(&*self.0, &1_u64.to_ne_bytes());
    }
}

/// The input of the run loop.
#[derive(Debug)]
pub struct Input {
    tty: OwnedFd,
    poke: Poke,
    signals: Option<Receiver<SignalNote>>,
    parser: Parser,
    queue: VecDeque<Wake>,
    gone: bool,
}

impl Input {
    /// Reads from standard input.
    ///
    /// # Errors
    /// The host has no descriptor left.
    pub fn new() -> io::Result<Self> {
        Self::from_fd(rustix::io::dup(io::stdin())?)
    }

    /// Reads from this terminal (or, in tests, pipe).
    ///
    /// # Errors
    /// The host has no descriptor left.
    pub fn from_fd(tty: OwnedFd) -> io::Result<Self> {
        let wake = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?;
        let (parser, queue) = (Parser::default(), VecDeque::new());
        Ok(Self { tty, poke: Poke(Arc::new(wake)), signals: None, parser, queue, gone: false })
    }

    /// What wakes this input from other threads.
    #[must_use]
    pub fn poker(&self) -> Poke {
        self.poke.clone()
    }

    /// Takes over the notes of `signals::listen`.
    pub fn set_signals(&mut self, signals: Receiver<SignalNote>) {
        self.signals = Some(signals);
    }

    /// Waits until something happens or the time is over (then nothing is returned; `None` waits for ever). The
    /// watched descriptor is only looked at: whoever owns it reads it.
    ///
    /// # Errors
    /// The host cannot wait; not a closed terminal, which is [`Wake::HangUp`].
    pub fn wait(
        &mut self,
        timeout: Option<Duration>,
        watch: Option<BorrowedFd<'_>>,
    ) -> io::Result<Vec<Wake>> {
        if self.queue.is_empty() && !self.gone {
            self.turn(timeout, watch)?;
        } else {
            self.turn(Some(Duration::ZERO), watch)?;
        }
        Ok(self.queue.drain(..).collect())
    }

    /// Takes in what was typed so far without waiting, before the terminal is handed over; the next [`Input::wait`]
    /// returns it.
    ///
    /// # Errors
    /// As [`Input::wait`].
    pub fn take_in(&mut self) -> io::Result<()> {
        self.turn(Some(Duration::ZERO), None)
    }

    fn turn(&mut self, timeout: Option<Duration>, watch: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let patience = self.parser.patience();
        let unfinished = self.parser.unfinished();
        let (ready, timed_out) = match timeout {
            _ if !unfinished => (self.poll(timeout, watch)?, false),
            Some(t) if t < patience => (self.poll(timeout, watch)?, false),
            _ => {
                let ready = self.poll(Some(patience), watch)?;
                (ready, !ready.tty)
            }
        };
        let mut items = Vec::new();
        if ready.tty {
            self.read(&mut items)?;
        } else if timed_out {
            self.parser.finish(&mut items);
        }
        if ready.hung_up || self.gone {
            self.parser.finish(&mut items);
            self.gone = true;
        }
        self.sort(items);
        if ready.poked {
            let mut count = [0; 8];
            let _ = rustix::io::read(&*self.poke.0, &mut count);
            let notes: Vec<SignalNote> = self.signals.iter().flat_map(Receiver::try_iter).collect();
            for note in notes {
                let wake = match note {
                    SignalNote::Resized => Wake::Resize,
                    SignalNote::Stop => Wake::Stop,
                    SignalNote::Continued => Wake::Continued,
                };
                // A window that is dragged reports many sizes; only the last counts.
                if self.queue.back() != Some(&wake) {
                    self.queue.push_back(wake);
                }
            }
            self.queue.push_back(Wake::Poked);
        }
        if ready.watch {
            self.queue.push_back(Wake::Watch);
        }
        if self.gone {
            self.queue.push_back(Wake::HangUp);
        }
        Ok(())
    }

    fn poll(&self, timeout: Option<Duration>, watch: Option<BorrowedFd<'_>>) -> io::Result<Ready> {
        let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
        // A closed terminal is ready for ever: it is reported once and then left alone.
        let tty_events = if self.gone { PollFlags::empty() } else { PollFlags::IN };
        let poke = self.poke.0.as_fd();
        let mut fds = vec![PollFd::new(&poke, PollFlags::IN)];
        if let Some(fd) = watch {
            fds.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
        }
        if !self.gone {
            fds.push(PollFd::new(&self.tty, tty_events));
        }
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(Ready::default()),
            Err(error) => return Err(error.into()),
        }
        let flags = |n: usize| fds.get(n).map_or(PollFlags::empty(), PollFd::revents);
        let tty = if self.gone { PollFlags::empty() } else { flags(1 + usize::from(watch.is_some())) };
        let bad = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        Ok(Ready {
            poked: flags(0).contains(PollFlags::IN),
            watch: watch.is_some() && flags(1).contains(PollFlags::IN),
            // What was typed before the line broke is still read.
            tty: tty.contains(PollFlags::IN),
            hung_up: tty.intersects(bad),
        })
    }

    /// Reads until nothing is left or enough came for one turn.
    fn read(&mut self, items: &mut Vec<Item>) -> io::Result<()> {
        let mut buffer = vec![0; 16 << 10];
        let mut total = 0;
        loop {
            match rustix::io::read(&self.tty, &mut buffer) {
                Ok(0) => {
                    self.gone = true;
                    break;
                }
                Ok(n) => {
                    self.parser.advance(buffer.get(..n).unwrap_or_default(), items);
                    total += n;
                }
                Err(rustix::io::Errno::INTR) => continue,
                Err(rustix::io::Errno::AGAIN) => break,
                // EIO is how a terminal says that its other side is closed.
                Err(_) => {
                    self.gone = true;
                    break;
                }
            }
            let ready = self.poll(Some(Duration::ZERO), None)?;
            if !ready.tty || total >= MOST_AT_ONCE {
                break;
            }
        }
        Ok(())
    }

    /// Turns what was read in one go into wakes, telling bursts from typing.
    fn sort(&mut self, items: Vec<Item>) {
        let mut run = Vec::new();
        for item in items {
            match item {
                Item::Key(key) if is_text(key) => run.push(key),
                other => {
                    self.end_run(&mut run);
                    self.queue.push_back(match other {
                        Item::Key(key) => Wake::Key(key),
                        Item::Paste(text) => Wake::Paste(text),
                        Item::Mouse(mouse) => Wake::Mouse(mouse),
                    });
                }
            }
        }
        self.end_run(&mut run);
    }

    fn end_run(&mut self, run: &mut Vec<Key>) {
        let keys = std::mem::take(run);
        if is_burst(&keys) {
            let text = keys.iter().filter_map(|key| text_of(*key)).collect();
            self.queue.push_back(Wake::Burst { text, keys });
        } else {
            self.queue.extend(keys.into_iter().map(Wake::Key));
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Ready {
    tty: bool,
    hung_up: bool,
    poked: bool,
    watch: bool,
}

fn text_of(key: Key) -> Option<char> {
    match key.code {
        KeyCode::Enter if key.modifiers == Default::default() => Some('\n'),
        KeyCode::Tab if key.modifiers == Default::default() => Some('\t'),
        _ => key.typed(),
    }
}

fn is_text(key: Key) -> bool {
    text_of(key).is_some()
}

fn is_burst(keys: &[Key]) -> bool {
    let different = || {
        let mut seen = keys.to_vec();
        seen.sort_unstable();
        seen.dedup();
        seen.len() > 3
    };
    let has_line_end = keys.iter().any(|key| key.code == KeyCode::Enter);
    (keys.len() >= BURST_LINES && has_line_end && different()) || (keys.len() >= BURST_CHARS && different())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piped() -> (Input, OwnedFd) {
        let (read, write) = rustix::pipe::pipe().unwrap();
        (Input::from_fd(read).unwrap(), write)
    }

    fn now(input: &mut Input) -> Vec<Wake> {
        input.wait(Some(Duration::ZERO), None).unwrap()
    }

    fn send(to: &OwnedFd, bytes: &[u8]) {
        assert_eq!(rustix::io::write(to, bytes).unwrap(), bytes.len());
    }

    #[test]
    fn keys_come_in_order_and_typing_is_no_burst() {
        let (mut input, tty) = piped();
        send(&tty, b"jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj");
        let wakes = now(&mut input);
        assert_eq!(wakes.len(), 38);
        assert!(wakes.iter().all(|w| *w == Wake::Key(Key::char('j'))));
        send(&tty, b"i on\r");
        assert_eq!(now(&mut input).len(), 5);
        assert_eq!(now(&mut input), []);
    }

    #[test]
    fn an_unbracketed_paste_is_a_burst_with_its_keys() {
        let (mut input, tty) = piped();
        send(&tty, b"rm one\rrm two\r");
        let wakes = now(&mut input);
        assert!(
            matches!(&wakes[..], [Wake::Burst { text, keys }] if text == "rm one\nrm two\n" && keys.len() == 14)
        );
        send(&tty, b"a rather long line without any end, pasted at once\x1b[A");
        assert!(matches!(&now(&mut input)[..], [Wake::Burst { .. }, Wake::Key(_)]));
    }

    #[test]
    fn a_lone_esc_is_the_key_after_a_moment_and_a_sequence_may_come_in_pieces() {
        let (mut input, tty) = piped();
        send(&tty, b"\x1b");
        assert_eq!(now(&mut input), []);
        assert_eq!(
            input.wait(Some(Duration::from_secs(5)), None).unwrap(),
            [Wake::Key(Key::plain(KeyCode::Esc))]
        );
        send(&tty, b"\x1b[");
        assert_eq!(now(&mut input), []);
        send(&tty, b"A");
        assert_eq!(now(&mut input), [Wake::Key(Key::plain(KeyCode::Up))]);
    }

    #[test]
    fn a_closed_terminal_is_reported_after_what_was_typed() {
        let (mut input, tty) = piped();
        send(&tty, b"ab\x1b");
        drop(tty);
        let wakes = now(&mut input);
        assert_eq!(wakes.last(), Some(&Wake::HangUp));
        assert_eq!(wakes.len(), 4, "{wakes:?}");
        assert_eq!(now(&mut input), [Wake::HangUp], "and stays reported");
    }

    #[test]
    fn workers_and_watched_files_wake_the_loop() {
        let (mut input, _tty) = piped();
        let poke = input.poker();
        let (watched, writer) = rustix::pipe::pipe().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| poke.poke());
            assert_eq!(input.wait(None, None).unwrap(), [Wake::Poked]);
        });
        send(&writer, b"x");
        assert_eq!(input.wait(None, Some(watched.as_fd())).unwrap(), [Wake::Watch]);
        assert_eq!(now(&mut input), []);
    }

    #[test]
    fn what_was_typed_before_a_hand_over_is_kept() {
        let (mut input, tty) = piped();
        send(&tty, b"abc");
        input.take_in().unwrap();
        send(&tty, b"d");
        assert_eq!(now(&mut input).len(), 4);
    }

    #[test]
    fn signals_become_wakes_and_resizes_are_joined() {
        let (mut input, _tty) = piped();
        let (sender, receiver) = std::sync::mpsc::channel();
        input.set_signals(receiver);
        for note in [SignalNote::Resized, SignalNote::Resized, SignalNote::Stop, SignalNote::Continued] {
            sender.send(note).unwrap();
        }
        input.poker().poke();
        assert_eq!(now(&mut input), [Wake::Resize, Wake::Stop, Wake::Continued, Wake::Poked]);
    }
}
