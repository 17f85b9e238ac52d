//! A first wording of an update: what the log knows, in the words of a template of the audience. The people who send
//! it have the last word. It must not read files, and it must not send anything.

mod facts;
mod template;

pub use facts::{Facts, facts, status};
pub use template::{MAX_BYTES, TemplateProblem, write};

use super::zone::Tz;
use crate::domain::audience::Audience;
use crate::domain::incident::{Incident, Update};
use crate::domain::postmortem::markdown::MARK;
use crate::domain::time::with_zone;

/// The file name of the template of an audience, in a home's `templates/`.
#[must_use]
pub const fn file_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Internal => "update-internal.txt",
        Audience::Customers => "update-customers.txt",
        Audience::Public => "update-public.txt",
        Audience::Regulator => "update-regulator.txt",
    }
}

/// The template of an audience that comes with the program.
#[must_use]
pub const fn shipped(audience: Audience) -> &'static str {
    match audience {
        Audience::Internal => include_str!("../../assets/templates/update-internal.txt"),
        Audience::Customers => include_str!("../../assets/templates/update-customers.txt"),
        Audience::Public => include_str!("../../assets/templates/update-public.txt"),
        Audience::Regulator => include_str!("../../assets/templates/update-regulator.txt"),
    }
}

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

/// What is said of a draft that went out as it was: a hint, never a reason to refuse.
pub const UNAPPROVED: &str = "nobody had approved it";

/// The audiences that are told before this one and were not told yet: a hint, never a reason to refuse.
#[must_use]
pub fn told_after(incident: &Incident, audience: Audience) -> Vec<Audience> {
    let first = Audience::ALL.iter().copied().take_while(|a| *a != audience);
    first.filter(|a| crate::domain::clocks::last_told(incident, *a).is_none()).collect()
}

/// Who should have heard before this audience and has not, in a sentence.
#[must_use]
pub fn order_hint(incident: &Incident, audience: Audience) -> Option<String> {
    let missing: Vec<&str> = told_after(incident, audience).into_iter().map(Audience::as_str).collect();
    let were = if missing.len() == 1 { "was" } else { "were" };
    (!missing.is_empty()).then(|| {
        format!(
            "{} {were} not told yet; the order is internal, customers, public, regulator",
            missing.join(" and ")
        )
    })
}

/// How far an update is, by whom and when: `sent 14:36 alice, next 15:06`.
#[must_use]
pub fn stamps(update: &Update, zone: Tz) -> String {
    let clock = |at| with_zone(at, zone);
    let mut out = match (&update.sent, &update.approved) {
        (Some((by, at)), _) => format!("sent {} {by}", clock(*at)),
        (None, Some((by, at))) => format!("approved {} {by}", clock(*at)),
        (None, None) => format!("drafted {} {}", clock(update.at), update.by),
    };
    if let (Some(_), Some((by, _))) = (&update.sent, &update.approved) {
        out.push_str(&format!(", approved by {by}"));
    }
    if let Some(next) = update.next_at {
        out.push_str(&format!(", next {}", clock(next)));
    }
    out
}

#[cfg(test)]
mod tests;
