//! What people say in several words of which the index keeps too few: who cannot *sign in* would be told of signing keys,
//! since *in* is no word to look for. Such words of a question are read as the one word that operations has for them. It
//! must not touch what postmortems say, nor look anything up.

use std::borrow::Cow;

/// Words that stand together, and what they are read as; by their first word, the longer ones first.
const IDIOMS: &[(&[&str], &str)] = &[
    (&["arent"], "are"),
    (&["can't"], "can"),
    (&["cant"], "can"),
    (&["couldnt"], "could"),
    (&["didnt"], "did"),
    (&["doesnt"], "does"),
    (&["dont"], "do"),
    (&["hasnt"], "has"),
    (&["havent"], "have"),
    (&["isnt"], "is"),
    (&["log", "in"], LOGIN),
    (&["log", "into"], LOGIN),
    (&["logged", "in"], LOGIN),
    (&["logged", "into"], LOGIN),
    (&["logging", "in"], LOGIN),
    (&["logging", "into"], LOGIN),
    (&["no", "data"], NO_DATA),
    (&["not", "available"], "unavailable"),
    (&["not", "delivered"], "undelivered"),
    (&["not", "enough"], "insufficient"),
    (&["not", "loading"], "unresponsive"),
    (&["not", "reachable"], "unreachable"),
    (&["not", "responding"], "unresponsive"),
    (&["not", "up"], DOWN),
    (&["not", "working"], "broken"),
    (&["on", "and", "off"], "intermittent"),
    (&["sign", "in"], LOGIN),
    (&["sign", "into"], LOGIN),
    (&["signed", "in"], LOGIN),
    (&["signing", "in"], LOGIN),
    (&["signing", "into"], LOGIN),
    (&["signs", "in"], LOGIN),
    (&["single", "sign", "on"], "sso"),
    (&["wasnt"], "was"),
    (&["won't"], "will"),
    (&["wont"], "will"),
];

/// What *log in* is read as, where people do it: a log in production is a log.
const LOGIN: &str = "login";

/// Words before *log in* that say that somebody does it.
const DO_IT: [&str; 23] = [
    "able",
    "anybody",
    "anyone",
    "be",
    "can",
    "cannot",
    "can't",
    "cant",
    "clients",
    "could",
    "couldn't",
    "customers",
    "employees",
    "everybody",
    "everyone",
    "nobody",
    "not",
    "people",
    "staff",
    "they",
    "to",
    "user",
    "users",
];

/// Words behind it that say so.
const SO_IT_IS: [&str; 27] = [
    "again",
    "anymore",
    "are",
    "attempts",
    "broken",
    "button",
    "down",
    "error",
    "errors",
    "fail",
    "failed",
    "failing",
    "fails",
    "flow",
    "form",
    "impossible",
    "is",
    "issue",
    "issues",
    "page",
    "problem",
    "problems",
    "screen",
    "slow",
    "times",
    "to",
    "via",
];

/// What *no data* is read as, where something shows none.
const NO_DATA: &str = "missing data";

/// What *not up* is read as, where nothing is not up to something.
const DOWN: &str = "down";

/// Words behind *no data* that say what happened to none of them.
const OF_NONE: [&str; 17] = [
    "affected",
    "at",
    "breach",
    "center",
    "centre",
    "corruption",
    "exposed",
    "had",
    "has",
    "is",
    "leak",
    "leaked",
    "left",
    "loss",
    "lost",
    "was",
    "were",
];

/// What stands behind an apostrophe and is no word: `we're`, `bob's`.
const ENDINGS: [&str; 6] = ["d", "ll", "m", "re", "s", "ve"];

/// The end of a word that is shortened with what stands before it: `isn't`, `couldn't`.
const NOT: &str = "n't";

/// A word of a text: its place, and itself in small letters with a plain apostrophe.
struct Spoken {
    from: usize,
    to: usize,
    word: String,
}

/// A question with its idioms as one word each, and without what is left of shortened words.
pub fn plain(text: &str) -> Cow<'_, str> {
    let words = spoken(text);
    let (mut said, mut told) = (String::new(), 0);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        at += 1;
        let rest = words.get(at..).unwrap_or_default();
        let found = idiom(text, before, word, rest);
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

