//! The terminal, its input and the signals in a pseudo-terminal: this test binary runs itself as the program.
#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on may panic")]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use ratatui::buffer::Buffer;
use ratatui::style::Style;
use rustix::process::{Pid, Signal, kill_process};
use warroom::app::key::{Key, KeyCode};
use warroom::domain::ids::EventId;
use warroom::shell::drafts::{Draft, Journal};
use warroom::shell::input::{Input, Wake};
use warroom::shell::process::Program;
use warroom::shell::signals;
use warroom::shell::terminal::{Terminal, install_panic_hook};

const CHILD: &str = "WARROOM_TEST_CHILD";
const LEAVE: &str = "\x1b[?1049l";

fn draft(text: &str) -> Draft {
    let (field, mode, person) = ("composer".into(), String::new(), String::new());
    let id = EventId(uuid::Uuid::from_u128(7));
    let (text, rest) = (text.into(), String::new());
    Draft { id, incident: None, field, mode, text, cursor: 0, at: None, rest, person }
}

/// What the child runs: a screen that shows what was typed, with a key for each way out.
fn child(drafts: &Path) {
    install_panic_hook(drafts.into());
    let mut terminal = Terminal::enter(false).unwrap();
    let mut input = Input::new().unwrap();
    let mut journal = Journal::begin(drafts, "child").unwrap();
    let syncer = journal.syncer();
    input.set_signals(signals::listen(input.poker(), move || syncer.sync()).unwrap());
    let mut typed = String::new();
    loop {
        journal.write(&draft(&typed), Duration::ZERO).unwrap();
        let shown = format!("ready<{typed}> {}", terminal.size());
        let draw = |buffer: &mut Buffer| {
            buffer.set_stringn(0, 0, &shown, usize::from(buffer.area.width), Style::new());
            None
        };
        terminal.draw(draw).unwrap();
        for wake in input.wait(None, None).unwrap() {
            match wake {
                Wake::Key(Key { code: KeyCode::Char('q'), .. }) | Wake::HangUp => return,
                Wake::Key(Key { code: KeyCode::Char('p'), .. }) => panic!("the secret {typed}"),
                Wake::Key(Key { code: KeyCode::Char('z'), .. }) | Wake::Stop => terminal.stop().unwrap(),
                Wake::Key(Key { code: KeyCode::Char('e'), .. }) => {
                    input.take_in().unwrap();
                    let editor = Program::new(["sh", "-c", "echo editor; read line; echo \"got[$line]\""]);
                    terminal.suspend(|| editor.attached()).unwrap().unwrap();
                }
                Wake::Key(key) => typed.extend(key.typed()),
                Wake::Paste(text) | Wake::Burst { text, .. } => typed.push_str(&text.replace('\n', "|")),
                Wake::Resize => drop(terminal.resize()),
                Wake::Continued => terminal.reenter().unwrap(),
                Wake::Mouse(_) | Wake::Poked | Wake::Watch => {}
            }
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the parent tells the child by a variable that it is one")]
fn as_a_child() {
    if let Some(drafts) = std::env::var_os(CHILD) {
        child(Path::new(&drafts));
    }
}

struct Session {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    drafts: PathBuf,
    _folder: tempfile::TempDir,
}

impl Session {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let drafts = folder.path().to_owned();
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--exact", "shell::pty::as_a_child", "--nocapture", "--test-threads=1"]);
        command.env(CHILD, &drafts);
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n) = reader.read(&mut buffer) {
                if n == 0 || sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().ok();
        let mut session = Self {
            master: Some(pair.master),
            writer,
            child,
            output,
            seen: Vec::new(),
            drafts,
            _folder: folder,
        };
        session.until("ready<>");
        session
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    /// Waits until the output since the last call holds the text, and forgets it up to there.
    fn until(&mut self, text: &str) {
        loop {
            if let Some(at) = self.seen.windows(text.len()).position(|w| w == text.as_bytes()) {
                self.seen.drain(..at + text.len());
                return;
            }
            match self.output.recv_timeout(Duration::from_secs(20)) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(_) => panic!("{text:?} never came; there was {:?}", self.text()),
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes).unwrap();
        writer.flush().unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap().try_into().unwrap()).unwrap()
    }

    fn is_cooked(&self) -> bool {
        let termios = self.master.as_ref().unwrap().get_termios().unwrap();
        format!("{:?}", termios.local_flags).contains("ICANON")
    }

    /// Waits for the end and the last output.
    fn end(&mut self) -> portable_pty::ExitStatus {
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
            self.seen.extend(bytes);
        }
        status
    }

    fn recovered(&self) -> Vec<String> {
        let mut journal = Journal::begin(&self.drafts, "after").unwrap();
        journal.take_over("", Duration::ZERO).unwrap().drafts.into_iter().map(|d| d.text).collect()
    }
}

#[test]
fn leaving_puts_the_terminal_back() {
    let mut session = Session::start();
    assert!(!session.is_cooked());
    for key in ["a", "\x1b[A", "b"] {
        session.send(key.as_bytes());
    }
    session.until("b");
    session.send(b"q");
    assert!(session.end().success(), "{}", session.text());
    assert!(session.text().contains(LEAVE) && session.is_cooked());
}

#[test]
fn signals_put_the_terminal_back_and_keep_what_was_typed() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut session = Session::start();
        session.send(b"k");
        session.until("k");
        let pid = session.pid();
        kill_process(pid, signal).unwrap();
        let status = session.end();
        assert!(status.signal().is_some(), "ended by the signal itself: {status:?}");
        assert!(session.text().contains(LEAVE) && session.is_cooked(), "{signal:?}");
        assert_eq!(session.recovered(), ["k"]);
    }
}

