//! What a question restricts by, looked up in the index: fields and exclusions. A value that no postmortem has is read
//! as the one that is nearest, or left out; both are told. It must not rank.

use tantivy::{Searcher, Term};

use super::filter::Untold;
use super::query::{is_cut_to_a_word, phrase};
use super::ranking::{Filter, Wanted};
use super::schema::{Fields, Kind};
use super::{IndexError, analyzer, filter, typo};
use crate::domain::question::{Field, Labels, Question};

/// Most labels that a value stands for while it is typed, and most names of a field that are looked through.
const MOST_LABELS: usize = 12;
const MOST_NAMES: usize = 50_000;

/// Adds the fields and exclusions of a question.
pub(super) fn restrict(
    searcher: &Searcher,
    fields: Fields,
    question: &Question,
    untold: &Untold,
    wanted: &mut Wanted,
) -> Result<(), IndexError> {
    let mut asked: Vec<(&Labels, Filter)> = Vec::new();
    for labels in &question.labels {
        let (known, shown) = known(searcher, fields, labels, untold, &mut wanted.notes)?;
        if known.is_empty() {
            continue;
        }
        if labels.without {
            wanted.without.extend(known);
        } else {
            let shown = format!("{} {}", labels.field, shown.join(" or "));
            asked.push((labels, Filter { any_of: known, shown }));
        }
    }
    while let Some((first, _)) = asked.first() {
        let field = first.field;
        let (same, others) = asked.into_iter().partition(|(labels, _)| labels.field == field);
        asked = others;
        together(searcher, fields, same, untold, wanted)?;
    }
    for text in &question.without {
        let words = analyzer::words(text);
        // As the same word finds an incident by them.
        let labels = [Kind::Id, Kind::Service, Kind::Tag].map(|kind| {
            let shown = text.trim_matches(|c: char| !c.is_alphanumeric());
            fields.label(kind, &analyzer::plain_label(shown))
        });
        let before = wanted.without.len();
        for label in labels {
            if untold.others_have(searcher, &label)? {
                wanted.without.push(label);
            }
        }
        let is_label = wanted.without.len() > before;
        match words.as_slice() {
            [] if is_label => {}
            [_] if is_label && is_cut_to_a_word(text) => {}
            [] => wanted.notes.push(format!("-{text}: no word that is searched for; left out")),
            [_] if is_cut_to_a_word(text) => wanted.notes.push(format!(
                "-\"{text}\" has one word that is looked for, which says something else alone; nothing is left out"
            )),
            [word] => wanted.without.push(Term::from_field_text(fields.text, &word.stem)),
            _ => wanted.without_phrases.extend(phrase(text)),
        }
    }
    Ok(())
}

/// Adds what one field asks for in several places. Where no postmortem has all of it (there is one severity, and one who
/// noticed it), either is meant.
fn together(
    searcher: &Searcher,
    fields: Fields,
    same: Vec<(&Labels, Filter)>,
    untold: &Untold,
    wanted: &mut Wanted,
) -> Result<(), IndexError> {
    let Some((Labels { field, .. }, first)) = same.first().cloned() else { return Ok(()) };
    let is_typed = same.iter().any(|(labels, _)| labels.unfinished);
    let all: Vec<Filter> = same.into_iter().map(|(_, filter)| filter).collect();
    let only = Wanted { filters: all, ..Wanted::default() };
    if only.filters.len() < 2 || filter::is_somewhere(searcher, fields, &only, untold)? {
        wanted.filters.extend(only.filters);
        return Ok(());
    }
    let named = format!("{field} ");
    let mut either = first;
    for other in only.filters.into_iter().skip(1) {
        either.any_of.extend(other.any_of);
        let shown = other.shown.strip_prefix(&named).unwrap_or(&other.shown);
        either.shown = format!("{} or {shown}", either.shown);
    }
    if !is_typed {
        let said = either.shown.strip_prefix(&named).unwrap_or(&either.shown);
        wanted.notes.push(format!("{field}: no postmortem has all of them; read as {said}"));
    }
    wanted.filters.push(either);
    Ok(())
}

const fn kind(field: Field) -> Kind {
    match field {
        Field::Service => Kind::Service,
        Field::Severity => Kind::Severity,
        Field::Tag => Kind::Tag,
        Field::Factor => Kind::Factor,
        Field::Detection => Kind::Detection,
        Field::Id => Kind::Id,
    }
}

/// The labels that values stand for, and how they are called.
fn known(
    searcher: &Searcher,
    fields: Fields,
    labels: &Labels,
    untold: &Untold,
    notes: &mut Vec<String>,
) -> Result<(Vec<Term>, Vec<String>), IndexError> {
    let (mut terms, mut shown) = (Vec::new(), Vec::new());
    let field = labels.field;
    let kind = kind(field);
    let mut names: Option<Vec<String>> = None;
    for value in &labels.values {
        let label =
            if field == Field::Severity { analyzer::severity(value) } else { analyzer::plain_label(value) };
        let term = fields.label(kind, &label);
        if untold.others_have(searcher, &term)? {
            terms.push(term);
            shown.push(value.clone());
            continue;
        }
        if names.is_none() {
            let mut all = Vec::new();
            for name in typo::names(searcher, fields, kind, MOST_NAMES)? {
                if untold.others_have(searcher, &fields.label(kind, &name))? {
                    all.push(name);
                }
            }
            names = Some(all);
        }
        let all = names.as_deref().unwrap_or_default();
        let meant = meant(all, labels, &label);
        // While it is typed, only what nothing begins with is told.
        let begins = is_number(labels, &label) || meant.iter().any(|name| name.starts_with(&label));
        if !(labels.unfinished && begins) {
            notes.push(match meant.as_slice() {
                [] => format!("{field}:{value}: no postmortem has it; left out"),
                _ if is_number(labels, &label) => String::new(),
                [one, ..] => {
                    let one = told(field, one);
                    format!("{field}:{value}: no postmortem has it; read as {field}:{one}")
                }
            });
        }
        terms.extend(meant.iter().map(|name| fields.label(kind, name)));
        shown.extend(meant.iter().map(|name| told(field, name)));
    }
    notes.retain(|note| !note.is_empty());
    Ok((terms, shown))
}

/// A label as people write it: `P1`, where the index has `p1`.
fn told(field: Field, name: &str) -> String {
    let is_level = field == Field::Severity && name.ends_with(|c: char| c.is_ascii_digit());
    if is_level { name.to_uppercase() } else { name.to_owned() }
}

/// The number of an incident, in the place of its id.
fn is_number(labels: &Labels, label: &str) -> bool {
    labels.field == Field::Id && !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit())
}

/// What may be meant by a value that is no label: what it begins, while it is typed; the incidents of a number; the
/// nearest.
fn meant(all: &[String], labels: &Labels, label: &str) -> Vec<String> {
    if is_number(labels, label) {
        let ending = format!("-{label:0>4}");
        return all.iter().filter(|name| name.ends_with(&ending)).take(MOST_LABELS).cloned().collect();
    }
    if labels.unfinished {
        let ahead = all.iter().filter(|name| name.starts_with(label));
        let ahead: Vec<String> = ahead.take(MOST_LABELS).cloned().collect();
        if !ahead.is_empty() {
            return ahead;
        }
    }
    let allowed = typo::allowed(label);
    let near = all.iter().map(|name| (strsim::damerau_levenshtein(name, label), name));
    let near = near.filter(|(distance, _)| *distance > 0 && *distance <= allowed).min();
    near.map(|(_, name)| name.clone()).into_iter().collect()
}
