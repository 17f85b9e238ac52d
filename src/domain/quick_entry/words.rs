//! The words of a line that mean more than text: verbs, names, tags, arguments. It must not decide what a line is.

use std::borrow::Cow;

use crate::domain::audience::Audience;
use crate::domain::composed::{composed, is_combining_mark};
use crate::domain::promise;
use crate::domain::request::When;
use crate::domain::time::{Span, parse_span};
use crate::domain::time_spec::Context;

/// The longest name or tag, in characters; anything longer is text.
const LONGEST_WORD: usize = 64;

/// A text and the arguments that were taken out of it.
pub(super) struct Arguments<'a, T> {
    /// The person named.
    pub(super) person: Option<String>,
    /// The span or time named.
    pub(super) term: Option<T>,
    /// What is left.
    pub(super) text: &'a str,
    /// The tags at the end, which stay in the text behind what is left.
    tags: &'a str,
}

impl<'a, T> Arguments<'a, T> {
    /// What is left, with its tags.
    pub(super) fn words(&self) -> Cow<'a, str> {
        match (self.text, self.tags) {
            (text, "") => text.into(),
            ("", tags) => tags.trim_start().into(),
            (text, tags) => [text, tags].concat().into(),
        }
    }
}

/// The verb at the beginning and what follows it. `:)` and `:fire:` are no verbs.
pub(super) fn verb(s: &str) -> Option<(&str, &str)> {
    let end = s.find(char::is_whitespace).unwrap_or(s.len());
    let (verb, rest) = s.split_at_checked(end)?;
    let fit = verb.starts_with(|c: char| c.is_ascii_alphabetic())
        && verb.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    fit.then(|| (verb, rest.trim()))
}

/// Takes `@person` and a time box, in any order, from the beginning of an ask, or both from its end, where they stand
/// beside each other or behind a comma. A name or a span that stands there alone is what the ask is about, as in
/// `reset password @mallory` and `raise retention 30d`.
pub(super) fn ask(text: &str) -> Arguments<'_, Span> {
    let (text, tags) = tags_at_end(text);
    let mut args = Arguments { person: None, term: None, text, tags };
    loop {
        let (word, rest) = first_word(args.text);
        if args.person.is_none()
            && let Some(name) = addressed(word)
        {
            args.person = Some(composed(name).into_owned());
        } else if args.term.is_none()
            && let Some(span) = positive_span(word.trim_end_matches([':', ',']))
        {
            args.term = Some(span);
        } else {
            break;
        }
        args.text = rest;
    }
    if args.person.is_none()
        && args.term.is_none()
        && let Some((text, name, span)) = both_at_end(args.text)
    {
        return Arguments { person: Some(composed(name).into_owned()), term: Some(span), text, tags };
    }
    while let Some((rest, word)) = behind_comma(args.text) {
        if args.person.is_none()
            && let Some(name) = name(word)
        {
            args.person = Some(composed(name).into_owned());
        } else if args.term.is_none()
            && let Some(span) = positive_span(word)
        {
            args.term = Some(span);
        } else {
            break;
        }
        args.text = rest;
    }
    args
}

/// Words before a name at the end of a sentence that make it part of the sentence and not an argument.
const LEADS_TO_A_NAME: [&str; 12] =
    ["of", "from", "to", "with", "for", "and", "or", "via", "by", "not", "than", "as"];

/// Words of an ask whose object such a name is, with a span behind it too: `block @mallory 1h`.
const REACHES_A_NAME: [&str; 48] = [
    "ask", "tell", "call", "page", "ping", "wake", "email", "mail", "message", "contact", "reach", "inform",
    "notify", "remind", "brief", "relieve", "replace", "thank", "invite", "help", "find", "see", "add",
    "remove", "disable", "revoke", "block", "suspend", "lock", "ban", "mute", "asked", "told", "called",
    "paged", "is", "cc", "about", "on", "against", "after", "before", "like", "without", "user", "account",
    "sender", "owner",
];

