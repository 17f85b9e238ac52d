//! What the composer says of its line before Enter: what it is, when it was, and what was read from it. It must not
//! change anything.

use super::{context, offered_by};
use crate::app::model::{Model, Purpose, Room};
use crate::domain::audience::Audience;
use crate::domain::ids::Seq;
use crate::domain::promise;
use crate::domain::quick_entry::{self, EntryProblem, Line, QuickEntry};
use crate::domain::request::When;
use crate::domain::secret;
use crate::domain::time::{Utc, day_in_zone, exact_span, format_span, same_day, with_zone};
use crate::domain::time_spec::Moment;
use crate::domain::verb;
use crate::domain::words::Milestone;

/// What stands at the right of the composer: kind and time of the line, its age when over a minute, or why it is not
/// taken. Empty for an empty line.
#[must_use]
pub fn preview(model: &Model) -> Preview {
    let Some(room) = &model.room else { return Preview::default() };
    let text = room.composer.editor.text();
    if text.is_empty() && room.composer.problem.is_none() {
        return Preview::default();
    }
    if let Some(problem) = &room.composer.problem {
        return Preview { text: problem.clone(), problem: true, ..Preview::default() };
    }
    let ctx = context(model);
    if let Purpose::Amend(seq, _) = room.composer.purpose {
        let own = room.incident.timeline.get(seq).map(|entry| entry.occurred_at);
        return match quick_entry::amended(text, &ctx, own) {
            Err(problem) => Preview { text: problem.to_string(), problem: true, ..Preview::default() },
            Ok((None, rest)) => {
                Preview { text: format!("amends {seq}{}", asks(room, seq, rest)), ..Preview::default() }
            }
            Ok((Some(moment), rest)) => Preview {
                text: format!("amends {seq}{} to {}", asks(room, seq, rest), said_time(moment, model)),
                age: age(moment.at, model),
                ..Preview::default()
            },
        };
    }
    match quick_entry::parse(text, &ctx) {
        Err(EntryProblem::Empty | EntryProblem::NoText(_)) => Preview::default(),
        Err(EntryProblem::NoVerb) => {
            Preview { text: "a verb: help lists them".to_owned(), ..Preview::default() }
        }
        Err(problem) => Preview { text: problem.to_string(), problem: true, ..Preview::default() },
        // Said before Enter, where only the time is what stands in its way.
        Ok(QuickEntry { line: Line::Command { verb, rest }, at: Some(moment), .. })
            if verb::read(&verb, &rest, None).is_ok()
                && verb::read(&verb, &rest, Some((moment.at, moment.about))).is_err() =>
        {
            Preview { text: format!(":{verb} takes no time"), problem: true, ..Preview::default() }
        }
        Ok(entry) => {
            let (word, terms) = match &entry.line {
                // What it takes is said while nothing is there; beside a time and its age it would be in their place.
                Line::Command { verb, rest } => {
                    let word = verb::find(verb).map_or("no such verb", |v| {
                        if rest.is_empty() || entry.at.is_none() { v.usage } else { v.name }
                    });
                    (word, String::new())
                }
                // The promise counts from when the update went out, as it will be stored.
                Line::Update { audience, next } => {
                    let next = update_next(*next, &entry.text, entry.at.map_or(ctx.now, |m| m.at), model);
                    ("updt", format!("{}{next}", of_audience(*audience)).trim_start().to_owned())
                }
                Line::Decision { executor, check } => {
                    let check = check.map(|check| check.from(entry.at.map_or(ctx.now, |m| m.at)));
                    let check = check.map(|at| format!("check {}", ahead(at, model)));
                    ("decn", terms(executor.as_deref(), check))
                }
                Line::Ask { person, time_box } => ("ask", terms(person.as_deref(), time_box.map(exact_span))),
                line => (line.kind().map_or("note", crate::app::words::kind_word), String::new()),
            };
            if matches!(entry.line, Line::Command { .. }) && entry.at.is_none() {
                return Preview { text: word.to_owned(), ..Preview::default() };
            }
            let moment = entry.at.unwrap_or(Moment { at: ctx.now, about: false, day_named: false });
            let time = said_time(moment, model);
            let text = together(word, &terms, &time);
            let age = entry.at.map(|m| age(m.at, model)).unwrap_or_default();
            let secret = if entry.tags.iter().any(|t| t.eq_ignore_ascii_case(secret::UNMASKED)) {
                None
            } else {
                secret::rules_in(room.composer.editor.text()).first().copied()
            };
            let recall = match entry.line {
                Line::Hypothesis => recall(model, room, &entry.text),
                _ => String::new(),
            };
            let offer = offered_by(room, &entry);
            Preview { text, word: word.to_owned(), terms, time, age, offer, recall, problem: false, secret }
        }
    }
}

