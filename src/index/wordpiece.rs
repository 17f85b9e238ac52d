//! Cuts words into the pieces that the table of word vectors knows: the longest known start first, then the longest
//! known continuation (`##ing`). A word with a part that is not known gives nothing. It must not build a table at
//! start: the vocabulary is sorted and searched where it lies.

use std::collections::HashMap;

use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, RawTokenizer, SimpleTokenizer, TextAnalyzer, TokenStream, Tokenizer,
};

use crate::domain::composed::composed;

/// The pieces, sorted by bytes: `piece TAB row`, -1 for one that carries no meaning.
const VOCABULARY: &str = include_str!("../../assets/search/static_vocab.tsv");

/// Bytes of the longest piece.
const LONGEST_PIECE: usize = 18;

/// Longest word that is cut, in bytes: longer ones are keys and hashes.
const LONGEST_WORD: usize = 100;

/// Most words whose pieces are kept at hand (about 4 MB).
const MOST_KEPT: usize = 40_000;

/// Lines of the vocabulary.
const LINES: usize = 30_522;

/// Where each line begins, and where the last one ends. Found when the program is built: a list of the lines would be made
/// anew by every process that asks one question.
static STARTS: [u32; LINES + 1] = starts(VOCABULARY.as_bytes());

#[expect(clippy::indexing_slicing, reason = "the compiler does not build what is out of bounds here")]
#[expect(clippy::cast_possible_truncation, reason = "the vocabulary has less than a megabyte")]
const fn starts(bytes: &[u8]) -> [u32; LINES + 1] {
    let mut starts = [0; LINES + 1];
    let (mut at, mut line) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'\n' {
            line += 1;
            starts[line] = at as u32 + 1;
        }
        at += 1;
    }
    assert!(line == LINES, "the vocabulary has another number of lines");
    starts
}

/// A line of the vocabulary: the piece, and the rest of the line.
type Line = (&'static [u8], &'static [u8]);

fn line(nth: usize) -> Option<Line> {
    let (from, to) = (*STARTS.get(nth)?, *STARTS.get(nth + 1)?);
    let line = VOCABULARY.as_bytes().get(from as usize..to as usize)?;
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    Some((line.get(..tab)?, line.get(tab + 1..line.len() - 1)?))
}

