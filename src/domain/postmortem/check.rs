//! Holds a postmortem to what it promised to be: complete, blameless, with improvements that somebody owns. Each rule has
//! a stable name, so that scripts can rely on it. It must not change the text, and it must not judge style.

mod blame;
mod log;
mod marks;
mod stories;

use chrono::NaiveDate;

use super::document::{self, Part, Postmortem, Section};
use super::front_matter::{self, Key};
use super::markdown::{self, BlockKind, MARK};
use super::{Improvement, Problem};
use crate::domain::ids::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::secret;
use crate::domain::words::{StoryKind, fold_word};

pub use log::ID_DIFFERS;
pub use marks::CONFLICT;

/// Every review finds at least this many contributing factors: with fewer, one cause was blamed for all.
const FACTORS: usize = 3;

/// Every rule: its stable name and what it asks for, in the order of a document.
pub const RULES: [(&str, &str); 31] = [
    ("too-large", "the document is small enough to be read"),
    ("front-matter", "there is front matter, and it can be read"),
    ("front-matter-key", "id, title, date and severity are given"),
    ("front-matter-value", "known keys have values of their type"),
    (ID_DIFFERS, "the id is the one of its incident; this one cannot be waived"),
    ("severity-unknown", "the severity is one of the profile"),
    ("severity-differs", "the severity is the one that the log says"),
    ("unknown-word", "kind, visibility and disposition are words of their sets"),
    (
        "differs-from-log",
        "date, kind, visibility, disposition, commander and milestones are those of the log",
    ),
    ("secret", "no secret is in it; this one cannot be waived"),
    (CONFLICT, "no marks of a merge are left in it; this one cannot be waived"),
    ("unfilled", "no mark, placeholder, TBD or TODO is left"),
    ("section-missing", "every section is there"),
    ("section-empty", "every section says something"),
    ("summary-empty", "the summary says something"),
    ("impact-incomplete", "the impact names its three faces: user-facing, internal, external"),
    ("timeline-empty", "the timeline has entries"),
    ("human-error", "no person's failing is given as a cause"),
    ("contributing-factors", "there are three contributing factors or more"),
    ("improvement-mix", "there is a preventive, a detective and a process improvement"),
    ("improvement-form", "every improvement is a task item"),
    ("improvement-id", "a story id stands once, and belongs to this incident"),
    ("improvement-text", "an improvement says what must change"),
    ("improvement-owner", "an improvement has an owner"),
    ("improvement-due", "an improvement has a due date"),
    ("improvement-due-date", "the due date is a date"),
    ("improvement-due-past", "the due date of a new improvement is not past"),
    ("improvement-severity", "an improvement has a severity of the profile"),
    ("improvement-kind", "an improvement is preventive, detective or process"),
    (
        "differs-from-story",
        "text, owner, due date, severity, kind and tick of an improvement are those of its story",
    ),
    ("story-missing", "every story that was filed and not dropped is an improvement"),
];

/// What a postmortem is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Expectations<'a> {
    /// The names of the severities of the profile in use.
    pub severities: &'a [&'a str],
    /// What the log says, where there is one.
    pub log: Option<&'a Incident>,
    /// Today (UTC), for due dates.
    pub today: NaiveDate,
}

