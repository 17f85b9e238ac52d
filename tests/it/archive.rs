//! The archive against real repositories, with git itself as the witness.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![expect(clippy::disallowed_methods, reason = "git and ssh-keygen are the witnesses")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use warroom::archive::{
    Archive, ArchiveError, Change, FailureKind, GitConfig, Hooks, Identity, Over, Publication, Published,
    Seals, Signer, SigningFormat, commit_message,
};
use warroom::domain::archive_path::{ArchivePath, PartialDate, postmortem_path};

/// A git repository in a folder of its own, and git without the tester's configuration.
struct Repo {
    folder: TempDir,
    path: PathBuf,
}

impl Repo {
    /// A repository with the work tree at `repo`, with these arguments for `git init`.
    fn init(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("repo");
        fs::create_dir(&path).unwrap();
        let repo = Self { folder, path };
        let mut all = vec!["init", "-q", "-b", "main"];
        all.extend(args);
        repo.git(&all);
        repo.configure();
        repo
    }

    /// A repository with one commit: `README.md` and `other.txt`.
    fn with_commit() -> Self {
        let repo = Self::init(&[]);
        repo.write("README.md", "read me\n");
        repo.write("other.txt", "one\n");
        repo.git(&["add", "."]);
        repo.git(&["commit", "-qm", "First"]);
        repo
    }

    /// Says in the repository what libgit2 would otherwise read from the tester's own configuration.
    fn configure(&self) {
        for (key, value) in [
            ("user.name", "Carol"),
            ("user.email", "carol@example.org"),
            ("commit.gpgsign", "false"),
            ("core.hooksPath", ""),
            ("core.autocrlf", "false"),
        ] {
            self.git(&["config", key, value]);
        }
    }

    fn run(&self, args: &[&str]) -> Output {
        hermetic("git", self.folder.path()).args(args).current_dir(&self.path).output().unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let out = self.run(args);
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.path.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path.join(path)).unwrap()
    }

    fn open(&self) -> Archive {
        Archive::open(&self.path, Path::new("")).unwrap().with_wait(|_| {})
    }

    fn fsck(&self) {
        let out = self.run(&["fsck", "--strict", "--no-dangling"]);
        let words = String::from_utf8_lossy(&out.stderr).into_owned() + &String::from_utf8_lossy(&out.stdout);
        assert!(out.status.success() && !words.contains("error"), "{words}");
    }

    fn commits(&self) -> usize {
        self.git(&["rev-list", "--count", "--all"]).trim().parse().unwrap()
    }

    fn status(&self) -> String {
        self.git(&["status", "--porcelain=v2", "--untracked-files=all"])
    }
}

fn hermetic(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("none"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("LC_ALL", "C")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE");
    command
}

fn alice() -> Identity {
    "Alice <alice@example.org>".parse().unwrap()
}

fn path(text: &str) -> ArchivePath {
    ArchivePath::new(text).unwrap()
}

fn file(name: &str, text: &str) -> (ArchivePath, Vec<u8>) {
    (path(name), text.as_bytes().to_vec())
}

fn publication(files: &[(ArchivePath, Vec<u8>)]) -> Publication<'_> {
    Publication {
        files,
        message: commit_message(
            "Publish INC-2026-0042",
            "The registry took a push from a stolen token.",
            &[("Incident", "INC-2026-0042"), ("Timeline-Head", "7 abcdef")],
        ),
        author: alice(),
        when: "2026-05-03T10:11:12Z".parse().unwrap(),
        over: Over::Anything,
    }
}

fn publish(archive: &Archive, name: &str, text: &str) -> Result<Published, ArchiveError> {
    archive.publish(&publication(&[file(name, text)]), &Seals::default())
}

const NAME: &str = "2026/05/2026-05-03-registry-inc-2026-0042.md";

/// Publishes, expects a refusal as a conflict, and that nothing whatever has changed.
fn refused(repo: &Repo, text: &str) -> ArchiveError {
    let seen = || {
        let index = fs::read(repo.path.join(".git/index")).unwrap_or_default();
        (index, repo.git(&["for-each-ref"]), repo.status())
    };
    repo.status();
    let before = seen();
    let error = publish(&repo.open(), NAME, text).unwrap_err();
    assert!(before == seen(), "something changed");
    assert_eq!(error.kind(), FailureKind::Conflict, "{error}");
    error
}

// --- committing ---

#[test]
fn an_unborn_branch_gets_its_first_commit() {
    let repo = Repo::init(&[]);
    let archive = repo.open();
    let published = publish(&archive, NAME, "text\n").unwrap();
    assert_eq!((published.unchanged, published.branch.as_str()), (false, "main"));
    assert!(archive.refresh(&published).is_empty());
    assert_eq!(
        repo.git(&["log", "--format=%H %an <%ae> %cn %at %ct"]).trim(),
        format!("{} Alice <alice@example.org> Carol T T", published.commit).replace('T', "1777803072")
    );
    assert_eq!(
        repo.git(&["log", "-g", "--format=%gs", "main"]).trim(),
        "commit (initial): Publish INC-2026-0042"
    );
    assert_eq!(repo.git(&["show", &format!("HEAD:{NAME}")]), "text\n");
    assert_eq!(repo.status(), "");
    repo.fsck();
}

#[test]
fn the_trailers_are_read_back_by_git() {
    let repo = Repo::init(&[]);
    publish(&repo.open(), NAME, "text\n").unwrap();
    let trailers = repo.git(&["log", "-1", "--format=%(trailers:only)"]);
    assert_eq!(trailers.trim(), "Incident: INC-2026-0042\nTimeline-Head: 7 abcdef");
}

#[test]
fn what_others_staged_and_edited_stays_theirs() {
    let repo = Repo::with_commit();
    repo.write("other.txt", "staged\n");
    repo.git(&["add", "other.txt"]);
    repo.write("other.txt", "staged and edited\n");
    repo.write("README.md", "edited\n");
    repo.write("new.txt", "untracked\n");
    repo.write("intent.txt", "later\n");
    repo.git(&["add", "-N", "intent.txt"]);
    let (staged, status) = (repo.git(&["ls-files", "-s"]), repo.status());
    let archive = repo.open();
    let published = publish(&archive, NAME, "text\n").unwrap();
    assert!(archive.refresh(&published).is_empty());
    let now = repo.git(&["ls-files", "-s"]);
    let others: String = now.lines().filter(|l| !l.contains(NAME)).map(|l| format!("{l}\n")).collect();
    assert_eq!(others, staged);
    assert_eq!(now.lines().count(), staged.lines().count() + 1);
    assert_eq!(repo.status(), status);
    assert_eq!(repo.text("other.txt"), "staged and edited\n");
    assert_eq!(repo.git(&["show", "--format=", "--name-only", "HEAD"]).trim(), NAME);
    repo.fsck();
}

