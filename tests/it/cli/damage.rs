//! A damaged database: flipped bits, zeroed pages, a cut file, none at all. It is found or does no harm, and what was
//! acknowledged comes back from the mirror and the snapshots. `WARROOM_FAULTS=long` does a thousand.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Desk;
use crate::faults::{Dice, figure, rounds};
use crate::screen::World;

/// A home with two incidents and what was acknowledged in it, by incident.
fn filled() -> (Desk, Vec<(String, Vec<String>)>) {
    let desk = Desk::new();
    let mut told = Vec::new();
    for title in ["Web is down", "Signing key leaked"] {
        let id = desk.declare(title);
        let lines: String = (0..60)
            .map(|n| format!("{title}: line {n} of what was said, {}\n", "x".repeat(n * 7 + 1)))
            .collect();
        desk.feed(&["log", &id, "-"], lines.as_bytes()).code(0);
        let erased = desk.json(&["log", &id, "a name that goes"])["entries"][0]["seq"].to_string();
        desk.ok(&["redact", &id, &erased, "--reason", "a name"]);
        told.push((id, lines.lines().map(str::to_owned).collect()));
    }
    (desk, told)
}

/// Everything that was acknowledged is there, and the chains hold.
#[track_caller]
fn all_there(desk: &Desk, told: &[(String, Vec<String>)], what: &str) {
    let verified = desk.run(&["verify", "--json"]);
    assert_eq!(verified.code, 0, "{what}: {verified:?}");
    for (id, lines) in told {
        let has = desk.timeline(id);
        for line in lines {
            assert!(has.iter().any(|e| e["text"] == line.as_str()), "{what}: {id} lost {line:?}");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    // As the home itself; a copy that others can read is told by doctor.
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o700)).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|e| e.unwrap()) {
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Damages a file, and says how.
fn hurt(file: &Path, dice: &mut Dice) -> String {
    let mut bytes = std::fs::read(file).unwrap();
    if bytes.len() < 8192 {
        bytes.resize(8192, 0);
    }
    let pages = bytes.len() / 4096;
    let what = match dice.below(5) {
        0 => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
            format!("a bit at {at}")
        }
        1 => {
            for _ in 0..64 {
                let at = dice.below(bytes.len());
                bytes[at] ^= 0xff;
            }
            "64 bytes".to_owned()
        }
        2 => {
            let page = dice.below(pages);
            bytes[page * 4096..(page + 1) * 4096].fill(0);
            format!("page {page} is zero")
        }
        3 => {
            let (one, other) = (dice.below(pages), dice.below(pages));
            for n in 0..4096 {
                bytes.swap(one * 4096 + n, other * 4096 + n);
            }
            format!("pages {one} and {other} change places")
        }
        _ => {
            let keep = dice.below(bytes.len());
            bytes.truncate(keep);
            format!("cut to {keep} bytes")
        }
    };
    std::fs::write(file, bytes).unwrap();
    what
}

#[test]
fn a_damaged_database_is_put_together_again_from_its_mirror() {
    let (desk, told) = filled();
    all_there(&desk, &told, "undamaged");
    let good = desk.path("good");
    copy(&desk.home(), &good);
    let mut dice = Dice::new("damage");
    let (mut harmless, mut repaired) = (0, 0);
    for round in 0..rounds(12, 1_000) {
        std::fs::remove_dir_all(desk.home()).unwrap();
        copy(&good, &desk.home());
        let what = format!("round {round}: {}", hurt(&desk.home().join("warroom.db"), &mut dice));
        if desk.run(&["verify"]).code == 0 && desk.run(&["doctor"]).code == 0 {
            // The bit was in a place that means nothing, or in one that is not read.
            all_there(&desk, &told, &what);
            harmless += 1;
            continue;
        }
        let done = desk.run(&["doctor", "--repair", "--json"]);
        assert_eq!(done.code, 0, "{what}: {done:?}");
        all_there(&desk, &told, &what);
        assert_eq!(desk.run(&["doctor"]).code, 0, "{what}");
        if done.out.contains("put together again") {
            assert!(desk.home().join("damaged").is_dir(), "{what}: the damaged files are kept");
            repaired += 1;
        }
        // It is a database like any other, and so is what was erased in it.
        desk.ok(&["log", &told[0].0, "after the repair"]);
        assert_eq!(desk.json(&["verify"])["redacted"], 2, "{what}");
        desk.ok(&["redact", &told[0].0, "3", "--reason", "erased in a repaired database"]);
    }
    figure(&format!("damaged database: {harmless} did no harm, {repaired} were repaired, nothing lost"));
    assert!(repaired > 0);
}

