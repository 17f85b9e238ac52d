//! Two writers on one home, killed at any moment.
#![expect(clippy::disallowed_methods, reason = "a test looks at the time")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{Dice, figure, hold, rounds};
use crate::screen::{Screen, World, program};

/// The lines of a screen that carry the mark of being stored: the first word of each.
pub(super) fn marked(screen: &Screen, prefix: &str, into: &mut Vec<String>) {
    marked_in(&screen.text(), prefix, into);
}

/// The same of what a screen shows.
pub(super) fn marked_in(shown: &str, prefix: &str, into: &mut Vec<String>) {
    for row in shown.lines() {
        let Some(at) = row.find(prefix) else { continue };
        let rest = row.get(at..).unwrap_or_default();
        let token = rest.split(' ').next().unwrap_or_default();
        // The pane ends where the next begins.
        let pane = rest.split(['│', '├']).next().unwrap_or_default();
        if pane.trim_end().ends_with('✓') && !into.iter().any(|t| t == token) {
            into.push(token.to_owned());
        }
    }
}

/// Writes by command until it is killed; gives what was acknowledged.
struct Scripted {
    child: Arc<Mutex<Option<Child>>>,
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<Vec<String>>,
}

impl Scripted {
    /// One command a line: acknowledged when it exits with 0.
    fn commands(world: &World, number: &str, prefix: &str) -> Self {
        let child: Arc<Mutex<Option<Child>>> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (slot, stopped) = (child.clone(), stop.clone());
        let mut commands: Vec<_> = (0..200)
            .map(|n| {
                let token = format!("{prefix}n{n:03}");
                let mut command = world.command(program());
                command.args(["log", number, &format!("{token} by command")]);
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                (token, command)
            })
            .collect();
        let thread = std::thread::spawn(move || {
            let mut acknowledged = Vec::new();
            for (token, command) in &mut commands {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                *slot.lock().unwrap() = Some(command.spawn().unwrap());
                let status = loop {
                    if let Some(status) = slot.lock().unwrap().as_mut().unwrap().try_wait().unwrap() {
                        break status;
                    }
                    std::thread::park_timeout(Duration::from_millis(1));
                };
                if status.success() {
                    acknowledged.push(token.clone());
                }
            }
            acknowledged
        });
        Self { child, stop, thread }
    }

    /// One command for all lines: each is acknowledged when it is printed.
    fn stream(world: &World, number: &str, prefix: &str) -> Self {
        let mut command = world.command(program());
        command.args(["log", number, "-", "--json"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (mut lines, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let child = Arc::new(Mutex::new(Some(child)));
        let prefix = prefix.to_owned();
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn(move || {
            let text: String = (0..500).map(|n| format!("{prefix}n{n:03} streamed\n")).collect();
            let write = std::thread::spawn(move || {
                // It is killed while it reads.
                let _ = lines.write_all(text.as_bytes());
            });
            let mut acknowledged = Vec::new();
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let Ok(entry) = serde_json::from_str::<serde_json::Value>(&line) else { break };
                acknowledged.push(entry["text"].as_str().unwrap().split(' ').next().unwrap().to_owned());
            }
            write.join().unwrap();
            acknowledged
        });
        Self { child, stop, thread }
    }

    fn kill(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(child) = self.child.lock().unwrap().as_mut() {
            let _ = child.kill();
        }
        let acknowledged = self.thread.join().unwrap();
        if let Some(mut child) = self.child.lock().unwrap().take() {
            let _ = child.wait();
        }
        acknowledged
    }
}

#[test]
fn what_was_acknowledged_survives_being_killed_at_any_moment() {
    let rounds = rounds(8, 1_000);
    let mut dice = Dice::new("kill");
    let world = World::new();
    let (mut acknowledged, mut all, mut typed, mut stored) = (Vec::new(), 0, 0, 0);
    let mut number = 0;
    for round in 0..rounds {
        // A log for each so many kills, so that it is long and the program still starts at once.
        if round % 40 == 0 {
            if number > 0 {
                stored += hold(&world, &number.to_string(), &acknowledged);
                all += acknowledged.len();
                acknowledged.clear();
            }
            number += 1;
            world.done(&["declare", "Killed", "--commander", "alice"]);
            world.done(&["role", &number.to_string(), "scribe", "alice"]);
        }
        let number = number.to_string();
        let scripted = if round % 2 == 0 {
            Scripted::commands(&world, &number, &format!("c{round:04}"))
        } else {
            Scripted::stream(&world, &number, &format!("c{round:04}"))
        };
        let mut screen = world.screen(&["open", &number], 120, 40);
        screen.until("scribe");
        // What the last one left half-typed is not what is typed now.
        screen.send(b"\x05\x15");
        let until = Instant::now() + dice.between(20, 250);
        let (mut seen, mut line) = (Vec::new(), 0);
        while Instant::now() < until {
            screen.send(format!("t{round:04}n{line:03} typed\r").as_bytes());
            line += 1;
            screen.look(dice.between(1, 20));
            marked(&screen, &format!("t{round:04}n"), &mut seen);
        }
        // Now the one, now the other goes first.
        let first = dice.below(2) == 0;
        let mut scripted = Some(scripted);
        if first && let Some(scripted) = scripted.take() {
            acknowledged.extend(scripted.kill());
        }
        screen.signal(Signal::KILL);
        marked(&screen, &format!("t{round:04}n"), &mut seen);
        typed += seen.len();
        acknowledged.extend(seen);
        if let Some(scripted) = scripted {
            acknowledged.extend(scripted.kill());
        }
    }
    stored += hold(&world, &number.to_string(), &acknowledged);
    all += acknowledged.len();
    // The mirror alone has all of it too, as it was left by the last kill: nobody wrote to the log since.
    for name in ["warroom.db", "warroom.db-wal", "warroom.db-shm"] {
        let _ = std::fs::remove_file(world.home().join(name));
    }
    world.done(&["doctor", "--repair"]);
    hold(&world, &number.to_string(), &acknowledged);
    assert!(typed > 0 && all > typed, "{all} acknowledged, {typed} on the screen: too few to tell");
    figure(&format!(
        "{rounds} kills of two writers: {all} acknowledged ({typed} of them by ✓ on a screen), {stored} stored, 0 \
         lost, 0 twice, 0 gaps, the same from the mirror alone"
    ));
}

/// The names in a folder that begin so.
fn beginning(folder: &std::path::Path, with: &str) -> Vec<String> {
    let there =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_str().unwrap().to_owned());
    there.filter(|name| name.starts_with(with)).collect()
}

/// Starts a command and sends a signal once a file is there below a folder that begins so; gives the signal it ended by.
fn signalled(
    world: &World,
    args: &[&str],
    folder: &std::path::Path,
    with: &str,
    signal: Signal,
) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt;
    let mut command = world.command(program());
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let begun = Instant::now();
    let at_work = |name: &String| std::fs::read_dir(folder.join(name)).is_ok_and(|mut f| f.next().is_some());
    while !beginning(folder, with).iter().any(at_work) {
        assert!(begun.elapsed() < Duration::from_secs(30), "{args:?} does not begin");
        std::thread::park_timeout(Duration::from_millis(1));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, signal).unwrap();
    let ended = child.wait_with_output().unwrap();
    // Whoever ends it knows why it ends.
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{args:?}");
    ended.status.signal()
}

