//! The YAML block at the top of a postmortem: known keys by type, everybody else's keys kept line for line, and
//! writing that no YAML reader can mistake. It must not resolve anchors, aliases or tags (they are refused), and it
//! must not guess types: a value is the text that stands there.

mod key;
mod scalar;
mod yaml;

use chrono::NaiveDate;

use super::{PartialDate, Problem};
use crate::domain::ids::Seq;
use crate::domain::time::{Utc, rfc3339};

pub use key::Key;
pub use scalar::quoted;

/// The largest front matter of our own postmortems, in bytes.
pub const MAX_OWN: usize = 16 * 1024;
/// The largest front matter of imported postmortems, in bytes.
pub const MAX_IMPORTED: usize = 64 * 1024;

/// A value as it stands in the file. Scalars keep their text: `007`, `1e3`, `no` and dates are not converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// A scalar.
    Text(String),
    /// A sequence.
    List(Vec<Value>),
    /// A mapping in its order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The texts of a list, or of a single scalar, nested lists flattened; of a mapping its keys.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Null => Vec::new(),
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().flat_map(Self::texts).collect(),
            Self::Map(entries) => entries.iter().map(|(key, _)| key.as_str()).collect(),
        }
    }
}

/// One key with its value and the very lines it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    key: String,
    line: usize,
    value: Value,
    /// The source, key line to the line before the next key, with line ends.
    raw: String,
}

/// The front matter of one document. Unchanged keys are written back byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrontMatter {
    /// Lines before the first key (comments).
    preamble: String,
    entries: Vec<Entry>,
    /// Why it cannot be rewritten, and the block as it stands.
    unreadable: Option<String>,
}

/// The front matter cannot be changed because it could not be read; the text is untouched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the front matter cannot be read as `key: value` lines, so nothing in it can be changed; mend it first"
)]
pub struct Unreadable;

/// A document cut at its front matter. `opening`, `front`, `closing` and `body` together are the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split<'a> {
    /// What stands before the block: a byte order mark, if any, and the first `---` line.
    pub opening: &'a str,
    /// The lines between the `---` lines, if there are such.
    pub front: Option<&'a str>,
    /// The line that ends the block.
    pub closing: &'a str,
    /// The rest of the document.
    pub body: &'a str,
    /// The line of the file on which the body begins, from 1.
    pub body_line: usize,
}

/// Cuts a document at its front matter: a first line `---` up to the next line `---` or `...`. A byte order mark
/// is stepped over. Without a closing line there is no front matter.
#[must_use]
pub fn split(text: &str) -> Split<'_> {
    let whole = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mark = text.len().saturating_sub(whole.len());
    let cut = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let none = Split { opening: cut(0, mark), front: None, closing: "", body: whole, body_line: 1 };
    let mut lines = whole.split_inclusive('\n');
    let Some(first) = lines.next().filter(|first| first.trim_end() == "---") else {
        return none;
    };
    let start = mark.saturating_add(first.len());
    let mut end = start;
    for (count, line) in lines.enumerate() {
        let after = end.saturating_add(line.len());
        if matches!(line.trim_end(), "---" | "...") {
            return Split {
                opening: cut(0, start),
                front: Some(cut(start, end)),
                closing: cut(end, after),
                body: cut(after, text.len()),
                body_line: count.saturating_add(3),
            };
        }
        end = after;
    }
    none
}

impl FrontMatter {
    /// Reads the lines between the `---` lines of one of our own postmortems; they begin at line 2 of the file.
    /// Whatever is wrong is listed; if the block as a whole cannot be read it is kept and refuses changes.
    #[must_use]
    pub fn parse(block: &str) -> (Self, Vec<Problem>) {
        let (mut front, mut problems) = Self::read(block, MAX_OWN, false);
        problems.extend(front.entries.iter().filter_map(Entry::type_problem));
        if !problems.iter().all(|p| p.rule == "front-matter-value") {
            front.unreadable = Some(block.to_owned());
        }
        (front, problems)
    }

    /// Reads somebody else's front matter: any types, the first of duplicate keys, and what is not YAML line by
    /// line. Never fails; what was odd is listed.
    #[must_use]
    pub fn parse_lenient(block: &str) -> (Self, Vec<Problem>) {
        Self::read(block, MAX_IMPORTED, true)
    }

