//! The grammar of a line: optional time, optional mark, text; or a verb after `:`. One parser for the composer and
//! for `warroom log`. It must not execute verbs, and it must not lose a character: what is not understood is text.
//!
//! | Begins with | Is |
//! |---|---|
//! | `-4m `, `14:05 `, `y 23:50 `, `~14:05 ` … | when it occurred; then any of the following |
//! | `! ` | a decision; `@executor` in front or at the end and `check 15m` or `check at 12:40` at the end, behind a comma also `check in 15m`, are taken out |
//! | `? ` | a hypothesis |
//! | `+ ` | an ask; `@person` and a time box such as `3m` are taken out: in front, both beside each other at the end, or one at the end behind a comma |
//! | `> ` | an update; `customers:` in front names the audience, else it is internal; `next 30m` at the end, its line `Next update: …` or a clause such as `next update in 1h` or `next update tomorrow 09:00` says when the next one is due |
//! | `* ` | a starred note |
//! | `\` | plain text: the `\` is dropped when a time, mark or verb follows it, or a space |
//! | `:verb` | a verb of the command line with the rest as its arguments |
//! | anything else | a note, unchanged |

mod half;
mod milestone;
mod words;

use std::borrow::Cow;

use crate::domain::audience::Audience;
use crate::domain::promise;
use crate::domain::request::When;
use crate::domain::time::Span;
use crate::domain::time_spec::{Context, Moment, TimeProblem, parse_leading, split_leading};
use crate::domain::words::EntryKind;

pub use half::{amended, has_verb, marked, to_amend};
pub use milestone::milestone_hint;

/// The longest entry, in bytes.
pub const LONGEST_ENTRY: usize = 64 * 1024;

/// A line that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickEntry {
    /// When it occurred, if the line says so.
    pub at: Option<Moment>,
    /// What the line is.
    pub line: Line,
    /// The text as typed, newlines included, without time, mark and parsed arguments. Empty for a verb; never
    /// blank otherwise.
    pub text: String,
    /// The `#tags`, without `#`, in lower case, each once, in the order of the text.
    pub tags: Vec<String>,
    /// The `@names`, without `@`, each once, in the order of the line; an executor or asked person among them.
    pub mentions: Vec<String>,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A note.
    Note {
        /// Whether `*` marked it.
        starred: bool,
    },
    /// A decision.
    Decision {
        /// Who executes it.
        executor: Option<String>,
        /// When its outcome is to be checked.
        check: Option<When>,
    },
    /// A hypothesis.
    Hypothesis,
    /// An ask.
    Ask {
        /// Who is asked; without one it is unassigned.
        person: Option<String>,
        /// By when an answer is wanted.
        time_box: Option<Span>,
    },
    /// An update.
    Update {
        /// For whom.
        audience: Audience,
        /// When the next one is promised.
        next: Option<When>,
    },
    /// A verb.
    Command {
        /// The verb in lower case, without `:`.
        verb: String,
        /// What follows it, as typed.
        rest: String,
    },
}

impl Line {
    /// The kind of entry that the line becomes; none for a verb.
    #[must_use]
    pub const fn kind(&self) -> Option<EntryKind> {
        Some(match self {
            Self::Note { .. } => EntryKind::Note,
            Self::Decision { .. } => EntryKind::Decision,
            Self::Hypothesis => EntryKind::Hypothesis,
            Self::Ask { .. } => EntryKind::Ask,
            Self::Update { .. } => EntryKind::Update,
            Self::Command { .. } => return None,
        })
    }
}

/// Why a line cannot be taken. The text stays with whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryProblem {
    /// There is nothing but white space.
    #[error("nothing to store: the line is empty")]
    Empty,
    /// There is a time, a mark or arguments, and no text.
    #[error(
        "nothing to store: there is no text after {0}; go on typing, or put \\ first to store it as text"
    )]
    NoText(&'static str),
    /// A colon stands alone.
    #[error("no verb after ':'; type one, such as :m acknowledged, or put \\ first to store it as text")]
    NoVerb,
    /// The line is longer than [`LONGEST_ENTRY`].
    #[error(
        "the text has {bytes} bytes, an entry at most 65536; split it, or keep it as a file and add that as evidence"
    )]
    TooLong {
        /// The length in bytes.
        bytes: usize,
    },
    /// The time cannot be meant.
    #[error("{0}; or put \\ first to store it as text")]
    Time(#[from] TimeProblem),
}

/// The `#tags` of a text, without `#`, in lower case, each once: for a line that is amended.
#[must_use]
pub fn tags_of(text: &str) -> Vec<String> {
    words::tags_and_mentions(text).0
}

/// The audience that stands in front of a text, as in the words of an update, and the text behind it.
#[must_use]
pub fn audience_in_front(text: &str) -> Option<(Audience, &str)> {
    words::named_audience(text)
}

/// Who is asked and for how long, where the words of an ask say so.
#[must_use]
pub fn person_and_box(text: &str) -> (Option<String>, Option<Span>) {
    let args = words::ask(text);
    (args.person, args.term)
}

