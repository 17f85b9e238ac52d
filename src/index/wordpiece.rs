//! Cuts words into the pieces that the table of word vectors knows: the longest known start first, then the longest
//! known continuation (`##ing`). A word with a part that is not known gives nothing. It must not build a table at
//! start: the vocabulary is sorted and searched where it lies.

use std::collections::HashMap;
use std::sync::OnceLock;

use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, SimpleTokenizer, TextAnalyzer};

/// The pieces, sorted by bytes: `piece TAB row`, -1 for one that carries no meaning.
const VOCABULARY: &str = include_str!("../../assets/search/static_vocab.tsv");

/// Bytes of the longest piece.
const LONGEST_PIECE: usize = 18;

/// Longest word that is cut, in bytes: longer ones are keys and hashes.
const LONGEST_WORD: usize = 100;

/// Most words whose pieces are kept at hand (about 4 MB).
const MOST_KEPT: usize = 40_000;

/// Where the lines of [`VOCABULARY`] begin.
fn lines() -> &'static [u32] {
    static LINES: OnceLock<Vec<u32>> = OnceLock::new();
    LINES.get_or_init(|| {
        let breaks = VOCABULARY.bytes().zip(1_u32..).filter(|(byte, _)| *byte == b'\n');
        std::iter::once(0).chain(breaks.map(|(_, after)| after)).collect()
    })
}

/// The row of a piece: none when it is not known, `Some(None)` when it is and carries no meaning.
fn row(piece: &str) -> Option<Option<u32>> {
    let lines = lines();
    let line = |at: u32| VOCABULARY.get(at as usize..)?.split_once('\t');
    let after = lines.partition_point(|at| line(*at).is_some_and(|(known, _)| known <= piece));
    let (known, rest) = line(*lines.get(after.checked_sub(1)?)?)?;
    (known == piece).then(|| rest.split('\n').next()?.parse().ok())
}

/// Cuts words, remembering the ones it has seen.
pub(super) struct Pieces {
    words: TextAnalyzer,
    seen: HashMap<String, Vec<u32>>,
}

impl Pieces {
    /// With nothing remembered.
    pub(super) fn new() -> Self {
        let words =
            TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter);
        Self { words: words.build(), seen: HashMap::new() }
    }

    /// Adds the rows of a text's pieces to `rows`.
    pub(super) fn add(&mut self, text: &str, rows: &mut Vec<u32>) {
        let mut stream = self.words.token_stream(text);
        while let Some(token) = stream.next() {
            if let Some(known) = self.seen.get(&token.text) {
                rows.extend(known);
                continue;
            }
            let cut = cut(&token.text);
            rows.extend(&cut);
            if self.seen.len() < MOST_KEPT {
                self.seen.insert(token.text.clone(), cut);
            }
        }
    }
}

/// The rows of one word.
fn cut(word: &str) -> Vec<u32> {
    let mut rows = Vec::new();
    if word.len() > LONGEST_WORD {
        return rows;
    }
    let mut rest = word;
    let mut piece = String::with_capacity(LONGEST_PIECE + 2);
    while !rest.is_empty() {
        let mut end = rest.floor_char_boundary(LONGEST_PIECE);
        loop {
            let Some(start) = rest.get(..end).filter(|start| !start.is_empty()) else { return Vec::new() };
            piece.clear();
            if rest.len() < word.len() {
                piece.push_str("##");
            }
            piece.push_str(start);
            if let Some(row) = row(&piece) {
                rows.extend(row);
                break;
            }
            end = rest.floor_char_boundary(end - 1);
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_is_sorted_and_every_piece_is_found() {
        let pieces: Vec<&str> = VOCABULARY.lines().map(|line| line.split_once('\t').unwrap().0).collect();
        assert_eq!(pieces.len(), 30_522);
        assert!(pieces.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(pieces.iter().step_by(7).all(|piece| row(piece).is_some()));
        assert!(pieces.iter().all(|piece| piece.len() <= LONGEST_PIECE));
        let line = VOCABULARY.lines().find(|line| line.starts_with("server\t")).unwrap();
        assert_eq!(row("server"), Some(line.split_once('\t').unwrap().1.parse().ok()));
        assert_eq!(row("the"), Some(None));
        assert_eq!(row("zzzzzzz"), None);
        assert_eq!(row(""), None);
    }

    #[test]
    fn unknown_words_are_cut_greedily() {
        let known = |piece: &str| row(piece).flatten().unwrap();
        assert_eq!(cut("certificates"), [known("certificates")]);
        assert_eq!(cut("kubernetes"), [known("ku"), known("##ber"), known("##net"), known("##es")]);
        assert!(cut(&"x".repeat(500)).is_empty());
        let mut rows = Vec::new();
        Pieces::new().add("Naïve, CACHE! 🔥", &mut rows);
        assert_eq!(rows, [known("naive"), known("cache")]);
    }
}
