//! The words of HTML that stands in somebody's Markdown. It must not render, and nothing that it gives is safe as HTML.

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
        assert_eq!(first("<h10>x</h10> <h1>", "h1"), None);
        assert_eq!(first("<é", "h1"), None);
        assert_eq!(first(&format!("{}<h1>late</h1>", " ".repeat(HEAD)), "h1"), None);
    }
}