#[test]
fn the_same_bytes_again_are_the_same_commit() {
    let repo = Repo::with_commit();
    let archive = repo.open();
    let first = publish(&archive, NAME, "text\n").unwrap();
    assert!(archive.refresh(&first).is_empty());
    repo.write("other.txt", "two\n");
    repo.git(&["commit", "-qam", "Something else"]);
    let again = publish(&archive, NAME, "text\n").unwrap();
    assert!(again.unchanged);
    assert_eq!(again.commit, first.commit);
    assert_eq!(repo.commits(), 3);
    assert!(archive.refresh(&again).is_empty());
    assert_eq!(repo.status(), "");
}

#[test]
fn a_new_version_replaces_the_old_one() {
    let repo = Repo::with_commit();
    let archive = repo.open();
    for text in ["one\n", "two\n", "three\n"] {
        let published = publish(&archive, NAME, text).unwrap();
        assert!(archive.refresh(&published).is_empty());
        assert_eq!((repo.text(NAME).as_str(), repo.status().as_str()), (text, ""));
    }
    let history = archive.history(&path(NAME)).unwrap();
    assert_eq!(history.len(), 3);
    let texts: Vec<_> =
        history.iter().map(|v| archive.read_blob(v.blob.as_ref().unwrap()).unwrap()).collect();
    assert_eq!(texts, [b"three\n".to_vec(), b"two\n".to_vec(), b"one\n".to_vec()]);
    assert_eq!(history[0].author, alice());
    assert!(history[0].message.contains("Timeline-Head: 7 abcdef"));
}

#[test]
fn many_files_are_one_commit_and_only_the_new_ones_are_in_it() {
    let repo = Repo::with_commit();
    let archive = repo.open();
    publish(&archive, "2020/a.md", "a\n").unwrap();
    let files: Vec<_> = (0..237).map(|n| file(&format!("import/{n}.md"), &format!("text {n}\n"))).collect();
    let all: Vec<_> = [file("2020/a.md", "a\n")].into_iter().chain(files).collect();
    let published = archive.publish(&publication(&all), &Seals::default()).unwrap();
    assert_eq!((published.paths.len(), published.unchanged), (237, false));
    assert_eq!(repo.commits(), 3);
    assert_eq!(archive.list().unwrap().entries.len(), 239);
    let again = archive.publish(&publication(&all), &Seals::default()).unwrap();
    assert_eq!((again.unchanged, &again.commit), (true, &published.commit));
    assert!(archive.refresh(&published).is_empty());
    let _ = archive.refresh(&again);
    assert_eq!(repo.status(), "");
    repo.fsck();
}

#[test]
fn a_folder_of_a_repository_is_the_archive() {
    let repo = Repo::with_commit();
    let archive = Archive::open(&repo.path, Path::new("docs/postmortems/")).unwrap();
    assert_eq!(archive.tree_id().unwrap(), None);
    let published = publish(&archive, NAME, "text\n").unwrap();
    assert!(archive.refresh(&published).is_empty());
    assert_eq!(repo.text(&format!("docs/postmortems/{NAME}")), "text\n");
    let listing = archive.list().unwrap();
    assert_eq!(listing.entries.iter().map(|e| e.path.as_str()).collect::<Vec<_>>(), [NAME]);
    assert_eq!(archive.read(&path(NAME)).unwrap().unwrap(), b"text\n");
    assert_eq!(archive.tree_id().unwrap().unwrap(), repo.git(&["rev-parse", "HEAD:docs/postmortems"]).trim());
    assert!(matches!(Archive::open(&repo.path, Path::new("../x")), Err(ArchiveError::Path(_))));
    assert!(matches!(Archive::open(&repo.path, Path::new("a/.git")), Err(ArchiveError::Path(_))));
}

#[test]
fn an_executable_file_stays_one_and_line_ends_are_stored_as_git_add_would() {
    let repo = Repo::with_commit();
    repo.write(NAME, "#!/bin/sh\n");
    fs::set_permissions(repo.path.join(NAME), fs::Permissions::from_mode(0o755)).unwrap();
    repo.write(".gitattributes", "*.md text\n");
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "Script"]);
    let archive = repo.open();
    let published = publish(&archive, NAME, "a\r\nb\r\n").unwrap();
    assert!(archive.refresh(&published).is_empty());
    assert!(repo.git(&["ls-tree", "HEAD", NAME]).starts_with("100755"));
    assert_eq!(repo.git(&["show", &format!("HEAD:{NAME}")]), "a\nb\n");
    assert_eq!(repo.status(), "");
}

// --- states that stand against it ---

#[test]
fn our_path_staged_with_other_text_is_a_conflict() {
    let repo = Repo::with_commit();
    repo.write(NAME, "theirs\n");
    repo.git(&["add", NAME]);
    let error = refused(&repo, "ours\n");
    assert!(matches!(&error, ArchiveError::Staged { file } if file == NAME), "{error}");
    assert!(error.to_string().contains(&format!("git restore --staged {NAME}")));
    // The same text staged is no conflict: the commit is what they were about to make.
    let published = publish(&repo.open(), NAME, "theirs\n").unwrap();
    assert!(repo.open().refresh(&published).is_empty());
    assert_eq!(repo.status(), "");
}

#[test]
fn our_path_edited_in_the_work_tree_is_a_conflict() {
    let repo = Repo::with_commit();
    let archive = repo.open();
    assert!(archive.refresh(&publish(&archive, NAME, "one\n").unwrap()).is_empty());
    repo.write(NAME, "edited by bob\n");
    assert!(matches!(refused(&repo, "two\n"), ArchiveError::Edited { .. }));
    assert_eq!(repo.text(NAME), "edited by bob\n");
    repo.git(&["checkout", "-q", "--", NAME]);
    assert!(archive.refresh(&publish(&archive, NAME, "two\n").unwrap()).is_empty());
    assert_eq!(repo.status(), "");
}

#[test]
fn an_untracked_file_at_our_path_is_a_conflict_unless_it_is_ours() {
    let repo = Repo::with_commit();
    repo.write(NAME, "untracked\n");
    assert!(matches!(refused(&repo, "ours\n"), ArchiveError::Edited { .. }));
    let archive = repo.open();
    assert!(archive.refresh(&publish(&archive, NAME, "untracked\n").unwrap()).is_empty());
    assert_eq!(repo.status(), "");
}

