//! `w`: what waits next, every clock among it.

use super::*;
use crate::domain::request::{Keep, StepPick, When};

/// A room in which every sort of clock has run out.
fn late() -> Desk {
    let mut desk = Desk::room(120, 40, "alice");
    desk.line("14:38", "bob", "> customers: we look next 10m");
    let due = Some(When::In(Span::minutes(30)));
    desk.ask("14:38", "bob", Keep::StepDue { step: StepPick::Named("2".into()), due }.into());
    desk.open();
    desk.model.now = at("19:00");
    desk
}

/// What `w` tells in a whole round, and the line of the timeline or the step that it leads to.
fn round(desk: &mut Desk, presses: usize) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for _ in 0..presses {
        desk.keys("w");
        let said = desk.model.notice.as_ref().unwrap().text.clone();
        let room = desk.model.room.as_ref().unwrap();
        let line = match (room.focus, room.selected) {
            (Pane::Timeline, Some(RowId::Entry(seq))) => {
                room.incident.timeline.get(seq).unwrap().text.clone()
            }
            (Pane::Runbook, _) => format!("step {}", room.current_step().unwrap().number),
            (pane, _) => format!("{pane:?}"),
        };
        out.push((said, line));
    }
    out
}

#[test]
fn every_clock_that_ran_out_is_gone_to_at_its_own_line() {
    let mut desk = late();
    desk.later(1);
    desk.serve();
    let went = round(&mut desk, 8);
    for (what, line) in [
        ("ask @bob", "Asks"),
        ("contain budget", "time ran out: the budget of contain was used up"),
        ("update customers", "time ran out: no update customers went out"),
        ("check decision", "Decisions"),
        ("update internal", "time ran out: no update internal went out"),
        ("step 2", "step 2"),
        ("resolve", "time ran out: it was not resolved"),
        ("hypothesis", "Asks"),
    ] {
        let found = went.iter().find(|(said, _)| said.contains(what));
        assert_eq!(found.map(|(_, line)| line.as_str()), Some(line), "{what}: {went:?}");
    }
    assert!(went[7].0.starts_with("8 of 8"), "{went:?}");
    desk.keys("w");
    assert!(desk.model.notice.as_ref().unwrap().text.starts_with("1 of 8"), "round");
}

#[test]
fn a_home_that_cannot_be_written_tells_of_them_all_the_same() {
    let mut desk = late();
    desk.model.read_only = true;
    desk.later(1);
    desk.serve();
    let said: Vec<String> = round(&mut desk, 8).into_iter().map(|(said, _)| said).collect();
    for what in
        ["ask @bob", "contain budget", "update customers", "update internal", "step 2", "resolve over"]
    {
        assert!(said.iter().any(|s| s.contains(what)), "{what}: {said:?}");
    }
}
