//! Tab in a line: takes what `app::complete` offers. The first Tab goes as far as all offers agree; the next ones go
//! through them. Each is one undo step. No other key comes here, so nothing is completed that was not asked for.

use super::super::complete::{Offer, Turn, offer};
use super::super::effect::Effect;
use super::super::model::{Model, Screen, Waiting};
use super::{compose, keys};

/// Tab in the composer: a word that can be completed comes first, then the milestone that the line names.
pub(super) fn tab(model: &mut Model, fx: &mut Vec<Effect>) {
    if super::wording::turn(model, true, fx) {
        return;
    }
    if model.turn.is_none() && offer(model).is_none() && compose::accept_milestone(model, fx) {
        return;
    }
    go(model, true, fx);
}

/// The next offer, or the one before.
pub(super) fn go(model: &mut Model, on: bool, fx: &mut Vec<Effect>) {
    let turn = match model.turn.take() {
        Some(turn) => Some(next(turn, on)),
        None => offer(model).map(|offer| first(model, offer, on)),
    };
    let Some(turn) = turn else { return };
    let only = turn.offer.choices.len() == 1;
    let text = match turn.nth.and_then(|n| turn.offer.choices.get(n)) {
        Some(choice) if only && !choice.text.ends_with(':') => format!("{} ", choice.text),
        Some(choice) => choice.text.clone(),
        None => common(&turn.offer),
    };
    if let Some(editor) = keys::line(model) {
        editor.replace_before(turn.offer.from, &text);
    }
    keys::edited(model, fx);
    // A word that is whole is done with: the next Tab is about the next one.
    model.turn = (!only).then_some(turn);
}

fn next(turn: Turn, on: bool) -> Turn {
    let all = turn.offer.choices.len();
    let nth = match (turn.nth, on) {
        (None, true) => 0,
        (Some(n), true) => n.saturating_add(1).checked_rem(all).unwrap_or(0),
        (None | Some(0), false) => all.saturating_sub(1),
        (Some(n), false) => n.saturating_sub(1),
    };
    Turn { nth: Some(nth), ..turn }
}

/// The first Tab: the common beginning where that is more than what is typed, else the first offer.
fn first(model: &mut Model, offer: Offer, on: bool) -> Turn {
    let typed = keys::line(model).map_or(0, |e| e.cursor().saturating_sub(offer.from));
    let further = on && offer.choices.len() > 1 && common(&offer).len() > typed;
    let turn = Turn { offer, nth: None };
    if further { turn } else { next(turn, on) }
}

/// What all offers begin with.
fn common(offer: &Offer) -> String {
    let mut texts = offer.choices.iter().map(|c| c.text.as_str());
    let mut common = texts.next().unwrap_or_default().to_owned();
    for text in texts {
        while !text.starts_with(&common) {
            common.pop();
        }
    }
    common
}

/// Asks once for the runbooks, when a verb is typed: one of them names a runbook.
pub(super) fn want(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(room) = model.room.as_ref().filter(|_| model.screen == Screen::Room) else { return };
    let verb = compose::verb_named(room.composer.editor.text(), &compose::context(model));
    if !room.library.is_empty()
        || verb != Some("attach")
        || model.waiting.values().any(|w| *w == Waiting::Library)
    {
        return;
    }
    let log = room.incident.log;
    let ticket = model.ticket(Waiting::Library);
    fx.push(Effect::ListRunbooks(ticket, log));
}
