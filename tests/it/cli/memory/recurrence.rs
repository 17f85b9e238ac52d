//! The same failure twice: proposed with what speaks for it, said by a person, told in both incidents, counted, and
//! what was not shipped raised again. And what does not fire.

use crate::cli::Desk;
use crate::cli::journey::written;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/postmortems");

/// A home with other people's postmortems, and one of ours that was published with its stories.
fn home(title: &str) -> (Desk, String) {
    let desk = Desk::new();
    desk.ok(&["import", FIXTURES]);
    let id = written(&desk, title);
    desk.json(&["postmortem", "publish", &id]);
    (desk, id)
}

fn of<'a>(found: &'a serde_json::Value, id: &str) -> Option<&'a serde_json::Value> {
    found["results"].as_array().unwrap().iter().find(|one| one["id"] == id)
}

fn raised(desk: &Desk) -> Vec<String> {
    let listed = desk.json(&["story", "list"]);
    let again = |s: &&serde_json::Value| s.get("raised_by").is_some();
    listed["stories"]
        .as_array()
        .unwrap()
        .iter()
        .filter(again)
        .map(|s| s["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_same_failure_is_proposed_and_what_a_person_says_is_told_in_both_counted_and_raised() {
    let (desk, first) = home("Signing key leaked by a build");
    let second = desk.declare("Signing key leaked by a build again");
    let found = desk.json(&["similar", &second]);
    let hit = of(&found, &first).unwrap_or_else(|| panic!("{found:#}"));
    let evidence = hit["same_failure"][0].as_str().unwrap();
    assert!(evidence.starts_with("same words ") && evidence.contains("sign"), "{hit:#}");
    assert_eq!(hit.get("said"), None);
    let shown = desk.run(&["similar", &second]).code(0);
    assert!(shown.out.contains("the same failure? same words"), "{}", shown.out);
    assert!(shown.err.contains(&format!("warroom link {second} recurrence {first}")), "{}", shown.err);
    // What words find is compared as well, with the incident that is named.
    let found = desk.json(&["search", "key leaked", "--like", &second]);
    let hit = of(&found, &first).unwrap_or_else(|| panic!("{found:#}"));
    assert_eq!(hit["same_failure"][0], evidence);
    let words = desk.ok(&["search", "key leaked", "--like", &second]);
    assert!(words.contains("the same failure? same words"), "{words}");
    assert_eq!(
        of(&desk.json(&["search", "key leaked"]), &first).unwrap()["same_failure"],
        serde_json::json!([])
    );
    desk.run(&["search", "key", "--like", "99"]).refuses(3, "no incident");
    // Nothing is said before a person says it.
    assert_eq!(desk.json(&["show", &second])["related"], serde_json::json!([]));
    assert_eq!(desk.json(&["stats"])["recurrences"], 0);
    assert_eq!(raised(&desk), [""; 0]);

    desk.ok(&["link", &second, "recurrence", &first]);
    let related = |id: &str| desk.json(&["show", id])["related"].clone();
    assert_eq!(related(&second), serde_json::json!([{ "incident": first, "relation": "recurrence" }]));
    assert_eq!(related(&first), serde_json::json!([{ "incident": second, "relation": "recurred" }]));
    assert_eq!(desk.json(&["stats"])["recurrences"], 1);
    assert!(desk.ok(&["stats"]).contains("the same failure again 1"));
    assert_eq!(raised(&desk).len(), 3, "every story of the first that was not shipped");
    let rows = desk.ok(&["story", "list"]);
    assert!(rows.lines().next().unwrap().contains(&format!("AGAIN in {second}")), "{rows}");
    let hit = desk.json(&["similar", &second]);
    assert_eq!(of(&hit, &first).unwrap()["said"], "recurrence");
    assert!(!desk.run(&["similar", &second]).code(0).err.contains("warroom link"), "it is said");
    assert_eq!(desk.json(&["verify"])["ok"], true);
}

#[test]
fn a_person_refuses_and_can_say_otherwise_later() {
    let (desk, first) = home("Signing key leaked by a build");
    let second = desk.declare("Signing key leaked by a build again");
    desk.ok(&["link", &second, "different", &first]);
    let told = desk.run(&["declare", "Signing key leaked by a build"]).code(0);
    assert!(told.err.contains(&first), "another incident is not concerned: {}", told.err);
    let hit = desk.json(&["similar", &second]);
    assert_eq!(of(&hit, &first).unwrap()["said"], "different");
    assert!(
        !desk.run(&["similar", &second]).code(0).err.contains("warroom link"),
        "it is not proposed again"
    );
    assert_eq!((desk.json(&["stats"])["recurrences"].as_u64(), raised(&desk).len()), (Some(0), 0));
    assert!(!desk.ok(&["brief", &second]).contains(&first), "what does not belong to it is not told");
    desk.ok(&["link", &second, "recurrence", &first]);
    assert_eq!((desk.json(&["stats"])["recurrences"].as_u64(), raised(&desk).len()), (Some(1), 3));
    assert!(desk.ok(&["brief", &first]).contains(&format!("recurred: {second}")), "the first tells it anew");
}

#[test]
fn merely_the_same_service_does_not_fire() {
    let (desk, first) = home("Signing key leaked by a build");
    for title in ["Build slow", "Build returns 503 for everyone", "build is down again"] {
        let other = desk.json(&["declare", title, "--service", "build"]);
        let found = desk.json(&["similar", other["id"].as_str().unwrap()]);
        assert!(of(&found, &first).is_some(), "{title}: the service finds it");
        for hit in found["results"].as_array().unwrap() {
            assert_eq!(hit["same_failure"], serde_json::json!([]), "{title}: {hit:#}");
        }
    }
}

#[test]
fn stories_that_were_shipped_are_not_raised_again() {
    let (desk, first) = home("Signing key leaked by a build");
    let second = desk.declare("Signing key leaked by a build again");
    desk.ok(&["link", &second, "recurrence", &first]);
    let all = raised(&desk);
    for (nth, story) in all.iter().enumerate() {
        desk.ok(&["story", "ship", story, "--reason", "it is in the release of today"]);
        assert_eq!(raised(&desk).len(), all.len() - nth - 1);
    }
    assert_eq!(desk.json(&["stats"])["recurrences"], 1, "it recurred all the same");
    // A drill that plays it is no recurrence of it.
    let (desk, first) = home("Signing key leaked by a build");
    let drill = desk.json(&["declare", "Signing key leaked by a build", "--kind", "drill"]);
    desk.ok(&["link", drill["id"].as_str().unwrap(), "recurrence", &first]);
    assert_eq!((desk.json(&["stats"])["recurrences"].as_u64(), raised(&desk).len()), (Some(0), 0));
}

#[test]
fn the_id_of_a_postmortem_is_one_however_it_is_typed() {
    let desk = Desk::new();
    let past = desk.file(
        "past/DNS-2021-004.md",
        "---\nid: dns-2021-004\n---\n# Resolver lost its root\n\nThe file of the root servers was empty.\n",
    );
    desk.ok(&["import", &past]);
    let id = desk.declare("Resolver lost its root");
    let related = || desk.json(&["show", &id])["related"].clone();
    let said = |relation: &str| serde_json::json!([{ "incident": "dns-2021-004", "relation": relation }]);
    desk.ok(&["link", &id, "recurrence", "DNS-2021-004"]);
    assert_eq!(related(), said("recurrence"));
    desk.ok(&["link", &id, "different", "Dns-2021-004"]);
    assert_eq!(related(), said("different"));
    assert_eq!(of(&desk.json(&["similar", &id]), "dns-2021-004").unwrap()["said"], "different");
    desk.ok(&["link", &id, "--remove", "DNS-2021-004"]);
    assert_eq!(related(), serde_json::json!([]));
}

#[test]
fn a_link_that_is_said_again_stores_nothing_and_says_nothing_false() {
    let (desk, first) = home("Signing key leaked by a build");
    let second = desk.declare("Signing key leaked by a build again");
    let stored = |id: &str| desk.json(&["verify", id])["checked"].clone();
    let link = || desk.run(&["link", &second, "recurrence", &first]).code(0);
    let without = format!("the postmortem of {first} is published without the link");
    assert!(link().err.contains(&without));
    let counts = (stored(&first), stored(&second));
    let again = link();
    assert_eq!(again.out.trim(), format!("{second}: nothing changed"));
    assert!(again.err.contains(&without), "that is still so: {}", again.err);
    assert_eq!((stored(&first), stored(&second)), counts);
    desk.ok(&["postmortem", "draft", &first]);
    desk.json(&["postmortem", "publish", &first]);
    assert!(!link().err.contains("published without"), "{:?}", link());
    // One that does not go into the archive any more is not told to.
    desk.ok(&["link", &second, "--remove", &first]);
    desk.ok(&["set", &first, "--visibility", "restricted"]);
    let told = link().err;
    assert!(!told.contains("published without") && !told.contains("publish"), "{told}");
    // What is said otherwise is stored, and so is what is said after that.
    desk.ok(&["link", &second, "different", &first]);
    desk.ok(&["link", &second, "recurrence", &first]);
    assert_eq!(desk.json(&["show", &second])["related"][0]["relation"], "recurrence");
}
