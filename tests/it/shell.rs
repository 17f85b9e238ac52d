//! The shell's pieces on real folders, files, processes and terminals.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod pty;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use warroom::shell::editor::Editor;
use warroom::shell::environment::Environment;
use warroom::shell::paths::{Access, CONFIG_FILE, Home, HomeError, Shipped};

const SHIPPED: Shipped<'_> = Shipped {
    people: "# people\n",
    config: "# every setting\n",
    runbooks: &[("outage.md", "# Outage\n")],
    drills: &[("key.md", "# Key\n")],
    templates: &[("update-public.txt", "{{ title }}\n")],
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

#[test]
fn a_new_home_is_private_and_complete() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(&folder.path().join("home"));
    assert!(!home.exists());
    assert!(home.create(&Access::Private, SHIPPED).unwrap());
    assert!(home.exists() && !home.shared());
    for path in [
        home.root().to_owned(),
        home.runbooks(),
        home.drills(),
        home.postmortems(),
        home.index(),
        home.drafts(),
        home.mirror(),
        home.snapshots(),
        home.log(),
    ] {
        assert_eq!(mode(&path), 0o700, "{}", path.display());
    }
    for path in [home.config(), home.runbooks().join("outage.md"), home.drills().join("key.md")] {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert_eq!(fs::read_dir(home.runbooks()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn making_a_home_again_changes_nothing_and_brings_back_only_folders() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(&folder.path().join("home"));
    home.create(&Access::Private, SHIPPED).unwrap();
    fs::write(home.config(), "[ui]\n").unwrap();
    fs::remove_file(home.runbooks().join("outage.md")).unwrap();
    fs::remove_dir(home.index()).unwrap();
    assert!(!home.create(&Access::Private, SHIPPED).unwrap());
    assert_eq!(fs::read_to_string(home.config()).unwrap(), "[ui]\n");
    assert!(!home.runbooks().join("outage.md").exists(), "a deleted runbook stays deleted");
    assert!(home.index().is_dir());
}

#[test]
fn an_interrupted_creation_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path());
    fs::create_dir(home.runbooks()).unwrap();
    fs::write(home.runbooks().join("outage.md"), "the team's own\n").unwrap();
    assert!(home.create(&Access::Private, SHIPPED).unwrap());
    assert_eq!(fs::read_to_string(home.runbooks().join("outage.md")).unwrap(), "the team's own\n");
    assert!(home.drills().join("key.md").exists());
}

#[test]
fn many_at_once_make_one_home() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(&folder.path().join("home"));
    let made: usize = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| home.create(&Access::Private, SHIPPED).unwrap())).collect();
        threads.into_iter().map(|t| usize::from(t.join().unwrap())).sum()
    });
    assert_eq!(made, 1, "exactly one call says that it made the home");
    assert_eq!(fs::read_to_string(home.config()).unwrap(), SHIPPED.config);
}

#[test]
fn a_group_home_is_shared_and_a_private_one_cannot_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(&folder.path().join("home"));
    let gid = fs::metadata(folder.path()).unwrap().gid();
    let groups = fs::read_to_string("/etc/group").unwrap();
    let name = groups
        .lines()
        .filter_map(|line| {
            line.split(':').nth(2).filter(|id| *id == gid.to_string()).and(line.split(':').next())
        })
        .next()
        .expect("the group of the test's own folder has a name");
    assert!(home.create(&Access::Group(name.to_owned()), SHIPPED).unwrap());
    assert!(home.shared());
    assert_eq!(mode(home.root()), 0o2770);
    assert_eq!(mode(&home.drafts()), 0o2770);
    assert_eq!(mode(&home.config()), 0o660);
    let unknown = home.create(&Access::Group("no-such-group".into()), SHIPPED).unwrap_err().to_string();
    assert!(unknown.contains("no-such-group") && unknown.contains("getent group"), "{unknown}");

    let private = Home::at(&folder.path().join("private"));
    private.create(&Access::Private, SHIPPED).unwrap();
    let error = private.create(&Access::Group(name.to_owned()), SHIPPED).unwrap_err();
    assert!(matches!(error, HomeError::AlreadyPrivate(_)), "{error}");
}

#[test]
fn a_home_that_cannot_be_made_says_why_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = |path: &Path| Home::at(path).create(&Access::Private, SHIPPED).unwrap_err().to_string();
    let message = refused(&file);
    assert!(message.contains("file, not a folder") && message.contains("--home"), "{message}");
    let message = refused(&folder.path().join("missing/home"));
    assert!(message.contains("does not exist") && message.contains("mkdir -p"), "{message}");
    let message = refused(&file.join("home"));
    assert!(message.contains("--home"), "{message}");
    if is_root() {
        crate::data::skipped("the folder that cannot be written, because root can write everywhere");
    } else {
        let locked = folder.path().join("locked");
        fs::create_dir(&locked).unwrap();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o500)).unwrap();
        let message = refused(&locked.join("home"));
        assert!(message.contains("cannot be written") && message.contains("who owns it"), "{message}");
    }
    // A kernel file system that refuses even root.
    let message = refused(Path::new("/proc/self/home"));
    assert!(message.contains("/proc/self/home"), "{message}");
    assert!(message.contains("cannot be written"), "{message}");
    assert!(!folder.path().join("missing").join(CONFIG_FILE).exists());
}

fn script(folder: &Path, name: &str, body: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn editor(command: String) -> Editor {
    Editor::find(&Environment { editor: Some(command), ..Environment::default() }).unwrap()
}

#[test]
fn the_editor_gets_the_text_in_a_private_file_and_gives_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let command = script(folder.path(), "editor", "stat -c %a \"$2\" >\"$1\"; printf 'more\\n' >>\"$2\"");
    let told = folder.path().join("mode");
    let editor = editor(format!("{command} {}", told.display()));
    let edited = editor.edit(folder.path(), "entry", "text\n").unwrap();
    assert_eq!((edited.text.as_str(), edited.changed), ("text\nmore\n", true));
    assert_eq!(fs::read_to_string(told).unwrap().trim(), "600");
    let file = edited.file.clone();
    assert!(file.ends_with("entry.md") && file.exists(), "the file stays until the text is stored");
    edited.stored();
    assert!(!file.exists());
}

#[test]
fn an_editor_that_fails_keeps_the_text_and_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let refusing = script(folder.path(), "refusing", "printf 'half' >\"$1\"; exit 1");
    let breaking = script(folder.path(), "breaking", "printf '\\377' >\"$1\"");
    for (n, (command, says)) in
        [(refusing, "was not taken"), (breaking, "not UTF-8"), ("no-such-editor".into(), "set EDITOR")]
            .into_iter()
            .enumerate()
    {
        let error =
            editor(command).edit(folder.path(), &format!("entry{n}"), "text").unwrap_err().to_string();
        let file = folder.path().join(format!("entry{n}.md"));
        assert!(error.contains(says) && error.contains(file.to_str().unwrap()), "{error}");
        assert!(file.exists());
    }
    assert!(editor("true".into()).edit(folder.path(), "entry0", "other").is_err(), "never over another text");
}