#[test]
fn an_unfinished_merge_or_rebase_or_cherry_pick_is_a_conflict() {
    for (start, word) in [
        (&["merge", "side"] as &[&str], "git merge --abort"),
        (&["rebase", "side"], "git rebase --abort"),
        (&["cherry-pick", "side"], "git cherry-pick --abort"),
    ] {
        let repo = Repo::with_commit();
        repo.git(&["checkout", "-qb", "side"]);
        repo.write("other.txt", "side\n");
        repo.git(&["commit", "-qam", "Side"]);
        repo.git(&["checkout", "-q", "main"]);
        repo.write("other.txt", "main\n");
        repo.git(&["commit", "-qam", "Main"]);
        assert!(!repo.run(start).status.success());
        let error = refused(&repo, "ours\n");
        assert!(matches!(error, ArchiveError::InProgress { .. }), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn an_index_with_conflicts_is_a_conflict() {
    let repo = Repo::with_commit();
    let base = repo.git(&["rev-parse", "HEAD:other.txt"]);
    let base = base.trim();
    let lines = format!(
        "0 {} 0\tother.txt\n100644 {base} 1\tother.txt\n100644 {base} 2\tother.txt\n",
        "0".repeat(40)
    );
    let mut child = hermetic("git", repo.folder.path())
        .args(["update-index", "--index-info"])
        .current_dir(&repo.path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(matches!(refused(&repo, "ours\n"), ArchiveError::UnmergedIndex { .. }));
}

#[test]
fn a_detached_head_is_a_conflict_but_can_be_read() {
    let repo = Repo::with_commit();
    repo.git(&["checkout", "-q", "--detach"]);
    let error = refused(&repo, "ours\n");
    assert!(error.to_string().contains("git switch BRANCH"), "{error}");
    assert_eq!(repo.open().list().unwrap().entries.len(), 1);
}

#[test]
fn a_copy_of_a_detached_head_stands_where_that_one_does() {
    let repo = Repo::with_commit();
    repo.git(&["checkout", "-q", "--detach"]);
    // On no branch.
    repo.write("late.md", "late\n");
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "Late"]);
    let to = repo.folder.path().join("copy");
    repo.open().mirror(&to).unwrap();
    let copy = Archive::open(&to, Path::new("")).unwrap();
    assert_eq!(copy.tree_id().unwrap(), repo.open().tree_id().unwrap());
    assert_eq!(copy.read(&path("late.md")).unwrap().unwrap(), b"late\n");
    assert_eq!(
        repo.git(&["for-each-ref", "--format=%(refname)"]),
        "refs/heads/main\n",
        "the original is as it was"
    );
}

#[test]
fn a_locked_branch_is_tried_again_and_then_named_with_its_time() {
    let repo = Repo::with_commit();
    let lock = repo.path.join(".git/refs/heads/main.lock");
    fs::write(&lock, "").unwrap();
    let error = refused(&repo, "ours\n");
    let year = chrono::DateTime::<chrono::Utc>::from(fs::metadata(&lock).unwrap().modified().unwrap())
        .format("%Y-%m-%d %H:%M");
    let uid = fs::metadata(&lock).unwrap().uid();
    assert!(error.to_string().contains(&format!("since {year}")), "{error}");
    assert!(error.to_string().contains(&format!("user id {uid}")), "{error}");
    assert!(lock.exists(), "a lock is never deleted");

    thread_local!(static LOCK: RefCell<Option<PathBuf>> = const { RefCell::new(None) });
    LOCK.set(Some(lock));
    let archive = repo.open().with_wait(|attempt| {
        if attempt == 2 {
            fs::remove_file(LOCK.take().unwrap()).unwrap();
        }
    });
    assert!(!publish(&archive, NAME, "ours\n").unwrap().unchanged);
}

#[test]
fn a_branch_that_moves_meanwhile_is_built_on_not_overwritten() {
    let repo = Repo::with_commit();
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\n");
    fs::set_permissions(repo.path.join(".git/hooks/pre-commit"), fs::Permissions::from_mode(0o755)).unwrap();
    repo.git(&["config", "core.hooksPath", ".git/hooks"]);
    struct Meanwhile<'a>(&'a Repo, RefCell<bool>);
    impl Hooks for Meanwhile<'_> {
        fn pre_commit(&self, _: &Path) -> Result<(), String> {
            if !self.1.replace(true) {
                self.0.git(&["commit", "-q", "--allow-empty", "--no-verify", "-m", "Meanwhile"]);
            }
            Ok(())
        }
        fn commit_msg(&self, message: &str) -> Result<String, String> {
            Ok(message.to_owned())
        }
    }
    let hooks = Meanwhile(&repo, RefCell::new(false));
    let files = [file(NAME, "text\n")];
    let seals = Seals { signer: None, hooks: Some(&hooks) };
    repo.open().publish(&publication(&files), &seals).unwrap();
    assert_eq!(repo.git(&["log", "--format=%s"]), "Publish INC-2026-0042\nMeanwhile\nFirst\n");
    repo.fsck();
}

#[test]
fn a_locked_index_leaves_the_commit_and_a_warning_and_the_next_publication_heals() {
    let repo = Repo::with_commit();
    let archive = repo.open();
    let first = publish(&archive, NAME, "one\n").unwrap();
    assert!(archive.refresh(&first).is_empty());
    let lock = repo.path.join(".git/index.lock");
    fs::write(&lock, "").unwrap();
    let second = publish(&archive, NAME, "two\n").unwrap();
    let warnings = archive.refresh(&second);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].to_string().contains("the index is locked since 2"), "{}", warnings[0]);
    assert!(lock.exists());
    assert_eq!(repo.git(&["rev-parse", "HEAD"]).trim(), second.commit);
    fs::remove_file(&lock).unwrap();
    assert!(repo.status().starts_with("1 MM"), "{}", repo.status());
    let again = publish(&archive, NAME, "two\n").unwrap();
    assert!(again.unchanged);
    assert!(archive.refresh(&again).is_empty());
    assert_eq!(repo.status(), "");
    fs::write(&lock, "").unwrap();
    let again = publish(&archive, NAME, "two and a half\n").unwrap();
    assert_eq!(archive.refresh(&again).len(), 1);
    fs::remove_file(&lock).unwrap();
    // The index still shows the version before; that is our own lag, not somebody's staging.
    let third = publish(&archive, NAME, "three\n").unwrap();
    assert!(archive.refresh(&third).is_empty());
    assert_eq!((repo.text(NAME).as_str(), repo.status().as_str()), ("three\n", ""));
    repo.fsck();
}

#[test]
fn a_refresh_that_never_ran_is_made_good_by_the_next_publication() {
    let repo = Repo::with_commit();
    let archive = repo.open();
    publish(&archive, NAME, "one\n").unwrap();
    for left in [".git/index.warroom", ".git/index.warroom.lock"] {
        repo.write(left, "cut off");
    }
    // As after a crash: HEAD has the file, index and work tree do not.
    assert!(repo.status().starts_with("1 D."));
    let again = publish(&archive, NAME, "one\n").unwrap();
    assert!(again.unchanged);
    assert!(archive.refresh(&again).is_empty());
    assert_eq!((repo.status().as_str(), repo.text(NAME).as_str()), ("", "one\n"));
    publish(&archive, NAME, "two\n").unwrap();
    let third = publish(&archive, NAME, "three\n").unwrap();
    assert!(archive.refresh(&third).is_empty());
    assert_eq!((repo.status().as_str(), repo.text(NAME).as_str()), ("", "three\n"));
}

