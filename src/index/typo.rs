//! Mistakes of typing: a word that no postmortem has is read as the nearest one that is there, and that is told. It must
//! not touch words that are known, and it must not rank.

use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::ranking::{Phrase, Wanted, Word};
use super::schema::{Fields, Kind};
use super::{IndexError, analyzer, filter};

/// Shortest word that is mended, in characters: of shorter ones everything is near.
const SHORTEST: usize = 4;

/// From this length on two mistakes are forgiven.
const LONG: usize = 8;

/// From this length on the mistake may be in the first letter.
const LONG_START: usize = 6;

/// A stem of so many letters says what word it is, whatever the ending.
const LONG_STEM: usize = 6;

/// An ending of fewer letters is a word cut short, not a mistake.
const LONG_ENDING: usize = 3;

/// Most words of the index that are compared with one word.
const MOST_COMPARED: usize = 200_000;

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

/// Reads words that are nowhere as the nearest that is somewhere. `unfinished`: the last word is still being typed, and
/// is mended when no word begins so.
pub(super) fn mend(
    searcher: &Searcher,
    fields: Fields,
    unfinished: bool,
    wanted: &mut Wanted,
) -> Result<(), IndexError> {
    let typed =
        wanted.asked.split(|c: char| !c.is_alphanumeric()).next_back().unwrap_or_default().to_lowercase();
    // Some word begins so.
    let is_begun = wanted.words.iter().any(|word| word.shown.ends_with('…'));
    for at in 0..wanted.words.len() {
        let Some(word) = wanted.words.get(at) else { continue };
        let shown = word.shown.to_lowercase();
        let is_word = word.near.is_empty() && shown.chars().all(char::is_alphabetic);
        let is_typed = unfinished && shown == typed;
        let completed = word.shown.ends_with('…') || (is_typed && is_begun);
        if !is_word || completed || allowed(&shown) == 0 {
            continue;
        }
        if searcher.doc_freq(&Term::from_field_text(fields.text, &word.stem))? > 0 {
            continue;
        }
        if let Some(said) = humps(&word.shown) {
            let (note, weight) =
                (format!("{}: no postmortem has it; read as {said}", word.shown), word.weight);
            for part in analyzer::words(&said) {
                let shown = said.get(part.from..part.to).unwrap_or(&part.stem).to_owned();
                if wanted.words.iter().all(|word| word.stem != part.stem) {
                    wanted.words.push(Word::plain(part.stem, shown, weight));
                }
            }
            wanted.notes.push(note);
            continue;
        }
        let meant = nearest(searcher, fields.text, &shown)?;
        let Some(word) = wanted.words.get_mut(at) else { continue };
        match meant {
            Some(meant) => {
                wanted.notes.push(format!("{}: no postmortem has it; read as {meant}", word.shown));
                word.shown = format!("{} ~ {meant}", word.shown);
                let typed = std::mem::replace(&mut word.stem, meant);
                wanted.phrases.iter_mut().for_each(|phrase| reword(phrase, &typed, &word.stem));
            }
            None => wanted.notes.push(format!("{}: no postmortem has it", word.shown)),
        }
    }
    Ok(())
}

/// Puts one word of a phrase in the place of another.
fn reword(phrase: &mut Phrase, typed: &str, meant: &str) {
    for word in analyzer::words(&phrase.shown).iter().rev().filter(|word| word.stem == typed) {
        if let (Some(before), Some(after)) = (phrase.shown.get(..word.from), phrase.shown.get(word.to..)) {
            phrase.shown = format!("{before}{meant}{after}");
        }
    }
    for (_, stem) in phrase.stems.iter_mut().filter(|(_, stem)| stem == typed) {
        meant.clone_into(stem);
    }
}

/// Takes words that stand together nowhere for words: a quotation from memory must not lose all the rest.
pub(super) fn loosen(searcher: &Searcher, fields: Fields, wanted: &mut Wanted) -> Result<(), IndexError> {
    for phrase in std::mem::take(&mut wanted.phrases) {
        let alone = Wanted { phrases: vec![phrase.clone()], ..Wanted::default() };
        if filter::is_somewhere(searcher, fields, &alone)? {
            wanted.phrases.push(phrase);
        } else if phrase.stems.len() > 1 {
            let said = format!("\"{}\": nowhere together; looked for as words", phrase.shown);
            wanted.notes.push(said);
        } else if !wanted.notes.iter().any(|note| note.starts_with(&format!("{}: ", phrase.shown))) {
            wanted.notes.push(format!("{}: no postmortem has it", phrase.shown));
        }
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

/// The word of the index that is nearest to a typed one: the fewest mistakes, then the most postmortems. Where the first
/// letter is right, or the first two are the wrong way round, the words that begin so are compared; else that must be the
/// only mistake.
fn nearest(searcher: &Searcher, field: Field, typed: &str) -> Result<Option<String>, IndexError> {
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
    match best {
        Some((_, _, term)) => Ok(Some(term)),
        None if typed.chars().count() >= LONG_START => begun_otherwise(searcher, field, typed),
        None => Ok(None),
    }
}

/// The word of the index with the most postmortems that differs from a typed one in its first letter alone: another one
/// stands there, one is missing, or one is too many.
fn begun_otherwise(searcher: &Searcher, field: Field, typed: &str) -> Result<Option<String>, IndexError> {
    let mut letters = typed.chars();
    letters.next();
    let rest = letters.as_str();
    let letter = || 'a'..='z';
    let meant = letter().flat_map(|first| [format!("{first}{rest}"), format!("{first}{typed}")]);
    let mut best: Option<(u64, String)> = None;
    for meant in meant.chain([rest.to_owned()]) {
        for word in analyzer::words(&meant) {
            let holding = searcher.doc_freq(&Term::from_field_text(field, &word.stem))?;
            if holding > best.as_ref().map_or(0, |(most, _)| *most)
                && word.stem.chars().count() >= SHORTEST - 1
            {
                best = Some((holding, word.stem));
            }
        }
    }
    Ok(best.map(|(_, term)| term))
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
