//! Half-typed text, in the composer and in forms, when the line drops or the program is ended: all that was drawn is
//! offered at the next start, once.

use std::time::Duration;

use rustix::process::Signal;

use super::{Dice, figure, is_long, rounds};
use crate::cli::out::walk;
use crate::data::skipped;
use crate::screen::{World, program};

/// How a program ends.
#[derive(Debug, Clone, Copy)]
enum End {
    HangUp,
    Signal(Signal),
}

/// Where a text is typed: its name, the keys that lead there from the room, and a word that is on the screen then.
const FIELDS: &[(&str, &[&str], &str)] = &[
    ("composer", &["i"], "Enter store"),
    ("scribe mode", &["I"], "Enter store"),
    ("severity", &["s"], "Severity: up freely"),
    ("declaration", &["q", "n"], "Declare"),
    ("list of actions", &["?"], "Actions: type to search"),
    ("story", &["S"], "Improvement story"),
    ("evidence", &["V"], "Evidence"),
];

fn words(dice: &mut Dice, length: usize) -> String {
    let letter = |dice: &mut Dice| char::from(b"abcdefghijklmnoprstuwyz "[dice.below(23)]);
    let text: String = (0..length).map(|_| letter(dice)).collect();
    // No word of ours, and no space that a line would lose.
    format!("z{}z", text.replace("  ", "zz"))
}

/// As much of a text as is drawn.
fn drawn(shown: &str, text: &str) -> String {
    (0..=text.len())
        .rev()
        .filter_map(|n| text.get(..n))
        .find(|part| shown.contains(part))
        .unwrap_or_default()
        .to_owned()
}

/// Types into a field, ends the program so, and holds the next starts to what was drawn.
fn lost_line(
    world: &World,
    number: &str,
    dice: &mut Dice,
    field: usize,
    end: End,
    before: &mut String,
) -> Duration {
    let (name, keys, there) = FIELDS[field % FIELDS.len()];
    let mut screen = world.screen(&["open", number], 120, 40);
    screen.until_that("the whole screen", |t| t.contains("? all") || t.contains("Enter store"));
    if !before.is_empty() {
        assert!(!screen.text().contains(before.as_str()), "offered twice:\n{}", screen.text());
    }
    // Scribe mode comes back as well, without its line.
    if screen.text().contains("Enter store") {
        screen.send(b"\x1b").until_gone("Enter store");
    }
    for key in keys {
        screen.send(key.as_bytes()).look(Duration::from_millis(400));
    }
    screen.until(there);
    let text = {
        let length = 8 + dice.below(22);
        words(dice, length)
    };
    for (n, c) in text.char_indices() {
        screen.send(c.to_string().as_bytes());
        // By its first characters it is known again.
        if n == 5 {
            screen.until(text.get(..=n).unwrap());
        }
        // Sometimes faster than it is drawn, sometimes slower.
        screen.look(Duration::from_millis(dice.below(12) as u64));
    }
    let lived = match end {
        End::HangUp => screen.hang_up(),
        End::Signal(signal) => screen.signal(signal),
    };
    let seen = drawn(&screen.last_drawn(), &text);
    drop(screen);

    let mut again = world.screen(&["open", number], 120, 40);
    again.until_that(&format!("{seen:?} of the {name} after {end:?}"), |t| t.contains(seen.as_str()));
    let is_line = there == "Enter store";
    if is_line {
        again.send(b"\r").until_that("stored", |t| t.lines().any(|r| r.contains(&seen) && r.contains('✓')));
    } else {
        again.send(b"\x1b").until_gone(&seen);
    }
    again.signal(Signal::KILL);
    // A line that was stored stands in the timeline: there is nothing to tell it by in the next start.
    before.clear();
    if !is_line {
        before.push_str(&seen);
    }
    lived
}

