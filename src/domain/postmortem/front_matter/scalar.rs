//! Writing one YAML scalar so that every reader, of YAML 1.1 or 1.2, reads the same text back. It must not write
//! block scalars: one value, one line.

use std::fmt::Write as _;

use unicode_normalization::char::is_combining_mark;

use crate::domain::safe::is_hidden;

/// The longest text that is written without quotes, in bytes; scanners look ahead only so far for a key.
const MAX_PLAIN: usize = 200;

/// The text as a YAML scalar: plain when no reader can take it for anything else, else in double quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len().saturating_add(2));
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            ' '..='~' => out.push(c),
            _ if c.is_alphanumeric() => out.push(c),
            // Behind a letter it is part of what is read; behind the quote it would be part of that.
            _ if is_combining_mark(c) && !is_hidden(c) && !out.ends_with('"') => out.push(c),
            _ => {
                let code = u32::from(c);
                // Writing to a String cannot fail.
                let _ = if code <= 0xff {
                    write!(out, "\\x{code:02x}")
                } else if code <= 0xffff && !is_printable(c) {
                    write!(out, "\\u{code:04x}")
                } else if is_printable(c) {
                    write!(out, "{c}")
                } else {
                    write!(out, "\\U{code:08x}")
                };
            }
        }
    }
    out.push('"');
    out
}

/// Characters beyond ASCII that may stand as they are: punctuation and symbols that a person can see.
fn is_printable(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20c0}' | '\u{2100}'..='\u{2bff}' | '\u{3001}'..='\u{3020}' | '\u{1f300}'..='\u{1faff}')
}

fn is_plain(text: &str) -> bool {
    let starts_well = text.starts_with(|c: char| c.is_alphabetic());
    let ends_well = !text.ends_with([' ', ':']);
    let quiet = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | '.' | ',' | '(' | ')' | ':' | '+' | ';')
    };
    starts_well
        && ends_well
        && text.len() <= MAX_PLAIN
        && text.chars().all(quiet)
        && !text.contains(": ")
        && !is_word_of_yaml(text)
}

/// Words that some YAML reader takes for a boolean, nothing or a number.
fn is_word_of_yaml(text: &str) -> bool {
    let lower = text.to_lowercase();
    matches!(
        lower.as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "nan" | "inf" | "infinity"
    )
}
