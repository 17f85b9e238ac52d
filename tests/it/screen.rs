//! The real binary in a pseudo-terminal: keys go in, a screen comes out. For tests of whole journeys.
#![expect(
    clippy::disallowed_methods,
    reason = "a test starts the program, looks at the time and at its own environment"
)]

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

/// The program under test: the one that was built with the test, or the one that `WARROOM_TEST_PROGRAM` names (a
/// release build, a copy that no build replaces).
pub(crate) fn program() -> &'static str {
    static PROGRAM: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        std::env::var("WARROOM_TEST_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_warroom").to_owned())
    });
    &PROGRAM
}

/// How long a text may take to appear before the test fails: generous, because machines are shared.
const PATIENCE: Duration = Duration::from_secs(30);

/// A home and a surrounding of its own: nothing of the developer's machine gets in.
pub(crate) struct World {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let user = folder.path().join("user");
        std::fs::create_dir(&user).unwrap();
        let git = user.join(".gitconfig");
        std::fs::write(&git, "[user]\n\tname = Alice\n\temail = alice@example.org\n").unwrap();
        let mut world = Self { folder, variables: Vec::new() };
        let home = world.home().display().to_string();
        for (name, value) in [
            ("WARROOM_HOME", home.as_str()),
            ("WARROOM_AS", "alice"),
            ("WARROOM_NOW", "2026-11-20T14:22:00Z"),
            ("GIT_CONFIG_GLOBAL", git.to_str().unwrap()),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
        ] {
            world.set(name, value);
        }
        world.set("HOME", user.to_str().unwrap());
        world
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(n, _)| n != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes an executable script.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// A program of this world's surroundings, not started yet.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.variables.iter().map(|(n, v)| (n, v)))
            .current_dir(self.folder.path());
        command
    }

    /// Runs a subcommand and gives its exit code and output.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        let done = self.command(program()).args(args).output().unwrap();
        (
            done.status.code().unwrap_or(-1),
            String::from_utf8_lossy(&done.stdout).into_owned(),
            String::from_utf8_lossy(&done.stderr).into_owned(),
        )
    }

    /// Runs a subcommand that must succeed, with `--json`, and gives the document.
    pub(crate) fn json(&self, args: &[&str]) -> serde_json::Value {
        let mut all = args.to_vec();
        all.push("--json");
        let (code, out, err) = self.run(&all);
        assert_eq!(code, 0, "{args:?}: {out}{err}");
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?} printed no JSON ({e}): {out}"))
    }

    /// Runs a subcommand that must succeed.
    pub(crate) fn done(&self, args: &[&str]) {
        let (code, out, err) = self.run(args);
        assert_eq!(code, 0, "{args:?}: {out}{err}");
    }

    /// Runs git, which must succeed, and gives what it printed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let done = self.command("git").args(args).output().unwrap();
        assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Has the home publish into another repository.
    pub(crate) fn set_archive(&self, repository: &std::path::Path) {
        let text = format!("[archive]\nrepository = \"{}\"\n", repository.display());
        std::fs::write(self.home().join("warroom.toml"), text).unwrap();
    }

    /// Starts the screen.
    pub(crate) fn screen(&self, args: &[&str], columns: u16, rows: u16) -> Screen {
        self.screen_of(&[&[program()], args].concat(), columns, rows)
    }

    /// Starts a program, which starts the screen, on a terminal of its own.
    pub(crate) fn screen_of(&self, words: &[&str], columns: u16, rows: u16) -> Screen {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(words[0]);
        command.args(&words[1..]);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command.cwd(self.folder.path());
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        let reading = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(n) = reader.read(&mut buffer) {
                if n == 0 || sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let cells = |n: u16| std::num::NonZero::new(n).unwrap();
        let parser = vt100::Parser::new(cells(rows), cells(columns), 0);
        let (master, writer, reading) = (Some(pair.master), Some(writer), Some(reading));
        Screen { master, writer, child, output, reading, parser, raw: Vec::new() }
    }
}

/// A running screen.
pub(crate) struct Screen {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    reading: Option<std::thread::JoinHandle<()>>,
    parser: vt100::Parser,
    raw: Vec<u8>,
}

