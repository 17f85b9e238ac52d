//! What is lost when database and mirror are damaged at once: it is named, log by log; where nothing on this host can tell
//! how far a log had come, that is said too, and nothing is lost in silence.

use std::path::PathBuf;

use serde_json::Value;

use super::{Desk, filled};

/// A desk with twenty lines, and the mirror of its log.
fn told() -> (Desk, PathBuf) {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    desk.ok(&["role", &id, "commander", "alice"]);
    let lines: String = (0..20).map(|n| format!("line {n} {}\n", "x".repeat(3_000))).collect();
    desk.feed(&["log", &id, "-"], lines.as_bytes()).code(0);
    let mirror = std::fs::read_dir(desk.home().join("mirror")).unwrap().next().unwrap().unwrap().path();
    (desk, mirror)
}

/// Where the records of a mirror begin.
fn records(mirror: &[u8]) -> Vec<usize> {
    (0..mirror.len()).filter(|at| mirror[*at..].starts_with(b"wrm1 ")).collect()
}

/// The texts of the findings of that name.
fn findings(document: &Value, name: &str) -> Vec<String> {
    let all = document["findings"].as_array().unwrap().iter();
    all.filter(|f| f["name"] == name).map(|f| f["text"].as_str().unwrap().to_owned()).collect()
}

fn without_database(desk: &Desk) {
    for name in ["warroom.db", "warroom.db-wal", "warroom.db-shm"] {
        let _ = std::fs::remove_file(desk.home().join(name));
    }
}

#[test]
fn of_a_database_that_was_cut_what_is_left_is_read_and_the_rest_is_named() {
    let (desk, mirror) = told();
    let head = desk.json(&["verify"])["heads"][0]["seq"].as_u64().unwrap();
    let file = desk.home().join("warroom.db");
    let whole = std::fs::read(&file).unwrap();
    let mut shorter = 0;
    for keep in [whole.len() - 1, whole.len() * 3 / 4, whole.len() / 2, whole.len() / 4, 20_000] {
        std::fs::remove_dir_all(desk.home().join("mirror")).unwrap();
        std::fs::create_dir(desk.home().join("mirror")).unwrap();
        without_database(&desk);
        std::fs::write(&file, &whole[..keep]).unwrap();
        let done = desk.run(&["doctor", "--repair", "--json"]).json();
        let lost = findings(&done, "lost");
        let ends = std::fs::read(&mirror).map_or(0, |bytes| records(&bytes).len() as u64);
        if ends < head {
            shorter += 1;
            let named = format!("INC-2026-0001: {} to {head} are gone", ends + 1);
            // Where no event can be read, that is said of all.
            let repaired = &findings(&done, "repaired")[0];
            let traced = ends == 0 && repaired.contains(": 1 to ") && repaired.contains(" are gone");
            let told = lost.iter().any(|text| text.contains(&named)) || traced;
            assert!(told, "cut to {keep}, it ends at {ends}: {done:#}");
        }
        let has = desk.run(&["timeline", "1", "--json"]);
        let has = has.out.matches("\"text\": \"line ").count();
        assert!(has == 20 || ends == 0 || !lost.is_empty(), "cut to {keep}: {has} lines, {done:#}");
    }
    assert!(shorter >= 2, "only {shorter} cuts were deep enough");
}

#[test]
fn a_mirror_that_ends_in_the_middle_of_an_event_says_that_something_followed() {
    let (desk, mirror) = told();
    let whole = std::fs::read(&mirror).unwrap();
    let starts = records(&whole);
    let last = *starts.last().unwrap();
    let events = starts.len();
    for keep in [last + 3, last + 20, last + 200, last + 600, last + 2_000, whole.len() - 1] {
        without_database(&desk);
        std::fs::write(&mirror, &whole[..keep]).unwrap();
        let done = desk.run(&["doctor", "--repair", "--json"]).code(1).json();
        let lost = findings(&done, "lost");
        let named = format!("INC-2026-0001: {events} ");
        assert!(lost.len() == 1 && lost[0].starts_with(&named), "{} bytes: {lost:?}", keep - last);
        // It goes on from what is left.
        desk.ok(&["log", "1", "it goes on"]);
        desk.run(&["doctor"]).code(0);
    }
}

