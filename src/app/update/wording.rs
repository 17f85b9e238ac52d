//! An update that the log words: the composer opens at once, and the template of the audience fills it, below what
//! somebody typed first. It must not word anything itself.

use super::super::effect::Effect;
use super::super::model::{Model, Waiting};
use super::compose;
use crate::domain::audience::Audience;
use crate::domain::postmortem::markdown::MARK;

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

/// What is said to who sends an update before its words are there.
const ON_THEIR_WAY: &str = "the words from the log are on their way: Enter again sends the line without them";

/// Keeps a line back that was sent before the words are there, once: in one read with the key that asked for them, it
/// would go out without anybody having seen them. Says whether it did.
pub(super) fn keep_back(model: &mut Model) -> bool {
    let Some(room) = &mut model.room else { return false };
    let composer = &mut room.composer;
    let Some((_, line)) = &composer.worded else { return false };
    let awaited = |waiting: &Waiting| matches!(waiting, Waiting::Wording(asked) if asked == line);
    let held = composer.editor.text().starts_with(line.as_str())
        && model.waiting.values().any(awaited)
        && composer.problem.as_deref() != Some(ON_THEIR_WAY);
    if held {
        composer.problem = Some(ON_THEIR_WAY.to_owned());
    }
    held
}

/// The words are there: they go in behind the audience, or below what was typed meanwhile.
pub(super) fn worded(model: &mut Model, line: &str, text: &str, problem: Option<String>) {
    if let Some(room) = &mut model.room
        && room.composer.open
        && room.composer.worded.as_ref().is_some_and(|(_, awaited)| awaited == line)
        && let Some(typed) = room.composer.editor.text().strip_prefix(line).map(str::to_owned)
    {
        let composer = &mut room.composer;
        if typed.is_empty() {
            let whole = format!("{line}{text}");
            composer.editor.set_text(&whole);
            composer.editor.place_cursor(first_to_write(&whole, line.len()));
            if let Some((_, worded)) = &mut composer.worded {
                *worded = whole;
            }
        } else {
            let (whole, cursor) = (format!("{line}{typed}\n{text}"), composer.editor.cursor());
            composer.editor.set_text(&whole);
            composer.editor.place_cursor(cursor);
            composer.worded = None;
        }
        if composer.problem.as_deref() == Some(ON_THEIR_WAY) {
            composer.problem = None;
        }
    }
    if let Some(problem) = problem {
        model.warn(problem);
    }
}

/// Where a person has to write first: at the first place to fill in, else in front of the words.
fn first_to_write(line: &str, words: usize) -> usize {
    line.to_ascii_lowercase().find(MARK).unwrap_or(words)
}
