//! Who was part of an incident, from when to when, as the log tells it. It must not know who sits at which terminal.

use crate::domain::composed::same;
use crate::domain::incident::Incident;
use crate::domain::time::Utc;

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The handle.
    pub person: String,
    /// The first line, role or ask that names them.
    pub joined: Utc,
    /// The last line that they wrote, or the last role that they took or gave up.
    pub seen: Utc,
    /// When they gave up their last role; `None` while they hold one, or never held any.
    pub left: Option<Utc>,
}

/// Everybody who took part, in the order in which they came. Monitors that only raised alerts are not people.
#[must_use]
pub fn participants(incident: &Incident) -> Vec<Participant> {
    let mut list: Vec<Participant> = Vec::new();
    let mut see = |person: &str, at: Utc| {
        if person.is_empty() {
            return;
        }
        match list.iter_mut().find(|p| same(&p.person, person)) {
            Some(there) => {
                there.joined = there.joined.min(at);
                there.seen = there.seen.max(at);
            }
            None => list.push(Participant { person: person.to_owned(), joined: at, seen: at, left: None }),
        }
    };
    for holding in incident.roster.history() {
        see(&holding.person, holding.from);
        see(&holding.person, holding.to.unwrap_or(holding.from));
    }
    for ask in incident.talk.asks.values() {
        see(ask.person.as_deref().unwrap_or_default(), ask.at);
    }
    let alert = crate::domain::words::EntryKind::Alert;
    for entry in incident.timeline.stored().iter().filter(|e| e.kind != alert) {
        see(&entry.by, entry.recorded_at);
    }
    for participant in &mut list {
        let mut held =
            incident.roster.history().iter().filter(|h| same(&h.person, &participant.person)).peekable();
        if held.peek().is_some() {
            let ends: Option<Vec<Utc>> = held.map(|h| h.to).collect();
            participant.left = ends.and_then(|ends| ends.into_iter().max());
        }
    }
    list.sort_by_key(|p| p.joined);
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::tests::Room;
    use crate::domain::request::Request;
    use crate::domain::time::Span;

    #[test]
    fn people_join_with_their_first_word_and_leave_with_their_last_role() {
        let mut room = Room::declared();
        let began = room.now;
        let role =
            |role: &str, person: &str| Request::AssignRole { role: role.into(), person: person.into() };
        room.wait(Span::minutes(5));
        room.ask(role("scribe", "bob"));
        room.wait(Span::minutes(5));
        room.ask(role("scribe", "carol"));
        let all = participants(&room.incident);
        let find = |name: &str| all.iter().find(|p| p.person == name).unwrap();
        assert_eq!((find("alice").joined, find("alice").left), (began, None));
        assert_eq!(find("bob").joined, began + Span::minutes(5));
        assert_eq!(find("bob").left, Some(began + Span::minutes(10)));
        assert_eq!((find("carol").left, all.len()), (None, 3));
    }
}
