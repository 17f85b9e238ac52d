//! Secrets in what people type, paste and publish: found by their shape, masked, named by rule, never repeated. The
//! rules are those of gitleaks (`assets/secrets`, MIT) and the few that it lacks. A finding tells where a secret
//! stands and which rule knows it; no message may hold the secret itself. It must not decide what is done with one.

mod entropy;
mod mask;
mod rules;
mod unfold;

use std::ops::Range;

use crate::domain::event::{Event, NewEvent};
use crate::domain::wire;

pub use mask::{Tagger, mask};

/// What a finding means for whoever typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A token that its own shape gives away: it is masked, and never reaches git.
    Block,
    /// Something random beside a word such as `token`: said once, stops nobody.
    Warn,
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that knows it, such as `aws-access-token`.
    pub rule: &'static str,
    /// How sure the rule is.
    pub weight: Weight,
    /// Where the secret part stands, in bytes of the text, on boundaries of characters.
    pub at: Range<usize>,
}

/// The tag of a line whose secrets are stored as they were typed. Such a line never leaves the room.
pub const UNMASKED: &str = "unmasked";

/// How a masked secret begins; what is masked once is not masked again.
pub const MASKED: &str = "[secret ";

/// The longest part of a text that is looked at in other spellings (escaped, base64, wrapped), in bytes.
const MOST_UNFOLDED: usize = 64 * 1024;

/// Finds the secrets of a text, in order, none inside another; where two rules meet, the one that blocks wins, then
/// the longer one.
///
/// The text is looked at as it stands, and once more without what can hide a token from a reader's eye or from a
/// pattern: invisible characters, soft line breaks, `\u` and percent escapes, one layer of base64.
#[must_use]
pub fn find(text: &str) -> Vec<Finding> {
    let mut found = rules::scan(text.as_bytes());
    let plain = found.len();
    for view in unfold::views(text, MOST_UNFOLDED) {
        for finding in rules::scan(view.bytes()) {
            let Some(at) = view.original(&finding.at) else { continue };
            // What is found as it stands is found whole; another reading might run on into the next word.
            let known = |f: &Finding| f.at.start < at.end && at.start < f.at.end;
            if finding.weight == Weight::Block && !found.iter().take(plain).any(known) {
                found.push(Finding { at, ..finding });
            }
        }
    }
    for finding in &mut found {
        finding.at = on_boundaries(text, &finding.at);
    }
    settle(found)
}

/// Whether a text holds a secret that blocks; a little cheaper than [`find`] where that is all one asks.
#[must_use]
pub fn blocks(text: &str) -> bool {
    find(text).iter().any(|finding| finding.weight == Weight::Block)
}

/// Only the findings that block.
#[must_use]
pub fn blocking(text: &str) -> Vec<Finding> {
    let mut found = find(text);
    found.retain(|finding| finding.weight == Weight::Block);
    found
}

/// The event with its secrets masked; `None` when it has none, or its line is tagged [`UNMASKED`].
///
/// # Errors
/// When the event cannot be written as JSON, which no known kind does.
pub fn masked(event: &NewEvent, tagger: &Tagger) -> Result<Option<NewEvent>, serde_json::Error> {
    if tags(&event.event).iter().any(|t| t.eq_ignore_ascii_case(UNMASKED)) {
        return Ok(None);
    }
    wire::with_texts(event, &|text| {
        let found = blocking(text);
        (!found.is_empty()).then(|| mask(text, &found, tagger))
    })
}

/// The labels of a line; nothing else has any.
fn tags(event: &Event) -> &[String] {
    match event {
        Event::Noted(e) => &e.tags,
        Event::Alerted(e) => &e.tags,
        Event::DecisionMade(e) => &e.tags,
        Event::HypothesisProposed(e) => &e.tags,
        Event::AskMade(e) => &e.tags,
        Event::Amended(e) => &e.tags,
        _ => &[],
    }
}

/// The names of the rules that block a text, each once.
#[must_use]
pub fn rules_in(text: &str) -> Vec<&'static str> {
    let mut names: Vec<&str> = blocking(text).iter().map(|f| f.rule).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The rules of the masks that an event holds, each once: what to tell whoever typed it.
#[must_use]
pub fn marks(event: &Event) -> Vec<String> {
    let Ok(body) = event.body() else { return Vec::new() };
    let mut names: Vec<String> = body
        .to_string()
        .split(MASKED)
        .skip(1)
        .filter_map(|rest| rest.split_once(' '))
        .map(|(name, _)| name.to_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The line of a finding, from 1.
#[must_use]
pub fn line_of(text: &str, finding: &Finding) -> usize {
    let before = text.as_bytes().get(..finding.at.start).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1)
}

/// Widens a range until it begins and ends between characters.
fn on_boundaries(text: &str, at: &Range<usize>) -> Range<usize> {
    let mut start = at.start.min(text.len());
    while !text.is_char_boundary(start) {
        start = start.saturating_sub(1);
    }
    let mut end = at.end.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_add(1);
    }
    start..end
}

/// Leaves one finding where several overlap.
fn settle(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|f| (f.weight, std::cmp::Reverse(f.at.len()), f.at.start, f.rule));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        let overlaps = |other: &Finding| finding.at.start < other.at.end && other.at.start < finding.at.end;
        if finding.at.is_empty() {
            continue;
        }
        match kept.iter_mut().find(|other| overlaps(other)) {
            None => kept.push(finding),
            // Two blocking rules that overlap without one inside the other: both parts are secret.
            Some(other) if finding.weight == Weight::Block => {
                other.at = other.at.start.min(finding.at.start)..other.at.end.max(finding.at.end);
            }
            Some(_) => {}
        }
    }
    kept.sort_by_key(|f| f.at.start);
    // A union may have grown into its neighbour.
    kept.dedup_by(|next, before| {
        let meet = next.at.start < before.at.end;
        if meet {
            before.at.end = before.at.end.max(next.at.end);
            before.weight = before.weight.min(next.weight);
        }
        meet
    });
    kept
}

#[cfg(test)]
mod tests;
