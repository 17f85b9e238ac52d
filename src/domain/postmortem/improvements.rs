//! The improvements of a postmortem: task items with an owner, a date, a severity and a kind, read and written. It
//! must not decide which are new stories, nor mint their ids.

use chrono::NaiveDate;

use super::{Problem, markdown};
use crate::domain::ids::StoryId;
use crate::domain::words::StoryKind;

/// A task item under Improvements. Fields hold what stands there; `check` says what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Improvement {
    /// The line of its checkbox, from 1.
    pub line: usize,
    /// The last line that belongs to it.
    pub last: usize,
    /// The story it is, when it has been filed.
    pub story: Option<StoryId>,
    /// Its box is ticked.
    pub done: bool,
    /// What must change.
    pub text: String,
    /// Who owns it, without the `@`.
    pub owner: Option<String>,
    /// When it is due, as written (`2026-06-30`).
    pub due: Option<String>,
    /// How bad its absence is, as written.
    pub severity: Option<String>,
    /// `preventive`, `detective` or `process`, as written.
    pub kind: Option<String>,
    /// What shows that it works.
    pub proof: Option<String>,
}

impl Improvement {
    /// The day on which it is due, if that is a date.
    #[must_use]
    pub fn due_date(&self) -> Option<NaiveDate> {
        self.due.as_deref()?.parse().ok()
    }

    /// The kind, if it is one of the three.
    #[must_use]
    pub fn story_kind(&self) -> Option<StoryKind> {
        self.kind.as_deref()?.parse().ok()
    }
}

/// Reads the text under the heading Improvements, which begins at `first_line` of its file.
#[must_use]
pub fn parse(body: &str, first_line: usize) -> (Vec<Improvement>, Vec<Problem>) {
    let code = markdown::code_lines(body);
    let lines: Vec<&str> = markdown::lines_of(body).collect();
    let mut found: Vec<Improvement> = Vec::new();
    let mut problems = Vec::new();
    // How far the improvement is indented that the next lines belong to, and the item that was refused.
    let (mut own, mut refused): (Option<usize>, Option<usize>) = (None, None);
    let (mut blank, mut in_table) = (false, false);
    for (index, line) in lines.iter().copied().enumerate() {
        let line_number = index.saturating_add(first_line);
        if code.get(index).copied().unwrap_or(false) {
            continue;
        }
        let indent = indent_of(line);
        if line.trim().is_empty() {
            (blank, in_table) = (true, false);
            continue;
        }
        let mut refuse = |rule, message| problems.push(Problem::new(rule, line_number, message));
        let is_row = line.trim_start().starts_with('|');
        refused = refused.filter(|at| indent > *at);
        if let Some(task) = Task::of(line) {
            let below = lines.get(index.saturating_add(1)..).unwrap_or_default();
            let is_nested = own.is_some_and(|own| indent >= 2 && indent > own);
            if !is_nested || task.stands_alone(below) {
                if let Some(message) = task.half_named() {
                    refuse("improvement-id", message);
                }
                found.push(task.improvement(line_number));
                (own, refused) = (Some(indent), None);
            } else {
                let text = cut(task.text);
                let message = format!(
                    "{text:?} is a task within an improvement, and is no story; write it as `- [ ] Story: {text}`, or \
                     without its box"
                );
                refuse("improvement-form", message);
                refused = Some(indent);
            }
        } else if let Some(task) = quoted(line) {
            let text = cut(task.text);
            let message = format!("{text:?} is quoted, and is no story; take the `>` away before `- [ ]`");
            refuse("improvement-form", message);
            own = None;
        } else if is_row {
            if !in_table {
                let message = "a table is not read; write each row as `- [ ] Story: …`, with `Owner: @name Due: \
                               YYYY-MM-DD Severity: … Kind: …` on the next line";
                refuse("improvement-form", message.to_owned());
            }
            own = None;
        } else if refused.is_some() {
            // What is deeper than it belongs to it.
        } else if let Some(item) = bullet(line)
            .filter(|_| indent < 2 || own.is_none_or(|own| indent <= own && !begins_with_field(line)))
        {
            let message = format!("{:?} is not a task; write it as `- [ ] Story: {}`", cut(item), cut(item));
            refuse("improvement-form", message);
            (own, refused) = (None, Some(indent));
        } else if own.is_some() && (indent >= 2 || !blank) && !line.trim_start().starts_with('#') {
            if let Some(improvement) = found.last_mut() {
                improvement.add_line(line);
                improvement.last = line_number;
            }
        } else {
            own = None;
        }
        (blank, in_table) = (false, is_row);
    }
    (found, problems)
}

fn indent_of(line: &str) -> usize {
    line.len().saturating_sub(line.trim_start().len())
}

