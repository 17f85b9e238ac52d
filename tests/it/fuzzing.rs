//! The targets of `fuzz/` without a fuzzer: what must hold is held here too, over the committed inputs, over files of
//! our own and of others, and over what becomes of them when they are cut, spliced and changed at random.
//! `WARROOM_FAULTS=long` tries more of them. What changes an input at random here knows nothing of the code; a fuzzer
//! that does is run as `fuzz/Cargo.toml` says.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::faults::{Dice, figure, rounds};
use crate::hostile::PIECES;
use crate::wire::{Golden, golden_files};

#[path = "../../fuzz/properties/front_matter.rs"]
pub(crate) mod front_matter;
#[path = "../../fuzz/properties/grammar.rs"]
pub(crate) mod grammar;
#[path = "../../fuzz/properties/query.rs"]
mod query;
#[path = "../../fuzz/properties/runbook.rs"]
pub(crate) mod runbook;
#[path = "../../fuzz/properties/wire.rs"]
pub(crate) mod wire;

/// The largest input, in bytes.
const LARGEST: usize = 64 << 10;

/// The files of a folder of the repository.
pub(crate) fn files(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Changes an input in one to four places.
fn changed(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(4) {
        let (from, to) = {
            let (one, other) = (dice.below(bytes.len() + 1), dice.below(bytes.len() + 1));
            (one.min(other), one.max(other))
        };
        match dice.below(8) {
            0 if from < bytes.len() => bytes[from] ^= 1 << dice.below(8),
            1 => drop(bytes.drain(from..to)),
            2 => bytes.truncate(from),
            3 => {
                let part = bytes[from..to].to_vec();
                let at = dice.below(bytes.len() + 1);
                bytes.splice(at..at, part);
            }
            4 => {
                let other = &seeds[dice.below(seeds.len())];
                let start = dice.below(other.len() + 1);
                bytes.splice(from..to, other[start..].iter().copied());
            }
            5 => {
                let digits = [dice.below(300), dice.below(usize::MAX), 0][dice.below(3)].to_string();
                bytes.splice(from..from, digits.into_bytes());
            }
            6 if from < bytes.len() => bytes[from] = u8::try_from(dice.below(256)).unwrap(),
            _ => drop(bytes.splice(from..from, PIECES[dice.below(PIECES.len())].bytes())),
        }
        bytes.truncate(LARGEST);
    }
    bytes
}

/// Holds a target to every seed and to what becomes of them.
fn fuzz(target: &str, more: Vec<Vec<u8>>, (short, long): (usize, usize), hold: fn(&[u8])) {
    let mut seeds = files(&format!("fuzz/corpus/{target}"));
    assert!(seeds.len() > 10, "{target} has no corpus");
    seeds.extend(more);
    let mut dice = Dice::new(target);
    let tries = rounds(short, long);
    let tried = |input: &[u8]| {
        if let Err(why) = catch_unwind(AssertUnwindSafe(|| hold(input))) {
            let told = String::from_utf8_lossy(input);
            panic!(
                "{target} does not hold for {told:?}, bytes {input:?}: {:?}",
                why.downcast_ref::<String>()
            );
        }
    };
    seeds.iter().for_each(|seed| tried(seed));
    for _ in 0..tries {
        tried(&changed(&seeds, &mut dice));
    }
    figure(&format!("{target}: {} inputs and {tries} that were changed at random: all hold", seeds.len()));
}

#[test]
fn the_grammar_of_a_line_holds_for_every_input() {
    fuzz("grammar", Vec::new(), (2_000, 1_000_000), grammar::hold);
}

#[test]
fn front_matter_holds_for_every_input() {
    let more =
        [files("tests/fixtures/postmortems"), files("tests/fixtures/check"), files("postmortems")].concat();
    fuzz("front_matter", more, (500, 30_000), front_matter::hold);
}

#[test]
fn runbooks_hold_for_every_input() {
    let more = [files("runbooks"), files("tests/fixtures/runbooks")].concat();
    fuzz("runbook", more, (200, 20_000), runbook::hold);
}

#[test]
fn payloads_hold_for_every_input() {
    let goldens = golden_files().into_values().map(|bytes| {
        let golden: Golden<'_> = serde_json::from_slice(&bytes).unwrap();
        let first = format!("{} {}\n", golden.kind, golden.version);
        [first.as_bytes(), golden.payload.get().as_bytes()].concat()
    });
    fuzz("wire", goldens.collect(), (2_000, 500_000), wire::hold);
}

#[test]
fn queries_hold_for_every_input() {
    fuzz("query", Vec::new(), (300, 30_000), query::hold);
}

/// Every target of the fuzzer has its properties, its inputs and a test above.
#[test]
fn every_target_of_the_fuzzer_is_held_here() {
    let manifest = String::from_utf8(
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).unwrap(),
    );
    let manifest = manifest.unwrap();
    let targets: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""))
        .collect();
    assert_eq!(targets, ["grammar", "front_matter", "runbook", "wire", "query"]);
    let here = include_str!("fuzzing.rs");
    for target in targets {
        assert!(here.contains(&format!("fuzz(\"{target}\", ")), "{target} is not tried here");
        assert!(here.contains(&format!("properties/{target}.rs")), "{target}");
        let body = files("fuzz/fuzz_targets").into_iter().map(|b| String::from_utf8(b).unwrap());
        assert!(body.into_iter().any(|b| b.contains(&format!("../properties/{target}.rs"))), "{target}");
    }
}