    fn read(block: &str, cap: usize, lenient: bool) -> (Self, Vec<Problem>) {
        if block.len() > cap {
            let message = format!("the front matter has {} bytes; at most {cap} are read", block.len());
            let front = Self { unreadable: Some(block.to_owned()), ..Self::default() };
            return (front, vec![Problem::new("front-matter", 1, message)]);
        }
        yaml::read(block, lenient)
    }

    /// Whether the front matter could be read as a whole and can be changed.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.unreadable.is_none()
    }

    /// The value of any key, known or foreign.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The line of a key in the file.
    #[must_use]
    pub fn line_of(&self, key: Key) -> Option<usize> {
        self.entries.iter().find(|entry| entry.key == key.as_str()).map(|entry| entry.line)
    }

    /// The keys in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.key.as_str())
    }

    /// The text of a known key; none when absent, empty or not a scalar.
    #[must_use]
    pub fn text(&self, key: Key) -> Option<&str> {
        self.get(key.as_str())?.text().map(str::trim).filter(|text| !text.is_empty())
    }

    /// The texts of a known key that holds a list (or one text).
    #[must_use]
    pub fn list(&self, key: Key) -> Vec<&str> {
        self.get(key.as_str()).map(Value::texts).unwrap_or_default()
    }

    /// The instant of a milestone key.
    #[must_use]
    pub fn instant(&self, key: Key) -> Option<Utc> {
        parse_instant(self.text(key)?)
    }

    /// The date, with the parts that are known.
    #[must_use]
    pub fn date(&self) -> Option<PartialDate> {
        self.text(Key::Date)?.parse().ok()
    }

    /// The head of the log when publishing began: position and hash in hex.
    #[must_use]
    pub fn timeline_head(&self) -> Option<(Seq, &str)> {
        let (seq, hex) = self.text(Key::TimelineHead)?.split_once(' ')?;
        Some((Seq(seq.parse().ok()?), hex.trim()))
    }

    /// Sets a known key to a text, in its place, or at the end when it is new.
    ///
    /// # Errors
    /// When the front matter could not be read.
    pub fn set_text(&mut self, key: Key, text: &str) -> Result<(), Unreadable> {
        let raw = format!("{}: {}\n", key.as_str(), quoted(text));
        self.set(key, Value::Text(text.to_owned()), raw)
    }

    /// Sets a known key to a list.
    ///
    /// # Errors
    /// When the front matter could not be read.
    pub fn set_list<S: AsRef<str>>(&mut self, key: Key, items: &[S]) -> Result<(), Unreadable> {
        let mut raw = format!("{}:", key.as_str());
        if items.is_empty() {
            raw.push_str(" []");
        }
        for item in items {
            raw.push_str("\n  - ");
            raw.push_str(&quoted(item.as_ref()));
        }
        raw.push('\n');
        let value = Value::List(items.iter().map(|item| Value::Text(item.as_ref().to_owned())).collect());
        self.set(key, value, raw)
    }

    /// Sets a milestone key, to the second.
    ///
    /// # Errors
    /// When the front matter could not be read.
    pub fn set_instant(&mut self, key: Key, at: Utc) -> Result<(), Unreadable> {
        self.set_text(key, &rfc3339(at).replace(".000Z", "Z"))
    }

    /// What is wrong with a date from which no day is had: without it, the text stands under another date or none.
    #[must_use]
    pub fn date_problem(&self) -> Option<Problem> {
        let entry = self.entries.iter().find(|entry| entry.key == Key::Date.as_str())?;
        let day = entry.value.text().and_then(PartialDate::find).and_then(|date| date.day);
        entry.type_problem().filter(|_| day.is_none())
    }

    /// Sets the date.
    ///
    /// # Errors
    /// When the front matter could not be read.
    pub fn set_date(&mut self, date: NaiveDate) -> Result<(), Unreadable> {
        self.set_text(Key::Date, &PartialDate::from(date).to_string())
    }

    /// Sets the head of the log.
    ///
    /// # Errors
    /// When the front matter could not be read.
    pub fn set_timeline_head(&mut self, seq: Seq, hex: &str) -> Result<(), Unreadable> {
        self.set_text(Key::TimelineHead, &format!("{seq} {hex}"))
    }

    /// Takes a key out.
    ///
    /// # Errors
    /// When the front matter could not be read.
    pub fn remove(&mut self, key: Key) -> Result<(), Unreadable> {
        if !self.is_readable() {
            return Err(Unreadable);
        }
        self.entries.retain(|entry| entry.key != key.as_str());
        Ok(())
    }

    fn set(&mut self, key: Key, value: Value, mut raw: String) -> Result<(), Unreadable> {
        if !self.is_readable() {
            return Err(Unreadable);
        }
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.key == key.as_str()) {
            if entry.value == value {
                return Ok(());
            }
            if entry.raw.contains("\r\n") {
                raw = raw.replace('\n', "\r\n");
            }
            raw.push_str(&trailing_comments(&entry.raw));
            entry.raw = raw;
            entry.value = value;
        } else {
            // What stands before the new key ends its line.
            let before = self.entries.last_mut().map_or(&mut self.preamble, |last| &mut last.raw);
            if !before.is_empty() && !before.ends_with('\n') {
                before.push('\n');
            }
            // Behind the mark of a document's end it would be of a second one.
            raw.push_str(&before.split_off(end_of_document(before)));
            self.entries.push(Entry { key: key.as_str().to_owned(), line: 0, value, raw });
        }
        Ok(())
    }

    /// The lines between the `---` lines.
    #[must_use]
    pub fn to_block(&self) -> String {
        let mut out = match &self.unreadable {
            Some(block) => block.clone(),
            None => self.entries.iter().fold(self.preamble.clone(), |out, entry| out + &entry.raw),
        };
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out
    }

    /// The block with its `---` lines, ready to stand before the body.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("---\n{}---\n", self.to_block())
    }
}

