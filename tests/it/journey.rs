//! The unbroken path in the real program: declare, run the room, resolve, draft, edit, check, publish, close, and find
//! it again when something similar happens. And the ways out of the screen.

use rustix::process::{Pid, Signal, kill_process};

use crate::screen::World;

/// An editor that fills in what only people know, as a person would.
pub(crate) const FILL_IN: &str = r#"#!/bin/sh
sed -i \
  -e 's/\[fill in: @who owns it\]/@bob/' \
  -e 's/\[fill in: by which day, YYYY-MM-DD\]/2026-12-20/' \
  -e 's/\[fill in: how bad its absence is\]/P2/' \
  -e 's/\[fill in: what would have prevented it\]/Sign in the KMS only/' \
  -e 's/\[fill in: what would have shown it sooner\]/Alert on key use outside the build/' \
  -e 's/\[fill in: what would have made the response better\]/Drill the signing key runbook/' \
  -e 's/\[fill in: what ended the incident, in one line\]/The key was disabled in the KMS and everything re-signed/' \
  -e 's/"\[fill in: [^]]*\]"/alice/' \
  -e 's/\[fill in: [^]]*\]/A CI variable held the signing key in plain text/g' \
  "$1"
"#;

#[test]
fn the_unbroken_path_from_the_first_key_to_the_next_incident() {
    let mut world = World::new();
    let editor = world.script("editor", FILL_IN);
    world.set("VISUAL", editor.to_str().unwrap());

    let mut s = world.screen(&[], 120, 40);
    s.until("n declares").send(b"n").until("Declare: a title is enough");
    s.type_text("Signing key leaked from CI").until("Signing key compromised");
    s.send(b"\t").send(b"1").until("[x]").send(b"\r");
    s.until("INC-2026-0001").until("alice (IC)").until("Runbook signing-key");

    // The scribe: one key, then one line after the other.
    s.send(b"I").until("scribe   │");
    s.line("-4m on-call paged").until("+4m");
    s.line("! revoke the key at the KMS now check 15m").until("check decision");
    s.line("? key was in a CI variable").until("hypo");
    s.line("+ @bob 3m list builds since 13:00").until("ask @bob");
    s.line("> internal: investigating, next word in half an hour").until("updt");
    s.line(":s P1").until("P1");
    s.line(":r scribe @bob").until("bob");
    s.line(":r tech @carol").until("carol");
    s.line(":r comms @dana").until("dana");
    s.line(":r legal @erin").until("erin");
    s.line(":impact prod images cannot be trusted").until("impact: prod images");
    s.line(":tick 1").until("[x]");
    s.line(":p contain").until("CONTAIN");
    s.line(":resolve key disabled").until("resolved");
    for item in [
        "cause",
        "attack-path",
        "credentials",
        "artifacts",
        "monitoring",
        "notifications",
        "actions",
        "review",
    ] {
        s.line(&format!(":closure {item} done"));
    }
    s.line(":draft").until("draft written");
    s.line(":edit").until("the check is content");
    s.send(b"\x1b");
    s.until_that("the close path or the room", |t| t.contains("INC-2026-0001"));
    drop(s);

    let report = world.json(&["postmortem", "publish", "1"]);
    let path = report["path"].as_str().unwrap().to_owned();
    assert_eq!(path, "2026/11/2026-11-20-signing-key-leaked-from-ci-inc-2026-0001.md");
    let again = world.json(&["postmortem", "publish", "1"]);
    assert_eq!(again["commit"], report["commit"], "a second publish is the same commit");
    assert_eq!(world.json(&["close", "1"])["closed"], true);

    // What the room wrote is what the log holds, times included.
    let timeline = world.json(&["timeline", "1"]);
    let entry = |text: &str| {
        let entries = timeline["entries"].as_array().unwrap();
        entries.iter().find(|e| e["text"] == text).unwrap_or_else(|| panic!("no {text}")).clone()
    };
    let paged = entry("on-call paged")["occurred_at"].as_str().unwrap().to_owned();
    assert!(paged.starts_with("2026-11-20T14:18:"), "{paged}");
    assert_eq!(entry("revoke the key at the KMS now")["kind"], "decision");

    // Months later, the same again: it comes up at the declare, with what was never shipped.
    world.set("WARROOM_NOW", "2027-03-02T09:00:00Z");
    let mut s = world.screen(&[], 120, 40);
    s.until("Signing key leaked from CI").send(b"n").until("Declare: a title is enough");
    s.type_text("signing key found in a CI log").until("INC-2026-0001").until("Sign in the KMS only");
    s.send(b"\r").until("INC-2027-0001").until("unshipped");
    drop(s);

    let overdue = world.json(&["story", "list", "--overdue"]);
    assert_eq!(overdue["stories"].as_array().unwrap().len(), 3);
    let found = world.json(&["search", "signing key"]);
    assert_eq!(found["results"][0]["id"], "INC-2026-0001");
    assert_eq!(world.json(&["verify"])["ok"], true);
}

