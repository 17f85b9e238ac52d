//! What the screen lists, made from what the service answers. It must not ask for anything itself.

use std::cmp::Reverse;

use crate::app::model::{
    Hit, HomeCounts, HomeList, HomeRow, LATE_STORIES, MEETING_WAS, Passage, RunbookChoice,
};
use crate::app::msg::Suggestions;
use crate::domain::account::Aside;
use crate::domain::composed::{composed, is_mark};
use crate::domain::ids::LogId;
use crate::domain::policy::Policy;
use crate::domain::quick_entry;
use crate::domain::summary::{Summary, meeting_passed, review_words};
use crate::domain::time::{Utc, format_span};
use crate::domain::words::{ReviewState, State, Visibility};
use crate::service::{self, Arrears, Past, Service, Similar};

/// How many closed incidents the home screen shows.
pub(super) const RECENT: u32 = 50;

/// The rows of the home screen.
pub(super) fn home(
    open: Vec<(LogId, Summary)>,
    resolved: Vec<(LogId, Summary)>,
    closed: Vec<(LogId, Summary)>,
    late: &[Arrears],
    policy: &Policy,
    now: Utc,
    counts: HomeCounts,
) -> HomeList {
    let row = |(log, s): (LogId, Summary)| {
        let late = late.iter().find(|a| a.incident == s.id);
        (late.map(|a| a.since), row(log, s, late, policy, now))
    };
    let rows = |rows: Vec<(LogId, Summary)>| rows.into_iter().map(row).collect::<Vec<_>>();
    // Late stories first, the latest in front; then in the order of the section.
    let mut owed = rows(resolved);
    owed.sort_by_key(|(since, r)| (since.is_none(), *since, r.updated_at));
    let mut recent = rows(closed);
    recent.sort_by_key(|(since, r)| (since.is_none(), *since, Reverse(r.declared_at)));
    let bare = |rows: Vec<(_, HomeRow)>| rows.into_iter().map(|(_, row)| row).collect();
    HomeList {
        open: open.into_iter().map(|r| row(r).1).collect(),
        owed: bare(owed),
        recent: bare(recent),
        counts,
        next: None,
        over: Vec::new(),
        soonest: None,
    }
}

fn row(log: LogId, summary: Summary, late: Option<&Arrears>, policy: &Policy, now: Utc) -> HomeRow {
    let owes = owes(&summary, late, policy, now);
    let profile = policy.profile_named(&summary.profile);
    HomeRow {
        log,
        id: summary.id.to_string(),
        title: summary.shown_title().to_owned(),
        severity: summary.severity.unwrap_or_else(|| profile.unset_label()),
        kind: summary.kind,
        state: summary.state,
        phase: summary.phase.to_string(),
        commander: summary.commander.unwrap_or_default(),
        restricted: summary.visibility != Visibility::Team,
        declared_at: summary.declared_at,
        updated_at: summary.updated_at,
        owes,
    }
}

/// What a resolved incident owes before it can be forgotten.
fn owes(summary: &Summary, late: Option<&Arrears>, policy: &Policy, now: Utc) -> Vec<String> {
    if summary.state == State::Open {
        return Vec::new();
    }
    let mut owes = Vec::new();
    let today = now.date_naive();
    let waived = summary.postmortem_waived;
    let owner = summary.postmortem_owner.as_deref();
    let review = review_words(waived, summary.review, owner, summary.meeting, today);
    // A meeting that went by without a word is the first thing to ask about.
    let passed = !waived && meeting_passed(summary.review, summary.meeting, today);
    if let Some(day) = summary.meeting.filter(|_| passed) {
        let stands = summary.review.map_or("not begun", ReviewState::as_str);
        owes.push(format!("{MEETING_WAS} {day}, postmortem {stands}"));
    }
    if summary.owes_postmortem() {
        owes.push(match summary.postmortem_due(policy) {
            Some(due) if due < now => format!("postmortem overdue since {}", due.format("%Y-%m-%d")),
            Some(due) => format!("postmortem due {}", due.format("%Y-%m-%d")),
            None => "postmortem".to_owned(),
        });
    }
    let settled = summary.review == Some(ReviewState::Closed);
    owes.extend(review.filter(|_| !passed && !settled));
    if summary.state == State::Resolved && owes.is_empty() {
        owes.push("close".to_owned());
    }
    // What is late comes before what is not.
    let overdue = late.map_or(0, |a| a.stories);
    if overdue > 0 {
        let word = if overdue == 1 { "story" } else { "stories" };
        let is_late =
            |owed: &&String| owed.starts_with(MEETING_WAS) || owed.starts_with("postmortem overdue");
        owes.insert(owes.iter().take_while(is_late).count(), format!("{overdue} {word}{LATE_STORIES}"));
    }
    match summary.unshipped.saturating_sub(overdue) {
        0 => {}
        1 => owes.push("1 story unshipped".to_owned()),
        n => owes.push(format!("{n} stories unshipped")),
    }
    owes
}