/// Where the mark of YAML that a document ends, `...`, begins in the lines of the last key; their length where there is none.
fn end_of_document(raw: &str) -> usize {
    let is_mark = |line: &str| {
        line.strip_prefix("...").is_some_and(|rest| !rest.starts_with(|c: char| !c.is_whitespace()))
    };
    raw.split_inclusive('\n').take_while(|line| !is_mark(line)).map(str::len).sum()
}

/// Comment and blank lines that stand behind a value: they stay when the value changes.
fn trailing_comments(raw: &str) -> String {
    let lines: Vec<&str> = raw.split_inclusive('\n').skip(1).collect();
    let kept = lines.iter().rev().take_while(|l| l.starts_with('#') || l.trim().is_empty()).count();
    lines.iter().skip(lines.len().saturating_sub(kept)).copied().collect()
}

/// Reads an instant as people write them in front matter: RFC 3339, or `2026-11-20 14:05[:30]` with or without
/// `Z` or `UTC`, which is UTC.
#[must_use]
pub fn parse_instant(text: &str) -> Option<Utc> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text.trim()) {
        return Some(at.with_timezone(&chrono::Utc));
    }
    let text = text.trim().trim_end_matches("UTC").trim_end_matches(['Z', 'z']).trim_end();
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| chrono::NaiveDateTime::parse_from_str(text, form).ok())
        .map(|at| at.and_utc())
}

impl Entry {
    /// What is wrong with the value of a known key.
    fn type_problem(&self) -> Option<Problem> {
        let key = Key::ALL.into_iter().find(|key| key.as_str() == self.key)?;
        let problem = |message: String| Some(Problem::new("front-matter-value", self.line, message));
        let name = key.as_str();
        match &self.value {
            Value::Null => None,
            Value::Map(_) => problem(format!(
                "`{name}` is a mapping; write {}",
                if key.is_list() { "a list" } else { "one text" }
            )),
            Value::List(items) if !key.is_list() && !items.is_empty() => {
                problem(format!("`{name}` is a list; write one text"))
            }
            Value::List(_) => None,
            Value::Text(text) if text.trim().is_empty() || text.contains(super::markdown::MARK) => None,
            Value::Text(text) if key.is_instant() && parse_instant(text).is_none() => {
                problem(format!("`{name}` is not a time: {text:?}; write it as \"2026-11-20T14:05:00Z\""))
            }
            Value::Text(text) if key == Key::Date && text.parse::<PartialDate>().is_err() => {
                problem(format!("`date` is not a date: {text:?}; write it as \"2026-11-20\""))
            }
            Value::Text(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
