//! What the word under the cursor could become: verbs and their arguments after `:`, people after `@`, tags after
//! `#`, terms of a filter. Pure. It only offers: Tab takes an offer, no other key does, and what is offered depends
//! on the usage that a verb tells in its table.

use super::known;
use super::model::{AskFor, Model, Overlay, Purpose, Room, Screen};
use super::update::compose::context;
use crate::domain::audience::Audience;
use crate::domain::clocks;
use crate::domain::composed::folded;
use crate::domain::filter;
use crate::domain::ids::Seq;
use crate::domain::incident::Step;
use crate::domain::time_spec;
use crate::domain::verb;
use crate::domain::words::{
    ClosureItem, DispositionWord, EntryKind, HypothesisState, Milestone, Phase, StepState,
};

/// One word that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is put into the line.
    pub text: String,
    /// What is said beside it, where the word alone says too little.
    pub detail: String,
}

/// The offers for a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Where the word begins, in bytes.
    pub from: usize,
    /// What it could become, never empty.
    pub choices: Vec<Choice>,
}

/// The word that Tab goes through, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The offers, as they were before the first Tab.
    pub offer: Offer,
    /// Which of them stands in the line; none while only their common beginning does.
    pub nth: Option<usize>,
}

fn plain(text: impl Into<String>) -> Choice {
    Choice { text: text.into(), detail: String::new() }
}

fn told(text: impl Into<String>, detail: &str) -> Choice {
    Choice { text: text.into(), detail: detail.to_owned() }
}

/// What is offered now for the line that has the keys; none when there is nothing to say.
#[must_use]
pub fn offer(model: &Model) -> Option<Offer> {
    match model.overlays.last() {
        Some(Overlay::Ask(ask)) => {
            let head = ask.editor.text().get(..ask.editor.cursor())?;
            return match ask.purpose {
                AskFor::Filter => filter_term(model, head),
                AskFor::Identity | AskFor::Evidence(_) | AskFor::Author => None,
                _ => named(model, head),
            };
        }
        Some(_) => return None,
        None => {}
    }
    let room = model.room.as_ref().filter(|r| model.screen == Screen::Room && r.composer.open)?;
    let head = room.composer.editor.text().get(..room.composer.editor.cursor())?;
    if room.composer.purpose == Purpose::Entry
        && let Some(line) = after_time(head, &context(model)).strip_prefix(':')
    {
        return command(model, room, line, head.len());
    }
    named(model, head)
}

/// The line without the time in front.
fn after_time<'a>(head: &'a str, ctx: &time_spec::Context) -> &'a str {
    let body = head.trim_start();
    match time_spec::parse_leading(body, ctx) {
        Ok(Some((_, rest))) => rest,
        _ => body,
    }
}

/// Where the last word of a text begins.
fn word_start(head: &str) -> usize {
    head.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
}

/// The choices that go on with what is typed; none when the only one is typed already.
fn fitting(from: usize, typed: &str, choices: Vec<Choice>) -> Option<Offer> {
    let typed = folded(typed);
    let mut left: Vec<Choice> = choices.into_iter().filter(|c| folded(&c.text).starts_with(&typed)).collect();
    if left.len() == 1 && left.first().is_some_and(|c| c.text == typed) {
        left.clear();
    }
    (!left.is_empty()).then_some(Offer { from, choices: left })
}

/// People after `@`, tags after `#`, in any text.
fn named(model: &Model, head: &str) -> Option<Offer> {
    let from = word_start(head);
    let word = head.get(from..)?;
    let room = model.room.as_ref()?;
    let choices = match word.chars().next()? {
        '@' => known::people(model).into_iter().map(|p| plain(format!("@{p}"))).collect(),
        '#' => known::tags(room).into_iter().map(|t| plain(format!("#{t}"))).collect(),
        _ => return None,
    };
    fitting(from, word, choices)
}

/// A verb, or the argument of one. `line` is what follows the colon, `end` where it ends.
fn command(model: &Model, room: &Room, line: &str, end: usize) -> Option<Offer> {
    let start = word_start(line);
    let word = line.get(start..)?;
    let from = end.saturating_sub(word.len());
    let mut before = line.get(..start)?.split_whitespace();
    let Some(name) = before.next() else {
        let verbs = verb::VERBS.iter().map(|v| told(v.name, v.doc)).collect();
        return fitting(from, word, verbs);
    };
    let spec = verb::find(name)?;
    let mut place = before.clone().count();
    // `:tick 3 @carol`: a word with @ is a person wherever it stands.
    if word.starts_with('@') && spec.usage.contains('@') {
        return named(model, word).and_then(|offer| fitting(from, word, offer.choices));
    }
    if spec.name == "drill" {
        let words: &[&str] = match (place, before.next()) {
            (0, _) => &["score", "inject", "mark"],
            (2, Some("mark")) => &["met", "late", "missed"],
            _ => &[],
        };
        return fitting(from, word, words.iter().map(|w| plain(*w)).collect());
    }
    let wanted: Vec<&str> = spec.usage.split_whitespace().skip(1).collect();
    // The asset of a scope may have several words; its state is the last.
    if spec.name == "scope" {
        place = place.min(1);
    }
    let last = wanted.last().copied().filter(|w| w.ends_with("..."));
    let wanted = wanted.get(place).copied().or(last)?;
    fitting(from, word, argument(model, room, spec.name, wanted))
}

