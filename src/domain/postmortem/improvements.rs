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
    let mut found: Vec<Improvement> = Vec::new();
    let mut problems = Vec::new();
    let mut open = false;
    let mut blank = false;
    for (index, line) in markdown::lines_of(body).enumerate() {
        let line_number = index.saturating_add(first_line);
        if code.get(index).copied().unwrap_or(false) {
            continue;
        }
        let indent = line.len().saturating_sub(line.trim_start().len());
        if line.trim().is_empty() {
            blank = true;
            continue;
        }
        if let Some(task) = Task::of(line).filter(|task| task.indent < 2 || !open) {
            found.push(task.improvement(line_number));
            open = true;
        } else if let Some(item) = bullet(line).filter(|_| indent < 2) {
            let message = format!("{:?} is not a task; write it as `- [ ] Story: {}`", cut(item), cut(item));
            problems.push(Problem::new("improvement-form", line_number, message));
            open = false;
        } else if open && (indent >= 2 || !blank) && !line.trim_start().starts_with('#') {
            if let Some(improvement) = found.last_mut() {
                improvement.add_line(line);
                improvement.last = line_number;
            }
        } else {
            open = false;
        }
        blank = false;
    }
    (found, problems)
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
        Some(Self {
            indent: line.len().saturating_sub(line.trim_start().len()),
            done,
            story,
            head_at,
            head,
            text,
        })
    }

    fn improvement(&self, line: usize) -> Improvement {
        let mut improvement =
            Improvement { line, last: line, story: self.story, done: self.done, ..Improvement::default() };
        let fields_at = fields(self.text)
            .into_iter()
            .find(|(_, field)| matches!(field, Field::Owner | Field::Due))
            .map_or(self.text.len(), |(at, _)| at);
        let (text, rest) = self.text.split_at_checked(fields_at).unwrap_or((self.text, ""));
        text.trim()
            .trim_end_matches(['(', '—', '-', '|', '*', '_'])
            .trim_end()
            .clone_into(&mut improvement.text);
        improvement.add_fields(rest);
        improvement
    }
}

