//! The lists of clocks: the running ones, breached first and acknowledged breaches last, to acknowledge one or to move its
//! deadline, and those whose target can be another for this incident.

use super::{Item, Model, Overlay, Pick, PickFor};
use crate::domain::audience::Audience;
use crate::domain::clocks::{self, Clock, ClockKey, Pressure};
use crate::domain::time::{day_in_zone, format_span, with_zone};

/// The running clocks, in the order of the attention line.
pub(in super::super) fn clocks(model: &mut Model) {
    let Some(room) = &model.room else { return };
    let running = clocks::clocks(&room.incident, &model.policy, model.now);
    let items: Vec<Item> = running.iter().map(|clock| item(model, clock)).collect();
    if items.is_empty() {
        return model.tell("no clock runs here");
    }
    let pick = Pick::new(PickFor::Clock, "Clocks: acknowledge one, or move its deadline", items);
    model.overlays.push(Overlay::Pick(pick));
}

fn item(model: &Model, clock: &Clock) -> Item {
    let zone = model.zone();
    let day = |at| day_in_zone(at, zone);
    let when = |at| {
        let time = with_zone(at, zone);
        if day(at) == day(model.now) { time } else { format!("{} {time}", day(at)) }
    };
    let incident = model.room.as_ref().map(|r| &r.incident);
    let ack = incident.and_then(|i| i.clocks.get(&clock.key.to_string())?.acknowledged.as_ref());
    let ack = ack.filter(|ack| ack.at >= clock.spoken_from);
    let said = match ack {
        Some(ack) if clock.deadline != clock.natural => {
            format!("was {}; @{}: {}", when(clock.natural), ack.by, ack.reason)
        }
        Some(ack) if clock.acknowledged => format!("seen by @{}: {}", ack.by, ack.reason),
        _ if clock.moved => "another target for this incident".to_owned(),
        _ => String::new(),
    };
    let distance = format_span(clock.distance(model.now));
    let right = match clock.pressure(model.now) {
        Pressure::Breached => format!("{distance} over"),
        Pressure::Warning => format!("{distance} left"),
        Pressure::Quiet => format!("in {distance}"),
    };
    // Of several decisions or asks the words say which one.
    let about = incident.and_then(|incident| match clock.key {
        ClockKey::Decision(seq) => incident.talk.decisions.get(&seq).map(|decision| decision.text.as_str()),
        ClockKey::Ask(seq) => incident.talk.asks.get(&seq).map(|ask| ask.text.as_str()),
        _ => None,
    });
    let time = when(clock.deadline);
    let parts = [time.as_str(), said.as_str(), about.unwrap_or_default()];
    let detail = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
    Item { id: clock.key.to_string(), label: clock.what.clone(), detail, right, ..Item::default() }
}

/// The clocks that follow a target: what the team's rule says, and what holds here.
pub(in super::super) fn targets(model: &mut Model) {
    let Some(room) = &model.room else { return };
    let incident = &room.incident;
    let level = model.policy.level(&incident.profile, incident.severity.as_deref());
    let every = level.update_every.map_or_else(|| "none".to_owned(), crate::domain::time::exact_span);
    let phase = ClockKey::Phase(incident.phase);
    let mut rules = vec![
        (ClockKey::Response, "take it", level.response.to_string()),
        (ClockKey::Resolution, "resolve it", level.resolution.to_string()),
        (ClockKey::Update(Audience::Internal), "the longest silence", every),
        (phase, "the budget of this phase", "as the runbook says".to_owned()),
    ];
    let outside = Audience::ALL.iter().filter(|a| **a != Audience::Internal).map(|a| ClockKey::Update(*a));
    rules.extend(outside.map(|key| {
        let what = if key.is_by_law() { "from when it was known" } else { "the longest silence" };
        (key, what, "as promised".to_owned())
    }));
    let items = rules
        .into_iter()
        .map(|(key, what, rule)| {
            let own = incident.targets.get(&key.to_string());
            let detail = own
                .map_or_else(|| format!("{what}: {rule}"), |own| format!("{what}: {} ({rule})", own.target));
            let right = if own.is_some() { "changed".to_owned() } else { String::new() };
            Item { id: key.to_string(), label: key.to_string(), detail, right, ..Item::default() }
        })
        .collect();
    let pick = Pick::new(PickFor::Target, "Target: another one for this incident only", items);
    model.overlays.push(Overlay::Pick(pick));
}