/// A past incident as the screen lists it.
pub(super) fn hit(past: Past) -> Hit {
    Hit {
        id: past.id,
        title: past.title,
        mark: past.aside.map_or("", Aside::mark),
        severity: past.severity.unwrap_or_default(),
        date: past.date.unwrap_or_default(),
        path: past.path,
        why: past.why,
        ended: past.ended.unwrap_or_default(),
        took: past.took.map(format_span).unwrap_or_default(),
        unshipped: past
            .unshipped
            .into_iter()
            .map(|s| {
                let owner = s.owner.map(|o| format!(" @{o}")).unwrap_or_default();
                let due = s.due.map(|d| format!(" due {d}")).unwrap_or_default();
                format!("S{} {}{owner}{due}", s.id.number, s.title)
            })
            .collect(),
        same: past.same,
        said: past.said.unwrap_or_default(),
        snippet: String::new(),
        score: past.score,
    }
}

/// What fits a title that is being typed: its last word is taken as it is. What cannot be looked up is said beside what can: nothing found and nothing looked at are not
/// the same.
pub(super) async fn suggestions(service: &Service, title: String) -> Suggestions {
    let mut failed: Vec<String> = Vec::new();
    let services = service.services_named(&title).await.unwrap_or_else(|failure| {
        failed.push(format!("services cannot be looked up: {failure}"));
        Vec::new()
    });
    // A #tag in the title counts as one.
    let (tags, named) = (quick_entry::tags_of(&title), services.clone());
    let (books, meant) = (service.clone(), service.as_meant(&title, true).await);
    let fitting = tokio::task::spawn_blocking(move || books.fitting_runbooks(&meant, &named, &tags, &[], 3));
    let runbooks = fitting.await.unwrap_or_else(|_| {
        failed.push("runbooks cannot be looked up: reading them broke off".to_owned());
        Vec::new()
    });
    let similar = service.recurrence(Similar::Typed(title), 3).await.unwrap_or_else(|failure| {
        // One archive that cannot be read has one reason.
        failed.retain(|said| !said.contains(&failure.message));
        failed.push(format!("similar incidents cannot be looked up: {failure}"));
        Vec::new()
    });
    Suggestions {
        runbooks: runbooks.into_iter().map(choice).collect(),
        similar: similar.into_iter().map(hit).collect(),
        services,
        failed: (!failed.is_empty()).then(|| failed.join("; ")),
    }
}

/// A runbook as the screen lists it.
pub(super) fn choice(choice: service::RunbookChoice) -> RunbookChoice {
    RunbookChoice { name: choice.name, title: choice.title, why: choice.why, stale: String::new() }
}

/// A text with the words of a query marked: every word of it that begins like one of the query.
pub(super) fn passage(path: String, text: &str, query: &str) -> Passage {
    // Some systems write a letter and its mark as two.
    let within = |c: char| c.is_alphanumeric() || is_mark(c);
    let wanted: Vec<String> = composed(query)
        .split(|c: char| !within(c))
        .filter(|w| w.chars().count() >= 2)
        .map(|w| stem(&w.to_lowercase()).to_owned())
        .collect();
    let mut marks = Vec::new();
    let mut lines = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let safe = crate::domain::safe::SafeText::line(line).into_string();
        let mut from = None;
        for (at, c) in safe.char_indices().chain([(safe.len(), ' ')]) {
            match (from, within(c)) {
                (None, true) => from = Some(at),
                (Some(start), false) => {
                    let word = composed(safe.get(start..at).unwrap_or_default()).to_lowercase();
                    if wanted.iter().any(|w| word.starts_with(w.as_str())) {
                        marks.push((n, start, at));
                    }
                    from = None;
                }
                _ => {}
            }
        }
        lines.push(safe);
    }
    Passage { path, lines, marks }
}

/// A word without its commonest endings: enough to mark what the index found by the same stem.
fn stem(word: &str) -> &str {
    ["ing", "ed", "es", "s"]
        .iter()
        .find_map(|end| word.strip_suffix(end).filter(|stem| stem.chars().count() >= 3))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_however_their_letters_are_written() {
        let marked = |text: &str, query: &str| -> Vec<String> {
            let read = passage("a.md".into(), text, query);
            let word =
                |(n, from, to): &(usize, usize, usize)| read.lines[*n].get(*from..*to).unwrap().to_owned();
            read.marks.iter().map(word).collect()
        };
        let apart = "re\u{301}sume\u{301}";
        assert_eq!(marked(&format!("the {apart} pod"), "résumé"), [apart]);
        assert_eq!(marked("the résumé pod", apart), ["résumé"]);
        assert_eq!(marked("disks were full", "disk"), ["disks"]);
    }
}