/// Finds everything that keeps a postmortem from being published, sorted by line. Empty means: fit to publish.
#[must_use]
pub fn check(text: &str, expected: &Expectations<'_>) -> Vec<Problem> {
    let (postmortem, mut problems) = document::parse(text);
    if problems.iter().any(|problem| problem.rule == "too-large") {
        return problems;
    }
    front_matter_keys(text, &postmortem, expected, &mut problems);
    marks::find(text, &postmortem, &mut problems);
    sections(&postmortem, &mut problems);
    for part in [Part::RootCause, Part::ContributingFactors] {
        if let Some(section) = postmortem.section(part) {
            blame::find(section, &mut problems);
        }
    }
    let lines: Vec<&str> = markdown::lines_of(text).collect();
    for improvement in &postmortem.improvements {
        let is_marked = lines
            .get(improvement.line.saturating_sub(1)..improvement.last)
            .is_some_and(|lines| lines.iter().any(|line| line.contains(MARK)));
        // A marked one is reported by its mark, once.
        if !is_marked {
            fields(improvement, expected, &mut problems);
        }
    }
    for found in secret::blocking(text) {
        let message = format!(
            "this looks like a secret ({}), which cannot be waived; take it out, revoke it, and erase it from the log: \
             warroom redact",
            found.rule
        );
        problems.push(Problem::new("secret", secret::line_of(text, &found), message));
    }
    story_ids(&postmortem, expected, &mut problems);
    if let Some(log) = expected.log {
        stories::find(&postmortem, log, expected, &mut problems);
    }
    mix(&postmortem, &mut problems);
    problems.sort_by(|a, b| (a.line, a.rule).cmp(&(b.line, b.rule)));
    problems
}

fn front_matter_keys(
    text: &str,
    postmortem: &Postmortem,
    expected: &Expectations<'_>,
    problems: &mut Vec<Problem>,
) {
    if front_matter::split(text).front.is_none() || !postmortem.front.is_readable() {
        return;
    }
    let own = expected.log.map_or_else(|| "INC-2026-0042".to_owned(), |log| log.id.to_string());
    for (key, example) in [
        (Key::Id, own.as_str()),
        (Key::Title, "what happened"),
        (Key::Date, "\"2026-11-20\""),
        (Key::Severity, "P1"),
    ] {
        if postmortem.front.text(key).is_none() {
            let line = postmortem.front.line_of(key).unwrap_or(1);
            let message = format!("the front matter has no `{0}`; add `{0}: {example}`", key.as_str());
            problems.push(Problem::new("front-matter-key", line, message));
        }
    }
    log::words(&postmortem.front, problems);
    if let Some(log) = expected.log {
        log::find(&postmortem.front, log, problems);
    }
    if let Some(severity) =
        postmortem.front.text(Key::Severity).filter(|s| !s.contains(MARK) && !knows(expected, s))
    {
        let line = postmortem.front.line_of(Key::Severity).unwrap_or(1);
        problems.push(Problem::new("severity-unknown", line, unknown_severity(severity, expected)));
    } else if let (Some(says), Some(log)) =
        (postmortem.front.text(Key::Severity), expected.log.and_then(|log| log.severity.as_deref()))
        && !says.contains(MARK)
        && fold_word(says) != fold_word(log)
    {
        let line = postmortem.front.line_of(Key::Severity).unwrap_or(1);
        let message = format!("the severity is {says}, and the log says {log}; write severity: {log}");
        problems.push(Problem::new("severity-differs", line, message));
    }
}

fn knows(expected: &Expectations<'_>, severity: &str) -> bool {
    expected.severities.iter().any(|known| fold_word(known) == fold_word(severity))
}

fn unknown_severity(severity: &str, expected: &Expectations<'_>) -> String {
    format!("{severity:?} is not a severity of the profile; use one of: {}", expected.severities.join(", "))
}

fn sections(postmortem: &Postmortem, problems: &mut Vec<Problem>) {
    let end = postmortem.sections.last().map_or(1, |section| section.last);
    for part in Part::ALL {
        let Some(section) = postmortem.section(part) else {
            let heading = part.heading();
            problems.push(Problem::new(
                "section-missing",
                end.max(1),
                format!("there is no section `## {heading}`; add it"),
            ));
            continue;
        };
        let is_empty = markdown::plain(&section.body).trim().is_empty();
        match part {
            Part::Summary if is_empty => {
                problems.push(Problem::new(
                    "summary-empty",
                    section.line,
                    "the summary is empty; say in three to five sentences what happened, whom it hit and why",
                ));
            }
            Part::Timeline if is_empty || !has_entries(section) => {
                problems.push(Problem::new("timeline-empty", section.line, "the timeline has no entries; write one list item or table row an event, with its time in UTC"));
            }
            Part::Impact => impact(section, problems),
            Part::ContributingFactors => factors(section, problems),
            // `improvement-mix` says what is missing there.
            Part::Improvements | Part::Summary | Part::Timeline => {}
            _ if is_empty => {
                let message =
                    format!("the section `{}` is empty; write what there is to say", section.heading);
                problems.push(Problem::new("section-empty", section.line, message));
            }
            _ => {}
        }
    }
}

