//! From what people type to what the index is asked. Every text is a query: what `Question` does not understand, and
//! what no postmortem has, is told in a note beside the answer to the rest.

use std::collections::BTreeMap;

use tantivy::{Searcher, Term};

use super::filter::Untold;
use super::ranking::{Filter, Label, Phrase, Wanted, Word};
use super::schema::{Fields, Kind, cut, date_key, last_key};
use super::search::{Query, SimilarQuery};
use super::thesaurus::Thesaurus;
use super::typo::{Mended, Mending};
use super::vectors::Meaning;
use super::wordpiece::Pieces;
use super::{IndexError, analyzer, asked, typo};
use crate::domain::abbreviations::in_full;
use crate::domain::composed::composed;
use crate::domain::idioms;
use crate::domain::question::Question;

/// Longest query text that is read, in bytes: a pasted log says what it is in its first 256 KiB.
const LONGEST: usize = 256 << 10;

/// Up to this many different words a query is taken as it is; above, the best are chosen.
const MOST_WORDS: usize = 40;

/// Most different words of a question for similar incidents that are mended: a title is typed in haste, a timeline has names
/// that no postmortem has.
const MOST_MENDED: usize = 12;

/// How many words are chosen from a long text.
const CHOSEN_WORDS: usize = 30;

/// Terms an unfinished last word may stand for.
const MOST_COMPLETIONS: usize = 12;

/// What naming a document by its id adds: more than any words.
const ID_SCORE: f32 = 10.0;

/// What a shared service adds, against 1 for the words of the best document: about one rare word.
const SERVICE_SCORE: f32 = 0.12;

/// What a shared tag adds.
const TAG_SCORE: f32 = 0.08;

/// What one occurrence of a known phrase counts: its words are asked for as well.
const PHRASE: f32 = 0.25;

/// How much of a question is kept for reasons, in bytes.
const LONGEST_ASKED: usize = 1024;

/// What is asked in words: texts, each with the weight of its words.
type Texts = Vec<(String, f32)>;

/// Reads a search.
pub(super) fn search(
    searcher: &Searcher,
    fields: Fields,
    thesaurus: &Thesaurus,
    query: &Query,
) -> Result<Wanted, IndexError> {
    let text = &*composed(cut(&query.text, LONGEST));
    let question = Question::read(text, query.today, query.unfinished);
    let mut wanted = Wanted {
        filters: filters(fields, query),
        since: [&query.since, &question.since]
            .into_iter()
            .flatten()
            .map(|day| date_key(day))
            .max()
            .unwrap_or(0),
        until: question.until.as_deref().map_or(0, last_key),
        // A field that is still being typed stands for every value of it.
        lists: question.has_no_words()
            && (question.restricts() || !question.notes.is_empty() || question.phrases.is_empty()),
        ..Wanted::default()
    };
    if let Some(year) = query.year.map(u64::from) {
        let last = year * 10_000 + 9_999;
        wanted.since = wanted.since.max(year * 10_000);
        wanted.until = if wanted.until > 0 { wanted.until.min(last) } else { last };
    }
    let ahead = if query.unfinished && question.ends_in_word(text) && !idioms::takes_last(text) {
        complete(searcher, fields, text)?
    } else {
        Vec::new()
    };
    cut(&question.words, LONGEST_ASKED).clone_into(&mut wanted.asked);
    let untold = Untold::of(searcher, fields, &query.hidden)?;
    for Filter { any_of, shown } in &wanted.filters {
        let has = any_of.iter().map(|label| untold.others_have(searcher, label));
        if !has.collect::<Result<Vec<bool>, _>>()?.contains(&true) {
            wanted.notes.push(format!("{shown}: no postmortem has it"));
        }
    }
    asked::restrict(searcher, fields, &question, &untold, &mut wanted)?;
    wanted.notes.splice(0..0, question.notes.iter().cloned());
    let typed = ahead.first().map(|_| last_word(text).to_lowercase());
    let asked = vec![(in_full(&question.words).into_owned(), 1.0)];
    let how = Mending { typed: typed.as_deref(), most: MOST_WORDS, strict: false, untold: Some(&untold) };
    let (asked, mended) = read_words(searcher, fields, thesaurus, &mut wanted, asked, how)?;
    let words = asked.first().map_or("", |(text, _)| text);
    wanted.labels = named_labels(searcher, fields, words)?;
    // One word of it alone says something else: it is ranked by, and nothing more is said of it.
    let said = question.phrases.iter().filter(|text| !is_cut_to_a_word(text));
    wanted.phrases = said.filter_map(|text| phrase(&typo::reworded(text, &mended))).collect();
    typo::loosen(searcher, fields, &untold, &mut wanted)?;
    // What is typed stands on its own as well; the completions count half.
    for word in ahead {
        if wanted.words.iter().all(|known| known.stem != word.stem) {
            wanted.words.push(word);
        }
    }
    Ok(wanted)
}

