//! What holds for every line of the composer, whatever was typed.

use warroom::domain::composed::composed;
use warroom::domain::quick_entry::{self, Line, QuickEntry};
use warroom::domain::request::When;
use warroom::domain::time::{self, Utc};
use warroom::domain::time_spec::{AHEAD, Context};
use warroom::domain::verb;

/// The longest refusal: one that somebody reads.
const LONGEST_REFUSAL: usize = 600;

pub(crate) fn hold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let now: Utc = "2026-11-22T10:00:00Z".parse().unwrap();
    for zone in [
        warroom::domain::zone::Tz::UTC,
        warroom::domain::zone::Tz::named("Europe/Berlin").unwrap(),
        warroom::domain::zone::Tz::named("Pacific/Apia").unwrap(),
        warroom::domain::zone::Tz::named("Asia/Kathmandu").unwrap(),
    ] {
        line(&text, &Context { now, zone });
    }
}

/// A line is read or refused and never half taken.
pub(crate) fn line(text: &str, ctx: &Context) {
    let entry = match quick_entry::parse(text, ctx) {
        Ok(entry) => entry,
        Err(refused) => {
            let refused = refused.to_string();
            assert!(!refused.is_empty() && refused.len() < LONGEST_REFUSAL, "{refused}");
            return;
        }
    };
    assert!(entry.at.is_none_or(|moment| moment.at <= ctx.now + AHEAD), "in the future: {entry:?}");
    if let Line::Command { verb, rest } = &entry.line {
        assert!(text.contains(rest.as_str()) && !verb.is_empty(), "{entry:?}");
        assert!(text.to_ascii_lowercase().contains(verb.as_str()), "{entry:?}");
        assert!(entry.text.is_empty() && entry.tags.is_empty(), "{entry:?}");
    } else {
        assert!(!entry.text.trim().is_empty(), "{entry:?}");
        assert!(text.contains(&entry.text), "{entry:?} says what was not typed");
        let lower = text.to_lowercase();
        assert!(entry.tags.iter().all(|tag| lower.contains(&format!("#{tag}"))), "{entry:?}");
        // A name is one, however its letters are written.
        let whole = composed(text);
        assert!(entry.mentions.iter().all(|name| whole.contains(&format!("@{name}"))), "{entry:?}");
        printed_and_read_again(&entry, ctx);
    }
    // Whatever the verb, it is taken or refused in words.
    if let Err(refusal) = verb::of_entry(entry) {
        assert!(!refusal.to_string().is_empty());
    }
}

/// What was read is read again from its plainest spelling: nothing in a text turns into a mark or an argument.
fn printed_and_read_again(entry: &QuickEntry, ctx: &Context) {
    let text = &entry.text;
    let plainest = match &entry.line {
        // Words at the ends of these are arguments; a text that was left of a line may hold more of them.
        Line::Decision { .. } | Line::Ask { .. } | Line::Update { .. } | Line::Command { .. } => return,
        Line::Note { starred: false } => format!("\\ {text}"),
        Line::Note { starred: true } => format!("* {text}"),
        Line::Hypothesis => format!("? {text}"),
    };
    let at = entry.at.map(|moment| {
        let about = if moment.about { "~" } else { "" };
        format!("{about}{} ", moment.at.format("%Y-%m-%d %H:%MZ"))
    });
    let printed = at.unwrap_or_default() + &plainest;
    if printed.len() > quick_entry::LONGEST_ENTRY {
        return;
    }
    let again = quick_entry::parse(&printed, ctx).unwrap_or_else(|e| panic!("{printed:?} of {entry:?}: {e}"));
    assert_eq!((&again.line, &again.text), (&entry.line, &entry.text), "from {printed:?}");
    assert_eq!((&again.tags, &again.mentions), (&entry.tags, &entry.mentions), "from {printed:?}");
    let minutes = |entry: &QuickEntry| entry.at.map(|m| (m.at.timestamp().div_euclid(60), m.about));
    assert_eq!(minutes(&again), minutes(entry), "from {printed:?}");
    spans(&again);
}

/// A span is written so that it is read as the same.
fn spans(entry: &QuickEntry) {
    let said = match &entry.line {
        Line::Decision { check: Some(When::In(span)), .. } => Some(*span),
        Line::Ask { time_box, .. } => *time_box,
        _ => None,
    };
    if let Some(span) = said {
        assert_eq!(time::parse_span(&time::exact_span(span)).ok(), Some(span));
    }
}
