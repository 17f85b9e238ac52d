//! Disks that fail, are full or cannot be written. What fails is told, the text stays, nothing that was acknowledged
//! is lost, and the program works again when the disk does.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use super::{Dice, figure, hold, is_long, rounds, tokens};
use crate::data::skipped;
use crate::screen::{Screen, World, program};

/// What is made to fail: a call of the system, and how.
const FAILING: &[(&str, &str)] = &[
    ("pwrite64", "ENOSPC"),
    ("pwrite64", "EIO"),
    ("fdatasync", "EIO"),
    ("fsync", "EIO"),
    ("ftruncate", "EIO"),
    ("unlink", "EIO"),
];

fn is_here(world: &World, words: &[&str], what: &str) -> bool {
    let tried = world.command(words[0]).args(&words[1..]).output();
    let is_here = tried.is_ok_and(|done| done.status.success());
    if !is_here {
        skipped(&format!("{what}: {} is not here, or may not do it", words[0]));
    }
    is_here
}

fn strace_is_here(world: &World) -> bool {
    is_here(world, &["strace", "-f", "-qq", "-o", "/dev/null", "true"], "failing disks")
}

fn namespaces_are_here(world: &World) -> bool {
    let mount = "mount -t tmpfs -o size=64k none /mnt";
    is_here(world, &["unshare", "-rm", "sh", "-c", mount], "small and read-only disks")
}