impl Screen {
    /// What is on the screen now.
    pub(crate) fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// The cells with their colours.
    pub(crate) fn cells(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Every byte that came.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Waits until a text is on the screen.
    pub(crate) fn until(&mut self, text: &str) -> &mut Self {
        self.until_that(&format!("{text:?} on the screen"), |screen| screen.contains(text))
    }

    /// Waits until a text is not on the screen.
    pub(crate) fn until_gone(&mut self, text: &str) -> &mut Self {
        self.until_that(&format!("{text:?} gone"), |screen| !screen.contains(text))
    }

    pub(crate) fn until_that(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> &mut Self {
        let begun = Instant::now();
        while !is_so(&self.text()) {
            match self.output.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
                Ok(bytes) => self.show(&bytes),
                Err(_) => panic!("waited in vain for {what}; the screen was:\n{}", self.text()),
            }
        }
        self
    }

    /// Types text as a person does: one key after the other, each seen by the program as a key of its own.
    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.send(c.to_string().as_bytes());
        }
        self
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> &mut Self {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes).unwrap();
        writer.flush().unwrap();
        self
    }

    fn show(&mut self, bytes: &[u8]) {
        self.raw.extend(bytes);
        self.parser.process(bytes);
    }

    /// Takes in what the program draws during this time, or until it draws something.
    pub(crate) fn look(&mut self, at_most: Duration) -> &mut Self {
        if let Ok(bytes) = self.output.recv_timeout(at_most) {
            self.show(&bytes);
        }
        while let Ok(bytes) = self.output.try_recv() {
            self.show(&bytes);
        }
        self
    }

    /// The screen as it was before the program put the terminal back.
    pub(crate) fn last_drawn(&self) -> String {
        let leave = b"\x1b[?1049l";
        let end = self.raw.windows(leave.len()).rposition(|w| w == leave).unwrap_or(self.raw.len());
        let (rows, columns) = self.parser.screen().size();
        let mut parser = vt100::Parser::new(rows, columns, 0);
        parser.process(&self.raw[..end]);
        parser.screen().contents()
    }

    /// Ends the program by a signal and takes in all that it had drawn by then. Gives how long it lived on.
    pub(crate) fn signal(&mut self, signal: Signal) -> Duration {
        let begun = Instant::now();
        kill_process(Pid::from_raw(self.pid()).unwrap(), signal).unwrap();
        self.gone(begun)
    }

    /// Closes the terminal, as a line that drops does. Gives how long the program lived on.
    pub(crate) fn hang_up(&mut self) -> Duration {
        self.look(Duration::from_millis(5));
        // The reading thread holds the terminal too: it lets go at the next output, which a new size brings.
        self.output = mpsc::channel().1;
        let master = self.master.take().unwrap();
        let old = master.get_size().unwrap();
        master.resize(PtySize { rows: old.rows + 1, ..old }).unwrap();
        self.reading.take().unwrap().join().unwrap();
        // The writer says an Enter and an end of input when it is dropped: nobody is to read them. A hang-up lets a
        // stopped program go on.
        kill_process(Pid::from_raw(self.pid()).unwrap(), Signal::STOP).unwrap();
        let stat = format!("/proc/{}/stat", self.pid());
        while !std::fs::read_to_string(&stat).unwrap().contains(") T ") {
            std::thread::yield_now();
        }
        drop(self.writer.take());
        // Whoever is not stopped has read them by now, and a test says so.
        std::thread::sleep(Duration::from_millis(3));
        let begun = Instant::now();
        drop(master);
        self.gone(begun)
    }

    fn gone(&mut self, begun: Instant) -> Duration {
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "the program lives on");
            // What it draws is taken in, so that it never waits for us.
            self.look(Duration::from_millis(1));
        }
        let lived = begun.elapsed();
        // The last output is there when the other side of the terminal is closed.
        if let Some(reading) = self.reading.take() {
            while !reading.is_finished() && begun.elapsed() < PATIENCE {
                self.look(Duration::from_millis(1));
            }
        }
        self.look(Duration::ZERO);
        lived
    }

    /// Types a line into the open composer, waits until it is there, and stores it.
    pub(crate) fn line(&mut self, text: &str) -> &mut Self {
        let shown: String = text.chars().take(24).collect();
        self.type_text(text).until(&shown).send(b"\r")
    }

    pub(crate) fn pid(&self) -> i32 {
        self.child.process_id().unwrap().try_into().unwrap()
    }

    /// The terminal is back in its cooked mode.
    pub(crate) fn is_cooked(&self) -> bool {
        let termios = self.master.as_ref().unwrap().get_termios().unwrap();
        format!("{:?}", termios.local_flags).contains("ICANON")
    }

    /// Waits for the end and gives the exit code.
    pub(crate) fn end(&mut self) -> u32 {
        let begun = Instant::now();
        loop {
            while let Ok(bytes) = self.output.try_recv() {
                self.show(&bytes);
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(100)) {
                    self.show(&bytes);
                }
                return status.exit_code();
            }
            assert!(begun.elapsed() < PATIENCE, "the program did not end; the screen was:\n{}", self.text());
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
