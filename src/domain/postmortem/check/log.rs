//! What a postmortem says of what the log says too. It must not ask for what the log does not say.

use super::super::front_matter::{FrontMatter, Key, parse_instant, quoted};
use super::super::markdown::MARK;
use super::super::{PartialDate, Problem, draft};
use crate::domain::incident::Incident;
use crate::domain::time::{Span, Utc};
use crate::domain::words::{DispositionWord, IncidentKind, Milestone, UnknownWord, Visibility};

/// The rule of a draft that is of another incident. What is published under an id that is not its own is found as
/// somebody else's, and cannot be published again: it cannot be waived.
pub const ID_DIFFERS: &str = "id-differs";

/// What the log answers beside id and severity, and what corrects it there.
const FACTS: [(Key, &str); 11] = [
    (Key::Date, "warroom milestone INC started --at TIME"),
    (Key::Kind, "warroom set INC --kind KIND"),
    (Key::Visibility, "warroom set INC --visibility VISIBILITY"),
    (Key::Disposition, "warroom set INC --disposition DISPOSITION"),
    (Key::Started, "warroom milestone INC started --at TIME"),
    (Key::Detected, "warroom milestone INC detected --at TIME"),
    (Key::Acknowledged, "warroom milestone INC acknowledged --at TIME"),
    (Key::Contained, "warroom milestone INC contained --at TIME"),
    (Key::Mitigated, "warroom milestone INC mitigated --at TIME"),
    (Key::Resolved, "warroom milestone INC resolved --at TIME"),
    (Key::Commander, "warroom role INC commander PERSON"),
];

/// Finds the words that are not of their set.
pub(super) fn words(front: &FrontMatter, problems: &mut Vec<Problem>) {
    type Read = fn(&str) -> Option<UnknownWord>;
    let sets: [(Key, Read); 3] = [
        (Key::Kind, |text| text.parse::<IncidentKind>().err()),
        (Key::Visibility, |text| text.parse::<Visibility>().err()),
        (Key::Disposition, |text| DispositionWord::leading(text).err()),
    ];
    for (key, unknown) in sets {
        if let Some(why) = said(front, key).and_then(unknown) {
            problems.push(Problem::new("unknown-word", front.line_of(key).unwrap_or(1), why.to_string()));
        }
    }
}

/// Finds where the front matter says other things than the log.
pub(super) fn find(front: &FrontMatter, log: &Incident, problems: &mut Vec<Problem>) {
    let line = |key| front.line_of(key).unwrap_or(1);
    let own = log.id.to_string();
    if let Some(id) = front.text(Key::Id).filter(|id| !id.eq_ignore_ascii_case(&own)) {
        let message = format!(
            "the id is {id:?}, and this is the postmortem of {own}: write `id: {}`; this cannot be waived",
            quoted(&own)
        );
        problems.push(Problem::new(ID_DIFFERS, line(Key::Id), message));
    }
    // As a draft of today has it, so that no draft differs that nobody changed.
    let logged = draft::front_matter(log);
    for (key, command) in FACTS {
        let (Some(says), Some(logged)) = (said(front, key), logged.text(key)) else { continue };
        if differs(key, says, logged, log) {
            let name = key.as_str();
            let message = format!(
                "`{name}` is {says:?}, and the log says {logged:?}: write `{name}: {}`, or correct the log: {}",
                quoted(logged),
                command.replacen("INC", &own, 1)
            );
            problems.push(Problem::new("differs-from-log", line(key), message));
        }
    }
}

/// What stands there, when somebody filled it in.
fn said(front: &FrontMatter, key: Key) -> Option<&str> {
    front.text(key).filter(|text| !text.contains(MARK))
}

/// Whether two values mean different things. A postmortem may be dated by the day on which the incident began, was
/// noticed, or was declared. What cannot be read is the business of other rules.
fn differs(key: Key, says: &str, logged: &str, log: &Incident) -> bool {
    match key {
        Key::Date => {
            let noticed = [log.milestone(Milestone::Detected), Some(log.declared_at)];
            let days = noticed.into_iter().flatten().map(|at| PartialDate::from(at.date_naive()));
            let days: Vec<PartialDate> = days.chain(logged.parse().ok()).collect();
            says.parse().is_ok_and(|says| !days.iter().any(|day| is_day_of(says, *day)))
        }
        Key::Kind => are_apart(says, logged, |text| text.parse::<IncidentKind>().ok(), |a, b| a != b),
        Key::Visibility => are_apart(says, logged, |text| text.parse::<Visibility>().ok(), |a, b| a != b),
        Key::Disposition => are_apart(
            says,
            logged,
            |text| DispositionWord::leading(text).ok(),
            |a, b| {
                // Behind another word than this one stands what people add to it.
                a.0 != b.0
                    || (a.0 == DispositionWord::DuplicateOf && log.id.sibling(a.1) != log.id.sibling(b.1))
            },
        ),
        Key::Commander => !says.trim_start_matches('@').eq_ignore_ascii_case(logged.trim_start_matches('@')),
        _ => are_apart(says, logged, parse_instant, is_another_time),
    }
}

fn are_apart<'a, T>(
    says: &'a str,
    logged: &'a str,
    read: impl Fn(&'a str) -> Option<T>,
    differ: impl Fn(T, T) -> bool,
) -> bool {
    read(says).zip(read(logged)).is_some_and(|(says, logged)| differ(says, logged))
}

/// Whether a date is that day, as far as it is written.
fn is_day_of(says: PartialDate, day: PartialDate) -> bool {
    let fits = |said: Option<u8>, day: Option<u8>| said.is_none() || said == day;
    says.year == day.year && fits(says.month, day.month) && fits(says.day, day.day)
}

/// Whether a time is another one than that of the log, as exactly as it is written: to the minute, or to the second.
fn is_another_time(says: Utc, logged: Utc) -> bool {
    use chrono::Timelike;
    let after = logged.signed_duration_since(says);
    if says.second() == 0 {
        // A minute may be cut off or rounded.
        return after < -Span::seconds(30) || after >= Span::minutes(1);
    }
    after < Span::zero() || after >= Span::seconds(1)
}
