//! Finds what a person still has to fill in or to take out: our own marks, the usual ones, placeholders of templates, and
//! what git leaves of a merge. It must not take code, links or HTML for one.

use crate::domain::postmortem::{Part, Postmortem, Problem, draft, front_matter, markdown};

/// The rule of a text with two sides of a merge in it. Nobody means to publish both, and improvements of both would be
/// filed: it cannot be waived.
pub const CONFLICT: &str = "conflict-mark";

/// Adds a problem for every mark, with its line. What people said during the incident (the timeline, the record) may hold
/// any words: there only our own mark counts.
pub(super) fn find(text: &str, postmortem: &Postmortem, problems: &mut Vec<Problem>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let cut = front_matter::split(text);
    let body_at = cut.body_line.saturating_sub(1);
    let code = markdown::code_lines(cut.body);
    for (index, line) in markdown::lines_of(text).enumerate() {
        let in_code = index >= body_at && code.get(index.saturating_sub(body_at)).copied().unwrap_or(false);
        let is_front = index < body_at;
        let number = index.saturating_add(1);
        let is_said = postmortem.sections.iter().any(|section| {
            let is_record = section.part == Some(Part::Timeline) || section.heading == draft::RECORD_HEADING;
            is_record && (section.line..=section.last).contains(&number)
        });
        if !in_code && is_of_a_merge(line) {
            let message = "git left this mark of a merge; keep one side of it, and take the marks out";
            problems.push(Problem::new(CONFLICT, number, message));
        }
        for what in marks_of(line, in_code || is_said, is_front) {
            let message = format!("still to fill in: {what}");
            problems.push(Problem::new("unfilled", number, message));
        }
    }
}

/// Whether git began or ended a side of a merge on this line.
fn is_of_a_merge(line: &str) -> bool {
    let rest = line.strip_prefix("<<<<<<<").or_else(|| line.strip_prefix(">>>>>>>"));
    rest.is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// The marks of one line, as they are shown to the writer.
fn marks_of(line: &str, in_code: bool, is_front: bool) -> Vec<String> {
    let mut found = Vec::new();
    let lower = line.to_ascii_lowercase();
    let mut from = 0_usize;
    while let Some(at) =
        lower.get(from..).and_then(|rest| rest.find(markdown::MARK)).map(|at| from.saturating_add(at))
    {
        from = at.saturating_add(markdown::MARK.len());
        let is_escaped = line.get(..at).is_some_and(|before| before.ends_with('\\'));
        if !is_escaped {
            let what = line.get(from..).unwrap_or_default();
            let what = what.split(']').next().unwrap_or_default().trim();
            found.push(if what.is_empty() { "a mark without words".to_owned() } else { what.to_owned() });
        }
    }
    if in_code {
        return found;
    }
    let prose = markdown::without_code_spans(line);
    if let Some(word) = todo(&prose) {
        found.push(format!("`{word}`"));
    }
    if is_front {
        // Titles and impacts are what people said.
        return found;
    }
    found.extend(placeholders(&prose).into_iter().map(|inner| format!("the placeholder `<{inner}>`")));
    found
}

/// `TBD` anywhere as a word; `TODO`, `FIXME` where something is to follow (`TODO:`, `TODO(…)`) or nothing does.
fn todo(line: &str) -> Option<&'static str> {
    let is_word = |before: Option<char>, after: Option<char>| {
        let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.' | '#');
        !before.is_some_and(joins) && !after.is_some_and(char::is_alphanumeric) && after != Some('_')
    };
    ["TBD", "TODO", "FIXME"].into_iter().find(|word| {
        line.match_indices(word).any(|(at, _)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            let rest = line.get(at.saturating_add(word.len())..).unwrap_or_default();
            let ends_here =
                rest.trim_end_matches(['"', '\'', '*', '_', ')', ']', '.', '!', ' ', '\n', '\r']).is_empty();
            is_word(before, rest.chars().next())
                && (*word == "TBD" || rest.starts_with([':', '(']) || ends_here)
        })
    })
}

/// Names of HTML elements that people write in Markdown.
const HTML: [&str; 39] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "td",
    "th",
    "tr",
    "u",
    "ul",
];

/// The longest placeholder, in characters.
const MAX_PLACEHOLDER: usize = 80;

/// Placeholders such as `<description>` or `<root cause>`.
fn placeholders(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices('<') {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        // `Vec<T>` is a type and `\<x>` was escaped because somebody said it.
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '\\' | '_' | '<')) {
            continue;
        }
        let rest = line.get(at.saturating_add(1)..).unwrap_or_default();
        let reach = rest.char_indices().nth(MAX_PLACEHOLDER).map_or(rest.len(), |(at, _)| at);
        let Some((inner, _)) = rest.get(..reach).and_then(|rest| rest.split_once('>')) else { continue };
        let word = inner.split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
        let is_text = |c: char| {
            c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | ',' | '/' | '\'' | '%' | '.' | '…' | '#')
        };
        let is_placeholder = inner.starts_with(char::is_alphabetic)
            && inner.chars().all(is_text)
            && !HTML.contains(&word.as_str());
        if is_placeholder {
            found.push(inner);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_placeholders_and_todos_are_told_from_prose() {
        let found = |line: &str| marks_of(line, false, false).len();
        for (line, count) in [
            ("[fill in: who] and [Fill in: what]", 2),
            ("- User-facing: <description, duration, % of users affected>", 1),
            ("for <root cause> and <detection gap>", 2),
            ("TBD", 1),
            ("owner: TBD", 1),
            ("TODO: ask legal", 1),
            ("TODO(alice)", 1),
            ("see the TODO list", 0),
            ("the TODO comment said", 0),
            ("\\[fill in: said somebody]", 0),
            ("<br> <details> <img src=x>", 0),
            ("<https://example.org/a> <bob@example.org>", 0),
            ("Vec<String> and \\<pod>", 0),
            ("`kubectl get <pod>` ``a <b c>``", 0),
            ("<!-- #12 -->", 0),
            ("1 < 2 and 3 > 2", 0),
        ] {
            assert_eq!(found(line), count, "{line}: {:?}", marks_of(line, false, false));
        }
        assert_eq!(marks_of("x <name> TBD", true, false).len(), 0);
        assert_eq!(marks_of("x [fill in: y]", true, false), ["y"]);
    }
}