#[test]
fn the_terminal_is_given_back_however_the_room_ends() {
    let world = World::new();
    world.done(&["declare", "Disk full"]);
    for signal in [Signal::TERM, Signal::HUP] {
        let mut s = world.screen(&["open", "1"], 80, 24);
        s.until("? all").send(b"i").until("Enter store").type_text("half a line").until("half a line");
        kill_process(Pid::from_raw(s.pid()).unwrap(), signal).unwrap();
        s.end();
        assert!(s.is_cooked(), "{signal:?} must give the terminal back");
        assert!(s.raw().windows(8).any(|w| w == b"\x1b[?1049l"), "{signal:?} must leave the other screen");
        // What was typed is offered again, once.
        let mut s = world.screen(&["open", "1"], 80, 24);
        s.until("half a line").send(b"\x15").until_gone("half a line");
        s.send(b"\x1b").until("normal").send(b"q").until("Incidents").send(b"q");
        assert_eq!(s.end(), 0);
    }
}

#[test]
fn an_editor_that_reads_keys_gets_them_all_and_the_room_goes_on() {
    let mut world = World::new();
    let editor = world.script(
        "editor",
        "#!/bin/sh\nprintf 'EDITOR READY'\nread -r words </dev/tty\nprintf '%s' \"$words\" > \"$1\"\n",
    );
    world.set("VISUAL", editor.to_str().unwrap());
    world.done(&["declare", "Disk full"]);
    world.done(&["log", "1", "-1m the first words"]);
    let mut s = world.screen(&["open", "1"], 80, 24);
    s.until("the first words").send(b"g").send(b"E").until("EDITOR READY");
    s.send(b"all of the keys came through\n").until("Timeline").until("all of the keys came through");
    s.send(b"q").until("Incidents").send(b"q");
    assert_eq!(s.end(), 0);
    let timeline = world.json(&["timeline", "1"]);
    let texts: Vec<&str> =
        timeline["entries"].as_array().unwrap().iter().filter_map(|e| e["text"].as_str()).collect();
    assert!(texts.contains(&"all of the keys came through"), "{texts:?}");
}

#[test]
fn two_rooms_see_each_other() {
    let world = World::new();
    world.done(&["declare", "Disk full"]);
    let mut s = world.screen(&["open", "1"], 80, 24);
    s.until("? all").send(b"i").until("Enter store").type_text("half a line").until("half a line");
    world.done(&["log", "1", "from another terminal"]);
    s.until("from another terminal").until("half a line");
}

/// Two people amend the same line at once, each on a screen: who is second is told what the first made of it, and neither
/// text is lost.
#[test]
fn two_rooms_that_amend_one_line_keep_both_texts() {
    let world = World::new();
    world.done(&["declare", "Disk full"]);
    let seq = world.json(&["log", "1", "the pool is empty"])["entries"][0]["seq"].clone();
    let mut first = world.screen(&["open", "1"], 120, 40);
    let mut second = world.screen(&["open", "1"], 120, 40);
    for s in [&mut first, &mut second] {
        s.until("the pool is empty").send(b"G").send(b"e").until("amend");
    }
    second.send(b"\x15").type_text("the pool was never full").until("the pool was never full");
    first
        .send(b"\x15")
        .type_text("the pool leaks")
        .until("the pool leaks")
        .send(b"\r")
        .until("i writes a note");
    // The other screen sees it beside what is being typed there, and says so before it goes over it.
    second.until("the pool leaks").until("the pool was never full").send(b"\r").until("Enter again");
    second.until("the pool leaks").until("the pool was never full").send(b"\r").until("i writes a note");
    first.until("the pool was never full");
    let timeline = world.json(&["timeline", "1"]);
    let entry = timeline["entries"].as_array().unwrap().iter().find(|e| e["seq"] == seq).unwrap();
    assert_eq!(entry["text"], "the pool was never full", "{entry:#}");
    let (_, log, _) = world.run(&["timeline", "1", "--audit"]);
    for text in ["the pool is empty", "the pool leaks", "the pool was never full"] {
        assert!(log.contains(text), "{text}: {log}");
    }
}

/// A line that another process keeps from being stored is shown as pending, and what is typed meanwhile is shown at once.
#[test]
fn a_line_that_cannot_be_stored_yet_is_pending_and_typing_goes_on() {
    let world = World::new();
    world.done(&["declare", "Disk full"]);
    let mut s = world.screen(&["open", "1"], 120, 40);
    s.until("Disk full").send(b"I").until("scribe   │");
    let marked = |mark: char| {
        move |screen: &str| {
            // The brief names the last notes as well.
            let pane = screen.split(['│', '\n']).find(|part| part.contains("note  the pool leaks"));
            pane.is_some_and(|pane| pane.trim_end().ends_with(mark))
        }
    };
    s.line("the pool fills").until("✓");
    let turn = std::fs::File::open(world.home()).unwrap();
    rustix::fs::flock(&turn, rustix::fs::FlockOperation::LockExclusive).unwrap();
    s.line("the pool leaks").until_that("a pending line", marked('…'));
    s.type_text("and the next").until("and the next");
    assert!(marked('…')(&s.text()), "{}", s.text());
    drop(turn);
    s.until_that("a stored line", marked('✓')).until("and the next");
}

