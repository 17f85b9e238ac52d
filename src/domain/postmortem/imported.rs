//! Any postmortem of the archive as search sees it: ours, and other people's as they are. Reading never fails on
//! Markdown, whatever its form; what could not be read is listed. It must not rewrite them, and it must not guess
//! what is not said.

mod causes;
mod dated;
mod ended;
mod took;

use std::borrow::Cow;

use chrono::NaiveDate;

use super::document;
use super::front_matter::{self, FrontMatter, Key, Value};
use super::markdown::{self, Block, BlockKind};
use super::{MAX_BYTES, PartialDate, Problem};
use crate::domain::html;
use crate::domain::safe::SafeText;
use crate::domain::time::Span;

/// The longest title that is kept, in characters.
const MAX_TITLE: usize = 300;
/// The longest id that is kept, in characters.
const MAX_ID: usize = 200;
/// How many services, and how many tags, are kept.
const MAX_WORDS: usize = 50;
/// In how many of the first lines a date or a severity is looked for.
const HEAD_LINES: usize = 40;

/// What a postmortem says about itself. Every text is safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Its own `id` or `uuid`, else its path with `-` for `/` and without extension.
    pub id: String,
    /// Title of the front matter, else the first heading, else the file name.
    pub title: String,
    /// The day, as far as it is known.
    pub date: Option<PartialDate>,
    /// The severity, if it is stated.
    pub severity: Option<String>,
    /// `real`, `drill`, `test` or `backfilled` of one of ours; none for other people's.
    pub kind: Option<String>,
    /// What it turned out to be, if it is stated: `false-alarm`, `duplicate-of INC-2026-0042`.
    pub disposition: Option<String>,
    /// `team`, `restricted` or `privileged`, if it is stated.
    pub visibility: Option<String>,
    /// Services it names.
    pub services: Vec<String>,
    /// Tags and categories.
    pub tags: Vec<String>,
    /// What the contributing factors are about, each theme once.
    pub factors: Vec<String>,
    /// Who or what noticed it: `alert`, `customer`, `outside`, `check`, `staff` or `other`; none when it is not said.
    pub detection: Option<String>,
    /// Root cause and contributing factors, as they stand; empty when no section is named so.
    pub causes: String,
    /// One line: what ended the incident; none when that is not clear.
    pub ended: Option<String>,
    /// How long it took from being noticed, else from its beginning, until it was over; none when that is not said.
    pub took: Option<Span>,
    /// The Markdown behind the front matter.
    pub body: String,
    /// The body without markup, for an index or a plain display.
    pub plain: String,
}

/// Why a file is not read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Too large for a text that people wrote.
    #[error("{path} has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLarge {
        /// The file.
        path: String,
        /// Its size in bytes.
        bytes: usize,
    },
    /// Not text.
    #[error("{path} is not text: it holds a zero byte at byte {at}")]
    Binary {
        /// The file.
        path: String,
        /// Where, in bytes from 0.
        at: usize,
    },
    /// Not UTF-8.
    #[error("{path} is not UTF-8: line {line} holds other bytes; convert it, for example with iconv")]
    NotUtf8 {
        /// The file.
        path: String,
        /// The first line that is not UTF-8, from 1.
        line: usize,
    },
    /// Nothing in it.
    #[error("{path} is empty")]
    Empty {
        /// The file.
        path: String,
    },
}

/// Reads a postmortem. `path` is relative to what was imported, with `/` between its parts.
///
/// # Errors
/// When the bytes are too many, not UTF-8, binary or nothing at all.
pub fn read(path: &str, bytes: &[u8]) -> Result<(Imported, Vec<Problem>), Unreadable> {
    Ok(read_text(path, text(path, bytes)?, None))
}

/// The same on a day: what its lines say of a later one is what is planned, not when it was.
///
/// # Errors
/// As [`read`] has them.
pub fn read_on(today: NaiveDate, path: &str, bytes: &[u8]) -> Result<(Imported, Vec<Problem>), Unreadable> {
    Ok(read_text(path, text(path, bytes)?, Some(today)))
}

/// The id of a postmortem and the visibility that it states, without reading the rest of it.
///
/// # Errors
/// As [`read`] has them.
pub fn id_and_visibility(path: &str, bytes: &[u8]) -> Result<(String, Option<String>), Unreadable> {
    let cut = front_matter::split(text(path, bytes)?);
    let front = cut.front.map(|front| FrontMatter::parse_lenient(front).0).unwrap_or_default();
    Ok((id(&front, path), stated_visibility(&front)))
}

/// The id that the front matter gives, else the path.
fn id(front: &FrontMatter, path: &str) -> String {
    ["id", "uuid"]
        .iter()
        .find_map(|key| first_text(front.get(key)?))
        .map(|id| line(&id, MAX_ID))
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| line(&id_of_path(path), MAX_ID))
}

fn stated_visibility(front: &FrontMatter) -> Option<String> {
    front.text(Key::Visibility).map(|visibility| line(visibility, 40))
}

/// The bytes as text that is worth reading.
fn text<'b>(path: &str, bytes: &'b [u8]) -> Result<&'b str, Unreadable> {
    let named = || SafeText::line(path).into_string();
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge { path: named(), bytes: bytes.len() });
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Unreadable::Binary { path: named(), at });
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = good.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
            return Err(Unreadable::NotUtf8 { path: named(), line });
        }
    };
    if text.trim().is_empty() {
        return Err(Unreadable::Empty { path: named() });
    }
    Ok(text)
}