/// Words before a span, with a name behind it, that make it part of the sentence: look at the last 15m.
const LEADS_TO_A_SPAN: [&str; 32] = [
    "the", "a", "last", "past", "next", "first", "every", "each", "per", "of", "for", "in", "within", "over",
    "during", "to", "from", "by", "at", "than", "about", "around", "after", "before", "until", "under",
    "above", "below", "and", "or", "is", "another",
];

/// Words before `check` that make it part of the sentence: the health check, somebody is to check.
const LEADS_TO_A_CHECK: [&str; 46] = [
    "the",
    "a",
    "an",
    "to",
    "no",
    "not",
    "another",
    "next",
    "last",
    "first",
    "final",
    "every",
    "this",
    "that",
    "our",
    "your",
    "we",
    "they",
    "i",
    "you",
    "will",
    "must",
    "should",
    "can",
    "please",
    "double",
    "quick",
    "manual",
    "self",
    "cron",
    "hourly",
    "nightly",
    "daily",
    "weekly",
    "health",
    "sanity",
    "spot",
    "smoke",
    "security",
    "integrity",
    "consistency",
    "background",
    "status",
    "readiness",
    "liveness",
    "cross",
];

/// The words between `check` and its time; the first one also where no comma stands before `check`.
const CHECK: [&str; 4] = ["at", "in", "by", "after"];

/// Takes `@executor` and `check 15m` or `check at 12:40`, in any order, from the end of a decision, or `@executor` from
/// its beginning.
pub(super) fn decision<'a>(text: &'a str, ctx: &Context) -> Arguments<'a, When> {
    let (text, tags) = tags_at_end(text);
    let mut args = Arguments { person: None, term: None, text, tags };
    loop {
        if args.person.is_none()
            && let Some((rest, name)) = name_at_end(args.text)
        {
            args.person = Some(composed(name).into_owned());
            args.text = rest;
        } else if args.term.is_none()
            && let Some((rest, check)) = check_at_end(args.text, ctx)
        {
            args.term = Some(check);
            args.text = rest;
        } else {
            break;
        }
    }
    if args.person.is_none() {
        let (word, rest) = first_word(args.text);
        if let Some(name) = addressed(word) {
            args.person = Some(composed(name).into_owned());
            args.text = rest;
        }
    }
    args
}

/// The text before the tags at its end, and these with the white space in front of them: a name or a time before them
/// is at the end of the sentence.
fn tags_at_end(text: &str) -> (&str, &str) {
    let mut before = text.trim_end();
    loop {
        let (rest, word) = last_word(before);
        let is_tag = word
            .strip_prefix('#')
            .is_some_and(|tag| leading_name(tag) == Some(tag) && tag.chars().any(char::is_alphabetic));
        if !is_tag {
            break;
        }
        before = rest.trim_end();
    }
    if before.len() == text.trim_end().len() {
        (text, "")
    } else {
        text.split_at_checked(before.len()).unwrap_or((text, ""))
    }
}

/// The text before the person at its end who is no part of the sentence, and that person.
pub(super) fn person_at_end(text: &str) -> Option<(&str, &str)> {
    name_at_end(text)
}

/// The text before the name at its end, and the name, where no word leads to it.
fn name_at_end(text: &str) -> Option<(&str, &str)> {
    let (rest, word) = last_word(text);
    let (_, previous) = last_word(rest);
    let name = name(word.trim_end_matches(['.', ',', ';']))?;
    (!is_one_of(previous, &LEADS_TO_A_NAME)).then(|| (without_joint(rest), name))
}

