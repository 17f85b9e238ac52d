//! To what is open: clocks that ran out, blocked steps, asks, decisions without a verdict, hypotheses, one after the
//! other. It moves focus and selection and changes nothing else.

use super::super::effect::Effect;
use super::super::layout::Pane;
use super::super::model::{Model, Room, RowId};
use super::super::pointing::{Spot, has_place};
use super::{motion, mouse};
use crate::domain::clocks::{self, ClockKey, Pressure};
use crate::domain::ids::Seq;
use crate::domain::time::{Utc, format_span};
use crate::domain::words::{HypothesisState, StepState};

/// Something that is open, and a word about it.
struct Open {
    spot: Spot,
    /// The entry that tells of it, for a screen on which its pane has no place.
    entry: Option<Seq>,
    what: String,
}

/// The clocks that ran out and that nobody has acknowledged, each at what it waits for, else at the line that tells of
/// it.
fn ran_out(model: &Model, room: &Room) -> Vec<Open> {
    let incident = &room.incident;
    let mut open: Vec<Open> = Vec::new();
    for clock in clocks::clocks(incident, &model.policy, model.now) {
        if clock.pressure(model.now) != Pressure::Breached || clock.acknowledged {
            continue;
        }
        let what = format!("{} over {}", clock.what, format_span(clock.distance(model.now)));
        let told = incident.clocks.get(&clock.key.to_string()).and_then(|c| c.line_of(clock.deadline));
        let (spot, entry) = match clock.key {
            ClockKey::Ask(seq) => (Spot::Ask(seq), Some(seq)),
            ClockKey::Decision(seq) => (Spot::Decision(seq), Some(seq)),
            ClockKey::Step(at) => (Spot::Step(at), told),
            // A home that cannot be written has no line of it: the one before that moment stands there.
            _ => match told.or_else(|| line_before(room, clock.deadline)) {
                Some(seq) => (Spot::Row(RowId::Entry(seq)), Some(seq)),
                None => continue,
            },
        };
        match open.iter_mut().find(|o| o.spot == spot) {
            Some(same) => same.what = format!("{}, {what}", same.what),
            None => open.push(Open { spot, entry, what }),
        }
    }
    open
}

/// The last line of that moment or before it, else the first of all.
fn line_before(room: &Room, at: Utc) -> Option<Seq> {
    let lines = room.incident.timeline.stored();
    let before = lines.iter().filter(|e| e.occurred_at <= at).max_by_key(|e| (e.occurred_at, e.seq));
    before.or_else(|| lines.iter().next()).map(|e| e.seq)
}

/// Everything that is open, the most pressing first.
fn all(model: &Model, room: &Room) -> Vec<Open> {
    let incident = &room.incident;
    let talk = &incident.talk;
    let mut open = ran_out(model, room);
    let mut add = |spot: Spot, entry: Option<Seq>, what: String| {
        if !open.iter().any(|o| o.spot == spot) {
            open.push(Open { spot, entry, what });
        }
    };
    for step in incident.checklist.steps().filter(|s| s.state == StepState::Blocked) {
        add(Spot::Step(step.at), None, format!("blocked: {}", step.text));
    }
    for seq in room.asks() {
        if let Some(ask) = talk.asks.get(&seq).filter(|a| a.is_open()) {
            add(Spot::Ask(seq), Some(seq), format!("ask: {}", ask.text));
        }
    }
    for seq in room.decisions() {
        if let Some(decision) = talk.decisions.get(&seq).filter(|d| d.verdict.is_none()) {
            add(Spot::Decision(seq), Some(seq), format!("no verdict: {}", decision.text));
        }
    }
    for seq in room.asks() {
        if let Some(hypothesis) = talk.hypotheses.get(&seq).filter(|h| h.now.state == HypothesisState::Open) {
            add(Spot::Ask(seq), Some(seq), format!("hypothesis: {}", hypothesis.text));
        }
    }
    open
}

/// Where the eyes are now.
fn here(room: &Room) -> Option<Spot> {
    match room.focus {
        Pane::Timeline => room.selected.map(Spot::Row),
        Pane::Runbook => room.step.map(Spot::Step),
        Pane::Decisions => room.current_decision().map(Spot::Decision),
        Pane::Asks => room.current_ask().map(Spot::Ask),
        _ => None,
    }
}

/// Goes to the next one.
pub(super) fn next(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(room) = &model.room else { return };
    let open = all(model, room);
    let here = here(room);
    let as_row = |o: &Open| o.entry.map(|seq| Spot::Row(RowId::Entry(seq)));
    let at =
        open.iter().position(|o| here.is_some() && (Some(&o.spot) == here.as_ref() || as_row(o) == here));
    let place = at.map_or(0, |at| at.saturating_add(1)).checked_rem(open.len()).unwrap_or(0);
    let Some(found) = open.get(place) else { return model.tell("nothing is open") };
    let said = format!("{} of {}: {}", place.saturating_add(1), open.len(), found.what);
    // A pane that is not on the screen would cover the others: the line of the timeline stands for it.
    let spot = match as_row(found) {
        Some(row) if !has_place(model, found.spot.pane()) => row,
        _ => found.spot.clone(),
    };
    let zone = model.zone();
    if let (Spot::Row(id), Some(room)) = (&spot, &mut model.room)
        && room.rows.place(*id).is_none()
    {
        room.rows.filter.clear();
        room.relist(zone);
        if room.rows.place(*id).is_none() {
            room.rows.system = Some(true);
            room.relist(zone);
        }
    }
    if let (Spot::Step(at), Some(room)) = (&spot, &mut model.room) {
        room.runbook = room.incident.checklist.get(*at).map(|s| s.at.runbook);
        room.runbook_given = false;
    }
    motion::focus(model, spot.pane());
    mouse::select(model, spot, fx);
    model.tell(said);
}