/// Two people see the same duplicate: the key of the second one does not fall on its neighbour.
#[test]
fn a_selected_line_that_somebody_crosses_out_is_not_swapped_for_its_neighbour() {
    let mut world = World::new();
    world.done(&["declare", "Disk full"]);
    let mut log = |clock: &str, text: &str| {
        world.set("WARROOM_NOW", clock);
        world.json(&["log", "1", text])["entries"][0]["seq"].to_string()
    };
    log("2026-11-20T14:23:00Z", "line one");
    let second = log("2026-11-20T14:24:00Z", "line two");
    log("2026-11-20T14:25:00Z", "line three");
    let mut s = world.screen(&["open", "1"], 120, 40);
    s.until("line three");
    for line in ["three", "two"] {
        // The question says which line is selected; Esc takes it away.
        s.send(b"k")
            .send(b"x")
            .until(&format!("Cross out: why? · line {line}"))
            .send(b"\x1b")
            .until_gone("Cross out");
    }
    world.done(&["strike", "1", &second, "--reason", "duplicate", "--as", "bob"]);
    s.until("bob crossed out the line that you selected").until("(struck) line two");
    s.send(b"x").until("Let this entry count again? line two").send(b"\r").until_gone("(struck)");
    let (_, lines, _) = world.run(&["timeline", "1"]);
    for text in ["line one", "line two", "line three"] {
        assert!(lines.contains(text), "{text}: {lines}");
    }
}

/// Who is scribe types on after a look at a board: none of the letters acts.
#[test]
fn a_scribe_types_on_after_a_look_at_a_board() {
    let mut world = World::new();
    world.done(&["declare", "Disk full"]);
    world.done(&["role", "1", "scribe", "bob"]);
    world.set("WARROOM_AS", "bob");
    let mut s = world.screen(&["open", "1"], 120, 40);
    s.until("scribe   │").line(":stories").until_gone("scribe   │");
    s.send(b"\x1b").until("scribe   │").line("square pegs in the queue").until_that("it is stored", |t| {
        t.lines().any(|row| row.contains("note  square pegs in the queue") && row.contains('✓'))
    });
    let (_, lines, _) = world.run(&["timeline", "1"]);
    assert!(lines.contains("square pegs in the queue"), "{lines}");
}

/// Times as they are typed: in the zone of the screen, with the day.
fn typed(at: &str) -> String {
    let at: chrono::DateTime<chrono::Utc> = at.parse().unwrap();
    at.format("%Y-%m-%d %H:%MZ").to_string()
}

#[test]
fn real_timelines_typed_through_the_composer_come_back_times_and_all() {
    let Some(file) = crate::data::test_data("timelines/timelines.jsonl") else { return };
    let lines: Vec<serde_json::Value> =
        std::fs::read_to_string(file).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let mut longest: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for line in &lines {
        *longest.entry(line["incident"].as_str().unwrap()).or_default() += 1;
    }
    let mut longest: Vec<_> = longest.into_iter().map(|(incident, n)| (n, incident)).collect();
    longest.sort_unstable();
    for (_, incident) in longest.into_iter().rev().take(4) {
        let real: Vec<(String, String)> = lines
            .iter()
            .filter(|l| l["incident"] == incident)
            .map(|l| (l["at"].as_str().unwrap().to_owned(), one_line(l["text"].as_str().unwrap())))
            .collect();
        assert!(real.len() >= 10, "{incident}");
        let mut world = World::new();
        world.set("WARROOM_NOW", "2026-11-20T14:22:00Z");
        world.done(&["declare", "A real one"]);
        let mut s = world.screen(&["open", "1"], 160, 50);
        s.until("A real one").send(b"I").until("scribe   │");
        for (at, text) in &real {
            s.type_text(&format!("{} \\ {text}", typed(at))).send(b"\r");
        }
        // The last line is stored when its mark is on the screen and the composer is empty.
        let mut entries = Vec::new();
        for _ in 0..600 {
            let timeline = world.json(&["timeline", "1"]);
            entries = timeline["entries"].as_array().unwrap().clone();
            entries.retain(|e| e["kind"] == "note");
            if entries.len() >= real.len() {
                break;
            }
        }
        let mut found: Vec<(String, String)> = entries
            .iter()
            .map(|e| (e["occurred_at"].as_str().unwrap().to_owned(), e["text"].as_str().unwrap().to_owned()))
            .collect();
        let mut wanted: Vec<(String, String)> = real
            .iter()
            .map(|(at, text)| {
                let at: chrono::DateTime<chrono::Utc> = at.parse().unwrap();
                (at.format("%Y-%m-%dT%H:%M:00.000Z").to_string(), text.clone())
            })
            .collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{incident}");
    }
}

/// What a scribe types is one line of printable text.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
