//! Text of the log on its way into a document: safe, escaped, and only what may leave the room. Every word of the
//! log that enters a draft passes here.

use crate::domain::incident::Entry;
pub(super) use crate::domain::incident::may_leave;
use crate::domain::postmortem::markdown::{self, MARK};
use crate::domain::safe::SafeText;

/// A place that a person has to fill in.
pub(super) fn mark(what: &str) -> String {
    format!("{MARK} {what}]")
}

/// Whether a line of the timeline may enter a document at all.
pub(super) fn counts(entry: &Entry) -> bool {
    entry.struck.is_none() && !entry.redacted && !entry.is_privileged() && may_leave(&entry.text)
}

/// A text as one line of Markdown; none when it is empty or may not leave the room.
pub(super) fn line(text: &str) -> Option<String> {
    let text = SafeText::line(text.trim()).into_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty() && may_leave(&text)).then(|| markdown::escaped(&text))
}

/// A text as a list item: its first line behind `lead`, before `tail`; further lines as code below it, as they were pasted.
pub(super) fn item(text: &str, lead: &str, tail: &str) -> Option<String> {
    if !may_leave(text) {
        return None;
    }
    let block = SafeText::block(text.trim());
    let (first, rest) = block.as_str().split_once('\n').unwrap_or((block.as_str(), ""));
    let mut out = format!("{lead}{}{tail}\n", line(first)?);
    if !rest.trim().is_empty() {
        let longest = rest.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.saturating_add(1).max(3));
        out.push_str(&format!("\n  {fence}text\n"));
        for line in rest.lines() {
            out.push_str(format!("  {line}").trim_end());
            out.push('\n');
        }
        out.push_str(&format!("  {fence}\n\n"));
    }
    Some(out)
}
