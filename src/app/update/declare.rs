//! Declaring: a title is enough. Beside it stand runbooks and past incidents that match; Tab goes there, where the
//! digits pick runbooks.

use super::super::effect::{Effect, NewIncident};
use super::super::model::{Declare, Hit, Model, Overlay, RunbookChoice, Waiting};

/// Opens the screen.
pub(super) fn open(model: &mut Model, title: &str) {
    let mut declare = Declare::default();
    declare.editor.set_text(title);
    model.overlays.push(Overlay::Declare(declare));
}

/// The title changed: ask for what matches, one question at a time.
pub(super) fn edited(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(Overlay::Declare(declare)) = model.overlays.last_mut() else { return };
    declare.problem = None;
    if declare.asked.is_some() {
        return;
    }
    let title = declare.editor.text().trim().to_owned();
    if title.chars().count() < 3 {
        declare.runbooks.clear();
        declare.similar.clear();
        return;
    }
    let ticket = model.ticket(Waiting::Suggest);
    if let Some(Overlay::Declare(declare)) = model.overlays.last_mut() {
        declare.asked = Some(ticket);
        declare.asked_for.clone_from(&title);
    }
    fx.push(Effect::Suggest(ticket, title));
}

/// What matches arrived; the title may have changed meanwhile.
pub(super) fn suggested(
    model: &mut Model,
    runbooks: Vec<RunbookChoice>,
    similar: Vec<Hit>,
    fx: &mut Vec<Effect>,
) {
    let Some(Overlay::Declare(declare)) =
        model.overlays.iter_mut().rev().find(|o| matches!(o, Overlay::Declare(_)))
    else {
        return;
    };
    declare.asked = None;
    declare.runbooks = runbooks.into_iter().take(3).collect();
    declare.similar = similar.into_iter().take(3).collect();
    if declare.editor.text().trim() != declare.asked_for {
        edited(model, fx);
    }
}

/// A digit in the lists: picks a runbook, or lets go of it.
pub(super) fn digit(model: &mut Model, c: char) {
    let Some(Overlay::Declare(declare)) = model.overlays.last_mut() else { return };
    let place = c.to_digit(10).and_then(|d| usize::try_from(d).ok()).and_then(|d| d.checked_sub(1));
    let Some(runbook) = place.and_then(|p| declare.runbooks.get(p)) else { return };
    if let Some(at) = declare.picked.iter().position(|n| *n == runbook.name) {
        declare.picked.remove(at);
    } else {
        declare.picked.push(runbook.name.clone());
    }
}

/// Enter: declares.
pub(super) fn accept(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(Overlay::Declare(declare)) = model.overlays.last_mut() else { return };
    if declare.sent.is_some() {
        return;
    }
    let title = declare.editor.text().trim().to_owned();
    if title.is_empty() {
        declare.problem = Some("a title is needed: one line that says what it is".to_owned());
        return;
    }
    let runbooks = declare.picked.clone();
    let ticket = model.ticket(Waiting::Open);
    if let Some(Overlay::Declare(declare)) = model.overlays.last_mut() {
        declare.sent = Some(ticket);
    }
    fx.push(Effect::Declare(ticket, NewIncident { title, severity: None, runbooks }));
}
