//! Publishing is killed: at every boundary between two of its steps, and at any moment. Done again, by the command or
//! in the room, it has happened once.
#![expect(clippy::disallowed_methods, reason = "a test starts git and kills what it started")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::{Dice, calls, figure, rounds};
use crate::cli::{filled, out::walk};
use crate::data::skipped;
use crate::screen::{World, program};

/// The calls that change what a disk holds.
const CALLS: &str = "write,pwrite64,fsync,fdatasync,ftruncate,link,unlink,rename,renameat,mkdir";
/// How often a boundary is tried that no thread came to.
const TRIES: usize = 3;
pub(super) const PUBLISH: [&str; 3] = ["postmortem", "publish", "1"];

/// A home with a postmortem to publish, as often as one likes.
struct Press {
    world: World,
    /// Commits that the archive has before.
    before: usize,
}

impl Press {
    /// With a past publication, or with an archive that was never published in.
    fn new(past: bool) -> Self {
        let world = World::new();
        let mut before = 0;
        world.done(&["declare", "Signing key leaked", "--severity", "P1", "--commander", "alice"]);
        if past {
            let file = world.path("past.md");
            fs::write(&file, "# The web was down\n\nA certificate ran out.\n").unwrap();
            world.done(&["import", file.to_str().unwrap()]);
            before = 1;
        }
        world.done(&["log", "1", "bob saw the key in a build"]);
        world.done(&["resolve", "1"]);
        let draft = world.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
        let text = fs::read_to_string(&draft).unwrap();
        fs::write(&draft, filled(&text)).unwrap();
        copy(&world.home(), &world.path("before"));
        Self { world, before }
    }

    /// The home as it was before anything was published.
    fn again(&self) {
        fs::remove_dir_all(self.world.home()).unwrap();
        copy(&self.world.path("before"), &self.world.home());
    }

    fn git(&self, args: &[&str]) -> String {
        let mut command = self.world.command("git");
        command.arg("-C").arg(self.world.home().join("postmortems")).args(args);
        let done = command.output().unwrap();
        let words = lossy(&done.stderr);
        assert!(done.status.success(), "git {args:?}: {words}");
        lossy(&done.stdout) + &words
    }

    /// Publishes until it is done, by the command or in the room.
    fn resume(&self, in_room: bool) {
        if in_room {
            let mut screen = self.world.screen(&["open", "1"], 120, 40);
            screen.until("Signing key leaked");
            screen.type_text(":publish").until(":publish").send(b"\r").until("published 2026/");
            screen.send(b"q").until("Incidents").send(b"q");
            assert_eq!(screen.end(), 0);
        }
        self.world.done(&PUBLISH);
    }

    /// It has happened once, and everything is as if nothing had been killed.
    fn hold(&self, what: &str) {
        let world = &self.world;
        let commits = self.git(&["rev-list", "--count", "HEAD"]);
        let commits: usize = commits.trim().parse().unwrap_or_else(|e| panic!("{what}: {commits} ({e})"));
        assert_eq!(commits, self.before + 1, "{what}: one commit a publication");
        let fsck = self.git(&["fsck", "--strict", "--no-dangling", "--no-progress"]);
        assert!(!fsck.contains("error") && !fsck.contains("missing"), "{what}: {fsck}");
        assert_eq!(self.git(&["status", "--porcelain"]), "", "{what}: work tree and index");
        let mirror: String =
            walk(&world.home().join("mirror")).iter().map(|p| lossy(&fs::read(p).unwrap())).collect();
        assert_eq!(mirror.matches("kind postmortem.published/").count(), 1, "{what}: told once");
        assert_eq!(mirror.matches("kind story.filed/").count(), 3, "{what}: each story is filed once");
        let found = world.json(&["search", "signing key"]);
        let hits = found["results"].as_array().unwrap().iter().filter(|hit| hit["id"] == "INC-2026-0001");
        assert_eq!(hits.count(), 1, "{what}: {found}");
        assert_eq!(world.json(&["verify"])["ok"], true, "{what}");
        let locks = locks(&world.home().join("postmortems"));
        assert_eq!(locks, Vec::<String>::new(), "{what}: what stops others");
    }