#[test]
fn a_file_edited_between_commit_and_refresh_is_left_alone() {
    let repo = Repo::with_commit();
    let archive = repo.open();
    let published = publish(&archive, NAME, "ours\n").unwrap();
    repo.write(NAME, "bob was faster\n");
    let warnings = archive.refresh(&published);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].to_string().contains("somebody edited it"), "{}", warnings[0]);
    assert_eq!(repo.text(NAME), "bob was faster\n");
}

#[test]
fn symbolic_links_submodules_and_folders_in_the_way_are_refused() {
    let repo = Repo::with_commit();
    let outside = repo.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    symlink(&outside, repo.path.join("2026")).unwrap();
    let error = refused(&repo, "ours\n");
    assert!(error.to_string().contains("2026 is a symbolic link"), "{error}");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    repo.git(&["add", "2026"]);
    repo.git(&["commit", "-qm", "Link"]);
    fs::remove_file(repo.path.join("2026")).unwrap();
    assert!(refused(&repo, "ours\n").to_string().contains("2026 is a symbolic link"));

    let repo = Repo::with_commit();
    fs::create_dir_all(repo.path.join(NAME)).unwrap();
    assert!(refused(&repo, "ours\n").to_string().contains("is a folder"));

    let repo = Repo::with_commit();
    let head = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},2026", head.trim())]);
    repo.git(&["commit", "-qm", "Module"]);
    assert!(refused(&repo, "ours\n").to_string().contains("2026 is a submodule"));
}

#[test]
fn a_split_index_is_refused_with_the_command_that_helps() {
    let repo = Repo::with_commit();
    repo.git(&["update-index", "--split-index"]);
    let error = refused(&repo, "ours\n");
    assert!(error.to_string().contains("git update-index --no-split-index"), "{error}");
    repo.git(&["update-index", "--no-split-index"]);
    publish(&repo.open(), NAME, "ours\n").unwrap();
}

#[test]
fn a_damaged_index_is_named_as_damaged_with_what_makes_a_new_one() {
    let repo = Repo::with_commit();
    let index = repo.path.join(".git/index");
    for bytes in
        [&b"no index at all"[..], b"", b"DIRC\0\0\0\x02\0\0\0\x09garbage garbage garbage garbage garbage"]
    {
        std::fs::write(&index, bytes).unwrap();
        // git's own status reads none of these either.
        let said = publish(&repo.open(), NAME, "ours\n").unwrap_err().to_string();
        assert!(said.contains("is damaged") && !said.contains("split"), "{said}");
        assert!(said.contains(&format!("rm {}", index.display())) && said.contains("git reset"), "{said}");
    }
    std::fs::remove_file(&index).unwrap();
    repo.git(&["reset", "-q"]);
    publish(&repo.open(), NAME, "ours\n").unwrap();
}

// --- forms of repositories ---

#[test]
fn a_bare_repository_gets_the_commit_and_no_refresh() {
    let repo = Repo::init(&["--bare"]);
    let archive = repo.open();
    let published = publish(&archive, NAME, "a\r\n").unwrap();
    assert!(archive.refresh(&published).is_empty());
    assert!(archive.workdir().is_none());
    assert_eq!(repo.git(&["show", &format!("main:{NAME}")]), "a\r\n");
    assert!(!repo.path.join("index").exists() && !repo.path.join("2026").exists());
    repo.fsck();
    // A work tree of that branch would be left behind.
    repo.git(&["worktree", "add", "-q", "../tree", "main"]);
    let error = publish(&archive, NAME, "b\n").unwrap_err();
    assert!(matches!(error, ArchiveError::CheckedOut { .. }), "{error}");
}

#[test]
fn a_linked_work_tree_commits_to_its_own_branch() {
    let repo = Repo::with_commit();
    repo.git(&["worktree", "add", "-q", "-b", "wt", "../tree"]);
    let tree = repo.folder.path().join("tree");
    let archive = Archive::open(&tree, Path::new("")).unwrap();
    let published = publish(&archive, NAME, "text\n").unwrap();
    assert!(archive.refresh(&published).is_empty());
    assert_eq!(repo.git(&["rev-parse", "wt"]).trim(), published.commit);
    assert_eq!(repo.git(&["-C", tree.to_str().unwrap(), "status", "--porcelain"]), "");
    assert_eq!(repo.git(&["rev-list", "--count", "main"]).trim(), "1");
    repo.fsck();
}

#[test]
fn packed_refs_and_objects_work() {
    let repo = Repo::with_commit();
    repo.git(&["gc", "-q"]);
    assert!(!repo.path.join(".git/refs/heads/main").exists());
    let archive = repo.open();
    let published = publish(&archive, NAME, "text\n").unwrap();
    assert!(archive.refresh(&published).is_empty());
    assert_eq!((repo.commits(), repo.status().as_str()), (2, ""));
    assert_eq!(archive.list().unwrap().entries.len(), 2);
    repo.fsck();
}

#[test]
fn a_shallow_clone_works() {
    let origin = Repo::with_commit();
    origin.git(&["commit", "-q", "--allow-empty", "-m", "Second"]);
    let url = format!("file://{}", origin.path.display());
    origin.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let path = origin.folder.path().join("shallow");
    let archive = Archive::open(&path, Path::new("")).unwrap();
    for text in ["one\n", "two\n"] {
        let published = publish(&archive, NAME, text).unwrap();
        assert!(archive.refresh(&published).is_empty());
    }
    assert_eq!(archive.history(&self::path(NAME)).unwrap().len(), 2);
    assert_eq!(archive.history(&self::path("README.md")).unwrap().len(), 1);
    assert_eq!(origin.git(&["-C", path.to_str().unwrap(), "rev-list", "--count", "HEAD"]).trim(), "3");
    assert_eq!(origin.git(&["-C", path.to_str().unwrap(), "status", "--porcelain"]), "");
}

