//! How text becomes search terms: the same way for postmortems, queries and snippets. It must stay in step with
//! [`SCHEMA_VERSION`](super::SCHEMA_VERSION): a change here makes every old index wrong.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::Range;
use std::sync::LazyLock;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RawTokenizer, RemoveLongFilter, SimpleTokenStream,
    SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
};

use crate::domain::composed::{compose, composed, is_mark};

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

/// Longest word whose term is kept at hand, in bytes: longer ones are keys and hashes, which come once.
const LONGEST_KEPT: usize = 24;

/// Most words whose terms an analyser keeps at hand (about 2 MB).
const MOST_KEPT: usize = 20_000;

/// Letters and digits, lower case, accents folded (also where they stand apart from their letter), stop words out, English Snowball stems. Digits stay: "503" and
/// CVE ids are among the best words an incident has.
pub(super) fn text() -> TextAnalyzer {
    TextAnalyzer::from(Words::new())
}

/// From one word to its term.
fn of_one_word() -> TextAnalyzer {
    static MADE: LazyLock<TextAnalyzer> = LazyLock::new(|| {
        TextAnalyzer::builder(RawTokenizer::default())
            .filter(RemoveLongFilter::limit(LONGEST))
            .filter(LowerCaser)
            .filter(AsciiFoldingFilter)
            .filter(StopWordFilter::remove(STOP_WORDS.split_whitespace().map(str::to_owned)))
            .filter(Stemmer::new(Language::English))
            .build()
    });
    // A copy shares the stop words.
    MADE.clone()
}

/// A word in small letters and without accents, as its term is made of it.
pub(super) fn folded(word: &str) -> String {
    let mut plain =
        TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build();
    let word = composed(word);
    let mut stream = plain.token_stream(&word);
    stream.next().map_or_else(String::new, |token| token.text.clone())
}

/// Cuts text into words and keeps the terms of those it has seen: finding a stem takes ten times as long as looking it
/// up, and an archive says the same few thousand words again and again.
struct Words {
    cut: SimpleTokenizer,
    term: TextAnalyzer,
    /// Term by word; none for a stop word.
    seen: HashMap<Box<str>, Option<Box<str>>>,
}

impl Words {
    fn new() -> Self {
        Self { cut: SimpleTokenizer::default(), term: of_one_word(), seen: HashMap::new() }
    }
}

impl Clone for Words {
    /// With nothing kept yet.
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        let words = self.cut.token_stream(text);
        let (term, seen) = (&mut self.term, &mut self.seen);
        Terms { text, words, term, seen, parts: VecDeque::new(), token: Token::default(), more: 0, fewer: 0 }
    }
}

/// The terms of one text.
struct Terms<'a> {
    text: &'a str,
    words: SimpleTokenStream<'a>,
    term: &'a mut TextAnalyzer,
    seen: &'a mut HashMap<Box<str>, Option<Box<str>>>,
    /// What is left of a run of letters that was cut further.
    parts: VecDeque<Range<usize>>,
    token: Token,
    /// How many places the parts of such runs took that the engine does not count.
    more: usize,
    /// How many the engine counts too many, since it ends a word at a mark of a letter.
    fewer: usize,
}