/// Whether a timeline holds anything that can be an event: a list item, a table row, or a line that begins with a time.
fn has_entries(section: &Section) -> bool {
    let begins_with_time =
        |line: &str| line.trim_start_matches(['#', '*', ' ']).starts_with(|c: char| c.is_ascii_digit());
    markdown::blocks(&section.body).iter().any(|block| match &block.kind {
        BlockKind::List(rows) | BlockKind::Table(rows) => rows.iter().any(|(_, text)| !text.is_empty()),
        _ => false,
    }) || section.body.lines().any(begins_with_time)
}

/// The three faces of an impact: the words that name one, its name, and what to say.
const FACES: [(&[&str], &str, &str); 3] = [
    (
        &["user-facing", "user facing", "users", "customer-facing"],
        "user-facing",
        "what users felt, for how long, how many",
    ),
    (&["internal"], "internal", "which systems and data"),
    (&["external"], "external", "customers, partners, regulators"),
];

/// What stands behind a name at the start of a line, when the line begins with one of these names.
fn behind<'a>(line: &'a str, names: &[&str]) -> Option<&'a str> {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let rest = names.iter().find_map(|name| line.strip_prefix(name))?;
    (!rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

/// Each face of the impact is named and followed by words, on its line or, as a heading, on the next.
fn impact(section: &Section, problems: &mut Vec<Problem>) {
    let text = markdown::plain(&section.body).to_lowercase();
    let lines: Vec<&str> = text.lines().filter(|line| line.chars().any(char::is_alphanumeric)).collect();
    let has_words = |text: &str| text.chars().any(char::is_alphanumeric);
    for (names, name, what) in FACES {
        let is_said = lines.iter().enumerate().any(|(index, line)| {
            let next = lines.get(index.saturating_add(1));
            let next_is_other =
                next.is_none_or(|line| FACES.iter().any(|(names, ..)| behind(line, names).is_some()));
            behind(line, names).is_some_and(|rest| has_words(rest) || !next_is_other)
        });
        if !is_said {
            let message = format!(
                "the impact does not say `{name}`: add `- {name}: …` ({what}; \"none\" is an answer)"
            );
            problems.push(Problem::new("impact-incomplete", section.line, message));
        }
    }
}

fn factors(section: &Section, problems: &mut Vec<Problem>) {
    let blocks = markdown::blocks(&section.body);
    // A marked one is reported by its mark.
    let is_real = |text: &str| text.chars().any(char::is_alphanumeric);
    let rows: usize = blocks
        .iter()
        .map(|block| match &block.kind {
            BlockKind::List(rows) | BlockKind::Table(rows) => {
                rows.iter().filter(|(_, text)| is_real(text)).count()
            }
            _ => 0,
        })
        .sum();
    let headings = blocks
        .iter()
        .filter(|block| matches!(&block.kind, BlockKind::Heading(_, text) if is_real(text)))
        .count();
    let count = rows.max(headings);
    if count < FACTORS {
        let message = format!(
            "{count} contributing factors are listed; every incident has {FACTORS} or more: write one list item a factor (what let it happen, what hid it, what made it worse or longer)"
        );
        problems.push(Problem::new("contributing-factors", section.line, message));
    }
}

fn fields(improvement: &Improvement, expected: &Expectations<'_>, problems: &mut Vec<Problem>) {
    let mut problem = |rule, message: String| problems.push(Problem::new(rule, improvement.line, message));
    if !improvement.text.chars().any(char::is_alphanumeric) {
        problem(
            "improvement-text",
            "an improvement does not say what must change; write it behind `Story:`".to_owned(),
        );
        return;
    }
    if improvement.owner.is_none() {
        problem(
            "improvement-owner",
            "an improvement has no owner and would never ship; add `Owner: @name` on the next line"
                .to_owned(),
        );
    }
    match (&improvement.due, improvement.due_date()) {
        (None, _) => {
            problem("improvement-due", "an improvement has no due date; add `Due: YYYY-MM-DD`".to_owned());
        }
        (Some(due), None) => problem(
            "improvement-due-date",
            format!("the due date {due:?} is not a date; write `Due: YYYY-MM-DD`"),
        ),
        (Some(due), Some(date))
            if is_new(improvement, expected) && !improvement.done && date < expected.today =>
        {
            problem(
                "improvement-due-past",
                format!("the due date {due} of a new improvement is past; give it time to be done"),
            );
        }
        _ => {}
    }
    match &improvement.severity {
        None => problem(
            "improvement-severity",
            format!(
                "an improvement has no severity; add `Severity:` with one of: {}",
                expected.severities.join(", ")
            ),
        ),
        Some(severity) if !knows(expected, severity) => {
            problem("improvement-severity", unknown_severity(severity, expected));
        }
        Some(_) => {}
    }
    if improvement.story_kind().is_none() {
        let message = match &improvement.kind {
            None => "an improvement has no kind; add `Kind: preventive`, `detective` or `process`".to_owned(),
            Some(kind) => {
                format!("{kind:?} is not a kind of improvement; use preventive, detective or process")
            }
        };
        problem("improvement-kind", message);
    }
}

/// Publishing files it as a story: it has no id, or one of this incident that the log does not have.
fn is_new(improvement: &Improvement, expected: &Expectations<'_>) -> bool {
    let Some(story) = improvement.story else { return true };
    expected
        .log
        .is_some_and(|log| log.id == story.incident && !log.closing.stories.contains_key(&story.number))
}

/// One story, one place; and a story belongs to the incident that taught it.
fn story_ids(postmortem: &Postmortem, expected: &Expectations<'_>, problems: &mut Vec<Problem>) {
    let said = || postmortem.front.text(Key::Id)?.parse().ok();
    let own: Option<IncidentId> = expected.log.map(|log| log.id).or_else(said);
    let mut seen = Vec::new();
    for improvement in &postmortem.improvements {
        let Some(story) = improvement.story else { continue };
        if seen.contains(&story) {
            let message =
                format!("{story} stands twice; write `- [ ] Story: …` for a new improvement, without an id");
            problems.push(Problem::new("improvement-id", improvement.line, message));
        }
        if own.is_some_and(|own| own != story.incident) {
            let message = format!(
                "{story} belongs to another incident; name it under `related`, or take the id away to file a new story"
            );
            problems.push(Problem::new("improvement-id", improvement.line, message));
        }
        seen.push(story);
    }
}

fn mix(postmortem: &Postmortem, problems: &mut Vec<Problem>) {
    let Some(section) = postmortem.section(Part::Improvements) else { return };
    let is_there = |kind: &StoryKind| postmortem.improvements.iter().any(|i| i.story_kind() == Some(*kind));
    let missing: Vec<&str> =
        StoryKind::ALL.iter().filter(|kind| !is_there(kind)).map(|kind| kind.as_str()).collect();
    if !missing.is_empty() {
        let message = format!(
            "no {} improvement is listed; every incident yields at least one preventive, one detective and one process improvement",
            missing.join(" and no ")
        );
        problems.push(Problem::new("improvement-mix", section.line, message));
    }
}

#[cfg(test)]
mod tests;
