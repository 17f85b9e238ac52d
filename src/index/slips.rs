//! Words that one slip of the fingers may have turned into a typed one. The index has stems, which are no measure for
//! what was typed: so the words are made, and the stem of each is looked up. It must not choose among words that are
//! known.

use std::cmp::Reverse;
use std::collections::HashMap;

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use super::terms::damaged;
use super::thesaurus::Thesaurus;
use super::{IndexError, analyzer, lexicon, wordpiece};

/// Longest word that is tried, in characters: longer ones are keys and hashes.
const LONGEST: usize = 32;

/// From this length on the slip may be in the first letter.
const LONG_START: usize = 6;

/// A stem of so many letters says what word it is, whatever the ending.
pub(super) const LONG_STEM: usize = 6;

/// Shortest stem that is taken for what was meant, in characters.
const SHORTEST_STEM: usize = 3;

/// Among which words the one that was meant is looked for.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// The index.
    pub(super) searcher: &'a Searcher,
    /// Its field of words.
    pub(super) field: Field,
    /// What may stand in a word's place.
    pub(super) thesaurus: &'a Thesaurus,
    /// Only where there is hardly a doubt.
    pub(super) strict: bool,
}

/// A word that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// What is looked up.
    pub(super) stem: String,
    /// As it is written.
    pub(super) written: String,
}

/// The word that was meant, if one slip parts it from the typed one and a postmortem has it, or what may stand in its place:
/// by whether it is a word that people write and how easily that slip is made, then by how many have it.
pub(super) fn meant(known: Known<'_>, typed: &str) -> Result<Option<Meant>, IndexError> {
    let Known { searcher, field, thesaurus, strict } = known;
    let letters: Vec<char> = typed.chars().collect();
    if letters.len() > LONGEST {
        return Ok(None);
    }
    let least = if strict && letters.len() < SURE { EASY } else { 0 };
    let mut analyzer = analyzer::text();
    // By stem the words that have it, each with how easy the slip is.
    let mut words: HashMap<String, Vec<(u64, String)>> = HashMap::new();
    slips(&letters, |ease, word| {
        if ease < least {
            return;
        }
        let [stem] = <[String; 1]>::try_from(analyzer::stems(&mut analyzer, &word)).unwrap_or_default();
        if stem.chars().count() >= SHORTEST_STEM {
            words.entry(stem).or_default().push((ease, word));
        }
    });
    let mut best: Option<(Likely, u64, Reverse<String>, String)> = None;
    for (stem, words) in words {
        let held = match held(searcher, field, &stem)? {
            0 => replaced(known, &stem)?,
            held => held,
        };
        let words = if held > 0 { words } else { Vec::new() };
        let Some((likely, written)) = likeliest(thesaurus, typed, &stem, words) else { continue };
        if strict && !likely.0 {
            continue;
        }
        let rank = (likely, held, Reverse(written), stem);
        if best.as_ref().is_none_or(|best| rank > *best) {
            best = Some(rank);
        }
    }
    Ok(best.map(|(_, _, Reverse(written), stem)| Meant { stem, written }))
}

/// Whether it is a word that people write, as far as that is known; and how likely it was meant, among those that are and
/// among those that are not.
type Likely = (bool, u64);

/// Of words that have one stem, each with how easily it is mistyped so, the one that was meant, and how likely that is. A word
/// that nobody knows is meant only where the slip is an easy one and in a long stem: of what the stem is without nobody
/// knows which endings it takes.
fn likeliest(
    thesaurus: &Thesaurus,
    typed: &str,
    stem: &str,
    words: Vec<(u64, String)>,
) -> Option<(Likely, String)> {
    let long = stem.chars().count();
    let rated = words.into_iter().filter_map(|(ease, word)| {
        let same = typed.chars().zip(word.chars()).take_while(|(one, other)| one == other).count();
        let likely = if lexicon::is_word(thesaurus, stem, &word) {
            (true, ease.saturating_mul(WORD))
        } else if lexicon::is_form(thesaurus, stem, &word) {
            (true, ease.saturating_mul(FORM))
        } else if word == stem {
            (true, ease.saturating_mul(STEM))
        } else if ease >= EASY && long >= LONG_STEM && same < long {
            (false, ease)
        } else {
            return None;
        };
        let pieces = wordpiece::count(&word).unwrap_or(usize::MAX);
        Some((likely, Reverse(pieces), Reverse(word.len()), Reverse(word)))
    });
    rated.max().map(|(likely, _, _, Reverse(word))| (likely, word))
}

