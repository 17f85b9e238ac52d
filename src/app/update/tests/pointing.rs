//! The mouse and the jump to what is open: they move focus and selection, and nothing else.

use crate::app::effect::Effect;
use crate::app::fixture::Desk;
use crate::app::layout::Pane;
use crate::app::model::{Overlay, RowId};
use crate::app::msg::Msg;
use crate::app::pointing::{Mouse, MouseKind};
use crate::domain::request::{Request, StepMove, StepPick};

fn mouse(desk: &mut Desk, kind: MouseKind, column: u16, row: u16) {
    desk.send(Msg::Mouse(Mouse { kind, column, row }));
}

fn selected(desk: &Desk) -> Option<String> {
    let room = desk.model.room.as_ref().unwrap();
    match room.selected? {
        RowId::Entry(seq) => room.incident.timeline.get(seq).map(|e| e.text.clone()),
        _ => None,
    }
}

#[test]
fn a_click_focuses_the_pane_and_selects_the_row_and_stores_nothing() {
    let mut desk = Desk::room(80, 24, "alice");
    let head = desk.stored.head;
    desk.effects.clear();
    let focus = |d: &Desk| d.model.room.as_ref().unwrap().focus;
    mouse(&mut desk, MouseKind::Press, 60, 9);
    assert_eq!(focus(&desk), Pane::Runbook);
    assert_eq!(desk.model.room.as_ref().unwrap().current_step().unwrap().number, 2);
    mouse(&mut desk, MouseKind::Press, 60, 13);
    assert_eq!(focus(&desk), Pane::Decisions);
    mouse(&mut desk, MouseKind::Press, 60, 2);
    assert_eq!(focus(&desk), Pane::Roster, "a title is the pane too");
    let row = desk.model.room.as_ref().unwrap().rows.get(2).unwrap().id;
    mouse(&mut desk, MouseKind::Press, 10, 6);
    assert_eq!(focus(&desk), Pane::Timeline);
    assert_eq!(desk.model.room.as_ref().unwrap().selected, Some(row), "below the impact");
    for (column, row) in [(48, 10), (0, 0), (79, 23), (500, 500), (10, 19)] {
        mouse(&mut desk, MouseKind::Press, column, row);
    }
    assert!(!desk.has_effect(|e| matches!(e, Effect::Submit { .. })));
    assert_eq!(desk.stored.head, head);
}

#[test]
fn the_wheel_rolls_what_is_under_it_and_the_composer_keeps_the_keys() {
    let mut desk = Desk::room(80, 24, "alice");
    for n in 0..40 {
        desk.others("carol", &format!("line {n}"));
    }
    desk.keys("ihalf a line");
    mouse(&mut desk, MouseKind::ScrollUp, 10, 10);
    assert!(selected(&desk).is_some());
    let room = desk.model.room.as_ref().unwrap();
    let (from, _) = room.window(room.page(17));
    assert_eq!(from, room.rows.len() - 16 - 3, "the rows move at once");
    mouse(&mut desk, MouseKind::ScrollDown, 60, 9);
    assert_eq!(desk.model.room.as_ref().unwrap().focus, Pane::Timeline, "the focus stays");
    assert_eq!(desk.model.room.as_ref().unwrap().current_step().unwrap().number, 5);
    mouse(&mut desk, MouseKind::Press, 60, 9);
    desk.keys(" more");
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert!(composer.open);
    assert_eq!(composer.editor.text(), "half a line more");
    for _ in 0..30 {
        mouse(&mut desk, MouseKind::ScrollUp, 10, 10);
    }
    assert_eq!(desk.model.room.as_ref().unwrap().window(16).0, 0);
    for _ in 0..30 {
        mouse(&mut desk, MouseKind::ScrollDown, 10, 10);
    }
    assert_eq!(desk.model.room.as_ref().unwrap().selected, None, "the end is followed again");
}

#[test]
fn a_click_below_an_overlay_does_nothing_and_the_wheel_scrolls_it() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?");
    mouse(&mut desk, MouseKind::Press, 10, 10);
    mouse(&mut desk, MouseKind::ScrollDown, 10, 10);
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!() };
    assert_eq!(pick.place(&pick.visible()), 3);
}

#[test]
fn w_goes_from_one_open_thing_to_the_next_and_round() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.ask(
        "14:38",
        "bob",
        Request::MoveStep {
            step: StepPick::Named("2".into()),
            change: StepMove::Block,
            person: None,
            reason: "no access".into(),
        },
    );
    desk.open();
    let head = desk.stored.head;
    let mut went: Vec<(Pane, String)> = Vec::new();
    for _ in 0..5 {
        desk.keys("w");
        let said = desk.model.notice.clone().unwrap().text;
        went.push((desk.model.room.as_ref().unwrap().focus, said));
    }
    let panes: Vec<Pane> = went.iter().map(|w| w.0).collect();
    assert_eq!(panes, [Pane::Asks, Pane::Runbook, Pane::Decisions, Pane::Asks, Pane::Asks], "{went:?}");
    assert!(went[0].1.starts_with("1 of 4: ask @bob over"), "{went:?}");
    assert!(went[1].1.contains("blocked: Stop builds"), "{went:?}");
    assert!(went[2].1.contains("no verdict: revoke"), "{went:?}");
    assert!(went[3].1.contains("hypothesis: key was"), "{went:?}");
    assert_eq!(went[4], went[0], "round");
    assert_eq!(desk.stored.head, head);
}

#[test]
fn where_a_pane_has_no_place_the_line_of_the_timeline_is_gone_to() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("fnothing of this<enter>w");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.focus, Pane::Timeline);
    assert!(selected(&desk).unwrap().contains("list builds since"));
    desk.keys(":next<enter>");
    assert_eq!(desk.model.room.as_ref().unwrap().focus, Pane::Decisions);
}

#[test]
fn a_click_on_a_tab_goes_to_its_pane() {
    for (w, h) in [(60, 20), (79, 23)] {
        let mut desk = Desk::room(w, h, "alice");
        let layout = desk.model.layout();
        let row = layout.tabs.y;
        for (nth, pane) in desk.model.panes().iter().enumerate() {
            let before: usize =
                crate::app::tabs::tabs(&desk.model, &layout).iter().take(nth).map(|t| t.label.len()).sum();
            mouse(&mut desk, MouseKind::Press, u16::try_from(before).unwrap() + 1, row);
            assert_eq!(desk.model.room.as_ref().unwrap().focus, *pane, "{w}x{h}");
            desk.keys("1");
        }
        mouse(&mut desk, MouseKind::Press, w - 1, row);
        assert_eq!(desk.model.room.as_ref().unwrap().focus, Pane::Timeline, "beside the tabs");
    }
}
