//! Mistakes of typing: a word that no postmortem has is read as the nearest one that is there, and that is told. It must
//! not touch words that are known, and it must not rank.

use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::filter::Untold;
use super::ranking::{Wanted, Word};
use super::schema::{Fields, Kind};
use super::slips::{self, Known, LONG_STEM, Meant};
use super::thesaurus::Thesaurus;
use super::{IndexError, analyzer, filter, lexicon, wordpiece};
use crate::domain::abbreviations::stands_for;

/// What stands in a note before that which a word is read as.
pub const READ_AS: &str = "; read as ";

/// Shortest word that is mended, in characters: of shorter ones everything is near.
const SHORTEST: usize = 4;

/// Shortest word that is mended where there may be hardly a doubt.
const SHORTEST_SURE: usize = 5;

/// From this length on two mistakes are forgiven.
const LONG: usize = 8;

/// An ending of fewer letters is a word cut short, not a mistake.
const LONG_ENDING: usize = 3;

/// Most words of the index that are compared with one word.
const MOST_COMPARED: usize = 200_000;

/// Most words of the lists that are looked through for one that has a stem.
const MOST_WRITTEN: usize = 200;

/// Endings that the stems of the index are without.
const ENDINGS: [&str; 18] = [
    "", "s", "es", "ed", "d", "e", "ing", "ion", "ions", "er", "ers", "ment", "ly", "y", "al", "ation",
    "ity", "ies",
];

/// How many mistakes are forgiven in a word.
pub(super) fn allowed(word: &str) -> usize {
    match word.chars().count() {
        0..SHORTEST => 0,
        SHORTEST..LONG => 1,
        _ => 2,
    }
}

/// A word that is nowhere, and what it is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mended {
    /// The stem of what was typed.
    typed: String,
    /// As it was typed.
    shown: String,
    /// What it is read as: a word, or the words of a name.
    written: String,
    /// The stem of the one word; none of several, and none when the question has that word as well.
    stem: Option<String>,
}

/// How mistakes are mended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mending<'a> {
    /// The last word, which is still being typed: it is left alone.
    pub(super) typed: Option<&'a str>,
    /// Up to so many different words.
    pub(super) most: usize,
    /// Only where there is hardly a doubt: nobody asked, and nobody sees the note.
    pub(super) strict: bool,
    /// What only these have is a word that nobody has; none: the notes are told to nobody.
    pub(super) untold: Option<&'a Untold>,
}

/// Reads words that are nowhere as the nearest that is somewhere.
pub(super) fn mended(
    searcher: &Searcher,
    fields: Fields,
    thesaurus: &Thesaurus,
    words: &[Word],
    how: Mending<'_>,
    notes: &mut Vec<String>,
) -> Result<Vec<Mended>, IndexError> {
    let known = Known { searcher, field: fields.text, thesaurus, strict: how.strict };
    let mut mended = Vec::new();
    let typed = how.typed.map(analyzer::folded);
    let shortest = if how.strict { SHORTEST_SURE } else { SHORTEST };
    for word in words {
        let shown = analyzer::folded(&word.shown);
        let is_word = word.near.is_empty() && shown.chars().all(char::is_alphabetic);
        if !is_word || typed.as_ref() == Some(&shown) || shown.chars().count() < shortest {
            continue;
        }
        // A short form is known by what it stands for.
        if stands_for(&word.shown).is_some()
            || is_known(searcher, fields, &word.shown.to_lowercase(), &word.stem, how.untold)?
        {
            continue;
        }
        let meant = match humps(&word.shown) {
            Some(said) => Some((said, None)),
            // A word of everyday language or a name, of which the archive has nothing.
            None if lexicon::is_known(thesaurus, &word.stem, &shown) => None,
            // One with accents is of a language that nobody here knows.
            None if how.strict && !word.shown.is_ascii() => None,
            None => nearest(known, &shown)?.map(|meant| (meant.written, Some(meant.stem))),
        };
        let Some((written, stem)) = meant else {
            notes.push(format!("{}: no postmortem has it", word.shown));
            continue;
        };
        notes.push(format!("{}: no postmortem has it{READ_AS}{written}", word.shown));
        let stem = stem.filter(|stem| words.iter().all(|word| word.stem != *stem));
        mended.push(Mended { typed: word.stem.clone(), shown: word.shown.clone(), written, stem });
    }
    Ok(mended)
}