/// The task of a line that is quoted.
fn quoted(line: &str) -> Option<Task<'_>> {
    let line = line.trim_start();
    line.starts_with('>').then(|| Task::of(line.trim_start_matches(['>', ' ', '\t'])))?
}

/// Whether a line below an item is one of its fields.
fn begins_with_field(line: &str) -> bool {
    fields(field_line(line)).first().is_some_and(|(at, _)| *at == 0)
}

/// A line below an item without what stands before its first field.
fn field_line(line: &str) -> &str {
    line.trim().trim_start_matches(['-', '*', '+', '_', ' ', '('])
}

/// A text short enough for a message.
fn cut(text: &str) -> String {
    let text = text.trim();
    text.char_indices()
        .nth(60)
        .map_or_else(|| text.to_owned(), |(at, _)| format!("{}…", text.get(..at).unwrap_or_default()))
}

/// What follows the mark of a list item.
fn bullet(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.strip_prefix(['-', '*', '+']).or_else(|| {
        let after = line.trim_start_matches(|c: char| c.is_ascii_digit());
        (after.len() < line.len()).then_some(after)?.strip_prefix(['.', ')'])
    })?;
    (rest.starts_with([' ', '\t'])).then(|| rest.trim_start())
}

/// The first line of a task item, taken apart; the parts are pieces of the line.
struct Task<'a> {
    indent: usize,
    done: bool,
    story: Option<StoryId>,
    /// Where the head (`Story INC-…/S1:`) begins, in bytes from the start of the line.
    head_at: usize,
    /// The head as it stands, with its colon, and the text behind it.
    head: &'a str,
    text: &'a str,
}

impl<'a> Task<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let item = bullet(line)?.strip_prefix('[')?;
        let (mark, rest) = item.split_once(']')?;
        let done = match mark.trim() {
            "" => false,
            "x" | "X" => true,
            _ => return None,
        };
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            return None;
        }
        let content = rest.trim_start();
        let (story, head, text) = split_head(content);
        let head_at = line.len().saturating_sub(content.len());
        Some(Self { indent: indent_of(line), done, story, head_at, head, text })
    }

    /// Whether it is an improvement wherever it stands: it says so, or has fields of its own.
    fn stands_alone(&self, below: &[&str]) -> bool {
        let indent = self.indent;
        let own =
            |line: &&&str| !line.trim().is_empty() && indent_of(line) > indent && Task::of(line).is_none();
        !self.head.is_empty()
            || fields_from(self.text) < self.text.len()
            || below.iter().take_while(own).any(|line| begins_with_field(line))
    }

    /// What to say of a head that names a story without its incident.
    fn half_named(&self) -> Option<String> {
        let number = half_id(self.head)?;
        Some(format!(
            "`{}` does not say of which incident; write the whole id, as `Story INC-2026-0042/S{number}:`, or `Story:` \
             for a new one",
            self.head.trim()
        ))
    }

    fn improvement(&self, line: usize) -> Improvement {
        let mut improvement =
            Improvement { line, last: line, story: self.story, done: self.done, ..Improvement::default() };
        let fields_at = fields_from(self.text);
        let (text, rest) = self.text.split_at_checked(fields_at).unwrap_or((self.text, ""));
        text.trim()
            .trim_end_matches(['(', '—', '-', '|', '*', '_'])
            .trim_end()
            .clone_into(&mut improvement.text);
        improvement.add_fields(rest);
        improvement
    }
}

/// Takes `Story INC-2026-0042/S1: text`, `Story: text`, `**Story**: text`, `INC-2026-0042/S1: text` or `text` apart.
fn split_head(content: &str) -> (Option<StoryId>, &str, &str) {
    let plain = (None, "", content);
    let bare = content.trim_start_matches(['*', '_']);
    let stars = content.get(..content.len().saturating_sub(bare.len())).unwrap_or_default();
    let skip = |text| without(stars, text);
    let after_word = match bare.get(..5) {
        Some(word) if word.eq_ignore_ascii_case("story") => bare.get(5..).unwrap_or_default(),
        _ => bare,
    };
    let has_word = after_word.len() < bare.len();
    let rest = if has_word { skip(after_word).trim_start() } else { after_word };
    let token_end =
        rest.find(|c: char| c.is_whitespace() || matches!(c, ':' | '*' | '_')).unwrap_or(rest.len());
    let token = rest.get(..token_end).unwrap_or_default();
    let story: Option<StoryId> = token.parse().ok();
    let is_named = story.is_some() || (has_word && number_of(token).is_some());
    let rest = if is_named { skip(rest.get(token_end..).unwrap_or_default()) } else { rest };
    let text = match rest.trim_start().strip_prefix(':') {
        Some(text) if has_word || story.is_some() => skip(text),
        None if story.is_some() => rest,
        _ => return plain,
    };
    let head = content.get(..content.len().saturating_sub(text.len())).unwrap_or_default();
    (story, head, text.trim())
}