fn read_text(path: &str, text: &str, today: Option<NaiveDate>) -> (Imported, Vec<Problem>) {
    let cut = front_matter::split(text);
    let (front, mut problems) = cut.front.map(FrontMatter::parse_lenient).unwrap_or_default();
    problems.extend(front.date_problem());
    let any = |keys: &[&str]| keys.iter().find_map(|key| first_text(front.get(key)?));
    let all = |keys: &[&str]| {
        let mut found: Vec<String> = Vec::new();
        for text in keys.iter().filter_map(|key| front.get(key)).flat_map(Value::texts) {
            let text = markdown::without_marks(text);
            // A single text may hold several words: `tags: a, b`.
            for word in text.split(',').map(|word| line(word, MAX_TITLE)).filter(|word| !word.is_empty()) {
                if found.len() < MAX_WORDS && !found.contains(&word) {
                    found.push(word);
                }
            }
        }
        found
    };
    let body = SafeText::block(cut.body).into_string();
    let markdown::Reading { blocks, code_lines, plain } = markdown::read(&body);
    let (heading, sections) = document::sections(&body, cut.body_line, &blocks);
    let heading = heading.or_else(|| first_heading(&blocks)).or_else(|| html::first(&body, "h1"));
    let stem = stem(path);
    let title = any(&["title", "name", "summary"])
        .map(|title| html::decoded(&title).into_owned())
        .or(heading)
        .map(|title| line(&title, MAX_TITLE))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| line(stem, MAX_TITLE));
    let causes = markdown::without_marks(&causes::text(&sections)).into_owned();
    let imported = Imported {
        id: id(&front, path),
        title,
        date: date(&front, path, || dated::find(&body, cut.body_line, &sections, today)),
        severity: any(&["severity", "sev", "priority"])
            .or_else(|| stated_severity(&body))
            .map(|s| line(&s, 40)),
        kind: front.text(Key::Kind).map(|kind| line(kind, 40)),
        disposition: front.text(Key::Disposition).map(|word| line(word, 40)),
        visibility: stated_visibility(&front),
        services: all(&["services", "service", "systems", "components", "affected"]),
        tags: all(&["tags", "categories", "category", "labels", "keywords"]),
        factors: causes::themes(&causes).into_iter().map(str::to_owned).collect(),
        detection: any(&["detection", "detected_by", "detection_source"])
            .or_else(|| causes::detection_section(&sections).filter(|said| !is_left_open(said)))
            .map(|said| causes::detection(&said).to_owned()),
        causes,
        ended: ended::find(&body, &blocks, &code_lines, &sections),
        took: took::find(&front, &body, &code_lines),
        plain: markdown::without_marks(&plain).into_owned(),
        body,
    };
    (imported, problems)
}

/// The first text of a value that holds one. What a person still had to fill in is none.
fn first_text(value: &Value) -> Option<String> {
    let is_said = |text: &&str| !text.is_empty() && !is_left_open(text);
    value.texts().into_iter().map(str::trim).find(is_said).map(str::to_owned)
}

/// Nobody said anything in this place.
fn is_left_open(text: &str) -> bool {
    matches!(markdown::without_marks(text), Cow::Owned(left) if left.trim().is_empty())
}

/// One safe line, no markup at its ends, cut at a number of characters.
fn line(text: &str, max: usize) -> String {
    let text = SafeText::line(text.trim()).into_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.char_indices()
        .nth(max)
        .map_or_else(|| text.clone(), |(at, _)| format!("{}…", text.get(..at).unwrap_or_default()))
}

/// The file name without its extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// The id that a path gives: `/` → `-`, no extension.
#[must_use]
pub fn id_of_path(path: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let parts = folder.split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.chain([stem(path)]).collect::<Vec<_>>().join("-")
}

fn first_heading(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|block| match &block.kind {
        BlockKind::Heading(_, text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    })
}

/// The keys that say when it was, the best first: it may have been written down much later.
const DATES: [&str; 14] = [
    "date",
    "incident_date",
    "started",
    "started_at",
    "start",
    "detected",
    "detected_at",
    "declared_at",
    "resolved",
    "resolved_at",
    "ended",
    "end",
    "published",
    "created",
];

/// The date: of the front matter, else of the file name, else of the first lines.
fn date(front: &FrontMatter, path: &str, lines: impl FnOnce() -> Option<PartialDate>) -> Option<PartialDate> {
    let stated = DATES.iter().find_map(|key| {
        let text = front.get(key)?.text()?;
        text.parse().ok().or_else(|| PartialDate::find(text))
    });
    stated.or_else(|| PartialDate::find(path)).or_else(lines)
}

/// A severity in the first lines: `Severity: P1`, `**Severity**: Sev 1`, `| Severity | SEV-2 |`.
fn stated_severity(body: &str) -> Option<String> {
    body.lines().take(HEAD_LINES).find_map(|line| {
        let value = labelled(line, &["severity"])?;
        let value = value.split(['|', ',', '.', '(', ';']).next().unwrap_or_default();
        // Other front matter than ours quotes it: `severity = "P2"`.
        let value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        let is_short = (1..=24).contains(&value.len()) && value.chars().any(char::is_alphanumeric);
        is_short.then(|| value.to_owned())
    })
}

/// What a line says behind one of these labels and its colon, bar or equals sign; marks of lists, tables and emphasis
/// do not count.
fn labelled(line: &str, labels: &[&str]) -> Option<String> {
    let bare: String = line.chars().filter(|c| !matches!(c, '*' | '_' | '`')).collect();
    let bare = bare.trim_start_matches(['-', '|', '#', ' ', '+']);
    labels.iter().find_map(|label| {
        let name = bare.get(..label.len()).filter(|name| name.eq_ignore_ascii_case(label))?;
        bare.get(name.len()..)?.trim_start().strip_prefix([':', '|', '=']).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests;
