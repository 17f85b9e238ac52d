//! The mouse: a click focuses a pane and selects a row, the wheel scrolls what is under it. It stores nothing, opens
//! nothing, and the composer keeps the keys.

use super::super::effect::Effect;
use super::super::layout::Pane;
use super::super::model::{Model, Room, RowId, Screen};
use super::super::pointing::{Mouse, MouseKind, Spot, pane_at, spot};
use super::super::tabs::tab_at;
use super::{find, holding, motion};

/// Rows that a notch of the wheel is.
const NOTCH: i64 = 3;

/// Takes a report.
pub(super) fn report(model: &mut Model, mouse: Mouse, fx: &mut Vec<Effect>) {
    let by = match mouse.kind {
        MouseKind::Press => return press(model, mouse, fx),
        MouseKind::ScrollUp => -NOTCH,
        MouseKind::ScrollDown => NOTCH,
    };
    if !model.overlays.is_empty() {
        return motion::by(model, by, fx);
    }
    let Some(placed) = pane_at(model, mouse.column, mouse.row) else { return };
    if placed.pane == Pane::Timeline {
        return roll_timeline(model, by, usize::from(placed.body.h));
    }
    // The pane under the mouse moves, the focus does not.
    let focus = motion::model_focus(model);
    motion::focus(model, placed.pane);
    motion::by(model, by, fx);
    motion::focus(model, focus);
}

fn press(model: &mut Model, mouse: Mouse, fx: &mut Vec<Effect>) {
    if !model.overlays.is_empty() {
        return;
    }
    if let Some(pane) = tab_at(model, mouse.column, mouse.row) {
        model.notice = None;
        return motion::focus(model, pane);
    }
    let Some(placed) = pane_at(model, mouse.column, mouse.row) else { return };
    model.notice = None;
    let found = spot(model, &placed, mouse.row);
    motion::focus(model, placed.pane);
    if let Some(spot) = found {
        select(model, spot, fx);
    }
}

/// Selects what was pointed at or gone to.
pub(super) fn select(model: &mut Model, spot: Spot, fx: &mut Vec<Effect>) {
    match (spot, model.screen, &mut model.room) {
        (Spot::Incident(log), ..) => model.home.selected = Some(log),
        (Spot::Result(place), ..) => {
            model.find.selected = place;
            find::read_selected(model, fx);
        }
        (spot, Screen::Room, Some(room)) => {
            holding::chosen(room, spot.pane());
            choose(room, spot);
        }
        _ => {}
    }
}

fn choose(room: &mut Room, spot: Spot) {
    match spot {
        Spot::Row(id) => room.selected = Some(id),
        Spot::Role(role) => room.role = Some(role),
        Spot::Step(at) => room.step = Some(at),
        Spot::Decision(seq) => room.decision = Some(seq),
        Spot::Ask(seq) => room.ask = Some(seq),
        Spot::Hit(path) => room.hit = Some(path),
        Spot::Incident(_) | Spot::Result(_) => {}
    }
}

/// Rolls the timeline under the mouse: the rows move at once, the selection goes along at the edge.
fn roll_timeline(model: &mut Model, by: i64, rows: usize) {
    let Some(room) = &mut model.room else { return };
    let page = room.page(rows).max(1);
    let end = room.rows.len().saturating_sub(page);
    let (from, _) = room.window(page);
    let step = usize::try_from(by.unsigned_abs()).unwrap_or(0);
    let to = if by < 0 { from.saturating_sub(step) } else { from.saturating_add(step).min(end) };
    if to == from && by < 0 {
        return;
    }
    if to == end && by > 0 {
        // At the end new entries are followed again.
        room.selected = None;
        room.top = None;
        return;
    }
    let last = to.saturating_add(page).saturating_sub(1);
    let place = room.selected.and_then(|id| room.rows.place(id)).unwrap_or(last).clamp(to, last);
    let id = room.rows.near(place).filter(|id| room.rows.place(*id).is_some_and(|p| p >= to));
    let first = room.rows.get(to).map(|r| r.id);
    room.selected =
        id.or_else(|| room.rows.all().iter().skip(to).map(|r| r.id).find(|id| !matches!(id, RowId::Day(..))));
    room.top = first;
}
