//! Clocks and targets of one incident.

use serde_json::Value;

use super::{Desk, texts};

fn find(desk: &Desk, key: &str) -> Value {
    let clocks = desk.json(&["clock", "list", "."])["clocks"].as_array().unwrap().clone();
    clocks.into_iter().find(|c| c["clock"] == key).unwrap()
}

/// A time to the minute.
fn minute(time: &Value) -> &str {
    time.as_str().unwrap().split_at(16).0
}

#[test]
fn a_clock_is_listed_moved_and_acknowledged() {
    let mut desk = Desk::new();
    desk.declare("Web is down");
    let clock = find(&desk, "resolution");
    assert_eq!((&clock["state"], &clock["moved"]), (&"quiet".into(), &false.into()));
    assert_eq!(minute(&clock["deadline"]), "2026-11-20T18:00");
    desk.set("WARROOM_NOW", "2026-11-20T14:01:00Z");
    let said = desk.json(&["clock", "ack", ".", "resolve", "--until", "20:30", "--reason", "vendor"]);
    assert_eq!(said["entries"][0]["text"], "resolution moved to 2026-11-20 20:30Z · vendor");
    let clock = find(&desk, "resolution");
    assert_eq!(minute(&clock["deadline"]), "2026-11-20T20:30");
    assert_eq!((minute(&clock["before"]), clock["by"].as_str()), ("2026-11-20T18:00", Some("alice")));
    let text = desk.ok(&["clock", "list", "."]);
    assert!(text.contains("moved from 2026-11-20 18:00Z") && text.contains("(alice: vendor)"), "{text}");
    desk.run(&["clock", "ack", ".", "update", "--reason", "seen"]).refuses(1, "has not run out");
    desk.set("WARROOM_NOW", "2026-11-20T14:45:00Z");
    assert_eq!(find(&desk, "update")["state"], "breached");
    desk.ok(&["clock", "ack", ".", "update", "--reason", "comms is on the phone"]);
    let clock = find(&desk, "update");
    assert_eq!((&clock["state"], &clock["acknowledged"]), (&"breached".into(), &true.into()));
}

#[test]
fn a_target_holds_for_one_incident_and_goes_back_to_the_rule() {
    let mut desk = Desk::new();
    desk.declare("Web is down");
    desk.set("WARROOM_NOW", "2026-11-20T14:01:00Z");
    let said = desk.json(&["target", ".", "resolution", "8h", "--reason", "agreed"]);
    assert_eq!(said["entries"][0]["text"], "target of resolution: 8h · agreed");
    assert_eq!(find(&desk, "resolution")["target"], "8h");
    desk.ok(&["log", ".", ":target resolution 2 business days the law"]);
    desk.ok(&["log", ".", ":clock resolution until 2026-11-23 09:00 weekend"]);
    assert!(desk.ok(&["clock", "list", "."]).contains("2026-11-23 09:00Z"));
    desk.ok(&["target", ".", "resolution", "default", "--reason", "over"]);
    assert!(texts(&desk.timeline(".")).iter().any(|t| t.contains("as the team's rule says")));
}

#[test]
fn what_does_not_fit_is_refused() {
    let desk = Desk::new();
    desk.declare("Web is down");
    desk.run(&["target", ".", "lunch", "8h", "--reason", "x"]).refuses(2, "is not a clock");
    desk.run(&["target", ".", "resolution", "5 x 4", "--reason", "x"]).refuses(2, "is not a target");
    desk.run(&["target", ".", "resolution", "8h"]).refuses(2, "--reason");
    desk.run(&["target", ".", "update", "soonish", "--reason", "x"]).refuses(2, "write a duration");
    desk.run(&["log", ".", ":target update \"next sprint\" x"]).refuses(2, "write a duration");
    desk.ok(&["target", ".", "resolution", "whenever", "--reason", "x"]);
    assert!(
        desk.ok(&["clock", "list", "."]).contains("no deadline        target of this incident: whenever")
    );
    assert_eq!(desk.json(&["clock", "list", "."])["without_deadline"][0]["target"], "whenever");
    desk.ok(&["target", ".", "resolution", "default", "--reason", "x"]);
    desk.run(&["target", ".", "resolution", "default", "--reason", "x"]).refuses(1, "already");
    desk.run(&["clock", "ack", ".", "ask:9", "--until", "1h", "--reason", "x"]).refuses(3, "does not run");
    desk.run(&["clock", "ack", ".", "update", "--until", "yesterday", "--reason", "x"]).refuses(2, "ahead");
}