/// Whether a postmortem has a word, or is labelled with it.
fn is_known(
    searcher: &Searcher,
    fields: Fields,
    shown: &str,
    stem: &str,
    untold: Option<&Untold>,
) -> Result<bool, IndexError> {
    let told = |term: &Term| untold.map_or(Ok(true), |untold| untold.others_have(searcher, term));
    if slips::held(searcher, fields.text, stem)? > 0 && told(&Term::from_field_text(fields.text, stem))? {
        return Ok(true);
    }
    for kind in [Kind::Service, Kind::Tag, Kind::Id] {
        let label = fields.label(kind, shown);
        if searcher.doc_freq(&label)? > 0 && told(&label)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A text with the words in it that were meant.
pub(super) fn reworded(text: &str, mended: &[Mended]) -> String {
    let (mut said, mut told) = (String::with_capacity(text.len()), 0);
    for word in analyzer::words(text) {
        if let Some(meant) = mended.iter().find(|mended| mended.typed == word.stem) {
            said.push_str(text.get(told..word.from).unwrap_or_default());
            said.push_str(&meant.written);
            told = word.to;
        }
    }
    said.push_str(text.get(told..).unwrap_or_default());
    said
}

/// Says beside the words that are looked for what was typed in their place.
pub(super) fn tell(words: &mut [Word], mended: &[Mended]) {
    for word in words {
        if let Some(mended) = mended.iter().find(|mended| mended.stem.as_ref() == Some(&word.stem)) {
            word.shown = format!("{} ~ {}", mended.shown, mended.written);
        }
    }
}

/// Takes words that stand together nowhere for words, and so phrases of which no postmortem has all: a quotation from memory
/// must not lose all the rest.
pub(super) fn loosen(
    searcher: &Searcher,
    fields: Fields,
    untold: &Untold,
    wanted: &mut Wanted,
) -> Result<(), IndexError> {
    for phrase in std::mem::take(&mut wanted.phrases) {
        let alone = Wanted { phrases: vec![phrase.clone()], ..Wanted::default() };
        if filter::is_somewhere(searcher, fields, &alone, untold)? {
            wanted.phrases.push(phrase);
        } else if phrase.stems.len() > 1 {
            let said = format!("\"{}\": nowhere together; looked for as words", phrase.shown);
            wanted.notes.push(said);
        } else if !wanted.notes.iter().any(|note| note.starts_with(&format!("{}: ", phrase.shown))) {
            wanted.notes.push(format!("{}: no postmortem has it", phrase.shown));
        }
    }
    let all = Wanted { phrases: wanted.phrases.clone(), ..Wanted::default() };
    if all.phrases.len() > 1 && !filter::is_somewhere(searcher, fields, &all, untold)? {
        let shown: Vec<String> = all.phrases.iter().map(|phrase| format!("\"{}\"", phrase.shown)).collect();
        wanted
            .notes
            .push(format!("{}: no postmortem has all of them; looked for as words", shown.join(", ")));
        wanted.phrases.clear();
    }
    Ok(())
}

/// The words of a name of an exception or alert, `NoSpaceLeftOnDevice`, with blanks between; none of a single word.
fn humps(name: &str) -> Option<String> {
    let mut said = String::with_capacity(name.len() * 2);
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        let small_next = letters.peek().is_some_and(|next| next.is_lowercase());
        // `HTTPError` has two words as well.
        let begins = c.is_uppercase() && before.is_some_and(|before| before.is_lowercase() || small_next);
        if begins {
            said.push(' ');
        }
        said.push(c);
        before = Some(c);
    }
    let parts = said.split(' ');
    (parts.clone().count() > 1 && parts.clone().any(|part| part.chars().count() >= SHORTEST))
        .then(|| said.to_lowercase())
}

/// The word of the index that is nearest to a typed one: one slip away, else (but where there may be hardly a doubt) the stem
/// with the fewest mistakes, then with the most postmortems. Of the latter those are compared that begin with the first
/// letter, or with the second.
fn nearest(known: Known<'_>, typed: &str) -> Result<Option<Meant>, IndexError> {
    let Known { searcher, field, thesaurus, strict } = known;
    let meant = slips::meant(known, typed)?;
    if meant.is_some() || strict {
        return Ok(meant);
    }
    let allowed = allowed(typed);
    let forms: Vec<&str> = ENDINGS
        .iter()
        .filter_map(|ending| typed.strip_suffix(ending))
        .filter(|form| form.chars().count() >= SHORTEST - 1)
        .collect();
    let mut best: Option<(usize, std::cmp::Reverse<u64>, String)> = None;
    let mut firsts: Vec<char> = typed.chars().take(2).collect();
    firsts.dedup();
    for first in firsts {
        let first = first.to_string();
        beginning(searcher, field, &first, |compared, term, holding| {
            if compared >= MOST_COMPARED {
                return false;
            }
            let near = distance(typed, &forms, term, allowed).filter(|distance| *distance <= allowed);
            if let Some(distance) = near.filter(|_| term.chars().count() >= SHORTEST - 1) {
                let rank = (distance, std::cmp::Reverse(holding), term.to_owned());
                if best.as_ref().is_none_or(|best| rank < *best) {
                    best = Some(rank);
                }
            }
            true
        })?;
    }
    let Some((_, _, stem)) = best else { return Ok(None) };
    if slips::held(searcher, field, &stem)? == 0 {
        return Ok(None);
    }
    // Two words that are as far apart as that are two words, unless their stem is long.
    let written = written(thesaurus, typed, &stem);
    let near = |written: &String| {
        stem.chars().count() >= LONG_STEM || strsim::damerau_levenshtein(typed, written) <= allowed
    };
    Ok(written.filter(near).map(|written| Meant { stem, written }))
}

/// The word with a stem that is nearest to a typed one: one that people write, where such a word is known.
fn written(thesaurus: &Thesaurus, typed: &str, stem: &str) -> Option<String> {
    let mut analyzer = analyzer::text();
    // The stem of `ready` is `readi`.
    let start = stem.strip_suffix('i').unwrap_or(stem);
    let known = lexicon::beginning(start).take(MOST_WRITTEN).map(str::to_owned);
    let words = ENDINGS.iter().map(|ending| format!("{stem}{ending}")).chain(known);
    let words = words.filter(|word| analyzer::stems(&mut analyzer, word) == [stem]);
    let rated = words.map(|word| {
        let unknown = if lexicon::is_word(thesaurus, stem, &word) {
            0
        } else if lexicon::is_form(thesaurus, stem, &word) {
            1
        } else {
            2
        };
        let pieces = wordpiece::count(&word).unwrap_or(usize::MAX);
        (unknown, strsim::damerau_levenshtein(typed, &word), pieces, word.len(), word)
    });
    rated.min().map(|(.., word)| word)
}

/// How many mistakes part a typed word from a stem; none when it is too far, or when one is the other cut short.
fn distance(typed: &str, forms: &[&str], term: &str, allowed: usize) -> Option<usize> {
    let rest = typed.strip_prefix(term);
    if term.starts_with(typed) || rest.is_some_and(|rest| rest.len() < LONG_ENDING) {
        return None;
    }
    let own = letters(term);
    let near = forms.iter().filter(|form| form.len().abs_diff(term.len()) <= allowed);
    // Each mistake brings at most one letter more and takes one away: most words are too far by that alone.
    let far = 2 * u32::try_from(allowed).unwrap_or(u32::MAX);
    let near = near.filter(|form| (letters(form) ^ own).count_ones() <= far);
    let whole = near.map(|form| strsim::damerau_levenshtein(form, term)).min();
    // A long stem that the word begins with, the mistake being in its ending.
    let ending = rest.filter(|rest| term.len() >= LONG_STEM && rest.len() <= LONG_STEM).map(|_| allowed);
    whole.into_iter().chain(ending).min()
}

/// Which letters and digits are in a word, one bit each; others share one.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |seen, byte| {
        seen | match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            b'0'..=b'9' => 1 << (26 + byte - b'0'),
            _ => 1 << 36,
        }
    })
}