/// Reads a query for similar incidents.
pub(super) fn similar(
    searcher: &Searcher,
    fields: Fields,
    thesaurus: &Thesaurus,
    query: &SimilarQuery,
) -> Result<Wanted, IndexError> {
    let mut texts = Vec::new();
    let mut room = LONGEST;
    for part in &query.about.parts {
        let text = cut(&part.text, room);
        room = room.saturating_sub(text.len());
        texts.push((in_full(&composed(text)).into_owned(), part.weight));
    }
    let asked = texts.first().map_or("", |(text, _)| text);
    let mut wanted = Wanted { asked: cut(asked, LONGEST_ASKED).to_owned(), ..Wanted::default() };
    let last = query.about.parts.last().map_or("", |part| &part.text);
    read_words(searcher, fields, thesaurus, &mut wanted, texts, strictly(query.unfinished, last))?;
    let services = query.about.services.iter().map(|name| (Kind::Service, "service", name, SERVICE_SCORE));
    let tags = query.about.tags.iter().map(|name| (Kind::Tag, "tag", name, TAG_SCORE));
    for (kind, what, name, score) in services.chain(tags) {
        let term = fields.label(kind, &analyzer::plain_label(name));
        if searcher.doc_freq(&term)? > 0 {
            wanted.labels.push(Label { term, shown: format!("{what} {}", name.trim()), score });
        }
    }
    wanted.excluded = ids(fields, &query.exclude).collect();
    Ok(wanted)
}

/// The labels of ids.
pub(super) fn ids(fields: Fields, ids: &[String]) -> impl Iterator<Item = Term> {
    ids.iter().map(move |id| fields.label(Kind::Id, &analyzer::plain_label(id)))
}

/// A text as a question for similar incidents is read.
pub(super) fn as_meant(
    searcher: &Searcher,
    fields: Fields,
    thesaurus: &Thesaurus,
    text: &str,
    unfinished: bool,
) -> Result<String, IndexError> {
    let texts = vec![(composed(cut(text, LONGEST)).into_owned(), 1.0)];
    let words = Bag::of(thesaurus, &texts).words(searcher, fields, thesaurus)?;
    let how = strictly(unfinished, text);
    let is_mended = words.iter().filter(|word| !word.stem.contains(' ')).count() <= how.most;
    let words = if is_mended { words } else { Vec::new() };
    let mended = typo::mended(searcher, fields, thesaurus, &words, how, &mut Vec::new())?;
    Ok(typo::reworded(text, &mended))
}

/// How a question for similar incidents is mended: nobody asks it by hand, and a word that is taken for another one raises
/// a false alarm.
fn strictly(unfinished: bool, text: &str) -> Mending<'_> {
    let typed = unfinished.then(|| last_word(text)).filter(|word| !word.is_empty());
    Mending { typed, most: MOST_MENDED, strict: true, untold: None }
}

/// Fills in what is asked in words, mistakes of typing mended where it has not too many. Answers the texts as they are read.
fn read_words(
    searcher: &Searcher,
    fields: Fields,
    thesaurus: &Thesaurus,
    wanted: &mut Wanted,
    mut texts: Texts,
    how: Mending<'_>,
) -> Result<(Texts, Vec<Mended>), IndexError> {
    let bag = Bag::of(thesaurus, &texts);
    let is_mended = bag.words.len() <= how.most;
    wanted.long = bag.is_long();
    wanted.words = bag.words(searcher, fields, thesaurus)?;
    let mut mended = Vec::new();
    if is_mended {
        mended = typo::mended(searcher, fields, thesaurus, &wanted.words, how, &mut wanted.notes)?;
    }
    if !mended.is_empty() {
        for (text, _) in &mut texts {
            *text = typo::reworded(text, &mended);
        }
        // What stands in the place of a word, and the phrases it makes, are those of the word that was meant.
        wanted.words = Bag::of(thesaurus, &texts).words(searcher, fields, thesaurus)?;
        typo::tell(&mut wanted.words, &mended);
    }
    wanted.meaning =
        Meaning::of(&mut Pieces::new(), texts.iter().map(|(text, weight)| (text.as_str(), *weight)));
    Ok((texts, mended))
}

