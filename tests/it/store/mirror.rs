//! The mirror of a log beside a database whose writer was killed between its commit and its copy, or whose copy failed.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use warroom::domain::log::Header;
use warroom::store::{mirrors, read_mirror};

use super::*;

fn home() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("mirror")).unwrap();
    let file = folder.path().join("warroom.db");
    (folder, file)
}

async fn open(file: &Path) -> SqliteStore {
    SqliteStore::open(file, OpenMode::Create).await.unwrap()
}

/// The positions that the mirror has with the words that belong to them, each once.
fn mirrored(file: &Path) -> Vec<u64> {
    let of_event = |event: warroom::domain::log::RawEvent| {
        let header = Header::parse(&event.header).ok()?;
        event.keeps_to(&header).then_some(header.seq.0)
    };
    let mut seqs: Vec<u64> = mirrors(file).iter().flat_map(|m| read_mirror(m)).filter_map(of_event).collect();
    seqs.sort_unstable();
    seqs.dedup();
    seqs
}

/// Takes the last records away, as if their writer had been killed between its commit and its copy.
fn cut(file: &Path, records: usize) {
    let mirror = mirrors(file).pop().unwrap();
    let bytes = std::fs::read(&mirror).unwrap();
    let starts: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"wrm1 ")).collect();
    std::fs::write(&mirror, &bytes[..starts[starts.len() - records]]).unwrap();
}

#[test]
fn a_retry_is_answered_when_the_mirror_has_what_it_asks_for() {
    for gone in [1, 2, 3] {
        let (_folder, file) = home();
        run(async {
            let killed = open(&file).await;
            killed.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
            let asked = append(1, 1, vec![event(2, "two"), event(3, "three")]);
            let first = killed.append(asked.clone()).await.unwrap();
            cut(&file, gone);
            // In another process, which decided from the old head, or from the new one.
            for expected in [1, 3] {
                let again = Append { expected: Seq(expected), ..asked.clone() };
                assert_eq!(open(&file).await.append(again).await.unwrap(), first);
                assert_eq!(mirrored(&file), [1, 2, 3], "{gone} gone, expected {expected}");
                cut(&file, gone);
            }
            // In one that knew the mirror to be whole.
            assert_eq!(killed.append(asked).await.unwrap(), first);
            assert_eq!(mirrored(&file), [1, 2, 3], "{gone} gone, the same process");
        });
    }
}

#[test]
fn what_a_killed_writer_did_not_copy_is_copied_by_the_next_one_that_writes() {
    let (_folder, file) = home();
    run(async {
        let (one, other) = (open(&file).await, open(&file).await);
        one.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        other.append(append(1, 1, vec![event(2, "two")])).await.unwrap();
        other.append(append(1, 2, vec![event(3, "three")])).await.unwrap();
        one.append(append(1, 3, vec![event(4, "four"), event(5, "five")])).await.unwrap();
        cut(&file, 2);
        // It has seen the mirror whole before.
        other.append(append(1, 5, vec![event(6, "six")])).await.unwrap();
        assert_eq!(mirrored(&file), [1, 2, 3, 4, 5, 6]);
        // Nothing is copied twice while all goes well.
        one.append(append(1, 6, vec![event(7, "seven")])).await.unwrap();
        other.append(append(1, 7, vec![event(8, "eight")])).await.unwrap();
        let records = mirrors(&file).iter().flat_map(|m| read_mirror(m)).count();
        assert_eq!(records, 8, "each event once");
    });
}

