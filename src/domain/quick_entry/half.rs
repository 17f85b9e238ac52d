//! Lines that are half typed: another mark for one, and the words of an entry as a line that amends them. They hold to
//! the grammar beside, so that what is put in is read back as it was meant.

use super::{EntryProblem, after_time, escaped, mark};
use crate::domain::time::Utc;
use crate::domain::time_spec::{Context, Moment, parse_leading_of, split_leading};

/// The time in front of a line, as typed, and what follows it.
fn parts(input: &str) -> (&str, &str) {
    let body = input.trim_start();
    split_leading(body).unwrap_or(("", body))
}

/// Whether a line is a verb, or begins to be one.
#[must_use]
pub fn has_verb(input: &str) -> bool {
    parts(input).1.starts_with(':')
}

/// The line with another mark: behind its time, and instead of the mark, or of the `\`, that it has.
#[must_use]
pub fn marked(input: &str, sign: char) -> String {
    let (time, rest) = parts(input);
    let plain = if time.is_empty() { escaped(rest) } else { after_time(rest) };
    let text = mark(rest).map(|(_, text)| text).or(plain).unwrap_or(rest);
    let gap = if time.is_empty() { "" } else { " " };
    format!("{time}{gap}{sign} {text}")
}

/// The words of an entry as a line that amends it: behind a `\` where they would be read as something else.
#[must_use]
pub fn to_amend(text: &str) -> String {
    let body = text.trim_start();
    let other = split_leading(body).is_some() || escaped(body).is_some();
    if other { format!("\\ {text}") } else { text.to_owned() }
}

/// Reads a line that amends an entry: its new time, if it names one, and its new words. It has no marks: what an entry
/// is, stays. A bare clock time is one of its own day.
///
/// # Errors
/// [`EntryProblem::Time`] for a time that cannot be meant.
pub fn amended<'a>(
    input: &'a str,
    ctx: &Context,
    own: Option<Utc>,
) -> Result<(Option<Moment>, &'a str), EntryProblem> {
    let body = input.trim_start();
    Ok(match parse_leading_of(body, ctx, own)? {
        Some((moment, rest)) => (Some(moment), after_time(rest).unwrap_or(rest)),
        None => (None, escaped(body).unwrap_or(input)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::zone::Tz;

    fn ctx() -> Context {
        Context { now: "2026-11-20T14:38:00.000Z".parse().unwrap(), zone: Tz::UTC }
    }

    #[test]
    fn a_mark_goes_behind_the_time_and_takes_the_place_of_another() {
        for (line, sign, wanted) in [
            ("", '!', "! "),
            ("half", '>', "> half"),
            ("-4m paged", '!', "-4m ! paged"),
            ("-4m", '!', "-4m ! "),
            (" ~14:05 paged", '+', "~14:05 + paged"),
            // In the future: what is wrong with it is said at Enter.
            ("2027-01-01 10:00 paged", '!', "2027-01-01 10:00 ! paged"),
            ("! x", '!', "! x"),
            ("! x", '+', "+ x"),
            ("-4m ? x", '+', "-4m + x"),
            ("> customers: x", '>', "> customers: x"),
            ("\\ -4m x", '!', "! -4m x"),
            ("\\! x", '+', "+ ! x"),
            ("-4m \\! x", '+', "-4m + ! x"),
            ("\\\\server\\share", '!', "! \\\\server\\share"),
            ("14 nodes down", '?', "? 14 nodes down"),
        ] {
            assert_eq!(marked(line, sign), wanted, "{line:?}");
        }
    }

    #[test]
    fn a_verb_is_known_behind_a_time() {
        for (line, verb) in [(":ph", true), ("-4m :m ack", true), ("! :x", false), ("x :y", false)] {
            assert_eq!(has_verb(line), verb, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_words_of_an_entry_are_read_back_as_they_are(
            time in proptest::sample::select(vec!["", "14:05 ", "-4m ", "2027-01-01 10:00 ", "y 23:50 ", "~9:05"]),
            first in proptest::sample::select(vec!["", " ", "\\", "\\ ", "\\\\", ":", "! ", "\\! ", "\\-4m "]),
            text in "[a-z0-9 :\\\\!]{0,12}",
        ) {
            for text in [format!("{time}{first}{text}"), format!("{first}{time}{text}")] {
                let line = to_amend(&text);
                proptest::prop_assert_eq!(amended(&line, &ctx(), None), Ok((None, text.as_str())));
            }
        }
    }

    #[test]
    fn a_line_that_amends_may_name_a_time() {
        let (at, text) = amended("14:05 is the first stamp", &ctx(), None).unwrap();
        assert_eq!(
            (at.unwrap().at.to_rfc3339(), text),
            ("2026-11-20T14:05:00+00:00".into(), "is the first stamp")
        );
        assert_eq!(amended("-4m \\ 14:05 is", &ctx(), None).unwrap().1, "14:05 is");
        assert_eq!(amended("\\ -4m plain", &ctx(), None), Ok((None, "-4m plain")));
        let problem = amended("2027-01-01 10:00 x", &ctx(), None).unwrap_err().to_string();
        assert!(problem.contains("in the future") && problem.contains("put \\ first"), "{problem}");
    }

    #[test]
    fn a_bare_clock_time_is_one_of_the_own_day() {
        let own = Some("2026-11-16T18:45:00.000Z".parse().unwrap());
        for (line, wanted) in [
            ("18:47 x", "2026-11-16T18:47:00+00:00"),
            ("~14:05 x", "2026-11-16T14:05:00+00:00"),
            ("01:00+02:00 x", "2026-11-15T23:00:00+00:00"),
            ("y 18:47 x", "2026-11-19T18:47:00+00:00"),
            ("-4m x", "2026-11-20T14:34:00+00:00"),
            ("2026-11-18 18:47 x", "2026-11-18T18:47:00+00:00"),
        ] {
            let at = amended(line, &ctx(), own).unwrap().0.unwrap();
            assert_eq!(at.at.to_rfc3339(), wanted, "{line}");
            assert_eq!(at.day_named, !line.starts_with(['y', '-', '2']), "{line}");
        }
        // A line of today: never in the future.
        let today = Some("2026-11-20T00:10:00.000Z".parse().unwrap());
        let at = amended("23:50 x", &ctx(), today).unwrap().0.unwrap();
        assert_eq!(at.at.to_rfc3339(), "2026-11-19T23:50:00+00:00");
    }
}
