//! What keeps other accounts and crash dumps away from what was said: modes, owners and links of the home, the folders
//! above it, and the limits of the running program.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Stdio;

use warroom::shell::paths::{Access, Home, HomeSource, Shipped};

use crate::screen::{World, program};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A home in a folder that is this account's alone.
fn home(folder: &Path) -> Home {
    set_mode(folder, 0o700);
    let home = Home::at(&folder.join("home"));
    home.create(&Access::Private, Shipped { config: "# none\n", ..Shipped::default() }).unwrap();
    home
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

#[track_caller]
fn says(home: &Home, words: &[&str]) {
    let said = home.exposed().join("\n");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
}

#[test]
fn a_home_as_it_is_made_is_exposed_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    assert_eq!(home.exposed(), Vec::<String>::new());
    assert!(Home::at(&folder.path().join("none")).exposed().is_empty(), "no home, nothing to say");
}

#[test]
fn loose_modes_are_named_with_the_command_that_mends_them() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let root = home.root().display().to_string();
    // Behind a closed folder the mode of a file lets nobody in.
    set_mode(&home.config(), 0o666);
    assert!(home.exposed().is_empty(), "{:?}", home.exposed());
    set_mode(home.root(), 0o755);
    says(&home, &[&format!("look into {root}: chmod 700 {root}"), &format!("chmod 600 {root}/warroom.toml")]);
    set_mode(&home.drafts(), 0o770);
    says(&home, &[&format!("chmod 700 {root}/drafts")]);
    set_mode(home.root(), 0o777);
    says(&home, &[&format!("change {root}: chmod 700 {root}")]);
    // What was said is enough.
    for line in home.exposed() {
        let command = line.rsplit_once(": ").unwrap().1;
        let words = shell_words::split(command).unwrap();
        assert_eq!(words[0], "chmod", "{line}");
        for path in &words[2..] {
            set_mode(Path::new(path), u32::from_str_radix(&words[1], 8).unwrap());
        }
    }
    assert!(home.exposed().is_empty(), "{:?}", home.exposed());
}

#[test]
fn a_folder_above_in_which_others_write_is_named_unless_it_is_sticky() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let above = folder.path().display().to_string();
    set_mode(folder.path(), 0o777);
    says(&home, &["put another home in place", &format!("chmod o-w {above}")]);
    set_mode(folder.path(), 0o1777);
    assert!(home.exposed().is_empty(), "{:?}", home.exposed());
}

#[test]
fn a_part_behind_a_link_is_named_when_this_program_alone_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    set_mode(&elsewhere, 0o700);
    // People may keep their runbooks where they like.
    fs::remove_dir(home.runbooks()).unwrap();
    symlink(&elsewhere, home.runbooks()).unwrap();
    assert!(home.exposed().is_empty(), "{:?}", home.exposed());
    fs::remove_dir(home.drafts()).unwrap();
    symlink(&elsewhere, home.drafts()).unwrap();
    says(&home, &["drafts is a symbolic link to", "elsewhere"]);
    // Behind a link the closed folder of the home does not help.
    set_mode(&elsewhere, 0o755);
    says(&home, &["chmod 700", "runbooks"]);
}

#[test]
fn foreign_owners_are_named_and_a_home_that_nobody_named_is_refused() {
    if !is_root() {
        // Only root can give a file away.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let home = home(folder.path());
    chown(home.config(), Some(12345), None).unwrap();
    says(&home, &["warroom.toml belongs to the account 12345", "chown"]);
    chown(home.root(), Some(12345), None).unwrap();
    says(&home, &["belongs to the account 12345", "act as the account 12345"]);
    assert!(home.trust().is_ok(), "who names a home means it");

    let world = World::new();
    let ran = world
        .command(program())
        .env_remove("WARROOM_HOME")
        .current_dir(home.runbooks())
        .args(["list"])
        .output()
        .unwrap();
    let err = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{err}");
    assert!(err.contains("belongs to the account 12345") && err.contains("--home"), "{err}");
    assert_eq!(home.source(), HomeSource::Flag);
}

#[test]
fn an_exposed_home_is_told_by_every_command_and_by_doctor() {
    let world = World::new();
    world.done(&["declare", "Disk full", "--severity", "p2"]);
    let (_, _, err) = world.run(&["list"]);
    assert_eq!(err, "");
    set_mode(&world.home(), 0o755);
    let (code, out, err) = world.run(&["list"]);
    assert!(code == 0 && out.contains("Disk full"), "it stops nothing: {out}{err}");
    assert!(err.contains("other accounts can look into") && err.contains("chmod 700"), "{err}");
    let (code, out, _) = world.run(&["doctor"]);
    assert!(code == 1 && out.contains("WRONG access"), "{out}");
    let mut screen = world.screen(&[], 160, 30);
    screen.until("other accounts can look into");
}

#[test]
fn the_running_program_leaves_no_core_dump() {
    let world = World::new();
    world.done(&["declare", "Disk full", "--severity", "p2"]);
    let mut command = world.command(program());
    command.args(["log", "1", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Once a line is answered, the program has begun; it waits for the next one.
    stdin.write_all(b"a line\n").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let read = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap();
    let (limits, filter) = (read("limits"), read("coredump_filter"));
    drop(stdin);
    child.wait().unwrap();
    let core = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    assert_eq!(filter.trim(), "00000000", "no memory in what a handler of the host gets");
}
