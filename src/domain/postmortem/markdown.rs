//! Small readings of Markdown that the postmortem needs: blocks with their lines, code, plain text, and escaping of
//! text that must not turn into markup. It must not render.

use std::borrow::Cow;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::domain::html;

/// How a place begins that a person still has to fill in: `[fill in: who was told]`. Visible when rendered, so
/// that nobody publishes one unseen.
pub const MARK: &str = "[fill in:";

/// A text without the places that a person still has to fill in: their words are ours, and say nothing about what happened.
#[must_use]
pub fn without_marks(text: &str) -> Cow<'_, str> {
    let begins = |at: usize| {
        let end = at.saturating_add(MARK.len());
        text.get(at..end).is_some_and(|start| start.eq_ignore_ascii_case(MARK))
    };
    let (mut out, mut from) = (String::new(), 0_usize);
    for (at, _) in text.match_indices('[').filter(|(at, _)| begins(*at)) {
        let Some(before) = text.get(from..at) else { continue };
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.find(['\n', ']']).map_or(rest.len(), |end| {
            end.saturating_add(usize::from(rest.get(end..).is_some_and(|rest| rest.starts_with(']'))))
        });
        out.push_str(before);
        out.push(' ');
        from = at.saturating_add(end);
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// A block at the top level of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its first line, from 1.
    pub first: usize,
    /// Its last line.
    pub last: usize,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading: level 1 to 6 and its plain text.
    Heading(u8, String),
    /// A list: line and plain text of its own items (with what is nested in them).
    List(Vec<(usize, String)>),
    /// A table: line and plain text of its rows but the head.
    Table(Vec<(usize, String)>),
    /// A code block, fenced or indented.
    Code,
    /// Anything else, with its plain text.
    Text(String),
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    options
}

/// What one parse of a text gives: each of these would parse it again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// As [`blocks`] gives them.
    pub blocks: Vec<Block>,
    /// As [`code_lines`] gives them.
    pub code_lines: Vec<bool>,
    /// As [`plain`] gives it.
    pub plain: String,
}

/// Blocks, lines of code and plain text of a document.
#[must_use]
pub fn read(text: &str) -> Reading {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options());
    Reading {
        blocks: blocks_of(root),
        code_lines: code_lines_of(root, lines_of(text).count()),
        plain: plain_of(root, text.len()),
    }
}

/// The blocks at the top level of a text.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let arena = Arena::new();
    blocks_of(parse_document(&arena, text, &options()))
}

fn blocks_of<'a>(root: &'a AstNode<'a>) -> Vec<Block> {
    root.children()
        .map(|node| {
            let (kind, first, last) = {
                let data = node.data();
                let kind = match &data.value {
                    NodeValue::Heading(heading) => BlockKind::Heading(heading.level, String::new()),
                    NodeValue::List(_) => BlockKind::List(Vec::new()),
                    NodeValue::Table(_) => BlockKind::Table(Vec::new()),
                    NodeValue::CodeBlock(_) => BlockKind::Code,
                    _ => BlockKind::Text(String::new()),
                };
                (kind, data.sourcepos.start.line, data.sourcepos.end.line)
            };
            let rows = |skip: usize| {
                node.children().skip(skip).map(|n| (n.data().sourcepos.start.line, words(n))).collect()
            };
            let kind = match kind {
                BlockKind::Heading(level, _) => BlockKind::Heading(level, words(node)),
                BlockKind::List(_) => BlockKind::List(rows(0)),
                BlockKind::Table(_) => BlockKind::Table(rows(1)),
                BlockKind::Code => BlockKind::Code,
                BlockKind::Text(_) => BlockKind::Text(words(node)),
            };
            Block { kind, first, last: last.max(first) }
        })
        .collect()
}

/// The plain words of one node, on one line.
fn words<'a>(node: &'a AstNode<'a>) -> String {
    let mut text = String::new();
    plain_into(node, &mut text);
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The plain text of a document: no markup, no link targets, no tags of HTML; blocks on lines of their own.
#[must_use]
pub fn plain(text: &str) -> String {
    let arena = Arena::new();
    plain_of(parse_document(&arena, text, &options()), text.len())
}

fn plain_of<'a>(root: &'a AstNode<'a>, bytes: usize) -> String {
    let mut out = String::with_capacity(bytes);
    plain_into(root, &mut out);
    out.truncate(out.trim_end().len());
    out
}

fn plain_into<'a>(node: &'a AstNode<'a>, out: &mut String) {
    for node in node.descendants() {
        match &node.data().value {
            NodeValue::Text(text) => out.push_str(text),
            NodeValue::Code(code) => out.push_str(&code.literal),
            NodeValue::CodeBlock(code) => {
                new_line(out);
                out.push_str(&code.literal);
            }
            NodeValue::HtmlBlock(block) => {
                // An export of a wiki is one such block.
                new_line(out);
                out.push_str(html::decoded(&html::without_tags(&block.literal)).trim());
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => out.push('\n'),
            NodeValue::TableCell => out.push(' '),
            NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::Item(_)
            | NodeValue::TaskItem(_)
            | NodeValue::TableRow(_) => new_line(out),
            _ => {}
        }
    }
}

