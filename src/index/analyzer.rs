//! How text becomes search terms: the same way for postmortems, queries and snippets. It must stay in step with
//! [`SCHEMA_VERSION`](super::SCHEMA_VERSION): a change here makes every old index wrong.

use std::sync::LazyLock;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RawTokenizer, RemoveLongFilter, SimpleTokenizer, Stemmer,
    StopWordFilter, TextAnalyzer, Token, TokenStream,
};

/// Name under which the text analyser is registered.
pub(super) const TEXT: &str = "warroom_text";

/// Name under which the analyser of whole labels is registered.
pub(super) const LABEL: &str = "warroom_label";

/// Longest term in bytes: room for a SHA-512 in hex, not for a base64 blob.
const LONGEST: usize = 132;

/// Longest label in bytes, with its mark. Longer than any path of a file.
const LONGEST_LABEL: usize = 16_384;

/// Words that say nothing about an incident. "no" and "not" are among them: postmortems deny as often as they claim.
const STOP_WORDS: &str = "a an and are as at be but by for if in into is it no not of on or such that the their \
    then there these they this to was will with we our us were has have had been from which who what when so than \
    can could would i you your he she them its also after all any do does did";

/// Letters and digits, lower case, accents folded, stop words out, English Snowball stems. Digits stay: "503" and
/// CVE ids are among the best words an incident has.
pub(super) fn text() -> TextAnalyzer {
    static MADE: LazyLock<TextAnalyzer> = LazyLock::new(made);
    // A copy shares the stop words.
    MADE.clone()
}

fn made() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(StopWordFilter::remove(STOP_WORDS.split_whitespace().map(str::to_owned)))
        .filter(Stemmer::new(Language::English))
        .build()
}

/// A whole label, as it is given. What is longer than the engine takes is left out.
pub(super) fn label() -> TextAnalyzer {
    TextAnalyzer::builder(RawTokenizer::default()).filter(RemoveLongFilter::limit(LONGEST_LABEL)).build()
}

/// A word of a text: its term, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The term searched for.
    pub(super) stem: String,
    /// First byte in the text.
    pub(super) from: usize,
    /// One past the last byte.
    pub(super) to: usize,
    /// Place in the order of words, stop words counted.
    pub(super) position: usize,
}

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut analyzer = self::text();
    let mut stream = analyzer.token_stream(text);
    let mut found = Vec::new();
    while let Some(Token { offset_from, offset_to, position, text, .. }) = stream.next() {
        if !text.is_empty() {
            found.push(Word { stem: text.clone(), from: *offset_from, to: *offset_to, position: *position });
        }
    }
    found
}

/// The terms of a text, in order, by an analyser of [`text`].
pub(super) fn stems(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut stream = analyzer.token_stream(text);
    let mut found = Vec::new();
    while let Some(token) = stream.next() {
        if !token.text.is_empty() {
            found.push(token.text.clone());
        }
    }
    found
}

/// A severity as it is compared: without case and hyphen.
pub(super) fn severity(name: &str) -> String {
    name.trim().to_lowercase().replace('-', "")
}

/// A service or tag as it is compared: without case and outer blanks.
pub(super) fn plain_label(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn words_become_stems_and_digits_stay() {
        assert_eq!(
            stems("The pods WERE crashing: HTTP 503, CVE-2021-44228"),
            ["pod", "crash", "http", "503", "cve", "2021", "44228"]
        );
        assert_eq!(stems("the and of"), Vec::<String>::new());
        assert_eq!(stems("Ausfälle über naïve_caches"), ["ausfall", "uber", "naiv", "cach"]);
    }

    #[test]
    fn offsets_point_into_the_text() {
        let text = "é — Zertifikate, ablaufend 🔥 fire";
        for word in words(text) {
            assert!(text.get(word.from..word.to).is_some(), "{word:?}");
        }
    }
}
