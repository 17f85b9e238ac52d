//! Tests of the promises of updates.

use super::*;
use crate::domain::zone::Tz;

fn at(text: &str) -> Utc {
    text.parse().unwrap()
}

fn ctx() -> Context {
    Context { now: at("2026-11-25T14:36:00Z"), zone: Tz::UTC }
}

#[test]
fn a_time_ahead_is_a_span_a_clock_time_or_a_date() {
    let read = |text: &str| ahead(text, &ctx());
    assert_eq!(read("30m"), Ok(When::In(Span::minutes(30))));
    assert_eq!(read("+1h"), Ok(When::In(Span::hours(1))));
    assert_eq!(read("15:06"), Ok(When::At(at("2026-11-25T15:06:00Z"))));
    assert_eq!(read("14:00"), Ok(When::At(at("2026-11-26T14:00:00Z"))), "the next one");
    assert_eq!(read("2026-11-27 09:00"), Ok(When::At(at("2026-11-27T09:00:00Z"))));
    assert_eq!(read("2026-11-25 14:00Z"), Err(NotAhead::Passed(at("2026-11-25T14:00:00Z"))));
    for text in ["soon", "-4m", "~15:00", "0m", "", "y 23:50", "Y 23:50Z", "y 13:00"] {
        assert_eq!(read(text), Err(NotAhead::NotATime), "{text}");
    }
}

