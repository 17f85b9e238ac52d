//! Text from outside (alerts, pastes, files, other people's postmortems) made safe to show: no terminal control,
//! no invisible or reordering characters, no towers of accents. It must not change what is stored: logs and files
//! keep their bytes, only what goes to a screen or a terminal passes here.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use unicode_width::UnicodeWidthChar;

/// How many combining marks a base character may carry; the rest is counted, not shown.
const MAX_MARKS: usize = 8;

/// Text that a screen or a terminal can show without harm. The only ways to make one are [`SafeText::line`] and
/// [`SafeText::block`]; making one from the other's output changes nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SafeText<'a>(Cow<'a, str>);

impl<'a> SafeText<'a> {
    /// Makes text safe for one line: newlines and tabs become spaces. Borrows when nothing had to change.
    #[must_use]
    pub fn line(text: &'a str) -> Self {
        Self(make_safe(text, false))
    }

    /// Makes text safe for many lines: newlines and tabs stay, `\r\n` becomes `\n`. Borrows when nothing had to
    /// change.
    #[must_use]
    pub fn block(text: &'a str) -> Self {
        Self(make_safe(text, true))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, owned.
    #[must_use]
    pub fn into_owned(self) -> SafeText<'static> {
        SafeText(Cow::Owned(self.0.into_owned()))
    }

    /// The text as a `String`.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }
}

/// A text in one line, so that none of its own begins a line among ours: what parts its words becomes one space.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Makes a JSON document safe to show: what would act, hide or reorder is written as `\u…`, which a program reads as
/// the same text. Such characters stand in strings only, so the document stays one. Borrows when nothing had to change.
#[must_use]
pub fn json(document: &str) -> Cow<'_, str> {
    let acts = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_hidden(c);
    if document.is_ascii() && !document.contains('\x7f') || !document.contains(acts) {
        return Cow::Borrowed(document);
    }
    let mut out = String::with_capacity(document.len().saturating_add(64));
    for c in document.chars() {
        if acts(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write_code(&mut out, format_args!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

impl fmt::Display for SafeText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for SafeText<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// What the last character that was written allows to follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Start of the text or of a line: a mark here would sit on whatever stands left of the text.
    Nothing,
    /// A character of its own.
    Base(char),
    /// An emoji to which a modifier or selector was added: only a joiner may still follow.
    Dressed,
}

fn make_safe(text: &str, block: bool) -> Cow<'_, str> {
    let plain = |b: u8| matches!(b, b' '..=b'~') || (block && matches!(b, b'\n' | b'\t'));
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_add(16));
    let mut before = Before::Nothing;
    let mut marks = 0_usize;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let is_mark = !is_hidden(c) && !c.is_control() && c.width() == Some(0);
        if is_mark {
            marks = marks.saturating_add(1);
            if marks > MAX_MARKS {
                continue;
            }
            if before == Before::Nothing {
                out.push('◌');
                before = Before::Base('◌');
            }
            out.push(c);
            continue;
        }
        if count_dropped(&mut out, &mut marks) {
            // What follows stands behind our own words and not behind the base.
            before = Before::Base(' ');
        }
        match c {
            '\n' | '\t' if block => {
                out.push(c);
                before = Before::Nothing;
                continue;
            }
            '\r' if next == Some('\n') => continue,
            '\n' | '\t' => out.push(' '),
            '\0'..='\x1f' => {
                out.push('^');
                out.push(char::from_u32(u32::from(c).saturating_add(0x40)).unwrap_or('?'));
            }
            '\x7f' => out.push_str("^?"),
            '\u{80}'..='\u{9f}' => write_code(&mut out, format_args!("\\u{{{:x}}}", u32::from(c))),
            _ if is_hidden(c) && may_stay(c, before, next) => {
                out.push(c);
                before = if c == '\u{200d}' || c == '\u{200c}' { Before::Base(c) } else { Before::Dressed };
                continue;
            }
            _ if is_hidden(c) => write_code(&mut out, format_args!("<U+{:04X}>", u32::from(c))),
            '\u{1f3fb}'..='\u{1f3ff}' if matches!(before, Before::Base(b) if is_emoji(b)) => {
                out.push(c);
                before = Before::Dressed;
                continue;
            }
            _ => {
                out.push(c);
                before = Before::Base(c);
                continue;
            }
        }
        before = Before::Base(' ');
    }
    count_dropped(&mut out, &mut marks);
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// Says how many marks were left out on the last base, if any, and starts counting for the next one.
fn count_dropped(out: &mut String, marks: &mut usize) -> bool {
    let dropped = marks.saturating_sub(MAX_MARKS);
    if dropped > 0 {
        write_code(out, format_args!("<+{dropped} marks>"));
    }
    *marks = 0;
    dropped > 0
}

fn write_code(out: &mut String, code: fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(code);
}

/// The first character of a command that a screen does not show as what it is: one that acts, hides or reorders, or a
/// blank that parts no words. Even where ordinary writing needs it, nobody can say yes to it.
#[must_use]
pub fn unseen(command: &str) -> Option<char> {
    let odd = |c: char| match c {
        ' ' | '\t' | '\n' => false,
        c => c.is_control() || c.is_whitespace() || is_hidden(c),
    };
    command.chars().find(|c| odd(*c))
}

