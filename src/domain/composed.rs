//! Text with its letters as people type them. Some systems write `ö` as an `o` and a mark behind it (NFD): what compares,
//! cuts or looks up text takes both for the same. It must not change what is shown or kept.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub use unicode_normalization::char::{compose, is_combining_mark};

/// A text with each letter and its marks as one character, where there is one (NFC).
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Both are one name, however their letters are typed.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    one == other || composed(one) == composed(other)
}

/// A name in the form by which it is looked up, where case does not matter.
#[must_use]
pub fn folded(name: &str) -> String {
    composed(name).to_lowercase()
}

/// A mark that belongs to the letter before it: those over and under European letters, and of the Japanese syllables.
#[must_use]
pub const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_with_its_marks_apart() {
        assert!(same("rene\u{301}", "ren\u{e9}") && same("bob", "bob") && !same("rene", "ren\u{e9}"));
        assert_eq!(folded("Rene\u{301}"), "ren\u{e9}");
    }

    #[test]
    fn letters_with_their_marks_apart_are_those_in_one_piece() {
        for (apart, one) in
            [("Sto\u{308}rung", "Störung"), ("か\u{3099}", "が"), ("\u{1112}\u{1161}\u{11ab}", "한")]
        {
            assert_eq!(composed(apart), one);
        }
        for text in ["plain", "Störung", "🔥", ""] {
            assert!(matches!(composed(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
