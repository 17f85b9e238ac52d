//! A first wording of an update: what the log knows, in the words of a template of the audience. It must not read
//! files, and it must not send anything.

use crate::domain::postmortem::markdown::MARK;

/// What a text still leaves to people, mark by mark: the words of each `[fill in: …]`.
#[must_use]
pub fn unfilled(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, _) in lower.match_indices(MARK) {
        let rest = text.get(at.saturating_add(MARK.len())..).unwrap_or_default();
        let what = rest.split([']', '\n']).next().unwrap_or_default().trim();
        found.push(if what.is_empty() { "a mark without words".to_owned() } else { what.to_owned() });
    }
    found
}
