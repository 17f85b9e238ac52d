//! The list of the home screen: taken over when it was read, and read again when something of it has run out.

use super::super::effect::Effect;
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
