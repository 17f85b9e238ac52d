//! What people say in several words of which the index keeps too few: who cannot *sign in* would be told of signing keys,
//! since *in* is no word to look for. Such words of a question are read as the one word that operations has for them. It
//! must not touch what postmortems say, nor look anything up.

use std::borrow::Cow;

/// Words that stand together, and what they are read as; by their first word, the longer ones first.
const IDIOMS: &[(&[&str], &str)] = &[
    (&["break", "in"], "intrusion"),
    (&["broke", "in"], "intrusion"),
    (&["broken", "into"], "compromised"),
    (&["can", "not"], "cannot"),
    (&["can't"], "cannot"),
    (&["couldn't"], "cannot"),
    (&["knock", "on"], "cascading"),
    (&["log", "in"], "login"),
    (&["log", "into"], "login"),
    (&["log", "on"], "login"),
    (&["logged", "in"], "login"),
    (&["logged", "into"], "login"),
    (&["logging", "in"], "login"),
    (&["logging", "into"], "login"),
    (&["logging", "on"], "login"),
    (&["logs", "in"], "login"),
    (&["no", "data"], "missing data"),
    (&["not", "available"], "unavailable"),
    (&["not", "delivered"], "undelivered"),
    (&["not", "enough"], "insufficient"),
    (&["not", "loading"], "unresponsive"),
    (&["not", "reachable"], "unreachable"),
    (&["not", "responding"], "unresponsive"),
    (&["not", "working"], "broken"),
    (&["on", "and", "off"], "intermittent"),
    (&["sign", "in"], "login"),
    (&["sign", "into"], "login"),
    (&["signed", "in"], "login"),
    (&["signing", "in"], "login"),
    (&["signing", "into"], "login"),
    (&["signs", "in"], "login"),
    (&["single", "sign", "on"], "sso"),
    (&["won't"], "cannot"),
];

/// What stands behind an apostrophe and is no word: `isn't`, `we're`, `bob's`.
const ENDINGS: [&str; 7] = ["d", "ll", "m", "re", "s", "t", "ve"];

/// A word of a text: its place, and itself in small letters with a plain apostrophe.
struct Spoken {
    from: usize,
    to: usize,
    word: String,
}

/// A question with its idioms as one word each, and without what is left of shortened words.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let words = spoken(text);
    let (mut said, mut told) = (String::new(), 0);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let rest = words.get(at..).unwrap_or_default();
        let found = idiom(text, word, rest);
        let (to, meant) = match found {
            Some((more, meant)) => {
                at += more;
                (words.get(at.saturating_sub(1)).map_or(word.to, |last| last.to), meant)
            }
            None => match shortened(&word.word) {
                Some(kept) => (word.to, text.get(word.from..word.from + kept).unwrap_or_default()),
                None => continue,
            },
        };
        if text.get(word.from..to) == Some(meant) {
            continue;
        }
        said.push_str(text.get(told..word.from).unwrap_or_default());
        said.push_str(meant);
        told = to;
    }
    if told == 0 {
        return Cow::Borrowed(text);
    }
    said.push_str(text.get(told..).unwrap_or_default());
    Cow::Owned(said)
}

/// The words of a text, apostrophes within them.
fn spoken(text: &str) -> Vec<Spoken> {
    let mut words = Vec::new();
    let mut from = None;
    let ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    for (at, c) in ends {
        let within = c.is_alphanumeric() || from.is_some() && matches!(c, '\'' | '’');
        match (from, within) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                let word = text.get(start..at).unwrap_or_default();
                words.push(Spoken { from: start, to: at, word: word.to_lowercase().replace('’', "'") });
                from = None;
            }
            _ => {}
        }
    }
    words
}

/// What a word begins: how many more belong to it, and what it is read as. Only a blank or a hyphen may stand between.
fn idiom(text: &str, first: &Spoken, rest: &[Spoken]) -> Option<(usize, &'static str)> {
    let from =
        IDIOMS.partition_point(|(words, _)| words.first().is_some_and(|word| *word < first.word.as_str()));
    let all = IDIOMS.get(from..).unwrap_or_default();
    let same = all.iter().take_while(|(words, _)| words.first().is_some_and(|word| *word == first.word));
    let mut fits = same.filter(|(words, _)| {
        let mut end = first.to;
        let tail = words.get(1..).unwrap_or_default();
        tail.len() <= rest.len()
            && tail.iter().zip(rest).all(|(word, there)| {
                let between = text.get(end..there.from);
                end = there.to;
                there.word == *word && matches!(between, Some(" " | "-"))
            })
    });
    fits.next().map(|(words, meant)| (words.len().saturating_sub(1), *meant))
}

/// How many bytes of a shortened word are a word.
fn shortened(word: &str) -> Option<usize> {
    let (kept, ending) = word.rsplit_once('\'')?;
    ENDINGS.contains(&ending).then_some(kept.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_in_several_words_is_read_as_one() {
        for (said, read) in [
            ("users cannot sign in", "users cannot login"),
            ("Sign-in is broken, no data", "login is broken, missing data"),
            ("people can't log in; it isn't DNS", "people cannot login; it isn DNS"),
            ("people can’t log on", "people cannot login"),
            ("bob's laptop", "bob laptop"),
            ("single sign on fails", "sso fails"),
            ("the gateway is not responding", "the gateway is unresponsive"),
        ] {
            assert_eq!(plain(said), read);
        }
        for said in [
            "sign. In the morning",
            "log, in part",
            "log  in",
            "signing key leaked",
            "logs are missing",
            "not found",
            "SSO",
            "'quoted' words'",
            "",
            "O'Reilly",
        ] {
            assert_eq!(plain(said), said);
        }
    }

    #[test]
    fn the_list_is_in_order() {
        let keys = || IDIOMS.iter().map(|(words, _)| words);
        assert!(keys().zip(keys().skip(1)).all(|(one, next)| one < next));
        assert!(keys().all(|words| words.iter().all(|word| *word == word.to_lowercase())));
    }
}
