//! Which runbooks fit an incident, and why: by words of the title, services, tags and names of alerts. It must not
//! read runbooks; it is given what they match.

use std::collections::{BTreeMap, BTreeSet};

use super::Match;
use crate::domain::words::fold_word;

/// The runbook that is offered when nothing fits better.
pub const FALLBACK: &str = "suspected-security-incident";

/// What is said of it then.
pub const FALLBACK_WHY: &str = "general first fifteen minutes";

/// The score of the fallback: less than one word of a `match:` list, more than one word of a title.
const FALLBACK_SCORE: f64 = 1.4;

/// The rarest word counts this much more than one that every runbook has: with more, a single word of a title would
/// beat the fallback in a library of many runbooks.
const MAX_RARITY: f64 = 2.7;

/// One word of `match: words` is worth this, times its rarity.
const WORD: f64 = 1.5;
/// A word that only the title, the services or the tags have.
const WEAK_WORD: f64 = 0.5;
/// A phrase of several words, all found.
const PHRASE: f64 = 1.0;
const SERVICE: f64 = 3.0;
const TAG: f64 = 2.5;
const ALERT: f64 = 4.0;

/// A runbook to be ranked.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its name: the file's, without ending.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it answers to.
    pub matches: &'a Match,
}

/// What is known of the incident.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<'q> {
    /// Its title, early entries joined to it if there are any.
    pub title: &'q str,
    /// The services it names.
    pub services: &'q [String],
    /// Its tags.
    pub tags: &'q [String],
    /// The names of the alerts that came with it.
    pub alerts: &'q [String],
}

/// A runbook that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked<'a> {
    /// Its name.
    pub name: &'a str,
    /// How well it fits; only good for comparing within one answer.
    pub score: f64,
    /// Why, in words: `matches: signing, key`.
    pub why: String,
}

/// The runbooks that fit, the best first; equal ones by name. The fallback is always among them if it is given.
#[must_use]
pub fn rank<'a>(runbooks: &[Candidate<'a>], query: &Query<'_>) -> Vec<Ranked<'a>> {
    let asked = Asked::of(query);
    let vocabularies: Vec<Vocabulary> = runbooks.iter().map(Vocabulary::of).collect();
    let rarity = |word: &str| {
        let with = vocabularies.iter().filter(|vocabulary| vocabulary.all.contains(word)).count().max(1);
        #[expect(clippy::cast_precision_loss, reason = "counts of runbooks are small")]
        let ratio = vocabularies.len() as f64 / with as f64;
        (1.0 + ratio.ln() / 2.0).min(MAX_RARITY)
    };
    let mut ranked: Vec<Ranked<'a>> = Vec::new();
    for (runbook, vocabulary) in runbooks.iter().zip(&vocabularies) {
        let (mut score, why) = score(runbook, vocabulary, &asked, query, &rarity);
        let mut why = format!("matches: {}", why.join(", "));
        if runbook.name == FALLBACK && score < FALLBACK_SCORE {
            score = FALLBACK_SCORE;
            why = FALLBACK_WHY.to_owned();
        }
        if score > 0.0 {
            ranked.push(Ranked { name: runbook.name, score, why });
        }
    }
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.name.cmp(b.name)));
    ranked
}

fn score(
    runbook: &Candidate<'_>,
    vocabulary: &Vocabulary,
    asked: &Asked,
    query: &Query<'_>,
    rarity: &dyn Fn(&str) -> f64,
) -> (f64, Vec<String>) {
    let mut score = 0.0;
    let mut strong: BTreeSet<usize> = BTreeSet::new();
    for phrase in &vocabulary.phrases {
        let found: Option<Vec<usize>> = phrase.iter().map(|word| asked.find(word)).collect();
        let Some(found) = found.filter(|found| !found.is_empty()) else { continue };
        if found.len() > 1 {
            score += PHRASE;
        }
        strong.extend(found);
    }
    let mut why = Vec::new();
    for (at, (word, stem)) in asked.words.iter().enumerate() {
        if strong.contains(&at) {
            score += WORD * rarity(stem);
        } else if vocabulary.weak.iter().any(|weak| alike(weak, stem)) {
            score += WEAK_WORD * rarity(stem);
        } else {
            continue;
        }
        why.push(word.clone());
    }
    let mut named = |kind: &str, worth: f64, given: &[String], known: &[String]| {
        for name in given {
            if known.iter().any(|other| fold_word(other) == fold_word(name)) {
                score += worth;
                why.push(format!("{kind} {name}"));
            }
        }
    };
    named("service", SERVICE, query.services, &runbook.matches.services);
    named("tag", TAG, query.tags, &runbook.matches.tags);
    named("alert", ALERT, query.alerts, &runbook.matches.alerts);
    // People paste the alert's name into the title.
    let pasted: Vec<String> = query.title.split_whitespace().map(str::to_owned).collect();
    let pasted: Vec<String> = pasted.into_iter().filter(|word| !query.alerts.contains(word)).collect();
    named("alert", ALERT, &pasted, &runbook.matches.alerts);
    (score, why)
}

