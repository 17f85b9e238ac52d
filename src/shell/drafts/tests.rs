//! Tests of the draft journal on real files.

use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;
use sha2::Digest as _;
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
        person: "alice".into(),
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
    let recovered = next.take_over("alice", T).unwrap();
    assert_eq!(recovered.drafts, [draft(1, "paged"), draft(2, "second")]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the own file is left");
    // The one that took over dies too.
    kill(next);
    assert_eq!(Journal::begin(folder.path(), "c").unwrap().take_over("alice", T).unwrap().drafts.len(), 2);
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
    assert_eq!(
        Journal::begin(folder.path(), "b").unwrap().take_over("alice", T).unwrap().drafts,
        [draft(2, "two")]
    );
    journal.done(draft(2, "").id, T).unwrap();
    assert_eq!(std::fs::metadata(journal.path()).unwrap().len(), 0);
    drop(journal);
    assert!(!folder.path().join("a.journal").exists());
}

#[test]
fn a_draft_that_is_empty_again_leaves_nothing_of_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    for round in 0..3 {
        journal.write(&draft(1, &format!("hunter2 {round}")), T).unwrap();
        journal.write_empty(&draft(1, ""), T).unwrap();
        assert_eq!(holding(folder.path(), "hunter2"), 0);
    }
    assert_eq!(journal.length, std::fs::metadata(journal.path()).unwrap().len());
    // Another text keeps the file as it is.
    journal.write(&draft(2, "another line"), T).unwrap();
    journal.write(&draft(1, "hunter2"), T).unwrap();
    journal.write_empty(&draft(1, ""), T).unwrap();
    kill(journal);
    let drafts = Journal::begin(folder.path(), "b").unwrap().take_over("alice", T).unwrap().drafts;
    assert_eq!(drafts.iter().map(|d| d.text.as_str()).collect::<Vec<_>>(), ["", "another line"]);
}

#[test]
fn a_living_process_keeps_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = Journal::begin(folder.path(), "a").unwrap();
    one.write(&draft(1, "mine"), T).unwrap();
    let mut two = Journal::begin(folder.path(), "b").unwrap();
    assert!(two.take_over("alice", T).unwrap().drafts.is_empty());
    assert!(Journal::begin(folder.path(), "a").is_err(), "two may not share a file");
    drop(one);
    assert_eq!(two.take_over("alice", T).unwrap().drafts.len(), 1);
}

#[test]
fn what_somebody_else_typed_waits_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    let of_bob = Draft { person: "bob".into(), ..draft(1, "half of bob's line") };
    journal.write(&of_bob, T).unwrap();
    kill(journal);
    let path = folder.path().join("a.journal");
    let left = std::fs::read(&path).unwrap();
    let mut alice = Journal::begin(folder.path(), "b").unwrap();
    for nobody_or_another in ["alice", ""] {
        let recovered = alice.take_over(nobody_or_another, T).unwrap();
        assert_eq!((recovered.drafts, recovered.of_others), (vec![], vec![of_bob.clone()]));
    }
    assert_eq!(std::fs::read(&path).unwrap(), left);
    let mut bob = Journal::begin(folder.path(), "c").unwrap();
    assert_eq!(bob.take_over("bob", T).unwrap().drafts, [of_bob]);
    assert!(!path.exists());
}

/// What an older version wrote says nothing of a person: it is offered to whoever comes.
#[test]
fn a_text_without_a_name_is_anybodys() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    journal.write(&draft(1, "an old line"), T).unwrap();
    let mut bytes = kill(journal);
    let json = String::from_utf8(bytes.split_off(8)).unwrap();
    let without = json.replace(",\"person\":\"alice\"", "");
    assert_ne!(json, without);
    let sum: [u8; 32] = sha2::Sha256::digest(without.as_bytes()).into();
    let length = u32::try_from(without.len()).unwrap().to_le_bytes();
    let old = [&length[..], &sum[..4], without.as_bytes()].concat();
    std::fs::write(folder.path().join("a.journal"), old).unwrap();
    let mut next = Journal::begin(folder.path(), "b").unwrap();
    let unnamed = Draft { person: String::new(), ..draft(1, "an old line") };
    assert_eq!(next.take_over("bob", T).unwrap().drafts, [unnamed]);
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
        let (drafts, readable) = record::read(&std::fs::read(&path).unwrap());
        let whole = lengths.iter().rev().find(|(length, _)| *length as usize <= cut).unwrap();
        assert_eq!(drafts.first().map_or("", |d| d.text.as_str()), whole.1, "cut at {cut}");
        assert_eq!(readable, cut == 0 || whole.0 > 0);
    }
    // A wrong byte in the last record hides that record only.
    let mut wrong = bytes.clone();
    *wrong.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &wrong).unwrap();
    assert_eq!(record::read(&std::fs::read(&path).unwrap()).0[0].text, "db ä");
}