/// The same with the words that are left, as a new ask would have them.
#[must_use]
pub fn ask_in(text: &str) -> (Option<String>, Option<Span>, Cow<'_, str>) {
    let args = words::ask(text);
    let words = args.words();
    (args.person, args.term, words)
}

/// A text and the person named at its end who is no part of the sentence.
#[must_use]
pub fn person_at_end(text: &str) -> (&str, Option<String>) {
    words::person_at_end(text).map_or((text, None), |(text, name)| (text, Some(name.to_owned())))
}

/// Who executes it and when it is to be checked, where the words of a decision say so.
#[must_use]
pub fn executor_and_check(text: &str, ctx: &Context) -> (Option<String>, Option<When>) {
    let args = words::decision(text, ctx);
    (args.person, args.term)
}

/// Reads a line. White space in front of a time, mark or verb does not matter.
///
/// # Errors
/// [`EntryProblem`] when there is nothing to store, too much, or a time that cannot be meant.
pub fn parse(input: &str, ctx: &Context) -> Result<QuickEntry, EntryProblem> {
    if input.len() > LONGEST_ENTRY {
        return Err(EntryProblem::TooLong { bytes: input.len() });
    }
    let body = input.trim_start();
    if body.is_empty() {
        return Err(EntryProblem::Empty);
    }
    match parse_leading(body, ctx)? {
        Some((moment, rest)) => {
            // What lies ahead of a line lies ahead of its own time: so it is told, and so it is stored.
            let then = Context { now: moment.at, ..*ctx };
            parse_line(rest, rest, "the time", &then).map(|entry| QuickEntry { at: Some(moment), ..entry })
        }
        None => match escaped(body) {
            Some(text) => plain(text, "\\"),
            None => parse_line(body, input, "", ctx),
        },
    }
}

/// Reads what follows the time. `whole` is the text of a plain note.
fn parse_line(
    body: &str,
    whole: &str,
    before: &'static str,
    ctx: &Context,
) -> Result<QuickEntry, EntryProblem> {
    if let Some(rest) = body.strip_prefix(':') {
        if rest.trim().is_empty() {
            return Err(EntryProblem::NoVerb);
        }
        if let Some((verb, rest)) = words::verb(rest) {
            let line = Line::Command { verb: verb.to_ascii_lowercase(), rest: rest.to_owned() };
            return Ok(QuickEntry { at: None, line, text: String::new(), tags: vec![], mentions: vec![] });
        }
    }
    if !before.is_empty()
        && let Some(text) = after_time(body)
    {
        return plain(text, "\\");
    }
    let Some((mark, rest)) = mark(body) else { return plain(whole, before) };
    match mark {
        '!' => {
            let args = words::decision(rest, ctx);
            let text = args.words();
            let line = Line::Decision { executor: args.person, check: args.term };
            entry(line, &text, rest, "the decision's mark")
        }
        '+' => {
            let args = words::ask(rest);
            let text = args.words();
            entry(Line::Ask { person: args.person, time_box: args.term }, &text, rest, "the ask's mark")
        }
        '?' => entry(Line::Hypothesis, rest, rest, "the hypothesis's mark"),
        '>' => {
            let (audience, text) = words::audience(rest);
            let (text, marked) =
                promise::marker(text, ctx).map_or((text, None), |(text, when)| (text, Some(when)));
            let next = marked.or_else(|| promise::stated(text, ctx).and_then(Result::ok));
            entry(Line::Update { audience, next }, text, text, "the update's mark")
        }
        _ => entry(Line::Note { starred: true }, rest, rest, "the star"),
    }
}

/// A note of exactly this text.
fn plain(text: &str, before: &'static str) -> Result<QuickEntry, EntryProblem> {
    entry(Line::Note { starred: false }, text, text, before)
}

/// An entry whose names and tags are looked up in `all`, the text with its arguments.
fn entry(line: Line, text: &str, all: &str, before: &'static str) -> Result<QuickEntry, EntryProblem> {
    if text.trim().is_empty() {
        return Err(EntryProblem::NoText(before));
    }
    let (tags, mentions) = words::tags_and_mentions(all);
    Ok(QuickEntry { at: None, line, text: text.to_owned(), tags, mentions })
}

/// The mark in front and what follows it; a mark counts only before a space.
fn mark(body: &str) -> Option<(char, &str)> {
    let mark = body.chars().next().filter(|c| matches!(c, '!' | '?' | '+' | '>' | '*'))?;
    let rest = body.strip_prefix(mark)?.strip_prefix([' ', '\t'])?;
    Some((mark, rest.trim_start()))
}

/// The text behind a `\` that protects it: before a space, a mark, a verb or a time. Any other `\` is text itself
/// (`\\server\share`).
fn escaped(body: &str) -> Option<&str> {
    let rest = body.strip_prefix('\\')?;
    if split_leading(rest).is_some() {
        return Some(rest);
    }
    after_time(body)
}

/// The same after a time, where a second time means nothing.
fn after_time(body: &str) -> Option<&str> {
    let rest = body.strip_prefix('\\')?;
    if mark(rest).is_some() || rest.starts_with(':') {
        return Some(rest);
    }
    rest.strip_prefix(' ')
}

#[cfg(test)]
mod tests;
