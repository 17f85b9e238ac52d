//! A clock that is set forward and back while people write: the log keeps its order, each step is marked, and no
//! duration is below zero anywhere. A library that is put before the system's own answers with another time.
#![expect(clippy::disallowed_methods, reason = "a test starts the compiler")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{Dice, figure, rounds};
use crate::data::skipped;
use crate::screen::World;

/// Adds the seconds that a file names to the wall clock, and its second number to the clock that counts from boot.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t c, struct timespec *t) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int e = real(c, t);
    const char *p = getenv("WARROOM_TEST_CLOCK");
    if (e || !p || (c != CLOCK_REALTIME && c != CLOCK_BOOTTIME)) return e;
    FILE *f = fopen(p, "r");
    if (!f) return e;
    long wall = 0, boot = 0;
    if (fscanf(f, "%ld %ld", &wall, &boot) == 2) t->tv_sec += c == CLOCK_REALTIME ? wall : boot;
    fclose(f);
    return e;
}
"#;

/// The library, where there is a compiler.
fn shim(world: &World) -> Option<PathBuf> {
    let (source, library) = (world.path("clock.c"), world.path("clock.so"));
    std::fs::write(&source, SHIM).unwrap();
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").output();
    if built.is_ok_and(|done| done.status.success()) && cfg!(target_os = "linux") {
        return Some(library);
    }
    skipped("clock steps: there is no C compiler, or this is not Linux");
    None
}

/// The clock of a world: so many seconds ahead, after so many seconds of sleep.
struct Hands {
    file: PathBuf,
    ahead: i64,
    asleep: i64,
}

impl Hands {
    fn of(world: &mut World, library: &Path) -> Self {
        let file = world.path("clock");
        world.set("WARROOM_NOW", "");
        world.set("WARROOM_TEST_CLOCK", file.to_str().unwrap());
        world.set("LD_PRELOAD", library.to_str().unwrap());
        let hands = Self { file, ahead: 0, asleep: 0 };
        hands.show();
        hands
    }

    fn show(&self) {
        // Moved into place: a reader never sees half of it.
        let next = self.file.with_extension("next");
        std::fs::write(&next, format!("{} {}\n", self.ahead + self.asleep, self.asleep)).unwrap();
        std::fs::rename(next, &self.file).unwrap();
    }

    fn step(&mut self, seconds: i64) {
        self.ahead += seconds;
        self.show();
    }

    /// The host sleeps: both clocks go on.
    fn sleep(&mut self, seconds: i64) {
        self.asleep += seconds;
        self.show();
    }
}

/// The entries in the order of their positions.
fn entries(world: &World) -> Vec<Value> {
    let timeline = world.json(&["timeline", "1"]);
    let mut entries = timeline["entries"].as_array().unwrap().clone();
    entries.sort_by_key(|e| e["seq"].as_u64());
    entries
}

fn marks(entries: &[Value]) -> Vec<&str> {
    entries.iter().filter_map(|e| e["text"].as_str()).filter(|text| text.starts_with("clock set ")).collect()
}

/// Every number of a document that is below zero, with its place.
fn below_zero(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Number(n) if n.as_f64().is_some_and(|n| n < 0.0) && !place.ends_with(".by_ms") => {
            found.push(format!("{place} = {n}"));
        }
        Value::Array(items) => items.iter().for_each(|v| below_zero(v, &format!("{place}[]"), found)),
        Value::Object(fields) => {
            fields.iter().for_each(|(k, v)| below_zero(v, &format!("{place}.{k}"), found));
        }
        _ => {}
    }
}