/// The words that an argument can have, by its name in the usage.
fn argument(model: &Model, room: &Room, verb: &str, wanted: &str) -> Vec<Choice> {
    let incident = &room.incident;
    let words = |all: &[&str]| all.iter().map(|w| plain(*w)).collect::<Vec<_>>();
    match (wanted.trim_matches(['[', ']']).trim_end_matches("..."), verb) {
        ("NAME", "severity") => {
            let profile = model.policy.profile_named(&incident.profile);
            profile.levels().map(|l| told(l.name.clone(), &l.definition)).collect()
        }
        ("NAME", "phase") => Phase::ALL.iter().map(|p| plain(p.as_str())).collect(),
        ("NAME", "milestone") => Milestone::ALL.iter().map(|m| plain(m.as_str())).collect(),
        ("NAME", "service") => incident.services.iter().map(plain).collect(),
        ("NAME", "tag") => known::tags(room).into_iter().map(plain).collect(),
        ("ROLE", "release") => {
            incident.roster.now().iter().map(|h| told(h.role.clone(), &h.person)).collect()
        }
        ("ROLE", _) => model
            .policy
            .roles()
            .into_iter()
            .map(|role| {
                let holder = incident.roster.holder(&role).unwrap_or_default().to_owned();
                told(role, &holder)
            })
            .collect(),
        ("@person" | "@owner", _) => {
            known::people(model).into_iter().map(|p| plain(format!("@{p}"))).collect()
        }
        ("STEP", verb) => {
            let fits = |s: &&Step| match verb {
                "undo-step" => matches!(s.state, StepState::Done | StepState::Skipped),
                _ => matches!(s.state, StepState::Todo | StepState::Doing | StepState::Blocked),
            };
            incident.checklist.steps().filter(fits).map(|s| told(s.number.to_string(), &s.text)).collect()
        }
        ("LINE", "ack" | "answer") => {
            incident.talk.open_asks().iter().map(|a| told(a.seq.to_string(), &a.text)).collect()
        }
        ("LINE", "hypothesis") => {
            let open = incident.talk.hypotheses.values().rev();
            open.filter(|h| h.now.state == HypothesisState::Open)
                .map(|h| told(h.seq.to_string(), &h.text))
                .collect()
        }
        ("LINE", "verdict") => {
            let open = incident.talk.decisions.values().rev().filter(|d| d.verdict.is_none());
            open.map(|d| told(d.seq.to_string(), &d.text)).collect()
        }
        ("LINE", _) => recent(room).into_iter().map(|(seq, text)| told(seq.to_string(), text)).collect(),
        ("RUNBOOK", _) => room.library.iter().map(|r| told(r.name.clone(), &r.title)).collect(),
        ("CLOCK", verb) => clocks::clocks(incident, &model.policy, model.now)
            .iter()
            .filter(|c| verb != "target" || c.key.has_target())
            .map(|c| told(c.key.to_string(), &c.what))
            .collect(),
        ("ITEM", _) => ClosureItem::ALL.iter().map(|i| plain(i.as_str())).collect(),
        ("WORD", "disposition") => DispositionWord::ALL.iter().map(|d| plain(d.as_str())).collect(),
        ("KIND", "link") => words(&["bridge", "channel", "ticket", "dashboard"]),
        ("AUDIENCE", _) => Audience::ALL.iter().map(|a| plain(a.as_str())).collect(),
        ("ASSET", _) => {
            incident.record.scope.iter().map(|s| told(s.asset.clone(), s.state.as_str())).collect()
        }
        // `held|reversed|no-effect`: the usage itself names them.
        (alternatives, _) if alternatives.contains('|') && !alternatives.contains(char::is_uppercase) => {
            alternatives.split('|').map(plain).collect()
        }
        _ => Vec::new(),
    }
}

/// The last lines of people, the newest first.
fn recent(room: &Room) -> Vec<(Seq, &str)> {
    let said = room.incident.timeline.stored().iter().rev();
    said.filter(|e| e.kind != EntryKind::System).take(30).map(|e| (e.seq, e.text.as_str())).collect()
}

/// A term of a filter.
fn filter_term(model: &Model, head: &str) -> Option<Offer> {
    let from = word_start(head);
    let word = head.get(from..)?;
    let colon = word.find(':').map(|at| at.saturating_add(1));
    let value = word.rfind([':', ',']).map_or(0, |at| at.saturating_add(1));
    let (place, choices): (usize, Vec<Choice>) = match (word.chars().next(), word.get(..colon.unwrap_or(0))) {
        (Some('@' | '#'), _) => return named(model, head),
        (_, Some("kind:")) => {
            (value, EntryKind::ALL.iter().map(|k| plain(k.as_str())).chain([plain("step")]).collect())
        }
        (_, Some("by:")) => (value, known::people(model).into_iter().map(plain).collect()),
        (_, Some("since:" | "until:")) => return None,
        (None, _) => {
            let signs = ["@", "#"].map(plain);
            return Some(Offer {
                from,
                choices: filter::PREFIXES.map(plain).into_iter().chain(signs).collect(),
            });
        }
        _ => (0, filter::PREFIXES.iter().map(|p| plain(*p)).collect()),
    };
    fitting(from.saturating_add(place), word.get(place..)?, choices)
}
