//! Panes that hold more than there is room for: they say so.

use super::picture;
use crate::app::fixture::Desk;
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