#[test]
fn no_drawn_character_is_lost_however_the_program_ends() {
    let each = rounds(4, 500);
    let mut dice = Dice::new("drafts");
    let world = World::new();
    let (mut number, mut in_all) = (0, 0);
    let mut before = String::new();
    let ends = [
        ("hang-ups", End::HangUp),
        ("SIGHUP", End::Signal(Signal::HUP)),
        ("SIGTERM", End::Signal(Signal::TERM)),
        ("kill -9", End::Signal(Signal::KILL)),
    ];
    for (kind, (what, end)) in ends.into_iter().enumerate() {
        let mut longest = Duration::ZERO;
        for round in 0..each {
            // All lines of a room stand on its screen.
            if in_all % 16 == 0 {
                number += 1;
                world.done(&["declare", "Lines are dropped", "--commander", "alice"]);
                world.done(&["log", &number.to_string(), "first line"]);
            }
            in_all += 1;
            longest = longest.max(lost_line(
                &world,
                &number.to_string(),
                &mut dice,
                round + kind,
                end,
                &mut before,
            ));
        }
        // A machine that builds at the same time is given more.
        let most = Duration::from_secs(if is_long() { 1 } else { 5 });
        assert!(longest < most, "after {what} the program lived on for {longest:?}");
        figure(&format!(
            "{each} {what}: 0 drawn characters lost, 0 offered twice, gone within {longest:.0?}"
        ));
    }
    let verified = world.json(&["verify"]);
    assert_eq!(verified["ok"], true, "{verified}");
}

/// A hang-up of these tests is one: what the terminal's writer says when it is dropped reaches no program. Without that,
/// an Enter would store the line that a real hang-up leaves half typed.
#[test]
fn nobody_reads_what_the_harness_says_when_it_hangs_up() {
    let world = World::new();
    let heard = world.path("heard");
    // It says something now and then, as a room does when the size of its terminal changes.
    let script = format!(
        "#!/bin/sh\ntrap '' HUP\nwhile echo ready; do sleep 0.05; done 2>/dev/null &\nexec cat >{}\n",
        heard.display()
    );
    let listens = world.script("listens", &script);
    for _ in 0..rounds(3, 50) {
        let mut screen = world.screen_of(&[listens.to_str().unwrap()], 80, 24);
        screen.until("ready").type_text("half a line").until("half a line");
        screen.hang_up();
        assert_eq!(std::fs::read_to_string(&heard).unwrap(), "", "an Enter was read");
    }
}

