//! The fields of the index and their version. It must not decide how they are ranked.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{TantivyDocument, Term};

use super::{Card, IndexError, analyzer};

/// Version of fields, analyser, thesaurus and word vectors. Raise it with any change to one of them: indexes of another
/// version are rebuilt.
pub const SCHEMA_VERSION: u32 = 11;

/// Longest body that is indexed, in bytes (4 MiB).
pub(super) const LONGEST_BODY: usize = 4 << 20;

/// Name of the date field, which sorting asks for by name.
pub(super) const DATE: &str = "date";

/// Name of the column of severities.
pub(super) const FACET_SEVERITY: &str = "facet_severity";

/// Name of the column of services.
pub(super) const FACET_SERVICE: &str = "facet_service";

/// Name of the column of ids.
pub(super) const ID: &str = "id";

/// Name of the column of tags.
pub(super) const TAG: &str = "tag";

/// Name of the column of themes of contributing factors.
pub(super) const FACTOR: &str = "factor";

/// Name of the column that says who or what noticed it.
pub(super) const DETECTION: &str = "detection";

/// Name of the field of vectors.
pub(super) const VECTORS: &str = "vectors";

/// What is searched for as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Path in the archive, as it is: what updates delete by.
    Path,
    /// Neighbouring words of the text that are part of a phrase of the thesaurus, as `disk full`; apart, so that they do
    /// not count in the length of the text.
    Pair,
    /// Incident id, lower case.
    Id,
    /// Severity, lower case, no hyphen.
    Severity,
    /// Service, lower case.
    Service,
    /// Tag, lower case.
    Tag,
    /// Theme of a contributing factor.
    Factor,
    /// Who or what noticed it.
    Detection,
    /// Why it is not counted.
    Aside,
}

impl Kind {
    /// How its terms begin. None begins as another does.
    pub(super) const fn mark(self) -> &'static str {
        match self {
            Self::Path => "path:",
            Self::Pair => "pair:",
            Self::Id => "id:",
            Self::Severity => "severity:",
            Self::Service => "service:",
            Self::Tag => "tag:",
            Self::Factor => "factor:",
            Self::Detection => "detection:",
            Self::Aside => "aside:",
        }
    }

    /// A label as it is indexed.
    pub(super) fn marked(self, label: &str) -> String {
        [self.mark(), label].concat()
    }
}

/// The fields, by use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The stored [`Card`] as JSON.
    pub(super) card: Field,
    /// Title, newline, body: the one field that is ranked. Separate ones lose (summed scores saturate apart).
    pub(super) text: Field,
    /// What is searched for as a whole: every [`Kind`] with its mark before it. One field, since each has a list of words
    /// of its own, which takes the engine a tenth of a millisecond to begin however short it is.
    pub(super) labels: Field,
    /// The id as the postmortem writes it, for counting.
    pub(super) id: Field,
    /// Tags, for counting.
    pub(super) tag: Field,
    /// Themes of the contributing factors, for counting.
    pub(super) factor: Field,
    /// Who or what noticed it, for counting.
    pub(super) detection: Field,
    /// `YYYYMMDD` as a number, unknown parts 0.
    pub(super) date: Field,
    /// What the parts of it mean; see `vectors::packed`.
    pub(super) vectors: Field,
    /// The severity as the postmortem writes it, for counting.
    pub(super) facet_severity: Field,
    /// Services as the postmortem writes them, for counting.
    pub(super) facet_service: Field,
}

/// Builds the schema. Field order is part of the version.
pub(super) fn build() -> (Schema, Fields) {
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer::TEXT)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let labels = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer::LABEL)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqs),
    );
    let column = TextOptions::default().set_fast("raw");
    let mut schema = Schema::builder();
    let fields = Fields {
        card: schema.add_text_field("card", STORED),
        text: schema.add_text_field("text", text),
        labels: schema.add_text_field("labels", labels),
        id: schema.add_text_field(ID, column.clone()),
        tag: schema.add_text_field(TAG, column.clone()),
        factor: schema.add_text_field(FACTOR, column.clone()),
        detection: schema.add_text_field(DETECTION, column.clone()),
        date: schema.add_u64_field(DATE, FAST),
        vectors: schema.add_u64_field(VECTORS, FAST),
        facet_severity: schema.add_text_field(FACET_SEVERITY, column.clone()),
        facet_service: schema.add_text_field(FACET_SERVICE, column),
    };
    (schema.build(), fields)
}

/// A date as a number that sorts: `2026-05` → 20260500. 0 when there is none, or it is not one.
pub(super) fn date_key(date: &str) -> u64 {
    let day = date.trim().get(..10).unwrap_or(date.trim());
    let mut parts = day.split('-').map(|part| part.parse::<u64>().ok());
    let year = parts.next().flatten().filter(|year| (1..=9999).contains(year));
    let Some(year) = year else { return 0 };
    let month = parts.next().flatten().filter(|month| (1..=12).contains(month)).unwrap_or(0);
    let day = parts.next().flatten().filter(|day| month > 0 && (1..=31).contains(day)).unwrap_or(0);
    year * 10_000 + month * 100 + day
}

/// The last day that a date may mean, as a number: `2026-05` → 20260599. 0 when it is none.
pub(super) fn last_key(date: &str) -> u64 {
    match date_key(date) {
        0 => 0,
        year if year.is_multiple_of(10_000) => year + 9_999,
        month if month.is_multiple_of(100) => month + 99,
        day => day,
    }
}

/// The longest start of `text` within `bytes` that ends between characters.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

impl Fields {
    /// The stored part of a document.
    pub(super) fn card(&self, document: &TantivyDocument) -> Result<Card, IndexError> {
        let stored = document.get_first(self.card).and_then(|value| value.as_str());
        let stored = stored.ok_or_else(|| IndexError::Damaged("a document without its card".into()))?;
        serde_json::from_str(stored).map_err(|error| IndexError::Damaged(error.to_string()))
    }

    /// The term that finds a document by its path.
    pub(super) fn path_term(&self, path: &str) -> Term {
        self.label(Kind::Path, path)
    }

    /// The term that finds documents by a label.
    pub(super) fn label(&self, kind: Kind, label: &str) -> Term {
        Term::from_field_text(self.labels, &kind.marked(label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_sort_with_what_is_known() {
        assert_eq!(date_key("2026-05-03"), 20_260_503);
        assert_eq!(date_key("2026-05-03T10:00:00Z"), 20_260_503);
        assert_eq!(date_key("2026-05"), 20_260_500);
        assert_eq!(date_key("1975"), 19_750_000);
        assert_eq!(
            ["2026-05-03", "2026-05", "2026", "soon"].map(last_key),
            [20_260_503, 20_260_599, 20_269_999, 0]
        );
        assert_eq!(date_key("2026-13-40"), 20_260_000);
        assert_eq!(date_key("last week"), 0);
        assert_eq!(date_key("ééééééééé"), 0);
        assert_eq!(date_key(""), 0);
    }
}
