//! The archive belongs to its people: what they commit there by git is not overwritten by a publication, a file that
//! they moved stays where it is, and its ids are given away.

use std::path::{Path, PathBuf};

use super::{Desk, filled};

/// A home in which one postmortem is published: its desk, the file in the archive, and the draft that it came from.
pub(super) fn published() -> (Desk, PathBuf, PathBuf) {
    let desk = Desk::new();
    let (file, draft) = publish_one(&desk, "Certificate of the gateway expired");
    (desk, file, draft)
}

fn publish_one(desk: &Desk, title: &str) -> (PathBuf, PathBuf) {
    let id = desk.declare(title);
    desk.ok(&["resolve", &id]);
    let draft = PathBuf::from(desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap());
    std::fs::write(&draft, filled(&text(&draft))).unwrap();
    let report = desk.json(&["postmortem", "publish", &id, "--waive", "a test"]);
    (archive(desk).join(report["path"].as_str().unwrap()), draft)
}

fn archive(desk: &Desk) -> PathBuf {
    desk.home().join("postmortems")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

const LESSON: &str = "\nA lesson that bob wrote in the archive.\n";

/// Bob adds a lesson and a key of the team to the published file.
fn bob_edits(file: &Path) {
    let changed = text(file).replacen("---\n", "---\nteam_key: abc\n", 1) + LESSON;
    std::fs::write(file, changed).unwrap();
}

fn bob_commits(desk: &Desk, file: &Path) {
    bob_edits(file);
    desk.git(&["commit", "-qam", "what we learned since"]);
}

fn add(draft: &Path, words: &str) {
    std::fs::write(draft, text(draft) + words).unwrap();
}

const PUBLISH: [&str; 5] = ["postmortem", "publish", "1", "--waive", "a test"];

#[test]
fn what_others_committed_is_refused_to_be_overwritten_and_both_texts_are_kept() {
    let (desk, file, draft) = published();
    add(&draft, "\nWords of alice.\n");
    // As long as it is not committed, git would lose it; committed, the publication would.
    bob_edits(&file);
    desk.run(&PUBLISH).refuses(4, "commit it");
    desk.git(&["commit", "-qam", "what we learned since"]);
    let head = desk.git(&["rev-parse", "HEAD"]);
    desk.run(&PUBLISH).refuses(4, "was changed in the archive since it was published");
    let left = desk.json(&["postmortem", "draft", "1"]);
    assert!(file.ends_with(left["differs_from"].as_str().unwrap()), "{left:#}");
    let told = desk.run(&["postmortem", "draft", "1"]).code(0);
    assert!(told.err.contains("draft INC-2026-0001 --from-archive"), "{told:?}");
    desk.run(&PUBLISH).refuses(4, "warroom postmortem draft INC-2026-0001 --from-archive");
    assert_eq!(desk.git(&["rev-parse", "HEAD"]), head);

    let taken = desk.json(&["postmortem", "draft", "1", "--from-archive"]);
    assert_eq!(text(&draft), text(&file));
    assert!(text(Path::new(taken["kept"].as_str().unwrap())).contains("Words of alice."), "{taken:#}");
    add(&draft, "\nWords of alice.\n");
    let report = desk.json(&PUBLISH);
    assert_eq!(report["unchanged"], false);
    let now = text(&file);
    assert!(now.contains(LESSON.trim()) && now.contains("team_key: abc") && now.contains("Words of alice."));
    assert_eq!(desk.json(&["verify"])["ok"], true);
}

#[test]
fn a_draft_that_says_no_more_than_what_was_published_follows_the_archive() {
    let (desk, file, draft) = published();
    bob_commits(&desk, &file);
    let taken = desk.run(&["postmortem", "draft", "1"]).code(0);
    assert!(taken.err.contains("was changed in the archive, and the draft is its text now"), "{taken:?}");
    assert_eq!(text(&draft), text(&file));
    let again = desk.run(&["postmortem", "draft", "1"]).code(0);
    assert!(again.err.contains("left as it is"), "{again:?}");
    add(&draft, "\nWords of alice.\n");
    desk.ok(&PUBLISH);
    assert!(text(&file).contains(LESSON.trim()) && text(&file).contains("Words of alice."));
    // And the next change of others is told as well.
    std::fs::write(&file, text(&file) + "\nA second lesson.\n").unwrap();
    desk.git(&["commit", "-qam", "more"]);
    add(&draft, "\nMore words of alice.\n");
    desk.run(&PUBLISH).refuses(4, "was changed in the archive");
}

#[test]
fn a_text_whose_commit_was_made_anew_is_still_known_as_published() {
    let (desk, file, draft) = published();
    desk.git(&["commit", "-q", "--amend", "--no-edit", "--date", "2026-11-20T15:00:00Z"]);
    desk.git(&["reflog", "expire", "--expire=now", "--all"]);
    desk.git(&["gc", "-q", "--prune=now"]);
    add(&draft, "\nWords of alice.\n");
    desk.ok(&PUBLISH);
    assert!(text(&file).contains("Words of alice."));
}

#[test]
fn a_file_that_people_moved_is_published_where_it_is_now() {
    let (desk, file, draft) = published();
    std::fs::create_dir(archive(&desk).join("gateway")).unwrap();
    desk.git(&["mv", file.to_str().unwrap(), "gateway/expired.md"]);
    desk.git(&["commit", "-qm", "by team"]);
    add(&draft, "\nWords of alice.\n");
    assert_eq!(desk.json(&PUBLISH)["path"], "gateway/expired.md");
    assert_eq!(desk.git(&["ls-tree", "-r", "--name-only", "HEAD"]), "gateway/expired.md\n");
    assert!(text(&archive(&desk).join("gateway/expired.md")).contains("Words of alice."));
    assert_eq!(desk.json(&["search", "gateway"])["results"].as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["show", "1"])["postmortem"]["path"], "gateway/expired.md");
}

