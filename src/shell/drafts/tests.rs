//! Tests of the draft journal on real files.

use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const T: Duration = Duration::ZERO;

fn draft(n: u128, text: &str) -> Draft {
    Draft {
        id: EventId(Uuid::from_u128(n)),
        incident: "INC-2026-0042".parse().ok(),
        field: "composer".into(),
        mode: "scribe".into(),
        text: text.into(),
        cursor: text.len(),
        at: chrono::DateTime::from_timestamp_millis(1_800_000_000_123),
        rest: "{}".into(),
    }
}

/// Ends a journal as a killed process does: nothing is cleaned up, the lock falls.
fn kill(journal: Journal) -> Vec<u8> {
    let bytes = std::fs::read(journal.path()).unwrap();
    let path = journal.path().to_owned();
    drop(journal);
    std::fs::write(path, &bytes).unwrap();
    bytes
}

#[test]
fn what_was_typed_is_in_the_file_at_once_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    assert_eq!(std::fs::metadata(journal.path()).unwrap().permissions().mode() & 0o777, 0o600);
    for text in ["o", "on", "on-", "on-cäll", "on-call paged", "paged"] {
        journal.write(&draft(1, text), T).unwrap();
    }
    journal.write(&draft(2, "second"), T).unwrap();
    kill(journal);
    let mut next = Journal::begin(folder.path(), "b").unwrap();
    let recovered = next.take_over(T).unwrap();
    assert_eq!(recovered.drafts, [draft(1, "paged"), draft(2, "second")]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the own file is left");
    // The one that took over dies too.
    kill(next);
    assert_eq!(Journal::begin(folder.path(), "c").unwrap().take_over(T).unwrap().drafts.len(), 2);
}

#[test]
fn a_stored_draft_does_not_come_back_and_the_file_goes() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    journal.write(&draft(1, "one"), T).unwrap();
    journal.write(&draft(2, "two"), T).unwrap();
    journal.done(draft(1, "").id, T).unwrap();
    let bytes = std::fs::read(journal.path()).unwrap();
    std::fs::write(folder.path().join("dead.journal"), &bytes).unwrap();
    assert_eq!(Journal::begin(folder.path(), "b").unwrap().take_over(T).unwrap().drafts, [draft(2, "two")]);
    journal.done(draft(2, "").id, T).unwrap();
    assert_eq!(std::fs::metadata(journal.path()).unwrap().len(), 0);
    drop(journal);
    assert!(!folder.path().join("a.journal").exists());
}

#[test]
fn a_living_process_keeps_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = Journal::begin(folder.path(), "a").unwrap();
    one.write(&draft(1, "mine"), T).unwrap();
    let mut two = Journal::begin(folder.path(), "b").unwrap();
    assert!(two.take_over(T).unwrap().drafts.is_empty());
    assert!(Journal::begin(folder.path(), "a").is_err(), "two may not share a file");
    drop(one);
    assert_eq!(two.take_over(T).unwrap().drafts.len(), 1);
}

#[test]
fn a_file_cut_at_any_byte_gives_the_last_whole_state() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    let mut lengths = vec![(0, String::new())];
    for text in ["d", "db", "db ä", "db ä!"] {
        journal.write(&draft(1, text), T).unwrap();
        lengths.push((journal.length, text.to_owned()));
    }
    let bytes = kill(journal);
    let path = folder.path().join("a.journal");
    for cut in 0..=bytes.len() {
        std::fs::write(&path, &bytes[..cut]).unwrap();
        let (drafts, readable) = record::read(&File::open(&path).unwrap());
        let whole = lengths.iter().rev().find(|(length, _)| *length as usize <= cut).unwrap();
        assert_eq!(drafts.first().map_or("", |d| d.text.as_str()), whole.1, "cut at {cut}");
        assert_eq!(readable, cut == 0 || whole.0 > 0);
    }
    // A wrong byte in the last record hides that record only.
    let mut wrong = bytes.clone();
    *wrong.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &wrong).unwrap();
    assert_eq!(record::read(&File::open(&path).unwrap()).0[0].text, "db ä");
}

#[test]
fn a_file_of_noise_is_left_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let noise = folder.path().join("noise.journal");
    std::fs::write(&noise, b"not a journal at all").unwrap();
    std::os::unix::fs::symlink(&noise, folder.path().join("link.journal")).unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    let recovered = journal.take_over(T).unwrap();
    assert_eq!(recovered.unreadable, [noise.as_path()]);
    assert!(noise.exists() && recovered.drafts.is_empty());
}

#[test]
fn syncing_is_due_half_a_second_after_the_first_unsynced_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    let ms = Duration::from_millis;
    assert_eq!(journal.due_in(ms(100)), None);
    journal.write(&draft(1, "a"), ms(100)).unwrap();
    journal.write(&draft(1, "ab"), ms(400)).unwrap();
    assert_eq!(journal.due_in(ms(400)), Some(ms(200)));
    assert!(journal.due(ms(599)).is_none());
    assert_eq!(journal.due_in(ms(600)), Some(ms(0)));
    journal.due(ms(600)).unwrap().sync();
    assert_eq!(journal.due_in(ms(600)), None);
    journal.syncer().sync();
}

#[test]
fn a_journal_that_has_grown_is_begun_anew_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    let big = "x".repeat(3 << 20);
    for n in 0..5_u32 {
        journal.write(&draft(1, &format!("{n}{big}{n}")), T).unwrap();
    }
    journal.write(&draft(1, "short"), T).unwrap();
    assert!(journal.length < LARGEST && journal.path().ends_with("a.journal"));
    let mut other = Journal::begin(folder.path(), "b").unwrap();
    assert!(other.take_over(T).unwrap().drafts.is_empty(), "the lock moved with the file");
    kill(journal);
    assert_eq!(other.take_over(T).unwrap().drafts, [draft(1, "short")]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_change_leads_from_any_text_to_any_other(one in "[aäb🔑]{0,8}", two in "[aäb🔑]{0,8}") {
        let (before, after) = (draft(1, &one), draft(1, &two));
        let change = Change::between(&before, &after).unwrap();
        let mut changed = before.clone();
        prop_assert!(change.apply(&mut changed));
        prop_assert_eq!(changed, after);
    }
}
