//! Lines that look like a milestone, so that the composer can offer it. It must not decide: a wrong milestone
//! spoils every figure, so the table is short and any doubt in the line means no offer.

use crate::domain::words::Milestone;

/// The longest line that can be one, in words: longer ones tell a story in which a phrase proves nothing.
const MOST_WORDS: usize = 12;

/// Phrases in lower case without punctuation; the first that is found counts.
const PHRASES: [(&str, Milestone); 46] = [
    ("impact started", Milestone::Started),
    ("impact began", Milestone::Started),
    ("incident started", Milestone::Started),
    ("incident began", Milestone::Started),
    ("outage started", Milestone::Started),
    ("outage began", Milestone::Started),
    ("first alert", Milestone::Detected),
    ("first page", Milestone::Detected),
    ("incident detected", Milestone::Detected),
    ("issue detected", Milestone::Detected),
    ("problem detected", Milestone::Detected),
    ("on call acknowledged", Milestone::Acknowledged),
    ("on call acked", Milestone::Acknowledged),
    ("oncall acknowledged", Milestone::Acknowledged),
    ("oncall acked", Milestone::Acknowledged),
    ("page acknowledged", Milestone::Acknowledged),
    ("page acked", Milestone::Acknowledged),
    ("alert acknowledged", Milestone::Acknowledged),
    ("alert acked", Milestone::Acknowledged),
    ("incident acknowledged", Milestone::Acknowledged),
    ("acknowledged the page", Milestone::Acknowledged),
    ("acknowledged the alert", Milestone::Acknowledged),
    ("containment done", Milestone::Contained),
    ("containment complete", Milestone::Contained),
    ("containment completed", Milestone::Contained),
    ("fully contained", Milestone::Contained),
    ("now contained", Milestone::Contained),
    ("incident contained", Milestone::Contained),
    ("attacker contained", Milestone::Contained),
    ("threat contained", Milestone::Contained),
    ("service restored", Milestone::Mitigated),
    ("services restored", Milestone::Mitigated),
    ("service is restored", Milestone::Mitigated),
    ("fully mitigated", Milestone::Mitigated),
    ("impact mitigated", Milestone::Mitigated),
    ("incident mitigated", Milestone::Mitigated),
    ("issue mitigated", Milestone::Mitigated),
    ("users no longer affected", Milestone::Mitigated),
    ("customers no longer affected", Milestone::Mitigated),
    ("incident resolved", Milestone::Resolved),
    ("incident is resolved", Milestone::Resolved),
    ("issue resolved", Milestone::Resolved),
    ("fully resolved", Milestone::Resolved),
    ("incident over", Milestone::Resolved),
    ("incident is over", Milestone::Resolved),
    ("all clear", Milestone::Resolved),
];

/// Words beside a phrase that make it a plan, a doubt, a part or a denial.
const DOUBTS: [&str; 32] = [
    "not",
    "no",
    "never",
    "isn",
    "wasn",
    "hasn",
    "aren",
    "until",
    "till",
    "when",
    "once",
    "if",
    "before",
    "after",
    "will",
    "should",
    "would",
    "could",
    "may",
    "might",
    "expect",
    "expected",
    "waiting",
    "wait",
    "almost",
    "nearly",
    "partly",
    "partially",
    "mostly",
    "unless",
    "assume",
    "whether",
];

/// The milestone that a line seems to tell of.
#[must_use]
pub fn milestone_hint(text: &str) -> Option<Milestone> {
    let line = text.trim();
    if line.contains('\n') || line.contains('?') {
        return None;
    }
    // Enough characters for the words that count; a long paste is not read to its end at each key.
    let words: Vec<String> = line
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS + 1)
        .map(str::to_lowercase)
        .collect();
    if words.len() > MOST_WORDS {
        return None;
    }
    // A line of the one word is meant as the milestone.
    if let [word] = words.as_slice() {
        return Milestone::ALL.iter().copied().find(|milestone| milestone.as_str() == word);
    }
    let padded = format!(" {} ", words.join(" "));
    let (before, milestone, after) = PHRASES.iter().find_map(|(phrase, milestone)| {
        let (before, after) = padded.split_once(&format!(" {phrase} "))?;
        Some((before, *milestone, after))
    })?;
    let doubtful = before.split(' ').chain(after.split(' ')).any(|word| DOUBTS.contains(&word));
    (!doubtful).then_some(milestone)
}
