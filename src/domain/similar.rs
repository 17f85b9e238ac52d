//! What an incident in progress says about itself, as a query for similar past ones. Pure: it must not search.
//!
//! The title says most; starred lines were chosen by a person; the first lines hold the symptoms and the last ones
//! what is known now. What the program wrote itself, places to fill in among it, and names of people, say nothing about
//! the kind of incident.

use crate::domain::postmortem::markdown::without_marks;

/// Most lines taken from the start of the log: the symptoms.
const FIRST: usize = 20;

/// Most lines taken from its end: what is known now.
const LAST: usize = 20;

/// How many of the last lines count as recent.
const RECENT: usize = 10;

/// Weight of the title, against 1 for a plain line.
const TITLE: f32 = 2.0;

/// Weight of a recent line.
const RECENT_LINE: f32 = 1.25;

/// Weight of a starred line.
const STARRED_LINE: f32 = 1.5;

/// Longest part in bytes; a pasted log says its kind at its start.
const LONGEST_PART: usize = 4096;

/// A line of the timeline, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its text.
    pub text: &'a str,
    /// Written by the program, not by a person or an alert.
    pub system: bool,
    /// Starred.
    pub starred: bool,
}

/// A piece of text and how much its words count.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Weight of each of its words; 1 for a plain line.
    pub weight: f32,
}

/// A query for similar incidents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryText {
    /// The texts, the title first.
    pub parts: Vec<Part>,
    /// Services, as named.
    pub services: Vec<String>,
    /// Tags, as named.
    pub tags: Vec<String>,
}

impl QueryText {
    /// A query of one text, each word counting once: `similar --text`.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { parts: vec![Part { text: without_marks(text).into_owned(), weight: 1.0 }], ..Self::default() }
    }
}

/// Chooses the query of an incident in progress from its title, labels and lines (oldest first).
#[must_use]
pub fn query_text<'a>(
    title: &str,
    services: &[String],
    tags: &[String],
    lines: impl Iterator<Item = Line<'a>>,
) -> QueryText {
    let lines: Vec<Line<'a>> = lines.filter(|line| !line.system && !line.text.trim().is_empty()).collect();
    let count = lines.len();
    let mut parts = vec![part(title, TITLE)];
    for (n, line) in lines.iter().enumerate() {
        let from_end = count - n;
        if n >= FIRST && from_end > LAST && !line.starred {
            continue;
        }
        // Recent means: of a log long enough to have older lines.
        let recent = if count > RECENT && from_end <= RECENT { RECENT_LINE } else { 1.0 };
        let starred = if line.starred { STARRED_LINE } else { 1.0 };
        parts.push(part(line.text, recent * starred));
    }
    parts.retain(|part| !part.text.is_empty());
    QueryText { parts, services: labels(services), tags: labels(tags) }
}

/// A part without people's names, cut.
fn part(text: &str, weight: f32) -> Part {
    let text = text.get(..text.floor_char_boundary(LONGEST_PART)).unwrap_or(text);
    let text = without_marks(text);
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with('@')).collect();
    Part { text: words.join(" "), weight }
}

/// Labels without blanks and repetitions, in order.
fn labels(names: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if !kept.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            kept.push(name.to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line<'_> {
        Line { text, system: false, starred: false }
    }

    #[test]
    fn system_lines_and_names_are_left_out() {
        let got = query_text(
            "Checkout down",
            &["payments".into(), " Payments ".into(), String::new()],
            &["tls".into()],
            [line("@bob looks at the certificate"), Line { system: true, ..line("P1 declared") }, line("  ")]
                .into_iter(),
        );
        let texts: Vec<&str> = got.parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(texts, ["Checkout down", "looks at the certificate"]);
        assert_eq!(got.services, ["payments"]);
        assert_eq!(got.tags, ["tls"]);
    }

    #[test]
    fn places_to_fill_in_are_left_out() {
        let got =
            query_text("Checkout down", &[], &[], [line("Impact: [fill in: what users felt]")].into_iter());
        assert_eq!(got.parts.last().unwrap().text, "Impact:");
        assert_eq!(QueryText::plain("disk [fill in: how long] full").parts[0].text, "disk   full");
    }

    #[test]
    fn the_title_starred_and_recent_lines_weigh_more() {
        let texts: Vec<String> = (0..30).map(|n| format!("line {n}")).collect();
        let lines = texts.iter().enumerate().map(|(n, text)| Line { starred: n == 2, ..line(text) });
        let got = query_text("Title", &[], &[], lines);
        let weight = |text: &str| got.parts.iter().find(|part| part.text == text).unwrap().weight;
        assert!(weight("Title") > weight("line 2"));
        assert!(weight("line 2") > weight("line 29"));
        assert!(weight("line 29") > weight("line 0"));
    }

    #[test]
    fn a_long_log_gives_its_ends_and_what_was_starred() {
        let texts: Vec<String> = (0..1000).map(|n| format!("line {n}")).collect();
        let lines = texts.iter().enumerate().map(|(n, text)| Line { starred: n == 500, ..line(text) });
        let got = query_text("", &[], &[], lines);
        assert_eq!(got.parts.len(), FIRST + LAST + 1);
        assert!(got.parts.iter().any(|part| part.text == "line 500"));
    }

    #[test]
    fn a_paste_is_cut_between_characters() {
        let paste = "é".repeat(10_000);
        let got = query_text(&paste, &[], &[], std::iter::empty());
        assert!(got.parts.first().unwrap().text.len() <= LONGEST_PART);
    }
}