    /// The next start, whatever it is for, finds what is committed: publishing again is not needed for that.
    fn found_at_the_next_start(&self, what: &str) -> bool {
        let file = ["ls-tree", "-r", "--name-only", "HEAD"];
        let committed = self.git(&file).lines().any(|name| name.ends_with("-inc-2026-0001.md"));
        let found = self.world.json(&["search", "signing key"]);
        let hit = found["results"].as_array().unwrap().iter().any(|hit| hit["id"] == "INC-2026-0001");
        assert_eq!(hit, committed, "{what}: search and archive agree: {found}");
        committed
    }

    /// Publishes under the recorder; gives how often a thread made each call.
    fn counted(&self) -> Option<BTreeMap<String, usize>> {
        let trace = self.world.path("trace");
        let mut command = self.world.command("strace");
        command.args(["-f", "-qq", "-e", &format!("trace={CALLS}"), "-o"]).arg(&trace);
        let done = command.arg(program()).args(PUBLISH).output().ok()?;
        if !done.status.success() {
            return None;
        }
        let mut of_thread: BTreeMap<(String, String), usize> = BTreeMap::new();
        for line in fs::read_to_string(&trace).unwrap().lines() {
            let Some((thread, call)) = line.split_once(' ') else { continue };
            if let Some((name, _)) = call.trim_start().split_once('(') {
                *of_thread.entry((thread.to_owned(), name.to_owned())).or_default() += 1;
            }
        }
        let mut most = BTreeMap::new();
        for ((_, name), n) in of_thread {
            let seen = most.entry(name).or_insert(0);
            *seen = n.max(*seen);
        }
        Some(most)
    }

    /// Publishes, and is killed as it is about to make that call for that time. Gives whether it was.
    fn killed_at(&self, call: &str, time: usize) -> bool {
        let mut command = self.world.command("strace");
        command.args(["-f", "-qq", "-e", &format!("trace={call}"), "-e"]);
        command.arg(format!("inject={call}:signal=KILL:when={time}")).args(["-o", "/dev/null"]);
        !command.arg(program()).args(PUBLISH).output().unwrap().status.success()
    }
}

/// The lock files of a repository.
fn locks(repository: &Path) -> Vec<String> {
    let all = walk(&repository.join(".git")).into_iter();
    all.filter(|path| path.extension().is_some_and(|e| e == "lock"))
        .map(|p| p.display().to_string())
        .collect()
}

pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn publishing_that_is_killed_between_any_two_steps_happens_once() {
    let mut dice = Dice::new("publish");
    let mut told = Vec::new();
    for past in [false, true] {
        let press = Press::new(past);
        let Some(counts) = press.counted() else {
            return skipped("publishing that is killed: strace is not here, or may not look at processes");
        };
        press.hold("nothing was killed");
        let mut points: Vec<(&str, usize)> =
            counts.iter().flat_map(|(call, n)| (1..=*n).map(move |time| (call.as_str(), time))).collect();
        let all = points.len();
        // A new object, the branch, work tree, index and search each come in by a name that is given at once.
        if rounds(0, 1) == 0 {
            points.retain(|(call, time)| past && (*call == "rename" || *call == "link" && *time > 4));
            let calls: Vec<(&str, usize)> = counts.iter().map(|(call, n)| (call.as_str(), *n)).collect();
            for _ in 0..3 {
                let (call, n) = calls[dice.below(calls.len())];
                points.push((call, 1 + dice.below(n)));
            }
        }
        let mut killed = 0;
        for (round, (call, time)) in points.iter().enumerate() {
            // Which thread makes a call changes from run to run, and with it whether one makes so many.
            for _ in 0..TRIES {
                press.again();
                let was = press.killed_at(call, *time);
                press.resume(round % 8 == 3);
                press.hold(&format!("killed at {call} number {time}"));
                if was {
                    killed += 1;
                    break;
                }
            }
        }
        assert!(killed * 10 >= points.len() * 8, "only {killed} of {} were killed", points.len());
        told.push(format!("{killed} of {all} boundaries"));
    }
    figure(&format!(
        "publishing killed between two calls ({}): one commit each, 0 fsck errors, told once, found by search",
        told.join(" in a new archive, ") + " in an old one"
    ));
}

