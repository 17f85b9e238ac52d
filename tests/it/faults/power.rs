//! Power cuts: the file operations of the real program are recorded, and the disks that a cut could have left are
//! built from the record. Of what was not synced a disk may hold nothing, the first part, or any part, the last
//! write torn at a sector; of names that were made, removed or moved, those up to some moment.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use super::kill::marked_in;
use super::{Dice, calls, figure, rounds};
use crate::data::skipped;
use crate::screen::{World, program};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// The size of a terminal.
const COLUMNS: u16 = 120;
const ROWS: u16 = 40;

const TRACED: &str = "trace=openat,mknodat,lseek,write,pwrite64,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,\
                      renameat,renameat2,link,linkat,close,exit_group";

const RECORDER: [&str; 8] = ["-f", "-qq", "-xx", "-s", "1000000", "-e", TRACED, "-o"];

/// Where a descriptor writes that was opened to append.
const APPENDS: usize = usize::MAX;

/// How lines begin that are typed into a room.
const TYPED: &str = "r";

/// One operation on the files of the home.
enum Op {
    /// A name was given to a new file.
    Make(String, usize),
    Remove(String),
    Move(String, String),
    /// Bytes at an offset of a file.
    Write(usize, usize, Vec<u8>),
    Cut(usize, usize),
    Sync(usize),
    /// The names in a folder are on the disk.
    SyncFolder,
    /// The program said that this is stored.
    Acknowledge(String),
}

/// All that was recorded.
#[derive(Default)]
struct Record {
    ops: Vec<Op>,
    files: usize,
    /// The file that a name stands for now.
    names: HashMap<String, usize>,
    /// How long a file is now.
    lengths: HashMap<usize, usize>,
    /// What the terminal shows of a room, and which lines bore their mark there.
    terminal: Option<(vt100::Parser, Vec<String>)>,
}

