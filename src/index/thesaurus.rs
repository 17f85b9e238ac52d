//! Which words of operations mean the same, and which tend to come together. Two files are part of the program; a
//! team's own file of the same form extends them. It must not score: it only says what else to look for.
//!
//! A row is `concept TAB synonyms TAB related`, the words of a list parted by `|`; lines that begin with `#` are
//! remarks. A synonym finds the other synonyms and, more weakly, what is related; what is related finds nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use tantivy::tokenizer::TextAnalyzer;

use super::{analyzer, forms};

/// Weight of a synonym, against 1 for the word itself.
const SYNONYM: f32 = 0.3;

/// Weight of a related word.
const RELATED: f32 = 0.1;

/// Longest phrase that a query is looked through for, in words.
const LONGEST_PHRASE: usize = 3;

/// Longest file of a team that is read, in bytes (1 MiB); the rest is left out.
const LONGEST_FILE: u64 = 1 << 20;

/// Words and phrases; a phrase is its stems with one blank between (`disk full`).
pub(super) type Form = String;

/// Something else to look for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Near {
    /// What is looked up.
    pub(super) form: Form,
    /// As the thesaurus writes it, for the reasons.
    pub(super) shown: String,
    /// How much it counts, against 1 for the word itself.
    pub(super) weight: f32,
}

/// A form of a row: what is looked up, and how it is written.
type Written = (Form, String);

/// One row.
#[derive(Debug, Default)]
struct Row {
    synonyms: Vec<Written>,
    related: Vec<Written>,
}

/// The rows of a file in terms of the index.
#[derive(Debug, Default)]
struct Tables {
    rows: Vec<Row>,
    /// The rows that a form is a synonym in, as often as it is.
    places: HashMap<Form, Vec<usize>>,
}

/// Two neighbouring words of a phrase: the first word, and after it the second ones.
type Pairs = HashMap<String, HashSet<String>>;

/// The thesaurus. The program's own rows are looked up where they lie (see `forms`); a team's are read with the first
/// question.
#[derive(Debug, Default)]
pub(super) struct Thesaurus {
    team: String,
    /// Without the program's own rows as well.
    empty: bool,
    tables: OnceLock<Tables>,
    pairs: OnceLock<Pairs>,
}

impl Thesaurus {
    /// The program's rows, and those of a team's file when it is there and can be read. Bytes that are not UTF-8 are
    /// passed over.
    pub(super) fn with_team(file: Option<&Path>) -> Self {
        let mut bytes = Vec::new();
        if let Some(file) = file.and_then(|path| fs::File::open(path).ok()) {
            // A file that breaks off while it is read gives what was read: more words than none.
            let _ = file.take(LONGEST_FILE).read_to_end(&mut bytes);
        }
        Self { team: String::from_utf8_lossy(&bytes).into_owned(), ..Self::default() }
    }

    /// Without any row.
    pub(super) fn none() -> Self {
        Self { empty: true, ..Self::default() }
    }

    /// Tells one team's file from another: 0 for none. Phrases are found while indexing, so an index holds it.
    /// (FNV-1a, 64 bits: it guards against a change, not against an attacker.)
    pub(super) fn fingerprint(&self) -> u64 {
        if self.team.is_empty() {
            return 0;
        }
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.team.bytes().fold(0xcbf2_9ce4_8422_2325, step)
    }

    /// The team's rows.
    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| Tables::read(&[&self.team]))
    }

    /// What the program's own rows know of a form.
    fn own(&self, form: &str) -> Option<forms::Known> {
        if self.empty { None } else { forms::known(form) }
    }

    /// Whether two neighbouring words are part of a phrase.
    pub(super) fn is_pair(&self, first: &str, second: &str) -> bool {
        let pairs = self.pairs.get_or_init(|| {
            let mut pairs = Pairs::new();
            if !self.empty {
                forms::all().for_each(|form| add_pairs(&mut pairs, form));
            }
            for row in &self.tables().rows {
                row.synonyms.iter().chain(&row.related).for_each(|(form, _)| add_pairs(&mut pairs, form));
            }
            pairs
        });
        pairs.get(first).is_some_and(|seconds| seconds.contains(second))
    }

    /// Whether a form has a row.
    fn has(&self, form: &str) -> bool {
        self.own(form).is_some() || self.tables().places.contains_key(form)
    }

    /// Whether a row has a word, written just so; a phrase of a team's rows counts word by word.
    pub(super) fn writes(&self, stem: &str, word: &str) -> bool {
        let team = self.tables().rows.iter().flat_map(|row| row.synonyms.iter().chain(&row.related));
        let mut team = team.flat_map(|(_, shown)| shown.split_whitespace());
        (!self.empty && forms::is_written(stem, word)) || team.any(|shown| shown.eq_ignore_ascii_case(word))
    }

    /// The words and phrases of a text that have rows, with the place of their first word: the longest first, and
    /// no word twice in phrases.
    pub(super) fn known<'a>(&self, stems: &[&'a str]) -> Vec<(usize, Vec<&'a str>)> {
        let mut taken = vec![false; stems.len()];
        let mut found = Vec::new();
        for length in (1..=LONGEST_PHRASE).rev() {
            for (at, window) in stems.windows(length).enumerate() {
                let free = taken.iter().skip(at).take(length).all(|taken| !taken);
                if free && self.has(&window.join(" ")) {
                    if length > 1 {
                        taken.iter_mut().skip(at).take(length).for_each(|taken| *taken = true);
                    }
                    found.push((at, window.to_vec()));
                }
            }
        }
        found
    }

    /// What else to look for when a form is asked for. A word of several rows has several meanings: its
    /// expansions count less.
    pub(super) fn near(&self, form: &str) -> Vec<Near> {
        let own = self.own(form);
        let tables = self.tables();
        let places = tables.places.get(form).map_or(&[][..], Vec::as_slice);
        let meanings = (own.as_ref().map_or(0, |own| own.rows) + places.len()) as f32;
        let weight = |is_synonym: bool| if is_synonym { SYNONYM } else { RELATED } / meanings.sqrt();
        let mut found: BTreeMap<&str, (&str, f32)> = BTreeMap::new();
        let mut add = |other, shown, weight: f32| {
            let entry = found.entry(other).or_insert((shown, 0.0));
            entry.1 = entry.1.max(weight);
        };
        for (other, shown, is_synonym) in own.iter().flat_map(forms::Known::near) {
            add(other, shown, weight(is_synonym));
        }
        for (other, shown, is_synonym) in tables.near(form, places) {
            add(other, shown, weight(is_synonym));
        }
        let near = |(form, (shown, weight)): (&str, (&str, f32))| Near {
            form: form.into(),
            shown: shown.into(),
            weight,
        };
        found.into_iter().map(near).collect()
    }
}

