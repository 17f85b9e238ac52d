//! What was published a moment ago is found at once: by what is ahead of the files of the index, while they follow, or
//! while somebody else writes them.
#![expect(clippy::unwrap_used, reason = "test code")]
#![expect(clippy::disallowed_methods, reason = "git itself is what is followed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use warroom::index::{Change, Document, Index, IndexError, SimilarQuery, rebuild};
use warroom::service::{FindQuery, Service};
use warroom::shell::session::Opening;

use crate::index::{NEXT, TREE, fixtures, ids, indexed, labelled, like, ready, words};
use crate::screen::World;
use crate::service::{run, session};

/// One is new, one is written anew under its path, one is gone.
fn changes() -> Vec<Change> {
    let mut new = fixtures().remove(0);
    new.card.id = "new".to_owned();
    new.card.path = "new.md".to_owned();
    new.card.severity = Some("P9".to_owned());
    new.body = "The quagga of the load balancer was full.".to_owned();
    let mut edited = labelled().remove(1);
    edited.body.push_str("\nA zebra was seen.\n");
    let gone = fixtures().remove(2).card.path;
    vec![Change::Put(Box::new(new)), Change::Put(Box::new(edited)), Change::Removed { path: gone }]
}

fn found(index: &Index, text: &str) -> Vec<String> {
    ids(&index.search(&words(text)).unwrap()).into_iter().map(str::to_owned).collect()
}

#[test]
fn what_is_ahead_answers_as_the_files_do_when_they_have_followed() {
    let (_home, dir, index) = indexed(labelled());
    let ahead = index.ahead(NEXT, changes()).unwrap();
    assert_eq!((ahead.tree().as_str(), ahead.len()), (NEXT, 6));
    assert_eq!((index.tree().as_str(), index.len()), (TREE, 6));
    assert!(found(&index, "quagga").is_empty(), "the files are as they were");
    assert_eq!(ready(&dir).tree(), TREE);
    let files =
        || -> BTreeSet<_> { fs::read_dir(&dir).unwrap().map(|file| file.unwrap().file_name()).collect() };
    let before = files();

    index.update(TREE, NEXT, changes()).unwrap();
    for text in [
        "quagga",
        "zebra",
        "load balancer full",
        "certificate expired",
        "\"of the load\"",
        "",
        "severity:p9",
        "-zebra pods",
    ] {
        assert_eq!(found(&ahead, text), found(&index, text), "{text:?}");
        let (before, after) = (
            ahead.search_with_facets(&words(text)).unwrap(),
            index.search_with_facets(&words(text)).unwrap(),
        );
        assert_eq!((before.facets, before.notes), (after.facets, after.notes), "{text:?}");
    }
    assert_eq!(found(&ahead, "quagga"), ["new"]);
    assert_eq!(found(&ahead, "zebra").len(), 1);
    let similar =
        SimilarQuery { exclude: vec!["new".to_owned()], ..like("the certificate is about to expire") };
    assert_eq!(ids(&ahead.similar(&similar).unwrap()), ids(&index.similar(&similar).unwrap()));
    assert_eq!(ahead.services(&[]).unwrap(), index.services(&[]).unwrap());
    // How many there are depends on what the engine merged.
    assert_ne!(files(), before, "the control: files were written by the update alone");
}

#[test]
fn what_was_made_ready_before_answers_as_what_is_made_now_and_only_in_its_place() {
    let (_home, _dir, index) = indexed(labelled());
    let put = |changes: Vec<Change>| -> Vec<Document> {
        changes.into_iter().filter_map(Change::into_document).collect()
    };
    let made = index.part_maker().make(put(changes())).unwrap();
    let (ready, now) =
        (index.ahead_with(NEXT, changes(), Some(made)).unwrap(), index.ahead(NEXT, changes()).unwrap());
    for text in ["quagga", "zebra", "load balancer full", "severity:p9", ""] {
        assert_eq!(found(&ready, text), found(&now, text), "{text:?}");
    }
    assert_eq!((found(&ready, "quagga").len(), ready.len()), (1, 6));
    // Another text came into the archive than the one that was expected.
    let mut others = put(changes());
    if let Some(first) = others.first_mut() {
        first.body = "The aardvark was full.".to_owned();
    }
    let other = index.part_maker().make(others).unwrap();
    let ahead = index.ahead_with(NEXT, changes(), Some(other)).unwrap();
    assert_eq!((found(&ahead, "quagga").len(), found(&ahead, "aardvark").len()), (1, 0));
    let none = index.part_maker().make(Vec::new()).unwrap();
    assert_eq!(index.ahead_with(NEXT, Vec::new(), Some(none)).unwrap().len(), 6);
}

