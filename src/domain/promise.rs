//! The time of the next update as people write it: `30m`, `15:30Z`, `next 30m` at the end of a text, its line
//! `Next update: 2026-11-25 15:06 UTC`, or a clause such as `next update in 1h` or `next update tomorrow 09:00`. One
//! reader for the composer, the commands and the rules. It must not read a clock, and it must not guess: a zone that it
//! does not know is no time, nor is a day without one, and a sentence that has `next` in it is no promise.

use crate::domain::request::When;
use crate::domain::time::{Span, Utc, parse_span, same_day, zone_label};
use crate::domain::time_spec::{self, AHEAD, Context, TimeProblem};

/// Why a text is no time ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAhead {
    /// It is no time.
    NotATime,
    /// It is one that has passed.
    Passed(Utc),
}

/// The words of an update that name the time of the next one.
const LEAD: &str = "next update";
/// The word before a time at the end of a text.
const MARKER: &str = "next";
/// Words between these and the time.
const BETWEEN: [&str; 16] = [
    "by", "in", "at", "on", "within", "is", "will", "be", "due", "expected", "about", "around", "follows",
    "comes", "before", "planned",
];
/// What may go on behind the time of a promise in the middle of a text.
const GOES_ON: [&str; 4] = ["or", "unless", "latest", "at"];
/// What says behind the time of a promise that it is none.
const CALLED_OFF: [&str; 6] = ["cancelled", "canceled", "postponed", "skipped", "delayed", "not"];
/// The words of a clause that promises: with any other one it may be told of somebody else's update, or of one that
/// was.
const PROMISING: [&str; 34] = [
    "the",
    "our",
    "your",
    "a",
    "and",
    "but",
    "so",
    "with",
    "in",
    "we",
    "will",
    "we'll",
    "we\u{2019}ll",
    "i",
    "i'll",
    "i\u{2019}ll",
    "you",
    "have",
    "provide",
    "post",
    "give",
    "send",
    "share",
    "publish",
    "bring",
    "expect",
    "please",
    "more",
    "details",
    "information",
    "news",
    "follows",
    "follow",
    "come",
];
/// Words that make `next 30m` behind them a span of the sentence.
const OF_A_SPAN: [&str; 20] = [
    "the", "our", "your", "my", "its", "his", "her", "their", "this", "these", "those", "a", "for", "in",
    "over", "within", "of", "during", "every", "until",
];
/// The day that may stand on either side of a clock time. Of other days, which one is meant is nobody's to guess.
const TOMORROW: &str = "tomorrow";
/// Words between it and a clock time behind it.
const OF_A_DAY: [&str; 5] = ["at", "by", "before", "around", "about"];
/// The days of the week, which put a clock time on another day than the next one.
const WEEKDAYS: [&str; 14] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
];
/// Words that say when without a time that a clock could count to.
const VAGUE: [&str; 12] = [
    "tomorrow",
    "today",
    "tonight",
    "noon",
    "midnight",
    "morning",
    "afternoon",
    "evening",
    "soon",
    "shortly",
    "later",
    "asap",
];
/// Words between `next update` and these.
const BEFORE_VAGUE: [&str; 6] = ["the", "this", "early", "late", "as", "sometime"];
/// How a span begins that is written in words: `in a few minutes`, `in half a day`.
const SPELLED: [&str; 20] = [
    "a", "an", "half", "few", "some", "several", "one", "two", "three", "four", "five", "six", "ten",
    "twelve", "fifteen", "twenty", "thirty", "forty", "sixty", "ninety",
];
/// What of it is a span, and no other thing.
const OF_SPELLED: [&str; 12] = [
    "bit",
    "while",
    "moment",
    "moments",
    "minute",
    "minutes",
    "mins",
    "hour",
    "hours",
    "day",
    "days",
    "half-hour",
];
/// What ends a clause in front of a promise.
const CLAUSE: [char; 8] = [',', ';', '.', '!', '?', '(', '\u{2014}', '\u{2013}'];

