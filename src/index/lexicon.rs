//! Whether a word is one that people write: a word of everyday language, a name, or a word of the thesaurus. Having the
//! stem of one is not enough: `readis` has the stem of `readiness`. It must not look at the archive.

use super::thesaurus::Thesaurus;
use super::{names, wordpiece};

/// Shortest word that is looked for below an ending, in bytes.
const SHORTEST_BASE: usize = 4;

/// Whether a word in small letters is one, just so.
pub(super) fn is_word(thesaurus: &Thesaurus, stem: &str, word: &str) -> bool {
    wordpiece::count(word) == Some(1) || names::has(word) || thesaurus.writes(stem, word)
}

/// Whether a word is one with a regular ending.
pub(super) fn is_form(thesaurus: &Thesaurus, stem: &str, word: &str) -> bool {
    bases(word).iter().any(|base| base.len() >= SHORTEST_BASE && is_word(thesaurus, stem, base))
}

/// Whether a word is one, with an ending or without.
pub(super) fn is_known(thesaurus: &Thesaurus, stem: &str, word: &str) -> bool {
    is_word(thesaurus, stem, word) || is_form(thesaurus, stem, word)
}

/// The words that are in the lists and begin so.
pub(super) fn beginning(start: &str) -> impl Iterator<Item = &'static str> {
    wordpiece::beginning(start).chain(names::beginning(start))
}

/// What a word may have been before it got an ending by the rules.
fn bases(word: &str) -> Vec<String> {
    let ends = |base: &str, ends: &[&str]| ends.iter().any(|end| base.ends_with(end));
    let hisses = |base: &str| ends(base, &["s", "x", "z", "ch", "sh"]);
    let vowel_y = |base: &str| ends(base, &["ay", "ey", "oy", "uy"]);
    let mut found = Vec::new();
    if let Some(base) = word.strip_suffix("ies") {
        found.push(format!("{base}y"));
    }
    if let Some(base) = word.strip_suffix("es").filter(|base| hisses(base)) {
        found.push(base.to_owned());
    }
    let plain = |base: &&str| !hisses(base) && (!base.ends_with('y') || vowel_y(base));
    found.extend(word.strip_suffix('s').filter(plain).map(str::to_owned));
    for ending in ["ed", "ing"] {
        if let Some(base) = word.strip_suffix(ending).filter(|base| !base.ends_with('e')) {
            found.push(base.to_owned());
            found.push(format!("{base}e"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_names_and_their_regular_endings_are_words_and_what_has_only_their_stem_is_not() {
        let thesaurus = Thesaurus::default();
        let is_known = |stem: &str, word: &str| is_known(&thesaurus, stem, word);
        for (stem, word) in [
            ("redi", "redis"),
            ("latenc", "latency"),
            ("latenc", "latencies"),
            ("vulner", "vulnerabilities"),
            ("deploy", "deployments"),
            ("gateway", "gateways"),
            ("expir", "expired"),
        ] {
            assert!(is_known(stem, word), "{word}");
        }
        for (stem, word) in [
            ("readi", "readis"),
            ("latenc", "latence"),
            ("certif", "certif"),
            ("vulner", "vulnerabilitys"),
            ("nginx", "nginxs"),
            ("minim", "minim"),
        ] {
            assert!(!is_known(stem, word), "{word}");
        }
        assert!(is_known("cronjob", "cronjobs") && is_known("coupon", "coupons"));
    }
}
