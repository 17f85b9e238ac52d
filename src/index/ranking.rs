//! The seam between asking and scoring. A ranking is given what is [`Wanted`] and answers with the best documents,
//! their scores and what each score is made of; callers know nothing else. A term-at-a-time loop with pseudo-terms,
//! or a reranking of the best of another ranking, is one more `impl` and one line in `open.rs`.

use tantivy::{DocAddress, Searcher, Term};

use super::IndexError;
use super::schema::Fields;

/// A term of the ranked field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// The stem that is looked up.
    pub(super) stem: String,
    /// As the query wrote it, for the reasons.
    pub(super) shown: String,
    /// How much it counts; 1 for a plain word.
    pub(super) weight: f32,
}

/// Words that must stand together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    /// Stems with their places, stop words leaving gaps.
    pub(super) stems: Vec<(usize, String)>,
    /// As the query wrote it.
    pub(super) shown: String,
}

/// A whole label that adds to the score when a document has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// Where and what.
    pub(super) term: Term,
    /// For the reasons: `service payments`.
    pub(super) shown: String,
    /// What it adds.
    pub(super) score: f32,
}

/// What is asked for, in terms of the index.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wanted {
    /// Words, ORed.
    pub(super) words: Vec<Word>,
    /// Phrases, each of which must be there.
    pub(super) phrases: Vec<Phrase>,
    /// Labels, ORed with the words.
    pub(super) labels: Vec<Label>,
    /// Labels a document must have, with the reason each gives.
    pub(super) filters: Vec<(Term, String)>,
    /// Lowest date as `schema::date_key` writes it; 0: any.
    pub(super) since: u64,
    /// Labels a document must not have.
    pub(super) excluded: Vec<Term>,
}

impl Wanted {
    /// Whether nothing is asked that could be scored.
    pub(super) fn has_no_words(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty() && self.labels.is_empty()
    }
}

/// One reason of a score.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reason {
    /// In the words of the query.
    pub(super) shown: String,
    /// What it added to the score.
    pub(super) score: f32,
    /// A label, not a word of the text.
    pub(super) label: bool,
}

/// A document and its score.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scored {
    /// Where it is.
    pub(super) address: DocAddress,
    /// Higher is better; comparable within one answer only.
    pub(super) score: f32,
    /// The part of the highest score this query could give, 0 to 1.
    pub(super) share: f32,
    /// What the score is made of; never empty.
    pub(super) reasons: Vec<Reason>,
}

/// Scores documents. It must be stateless between calls and must not read outside the searcher it is given.
pub(super) trait Ranking: Send + Sync {
    /// The best `limit` documents, best first; ties in any order.
    fn best(
        &self,
        searcher: &Searcher,
        fields: Fields,
        wanted: &Wanted,
        limit: usize,
    ) -> Result<Vec<Scored>, IndexError>;
}
