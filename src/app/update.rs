//! The one function that changes the model. `update` takes a message and its moment, and gives what the shell has to
//! do. No I/O, no clock, no waiting; one file a topic.

mod amending;
mod answers;
pub mod available;
mod boards;
pub mod briefing;
mod choose;
pub mod closing;
mod completing;
pub mod compose;
mod crossing;
mod declare;
pub mod find;
mod helping;
mod holding;
mod home;
mod jump;
mod keys;
mod left;
pub mod lines;
mod motion;
mod mouse;
mod people;
pub mod room;
pub(crate) mod running;
mod selection;
mod stored;
mod tables;
mod ticking;
mod wording;

#[cfg(test)]
mod tests;

use super::effect::Effect;
use super::model::{Draft, Model, Screen, Waiting};
use super::msg::{Msg, Stamped};
use crate::domain::ids::LogId;
use crate::domain::incident::Incident;

/// What the shell has to do at the start: read the list of the home screen.
pub fn start(model: &mut Model) -> Vec<Effect> {
    vec![Effect::LoadHome(model.ticket(Waiting::Home))]
}

/// Has a room opened by its log: at the start, when it is the only open one.
pub fn open(model: &mut Model, log: LogId) -> Vec<Effect> {
    vec![Effect::Open(model.ticket(Waiting::Open), log)]
}

/// Goes into a room that the shell has folded already, so that the first frame shows it.
pub fn enter(model: &mut Model, incident: Incident, draft: Option<&Draft>) -> Vec<Effect> {
    let mut fx = Vec::new();
    answers::enter(model, incident, draft);
    settle(model, &mut fx);
    fx
}

/// Takes a message.
pub fn update(model: &mut Model, message: Stamped<Msg>) -> Vec<Effect> {
    let mut fx = Vec::new();
    model.now = message.at;
    match message.msg {
        Msg::Key(key) => keys::press(model, key, &mut fx),
        Msg::Paste(text) | Msg::Burst(text) => keys::paste(model, &text, &mut fx),
        Msg::Mouse(report) => mouse::report(model, report, &mut fx),
        Msg::Resize(size) => model.size = size,
        Msg::Tick => {
            ticking::tick(model, &mut fx);
            boards::tick(model);
            home::tick(model, &mut fx);
        }
        Msg::Warning(trouble) => model.warn(answers::words(&trouble)),
        Msg::Building(percent) => model.building = percent,
        Msg::BoardStale => boards::read(model, &mut fx),
        Msg::Resumed => {
            let ticket = model.ticket(Waiting::Quiet);
            fx.push(Effect::Redraw(ticket));
        }
        Msg::FormLeft(form) => left::resume(model, &form, &mut fx),
        Msg::Terminate => fx.push(Effect::Quit),
        Msg::Refreshed(log, events) => room::refreshed(model, log, &events),
        Msg::HomeRefreshed(list) => model.home.fill(list),
        Msg::Answer(ticket, answer) => answers::answer(model, ticket, answer, &mut fx),
    }
    settle(model, &mut fx);
    fx
}

/// What holds after every message: what is selected is visible, what was seen is seen, what is typed is kept.
fn settle(model: &mut Model, fx: &mut Vec<Effect>) {
    tables::refresh(model);
    holding::settle(model);
    journal_form(model, fx);
    home::preview(model, fx);
    room::ask_held(model, fx);
    if model.screen != Screen::Room && !matches!(model.screen, Screen::Find) {
        // The verb that led to a board was run: it is no draft any more.
        return journal(model, fx);
    }
    motion::settle(model);
    room::ask_similar(model, fx);
    journal(model, fx);
}

/// Keeps the words of a form.
fn journal_form(model: &mut Model, fx: &mut Vec<Effect>) {
    let form = model.form();
    if form == model.form_journaled {
        return;
    }
    model.form_journaled.clone_from(&form);
    let ticket = model.ticket(Waiting::Quiet);
    let log = model.room.as_ref().filter(|_| model.screen != Screen::Home).map(|r| r.incident.log);
    fx.insert(0, Effect::JournalForm(ticket, log, form));
}

/// Keeps what is typed: the effect goes first, so that the shell writes it before it draws.
fn journal(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(room) = &model.room else { return };
    let mut unsent: Vec<_> = room.pending.iter().map(|p| (p.typed.clone(), p.at)).collect();
    // The words of a form that was sent have no row: they are kept until they are stored or back.
    unsent.extend(model.waiting.values().filter_map(|waiting| match waiting {
        Waiting::SubmitTyped(log, typed) | Waiting::Amend(log, _, typed) | Waiting::Evidence(log, typed) => {
            (*log == room.incident.log).then(|| (typed.clone(), room.incident.last_at))
        }
        _ => None,
    }));
    let draft = room.composer.draft(unsent);
    if draft == room.journaled {
        return;
    }
    let log = room.incident.log;
    let ticket = model.ticket(Waiting::Quiet);
    if let Some(room) = &mut model.room {
        room.journaled.clone_from(&draft);
    }
    fx.insert(0, Effect::Journal(ticket, log, draft));
}