impl Record {
    /// Runs the program under the recorder; `lines` go to its standard input. A line that it prints with a text in
    /// it acknowledges the first word of that text; the end acknowledges `at_end`.
    fn run(&mut self, world: &World, args: &[&str], lines: &str, at_end: &[&str]) {
        let trace = world.path("trace");
        let mut command = world.command("strace");
        command.args(RECORDER).arg(&trace);
        command.arg(program()).args(args);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let text = lines.to_owned();
        let writing = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
        let done = child.wait_with_output().unwrap();
        writing.join().unwrap().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stdout));
        self.read(&fs::read_to_string(&trace).unwrap(), &world.home().display().to_string());
        self.ops.extend(at_end.iter().map(|token| Op::Acknowledge((*token).to_owned())));
    }

    /// Types lines into a room under the recorder: a frame that shows the mark of one acknowledges it.
    fn room(&mut self, world: &World, lines: usize) {
        let trace = world.path("trace");
        let words = [&["strace"], &RECORDER[..], &[trace.to_str().unwrap(), program(), "open", "1"]].concat();
        let mut screen = world.screen_of(&words, COLUMNS, ROWS);
        screen.until("? all").send(b"I").until("Enter store");
        for n in 0..lines {
            let token = format!("{TYPED}{n:04}");
            screen.type_text(&format!("{token} typed")).until(&token).send(b"\r");
            screen.until_that(&format!("{token} with its mark"), |shown| {
                let mut found = Vec::new();
                marked_in(shown, &token, &mut found);
                !found.is_empty()
            });
        }
        screen.send(b"\x1b").until_gone("Enter store").send(b"q").until("INC-2026-0001").send(b"q");
        screen.end();
        let cells = |n: u16| std::num::NonZero::new(n).unwrap();
        self.terminal = Some((vt100::Parser::new(cells(ROWS), cells(COLUMNS), 0), Vec::new()));
        self.read(&fs::read_to_string(&trace).unwrap(), &world.home().display().to_string());
        self.terminal = None;
    }

    fn read(&mut self, trace: &str, home: &str) {
        // What descriptors stand for, and where they write next; `APPENDS` stands for the end.
        let mut open: HashMap<i64, (String, Option<usize>, usize)> = HashMap::new();
        for call in calls(trace) {
            let Some((name, rest)) = call.split_once('(') else { continue };
            let Some((args, result)) = rest.rsplit_once(" = ") else { continue };
            let result: i64 = result.split(' ').next().unwrap_or_default().parse().unwrap_or(-1);
            if result < 0 {
                continue;
            }
            let strings: Vec<Vec<u8>> = args.split('"').skip(1).step_by(2).map(bytes).collect();
            let paths: Vec<String> =
                strings.iter().map(|s| String::from_utf8_lossy(s).into_owned()).collect();
            let number = |n: usize| -> i64 {
                let outside: String = args.split('"').step_by(2).collect();
                let arg =
                    outside.trim_end().trim_end_matches(')').split(',').nth(n).unwrap_or_default().trim();
                arg.parse().unwrap_or(-1)
            };
            match name {
                "openat" => {
                    let path = paths[0].clone();
                    let made = args.contains("O_CREAT") && kept(&path, home);
                    let known = self.names.get(&path).copied();
                    let file = known.or_else(|| made.then(|| self.make(path.clone())));
                    if let Some(file) = file.filter(|_| args.contains("O_TRUNC")) {
                        self.cut_to(file, 0);
                    }
                    open.insert(result, (path, file, if args.contains("O_APPEND") { APPENDS } else { 0 }));
                }
                "mknodat" if kept(&paths[0], home) => _ = self.make(paths[0].clone()),
                "write" if number(0) == 1 && self.terminal.is_some() => {
                    let Some((terminal, marked)) = &mut self.terminal else { continue };
                    terminal.process(&strings[0]);
                    let before = marked.len();
                    marked_in(&terminal.screen().contents(), TYPED, marked);
                    self.ops.extend(marked[before..].iter().cloned().map(Op::Acknowledge));
                }
                "write" if number(0) == 1 => {
                    for said in String::from_utf8_lossy(&strings[0]).lines() {
                        if let Ok(entry) = serde_json::from_str::<serde_json::Value>(said)
                            && let Some(text) = entry["text"].as_str()
                        {
                            let token = text.split(' ').next().unwrap_or_default().to_owned();
                            self.ops.push(Op::Acknowledge(token));
                        }
                    }
                }
                "write" => {
                    if let Some((_, Some(file), at)) = open.get_mut(&number(0)) {
                        let data = strings.into_iter().next().unwrap_or_default();
                        let from = match *at {
                            APPENDS => self.lengths.get(file).copied().unwrap_or(0),
                            from => std::mem::replace(at, from + data.len()),
                        };
                        self.write(*file, from, data);
                    }
                }
                "lseek" => {
                    if let Some((.., at)) = open.get_mut(&number(0)).filter(|(.., at)| *at != APPENDS) {
                        *at = usize::try_from(result).unwrap();
                    }
                }
                "pwrite64" => {
                    if let Some((_, Some(file), _)) = open.get(&number(0)) {
                        let at = usize::try_from(number(3)).unwrap();
                        self.write(*file, at, strings.into_iter().next().unwrap());
                    }
                }
                "fsync" | "fdatasync" => match open.get(&number(0)) {
                    Some((_, Some(file), _)) => self.ops.push(Op::Sync(*file)),
                    Some((_, None, _)) => self.ops.push(Op::SyncFolder),
                    None => {}
                },
                "ftruncate" => {
                    if let Some((_, Some(file), _)) = open.get(&number(0)) {
                        self.cut_to(*file, usize::try_from(number(1)).unwrap());
                    }
                }
                "unlink" | "unlinkat" if self.names.remove(&paths[0]).is_some() => {
                    self.ops.push(Op::Remove(paths[0].clone()));
                }
                "rename" | "renameat" | "renameat2" | "link" | "linkat" => {
                    if let Some(file) = self.names.get(&paths[0]).copied() {
                        if name.starts_with("rename") {
                            self.names.remove(&paths[0]);
                            self.ops.push(Op::Move(paths[0].clone(), paths[1].clone()));
                        } else {
                            self.ops.push(Op::Make(paths[1].clone(), file));
                        }
                        self.names.insert(paths[1].clone(), file);
                    }
                }
                "close" => _ = open.remove(&number(0)),
                _ => {}
            }
        }
    }

    fn write(&mut self, file: usize, at: usize, data: Vec<u8>) {
        let length = self.lengths.entry(file).or_default();
        *length = (*length).max(at + data.len());
        self.ops.push(Op::Write(file, at, data));
    }

    fn cut_to(&mut self, file: usize, length: usize) {
        self.lengths.insert(file, length);
        self.ops.push(Op::Cut(file, length));
    }

    fn make(&mut self, path: String) -> usize {
        let file = self.files;
        self.files += 1;
        self.names.insert(path.clone(), file);
        self.ops.push(Op::Make(path, file));
        file
    }

    /// What a cut after `upto` operations may leave, and what had been acknowledged by then.
    fn cut(&self, upto: usize, dice: &mut Dice) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
        let mut durable: HashMap<usize, Vec<u8>> = HashMap::new();
        let mut loose: BTreeMap<usize, Vec<&Op>> = BTreeMap::new();
        let (mut names, mut moves): (HashMap<String, usize>, Vec<&Op>) = (HashMap::new(), Vec::new());
        let mut acknowledged = Vec::new();
        for op in &self.ops[..upto] {
            match op {
                Op::Acknowledge(token) => acknowledged.push(token.clone()),
                Op::Write(file, ..) | Op::Cut(file, _) => loose.entry(*file).or_default().push(op),
                Op::Sync(file) => {
                    let bytes = durable.entry(*file).or_default();
                    loose.remove(file).into_iter().flatten().for_each(|op| apply(bytes, op, usize::MAX));
                }
                Op::Make(..) | Op::Remove(_) | Op::Move(..) => moves.push(op),
                // The file systems of today keep the order of names: with one, all before it.
                Op::SyncFolder => moves.drain(..).for_each(|op| name(&mut names, op)),
            }
        }
        let some = dice.below(moves.len() + 1);
        moves[..some].iter().for_each(|op| name(&mut names, op));
        let mode = dice.below(3);
        for (file, ops) in loose {
            let kept: Vec<&Op> = match mode {
                0 => Vec::new(),
                1 => ops[..dice.below(ops.len() + 1)].to_vec(),
                _ => ops.into_iter().filter(|_| dice.below(2) == 0).collect(),
            };
            let bytes = durable.entry(file).or_default();
            for (n, op) in kept.iter().enumerate() {
                let torn = n + 1 == kept.len() && dice.below(2) == 0;
                let sectors = if let Op::Write(_, _, data) = op { data.len() / SECTOR } else { 0 };
                let most = if torn && sectors > 0 { SECTOR * dice.below(sectors) } else { usize::MAX };
                apply(bytes, op, most);
            }
        }
        let disk =
            names.into_iter().map(|(path, file)| (path, durable.get(&file).cloned().unwrap_or_default()));
        (disk.collect(), acknowledged)
    }
}

