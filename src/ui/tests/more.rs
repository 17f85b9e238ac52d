//! Panes that hold more than there is room for: they say so.

use super::picture;
use crate::app::fixture::Desk;
use crate::app::model::{Hit, RunbookChoice, Waiting};
use crate::app::msg::{Answer, Msg, Suggestions};
use crate::domain::request::Request;

#[test]
fn roles_that_begin_alike_are_told_apart_in_the_roster() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.model.policy.extra_roles = vec!["customer-liaison".into(), "customer-care".into()];
    desk.model.policy.required_roles.insert("P1".into(), vec!["customer-care".into()]);
    let (role, person) = ("customer-liaison".into(), "grace".into());
    desk.ask("14:38", "alice", Request::AssignRole { role, person });
    desk.open();
    desk.keys("2G");
    let shown = picture(&desk.model);
    assert!(shown.contains("│c…liai grace") && shown.contains("│c…care — required at P1"), "{shown}");
}

#[test]
fn a_pane_that_is_cut_says_how_much_more_there_is() {
    let mut desk = Desk::room(80, 24, "alice");
    let shown = picture(&desk.model);
    assert!(shown.contains("┬ 2 Roster ── 1 more unfilled ─┐"), "{shown}");
    for (role, person) in [("legal", "grace"), ("deputy", "dana")] {
        desk.ask("14:38", "alice", Request::AssignRole { role: role.into(), person: person.into() });
    }
    desk.line("14:38", "alice", "! stop the builds");
    desk.open();
    let shown = picture(&desk.model);
    assert!(shown.contains("┬ 2 Roster 2 more, 1 unfilled ─┐"), "{shown}");
    for n in 0..4 {
        desk.line("14:38", "alice", &format!("! stop host {n}"));
    }
    for n in 0..20 {
        desk.line("14:38", "alice", &format!("+ @bob look at host {n}"));
    }
    desk.model.size = crate::app::layout::Size { w: 120, h: 40 };
    desk.open();
    let shown = picture(&desk.model);
    assert!(shown.contains("┬ 5 Brief ─── more below · UTC ─┐"), "{shown}");
    assert!(shown.contains("├ 6 Asks, hypotheses ─ 14 more ─┤"), "{shown}");
    desk.keys("5G");
    let shown = picture(&desk.model);
    assert!(shown.contains("┬ 5 Brief ──────────────── UTC ─┐"), "the end is seen: {shown}");
}

#[test]
fn a_narrow_composer_still_says_kind_time_and_age() {
    let long = "! roll back check at 12:40 @christopher.montgomery";
    for (line, short, age) in [
        (long, "decn", ""),
        ("-10m ! roll back check at 12:40 @hans.mueller-luedenscheidt", "decn", " (10m ago)"),
        ("> customers: contained, next update 12:40", "updt", ""),
        ("-10m > customers: done, next 5m", "updt", " (10m ago)"),
        ("+ look, @bob 3m", "ask", ""),
        ("! roll back check 5m @dana", "decn", ""),
        ("y 23:50 the key was signed with, as the logs say", "note", " (14h48m ago)"),
    ] {
        let time = if line.starts_with("y ") {
            "23:50Z"
        } else if age.is_empty() {
            "14:38Z"
        } else {
            "14:28Z"
        };
        for width in [40, 60, 80] {
            let mut desk = Desk::room(width, 24, "alice");
            desk.keys(&format!("i{line}"));
            let screen = picture(&desk.model);
            let row = screen.lines().find(|row| {
                row.contains(&format!("{time}{age}  ")) || row.ends_with(&format!("{time}{age}"))
            });
            let row = row.unwrap_or_else(|| panic!("{width} {line}:\n{screen}"));
            assert!(row.contains(&format!(" {short} ")), "{width} {line}: {row}");
        }
    }
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(&format!("i{long}"));
    let screen = picture(&desk.model);
    assert!(screen.contains(" decn @christopher.montgomery · check Sat 2026… 14:38Z  write"), "{screen}");
}

/// Past incidents of which all that can be known is known.
fn past() -> Vec<Hit> {
    let hit = |number: u32, title: &str, unshipped: &[&str]| Hit {
        id: format!("INC-2025-{number:04}"),
        title: title.to_owned(),
        date: "2025-03-02".into(),
        path: format!("{number}.md"),
        why: vec!["signing".into(), "key".into(), "service payments".into()],
        ended: "the key was revoked".into(),
        took: "8h28m".into(),
        unshipped: unshipped.iter().map(|s| (*s).to_owned()).collect(),
        same: vec!["same runbook signing-key-compromised".into()],
        ..Hit::default()
    };
    vec![
        hit(7, "Signing key in a build log", &["S2 keep keys out of CI variables", "S3 sign in the KMS"]),
        hit(11, "Key of the old registry", &["S1 rotate keys each year"]),
        hit(19, "Unsigned image in production", &["S4 refuse what is not signed"]),
    ]
}

#[test]
fn what_was_never_shipped_of_each_past_incident_is_seen_before_the_reasons_of_one() {
    let unshipped = |shown: &str| shown.matches("not shipped").count();
    let mut desk = Desk::room(120, 40, "alice");
    let ticket = desk.model.ticket(Waiting::Similar);
    desk.send(Msg::Answer(ticket, Answer::Similar(past())));
    let shown = picture(&desk.model);
    assert_eq!(unshipped(&shown), 3, "{shown}");
    insta::assert_snapshot!("similar_three_120x40", shown);
    // Whoever stands in the pane reads the selected one in full.
    desk.keys("7");
    let shown = picture(&desk.model);
    assert!(shown.contains("the same failure?") && shown.contains("took 8h28m"), "{shown}");
    desk.keys("jj");
    let shown = picture(&desk.model);
    assert!(shown.contains("S4 refuse") && shown.contains("took 8h28m"), "{shown}");
    insta::assert_snapshot!("similar_third_120x40", shown);
    for (w, h) in [(120, 40), (80, 24)] {
        let mut desk = Desk::at_home(w, h, "alice");
        desk.keys("nkey leaked");
        let asked = desk.model.waiting.iter().find(|(_, w)| **w == Waiting::Suggest).map(|(t, _)| *t);
        let runbooks = ["a", "b", "c"].map(|name| RunbookChoice {
            name: name.into(),
            title: format!("Runbook {name}"),
            ..RunbookChoice::default()
        });
        let found =
            Suggestions { runbooks: runbooks.into(), similar: past(), services: vec![], failed: None };
        desk.send(Msg::Answer(asked.unwrap(), Answer::Suggested(found)));
        let shown = picture(&desk.model);
        assert_eq!(unshipped(&shown), 3, "{shown}");
        insta::assert_snapshot!(format!("similar_three_declare_{w}x{h}"), shown);
    }
}