/// Streams lines into the program while calls fail. Gives what was acknowledged, and whether the fault came.
fn stream(world: &World, fault: &str, lines: &[String]) -> (Vec<String>, bool, Output) {
    let trace = world.path("trace");
    let mut command = world.command("strace");
    let call = fault.split(':').next().unwrap();
    command.args(["-f", "-qq", "-e", &format!("trace={call}"), "-e", &format!("inject={fault}"), "-o"]);
    command.arg(&trace).arg(program()).args(["log", "1", "-", "--json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes());
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    let entries = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let token = |e: serde_json::Value| e["text"].as_str().unwrap().split(' ').next().unwrap().to_owned();
    let acknowledged = entries.map(token).collect();
    (acknowledged, fs::read_to_string(trace).unwrap().contains("INJECTED"), done)
}

#[test]
fn a_disk_that_fails_at_any_write_or_sync_loses_nothing_that_was_acknowledged() {
    let world = World::new();
    if !strace_is_here(&world) {
        return;
    }
    world.done(&["declare", "The disk fails", "--commander", "alice"]);
    let mut dice = Dice::new("disks");
    let (mut came, mut refused, mut acknowledged) = (0, 0, Vec::new());
    for (call, error) in FAILING {
        let mut nth = 1 + if is_long() { 0 } else { dice.below(4) };
        // The call alone fails, or all from there on.
        for when in ["", "+"].into_iter().cycle() {
            let lines: Vec<String> = (0..4).map(|n| format!("{call}{error}{nth}{when}n{n} a line")).collect();
            let (told, there, done) =
                stream(&world, &format!("{call}:error={error}:when={nth}{when}"), &lines);
            came += usize::from(there);
            let message = String::from_utf8_lossy(&done.stderr).into_owned();
            match done.status.code() {
                Some(0) => assert_eq!(told.len(), lines.len()),
                Some(1 | 4 | 5) => assert!(message.starts_with("warroom: "), "{message}"),
                _ => panic!("{call} {error} {nth}{when}: {done:?}"),
            }
            refused += usize::from(!done.status.success());
            // The disk works again: what is not there is written once more, and all is there once.
            let found = tokens(&world, "1");
            for line in &lines {
                let token = line.split(' ').next().unwrap().to_owned();
                assert!(found.contains_key(&token) || !told.contains(&token), "{token} is lost");
                if !found.contains_key(&token) {
                    world.done(&["log", "1", line]);
                }
                acknowledged.push(token);
            }
            // Past the last call of the run there is nothing to fail.
            if !there {
                break;
            }
            if when == "+" {
                nth += if is_long() { 1 } else { 4 + dice.below(12) };
            }
        }
    }
    assert!(came > 6 && refused > 2, "{came} faults, {refused} refusals");
    let stored = hold(&world, "1", &acknowledged);
    figure(&format!(
        "{came} failing writes, syncs, cuts and removals: {refused} runs refused in words, {stored} lines, 0 \
         acknowledged lost, 0 twice, 0 corrupt"
    ));
}

fn is_stored(screen: &str, token: &str) -> bool {
    let mut panes = screen.lines().flat_map(|row| row.split(['│', '├']));
    panes.any(|pane| pane.contains(token) && pane.trim_end().ends_with('✓'))
}

/// Waits until a line is stored, or back in the composer with its mark. Says which.
fn stored_or_back(screen: &mut Screen, token: &str) -> bool {
    let is_back = |t: &str| t.lines().any(|row| row.contains(token) && row.contains("✗ not stored"));
    screen.until_that(&format!("what became of {token}"), |t| is_stored(t, token) || is_back(t));
    is_stored(&screen.text(), token)
}

/// Presses Enter again, as a person does, until the line is stored. Gives how often it was refused.
fn again_until_stored(screen: &mut Screen, token: &str) -> usize {
    let mut refused = 0;
    while !stored_or_back(screen, token) {
        refused += 1;
        assert!(refused < 40, "it never works again:\n{}", screen.text());
        screen.send(b"\r");
        // Either answer comes at once.
        for _ in 0..10 {
            screen.look(std::time::Duration::from_millis(30));
        }
    }
    refused
}

#[test]
fn a_line_that_a_failing_sync_refused_stays_and_is_stored_once_when_the_disk_works_again() {
    let world = World::new();
    if !strace_is_here(&world) {
        return;
    }
    let mut refused = 0;
    for from in 4..4 + rounds(3, 40) {
        // Each thread counts for itself: that of a connection which is opened anew fails in its turn.
        let inject = format!("inject=fsync:error=EIO:when={}", 4 + from % 8);
        let words = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", &inject];
        // A room each, so that all of its lines stand on the screen.
        world.done(&["declare", "The disk fails under the room", "--commander", "alice"]);
        let (number, mut acknowledged) = ((from - 3).to_string(), Vec::new());
        let mut screen = world.screen_of(&[&words[..], &[program(), "open", &number]].concat(), 120, 40);
        screen.until("? all").send(b"I").until("Enter store");
        for n in 0..8 {
            let token = format!("e{from:03}n{n}");
            screen.type_text(&format!("{token} typed")).until(&token).send(b"\r");
            refused += again_until_stored(&mut screen, &token);
            acknowledged.push(token);
        }
        screen.send(b"\x1b").until_gone("Enter store").send(b"q").until("INC-2026-0001").send(b"q");
        screen.end();
        hold(&world, &number, &acknowledged);
    }
    assert!(refused > 0, "no sync failed");
    figure(&format!(
        "{refused} syncs failed under the room: each line stayed with ✗, was stored once, and none was lost"
    ));
}

/// Runs a script in a namespace of its own, in which it may mount.
fn mounted(world: &World, script: &str, name: &str) -> PathBuf {
    world.script(
        name,
        &format!(
            "#!/bin/sh\nset -e\nmount_point={}\nprogram={}\n{script}",
            world.home().display(),
            program()
        ),
    )
}

#[test]
fn a_full_disk_refuses_the_line_keeps_it_and_stores_it_when_there_is_room_again() {
    // Too small for room in the write-ahead log beside what a home has.
    let Some((acknowledged, refused)) = on_a_disk_that_fills("3m") else { return };
    assert!(refused > 0, "the disk was never full");
    figure(&format!(
        "a full disk refused {refused} lines: each stayed with ✗ and was stored without a restart; {acknowledged} acknowledged, 0 lost"
    ));
}

#[test]
fn a_disk_that_fills_under_a_room_takes_the_lines_that_the_log_has_room_for() {
    let Some((acknowledged, refused)) = on_a_disk_that_fills("16m") else { return };
    assert_eq!(refused, 0);
    figure(&format!("a full disk took all of {acknowledged} lines into room that the log had"));
}

/// Types lines into a room on a disk of this size, which is full now and then. Answers how many were acknowledged, and
/// how many refused first; none where no disk can be made.
fn on_a_disk_that_fills(size: &str) -> Option<(usize, usize)> {
    let world = World::new();
    if !namespaces_are_here(&world) {
        return None;
    }
    world.done(&["declare", "The disk is full", "--commander", "alice"]);
    let (orders, out) = (world.path("orders"), world.path("out"));
    assert!(world.command("mkfifo").arg(&orders).status().unwrap().success());
    let script = format!(
        "cp -a \"$mount_point\" {out}.copy
mount -t tmpfs -o size={size} none \"$mount_point\"
cp -a {out}.copy/. \"$mount_point/\"
while :; do
    # The one who wrote the last order may hold the pipe for a moment longer.
    read -r order <{orders} || continue
    case $order in
    fill) dd if=/dev/zero of=\"$mount_point/ballast\" bs=4096 2>/dev/null || true ;;
    free) rm -f \"$mount_point/ballast\" ;;
    esac
    : >{out}.$order
    [ \"$order\" != end ] || break
done &
\"$program\" open 1 || true
\"$program\" timeline 1 --json >{out}.timeline
\"$program\" verify --json >{out}.verify
",
        out = out.display(),
        orders = orders.display(),
    );
    let script = mounted(&world, &script, "full");
    let order = |word: &str| {
        fs::write(&orders, format!("{word}\n")).unwrap();
        let done = PathBuf::from(format!("{}.{word}", out.display()));
        while !done.exists() {
            std::thread::park_timeout(std::time::Duration::from_millis(2));
        }
        fs::remove_file(done).unwrap();
    };
    let mut screen = world.screen_of(&["unshare", "-rm", "sh", script.to_str().unwrap()], 120, 40);
    screen.until("? all").send(b"I").until("Enter store");
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    let mut line = |screen: &mut Screen, order: &dyn Fn(&str), token: String| {
        screen.type_text(&format!("{token} typed")).until(&token).send(b"\r");
        if !stored_or_back(screen, &token) {
            let told = |t: &str| t.contains("the disk is full") || t.contains("No space left");
            screen.until_that("why it was not stored", told);
            order("free");
            refused += again_until_stored(screen, &token);
        }
        acknowledged.push(token);
    };
    for round in 0..rounds(2, 4) {
        for n in 0..3 {
            line(&mut screen, &order, format!("before{round}n{n}"));
        }
        order("fill");
        // The write-ahead log may have room for a few.
        for n in 0..4 {
            line(&mut screen, &order, format!("full{round}n{n}"));
        }
        order("free");
    }
    order("end");
    screen.send(b"\x1b").until_gone("Enter store").send(b"q").until("INC-2026-0001").send(b"q");
    screen.end();
    let timeline = fs::read_to_string(format!("{}.timeline", out.display())).unwrap();
    for token in &acknowledged {
        assert_eq!(timeline.matches(&format!("\"text\": \"{token} ")).count(), 1, "{token}");
    }
    let verified = fs::read_to_string(format!("{}.verify", out.display())).unwrap();
    assert!(verified.contains("\"ok\": true"), "{verified}");
    Some((acknowledged.len(), refused))
}

#[test]
fn what_is_on_a_full_disk_can_be_read_and_a_line_is_refused_by_its_reason() {
    let world = World::new();
    if !namespaces_are_here(&world) {
        return;
    }
    world.done(&["declare", "The disk is full", "--commander", "alice"]);
    world.done(&["log", "1", "written before"]);
    let script = format!(
        "cp -a \"$mount_point\" {out}.copy
mount -t tmpfs -o size=3m none \"$mount_point\"
cp -a {out}.copy/. \"$mount_point/\"
dd if=/dev/zero of=\"$mount_point/ballast\" bs=4096 2>/dev/null || true
cat /dev/zero >>\"$mount_point/ballast\" 2>/dev/null || true
exec \"$program\" \"$@\"
",
        out = world.path("out").display(),
    );
    let script = mounted(&world, &script, "full");
    let words = ["unshare", "-rm", "sh", script.to_str().unwrap()];
    let reading =
        [&["timeline", "1"][..], &["list"], &["show", "1"], &["brief", "1"], &["verify"], &["stats"]];
    for args in reading {
        let done = world.command(words[0]).args(&words[1..]).args(args).output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{args:?}: {done:?}");
    }
    let refused = world.command(words[0]).args(&words[1..]).args(["log", "1", "more"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("the disk is full"), "{why}");
    let mut screen = world.screen_of(&[&words[..], &["open", "1"]].concat(), 120, 40);
    screen.until("READ ONLY").until("written before");
}

#[test]
fn a_home_that_cannot_be_written_is_read_and_a_line_is_saved_elsewhere() {
    let mut world = World::new();
    if !namespaces_are_here(&world) {
        return;
    }
    world.done(&["declare", "The disk is read-only", "--commander", "alice"]);
    world.done(&["log", "1", "written before"]);
    let elsewhere = world.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    world.set("XDG_RUNTIME_DIR", elsewhere.to_str().unwrap());
    let script = "mount --bind \"$mount_point\" \"$mount_point\"
mount -o remount,bind,ro \"$mount_point\"
exec \"$program\" \"$@\"
";
    let script = mounted(&world, script, "read-only");
    let words = ["unshare", "-rm", "sh", script.to_str().unwrap()];
    for (args, code) in
        [(&["timeline", "1"][..], 0), (&["brief", "1"], 0), (&["verify"], 0), (&["log", "1", "more"], 1)]
    {
        let done = world.command(words[0]).args(&words[1..]).args(args).output().unwrap();
        assert_eq!(done.status.code(), Some(code), "{args:?}: {done:?}");
    }
    let mut screen = world.screen_of(&[&words[..], &["open", "1"]].concat(), 120, 40);
    screen.until("READ ONLY").until("written before").send(b"i").until("Enter store");
    screen.type_text("nobody can store this").until("nobody can store this").send(b"\r");
    screen.until("Enter again saves the line in a file elsewhere").send(b"\r").until("saved in ");
    screen.signal(rustix::process::Signal::KILL);
    let saved: Vec<_> = fs::read_dir(&elsewhere).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(saved.len(), 1, "{saved:?}");
    assert_eq!(fs::read_to_string(&saved[0]).unwrap(), "nobody can store this");
    assert!(!tokens(&world, "1").contains_key("nobody"));
}
