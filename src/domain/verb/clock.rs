//! What follows `:clock` and `:target`: a clock, a time or a target, and a reason. It must not know which clocks run.

use crate::domain::clocks::ClockKey;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Request};
use crate::domain::severity::Target;
use crate::domain::time::Utc;
use crate::domain::time_spec::{Context, parse_ahead};

/// Reads `CLOCK [until TIME] REASON`, said at another time when one stood before it: what it grants counts from
/// there.
///
/// # Errors
/// When no clock or no reason is named, or the time has passed.
pub fn move_clock(words: &str, at: Option<(Utc, bool)>, ctx: &Context) -> Result<Asked, Refusal> {
    let (clock, rest) = clock(words).ok_or_else(|| usage("clock", "clock CLOCK [until TIME] REASON"))?;
    let said = Context { now: at.map_or(ctx.now, |(at, _)| at), ..*ctx };
    Ok(Asked { request: until(&clock, rest, &said)?, at })
}

/// Reads `[until] TIME REASON`, or a reason alone, which only says that a breach was seen.
///
/// # Errors
/// When the time has passed, or no reason is given.
pub fn until(clock: &str, words: &str, ctx: &Context) -> Result<Request, Refusal> {
    let words = words.trim();
    let (said, words) = match words.strip_prefix("until ") {
        Some(rest) => (true, rest),
        None => (false, words),
    };
    let (until, reason) = match parse_ahead(words, ctx).map_err(|e| Refusal::usage(e.to_string()))? {
        Some((at, rest)) => (Some(at), rest),
        None if said => {
            return Err(Refusal::usage("until when?")
                .hint("30m, 16:30, tomorrow 09:00 or 2026-11-20 16:30, then the reason"));
        }
        None => (None, words),
    };
    if reason.trim().is_empty() {
        return Err(Refusal::usage("another deadline needs a reason").hint("the time, then why"));
    }
    Ok(Request::AcknowledgeClock { clock: clock.to_owned(), until, reason: reason.trim().to_owned() })
}

/// Reads `CLOCK TARGET REASON`.
///
/// # Errors
/// When one of them is missing.
pub fn set_target(words: &str) -> Result<Request, Refusal> {
    let usage = || usage("target", "target CLOCK 8h|5 business days|none|default REASON");
    let (clock, rest) = clock(words).ok_or_else(usage)?;
    target(&clock, rest)
}

/// Reads `TARGET REASON`. A period that the team dates stands in quotation marks: `"next sprint" why`.
///
/// # Errors
/// When one of them is missing.
pub fn target(clock: &str, words: &str) -> Result<Request, Refusal> {
    let words = words.trim();
    let missing = || {
        Refusal::usage("a target and a reason are needed")
            .hint("8h, 5 business days, \"next sprint\", none or default, then why")
    };
    let (target, reason) = match words.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some((name, reason)) => (name.to_owned(), reason),
        None => leading(words).ok_or_else(missing)?,
    };
    if reason.trim().is_empty() {
        return Err(missing());
    }
    Ok(Request::SetTarget { clock: clock.to_owned(), target, reason: reason.trim().to_owned() })
}

/// The longest target at the beginning, of at most three words; no period of a name, which could be anything.
fn leading(words: &str) -> Option<(String, &str)> {
    (1..=3).rev().find_map(|count| {
        let end = ends(words).nth(count - 1)?;
        let (text, rest) = words.split_at_checked(end)?;
        let dated = text.parse::<Target>().is_ok_and(|t| !matches!(t, Target::Named(_)));
        (dated || text == "default").then(|| (text.to_owned(), rest))
    })
}

/// Where the words of a text end.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices()
        .filter(|(_, c)| c.is_whitespace())
        .map(|(at, _)| at)
        .chain(std::iter::once(text.len()))
}

/// The clock in front, of one word or two (`phase contain`, `ask #9`), and the rest.
fn clock(words: &str) -> Option<(String, &str)> {
    (1..=2).rev().find_map(|count| {
        let (text, rest) = words.trim_start().split_at_checked(ends(words.trim_start()).nth(count - 1)?)?;
        ClockKey::named(text).map(|key| (key.to_string(), rest.trim()))
    })
}

fn usage(verb: &str, usage: &str) -> Refusal {
    Refusal::usage(format!(":{verb} does not fit"))
        .hint(format!(":{usage}; clocks: response, resolution, update, a phase, ask 9, decision 7"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::zone::Tz;

    fn ctx() -> Context {
        Context { now: "2026-11-20T14:00:00Z".parse().unwrap(), zone: Tz::UTC }
    }

    #[test]
    fn a_clock_is_moved_by_a_time_and_a_reason() {
        let ago = Some(("2026-11-20T13:56:00Z".parse().unwrap(), false));
        let read_at = |words: &str, at| match move_clock(words, at, &ctx()).map(|a| a.request) {
            Ok(Request::AcknowledgeClock { clock, until, reason }) => {
                let until = until.map_or("-".to_owned(), |at| at.format("%d %H:%M").to_string());
                format!("{clock} {until} {reason}")
            }
            other => format!("{other:?}"),
        };
        let read = |words: &str| read_at(words, None);
        assert_eq!(read_at("resolve 2h vendor", ago), "resolution 20 15:56 vendor", "counts from then");
        assert_eq!(move_clock("update seen", ago, &ctx()).unwrap().at, ago);
        assert_eq!(read("resolution until 16:30 vendor is on it"), "resolution 20 16:30 vendor is on it");
        assert_eq!(read("resolve 2h vendor"), "resolution 20 16:00 vendor");
        assert_eq!(read("ask #9 until 30m asleep"), "ask:9 20 14:30 asleep");
        assert_eq!(read("contain until 2026-11-21 09:00 x"), "phase:contain 21 09:00 x");
        assert_eq!(read("update until tomorrow 09:00 they sleep"), "update 21 09:00 they sleep");
        assert_eq!(read("update seen, busy"), "update - seen, busy");
    }

    #[test]
    fn what_does_not_fit_says_how_it_would() {
        for (words, part) in [
            ("", "CLOCK"),
            ("lunch until 16:30 x", "CLOCK"),
            ("update until soon", "until when?"),
            ("update until 16:30", "reason"),
            ("update until 2026-11-19 16:30 x", "has passed"),
        ] {
            let refusal = move_clock(words, None, &ctx()).unwrap_err();
            let said = format!("{} {}", refusal.message, refusal.hint);
            assert!(said.contains(part), "{words}: {said}");
        }
    }

    #[test]
    fn a_target_is_the_longest_that_can_be_read() {
        let read = |words: &str| match set_target(words) {
            Ok(Request::SetTarget { clock, target, reason }) => format!("{clock}|{target}|{reason}"),
            other => format!("{other:?}"),
        };
        assert_eq!(read("resolution 8h agreed with them"), "resolution|8h|agreed with them");
        assert_eq!(read("resolution 5 business days law"), "resolution|5 business days|law");
        assert_eq!(read("resolve \"next sprint\" low"), "resolution|next sprint|low");
        assert_eq!(read("phase contain none open end"), "phase:contain|none|open end");
        assert_eq!(read("update default calm again"), "update|default|calm again");
        assert!(set_target("resolution 8h").is_err() && set_target("resolution soon please").is_err());
    }
}
