//! What is read of a Markdown file of the team, and how many problems of it are listed. It must not read Markdown.

use super::Problem;

/// The most problems that are listed for one text; a further one says how many were left out.
pub(super) const MAX_PROBLEMS: usize = 100;

/// A text without its byte order mark, up to the last whole line within `cap` bytes, its line ends as `\n`: one CR is a
/// line end too, for Markdown and for counting lines alike. `advice` says what to do about a text that is larger.
pub(in crate::domain) fn lines_within(
    text: &str,
    cap: usize,
    advice: &str,
    problems: &mut Vec<Problem>,
) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let unix = capped(text, cap, advice, problems).replace("\r\n", "\n");
    if unix.contains('\r') { unix.replace('\r', "\n") } else { unix }
}

fn capped<'t>(text: &'t str, cap: usize, advice: &str, problems: &mut Vec<Problem>) -> &'t str {
    if text.len() <= cap {
        return text;
    }
    let mut end = cap;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or_default();
    let head = head.rfind('\n').and_then(|at| head.get(..=at)).unwrap_or(head);
    let kib = cap / 1024;
    let message = format!("the text is larger than {kib} KiB: what follows this line was not read; {advice}");
    problems.push(Problem::new(head.lines().count(), message));
    head
}

/// Puts the problems in the order of lines, and leaves out those that nobody would read.
pub(in crate::domain) fn list(problems: &mut Vec<Problem>) {
    problems.sort_by_key(|problem| problem.line);
    if problems.len() > MAX_PROBLEMS {
        let left = problems.len() - MAX_PROBLEMS;
        problems.truncate(MAX_PROBLEMS);
        let line = problems.last().map_or(1, |problem| problem.line);
        problems.push(Problem::new(
            line,
            match left {
                1 => "another problem is not listed".to_owned(),
                _ => format!("{left} more problems are not listed"),
            },
        ));
    }
}
