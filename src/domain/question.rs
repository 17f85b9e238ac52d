//! What somebody asks of past incidents, as it is typed: words, `"words that stand together"`, `-without`, and fields
//! such as `service:payments` or `since:2025`. Pure: it must not search. No text is an error: what is not understood is
//! said in a note, and the rest is asked all the same.

use std::fmt;

use chrono::NaiveDate;

use crate::domain::composed::composed;
use crate::domain::time::parse_span;

/// A question with more words than this was pasted: nobody is told about fields in it.
const TYPED: usize = 40;

/// A field of a question that is a label of postmortems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A service.
    Service,
    /// The severity.
    Severity,
    /// A tag.
    Tag,
    /// A theme of the contributing factors.
    Factor,
    /// Who or what noticed it.
    Detection,
    /// The id.
    Id,
}

impl Field {
    /// The word of the field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Severity => "severity",
            Self::Tag => "tag",
            Self::Factor => "factor",
            Self::Detection => "detection",
            Self::Id => "id",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a word before a colon stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Label(Field),
    Since,
    Until,
    Year,
    Quarter,
}

/// The words of fields; the first of each kind is the one that is told.
const KEYS: [(&str, Key); 22] = [
    ("service", Key::Label(Field::Service)),
    ("severity", Key::Label(Field::Severity)),
    ("tag", Key::Label(Field::Tag)),
    ("factor", Key::Label(Field::Factor)),
    ("detection", Key::Label(Field::Detection)),
    ("id", Key::Label(Field::Id)),
    ("since", Key::Since),
    ("until", Key::Until),
    ("year", Key::Year),
    ("quarter", Key::Quarter),
    ("services", Key::Label(Field::Service)),
    ("svc", Key::Label(Field::Service)),
    ("sev", Key::Label(Field::Severity)),
    ("priority", Key::Label(Field::Severity)),
    ("tags", Key::Label(Field::Tag)),
    ("factors", Key::Label(Field::Factor)),
    ("detected", Key::Label(Field::Detection)),
    ("inc", Key::Label(Field::Id)),
    ("incident", Key::Label(Field::Id)),
    ("after", Key::Since),
    ("from", Key::Since),
    ("before", Key::Until),
];

/// How many of [`KEYS`] are told.
const TOLD: usize = 10;

/// Labels of which one must be there, or none may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Which labels.
    pub field: Field,
    /// One of these; the values of one `service:a,b`.
    pub values: Vec<String>,
    /// None of them may be there.
    pub without: bool,
    /// The last value is still being typed.
    pub unfinished: bool,
}

/// A question taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// The words to rank by, those of phrases among them.
    pub words: String,
    /// Words that must stand together.
    pub phrases: Vec<String>,
    /// Words, or words that stand together, that may not be there.
    pub without: Vec<String>,
    /// Labels.
    pub labels: Vec<Labels>,
    /// From this day on: a year, a month or a day.
    pub since: Option<String>,
    /// Up to the end of this year, month or day.
    pub until: Option<String>,
    /// What was not understood, and what was done instead.
    pub notes: Vec<String>,
}

/// A piece of the text: between blanks, or between quotes.
struct Piece {
    without: bool,
    key: Option<String>,
    text: String,
    quoted: bool,
    last: bool,
    /// It begins with a quote that is not closed.
    open: bool,
}

/// Days that one field asks for.
struct Days {
    field: String,
    text: String,
    since: Option<String>,
    until: Option<String>,
    unfinished: bool,
}

impl Piece {
    /// As it was typed, the quote that closes it apart.
    fn written(&self) -> String {
        let sign = if self.without { "-" } else { "" };
        let key = self.key.as_ref().map_or_else(String::new, |name| format!("{name}:"));
        format!("{sign}{key}\"{}", self.text)
    }
}

impl Question {
    /// Reads a question. `today` is what `since:90d` counts from; `unfinished`: the last word is still being typed.
    #[must_use]
    pub fn read(text: &str, today: Option<NaiveDate>, unfinished: bool) -> Self {
        let mut question = Self::default();
        let pieces = pieces(&composed(text).replace(['“', '”', '„'], "\""));
        let typed = pieces.len() <= TYPED;
        let mut days = Vec::new();
        for piece in pieces {
            let ending = unfinished && piece.last;
            // While one types, the other quote may still come.
            if piece.open && typed && !unfinished {
                let read = if piece.quoted { "read up to the end" } else { "looked for as words" };
                question.note(format!("{}: the quote is not closed; {read}", piece.written()));
            }
            match piece.key.as_deref().map(|name| (name, key(name))) {
                Some((_, Some((key, None)))) => days.extend(question.field(key, &piece, today, ending)),
                Some((name, Some((key, Some(meant))))) if typed && !ending => {
                    question.note(format!("{name}: is no field; read as {meant}:"));
                    days.extend(question.field(key, &piece, today, ending));
                }
                Some((name, _)) => {
                    if typed && !ending {
                        let known = KEYS.map(|(name, _)| name);
                        let known = known.get(..TOLD).unwrap_or_default().join(", ");
                        question.note(format!("{name}: is no field ({known}); looked for as words"));
                    }
                    question.say(&Piece { text: format!("{name} {}", piece.text), quoted: false, ..piece });
                }
                None => question.say(&piece),
            }
        }
        question.narrow(&days);
        question
    }

