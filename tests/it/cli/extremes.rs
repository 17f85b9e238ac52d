//! Lines of 64 MiB at every place that takes text: one refusal that names the place, or a cut that is seen, within bounds
//! of memory and time, and what was there before is as it was.
#![expect(
    clippy::disallowed_methods,
    reason = "a test looks at the time, and starts the program under a limit"
)]

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Desk, Ran, ran};
use crate::faults::figure;
use crate::screen::program;

/// The longest line.
const LONG: usize = 64 << 20;
/// How much memory a run may have for itself, in KiB: a few copies of the largest text that is read, far from all of it.
const MEMORY: usize = 256 << 10;
/// How long a run may take, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes, and how often they come.
type Piece<'a> = (&'a [u8], usize);

/// How many runs there were, the longest that one took, and which one.
#[derive(Default)]
struct Runs(usize, Duration, String);

impl Runs {
    /// Runs, and holds the answer to code and words, and to being short and quick.
    #[track_caller]
    fn hold(&mut self, desk: &Desk, arguments: &[&str], input: &[Piece<'_>], code: i32, words: &str) {
        let (ran, took) = bounded(desk, arguments, input);
        let what = format!("{arguments:?}");
        let (out, err) = (&ran.out, &ran.err);
        assert_eq!(ran.code, code, "{what}: {out:.600} {err:.600}");
        assert!(format!("{out}{err}").contains(words), "{what} does not say {words}: {out:.600} {err:.600}");
        assert!(out.len() + err.len() < 8_000, "{what} says {} bytes", out.len() + err.len());
        assert!(!err.contains("fault of its own"), "{what}: {err}");
        assert!(took < PATIENCE, "{what} took {took:?}");
        self.0 += 1;
        if took > self.1 {
            (self.1, self.2) = (took, what);
        }
    }
}

impl Runs {
    fn tell(&self, what: &str) {
        let Self(runs, took, slowest) = self;
        let memory = MEMORY >> 10;
        figure(&format!(
            "{what}: {runs} runs, each under {memory} MiB of memory, at most {took:.1?} ({slowest})"
        ));
    }
}

/// A file with a line of 64 MiB between two texts, and its path as an argument.
fn big(desk: &Desk, name: &str, before: &str, after: &str) -> String {
    let path = desk.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(before.as_bytes()).unwrap();
    for _ in 0..LONG >> 20 {
        file.write_all(&[b'x'; 1 << 20]).unwrap();
    }
    file.write_all(after.as_bytes()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn surrounding(desk: &Desk) -> Vec<(std::ffi::OsString, std::ffi::OsString)> {
    let plain = desk.command(&[""; 0]);
    plain.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect()
}

/// Runs under the limit of memory, with these pieces on standard input.
fn bounded(desk: &Desk, arguments: &[&str], input: &[Piece<'_>]) -> (Ran, Duration) {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &format!("ulimit -d {MEMORY} && exec \"$0\" \"$@\""), program()]).args(arguments);
    command.env_clear().envs(surrounding(desk)).current_dir(desk.path("."));
    let begun = Instant::now();
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input: Vec<(Vec<u8>, usize)> = input.iter().map(|(piece, n)| (piece.to_vec(), *n)).collect();
    // The program may stop reading early.
    let writer = std::thread::spawn(move || {
        for (piece, times) in input {
            let block = piece.repeat((1 << 16) / piece.len().max(1));
            let mut left = piece.len() * times;
            while left > 0 {
                let now = left.min(block.len().max(1));
                if stdin.write_all(block.get(..now).unwrap_or(&piece)).is_err() {
                    return;
                }
                left -= now;
            }
        }
    });
    let ran = ran(child.wait_with_output().unwrap());
    writer.join().unwrap();
    (ran, begun.elapsed())
}

#[test]
fn lines_of_64_mib_are_refused_by_their_place_or_cut_to_be_seen() {
    let mut desk = Desk::new();
    desk.declare("Text from outside");
    desk.ok(&["role", "1", "commander", "alice"]);
    let page = big(&desk, "big.md", "# Big\n\nIt was ", ".\n");
    let front = big(&desk, "front.md", "---\ntitle: \"", "\"\n---\n\n# Big\n\nIt broke.\n");
    let table = big(&desk, "big.csv", "text,at\n\"", "\",2026-11-20T13:00:00Z\n");
    let runbook = big(&desk, "home/runbooks/big.md", "# Big\n\n## Steps\n\n- [ ] ", "\n");
    let mut runs = Runs::default();
    let x: Piece = (b"x", LONG);
    let plain: &[Piece] = &[x, (b"\n", 1)];
    let before = desk.timeline("1").len();
    for (arguments, input, code, words) in [
        (&["log", "1", "-"][..], plain, 2, "line 1 is longer"),
        (&["log", "1", "-"], &[(b"\n", 3), x, (b"\n", 1)], 2, "line 4 is longer"),
        (&["log", "1", "-"], &[(b"\xff", LONG)], 2, "line 1 is longer"),
        (&["log", "1", "-"], &[(b"\x1b[2J", LONG / 4)], 2, "line 1 is longer"),
        (&["log", "1", "-"], &[("o\u{301}\u{302}".as_bytes(), LONG / 5)], 2, "line 1 is longer"),
        (
            &["log", "1", "-", "--kind", "alert"],
            &[(b"{\"title\": \"", 1), x, (b"\"}", 1)],
            2,
            "line 1 is longer",
        ),
        (&["log", "1", "-", "--csv"], &[(b"text\n\"", 1), x, (b"\"\n", 1)], 2, "16777216"),
        (&["log", "1", &table, "--csv"], &[], 2, "16777216"),
        (&["update", "1", "internal", "-"], plain, 2, "standard input has more"),
        (&["scope", "1", "-", "--state", "affected"], plain, 2, "standard input has more"),
        (&["import", &page], &[], 1, "big.md: it has more than"),
        (&["import", &front], &[], 1, "front.md: it has more than"),
        (&["runbook", "check", &runbook], &[], 1, "big.md: it has more than"),
        (&["runbook", "attach", "1", &runbook], &[], 1, "big.md: it has more than"),
        (&["runbook", "list"], &[], 0, "big.md: it has more than"),
    ] {
        runs.hold(&desk, arguments, input, code, words);
    }
    assert_eq!(desk.timeline("1").len(), before, "what is refused leaves nothing");

    // A file is evidence whatever is in it, and the output of a command is cut where that is seen.
    runs.hold(&desk, &["evidence", "add", "1", &page], &[], 0, "big.md");
    runs.hold(&desk, &["run", "1", "--json", "--", "cat", &page], &[], 0, "its output cut after 16 MiB");
    assert!(desk.ok(&["timeline", "1"]).contains("its output cut after 16 MiB"), "the record tells it");

    // Settings, people, templates.
    for (name, arguments, code, words) in [
        ("people.toml", &["people", "list"][..], 0, "larger than 1 MiB"),
        ("people.toml", &["doctor"], 1, "larger than 1 MiB"),
        ("warroom.toml", &["list"], 2, "larger than 1 MiB"),
        ("templates/update-internal.txt", &["update", "1", "internal", "--print"], 0, "it has more than"),
    ] {
        let path = desk.home().join(name);
        let kept = std::fs::read(&path).ok();
        big(&desk, &format!("home/{name}"), "a = \"", "\"\n");
        runs.hold(&desk, arguments, &[], code, words);
        match kept {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
    }

    // A draft that grew, in the editor or before it.
    desk.ok(&["resolve", "1"]);
    let draft = desk.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
    desk.set("EDITOR", &format!("cp {page}"));
    runs.hold(&desk, &["postmortem", "edit", "1"], &[], 1, "INC-2026-0001.md is larger than 16 MiB");
    for command in ["check", "publish", "edit"] {
        runs.hold(&desk, &["postmortem", command, "1"], &[], 1, "INC-2026-0001.md");
    }
    assert_eq!(std::fs::metadata(&draft).unwrap().len(), std::fs::metadata(&page).unwrap().len());
    std::fs::remove_file(&draft).unwrap();
    runs.tell("lines of 64 MiB");
}

/// One file of somebody that is too large to be read stops neither search nor anything else of the archive.
#[test]
fn a_postmortem_of_64_mib_that_others_committed_is_left_out_and_told() {
    let desk = Desk::new();
    desk.declare("Text from outside");
    let small = desk.file("small.md", "# Small\n\nIt broke.\n");
    desk.ok(&["import", &small]);
    assert!(desk.ok(&["search", "broke"]).contains("Small"));
    let archive = desk.home().join("postmortems");
    std::fs::create_dir_all(archive.join("2026/01")).unwrap();
    big(&desk, "home/postmortems/2026/01/2026-01-01-big.md", "# Big\n\nIt broke ", ".\n");
    std::fs::write(archive.join("2026/01/2026-01-02-other.md"), "# Other\n\nIt broke as well.\n").unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "two more"]);
    let mut runs = Runs::default();
    for (arguments, code, words) in [
        // The index that is there follows.
        (&["search", "broke"][..], 0, "Other"),
        (&["similar", "--text", "it broke"], 0, "Other"),
        (&["reindex"], 0, "2026-01-01-big.md: larger than 2 MiB"),
        (&["search", "broke"], 0, "Other"),
        (&["patterns"], 0, "1 postmortem from"),
        (&["import", &small], 0, "there already 1"),
        (&["doctor"], 0, "2026/01/2026-01-01-big.md: larger than 2 MiB"),
    ] {
        runs.hold(&desk, arguments, &[], code, words);
    }
    runs.tell("a postmortem of 64 MiB");
}