/// SQLite's own check does not look at what tables and triggers declare, and a reader does not need it.
#[test]
fn a_damaged_declaration_of_a_table_is_noticed_and_put_right() {
    let (desk, told) = filled();
    let file = desk.home().join("warroom.db");
    let good = std::fs::read(&file).unwrap();
    for (there, damaged) in [
        ("CHECK (length(salt) = 32)", "CHECK (length(salt) =$32)"),
        ("CHECK (length(salt) = 32)", "CHECK (length(salt) = 33)"),
        ("'events are never deleted'", "'events are never deleteD'"),
        ("BEFORE DELETE ON event BEGIN", "BEFORE DELETE ON event begin"),
    ] {
        let mut bytes = good.clone();
        let at = bytes.windows(there.len()).position(|part| part == there.as_bytes()).unwrap();
        bytes[at..at + there.len()].copy_from_slice(damaged.as_bytes());
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(desk.run(&["doctor"]).code, 1, "{damaged} is not noticed");
        let done = desk.run(&["doctor", "--repair"]).code(0);
        assert!(done.out.contains("put together again"), "{damaged}: {done:?}");
        desk.run(&["doctor"]).code(0);
        all_there(&desk, &told, damaged);
        desk.ok(&["log", &told[0].0, "after the repair"]);
    }
}