#[test]
fn what_is_unfinished_when_a_signal_comes_is_taken_away() {
    let mut world = World::new();
    let temporary = world.path("temporary");
    std::fs::create_dir(&temporary).unwrap();
    world.set("TMPDIR", temporary.to_str().unwrap());
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let ended = signalled(&world, &["demo"], &temporary, "warroom-demo-", signal);
        assert_eq!(ended, Some(signal.as_raw()));
        assert_eq!(beginning(&temporary, ""), [""; 0], "{signal:?}");
    }
    // It stays when it was asked for.
    signalled(&world, &["demo", "--keep"], &temporary, "warroom-demo-", Signal::TERM);
    assert_eq!(beginning(&temporary, "").len(), 1);

    world.done(&["declare", "Web is down"]);
    let (evidence, backups) = (world.home().join("evidence"), world.path("backups"));
    std::fs::create_dir_all(&evidence).unwrap();
    std::fs::create_dir(&backups).unwrap();
    // Copying and hashing it takes a while.
    std::fs::write(evidence.join("large"), vec![7; 64 << 20]).unwrap();
    let to = backups.join("one");
    let backup = ["backup", to.to_str().unwrap()];
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        assert_eq!(signalled(&world, &backup, &backups, ".warroom-backup-", signal), Some(signal.as_raw()));
        assert_eq!(beginning(&backups, ""), [""; 0], "{signal:?}");
    }
    signalled(&world, &backup, &backups, ".warroom-backup-", Signal::KILL);
    assert_eq!(beginning(&backups, ".warroom-backup-").len(), 1);
    // One that is at work holds its folder, and what only begins like one is somebody else's.
    for name in [".warroom-backup-notes", ".warroom-backup-papers"] {
        std::fs::create_dir(backups.join(name)).unwrap();
        std::fs::write(backups.join(name).join("f"), "mine").unwrap();
    }
    let other = backups.join(".warroom-backup-others");
    std::fs::create_dir(&other).unwrap();
    let held = std::fs::File::open(&other).unwrap();
    held.lock().unwrap();
    std::fs::remove_file(evidence.join("large")).unwrap();
    world.done(&backup);
    let mut left = beginning(&backups, ".");
    left.sort();
    assert_eq!(left, [".warroom-backup-notes", ".warroom-backup-others", ".warroom-backup-papers"]);
    drop(held);
    world.done(&["backup", backups.join("two").to_str().unwrap()]);
    let mut left = beginning(&backups, ".");
    left.sort();
    assert_eq!(left, [".warroom-backup-notes", ".warroom-backup-papers"]);
}
