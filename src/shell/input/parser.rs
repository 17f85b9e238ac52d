//! Bytes of a terminal to keys, pastes and mouse reports. Pure: it must not read or wait; it takes bytes in any
//! pieces and never panics.

use std::time::Duration;

use crate::app::key::{Key, KeyCode, Modifiers};
use crate::app::pointing::{Mouse, MouseKind};

const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";
/// How long a lone ESC waits for the rest of a sequence before it is the Esc key.
const ESC_WAIT: Duration = Duration::from_millis(25);
/// How long a character that was cut in two waits for its other bytes.
const CHARACTER_WAIT: Duration = Duration::from_secs(1);
/// How long an open paste waits for more before what came is taken for the whole.
const PASTE_WAIT: Duration = Duration::from_secs(2);
/// Sequences longer than this are noise.
const LONGEST_SEQUENCE: usize = 4096;

/// What the bytes meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Key(Key),
    Paste(String),
    Mouse(Mouse),
}

/// The bytes that are not understood yet.
#[derive(Debug, Default)]
pub(super) struct Parser {
    buffer: Vec<u8>,
    /// The text of an open paste.
    paste: Option<Vec<u8>>,
}

/// What the front of the buffer is.
enum Front {
    /// This many bytes mean this (or nothing).
    Is(usize, Option<Item>),
    /// This many bytes open a paste.
    Paste(usize),
    /// More bytes are needed.
    Unfinished,
}

impl Parser {
    /// Takes bytes as they came.
    pub(super) fn advance(&mut self, bytes: &[u8], items: &mut Vec<Item>) {
        self.buffer.extend_from_slice(bytes);
        let buffer = std::mem::take(&mut self.buffer);
        let mut rest = buffer.as_slice();
        loop {
            if self.paste.is_some() {
                let Some(end) = find(rest, PASTE_END) else {
                    // The end may be cut: its first bytes stay.
                    let keep = (1..PASTE_END.len())
                        .rev()
                        .find(|n| rest.ends_with(PASTE_END.get(..*n).unwrap_or(b"")));
                    let (text, tail) = rest.split_at(rest.len() - keep.unwrap_or(0));
                    self.paste.get_or_insert_default().extend_from_slice(text);
                    rest = tail;
                    break;
                };
                let mut text = self.paste.take().unwrap_or_default();
                text.extend_from_slice(rest.get(..end).unwrap_or_default());
                items.push(Item::Paste(pasted(&text)));
                rest = rest.get(end + PASTE_END.len()..).unwrap_or_default();
                continue;
            }
            match front(rest) {
                Front::Is(n, item) => {
                    items.extend(item);
                    rest = rest.get(n..).unwrap_or_default();
                }
                Front::Paste(n) => {
                    self.paste = Some(Vec::new());
                    rest = rest.get(n..).unwrap_or_default();
                }
                Front::Unfinished => break,
            }
        }
        self.buffer = rest.to_vec();
    }

    /// Whether bytes wait for more.
    pub(super) fn unfinished(&self) -> bool {
        !self.buffer.is_empty() || self.paste.is_some()
    }

    /// How long the rest of what is unfinished may take before it is taken for the whole.
    pub(super) fn patience(&self) -> Duration {
        match self.buffer.first() {
            _ if self.paste.is_some() => PASTE_WAIT,
            Some(0x1b) => ESC_WAIT,
            _ => CHARACTER_WAIT,
        }
    }

