//! Which lines of a timeline are shown: words, kinds, people, tags, stars, a span of time. One reader for the room and
//! for the flags of `warroom timeline`. It must not know what is hidden by default.

use super::composed::composed;
use super::incident::{Entry, Topic};
use super::time::{Span, Utc};
use super::time_spec::{self, Context};

/// The words with which a term of a filter begins, as the completion offers them.
pub const PREFIXES: [&str; 6] = ["kind:", "by:", "since:", "until:", "starred", "struck"];

/// One condition. Lists hold for any of their words; all in lower case, each letter in one piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// Its kind begins so; `step` is a line about a step.
    Kind(Vec<String>),
    /// It was said by this person.
    By(Vec<String>),
    /// It was said by this person, or names them.
    Person(String),
    /// A tag begins so.
    Tag(Vec<String>),
    /// It has a star.
    Starred,
    /// It is crossed out.
    Struck,
    /// It happened then or later.
    Since(Utc),
    /// It happened then or before.
    Until(Utc),
    /// Its text, its source or the name of its alert holds this.
    Word(String),
}

/// Conditions that all hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

impl Filter {
    /// Reads `kind:decision,ask by:bob @bob #db * starred struck since:13:00 until:-5m` and words; `author:`, `tag:`
    /// and `star` as the flags of the command call them.
    ///
    /// # Errors
    /// When a time or a kind cannot be read, or a field is none: what is wrong, in words.
    pub fn parse(text: &str, ctx: &Context) -> Result<Self, String> {
        let mut filter = Self { text: text.trim().to_owned(), terms: Vec::new() };
        for word in text.split_whitespace() {
            filter.terms.push(term(word, ctx)?);
        }
        Ok(filter)
    }

    /// With one condition more.
    #[must_use]
    pub fn with(mut self, term: Term) -> Self {
        self.terms.push(term);
        self
    }

    /// As it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Everything passes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Takes all conditions away.
    pub fn clear(&mut self) {
        self.text.clear();
        self.terms.clear();
    }

    /// It asks for lines of the program, so those that are hidden by default count too.
    #[must_use]
    pub fn wants_system(&self) -> bool {
        let asks = |kinds: &Vec<String>| kinds.iter().any(|k| is_prefix(k, "system") || is_prefix(k, "step"));
        self.terms.iter().any(|t| matches!(t, Term::Kind(kinds) if asks(kinds)))
    }

    /// It asks for lines that are crossed out.
    #[must_use]
    pub fn wants_struck(&self) -> bool {
        self.terms.contains(&Term::Struck)
    }

    /// Whether a line passes.
    #[must_use]
    pub fn matches(&self, entry: &Entry) -> bool {
        self.terms.iter().all(|term| holds(term, entry))
    }
}

fn is_prefix(word: &str, of: &str) -> bool {
    !word.is_empty() && of.starts_with(word)
}

fn holds(term: &Term, entry: &Entry) -> bool {
    let plain = |text: &str| composed(text).to_lowercase();
    let within = |text: &str, word: &str| plain(text).contains(word);
    match term {
        Term::Kind(kinds) => kinds.iter().any(|k| {
            entry.kind.as_str().starts_with(k.as_str()) || entry.topic == Topic::Step && is_prefix(k, "step")
        }),
        Term::By(people) => people.iter().any(|p| plain(&entry.by) == *p),
        Term::Person(person) => plain(&entry.by) == *person || within(&entry.text, &format!("@{person}")),
        Term::Tag(tags) => entry.tags.iter().any(|t| tags.iter().any(|tag| plain(t).starts_with(tag))),
        Term::Starred => entry.starred,
        Term::Struck => entry.struck.is_some(),
        Term::Since(at) => entry.occurred_at >= *at,
        Term::Until(at) => entry.occurred_at <= *at,
        Term::Word(word) => [&entry.text, &entry.source, &entry.alert].iter().any(|text| within(text, word)),
    }
}

fn term(word: &str, ctx: &Context) -> Result<Term, String> {
    let lower = composed(word).to_lowercase();
    let list = |text: &str| text.split(',').filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    if let Some(tag) = lower.strip_prefix('#').filter(|t| !t.is_empty()) {
        return Ok(Term::Tag(list(tag)));
    }
    if let Some(person) = lower.strip_prefix('@').filter(|p| !p.is_empty()) {
        return Ok(Term::Person(person.to_owned()));
    }
    Ok(match lower.split_once(':') {
        Some(("kind", words)) => {
            Term::Kind(list(words).iter().map(|word| kind(word)).collect::<Result<_, _>>()?)
        }
        Some(("by" | "author", people)) => Term::By(list(&people.replace('@', ""))),
        Some(("tag" | "tags", tags)) => Term::Tag(list(&tags.replace('#', ""))),
        Some(("star" | "starred", "")) => Term::Starred,
        Some(("struck", "")) => Term::Struck,
        Some(("since", _)) => Term::Since(moment(word, ctx, false)?),
        Some(("until", _)) => Term::Until(moment(word, ctx, true)?),
        Some((field, _)) if is_like_a_field(field) => {
            return Err(format!(
                "\"{field}:\" is no field; use one of: {}, #tag, @name, or words",
                PREFIXES.join(", ")
            ));
        }
        _ => match lower.as_str() {
            "*" | "star" | "starred" => Term::Starred,
            "struck" => Term::Struck,
            _ => Term::Word(lower),
        },
    })
}