/// A text without what ends the emphasis that its head begins with.
fn without<'a>(stars: &str, text: &'a str) -> &'a str {
    if stars.is_empty() { text } else { text.trim_start_matches(['*', '_']) }
}

/// The number of a story that is named without its incident: `S3`.
fn number_of(token: &str) -> Option<u32> {
    token.strip_prefix(['S', 's'])?.parse().ok()
}

/// The number in a head that names a story without its incident: `Story S3:`.
fn half_id(head: &str) -> Option<u32> {
    head.split(|c: char| c.is_whitespace() || matches!(c, ':' | '*' | '_')).find_map(number_of)
}

/// The fields of the line below an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Owner,
    Due,
    Severity,
    Kind,
    Proof,
}

const FIELDS: [(&str, Field); 8] = [
    ("owner:", Field::Owner),
    ("due:", Field::Due),
    ("due date:", Field::Due),
    ("severity:", Field::Severity),
    ("priority:", Field::Severity),
    ("kind:", Field::Kind),
    ("type:", Field::Kind),
    ("proof:", Field::Proof),
];

/// Where fields begin in a line. Behind `Proof:` everything is proof.
fn fields(line: &str) -> Vec<(usize, Field)> {
    let mut found = Vec::new();
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if !before.is_alphanumeric() && before != '_' && c.is_ascii_alphabetic() {
            let rest = line.get(at..).unwrap_or_default();
            let field = FIELDS.iter().find(|(name, _)| {
                rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            });
            if let Some((_, field)) = field {
                found.push((at, *field));
                if *field == Field::Proof {
                    break;
                }
            }
        }
        before = c;
    }
    found
}

/// Where the fields of a first line begin; its length when it has none. A name of a field in prose (`Fix the Owner: label
/// of the page`) begins none: what stands behind it is no name and no day, and no other field follows.
fn fields_from(text: &str) -> usize {
    let starts = fields(text);
    let begins = |nth: usize, at: usize, field: Field| {
        let rest = starts.get(nth.saturating_add(1)..).unwrap_or_default();
        let end = rest.first().map_or(text.len(), |(next, _)| *next);
        let value = text.get(at..end).unwrap_or_default().split_once(':').map_or("", |(_, value)| value);
        let is_one_word = !value.trim_matches(|c: char| !c.is_alphanumeric()).contains(char::is_whitespace);
        let before = text.get(..at).unwrap_or_default().trim_end();
        is_one_word
            || before.is_empty()
            || before.ends_with(['(', '—', '|', '·', ';', ','])
            || (!rest.is_empty() && rest.iter().all(|(_, later)| *later != field))
    };
    let mut found = starts.iter().enumerate();
    let first = found
        .find(|(nth, (at, field))| matches!(field, Field::Owner | Field::Due) && begins(*nth, *at, *field));
    first.map_or(text.len(), |(_, (at, _))| *at)
}

impl Improvement {
    /// Adds a line below the first one: fields when it begins with one, else more text.
    fn add_line(&mut self, line: &str) {
        if begins_with_field(line) {
            self.add_fields(field_line(line));
        } else if let Some(proof) = &mut self.proof {
            proof.push(' ');
            proof.push_str(line.trim());
        } else {
            self.text.push(' ');
            self.text.push_str(line.trim());
        }
    }

    fn add_fields(&mut self, line: &str) {
        let starts = fields(line);
        for (index, (at, field)) in starts.iter().enumerate() {
            let end = starts.get(index.saturating_add(1)).map_or(line.len(), |(next, _)| *next);
            let piece = line.get(*at..end).unwrap_or_default();
            let value = piece.split_once(':').map_or("", |(_, value)| value);
            let value = match field {
                Field::Proof => value.trim().trim_matches('*').trim(),
                _ => value.trim_matches(|c: char| {
                    c.is_whitespace() || matches!(c, '*' | ',' | ';' | '|' | '·' | '(' | ')' | '`')
                }),
            };
            if value.is_empty()
                || matches!(value.to_lowercase().as_str(), "tbd" | "?" | "-" | "none" | "n/a" | "…")
            {
                continue;
            }
            let slot = match field {
                Field::Owner => &mut self.owner,
                Field::Due => &mut self.due,
                Field::Severity => &mut self.severity,
                Field::Kind => &mut self.kind,
                Field::Proof => &mut self.proof,
            };
            let value = if *field == Field::Owner { value.trim_start_matches('@') } else { value };
            *slot = Some(value.to_owned());
        }
    }
}