/// What is picked beside the text of a search.
fn filters(fields: Fields, query: &Query) -> Vec<Filter> {
    let picked = [
        (Kind::Severity, "severity", query.severity.as_deref().map(|name| (analyzer::severity(name), name))),
        (Kind::Service, "service", query.service.as_deref().map(|name| (analyzer::plain_label(name), name))),
        (Kind::Tag, "tag", query.tag.as_deref().map(|name| (analyzer::plain_label(name), name))),
    ];
    let filter = |(kind, what, picked): (Kind, &str, Option<(String, &str)>)| {
        let (label, name) = picked?;
        let any_of = vec![fields.label(kind, &label)];
        Some(Filter { any_of, shown: format!("{what} {}", name.trim()) })
    };
    picked.into_iter().filter_map(filter).collect()
}

/// Whether stop words leave one word of several: of `log in` the index has `log`, which is also that of a debug log.
pub(super) fn is_cut_to_a_word(text: &str) -> bool {
    let within = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
    let said = text.split(|c: char| !within(c)).filter(|word| word.chars().any(char::is_alphanumeric));
    said.count() > 1 && analyzer::words(text).len() == 1
}

/// Words that must stand together; of what is said in one piece.
pub(super) fn phrase(text: &str) -> Option<Phrase> {
    let words = analyzer::words(text);
    let first = words.first()?.position;
    let stems = words.into_iter().map(|word| (word.position.saturating_sub(first), word.stem)).collect();
    Some(Phrase { stems, shown: text.split_whitespace().collect::<Vec<_>>().join(" ") })
}

/// Ids, services and tags that the text names as whole words.
fn named_labels(searcher: &Searcher, fields: Fields, text: &str) -> Result<Vec<Label>, IndexError> {
    let mut labels: Vec<Label> = Vec::new();
    for word in text.split_whitespace().take(MOST_WORDS) {
        let shown = word.trim_matches(|c: char| !c.is_alphanumeric());
        let name = analyzer::plain_label(shown);
        let kinds = [
            (Kind::Id, "id", ID_SCORE),
            (Kind::Service, "service", SERVICE_SCORE),
            (Kind::Tag, "tag", TAG_SCORE),
        ];
        for (kind, what, score) in kinds {
            let term = fields.label(kind, &name);
            let known = labels.iter().any(|label| label.term == term);
            if !name.is_empty() && !known && searcher.doc_freq(&term)? > 0 {
                labels.push(Label { term, shown: format!("{what} {shown}"), score });
            }
        }
    }
    Ok(labels)
}

/// The last word of a text.
fn last_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric()).next_back().unwrap_or_default()
}

/// What an unfinished last word may become, at half its weight. Stems are shorter than words, so the stem of what a word
/// may end in counts as well: `certifica` finds the stem `certif`.
fn complete(searcher: &Searcher, fields: Fields, text: &str) -> Result<Vec<Word>, IndexError> {
    let last = last_word(text);
    if last.len() < 2 {
        return Ok(Vec::new());
    }
    let typed = last.to_lowercase();
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    typo::beginning(searcher, fields.text, &typed, |_, term, holding| {
        let has_room = found.len() <= 4096;
        if has_room {
            *found.entry(term.to_owned()).or_default() += holding;
        }
        has_room
    })?;
    for start in analyzer::stems_ahead(&typed) {
        let holding = searcher.doc_freq(&Term::from_field_text(fields.text, &start))?;
        if holding > 0 {
            found.insert(start, holding);
        }
    }
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let found = found.into_iter().take(MOST_COMPLETIONS);
    Ok(found.map(|(stem, _)| Word::plain(stem, format!("{last}…"), 0.5)).collect())
}

