//! Drills, tests and what was dismissed: found and marked, never counted, never asked about.

use crate::cli::Desk;
use crate::cli::journey::written;

const TITLE: &str = "Signing key leaked by a build";

/// The postmortem of an incident, published.
fn published(desk: &Desk) -> String {
    let id = written(desk, TITLE);
    desk.json(&["postmortem", "publish", &id]);
    id
}

fn hit(desk: &Desk, ask: &[&str], id: &str) -> serde_json::Value {
    let found = desk.json(ask);
    let hit = found["results"].as_array().unwrap().iter().find(|hit| hit["id"] == id);
    hit.unwrap_or_else(|| panic!("{found:#}")).clone()
}

#[test]
fn what_was_no_failure_is_marked_and_not_asked_about() {
    let desk = Desk::new();
    let theirs = "---\nid: X-1\nkind: drill\ndate: 2026-10-01\n---\n# Signing key leaked by a build\n\nA key for signing leaked.\n";
    desk.ok(&["import", &desk.file("theirs/x.md", theirs)]);
    let dismissed = published(&desk);
    let now = desk.declare("Signing key leaked by a build again");
    let same = |id: &str| hit(&desk, &["similar", &now], id)["same_failure"].as_array().unwrap().len();
    assert_eq!(same(&dismissed), 1, "it is a failure so far");
    desk.ok(&["set", &dismissed, "--disposition", "false-alarm", "--reason", "a test of the scanner"]);
    let ask = ["similar", &now];
    for (id, word, mark) in [("X-1", "drill", "DRILL"), (&dismissed, "false-alarm", "FALSE ALARM")] {
        assert_eq!(hit(&desk, &ask, id)["not_counted"], word);
        assert_eq!(same(id), 0, "{id}");
        for asked in [&ask[..], &["search", "signing key"], &["search", "signing key", "--like", &now]] {
            assert_eq!(hit(&desk, asked, id)["same_failure"], serde_json::json!([]), "{asked:?}");
            let text = desk.ok(asked);
            assert!(text.contains(&format!("{id}  {mark}  {TITLE}")), "{asked:?}: {text}");
        }
    }
    let real = published(&desk);
    assert_eq!(hit(&desk, &ask, &real).get("not_counted"), None);
    assert_eq!(same(&real), 1);
    let told = desk.run(&["declare", TITLE]).code(0).err;
    assert!(told.contains(&format!("{dismissed}  FALSE ALARM  ")), "{told}");
}

#[test]
fn patterns_count_no_drill_whatever_its_postmortem_says() {
    let desk = Desk::new();
    let theirs =
        "---\nid: X-1\ndisposition: duplicate-of X-2\ndate: 2026-10-01\n---\n# Key leaked\n\nA key leaked.\n";
    desk.ok(&["import", &desk.file("theirs/x.md", theirs)]);
    let drill = written(&desk, TITLE);
    desk.ok(&["set", &drill, "--kind", "drill"]);
    let draft = desk.home().join("drafts").join(format!("{drill}.md"));
    let text = std::fs::read_to_string(&draft).unwrap();
    std::fs::write(&draft, text.replace("\nkind: real\n", "\nkind: drill\n")).unwrap();
    desk.json(&["postmortem", "publish", &drill]);
    let figures = || {
        let found = desk.json(&["patterns"]);
        [found["counted"].clone(), found["asides"].clone()].map(|n| n.as_u64().unwrap())
    };
    assert_eq!(figures(), [0, 2]);
    let text = desk.ok(&["patterns"]);
    assert!(text.contains("; not counted: 2 drills, tests, false alarms, duplicates"), "{text}");
    // What the log says today rules over what was published, both ways.
    desk.ok(&["set", &drill, "--kind", "real"]);
    assert_eq!(figures(), [1, 1]);
    desk.ok(&["set", &drill, "--disposition", "false-alarm", "--reason", "nothing had leaked"]);
    assert_eq!(figures(), [0, 2]);
    assert_eq!(
        desk.json(&["search", "key leaked"])["results"].as_array().unwrap().len(),
        2,
        "they are found"
    );
}

#[test]
fn what_recurs_a_drill_or_was_dismissed_is_no_recurrence() {
    let desk = Desk::new();
    let (drill, real) = (published(&desk), published(&desk));
    let now = desk.declare("Signing key leaked by a build again");
    let figures = || {
        let listed = desk.json(&["story", "list"]);
        let again = listed["stories"].as_array().unwrap().iter().filter(|s| s.get("raised_by").is_some());
        (desk.json(&["stats"])["recurrences"].as_u64().unwrap(), again.count())
    };
    desk.ok(&["link", &now, "recurrence", &drill]);
    assert_eq!(figures().0, 1);
    desk.ok(&["set", &drill, "--kind", "drill"]);
    assert_eq!(figures().0, 0, "a drill was no failure");
    desk.ok(&["link", &now, "--remove", &drill]);
    desk.ok(&["link", &now, "recurrence", &real]);
    assert_eq!(figures(), (1, 3));
    // The earlier one counts, whenever it was.
    assert_eq!(desk.json(&["stats", "--since", "2026-11-20"])["recurrences"], 1);
    desk.ok(&["set", &now, "--disposition", "false-alarm", "--reason", "nothing had leaked"]);
    assert_eq!(figures(), (0, 0), "it did not happen again");
}