/// Writes an improvement in our form, two lines; fields it does not have are left out.
#[must_use]
pub fn render(improvement: &Improvement) -> String {
    let mut out = String::from(if improvement.done { "- [x] Story" } else { "- [ ] Story" });
    if let Some(story) = improvement.story {
        out.push_str(&format!(" {story}"));
    }
    out.push_str(&format!(": {}\n ", improvement.text));
    // A mark says by itself that a name belongs there.
    let at =
        |owner: &String| if owner.starts_with(markdown::MARK) { owner.clone() } else { format!("@{owner}") };
    let owner = improvement.owner.as_ref().map(at);
    let pairs = [
        ("Owner", owner.as_ref()),
        ("Due", improvement.due.as_ref()),
        ("Severity", improvement.severity.as_ref()),
        ("Kind", improvement.kind.as_ref()),
        ("Proof", improvement.proof.as_ref()),
    ];
    for (name, value) in pairs {
        if let Some(value) = value {
            out.push_str(&format!(" {name}: {value}"));
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The document with ids written into the improvements that begin on the given lines (from 1), in place of the one that
/// stands there; nothing else changes, byte for byte. Lines that hold no task item are left alone.
#[must_use]
pub fn with_ids(text: &str, ids: &[(usize, StoryId)]) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(ids.len().saturating_mul(24)));
    let (mark, rest) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    out.push_str(mark);
    for (index, line) in markdown::lines_of(rest).enumerate() {
        let id = ids.iter().find(|(number, _)| *number == index.saturating_add(1)).map(|(_, id)| id);
        let task = id.and_then(|id| Task::of(line).filter(|task| task.story != Some(*id)));
        let (Some(id), Some(task)) = (id, task) else {
            out.push_str(line);
            continue;
        };
        let (before, content) = line.split_at_checked(task.head_at).unwrap_or((line, ""));
        out.push_str(before);
        if task.head.is_empty() {
            out.push_str(&format!("Story {id}: {content}"));
        } else if task.story.is_some() || half_id(task.head).is_some() || task.head.starts_with(['*', '_']) {
            out.push_str(&format!("Story {id}:{}", content.get(task.head.len()..).unwrap_or_default()));
        } else {
            let (word, after) = content.split_at_checked(5).unwrap_or((content, ""));
            out.push_str(&format!("{word} {id}{}", after.trim_start_matches(' ')));
        }
    }
    out
}

/// The document with further lines behind line `after`; `apart`: with a blank line before them.
#[must_use]
pub fn with_more(text: &str, after: usize, apart: bool, lines: &str) -> String {
    if lines.is_empty() {
        return text.to_owned();
    }
    let (mark, rest) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let mut out = String::from(mark);
    for (index, line) in markdown::lines_of(rest).enumerate() {
        out.push_str(line);
        if index.saturating_add(1) == after {
            if !line.ends_with(['\n', '\r']) {
                out.push('\n');
            }
            if apart {
                out.push('\n');
            }
            out.push_str(lines);
        }
    }
    out
}

/// What the log says of an improvement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged<'a> {
    /// The improvement as the document has it.
    pub improvement: &'a Improvement,
    /// It has shipped; one whose story was reopened has not.
    pub shipped: bool,
    /// What shows that it works, when the document does not say it.
    pub proof: Option<String>,
}

/// The document with the boxes of these improvements as the log says, and their proof written behind their fields.
#[must_use]
pub fn with_states(text: &str, logged: &[Logged<'_>]) -> String {
    let (mark, rest) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let mut out = String::from(mark);
    for (index, line) in markdown::lines_of(rest).enumerate() {
        let number = index.saturating_add(1);
        let is_other = |one: &&Logged<'_>| one.improvement.done != one.shipped;
        let head = logged.iter().filter(is_other).find(|one| one.improvement.line == number);
        let parts = line.split_once('[').and_then(|(before, rest)| Some((before, rest.split_once(']')?)));
        match head.zip(parts) {
            Some((one, (before, (_, after)))) => {
                out.push_str(&format!("{before}[{}]{after}", if one.shipped { "x" } else { " " }));
            }
            None => out.push_str(line),
        }
        let proven = logged.iter().find(|one| one.improvement.last == number);
        let Some(proof) = proven.and_then(|one| one.proof.as_ref()) else { continue };
        let written = out.trim_end_matches(['\r', '\n']).len();
        let end = out.split_off(written);
        let gap = if begins_with_field(line) { " " } else { "\n  " };
        out.push_str(&format!("{gap}Proof: {proof}{end}"));
    }
    out
}

#[cfg(test)]
mod tests;
