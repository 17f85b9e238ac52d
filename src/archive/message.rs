//! The message of a commit: subject, body, trailers. It must not know git.

use crate::domain::safe::SafeText;

/// Formats a commit message that git reads back: a subject of one line, a body, and trailers as the last paragraph
/// (`git interpret-trailers --parse` finds them). Control characters go; a trailer never spans lines.
#[must_use]
pub fn commit_message(subject: &str, body: &str, trailers: &[(&str, &str)]) -> String {
    let mut out = one_line(subject);
    if out.is_empty() {
        out.push_str("Publish a postmortem");
    }
    let body: Vec<String> = body.lines().map(|line| clean(line).trim_end().to_owned()).collect();
    let body = body.join("\n");
    let body = body.trim_matches('\n');
    if !body.is_empty() {
        out.push_str("\n\n");
        out.push_str(body);
    }
    let trailers: Vec<String> = trailers
        .iter()
        .filter_map(|(key, value)| Some((trailer_key(key)?, one_line(value))))
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    if !trailers.is_empty() {
        out.push_str("\n\n");
        out.push_str(&trailers.join("\n"));
    }
    out.push('\n');
    out
}

/// The first line of a message, as it is shown.
#[must_use]
pub(super) fn subject(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim().to_owned()
}

/// Letters, digits and hyphens of a key; `None` when nothing is left.
fn trailer_key(key: &str) -> Option<String> {
    let key: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    (!key.is_empty()).then_some(key)
}

/// All white space as single spaces, without control characters.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    clean(&spaced).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text without control characters (a tab is kept), and what hides or reorders made visible: a message is read
/// in terminals and on pages that we do not know.
fn clean(line: &str) -> String {
    let plain: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
    SafeText::block(&plain).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_subject_a_body_and_trailers() {
        let text =
            commit_message("Registry  push\n", "Two lines\r\nof body\n\n", &[("Incident", "INC-2026-0042")]);
        assert_eq!(text, "Registry push\n\nTwo lines\nof body\n\nIncident: INC-2026-0042\n");
    }

    #[test]
    fn a_trailer_cannot_break_out_of_its_line() {
        let text = commit_message("", "", &[("Timeline-Head", "7 ab\nSigned-off-by: x\0"), (": ", "y")]);
        assert_eq!(text, "Publish a postmortem\n\nTimeline-Head: 7 ab Signed-off-by: x\n");
    }
}
