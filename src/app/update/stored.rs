//! What a request of this screen leaves to be said once it is stored. It must not refuse anything.

use super::super::model::Model;
use crate::domain::event::{Event, Recorded};
use crate::domain::wording::UNAPPROVED;
use crate::domain::words::Visibility;

/// Says it in the last row.
pub(super) fn tell(model: &mut Model, events: &[Recorded]) {
    tell_unapproved(model, events);
    tell_still_published(model, events);
}

/// A draft went out that nobody approved: whoever sent it may have thought that somebody had.
fn tell_unapproved(model: &mut Model, events: &[Recorded]) {
    let Some(room) = &model.room else { return };
    let sent = events.iter().filter(|e| e.by == model.me).find_map(|e| match &e.event {
        Some(Event::UpdateSent(e)) => room.incident.talk.updates.get(&e.target?),
        _ => None,
    });
    if let Some(update) = sent.filter(|update| update.approved.is_none()) {
        model.tell(format!("update {} went out; {UNAPPROVED}", update.seq));
    }
}

/// Fits into the last row of the smallest screen that has all panes; the file, whose name does not, is named by the
/// doctor for as long as it is there.
const STILL_PUBLISHED: &str = "the archive and its history may still have it for all: see warroom doctor";

/// What is published stays in the archive, whoever may read it from now on.
fn tell_still_published(model: &mut Model, events: &[Recorded]) {
    let restricts =
        |e: &Recorded| matches!(&e.event, Some(Event::VisibilitySet(e)) if e.visibility != Visibility::Team);
    if !events.iter().any(|e| e.by == model.me && restricts(e)) {
        return;
    }
    if model.room.as_ref().is_some_and(|room| room.incident.closing.postmortem.path.is_some()) {
        model.tell(STILL_PUBLISHED);
    }
}
