//! How a line reads now: with what became of it since, where its own words look as if that were not so. It must not
//! change a word of the log.

use std::borrow::Cow;

use super::{Entry, Incident, UpdateState};
use crate::domain::words::EntryKind;

impl Incident {
    /// A line as it is shown. An update that nobody was told says that it is a draft: read alone, it would be taken for
    /// one that went out.
    #[must_use]
    pub fn reads<'a>(&self, entry: &'a Entry) -> Cow<'a, str> {
        let text = &entry.text;
        match entry.kind {
            EntryKind::Update => match self.talk.updates.get(&entry.seq) {
                Some(update) if update.state != UpdateState::Sent => format!("draft for {text}").into(),
                _ => text.into(),
            },
            _ => text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::audience::Audience;
    use crate::domain::incident::tests::Room;
    use crate::domain::request::Request;

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
}