fn new_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// Which lines of a text stand in code blocks, at any depth.
#[must_use]
pub fn code_lines(text: &str) -> Vec<bool> {
    let arena = Arena::new();
    code_lines_of(parse_document(&arena, text, &options()), lines_of(text).count())
}

fn code_lines_of<'a>(root: &'a AstNode<'a>, count: usize) -> Vec<bool> {
    let mut lines = vec![false; count];
    for node in root.descendants() {
        let data = node.data();
        if matches!(data.value, NodeValue::CodeBlock(_)) {
            let (start, end) = (data.sourcepos.start.line, data.sourcepos.end.line);
            lines.iter_mut().take(end).skip(start.saturating_sub(1)).for_each(|line| *line = true);
        }
    }
    lines
}

/// The lines of a text as Markdown counts them (`\n`, `\r\n` and `\r` end one), with their ends.
pub fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = match rest.find(['\n', '\r']) {
            None => rest.len(),
            Some(at) if rest.get(at..)?.starts_with("\r\n") => at.saturating_add(2),
            Some(at) => at.saturating_add(1),
        };
        let (line, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(line)
    })
}

/// A line without its code spans: each becomes one space, so that words do not grow together.
#[must_use]
pub fn without_code_spans(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let inside = tail.trim_start_matches('`');
        let fence = tail.get(..tail.len().saturating_sub(inside.len())).unwrap_or("`");
        out.push_str(before);
        if let Some(end) = closing(inside, fence) {
            out.push(' ');
            rest = inside.get(end..).unwrap_or_default();
        } else {
            out.push_str(fence);
            rest = inside;
        }
    }
    out.push_str(rest);
    out
}

/// Where the code span ends that `fence` opened: the byte after the closing run of the same length.
fn closing(inside: &str, fence: &str) -> Option<usize> {
    let mut at = 0_usize;
    while let Some(found) = inside.get(at..)?.find('`') {
        let start = at.saturating_add(found);
        let run = inside.get(start..)?.bytes().take_while(|b| *b == b'`').count();
        at = start.saturating_add(run);
        if run == fence.len() {
            return Some(at);
        }
    }
    None
}

/// What keeps an address or a name from being found whole: a reader sees nothing of it. An entity would not do: mail
/// addresses and mentions are looked for in the words as they read.
pub const BREAK: &str = "<!-- -->";

/// Whether a [`BREAK`] belongs between these two, so that what they make is no link and calls nobody where a renderer
/// finds web addresses, mail addresses and mentions by itself, as GitHub's does.
#[must_use]
pub fn breaks(before: &str, after: &str) -> bool {
    let next = after.bytes().next().unwrap_or(b' ');
    if before.ends_with('@') {
        return next.is_ascii_alphanumeric() || matches!(next, b'-' | b'_' | b'.');
    }
    if let Some(scheme) = before.strip_suffix(':') {
        let word = scheme.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        return after.starts_with("//")
            && ["http", "https", "ftp"].iter().any(|known| word.eq_ignore_ascii_case(known));
    }
    let word = before.rsplit(|c: char| !c.is_alphanumeric() && c != '.').next().unwrap_or_default();
    word.eq_ignore_ascii_case("www.") && !next.is_ascii_whitespace()
}

/// One line of somebody's text as Markdown that reads the same: markup and HTML escaped, code spans left alone.
#[must_use]
pub fn escaped(line: &str) -> String {
    written(line, |_, _| false)
}

/// [`escaped`], where an address or a name must not come alive either: for what leaves as it is. What people go on
/// writing keeps its addresses.
#[must_use]
pub fn inert(line: &str) -> String {
    written(line, breaks)
}