/// The last line whose piece is not behind `key`.
fn last_not_behind(key: &[u8]) -> Option<Line> {
    // All lines before `low` are not behind; the last of them is `found`. All from `high` on are behind.
    let (mut low, mut high, mut found) = (0, LINES, None);
    while low < high {
        let middle = low + (high - low) / 2;
        let (piece, rest) = line(middle)?;
        if piece <= key {
            found = Some((piece, rest));
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    found
}

/// The whole words of the vocabulary that begin so, in order.
pub(super) fn beginning(start: &str) -> impl Iterator<Item = &'static str> {
    let (mut low, mut high) = (0, LINES);
    while low < high {
        let middle = low + (high - low) / 2;
        if line(middle).is_some_and(|(piece, _)| piece < start.as_bytes()) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let pieces = (low..LINES).map_while(|nth| std::str::from_utf8(line(nth)?.0).ok());
    pieces.take_while(move |piece| piece.starts_with(start))
}

/// The longest piece that a text begins with: its length, and its row unless it carries no meaning.
fn longest(text: &[u8]) -> Option<(usize, Option<u32>)> {
    let mut key = text.get(..LONGEST_PIECE).unwrap_or(text);
    while !key.is_empty() {
        let (piece, rest) = last_not_behind(key)?;
        let common = piece.iter().zip(key).take_while(|(one, other)| one == other).count();
        if common == piece.len() {
            return Some((common, std::str::from_utf8(rest).ok()?.parse().ok()));
        }
        // A piece that has more in common with the text would lie between the two.
        key = key.get(..common)?;
    }
    None
}

/// Cuts words, remembering the ones it has seen.
pub(super) struct Pieces {
    words: SimpleTokenizer,
    /// From one word, as it is written, to the one that is cut.
    plain: TextAnalyzer,
    seen: HashMap<Box<str>, Box<[u32]>>,
}

impl Pieces {
    /// With nothing remembered.
    pub(super) fn new() -> Self {
        let plain =
            TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter);
        Self { words: SimpleTokenizer::default(), plain: plain.build(), seen: HashMap::new() }
    }

    /// Adds the rows of a text's pieces to `rows`.
    pub(super) fn add(&mut self, text: &str, rows: &mut Vec<u32>) {
        let text = composed(text);
        let mut stream = self.words.token_stream(&text);
        while let Some(token) = stream.next() {
            if let Some(known) = self.seen.get(token.text.as_str()) {
                rows.extend(known);
                continue;
            }
            let mut plain = self.plain.token_stream(&token.text);
            let cut = plain.next().map(|plain| cut(&plain.text)).unwrap_or_default();
            rows.extend(&cut);
            if self.seen.len() < MOST_KEPT {
                self.seen.insert(token.text.as_str().into(), cut.into_boxed_slice());
            }
        }
    }
}

/// The mark of a continuation.
const INSIDE: &str = "##";

/// The rows of one word.
fn cut(word: &str) -> Vec<u32> {
    pieces(word).unwrap_or_default().into_iter().flatten().collect()
}

/// How many pieces a word in small letters has; none when a part of it is not known.
pub(super) fn count(word: &str) -> Option<usize> {
    pieces(word).map(|pieces| pieces.len())
}

/// The rows of the pieces of one word.
fn pieces(word: &str) -> Option<Vec<Option<u32>>> {
    let mut rows = Vec::new();
    if word.len() > LONGEST_WORD {
        return None;
    }
    let mut rest = word.to_owned();
    let mut mark = 0;
    while rest.len() > mark {
        let (length, row) = longest(rest.as_bytes()).filter(|(length, _)| *length > mark)?;
        rows.push(row);
        rest.replace_range(..length, INSIDE);
        mark = INSIDE.len();
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(piece: &str) -> Option<Option<u32>> {
        longest(piece.as_bytes()).filter(|(length, _)| *length == piece.len()).map(|(_, row)| row)
    }

    #[test]
    fn the_vocabulary_is_sorted_and_every_piece_is_found() {
        let pieces: Vec<&str> = VOCABULARY.lines().map(|line| line.split_once('\t').unwrap().0).collect();
        assert_eq!(pieces.len(), 30_522);
        assert!(pieces.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(pieces.iter().step_by(7).all(|piece| row(piece).is_some()));
        assert!(VOCABULARY.lines().all(|line| !line.is_empty()));
        assert!(pieces.iter().all(|piece| piece.len() <= LONGEST_PIECE));
        let line = VOCABULARY.lines().find(|line| line.starts_with("server\t")).unwrap();
        assert_eq!(row("server"), Some(line.split_once('\t').unwrap().1.parse().ok()));
        assert_eq!(row("the"), Some(None));
        assert_eq!(row("zzzzzzz"), None);
        assert_eq!(
            beginning("certificat").collect::<Vec<_>>(),
            ["certificate", "certificates", "certification"]
        );
        assert_eq!(beginning("zzzzzzz").count(), 0);
        assert_eq!(row(""), None);
    }

    #[test]
    fn unknown_words_are_cut_greedily() {
        let known = |piece: &str| row(piece).flatten().unwrap();
        assert_eq!(cut("certificates"), [known("certificates")]);
        assert_eq!(cut("kubernetes"), [known("ku"), known("##ber"), known("##net"), known("##es")]);
        assert!(cut(&"x".repeat(500)).is_empty());
        let mut rows = Vec::new();
        Pieces::new().add("Nai\u{308}ve, CACHE! 🔥", &mut rows);
        assert_eq!(rows, [known("naive"), known("cache")]);
    }
}
