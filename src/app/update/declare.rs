//! Declaring: a title is enough. Beside it stand runbooks and past incidents that match; Tab goes there, where the
//! digits pick runbooks.

use super::super::effect::{Effect, NewIncident};
use super::super::model::{Declare, Model, Overlay, Waiting};
use super::super::msg::Suggestions;

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
    // A blank behind it says that its last word is whole.
    let title = declare.editor.text().trim_start().to_owned();
    if title.trim_end().chars().count() < 3 {
        declare.runbooks.clear();
        declare.similar.clear();
        declare.services.clear();
        declare.not_known = None;
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
pub(super) fn suggested(model: &mut Model, found: Suggestions, fx: &mut Vec<Effect>) {
    let Some(Overlay::Declare(declare)) =
        model.overlays.iter_mut().rev().find(|o| matches!(o, Overlay::Declare(_)))
    else {
        return;
    };
    declare.asked = None;
    declare.runbooks = found.runbooks.into_iter().take(3).collect();
    declare.similar = found.similar.into_iter().take(3).collect();
    declare.services = found.services.into_iter().take(3).collect();
    declare.not_known = found.failed;
    if declare.editor.text().trim_start() != declare.asked_for {
        edited(model, fx);
    }
}

/// A digit in the lists: picks a runbook or, after them, a service of the title, or lets go of it.
pub(super) fn digit(model: &mut Model, c: char) {
    let Some(Overlay::Declare(declare)) = model.overlays.last_mut() else { return };
    let place = c.to_digit(10).and_then(|d| usize::try_from(d).ok()).and_then(|d| d.checked_sub(1));
    let Some(place) = place else { return };
    let service = place.checked_sub(declare.runbooks.len()).and_then(|p| declare.services.get(p));
    let (name, list) = match (declare.runbooks.get(place), service) {
        (Some(runbook), _) => (&runbook.name, &mut declare.picked),
        (None, Some(service)) => (service, &mut declare.untouched),
        (None, None) => return,
    };
    if let Some(at) = list.iter().position(|n| n == name) {
        list.remove(at);
    } else {
        list.push(name.clone());
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
    let mut services = declare.services.clone();
    services.retain(|name| !declare.untouched.contains(name));
    let ticket = model.ticket(Waiting::Open);
    if let Some(Overlay::Declare(declare)) = model.overlays.last_mut() {
        declare.sent = Some(ticket);
    }
    fx.push(Effect::Declare(ticket, NewIncident { title, severity: None, runbooks, services }));
}
