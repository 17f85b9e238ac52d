//! The words of HTML that stands in somebody's Markdown. It must not render, and nothing that it gives is safe as HTML.

use std::borrow::Cow;
use std::collections::BTreeMap;

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

/// The tags that carry no words of their own. Anything else in angle brackets is a placeholder and stays.
const TAGS: [&str; 47] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "del",
    "details",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "video",
];

/// Elements whose content nobody reads.
const UNREAD: [&str; 2] = ["script", "style"];

/// Text without HTML comments, known tags, scripts and styles. What stands between two tags keeps a blank on each side.
#[must_use]
pub fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(comment) = from.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some((tag, after)) = from.split_once('>') else {
            out.push_str(from);
            return out;
        };
        let name = tag.trim_start_matches(['<', '/']);
        let name = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        rest = after;
        if UNREAD.contains(&name.as_str()) && !tag.starts_with("</") {
            rest = behind(after, &name);
            out.push(' ');
        } else if TAGS.contains(&name.as_str()) || UNREAD.contains(&name.as_str()) {
            out.push(' ');
        } else {
            out.push_str(tag);
            out.push('>');
        }
    }
    out.push_str(rest);
    out
}

/// What stands behind the end of an element; nothing when it does not end.
fn behind<'a>(html: &'a str, name: &str) -> &'a str {
    let ends = |at: usize| {
        let tail = html.get(at..)?.strip_prefix("</")?;
        let named = tail.get(..name.len()).is_some_and(|there| there.eq_ignore_ascii_case(name));
        named.then(|| tail.split_once('>').map_or("", |(_, after)| after))
    };
    html.match_indices("</").find_map(|(at, _)| ends(at)).unwrap_or_default()
}

/// The longest name of a character, in bytes; that of the longest one in HTML.
const NAME: usize = 32;

/// Most different names that are looked up in a text: HTML has two thousand, and what goes on giving others names none.
const NAMES: usize = 4_096;

/// A text with the characters that it names: `caf&eacute;`, `&#233;`, `&#xE9;`. What names none, or one that acts, stays.
#[must_use]
pub fn decoded(text: &str) -> Cow<'_, str> {
    let mut known: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let (mut out, mut from) = (String::new(), 0_usize);
    for (at, _) in text.match_indices('&') {
        let rest = text.get(at..).unwrap_or_default();
        let length =
            rest.bytes().skip(1).take(NAME).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
        let end = length.saturating_add(2);
        let Some(name) = rest.get(..end).filter(|name| length > 0 && name.ends_with(';')) else { continue };
        let is_new = !known.contains_key(name);
        if is_new && !name.starts_with("&#") && known.len() >= NAMES {
            continue;
        }
        let character = match name.strip_prefix("&#") {
            Some(number) => numbered(number.trim_end_matches(';')).map(String::from),
            None => known.entry(name).or_insert_with(|| named(name)).clone(),
        };
        if let (Some(character), Some(before)) = (character, text.get(from..at)) {
            out.push_str(before);
            out.push_str(&character);
            from = at.saturating_add(end);
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// The character of a number: `233`, `xE9`.
fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) if (1..=6).contains(&digits.len()) => u32::from_str_radix(digits, 16).ok()?,
        None if number.len() <= 7 => number.parse().ok()?,
        _ => return None,
    };
    char::from_u32(code).filter(|c| !c.is_control())
}

/// What a name of HTML stands for, by the table of the reader of Markdown.
fn named(name: &str) -> Option<String> {
    let arena = Arena::new();
    let root = parse_document(&arena, name, &Options::default());
    let text: String = root
        .descendants()
        .filter_map(|node| match &node.data().value {
            NodeValue::Text(text) => Some(text.to_string()),
            _ => None,
        })
        .collect();
    (text != name && !text.is_empty()).then_some(text)
}

/// How far into a text an element is looked for, in bytes.
const HEAD: usize = 64 << 10;

/// How long one may be with its tags, in bytes: of elements that never end, each would be looked through to the end.
const ELEMENT: usize = 2 << 10;

/// The words of the first element of a name, on one line, where one stands near the beginning.
#[must_use]
pub fn first(html: &str, name: &str) -> Option<String> {
    let html = html.get(..html.floor_char_boundary(HEAD))?;
    html.match_indices('<').find_map(|(at, _)| {
        let tail = html.get(at.saturating_add(1)..)?;
        let tail = tail.get(..tail.floor_char_boundary(ELEMENT))?;
        let is_it = tail.get(..name.len()).is_some_and(|there| there.eq_ignore_ascii_case(name));
        let (_, inside) =
            tail.get(name.len()..).filter(|rest| is_it && rest.starts_with(['>', ' ']))?.split_once('>')?;
        let end = inside.find("</")?;
        let text = without_tags(inside.get(..end)?);
        let text = decoded(&text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_markup_goes() {
        let words = |html: &str| without_tags(html).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words("<details>\n<summary>Logs</summary>\n<pre>\nFATAL: x\n</pre>"), "Logs FATAL: x");
        assert_eq!(words("<td>a</td><td>b</td> <namespace> <!-- no\nword --> c"), "a b <namespace> c");
        assert_eq!(words("a <script>let b = '<p>';</SCRIPT> c <style>d"), "a c");
        assert_eq!(words("1 < 2 and <b>é</b>"), "1 < 2 and <b>é");
        assert_eq!(first("<p>x</p><H1 class=\"t\">Queue <i>out</h1>", "h1").as_deref(), Some("Queue out"));
        assert_eq!(first("<h1>Caf&eacute; &amp; bar</h1>", "h1").as_deref(), Some("Café & bar"));
        assert_eq!(first("<h10>x</h10> <h1>", "h1"), None);
        assert_eq!(first("<é", "h1"), None);
        assert_eq!(first(&format!("{}<h1>late</h1>", " ".repeat(HEAD)), "h1"), None);
    }

    #[test]
    fn characters_are_read_by_name_and_number_and_what_names_none_stays() {
        for (text, read) in [
            ("caf&eacute; &#107;umquat &#x4b;iwi &#X4B;", "café kumquat Kiwi K"),
            ("&lt;b&gt; &amp;lt; &quot;&nbsp;&hellip;", "<b> &lt; \"\u{a0}…"),
            ("AT&T &; &nothing; &eacute &#; &#x; &#xZ; &#99999999; &#xD800;", ""),
            ("&#27;[31m &#0; &#155;", ""),
            ("&&amp;&", "&&&"),
            ("é&eacute;é", "ééé"),
        ] {
            assert_eq!(decoded(text), if read.is_empty() { text } else { read }, "{text}");
        }
        // What goes on giving names that there are not is not looked up for ever, and numbers are all the same.
        let many: String = (0..2 * NAMES).map(|n| format!("&a{n};")).collect();
        assert_eq!(decoded(&format!("{many}&#233;")), format!("{many}é"));
    }
}
