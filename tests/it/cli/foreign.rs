//! Text that other programs bring in: names in git, what hooks and signers print, what an editor leaves. Nothing of it
//! acts on a terminal, and what is stored of it is shown by its names.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::edges::{WORST, harmless, tame};
use super::{Desk, filled};
use crate::screen::World;

/// A desk with a postmortem that is ready to be published into a repository of a team, and that repository.
fn ready() -> (Desk, std::path::PathBuf) {
    let desk = Desk::new();
    desk.declare("Signing key leaked");
    desk.ok(&["role", "1", "commander", "alice"]);
    desk.ok(&["log", "1", "bob saw the key in a build"]);
    desk.ok(&["resolve", "1"]);
    let draft = desk.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(&draft).unwrap();
    std::fs::write(&draft, filled(&text)).unwrap();
    let team = desk.path("team");
    std::fs::create_dir(&team).unwrap();
    git(&desk, &team, &["init", "-q", "-b", "main"]);
    std::fs::write(team.join("README.md"), "ours\n").unwrap();
    git(&desk, &team, &["add", "-A"]);
    git(&desk, &team, &["commit", "-qm", "first"]);
    desk.file("home/warroom.toml", format!("[archive]\nrepository = \"{}\"\n", team.display()));
    (desk, team)
}

fn git_may(desk: &Desk, folder: &Path, arguments: &[&str]) -> (bool, String) {
    let done = desk.git_in(folder, arguments);
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.success(), said)
}

#[track_caller]
fn git(desk: &Desk, folder: &Path, arguments: &[&str]) -> String {
    let (well, said) = git_may(desk, folder, arguments);
    assert!(well, "git {arguments:?}: {said}");
    said
}