#[test]
fn a_time_before_a_verb_counts_or_is_refused_in_words() {
    let mut desk = Desk::new();
    desk.declare("Web is down");
    desk.set("WARROOM_NOW", "2026-11-20T14:40:00Z");
    let said = desk.json(&["log", ".", "-4m :clock update comms is on the phone"]);
    assert_eq!(minute(&said["entries"][0]["occurred_at"]), "2026-11-20T14:36", "{said:#}");
    desk.json(&["log", ".", "-2m :clock resolution 6h vendor"]);
    assert_eq!(minute(&find(&desk, "resolution")["deadline"]), "2026-11-20T20:38", "six hours from then");
    desk.run(&["log", ".", "-3m :clock resolution 1h vendor"]).refuses(1, "alice spoke of the clock");
    let ask = desk.json(&["log", ".", "-10m + @bob list builds"])["entries"][0]["seq"].to_string();
    let said = desk.json(&["log", ".", &format!("-4m :ack {ask}"), "--as", "bob"]);
    assert_eq!(minute(&said["entries"][0]["occurred_at"]), "2026-11-20T14:36", "{said:#}");
    let file = desk.file("audit.log", "02:47 signed\n");
    let said = desk.json(&["log", ".", &format!("-4m :evidence {file} identity")]);
    assert_eq!(minute(&said["entries"][0]["occurred_at"]), "2026-11-20T14:36", "{said:#}");
    for line in ["-4m :close", "14:30 :brief", "-4m :attach x", "-4m :run 1"] {
        desk.run(&["log", ".", line]).refuses(2, "takes no time");
    }
}

#[test]
fn no_time_runs_out_for_which_there_was_no_clock() {
    let mut desk = Desk::new();
    let ran_out = |desk: &Desk, id: &str| {
        let lines = desk.timeline(id);
        let lines = texts(&lines).into_iter().filter(|t| t.starts_with("time ran out")).map(str::to_owned);
        lines.collect::<Vec<_>>()
    };
    let none = Vec::<String>::new();
    // Written down afterwards, line by line.
    let kind = ["--kind", "backfilled", "--severity", "P1", "--at", "2026-11-12 10:00"];
    desk.ok(&[&["declare", "Old outage"][..], &kind].concat());
    desk.ok(&["log", "1", "2026-11-12 10:05 paged"]);
    desk.ok(&["role", "1", "commander", "bob", "--at", "2026-11-12 10:03"]);
    desk.ok(&["resolve", "1", "--at", "2026-11-12 11:00"]);
    assert_eq!(ran_out(&desk, "1"), none);
    // It was none of that severity then.
    desk.ok(&["declare", "Slow pages", "--severity", "P4", "--commander", "bob"]);
    desk.set("WARROOM_NOW", "2026-11-20T16:00:00Z");
    desk.ok(&["severity", "2", "P1"]);
    desk.ok(&["log", "2", "worse than it looked"]);
    assert_eq!(ran_out(&desk, "2"), none);
    desk.set("WARROOM_NOW", "2026-11-20T16:31:00Z");
    desk.ok(&["log", "2", "nobody has told anybody"]);
    assert_eq!(ran_out(&desk, "2"), ["time ran out: no update internal went out"]);
}

/// What the timeline says ran out, without the words that all have.
fn ran_out(desk: &Desk, id: &str) -> Vec<String> {
    let lines = desk.timeline(id);
    texts(&lines).into_iter().filter_map(|t| t.strip_prefix("time ran out: ")).map(str::to_owned).collect()
}

