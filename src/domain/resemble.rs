//! Whether two sentences say much the same: by the stems of their words, an error of typing forgiven. It is for
//! recalling a hypothesis that was ruled out when somebody proposes it again; it must not refuse anything.

use crate::domain::composed::composed;
use crate::domain::incident::{Hypothesis, Incident};
use crate::domain::words::HypothesisState;

/// Words that say nothing about what is supposed.
const EMPTY: [&str; 62] = [
    "a", "an", "the", "is", "are", "was", "were", "be", "been", "it", "its", "in", "on", "of", "to", "by",
    "at", "for", "from", "with", "and", "or", "that", "this", "there", "has", "have", "had", "may", "might",
    "could", "can", "would", "maybe", "perhaps", "possibly", "probably", "some", "somebody", "someone", "we",
    "they", "our", "their", "as", "via", "because", "due", "after", "before", "since", "not", "no", "all",
    "did", "does", "do", "caused", "cause", "think", "looks", "like",
];

/// The share of the shorter sentence's words that the other must hold.
const SHARE: usize = 60;

/// The hypothesis of an incident that was ruled out and says much the same as a text, the nearest one.
#[must_use]
pub fn ruled_out<'a>(incident: &'a Incident, text: &str) -> Option<&'a Hypothesis> {
    let words = stems(text);
    let struck =
        |h: &Hypothesis| incident.timeline.get(h.seq).is_some_and(|e| e.struck.is_some() || e.redacted);
    incident
        .talk
        .hypotheses
        .values()
        .filter(|h| h.now.state == HypothesisState::RuledOut && !struck(h))
        .filter_map(|h| Some((likeness(&words, &stems(&h.text))?, h)))
        .max_by_key(|(share, h)| (*share, h.seq))
        .map(|(_, h)| h)
}

/// How much two sentences share, in per cent of the shorter one; `None` when that is too little to speak of.
fn likeness(one: &[String], two: &[String]) -> Option<usize> {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    let shared = short.iter().filter(|word| long.iter().any(|other| is_same(word, other))).count();
    // One word in common makes two sentences alike only when there is nothing else in either.
    if shared == 0 || (shared == 1 && long.len() > 2) {
        return None;
    }
    let share = shared.saturating_mul(100).checked_div(short.len())?;
    (share >= SHARE).then_some(share)
}

/// The stems of the words that say something, each once.
pub(super) fn stems(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in composed(text).split(|c: char| !c.is_alphanumeric()) {
        let word = word.to_lowercase();
        if word.is_empty() || EMPTY.contains(&word.as_str()) {
            continue;
        }
        let stem = stem(&word).to_owned();
        if !found.contains(&stem) {
            found.push(stem);
        }
    }
    found
}

/// A word without its commonest endings.
pub(super) fn stem(word: &str) -> &str {
    let endings =
        ["ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ed", "es", "s", "e", "y"];
    endings
        .iter()
        .find_map(|end| word.strip_suffix(end).filter(|stem| stem.chars().count() >= 3))
        .unwrap_or(word)
}

fn is_same(one: &str, two: &str) -> bool {
    one == two
        || (one.chars().count() >= 5
            && two.chars().count() >= 5
            && strsim::damerau_levenshtein(one, two) <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(one: &str, two: &str) -> bool {
        likeness(&stems(one), &stems(two)).is_some()
    }

    #[test]
    fn the_same_thought_in_other_words_is_alike() {
        let old = "key was in a CI variable";
        for new in [
            "key was in a CI variable",
            "maybe the keys were in CI variables",
            "the key leaked from a CI varable",
            "CI variable held the key of the release",
        ] {
            assert!(alike(old, new), "{new:?}");
        }
        assert!(alike("DNS", "it is DNS"));
    }

    #[test]
    fn another_thought_is_not_alike() {
        let old = "key was in a CI variable";
        for new in
            ["key was stolen from a laptop", "database connections exhausted", "the", "", "CI runner is slow"]
        {
            assert!(!alike(old, new), "{new:?}");
        }
    }
}