fn script(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Names that git takes, each for a branch, a remote and a person.
const NAMES: &[&str] = &[
    "wbidi-\u{202e}niam\u{202c}-\u{2066}x\u{2069}",
    "wc1-\u{9b}31m-\u{9d}0;t\u{9c}",
    "whidden-a\u{200b}b\u{feff}c\u{e0041}d\u{ad}",
    "wlines-a\u{2028}b\u{2029}c\u{85}d",
];

#[test]
fn names_in_git_do_not_act_in_any_message() {
    for name in NAMES {
        let (desk, team) = ready();
        git(&desk, &team, &["checkout", "-qb", name]);
        // What git refuses as the name of a remote stands in its configuration all the same.
        git(&desk, &team, &["config", &format!("remote.{name}.url"), "https://example.org/x"]);
        git(&desk, &team, &["config", &format!("branch.{name}.remote"), name]);
        let person = format!("{name} \u{1b}[31mred");
        git(&desk, &team, &["config", "user.name", &person]);
        git(&desk, &team, &["commit", "-q", "--allow-empty", "-m", &person]);
        let publish = ["postmortem", "publish", "1"];
        let mut seen = String::new();
        let mut look = |what: &str, arguments: &[&str]| {
            let ran = desk.run(arguments);
            tame(&format!("{name:?}, {what}, {arguments:?}"), &ran);
            seen.push_str(&ran.out);
            seen.push_str(&ran.err);
            ran.code
        };
        // Held by somebody, in the middle of something, without a branch, with our file there: then it goes.
        let lock = team.join(format!(".git/refs/heads/{name}.lock"));
        std::fs::write(&lock, "").unwrap();
        assert_ne!(look("a branch that is locked", &publish), 0);
        std::fs::remove_file(&lock).unwrap();
        git(&desk, &team, &["checkout", "-q", "--detach"]);
        assert_ne!(look("no branch", &publish), 0);
        git(&desk, &team, &["checkout", "-q", name]);
        std::fs::write(team.join(".git/MERGE_HEAD"), git(&desk, &team, &["rev-parse", "HEAD"])).unwrap();
        assert_ne!(look("a merge", &publish), 0);
        std::fs::remove_file(team.join(".git/MERGE_HEAD")).unwrap();
        look("doctor", &["doctor"]);
        assert_eq!(look("published", &publish), 0);
        for arguments in
            [&["doctor"][..], &["show", "1"], &["timeline", "1", "--all"], &["search", "key"], &publish]
        {
            look("after it", arguments);
        }
        // Somebody else changes it, by that name, and it is published again.
        let file = git(&desk, &team, &["ls-tree", "-r", "--name-only", "HEAD"]);
        let file = file.lines().find(|f| f.contains("signing-key")).unwrap().to_owned();
        std::fs::write(team.join(&file), "# Other\n").unwrap();
        git(&desk, &team, &["commit", "-qam", &person]);
        look("changed by somebody", &publish);
        look("verify", &["verify", "1"]);
        let word = name.split('-').next().unwrap();
        assert!(seen.contains(word), "{name:?} is in no message: {seen}");
        harmless(
            "the messages of commits",
            &git(&desk, &team, &["log", "-1", "--format=%B", "--", &file]).replace(&person, ""),
        );
    }
}

/// What a hook or a signer prints when it refuses is shown, and acts as little as any text; of much, the end is shown.
#[test]
fn what_hooks_and_signers_print_does_not_act() {
    let (desk, team) = ready();
    let publish = ["postmortem", "publish", "1"];
    for text in WORST {
        let said = desk.file("said.txt", text);
        for hook in ["pre-commit", "commit-msg"] {
            let hook = team.join(".git/hooks").join(hook);
            script(&hook, &format!("#!/bin/sh\ncat {said}; cat {said} >&2; exit 1\n"));
            let ran = desk.run(&publish);
            tame(&format!("{hook:?} says {text:?}"), &ran);
            assert!(ran.code != 0 && ran.err.contains(text.split(' ').next().unwrap()), "{ran:?}");
            std::fs::remove_file(&hook).unwrap();
        }
        let signer = desk.path("signer");
        script(&signer, &format!("#!/bin/sh\ncat {said} >&2; exit 1\n"));
        git(&desk, &team, &["config", "commit.gpgsign", "true"]);
        git(&desk, &team, &["config", "gpg.program", signer.to_str().unwrap()]);
        let ran = desk.run(&publish);
        tame(&format!("a signer says {text:?}"), &ran);
        assert!(ran.code != 0 && ran.err.contains(text.split(' ').next().unwrap()), "{ran:?}");
        git(&desk, &team, &["config", "commit.gpgsign", "false"]);
    }
    // One that does not stop talking.
    let hook = team.join(".git/hooks/pre-commit");
    script(&hook, "#!/bin/sh\nhead -c 8388608 /dev/zero | tr '\\0' x; echo; echo the last word; exit 1\n");
    let ran = desk.run(&publish);
    assert!(
        ran.code != 0 && ran.err.contains("the last word") && ran.err.len() < 8_000,
        "{} bytes",
        ran.err.len()
    );
    std::fs::remove_file(&hook).unwrap();
    // One that writes a message without end, or one that would act.
    let hook = team.join(".git/hooks/commit-msg");
    script(&hook, "#!/bin/sh\nhead -c 67108864 /dev/zero | tr '\\0' x > \"$1\"\n");
    let ran = desk.run(&publish);
    tame("a message without end", &ran);
    assert!(
        ran.code != 0 && ran.err.contains("commit-msg") && ran.err.len() < 8_000,
        "{} {:.300}",
        ran.code,
        ran.err
    );
    std::fs::remove_file(&hook).unwrap();
    desk.ok(&publish);
}

/// Whom a commit is by, whether it is signed, and which hooks stand before it: all from the files that git itself would
/// read.
#[test]
fn git_is_configured_by_the_files_that_the_environment_names() {
    let mut desk = Desk::new();
    let person =
        |name: &str| format!("[user]\n\tname = {name}\n\temail = {}@example.org\n", name.to_lowercase());
    // In the usual places: alice, and bob who stands behind her.
    desk.file(".config/git/config", format!("{}[commit]\n\tgpgsign = true\n", person("Bob")));
    desk.file(".gitconfig", format!("{}[commit]\n\tgpgsign = false\n", person("Alice")));
    script(&desk.path("hooks/pre-commit"), "#!/bin/sh\necho no ticket >&2\nexit 1\n");
    let hooks = format!("[core]\n\thooksPath = {}\n", desk.path("hooks").display());
    let global = desk.file("named/global", format!("{}[init]\n\tdefaultBranch = trunk\n", person("Carol")));
    let hooked = desk.file("named/hooked", format!("{}{hooks}", person("Carol")));
    let signing = "[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = /bin/false\n";
    let signed = desk.file("named/signed", format!("{}{signing}", person("Carol")));
    let system = desk.file("named/system", person("Dan"));
    let broken = desk.file("named/broken", "[user\n");
    let none = desk.path("named/none").display().to_string();
    // The archive is made with the first incident.
    desk.set("GIT_CONFIG_GLOBAL", &global);
    desk.declare("The signing key leaked");
    desk.ok(&["resolve", "1"]);
    let publish = ["postmortem", "publish", "1", "--waive", "try"];
    let draft = desk.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
    let mut by = Vec::new();
    for (n, (variables, refused)) in [
        ([global.as_str(), "/dev/null", "0"], None),
        ([&hooked, "/dev/null", "0"], Some("no ticket")),
        ([&signed, "/dev/null", "0"], Some("/bin/false")),
        ([&broken, "/dev/null", "0"], Some("broken")),
        // Nothing of the usual places where another file is named, though it is empty or not there.
        (["", "/dev/null", "0"], Some("author")),
        ([&none, "/dev/null", "0"], Some("author")),
        ([&none, &system, "0"], None),
        ([&none, &system, "true"], Some("author")),
        ([&global, &system, "0"], None),
    ]
    .into_iter()
    .enumerate()
    {
        for (name, value) in
            ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"].iter().zip(variables)
        {
            desk.set(name, value);
        }
        let text = std::fs::read_to_string(&draft).unwrap();
        std::fs::write(&draft, format!("{text}\nVersion {n}.\n")).unwrap();
        let ran = desk.run(&publish);
        let archive = desk.home().join("postmortems");
        if let Some(words) = refused {
            assert!(ran.code != 0 && ran.err.contains(words), "{variables:?}: {ran:?}");
            continue;
        }
        assert_eq!(ran.code, 0, "{variables:?}: {ran:?}");
        // git itself, in the same surrounding, takes the commit for its own.
        let is = git(&desk, &archive, &["log", "-1", "--format=%an <%ae> %cn"]);
        let own = git(&desk, &archive, &["var", "GIT_AUTHOR_IDENT"]);
        let (name, _) = is.split_once(" <").unwrap();
        assert!(own.starts_with(is.rsplit_once(' ').unwrap().0), "{variables:?}: {is} and {own}");
        by.push(name.to_owned());
    }
    assert_eq!(by, ["Carol", "Dan", "Carol"]);
    let branch = git(&desk, &desk.home().join("postmortems"), &["symbolic-ref", "--short", "HEAD"]);
    assert_eq!(branch.trim(), "trunk");
}

/// What an editor leaves is stored as it is and shown by its names, wherever one is started.
#[test]
fn what_an_editor_leaves_does_not_act() {
    let mut desk = Desk::new();
    desk.declare("Text from outside");
    desk.ok(&["role", "1", "commander", "alice"]);
    let left = desk.path("left.txt");
    let editor = desk.path("editor");
    script(&editor, &format!("#!/bin/sh\ncat {} > \"$1\"\n", left.display()));
    desk.set("EDITOR", editor.to_str().unwrap());
    for text in WORST {
        std::fs::write(&left, format!("{text} \0 {text}\n")).unwrap();
        let ran = desk.run(&["update", "1", "internal", "--edit"]);
        tame(&format!("an update of {text:?}"), &ran);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    desk.ok(&["resolve", "1"]);
    desk.ok(&["postmortem", "draft", "1"]);
    for text in WORST {
        let page = format!(
            "---\ntitle: {text}\nseverity: {text}\ndate: {text}\nauthors: [{text}]\n{text}\n---\n# {text}\n\n## {text}\n\n[fill in: {text}]\0\n"
        );
        std::fs::write(&left, page).unwrap();
        tame(&format!("a draft of {text:?}"), &desk.run(&["postmortem", "edit", "1"]));
        tame(&format!("a draft of {text:?}"), &desk.run(&["postmortem", "check", "1"]));
        tame(&format!("a draft of {text:?}"), &desk.run(&["postmortem", "publish", "1"]));
    }
    std::fs::write(&left, b"no text \xff\xfe \x9b31m\n").unwrap();
    tame("bytes", &desk.run(&["postmortem", "edit", "1"]));
    for arguments in
        [&["timeline", "1"][..], &["updates"], &["update", "1", "list"], &["show", "1"], &["brief", "1"]]
    {
        tame(&format!("{arguments:?}"), &desk.run(arguments));
    }
    let stored = desk.timeline("1");
    let text = format!("{} \0 {}", WORST[0], WORST[0]);
    assert!(stored.iter().any(|e| e["text"].as_str().unwrap().contains(&text)), "it is stored as it is");
}

/// Reads what the program sent to the terminal, as a terminal would.
#[derive(Default)]
struct Watch {
    foreign: Vec<String>,
}

impl vte::Perform for Watch {
    fn print(&mut self, c: char) {
        if super::edges::acts(c) {
            self.foreign.push(format!("prints {c:?}"));
        }
    }

    fn execute(&mut self, byte: u8) {
        if !matches!(byte, b'\r' | b'\n') {
            self.foreign.push(format!("executes {byte:#04x}"));
        }
    }

    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        self.foreign.push(format!("DCS {action:?}"));
    }

    // The window's title would be one of these; the room sets none.
    fn osc_dispatch(&mut self, parts: &[&[u8]], _: bool) {
        self.foreign
            .push(format!("OSC {:?}", parts.iter().map(|p| String::from_utf8_lossy(p)).collect::<Vec<_>>()));
    }

    fn csi_dispatch(&mut self, params: &vte::Params, between: &[u8], _: bool, action: char) {
        let modes = [1000, 1006, 2004, 2026, 1049, 25];
        let ours = match (between, action) {
            (b"", 'm' | 'H' | 'J' | 'K' | 'A' | 'B' | 'C' | 'D' | 'G' | 'd') => true,
            (b"?", 'h' | 'l') => params.iter().all(|p| modes.contains(&p[0])),
            _ => false,
        };
        if !ours {
            self.foreign.push(format!("CSI {between:?} {params:?} {action:?}"));
        }
    }

    fn esc_dispatch(&mut self, between: &[u8], _: bool, byte: u8) {
        self.foreign.push(format!("ESC {between:?} {byte:#04x}"));
    }
}

/// A whole session on a real terminal: title, lines, sources, an editor that leaves what would act, and the way out.
#[test]
fn a_terminal_gets_no_foreign_sequence_from_a_room_nor_a_title_of_its_window() {
    let mut world = World::new();
    world.done(&["declare", "Text from outside", "--severity", "P1", "--commander", "alice"]);
    for text in WORST {
        world.done(&["log", "1", text]);
        world.done(&["log", "1", "an alarm", "--kind", "alert", "--source", text]);
        let (code, ..) = world.run(&["set", "1", "--title", text, "--impact", text]);
        assert_eq!(code, 0);
    }
    let left = world.path("left.txt");
    std::fs::write(&left, format!("{} \0 left by the editor", WORST[..5].join(" "))).unwrap();
    let editor = world.script("editor", &format!("#!/bin/sh\ncat {} > \"$1\"\n", left.display()));
    world.set("EDITOR", editor.to_str().unwrap());
    let mut screen = world.screen(&["open", "1"], 120, 42);
    screen.until("? all").send(b"i").until("Enter store").type_text("go on").until("go on");
    screen
        .send(b"\x18")
        .until("left by the editor")
        .send(b"\r")
        .until_that("it is stored", |s| s.lines().any(|l| l.contains("wescape") && l.contains('✓')));
    screen.send(b"b").until("Enter back").send(b"\x1b").until_gone("Enter back");
    screen.send(b"/").until("Results").type_text("wescape").send(b"\x1b").until_gone("Results");
    screen.send(b"?").until("Actions").send(b"\x1b").until_gone("Actions");
    screen.send(b"q").until("Incidents").send(b"q");
    assert_eq!(screen.end(), 0);
    let mut watch = Watch::default();
    vte::Parser::new().advance(&mut watch, screen.raw());
    watch.foreign.sort();
    watch.foreign.dedup();
    assert_eq!(watch.foreign, Vec::<String>::new());
}

/// What fails beside a command that succeeds is in the log, in lines that act on no terminal; else there is no log.
#[test]
fn the_log_of_the_program_has_what_failed_in_lines_that_do_not_act() {
    let desk = Desk::new();
    let home = desk.path("h\u{1b}[31m\u{202e}\n2026-11-20T14:00:00Z  WARN warroom: forged");
    let home = home.to_str().unwrap();
    desk.ok(&["--home", home, "declare", "Web is down", "--severity", "P1"]);
    let log = Path::new(home).join("log/warroom.log");
    assert!(!log.exists(), "nothing failed");
    for entry in std::fs::read_dir(Path::new(home).join("mirror")).unwrap().map(|e| e.unwrap().path()) {
        std::fs::remove_file(&entry).unwrap();
        std::fs::create_dir(&entry).unwrap();
    }
    desk.ok(&["--home", home, "log", "1", "the-words-of-a-line"]);
    desk.ok(&["--home", home, "set", "1", "--title", "Web is down"]);
    let text = std::fs::read_to_string(&log).unwrap();
    harmless("the log", &text);
    assert!(text.contains("the mirror was not") && text.contains("h^[[31m<U+202E>"), "{text}");
    assert!(text.lines().all(|l| l.contains("the mirror was not")), "no line is forged: {text}");
    assert!(!text.contains("the-words"), "{text}");
    assert_eq!(std::fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    let wrong = desk.with("WARROOM_LOG", "warroom=loud=er");
    wrong.run(&["--home", home, "log", "1", "x"]).refuses(2, "WARROOM_LOG");
}