/// What nobody reads is looked over too: a room says that the database is damaged, a moment after it is there.
#[test]
fn a_room_says_that_the_database_is_damaged_where_nobody_looks() {
    let world = World::new();
    world.done(&["declare", "Web is down", "--commander", "alice"]);
    world.done(&["declare", "Another one", "--commander", "alice"]);
    let lines: Vec<String> = (0..60).map(|n| format!("line {n} {}", "x".repeat(300))).collect();
    for line in &lines {
        world.done(&["log", "2", line]);
    }
    let sound = world.screen(&["open", "1"], 160, 40).until("? all").look(Duration::from_secs(3)).text();
    assert!(!sound.contains("damaged"), "{sound}");
    let file = world.home().join("warroom.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let there = bytes.windows(lines[30].len()).position(|part| part == lines[30].as_bytes()).unwrap();
    let page = there / 4096 * 4096;
    bytes[page..page + 4096].fill(0);
    std::fs::write(&file, bytes).unwrap();
    world
        .screen(&["open", "1"], 80, 24)
        .until("? all")
        .until("the database is damaged: end all rooms and run `warroom doctor --repair`");
}

/// A copy of a home whose newest lines are in the write-ahead log only, as a killed process leaves it.
fn with_log_ahead(desk: &Desk, told: &mut [(String, Vec<String>)]) -> PathBuf {
    let (id, lines) = &mut told[0];
    let mut child = desk.command(&["log", id, "-"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    for n in 0..40 {
        let line = format!("only in the write-ahead log: {n}");
        writeln!(stdin, "{line}").unwrap();
        let mut acknowledged = String::new();
        while !acknowledged.contains(&line) {
            acknowledged.clear();
            assert!(out.read_line(&mut acknowledged).unwrap() > 0, "{line} is not acknowledged");
        }
        lines.push(line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let good = desk.path("ahead");
    copy(&desk.home(), &good);
    assert!(std::fs::metadata(good.join("warroom.db-wal")).unwrap().len() > 4096);
    good
}

#[test]
fn a_damaged_write_ahead_log_is_noticed_and_its_lines_come_back() {
    let (desk, mut told) = filled();
    let good = with_log_ahead(&desk, &mut told);
    let mut dice = Dice::new("write-ahead log");
    let mut repaired = 0;
    for round in 0..rounds(8, 300) {
        std::fs::remove_dir_all(desk.home()).unwrap();
        copy(&good, &desk.home());
        let wal = desk.home().join("warroom.db-wal");
        let what = if round == 0 {
            std::fs::remove_file(&wal).unwrap();
            "the write-ahead log is gone".to_owned()
        } else {
            format!("round {round}: {}", hurt(&wal, &mut dice))
        };
        let doctor = desk.run(&["doctor"]);
        if doctor.code == 0 {
            all_there(&desk, &told, &what);
            continue;
        }
        if doctor.out.contains("that its mirror has") {
            // SQLite takes the rest for a sound database: nothing may be stored over what is missing.
            desk.run(&["log", &told[0].0, "over the gap"]).refuses(5, "its mirror has entries up to");
        }
        desk.run(&["doctor", "--repair"]).code(0);
        all_there(&desk, &told, &what);
        desk.ok(&["log", &told[0].0, "after the repair"]);
        repaired += 1;
    }
    figure(&format!("damaged write-ahead log: {repaired} were repaired, nothing lost"));
    assert!(repaired > 1);
}

#[test]
fn a_lost_database_comes_back_and_a_damaged_mirror_does_no_harm() {
    let (desk, told) = filled();
    for name in ["warroom.db", "warroom.db-wal", "warroom.db-shm"] {
        let _ = std::fs::remove_file(desk.home().join(name));
    }
    // The names of its incidents are not given away again.
    let refused = desk.run(&["declare", "Another one"]).code(5);
    assert!(
        refused.err.contains("the database is missing") && refused.err.contains("doctor --repair"),
        "{refused:?}"
    );
    assert!(!desk.home().join("warroom.db").exists());
    let done = desk.run(&["doctor", "--repair"]).code(0);
    assert!(done.out.contains("the database is missing"), "{done:?}");
    all_there(&desk, &told, "lost");

    // A lost mirror is made whole by the next line.
    std::fs::remove_dir_all(desk.home().join("mirror")).unwrap();
    std::fs::create_dir(desk.home().join("mirror")).unwrap();
    std::fs::set_permissions(desk.home().join("mirror"), std::fs::Permissions::from_mode(0o700)).unwrap();
    for (id, _) in &told {
        desk.ok(&["log", id, "one more"]);
    }
    std::fs::remove_file(desk.home().join("warroom.db")).unwrap();
    desk.run(&["doctor", "--repair"]).code(0);
    all_there(&desk, &told, "from a mirror that was made whole");
}

/// A command that finds its change made already says so with 0: whoever made it may have been killed between the commit
/// and the mirror.
#[test]
fn what_is_found_done_already_is_in_the_mirror_as_well() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    let mut said_to_be_done = 0;
    for change in [
        &["set", &id, "--title", "Web is down in two regions"][..],
        &["severity", &id, "P2", "--reason", "two regions"],
        &["role", &id, "scribe", "bob"],
        &["phase", &id, "contain"],
        &["star", &id, "1"],
        &["resolve", &id],
    ] {
        desk.ok(change);
        let mirror = std::fs::read_dir(desk.home().join("mirror")).unwrap().next().unwrap().unwrap().path();
        let whole = std::fs::read(&mirror).unwrap();
        let last = whole.windows(5).rposition(|part| part == b"wrm1 ").unwrap();
        std::fs::write(&mirror, &whole[..last]).unwrap();
        let again = desk.run(change);
        if again.code == 0 {
            said_to_be_done += 1;
            let now = std::fs::read(&mirror).unwrap();
            assert!(
                now.starts_with(&whole),
                "{change:?} is said to be done, and the mirror does not know of it"
            );
        }
        std::fs::write(&mirror, whole).unwrap();
    }
    assert!(said_to_be_done >= 2, "only {said_to_be_done} were found done already");
}

/// A finding that names a log by its own id: its declaration is gone as well.
fn names_log(finding: &serde_json::Value, name: &str) -> bool {
    let text = finding["text"].as_str().unwrap();
    finding["name"] == name && text.get(..8).is_some_and(|id| id.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A damaged mirror changes nothing of what is stored, and is made whole by the repair. With a database that is damaged
/// too, what is left is told: nothing is invented, and nothing goes unsaid.
#[test]
fn a_damaged_mirror_does_no_harm_and_is_made_whole() {
    let (desk, told) = filled();
    let good = desk.path("good");
    copy(&desk.home(), &good);
    let mirrors: Vec<PathBuf> =
        std::fs::read_dir(desk.home().join("mirror")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(mirrors.len(), 2);
    let mut dice = Dice::new("mirror");
    let (tries, mut both, mut short, mut unproven) = (rounds(8, 300), 0, 0, 0);
    for round in 0..tries {
        std::fs::remove_dir_all(desk.home()).unwrap();
        copy(&good, &desk.home());
        let hurt_one = hurt(&mirrors[dice.below(2)], &mut dice);
        let what = format!("round {round}: {hurt_one} of a mirror");
        all_there(&desk, &told, &what);
        if round % 2 == 0 {
            desk.run(&["doctor", "--repair"]).code(0);
            std::fs::remove_file(desk.home().join("warroom.db")).unwrap();
            desk.run(&["doctor", "--repair"]).code(0);
            all_there(&desk, &told, &format!("{what}, made whole, and the database lost"));
            continue;
        }
        both += 1;
        let what = format!("{what}, {} of the database", hurt(&desk.home().join("warroom.db"), &mut dice));
        if desk.run(&["verify"]).code == 0 && desk.run(&["doctor"]).code == 0 {
            all_there(&desk, &told, &what);
            continue;
        }
        let done = desk.run(&["doctor", "--repair", "--json"]);
        // Where the words of an event are nowhere, that stays to be seen.
        let verified = desk.run(&["verify"]);
        let only_words = verified.code == 5 && verified.out.contains("payload missing") && done.code == 1;
        assert!(verified.code == 0 || only_words, "{what}: {verified:?} after {done:?}");
        let mut gone: Vec<(&str, usize)> = Vec::new();
        for (id, lines) in &told {
            // A log of which nothing is left has no timeline.
            let has = desk.run(&["timeline", id, "--json"]);
            let has: serde_json::Value = serde_json::from_str(&has.out).unwrap_or_default();
            let texts: Vec<&str> =
                has["entries"].as_array().into_iter().flatten().filter_map(|e| e["text"].as_str()).collect();
            let of_log = |text: &&&str| text.contains(": line ");
            for text in texts.iter().filter(of_log) {
                assert!(lines.iter().any(|line| line == text), "{what}: {text:?} was never said");
            }
            let missing = lines.iter().filter(|line| !texts.contains(&line.as_str())).count();
            gone.extend((missing > 0).then_some((id.as_str(), missing)));
        }
        if gone.is_empty() {
            continue;
        }
        short += 1;
        // What is lost is named; where nothing tells how far a log had come, that is said of this log.
        let findings = done.json()["findings"].as_array().unwrap().clone();
        let says = |name: &str, id: &str| {
            findings.iter().any(|f| f["name"] == name && f["text"].as_str().unwrap().starts_with(id))
        };
        for (id, gone) in &gone {
            let is_lost = says("lost", id) || findings.iter().any(|f| names_log(f, "lost"));
            assert!(
                is_lost || says("end", id),
                "{what}: {id} lost {gone} lines, and nothing says so: {done:?}"
            );
            unproven += usize::from(!is_lost);
        }
        assert_eq!(done.code == 0, !findings.iter().any(|f| f["name"] == "lost"), "{what}: {done:?}");
        // What is left is written to as any other, and nothing asks to be repaired again.
        for (id, _) in told.iter().filter(|(id, _)| desk.run(&["timeline", id]).code == 0) {
            let ran = desk.run(&["log", id, "it goes on"]);
            let undeclared = findings.iter().any(|f| {
                let text = f["text"].as_str().unwrap();
                text.starts_with(id.as_str()) && text.contains("takes no line")
            });
            assert!(ran.code == 0 || undeclared, "{what}: {ran:?}");
        }
        let doctor = desk.run(&["doctor", "--json"]).json();
        let doctor = doctor["findings"].as_array().unwrap();
        assert!(doctor.iter().all(|f| f["ok"] == true || f["name"] == "verify"), "{what}: {doctor:#?}");
    }
    figure(&format!(
        "damaged mirror: {tries} did no harm; {both} with the database damaged too, of which {short} lost something; of {unproven} logs it is said only that nothing tells how far they had come"
    ));
}

#[test]
fn what_is_changed_by_hand_is_put_right_from_the_mirror_and_kept_for_evidence() {
    let (desk, told) = filled();
    super::repair::by_hand(
        &desk,
        "DROP TRIGGER payload_is_not_changed; UPDATE payload SET body = x'7b7d' WHERE seq = 3",
    );
    desk.run(&["verify"]).code(5);
    let done = desk.run(&["doctor", "--repair"]).code(0);
    assert!(done.out.contains("put together again"), "{done:?}");
    all_there(&desk, &told, "changed by hand");
    let kept = std::fs::read_dir(desk.home().join("damaged")).unwrap().next().unwrap().unwrap().path();
    assert!(kept.join("warroom.db").is_file());
}

/// A list whose row bears the name of a log that never was claims nothing that was lost.
#[test]
fn a_damaged_name_of_a_log_is_not_taken_for_a_log_that_is_gone() {
    let (desk, told) = filled();
    super::repair::by_hand(
        &desk,
        "PRAGMA foreign_keys = OFF; DROP TRIGGER payload_is_not_changed; UPDATE payload SET body = x'7b7d' WHERE seq = 3;
         UPDATE summary SET log = randomblob(16) WHERE number = 2",
    );
    let done = desk.run(&["doctor", "--repair"]).code(0);
    assert!(done.out.contains("put together again"), "{done:?}");
    assert!(!done.out.contains("nothing here tells whether it had come further"), "{done:?}");
    all_there(&desk, &told, "a foreign name");
}

#[test]
fn erased_words_are_in_no_file_of_the_home() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    let words = "the-name-of-the-patient";
    let seq = desk.json(&["log", &id, words])["entries"][0]["seq"].to_string();
    let holds = |folder: &Path| -> Vec<PathBuf> {
        super::out::walk(folder)
            .into_iter()
            .filter(|p| {
                let bytes = std::fs::read(p).unwrap();
                bytes.windows(words.len()).any(|w| w == words.as_bytes())
            })
            .collect()
    };
    // As the hourly snapshot would have it.
    std::fs::copy(desk.home().join("warroom.db"), desk.home().join("snapshots/warroom-20261120T130000Z.db"))
        .unwrap();
    assert_eq!(holds(&desk.home()).len(), 3, "database, mirror and snapshot have them");
    // A form that the line had before has words of its own.
    desk.ok(&["amend", &id, &seq, "--text", &format!("amended: {words}")]);
    desk.ok(&["amend", &id, &seq, "--text", &format!("once more: {words}")]);
    desk.ok(&["redact", &id, &seq, "--reason", "a name"]);
    assert_eq!(holds(&desk.home()), Vec::<PathBuf>::new());
    assert_eq!(
        std::fs::read_dir(desk.home().join("snapshots")).unwrap().count(),
        1,
        "a new snapshot was made"
    );
    // Nor do they come back when the database is put together again.
    std::fs::remove_file(desk.home().join("warroom.db")).unwrap();
    desk.run(&["doctor", "--repair"]).code(0);
    assert_eq!(holds(&desk.home()), Vec::<PathBuf>::new());
    assert_eq!(desk.json(&["verify"])["redacted"], 3);
    assert!(!desk.ok(&["timeline", &id, "--all", "--json"]).contains(words));
}

#[test]
fn a_redaction_names_what_still_holds_the_words() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    let seq =
        desk.json(&["log", &id, "* the-name-of-the-patient was on it"])["entries"][0]["seq"].to_string();
    desk.ok(&["resolve", &id]);
    let draft = desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap().to_owned();
    let commit = desk.json(&["postmortem", "publish", &id, "--waive", "try"])["commit"].clone();
    let kept = desk.home().join("evidence/kept.txt");
    std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
    std::fs::write(&kept, "seen: the-name-of-the-patient\n").unwrap();
    let ran = desk.run(&["redact", &id, &seq, "--reason", "a name", "--json"]).code(0);
    let remains = ran.json()["remains"].as_array().unwrap().clone();
    let has = |path: &str| remains.iter().any(|r| r["path"] == path && r["commit"].is_null());
    assert!(has(&draft) && has(kept.to_str().unwrap()), "{remains:?}");
    assert!(remains.iter().any(|r| r["commit"] == commit), "{remains:?}");
    assert!(ran.err.contains("filter-repo") && ran.err.contains(commit.as_str().unwrap()), "{}", ran.err);
    assert!(!ran.err.contains("the-name"), "{}", ran.err);
    // Where nothing is left, nothing is said.
    let seq = desk.json(&["log", &id, "only-here-0001"])["entries"][0]["seq"].to_string();
    let ran = desk.run(&["redact", &id, &seq, "--reason", "a name", "--json"]).code(0).json();
    assert_eq!((ran["remains"].as_array().unwrap().len(), ran["rewrite"].is_null()), (0, true));
}
