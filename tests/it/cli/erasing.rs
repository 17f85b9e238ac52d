//! Erased words in the damaged files that a repair kept for evidence: written over there too, whatever damage lies between,
//! and nothing else of them is. What was interrupted is done by the next one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use serde_json::Value;
use warroom::domain::ids::Seq;
use warroom::domain::log::RawEvent;
use warroom::domain::request::Request;
use warroom::shell::session::Opening;
use warroom::store::read_mirror;

use super::{Desk, out::walk};
use crate::faults::{Dice, figure, rounds};
use crate::service::{run, session};

/// So many bytes of a text are not to be found anywhere.
const PIECE: usize = 24;

/// Words that say nothing, about so many bytes.
fn words(dice: &mut Dice, size: usize) -> String {
    let mut text = String::new();
    while text.len() < size {
        let letters = 3 + dice.below(7);
        text.extend((0..letters).map(|_| char::from(b"abcdefghiklmnoprstuvwy"[dice.below(22)])));
        text.push([' ', ' ', ' ', '"', '\\', 'é'][dice.below(6)]);
    }
    text.trim_end_matches(['\\', '"', ' ']).to_owned()
}

/// The files of the home that have a piece of a text, as JSON has it, and the first piece.
fn found(home: &Path, text: &str) -> Vec<(PathBuf, String)> {
    let quoted = Value::from(text).to_string();
    let whole = &quoted.as_bytes()[1..quoted.len() - 1];
    // Whatever piece of that size there is, one of these is in it.
    let part = PIECE * 2 / 3;
    let parts: Vec<&[u8]> = match whole.len() {
        0..PIECE => vec![whole],
        _ => whole.windows(part).step_by(PIECE - part).collect(),
    };
    let search = AhoCorasick::new(parts).unwrap();
    let mut found = Vec::new();
    for path in walk(home) {
        let bytes = std::fs::read(&path).unwrap();
        if let Some(hit) = search.find(&bytes) {
            let piece = String::from_utf8_lossy(&bytes[hit.range()]).into_owned();
            found.push((path, piece));
        }
    }
    found
}

/// The salt of a line: with it, what it said could be guessed from the log.
fn salt(mirror: &Path, text: &str) -> Vec<u8> {
    let quoted = Value::from(text).to_string();
    let says = |event: &RawEvent| String::from_utf8_lossy(event.body.as_deref().unwrap()).contains(&quoted);
    read_mirror(mirror).into_iter().find(says).unwrap().salt.unwrap()
}

/// The files that a repair would keep, copied while somebody writes, so that most of it is in the write-ahead log.
fn keep(desk: &Desk, name: &str) -> PathBuf {
    let kept = desk.home().join("damaged").join(name);
    std::fs::create_dir_all(kept.join("mirror")).unwrap();
    for file in walk(&desk.home()) {
        let name = file.file_name().unwrap();
        if file.parent() == Some(&desk.home()) && name.to_str().unwrap().starts_with("warroom.db") {
            std::fs::copy(&file, kept.join(name)).unwrap();
        } else if file.extension().is_some_and(|e| e == "wrm")
            && !file.starts_with(desk.home().join("damaged"))
        {
            std::fs::copy(&file, kept.join("mirror").join(name)).unwrap();
        }
    }
    kept
}

