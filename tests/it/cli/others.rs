//! What one person does to what another one did: an undo is of one's own, a close stays, an objection has its name.

use super::Desk;

#[test]
fn an_undo_leaves_what_another_one_did_since() {
    let desk = Desk::new();
    desk.declare("Signing key leaked");
    desk.ok(&["phase", "1", "contain"]);
    desk.ok(&["phase", "1", "recover", "--as", "bob"]);
    desk.run(&["undo", "1"]).refuses(4, "bob acted on it since (phase recover)");
    desk.run(&["undo", "1", "--yes"]).refuses(4, "phase contain cannot be taken back");
    assert_eq!(desk.json(&["show", "1"])["phase"], "recover");
    desk.ok(&["undo", "1", "--yes", "--as", "bob"]);
    desk.ok(&["undo", "1", "--yes"]);
    assert_eq!(desk.json(&["show", "1"])["phase"], "detect");
    desk.ok(&["resolve", "1"]);
    desk.ok(&["close", "1", "--waive", "a try", "--as", "bob"]);
    desk.run(&["undo", "1", "--yes"]).refuses(4, "bob acted on it since (closing)");
    assert_eq!(desk.json(&["show", "1"])["state"], "closed");
}

#[test]
fn a_close_that_waives_ends_what_is_owed_and_is_shown_with_its_reason() {
    let desk = Desk::new();
    desk.ok(&["declare", "Web is down", "--severity", "P3", "--commander", "bob"]);
    desk.ok(&["resolve", "1"]);
    assert_eq!(desk.json(&["stats"])["postmortems_owed"], 1);
    desk.ok(&["close", "1", "--waive", "too small to care"]);
    assert_eq!(desk.json(&["stats"])["postmortems_owed"], 0);
    assert_eq!(desk.json(&["list", "--all"])["incidents"][0]["postmortem_waived"], true);
    let waived = "waived: too small to care";
    for words in [&["show", "1"][..], &["brief", "1"], &["export", "1", "--format", "md", "--brief"]] {
        let told = desk.ok(words);
        assert!(told.contains(waived), "{words:?}: {told}");
    }
    // The row says what it said before: one that an older version wrote is no other than its log.
    desk.ok(&["doctor"]);
    desk.ok(&["reopen", "1", "--reason", "it came back"]);
    assert_eq!(desk.json(&["list", "--all"])["incidents"][0]["postmortem_waived"], false);
    assert!(!desk.ok(&["show", "1"]).contains(waived) && !desk.ok(&["brief", "1"]).contains(waived));
}

#[test]
fn a_closed_incident_takes_facts_and_no_change_of_state() {
    let desk = Desk::new();
    desk.declare("Signing key leaked");
    desk.json(&["runbook", "attach", "1", "signing-key-compromised"]);
    desk.ok(&["resolve", "1"]);
    desk.ok(&["close", "1", "--waive", "a try"]);
    for words in [
        &["severity", "1", "P2", "--reason", "smaller"][..],
        &["phase", "1", "recover"],
        &["role", "1", "comms", "dana"],
        &["step", "1", "tick", "1"],
        &["step", "1", "assign", "1", "--person", "dana"],
        &["runbook", "detach", "1", "signing-key-compromised"],
        &["closure", "1", "cause", "done"],
    ] {
        desk.run(words).refuses(1, "is closed; reopen it with a reason to go on");
    }
    desk.ok(&["log", "1", "found in the bill: it began a week before"]);
    desk.ok(&["milestone", "1", "started", "--at", "-2h"]);
    desk.ok(&["scope", "1", "api", "--state", "affected"]);
    desk.ok(&["set", "1", "--impact", "half of the users"]);
    desk.ok(&["reopen", "1", "--reason", "it came back"]);
    desk.ok(&["phase", "1", "recover"]);
}

#[test]
fn an_objection_is_of_the_one_who_is_named_at_its_end() {
    let desk = Desk::new();
    desk.declare("Signing key leaked");
    let decided = desk.json(&["decide", "1", "stop all builds"]);
    let line = decided["entries"][0]["seq"].to_string();
    desk.ok(&["object", "1", &line, "too slow @dana"]);
    desk.ok(&["object", "1", &line, "we mail @erin", "--person", "fay"]);
    let lines = desk.ok(&["timeline", "1", "--all"]);
    assert!(lines.contains("dana objects: too slow · against"), "{lines}");
    assert!(lines.contains("fay objects: we mail @erin · against"), "{lines}");
}

#[test]
fn other_words_for_a_command_are_known() {
    let desk = Desk::new();
    desk.ok(&["declare", "by other words", "--severity", "P3", "--commander", "alice"]);
    desk.ok(&["playbook", "attach", ".", "signing-key"]);
    desk.ok(&["priority", ".", "P2"]);
    desk.ok(&["task", ".", "@bob 3m look"]);
    assert!(desk.ok(&["help", "playbook"]).contains("runbook"));
    desk.ok(&["log", ".", ":priority P1"]);
    assert_eq!(desk.json(&["show", "."])["severity"], "P1");
    desk.ok(&["resolve", "."]);
    desk.ok(&["post-incident-review", "draft", "1"]);
    desk.ok(&["action-item", "add", "1", "look earlier"]);
    assert!(desk.ok(&["story", "list"]).contains("look earlier"));
}