#[test]
fn only_removals_and_nothing_at_all_can_be_ahead() {
    let (_home, _dir, index) = indexed(fixtures());
    let gone: Vec<Change> =
        fixtures().into_iter().map(|document| Change::Removed { path: document.card.path }).collect();
    assert!(index.ahead(NEXT, gone).unwrap().is_empty());
    assert_eq!(index.ahead(NEXT, Vec::new()).unwrap().len(), 6);
}

#[test]
fn what_is_ahead_goes_on_when_the_files_below_are_replaced() {
    let (_home, dir, index) = indexed(labelled());
    let ahead = index.ahead(NEXT, changes()).unwrap();
    drop(rebuild(&dir, None, "3333", fixtures().into_iter().take(1), |_| ()).unwrap());
    assert_eq!(found(&ahead, "quagga"), ["new"]);
    assert_eq!(ahead.len(), 6);
    // Over files that reflect another tree by now nothing is built.
    assert!(matches!(index.ahead(NEXT, changes()), Err(IndexError::Moved { is, .. }) if is == "3333"));
    index.reload().unwrap();
    assert_eq!(index.ahead(NEXT, changes()).unwrap().len(), 3);
}

#[test]
fn nothing_is_ahead_of_what_is_ahead() {
    let (_home, _dir, index) = indexed(fixtures());
    let ahead = index.ahead(NEXT, changes()).unwrap();
    assert!(matches!(ahead.ahead("3333", Vec::new()), Err(IndexError::Engine(_))));
}

fn written(title: &str) -> (String, String) {
    (
        format!("{title}.md"),
        format!("---\ntitle: {title}\ndate: 2026-11-01\n---\n# {title}\n\nThe {title} was full.\n"),
    )
}

async fn finds(service: &Service, text: &str) -> usize {
    let query = FindQuery { text: text.to_owned(), limit: 10, ..FindQuery::default() };
    service.search(query).await.unwrap().len()
}

/// The tree of the archive, as git itself says it.
fn tree(home: &Path) -> String {
    let out = Command::new("git")
        .arg("-C")
        .arg(home.join("postmortems"))
        .args(["rev-parse", "HEAD^{tree}"])
        .output();
    String::from_utf8(out.unwrap().stdout).unwrap().trim().to_owned()
}

#[test]
fn what_is_published_is_found_while_somebody_else_writes_the_index_and_the_files_follow() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    run(async {
        let (alice, bob) = (session(folder.path(), "alice"), session(folder.path(), "bob"));
        let (first, second) =
            (alice.open(Opening::Write).await.unwrap(), bob.open(Opening::Write).await.unwrap());
        let author = || Some("alice <alice@localhost>".to_owned());
        first.import_texts(&alice.by(), vec![written("quagga")], author()).await.unwrap();
        assert_eq!((finds(&first, "quagga").await, finds(&second, "quagga").await), (1, 1));

        // A third one is writing.
        let lock = fs::File::options().write(true).open(home.join(".index.lock")).unwrap();
        lock.lock().unwrap();
        first.import_texts(&alice.by(), vec![written("zebra")], author()).await.unwrap();
        for service in [&first, &second] {
            assert_eq!((finds(service, "zebra").await, finds(service, "quagga").await), (1, 1));
        }
        first.import_texts(&alice.by(), vec![written("okapi")], author()).await.unwrap();
        assert_eq!((finds(&second, "okapi").await, finds(&second, "zebra").await), (1, 1));
        assert_ne!(ready(&home.join("index")).tree(), tree(&home), "the files have not followed");
        lock.unlock().unwrap();

        // The next question has them follow, and leaving waits for it.
        assert_eq!(finds(&second, "okapi").await, 1);
        second.close().await.unwrap();
        let index = ready(&home.join("index"));
        assert_eq!((index.tree(), index.len()), (tree(&home), 3));
        assert_eq!(finds(&first, "okapi").await, 1);
        first.close().await.unwrap();
    });
}