/// The second desk has a clone of the first one's archive in the place of its own.
fn share(from: &Desk, to: &Desk) {
    let _ = std::fs::remove_dir_all(archive(to));
    std::fs::create_dir_all(archive(to)).unwrap();
    to.git(&["clone", "-q", archive(from).to_str().unwrap(), "."]);
}

#[test]
fn an_id_that_the_archive_has_is_not_given_to_another_incident() {
    let (first, ..) = published();
    let second = Desk::new();
    second.ok(&["init"]);
    share(&first, &second);
    assert_eq!(second.declare("Kafka lag in orders"), "INC-2026-0002");
    publish_one(&second, "Kafka lag in payments");
    assert_eq!(second.json(&["verify"])["ok"], true);

    // Imported, it may be of any day that is near.
    let third = Desk::new();
    let old =
        "---\nid: INC-2026-0007\ntitle: Leap second\ndate: 2025-12-31\n---\n\nIt was a second too long.\n";
    third.ok(&["import", &third.file("old.md", old)]);
    assert_eq!(third.declare("Kafka lag in orders"), "INC-2026-0008");
    // An archive that cannot be read keeps nobody from declaring.
    std::fs::write(archive(&third).join(".git/HEAD"), "not a head\n").unwrap();
    assert_eq!(third.declare("Kafka lag in payments"), "INC-2026-0009");
}

#[test]
fn a_postmortem_is_not_published_beside_that_of_another_incident_with_its_id() {
    let (first, file, _) = published();
    let second = Desk::new();
    assert_eq!(second.declare("Kafka lag in orders"), "INC-2026-0001");
    share(&first, &second);
    second.ok(&["resolve", "1"]);
    second.ok(&["postmortem", "draft", "1"]);
    let head = second.git(&["rev-parse", "HEAD"]);
    let name = file.file_name().unwrap().to_str().unwrap();
    second.run(&PUBLISH).refuses(4, name);
    assert_eq!(second.git(&["rev-parse", "HEAD"]), head);
    assert_eq!(second.json(&["story", "list"])["stories"].as_array().unwrap().len(), 0);
    // The same title on the same day is the same path.
    let third = Desk::new();
    third.declare("Certificate of the gateway expired");
    share(&first, &third);
    third.ok(&["resolve", "1"]);
    third.ok(&["postmortem", "draft", "1"]);
    third.run(&PUBLISH).refuses(4, name);
}

#[test]
fn an_archive_that_lost_its_repository_or_its_branch_is_said_to_have() {
    let (desk, _, _) = published();
    let (repository, aside) = (archive(&desk).join(".git"), desk.path("aside"));
    let wrong = |words: &str| {
        desk.run(&["search", "gateway"]).refuses(4, words);
        let told = desk.run(&["doctor"]).code(1).out;
        assert!(told.lines().any(|line| line.starts_with("WRONG archive") && line.contains(words)), "{told}");
    };
    std::fs::rename(&repository, &aside).unwrap();
    wrong("its git repository is gone");
    // What is written and erased in the log does not depend on it.
    let line = desk.json(&["log", "1", "The token was 4711-quagga"])["entries"][0]["seq"].to_string();
    let erased = desk.run(&["redact", "1", &line, "--reason", "a token"]).code(0);
    assert!(erased.err.contains("it could not be looked into"), "{erased:?}");
    assert!(!repository.exists(), "looking makes none");
    std::fs::rename(&aside, &repository).unwrap();
    let branch = desk.git(&["symbolic-ref", "HEAD"]);
    desk.git(&["symbolic-ref", "HEAD", "refs/heads/none"]);
    wrong("names the branch none, which has no commit");
    desk.git(&["symbolic-ref", "HEAD", branch.trim()]);
    assert_eq!(desk.json(&["search", "gateway"])["results"].as_array().unwrap().len(), 1);
    desk.run(&["doctor"]).code(0);
}

