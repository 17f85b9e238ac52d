//! How a line reads now: with what became of it since, where its own words look as if that were not so. It must not
//! change a word of the log.

use std::borrow::Cow;

use super::lines::{ACKNOWLEDGES, MILESTONE};
use super::{Entry, Incident, Topic, UpdateState};
use crate::domain::words::{EntryKind, Milestone};

impl Incident {
    /// A line as it is shown. An update that nobody was told says that it is a draft, and a milestone that was said again
    /// with another time says so: read alone, either would be taken for what is so.
    #[must_use]
    pub fn reads<'a>(&self, entry: &'a Entry) -> Cow<'a, str> {
        let text = &entry.text;
        match entry.kind {
            EntryKind::Update => match self.talk.updates.get(&entry.seq) {
                Some(update) if update.state != UpdateState::Sent => format!("draft for {text}").into(),
                _ => text.into(),
            },
            EntryKind::System if self.is_said_again(entry) => format!("{text} (said again later)").into(),
            _ => text.into(),
        }
    }

    /// The line marks a milestone, by its name or as the first role that was taken, that a later one marks as well.
    fn is_said_again(&self, entry: &Entry) -> bool {
        let named = entry.text.strip_prefix(MILESTONE).and_then(|word| word.parse::<Milestone>().ok());
        let is_role = || self.roster.history().iter().any(|h| h.seq == entry.seq);
        let is_first = entry.text.ends_with(ACKNOWLEDGES) && entry.topic == Topic::Turn && is_role();
        let milestone = named.or(is_first.then_some(Milestone::Acknowledged));
        let mark = milestone.and_then(|milestone| self.milestones.get(&milestone));
        mark.is_some_and(|mark| mark.explicit && mark.seq > entry.seq)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::audience::Audience;
    use crate::domain::incident::tests::Room;
    use crate::domain::request::Request;
    use crate::domain::time::Span;
    use crate::domain::words::Milestone;

    fn read(room: &Room) -> Vec<String> {
        let lines = room.incident.timeline.shown();
        lines.map(|entry| room.incident.reads(entry).into_owned()).collect()
    }

    #[test]
    fn an_update_is_a_draft_until_it_is_sent() {
        let mut room = Room::declared();
        let text = "we may have leaked cards".to_owned();
        room.ask(Request::DraftUpdate { audience: Audience::Customers, text, next: None });
        let target = room.incident.head;
        assert!(read(&room).contains(&"draft for customers: we may have leaked cards".to_owned()));
        room.ask(Request::ApproveUpdate { target });
        assert!(read(&room).iter().any(|line| line.starts_with("draft for customers")));
        room.ask(Request::MarkSent { target, next: None });
        assert!(read(&room).contains(&"customers: we may have leaked cards".to_owned()));
        assert_eq!(room.incident.timeline.get(target).unwrap().text, "customers: we may have leaked cards");
    }

    #[test]
    fn the_role_that_acknowledges_it_says_so_among_the_lines_that_everybody_sees() {
        let role =
            |role: &str, person: &str| Request::AssignRole { role: role.into(), person: person.into() };
        let told = |room: &Room| -> Vec<String> {
            let lines = room.incident.timeline.shown().filter(|entry| entry.topic.shown_by_default());
            let lines = lines.map(|entry| room.incident.reads(entry).into_owned());
            lines.filter(|line| line.contains("acknowledged")).collect()
        };
        let mut room = Room::declared();
        assert_eq!(told(&room), ["alice is commander (acknowledged)"]);
        let draft = crate::domain::postmortem::draft::draft(&room.incident, "alice");
        assert!(draft.contains("alice is commander (acknowledged)"), "{draft}");
        // The next role marks nothing.
        room.ask(role("scribe", "bob"));
        assert_eq!(told(&room).len(), 1);
        let at = Some((room.now - Span::minutes(2), false));
        room.ask(Request::Mark { milestone: Milestone::Acknowledged, at });
        assert_eq!(
            told(&room),
            ["milestone: acknowledged", "alice is commander (acknowledged) (said again later)"]
        );

        let mut room = Room::declared();
        room.ask(Request::Unmark { milestone: Milestone::Acknowledged });
        room.ask(role("comms", "mallory"));
        let first = room.incident.head;
        assert_eq!(told(&room).last().unwrap(), "mallory is comms (acknowledged)");
        room.by = "bob".to_owned();
        room.ask(role("scribe", "carol"));
        room.by = "alice".to_owned();
        room.ask(Request::Undo { target: first });
        // Alice took it before either, and that counts again.
        assert_eq!(told(&room).last().unwrap(), "mallory is no longer comms (acknowledged by alice)");
        assert_eq!(room.incident.milestones[&Milestone::Acknowledged].by, "alice");
    }

    #[test]
    fn a_milestone_that_was_said_again_says_so() {
        let mut room = Room::declared();
        let mark = |minutes: i64, room: &mut Room| {
            let at = Some((room.now - Span::minutes(minutes), false));
            room.ask(Request::Mark { milestone: Milestone::Mitigated, at });
        };
        mark(0, &mut room);
        mark(30, &mut room);
        mark(25, &mut room);
        let said: Vec<String> = read(&room).into_iter().filter(|l| l.contains("mitigated")).collect();
        let (again, now) = ("milestone: mitigated (said again later)", "milestone: mitigated");
        assert_eq!(said, [again, now, again], "in the order in which things happened");
        room.ask(Request::Unmark { milestone: Milestone::Mitigated });
        assert!(!read(&room).iter().any(|line| line.ends_with("later)")), "then none is so");
    }
}