#[test]
fn a_file_of_noise_is_left_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let noise = folder.path().join("noise.journal");
    std::fs::write(&noise, b"not a journal at all").unwrap();
    std::os::unix::fs::symlink(&noise, folder.path().join("link.journal")).unwrap();
    let mut journal = Journal::begin(folder.path(), "a").unwrap();
    let recovered = journal.take_over("alice", T).unwrap();
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
    assert!(other.take_over("alice", T).unwrap().drafts.is_empty(), "the lock moved with the file");
    kill(journal);
    assert_eq!(other.take_over("alice", T).unwrap().drafts, [draft(1, "short")]);
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

fn words(all: &[&str]) -> Words {
    Words::new(all.iter().map(|word| (*word).to_owned()).collect())
}

/// All that a folder holds of a text.
fn holding(folder: &Path, text: &str) -> usize {
    let files = std::fs::read_dir(folder).unwrap().map(|e| std::fs::read(e.unwrap().path()).unwrap());
    files.filter(|bytes| bytes.windows(text.len()).any(|w| w == text.as_bytes())).count()
}

#[test]
fn words_go_out_of_the_texts_of_processes_that_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "pä\"ss 1234";
    let mut typed = Journal::begin(folder.path(), "71-a").unwrap();
    // Key by key: no file holds the word whole, and the text does.
    for begun in (0..=secret.len()).filter_map(|end| secret.get(..end)) {
        let text = format!("it is {begun} now");
        typed.write(&draft(1, &text), T).unwrap();
    }
    typed.write(&draft(2, "another line"), T).unwrap();
    kill(typed);
    // On its way, in the part that the journal does not understand; and typed, then deleted.
    let mut sent = Journal::begin(folder.path(), "72-b").unwrap();
    let rest = serde_json::to_string(&[secret]).unwrap();
    sent.write(&Draft { rest, ..draft(3, "") }, T).unwrap();
    kill(sent);
    let mut deleted = Journal::begin(folder.path(), "73-c").unwrap();
    for text in [&format!("pass XX{secret}"), "pass XX", "pass"] {
        deleted.write(&draft(4, text), T).unwrap();
    }
    kill(deleted);
    let mut other = Journal::begin(folder.path(), "74-d").unwrap();
    other.write(&draft(5, "pä ss 1234"), T).unwrap();
    let untouched = kill(other);

    let found = erase(folder.path(), &words(&["", secret])).unwrap();
    let told: Vec<_> =
        found.iter().map(|h| (h.path.file_name().unwrap().to_str().unwrap(), &h.left)).collect();
    let gone = &Left::Nothing;
    assert_eq!(told, [("71-a.journal", gone), ("72-b.journal", gone), ("73-c.journal", gone)]);
    assert_eq!(found[0].incidents, ["INC-2026-0042".parse().unwrap()]);
    let escaped = serde_json::to_string(secret).unwrap();
    assert_eq!(holding(folder.path(), escaped.trim_matches('"')), 0);
    assert_eq!(std::fs::read(folder.path().join("74-d.journal")).unwrap(), untouched);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing else is left");
    let mode = std::fs::metadata(folder.path().join("71-a.journal")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // All else is offered as before, and once.
    let mut next = Journal::begin(folder.path(), "75-e").unwrap();
    let mut drafts = next.take_over("alice", T).unwrap().drafts;
    drafts.sort_by_key(|d| d.id);
    let texts: Vec<&str> = drafts.iter().map(|d| d.text.as_str()).collect();
    assert_eq!(texts, ["it is [erased] now", "another line", "", "pass", "pä ss 1234"]);
    assert_eq!(drafts[2].rest, "[\"[erased]\"]");
    assert_eq!(erase(folder.path(), &words(&[secret])).unwrap(), []);
}

#[test]
fn a_living_process_and_a_file_that_is_no_journal_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "hunter2-is-it";
    let mut lives = Journal::begin(folder.path(), "4711-a").unwrap();
    lives.write(&draft(1, secret), T).unwrap();
    let before = std::fs::read(lives.path()).unwrap();
    std::fs::write(folder.path().join("noise.journal"), format!("no journal, and {secret}")).unwrap();
    std::os::unix::fs::symlink(lives.path(), folder.path().join("link.journal")).unwrap();
    let found = erase(folder.path(), &words(&[secret])).unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].left, Left::Held(Some(4711)));
    assert!(matches!(&found[1].left, Left::Failed(why) if why.contains("no journal")), "{found:?}");
    assert_eq!(std::fs::read(lives.path()).unwrap(), before);
    lives.write(&draft(1, "it goes on"), T).unwrap();
    // A journal without any text goes as a whole.
    lives.done(draft(1, "").id, T).unwrap();
    drop(lives);
    let mut done = Journal::begin(folder.path(), "4712-b").unwrap();
    done.write(&draft(1, secret), T).unwrap();
    done.write(&draft(2, ""), T).unwrap();
    done.done(draft(1, "").id, T).unwrap();
    let mut bytes = std::fs::read(done.path()).unwrap();
    bytes.extend(Record::Done(draft(2, "").id).encode().unwrap());
    drop(done);
    std::fs::write(folder.path().join("4712-b.journal"), bytes).unwrap();
    assert_eq!(erase(folder.path(), &words(&[secret])).unwrap()[0].left, Left::Nothing);
    assert!(!folder.path().join("4712-b.journal").exists());
}
