//! Every state in which a team's repository can be when somebody publishes into it. What others have staged, edited or
//! begun is the same before and after; either there is one commit more, or the refusal says why and what to do, and
//! doing it helps.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::figure;
use super::publish::{PUBLISH, copy, lossy};
use crate::cli::filled;
use crate::data::skipped;
use crate::screen::{World, program};

/// The end of the one file that is ours.
const OURS: &str = "-signing-key-leaked-inc-2026-0001.md";

/// The account that has nothing.
const NOBODY: u32 = 65_534;

/// What publishing comes to.
enum End {
    /// One commit, and nothing is said.
    Published,
    /// One commit, and a warning that says this.
    Warned(&'static [&'static str]),
    /// No commit, this exit code, and a message that says this.
    Refused(i32, &'static [&'static str]),
}

use End::{Published, Refused, Warned};

/// A state, what publishing comes to in it, and what ends a refusal.
struct State {
    name: &'static str,
    make: fn(&Team),
    end: End,
    cure: Option<fn(&Team)>,
}

const fn state(name: &'static str, make: fn(&Team), end: End) -> State {
    State { name, make, end, cure: None }
}

const fn cured(name: &'static str, make: fn(&Team), end: End, cure: fn(&Team)) -> State {
    State { name, make, end, cure: Some(cure) }
}

