//! Who may read what the program writes, whatever the umask of the one who started it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use crate::screen::{World, program};

/// A shell that leaves everything open, and then becomes the program.
const OPEN: &[&str] = &["sh", "-c", "umask 000; exec \"$0\" \"$@\""];

fn open(world: &World, args: &[&str]) {
    let done = world.command(OPEN[0]).args(&OPEN[1..]).arg(program()).args(args).output().unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// What others may read or write below a folder.
fn exposed(folder: &Path) -> Vec<String> {
    let loose = |path: &Path| {
        let mode = std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
        (mode & 0o077 != 0).then(|| format!("{} {mode:o}", path.display()))
    };
    let inside = super::out::walk(folder);
    let folders: std::collections::BTreeSet<&Path> = inside.iter().filter_map(|path| path.parent()).collect();
    folders.into_iter().chain(inside.iter().map(std::path::PathBuf::as_path)).filter_map(loose).collect()
}

#[test]
fn nothing_that_is_written_is_for_others_however_open_the_umask_is() {
    let world = World::new();
    open(&world, &["declare", "Web is down", "--commander", "alice", "--severity", "P1"]);
    open(&world, &["log", "1", "it is the proxy"]);
    let file = world.path("audit.json");
    std::fs::write(&file, "{}\n").unwrap();
    open(&world, &["evidence", "add", "1", file.to_str().unwrap(), "--class", "audit-log"]);
    open(&world, &["run", "1", "--", "echo", "it ran"]);
    let words = [OPEN, &[program(), "open", "1"]].concat();
    let mut screen = world.screen_of(&words, 120, 40);
    screen.until("? all").send(b"i").until("Enter store").type_text("half a line").until("half a line");
    screen.look(Duration::from_millis(700));
    assert_eq!(exposed(&world.home()), Vec::<String>::new(), "while a room is open");
    drop(screen);
    open(&world, &["resolve", "1"]);
    open(&world, &["postmortem", "draft", "1"]);
    open(&world, &["postmortem", "publish", "1", "--waive", "no time"]);
    open(&world, &["search", "proxy"]);
    open(&world, &["doctor", "--repair"]);
    let copy = world.path("copy.db");
    open(&world, &["backup", copy.to_str().unwrap()]);
    assert_eq!(exposed(&world.home()), Vec::<String>::new());
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode & 0o077, 0, "a backup is for its owner: {mode:o}");
}

#[test]
fn drafts_that_the_others_of_a_group_cannot_read_are_told_with_what_opens_them() {
    let world = World::new();
    world.done(&["declare", "Web is down", "--commander", "alice"]);
    world.done(&["resolve", "1"]);
    let draft = world.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
    let mode = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let told = || world.run(&["doctor"]).1;
    assert!(!told().contains("drafts that were written for one account"), "a home of one account");
    mode(&world.home(), 0o2770);
    mode(Path::new(&draft), 0o600);
    assert!(told().contains(&format!("written for one account: chmod 660 {draft}")), "{}", told());
    mode(Path::new(&draft), 0o660);
    assert!(!told().contains("written for one account"));
}
