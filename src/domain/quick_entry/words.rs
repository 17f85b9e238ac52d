//! The words of a line that mean more than text: verbs, names, tags, arguments. It must not decide what a line is.

use crate::domain::audience::Audience;
use crate::domain::time::{Span, parse_span};

/// The longest name or tag, in characters; anything longer is text.
const LONGEST_WORD: usize = 64;

/// A text and the arguments that were taken out of it.
pub(super) struct Arguments<'a> {
    /// The person named.
    pub(super) person: Option<String>,
    /// The span named.
    pub(super) span: Option<Span>,
    /// What is left.
    pub(super) text: &'a str,
}

/// The verb at the beginning and what follows it. `:)` and `:fire:` are no verbs.
pub(super) fn verb(s: &str) -> Option<(&str, &str)> {
    let end = s.find(char::is_whitespace).unwrap_or(s.len());
    let (verb, rest) = s.split_at_checked(end)?;
    let fit = verb.starts_with(|c: char| c.is_ascii_alphabetic())
        && verb.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    fit.then(|| (verb, rest.trim()))
}

/// Takes `@person` and a time box, in any order, from the beginning of an ask.
pub(super) fn ask(text: &str) -> Arguments<'_> {
    let mut args = Arguments { person: None, span: None, text };
    loop {
        let (word, rest) = first_word(args.text);
        if args.person.is_none()
            && let Some(name) = name(word)
        {
            args.person = Some(name.to_owned());
        } else if args.span.is_none()
            && let Some(span) = positive_span(word)
        {
            args.span = Some(span);
        } else {
            return args;
        }
        args.text = rest;
    }
}

/// Words before a name at the end of a sentence that make it part of the sentence and not an argument.
const LEADS_TO_A_NAME: [&str; 12] =
    ["of", "from", "to", "with", "for", "and", "or", "via", "by", "not", "than", "as"];

/// Takes `@executor` and `check SPAN`, in any order, from the end of a decision, or `@executor` from its beginning.
pub(super) fn decision(text: &str) -> Arguments<'_> {
    let mut args = Arguments { person: None, span: None, text };
    loop {
        let (rest, word) = last_word(args.text);
        let (before, previous) = last_word(rest);
        let word = word.trim_end_matches(['.', ',', ';']);
        if args.person.is_none()
            && let Some(name) = name(word)
            && !LEADS_TO_A_NAME.iter().any(|lead| previous.eq_ignore_ascii_case(lead))
        {
            args.person = Some(name.to_owned());
            args.text = without_joint(rest);
        } else if args.span.is_none()
            && let Some(span) = positive_span(word)
            && previous.eq_ignore_ascii_case("check")
        {
            args.span = Some(span);
            args.text = without_joint(before);
        } else {
            break;
        }
    }
    if args.person.is_none() {
        let (word, rest) = first_word(args.text);
        if let Some(name) = name(word) {
            args.person = Some(name.to_owned());
            args.text = rest;
        }
    }
    args
}

/// Takes `customers:` from the beginning of an update; without an audience it is internal.
pub(super) fn audience(text: &str) -> (Audience, &str) {
    named_audience(text).unwrap_or((Audience::Internal, text))
}

/// The audience in front of a text, and the text behind it.
pub(super) fn named_audience(text: &str) -> Option<(Audience, &str)> {
    let (word, rest) = text.split_once(':')?;
    // The words of the set fold punctuation away; a name of an audience has none.
    let fit = word.chars().all(|c| c.is_alphabetic() || c == ' ');
    fit.then(|| word.parse().ok()).flatten().map(|audience| (audience, rest.trim_start()))
}

/// The `#tags` (lower case) and `@names` at the beginnings of words, each once.
pub(super) fn tags_and_mentions(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut tags, mut mentions): (Vec<String>, Vec<String>) = (vec![], vec![]);
    for word in text.split_whitespace() {
        let word = word.trim_start_matches(['(', '[', '{', '"', '\'']);
        if let Some(body) = word.strip_prefix('#') {
            // A number is a ticket, not a tag.
            let tag = leading_name(body).filter(|tag| tag.chars().any(char::is_alphabetic));
            if let Some(tag) = tag.map(str::to_lowercase).filter(|tag| !tags.contains(tag)) {
                tags.push(tag);
            }
        } else if let Some(name) = word.strip_prefix('@').and_then(leading_name)
            && !mentions.iter().any(|known| known == name)
        {
            mentions.push(name.to_owned());
        }
    }
    (tags, mentions)
}

/// The person of a word that is `@name` and nothing else.
fn name(word: &str) -> Option<&str> {
    let body = word.strip_prefix('@')?;
    leading_name(body).filter(|name| *name == body)
}

/// The letters, digits, `-`, `_` and `.` in front, without punctuation at their end.
fn leading_name(s: &str) -> Option<&str> {
    let end = s.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(s.len());
    let name = s.get(..end)?.trim_end_matches(['.', '-']);
    let fit = name.starts_with(char::is_alphanumeric) && name.chars().count() <= LONGEST_WORD;
    fit.then_some(name)
}

/// A span longer than nothing.
fn positive_span(word: &str) -> Option<Span> {
    parse_span(word).ok().filter(|span| *span > Span::zero())
}

/// The first word, and the text after the white space that follows it.
fn first_word(text: &str) -> (&str, &str) {
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

/// The text before the last word, and the last word.
fn last_word(text: &str) -> (&str, &str) {
    let text = text.trim_end();
    text.rsplit_once(char::is_whitespace).unwrap_or(("", text))
}

/// The text without the white space and comma that joined an argument to it.
fn without_joint(text: &str) -> &str {
    text.trim_end().trim_end_matches([',', ';']).trim_end()
}