const STATES: &[State] = &[
    state("clean", |_| {}, Published),
    state("dirty", Team::dirty, Published),
    state("unborn", |team| team.anew(&[]), Published),
    state("unborn, with files staged and not", unborn_and_dirty, Published),
    state("packed references and objects", |team| drop(team.git(&["gc", "-q"])), Published),
    state("shallow", shallow, Published),
    state("cloned without a checkout", not_checked_out, Published),
    state("sharing objects with another", shares_objects, Published),
    state("index of version 4", |team| drop(team.git(&["update-index", "--index-version", "4"])), Published),
    state("sparse", |team| drop(team.git(&["sparse-checkout", "set", "--no-cone", "/README.md"])), Published),
    state("bare", |team| team.anew(&["--bare"]), Published),
    state("bare, with packed references", bare_and_packed, Published),
    state("named by a symbolic link", behind_a_link, Published),
    state("a linked work tree", linked_work_tree, Published),
    state("no hooks, no reflog", without_reflog, Published),
    state(
        "locked index",
        |team| team.write(".git/index.lock", ""),
        Warned(&["committed", "index is locked since 2", "index.lock"]),
    ),
    cured(
        "merge with conflicts",
        |team| team.begin(&["merge", "side"]),
        Refused(4, &["a merge is in progress", "git merge --abort"]),
        |team| drop(team.git(&["merge", "--abort"])),
    ),
    cured(
        "merge without conflicts",
        merge_to_commit,
        Refused(4, &["a merge is in progress", "git merge --continue"]),
        |team| drop(team.git(&["commit", "-qm", "Merged"])),
    ),
    cured(
        "rebase",
        |team| team.begin(&["rebase", "side"]),
        Refused(4, &["a rebase is in progress", "git rebase --abort"]),
        |team| drop(team.git(&["rebase", "--abort"])),
    ),
    cured(
        "cherry-pick",
        |team| team.begin(&["cherry-pick", "side"]),
        Refused(4, &["a cherry-pick is in progress", "git cherry-pick --abort"]),
        |team| drop(team.git(&["cherry-pick", "--abort"])),
    ),
    cured("revert", revert, Refused(4, &["a revert is in progress", "git revert --abort"]), |team| {
        drop(team.git(&["revert", "--abort"]));
    }),
    cured(
        "bisect",
        |team| drop(team.git(&["bisect", "start"])),
        Refused(4, &["a bisect is in progress", "git bisect reset"]),
        |team| drop(team.git(&["bisect", "reset"])),
    ),
    cured(
        "patches",
        patches,
        Refused(4, &["a patch series (git am) is in progress", "git am --abort"]),
        |team| drop(team.git(&["am", "--abort"])),
    ),
    cured(
        "unmerged entries and nothing in progress",
        unmerged,
        Refused(4, &["unmerged entries", "git add"]),
        |team| drop(team.git(&["add", "other.txt"])),
    ),
    cured(
        "detached",
        |team| drop(team.git(&["checkout", "-q", "--detach"])),
        Refused(4, &["HEAD", "is detached at", "git switch"]),
        |team| drop(team.git(&["switch", "-q", "main"])),
    ),
    cured(
        "locked branch",
        |team| team.write(".git/refs/heads/main.lock", ""),
        Refused(4, &["branch main is locked since 2", "main.lock", "delete the file"]),
        |team| fs::remove_file(team.path.join(".git/refs/heads/main.lock")).unwrap(),
    ),
    cured(
        "our file staged with other text",
        |team| {
            team.write(&team.ours(), "staged by bob\n");
            team.git(&["add", "."]);
            fs::remove_file(team.path.join(team.ours())).unwrap();
        },
        Refused(4, &["is staged with other text", "git restore --staged"]),
        |team| drop(team.git(&["restore", "--staged", &team.ours()])),
    ),
    cured(
        "our file is somebody's",
        |team| team.write(&team.ours(), "written by bob\n"),
        Refused(4, &["was edited in the work tree", "move it away"]),
        |team| fs::remove_file(team.path.join(team.ours())).unwrap(),
    ),
    cured(
        "a symbolic link on our way",
        |team| {
            fs::create_dir(team.world.path("outside")).unwrap();
            symlink(team.world.path("outside"), team.path.join("2026")).unwrap();
        },
        Refused(4, &["2026 is a symbolic link", "move it away"]),
        |team| fs::remove_file(team.path.join("2026")).unwrap(),
    ),
    cured(
        "a file on our way",
        |team| team.write("2026", "a file of this name\n"),
        Refused(4, &["2026 is a file", "move it away"]),
        |team| fs::remove_file(team.path.join("2026")).unwrap(),
    ),
    state("a submodule on our way", submodule, Refused(4, &["2026 is a submodule", "move it away"])),
    cured(
        "split index",
        |team| drop(team.git(&["update-index", "--split-index"])),
        Refused(4, &["cannot be read", "git update-index --no-split-index"]),
        |team| drop(team.git(&["update-index", "--no-split-index"])),
    ),
    cured(
        "no identity",
        |team| fs::write(team.world.path("user/.gitconfig"), "").unwrap(),
        Refused(1, &["nobody is known as the author", "git config user.name", "--author"]),
        |team| {
            team.git(&["config", "user.email", "a@example.org"]);
            team.git(&["config", "user.name", "Alice"]);
        },
    ),
    cured(
        "a hook that refuses",
        |team| team.hook("pre-commit", "echo 'no ticket' >&2; exit 1"),
        Refused(1, &["the pre-commit hook refused the commit", "no ticket"]),
        |team| fs::remove_file(team.path.join(".git/hooks/pre-commit")).unwrap(),
    ),
    cured(
        "signing wanted, and no key",
        |team| {
            team.git(&["config", "commit.gpgsign", "true"]);
            team.git(&["config", "gpg.program", "/bin/false"]);
        },
        Refused(1, &["sign", "nothing was committed"]),
        |team| drop(team.git(&["config", "commit.gpgsign", "false"])),
    ),
    state(
        "SHA-256",
        |team| team.anew(&["--object-format=sha256"]),
        Refused(1, &["SHA-256", "git init --object-format=sha1"]),
    ),
    state(
        "references in tables",
        |team| team.anew(&["--ref-format=reftable"]),
        Refused(1, &["reftable", "git refs migrate --ref-format=files"]),
    ),
    state("a partial clone's missing objects", missing_object, Refused(1, &["git fsck"])),
    state(
        "not a repository",
        |team| fs::remove_dir_all(team.path.join(".git")).unwrap(),
        Refused(3, &["is not a git repository", "git init"]),
    ),
];

/// A home with a postmortem to publish, and the repository into which it publishes.
struct Team {
    world: World,
    path: PathBuf,
}

/// What must be the same before and after.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    /// The index's entries, without ours.
    entries: String,
    /// The status, without our file.
    status: String,
    /// Every file but ours, with mode and bytes.
    files: BTreeMap<PathBuf, (u32, Vec<u8>)>,
    /// git's own files, without objects, index, and the branch with its log.
    git: BTreeMap<PathBuf, (u32, Vec<u8>)>,
}

