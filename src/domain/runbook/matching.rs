//! Which runbooks fit an incident, and why: by words of the title, services, tags and names of alerts. It must not
//! read runbooks; it is given what they match.

mod stem;

use std::collections::{BTreeMap, BTreeSet};

use self::stem::{alike, split, stem};
use super::{Match, Runbook, SectionRole};
use crate::domain::abbreviations::in_full;
use crate::domain::words::fold_word;

/// The runbook that is offered when nothing fits better.
pub const FALLBACK: &str = "suspected-security-incident";

/// What is said of it then.
pub const FALLBACK_WHY: &str = "general first fifteen minutes";

/// What a runbook must be worth to be offered: less than one word of a `match:` list, more than one word of a title.
/// The fallback needs no reason and stands after all that have one.
const ENOUGH: f64 = 1.5;

/// The rarest word counts this much more than one that every runbook has: with more, a single word of a title would
/// be enough in a library of many runbooks.
const MAX_RARITY: f64 = 2.7;

/// One word of `match: words` is worth this, times its rarity.
const WORD: f64 = 1.5;
/// A word that only the title, the services or the tags have.
const WEAK_WORD: f64 = 0.5;
/// A word that only its summary and its detection have.
const FAINT_WORD: f64 = 0.3;
/// A phrase of several words, all found.
const PHRASE: f64 = 1.0;
const SERVICE: f64 = 3.0;
const TAG: f64 = 2.5;
/// The exact name of an alert, which no number of words outweighs.
const ALERT: f64 = 100.0;

/// Words of summary and detection that more than this part of the library has say nothing.
const COMMON: usize = 4;

/// In a library of fewer runbooks no word is common.
const LIBRARY: usize = 8;

/// Words of sentences that tell nothing of what happened.
const FILLERS: [&str; 41] = [
    "about", "again", "also", "another", "any", "before", "but", "cannot", "did", "does", "each", "few",
    "had", "here", "how", "if", "like", "long", "many", "more", "never", "nobody", "odd", "off", "one",
    "other", "over", "own", "same", "somebody", "than", "their", "them", "they", "us", "use", "was", "way",
    "what", "when", "you",
];

/// How many words of summary and detection are read.
const MOST_FAINT: usize = 400;

/// A runbook to be ranked.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// Its name: the file's, without ending.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it answers to.
    pub matches: &'a Match,
    /// When it is for, in its author's words: its summary and what it is detected by.
    pub about: Vec<&'a str>,
}

impl<'a> Candidate<'a> {
    /// A runbook by its name.
    #[must_use]
    pub fn of(name: &'a str, runbook: &'a Runbook) -> Self {
        let detection = runbook.section(SectionRole::Detection).map(|section| section.items.as_slice());
        let signs = detection.unwrap_or_default().iter().map(|item| item.text.as_str());
        let about = runbook.summary.as_deref().into_iter().chain(signs).collect();
        Self { name, title: &runbook.title, matches: &runbook.matches, about }
    }
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

/// The runbooks that fit, the best first; equal ones by name. The fallback is always among them if it is given, as the
/// last unless its own words fit.
#[must_use]
pub fn rank<'a>(runbooks: &[Candidate<'a>], query: &Query<'_>) -> Vec<Ranked<'a>> {
    let asked = Asked::of(query);
    let vocabularies: Vec<Vocabulary> = runbooks.iter().map(Vocabulary::of).collect();
    let rarity =
        |word: &str| rarity(vocabularies.len(), vocabularies.iter().filter(|v| v.all.contains(word)).count());
    let faint = |word: &str| {
        let with = vocabularies.iter().filter(|v| v.all.contains(word) || v.faint.contains(word)).count();
        let common = vocabularies.len() >= LIBRARY && with > vocabularies.len() / COMMON;
        if common { 0.0 } else { self::rarity(vocabularies.len(), with) }
    };
    let mut ranked: Vec<Ranked<'a>> = Vec::new();
    let mut general = None;
    for (runbook, vocabulary) in runbooks.iter().zip(&vocabularies) {
        let (score, why) = score(runbook, vocabulary, &asked, query, [&rarity, &faint]);
        if score >= ENOUGH {
            ranked.push(Ranked { name: runbook.name, score, why: format!("matches: {}", why.join(", ")) });
        } else if runbook.name == FALLBACK {
            general = Some(Ranked { name: runbook.name, score, why: FALLBACK_WHY.to_owned() });
        }
    }
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.name.cmp(b.name)));
    ranked.extend(general);
    ranked
}

/// How much a word counts that so many of all runbooks have.
fn rarity(all: usize, with: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of runbooks are small")]
    let ratio = all as f64 / with.max(1) as f64;
    (1.0 + ratio.ln() / 2.0).min(MAX_RARITY)
}

fn score(
    runbook: &Candidate<'_>,
    vocabulary: &Vocabulary,
    asked: &Asked,
    query: &Query<'_>,
    [rarity, faint]: [&dyn Fn(&str) -> f64; 2],
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
        } else if let Some(worth) = vocabulary.faintly(stem).map(faint).filter(|worth| *worth > 0.0) {
            score += FAINT_WORD * worth;
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
    let pasted: Vec<String> = pasted(query.title)
        .filter(|word| !query.alerts.iter().any(|alert| alert == word))
        .map(str::to_owned)
        .collect();
    named("alert", ALERT, &pasted, &runbook.matches.alerts);
    (score, why)
}

/// The words of a title that may be the name of an alert, which people paste into it: `[FIRING:1] HighLatency:`.
fn pasted(title: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    title
        .split(apart)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
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
    let pasted = pasted(query.title).map(str::to_owned);
    let alerts: Vec<String> = query.alerts.iter().cloned().chain(pasted).collect();
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
            for word in split(&in_full(text)) {
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
    /// The words of both.
    all: BTreeSet<String>,
    /// Words of the summary and the detection; none of the fallback, which is for what nobody can name yet.
    faint: BTreeSet<String>,
}

impl Vocabulary {
    fn of(runbook: &Candidate<'_>) -> Vocabulary {
        let stems = |text: &str| -> Vec<String> { split(text).iter().map(|word| stem(word)).collect() };
        let phrases: Vec<Vec<String>> = runbook.matches.words.iter().map(|phrase| stems(phrase)).collect();
        let names = runbook.matches.services.iter().chain(&runbook.matches.tags).map(String::as_str);
        let weak: BTreeSet<String> = std::iter::once(runbook.title).chain(names).flat_map(stems).collect();
        let all = weak.iter().cloned().chain(phrases.iter().flatten().cloned()).collect();
        let about = if runbook.name == FALLBACK { &[] } else { runbook.about.as_slice() };
        let told = |text: &str| -> Vec<String> {
            let words = split(text).into_iter().filter(|word| !FILLERS.contains(&word.as_str()));
            words.map(|word| stem(&word)).collect()
        };
        let faint = about.iter().copied().flat_map(told).take(MOST_FAINT).collect();
        Vocabulary { phrases, weak, all, faint }
    }

    /// The word of its summary and detection that is like this one.
    fn faintly(&self, stem: &str) -> Option<&str> {
        self.faint.iter().find(|faint| alike(faint, stem)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