/// Takes `Story INC-2026-0042/S1: text`, `Story: text`, `INC-2026-0042/S1: text` or `text` apart.
fn split_head(content: &str) -> (Option<StoryId>, &str, &str) {
    let plain = (None, "", content);
    let after_word = match content.get(..5) {
        Some(word) if word.eq_ignore_ascii_case("story") => content.get(5..).unwrap_or_default(),
        _ => content,
    };
    let has_word = after_word.len() < content.len();
    let rest = after_word.trim_start();
    let token_end = rest.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(rest.len());
    let story: Option<StoryId> = rest.get(..token_end).and_then(|token| token.parse().ok());
    let rest = if story.is_some() { rest.get(token_end..).unwrap_or_default() } else { rest };
    let text = match rest.trim_start().strip_prefix(':') {
        Some(text) if has_word || story.is_some() => text,
        None if story.is_some() => rest,
        _ => return plain,
    };
    let head = content.get(..content.len().saturating_sub(text.len())).unwrap_or_default();
    (story, head, text.trim())
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

impl Improvement {
    /// Adds a line below the first one: fields when it begins with one, else more text.
    fn add_line(&mut self, line: &str) {
        let trimmed = line.trim().trim_start_matches(['-', '*', '+', '_', ' ', '(']);
        if fields(trimmed).first().is_some_and(|(at, _)| *at == 0) {
            self.add_fields(trimmed);
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
        } else if task.story.is_some() {
            out.push_str(&format!("Story {id}:{}", content.get(task.head.len()..).unwrap_or_default()));
        } else {
            let (word, after) = content.split_at_checked(5).unwrap_or((content, ""));
            out.push_str(&format!("{word} {id}{}", after.trim_start_matches(' ')));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "
Introduction.

- [ ] Story INC-2026-0042/S1: Add a hook that
      finds keys
  Owner: @alice Due: 2026-06-30 Severity: P2 Kind: preventive Proof: a commit with a key is refused
- [x] Story: Update the runbook
Owner: @bob Due: 2026-06-20 Severity: P3
* [ ] alert on use of the key (Owner: carol, Due: soon)
    - [ ] a part of it
    - **Kind:** Detective
- just a bullet
1. [ ] Story about numbers
```
- [ ] not this
```

Outro: Owner: nobody
";

    #[test]
    fn improvements_are_read_in_every_usual_form() {
        let (found, problems) = parse(BODY, 100);
        assert_eq!(found.len(), 4, "{found:#?}");
        assert_eq!(found[0].story.unwrap().to_string(), "INC-2026-0042/S1");
        assert_eq!(found[0].text, "Add a hook that finds keys");
        assert_eq!((found[0].line, found[0].last), (103, 105));
        assert_eq!(found[0].owner.as_deref(), Some("alice"));
        assert_eq!(found[0].due_date().unwrap().to_string(), "2026-06-30");
        assert_eq!(found[0].story_kind(), Some(StoryKind::Preventive));
        assert_eq!(found[0].proof.as_deref(), Some("a commit with a key is refused"));
        assert!(found[1].done && found[1].story.is_none() && found[1].kind.is_none());
        assert_eq!((found[1].text.as_str(), found[1].owner.as_deref()), ("Update the runbook", Some("bob")));
        assert_eq!(found[2].text, "alert on use of the key - [ ] a part of it");
        assert_eq!((found[2].owner.as_deref(), found[2].due.as_deref()), (Some("carol"), Some("soon")));
        assert_eq!(found[2].due_date(), None);
        assert_eq!(found[2].story_kind(), Some(StoryKind::Detective));
        assert_eq!(found[3].text, "Story about numbers");
        assert_eq!(problems.len(), 1);
        assert_eq!((problems[0].rule, problems[0].line), ("improvement-form", 111));
    }

    #[test]
    fn what_is_rendered_is_read_back() {
        let improvement = Improvement {
            line: 1,
            last: 2,
            story: Some("INC-2026-0042/S7".parse().unwrap()),
            done: false,
            text: "Rotate keys by schedule".into(),
            owner: Some("dana".into()),
            due: Some("2026-07-01".into()),
            severity: Some("P2".into()),
            kind: Some("process".into()),
            proof: Some("two rotations in the log".into()),
        };
        assert_eq!(
            render(&improvement),
            "- [ ] Story INC-2026-0042/S7: Rotate keys by schedule\n  Owner: @dana Due: 2026-07-01 Severity: P2 Kind: process Proof: two rotations in the log\n"
        );
        assert_eq!(parse(&render(&improvement), 1).0, [improvement]);
        let bare = Improvement { line: 1, last: 1, text: "x".into(), ..Improvement::default() };
        assert_eq!(parse(&render(&bare), 1).0, [bare]);
    }

    #[test]
    fn ids_are_written_in_and_nothing_else_changes() {
        let id = |n| StoryId { incident: "INC-2026-0042".parse().unwrap(), number: n };
        let text =
            "a\r\n- [ ] Story: one\r\n  - [x] two\n- [ ] Story INC-2026-0042/S1: three\n* [ ]  story  : four";
        let ids = [(1, id(9)), (2, id(2)), (3, id(3)), (4, id(1)), (5, id(5))];
        let with = with_ids(text, &ids);
        assert_eq!(
            with,
            "a\r\n- [ ] Story INC-2026-0042/S2: one\r\n  - [x] Story INC-2026-0042/S3: two\n- [ ] Story INC-2026-0042/S1: three\n* [ ]  story INC-2026-0042/S5: four"
        );
        assert_eq!(with_ids(&with, &ids), with);
        assert_eq!(
            with_ids(
                "- [x] inc-2026-42/s1 one\r\n- [ ] Story INC-2026-0042/S1: two\n",
                &[(1, id(4)), (2, id(5))]
            ),
            "- [x] Story INC-2026-0042/S4: one\r\n- [ ] Story INC-2026-0042/S5: two\n"
        );
        assert_eq!(with_ids(text, &[]), text);
        let (found, _) = parse(&with, 1);
        assert_eq!(found.iter().filter_map(|i| i.story).map(|s| s.number).collect::<Vec<_>>(), [2, 1, 5]);
    }
}
