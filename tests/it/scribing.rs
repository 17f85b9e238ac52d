//! A scribe at work in the real program: a hundred lines over three days, typed live in scribe mode and found again;
//! and what a person who joins at the end reads. The longest of the real timelines is typed the same way.
#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on may panic")]

use std::collections::BTreeMap;

use crate::data::test_data;
use crate::screen::{Screen, World};

/// A line of the script.
struct Typed<'a> {
    at: &'a str,
    kind: &'a str,
    time: &'a str,
    mark: &'a str,
    text: &'a str,
    rest: &'a str,
}

impl Typed<'_> {
    /// As it is typed, the numbers of lines filled in.
    fn line(&self, world: &World) -> String {
        let parts = [self.time, self.mark, self.text, self.rest];
        let line = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
        let Some((before, more)) = line.split_once('{') else { return line };
        let (words, after) = more.split_once('}').unwrap();
        let found = said(world).into_iter().find(|e| e["text"].as_str().unwrap().contains(words));
        let seq = found.unwrap_or_else(|| panic!("no line with {words:?}"))["seq"].to_string();
        format!("{before}{seq}{after}")
    }

    /// When the log must say that it happened: the first and the last moment that are right.
    fn span(&self, sitting: &str) -> (String, String) {
        let stamp = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let (from, room) = if self.at == "now" {
            (sitting.to_owned(), 600)
        } else {
            let seconds = if self.at.len() == 8 { ":00Z" } else { "Z" };
            // A relative time counts from the moment of its first key.
            (format!("2026-11-{}{seconds}", self.at), if self.time.starts_with('-') { 600 } else { 0 })
        };
        let from: chrono::DateTime<chrono::Utc> = from.parse().unwrap();
        (stamp(from), stamp(from + chrono::TimeDelta::seconds(room)))
    }
}

/// The lines that people said, as the command line tells them.
fn said(world: &World) -> Vec<serde_json::Value> {
    let timeline = world.json(&["timeline", "1"]);
    let entries = timeline["entries"].as_array().unwrap().clone();
    entries.into_iter().filter(|e| e["kind"] != "system").collect()
}

/// Whether a line of the log has this text; that of an update has its audience in front, that of an ask its person.
fn is(entry: &serde_json::Value, text: &str) -> bool {
    let stored = entry["text"].as_str().unwrap();
    stored == text || (entry["kind"] == "update" || entry["kind"] == "ask") && stored.ends_with(text)
}

/// Types a line and stores it; the screen stays in scribe mode.
fn scribe(s: &mut Screen, line: &str) {
    // The end of a line is always in sight.
    let end: String = line.chars().rev().take(10).collect::<Vec<_>>().into_iter().rev().collect();
    s.type_text(line).until(&format!("{end}  ")).send(b"\r").until("scribe   │");
}

/// Waits for the last line that was typed. Lines are stored in their order: with the last one, all are.
fn all_stored(world: &World, s: &Screen, last: &str) {
    let stored = (0..600).any(|_| said(world).iter().any(|e| is(e, last)));
    assert!(stored, "{last:?} is not stored; the screen was:\n{}", s.text());
}

#[test]
fn the_longest_of_the_real_timelines_is_scribed_live() {
    let Some(path) = test_data("timelines/timelines.jsonl") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut incidents: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| line[name].as_str().unwrap().trim().to_owned();
        incidents.entry(field("incident")).or_default().push((field("at"), field("text")));
    }
    let lines = incidents.into_values().max_by_key(Vec::len).unwrap();
    assert!(lines.len() > 30, "{} lines", lines.len());

    let mut world = World::new();
    world.done(&["declare", "A timeline that people wrote", "--severity", "P2", "--commander", "alice"]);
    world.done(&["role", "1", "scribe", "bob"]);
    world.set("WARROOM_AS", "bob");
    let mut s = world.screen(&["open", "1"], 120, 40);
    s.until("scribe   │");
    for (at, text) in &lines {
        scribe(&mut s, &format!("{at} {text}"));
    }
    all_stored(&world, &s, &lines.last().unwrap().1);

    let moment = |at: &str| at.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let mut wanted: Vec<_> = lines.iter().map(|(at, text)| (moment(at), text.clone())).collect();
    let found = said(&world);
    assert!(found.iter().all(|e| e["kind"] == "note" && e["author"] == "bob"), "{found:?}");
    let mut found: Vec<_> = found
        .iter()
        .map(|e| (moment(e["occurred_at"].as_str().unwrap()), e["text"].as_str().unwrap().to_owned()))
        .collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted, "each line once, with its time");
    assert_eq!(world.json(&["verify"])["ok"], true);
}