/// The different words of a query with what they weigh, in the order they came.
#[derive(Debug, Default)]
struct Bag {
    place: BTreeMap<String, usize>,
    words: Vec<Counted>,
    /// Phrases of the thesaurus, by their stems: as written, and their weight.
    phrases: BTreeMap<String, (String, f32)>,
}

/// A word and what was counted of it.
#[derive(Debug)]
struct Counted {
    word: Word,
    /// How often it comes, each time by the weight of its text.
    times: f32,
    /// Whether it has a row in the thesaurus, and stands outside of phrases.
    known: bool,
}

impl Bag {
    /// The words of texts, each with its weight.
    fn of(thesaurus: &Thesaurus, texts: &[(String, f32)]) -> Self {
        let mut bag = Self::default();
        texts.iter().for_each(|(text, weight)| bag.add(thesaurus, text, *weight));
        bag
    }

    /// Adds the words of a text. A word weighs what the heaviest text it stands in weighs; how often it comes is
    /// counted apart.
    fn add(&mut self, thesaurus: &Thesaurus, text: &str, weight: f32) {
        let found = analyzer::words(text);
        for word in &found {
            let next = self.words.len();
            let at = *self.place.entry(word.stem.clone()).or_insert(next);
            if let Some(counted) = self.words.get_mut(at) {
                counted.word.weight = counted.word.weight.max(weight);
                counted.times += weight;
            } else {
                let shown = text.get(word.from..word.to).unwrap_or(&word.stem).to_owned();
                let word = Word::plain(word.stem.clone(), shown, weight);
                self.words.push(Counted { word, times: weight, known: false });
            }
        }
        let stems: Vec<&str> = found.iter().map(|word| word.stem.as_str()).collect();
        for (at, known) in thesaurus.known(&stems) {
            if let [word] = known.as_slice() {
                if let Some(counted) = self.place.get(*word).and_then(|place| self.words.get_mut(*place)) {
                    counted.known = true;
                }
                continue;
            }
            let (first, last) = (found.get(at), found.get(at + known.len() - 1));
            let shown = first.zip(last).and_then(|(first, last)| text.get(first.from..last.to));
            let shown = shown.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            let phrase = self.phrases.entry(known.join(" ")).or_insert((shown, weight));
            phrase.1 = phrase.1.max(weight);
        }
    }

    /// Whether it is too long to ask for all its words.
    fn is_long(&self) -> bool {
        self.words.len() > MOST_WORDS
    }

    /// The words to ask for: all of a short query, and its phrases; of a long one the best by `(1 + ln tf) · idf`,
    /// weighted by it, leaving out plain numbers, words of one document and words of more than a third of them.
    fn words(
        self,
        searcher: &Searcher,
        fields: Fields,
        thesaurus: &Thesaurus,
    ) -> Result<Vec<Word>, IndexError> {
        if !self.is_long() {
            let phrases = self.phrases.into_iter().map(|(stem, (shown, weight))| {
                let near = thesaurus.near(&stem);
                Word { own: PHRASE, near, ..Word::plain(stem, shown, weight) }
            });
            let words = self.words.into_iter().map(|counted| {
                let near = if counted.known { thesaurus.near(&counted.word.stem) } else { Vec::new() };
                Word { near, ..counted.word }
            });
            return Ok(words.chain(phrases).collect());
        }
        let documents = searcher.num_docs();
        let mut rated: Vec<Word> = Vec::new();
        for Counted { mut word, times, .. } in self.words {
            let holding = searcher.doc_freq(&Term::from_field_text(fields.text, &word.stem))?;
            let too_rare = holding == 0 || (documents >= 50 && holding < 2);
            let too_common = documents >= 20 && holding * 100 > documents * 35;
            if too_rare || too_common || word.stem.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let idf = (1.0 + (documents.saturating_sub(holding) as f32 + 0.5) / (holding as f32 + 0.5)).ln();
            word.weight = (1.0 + times.max(1.0).ln()) * idf;
            rated.push(word);
        }
        rated.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.stem.cmp(&b.stem)));
        rated.truncate(CHOSEN_WORDS);
        for word in &mut rated {
            word.near = thesaurus.near(&word.stem);
        }
        Ok(rated)
    }
}