impl Team {
    /// A home, ready to publish, whose repository has two commits.
    fn new() -> Self {
        let world = World::new();
        world.done(&["declare", "Signing key leaked", "--severity", "P1", "--commander", "alice"]);
        world.done(&["resolve", "1"]);
        let draft = world.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
        let text = fs::read_to_string(&draft).unwrap();
        fs::write(&draft, filled(&text)).unwrap();
        let team = Self { path: world.path("team"), world };
        fs::create_dir(&team.path).unwrap();
        team.world.set_archive(&team.path);
        team.git(&["init", "-q", "-b", "main"]);
        for (n, file) in ["README.md", "other.txt", "tool.sh", "2020/05/old.md"].iter().enumerate() {
            team.write(file, &format!("text {n}\n"));
        }
        team.git(&["add", "."]);
        team.git(&["commit", "-qm", "First"]);
        team.git(&["branch", "side"]);
        team.write("other.txt", "another text\n");
        team.git(&["commit", "-qam", "Second"]);
        copy(&team.path, &team.world.path("before"));
        copy(&team.world.home(), &team.world.path("home before"));
        team
    }

    /// All as it was at first.
    fn again(&self) {
        for (from, to) in [("before", "team"), ("home before", "home")] {
            let to = self.world.path(to);
            remove(&to);
            copy(&self.world.path(from), &to);
        }
        for left in ["tree", "origin", "real", "outside"] {
            remove(&self.world.path(left));
        }
        let identity = "[user]\n\tname = Alice\n\temail = alice@example.org\n";
        fs::write(self.world.path("user/.gitconfig"), identity).unwrap();
        self.world.set_archive(&self.path);
    }

    /// Another repository in its place.
    fn anew(&self, how: &[&str]) {
        fs::remove_dir_all(&self.path).unwrap();
        fs::create_dir(&self.path).unwrap();
        self.git(&[&["init", "-q", "-b", "main"], how].concat());
    }

    fn tried(&self, args: &[&str]) -> Output {
        let mut command = self.world.command("git");
        // A status must not mend what it looks at, nor mind whose the folder is.
        command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_EDITOR", "true").current_dir(&self.path);
        command.args(["-c", "safe.directory=*"]).args(args).output().unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let done = self.tried(args);
        assert!(done.status.success(), "git {args:?}: {}{}", lossy(&done.stdout), lossy(&done.stderr));
        lossy(&done.stdout)
    }

