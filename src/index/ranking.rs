//! The seam between asking and scoring. A ranking is given what is [`Wanted`] and answers with the best documents,
//! their scores and what each score is made of; callers know nothing else.

use serde::Serialize;
use tantivy::{DocAddress, Searcher, Term};

use super::IndexError;
use super::blocks::Block;
use super::schema::Fields;
use super::terms::Words;
use super::thesaurus::Near;
use super::vectors::Meaning;

/// A term of the ranked field, or a phrase of the thesaurus.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// The stem that is looked up; of a phrase its stems, with blanks between.
    pub(super) stem: String,
    /// As the query wrote it, for the reasons.
    pub(super) shown: String,
    /// How much it counts; 1 for a plain word.
    pub(super) weight: f32,
    /// What one occurrence counts: 1 for a word; less for a phrase, whose words are asked for as well.
    pub(super) own: f32,
    /// What may stand in its place.
    pub(super) near: Vec<Near>,
}

impl Word {
    /// A word that nothing stands in for.
    pub(super) fn plain(stem: String, shown: String, weight: f32) -> Self {
        Self { stem, shown, weight, own: 1.0, near: Vec::new() }
    }
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

/// Labels of which a document must have one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    /// Where and what.
    pub(super) any_of: Vec<Term>,
    /// The reason it gives: `service payments`.
    pub(super) shown: String,
}

/// What is asked for, in terms of the index.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wanted {
    /// Words, ORed.
    pub(super) words: Vec<Word>,
    /// What the whole question means; none when none of its words is known.
    pub(super) meaning: Option<Meaning>,
    /// Whether the question is as long as a postmortem, and was cut to its best words.
    pub(super) long: bool,
    /// The start of the question as it was asked, for reasons.
    pub(super) asked: String,
    /// Phrases, each of which must be there.
    pub(super) phrases: Vec<Phrase>,
    /// Labels, ORed with the words.
    pub(super) labels: Vec<Label>,
    /// Labels a document must have.
    pub(super) filters: Vec<Filter>,
    /// Words and labels a document may not have.
    pub(super) without: Vec<Term>,
    /// Phrases that may not be there.
    pub(super) without_phrases: Vec<Phrase>,
    /// Nothing is asked but what restricts: the newest are listed.
    pub(super) lists: bool,
    /// What of the question was not understood, and what was done instead.
    pub(super) notes: Vec<String>,
    /// Lowest date as `schema::date_key` writes it; 0: any.
    pub(super) since: u64,
    /// Highest date; 0: any.
    pub(super) until: u64,
    /// Labels a document must not have.
    pub(super) excluded: Vec<Term>,
}

impl Wanted {
    /// Whether nothing is asked that could be scored.
    pub(super) fn has_no_words(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty() && self.labels.is_empty()
    }

    /// Whether a document must be something to be answered; exclusions apart.
    pub(super) fn restricts(&self) -> bool {
        let none = self.filters.is_empty()
            && self.phrases.is_empty()
            && self.without.is_empty()
            && self.without_phrases.is_empty();
        self.since > 0 || self.until > 0 || !none
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

/// What a score is the sum of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Parts {
    /// Shared words and phrases: 1 for the document that shares most.
    pub terms: f32,
    /// Nearness of meaning, about -0.7 to 0.7; 0 below the best two hundred by words.
    pub vectors: f32,
    /// Shared services and tags, or the id.
    pub bonus: f32,
}

impl Parts {
    /// The score: higher is better; comparable within one answer only.
    #[must_use]
    pub fn sum(&self) -> f32 {
        self.terms + self.vectors + self.bonus
    }
}

/// A document and its score.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scored {
    /// Where it is.
    pub(super) address: DocAddress,
    /// What the score is the sum of.
    pub(super) parts: Parts,
    /// The part of the highest score this query could give, 0 to 1.
    pub(super) share: f32,
    /// What of the question is in it, the heaviest first; empty when it only means much the same.
    pub(super) reasons: Vec<Reason>,
}

/// Scores documents. It must be stateless between calls and must not read outside the searcher it is given.
pub(super) trait Ranking: Send + Sync {
    /// The best `limit` documents, best first; `words` are those of `wanted`. Calls `scored`, if
    /// given, with the scores of all documents; without it those that are far below the best are not worked out.
    fn best(
        &self,
        searcher: &Searcher,
        fields: Fields,
        wanted: &Wanted,
        words: &Words<'_>,
        limit: usize,
        scored: Option<&mut dyn FnMut(&Block<'_>)>,
    ) -> Result<Vec<Scored>, IndexError>;
}