    /// Nothing is asked but what restricts.
    #[must_use]
    pub fn has_no_words(&self) -> bool {
        self.words.trim().is_empty()
    }

    /// Something restricts what is answered.
    #[must_use]
    pub fn restricts(&self) -> bool {
        !(self.labels.is_empty() && self.without.is_empty()) || self.since.is_some() || self.until.is_some()
    }

    /// The text ends in a word that is ranked by, not in a field, an exclusion or a closed quote.
    #[must_use]
    pub fn ends_in_word(&self, text: &str) -> bool {
        let last = text.split(|c: char| c.is_whitespace()).next_back().unwrap_or_default();
        !last.is_empty() && !last.ends_with('"') && self.words.ends_with(last)
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Words, a phrase, or something that may not be there.
    fn say(&mut self, piece: &Piece) {
        if piece.without {
            self.without.push(piece.text.clone());
            return;
        }
        if piece.quoted {
            self.phrases.push(piece.text.clone());
        }
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        self.words.push_str(&piece.text);
    }

    /// The days of all fields together. Where they have none in common somebody thought of something else: the last
    /// field is believed, and it is said.
    fn narrow(&mut self, all: &[Days]) {
        for (nth, asked) in all.iter().enumerate() {
            let since = self.since.clone().max(asked.since.clone());
            let until = [&self.until, &asked.until].into_iter().flatten().min_by_key(|day| end(day)).cloned();
            let none = since.as_ref().zip(until.as_ref()).is_some_and(|(from, to)| *from > end(to));
            let again = all.iter().take(nth).any(|d| d.field == asked.field && d.text != asked.text);
            if !asked.unfinished && none {
                self.note(format!(
                    "{}:{} has no day in common with what stands before it; only the last counts",
                    asked.field, asked.text
                ));
            } else if !asked.unfinished && again {
                self.note(format!("{}: stands there twice; the narrower counts", asked.field));
            }
            (self.since, self.until) =
                if none { (asked.since.clone(), asked.until.clone()) } else { (since, until) };
        }
    }

    /// Takes a field over, but for the days that it asks for: those it gives back.
    fn field(&mut self, key: Key, piece: &Piece, today: Option<NaiveDate>, unfinished: bool) -> Option<Days> {
        let text = piece.text.trim();
        let values: Vec<String> = if piece.quoted {
            vec![text.to_owned()]
        } else {
            text.split(',').map(str::trim).map(str::to_owned).collect()
        };
        let values: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
        let named = piece.key.as_deref().unwrap_or_default();
        if values.is_empty() {
            if !unfinished {
                self.note(format!("{named}: names nothing; left out"));
            }
            return None;
        }
        if let Key::Label(field) = key {
            self.labels.push(Labels { field, values, without: piece.without, unfinished });
            return None;
        }
        if piece.without {
            self.note(format!("-{named}: cannot be asked; say since: or until: instead"));
            return None;
        }
        let found = days(key, text, today);
        if found.is_none() && !(unfinished && may_become_days(key, text, today)) {
            let forms = match key {
                Key::Year => "2025",
                Key::Quarter => "2025-Q3",
                _ => "2025, 2025-06, 2025-06-30, 90d",
            };
            self.note(format!("{named}:{text} is not understood (write {forms}); left out"));
        }
        let (since, until) = found?;
        Some(Days { field: named.to_lowercase(), text: text.to_owned(), since, until, unfinished })
    }
}

/// What a word before a colon means; with the word that was meant when it was not typed well.
fn key(name: &str) -> Option<(Key, Option<&'static str>)> {
    let name = name.to_lowercase();
    if let Some((_, key)) = KEYS.iter().find(|(known, _)| *known == name) {
        return Some((*key, None));
    }
    let near = KEYS.iter().filter(|(known, _)| known.len() >= 4 && name.len() >= 4);
    let near = near.map(|(known, key)| (strsim::damerau_levenshtein(known, &name), *known, *key));
    let (distance, known, key) = near.min_by_key(|(distance, ..)| *distance)?;
    (distance <= 1).then_some((key, Some(known)))
}

/// The days that a value of a field stands for: the first and the last.
fn days(key: Key, text: &str, today: Option<NaiveDate>) -> Option<(Option<String>, Option<String>)> {
    match key {
        Key::Since => first_day(text, today).map(|day| (Some(day), None)),
        Key::Until => first_day(text, today).map(|day| (None, Some(day))),
        Key::Year => year(text).map(|year| (Some(year.clone()), Some(year))),
        _ => quarter(text).map(|(from, to)| (Some(from), Some(to))),
    }
}

/// Whether a value that stands for no days may be the beginning of one that does: tried with what is still missing.
fn may_become_days(key: Key, text: &str, today: Option<NaiveDate>) -> bool {
    let full: &[&str] = match key {
        Key::Year => &["2000"],
        Key::Quarter => &["2000-Q1", "2000Q1"],
        _ => &["2000-01-01", "2000-10-10"],
    };
    let rests = full.iter().filter_map(|full| full.get(text.len()..));
    rests.chain(["d", "s", "1d"]).any(|rest| days(key, &format!("{text}{rest}"), today).is_some())
}

/// The day that a value begins with: a year, a month or a day as written, or so long ago.
fn first_day(text: &str, today: Option<NaiveDate>) -> Option<String> {
    let full = [text.to_owned(), format!("{text}-01"), format!("{text}-01-01")];
    if full.iter().any(|day| day.len() == 10 && NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok()) {
        return Some(text.to_owned());
    }
    let span = parse_span(text.trim_start_matches('-')).ok()?;
    today?.checked_sub_signed(span).map(|day| day.to_string())
}

/// What is behind every day of a year or a month, and nothing else, in the order of letters.
fn end(until: &str) -> String {
    format!("{until}~")
}

fn year(text: &str) -> Option<String> {
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_year.then(|| text.to_owned())
}

/// The first and the last month of a quarter: `2025-Q3`, `2025q3`.
fn quarter(text: &str) -> Option<(String, String)> {
    let (years, number) = text.split_once(['q', 'Q'])?;
    let year = year(years.trim_end_matches('-'))?;
    let number: u32 = number.parse().ok().filter(|n| (1..=4).contains(n))?;
    Some((format!("{year}-{:02}", number * 3 - 2), format!("{year}-{:02}", number * 3)))
}

/// Cuts a text at blanks and quotes. An open quote is just words, but behind a minus or a field: there it ends where the
/// text does, or somebody would be asked for what they want to be without. What is longer was pasted.
fn pieces(text: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (without, after) = match rest.strip_prefix('-') {
            Some(after) if after.starts_with(|c: char| c.is_alphanumeric() || c == '"') => (true, after),
            _ => (false, rest),
        };
        let bare = after.split([' ', '"']).next().unwrap_or_default();
        let bare = bare.split(char::is_whitespace).next().unwrap_or_default();
        let (key, value) = match bare.split_once(':') {
            Some((name, value)) if is_key(name, value) => {
                (Some(name.to_owned()), after.get(name.len() + 1..).unwrap_or_default())
            }
            _ => (None, after),
        };
        let inside = value.strip_prefix('"');
        let quoted = inside.and_then(|inside| inside.split_once('"'));
        let open = inside.filter(|inside| quoted.is_none() && !inside.trim().is_empty());
        let to_end = open
            .filter(|inside| (without || key.is_some()) && inside.split_whitespace().nth(TYPED).is_none());
        let (text, left, quoted) = match quoted.or_else(|| to_end.map(|inside| (inside.trim_end(), ""))) {
            Some((inside, left)) => (inside, left, true),
            None => {
                let value = value.trim_start_matches('"');
                let end = value.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(value.len());
                let (text, left) = value.split_at_checked(end).unwrap_or((value, ""));
                (text, left, false)
            }
        };
        let last = left.is_empty();
        found.push(Piece { without, key, text: text.to_owned(), quoted, last, open: open.is_some() });
        rest = left.trim_start();
    }
    found
}

/// Whether a word and what follows its colon may be a field: not an address, a time, or a path of code.
fn is_key(name: &str, value: &str) -> bool {
    let letters = name.len() >= 2 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let known = KEYS.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    let begins = value.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    letters && (begins || (known && !value.starts_with(['/', ':'])))
}

#[cfg(test)]
mod tests;