    /// Begins what ends in conflicts.
    fn begin(&self, args: &[&str]) {
        self.git(&["checkout", "-q", "side"]);
        self.write("other.txt", "the text of the side\n");
        self.git(&["commit", "-qam", "Side"]);
        self.git(&["checkout", "-q", "main"]);
        let done = self.tried(args);
        assert!(!done.status.success(), "git {args:?} has no conflict: {}", lossy(&done.stdout));
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn hook(&self, name: &str, script: &str) {
        let file = format!(".git/hooks/{name}");
        self.write(&file, &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.path.join(file), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Our file's name in the repository.
    fn ours(&self) -> String {
        format!("2026/11/2026-11-20{OURS}")
    }

    fn dirty(&self) {
        self.write("README.md", "put away\n");
        self.git(&["stash", "-q"]);
        self.write("other.txt", "staged\n");
        self.write("staged.txt", "new and staged\n");
        self.git(&["add", "other.txt", "staged.txt"]);
        self.write("other.txt", "staged and edited\n");
        self.write("README.md", "edited\n");
        self.write("new.txt", "untracked\n");
        self.write("2026/11/notes.txt", "untracked, beside ours\n");
        self.write("later.txt", "intended\n");
        self.git(&["add", "-N", "later.txt"]);
        self.git(&["mv", "2020/05/old.md", "2020/05/new name.md"]);
        fs::set_permissions(self.path.join("tool.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("README.md", self.path.join("link")).unwrap();
        self.git(&["update-index", "--skip-worktree", "2020/05/new name.md"]);
    }

    fn seen(&self) -> Seen {
        let but_ours = |text: String| -> String {
            text.lines().filter(|line| !line.contains(OURS)).map(|line| format!("{line}\n")).collect()
        };
        let is_repository = self.tried(&["rev-parse", "--git-dir"]).status.success();
        let has_tree = is_repository && self.git(&["rev-parse", "--is-bare-repository"]).trim() == "false";
        // What cannot be listed (an object is missing) is told in the same words both times.
        let said = |args: &[&str]| {
            let done = self.tried(args);
            but_ours(lossy(&done.stdout) + &lossy(&done.stderr))
        };
        let git = if self.path.join("objects").exists() { self.path.clone() } else { self.path.join(".git") };
        let mut files = BTreeMap::new();
        let mut own = BTreeMap::new();
        gather(&self.path, &mut files);
        files.retain(|path, _| !path.to_string_lossy().ends_with(OURS));
        for (path, held) in std::mem::take(&mut files) {
            match path.strip_prefix(&git) {
                Ok(inside) => own.insert(inside.to_owned(), held),
                Err(_) => files.insert(path, held),
            };
        }
        let written = ["objects", "index", "logs/HEAD", "logs/refs/heads/main", "refs/heads/main"];
        own.retain(|path, _| !written.iter().any(|name| path.starts_with(name)));
        Seen {
            entries: if has_tree { said(&["ls-files", "-s"]) } else { String::new() },
            status: if has_tree {
                said(&["status", "--porcelain=v2", "--untracked-files=all"])
            } else {
                String::new()
            },
            files,
            git: own,
        }
    }

    /// The commits of the branch.
    fn commits(&self) -> Vec<String> {
        let done = self.tried(&["rev-list", "refs/heads/main"]);
        lossy(&done.stdout).lines().map(str::to_owned).collect()
    }

    fn publish(&self, user: Option<u32>) -> Output {
        let mut command = self.world.command(program());
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
        command.args(PUBLISH).output().unwrap()
    }

    /// There is one commit more, of our file alone.
    fn published(&self, name: &str, before: &[String]) {
        let now = self.commits();
        assert_eq!(now.len(), before.len() + 1, "{name}: one commit");
        assert!(now.ends_with(before), "{name}: on top of what was there");
        let changed =
            self.git(&["diff-tree", "-r", "--root", "--no-commit-id", "--name-only", "refs/heads/main"]);
        assert!(changed.trim().ends_with(OURS) && changed.lines().count() == 1, "{name}: {changed}");
        let fsck = self.tried(&["fsck", "--strict", "--no-dangling"]);
        assert!(fsck.status.success() && fsck.stderr.is_empty(), "{name}: {}", lossy(&fsck.stderr));
    }

    /// Publishes, and holds it to what it must come to.
    fn hold(&self, name: &str, end: &End, user: Option<u32>) {
        let (before, commits) = (self.seen(), self.commits());
        let done = self.publish(user);
        let said = lossy(&done.stderr);
        let code = done.status.code();
        let after = self.seen();
        assert_eq!(after.entries, before.entries, "{name}: the index of others: {said}");
        assert_eq!(after.status, before.status, "{name}: the status of others: {said}");
        for (what, before, after) in [("file", &before.files, &after.files), ("git", &before.git, &after.git)]
        {
            let mut names: Vec<&PathBuf> = before.keys().chain(after.keys()).collect();
            names.retain(|path| before.get(*path) != after.get(*path));
            assert_eq!(names, Vec::<&PathBuf>::new(), "{name}: {what}s of others have changed: {said}");
        }
        match end {
            Refused(wanted, words) => {
                assert_eq!(code, Some(*wanted), "{name}: {said}");
                for word in *words {
                    assert!(said.contains(word), "{name}: {word:?} is not in {said:?}");
                }
                assert_eq!(self.commits(), commits, "{name}: nothing was committed");
                let ours = fs::read_to_string(self.path.join(self.ours())).unwrap_or_default();
                assert!(ours.is_empty() || ours.contains("bob"), "{name}: nothing of ours is left: {ours}");
            }
            Warned(words) => {
                assert_eq!(code, Some(0), "{name}: {said}");
                for word in *words {
                    assert!(said.contains(word), "{name}: {word:?} is not in {said:?}");
                }
                self.published(name, &commits);
            }
            Published => {
                assert_eq!((code, said.as_str()), (Some(0), ""), "{name}");
                self.published(name, &commits);
                // Again is the same publication.
                let again = self.publish(user);
                assert_eq!((again.status.code(), lossy(&again.stderr)), (Some(0), String::new()), "{name}");
                assert_eq!(self.commits().len(), commits.len() + 1, "{name}: published twice");
                let now = self.seen();
                assert!(now == after, "{name}: publishing again changed something");
                let status = lossy(&self.tried(&["status", "--porcelain", "--untracked-files=all"]).stdout);
                assert!(!status.contains(OURS), "{name}: {status}");
            }
        }
    }
}

/// Every file below a folder, by its path: mode and bytes; of a link, where it leads.
fn gather(folder: &Path, into: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        let meta = fs::symlink_metadata(&path).unwrap();
        if meta.is_dir() {
            gather(&path, into);
        } else if meta.is_symlink() {
            let to = fs::read_link(&path).unwrap().to_string_lossy().into_owned().into_bytes();
            into.insert(path, (meta.mode(), to));
        } else {
            let bytes = fs::read(&path).unwrap();
            into.insert(path, (meta.mode(), bytes));
        }
    }
}

fn remove(path: &Path) {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path).unwrap(),
        Ok(_) => fs::remove_file(path).unwrap(),
        Err(_) => {}
    }
}

fn unborn_and_dirty(team: &Team) {
    team.anew(&[]);
    team.write("staged.txt", "staged\n");
    team.git(&["add", "staged.txt"]);
    team.write("new.txt", "untracked\n");
}

fn shallow(team: &Team) {
    fs::rename(&team.path, team.world.path("origin")).unwrap();
    let from = format!("file://{}", team.world.path("origin").display());
    team.world.git(&["clone", "-q", "--depth", "1", &from, team.path.to_str().unwrap()]);
}

fn not_checked_out(team: &Team) {
    fs::rename(&team.path, team.world.path("origin")).unwrap();
    let from = team.world.path("origin").display().to_string();
    team.world.git(&["clone", "-q", "--no-checkout", &from, team.path.to_str().unwrap()]);
}

fn shares_objects(team: &Team) {
    fs::rename(&team.path, team.world.path("origin")).unwrap();
    let from = team.world.path("origin").display().to_string();
    team.world.git(&["clone", "-q", "--shared", &from, team.path.to_str().unwrap()]);
}

fn bare_and_packed(team: &Team) {
    fs::rename(&team.path, team.world.path("origin")).unwrap();
    let from = team.world.path("origin").display().to_string();
    team.world.git(&["clone", "-q", "--bare", &from, team.path.to_str().unwrap()]);
    team.git(&["pack-refs", "--all"]);
}

fn behind_a_link(team: &Team) {
    fs::rename(&team.path, team.world.path("real")).unwrap();
    symlink(team.world.path("real"), &team.path).unwrap();
}

fn linked_work_tree(team: &Team) {
    fs::rename(&team.path, team.world.path("origin")).unwrap();
    let origin = team.world.path("origin").display().to_string();
    team.world.git(&["-C", &origin, "checkout", "-q", "side"]);
    team.world.git(&["-C", &origin, "worktree", "add", "-q", team.path.to_str().unwrap(), "main"]);
}

fn without_reflog(team: &Team) {
    team.git(&["config", "core.logAllRefUpdates", "false"]);
    fs::remove_dir_all(team.path.join(".git/hooks")).unwrap();
    fs::remove_dir_all(team.path.join(".git/logs")).unwrap();
}

fn merge_to_commit(team: &Team) {
    team.git(&["checkout", "-q", "side"]);
    team.write("side.txt", "of the side\n");
    team.git(&["add", "."]);
    team.git(&["commit", "-qm", "Side"]);
    team.git(&["checkout", "-q", "main"]);
    team.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
}

fn revert(team: &Team) {
    team.write("other.txt", "a third text\n");
    team.git(&["commit", "-qam", "Third"]);
    assert!(!team.tried(&["revert", "HEAD~1"]).status.success(), "no conflict");
}

fn patches(team: &Team) {
    team.git(&["checkout", "-q", "side"]);
    team.write("other.txt", "the text of the side\n");
    team.git(&["commit", "-qam", "Side"]);
    let patch = team.git(&["format-patch", "-1", "--stdout"]);
    team.git(&["checkout", "-q", "main"]);
    let file = team.world.path("side.patch");
    fs::write(&file, patch).unwrap();
    assert!(!team.tried(&["am", file.to_str().unwrap()]).status.success(), "no conflict");
}

/// What a stash leaves that does not apply: conflicts, and nothing in progress.
fn unmerged(team: &Team) {
    team.write("other.txt", "put away\n");
    team.git(&["stash", "-q"]);
    team.write("other.txt", "a third text\n");
    team.git(&["commit", "-qam", "Third"]);
    assert!(!team.tried(&["stash", "pop"]).status.success(), "no conflict");
}

fn submodule(team: &Team) {
    let head = team.git(&["rev-parse", "HEAD"]);
    team.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},2026", head.trim())]);
    team.git(&["commit", "-qm", "Module"]);
}

fn missing_object(team: &Team) {
    let tree = team.git(&["rev-parse", "HEAD^{tree}"]);
    let (folder, name) = tree.trim().split_at(2);
    fs::remove_file(team.path.join(".git/objects").join(folder).join(name)).unwrap();
}

#[test]
fn whatever_state_a_repository_is_in_what_others_have_there_stays() {
    let team = Team::new();
    let (mut told, mut failed) = (BTreeMap::new(), Vec::new());
    for state in STATES {
        team.again();
        let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            (state.make)(&team);
            team.hold(state.name, &state.end, None);
            if let Some(cure) = state.cure {
                cure(&team);
                team.hold(&format!("{}, cured", state.name), &Published, None);
            }
        }));
        if tried.is_err() {
            failed.push(state.name);
        }
        let kind = match state.end {
            Published => "published",
            Warned(_) => "published with a warning",
            Refused(..) => "refused in words",
        };
        *told.entry(kind).or_insert(0) += 1;
    }
    // Each has said above what is wrong.
    assert_eq!(failed, Vec::<&str>::new());
    let told: Vec<String> = told.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    figure(&format!(
        "{} states of a repository: {}; index, status, files and git's own files of others the same in each",
        STATES.len(),
        told.join(", ")
    ));
}