/// Reads a text that is a time ahead and nothing else: `15m`, `14:05`, `2026-11-20 14:05Z`. A bare clock time is the
/// next one from now; one of yesterday is no time ahead.
///
/// # Errors
/// When it is no time, or one that has passed.
pub fn ahead(text: &str, ctx: &Context) -> Result<When, NotAhead> {
    let text = text.trim();
    if let Ok(span) = parse_span(text.trim_start_matches('+')) {
        return if span > Span::zero() { Ok(When::In(span)) } else { Err(NotAhead::NotATime) };
    }
    // The last such time before tomorrow's now is the next one from here.
    let reach = |days: i64| {
        let now = ctx.now.checked_add_signed(Span::days(days)).and_then(|at| at.checked_sub_signed(AHEAD));
        time_spec::parse_exact(text, &Context { now: now.unwrap_or(Utc::MAX_UTC), zone: ctx.zone })
    };
    let moment = match reach(1) {
        Err(TimeProblem::Future { .. }) => reach(36_500),
        other => other,
    };
    match moment {
        // Read from tomorrow's now, yesterday would be today.
        Ok(moment) if text.starts_with(['-', 'y', 'Y']) || moment.about => Err(NotAhead::NotATime),
        Ok(moment) if moment.at <= ctx.now => Err(NotAhead::Passed(moment.at)),
        Ok(moment) => Ok(When::At(moment.at)),
        Err(_) => Err(NotAhead::NotATime),
    }
}

/// The same, and as a sentence would have it: `tomorrow 09:00`, `in 30m`, `at 15:00 UTC`, `in half an hour`.
///
/// # Errors
/// When it is no time, or one that has passed.
pub fn given(text: &str, ctx: &Context) -> Result<When, NotAhead> {
    match ahead(text, ctx) {
        Err(NotAhead::NotATime) => whole(text, &["in", "at", "by", "within"], ctx).ok_or(NotAhead::NotATime),
        read => read,
    }
}

/// Reads `next 30m`, `next 15:30 UTC` or, as a clause of its own, `next in 30 minutes` at the end of a text. Gives the text
/// without it; a clause stays.
#[must_use]
pub fn marker<'a>(text: &'a str, ctx: &Context) -> Option<(&'a str, When)> {
    let text = text.trim_end();
    let (above, line) = text.rsplit_once('\n').map_or(("", text), |(above, line)| (above, line));
    let (place, tail) = found(line, MARKER).pop()?;
    let before = line.get(..place)?;
    let stands_alone = (before.is_empty() || before.ends_with(char::is_whitespace))
        && tail.trim_start_matches(':').starts_with(char::is_whitespace);
    let words = words(tail);
    let (read, taken) = time_in_front(&words, &BETWEEN, ctx)?;
    let first = words.first()?.text;
    let bare = !tail.starts_with(':') && !is_one_of(first, &BETWEEN) && !is_number(first);
    let before = before.trim_end();
    let clause = before.is_empty() || before.ends_with(CLAUSE) || before.ends_with(" -");
    let of_a_span = before.split_whitespace().last().is_some_and(|word| is_one_of(word, &OF_A_SPAN));
    if !stands_alone || taken != words.len() || !(clause || bare && !of_a_span) {
        return None;
    }
    // `next in 1h` may be the words of a sentence, which whoever gets the update is to read.
    if !bare {
        return Some((text, read.ok()?));
    }
    // A mark of a list goes with what it stood before.
    let before = if before == "-" { "" } else { before };
    let rest =
        text.get(..if before.is_empty() { above.len() } else { text.len() - line.len() + before.len() })?;
    Some((rest.trim_end().trim_end_matches([',', ';', '\u{2014}', '\u{2013}']).trim_end(), read.ok()?))
}

/// The time that the text itself promises: in its last line that begins with `Next update`, or in a clause such as
/// `…, the next update will be in 30 minutes` that says nothing else.
#[must_use]
pub fn stated(text: &str, ctx: &Context) -> Option<Result<When, NotAhead>> {
    text.lines().rev().find_map(|line| stated_in(line, ctx))?
}

