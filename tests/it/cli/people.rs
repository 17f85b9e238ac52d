//! Who can be reached how: from people.toml, and nowhere else.

use std::os::unix::fs::PermissionsExt;

use super::Desk;

const PEOPLE: &str = "\
[[person]]\nhandle = \"alice\"\nname = \"Alice Example\"\nphone = \"+49 30 5550100\"\nzone = \"Europe/Berlin\"\n\
roles = [\"ic\"]\nbackup = \"dora\"\n\
[[person]]\nhandle = \"dora\"\nname = \"Dora Example\"\nphone = \"+49 30 5550199\"\n\
[[person]]\nhandle = \"erin\"\nphone = \"+1 555 0100\"\nroles = [\"security-lead\"]\nexpertise = [\"kms\"]\n";

#[test]
fn people_are_listed_shown_and_called_in_order() {
    let desk = Desk::new();
    desk.declare("Signing key leaked");
    let file = desk.home().join("people.toml");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(desk.ok(&["people", "list"]).contains("nobody yet"));
    std::fs::write(&file, PEOPLE).unwrap();
    let alice = desk.json(&["people", "show", "@alice"]);
    assert_eq!((&alice["roles"][0], &alice["local_time"]), (&"commander".into(), &"15:00".into()));
    desk.run(&["people", "show", "bob"]).refuses(3, "alice, dora, erin");
    assert_eq!(desk.json(&["people", "list"])["people"].as_array().unwrap().len(), 3);
    desk.json(&["runbook", "attach", ".", "signing-key-compromised"]);
    let call = desk.json(&["people", "call", "."]);
    let lines = call["lines"].as_array().unwrap();
    let find = |role: &str| lines.iter().find(|l| l["role"] == role).unwrap();
    assert_eq!(find("security-lead")["calls"][0]["person"]["phone"], "+1 555 0100");
    assert!(find("security-lead")["said"].as_str().unwrap().starts_with("Security lead"), "{call:#}");
    let commander = find("commander")["calls"].as_array().unwrap();
    assert_eq!((&commander[0]["handle"], &commander[1]["why"]), (&"alice".into(), &"backup of alice".into()));
    assert!(desk.ok(&["people", "call", "."]).contains("+49 30 5550199"));
}

#[test]
fn a_broken_list_stops_nothing_and_nothing_of_it_leaves_the_machine() {
    let desk = Desk::new();
    desk.declare("Web is down");
    desk.file("home/people.toml", format!("{PEOPLE}phon = \"1\"\n"));
    desk.ok(&["log", ".", "a line"]);
    let check = desk.run(&["config", "check"]).code(2);
    assert!(check.out.contains("people.toml:17: phon:") && check.out.contains("\"phone\"?"), "{check:?}");
    desk.file("home/templates/update-internal.txt", "{{ nonsense( }}\n");
    assert!(desk.run(&["config", "check"]).code(2).out.contains("update-internal.txt:1:"));
    for format in ["md", "html", "json", "csv"] {
        let text = desk.ok(&["export", ".", "--format", format]);
        // Whole numbers and names: four digits of one stand in a digest now and then.
        for own in ["5550100", "5550199", "555 0100", "Alice Example"] {
            assert!(!text.contains(own), "{format}: {own}");
        }
    }
    let copy = desk.path("copy");
    let report = desk.json(&["backup", copy.to_str().unwrap()]);
    assert!(report["left_out"].to_string().contains("people.toml"), "{report:#}");
    assert!(!copy.join("people.toml").exists());
}

#[test]
fn a_role_tells_its_duties_and_the_roster_its_history() {
    let mut desk = Desk::new();
    desk.declare("Web is down");
    let said = desk.run(&["role", ".", "scribe", "bob"]).code(0);
    assert!(said.err.contains("bob, your part:") && said.err.contains("Back-dates"), "{said:?}");
    desk.set("WARROOM_NOW", "2026-11-20T14:10:00Z");
    desk.json(&["role", ".", "scribe", "carol"]);
    let shown = desk.json(&["show", "."]);
    let bob = shown["participants"].as_array().unwrap().iter().find(|p| p["person"] == "bob").unwrap();
    assert!(bob["left"].as_str().unwrap().starts_with("2026-11-20T14:10"), "{bob:#}");
    assert!(shown["roles"].as_array().unwrap().iter().any(|r| r["person"] == "bob" && !r["to"].is_null()));
    let text = desk.ok(&["show", "."]);
    assert!(text.contains("participants: bob (left 2026-11-20 14:10Z) · alice · carol\n"), "{text}");
}

#[test]
fn a_list_that_other_accounts_can_read_is_told_and_stops_nothing() {
    let desk = Desk::new();
    desk.declare("Signing key leaked");
    let file = desk.home().join("people.toml");
    std::fs::write(&file, PEOPLE).unwrap();
    assert!(!desk.run(&["doctor"]).out.contains("chmod"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let doctor = desk.run(&["doctor"]);
    assert!(doctor.out.contains("telephone numbers") && doctor.out.contains("chmod 600"), "{doctor:?}");
    assert!(desk.ok(&["people", "list"]).contains("alice"));
}
