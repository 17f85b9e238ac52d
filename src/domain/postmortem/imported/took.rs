//! How long an incident took: by the head of its postmortem, else by a line that says it (`**Time to resolve**: 1h 22m`). It
//! must not reckon it from a timeline.

use super::super::front_matter::{FrontMatter, parse_instant};
use super::first_text;
use crate::domain::time::{Span, parse_span};

/// Longer than this nothing was: it is a slip of the pen.
const LONGEST: Span = Span::days(3_660);

/// What such a line begins with, the best first: a repair is over before all is well again.
const LABELS: [&str; 13] = [
    "time to resolve",
    "time to resolution",
    "time to recovery",
    "time to recover",
    "time to restore",
    "time to restoration",
    "incident duration",
    "outage duration",
    "duration of the incident",
    "duration of the outage",
    "total duration",
    "duration",
    "time to repair",
];

/// Units as people write them, in seconds.
const UNITS: [(&[&str], i64); 5] = [
    (&["w", "week", "weeks"], 604_800),
    (&["d", "day", "days"], 86_400),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600),
    (&["m", "min", "mins", "minute", "minutes"], 60),
    (&["s", "sec", "secs", "second", "seconds"], 1),
];

/// How long it took from being noticed, else from its beginning, until it was over.
pub(super) fn find(front: &FrontMatter, body: &str, code_lines: &[bool]) -> Option<Span> {
    let is_one = |took: &Span| *took >= Span::seconds(1) && *took <= LONGEST;
    by_head(front).filter(is_one).or_else(|| stated(body, code_lines).filter(is_one))
}

fn by_head(front: &FrontMatter) -> Option<Span> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| first_text(front.get(key)?));
    let at = |keys: &[&str]| keys.iter().find_map(|key| parse_instant(&first_text(front.get(key)?)?));
    let from = at(&["detected", "detected_at", "declared_at", "started", "started_at", "start"]);
    let to = at(&["resolved", "resolved_at", "end", "ended", "ended_at"]);
    let marked = from.zip(to).map(|(from, to)| to - from);
    marked.or_else(|| parse_span(&text(&["duration", "time_to_resolve"])?).ok())
}

/// The best of the lines that say it, the first of equal ones.
fn stated(body: &str, code_lines: &[bool]) -> Option<Span> {
    let lines =
        body.lines().enumerate().filter(|(nth, _)| !code_lines.get(*nth).copied().unwrap_or_default());
    let said = lines.filter_map(|(_, line)| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || "-*+>|_".contains(c));
        let (label, value) = line.split_once([':', '|'])?;
        let label = label.trim_matches(|c: char| c.is_whitespace() || "*_".contains(c)).to_lowercase();
        let rank = LABELS.iter().position(|known| *known == label)?;
        Some((rank, spoken(value)?))
    });
    said.min_by_key(|(rank, _)| *rank).map(|(_, took)| took)
}

/// A span in the words of people, at the beginning of a text: `54 hours 10 minutes.`, `2d 1h 29m`, `about 7h (in office hours)`.
fn spoken(text: &str) -> Option<Span> {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || "*_:|~≈".contains(c));
    for about in ["about ", "approximately ", "approx. ", "around ", "ca. "] {
        rest = rest.strip_prefix(about).unwrap_or(rest);
    }
    let mut sum: Option<i64> = None;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at_checked(digits)?;
        let behind = behind.trim_start();
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, behind) = behind.split_at_checked(letters)?;
        let unit = unit.to_ascii_lowercase();
        let unit =
            UNITS.iter().find(|(names, _)| names.contains(&unit.as_str())).map(|(_, seconds)| *seconds);
        let (Ok(number), Some(unit)) = (number.parse::<i64>(), unit) else {
            return sum.and_then(Span::try_seconds);
        };
        sum = Some(sum.unwrap_or(0).checked_add(number.checked_mul(unit)?)?);
        rest = behind.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::format_span;

    #[test]
    fn a_span_is_read_as_people_write_it() {
        for (said, read) in [
            ("1h 22m", 82),
            (" 0h 55m", 55),
            ("** 673h 34m", 40_414),
            ("54 hours 10 minutes.", 3_250),
            ("2d 1h 29m", 2_969),
            ("279 minutes [^3]", 279),
            ("about 7h (during support hours 10:00-17:00)", 420),
            ("2 hours, and 5 minutes", 125),
            ("45min", 45),
        ] {
            assert_eq!(spoken(said).map(|took| took.num_minutes()), Some(read), "{said}");
        }
        for said in [
            "",
            "?",
            "N/A",
            "10-20 minutes",
            "2.5 hours",
            "1:30",
            "some hours",
            "5 alerts",
            "99999999999999999999 h",
        ] {
            assert_eq!(spoken(said), None, "{said}");
        }
    }

    #[test]
    fn the_best_line_that_says_it_counts_and_none_of_code() {
        let took = |body: &str| stated(body, &[]).map(format_span);
        let both = "- **Time to repair**: 27m\n- **Time to resolve**: 1h 22m\n- **Time to resolve**: 3h\n";
        assert_eq!(took(both).as_deref(), Some("1h22m"));
        assert_eq!(took("| Duration | 40 min |\n").as_deref(), Some("40m"));
        assert_eq!(took("Time to recovery: ?\n\nDuration: 5 minutes").as_deref(), Some("5m"));
        assert_eq!(took("The duration: 5 minutes"), None);
        assert_eq!(stated("Duration: 5m", &[true]), None);
    }
}