#[test]
fn publishing_that_is_killed_at_any_moment_happens_once() {
    let mut dice = Dice::new("moments");
    let wanted = rounds(6, 300);
    let press = Press::new(true);
    let begun = std::time::Instant::now();
    press.world.done(&PUBLISH);
    let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let (mut killed, mut committed) = (0, 0);
    // Some are done before they are killed.
    for round in 0..wanted * 3 {
        if killed == wanted {
            break;
        }
        press.again();
        let mut command = press.world.command(program());
        let mut child = command.args(PUBLISH).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::park_timeout(dice.between(0, whole + whole / 8) / 1_000);
        let _ = child.kill();
        let was = !child.wait().unwrap().success();
        killed += usize::from(was);
        committed += usize::from(press.found_at_the_next_start(&format!("round {round}")) && was);
        press.resume(round % 8 == 3);
        press.hold(&format!("round {round}"));
    }
    assert_eq!(killed, wanted, "as many were killed as were to be");
    figure(&format!(
        "publishing killed {killed} times at random, {committed} of them after the commit: found by the next search, \
         one commit each, 0 fsck errors, told once, 0 locks left"
    ));
}

/// What a recorded publication moved to its place, held to what was synced before. Gives how many objects and
/// references there were.
fn synced(trace: &str, git: &str) -> (usize, usize) {
    let mut synced: BTreeMap<String, usize> = BTreeMap::new();
    // The folders that hold a new name, and when it was given.
    let mut folders: Vec<(String, usize)> = Vec::new();
    let (mut objects, mut references) = (0, 0);
    for (at, call) in calls(trace).iter().enumerate() {
        if !call.trim_end().ends_with("= 0") {
            continue;
        }
        if call.starts_with("fsync(") || call.starts_with("fdatasync(") {
            if let Some((_, path)) = call.split_once('<') {
                synced.insert(path.split('>').next().unwrap_or_default().to_owned(), at);
            }
            continue;
        }
        let names: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
        let [from, to] = names[..] else { continue };
        let inside = to.strip_prefix(git).unwrap_or_default();
        let (object, reference) = (inside.starts_with("/objects/"), inside.starts_with("/refs/"));
        if !object && !reference {
            continue;
        }
        assert!(synced.contains_key(from), "{to} got its name before its bytes were synced:\n{trace}");
        if reference {
            // The branch names the objects: their names are on the disk first.
            for (folder, named) in &folders {
                assert!(synced.get(folder).is_some_and(|at| at > named), "{folder} before {to}:\n{trace}");
            }
        }
        folders.push((to.rsplit_once('/').unwrap().0.to_owned(), at));
        objects += usize::from(object);
        references += usize::from(reference);
    }
    for (folder, named) in &folders {
        assert!(synced.get(folder).is_some_and(|at| at > named), "{folder} at the end:\n{trace}");
    }
    (objects, references)
}

#[test]
fn objects_and_references_are_on_the_disk_before_a_publication_is_told() {
    for own in [true, false] {
        let press = Press::new(own);
        let mut archive = press.world.home().join("postmortems");
        if !own {
            archive = press.world.path("team");
            press.world.git(&["init", "-q", "-b", "main", archive.to_str().unwrap()]);
            press.world.set_archive(&archive);
        }
        let trace = press.world.path("trace");
        let mut command = press.world.command("strace");
        command.args(["-f", "-qq", "-y", "-s", "4096", "-e", "trace=fsync,fdatasync,rename,renameat,link"]);
        let done = command.arg("-o").arg(&trace).arg(program()).args(PUBLISH).output();
        if !done.is_ok_and(|done| done.status.success()) {
            return skipped("objects are synced: strace is not here, or may not look at processes");
        }
        let trace = fs::read_to_string(&trace).unwrap();
        let git = archive.join(".git");
        let (objects, references) = synced(&trace, git.to_str().unwrap());
        // The text, the trees of year and month and root, and the commit.
        assert!(objects >= 5 && references == 1, "{objects} objects, {references} references:\n{trace}");
        // The test's own test: without the syncs it fails.
        let unsynced: String =
            trace.lines().filter(|line| !line.contains("sync(")).map(|line| format!("{line}\n")).collect();
        let found = std::panic::catch_unwind(|| synced(&unsynced, git.to_str().unwrap()));
        assert!(found.is_err(), "a program that does not sync is found out");
        // git has nothing to complain of afterwards.
        let mut fsck = press.world.command("git");
        let fsck = fsck.arg("-C").arg(&archive).args(["fsck", "--strict"]).output().unwrap();
        assert_eq!(lossy(&fsck.stderr), "", "no hint either");
    }
}