#[test]
fn being_killed_loses_nothing_that_was_drawn() {
    let mut session = Session::start();
    session.send(b"k");
    session.until("k");
    kill_process(session.pid(), Signal::KILL).unwrap();
    session.end();
    assert_eq!(session.recovered(), ["k"]);
}

#[test]
fn a_panic_puts_the_terminal_back_and_does_not_tell_what_was_typed() {
    let mut session = Session::start();
    session.send(b"k");
    session.until("k");
    session.send(b"p");
    assert!(!session.end().success());
    let text = session.text();
    let after = text.split_once(LEAVE).unwrap().1;
    assert!(after.contains("stopped by a fault of its own at"), "{after}");
    assert!(after.contains(session.drafts.to_str().unwrap()) && !after.contains("secret"), "{after}");
    assert!(session.is_cooked());
    assert_eq!(session.recovered(), ["k"]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test looks at the time, so that it never waits for ever")]
fn a_closed_terminal_ends_the_program_and_keeps_what_was_typed() {
    let mut session = Session::start();
    session.send(b"k");
    session.until("k");
    // The reading thread holds the terminal too: it lets go at the next output, which a new size brings.
    session.output = mpsc::channel().1;
    let size = PtySize { rows: 25, cols: 81, pixel_width: 0, pixel_height: 0 };
    session.master.as_ref().unwrap().resize(size).unwrap();
    (session.writer, session.master) = (None, None);
    let begun = std::time::Instant::now();
    while session.child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the program outlives its terminal");
        std::thread::yield_now();
    }
    assert_eq!(session.recovered(), ["k"]);
}

#[test]
fn stopping_gives_the_terminal_back_until_continued() {
    let mut session = Session::start();
    session.send(b"z");
    session.until(LEAVE);
    let stat = format!("/proc/{}/stat", session.pid().as_raw_nonzero());
    while !std::fs::read_to_string(&stat).unwrap().contains(") T ") {
        std::thread::yield_now();
    }
    assert!(session.is_cooked());
    kill_process(session.pid(), Signal::CONT).unwrap();
    session.until("\x1b[?1049h");
    session.until("ready<>");
    session.send(b"y");
    session.until("y");
    assert!(!session.is_cooked());
    session.send(b"q");
    assert!(session.end().success());
}

#[test]
fn an_editor_gets_every_key_and_the_screen_comes_back() {
    let mut session = Session::start();
    session.send(b"e");
    session.until(LEAVE);
    session.until("editor");
    session.send(b"every key of it\r");
    session.until("got[every key of it]");
    session.until("\x1b[?1049h");
    session.until("ready<>");
    session.send(b"w");
    session.until("w");
    session.send(b"q");
    assert!(session.end().success());
}

#[test]
fn a_paste_comes_whole_and_a_resize_is_seen() {
    let mut session = Session::start();
    session.send(b"\x1b[200~two\rlines\x1b[201~");
    session.until("two|lines");
    let size = PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 };
    session.master.as_ref().unwrap().resize(size).unwrap();
    session.until("100x30");
    session.send(b"q");
    assert!(session.end().success());
}
