//! What in the log shows that an expectation was met, as a script writes it: `role commander`, `entry laptop taxi`. It
//! must not look at a log (`facts` does).

use std::fmt;

use crate::domain::archive_path;
use crate::domain::audience::Audience;
use crate::domain::role;
use crate::domain::words::{Milestone, Phase, fold_word};

/// What the program looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The incident is declared.
    Declared,
    /// Somebody holds the role.
    Role(String),
    /// The role went from one to another.
    Handover(String),
    /// The severity is this.
    Severity(String),
    /// The phase is this.
    Phase(Phase),
    /// The milestone is marked.
    Milestone(Milestone),
    /// The runbook is attached.
    Runbook(String),
    /// A step with these words is done.
    Step(String),
    /// A decision, with these words.
    Decision(String),
    /// A hypothesis, with these words.
    Hypothesis(String),
    /// A hypothesis, with these words, is ruled out.
    RuledOut(String),
    /// An ask, with these words.
    Ask(String),
    /// An item of evidence, with these words.
    Evidence(String),
    /// An update went to the audience.
    Update(Audience),
    /// Any line that somebody said, with these words.
    Entry(String),
}

/// The conditions as messages and the documentation show them.
pub const FORMS: &[&str] = &[
    "declared",
    "role NAME",
    "handover NAME",
    "severity S",
    "phase NAME",
    "milestone NAME",
    "runbook NAME",
    "step TEXT",
    "decision [WORDS]",
    "hypothesis [WORDS]",
    "ruled-out [WORDS]",
    "ask [WORDS]",
    "evidence [WORDS]",
    "update AUDIENCE",
    "entry WORDS",
];

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// What is wrong and what to do, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let (word, rest) = (fold_word(first), rest.trim());
        let some = |make: fn(String) -> Self| {
            if tokens(rest).is_empty() { Err(needs(&word)) } else { Ok(make(rest.to_owned())) }
        };
        let any = |make: fn(String) -> Self| Ok(make(rest.to_owned()));
        match word.as_str() {
            "declared" if rest.is_empty() => Ok(Self::Declared),
            "role" => some(Self::Role),
            "handover" => some(Self::Handover),
            "severity" => some(Self::Severity),
            "phase" => rest.parse().map(Self::Phase).map_err(|e| e.to_string()),
            "milestone" => rest.parse().map(Self::Milestone).map_err(|e| e.to_string()),
            "runbook" => some(Self::Runbook),
            "step" => some(Self::Step),
            "decision" => any(Self::Decision),
            "hypothesis" => any(Self::Hypothesis),
            "ruledout" => any(Self::RuledOut),
            "ask" => any(Self::Ask),
            "evidence" => any(Self::Evidence),
            "update" => rest.parse().map(Self::Update).map_err(|e| e.to_string()),
            "entry" => some(Self::Entry),
            _ => Err(format!("it is none of: {}", FORMS.join(", "))),
        }
    }
}

fn needs(word: &str) -> String {
    let form = FORMS.iter().find(|form| form.split(' ').next().map(fold_word).as_deref() == Some(word));
    format!("write {}", form.copied().unwrap_or(word))
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, of) = match self {
            Self::Declared => ("declared", ""),
            Self::Role(role) => ("role", role.as_str()),
            Self::Handover(role) => ("handover", role.as_str()),
            Self::Severity(severity) => ("severity", severity.as_str()),
            Self::Phase(phase) => ("phase", phase.as_str()),
            Self::Milestone(milestone) => ("milestone", milestone.as_str()),
            Self::Runbook(name) => ("runbook", name.as_str()),
            Self::Step(words) => ("step", words.as_str()),
            Self::Decision(words) => ("decision", words.as_str()),
            Self::Hypothesis(words) => ("hypothesis", words.as_str()),
            Self::RuledOut(words) => ("ruled-out", words.as_str()),
            Self::Ask(words) => ("ask", words.as_str()),
            Self::Evidence(words) => ("evidence", words.as_str()),
            Self::Update(audience) => ("update", audience.as_str()),
            Self::Entry(words) => ("entry", words.as_str()),
        };
        f.write_str(name)?;
        if of.is_empty() { Ok(()) } else { write!(f, " {of}") }
    }
}

/// The words of a text as they are compared: lower case, without accents and marks.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
    let folded = words.map(|word| {
        word.chars().filter(|c| !is_mark(*c)).fold(String::new(), |mut all, c| {
            match archive_path::fold(c).as_str() {
                "" => all.extend(c.to_lowercase()),
                plain => all.push_str(plain),
            }
            all
        })
    });
    folded.filter(|word| !word.is_empty()).collect()
}

/// A mark that stands over the letter before it.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A text has each of the words, or one that begins with it; any text has no words.
#[must_use]
pub fn holds(text: &str, words: &str) -> bool {
    let there = tokens(text);
    tokens(words).iter().all(|word| there.iter().any(|own| own.starts_with(word.as_str())))
}

/// Two names of a role are of the same one.
#[must_use]
pub fn same_role(one: &str, other: &str) -> bool {
    let full = |name: &str| role::built_in(name).map_or_else(|| fold_word(name), |spec| fold_word(spec.name));
    full(one) == full(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written_alike() {
        for text in [
            "declared",
            "role security-lead",
            "handover commander",
            "severity P1",
            "phase contain",
            "milestone contained",
            "runbook signing-key-compromised",
            "step disable the key",
            "decision",
            "decision stop builds",
            "hypothesis",
            "ruled-out foreign signature",
            "ask",
            "evidence signing log",
            "update customers",
            "entry what was on it",
        ] {
            assert_eq!(Condition::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Condition::parse(" Ruled-Out "), Ok(Condition::RuledOut(String::new())));
        for (bad, says) in [
            ("rol commander", "none of: declared"),
            ("role", "write role NAME"),
            ("role --", "write role NAME"),
            ("entry", "write entry WORDS"),
            ("phase later", "detect, contain"),
            ("update everybody", "internal, customers"),
            ("declared twice", "none of"),
            ("", "none of"),
        ] {
            let why = Condition::parse(bad).unwrap_err();
            assert!(why.contains(says), "{bad}: {why}");
        }
        assert_eq!(FORMS.len(), 15);
    }

    #[test]
    fn words_are_compared_without_case_accents_and_order() {
        assert!(holds("Clé de signature révoquée, à 10:05", "revoquee cle"));
        assert!(holds("the re\u{301}voque\u{301}", "révoqué"));
        assert!(holds("Laptops left in a TAXI", "taxi laptop"));
        assert!(holds("ключ отозван", "Ключ"));
        assert!(!holds("the monkey", "key") && !holds("", "key"));
        assert!(holds("anything", "") && holds("", "…"));
        assert!(same_role("ic", "commander") && same_role("Security lead", "security-lead"));
        assert!(same_role("duty officer", "Duty-Officer") && !same_role("scribe", "comms"));
    }
}