/// Both need an account beside the one that runs the tests.
#[test]
fn a_repository_that_is_not_ours_to_write_is_left_as_it_is() {
    let team = Team::new();
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return skipped("a repository that is not ours to write: only root can act as two accounts");
    }
    let give = |path: &Path, to: u32| {
        let mut command = team.world.command("chown");
        assert!(command.args(["-R", &to.to_string()]).arg(path).status().unwrap().success());
    };
    // Another account's.
    give(&team.path, 12_345);
    let words: &[&str] = &["belongs to another user", "git config --global --add safe.directory"];
    team.hold("foreign owner", &Refused(1, words), None);
    fs::write(
        team.world.path("user/.gitconfig"),
        format!(
            "[user]\n\tname = Alice\n\temail = alice@example.org\n[safe]\n\tdirectory = {}\n",
            team.path.display()
        ),
    )
    .unwrap();
    team.hold("foreign owner, trusted", &Published, None);

    // One that can be read only.
    team.again();
    let all = team.world.path("");
    give(&all, NOBODY);
    let mut command = team.world.command(program());
    if !command.uid(NOBODY).gid(NOBODY).arg("--version").output().is_ok_and(|ran| ran.status.success()) {
        return skipped("a repository that can be read only: another account cannot run the program here");
    }
    let mut command = team.world.command("chmod");
    assert!(command.args(["-R", "a-w"]).arg(&team.path).status().unwrap().success());
    let end = Refused(1, &["cannot be written", "make it writable"]);
    team.hold("read-only", &end, Some(NOBODY));
    let mut command = team.world.command("chmod");
    assert!(command.args(["-R", "u+w"]).arg(&team.path).status().unwrap().success());
    team.hold("read-only, cured", &Published, Some(NOBODY));
}
