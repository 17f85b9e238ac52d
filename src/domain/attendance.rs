//! Who was part of an incident, from when to when, as the log tells it. It must not know who sits at which terminal.

use crate::domain::composed::same;
use crate::domain::incident::Incident;
use crate::domain::time::Utc;

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The handle.
    pub person: String,
    /// The first line, answer, role or ask that names them.
    pub joined: Utc,
    /// The last line that they wrote, answer that they gave, or role that they took or gave up.
    pub seen: Utc,
    /// When they gave up their last role; `None` while they hold one or are asked for something, where they said
    /// anything later, or never held any.
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
    // Who was given a role in error was not there for that.
    let held = || incident.roster.history().iter().filter(|holding| !holding.undone);
    for holding in held() {
        see(&holding.person, holding.from);
        see(&holding.person, holding.to.unwrap_or(holding.from));
    }
    for ask in incident.talk.asks.values() {
        see(ask.person.as_deref().unwrap_or_default(), ask.at);
        if let Some(answer) = &ask.answer {
            see(&answer.by, answer.at);
        }
    }
    let alert = crate::domain::words::EntryKind::Alert;
    let lines = || incident.timeline.stored().iter().filter(|e| e.kind != alert);
    for entry in lines() {
        see(&entry.by, entry.recorded_at);
    }
    for participant in &mut list {
        let person = participant.person.as_str();
        let ends: Option<Vec<Utc>> = held().filter(|h| same(&h.person, person)).map(|h| h.to).collect();
        let left = ends.and_then(|ends| ends.into_iter().max());
        let is_there = |left: Utc| {
            let crossed_out = |seq| incident.timeline.get(seq).is_some_and(|e| e.struck.is_some());
            lines().any(|e| e.occurred_at > left && same(&e.by, person))
                || incident.talk.asks.values().any(|ask| match &ask.answer {
                    Some(answer) => answer.at > left && same(&answer.by, person),
                    None => ask.person.as_deref().is_some_and(|p| same(p, person)) && !crossed_out(ask.seq),
                })
        };
        participant.left = left.filter(|left| !is_there(*left));
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

    #[test]
    fn who_says_something_or_is_asked_has_not_left_and_who_was_named_in_error_was_never_there() {
        let mut room = Room::declared();
        let minutes = |room: &mut Room, n: i64| {
            room.wait(Span::minutes(n));
        };
        let role = |person: &str| Request::AssignRole { role: "sme".into(), person: person.into() };
        let free = |person: &str| Request::ReleaseRole { role: "sme".into(), person: person.into() };
        let left = |room: &Room, name: &str| {
            let all = participants(&room.incident);
            all.into_iter().find(|p| p.person == name).and_then(|p| p.left)
        };
        room.ask(role("carol"));
        minutes(&mut room, 4);
        let since = room.now;
        room.ask(free("carol"));
        minutes(&mut room, 1);
        assert_eq!(left(&room, "carol"), Some(since));
        // What is written down late of the time before brings nobody back, what happened later does.
        room.by = "carol".to_owned();
        let note = Request::Note { text: "looking".into(), tags: vec![], starred: false };
        let at = Some((since - Span::minutes(1), false));
        room.ask(crate::domain::request::Asked { request: note.clone(), at });
        assert_eq!(left(&room, "carol"), Some(since));
        room.ask(note);
        assert_eq!(left(&room, "carol"), None);
        room.by = "alice".to_owned();

        room.ask(role("bob"));
        room.ask(free("bob"));
        assert!(left(&room, "bob").is_some());
        let ask =
            Request::Ask { text: "look".into(), person: Some("bob".into()), time_box: None, tags: vec![] };
        let target = room.ask(ask)[0];
        assert_eq!(left(&room, "bob"), None, "somebody waits for him");
        minutes(&mut room, 1);
        room.ask(Request::Strike { target, reason: "not him".into() });
        assert!(left(&room, "bob").is_some());

        let target = room.ask(role("mallory"))[0];
        room.ask(Request::Undo { target });
        assert!(!participants(&room.incident).iter().any(|p| p.person == "mallory"));
    }
}