/// Whether a text ends with an idiom of several words, whose last one is no word by itself.
pub fn takes_last(text: &str) -> bool {
    if !text.ends_with(char::is_alphanumeric) {
        return false;
    }
    let words = spoken(text);
    let long = |at: usize| {
        let rest = words.get(at + 1..).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let found = words.get(at).and_then(|word| idiom(text, before, word, rest));
        found.is_some_and(|(more, _)| more > 0 && at + more + 1 == words.len())
    };
    (words.len().saturating_sub(3)..words.len()).any(long)
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
fn idiom(
    text: &str,
    before: Option<&Spoken>,
    first: &Spoken,
    rest: &[Spoken],
) -> Option<(usize, &'static str)> {
    let from =
        IDIOMS.partition_point(|(words, _)| words.first().is_some_and(|word| *word < first.word.as_str()));
    let all = IDIOMS.get(from..).unwrap_or_default();
    let same = all.iter().take_while(|(words, _)| words.first().is_some_and(|word| *word == first.word));
    let mut fits = same.filter(|(words, meant)| {
        let mut end = first.to;
        let tail = words.get(1..).unwrap_or_default();
        let together = tail.len() <= rest.len()
            && tail.iter().zip(rest).all(|(word, there)| {
                let between = text.get(end..there.from);
                end = there.to;
                there.word == *word && matches!(between, Some(" " | "-"))
            });
        together && is_meant(text, meant, before, (first, end), rest.get(tail.len()))
    });
    fits.next().map(|(words, meant)| (words.len().saturating_sub(1), *meant))
}

/// Whether words that may say something else are meant so, by what stands around them; `at` is the first of them and where
/// they end.
fn is_meant(
    text: &str,
    meant: &str,
    before: Option<&Spoken>,
    at: (&Spoken, usize),
    behind: Option<&Spoken>,
) -> bool {
    let (first, end) = at;
    // Where a clause ends, nothing stands behind.
    let clause =
        |to: usize| text.get(end..to).is_some_and(|between| between.contains(['.', ',', ';', '?', '!', ':']));
    let behind = behind.filter(|next| !clause(next.from)).map(|next| next.word.as_str());
    match meant {
        LOGIN => {
            let hyphen = text.get(first.to..first.to + 1) == Some("-");
            let done = before.is_some_and(|word| DO_IT.contains(&word.word.as_str()));
            hyphen || done || behind.is_none_or(|word| SO_IT_IS.contains(&word))
        }
        NO_DATA => behind.is_none_or(|word| !OF_NONE.contains(&word)),
        DOWN => behind != Some("to"),
        _ => true,
    }
}

/// How many bytes of a shortened word are a word.
fn shortened(word: &str) -> Option<usize> {
    if let Some(kept) = word.strip_suffix(NOT) {
        return Some(kept.len());
    }
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
            ("cannot log in to the console", "cannot login to the console"),
            ("customers unable to log in since noon", "customers unable to login since noon"),
            ("Sign-in is broken, no data", "login is broken, missing data"),
            ("people can't log in; it isn't DNS", "people can login; it is DNS"),
            ("people can’t sign in", "people can login"),
            ("users cant log in", "users can login"),
            ("the volume doesn't attach and won't detach", "the volume does attach and will detach"),
            ("log in fails", "login fails"),
            ("checkout not up since 9", "checkout down since 9"),
            ("bob's laptop", "bob laptop"),
            ("single sign on fails", "sso fails"),
            ("the gateway is not responding", "the gateway is unresponsive"),
            ("dashboards show no data for eu", "dashboards show missing data for eu"),
        ] {
            assert_eq!(plain(said), read);
        }
        for said in [
            "sign. In the morning",
            "log, in part",
            "log  in",
            "signing key leaked",
            "logs are missing",
            "debug log in production",
            "transaction log on full disk",
            "passwords logged in plain text",
            "passwords in logs in s3",
            "we sign in CI only",
            "checkout broke in production",
            "no data loss",
            "the image is not up to date",
            "no data was lost",
            "not found",
            "SSO",
            "'quoted' words'",
            "",
            "O'Reilly",
        ] {
            assert_eq!(plain(said), said);
        }
    }

    /// A question that is still being typed: the word that an idiom took is not completed.
    #[test]
    fn the_last_word_of_an_idiom_is_none_of_its_own() {
        assert!(takes_last("cannot sign in") && takes_last("no data"));
        for text in ["cannot sign in ", "sign in fails", "in", "disk full", "", "it isn't"] {
            assert!(!takes_last(text), "{text}");
        }
    }

    #[test]
    fn the_list_is_in_order() {
        let keys = || IDIOMS.iter().map(|(words, _)| words);
        assert!(keys().zip(keys().skip(1)).all(|(one, next)| one < next));
        assert!(keys().all(|words| words.iter().all(|word| *word == word.to_lowercase())));
    }
}
