//! What a postmortem says of the stories that the log has: the log rules them. It must not ask for what the log does not
//! say.

use super::super::filed;
use super::super::markdown::MARK;
use super::super::{Improvement, Part, Postmortem, Problem};
use super::{Expectations, knows};
use crate::domain::ids::StoryId;
use crate::domain::incident::{Incident, Story};
use crate::domain::words::{StoryState, fold_word};

/// Finds improvements that say other things than their stories, and stories that are no improvement of the document.
pub(super) fn find(
    postmortem: &Postmortem,
    log: &Incident,
    expected: &Expectations<'_>,
    problems: &mut Vec<Problem>,
) {
    let Some(section) = postmortem.section(Part::Improvements) else { return };
    let log = &log.without_privileged();
    for (story, improvement) in filed::beside(log, &postmortem.improvements) {
        let id = StoryId { incident: log.id, number: story.number };
        match improvement {
            Some(_) if story.state == StoryState::Dropped => {}
            Some(improvement) => differs(log, story, id, improvement, expected, problems),
            None => {
                let title = Some(filed::logged(log, story).text).filter(|text| !text.contains(MARK));
                let title = title.map(|title| format!(": {title}")).unwrap_or_default();
                let message = format!(
                    "{id} is filed and does not stand here; write `- [ ] Story {id}{title}` with its fields on the next \
                     line, or drop it: warroom story drop {id} --reason TEXT"
                );
                problems.push(Problem::new("story-missing", section.line, message));
            }
        }
    }
}

fn differs(
    log: &Incident,
    story: &Story,
    id: StoryId,
    improvement: &Improvement,
    expected: &Expectations<'_>,
    problems: &mut Vec<Problem>,
) {
    if improvement.done && story.is_unshipped() {
        let message = format!(
            "{id} is ticked here, and the log says that it has not shipped: write `- [ ]`, or say that it has: warroom \
             story ship {id}"
        );
        problems.push(Problem::new("differs-from-story", improvement.line, message));
    }
    let mut problem = |what: &str, says: &str, logged: &str, flag: &str, argument: &str| {
        let message = format!(
            "the {what} of {id} is {says:?}, and the log says {logged:?}: write that here, or correct the log: warroom \
             story set {id} --{flag} {argument}"
        );
        problems.push(Problem::new("differs-from-story", improvement.line, message));
    };
    let text = improvement.text.trim();
    if !text.is_empty() && !text.contains(MARK) && !filed::is_said(text, log, story) {
        problem("text", text, &filed::logged(log, story).text, "title", "TEXT");
    }
    // What is no handle names nobody.
    let is_of_handles = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    let owner = improvement.owner.as_deref().filter(|owner| owner.chars().all(is_of_handles));
    if let (Some(says), Some(logged)) = (owner, story.owner.as_deref())
        && says.to_lowercase() != logged.trim_start_matches('@').to_lowercase()
    {
        problem("owner", says, logged, "owner", says);
    }
    if let (Some(says), Some(logged)) = (improvement.due_date(), story.due)
        && says != logged
    {
        let (says, logged) = (says.to_string(), logged.to_string());
        problem("due date", &says, &logged, "due", &says);
    }
    let severity = improvement.severity.as_deref().filter(|severity| knows(expected, severity));
    if let (Some(says), Some(logged)) = (severity, story.severity.as_deref())
        && fold_word(says) != fold_word(logged)
    {
        problem("severity", says, logged, "severity", says);
    }
    if let (Some(says), Some(logged)) = (improvement.story_kind(), story.kind)
        && says != logged
    {
        problem("kind", says.as_str(), logged.as_str(), "kind", says.as_str());
    }
}
