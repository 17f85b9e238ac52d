//! What is highlighted is held by name from the moment it is shown, chosen or not: what others do changes no
//! selection. A pane that one leaves without having chosen anything in it shows what is next again.

use super::super::layout::Pane;
use super::super::model::{Model, Overlay, Room, Screen};
use super::room::roster_rows;
use crate::domain::event::Recorded;

/// Holds what is highlighted on the screen and in what lies over it.
pub(super) fn settle(model: &mut Model) {
    if let Some(Overlay::Pick(pick)) = model.overlays.last_mut() {
        pick.hold();
    }
    match model.screen {
        Screen::Home => model.home.hold(),
        Screen::Board => {
            if let Some(board) = &mut model.board {
                board.hold();
            }
        }
        Screen::Room => in_room(model),
        // Results are selected by place: they are ranked anew with each character.
        Screen::Find => {}
    }
}

/// Somebody chose in a pane of the room: that stays when the focus goes.
pub(super) fn chosen(room: &mut Room, pane: Pane) {
    if room.given == Some(pane) {
        room.given = None;
    }
}

/// One's own answer, verdict or state was stored: where nobody had chosen, what is next is shown.
pub(super) fn answered(room: &mut Room, events: &[Recorded], me: &str) {
    use crate::domain::event::Event::{AskAnswered, HypothesisChanged, VerdictGiven};
    let Some(pane) = room.given else { return };
    let shown = match pane {
        Pane::Decisions => room.decision,
        Pane::Asks => room.ask,
        _ => return,
    };
    let target = |event: &Recorded| match &event.event {
        Some(AskAnswered(body)) => Some(body.target),
        Some(HypothesisChanged(body)) => Some(body.target),
        Some(VerdictGiven(body)) => Some(body.target),
        _ => None,
    };
    if shown.is_some() && events.iter().any(|e| e.by == me && target(e) == shown) {
        leave(room, pane);
    }
}

/// One's own runbook is shown as soon as it is attached, also to whoever stands in the pane.
pub(super) fn attached(room: &mut Room) {
    room.runbook = None;
    room.runbook_given = false;
    room.step = None;
}

fn in_room(model: &mut Model) {
    let roles: Vec<String> = match &model.room {
        Some(room) if room.focus == Pane::Roster => roster_rows(model).into_iter().map(|r| r.role).collect(),
        _ => Vec::new(),
    };
    let Some(room) = &mut model.room else { return };
    if let Some(pane) = room.given.filter(|pane| *pane != room.focus) {
        leave(room, pane);
    }
    if room.focus != Pane::Runbook && room.runbook_given {
        room.runbook = None;
        room.runbook_given = false;
    }
    let was = (room.role.clone(), room.step, room.decision, room.ask, room.hit.clone());
    match room.focus {
        Pane::Roster => {
            if !roles.iter().any(|role| Some(role) == room.role.as_ref()) {
                room.role = roles.into_iter().next();
            }
        }
        Pane::Runbook => {
            if room.runbook.is_none() {
                room.runbook = room.shown_runbook().map(|r| r.seq);
                room.runbook_given = true;
            }
            room.step = room.current_step().map(|s| s.at);
        }
        Pane::Decisions => room.decision = room.current_decision(),
        Pane::Asks => room.ask = room.current_ask(),
        Pane::Similar => room.hit = room.current_hit().map(|hit| hit.path.clone()),
        _ => return,
    }
    if was != (room.role.clone(), room.step, room.decision, room.ask, room.hit.clone()) {
        room.given = Some(room.focus);
    }
}

/// Forgets what was only shown.
fn leave(room: &mut Room, pane: Pane) {
    room.given = None;
    match pane {
        Pane::Roster => room.role = None,
        Pane::Runbook => room.step = None,
        Pane::Decisions => room.decision = None,
        Pane::Asks => room.ask = None,
        Pane::Similar => room.hit = None,
        _ => {}
    }
}
