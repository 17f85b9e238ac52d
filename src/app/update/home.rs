//! The list of the home screen: taken over when it was read, and read again when something of it has run out; and what
//! is shown of the selected incident.

use super::super::effect::Effect;
use super::super::layout::Pane;
use super::super::model::{Model, Screen, Waiting};
use crate::domain::time::Span;

/// How long it is not read again because of a clock, whatever else runs out: reading asks every open incident.
const AGAIN: Span = Span::minutes(1);

/// Goes to it. Who comes from a room finds it selected.
pub(super) fn open(model: &mut Model, fx: &mut Vec<Effect>) {
    if let Some(room) = model.room.take() {
        model.home.selected = Some(room.incident.log);
    }
    model.screen = Screen::Home;
    read(model, fx);
}

/// Has the selected incident read where it is shown beside the list: one at a time, however fast the selection moves,
/// and again when something was stored in it. What is not the whole team's to read stays in its room.
pub(super) fn preview(model: &mut Model, fx: &mut Vec<Effect>) {
    if model.screen != Screen::Home || model.waiting.values().any(|w| *w == Waiting::Preview) {
        return;
    }
    let Some(row) = model.home.row().filter(|row| !row.restricted) else { return };
    let wanted = (row.log, row.updated_at);
    if model.home.previewed == Some(wanted) || !model.layout().panes.iter().any(|p| p.pane == Pane::Preview) {
        return;
    }
    model.home.previewed = Some(wanted);
    let ticket = model.ticket(Waiting::Preview);
    fx.push(Effect::Preview(ticket, wanted.0));
}

fn read(model: &mut Model, fx: &mut Vec<Effect>) {
    let ticket = model.ticket(Waiting::Home);
    fx.push(Effect::LoadHome(ticket));
}

/// A second went by: what has run out since is counted.
pub(super) fn tick(model: &mut Model, fx: &mut Vec<Effect>) {
    let now = model.now;
    let has_run_out = model.home.list.next.is_some_and(|at| at <= now);
    // A clock that was set back does not put it off.
    let soon = model.home.looked.is_some_and(|at| at <= now && now - at < AGAIN);
    if model.screen != Screen::Home
        || !has_run_out
        || soon
        || model.waiting.values().any(|w| *w == Waiting::Home)
    {
        return;
    }
    model.home.looked = Some(now);
    read(model, fx);
}