#[test]
fn what_git_does_outside_is_followed_by_its_difference() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let repository = home.join("postmortems");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.arg("-C").arg(&repository).args(["-c", "user.name=bob", "-c", "user.email=bob@localhost"]);
        let out = git.args(arguments).output().unwrap();
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    };
    run(async {
        let alice = session(folder.path(), "alice");
        let service = alice.open(Opening::Write).await.unwrap();
        let author = Some("alice <alice@localhost>".to_owned());
        let both = vec![written("quagga"), written("zebra")];
        service.import_texts(&alice.by(), both, author).await.unwrap();
        let made = fs::read_dir(home.join("index")).unwrap().count();
        assert!(made > 0);

        // An edit on a branch, a switch back and forth, a merge, a removal, a rebase.
        git(&["checkout", "-q", "-b", "side"]);
        let (path, text) = written("okapi");
        fs::write(repository.join(&path), &text).unwrap();
        git(&["add", "."]);
        git(&["commit", "-q", "-m", "okapi"]);
        assert_eq!(finds(&service, "okapi").await, 1);
        git(&["checkout", "-q", "main"]);
        assert_eq!(finds(&service, "okapi").await, 0);
        let (other, text) = written("tapir");
        fs::write(repository.join(&other), &text).unwrap();
        git(&["add", "."]);
        git(&["commit", "-q", "-m", "tapir"]);
        assert_eq!((finds(&service, "tapir").await, finds(&service, "okapi").await), (1, 0));
        git(&["checkout", "-q", "side"]);
        git(&["rebase", "-q", "main"]);
        assert_eq!((finds(&service, "tapir").await, finds(&service, "okapi").await), (1, 1));
        git(&["checkout", "-q", "main"]);
        git(&["merge", "-q", "--no-ff", "-m", "both", "side"]);
        git(&["rm", "-q", &other]);
        git(&["commit", "-q", "-m", "no tapir"]);
        assert_eq!((finds(&service, "tapir").await, finds(&service, "okapi").await), (0, 1));
        service.close().await.unwrap();
        let index = ready(&home.join("index"));
        assert_eq!((index.tree(), index.len()), (tree(&home), 3));
        index.check().unwrap();
    });
}

/// Each question comes while the files follow the one before, or have just done so.
#[test]
fn what_git_brings_while_the_files_follow_is_found_by_the_next_question() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let repository = || git2::Repository::open(home.join("postmortems")).unwrap();
    run(async {
        let alice = session(folder.path(), "alice");
        let service = alice.open(Opening::Write).await.unwrap();
        let author = Some("alice <alice@localhost>".to_owned());
        let mut commits = Vec::new();
        for word in ["quagga", "okapi"] {
            service.import_texts(&alice.by(), vec![written(word)], author.clone()).await.unwrap();
            commits.push(repository().head().unwrap().target().unwrap());
        }
        // Without git's own programs in between, so that nobody waits.
        let there = repository();
        let name = there.head().unwrap().name().unwrap().to_owned();
        for round in 0..400 {
            let with_okapi = round % 2;
            there.reference(&name, commits[with_okapi], true, "moved by a test").unwrap();
            if round % 3 == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(round as u64 % 29)).await;
            }
            assert_eq!(finds(&service, "okapi").await, with_okapi, "round {round}");
        }
        service.close().await.unwrap();
    });
}

#[test]
fn building_anew_shows_a_bar_to_a_person_and_leaves_nothing_of_it() {
    let lab = World::new();
    let folder = lab.path("many");
    fs::create_dir(&folder).unwrap();
    for nth in 0..250 {
        let (path, text) = written(&format!("outage {nth}"));
        fs::write(folder.join(path), text).unwrap();
    }
    lab.done(&["import", folder.to_str().unwrap()]);
    let (code, out, said) = lab.run(&["reindex"]);
    assert_eq!((code, out.trim(), said.as_str()), (0, "indexed 250 postmortems", ""));
    let mut screen = lab.screen(&["reindex"], 80, 24);
    screen.until("indexed 250 postmortems");
    let raw = String::from_utf8_lossy(screen.raw()).into_owned();
    assert!(raw.contains("##") && raw.contains(" of 250"), "{raw:?}");
    assert!(!screen.text().contains('#'), "{}", screen.text());
}