/// Every span of a text that is below zero: `-3m`, `-1h 4s`, `-12:30`.
fn spans_below_zero(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || "([|,;\"".contains(c));
    let is_span = |word: &&str| {
        let Some(rest) = word.strip_prefix('-').or_else(|| word.strip_prefix('−')) else { return false };
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let unit = rest.get(digits..).unwrap_or_default().trim_end_matches(|c: char| !c.is_alphanumeric());
        digits > 0
            && (unit.starts_with(':')
                || ["ms", "s", "m", "h", "d", "w"].iter().any(|u| {
                    unit.strip_prefix(u)
                        .is_some_and(|more| more.is_empty() || more.starts_with(|c: char| c.is_ascii_digit()))
                }))
    };
    words.filter(is_span).map(ToOwned::to_owned).collect()
}

/// Holds all that is printed, exported and drawn to spans that are not below zero.
fn nothing_below_zero(world: &World) {
    let mut found = Vec::new();
    for args in [
        &["timeline", "1"] as &[&str],
        &["brief", "1"],
        &["show", "1"],
        &["list"],
        &["stats"],
        &["role", "1"],
        &["updates", "1"],
        &["export", "1", "--format", "json"],
        &["export", "1", "--format", "md"],
        &["export", "1", "--format", "csv"],
    ] {
        let (code, out, err) = world.run(args);
        // A form of a command that this version does not have says nothing.
        if code == 2 {
            assert!(args[0] == "export" || args[0] == "role" || args[0] == "updates", "{args:?}: {err}");
            continue;
        }
        assert_eq!(code, 0, "{args:?}: {err}");
        found.extend(spans_below_zero(&out).into_iter().map(|s| format!("{args:?}: {s}")));
        let (code, out, _) = world.run(&[args, &["--json"]].concat());
        if code == 0
            && let Ok(document) = serde_json::from_str::<Value>(&out)
        {
            below_zero(&document, &args.join(" "), &mut found);
        }
    }
    let mut screen = world.screen(&["open", "1"], 120, 40);
    screen.until("Timeline").until("? all");
    found.extend(
        spans_below_zero(&screen.text()).into_iter().map(|s| format!("screen: {s}\n{}", screen.text())),
    );
    screen.send(b"b").until("Brief");
    found.extend(
        spans_below_zero(&screen.text()).into_iter().map(|s| format!("brief: {s}\n{}", screen.text())),
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_order_is_that_of_the_log_and_each_step_of_the_clock_is_marked() {
    let mut world = World::new();
    let Some(library) = shim(&world) else { return };
    let mut hands = Hands::of(&mut world, &library);
    let mut dice = Dice::new("clock");
    let steps = rounds(12, 400);
    world.done(&["declare", "Times jump", "--severity", "P2", "--commander", "alice"]);
    let (mut marked, mut written) = (0, 0);
    for n in 0..steps {
        let zone = ["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"][dice.below(4)];
        world.set("TZ", zone);
        // From seconds to about a year, both ways; and sometimes none that counts, or a sleep.
        let most = [3, 60, 3_600, 86_400, 31_000_000][dice.below(5)];
        let by = i64::try_from(dice.below(most)).unwrap() * if dice.below(2) == 0 { 1 } else { -1 };
        match dice.below(4) {
            0 => hands.sleep(i64::try_from(dice.below(40_000)).unwrap()),
            // Between two and three seconds nobody can say what the rest of the second does.
            _ if by.abs() == 2 => continue,
            _ => {
                hands.step(by);
                marked += usize::from(by.abs() > 2);
            }
        }
        let text = format!("line {n:04}");
        let args: Vec<&str> = match dice.below(6) {
            0 => vec!["ask", "1", &text, "--to", "bob", "--within", "5m"],
            1 => vec!["decide", "1", &text],
            _ => vec!["log", "1", &text],
        };
        let (code, _, err) = world.run(&args);
        assert_eq!(code, 0, "{args:?}: {err}");
        written += 1;
    }
    let all = entries(&world);
    let lines: Vec<&str> = all
        .iter()
        .filter_map(|e| e["text"].as_str())
        .filter(|t| t.contains("line ") && !t.contains("time ran out"))
        .collect();
    let number = |t: &&str| t.split("line ").nth(1).unwrap().get(..4).unwrap().parse::<usize>().unwrap();
    let order: Vec<usize> = lines.iter().map(number).collect();
    assert!(order.is_sorted() && order.len() == written, "{written} written: {order:?}");
    assert_eq!(marks(&all).len(), marked, "{:?}", marks(&all));
    let verified = world.json(&["verify"]);
    assert_eq!(verified["ok"], true, "{verified}");
    nothing_below_zero(&world);
    figure(&format!(
        "{steps} moments with clock steps of up to a year, sleep and other time zones: order is that of the log, \
         {marked} steps of more than two seconds, each marked; 0 durations below zero"
    ));
}

/// An open room notices by itself, also when nobody writes, and a life of an incident under a clock that is set back
/// has no span below zero.
#[test]
fn an_open_room_marks_a_step_of_the_clock_by_itself() {
    let mut world = World::new();
    let Some(library) = shim(&world) else { return };
    let mut hands = Hands::of(&mut world, &library);
    world.done(&["declare", "Times jump", "--severity", "P2", "--commander", "alice"]);
    world.done(&["ask", "1", "look at the clock", "--to", "bob", "--within", "5m"]);
    let mut screen = world.screen(&["open", "1"], 120, 40);
    screen.until("look at the clock");
    hands.step(-7_200);
    screen.until("clock set back by 2h");
    world.done(&["phase", "1", "contain"]);
    hands.step(-90_000);
    world.done(&["severity", "1", "P1"]);
    world.done(&["role", "1", "scribe", "bob"]);
    world.done(&["log", "1", "-5m what was seen before"]);
    screen.until("clock set back by 1d1h").until("what was seen before");
    nothing_below_zero(&world);
    hands.step(-600);
    world.done(&["resolve", "1"]);
    nothing_below_zero(&world);
}

/// What was due in so many minutes still is, on every screen and for every command, and what ran out is told once.
#[test]
fn a_step_back_moves_what_is_due_with_it() {
    let mut world = World::new();
    let Some(library) = shim(&world) else { return };
    let mut hands = Hands::of(&mut world, &library);
    world.done(&["declare", "Times jump", "--severity", "P1", "--commander", "alice"]);
    world.done(&["ask", "1", "look at the clock", "--to", "bob", "--within", "5m"]);
    let deadlines = |world: &World| -> Vec<(String, chrono::DateTime<chrono::FixedOffset>)> {
        let running = world.json(&["clock", "list", "1"])["clocks"].as_array().unwrap().clone();
        let at = |c: &Value| chrono::DateTime::parse_from_rfc3339(c["deadline"].as_str().unwrap()).unwrap();
        let mut all: Vec<_> =
            running.iter().map(|c| (c["clock"].as_str().unwrap().to_owned(), at(c))).collect();
        all.sort();
        all
    };
    let before = deadlines(&world);
    assert_eq!(before.len(), 3, "{before:?}");
    // Forward moves nothing, and only makes good what a later step back takes.
    for (by, moved) in [(-3_600, -3_600), (600, -3_600), (-600, -3_600), (-45, -3_645)] {
        hands.step(by);
        world.done(&["log", "1", "what was seen"]);
        let now = deadlines(&world);
        for ((key, then), (_, now)) in before.iter().zip(&now) {
            let off = (*now - *then).num_milliseconds() - moved * 1_000;
            assert!(off.abs() < 2_000, "{key} is off by {off} ms after {by} s");
        }
    }
    // Six minutes later the ask runs out; after another step back it has, and is told no second time.
    hands.sleep(360);
    world.done(&["log", "1", "late"]);
    hands.step(-1_800);
    world.done(&["log", "1", "later"]);
    let told =
        entries(&world).iter().filter(|e| e["text"].as_str().unwrap().starts_with("time ran out")).count();
    assert_eq!(told, 1, "the ask ran out once");
    figure(
        "4 steps of the clock: 3 deadlines moved with those back, none with the one forward; 1 of 1 breaches told once",
    );
}