/// Fields of other tools, which nobody means as words: they would hide every line. Any other word with a colon in it is
/// one that a line may hold: `12:30`, `payments:4f2e`, `kms:sign`, an address.
const FIELDS: [&str; 32] = [
    "star", "starred", "struck", "is", "has", "in", "from", "to", "who", "user", "person", "people", "actor",
    "owner", "assignee", "authors", "creator", "mention", "mentions", "label", "labels", "type", "kinds",
    "text", "before", "after", "date", "day", "on", "at", "not", "stars",
];
/// Those of this program, which somebody may have mistyped by one key.
const OWN: [&str; 3] = ["author", "since", "until"];

fn is_like_a_field(word: &str) -> bool {
    FIELDS.contains(&word) || OWN.iter().any(|own| strsim::damerau_levenshtein(own, word) == 1)
}

/// The kinds that can be asked for, each with what else it is called: as the screen's column has it, and as many.
const KINDS: [(&str, &[&str]); 8] = [
    ("note", &["notes"]),
    ("alert", &["alerts"]),
    ("decision", &["decn", "decisions"]),
    ("hypothesis", &["hypotheses"]),
    ("ask", &["asks", "task", "tasks", "assignment", "assignments"]),
    ("update", &["updt", "updates"]),
    ("system", &[]),
    ("step", &["steps"]),
];

/// A kind as its beginning or by another name; what begins none is refused, for it would hide every line.
fn kind(word: &str) -> Result<String, String> {
    let other = KINDS.iter().find(|(_, others)| others.contains(&word)).map(|(kind, _)| *kind);
    if let Some(kind) = other.or_else(|| KINDS.iter().any(|(kind, _)| kind.starts_with(word)).then_some(word))
    {
        return Ok(kind.to_owned());
    }
    let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    Err(format!("\"{word}\" is no kind of line; use one of: {}", kinds.join(", ")))
}

/// The moment of `since:` and `until:`; a day alone is its beginning or its end.
fn moment(word: &str, ctx: &Context, end: bool) -> Result<Utc, String> {
    let text = word.split_once(':').map_or("", |(_, t)| t);
    at(text, ctx, end)
}

/// A moment as `--since` and `--until` take it: the forms of the composer, or a day, which is its beginning or its
/// end. Between day and time of day a `T` may stand in place of the blank.
///
/// # Errors
/// When it is no such moment: what is wrong, in words.
pub fn at(text: &str, ctx: &Context, end: bool) -> Result<Utc, String> {
    let text = text.trim();
    if chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() {
        let begin = time_spec::parse_exact(&format!("{text} 00:00"), ctx).map_err(|e| e.to_string())?.at;
        let last = Span::days(1) - Span::milliseconds(1);
        return Ok(if end { begin.checked_add_signed(last).unwrap_or(begin) } else { begin });
    }
    time_spec::parse_exact(&text.replacen('T', " ", 1), ctx).map(|m| m.at).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::words::EntryKind;
    use crate::domain::zone::Tz;

    #[test]
    fn kinds_go_by_their_beginning_by_the_words_of_the_column_and_by_many() {
        let columns = ["note", "alert", "decn", "hypo", "ask", "updt", "sys"];
        for (entry, column) in EntryKind::ALL.iter().zip(columns) {
            for word in [entry.as_str(), column] {
                let known = kind(word).unwrap();
                assert!(entry.as_str().starts_with(&known), "{word} is read as {known}");
            }
        }
        for (word, read) in
            [("d", "d"), ("decisions", "decision"), ("hypotheses", "hypothesis"), ("steps", "step")]
        {
            assert_eq!(kind(word).unwrap(), read, "{word}");
        }
        let ctx = Context { now: Utc::UNIX_EPOCH, zone: Tz::UTC };
        let refused = Filter::parse("kind:note,bogus", &ctx).unwrap_err();
        assert!(refused.contains("\"bogus\"") && refused.contains("hypothesis"), "{refused}");
        assert!(!Filter::parse("kind:", &ctx).unwrap().is_empty());
    }

    #[test]
    fn fields_go_by_their_other_names_and_an_unknown_one_is_refused() {
        let ctx = Context { now: Utc::UNIX_EPOCH, zone: Tz::UTC };
        for (word, other) in [
            ("author:@Alice,bob", "by:alice,bob"),
            ("tag:CI", "#ci"),
            ("tag:#ci,db", "#ci,db"),
            ("star", "starred"),
            ("star:", "*"),
            ("struck:", "struck"),
        ] {
            let read = |text| Filter::parse(text, &ctx).unwrap().terms;
            assert_eq!(read(word), read(other), "{word}");
        }
        for word in
            ["is:starred", "from:alice", "type:note", "before:13:00", "sicne:13:00", "star:yes", "auther:bob"]
        {
            let refused = Filter::parse(word, &ctx).unwrap_err();
            let field = word.split_once(':').unwrap().0;
            assert!(
                refused.starts_with(&format!("\"{field}:\" is no field")) && refused.contains("by:"),
                "{refused}"
            );
        }
        for word in [
            "12:30",
            "14:05:30",
            "https://example.org/x",
            "payments:4f2e",
            "kms:sign",
            "::1",
            "error:",
            "stars",
        ] {
            assert_eq!(Filter::parse(word, &ctx).unwrap().terms, [Term::Word(word.to_owned())], "{word}");
        }
    }
}