fn written(line: &str, breaks: fn(&str, &str) -> bool) -> String {
    let mut out = String::with_capacity(line.len().saturating_add(8));
    let mut rest = line;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let next = after.chars().next().unwrap_or(' ');
        if c == '`'
            && next != '`'
            && before != '`'
            && let Some(end) = closing(after, "`")
        {
            out.push('`');
            out.push_str(after.get(..end).unwrap_or_default());
            rest = after.get(end..).unwrap_or_default();
            before = ' ';
            continue;
        }
        let escape = match c {
            '\\' | '`' | '*' | '[' | ']' => true,
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '<' => next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'),
            '&' => next == '#' || next.is_ascii_alphabetic(),
            '~' => next == '~' || before == '~',
            _ => false,
        };
        if escape {
            out.push('\\');
        }
        out.push(c);
        let read = line.get(..line.len().saturating_sub(after.len())).unwrap_or_default();
        if breaks(read, after) {
            out.push_str(BREAK);
        }
        before = c;
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blocks_have_lines_and_plain_words() {
        let text = "# *A* `b`\n\npara\nmore\n\n- one\n  - nested\n- [ ] two\n\n| h |\n|---|\n| r |\n\n```\n# not\n```\n";
        let blocks = blocks(text);
        let heads: Vec<_> = blocks.iter().map(|b| (b.first, b.last, b.kind.clone())).collect();
        assert_eq!(heads[0], (1, 1, BlockKind::Heading(1, "A b".into())));
        assert_eq!(heads[1], (3, 4, BlockKind::Text("para more".into())));
        assert_eq!(heads[2].2, BlockKind::List(vec![(6, "one nested".into()), (8, "two".into())]));
        assert_eq!(heads[3].2, BlockKind::Table(vec![(12, "r".into())]));
        assert_eq!((heads[4].0, heads[4].1, &heads[4].2), (14, 16, &BlockKind::Code));
        assert_eq!(plain("a [link](http://x) <b>c</b>\n\n- d"), "a link c\nd");
        assert_eq!(plain("<p>b</p>\ncaf&eacute; &lt;p&gt;\n\n&eacute;"), "b \ncafé <p>\né");
        assert_eq!(plain("a\n\n<pre>\nb\n</pre>\n\n<!-- c -->\n\nd"), "a\nb\nd");
    }

    #[test]
    fn code_is_known_by_line_and_by_span() {
        assert_eq!(code_lines("a\n\n```\nb\n```\nc\n"), [false, false, true, true, true, false]);
        assert_eq!(without_code_spans("a `<b>` c ``d ` e`` f ` g"), "a   c   f ` g");
        assert_eq!(lines_of("a\r\nb\rc\nd").collect::<Vec<_>>(), ["a\r\n", "b\r", "c\n", "d"]);
    }

    #[test]
    fn places_to_fill_in_are_taken_out_and_nothing_else() {
        for (text, left) in [
            ("a [fill in: who] b", "a   b"),
            ("[Fill in: é][fill in: x]", "  "),
            ("a [fill in: open\nb [x] fill in: c", "a  \nb [x] fill in: c"),
            ("a [fill in: [b] c]", "a   c]"),
            ("[fill in:", " "),
            ("[fill in", "[fill in"),
        ] {
            assert_eq!(without_marks(text), left, "{text}");
        }
    }

    #[test]
    fn escaped_text_reads_as_it_was_typed() {
        for text in [
            "plain text",
            "a*b*c",
            "snake_case and _this_",
            "<script>x</script>",
            "see [fill in: x]",
            "`code <a>` ok",
            "a ` b",
            "``` x",
            "AT&amp;T &#65;",
            "1 < 2 > 0",
            "~~gone~~",
            "back\\slash \\* end\\",
            "![x](y)",
            "http://e.com/a_b_c",
        ] {
            let shown = plain(&format!("- x {}", escaped(text)));
            assert_eq!(shown, format!("x {}", text.replace("`code <a>`", "code <a>")), "{text}");
        }
    }

    #[test]
    fn inert_text_reads_as_it_was_typed_and_nothing_of_it_comes_alive() {
        let mut options = options();
        options.extension.autolink = true;
        let mut tame = comrak::Options::default();
        tame.render.r#unsafe = true;
        for text in [
            "![i](http://evil.example/x)",
            "https://ok.example/page",
            "(HTTPS://ok.example) ftp://e.com _http://e.com",
            "see www.e.com, WWW.e.com *www.e.com*",
            "@SUM(1) @bob, ask @carol_x",
            "mail alice@example.com or mailto:a_b@e.com, xmpp:a@e.com/x, a@-b.co",
            "`http://e.com` and http://e.com",
            "hxxps://evil[.]example",
        ] {
            let written = inert(text);
            let html = comrak::markdown_to_html(&format!("- x {written}"), &options);
            assert!(!html.contains("<a"), "{written}: {html}");
            assert_eq!(plain(&written), text.replace('`', ""), "{written}");
            // No part of the words that read as one is an address or a name.
            let html = comrak::markdown_to_html(&written, &tame);
            let mut parts = html.split(BREAK).filter(|part| !part.contains("<code>"));
            let alive =
                |part: &str| ["http://", "https://", "ftp://", "www.e"].iter().any(|a| part.contains(a));
            assert!(!parts.any(|part| alive(&part.to_lowercase()) || part.contains("@b")), "{html}");
        }
        for text in ["5 @ 3", "a: b", "c://d", "www. x", "wwwx.e.com", "@", "http:", "http: //x"] {
            assert_eq!(inert(text), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_lines_add_up(text in "[a-c`*_#>|\\-\\[\\]() \\\\\n\r\t<&é]{0,120}") {
            prop_assert_eq!(lines_of(&text).collect::<String>(), text.clone());
            let count = lines_of(&text).count();
            for block in blocks(&text) {
                prop_assert!(block.first >= 1 && block.first <= count.max(1), "{:?}", block);
            }
            let _ = (escaped(&text), inert(&text), without_code_spans(&text));
            let parts = Reading { blocks: blocks(&text), code_lines: code_lines(&text), plain: plain(&text) };
            prop_assert_eq!(read(&text), parts);
        }
    }
}
