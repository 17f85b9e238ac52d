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
    for line in ["-4m :close", "14:30 :brief", "-4m :attach x", "-4m :evidence /tmp/x", "-4m :run 1"] {
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
