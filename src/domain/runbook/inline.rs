//! One line of plain words from Markdown's inline marks: emphasis goes, code keeps its backticks, link targets are
//! kept apart, placeholders such as `<key-id>` stay. It must not look at blocks.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Node, NodeValue};

use crate::domain::html;

/// The words of a heading or a paragraph, and what else was in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// The text in one line.
    pub text: String,
    /// Link text and target, where the target says more than the text.
    pub links: Vec<(String, String)>,
    /// The text beside links.
    outside: String,
    /// There is at least one link.
    linked: bool,
    /// The text beside code.
    beside_code: String,
    /// Code spans.
    code: Vec<String>,
}

impl Words {
    /// Nothing but a link, or a link and a remark on it after a full stop: it points elsewhere.
    pub(super) fn is_only_link(&self) -> bool {
        if !self.linked {
            return false;
        }
        // LINK marks where a link stood.
        let around: Vec<&str> = self.outside.split(LINK).collect();
        let says = |text: &&str| text.chars().any(char::is_alphanumeric);
        if !around.iter().any(says) {
            return true;
        }
        let before = around.first().copied().unwrap_or_default();
        let after = around.get(1).copied().unwrap_or_default();
        !says(&before) && after.trim_start_matches(['"', '\'', '*', ')']).starts_with(". ")
    }

    /// Nothing but names in code (`CreateUser`, `eth0`), remarks in brackets aside. A code span with a blank in it
    /// is a command, and so an action.
    pub(super) fn is_only_names(&self) -> bool {
        let mut depth = 0_i32;
        let bare = self.beside_code.chars().any(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth <= 0 && c.is_alphanumeric()
        });
        !self.code.is_empty()
            && !bare
            && self.code.iter().all(|code| !code.trim().contains(char::is_whitespace))
    }

    /// Its first sentence asks something.
    pub(super) fn is_question(&self) -> bool {
        let mut before_blank = self.text.char_indices().peekable();
        while let Some((_, c)) = before_blank.next() {
            let ends =
                before_blank.peek().is_none_or(|(_, next)| next.is_whitespace() || "\"')*_".contains(*next));
            match c {
                '?' if ends => return true,
                '.' | '!' if ends => return false,
                _ => {}
            }
        }
        false
    }

    /// A placeholder for something that was never written.
    pub(super) fn is_todo(&self) -> bool {
        let text = self.text.trim_start_matches(['`', '*', '_', '<', '[', '(', ' ']);
        ["TODO", "TBD", "FIXME", "Todo:", "todo:"].iter().any(|mark| {
            text.strip_prefix(mark)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    }
}

/// Stands in [`Words::outside`] where a link was; a private-use character that no text needs.
const LINK: char = '\u{e000}';

/// Reads the inline children of a block.
pub(super) fn words(block: Node<'_>) -> Words {
    let mut words = Words::default();
    let mut link: Option<(String, String)> = None;
    let mut within = 0_usize;
    for edge in block.traverse() {
        match edge {
            NodeEdge::Start(node) => {
                let data = node.data.borrow();
                let piece = match &data.value {
                    NodeValue::Text(text) => text.to_string(),
                    NodeValue::Code(code) => {
                        words.code.push(code.literal.clone());
                        format!("`{}`", code.literal)
                    }
                    NodeValue::SoftBreak | NodeValue::LineBreak => " ".to_owned(),
                    NodeValue::HtmlInline(html) => html::without_tags(html),
                    NodeValue::Link(target) | NodeValue::Image(target) => {
                        if within == 0 {
                            link = Some((String::new(), target.url.clone()));
                            words.linked = true;
                            words.outside.push(LINK);
                        }
                        within += 1;
                        String::new()
                    }
                    _ => String::new(),
                };
                words.text.push_str(&piece);
                if !matches!(data.value, NodeValue::Code(_)) {
                    words.beside_code.push_str(&piece);
                }
                match &mut link {
                    Some((text, _)) => text.push_str(&piece),
                    None => words.outside.push_str(&piece),
                }
            }
            NodeEdge::End(node) => {
                if matches!(node.data.borrow().value, NodeValue::Link(_) | NodeValue::Image(_)) {
                    within = within.saturating_sub(1);
                    if within == 0
                        && let Some((text, url)) = link.take()
                    {
                        let told = url.is_empty() || url.trim_start_matches("mailto:") == text.trim();
                        if !told {
                            words.links.push((one_line(&text), url));
                        }
                    }
                }
            }
        }
    }
    words.text = one_line(&words.text);
    words
}

/// Blanks and line ends run together to one blank, ends trimmed.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