#[test]
fn erased_words_are_in_no_damaged_file_that_was_kept() {
    let mut dice = Dice::new("erasing");
    let (mut lines, mut files, mut bytes) = (0, 0, 0);
    for round in 0..rounds(2, 60) {
        let desk = Desk::new();
        let id = desk.declare("Web is down");
        let sizes = [20, 300, 1_200, 3_000 + dice.below(3_000), 9_000 + dice.below(6_000)];
        let texts: Vec<String> = sizes.iter().map(|size| words(&mut dice, *size)).collect();
        let others: Vec<String> = sizes.iter().map(|size| words(&mut dice, *size)).collect();
        run(async {
            let session = session(desk.path(".").as_path(), "alice");
            let service = session.open(Opening::Write).await.unwrap();
            let log = service.log_of(id.parse().unwrap()).await.unwrap();
            for (text, other) in texts.iter().zip(&others) {
                for text in [text, other] {
                    let note = Request::Note { text: text.clone(), tags: Vec::new(), starred: false };
                    service.submit(log, &session.by(), &[note.into()], Seq::NONE).await.unwrap();
                }
            }
            keep(&desk, "20261120T120000000Z");
            service.close().await.unwrap();
        });
        let log = keep(&desk, "20261120T130000000Z");
        let timeline = desk.timeline(&id);
        let seq = |text: &str| timeline.iter().find(|e| e["text"] == text).unwrap()["seq"].to_string();
        let mirror = std::fs::read_dir(log.join("mirror")).unwrap().next().unwrap().unwrap().path();
        let salts: Vec<Vec<u8>> = texts.iter().map(|text| salt(&mirror, text)).collect();
        // Flipped bytes, here and there; the first round has none.
        for file in walk(&desk.home().join("damaged")).into_iter().filter(|_| round > 0) {
            let mut bytes = std::fs::read(&file).unwrap();
            for _ in 0..dice.below(12) {
                let at = dice.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            std::fs::write(&file, bytes).unwrap();
        }
        let before: Vec<(PathBuf, Vec<u8>)> = walk(&desk.home().join("damaged"))
            .into_iter()
            .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
            .collect();
        let kept = |text: &str| {
            found(&desk.home(), text)
                .iter()
                .filter(|(path, _)| path.starts_with(desk.home().join("damaged")))
                .count()
        };
        let mut told = HashSet::new();
        for text in &texts {
            assert!(kept(text) >= 3, "write-ahead log, database and two mirrors have it");
            let done = desk.json(&["redact", &id, &seq(text), "--reason", "a name"]);
            let remains = done["remains"].as_array().unwrap();
            assert!(remains.is_empty(), "{remains:?}");
            told.extend(
                done["erased_kept"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|k| k["path"].as_str().unwrap().to_owned()),
            );
            assert_eq!(found(&desk.home(), text), [], "round {round}, {} bytes", text.len());
        }
        let parts = AhoCorasick::new(salts.iter().flat_map(|salt| salt.chunks(8))).unwrap();
        for (path, _) in &before {
            let bytes = std::fs::read(path).unwrap();
            assert!(parts.find(&bytes).is_none(), "{} has some of a salt", path.display());
        }
        // Only what was erased is written over, in files as long as they were, and each is named.
        let over: usize = texts.iter().map(|text| Value::from(text.as_str()).to_string().len() + 400).sum();
        for (path, before) in before {
            let after = std::fs::read(&path).unwrap();
            assert_eq!(after.len(), before.len());
            let changed: Vec<usize> = (0..after.len()).filter(|at| after[*at] != before[*at]).collect();
            assert!(changed.iter().all(|at| after[*at] == b'*'), "{}", path.display());
            // A write-ahead log has a page each time that it was written.
            let times = if path.to_str().unwrap().ends_with("-wal") { 12 } else { 2 };
            assert!(changed.len() <= over * times, "{}: {} of {over}", path.display(), changed.len());
            assert_eq!(told.contains(path.to_str().unwrap()), !changed.is_empty(), "{}", path.display());
            files += usize::from(!changed.is_empty());
            bytes += changed.len();
        }
        for other in &others {
            assert!(kept(other) >= 3, "what was not erased is there still");
        }
        let note = std::fs::read_to_string(log.join("erased.txt")).unwrap();
        assert!(note.contains("warroom.db: erased words were written over"), "{note}");
        lines += texts.len();
    }
    figure(&format!(
        "erased in damaged files: {lines} lines of 20 to 15,000 bytes in {files} databases, write-ahead logs and mirrors, some with flipped bytes: {bytes} bytes written over, nothing found of a text or a salt, nothing else changed"
    ));
}

#[test]
fn what_an_interrupted_erasure_left_is_erased_by_the_next() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    let words = "the-name-of-the-patient";
    let seq = desk.json(&["log", &id, words])["entries"][0]["seq"].as_u64().unwrap();
    desk.ok(&["amend", &id, &seq.to_string(), "--text", &format!("amended: {words}")]);
    // Killed when the redaction was stored and nothing was erased yet.
    run(async {
        let session = session(desk.path(".").as_path(), "alice");
        let service = session.open(Opening::Write).await.unwrap();
        let log = service.log_of(id.parse().unwrap()).await.unwrap();
        let redact = Request::Redact { target: Seq(seq), reason: "a name".to_owned() };
        service.submit(log, &session.by(), &[redact.into()], Seq::NONE).await.unwrap();
        service.close().await.unwrap();
    });
    // So were those that made a snapshot, repaired the database, and wrote a mirror anew.
    let mirror = std::fs::read_dir(desk.home().join("mirror")).unwrap().next().unwrap().unwrap().path();
    let begun = format!("mirror/.{}-Xy12Zq", mirror.file_stem().unwrap().to_str().unwrap());
    for left in [".repair-Xy12Zq/read.db", "snapshots/.snapshot-Xy12Zq/copy.db", &begun] {
        let left = desk.home().join(left);
        std::fs::create_dir_all(left.parent().unwrap()).unwrap();
        std::fs::copy(desk.home().join("warroom.db"), left).unwrap();
    }
    let holds = || {
        let all = walk(&desk.home());
        let all = all
            .into_iter()
            .filter(|path| std::fs::read(path).unwrap().windows(words.len()).any(|w| w == words.as_bytes()));
        all.collect::<Vec<_>>()
    };
    assert!(holds().len() >= 5, "{:?}", holds());
    desk.ok(&["redact", &id, &seq.to_string(), "--reason", "a name"]);
    assert_eq!(holds(), Vec::<PathBuf>::new());
    desk.ok(&["verify"]);
}