    /// Takes what is there for the whole: no more bytes come.
    pub(super) fn finish(&mut self, items: &mut Vec<Item>) {
        let rest = std::mem::take(&mut self.buffer);
        if let Some(mut text) = self.paste.take() {
            text.extend_from_slice(&rest);
            items.push(Item::Paste(pasted(&text)));
            return;
        }
        match rest.as_slice() {
            [] => {}
            [0x1b] => items.push(Item::Key(Key::plain(KeyCode::Esc))),
            // Alt with a key that begins sequences.
            [0x1b, c @ (b'[' | b'O' | b']' | b'P' | b'_' | b'^' | b'X')] => items.push(alt(char::from(*c))),
            // A sequence that was cut off means nothing.
            [0x1b, ..] => {}
            _ => items.extend(rest.iter().map(|_| Item::Key(Key::char(char::REPLACEMENT_CHARACTER)))),
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// Cleans a paste: line ends become `\n`; markers hidden in it and control characters but tab are dropped, so that
/// a paste can neither end early nor act as keys.
fn pasted(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\x1b[200~", "").replace("\x1b[201~", "");
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn alt(c: char) -> Item {
    Item::Key(Key::alt(c))
}

fn key(n: usize, code: KeyCode, modifiers: Modifiers) -> Front {
    Front::Is(n, Some(Item::Key(Key::new(code, modifiers))))
}

fn front(bytes: &[u8]) -> Front {
    if bytes.starts_with(PASTE_BEGIN) {
        return Front::Paste(PASTE_BEGIN.len());
    }
    match bytes {
        [] | [0x1b] => Front::Unfinished,
        [0x1b, b'[', rest @ ..] => csi(rest),
        [0x1b, b'O', rest @ ..] => match rest.first() {
            None => Front::Unfinished,
            Some(last) => match letter(*last) {
                Some(code) => key(3, code, Modifiers::default()),
                None => Front::Is(3, None),
            },
        },
        [0x1b, b']' | b'P' | b'_' | b'^' | b'X', rest @ ..] => string_sequence(rest),
        [0x1b, 0x1b, ..] => key(1, KeyCode::Esc, Modifiers::default()),
        [0x1b, rest @ ..] => match front(rest) {
            Front::Is(n, Some(Item::Key(mut inner))) => {
                inner.modifiers.alt = true;
                Front::Is(n + 1, Some(Item::Key(inner)))
            }
            Front::Is(n, item) => Front::Is(n + 1, item),
            other => other,
        },
        [byte, ..] if *byte < 0x20 || *byte == 0x7f => control(*byte),
        _ => character(bytes),
    }
}

fn control(byte: u8) -> Front {
    let ctrl = |c: char| key(1, KeyCode::Char(c), Modifiers { ctrl: true, ..Modifiers::default() });
    let plain = |code| key(1, code, Modifiers::default());
    match byte {
        b'\r' | b'\n' => plain(KeyCode::Enter),
        b'\t' => plain(KeyCode::Tab),
        0x08 | 0x7f => plain(KeyCode::Backspace),
        0x00 => ctrl(' '),
        // 1 is ctrl-a … 26 ctrl-z, then ctrl-\ ctrl-] ctrl-^ ctrl-_
        _ => ctrl(char::from(byte | 0x40).to_ascii_lowercase()),
    }
}

/// One UTF-8 character; a wrong byte becomes U+FFFD.
fn character(bytes: &[u8]) -> Front {
    let head = bytes.get(..bytes.len().min(4)).unwrap_or(bytes);
    let (valid, wrong) = match std::str::from_utf8(head) {
        Ok(text) => (text, None),
        Err(error) => (
            std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or(b"")).unwrap_or(""),
            error.error_len(),
        ),
    };
    match (valid.chars().next(), wrong) {
        (Some(c), _) => key(c.len_utf8(), KeyCode::Char(c), Modifiers::default()),
        (None, Some(n)) => key(n.max(1), KeyCode::Char(char::REPLACEMENT_CHARACTER), Modifiers::default()),
        (None, None) => Front::Unfinished,
    }
}

/// Answers of the terminal (titles, colours): swallowed up to their end.
fn string_sequence(rest: &[u8]) -> Front {
    let bell = rest.iter().position(|b| *b == 0x07).map(|at| at + 1);
    let st = find(rest, b"\x1b\\").map(|at| at + 2);
    match (bell.into_iter().chain(st)).min() {
        Some(n) => Front::Is(n + 2, None),
        None if rest.len() > LONGEST_SEQUENCE => Front::Is(rest.len() + 2, None),
        None => Front::Unfinished,
    }
}

fn letter(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'R' => KeyCode::F(3),
        b'S' => KeyCode::F(4),
        b'M' => KeyCode::Enter,
        _ => return None,
    })
}

fn csi(rest: &[u8]) -> Front {
    // The Linux console sends ESC [ [ A for F1.
    if rest == b"[" {
        return Front::Unfinished;
    }
    if let [b'[', c, ..] = rest {
        let code = (b'A'..=b'E').contains(c).then(|| KeyCode::F(c - b'A' + 1));
        return Front::Is(4, code.map(|code| Item::Key(Key::plain(code))));
    }
    let Some(end) = rest.iter().position(|b| !(0x20..=0x3f).contains(b)) else {
        return if rest.len() > LONGEST_SEQUENCE {
            Front::Is(rest.len() + 2, None)
        } else {
            Front::Unfinished
        };
    };
    let (parameters, last) = (rest.get(..end).unwrap_or_default(), rest.get(end).copied().unwrap_or(0));
    if !(0x40..=0x7e).contains(&last) {
        // Not a sequence after all: what broke it is read anew.
        return Front::Is(end + 2, None);
    }
    let n = end + 3;
    if parameters.first() == Some(&b'<') {
        return Front::Is(n, mouse(parameters.get(1..).unwrap_or_default(), last).map(Item::Mouse));
    }
    let fields = Fields::of(parameters);
    if fields.released {
        return Front::Is(n, None);
    }
    let code = match last {
        b'Z' => Some(KeyCode::BackTab),
        b'~' => tilde(fields.first),
        b'u' => unicode(fields.first),
        _ => letter(last).filter(|_| parameters.first().is_none_or(u8::is_ascii_digit)),
    };
    match code {
        Some(code) => key(n, code, fields.modifiers),
        None => Front::Is(n, None),
    }
}

/// The parameters `code:shifted;modifiers:event` of a key.
struct Fields {
    first: u32,
    modifiers: Modifiers,
    released: bool,
}

impl Fields {
    fn of(parameters: &[u8]) -> Self {
        let text = std::str::from_utf8(parameters).unwrap_or("");
        let mut fields = text.split(';');
        let mut first = fields.next().unwrap_or("").split(':');
        let mut code = first.next().and_then(|t| t.parse().ok()).unwrap_or(0);
        let shifted = first.next().and_then(|t| t.parse().ok());
        let mut second = fields.next().unwrap_or("").split(':');
        let held: u32 = second.next().and_then(|t| t.parse().ok()).unwrap_or(1);
        let held = held.saturating_sub(1);
        let modifiers = Modifiers { shift: held & 1 != 0, alt: held & 2 != 0, ctrl: held & 4 != 0 };
        if let Some(shifted) = shifted.filter(|_| modifiers.shift) {
            code = shifted;
        }
        Self { first: code, modifiers, released: second.next() == Some("3") }
    }
}

fn tilde(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(u8::try_from(number - 10).ok()?),
        17..=21 => KeyCode::F(u8::try_from(number - 11).ok()?),
        23 | 24 => KeyCode::F(u8::try_from(number - 12).ok()?),
        _ => return None,
    })
}

fn unicode(number: u32) -> Option<KeyCode> {
    Some(match number {
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        // Keys without a character (keypad, media) lie in this private range.
        57344..=63743 => return None,
        _ => KeyCode::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    })
}

fn mouse(parameters: &[u8], last: u8) -> Option<Mouse> {
    let mut numbers = std::str::from_utf8(parameters).ok()?.split(';').map(|t| t.parse::<u16>().ok());
    let (button, column, row) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let kind = match (button & !0b1_1100, last) {
        (0, b'M') => MouseKind::Press,
        (64, b'M') => MouseKind::ScrollUp,
        (65, b'M') => MouseKind::ScrollDown,
        _ => return None,
    };
    Some(Mouse { kind, column: column.saturating_sub(1), row: row.saturating_sub(1) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(bytes: &[u8]) -> Vec<Item> {
        let (mut parser, mut items) = (Parser::default(), Vec::new());
        parser.advance(bytes, &mut items);
        parser.finish(&mut items);
        items
    }

    fn shown(bytes: &[u8]) -> String {
        let show = |item: Item| match item {
            Item::Key(key) => key.to_string(),
            Item::Paste(text) => format!("paste {text:?}"),
            Item::Mouse(m) => format!("{:?} {},{}", m.kind, m.column, m.row),
        };
        parse(bytes).into_iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_of_common_terminals() {
        for (bytes, keys) in [
            (&b"aG \r\n\t\x7f\x08"[..], "a G space enter enter tab backspace backspace"),
            (b"\x01\x04\x1a\x00\x1f\x1d", "ctrl-a ctrl-d ctrl-z ctrl-space ctrl-_ ctrl-]"),
            (b"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "up down right left home end"),
            (b"\x1bOA\x1bOP\x1bOS\x1b[15~\x1b[24~\x1b[[B", "up f1 f4 f5 f12 f2"),
            (b"\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~", "home ins del end pgup pgdn"),
            (b"\x1b[Z\x1b[1;5C\x1b[1;2A\x1b[3;5~", "backtab ctrl-right shift-up ctrl-del"),
            (b"\x1bb\x1bf\x1b\x7f\x1b\x1b", "alt-b alt-f alt-backspace esc esc"),
            (b"\x1b[97;5u\x1b[97;5:3u\x1b[27u\x1b[13;2u\x1b[57358u", "ctrl-a esc shift-enter"),
            ("äß山🔑".as_bytes(), "ä ß 山 🔑"),
            (b"\x1bO", "alt-O"),
            (b"\x1b[I\x1b[O\x1b]0;title\x07\x1bP>|x\x1b\\\x1b[?1;2cx", "x"),
            (b"\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<64;1;1M\x1b[<65;1;1M", "Press 4,2 ScrollUp 0,0 ScrollDown 0,0"),
        ] {
            assert_eq!(shown(bytes), keys, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_a_terminal_sends_for_a_key_is_known_to_the_keys() {
        for byte in (0x00..0x20_u8).filter(|b| *b != 0x1b).chain([0x7f]) {
            let Ok([Item::Key(read)]) = <[Item; 1]>::try_from(parse(&[byte])) else { panic!("{byte:#x}") };
            // Control takes the upper bits of a character away, or sets them where that is the key with the name.
            let held = Key::ctrl(char::from(if byte == 0x7f { b'?' } else { byte | 0x40 }));
            assert_eq!(held.sent(), read, "{byte:#x}");
            assert_eq!(read.sent(), read, "{byte:#x}");
        }
    }

    #[test]
    fn a_paste_is_one_text_whatever_it_holds() {
        assert_eq!(shown(b"\x1b[200~a\r\nb\rc\td\x1b[201~x"), "paste \"a\\nb\\nc\\td\" x");
        assert_eq!(shown(b"\x1b[200~a\x1b[200~b\x07\x1b[31mc\x1b[201~"), "paste \"ab[31mc\"");
        assert_eq!(shown(b"\x1b[200~never closed"), "paste \"never closed\"");
        assert_eq!(shown(b"\x1b[200~\xff\x1b[201~"), "paste \"\u{fffd}\"");
    }

    #[test]
    fn wrong_bytes_are_shown_as_such_and_the_rest_is_kept() {
        assert_eq!(shown(b"a\xffb\xc3"), "a \u{fffd} b \u{fffd}");
        assert_eq!(shown(b"\x1b[1;\x01x"), "ctrl-a x");
    }

    #[test]
    fn a_large_paste_is_read_in_pieces() {
        let (mut parser, mut items) = (Parser::default(), Vec::new());
        parser.advance(PASTE_BEGIN, &mut items);
        for _ in 0..640 {
            parser.advance(&[b'x'; 16 << 10], &mut items);
        }
        parser.advance(PASTE_END, &mut items);
        assert!(matches!(&items[..], [Item::Paste(text)] if text.len() == 640 * (16 << 10)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_bytes_in_any_pieces_mean_the_same(bytes in proptest::collection::vec(
            prop_oneof![4 => any::<u8>(), 2 => Just(0x1b_u8), 2 => Just(b'['), 1 => Just(b'~'), 2 => b'0'..=b'9'], 0..80), cut in 0_usize..80) {
            let whole = parse(&bytes);
            let (mut parser, mut items) = (Parser::default(), Vec::new());
            let (one, two) = bytes.split_at(cut.min(bytes.len()));
            parser.advance(one, &mut items);
            parser.advance(two, &mut items);
            parser.finish(&mut items);
            prop_assert_eq!(items, whole);
        }
    }
}