#[test]
fn what_comes_late_does_not_hide_that_it_came_late() {
    let mut desk = Desk::new();
    let ids: Vec<String> = (0..11).map(|n| desk.declare(&format!("Web {n} is down"))).collect();
    desk.set("WARROOM_NOW", "2026-11-20T14:01:00Z");
    // Of an incident that has nothing else, the decision is line 2 and the ask line 3.
    for id in &ids {
        desk.ok(&["log", id, "! do it check 5m"]);
        desk.ok(&["log", id, "+ @bob 5m look"]);
    }
    desk.set("WARROOM_NOW", "2026-11-20T19:00:00Z");
    let all = [
        "nobody checked the decision do it",
        "no answer to the ask @bob look, never acknowledged",
        "nobody had taken it",
        "no update internal went out",
        "it was not resolved",
    ];
    for (id, arguments, own) in [
        (&ids[0], &["resolve"][..], &[] as &[&str]),
        (&ids[1], &["update"], &["internal", "we look"]),
        (&ids[2], &["answer"], &["3", "nothing there"]),
        (&ids[3], &["verdict"], &["2", "held"]),
        (&ids[4], &["extend"], &["3", "10h"]),
        (&ids[5], &["clock", "ack"], &["update", "--until", "8h", "--reason", "all are asleep"]),
        (&ids[6], &["severity"], &["P3", "--reason", "one user"]),
        (&ids[7], &["reassign"], &["3", "carol"]),
        (&ids[8], &["role"], &["commander", "eve"]),
    ] {
        let arguments = [arguments, &[id.as_str()], own].concat();
        let said = desk.json(&arguments);
        let entries = said["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 1, "{arguments:?} tells its own line: {said:#}");
        assert!(!entries[0]["text"].as_str().unwrap().starts_with("time ran out"), "{said:#}");
        let mut told = ran_out(&desk, id);
        told.truncate(all.len());
        assert_eq!(told.len(), all.len(), "{arguments:?}: {told:?}");
        assert!(all.iter().all(|text| told.iter().any(|t| t == text)), "{arguments:?}: {told:?}");
        // What the program wrote in between is nobody's last action.
        if matches!(arguments[0], "resolve" | "severity" | "reassign" | "role") {
            let undone = desk.run(&["undo", id]).code(0);
            assert!(!undone.out.contains("time ran out"), "{arguments:?}: {undone:?}");
        }
    }
    // What was done in time and only written down late was in time, and what is refused writes nothing.
    desk.run(&["answer", &ids[9], "99", "nothing there"]).refuses(3, "99");
    assert_eq!(ran_out(&desk, &ids[9]), Vec::<String>::new());
    desk.ok(&["log", &ids[9], "14:05 > internal: we look"]);
    desk.ok(&["log", &ids[9], "14:04 :answer 3 nothing there"]);
    let lines = desk.timeline(&ids[9]);
    let late = lines.iter().find(|l| l["text"] == "time ran out: no update internal went out").unwrap();
    assert_eq!(minute(&late["occurred_at"]), "2026-11-20T14:35");
    // An incident that was written down afterwards never had a clock.
    desk.ok(&["set", &ids[10], "--kind", "backfilled"]);
    assert_eq!(ran_out(&desk, &ids[10]), Vec::<String>::new());
}

#[test]
fn what_was_due_while_it_was_resolved_did_not_run_out() {
    let mut desk = Desk::new();
    desk.ok(&["declare", "api down", "--severity", "P1", "--commander", "alice"]);
    desk.set("WARROOM_NOW", "2026-11-20T14:06:00Z");
    desk.ok(&["update", ".", "internal", "we look"]);
    desk.set("WARROOM_NOW", "2026-11-20T14:10:00Z");
    desk.ok(&["resolve", "."]);
    desk.set("WARROOM_NOW", "2026-11-22T14:10:00Z");
    desk.ok(&["reopen", "1", "--reason", "it is back"]);
    assert_eq!(ran_out(&desk, "1"), Vec::<String>::new());
    assert_eq!(minute(&find(&desk, "update")["deadline"]), "2026-11-22T14:40");
    assert_eq!(minute(&find(&desk, "resolution")["deadline"]), "2026-11-22T18:00");
    desk.set("WARROOM_NOW", "2026-11-22T14:41:00Z");
    desk.ok(&["resolve", "1"]);
    assert_eq!(ran_out(&desk, "1"), ["no update internal went out"]);
}

#[test]
fn what_a_law_asks_for_runs_from_the_detection_and_is_owed_until_the_close() {
    let mut desk = Desk::new();
    desk.set("WARROOM_NOW", "2026-11-20T20:00:00Z");
    let id = desk.declare("Data of customers is out");
    desk.ok(&["target", &id, "update:regulator", "72h", "--reason", "the law"]);
    desk.ok(&["milestone", &id, "detected", "--at", "2026-11-20 10:00Z"]);
    let due = |desk: &Desk| desk.json(&["updates"])["updates"].to_string();
    desk.ok(&["resolve", &id]);
    assert!(due(&desk).contains("\"due_at\":\"2026-11-23T10:00:00.000Z\""), "{}", due(&desk));
    assert!(desk.ok(&["clock", "list", &id]).contains("2026-11-23 10:00Z"));
    let ran = desk.run(&["closure", &id, "notifications", "done"]).code(0);
    assert!(
        ran.err.contains("update regulator is owed and was not sent, due 2026-11-23 10:00 UTC"),
        "{ran:?}"
    );
    desk.set("WARROOM_NOW", "2026-11-24T10:00:00Z");
    desk.ok(&["log", &id, "the letter is late"]);
    assert!(
        desk.ok(&["timeline", &id, "--all"]).contains("no update regulator"),
        "{}",
        desk.ok(&["timeline", &id, "--all"])
    );
    desk.ok(&["update", &id, "regulator", "notified"]);
    assert_eq!(due(&desk), "[]");
    let ran = desk.run(&["closure", &id, "notifications", "done"]).code(0);
    assert!(!ran.err.contains("owed"), "{ran:?}");
}

#[test]
fn what_is_written_down_late_takes_back_that_a_time_ran_out() {
    let mut desk = Desk::new();
    desk.set("WARROOM_NOW", "2026-11-20T14:20:00Z");
    desk.ok(&["declare", "Written down late", "--severity", "P1", "--at", "2026-11-20 10:00Z"]);
    desk.ok(&["role", ".", "commander", "alice", "--at", "2026-11-20 10:05Z"]);
    desk.ok(&["log", ".", "2026-11-20 10:20Z > internal: we look"]);
    desk.ok(&["resolve", "1", "--at", "2026-11-20 13:00Z"]);
    let text = desk.ok(&["timeline", "1", "--all"]);
    let said = |why: &str| text.contains(&format!("[crossed out by alice: not so: {why}"));
    assert!(
        said("it was taken 2026-11-20 10:05 UTC]") && said("it was sent 2026-11-20 10:20 UTC]"),
        "{text}"
    );
    assert!(said("it was resolved 2026-11-20 13:00 UTC]"), "{text}");
    // The second update did not come in time, and stays where the first words are the same.
    let late =
        |text: &str| text.lines().filter(|l| l.contains("time ran out") && !l.contains("not so")).count();
    assert_eq!(late(&text), 1, "{text}");
    for format in ["md", "csv"] {
        let out = desk.ok(&["export", "1", "--format", format]);
        assert_eq!(late(&out), 1, "{format}: {out}");
    }
    let path = desk.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
    let draft = std::fs::read_to_string(path).unwrap();
    let poorly = draft.split("## What Went Poorly").nth(1).unwrap().split("\n## ").next().unwrap();
    assert_eq!(late(poorly), 1, "{poorly}");
    desk.ok(&["verify"]);
}