/// The promise of a line; inside it is none where the line makes one that cannot be read.
fn stated_in(line: &str, ctx: &Context) -> Option<Option<Result<When, NotAhead>>> {
    found(line, LEAD).into_iter().rev().find_map(|(place, tail)| {
        let before = line.get(..place)?;
        let words = words(tail);
        let read = time_in_front(&words, &BETWEEN, ctx);
        if !before.contains(char::is_alphanumeric) {
            let stands = |(_, taken): &(_, usize)| !is_called_off(&words, *taken);
            return Some(read.filter(stands).map(|(read, _)| read));
        }
        let (read, taken) = read?;
        let (last, next) = (words.get(taken.checked_sub(1)?)?, words.get(taken));
        let whole = last.ends || next.is_none_or(|next| next.opened || is_one_of(next.text, &GOES_ON));
        (whole && is_ours(before)).then_some(Some(read))
    })
}

/// Whether the words behind a time say that nothing comes then: `in 30m is cancelled`.
fn is_called_off(words: &[Word<'_>], taken: usize) -> bool {
    let last = taken.checked_sub(1).and_then(|at| words.get(at));
    if last.is_none_or(|last| last.stops) {
        return false;
    }
    let sight = if last.is_some_and(|last| last.ends) { 1 } else { 3 };
    let mut behind = words.iter().skip(taken).take(sight).take_while(|word| !word.opened);
    behind.any(|word| is_one_of(word.text, &CALLED_OFF))
}

/// Whether a text without a promise names something behind `next` that was to be a time: a preview says so.
#[must_use]
pub fn is_unread(text: &str) -> bool {
    text.lines().any(|line| {
        found(line, MARKER).into_iter().any(|(place, tail)| {
            if let Some((_, tail)) = found(line, LEAD).into_iter().find(|(at, _)| *at == place) {
                return names_a_time(&words(tail));
            }
            let words = words(tail);
            let before = line.get(..place).and_then(|before| before.split_whitespace().last());
            let mut words = words.iter().map(|w| w.text).skip_while(|w| is_one_of(w, &BETWEEN));
            let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            !before.is_some_and(|word| is_one_of(word, &OF_A_SPAN)) && is_like_a_time(first, second)
        })
    })
}

/// Whether a text promises the next update itself, as [`stated`] asks for, and nothing of it was read as a time.
#[must_use]
pub fn promises_unread(text: &str, ctx: &Context) -> bool {
    let read = marker(text, ctx).is_some() || matches!(stated(text, ctx), Some(Ok(_)));
    !read
        && text.lines().any(|line| {
            found(line, LEAD)
                .into_iter()
                .any(|(place, tail)| line.get(..place).is_some_and(is_ours) && names_a_time(&words(tail)))
        })
}

/// Whether what stands before a promise says nothing but that it is one.
fn is_ours(before: &str) -> bool {
    let clause = before.rsplit(CLAUSE).next().unwrap_or(before);
    let clause = clause.rsplit_once("- ").map_or(clause, |(_, clause)| clause);
    clause.split_whitespace().all(|word| is_one_of(word.trim_matches('*'), &PROMISING))
}

/// Whether the words behind `next update` say when, a time or not.
fn names_a_time(words: &[Word<'_>]) -> bool {
    let sentence = words.iter().position(|w| w.stops).map_or(words.len(), |at| at.saturating_add(1));
    let mut sentence = words.iter().take(sentence.min(6)).map(|w| w.text);
    if sentence.clone().any(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
        return true;
    }
    let leads =
        |word: &&str| is_one_of(word.trim_end_matches(':'), &BETWEEN) || is_one_of(word, &BEFORE_VAGUE);
    let Some(first) = sentence.find(|word| !leads(word)) else { return false };
    is_one_of(first, &VAGUE)
        || is_one_of(first, &WEEKDAYS)
        || is_one_of(first, &SPELLED) && sentence.take(3).any(|word| is_one_of(word, &OF_SPELLED))
}

/// Reads a text that is a time ahead with one of the words in front of it, or none: `in 15m`, `at 12:40 UTC`.
pub(super) fn whole(text: &str, lead: &[&str], ctx: &Context) -> Option<When> {
    let words = words(text);
    let (read, taken) = time_in_front(&words, lead, ctx)?;
    read.ok().filter(|_| taken == words.len())
}

/// A word of a line with what stands around it.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    /// A bracket opens in front of it.
    opened: bool,
    /// The clause ends behind it.
    ends: bool,
    /// The sentence ends behind it.
    stops: bool,
}

fn words(line: &str) -> Vec<Word<'_>> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')');
    let (mut words, mut opened): (Vec<Word<'_>>, bool) = (Vec::new(), false);
    for piece in line.split_inclusive(apart) {
        let body = piece.trim_end_matches(apart).trim_matches('*');
        let text = body.trim_end_matches(['.', '!']).trim_end_matches('*');
        let stops = body.ends_with(['.', '!']) || piece.ends_with(';');
        let ends = stops || piece.ends_with([',', ')']) || matches!(text, "-" | "\u{2014}" | "\u{2013}");
        if !text.contains(char::is_alphanumeric) {
            if let Some(last) = words.last_mut() {
                last.ends |= ends;
                last.stops |= stops;
            }
        } else {
            words.push(Word { text, opened: std::mem::take(&mut opened), ends, stops });
        }
        opened |= piece.ends_with('(');
    }
    words
}

