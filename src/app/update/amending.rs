//! Amending in place: the words of an entry come into the composer, and go back to it. It must not overwrite what
//! somebody else made of the entry meanwhile, unless it was said.

use super::super::effect::Effect;
use super::super::model::{Model, Purpose, Room, RowId};
use super::{compose, room};
use crate::domain::ids::Seq;
use crate::domain::quick_entry;
use crate::domain::request::Request;

/// What to do about words that somebody else changed meanwhile.
pub(super) const WRITES_OVER: &str = "Enter again writes yours over it";

/// Puts an entry into the composer, to amend it in place.
pub(super) fn open(model: &mut Model, seq: Seq) {
    let now = model.now;
    let Some(room) = &mut model.room else { return };
    let Some(entry) = room.incident.timeline.get(seq) else { return };
    let (text, seen) = (entry.text.clone(), entry.revision());
    let composer = &mut room.composer;
    let half = composer.editor.take();
    composer.editor.remember(&half);
    composer.editor.set_text(&quick_entry::to_amend(&text));
    composer.open = true;
    composer.problem = None;
    composer.fixed_at = Some(now);
    composer.purpose = Purpose::Amend(seq, seen);
    if !half.is_empty() {
        model.tell(compose::SET_ASIDE);
    }
}

/// Whether the composer holds what nobody typed: the words of an entry as they stand, an update as its template worded
/// it, the mark of the key that opened it.
fn is_untouched(room: &Room) -> bool {
    let text = room.composer.editor.text();
    match room.composer.purpose {
        Purpose::Amend(seq, _) => {
            let entry = room.incident.timeline.get(seq);
            entry.is_some_and(|entry| quick_entry::to_amend(&entry.text) == text)
        }
        Purpose::Entry => {
            let worded = room.composer.worded.as_ref();
            worded.is_some_and(|(_, line)| line == text)
                || matches!(text.trim(), "!" | "?" | "+" | ">" | "*" | ":")
        }
    }
}

/// What nobody typed is no draft: left in the composer, they would take up the next line that is written.
pub(super) fn drop_untouched(room: &mut Room) {
    if is_untouched(room) {
        room.composer.editor.take();
        room.composer.purpose = Purpose::Entry;
        room.composer.fixed_at = None;
        room.composer.problem = None;
    }
}

/// Before another line is written: changed words go into the history, unless it is they that are gone on with. A new
/// line in them would be lost as a line.
pub(super) fn make_room(model: &mut Model, scribe: bool) {
    let Some(room) = &mut model.room else { return };
    drop_untouched(room);
    let Purpose::Amend(seq, _) = room.composer.purpose else { return };
    let other = matches!(room.selected, Some(RowId::Entry(selected)) if selected != seq);
    if !(scribe || other) {
        return;
    }
    let composer = &mut room.composer;
    let half = composer.editor.take();
    composer.purpose = Purpose::Entry;
    if !half.is_empty() {
        composer.editor.remember(&half);
        model.tell(compose::SET_ASIDE);
    }
}

/// Enter on a line that amends an entry.
pub(super) fn send(model: &mut Model, text: &str, seq: Seq, seen: Seq, fx: &mut Vec<Effect>) {
    let own = model.room.as_ref().and_then(|r| r.incident.timeline.get(seq)).map(|e| e.occurred_at);
    let (at, rest) = match quick_entry::amended(text, &compose::context(model), own) {
        Ok((moment, rest)) => (moment.map(|m| (m.at, m.about)), rest.to_owned()),
        Err(problem) => return compose::fail(model, problem.to_string()),
    };
    let entry = model.room.as_ref().and_then(|r| r.incident.timeline.get(seq));
    let old = entry.map(|e| e.text.clone());
    // A refusal may have told of a form that this screen has not heard of yet.
    let ahead = entry.is_some_and(|e| e.revision() < seen);
    if let Some(entry) = entry.filter(|e| e.revision() > seen) {
        let (now, by) = (entry.revision(), entry.edits.last().map_or("somebody", |e| e.by.as_str()));
        let problem =
            format!("{by} changed line {seq} meanwhile; it now says {:?}: {WRITES_OVER}", entry.text);
        if let Some(room) = &mut model.room {
            room.composer.purpose = Purpose::Amend(seq, now);
        }
        return compose::fail(model, problem);
    }
    if rest.trim().is_empty() {
        return compose::fail(model, "the text is empty: strike the entry with x instead".to_owned());
    }
    let new = (ahead || old.as_deref() != Some(rest.as_str())).then_some(rest);
    compose::done(model, text);
    if new.is_none() && at.is_none() {
        model.tell("nothing changed");
        return;
    }
    let amend = Request::Amend { target: seq, text: new, at, seen: Some(seen) };
    room::submit_amendment(model, seq, amend, text, fx);
}