/// What of the incident a runbook names by its `match:`, in words; empty: nothing. Words of its title do not count.
#[must_use]
pub(super) fn named(runbook: &Candidate<'_>, query: &Query<'_>) -> Vec<String> {
    let asked = Asked::of(query);
    let mut why: Vec<String> = Vec::new();
    for (phrase, written) in Vocabulary::of(runbook).phrases.iter().zip(&runbook.matches.words) {
        if !phrase.is_empty() && phrase.iter().all(|word| asked.find(word).is_some()) {
            why.push(format!("word {written}"));
        }
    }
    let pasted: Vec<String> = query.title.split_whitespace().map(str::to_owned).collect();
    let alerts: Vec<String> = query.alerts.iter().chain(&pasted).cloned().collect();
    let sorts = [
        ("service", query.services, &runbook.matches.services),
        ("tag", query.tags, &runbook.matches.tags),
        ("alert", alerts.as_slice(), &runbook.matches.alerts),
    ];
    for (sort, given, known) in sorts {
        let found = known.iter().filter(|name| given.iter().any(|g| fold_word(g) == fold_word(name)));
        why.extend(found.map(|name| format!("{sort} {name}")));
    }
    why
}

/// The words of the query.
struct Asked {
    /// Each word as written in lower case, and its stem; every stem once.
    words: Vec<(String, String)>,
}

impl Asked {
    fn of(query: &Query<'_>) -> Asked {
        let mut seen: BTreeMap<String, ()> = BTreeMap::new();
        let mut words = Vec::new();
        let alerts = query.alerts.iter().map(String::as_str);
        for text in std::iter::once(query.title).chain(alerts) {
            for word in split(text) {
                let stem = stem(&word);
                if seen.insert(stem.clone(), ()).is_none() {
                    words.push((word, stem));
                }
            }
        }
        Asked { words }
    }

    fn find(&self, stem: &str) -> Option<usize> {
        self.words.iter().position(|(_, asked)| alike(asked, stem))
    }
}

/// The words of a runbook, as stems.
struct Vocabulary {
    /// The entries of `match: words`.
    phrases: Vec<Vec<String>>,
    /// Words of the title, the services and the tags.
    weak: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Vocabulary {
    fn of(runbook: &Candidate<'_>) -> Vocabulary {
        let stems = |text: &str| -> Vec<String> { split(text).iter().map(|word| stem(word)).collect() };
        let phrases: Vec<Vec<String>> = runbook.matches.words.iter().map(|phrase| stems(phrase)).collect();
        let names = runbook.matches.services.iter().chain(&runbook.matches.tags).map(String::as_str);
        let weak: BTreeSet<String> = std::iter::once(runbook.title).chain(names).flat_map(stems).collect();
        let all = weak.iter().cloned().chain(phrases.iter().flatten().cloned()).collect();
        Vocabulary { phrases, weak, all }
    }
}

/// Words that say nothing about an incident.
const STOP: [&str; 34] = [
    "a", "after", "all", "an", "and", "are", "at", "be", "by", "can", "for", "from", "has", "have", "in",
    "into", "is", "it", "its", "may", "no", "not", "of", "on", "or", "our", "since", "some", "that", "the",
    "this", "to", "was", "with",
];

/// Joined words at least this long (`HighLatency`, but not `GitHub`) are taken apart, in characters.
const JOINED: usize = 10;

/// Splits into words in lower case: `KubePodCrashLooping` and `crash-looping` alike.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for whole in text.split(|c: char| !c.is_alphanumeric()) {
        let apart = whole.chars().count() >= JOINED;
        let mut word = String::new();
        let mut after_lower = false;
        for c in whole.chars() {
            if apart && after_lower && c.is_uppercase() {
                words.push(std::mem::take(&mut word));
            }
            after_lower = c.is_lowercase();
            word.extend(c.to_lowercase());
        }
        words.push(word);
    }
    words.retain(|word| word.chars().count() > 1 && !STOP.contains(&word.as_str()));
    words
}

/// A light stem: `compromised`, `compromise` and `compromises` are one.
fn stem(word: &str) -> String {
    let long_enough = |rest: &&str| rest.chars().count() >= 3;
    let mut stem = word;
    if !stem.ends_with("ss") && !stem.ends_with("us") {
        stem = stem.strip_suffix('s').filter(long_enough).unwrap_or(stem);
    }
    for ending in ["ing", "ed", "e"] {
        if let Some(rest) = stem.strip_suffix(ending).filter(long_enough) {
            stem = rest;
            break;
        }
    }
    // Dependency and dependencies, dropped and drop.
    let mut stem =
        stem.strip_suffix('i').filter(long_enough).map_or(stem.to_owned(), |rest| format!("{rest}y"));
    let last: Vec<char> = stem.chars().rev().take(2).collect();
    if let [a, b] = last.as_slice()
        && a == b
        && word.len() > stem.len()
        && stem.chars().count() > 3
        && !matches!(a, 's' | 'l')
    {
        stem.pop();
    }
    stem
}

/// Equal, or one the beginning of the other: `deploy` and `deployment`.
fn alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short == long || (short.chars().count() >= 5 && long.starts_with(short) && long.len() - short.len() <= 5)
}

#[cfg(test)]
mod tests;