/// Characters that cannot be seen, or that reorder or hide what can.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The hidden characters that ordinary writing needs: joiners inside emoji and in the scripts that join letters,
/// and the emoji selector behind a character that has two looks.
fn may_stay(c: char, before: Before, next: Option<char>) -> bool {
    match c {
        '\u{200d}' => match before {
            Before::Dressed => next.is_some_and(is_emoji),
            Before::Base(b) => {
                (is_emoji(b) && next.is_some_and(is_emoji)) || (joins(b) && next.is_some_and(joins))
            }
            Before::Nothing => false,
        },
        '\u{200c}' => matches!(before, Before::Base(b) if joins(b)) && next.is_some_and(joins),
        '\u{fe0f}' => match before {
            Before::Base(b) if is_emoji(b) => true,
            Before::Base('0'..='9' | '#' | '*') => next == Some('\u{20e3}'),
            _ => false,
        },
        _ => false,
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2934}' | '\u{2935}'
        | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Letters of the scripts in which a joiner or non-joiner is spelling: Arabic to Sinhala.
fn joins(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{6fa}'..='\u{7ff}' | '\u{8a0}'..='\u{8c9}' | '\u{904}'..='\u{df4}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> String {
        SafeText::line(text).into_string()
    }

    #[test]
    fn terminal_control_becomes_visible() {
        assert_eq!(line("a\x1b[2Jb"), "a^[[2Jb");
        assert_eq!(line("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(line("x\x7f\0"), "x^?^@");
        assert_eq!(line("a\rb"), "a^Mb");
        assert_eq!(line("a\r\nb\tc"), "a b c");
        assert_eq!(SafeText::block("a\r\nb\n\tc").as_str(), "a\nb\n\tc");
        assert_eq!(SafeText::block("a\rb").as_str(), "a^Mb");
    }

    #[test]
    fn what_reorders_or_hides_becomes_visible() {
        assert_eq!(line("user\u{202e}txt.exe"), "user<U+202E>txt.exe");
        assert_eq!(line("\u{2066}a\u{2069}"), "<U+2066>a<U+2069>");
        assert_eq!(line("pay\u{200b}ments"), "pay<U+200B>ments");
        assert_eq!(line("a\u{2028}b\u{2029}"), "a<U+2028>b<U+2029>");
        assert_eq!(line("\u{e0041}"), "<U+E0041>");
        assert_eq!(line("\u{feff}x"), "<U+FEFF>x");
        assert_eq!(line("a\u{200d}b"), "a<U+200D>b");
        assert_eq!(line("a\u{fe0f}"), "a<U+FE0F>");
    }

    #[test]
    fn ordinary_writing_stays_and_is_borrowed() {
        for text in [
            "plain",
            "héllo",
            "e\u{301}",
            "日本語",
            "👩\u{200d}💻 ok",
            "❤\u{fe0f}\u{200d}🔥",
            "👍🏽",
            "🇩🇪",
            "1\u{fe0f}\u{20e3}",
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
        ] {
            let safe = SafeText::line(text);
            assert_eq!(safe.as_str(), text);
            assert!(matches!(safe.0, Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn towers_of_marks_are_cut_and_counted() {
        let tower = format!("a{}b", "\u{301}".repeat(50));
        let safe = line(&tower);
        assert_eq!(safe, format!("a{}<+42 marks>b", "\u{301}".repeat(8)));
        assert_eq!(line("\u{301}a"), "◌\u{301}a");
        // A selector behind the count belongs to nothing.
        let selector = format!("{}\u{fe0f}", "\u{300}".repeat(10));
        assert_eq!(line(&selector), format!("◌{}<+2 marks><U+FE0F>", "\u{300}".repeat(8)));
    }

    fn nasty() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            prop::sample::select(vec![
                "\x1b[31m",
                "\u{9b}",
                "\r",
                "\r\n",
                "\n",
                "\t",
                "\u{202e}",
                "\u{200d}",
                "\u{200c}",
                "\u{fe0f}",
                "\u{301}",
                "👩",
                "🏽",
                "1",
                "\u{20e3}",
                "م",
                "क",
                "\u{94d}",
                "\u{e0041}",
                "\u{feff}",
                "a",
                " ",
                "\u{300}\u{300}\u{300}\u{300}\u{300}",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn safe_text_is_safe_and_stays_as_it_is(text in nasty()) {
            for block in [false, true] {
                let once = make_safe(&text, block).into_owned();
                prop_assert_eq!(&*make_safe(&once, block), once.as_str());
                for c in once.chars() {
                    prop_assert!(!c.is_control() || (block && matches!(c, '\n' | '\t')), "{:?}", c);
                    let hidden = is_hidden(c) && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0f}');
                    prop_assert!(!hidden, "{:?}", c);
                }
                let mut run = 0;
                for c in once.chars() {
                    run = if c.width() == Some(0) && !is_hidden(c) { run + 1 } else { 0 };
                    prop_assert!(run <= MAX_MARKS);
                }
            }
        }
    }
}