/// Whom an ask goes to and how long it has by its other words; empty when they say neither.
fn asks(room: &Room, seq: Seq, words: &str) -> String {
    let talk = &room.incident.talk;
    let Some(reasked) = talk.asks.get(&seq).map(|ask| talk.reasked(ask, words)) else { return String::new() };
    match terms(reasked.person.as_deref(), reasked.time_box.map(exact_span)) {
        terms if terms.is_empty() => terms,
        terms => format!(", ask {terms}"),
    }
}

/// A moment as it was read, with its day where that is not what one would think: `~Thu 2026-11-19 23:50Z`.
fn said_time(moment: Moment, model: &Model) -> String {
    let about = if moment.about { "~" } else { "" };
    let day =
        if moment.day_named { format!("{} ", day_in_zone(moment.at, model.zone())) } else { String::new() };
    format!("{about}{day}{}", clock(moment.at, model))
}

/// How long ago that was; empty for up to a minute.
fn age(at: Utc, model: &Model) -> String {
    let age = model.now - at;
    if age > chrono::TimeDelta::minutes(1) { format!("{} ago", format_span(age)) } else { String::new() }
}

/// Why something like a hypothesis was ruled out before; empty when nothing was.
fn recall(model: &Model, room: &Room, text: &str) -> String {
    let Some(old) = crate::domain::resemble::ruled_out(&room.incident, text) else { return String::new() };
    let at = clock(old.now.at, model);
    format!("like #{}, ruled out by {} {at}: {}", old.seq, old.now.by, old.now.why)
}

/// What stands at the right of the composer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// Kind, what was read beside the words, and time; or why the line is not taken.
    pub text: String,
    /// The kind alone; empty where the text is one piece.
    pub word: String,
    /// What was read beside the words of the line: the first to be cut where there is no room.
    pub terms: String,
    /// When it was; empty where the text is one piece.
    pub time: String,
    /// How long ago that was, when over a minute.
    pub age: String,
    /// The milestone that the line looks like.
    pub offer: Option<Milestone>,
    /// Why something like it was ruled out before.
    pub recall: String,
    /// They say why the line is not taken.
    pub problem: bool,
    /// The line holds what looks like a secret: the rule that knows it. Enter masks it.
    pub secret: Option<&'static str>,
}

impl Preview {
    /// Kind and time with as much of what was read between them.
    #[must_use]
    pub fn with(&self, terms: &str) -> String {
        if self.time.is_empty() { self.text.clone() } else { together(&self.word, terms, &self.time) }
    }
}

/// `decn 12:10Z`, `decn @dana · check 12:25Z 12:10Z`.
fn together(word: &str, terms: &str, time: &str) -> String {
    if terms.is_empty() { format!("{word} {time}") } else { format!("{word} {terms} {time}") }
}

/// A time of day with its zone: `14:34Z`, `15:34 CET`.
fn clock(at: Utc, model: &Model) -> String {
    if model.local {
        format!("{} {}", with_zone(at, model.zone()), crate::domain::time::zone_label(at, model.zone()))
    } else {
        format!("{}Z", with_zone(at, model.zone()))
    }
}

/// For whom an update is, where that is not the team.
fn of_audience(audience: Audience) -> String {
    if audience == Audience::Internal { String::new() } else { format!(" {audience}") }
}

/// When the next update is due; whoever meant a time that cannot be read is told before Enter.
fn update_next(next: Option<When>, text: &str, from: Utc, model: &Model) -> String {
    match next {
        Some(when) => format!(" next {}", ahead(when.from(from), model)),
        None if promise::is_unread(text) => " next: no time read".to_owned(),
        None => String::new(),
    }
}

/// What was read from a line beside its words: `@dana · check 12:25Z`.
fn terms(person: Option<&str>, term: Option<String>) -> String {
    let terms: Vec<String> = person.map(|name| format!("@{name}")).into_iter().chain(term).collect();
    terms.join(" · ")
}

/// A moment that lies ahead, with its day where that is another one.
fn ahead(at: Utc, model: &Model) -> String {
    if same_day(at, model.now, model.zone()) {
        clock(at, model)
    } else {
        format!("{} {}", day_in_zone(at, model.zone()), clock(at, model))
    }
}