#[test]
fn a_sha256_repository_and_a_plain_folder_are_refused_with_the_reason() {
    let repo = Repo::init(&["--object-format=sha256"]);
    let error = Archive::open(&repo.path, Path::new("")).unwrap_err();
    assert!(matches!(error, ArchiveError::Sha256 { .. }), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let error = Archive::open(folder.path(), Path::new("")).unwrap_err();
    assert_eq!(error.kind(), FailureKind::NotFound);
    assert!(error.to_string().contains("git init"), "{error}");
    // A folder inside a repository is not the repository.
    let repo = Repo::with_commit();
    fs::create_dir(repo.path.join("sub")).unwrap();
    assert!(matches!(
        Archive::open(&repo.path.join("sub"), Path::new("")),
        Err(ArchiveError::NoRepository { .. })
    ));
}

// --- our own repository ---

#[test]
fn our_own_repository_is_private_synced_and_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("home/postmortems");
    let archive = Archive::create_own(&own, "main", &GitConfig::default()).unwrap();
    assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!((archive.head().unwrap(), archive.tree_id().unwrap()), (None, None));
    assert!(archive.list().unwrap().entries.is_empty());
    let git = |args: &[&str]| {
        let out = hermetic("git", folder.path()).args(args).current_dir(&own).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    git(&["config", "commit.gpgsign", "false"]);
    git(&["config", "core.hooksPath", ""]);
    git(&["config", "core.autocrlf", "true"]);
    let date = PartialDate { year: Some(2026), month: Some(5), day: Some(3) };
    let files = [(postmortem_path(date, "Registry", "INC-2026-0042"), b"a\r\nb\n".to_vec())];
    // An earlier version left a setting there of which git complains.
    git(&["config", "core.fsyncObjectFiles", "true"]);
    let archive = Archive::create_own(&own, "main", &GitConfig::default()).unwrap();
    let said = hermetic("git", folder.path()).arg("status").current_dir(&own).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stderr), "", "git has nothing to complain of");
    let published = archive.publish(&publication(&files), &Seals::default()).unwrap();
    assert!(archive.refresh(&published).is_empty());
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(git(&["show", &format!("HEAD:{NAME}")]), "a\r\nb\n", "imported bytes are kept");
    assert_eq!(fs::metadata(own.join(NAME)).unwrap().permissions().mode() & 0o077, 0);
    Archive::create_own(&own, "other", &GitConfig::default()).unwrap();
    assert_eq!(fs::read_to_string(own.join(".git/info/attributes")).unwrap().matches("*.md").count(), 1);
}

#[test]
fn our_own_repository_is_made_once_however_many_make_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let own = folder.path().join(round.to_string());
        std::thread::scope(|scope| {
            let make = || Archive::create_own(&own, "main", &GitConfig::default()).map(drop);
            let all: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            for one in all {
                one.join().unwrap().unwrap();
            }
        });
    }
}

#[test]
fn a_repository_that_was_lost_under_its_files_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("postmortems");
    let open = || Archive::create_own(&own, "main", &GitConfig::default());
    let archive = open().unwrap();
    archive.without_seals().unwrap();
    let files = [file(NAME, "text\n")];
    let published = archive.publish(&publication(&files), &Seals::default()).unwrap();
    assert!(archive.refresh(&published).is_empty());
    let (git, aside) = (own.join(".git"), folder.path().join("aside"));
    fs::rename(&git, &aside).unwrap();
    let lost = open().unwrap_err();
    assert!(matches!(lost, ArchiveError::Lost { .. }) && lost.kind() == FailureKind::Conflict, "{lost}");
    assert!(!git.exists());
    fs::rename(&aside, &git).unwrap();
    fs::write(git.join("HEAD"), "ref: refs/heads/none\n").unwrap();
    let lost = open().unwrap_err();
    assert!(matches!(&lost, ArchiveError::NoCommit { branch, .. } if branch == "none"), "{lost}");
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    assert_eq!(open().unwrap().head().unwrap(), Some(published.commit));
    // Without files there is nothing that could be hidden.
    fs::remove_dir_all(&own).unwrap();
    assert_eq!(open().unwrap().head().unwrap(), None);
}

#[test]
fn the_environment_and_the_configuration_name_author_and_branch() {
    let home = tempfile::tempdir().unwrap();
    let run = |name: &str, config: &str| {
        fs::write(home.path().join(".gitconfig"), config).unwrap();
        let own = home.path().join(name);
        let out = child("child_says_who", home.path()).env("WARROOM_CHILD", &own).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        fs::read_to_string(home.path().join("said")).unwrap()
    };
    assert_eq!(run("a", ""), "None\nref: refs/heads/trunk\n");
    let config = "[user]\nname = Bob\nemail = bob@example.org\n[init]\ndefaultBranch = dev\n";
    assert_eq!(run("b", config), "Some(\"Bob <bob@example.org>\")\nref: refs/heads/dev\n");
}

#[test]
fn a_repository_of_another_user_is_refused_with_the_line_that_helps() {
    let repo = Repo::with_commit();
    if !is_root() {
        crate::data::skipped("only root can give a folder to another user");
        return;
    }
    let own = fs::metadata("/proc/self").unwrap().uid();
    std::os::unix::fs::chown(&repo.path, Some(own + 65_000), None).unwrap();
    std::os::unix::fs::chown(repo.path.join(".git"), Some(own + 65_000), None).unwrap();
    let error = Archive::open(&repo.path, Path::new("")).unwrap_err();
    let line = format!("git config --global --add safe.directory {}", repo.path.display());
    assert!(
        matches!(&error, ArchiveError::ForeignOwner { .. }) && error.to_string().contains(&line),
        "{error}"
    );
}

#[test]
fn a_read_only_repository_is_refused_with_the_reason() {
    let repo = Repo::with_commit();
    let objects = repo.path.join(".git/objects");
    let nobody = is_root().then_some(65_534);
    if nobody.is_some() {
        let out = Command::new("chown").arg("-R").arg("65534").arg(repo.folder.path()).output().unwrap();
        assert!(out.status.success());
    }
    fs::set_permissions(repo.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let out = Command::new("chmod").args(["-R", "a-w"]).arg(&objects).output().unwrap();
    assert!(out.status.success());
    let mut command = child("child_publishes_in_a_repository_that_may_refuse", repo.folder.path());
    command.env("WARROOM_CHILD", &repo.path).current_dir("/");
    if let Some(nobody) = nobody {
        command.uid(nobody).gid(nobody);
    }
    let Ok(out) = command.output() else {
        crate::data::skipped("the test program cannot be run by another user here");
        return;
    };
    let words = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    let _ = Command::new("chmod").args(["-R", "u+w"]).arg(&objects).output();
    assert!(words.contains("cannot be written"), "{words}");
}

// --- signing and hooks ---

/// Signs as git does: `ssh-keygen -Y sign -n git`.
struct SshKeygen {
    key: PathBuf,
}

impl Signer for SshKeygen {
    fn sign(&self, payload: &[u8]) -> Result<String, String> {
        let mut child = Command::new("ssh-keygen")
            .args(["-Y", "sign", "-n", "git", "-f"])
            .arg(&self.key)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| e.to_string())?;
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), payload).map_err(|e| e.to_string())?;
        let out = child.wait_with_output().map_err(|e| e.to_string())?;
        String::from_utf8(out.stdout).map_err(|e| e.to_string())
    }
}