/// The text before the name and the span that stand beside each other at its end: `@bob 3m`, `3m @bob`, `@bob in 3m`,
/// `(@bob, 3m)`.
fn both_at_end(text: &str) -> Option<(&str, &str, Span)> {
    let bare = |word| str::trim_end_matches(word, ['.', ',', ';']);
    let (rest, last) = last_word(text);
    let (before, first) = last_word(rest);
    let (before, first) =
        if is_one_of(first, &["in", "within"]) { last_word(before) } else { (before, first) };
    let (opened, last) = match (first.strip_prefix('('), bare(last).strip_suffix(')')) {
        (Some(first), Some(last)) => (Some(first), last),
        _ => (None, bare(last)),
    };
    let first = bare(opened.unwrap_or(first));
    let (_, previous) = last_word(before);
    let listed = name(bare(previous)).is_some() || positive_span(bare(previous)).is_some();
    let leads = |words: &[&str]| opened.is_none() && (listed || is_one_of(previous, words));
    if let (Some(name), Some(span)) = (name(first), positive_span(last)) {
        let leads = leads(&LEADS_TO_A_NAME) || leads(&REACHES_A_NAME);
        return (!leads).then(|| (without_joint(before), name, span));
    }
    let (span, name) = (positive_span(first)?, name(last)?);
    // `3m in @bob` says nothing.
    let beside = last_word(rest).1.contains(|c: char| c.is_ascii_digit());
    (beside && !leads(&LEADS_TO_A_SPAN)).then(|| (without_joint(before), name, span))
}

/// The text before a comma and the one word behind it. Of a list (`compare @alice, @bob`) that word is a part.
fn behind_comma(text: &str) -> Option<(&str, &str)> {
    let (rest, word) = last_word(text);
    let word = word.trim_end_matches(['.', ',', ';']);
    let (_, previous) = last_word(rest);
    let previous = previous.strip_suffix([',', ';'])?;
    let listed = name(previous).is_some() && name(word).is_some()
        || positive_span(previous).is_some() && positive_span(word).is_some();
    (!listed).then(|| (without_joint(rest), word))
}

/// The text before the check at its end, and when that is.
fn check_at_end<'a>(text: &'a str, ctx: &Context) -> Option<(&'a str, When)> {
    let (mut before, mut words) = (text.trim_end(), 0_u8);
    // `check in 1 hour and 30 minutes`
    while words < 8 && !before.is_empty() {
        let (rest, word) = last_word(before);
        if word.trim_end_matches(':').eq_ignore_ascii_case("check") {
            let (_, previous) = last_word(rest);
            let apart = previous.ends_with([',', ';', '.', '\u{2014}', '\u{2013}']) || previous == "-";
            let part = is_one_of(previous, &LEADS_TO_A_CHECK)
                || previous.ends_with("'s")
                || previous.ends_with("\u{2019}s");
            // `vendors check in 10m` is a sentence.
            let lead = if apart { &CHECK[..] } else { CHECK.get(..1)? };
            let check = promise::whole(text.get(before.len()..)?, lead, ctx)?;
            return (apart || !part).then(|| (without_dash(without_joint(rest)), check));
        }
        (before, words) = (rest.trim_end(), words.saturating_add(1));
    }
    None
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
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
            && let name = composed(name)
            && !mentions.iter().any(|known| *known == name)
        {
            mentions.push(name.into_owned());
        }
    }
    (tags, mentions)
}

/// The person of a word that is `@name` and nothing else.
fn name(word: &str) -> Option<&str> {
    let body = word.strip_prefix('@')?;
    leading_name(body).filter(|name| *name == body)
}

/// The person of a word that addresses them: `@name`, `@name:` or `@name,`.
fn addressed(word: &str) -> Option<&str> {
    name(word.strip_suffix([':', ',']).unwrap_or(word))
}

/// The letters with their marks, digits, `-`, `_` and `.` in front, without punctuation at their end.
fn leading_name(s: &str) -> Option<&str> {
    let fits = |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '-' | '_' | '.');
    let end = s.find(|c| !fits(c)).unwrap_or(s.len());
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

/// The text without the dash at its end.
fn without_dash(text: &str) -> &str {
    let text = text.trim_end_matches(['\u{2014}', '\u{2013}']);
    text.strip_suffix(" -").unwrap_or(text).trim_end()
}

/// The text without the white space and comma that joined an argument to it.
fn without_joint(text: &str) -> &str {
    text.trim_end().trim_end_matches([',', ';']).trim_end()
}