/// Where words stand in a line by themselves, in any case, and what follows them.
fn found<'a>(line: &'a str, words: &str) -> Vec<(usize, &'a str)> {
    let lower = line.to_ascii_lowercase();
    let alone = |(place, _): (usize, &str)| {
        let (before, tail) = (line.get(..place)?, line.get(place.checked_add(words.len())?..)?);
        let apart = !before.ends_with(char::is_alphanumeric) && !tail.starts_with(char::is_alphanumeric);
        apart.then_some((place, tail))
    };
    lower.match_indices(words).filter_map(alone).collect()
}

/// The time in front of words, behind those that may lead to it, and how many of them say it.
fn time_in_front(
    words: &[Word<'_>],
    lead: &[&str],
    ctx: &Context,
) -> Option<(Result<When, NotAhead>, usize)> {
    let skipped = words.iter().take_while(|w| is_one_of(w.text.trim_end_matches(':'), lead)).count();
    let rest = words.get(skipped..)?;
    let first = rest.first()?;
    // `tomorrow 09:00`, `tomorrow at 09:00 UTC`
    if is_one_of(first.text, &[TOMORROW]) && !first.stops {
        let between = rest.iter().skip(1).take_while(|word| is_one_of(word.text, &OF_A_DAY)).count();
        let named = between.saturating_add(1);
        let (time, used) = clock_of(rest.get(named..)?, ctx)?;
        let read = ahead(&on_the_morrow(&time, ctx)?, ctx);
        return Some((read, skipped.saturating_add(named).saturating_add(used)));
    }
    let (mut time, mut used) = match span_of(rest) {
        Some((span, used)) => (span, used),
        None if is_number(first.text) && rest.len() > 1 => return None,
        None => clock_of(rest, ctx)?,
    };
    let last = rest.get(used.saturating_sub(1));
    let (ends, stops) = (last.is_some_and(|w| w.ends), last.is_some_and(|w| w.stops));
    let mut today = false;
    if let Some(behind) = rest.get(used).filter(|_| !stops) {
        let on = is_one_of(behind.text, &["on"]);
        let day = if on { rest.get(used.saturating_add(1)) } else { Some(behind) };
        // Which day that is nobody reads, so no other is promised.
        let is_day = |day: &Word<'_>| {
            is_one_of(day.text, &WEEKDAYS) || on && day.text.starts_with(|c: char| c.is_ascii_digit())
        };
        if is_one_of(behind.text, &[TOMORROW]) {
            // `at 15:06, tomorrow we roll back` tells of tomorrow what it promises for today.
            if !ends {
                time = on_the_morrow(&time, ctx)?;
                used = used.saturating_add(1);
            } else if behind.ends || rest.len() == used.saturating_add(1) {
                return None;
            }
        } else if day.is_some_and(is_day) {
            return None;
        }
        today = !ends && is_one_of(behind.text, &["today", "tonight"]);
    }
    match ahead(&time, ctx) {
        Err(NotAhead::NotATime) => None,
        // The next such time is one of tomorrow.
        Ok(When::At(at)) if today && !same_day(at, ctx.now, ctx.zone) => None,
        read => Some((read, skipped.saturating_add(used).saturating_add(usize::from(today)))),
    }
}

