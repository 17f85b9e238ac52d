//! Who was part of an incident, from when to when, as the log tells it. It must not know who sits at which terminal.

use crate::domain::composed::same;
use crate::domain::incident::{Ask, Incident};
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
    /// Who asked them to leave, and when: the last ask to them that is tagged so.
    pub asked_to_leave: Option<(String, Utc)>,
    /// When they gave up their last role, or answered that they leave; `None` while they hold one or are asked for something, where they said
    /// anything later, or never held any.
    pub left: Option<Utc>,
}

/// The tag of an ask to hand over and go.
const LEAVE: &str = "leave";

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
            None => list.push(Participant {
                person: person.to_owned(),
                joined: at,
                seen: at,
                asked_to_leave: None,
                left: None,
            }),
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
        let to_leave = asked_to_leave(incident, person);
        let ends: Option<Vec<Utc>> = held().filter(|h| same(&h.person, person)).map(|h| h.to).collect();
        let went = to_leave.and_then(|ask| ask.answer.as_ref()).map(|answer| answer.at);
        let left = ends.and_then(|ends| ends.into_iter().chain(went).max());
        let is_there = |left: Utc| {
            lines().any(|e| e.occurred_at > left && same(&e.by, person))
                || incident.talk.asks.values().filter(|ask| !is_to_leave(incident, ask)).any(|ask| match &ask
                    .answer
                {
                    Some(answer) => answer.at > left && same(&answer.by, person),
                    None => is_to(ask, person) && !is_crossed_out(incident, ask),
                })
        };
        participant.asked_to_leave = to_leave.map(|ask| (ask.by.clone(), ask.since));
        participant.left = left.filter(|left| !is_there(*left));
    }
    list.sort_by_key(|p| p.joined);
    list
}

/// The last ask to somebody that they leave.
fn asked_to_leave<'i>(incident: &'i Incident, person: &str) -> Option<&'i Ask> {
    let to_leave = |ask: &&Ask| is_to(ask, person) && is_to_leave(incident, ask);
    incident.talk.asks.values().rev().filter(to_leave).find(|ask| !is_crossed_out(incident, ask))
}

fn is_to(ask: &Ask, person: &str) -> bool {
    ask.person.as_deref().is_some_and(|asked| same(asked, person))
}

fn is_to_leave(incident: &Incident, ask: &Ask) -> bool {
    incident.timeline.get(ask.seq).is_some_and(|entry| entry.tags.iter().any(|tag| tag == LEAVE))
}

fn is_crossed_out(incident: &Incident, ask: &Ask) -> bool {
    incident.timeline.get(ask.seq).is_some_and(|entry| entry.struck.is_some())
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

    #[test]
    fn an_ask_to_leave_is_told_and_its_answer_is_the_leaving() {
        let mut room = Room::declared();
        let to_leave = |tag: &str| Request::Ask {
            text: "hand over and rest".into(),
            person: Some("bob".into()),
            time_box: None,
            tags: vec![tag.into()],
        };
        let find =
            |room: &Room| participants(&room.incident).into_iter().find(|p| p.person == "bob").unwrap();
        room.ask(to_leave("rest"));
        assert_eq!(find(&room).asked_to_leave, None, "any other ask");
        let ask = room.ask(to_leave("leave"))[0];
        let (by, at) = find(&room).asked_to_leave.unwrap();
        assert_eq!((by.as_str(), at, find(&room).left), ("alice", room.now, None));
        room.wait(Span::minutes(3));
        room.by = "bob".to_owned();
        room.ask(Request::Answer { target: ask, text: "carol has it".into() });
        assert_eq!(find(&room).left, None, "the other ask waits for him");
        room.by = "alice".to_owned();
        let other = *room.incident.talk.asks.keys().next().unwrap();
        room.ask(Request::Strike { target: other, reason: "done".into() });
        assert_eq!(find(&room).left, Some(room.now));
        room.wait(Span::minutes(3));
        room.ask(Request::AssignRole { role: "sme".into(), person: "bob".into() });
        assert_eq!(find(&room).left, None, "he is back");
    }
}