#[test]
fn doctor_names_a_text_that_git_has_lost() {
    let (desk, file, _) = published();
    let name = file.strip_prefix(archive(&desk)).unwrap().to_str().unwrap().to_owned();
    let blob = desk.git(&["rev-parse", &format!("HEAD:{name}")]);
    let (folder, rest) = blob.trim().split_at(2);
    std::fs::remove_file(archive(&desk).join(".git/objects").join(folder).join(rest)).unwrap();
    let told = desk.run(&["doctor"]).code(1).out;
    assert!(told.contains(&format!("WRONG lost      {name}")), "{told}");
}

#[test]
fn what_is_linked_after_publishing_comes_into_the_postmortem_of_both() {
    let desk = Desk::new();
    let (first, draft) = publish_one(&desk, "Certificate of the gateway expired");
    let (second, _) = publish_one(&desk, "Certificate of the gateway expired again");
    let linked = desk.run(&["link", "2", "recurrence", "1"]).code(0);
    for id in ["INC-2026-0001", "INC-2026-0002"] {
        assert!(
            linked.err.contains(&format!("warroom postmortem publish {id} publishes that")),
            "{linked:?}"
        );
    }
    let related = |text: &str, other: &str| text.contains(&format!("related:\n  - {other}\n"));
    // One draft is there still, the other one is made of the archive's text.
    std::fs::remove_file(&draft).unwrap();
    for (id, file, other) in [("1", &first, "INC-2026-0002"), ("2", &second, "INC-2026-0001")] {
        assert!(text(file).contains("related: []\n"));
        desk.ok(&["postmortem", "draft", id]);
        desk.ok(&["postmortem", "publish", id, "--waive", "a test"]);
        assert!(related(&text(file), other), "{}", text(file));
        let again = desk.run(&["postmortem", "draft", id]).code(0);
        assert!(again.err.contains("left as it is"), "{again:?}");
    }
    // What people wrote into the draft since stays.
    add(&draft, "\nWords of alice.\n");
    desk.ok(&["import", &desk.file("old.md", "---\nid: X-1\n---\n# Certificate\n\nIt expired.\n")]);
    desk.ok(&["link", "1", "related", "X-1"]);
    let told = desk.run(&["postmortem", "draft", "1"]).code(0);
    assert!(told.err.contains("in its `related` now"), "{told:?}");
    assert!(related(&text(&draft), "INC-2026-0002\n  - X-1") && text(&draft).ends_with("Words of alice.\n"));
}

#[test]
fn a_draft_that_somebody_edits_is_edited_by_nobody_else_meanwhile() {
    let desk = Desk::new();
    desk.ok(&["declare", "two at one draft", "--severity", "P2"]);
    desk.ok(&["resolve", "1"]);
    desk.ok(&["postmortem", "draft", "1"]);
    let exe = env!("CARGO_BIN_EXE_warroom");
    let (said, code) = (desk.home().with_file_name("said"), desk.home().with_file_name("code"));
    let inner =
        format!("EDITOR=true '{exe}' --home '{}' --as carol postmortem edit 1", desk.home().display());
    let script = format!("{inner} 2>'{}'\necho $? >'{}'\n", said.display(), code.display());
    let script = desk.file("editor.sh", script);
    let mut command = desk.command(&["--as", "alice", "postmortem", "edit", "1"]);
    assert!(command.env("EDITOR", format!("sh {script}")).status().unwrap().success());
    assert_eq!(text(&code).trim(), "4", "{}", text(&said));
    assert!(text(&said).contains("alice edits it since"), "{}", text(&said));
    // Left, it is free, and nothing stays behind.
    let mut command = desk.command(&["--as", "carol", "postmortem", "edit", "1"]);
    assert!(command.env("EDITOR", "true").status().unwrap().success());
    let names = std::fs::read_dir(desk.home().join("drafts")).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".edited")), "{names:?}");
}