#[test]
fn three_days_are_scribed_live_and_whoever_joins_reads_the_brief_and_is_right() {
    let script = include_str!("../fixtures/scribing/three-days.txt");
    let mut world = World::new();
    world.set("WARROOM_NOW", "2026-11-18T07:45:00Z");
    world.done(&["declare", "Parcel labels are not printed", "--severity", "P2", "--commander", "alice"]);
    world.done(&["role", "1", "scribe", "bob"]);
    world.set("WARROOM_AS", "bob");

    let mut wanted: Vec<(String, &str, &str, String, String)> = Vec::new();
    let mut typed = 0;
    for sitting in script.split("\n== ").skip(1) {
        let mut lines = sitting.lines();
        let clock = lines.next().unwrap();
        world.set("WARROOM_NOW", clock);
        // Whoever holds scribe opens in scribe mode, and no key of the whole sitting leads out of it.
        let mut s = world.screen(&["open", "1"], 120, 40);
        s.until("scribe   │");
        let mut last = String::new();
        for line in lines.filter(|l| !l.is_empty()) {
            if let Some(words) = line.strip_prefix("= ") {
                for word in words.split(" | ") {
                    let what = format!("{word:?} at the top at the end of {clock}");
                    s.until_that(&what, |t| t.lines().take(2).any(|row| row.contains(word)));
                }
                continue;
            }
            let mut parts = line.split(" |").map(str::trim);
            let mut next = || parts.next().unwrap_or_default();
            let one =
                Typed { at: next(), kind: next(), time: next(), mark: next(), text: next(), rest: next() };
            let whole = one.line(&world);
            scribe(&mut s, &whole);
            typed += 1;
            if one.kind != "verb" {
                let (from, to) = one.span(clock);
                wanted.push((one.text.to_owned(), one.kind, one.time, from, to));
                last = one.text.to_owned();
            } else {
                // A verb is taken before its number is used, and before the next line is typed.
                s.until_that("the composer empty", |t| !t.contains(&format!("› {whole}")));
            }
        }
        all_stored(&world, &s, &last);
    }
    assert!(typed >= 100, "{typed} lines");

    let found = said(&world);
    assert_eq!(found.len(), wanted.len(), "each line once");
    for (text, kind, time, from, to) in &wanted {
        let entry = found.iter().find(|e| is(e, text)).unwrap_or_else(|| panic!("no {text:?}"));
        assert_eq!(entry["kind"], *kind, "{text}");
        assert_eq!(entry["author"], "bob", "{text}");
        assert_eq!(entry["about"], time.starts_with('~'), "{text}");
        let at = entry["occurred_at"].as_str().unwrap();
        assert!(from.as_str() <= at && at <= to.as_str(), "{text}: {at} is not in {from} to {to}");
    }
    let starred = world.json(&["timeline", "1", "--starred"]);
    assert_eq!(starred["entries"].as_array().unwrap().len(), 4);
    let tagged = world.json(&["timeline", "1", "--tag", "billing"]);
    assert_eq!(tagged["entries"].as_array().unwrap().len(), 1);

    // Who joins now, and was in none of it.
    world.set("WARROOM_NOW", "2026-11-20T11:40:00Z");
    world.set("WARROOM_AS", "judy");
    let (code, brief, _) = world.run(&["brief", "1"]);
    assert_eq!(code, 0);
    let section = |name: &str| {
        let cut = brief.split_once(&format!("\n{name}\n"));
        let (_, text) = cut.unwrap_or_else(|| panic!("no {name} in\n{brief}"));
        text.split("\n\n").next().unwrap().to_owned()
    };
    let holds = |text: &str, words: &[&str]| {
        for word in words {
            assert!(text.contains(word), "no {word:?} in\n{text}\nof\n{brief}");
        }
    };
    holds(&brief, &["P1", "recover", "commander alice", "no labels are printed in two of five depots"]);
    holds(
        &section("Decided"),
        &["raise the consumers to four a partition", "keep the incident open until the mute is understood"],
    );
    holds(
        &section("Suspected"),
        &[
            "supported: the disk of the broker is full",
            "supported: the nightly backup fills the disk",
            "open: the alarm on the disk was muted since October",
        ],
    );
    holds(
        &section("Ruled out"),
        &["the release of 07:10 broke the label service", "it is on one depot only", "bob"],
    );
    assert_eq!(section("Ruled out").lines().count(), 1);
    let open = section("Open asks");
    holds(&open, &["@ivan say why the alarm on the disk was muted", "left"]);
    assert_eq!(open.lines().count(), 1, "the other asks are answered:\n{open}");
    holds(&section("Next"), &["update internal", "left"]);
    assert_eq!(world.json(&["verify"])["ok"], true);
}
