//! `:run STEP`: the command of a step is shown as the host would get it, and runs only when the word for it is typed.
//! It must not run anything itself.

use super::super::effect::Effect;
use super::super::model::{Ask, AskFor, Model, Overlay, Waiting};
use crate::app::wrap::wrap;
use crate::domain::run::Command;
use crate::domain::time::format_span;

/// What has to be typed.
pub(crate) const YES: &str = "yes";

/// When a command is ended, with all that it started.
pub(crate) const LIMIT: std::time::Duration = std::time::Duration::from_secs(600);

/// How wide the overlay is where there is room.
pub(crate) const WIDTH: u16 = 70;

/// What is shown: the whole command, where it runs and how long at most. `None` when the screen is too small for all
/// of it: nobody says yes to half a command.
#[must_use]
pub(crate) fn shown(model: &Model, command: &Command) -> Option<Vec<String>> {
    // A border at each side, a blank at each side; above and below: header, hints, borders, the line and its hint.
    let width = WIDTH.min(model.size.w.saturating_sub(2)).saturating_sub(2);
    let room = usize::from(model.size.h.saturating_sub(9));
    let mut rows = wrap(&command.quoted(), width, usize::MAX);
    let limit = chrono::TimeDelta::from_std(LIMIT).unwrap_or_default();
    let place = format!("as {} in {}", model.place.host, model.place.folder);
    rows.extend(wrap(&place, width, usize::MAX));
    rows.push(format!("ended after {}; its output becomes evidence", format_span(limit)));
    (rows.len() <= room).then_some(rows)
}

/// Shows the command; nothing runs yet.
pub(super) fn ask(model: &mut Model, step: &str) {
    let Some(room) = &model.room else { return };
    match Command::of_step(&room.incident, step, false) {
        Ok((_, command)) if shown(model, &command).is_none() => {
            model.warn("the screen is too small for the whole command: warroom run INC --step STEP shows it");
        }
        Ok((_, command)) => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Run(command), ""))),
        Err(refusal) => model.warn(refusal.to_string()),
    }
}

/// Enter: only the word runs it, everything else leaves it.
pub(super) fn confirmed(model: &mut Model, command: Command, typed: &str, fx: &mut Vec<Effect>) {
    if shown(model, &command).is_none() {
        if let Some(Overlay::Ask(ask)) = model.overlays.last_mut() {
            ask.problem = Some("the screen is too small for the whole command".to_owned());
        }
        return;
    }
    model.overlays.pop();
    if !typed.eq_ignore_ascii_case(YES) {
        return model.tell("nothing was run");
    }
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::Run(log));
    model.tell(format!("running {}: how it ended becomes a line", command.quoted()));
    fx.push(Effect::Run { ticket, log, by, command });
}
