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