/// The name of a new journal is on the disk with the first text in it, and a key waits for that no second time.
#[test]
fn the_folder_of_drafts_is_synced_once_for_a_journal_and_not_at_each_text() {
    let world = World::new();
    let traced = world.command("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).output();
    if !traced.is_ok_and(|done| done.status.success()) {
        return skipped("the sync of the drafts' folder: strace is not here, or may not look at processes");
    }
    world.done(&["declare", "Names", "--commander", "alice"]);
    let trace = world.path("trace");
    let to = trace.display().to_string();
    let words =
        ["strace", "-f", "-qq", "-y", "-e", "trace=fsync,fdatasync", "-o", &to, program(), "open", "1"];
    let mut screen = world.screen_of(&words, 120, 40);
    screen.until("? all").send(b"i").until("Enter store");
    let synced = |what: &str| {
        let record = std::fs::read_to_string(&trace).unwrap_or_default();
        record.lines().filter(|line| line.contains(what)).count()
    };
    let texts = ["a first text", " and more of it", " and still more"];
    for (n, text) in texts.into_iter().enumerate() {
        screen.type_text(text).until(text);
        // Half a second later it is on the disk.
        for _ in 0..200 {
            if synced(".journal>") > n {
                break;
            }
            screen.look(Duration::from_millis(50));
        }
        assert!(synced(".journal>") > n, "{text:?} is not synced");
    }
    for _ in 0..100 {
        if synced("/drafts>") > 0 {
            break;
        }
        screen.look(Duration::from_millis(50));
    }
    assert_eq!(synced("/drafts>"), 1, "the folder is synced once");
}

/// A host that goes down takes two lines of one room with it: neither takes the place of the other.
#[test]
fn the_lines_of_two_programs_in_one_room_both_come_back() {
    let world = World::new();
    world.done(&["declare", "Two at once", "--commander", "alice"]);
    let typed = ["zebra half a line", "zulu another half"];
    let mut screens = typed.map(|text| {
        let mut screen = world.screen(&["open", "1"], 120, 40);
        screen.until("? all").send(b"i").until("Enter store").type_text(text).until(text);
        screen
    });
    screens.iter_mut().for_each(|s| _ = s.signal(Signal::KILL));
    let mut again = world.screen(&["open", "1"], 120, 40);
    again.until(typed[0]).until(typed[1]).until("not stored");
    again.until_that("the mark of what is not stored", |t| t.contains('✗'));
    again.signal(Signal::KILL);
    // Nothing was done with them: they are offered again, and once each.
    let mut third = world.screen(&["open", "1"], 120, 40);
    third.until(typed[0]).until(typed[1]);
    for text in typed {
        assert_eq!(third.text().matches(text).count(), 1, "{}", third.text());
    }
}

/// What bob typed is bob's: Enter of somebody else would store it under the wrong name.
#[test]
fn a_half_typed_line_waits_for_the_one_who_typed_it() {
    let world = World::new();
    world.done(&["declare", "Two people, one account", "--commander", "alice"]);
    for (keys, there) in [("i", "write    │"), ("s", "Severity: up freely")] {
        let mut bob = world.screen(&["open", "1", "--as", "bob"], 120, 40);
        bob.until("? all").send(keys.as_bytes()).until(there).type_text("zulu bob").until("zulu bob");
        bob.signal(Signal::HUP);
        let mut alice = world.screen(&["open", "1"], 120, 40);
        alice.until("a half-typed line of bob waits: bob is offered it at the next start");
        assert!(!alice.text().contains("zulu"), "{}", alice.text());
        assert!(!alice.text().contains(there), "{}", alice.text());
        // Alice's own line is nothing to bob's.
        alice.send(b"i").until("Enter store").type_text("alpha alice").until("alpha alice");
        alice.signal(Signal::KILL);
        let mut bob = world.screen(&["open", "1", "--as", "bob"], 120, 40);
        // Told at once of the other line; what stands in the row of hints goes with the next key.
        bob.until("a half-typed line of alice waits").until("zulu bob").until(there);
        assert!(!bob.text().contains("alpha"), "{}", bob.text());
        // What is given up is forgotten after the frame that shows it: not to be killed in between.
        bob.send(b"\x15").until_gone("zulu bob").send(b"\x1b").until("? all");
        bob.signal(Signal::HUP);
        let mut alice = world.screen(&["open", "1"], 120, 40);
        alice.until("alpha alice").send(b"\x15").until_gone("alpha alice").send(b"\x1b").until("? all");
        alice.signal(Signal::HUP);
    }
}

/// On an account that several people share nobody is known before they say who they are.
#[test]
fn a_shared_account_is_offered_a_line_when_somebody_says_who_sits_there() {
    if !rustix::process::geteuid().is_root() {
        return skipped("half-typed lines of a shared account: this account is nobody's but yours");
    }
    let world = World::new();
    world.done(&["declare", "Two people, one account", "--commander", "alice"]);
    let mut bob = world.screen(&["open", "1", "--as", "bob"], 120, 40);
    bob.until("? all").send(b"i").until("Enter store").type_text("zulu bob").until("zulu bob");
    bob.signal(Signal::KILL);
    let words = ["env", "-u", "WARROOM_AS", program(), "open", "1"];
    let mut screen = world.screen_of(&words, 120, 40);
    screen.until("Who are you?");
    assert!(!screen.text().contains("zulu"), "{}", screen.text());
    screen.type_text("carol").send(b"\r").until("a half-typed line of bob waits");
    assert!(!screen.text().contains("zulu"), "{}", screen.text());
    screen.signal(Signal::KILL);
    let mut screen = world.screen_of(&words, 120, 40);
    screen.until("Who are you?").type_text("bob").send(b"\r").until("zulu bob").until("Enter store");
    screen
        .send(b"\r")
        .until_that("the stored line", |t| t.lines().any(|r| r.contains("zulu bob") && r.contains('✓')));
    let lines = world.json(&["timeline", "1"]);
    assert!(lines.to_string().contains("\"author\":\"bob\""), "{lines:#}");
    screen.signal(Signal::KILL);
}

/// Every file of a home that holds a text.
fn holding(world: &World, text: &str) -> Vec<String> {
    let holds = |path: &std::path::PathBuf| {
        std::fs::read(path).unwrap_or_default().windows(text.len()).any(|w| w == text.as_bytes())
    };
    walk(&world.home()).into_iter().filter(holds).map(|path| path.display().to_string()).collect()
}

/// What is redacted goes out of half-typed texts too, also where it was typed key by key; a room that is open is named,
/// and nothing is left when its line is dropped.
#[test]
fn erased_words_are_in_no_half_typed_text() {
    let world = World::new();
    let secret = "hunter2-is-the-password";
    let ids = ["Words are erased", "Elsewhere"].map(|title| {
        let told = world.json(&["declare", title, "--commander", "alice"]);
        told["id"].as_str().unwrap().to_owned()
    });
    let seq = world.json(&["log", &ids[0], secret])["entries"][0]["seq"].to_string();
    let composer = |id: &str| {
        let mut screen = world.screen(&["open", id], 120, 40);
        screen.until("? all").send(b"i").until("Enter store");
        screen
    };
    let paste = |screen: &mut crate::screen::Screen, text: &str| {
        screen.send(format!("\x1b[200~{text}\x1b[201~").as_bytes()).until(text);
    };
    let mut typed = composer(&ids[0]);
    let text = format!("first {secret} last");
    typed.type_text(&text).until(&text);
    let mut story = world.screen(&["open", &ids[0]], 120, 40);
    story.until("? all").send(b"S").until("Improvement story");
    paste(&mut story, &format!("never again {secret}"));
    let mut lives = composer(&ids[1]);
    paste(&mut lives, secret);
    typed.signal(Signal::KILL);
    story.signal(Signal::KILL);

    let told = world.json(&["redact", &ids[0], &seq, "--reason", "a password"]);
    assert_eq!(told["erased_drafts"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(told["remains"].as_array().unwrap().len(), 1, "{told}");
    let todo = told["remains"][0]["todo"].as_str().unwrap();
    assert!(todo.contains(&format!("process {} ", lives.pid())) && todo.contains(&ids[1]), "{todo}");
    let journal = told["remains"][0]["path"].as_str().unwrap().to_owned();
    assert_eq!(holding(&world, secret), [journal], "the open room has its line, and nobody else");
    assert!(
        lives.look(Duration::from_millis(200)).text().contains(secret),
        "nobody's line moves under the hands"
    );
    lives.send(b"\x15").until_gone(secret);
    // Nothing is in the line any more, and nothing of what was.
    for _ in 0..100 {
        if holding(&world, secret).is_empty() {
            break;
        }
        lives.look(Duration::from_millis(20));
    }
    assert_eq!(holding(&world, secret), Vec::<String>::new());
    lives.signal(Signal::KILL);

    let mut again = world.screen(&["open", &ids[0]], 120, 40);
    again.until("never again [erased]").send(b"\x1b").until("first [erased] last");
    assert!(!again.text().contains(secret));
    again.signal(Signal::KILL);
    let verified = world.json(&["verify"]);
    assert!(verified["ok"] == true && verified["redacted"] == 1, "{verified}");
}

/// The verb of the room erases as the command does, the snapshots too.
#[test]
fn what_a_room_erases_is_in_no_file_of_the_home() {
    let world = World::new();
    let secret = "hunter2-is-the-password";
    world.done(&["declare", "Words are erased", "--commander", "alice"]);
    let seq = world.json(&["log", "1", secret])["entries"][0]["seq"].to_string();
    world.done(&["amend", "1", &seq, "--text", &format!("once more {secret}")]);
    let snapshot = world.home().join("snapshots/warroom-20261120T130000Z.db");
    std::fs::copy(world.home().join("warroom.db"), &snapshot).unwrap();
    assert!(holding(&world, secret).len() >= 3, "database, mirror, snapshot");
    let aside = world.home().join("drafts/kept-1.txt");
    std::fs::write(&aside, format!("seen {secret}\n")).unwrap();
    let mut screen = world.screen(&["open", "1"], 160, 40);
    // A scribe's line stays open: what was stored from it is not in the journal any more.
    screen.until("once more").send(b"I").until("scribe   │");
    let said = "hunter3-was-said-by-the-scribe";
    screen.line(said).until_that("stored", |t| t.lines().any(|row| row.contains(said) && row.contains('✓')));
    let journals = || holding(&world, said).into_iter().filter(|path| path.ends_with(".journal")).count();
    for _ in 0..100 {
        if journals() == 0 {
            break;
        }
        screen.look(Duration::from_millis(20));
    }
    assert_eq!(journals(), 0);
    screen.line(&format!(":redact {seq} a password")).until("still there").until("kept-1.txt");
    screen.until_gone("once more");
    assert_eq!(holding(&world, secret), [aside.display().to_string()]);
    let verified = world.json(&["verify"]);
    assert!(verified["ok"] == true && verified["redacted"] == 2, "{verified}");
    screen.signal(Signal::KILL);
}