#[test]
fn a_redaction_that_is_typed_as_a_line_erases_as_the_command_does() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    for (words, by_stdin) in [("hunter2-is-the-password", false), ("hunter3-is-the-password", true)] {
        let seq = desk.json(&["log", &id, words])["entries"][0]["seq"].clone();
        let snapshot = desk.home().join("snapshots/warroom-20261120T130000Z.db");
        std::fs::copy(desk.home().join("warroom.db"), &snapshot).unwrap();
        let aside = desk.home().join("drafts/kept-1.txt");
        std::fs::write(&aside, format!("seen {words}\n")).unwrap();
        let line = format!(":redact {seq} a password");
        let done = if by_stdin {
            desk.feed(&["log", &id, "-", "--json"], format!("{line}\n").as_bytes()).code(0)
        } else {
            desk.run(&["log", &id, &line, "--json"]).code(0)
        };
        assert!(done.err.contains("still there") && done.err.contains("kept-1.txt"), "{done:?}");
        let told: Value = if by_stdin {
            serde_json::from_str(done.out.lines().next().unwrap()).unwrap()
        } else {
            done.json()
        };
        if !by_stdin {
            assert_eq!(told["remains"][0]["path"], aside.to_str().unwrap(), "{told:#}");
        }
        let entry = if by_stdin { &told } else { &told["entries"][0] };
        assert_eq!((&entry["seq"], &entry["text"]), (&seq, &"[erased]".into()), "{told:#}");
        let mut holding = walk(&desk.home());
        holding.retain(|path| {
            std::fs::read(path).unwrap().windows(words.len()).any(|part| part == words.as_bytes())
        });
        assert_eq!(holding, [aside]);
    }
    assert_eq!(desk.json(&["verify"])["redacted"], 2);
}

/// What was erased is still somebody's line: it stands where it stood, and no refusal calls it the program's.
#[test]
fn an_erased_line_stays_the_line_that_it_was() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    let said = desk.json(&["log", &id, "-5m oops", "--as", "bob"]);
    let seq = said["entries"][0]["seq"].to_string();
    desk.ok(&["redact", &id, &seq, "--reason", "a name"]);
    let lines = desk.timeline(&id);
    let line = lines.iter().find(|line| line["seq"] == said["entries"][0]["seq"]).unwrap();
    assert_eq!((&line["kind"], &line["text"]), (&"note".into(), &"[erased]".into()));
    assert_eq!(line["redacted"], true);
    assert!(desk.ok(&["timeline", &id]).contains("[erased]  (nobody known)"));
    // A table of the incident does not say it again.
    let table = desk.ok(&["export", &id, "--format", "csv"]);
    let other = desk.declare("Web is down again");
    assert!(table.contains(",note,[erased],"), "{table}");
    let ran = desk.feed(&["log", &other, "-", "--csv"], table.as_bytes()).code(0);
    assert!(ran.err.contains("or erased"), "{ran:?}");
    assert!(!desk.ok(&["timeline", &other]).contains("[erased]"));
    for change in [&["strike", &id, &seq, "--reason", "wrong"][..], &["amend", &id, &seq, "--text", "x"]] {
        desk.run(change).refuses(1, &format!("the words of line {seq} are erased"));
    }
    desk.ok(&["verify"]);
}
