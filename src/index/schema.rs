//! The fields of the index and their version. It must not decide how they are ranked.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{TantivyDocument, Term};

use super::{Card, IndexError, analyzer};

/// Version of fields, analyser, thesaurus and word vectors. Raise it with any change to one of them: indexes of another
/// version are rebuilt.
pub const SCHEMA_VERSION: u32 = 5;

/// Longest body that is indexed, in bytes (4 MiB).
pub(super) const LONGEST_BODY: usize = 4 << 20;

/// Name of the date field, which sorting asks for by name.
pub(super) const DATE: &str = "date";

/// Name of the column of severities.
pub(super) const FACET_SEVERITY: &str = "facet_severity";

/// Name of the column of services.
pub(super) const FACET_SERVICE: &str = "facet_service";

/// Name of the field of ids, which is a column as well.
pub(super) const ID: &str = "id";

/// Name of the field of tags, which is a column as well.
pub(super) const TAG: &str = "tag";

/// Name of the field of themes of contributing factors, which is a column as well.
pub(super) const FACTOR: &str = "factor";

/// Name of the field that says who or what noticed it, which is a column as well.
pub(super) const DETECTION: &str = "detection";

/// Name of the field of vectors.
pub(super) const VECTORS: &str = "vectors";

/// The fields, by use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The stored [`Card`] as JSON.
    pub(super) card: Field,
    /// Title, newline, body: the one field that is ranked. Separate ones lose (summed scores saturate apart).
    pub(super) text: Field,
    /// Neighbouring words of `text` that are part of a phrase of the thesaurus, as `disk full`; apart, so that they do
    /// not count in the length of `text`.
    pub(super) pairs: Field,
    /// Path in the archive, as it is: what updates delete by.
    pub(super) path: Field,
    /// Incident id, lower case.
    pub(super) id: Field,
    /// Severity, lower case, no hyphen.
    pub(super) severity: Field,
    /// Services, lower case.
    pub(super) service: Field,
    /// Tags, lower case.
    pub(super) tag: Field,
    /// Themes of the contributing factors, for filters and for counting.
    pub(super) factor: Field,
    /// Who or what noticed it, for filters and for counting.
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
    let label = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer::LABEL)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    );
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer::TEXT)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let pairs = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer::LABEL)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqs),
    );
    let mut schema = Schema::builder();
    let fields = Fields {
        card: schema.add_text_field("card", STORED),
        text: schema.add_text_field("text", text),
        pairs: schema.add_text_field("pairs", pairs),
        path: schema.add_text_field("path", STRING),
        id: schema.add_text_field(ID, label.clone().set_fast("raw")),
        severity: schema.add_text_field("severity", label.clone()),
        service: schema.add_text_field("service", label.clone()),
        tag: schema.add_text_field(TAG, label.clone().set_fast("raw")),
        factor: schema.add_text_field(FACTOR, label.clone().set_fast("raw")),
        detection: schema.add_text_field(DETECTION, label.set_fast("raw")),
        date: schema.add_u64_field(DATE, INDEXED | FAST),
        vectors: schema.add_u64_field(VECTORS, FAST),
        facet_severity: schema.add_text_field(FACET_SEVERITY, TextOptions::default().set_fast("raw")),
        facet_service: schema.add_text_field(FACET_SERVICE, TextOptions::default().set_fast("raw")),
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
        Term::from_field_text(self.path, path)
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