/// Calls `each` with every word that one slip turns into this one, and how easily the slip is made: letters swapped, left
/// out or doubled more easily than another one typed.
fn slips(typed: &[char], mut each: impl FnMut(u64, String)) {
    let first = usize::from(typed.len() < LONG_START);
    let with = |at: usize, taken: usize, put: &[char]| -> String {
        let before = typed.iter().take(at);
        before.chain(put).chain(typed.iter().skip(at + taken)).collect()
    };
    for (at, pair) in typed.windows(2).enumerate() {
        if let [one, other] = pair
            && one != other
        {
            each(SWAPPED, with(at, 2, &[*other, *one]));
        }
    }
    for at in first..=typed.len() {
        for letter in 'a'..='z' {
            each(LEFT_OUT, with(at, 0, &[letter]));
            if typed.get(at).is_some_and(|there| *there != letter) {
                each(WRONG, with(at, 1, &[letter]));
            }
        }
        if at < typed.len() {
            let doubled = at > 0 && typed.get(at) == typed.get(at - 1);
            each(if doubled { DOUBLED } else { TOO_MANY }, with(at, 1, &[]));
        }
    }
}

/// How easily each slip is made, against another letter.
const SWAPPED: u64 = 4;
const LEFT_OUT: u64 = 4;
const DOUBLED: u64 = 4;
const TOO_MANY: u64 = 2;
const WRONG: u64 = 1;

/// From this ease on a slip says what was meant also in a short word.
const EASY: u64 = 4;

/// From this length on, in characters, every slip does.
const SURE: usize = 7;

/// How much likelier a word is that is in the lists, one with a regular ending, and one that is its own stem, which may be
/// that of another word only (`minim` of `minimal`).
const WORD: u64 = 4;
const FORM: u64 = 3;
const STEM: u64 = 2;

/// How many postmortems have the commonest word that may stand in the place of one.
fn replaced(known: Known<'_>, stem: &str) -> Result<u64, IndexError> {
    let mut most = 0;
    for near in known.thesaurus.near(stem) {
        most = most.max(held(known.searcher, known.field, &near.form)?);
    }
    Ok(most)
}

/// How many postmortems have a word, by what each part of the index counts: those that were removed count until it is
/// merged, unless nobody else in the part has the word.
pub(super) fn held(searcher: &Searcher, field: Field, stem: &str) -> Result<u64, IndexError> {
    let term = Term::from_field_text(field, stem);
    let mut held = 0_u64;
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field)?;
        let Some(info) = inverted.get_term_info(&term).map_err(damaged)? else { continue };
        if let Some(alive) = segment.alive_bitset() {
            let postings = inverted.read_postings_from_terminfo(&info, IndexRecordOption::Basic);
            let mut postings = postings.map_err(damaged)?;
            while postings.doc() != TERMINATED && !alive.is_alive(postings.doc()) {
                postings.advance();
            }
            if postings.doc() == TERMINATED {
                continue;
            }
        }
        held = held.saturating_add(u64::from(info.doc_freq));
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(typed: &str) -> HashMap<String, u64> {
        let letters: Vec<char> = typed.chars().collect();
        let mut found = HashMap::new();
        slips(&letters, |ease, word| {
            let known = found.entry(word).or_insert(ease);
            *known = ease.max(*known);
        });
        found
    }

    #[test]
    fn every_slip_is_undone_and_the_first_letter_of_a_short_word_stands() {
        let words = all("ingres");
        for (word, ease) in [
            ("ingress", LEFT_OUT),
            ("ingers", SWAPPED),
            ("ngres", TOO_MANY),
            ("ungres", WRONG),
            ("tingres", LEFT_OUT),
        ] {
            assert_eq!(words.get(word), Some(&ease), "{word}");
        }
        assert!(!words.contains_key("ingres"), "{words:?}");
        assert_eq!(all("verssion").get("version"), Some(&DOUBLED));
        let short = all("cake");
        assert!(short.contains_key("acke") && short.contains_key("case") && short.contains_key("cakes"));
        assert!(["lake", "ake", "scake"].iter().all(|word| !short.contains_key(*word)));
        assert!(all("").is_empty() || all("").keys().all(|word| word.len() == 1));
        assert!(all("é").contains_key("éa"));
        assert!(all("kubernetes").len() < 600);
    }
}
