//! Reading standard input: all of it for one text, or line by line as it comes. It must not keep a line that
//! cannot be stored: it says which one it is.

use std::io::{BufRead, Read};

use super::output::Stop;
use crate::domain::quick_entry::LONGEST_ENTRY;
use crate::service::{Failure, FailureKind};

/// The most bytes of one text.
const LONGEST_TEXT: u64 = 1 << 20;

fn usage(message: String) -> Failure {
    Failure::new(FailureKind::Usage, message)
}

/// What Windows and spreadsheets put in front of a text to say that it is UTF-8. It is none of it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What a person says in an argument: the words themselves, or for `-` all of standard input but the end of its last line.
pub(super) fn words(given: String) -> Result<String, Stop> {
    if given != "-" {
        return Ok(given);
    }
    let mut text = text_or_stdin("-")?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}

/// The text itself, or for `-` all of standard input.
pub(super) fn text_or_stdin(text: &str) -> Result<String, Stop> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(LONGEST_TEXT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_TEXT {
        return Err(usage(format!("standard input has more than {LONGEST_TEXT} bytes"))
            .hint("give less; nothing was stored")
            .into());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(good).filter(|b| **b == b'\n').count() + 1;
        Stop::from(usage(format!("line {line} of standard input is not UTF-8")).hint("nothing was stored"))
    })?;
    Ok(unmarked(text))
}

fn unmarked(mut text: String) -> String {
    if text.starts_with(BYTE_ORDER_MARK) {
        text.remove(0);
    }
    text
}

/// A line that was read.
pub(super) enum Line {
    /// Its text without the line's end.
    Text(String),
    /// There is no more.
    End,
}

/// The next line of standard input. `number` counts from 1 and is for the message.
pub(super) fn next_line(number: u64) -> Result<Line, Failure> {
    let mut bytes = Vec::new();
    // An entry, its line's end, and one byte more that shows that it is too long.
    let most = LONGEST_ENTRY as u64 + 3;
    let mut stdin = std::io::stdin().lock();
    let read = stdin.by_ref().take(most).read_until(b'\n', &mut bytes).map_err(unreadable)?;
    if read == 0 {
        return Ok(Line::End);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    if bytes.len() > LONGEST_ENTRY {
        return Err(usage(format!("line {number} is longer than {LONGEST_ENTRY} bytes"))
            .hint("split it, or keep it as a file and add that as evidence"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| usage(format!("line {number} is not UTF-8")).hint("send UTF-8"))?;
    Ok(Line::Text(if number == 1 { unmarked(text) } else { text }))
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn unreadable(error: std::io::Error) -> Failure {
    Failure::no(format!("standard input cannot be read: {error}"))
}