/// The bytes of `\x41\x42`.
fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok()).collect()
}

/// What is looked at: the home's own files. What is shared memory or derived is made anew.
fn kept(path: &str, home: &str) -> bool {
    let Some(inside) = path.strip_prefix(home).and_then(|p| p.strip_prefix('/')) else { return false };
    !inside.ends_with("-shm") && !inside.starts_with("index/") && !inside.starts_with("postmortems/")
}

fn apply(bytes: &mut Vec<u8>, op: &Op, most: usize) {
    match op {
        Op::Write(_, at, data) => {
            let data = &data[..data.len().min(most)];
            if bytes.len() < at + data.len() {
                bytes.resize(at + data.len(), 0);
            }
            bytes[*at..at + data.len()].copy_from_slice(data);
        }
        Op::Cut(_, length) => bytes.resize(*length, 0),
        _ => {}
    }
}

fn name(names: &mut HashMap<String, usize>, op: &Op) {
    match op {
        Op::Make(path, file) => _ = names.insert(path.clone(), *file),
        Op::Remove(path) => _ = names.remove(path),
        Op::Move(from, to) => {
            if let Some(file) = names.remove(from) {
                names.insert(to.clone(), file);
            }
        }
        _ => {}
    }
}

/// What came of one cut.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Whole,
    Lost(String),
    Corrupt(String),
}

