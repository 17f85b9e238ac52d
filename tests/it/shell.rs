//! The shell's pieces on real folders, files, processes and terminals.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use warroom::shell::paths::{Access, CONFIG_FILE, Home, HomeError, Shipped};

const SHIPPED: Shipped<'_> = Shipped {
    config: "# every setting\n",
    runbooks: &[("outage.md", "# Outage\n")],
    drills: &[("key.md", "# Key\n")],
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
        println!("SKIPPED: the folder that cannot be written, because root can write everywhere");
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
