//! The names that a room knows: people and tags, for pickers and completion. It must not ask anybody.

use super::model::{Model, Room};
use crate::domain::composed::same;

/// People: who sits here, who holds or held a role, who was asked, who wrote, then the rest of the team.
#[must_use]
pub fn people(model: &Model) -> Vec<String> {
    let mut people: Vec<String> = vec![model.me.clone()];
    let Some(room) = &model.room else { return people };
    let seen = room.incident.roster.people().into_iter().map(str::to_owned);
    let asked = room.incident.talk.asks.values().filter_map(|a| a.person.clone());
    let wrote = room.incident.timeline.stored().iter().map(|e| e.by.clone());
    let team = model.people.all().iter().map(|p| p.handle.clone());
    for name in seen.chain(asked).chain(wrote).chain(team) {
        if !name.is_empty() && !people.iter().any(|known| same(known, &name)) {
            people.push(name);
        }
    }
    people.retain(|name| !name.is_empty());
    people
}

/// Tags of the incident and of its lines, the most used first.
#[must_use]
pub fn tags(room: &Room) -> Vec<String> {
    let mut counted: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let said = room.incident.timeline.stored().iter().flat_map(|e| &e.tags);
    for tag in said.chain(&room.incident.tags) {
        *counted.entry(tag.as_str()).or_default() += 1;
    }
    let mut tags: Vec<(usize, &str)> = counted.into_iter().map(|(tag, n)| (n, tag)).collect();
    tags.sort_by_key(|(n, tag)| (std::cmp::Reverse(*n), *tag));
    tags.into_iter().map(|(_, tag)| tag.to_owned()).collect()
}
