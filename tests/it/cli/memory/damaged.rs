//! Whatever becomes of the index, the answers are those of a whole one: it is built again from the archive, or what is
//! asked is answered without its files.
#![expect(clippy::disallowed_methods, reason = "a test looks at the time")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Desk, FIXTURES};
use crate::cli::out::walk;
use crate::faults::{Dice, figure, rounds};

const QUESTIONS: &[&[&str]] = &[
    &["search", "nginx", "--json"],
    &["search", "certificate expired", "--json"],
    &["similar", "--text", "no space left on the device, pods down", "--json"],
];

/// What is found, and that nothing is said beside it.
fn answers(desk: &Desk, what: &str) -> Vec<Value> {
    let ask = |question: &&[&str]| {
        let ran = desk.run(question);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{what}: {ran:?}");
        ran.json()["results"].clone()
    };
    QUESTIONS.iter().map(ask).collect()
}

/// Damages the index, and says how.
fn hurt(index: &Path, dice: &mut Dice) -> String {
    let files: Vec<PathBuf> = walk(index);
    let file = &files[dice.below(files.len())];
    let mut bytes = fs::read(file).unwrap();
    let what = match dice.below(8) {
        0 => {
            fs::remove_dir_all(index).unwrap();
            return "the folder is gone".to_owned();
        }
        1 => {
            fs::remove_file(file).unwrap();
            return format!("{} is gone", file.display());
        }
        2 => {
            let keep = dice.below(bytes.len().max(1));
            bytes.truncate(keep);
            format!("cut to {keep} bytes")
        }
        3 => {
            bytes.fill(0xa5);
            "all garbage".to_owned()
        }
        4 => {
            bytes.extend_from_within(..bytes.len() / 2);
            "longer than it was".to_owned()
        }
        n => {
            let flips = if n == 5 { 64 } else { 1 };
            for _ in 0..flips {
                let at = dice.below(bytes.len().max(1));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            format!("{flips} bits")
        }
    };
    fs::write(file, bytes).unwrap();
    format!("{}: {what}", file.display())
}

#[test]
fn whatever_becomes_of_the_index_the_answers_are_those_of_a_whole_one() {
    let desk = Desk::new();
    desk.json(&["import", FIXTURES]);
    let whole = answers(&desk, "whole");
    assert!(whole.iter().all(|found| !found.as_array().unwrap().is_empty()), "{whole:#?}");
    let index = desk.home().join("index");
    let mut dice = Dice::new("index");
    let (tries, mut slowest) = (rounds(10, 500), Duration::ZERO);
    for round in 0..tries {
        // Each time it is the one that was built after the last damage.
        let what = format!("round {round}: {}", hurt(&index, &mut dice));
        let begun = Instant::now();
        assert_eq!(answers(&desk, &what), whole, "{what}");
        slowest = slowest.max(begun.elapsed());
    }
    // One that somebody else writes keeps nobody waiting; where it is damaged as well, that is said.
    let lock = fs::File::options().write(true).open(desk.home().join(".index.lock")).unwrap();
    lock.lock().unwrap();
    let begun = Instant::now();
    assert_eq!(answers(&desk, "held"), whole);
    fs::write(index.join("meta.json"), "{").unwrap();
    desk.run(QUESTIONS[0])
        .refuses(4, "nothing was searched: the search index is being written by another warroom");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    // Where it is being built it is waited for.
    let building = desk.home().join(".index.new");
    fs::create_dir(&building).unwrap();
    let waited = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(1));
            lock.unlock().unwrap();
        });
        desk.run(QUESTIONS[0]).code(0)
    });
    assert!(waited.err.contains("is building the search index: waiting for it"), "{waited:?}");
    assert_eq!(waited.json()["results"], whole[0]);
    assert_eq!(answers(&desk, "given free"), whole);
    figure(&format!(
        "index damaged {tries} times: {} questions after each, all answered as by a whole one, at most {slowest:.1?} for them",
        QUESTIONS.len()
    ));
}