fn add_pairs(pairs: &mut Pairs, form: &str) {
    for (first, second) in form.split(' ').zip(form.split(' ').skip(1)) {
        pairs.entry(first.to_owned()).or_default().insert(second.to_owned());
    }
}

impl Tables {
    fn read(files: &[&str]) -> Self {
        let mut tables = Self::default();
        let mut analyzer = analyzer::text();
        let mut forms = |list: Option<&str>| -> Vec<Written> {
            let written =
                list.unwrap_or_default().split('|').map(|shown| (form(&mut analyzer, shown), shown));
            written.filter_map(|(form, shown)| Some((form?, shown.trim().to_owned()))).collect()
        };
        for line in files.iter().flat_map(|file| file.lines()) {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let mut columns = line.split('\t').skip(1);
            let row = Row { synonyms: forms(columns.next()), related: forms(columns.next()) };
            for (form, _) in &row.synonyms {
                tables.places.entry(form.clone()).or_default().push(tables.rows.len());
            }
            tables.rows.push(row);
        }
        tables
    }

    /// What rows bring together with a form, and whether it is a synonym.
    fn near<'a>(
        &'a self,
        form: &'a str,
        places: &'a [usize],
    ) -> impl Iterator<Item = (&'a str, &'a str, bool)> {
        let rows = places.iter().filter_map(|place| self.rows.get(*place));
        let lists = rows.flat_map(|row| [(&row.synonyms, true), (&row.related, false)]);
        let near = lists.flat_map(|(list, is_synonym)| {
            list.iter().map(move |(other, shown)| (other.as_str(), shown.as_str(), is_synonym))
        });
        near.filter(move |(other, ..)| *other != form)
    }
}

/// What is looked up for a form as it is written; none when it has no word, and when its stop words leave one of several:
/// `no data` would be found wherever there are data.
fn form(analyzer: &mut TextAnalyzer, shown: &str) -> Option<Form> {
    let stems = analyzer::stems(analyzer, shown);
    match stems.as_slice() {
        [] => None,
        [_] if is_phrase(shown) => None,
        _ => Some(stems.join(" ")),
    }
}

/// Whether a form has several words, stop words counted.
fn is_phrase(shown: &str) -> bool {
    shown.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count() > 1
}

