//! Two Unix accounts on one home of their group: both read and write, at once, and one sees what the other said.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::figure;
use crate::cli::filled;
use crate::data::skipped;
use crate::screen::{World, program};

/// The words that start the program as another account: of its own, and of a group that both are in.
struct Account {
    words: Vec<String>,
}

impl Account {
    fn new(id: u32, group: &str, program: &Path) -> Self {
        let setpriv = [format!("--reuid={id}"), format!("--regid={id}"), format!("--groups={group}")];
        let program = program.to_str().unwrap().to_owned();
        Self { words: std::iter::once("setpriv".to_owned()).chain(setpriv).chain([program]).collect() }
    }

    fn command(&self, world: &World, person: &str, args: &[&str]) -> Command {
        let mut command = world.command(&self.words[0]);
        command.args(&self.words[1..]).args(args).env("WARROOM_AS", person);
        command
    }

    fn done(&self, world: &World, person: &str, args: &[&str]) -> String {
        self.done_with(world, person, args, "")
    }

    fn done_with(&self, world: &World, person: &str, args: &[&str], input: &str) -> String {
        finished(self.command(world, person, args), input)
    }

    /// Another program as this account.
    fn beside(&self, world: &World, script: &str, path: &Path, input: &str) -> String {
        let mut command = world.command(&self.words[0]);
        command.args(&self.words[1..self.words.len() - 1]).args(["sh", "-c", script, "sh"]).arg(path);
        finished(command, input)
    }
}

fn finished(mut command: Command, input: &str) -> String {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap();
    // One that does not read has ended already, which its status says.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let done = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{command:?}: {}{}", text(&done.stdout), text(&done.stderr));
    text(&done.stdout)
}

/// What of a folder the group may not read and write as its owner does, but for git's objects, which nobody changes.
fn kept_from_the_group(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (meta, mode) = match std::fs::symlink_metadata(&path) {
            Ok(meta) => (meta.clone(), meta.permissions().mode() & 0o7777),
            Err(_) => continue,
        };
        let is_object = path.components().any(|part| part.as_os_str() == "objects");
        let wanted = match meta.is_dir() {
            true => 0o2770,
            false if is_object => 0o440,
            false => 0o660,
        };
        if mode & wanted != wanted {
            found.push(format!("{mode:o} {}", path.display()));
        }
        if meta.is_dir() {
            kept_from_the_group(&path, found);
        }
    }
}

/// On the way to the close, one makes the draft and keeps evidence, the other takes both up, and puts something into the
/// archive with git, after which the first goes on.
fn close_in_turns(world: &World, alice: &Account, bob: &Account, home: &Path) {
    alice.done(world, "alice", &["run", "1", "--", "echo", "kept by alice"]);
    alice.done_with(world, "alice", &["evidence", "add", "1", "-", "--name", "piped"], "kept by alice too");
    bob.done(world, "bob", &["evidence", "verify", "1"]);
    alice.done(world, "alice", &["resolve", "1"]);
    alice.done(world, "alice", &["postmortem", "draft", "1"]);
    let shown: serde_json::Value =
        serde_json::from_str(&bob.done(world, "bob", &["show", "1", "--json"])).unwrap();
    let draft = home.join("drafts").join(format!("{}.md", shown["id"].as_str().unwrap()));
    let text = filled(&std::fs::read_to_string(&draft).unwrap());
    // As bob, in place: what an editor does.
    bob.beside(world, "cat > \"$1\"", &draft, &text);
    bob.done(world, "bob", &["postmortem", "check", "1"]);
    bob.done(world, "bob", &["postmortem", "publish", "1"]);
    let archive = home.join("postmortems");
    let by_hand =
        "umask 022; cd \"$1\" && echo more > by-hand.md && git add . && git commit -qm 'Add by hand'";
    bob.beside(world, by_hand, &archive, "");
    let past = world.path("past.md");
    std::fs::write(&past, "# The web was down\n\nA certificate ran out.\n").unwrap();
    open_to_all(&past, 0o644);
    alice.done(world, "alice", &["import", past.to_str().unwrap()]);
    alice.done(world, "alice", &["postmortem", "draft", "1"]);
    let mut found = Vec::new();
    for name in ["drafts", "evidence", "postmortems", "mirror", "runbooks"] {
        kept_from_the_group(&home.join(name), &mut found);
    }
    // Half-typed lines are their writer's; the rest is git's own, which replaces it or reads it only.
    let theirs = [".journal", "by-hand.md", ".git/COMMIT_EDITMSG", ".git/hooks", ".git/info"];
    found.retain(|path| !theirs.iter().any(|end| path.ends_with(end)));
    assert_eq!(found, Vec::<String>::new());
}