/// The different labels of a kind, in order.
pub(super) fn names(
    searcher: &Searcher,
    fields: Fields,
    kind: Kind,
    most: usize,
) -> Result<Vec<String>, IndexError> {
    let mut found = std::collections::BTreeSet::new();
    beginning(searcher, fields.labels, kind.mark(), |_, term, _| {
        let has_room = found.len() < most;
        if let Some(name) = term.strip_prefix(kind.mark()).filter(|_| has_room) {
            found.insert(name.to_owned());
        }
        has_room
    })?;
    Ok(found.into_iter().collect())
}

/// Goes through the terms of a field that begin with a text, in order, part by part of the index. `each` gets how many of
/// that part came before, the term, and how many postmortems of the part have it; it says whether to go on in the part.
pub(super) fn beginning(
    searcher: &Searcher,
    field: Field,
    start: &str,
    mut each: impl FnMut(usize, &str, u64) -> bool,
) -> Result<(), IndexError> {
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field)?;
        let stream = inverted.terms().range().ge(start).into_stream();
        let mut stream = stream.map_err(|error| IndexError::Damaged(error.to_string()))?;
        let mut before = 0;
        while stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { break };
            if !term.starts_with(start) || !each(before, term, u64::from(stream.value().doc_freq)) {
                break;
            }
            before += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_exceptions_and_alerts_have_words() {
        for (name, said) in [
            ("NoSpaceLeftOnDevice", Some("no space left on device")),
            ("HTTPError", Some("http error")),
            ("tooManyConnections", Some("too many connections")),
            ("Kafka", None),
            ("TLS", None),
            ("iOS", None),
            ("", None),
        ] {
            assert_eq!(humps(name).as_deref(), said, "{name}");
        }
    }
}
