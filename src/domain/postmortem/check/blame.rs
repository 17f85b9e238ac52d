//! Finds a person's failing given as a cause: "human error" ends the search where it should begin. It must not judge
//! sections other than the two about causes.

use super::Section;
use crate::domain::postmortem::{Problem, markdown};

/// Phrases that name a failing of a person, as words in lower case.
const PHRASES: [&str; 34] = [
    "human error",
    "human errors",
    "human mistake",
    "human failure",
    "human factor",
    "operator error",
    "operator mistake",
    "user error",
    "engineer error",
    "engineer's error",
    "developer error",
    "developer mistake",
    "pilot error",
    "personal error",
    "someone forgot",
    "somebody forgot",
    "forgot to",
    "forgetful",
    "forgetfulness",
    "carelessness",
    "careless",
    "carelessly",
    "negligence",
    "negligent",
    "inattention",
    "inattentive",
    "lack of attention",
    "not paying attention",
    "should have known",
    "should have been more careful",
    "was not careful",
    "incompetence",
    "sloppiness",
    "sloppy",
];

/// Words that, shortly before a phrase, deny it: `not "human error"`.
const DENIALS: [&str; 8] = ["not", "never", "no", "than", "instead", "beyond", "isn't", "wasn't"];

/// How many words before a phrase a denial may stand.
const DENIAL_REACH: usize = 4;

/// Adds a problem for every such phrase, with its line.
pub(super) fn find(section: &Section, problems: &mut Vec<Problem>) {
    let code = markdown::code_lines(&section.body);
    let mut words: Vec<(usize, String)> = Vec::new();
    for (index, line) in markdown::lines_of(&section.body).enumerate() {
        if code.get(index).copied().unwrap_or(false) {
            continue;
        }
        let line_number = section.line.saturating_add(index).saturating_add(1);
        if line.trim().is_empty() {
            // A paragraph ends: no phrase runs across.
            words.push((line_number, String::new()));
        }
        let line = line.to_lowercase().replace('\u{2019}', "'");
        let split = line.split(|c: char| !c.is_alphanumeric() && c != '\'').map(|w| w.trim_matches('\''));
        words.extend(split.filter(|word| !word.is_empty()).map(|word| (line_number, word.to_owned())));
    }
    let mut behind = 0;
    for (at, (line, _)) in words.iter().enumerate() {
        let rest = words.get(at..).unwrap_or_default();
        let Some(phrase) = PHRASES.iter().find(|phrase| begins_with(rest, phrase)) else { continue };
        let before = words.get(at.saturating_sub(DENIAL_REACH)..at).unwrap_or_default();
        let is_denied = before.iter().any(|(_, word)| DENIALS.contains(&word.as_str()));
        if is_denied || at < behind {
            continue;
        }
        behind = at.saturating_add(phrase.split(' ').count());
        let message = format!(
            "{phrase:?} is given as a cause; people act on what they see: say what in the system allowed, invited or hid the action"
        );
        problems.push(Problem::new("human-error", *line, message));
    }
}

fn begins_with(words: &[(usize, String)], phrase: &str) -> bool {
    let mut words = words.iter();
    phrase.split(' ').all(|expected| words.next().is_some_and(|(_, word)| word == expected))
}