fn open_to_all(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn two_accounts_of_a_group_write_into_one_home() {
    let mut world = World::new();
    world.set("WARROOM_NOW", "");
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    let mut group = groups.lines().filter_map(|line| {
        let mut fields = line.split(':');
        Some((fields.next()?, fields.nth(1)?)).filter(|(_, id)| *id != "0")
    });
    let tried =
        world.command("setpriv").args(["--reuid=4001", "--regid=4001", "--clear-groups", "true"]).output();
    let (Some((name, id)), true) = (group.next_back(), tried.is_ok_and(|done| done.status.success())) else {
        return skipped("two accounts on one home: only root can be two accounts, with setpriv");
    };
    // What both must reach; nobody but the two is let into the home itself.
    let shared = world.path("shared");
    std::fs::create_dir(&shared).unwrap();
    open_to_all(&world.path("."), 0o755);
    open_to_all(&world.path("user"), 0o755);
    open_to_all(&shared, 0o1777);
    // Other tests of this process narrow its umask meanwhile.
    open_to_all(&world.path("user/.gitconfig"), 0o644);
    let copy = world.path("warroom");
    std::fs::copy(program(), &copy).unwrap();
    world.set("WARROOM_HOME", shared.join("home").to_str().unwrap());
    // As git wants it of whoever uses another's repository, and as the program says.
    let trusted = format!("[safe]\n\tdirectory = {}\n", shared.join("home/postmortems").display());
    let mut config = std::fs::File::options().append(true).open(world.path("user/.gitconfig")).unwrap();
    config.write_all(trusted.as_bytes()).unwrap();
    let (alice, bob) = (Account::new(4001, id, &copy), Account::new(4002, id, &copy));

    alice.done(&world, "alice", &["init", "--group", name]);
    alice.done(&world, "alice", &["declare", "Two accounts", "--severity", "P2", "--commander", "alice"]);
    bob.done(&world, "bob", &["log", "1", "said by bob"]);
    alice.done(&world, "alice", &["log", "1", "said by alice"]);
    for (account, person) in [(&bob, "bob"), (&alice, "alice")] {
        account.done(&world, person, &["reindex"]);
        account.done(&world, person, &["similar", "1"]);
        let seen = account.done(&world, person, &["timeline", "1"]);
        assert!(seen.contains("said by bob") && seen.contains("said by alice"), "{seen}");
    }

    // Both at once, each line told before the next.
    let lines = 60;
    let mut streams = [(&alice, "alice"), (&bob, "bob")].map(|(account, person)| {
        let mut command = account.command(&world, person, &["log", "1", "-"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let text: String = (0..lines).map(|n| format!("{person}{n:03} at once\n")).collect();
        let mut input = child.stdin.take().unwrap();
        std::thread::spawn(move || input.write_all(text.as_bytes()));
        child
    });
    let screen = [&bob.words[..], &["open".to_owned(), "1".to_owned()]].concat();
    let screen: Vec<&str> = screen.iter().map(String::as_str).collect();
    world.set("WARROOM_AS", "bob");
    let mut screen = world.screen_of(&screen, 100, 30);
    let last = ["alice", "bob"].map(|person| format!("{person}{:03}", lines - 1));
    screen.until_that("the last lines", |shown| last.iter().any(|token| shown.contains(token)));
    for child in &mut streams {
        assert!(child.wait().unwrap().success());
    }
    let timeline = bob.done(&world, "bob", &["timeline", "1", "--json"]);
    let timeline: serde_json::Value = serde_json::from_str(&timeline).unwrap();
    let mut at_once: Vec<&str> = timeline["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|e| e["text"].as_str()?.strip_suffix(" at once"))
        .collect();
    at_once.sort_unstable();
    at_once.dedup();
    assert_eq!(at_once.len(), 2 * lines);
    close_in_turns(&world, &alice, &bob, &shared.join("home"));
    let verified = alice.done(&world, "alice", &["verify"]);
    figure(&format!(
        "two accounts of a group, {lines} lines each at once: 0 lost; {}",
        verified.lines().next().unwrap_or_default()
    ));
}