struct CannotSign;

impl Signer for CannotSign {
    fn sign(&self, _: &[u8]) -> Result<String, String> {
        Err("no agent".to_owned())
    }
}

fn signing_repo() -> (Repo, PathBuf) {
    let repo = Repo::with_commit();
    let key = repo.folder.path().join("key");
    let made = hermetic("ssh-keygen", repo.folder.path())
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "alice@example.org", "-f"])
        .arg(&key)
        .status()
        .unwrap();
    assert!(made.success());
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    let allowed = repo.folder.path().join("allowed");
    fs::write(&allowed, format!("carol@example.org namespaces=\"git\" {public}")).unwrap();
    repo.git(&["config", "commit.gpgsign", "true"]);
    repo.git(&["config", "gpg.format", "ssh"]);
    repo.git(&["config", "user.signingkey", key.to_str().unwrap()]);
    repo.git(&["config", "gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()]);
    (repo, key)
}

#[test]
fn a_signed_commit_is_verified_by_git() {
    let (repo, key) = signing_repo();
    let archive = repo.open();
    let request = archive.signing_required().unwrap().unwrap();
    assert_eq!((request.format, request.program.as_str()), (SigningFormat::Ssh, "ssh-keygen"));
    assert_eq!(request.key.as_deref(), key.to_str());
    let signer = SshKeygen { key };
    let files = [file(NAME, "text\n")];
    let seals = Seals { signer: Some(&signer), hooks: None };
    let published = archive.publish(&publication(&files), &seals).unwrap();
    assert!(archive.refresh(&published).is_empty());
    let out = repo.run(&["verify-commit", "HEAD"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(String::from_utf8_lossy(&out.stderr).contains("Good \"git\" signature for carol@example.org"));
    assert_eq!((repo.commits(), repo.status().as_str()), (2, ""));
    assert_eq!(
        repo.git(&["log", "-1", "--format=%(trailers:key=Incident,valueonly)"]).trim(),
        "INC-2026-0042"
    );
    repo.fsck();
}

#[test]
fn a_commit_is_never_silently_unsigned() {
    let (repo, _) = signing_repo();
    let archive = repo.open();
    let error = publish(&archive, NAME, "text\n").unwrap_err();
    assert!(matches!(error, ArchiveError::SignerMissing { .. }), "{error}");
    let files = [file(NAME, "text\n")];
    let seals = Seals { signer: Some(&CannotSign), hooks: None };
    let error = archive.publish(&publication(&files), &seals).unwrap_err();
    assert!(error.to_string().contains("no agent"), "{error}");
    assert_eq!(repo.commits(), 1);
    repo.git(&["config", "gpg.format", "smoke"]);
    assert!(archive.signing_required().unwrap_err().to_string().contains("`smoke`"));
    repo.git(&["config", "--unset", "gpg.format"]);
    repo.git(&["config", "gpg.program", "/usr/bin/gpg2"]);
    let request = archive.signing_required().unwrap().unwrap();
    assert_eq!((request.format, request.program.as_str()), (SigningFormat::OpenPgp, "/usr/bin/gpg2"));
    repo.git(&["config", "commit.gpgsign", "false"]);
    assert_eq!(archive.signing_required().unwrap(), None);
}

/// Runs hooks as git does.
struct RealHooks<'a>(&'a Archive, &'a Repo);

impl RealHooks<'_> {
    fn run(
        &self,
        hook: Option<PathBuf>,
        index: Option<&Path>,
        argument: Option<&Path>,
    ) -> Result<(), String> {
        let Some(hook) = hook else { return Ok(()) };
        let paths = self.0.hook_paths().unwrap();
        let mut command = hermetic(hook.to_str().unwrap(), self.1.folder.path());
        command.current_dir(paths.run_in).env("GIT_DIR", paths.git_dir).args(argument);
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        let out = command.output().map_err(|e| e.to_string())?;
        if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stderr).into_owned()) }
    }
}

impl Hooks for RealHooks<'_> {
    fn pre_commit(&self, index_file: &Path) -> Result<(), String> {
        self.run(self.0.hook_paths().unwrap().pre_commit, Some(index_file), None)
    }

    fn commit_msg(&self, message: &str) -> Result<String, String> {
        let file = self.1.folder.path().join("MSG");
        fs::write(&file, message).unwrap();
        self.run(self.0.hook_paths().unwrap().commit_msg, None, Some(&file))?;
        Ok(fs::read_to_string(file).unwrap())
    }
}

fn hook(repo: &Repo, name: &str, script: &str) {
    repo.git(&["config", "core.hooksPath", "hooks"]);
    repo.write(&format!("hooks/{name}"), &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(repo.path.join("hooks").join(name), fs::Permissions::from_mode(0o755)).unwrap();
    repo.write(".git/info/exclude", "/hooks/\n");
}

#[test]
fn hooks_see_our_file_alone_staged_and_may_refuse() {
    let repo = Repo::with_commit();
    repo.write("other.txt", "staged by bob\n");
    repo.git(&["add", "other.txt"]);
    hook(
        &repo,
        "pre-commit",
        "git diff --cached --name-only >seen\ngit diff --name-only >>seen\nif git diff --cached | grep -q AKIA; then echo 'a secret' >&2; exit 1; fi",
    );
    repo.write(".git/info/exclude", "/hooks/\n/seen\n");
    hook(&repo, "commit-msg", "echo 'Reviewed-by: dana' >>\"$1\"");
    repo.write(".git/info/exclude", "/hooks/\n/seen\n");
    let status = repo.status();
    let archive = repo.open();
    let error = publish(&archive, NAME, "text\n").unwrap_err();
    assert!(matches!(error, ArchiveError::HooksNotRun { hook: "pre-commit", .. }), "{error}");

    let hooks = RealHooks(&archive, &repo);
    let seals = Seals { signer: None, hooks: Some(&hooks) };
    let files = [file(NAME, "key AKIA\n")];
    let error = archive.publish(&publication(&files), &seals).unwrap_err();
    assert!(
        error.to_string().contains("pre-commit hook refused") && error.to_string().contains("a secret"),
        "{error}"
    );
    assert_eq!((repo.commits(), repo.status()), (1, status.clone()));
    assert!(!repo.path.join("2026").exists(), "the work tree is as it was");

    let files = [file(NAME, "text\n")];
    let published = archive.publish(&publication(&files), &seals).unwrap();
    assert!(archive.refresh(&published).is_empty());
    let seen = repo.text("seen");
    assert_eq!(seen.lines().filter(|l| *l == NAME).count(), 1, "{seen}");
    assert!(repo.git(&["log", "-1", "--format=%B"]).contains("Timeline-Head: 7 abcdef\nReviewed-by: dana"));
    assert_eq!(repo.status(), status);
    let left: Vec<_> =
        fs::read_dir(repo.path.join(".git")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|n| n.to_string_lossy().contains("warroom")), "{left:?}");
}

