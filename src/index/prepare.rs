//! From a document to what the engine stores and indexes: the expensive part of writing, done by several threads,
//! each with a [`Preparer`] of its own. It must not write.

use tantivy::TantivyDocument;
use tantivy::tokenizer::{PreTokenizedString, TextAnalyzer, Token, TokenStream};

use super::schema::{Fields, Kind, LONGEST_BODY, cut, date_key};
use super::thesaurus::Thesaurus;
use super::wordpiece::Pieces;
use super::{Document, IndexError, analyzer, vectors};
use crate::domain::account::Aside;

/// Prepares documents one after another.
pub(super) struct Preparer<'a> {
    fields: Fields,
    thesaurus: &'a Thesaurus,
    analyzer: TextAnalyzer,
    pieces: Pieces,
}

/// What a document means, as vectors. The other half of the work: it can be done beside the first.
pub(super) fn meaning(pieces: &mut Pieces, document: &Document) -> Vec<u64> {
    vectors::packed(pieces, &document.card.title, cut(&document.body, LONGEST_BODY))
}

impl<'a> Preparer<'a> {
    /// For an index of these fields.
    pub(super) fn new(fields: Fields, thesaurus: &'a Thesaurus) -> Self {
        Self { fields, thesaurus, analyzer: analyzer::text(), pieces: Pieces::new() }
    }

    /// A document in the engine's form.
    pub(super) fn prepare(&mut self, document: &Document) -> Result<TantivyDocument, IndexError> {
        let mut out = self.words(document)?;
        let vectors = meaning(&mut self.pieces, document);
        self.mean(&mut out, vectors);
        Ok(out)
    }

    /// Gives a document in the engine's form what it means.
    pub(super) fn mean(&self, document: &mut TantivyDocument, vectors: Vec<u64>) {
        for numbers in vectors {
            document.add_u64(self.fields.vectors, numbers);
        }
    }

    /// A document in the engine's form, without what it means.
    pub(super) fn words(&mut self, document: &Document) -> Result<TantivyDocument, IndexError> {
        let (card, fields) = (&document.card, self.fields);
        let stored = serde_json::to_string(card).map_err(|error| IndexError::Engine(error.to_string()))?;
        let body = cut(&document.body, LONGEST_BODY);
        let text = format!("{}\n{body}", card.title);
        let mut out = TantivyDocument::default();
        out.add_text(fields.card, stored);
        out.add_pre_tokenized_text(fields.labels, self.pairs(&text));
        out.add_text(fields.text, text);
        let mut add = |kind: Kind, label: &str| out.add_text(fields.labels, kind.marked(label));
        add(Kind::Path, &card.path);
        add(Kind::Id, &analyzer::plain_label(&card.id));
        if let Some(aside) = Aside::said(&card.kind, card.disposition.as_deref()) {
            add(Kind::Aside, aside.as_str());
        }
        if let Some(severity) = &card.severity {
            add(Kind::Severity, &analyzer::severity(severity));
            out.add_text(fields.facet_severity, severity.trim());
        }
        let columns = [
            (Kind::Service, fields.facet_service, card.services.as_slice()),
            (Kind::Tag, fields.tag, card.tags.as_slice()),
            (Kind::Factor, fields.factor, document.factors.as_slice()),
            (Kind::Detection, fields.detection, document.detection.as_slice()),
        ];
        for (kind, column, labels) in columns {
            for label in labels {
                let plain = analyzer::plain_label(label);
                out.add_text(fields.labels, kind.marked(&plain));
                // Services are counted by how they are written.
                out.add_text(column, if kind == Kind::Service { label.trim() } else { &plain });
            }
        }
        out.add_text(fields.id, card.id.trim());
        out.add_u64(fields.date, card.date.as_deref().map_or(0, date_key));
        Ok(out)
    }

    /// The neighbouring words that are part of a phrase, as terms.
    fn pairs(&mut self, text: &str) -> PreTokenizedString {
        let mut stream = self.analyzer.token_stream(text);
        let mut before = String::new();
        let mut tokens = Vec::new();
        while let Some(token) = stream.next() {
            if token.text.is_empty() {
                continue;
            }
            if self.thesaurus.is_pair(&before, &token.text) {
                let text = Kind::Pair.marked(&format!("{before} {}", token.text));
                tokens.push(Token { position: tokens.len(), text, ..Token::default() });
            }
            before.clone_from(&token.text);
        }
        PreTokenizedString { text: String::new(), tokens }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_those_of_phrases_across_stop_words_and_case() {
        let thesaurus = Thesaurus::default();
        let (_, fields) = super::super::schema::build();
        let mut preparer = Preparer::new(fields, &thesaurus);
        let pairs = preparer.pairs("Load-Balancers said: the disk is FULL, full disk, disk full");
        let terms: Vec<&str> = pairs.tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(terms, ["pair:load balanc", "pair:disk full", "pair:disk full"]);
    }
}