/// What of a team's file is not used, by line from 1.
#[must_use]
pub fn problems(bytes: &[u8]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut analyzer = analyzer::text();
    let mut at = 0_u64;
    for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
        at = at.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX)).saturating_add(1);
        if at > LONGEST_FILE.saturating_add(1) {
            found.push((number, "the file is longer than 1 MiB: from here on it is not read".to_owned()));
            break;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            found.push((number, "is not UTF-8: save the file as UTF-8".to_owned()));
            continue;
        };
        let line = line.trim_end_matches('\r');
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let mut say = |what: String| found.push((number, what));
        if columns.len() < 2 {
            say("has no tab: write a name, a tab, synonyms parted by |, a tab, related words".to_owned());
            continue;
        }
        if columns.len() > 3 {
            say("has more than three columns: the rest is not read".to_owned());
        }
        let mut synonyms = 0_usize;
        for (column, list) in columns.iter().skip(1).take(2).enumerate() {
            for shown in list.split('|').map(str::trim).filter(|shown| !shown.is_empty()) {
                match analyzer::stems(&mut analyzer, shown).len() {
                    0 => say(format!("{shown:?} has no word that is looked for")),
                    1 if is_phrase(shown) => {
                        say(format!(
                            "{shown:?} has one word that is looked for, which says something else alone"
                        ));
                    }
                    n if n > LONGEST_PHRASE => {
                        say(format!("{shown:?} is longer than {LONGEST_PHRASE} words and is never found"));
                    }
                    _ => synonyms += usize::from(column == 0),
                }
            }
        }
        if synonyms == 0 {
            say("has no synonym in its second column, so nothing leads to it".to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of operations.
    const OPERATIONS: &str = include_str!("../../assets/search/thesaurus.tsv");

    /// The words in which people say what they see.
    const EVERYDAY: &str = include_str!("../../assets/search/thesaurus_extra.tsv");

    #[test]
    fn the_programs_rows_can_all_be_used() {
        let tables = Tables::read(&[OPERATIONS, EVERYDAY]);
        assert_eq!(tables.rows.len(), 199);
        assert!(tables.rows.iter().all(|row| !row.synonyms.is_empty()));
        for rows in [OPERATIONS, EVERYDAY] {
            let unused = problems(rows.as_bytes());
            assert!(unused.iter().all(|(_, what)| what.contains("longer than 3 words")), "{unused:?}");
        }
    }

    #[test]
    fn what_its_stop_words_leave_one_word_of_is_not_looked_for() {
        let thesaurus = Thesaurus::default();
        for word in ["data", "log", "sign", "found", "longer", "io"] {
            let known = thesaurus.near(word);
            assert!(
                known.iter().all(|near| near.form != "blank" && near.form != "login"),
                "{word}: {known:?}"
            );
        }
        assert!(thesaurus.near("blank").iter().all(|near| near.form != "data"));
        let tables = Tables::read(&["ours\tledger|no data|cannot be found\tlog in|journal"]);
        let forms = |list: &[Written]| list.iter().map(|(form, _)| form.clone()).collect::<Vec<_>>();
        assert_eq!(forms(&tables.rows[0].synonyms), ["ledger", "cannot found"]);
        assert_eq!(forms(&tables.rows[0].related), ["journal"]);
        let told = problems(b"ours\tledger|no data\n");
        let what = "\"no data\" has one word that is looked for, which says something else alone";
        assert_eq!(told, [(1, what.to_owned())]);
    }

    /// What is looked up is made of the rows; `UPDATE_DOCS=1` writes it anew.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test asks its own environment")]
    fn the_forms_are_those_of_the_rows() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/search/thesaurus_forms.tsv");
        let tables = Tables::read(&[OPERATIONS, EVERYDAY]);
        let places: BTreeMap<&String, &Vec<usize>> = tables.places.iter().collect();
        let mut made = String::new();
        for (form, places) in places {
            let mut near: BTreeMap<&str, (&str, bool)> = BTreeMap::new();
            for (other, shown, is_synonym) in tables.near(form, places) {
                let entry = near.entry(other).or_insert((shown, false));
                entry.1 |= is_synonym;
            }
            let near: Vec<String> = near
                .into_iter()
                .map(|(other, (shown, is_synonym))| {
                    format!("{}{other}={shown}", if is_synonym { '+' } else { '-' })
                })
                .collect();
            made.push_str(&format!("{form}\t{}\t{}\n", places.len(), near.join("|")));
        }
        if std::env::var("UPDATE_DOCS").is_ok() {
            fs::write(path, &made).unwrap();
        }
        let there = fs::read_to_string(path).unwrap();
        assert!(there == made, "the forms are old: UPDATE_DOCS=1 cargo test the_forms_are_those_of_the_rows");
    }

    #[test]
    fn a_phrase_is_taken_before_its_words() {
        let thesaurus = Thesaurus::default();
        let stems = ["load", "balanc", "timeout"];
        let known = thesaurus.known(&stems);
        assert_eq!(known, [(0, vec!["load", "balanc"]), (2, vec!["timeout"])]);
        assert!(thesaurus.is_pair("disk", "full"));
        assert!(!thesaurus.is_pair("full", "disk"));
        let near = thesaurus.near("disk full");
        let space = near.iter().find(|near| near.form == "disk space").unwrap();
        assert_eq!((space.shown.as_str(), space.weight), ("disk space", SYNONYM));
        assert!(thesaurus.near("zebra").is_empty());
    }

    #[test]
    fn a_team_adds_rows_and_a_fingerprint() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("thesaurus.tsv");
        fs::write(&file, "# ours\nledger\tledger|journal book\tpostings\nbroken line\n\tno concept\n")
            .unwrap();
        let ours = Thesaurus::with_team(Some(&file));
        assert!(ours.near("ledger").iter().any(|near| near.form == "journal book"));
        assert!(ours.is_pair("journal", "book"));
        assert_ne!(ours.fingerprint(), 0);
        fs::write(&file, "ledger\tledger|journal").unwrap();
        assert_ne!(Thesaurus::with_team(Some(&file)).fingerprint(), ours.fingerprint());
        assert_eq!(Thesaurus::with_team(Some(&home.path().join("none"))).fingerprint(), 0);
    }
}