#[test]
fn a_hook_that_rewrites_our_file_or_refuses_the_message_stops_the_commit() {
    let repo = Repo::with_commit();
    let archive = repo.open();
    let hooks = RealHooks(&archive, &repo);
    let seals = Seals { signer: None, hooks: Some(&hooks) };
    let files = [file(NAME, "text\n")];
    hook(&repo, "pre-commit", &format!("echo more >>{NAME}; git add {NAME}"));
    let error = archive.publish(&publication(&files), &seals).unwrap_err();
    assert!(matches!(error, ArchiveError::HookChangedFile { .. }), "{error}");
    hook(&repo, "pre-commit", "exit 0");
    hook(&repo, "commit-msg", "echo 'no ticket' >&2; exit 1");
    let error = archive.publish(&publication(&files), &seals).unwrap_err();
    assert!(error.to_string().contains("commit-msg hook refused the commit: no ticket"), "{error}");
    assert_eq!(repo.commits(), 1);
    assert_eq!(repo.status(), "", "nothing is left behind");
}

// --- reading ---

#[test]
fn a_list_leaves_out_what_is_not_a_text_of_ours_and_says_so() {
    let repo = Repo::with_commit();
    repo.write("2026/05/a.md", "a\n");
    repo.write("2026/05/B.MD", "b\n");
    repo.write("2026/big.md", &"x".repeat(2 * 1024 * 1024 + 1));
    repo.write("2026/limit.md", &"x".repeat(2 * 1024 * 1024));
    repo.write("2026/back\\slash.md", "c\n");
    repo.write(&format!("{}deep.md", "d/".repeat(20)), "d\n");
    symlink("a.md", repo.path.join("2026/05/link.md")).unwrap();
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "More"]);
    let archive = repo.open();
    let listing = archive.list().unwrap();
    let names: Vec<_> = listing.entries.iter().map(|e| e.path.as_str()).collect();
    assert_eq!(names, ["README.md", "2026/limit.md", "2026/05/B.MD", "2026/05/a.md"]);
    let skipped: Vec<_> = listing.skipped.iter().map(|s| s.reason).collect();
    assert_eq!(skipped.len(), 3, "{:?}", listing.skipped);
    assert!(skipped.contains(&"larger than 2 MiB") && skipped.contains(&"too deep"));
    assert_eq!(archive.read(&path("2026/05/link.md")).unwrap(), None);
    assert_eq!(archive.read(&path("2026/05")).unwrap(), None);
    assert_eq!(archive.read(&path("none.md")).unwrap(), None);
    assert!(matches!(archive.read(&path("2026/big.md")), Err(ArchiveError::TooLarge { .. })));
    assert_eq!(archive.read_blob(&listing.entries[3].blob).unwrap(), b"a\n");
    for wrong in ["", "abc", "zz", &"0".repeat(40), &archive.head().unwrap().unwrap()] {
        assert!(matches!(archive.read_blob(wrong), Err(ArchiveError::NoObject { .. })), "{wrong}");
    }
}

#[test]
fn changes_between_two_trees_are_puts_and_removals() {
    let repo = Repo::with_commit();
    let archive = Archive::open(&repo.path, Path::new("pm")).unwrap();
    let files = [file("a.md", "a\n"), file("b.md", "b\n"), file("c.md", "c\n")];
    archive.publish(&publication(&files), &Seals::default()).unwrap();
    let one = archive.tree_id().unwrap();
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["mv", "pm/a.md", "pm/d.md"]);
    repo.write("pm/b.md", "other\n");
    repo.write("pm/b.txt", "no markdown\n");
    fs::remove_file(repo.path.join("pm/c.md")).unwrap();
    symlink("b.md", repo.path.join("pm/c.md")).unwrap();
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "Change"]);
    let two = archive.tree_id().unwrap();
    let put = |name: &str| Change::Put {
        path: path(name),
        blob: repo.git(&["rev-parse", &format!("HEAD:pm/{name}")]).trim().to_owned(),
    };
    let removed = |name: &str| Change::Removed { path: path(name) };
    let mut changes = archive.changes(one.as_deref(), two.as_deref()).unwrap();
    changes.sort_by_key(|c| match c {
        Change::Put { path, .. } | Change::Removed { path } => path.clone(),
    });
    changes.dedup();
    assert_eq!(changes, [removed("a.md"), put("b.md"), removed("c.md"), put("d.md")]);
    assert_eq!(
        archive
            .changes(None, two.as_deref())
            .unwrap()
            .iter()
            .filter(|c| matches!(c, Change::Put { .. }))
            .count(),
        2
    );
    assert!(archive.changes(two.as_deref(), two.as_deref()).unwrap().is_empty());
    assert!(matches!(archive.changes(Some(&"1".repeat(40)), None), Err(ArchiveError::NoObject { .. })));
    assert_eq!(archive.history(&path("c.md")).unwrap()[0].blob, None);
}

#[test]
fn changes_in_folders_are_those_that_git_tells() {
    let repo = Repo::with_commit();
    let archive = Archive::open(&repo.path, Path::new("")).unwrap();
    let commit = || {
        repo.git(&["add", "-A"]);
        repo.git(&["commit", "-qm", "Change"]);
        archive.tree_id().unwrap()
    };
    for name in [
        "same/a.md",
        "same/deep/b.md",
        "gone/deep/c.md",
        "gone/d.txt",
        "both/e.md",
        "both/f.md",
        "file.md",
        "folder.md/g.md",
    ] {
        repo.write(name, &format!("{name}\n"));
    }
    let one = commit();
    repo.git(&["rm", "-rq", "gone", "file.md", "folder.md"]);
    for (name, text) in [
        ("both/e.md", "other\n"),
        ("file.md/h.md", "h\n"),
        ("folder.md", "now a file\n"),
        ("new/deep/i.md", "i\n"),
        ("new/j.png", "j\n"),
    ] {
        repo.write(name, text);
    }
    let two = commit();
    let told = |from: &str, to: &str| -> BTreeSet<(char, String)> {
        let listed = repo.git(&["diff-tree", "-r", "--no-renames", "--name-status", from, to]);
        let lines = listed.lines().filter_map(|line| line.split_once('\t'));
        let lines = lines.filter(|(_, name)| name.ends_with(".md"));
        lines.map(|(status, name)| (if status == "D" { 'D' } else { 'P' }, name.to_owned())).collect()
    };
    let said = |from: Option<&str>, to: Option<&str>| -> Vec<(char, String)> {
        let changes = archive.changes(from, to).unwrap().into_iter().map(|change| match change {
            Change::Put { path, .. } => ('P', path.as_str().to_owned()),
            Change::Removed { path } => ('D', path.as_str().to_owned()),
        });
        changes.collect()
    };
    let (one, two) = (one.unwrap(), two.unwrap());
    let there = said(Some(&one), Some(&two));
    assert!(there.is_sorted_by(|one, next| one.1 < next.1), "{there:?}");
    assert_eq!(there.len(), 7, "{there:?}");
    assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), told(&one, &two));
    assert_eq!(said(Some(&two), Some(&one)).into_iter().collect::<BTreeSet<_>>(), told(&two, &one));
    let all = repo
        .git(&["ls-tree", "-r", "--name-only", &one])
        .lines()
        .filter(|name| name.ends_with(".md"))
        .count();
    assert_eq!(said(None, Some(&one)).len(), all);
    assert!(said(Some(&one), None).iter().all(|(what, _)| *what == 'D'));
}