impl Terms<'_> {
    /// Takes the next word, or part of one, as it is written.
    fn cut(&mut self) -> bool {
        if let Some(part) = self.parts.pop_front() {
            self.more += 1;
            self.take(part);
            return true;
        }
        if !self.words.advance() {
            return false;
        }
        let from = self.words.token().offset_from;
        let to = self.with_marks();
        let word = self.text.get(from..to).unwrap_or_default();
        if word.is_ascii() || !word.chars().any(is_written_together) {
            self.take(from..to);
            return true;
        }
        self.parts = pieces(word).into_iter().map(|part| from + part.start..from + part.end).collect();
        if let Some(part) = self.parts.pop_front() {
            self.take(part);
        }
        true
    }

    /// Where the word ends: the engine takes the mark of a letter that stands apart from it (`o\u{308}`) for the end of one.
    fn with_marks(&mut self) -> usize {
        let mut to = self.words.token().offset_to;
        loop {
            let rest = self.text.get(to..).unwrap_or_default();
            let behind = rest.trim_start_matches(is_mark);
            if behind.len() == rest.len() {
                return to;
            }
            to += rest.len() - behind.len();
            if !behind.starts_with(char::is_alphanumeric) || !self.words.advance() {
                return to;
            }
            self.fewer += 1;
            to = self.words.token().offset_to;
        }
    }

    fn take(&mut self, place: Range<usize>) {
        self.token.position = (self.words.token().position + self.more).saturating_sub(self.fewer);
        (self.token.offset_from, self.token.offset_to) = (place.start, place.end);
        self.token.text.clear();
        self.token.text.push_str(&composed(self.text.get(place).unwrap_or_default()));
    }
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        while self.cut() {
            let word = &mut self.token.text;
            if let Some(known) = self.seen.get(word.as_str()) {
                let Some(term) = known else { continue };
                word.clear();
                word.push_str(term);
                return true;
            }
            let term = self.term.token_stream(word).next().map(|token| token.text.clone().into_boxed_str());
            if word.len() <= LONGEST_KEPT && self.seen.len() < MOST_KEPT {
                self.seen.insert(word.as_str().into(), term.clone());
            }
            let Some(term) = term else { continue };
            *word = term.into_string();
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Letters of scripts that put no blank between words, or put more than a word between two: Han, Kana, Hangul (also in its
/// parts).
const fn is_written_together(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11ff}' |
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{323af}')
}

/// Cuts a run of letters where the script changes, and what is written together into every two neighbours (as Lucene's
/// `CJKAnalyzer` does): without a dictionary nobody knows where its words end, and whoever searches for one of them
/// types a part of the run.
fn pieces(run: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    // Each letter with where it stands, its marks with it.
    let mut letters: Vec<(Range<usize>, char)> = Vec::new();
    for (at, c) in run.char_indices() {
        let end = at + c.len_utf8();
        match letters.last_mut() {
            Some((place, letter)) if is_mark(c) || compose(*letter, c).is_some() => {
                (place.end, *letter) = (end, compose(*letter, c).unwrap_or(*letter));
            }
            _ => letters.push((at..end, c)),
        }
    }
    for same in letters.chunk_by(|a, b| is_written_together(a.1) == is_written_together(b.1)) {
        let (Some((first, letter)), Some((last, _))) = (same.first(), same.last()) else { continue };
        if !is_written_together(*letter) || same.len() == 1 {
            pieces.push(first.start..last.end);
            continue;
        }
        pieces.extend(same.iter().zip(same.iter().skip(1)).map(|((one, _), (two, _))| one.start..two.end));
    }
    pieces
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

/// What words may end in behind a start that is being typed, where their stem is shorter than it.
const TAILS: [&str; 33] = [
    "e", "s", "es", "d", "ed", "n", "on", "ion", "ions", "r", "er", "ers", "g", "ng", "ing", "y", "ly", "l",
    "al", "ally", "t", "nt", "ent", "ment", "te", "ate", "ates", "ated", "ating", "ation", "tion", "ness",
    "ity",
];

/// The stems, shorter than a start of a word and beginning it, of words that may begin so: `certifica` is on the way to
/// `certificate`, which has the stem `certif`.
pub(super) fn stems_ahead(typed: &str) -> BTreeSet<String> {
    let mut analyzer = self::text();
    let ahead = TAILS.iter().flat_map(|tail| stems(&mut analyzer, &format!("{typed}{tail}")));
    ahead.filter(|stem| stem.len() < typed.len() && typed.starts_with(stem.as_str())).collect()
}

/// A severity as it is compared: without case and hyphen.
pub(super) fn severity(name: &str) -> String {
    composed(name.trim()).to_lowercase().replace('-', "")
}

/// A service or tag as it is compared: without case and outer blanks, each letter in one piece.
pub(super) fn plain_label(name: &str) -> String {
    composed(name.trim()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn a_start_of_a_word_has_the_stem_that_the_word_will_have() {
        let ahead = |typed: &str| stems_ahead(typed).into_iter().collect::<Vec<_>>();
        for typed in ["certifi", "certific", "certifica", "certificat"] {
            assert!(ahead(typed).contains(&"certif".to_owned()), "{typed}: {:?}", ahead(typed));
        }
        assert!(ahead("databas").is_empty() && ahead("replicati").contains(&"replic".to_owned()));
        assert!(ahead("kuberntes").iter().all(|stem| stem == "kubernt"), "{:?}", ahead("kuberntes"));
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

    /// The engine's own filters one behind the other, which [`Words`] must not differ from.
    fn plainly(text: &str) -> Vec<Token> {
        let mut analyzer = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(LONGEST))
            .filter(LowerCaser)
            .filter(AsciiFoldingFilter)
            .filter(StopWordFilter::remove(STOP_WORDS.split_whitespace().map(str::to_owned)))
            .filter(Stemmer::new(Language::English))
            .build();
        all(&mut analyzer, text)
    }

    fn all(analyzer: &mut TextAnalyzer, text: &str) -> Vec<Token> {
        let mut found = Vec::new();
        analyzer.token_stream(text).process(&mut |token| found.push(token.clone()));
        found
    }

    proptest! {
        #[test]
        fn a_term_that_is_kept_is_the_one_that_would_be_made(
            texts in prop::collection::vec(
                r"(([a-zA-Z]{1,12}(ing|ed|s|ly|ation)?|THE|Über|naïve|ﬁx|İ|ß|[0-9]{1,5}|[a-f0-9]{60,140}|\u{1F525})[ ,.'\n-]{1,2}){0,20}",
                1..6,
            )
        ) {
            let mut analyzer = text();
            for text in texts.iter().chain(&texts) {
                prop_assert_eq!(all(&mut analyzer, text), plainly(text));
            }
        }
    }

    #[test]
    fn what_is_written_together_is_cut_into_neighbours() {
        assert_eq!(
            stems("決済サービス、Kafkaの障害です down 証"),
            ["決済", "済サ", "サー", "ービ", "ビス", "kafka", "の障", "障害", "害で", "です", "down", "証"]
        );
        let text = "証明書 on 데이터베이스 expired";
        let found: Vec<(usize, &str)> =
            words(text).iter().map(|word| (word.position, text.get(word.from..word.to).unwrap())).collect();
        let expected = ["証明", "明書", "on", "데이", "이터", "터베", "베이", "이스", "expired"];
        let expected: Vec<_> = expected.into_iter().enumerate().filter(|(_, word)| *word != "on").collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_letter_whose_mark_stands_apart_is_that_letter() {
        let word = |word: &Word| (word.stem.clone(), word.position);
        let all = |text: &str| words(text).iter().map(word).collect::<Vec<_>>();
        for text in
            ["die Störung der Anmeldung über naïve_caches", "ガス漏れ 데이터베이스 down", "trưng việt é"]
        {
            let apart: String = text.nfd().collect();
            assert_ne!(apart, text);
            assert_eq!(all(&apart), all(text));
            assert!(words(&apart).iter().all(|word| apart.get(word.from..word.to).is_some()));
        }
        assert_eq!(stems("\u{308}a \u{308}"), ["a"; 0]);
    }

    #[test]
    fn offsets_point_into_the_text() {
        let text = "é — Zertifikate, ablaufend 🔥 fire";
        for word in words(text) {
            assert!(text.get(word.from..word.to).is_some(), "{word:?}");
        }
    }
}