#[test]
fn a_copy_that_failed_is_made_up_for_by_the_next_line() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        for n in 1..=17 {
            let first = append(n, 0, vec![event(u128::from(n), "one")]);
            store.append(first).await.unwrap();
        }
        store.append(append(1, 1, vec![event(101, "two")])).await.unwrap();
        assert_eq!(mirrored(&file), [1, 2]);
        // The file cannot be opened again; root can open anything, so a folder takes its place.
        let mirror = mirrors(&file).into_iter().find(|m| read_mirror(m).len() == 2).unwrap();
        let aside = mirror.with_extension("aside");
        std::fs::rename(&mirror, &aside).unwrap();
        std::fs::create_dir(&mirror).unwrap();
        std::fs::set_permissions(&mirror, std::fs::Permissions::from_mode(0o700)).unwrap();
        store.append(append(1, 2, vec![event(102, "three")])).await.unwrap();
        std::fs::remove_dir(&mirror).unwrap();
        std::fs::rename(&aside, &mirror).unwrap();
        store.append(append(1, 3, vec![event(103, "four")])).await.unwrap();
        assert_eq!(mirrored(&file), [1, 2, 3, 4]);
    });
}

#[test]
fn a_torn_record_hides_no_record_after_it() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        store.append(append(1, 1, vec![event(2, &"x".repeat(900))])).await.unwrap();
        let mirror = mirrors(&file).pop().unwrap();
        let whole = std::fs::read(&mirror).unwrap();
        let second = (1..whole.len()).find(|at| whole[*at..].starts_with(b"wrm1 ")).unwrap();
        // Every length at which a kill, or a full disk, could have cut it off; then it is written again.
        for keep in second..whole.len() {
            std::fs::write(&mirror, [&whole[..keep], &whole[second..]].concat()).unwrap();
            assert_eq!(mirrored(&file), [1, 2], "torn after {} bytes", keep - second);
        }
    });
}

#[test]
fn erased_words_are_not_left_in_a_record_that_was_cut_off_before_them() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "one"), event(2, &"x".repeat(900))])).await.unwrap();
        store.append(append(1, 2, vec![event(3, &"the-words\n".repeat(80))])).await.unwrap();
        store.append(append(1, 3, vec![redaction(4, 3)])).await.unwrap();
        let mirror = mirrors(&file).pop().unwrap();
        let whole = std::fs::read(&mirror).unwrap();
        let starts: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(b"wrm1 ")).collect();
        // The second event was cut off where it takes a part of the third for its own.
        let torn = (starts[1] + 500..starts[2]).map(|keep| [&whole[..keep], &whole[starts[2]..]].concat());
        let has = |bytes: &[u8]| bytes.windows(9).any(|part| part == b"the-words");
        let swallows = |bytes: &Vec<u8>| {
            std::fs::write(&mirror, bytes).unwrap();
            let foreign = |e: &warroom::domain::log::RawEvent| {
                Header::parse(&e.header).is_ok_and(|h| h.seq == Seq(2)) && e.body.as_deref().is_some_and(has)
            };
            read_mirror(&mirror).iter().any(foreign)
        };
        assert!({ torn }.any(|bytes| swallows(&bytes)), "no cut does that");
        assert!(store.erase_payload(log(1), Seq(3)).await.unwrap());
        assert!(!has(&std::fs::read(&mirror).unwrap()), "the words are still there");
        assert_eq!(mirrored(&file), [1, 4], "what is whole stays");
    });
}

#[test]
fn a_database_that_lacks_a_log_of_its_mirror_begins_no_other() {
    let (_folder, file) = home();
    run(async {
        let store = open(&file).await;
        store.append(append(1, 0, vec![event(1, "one")])).await.unwrap();
        store.close().await.unwrap();
        let older = std::fs::read(&file).unwrap();
        let store = open(&file).await;
        store.append(append(2, 0, vec![event(2, "two")])).await.unwrap();
        store.close().await.unwrap();
        std::fs::write(&file, older).unwrap();
        let store = open(&file).await;
        let refused = store.append(append(3, 0, vec![event(3, "three")])).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Corrupt { what } if what.contains("that it lacks")),
            "{refused:?}"
        );
        // What it has goes on: nothing of it is missing.
        store.append(append(1, 1, vec![event(4, "four")])).await.unwrap();
        for mirror in mirrors(&file).iter().filter(|mirror| read_mirror(mirror).len() == 1) {
            std::fs::write(mirror, "no record").unwrap();
        }
        store.append(append(3, 0, vec![event(3, "three")])).await.unwrap();
    });
}
