//! Improvements of a document beside the stories of the log: which is which, and what the log says of each. It must not
//! tell what is kept from documents.

use super::document;
use super::improvements::{self, Improvement, Logged};
use super::markdown::MARK;
use super::{Part, draft};
use crate::domain::incident::{Incident, Story};
use crate::domain::telling;
use crate::domain::words::StoryState;

/// The stories of an incident that documents tell, each with the improvement that it is: by its id, else by its words. A
/// dropped one that no improvement is is left out. `log`: without what is privileged.
#[must_use]
pub fn beside<'a>(
    log: &'a Incident,
    improvements: &'a [Improvement],
) -> Vec<(&'a Story, Option<&'a Improvement>)> {
    let stories = &log.closing.stories;
    let named = |story: &Story| {
        let is_its = |improvement: &&Improvement| {
            improvement.story.is_some_and(|id| id.incident == log.id && id.number == story.number)
        };
        improvements.iter().find(is_its)
    };
    let is_free = |improvement: &&Improvement| {
        !improvement.story.is_some_and(|id| id.incident != log.id || stories.contains_key(&id.number))
    };
    let worded = |story: &Story| {
        improvements.iter().filter(is_free).find(|improvement| is_said(&improvement.text, log, story))
    };
    let all = stories.values().map(|story| (story, named(story).or_else(|| worded(story))));
    all.filter(|(story, improvement)| improvement.is_some() || story.state != StoryState::Dropped).collect()
}

/// Whether a text is what the log says that must change, as it was said or as a draft writes it.
#[must_use]
pub fn is_said(text: &str, log: &Incident, story: &Story) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let said = words(text);
    if said == words(&story.title) {
        return true;
    }
    let logged = logged(log, story);
    logged.text.contains(MARK) || said == words(&logged.text)
}

/// A story as the draft of today writes it; what may not leave the room is a mark.
#[must_use]
pub fn logged(log: &Incident, story: &Story) -> Improvement {
    let (found, _) = improvements::parse(&rendered(log, story), 1);
    found.into_iter().next().unwrap_or_default()
}

fn rendered(log: &Incident, story: &Story) -> String {
    let text = improvements::render(&draft::improvement(log, story));
    telling::untold_in(log, &text, super::markdown::escaped)
}

/// A text with what became of its improvements since: the boxes of those that have shipped are ticked, and no others, their
/// proof is written where none stands, and the stories that it does not have are added. None when it has all of it.
#[must_use]
pub fn with_stories(text: &str, incident: &Incident) -> Option<String> {
    let log = incident.without_privileged();
    let (parsed, _) = document::parse(text);
    let section = parsed.section(Part::Improvements)?;
    let all = beside(&log, &parsed.improvements);
    let states: Vec<Logged<'_>> = all
        .iter()
        .filter(|(story, _)| story.state != StoryState::Dropped)
        .filter_map(|(story, improvement)| {
            let improvement = (*improvement)?;
            let shipped = !story.is_unshipped();
            let proof = logged(&log, story).proof.filter(|_| shipped && improvement.proof.is_none());
            Some(Logged { improvement, shipped, proof })
        })
        .collect();
    let missing: String =
        all.iter().filter(|(_, there)| there.is_none()).map(|(story, _)| rendered(&log, story)).collect();
    let last = parsed.improvements.iter().map(|improvement| improvement.last).max();
    let with = improvements::with_more(text, last.unwrap_or(section.line), last.is_none(), &missing);
    let with = improvements::with_states(&with, &states);
    (with != text).then_some(with)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::tests::Room;
    use crate::domain::request::{NewStory, Request};

    #[test]
    fn a_text_is_brought_up_to_the_stories_of_the_log() {
        let mut room = Room::declared();
        for title in ["Limit the queue", "Alert on *depth*", "Drill it"] {
            room.ask(Request::FileStory(NewStory { title: title.to_owned(), ..NewStory::default() }));
        }
        room.ask(Request::ShipStory { number: 1, link: "MR 7".to_owned(), reason: String::new() });
        room.ask(Request::VerifyStory { number: 1, proof: "a drill".to_owned() });
        room.ask(Request::DropStory { number: 3, reason: "not needed".to_owned() });
        let text = "# x\n\n## Improvements\n\n- [ ] Story INC-2026-0042/S1: Limit the queue\n  Owner: @bob\n\n## Lessons Learned\n";
        let with = with_stories(text, &room.incident).unwrap();
        assert!(
            with.contains("- [x] Story INC-2026-0042/S1: Limit the queue\n  Owner: @bob Proof: a drill\n- [ ] Story INC-2026-0042/S2: Alert on"),
            "{with}"
        );
        assert!(with.ends_with("\n\n## Lessons Learned\n") && !with.contains("Drill it"), "{with}");
        assert_eq!(with_stories(&with, &room.incident), None);
        // What did not hold is open again, and so is its box.
        room.ask(Request::ShipStory { number: 2, link: "MR 8".to_owned(), reason: String::new() });
        let ticked = with_stories(&with, &room.incident).unwrap();
        let (shipped, by_hand) = ("- [x] Story INC-2026-0042/S2", "* [X] Story INC-2026-0042/S2");
        assert!(ticked.contains(shipped), "{ticked}");
        room.ask(Request::ReopenStory { number: 2, reason: "the alert was taken out".to_owned() });
        let open = with_stories(&ticked.replace(shipped, by_hand), &room.incident).unwrap();
        assert_eq!(open, ticked.replace(shipped, "* [ ] Story INC-2026-0042/S2"));
        let empty = "# x\n\n## Improvements\n\n## Lessons Learned\n";
        let with = with_stories(empty, &room.incident).unwrap();
        assert_eq!(document::parse(&with).0.improvements.len(), 2, "{with}");
        assert_eq!(document::parse(&with).0.sections.len(), 2, "{with}");
    }
}
