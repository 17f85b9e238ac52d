//! Faults on the real program: it is killed, its power is cut, its disk fills up, its clock jumps. Each test has a short
//! form, which runs with all others, and a long form: `WARROOM_FAULTS=long`, or `benches/faults.sh`, which prints the
//! figures of `docs/reliability.md`.
#![expect(
    clippy::disallowed_methods,
    reason = "a test asks its own environment, starts programs and looks at the time"
)]

mod accounts;
mod clock;
mod disks;
mod drafts;
mod kill;
mod many;
mod power;
mod publish;
mod secrets;
mod states;

use std::collections::HashMap;
use std::io::Write;
use std::time::Duration;

use crate::screen::World;

/// Whether the long forms run.
fn is_long() -> bool {
    std::env::var("WARROOM_FAULTS").is_ok_and(|v| v == "long")
}

/// How often a fault is tried: in the short form, and in the long one.
pub(crate) fn rounds(short: usize, long: usize) -> usize {
    if is_long() { long } else { short }
}

/// The calls of a record of strace (`-f`), whole: one that another thread interrupts in the record counts where it ends.
pub(crate) fn calls(trace: &str) -> Vec<String> {
    let mut begun: HashMap<&str, &str> = HashMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(start) = call.strip_suffix("<unfinished ...>") {
            begun.insert(thread, start.trim_end());
        } else if let Some(rest) = call.strip_prefix("<... ") {
            let end = rest.split_once("resumed>").map(|(_, end)| end).unwrap_or_default();
            calls.push(begun.remove(thread).unwrap_or_default().to_owned() + end);
        } else {
            calls.push(call.to_owned());
        }
    }
    calls
}

/// Tells a figure even when the test passes.
pub(crate) fn figure(text: &str) {
    std::io::stderr().write_all(format!("\nFIGURE: {text}\n").as_bytes()).unwrap();
}

/// Numbers that are told by their seed (`WARROOM_FAULTS_SEED`), which is printed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(name: &str) -> Self {
        let given = std::env::var("WARROOM_FAULTS_SEED").ok().and_then(|s| s.parse().ok());
        let seed = given.unwrap_or_else(|| u64::from(std::process::id()) << 20 | name.len() as u64);
        figure(&format!("{name}: WARROOM_FAULTS_SEED={seed}"));
        Self(seed)
    }

    /// Always the same ones.
    pub(crate) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n.max(1) as u64).unwrap()
    }

    fn between(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(usize::try_from(to - from).unwrap()) as u64)
    }
}

/// The first word of every line of a log that people said, with how often it is there.
fn tokens(world: &World, number: &str) -> HashMap<String, usize> {
    let timeline = world.json(&["timeline", number]);
    let mut found = HashMap::new();
    for entry in timeline["entries"].as_array().unwrap().iter().filter(|e| e["kind"] != "system") {
        let text = entry["text"].as_str().unwrap_or_default();
        *found.entry(text.split(' ').next().unwrap_or_default().to_owned()).or_insert(0) += 1;
    }
    found
}

/// Holds a log to what was acknowledged: all of it, everything once, and the chain without a gap.
fn hold(world: &World, number: &str, acknowledged: &[String]) -> usize {
    let found = tokens(world, number);
    let lost: Vec<_> = acknowledged.iter().filter(|t| !found.contains_key(*t)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let twice: Vec<_> = found.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "stored more than once: {twice:?}");
    let verified = world.json(&["verify", number]);
    assert_eq!(verified["ok"], true, "{verified}");
    found.len()
}