#[test]
fn next_at_the_end_of_a_text_is_taken_out() {
    let read = |text: &'static str| marker(text, &ctx());
    assert_eq!(read("we are looking, next 30m"), Some(("we are looking", When::In(Span::minutes(30)))));
    assert_eq!(read("looking\nnext 15:06"), Some(("looking", When::At(at("2026-11-25T15:06:00Z")))));
    assert_eq!(read("next 30m"), Some(("", When::In(Span::minutes(30)))));
    for text in ["what happens next", "the next 30 minutes", "see you next week", "30m", "next"] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn the_line_of_the_text_that_names_it_is_read() {
    let read = |text: &str| stated(text, &ctx());
    let clock = Some(Ok(When::At(at("2026-11-25T15:06:00Z"))));
    for text in [
        "Next update: 2026-11-25 15:06 UTC",
        "Status: x\nNext update: 15:06 UTC (16:06 CET)\n",
        "- next update by 15:06Z.",
        "Next update: 15:06",
        "**Next update:** 2026-11-25 15:06 UTC",
        "Next update at 15:06 UTC, or sooner",
    ] {
        assert_eq!(read(text), clock, "{text}");
    }
    let half = Some(Ok(When::In(Span::minutes(30))));
    for text in ["Next update: in 30 minutes", "next update within 30m", "Next update: 30 min"] {
        assert_eq!(read(text), half, "{text}");
    }
    assert_eq!(
        read("Next update: 2026-11-25 14:30 UTC"),
        Some(Err(NotAhead::Passed(at("2026-11-25T14:30:00Z"))))
    );
    for text in ["no promise", "Next update: none", "Next update: 16:06 CET", "Next update:", "Next updates"]
    {
        assert_eq!(read(text), None, "{text}: a zone that is not known, or no time, promises nothing");
    }
}

/// Updates that promise, with what is left of them, the promise in minutes from 14:36, and the text of it.
#[test]
fn what_promises_is_read_wherever_it_stands() {
    let at = |text: &str| match (marker(text, &ctx()), stated(text, &ctx())) {
        (Some((rest, when)), _) => Some((rest.to_owned(), when.from(ctx().now))),
        (None, Some(Ok(when))) => Some((text.to_owned(), when.from(ctx().now))),
        _ => None,
    };
    for (text, rest, minutes) in [
        ("looking, next 15:06 UTC", "looking", 30),
        ("notice, next 15:06 GMT.", "notice", 30),
        ("we look, next 30min", "we look", 30),
        ("backups ran\n- next 15:06", "backups ran", 30),
        ("we look, next 2026-11-25 15:06 UTC", "we look", 30),
    ] {
        let minutes = ctx().now + Span::minutes(minutes);
        assert_eq!(at(text), Some((rest.to_owned(), minutes)), "{text}");
        assert!(!is_unread(rest), "{rest}");
    }
    for (text, minutes) in [
        ("we look, next in 30m", 30),
        ("we look. next 30 minutes", 30),
        ("we look. Next at 15:06.", 30),
        ("we look, next: 15:06", 30),
        ("We sent the first mails at 14:00, next at 15:06", 30),
        ("we look \u{2014} next in 1 hour and 30 minutes", 90),
        ("next in 2 hours", 120),
        ("we look\nnext in 2 hours", 120),
        ("contained, next update 15:06", 30),
        ("cause found, next update in 1h", 60),
        ("cause found, next update in 1h.", 60),
        ("sorry. Next update at 15:06 UTC.", 30),
        ("sorry. Next update at 15:06 UTC. Thank you for your patience.", 30),
        ("contained (next update 15:06)", 30),
        ("contained - next update 15:06Z", 30),
        ("contained; next update by 15:06 UTC (16:06 CET)", 30),
        ("We will post the next update at 15:06 UTC.", 30),
        ("We have contained it. We\u{2019}ll share more in the next update in 1 hour.", 60),
        ("contained, next update 15:06 or sooner", 30),
        ("next update 14:00, no: next update 15:00\nsorry, next update 15:06", 30),
        ("Next update in 1 hour 30 minutes", 90),
        ("We will provide the next update at 15:06 UTC today.", 30),
        ("Next update at 15:06 today, as the graph says", 30),
        ("Next update on 2026-11-25 at 15:06 UTC", 30),
        ("contained, next update on 2026-11-25 at 15:06 UTC.", 30),
        ("Next update at 15:06. Not all is well", 30),
        ("Next update in 30m. AWS is at it", 30),
        // A real one.
        (
            "We will provide further updates in due course, but in any event, the next update will be in 30 \
             minutes.",
            30,
        ),
    ] {
        let minutes = ctx().now + Span::minutes(minutes);
        assert_eq!(at(text), Some((text.to_owned(), minutes)), "{text}");
    }
}

#[test]
fn tomorrow_beside_a_clock_time_is_the_day_after_today_and_no_other_day_is_guessed() {
    let read = |text: &str, ctx: &Context| match (marker(text, ctx), stated(text, ctx)) {
        (Some((_, when)), _) | (None, Some(Ok(when))) => Some(when.from(ctx.now)),
        _ => None,
    };
    for (text, wanted) in [
        ("next update tomorrow 09:00", "2026-11-26T09:00:00Z"),
        ("Next update: tomorrow at 9:00 UTC.", "2026-11-26T09:00:00Z"),
        // Its own time of today is ahead as well.
        ("contained, next update tomorrow 15:06", "2026-11-26T15:06:00Z"),
        ("contained, next update at 15:06 tomorrow", "2026-11-26T15:06:00Z"),
        ("We will post the next update by 15:06 UTC tomorrow.", "2026-11-26T15:06:00Z"),
        ("we look, next tomorrow 09:00", "2026-11-26T09:00:00Z"),
        ("contained, next update at 21:00 tonight", "2026-11-25T21:00:00Z"),
        ("Next update at 15:06, tomorrow we roll back", "2026-11-25T15:06:00Z"),
        ("Next update at 15:06. Tomorrow we roll back", "2026-11-25T15:06:00Z"),
        ("Next update at 15:06 on our status page", "2026-11-25T15:06:00Z"),
    ] {
        assert_eq!(read(text, &ctx()), Some(at(wanted)), "{text}");
    }
    for text in [
        "next update tomorrow",
        "Next update: tomorrow",
        "next update tomorrow morning",
        "contained, next update tomorrow in 30m",
        "next update in 30m tomorrow",
        "next update at 15:06, tomorrow",
        "next update at 15:06 on Monday",
        "next update at 15:06 Friday",
        "next update at 15:06 on 27 November",
        "next update Monday 09:00",
        "next update tomorrow 25:00",
    ] {
        assert_eq!(read(text, &ctx()), None, "{text}");
        assert!(is_unread(text) && promises_unread(text, &ctx()), "{text}");
    }
    // Half past midnight in Vienna it is still yesterday in Greenwich: of which day is tomorrow the next?
    let vienna = Context { now: at("2026-11-25T23:30:00Z"), zone: Tz::named("Europe/Vienna").unwrap() };
    assert_eq!(read("next update tomorrow 09:00", &vienna), Some(at("2026-11-27T08:00:00Z")));
    assert_eq!(read("next update tomorrow 09:00 UTC", &vienna), None);
}

#[test]
fn a_promise_without_a_time_is_told_from_a_sentence() {
    for text in [
        "next update in a bit",
        "contained, next update in a few minutes.",
        "Next update: in half a day",
        "we'll post the next update soon",
        "next update later today",
        "next update on Monday",
        "next update 25:00",
    ] {
        assert!(is_unread(text) && promises_unread(text, &ctx()), "{text}");
    }
    for text in [
        "next update in 30m",
        "Next update: in half an hour",
        "we look, next 30m",
        "Next update: none, unless something changes",
        "Next update: as they know more",
        "the next update of the agent comes tomorrow",
        "the vendor says next update in 2h",
        "we missed the next update at 15:06",
        "contained, next update in a new thread",
        "Next update: [fill in: when]",
        "what comes next tomorrow",
        "contained",
    ] {
        assert!(!promises_unread(text, &ctx()), "{text}");
    }
}

#[test]
fn a_sentence_with_next_in_it_promises_nothing() {
    let promises = |text: &str| marker(text, &ctx()).is_some() || stated(text, &ctx()).is_some();
    for text in [
        "the next 3 nodes",
        "we drain the next 3 nodes",
        "next 3 nodes are drained",
        "rolled out to the next 2 releases",
        "next 2 releases",
        "next 3",
        "monitor it for the next 30m",
        "keep an eye on it over the next 2 hours",
        "we are on it the next 30 minutes",
        "node by node, next 3 minutes of waiting each",
        "Monitor CloudTrail for the next 30 minutes to confirm the credential is no longer used",
        "at the end of the next 30 days there won't be any error budget left at this rate",
        "You should take a look in the next 24-48 hours.",
        "In progress (next 2 weeks):",
        "medium, within the next 2 sprints/4 weeks",
        "P4 <1 week/next sprint; Sev1 15 m",
        "we meet next at 15:06",
        "the deploy is next in 30m",
        "eu is next, 15:06 at the latest",
        "and when the next update will arrive.",
        "the vendor says next update in 2h",
        "AWS: next update 15:06",
        "we missed the next update at 15:06",
        "we will not post the next update at 15:06",
        "no next update at 15:06",
        "sorry, the next update at 15:06 of the agent breaks it",
        "we roll back, next update of the agent 15:06",
        "is the next update at 15:06?",
        "next updates 15:06, 16:06",
        "Next update: none, unless something changes",
        "next update in 30m is cancelled",
        "Next update at 15:06, cancelled",
        "Next update at 15:06 UTC will not come",
        "We will provide the next update at 14:00 UTC today.",
        "the team said, next update 25:00",
        "contained, next update 16:06 CET",
        "GET /hub/login?next=2026-11-25 15:06",
        "next.js 15:06",
    ] {
        assert!(!promises(text), "{text}: {:?} {:?}", marker(text, &ctx()), stated(text, &ctx()));
    }
}

#[test]
fn a_time_that_cannot_be_read_is_told_and_a_number_is_not() {
    for text in [
        "contained, next update 25:00",
        "contained, next update 16:06 CET",
        "next update on Monday 9:00",
        "we look, next 14.30",
        "we look, next 2pm",
        "we look, next 30",
        "the vendor says next update in 2h",
    ] {
        assert!(is_unread(text), "{text}");
    }
    for text in [
        "the next 3 nodes",
        "next 2 releases",
        "next 2nd node",
        "for the next 30 minutes",
        "Next update: none, unless something changes",
        "what comes next",
        "Next update: [fill in: when]",
        "",
    ] {
        assert!(!is_unread(text), "{text}");
    }
}
