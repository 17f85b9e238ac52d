//! An update that the log words: the composer opens at once, and the template of the audience fills it unless somebody
//! types first. It must not word anything itself.

use super::super::effect::Effect;
use super::super::model::{Model, Waiting};
use super::compose;
use crate::domain::audience::Audience;

/// Opens the composer for an audience and asks for the words.
pub(super) fn open(model: &mut Model, audience: Audience, fx: &mut Vec<Effect>) {
    compose::set_aside(model, "> ");
    let Some(room) = &model.room else { return };
    let (log, zone, scribe) = (room.incident.log, model.zone(), room.composer.scribe);
    if !room.composer.editor.is_empty() {
        // Somebody is writing: the mark goes in front of it, as with every other kind of line.
        compose::open(model, "> ", false);
        return;
    }
    compose::open(model, "", scribe);
    let now = model.now;
    let line = format!("> {audience}: ");
    if let Some(room) = &mut model.room {
        room.composer.editor.set_text(&line);
        room.composer.fixed_at.get_or_insert(now);
        room.composer.worded = Some((audience, line.clone()));
    }
    let ticket = model.ticket(Waiting::Wording(line));
    fx.push(Effect::Word { ticket, log, audience, zone });
}

/// Tab on an update that nobody changed yet: the same for the next audience. Says whether it was that.
pub(super) fn turn(model: &mut Model, on: bool, fx: &mut Vec<Effect>) -> bool {
    let Some(room) = &mut model.room else { return false };
    let Some(now) = room.composer.worded_for() else { return false };
    let all = Audience::ALL;
    let at = all.iter().position(|audience| *audience == now).unwrap_or(0);
    let step = if on { 1 } else { all.len().saturating_sub(1) };
    let next = at.saturating_add(step).checked_rem(all.len()).and_then(|at| all.get(at));
    let Some(next) = next.copied() else { return false };
    room.composer.editor.set_text("");
    open(model, next, fx);
    true
}

/// The words are there: they go in behind the audience, if nobody typed meanwhile.
pub(super) fn worded(model: &mut Model, line: &str, text: &str, problem: Option<String>) {
    if let Some(room) = &mut model.room
        && room.composer.open
        && room.composer.editor.text() == line
    {
        let whole = format!("{line}{text}");
        room.composer.editor.set_text(&whole);
        if let Some((_, worded)) = &mut room.composer.worded {
            *worded = whole;
        }
    }
    if let Some(problem) = problem {
        model.warn(problem);
    }
}