#[test]
fn two_writers_lose_nothing() {
    let repo = Repo::with_commit();
    let at = repo.path.clone();
    let writers: Vec<_> = (0..4)
        .map(|n| {
            let at = at.clone();
            std::thread::spawn(move || {
                let archive = Archive::open(&at, Path::new("")).unwrap();
                for k in 0..5 {
                    let name = format!("w{n}/{k}.md");
                    let mut tries = 0;
                    let published = loop {
                        match publish(&archive, &name, &format!("{n} {k}\n")) {
                            Ok(published) => break published,
                            Err(e) if e.kind() == FailureKind::Conflict && tries < 50 => tries += 1,
                            Err(e) => panic!("{e}"),
                        }
                    };
                    let _ = archive.refresh(&published);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    assert_eq!(repo.commits(), 21);
    assert_eq!(repo.open().list().unwrap().entries.len(), 21);
    assert!(!repo.path.join(".git/index.lock").exists());
    repo.fsck();
}

#[test]
fn a_killed_publisher_loses_nothing_that_it_acknowledged() {
    let repo = Repo::with_commit();
    for round in 0..8 {
        let mut command = child("child_publishes_until_it_is_killed", repo.folder.path());
        command.env("WARROOM_CHILD", &repo.path).env("WARROOM_ROUND", round.to_string());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut acknowledged: Vec<_> =
            lines.by_ref().filter(|l| l.starts_with("published ")).take(3 + round).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(lines.filter(|l| l.starts_with("published ")));
        // A killed git leaves its lock behind as well; people remove it, as the warning says.
        let _ = fs::remove_file(repo.path.join(".git/index.lock"));
        let _ = fs::remove_file(repo.path.join(".git/refs/heads/main.lock"));
        assert!(acknowledged.len() >= 3 + round, "the child ended early");
        let log = repo.git(&["rev-list", "HEAD"]);
        for line in &acknowledged {
            assert!(log.contains(line.trim_start_matches("published ").trim()), "{line} is lost");
        }
        // The one that was cut off is published at most once, and what was published is not published again.
        let archive = repo.open();
        for n in 0..=acknowledged.len() {
            let published =
                publish(&archive, &format!("r{round}/{n}.md"), &format!("{round} {n}\n")).unwrap();
            assert!(published.unchanged || n >= acknowledged.len(), "{n} was published twice");
            assert!(archive.refresh(&published).is_empty());
        }
        let made: usize =
            repo.git(&["rev-list", "--count", "HEAD", "--", &format!("r{round}")]).trim().parse().unwrap();
        assert_eq!(
            made,
            fs::read_dir(repo.path.join(format!("r{round}")))
                .unwrap()
                .filter(|e| {
                    e.as_ref()
                        .unwrap()
                        .file_name()
                        .to_string_lossy()
                        .starts_with(|c: char| c.is_ascii_digit())
                })
                .count()
        );
    }
    repo.fsck();
}

#[test]
fn an_archive_can_move_to_another_thread() {
    fn is_send<T: Send>(_: &T) -> bool {
        true
    }
    assert!(is_send(&Repo::init(&[]).open()));
}

// --- the same program again, in another environment ---

/// This test program, running one test in a clean environment. libgit2 reads the configuration of the process.
fn child(test: &str, home: &Path) -> Command {
    let mut command = hermetic(std::env::current_exe().unwrap().to_str().unwrap(), home);
    command.args(["--exact", &format!("archive::{test}"), "--nocapture"]);
    for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"]
    {
        command.env_remove(name);
    }
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Where a child works: the folder that the parent names, else one of its own.
fn child_folder() -> (PathBuf, TempDir) {
    let own = tempfile::tempdir().unwrap();
    (std::env::var_os("WARROOM_CHILD").map_or_else(|| own.path().join("own"), PathBuf::from), own)
}

#[test]
fn child_publishes_in_a_repository_that_may_refuse() {
    let (at, _own) = child_folder();
    match Archive::open(&at, Path::new("")).and_then(|archive| publish(&archive, NAME, "text\n")) {
        Ok(published) => panic!("published {}", published.commit),
        Err(error) => println!("{error}"),
    }
}

#[test]
fn child_says_who() {
    let (at, _own) = child_folder();
    let archive = Archive::create_own(&at, "trunk", &GitConfig::default()).unwrap();
    let who = archive.identity().unwrap().map(|who| who.to_string());
    let head = fs::read_to_string(at.join(".git/HEAD")).unwrap();
    fs::write(at.parent().unwrap().join("said"), format!("{who:?}\n{head}")).unwrap();
}

#[test]
fn child_publishes_until_it_is_killed() {
    let (at, _own) = child_folder();
    let round = std::env::var("WARROOM_ROUND").unwrap_or_default();
    // Without a parent that kills it, it makes its own repository and stops soon.
    let (archive, count) = if round.is_empty() {
        drop(Archive::create_own(&at, "main", &GitConfig::default()).unwrap());
        let config = fs::read_to_string(at.join(".git/config")).unwrap();
        fs::write(at.join(".git/config"), config + "[commit]\n\tgpgsign = false\n[core]\n\thooksPath = \n")
            .unwrap();
        (Archive::open(&at, Path::new("")).unwrap(), 3)
    } else {
        (Archive::open(&at, Path::new("")).unwrap(), 500)
    };
    for n in 0..count {
        let published = publish(&archive, &format!("r{round}/{n}.md"), &format!("{round} {n}\n")).unwrap();
        println!("\npublished {}", published.commit);
        assert!(archive.refresh(&published).is_empty());
    }
    assert_eq!(
        archive
            .list()
            .unwrap()
            .entries
            .iter()
            .filter(|e| e.path.as_str().starts_with(&format!("r{round}/")))
            .count(),
        count
    );
}