/// Both were cut between two events, and nobody else has a head: no trace of what followed is anywhere. That is said.
#[test]
fn where_nothing_tells_how_far_a_log_had_come_that_is_said() {
    let (desk, mirror) = told();
    let whole = std::fs::read(&mirror).unwrap();
    let kept = desk.json(&["verify"])["heads"][0].clone();
    without_database(&desk);
    let starts = records(&whole);
    std::fs::write(&mirror, &whole[..starts[10]]).unwrap();
    let done = desk.run(&["doctor", "--repair", "--json"]).code(0).json();
    let end = findings(&done, "end");
    assert!(
        end.len() == 1 && end[0].starts_with("INC-2026-0001: it ends at 10, and nothing here tells"),
        "{end:?}"
    );
    // Whoever kept a head finds it.
    let head = format!("{}:{}", kept["seq"], kept["head"].as_str().unwrap());
    assert_eq!(desk.run(&["verify", "--head", &head, "--json"]).code(5).json()["ok"], false);
}

/// What was published holds a head outside of database and mirror.
#[test]
fn a_published_postmortem_tells_that_its_log_had_come_further() {
    let (desk, mirror) = told();
    desk.ok(&["resolve", "1"]);
    let draft = desk.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(&draft).unwrap();
    std::fs::write(&draft, filled(&text)).unwrap();
    desk.ok(&["postmortem", "publish", "1"]);
    let whole = std::fs::read(&mirror).unwrap();
    without_database(&desk);
    std::fs::write(&mirror, &whole[..records(&whole)[10]]).unwrap();
    let done = desk.run(&["doctor", "--repair", "--json"]).code(1).json();
    let verify = findings(&done, "verify");
    assert!(verify[0].contains("INC-2026-0001") && !verify[0].contains("as they were written"), "{done:#}");
}

/// A log with a gap goes on from before it: what lies behind is kept for evidence, and asks for no further repair.
#[test]
fn a_log_that_lost_an_event_in_the_middle_goes_on_and_what_lay_behind_is_kept() {
    let (desk, mirror) = told();
    let other = desk.declare("Another one");
    let whole = std::fs::read(&mirror).unwrap();
    let starts = records(&whole);
    without_database(&desk);
    std::fs::write(&mirror, [&whole[..starts[10]], &whole[starts[11]..]].concat()).unwrap();
    let done = desk.run(&["doctor", "--repair", "--json"]).code(1).json();
    let lost = findings(&done, "lost");
    assert!(
        lost.iter().any(|l| l.contains(&format!("{} later events from 12 on", starts.len() - 11))),
        "{lost:?}"
    );
    desk.ok(&["log", "1", "it goes on"]);
    desk.ok(&["log", &other, "and so does this one"]);
    desk.run(&["doctor"]).code(0);
    desk.run(&["doctor", "--repair"]).code(0);
    let kept = std::fs::read_dir(desk.home().join("damaged")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(
        std::fs::read_dir(kept.join("mirror")).unwrap().count(),
        1,
        "the mirror that did not fit is kept"
    );
    // What is erased later goes from what was kept as well, which is told.
    let redacted = desk.json(&["redact", "1", "4", "--reason", "a name"]);
    let erased = redacted["erased_kept"].as_array().unwrap();
    assert!(erased.iter().any(|r| r["path"].as_str().unwrap().contains("/damaged/")), "{redacted:#}");
    assert_eq!(redacted["remains"].as_array().unwrap().len(), 0, "{redacted:#}");
    // The new mirror is one: the database comes back from it.
    let heads = desk.json(&["verify"])["heads"].clone();
    without_database(&desk);
    desk.run(&["doctor", "--repair"]).code(0);
    assert_eq!(desk.json(&["verify"])["heads"], heads);
}
