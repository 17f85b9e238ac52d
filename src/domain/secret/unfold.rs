//! Other readings of a text, each with the way back to it: without invisible characters and soft line breaks, with
//! `\u` and percent escapes read, with base64 decoded once. It must not know rules.

use std::ops::Range;

/// A reading: bytes, and for each the place in the original that it stands for.
pub(super) struct View {
    bytes: Vec<u8>,
    /// The start of what a byte stands for; one more at the end.
    starts: Vec<usize>,
    /// The end of what a byte stands for.
    ends: Vec<usize>,
}

impl View {
    fn new() -> Self {
        Self { bytes: Vec::new(), starts: Vec::new(), ends: Vec::new() }
    }

    fn push(&mut self, bytes: &[u8], from: &Range<usize>) {
        for byte in bytes {
            self.bytes.push(*byte);
            self.starts.push(from.start);
            self.ends.push(from.end);
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place in the original of a part of this reading.
    pub(super) fn original(&self, at: &Range<usize>) -> Option<Range<usize>> {
        let start = self.starts.get(at.start)?;
        let end = self.ends.get(at.end.checked_sub(1)?)?;
        Some(*start..*end)
    }
}

/// The readings that differ from the text itself. Texts that are longer than `most` are read up to there.
pub(super) fn views(text: &str, most: usize) -> Vec<View> {
    let text = cut(text, most);
    [joined(text), unescaped(text), decoded(text)].into_iter().flatten().collect()
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or(text)
}

/// Characters that a reader does not see and that can split a token: zero-width, bidi controls, soft hyphen, tags.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Without invisible characters, and with lines joined where a long word was cut at a margin.
fn joined(text: &str) -> Option<View> {
    let mut view = View::new();
    let mut changed = false;
    let mut chars = text.char_indices().peekable();
    let mut word = 0_usize;
    while let Some((at, c)) = chars.next() {
        let mut utf8 = [0; 4];
        let here = at..at.saturating_add(c.len_utf8());
        if is_invisible(c) {
            changed = true;
            continue;
        }
        if matches!(c, '\n' | '\r') && word >= WRAPPED && next_is_word(text, here.end) {
            changed = true;
            // The rest of the break and the indentation of the next line.
            while chars.next_if(|(_, c)| matches!(c, '\n' | '\r' | ' ' | '\t' | '>')).is_some() {}
            continue;
        }
        word = if is_token(c) { word.saturating_add(1) } else { 0 };
        view.push(c.encode_utf8(&mut utf8).as_bytes(), &here);
    }
    changed.then_some(view)
}

/// A word of so many characters at the end of a line may go on in the next.
const WRAPPED: usize = 12;

const fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-' | '.' | '~')
}

/// Whether the next line begins with what can be a part of a token and is no plain word, after its indentation.
fn next_is_word(text: &str, from: usize) -> bool {
    let rest = text.get(from..).unwrap_or_default().trim_start_matches(['\n', '\r', ' ', '\t', '>']);
    let word = rest.split(|c| !is_token(c)).next().unwrap_or_default();
    word.len() >= 4 && !word.chars().all(|c| c.is_ascii_lowercase())
}

/// With `\u0041`, `\x41` and `%41` read.
fn unescaped(text: &str) -> Option<View> {
    if !text.contains(['\\', '%']) {
        return None;
    }
    let mut view = View::new();
    let mut changed = false;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let escapes = [("\\u", 4), ("\\x", 2), ("%", 2)];
        let read = escapes.iter().find_map(|(mark, digits)| {
            let hex = rest.strip_prefix(mark)?.get(..*digits)?;
            let value = u8::from_str_radix(hex, 16).ok().filter(|v| (0x20..0x7f).contains(v))?;
            Some((value, mark.len().saturating_add(*digits)))
        });
        let (bytes, len) = match read {
            Some((value, len)) => {
                changed = true;
                (vec![value], len)
            }
            None => {
                let len = rest.chars().next().map_or(1, char::len_utf8);
                (rest.as_bytes().get(..len).unwrap_or_default().to_vec(), len)
            }
        };
        let end = at.saturating_add(len);
        view.push(&bytes, &(at..end));
        at = end;
    }
    changed.then_some(view)
}

/// Base64 runs of this many characters are decoded.
const BASE64_RUN: usize = 24;

/// Each base64 run decoded, a line break between them; a hit in one stands for the whole run.
fn decoded(text: &str) -> Option<View> {
    let mut view = View::new();
    let bytes = text.as_bytes();
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes.iter().skip(at).take_while(|b| is_base64(b)).count();
        if run >= BASE64_RUN {
            let end = at.saturating_add(run);
            if let Some(clear) = bytes.get(at..end).and_then(base64) {
                let padded = bytes.iter().skip(end).take_while(|b| **b == b'=').count().min(2);
                let whole = at..end.saturating_add(padded);
                view.push(&clear, &whole);
                view.push(b"\n", &whole);
            }
        }
        at = at.saturating_add(run.max(1));
    }
    (!view.bytes.is_empty()).then_some(view)
}

/// Decodes both alphabets, without padding; `None` when what comes out is no text.
fn base64(run: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(run.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in run {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            _ => 63,
        };
        held = (held << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    let is_text = |b: &u8| matches!(b, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    out.iter().all(is_text).then_some(out)
}