/// A clock time in front of words, with its date and its zone: `15:06`, `2026-11-29 at 09:00 UTC`; and how many of them
/// say it.
fn clock_of(words: &[Word<'_>], ctx: &Context) -> Option<(String, usize)> {
    let first = words.first()?;
    let dated = first.text.len() == 10 && first.text.contains('-');
    // `2026-11-29 09:00`, `2026-11-29 at 09:00`
    let joined = dated && words.get(1).is_some_and(|word| is_one_of(word.text, &["at"]));
    let used = 1 + usize::from(dated) + usize::from(joined);
    let said = words.iter().take(used).map(|w| w.text);
    let said: Vec<&str> = said.filter(|word| !joined || !is_one_of(word, &["at"])).collect();
    // What begins another sentence is no zone.
    let zone = match (words.get(used.checked_sub(1)?), words.get(used)) {
        (Some(time), Some(zone)) if !time.stops => zone.text,
        _ => "",
    };
    let (time, zoned) = with_zone(&said.join(" "), zone, ctx)?;
    Some((time, used.saturating_add(usize::from(zoned))))
}

/// A clock time with the day that follows today; none where it names a zone in which that is another one.
fn on_the_morrow(time: &str, ctx: &Context) -> Option<String> {
    let bare = time.trim_end_matches(['Z', 'z']);
    let is_clock = bare.contains(':') && bare.chars().all(|c| c.is_ascii_digit() || c == ':');
    let today = ctx.now.with_timezone(&ctx.zone).date_naive();
    let same = bare == time || ctx.now.date_naive() == today;
    let day = today.succ_opt().filter(|_| is_clock && same)?;
    Some(format!("{day} {time}"))
}

/// A span in front of words: `1h30m`, `30min`, `1 hour and 30 minutes`, `half an hour`.
fn span_of(words: &[Word<'_>]) -> Option<(String, usize)> {
    let first = words.first()?.text;
    if words.iter().take(3).map(|w| w.text.to_ascii_lowercase()).eq(["half", "an", "hour"]) {
        return Some(("30m".to_owned(), 3));
    }
    if parse_span(first.trim_start_matches('+')).is_ok() {
        return Some((first.to_owned(), 1));
    }
    let digits = first.find(|c: char| !c.is_ascii_digit()).unwrap_or(first.len());
    let (number, rest) = first.split_at_checked(digits)?;
    if let Some(unit) = unit(rest) {
        return Some((format!("{number}{unit}"), 1));
    }
    let (mut span, mut used) = (String::new(), 0_usize);
    let mut words = words.iter().map(|w| w.text).peekable();
    while let Some(number) = words.next_if(|word| is_number(word)) {
        let unit = unit(words.next()?)?;
        span = format!("{span}{number}{unit}");
        used = used.saturating_add(2);
        if words.peek() == Some(&"and") {
            words.next();
            if !words.peek().is_some_and(|word| is_number(word)) {
                break;
            }
            used = used.saturating_add(1);
        }
    }
    (used > 0).then_some((span, used))
}

/// The unit of a span by any of its names.
fn unit(word: &str) -> Option<char> {
    match word.to_ascii_lowercase().as_str() {
        "m" | "min" | "mins" | "minute" | "minutes" => Some('m'),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some('h'),
        "d" | "day" | "days" => Some('d'),
        _ => None,
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// `14.30`, `25:00`, `2pm`, `30` at the end: somebody meant a time. `3 nodes` and `2nd` are counted.
fn is_like_a_time(word: &str, next: &str) -> bool {
    if is_number(word) {
        return next.is_empty() || unit(next).is_some();
    }
    let tail = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').to_ascii_lowercase();
    let counted = word.starts_with(|c: char| c.is_ascii_digit());
    counted
        && (tail.starts_with([':', '-'])
            || unit(&tail).is_some()
            || ["", "am", "pm", "z"].contains(&tail.as_str()))
}

/// A time with the zone that stands behind it, where that is one.
fn with_zone(time: &str, zone: &str, ctx: &Context) -> Option<(String, bool)> {
    let is_zone = (2..=5).contains(&zone.len()) && zone.chars().all(|c| c.is_ascii_uppercase());
    if is_one_of(zone, &["Z", "UTC", "GMT"]) {
        Some((format!("{time}Z"), true))
    } else if !is_zone {
        Some((time.to_owned(), false))
    } else {
        (zone == zone_label(ctx.now, ctx.zone)).then(|| (time.to_owned(), true))
    }
}

#[cfg(test)]
mod tests;