/// Starts the real program on a disk, and holds it to what was acknowledged.
fn reopened(world: &World, disk: &BTreeMap<String, Vec<u8>>, acknowledged: &[String], writes: bool) -> Found {
    let home = world.home();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("cut");
    fs::create_dir(&copy).unwrap();
    for (path, bytes) in disk {
        let to = copy.join(Path::new(path).strip_prefix(&home).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    let run = |args: &[&str]| {
        let done = world.command(program()).args(args).env("WARROOM_HOME", &copy).output().unwrap();
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        (done.status.code(), text(&done.stdout), text(&done.stderr))
    };
    if acknowledged.is_empty() {
        // Nothing was promised yet, but the home must be one that can be worked in.
        let (code, _, err) = run(&["declare", "After the cut"]);
        return if code == Some(0) { Found::Whole } else { Found::Corrupt(err) };
    }
    if writes && let (Some(1..), _, err) = run(&["log", "1", "afterwards"]) {
        return Found::Corrupt(format!("log: {err}"));
    }
    let (code, out, err) = run(&["timeline", "1", "--json"]);
    if code != Some(0) {
        return Found::Corrupt(format!("timeline: {err}"));
    }
    let timeline: serde_json::Value = serde_json::from_str(&out).unwrap();
    let entries = timeline["entries"].as_array().unwrap();
    for token in acknowledged.iter().filter(|t| *t != "declared") {
        let begins = |e: &&serde_json::Value| e["text"].as_str().unwrap_or_default().starts_with(token);
        match entries.iter().filter(begins).count() {
            0 => return Found::Lost(token.clone()),
            1 => {}
            _ => return Found::Corrupt(format!("{token} is there twice")),
        }
    }
    match run(&["verify", "--json"]) {
        (Some(0), ..) => Found::Whole,
        (_, out, err) => Found::Corrupt(format!("verify: {out}{err}")),
    }
}

fn recorder_is_here(world: &World) -> bool {
    let traced = world.command("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).output();
    let is_here = traced.is_ok_and(|done| done.status.success());
    if !is_here {
        skipped("power cuts: strace is not here, or may not look at processes");
    }
    is_here
}

/// A home that is made, written to, closed, and written to again until its log is folded back on the way, and then in a
/// room.
fn recorded(world: &World, lines: usize, typed: usize) -> Record {
    let mut record = Record::default();
    record.run(world, &["declare", "The power is cut", "--commander", "alice"], "", &["declared"]);
    let text = |prefix: char, n: usize| -> String {
        (0..n).map(|i| format!("{prefix}{i:04} a line that is told as stored\n")).collect()
    };
    record.run(world, &["log", "1", "-", "--json"], &text('a', 20), &[]);
    record.run(world, &["log", "1", "-", "--json"], &text('b', lines), &[]);
    record.room(world, typed);
    record.run(world, &["log", "1", "c0000 one by one"], "", &["c0000"]);
    record
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let mut world = World::new();
    // Each line comes after those before it.
    world.set("WARROOM_NOW", "");
    if !recorder_is_here(&world) {
        return;
    }
    let (images, lines, typed) = (rounds(24, 2_000), rounds(60, 400), rounds(6, 60));
    let record = recorded(&world, lines, typed);
    let acknowledged = record.ops.iter().filter(|op| matches!(op, Op::Acknowledge(_))).count();
    assert_eq!(acknowledged, lines + typed + 22, "the record holds every acknowledgement");
    let makes_room =
        |op: &Op| matches!(op, Op::Write(_, _, data) if data.len() > 4_096 && data.iter().all(|b| *b == 0));
    assert!(
        record.ops.iter().any(makes_room),
        "the room lengthened its write-ahead log before the first line"
    );
    let syncs = record.ops.iter().filter(|op| matches!(op, Op::Sync(_))).count();
    let mut dice = Dice::new("power");
    for image in 0..images {
        let upto = dice.below(record.ops.len() + 1);
        let (disk, promised) = record.cut(upto, &mut dice);
        let found = reopened(&world, &disk, &promised, image % 4 == 0);
        assert_eq!(found, Found::Whole, "image {image}, cut after {upto} of {} operations", record.ops.len());
    }
    figure(&format!(
        "{images} power cuts in {} operations with {syncs} syncs and {acknowledged} acknowledgements, \
         {typed} of them by ✓ on a screen: 0 lost, 0 corrupt",
        record.ops.len()
    ));
}

/// The test above finds a program that does not sync its commits: otherwise it would prove nothing.
#[test]
fn a_program_that_does_not_sync_its_commits_is_found_out() {
    let mut world = World::new();
    if !recorder_is_here(&world) {
        return;
    }
    world.set("WARROOM_TEST_SYNCHRONOUS", "NORMAL");
    world.set("WARROOM_NOW", "");
    let record = recorded(&world, 40, 6);
    let images = rounds(8, 200);
    let mut dice = Dice::new("mutant");
    let mut lost = 0;
    for _ in 0..images {
        let upto = dice.below(record.ops.len() + 1);
        let (disk, promised) = record.cut(upto, &mut dice);
        lost += usize::from(matches!(reopened(&world, &disk, &promised, false), Found::Lost(_)));
    }
    if std::env::var_os("WARROOM_TEST_PROGRAM").is_some() && lost == 0 {
        return skipped("the test of the power cuts: a release build cannot be told to sync less");
    }
    assert!(lost > 0, "no cut of {images} lost anything");
    figure(&format!("synchronous=NORMAL: {lost} of {images} power cuts lost an acknowledged entry"));
}
