//! From Markdown blocks to sections and items, and the rule of what a step is. It must not lose text: what is no
//! step is kept as a point or as prose.

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, Options};

use super::front::Front;
use super::headings::{Headings, shallow};
use super::inline::{self, Words};
use super::section::{self, SectionRole};
use super::{Item, Problem, Runbook, Section};
use crate::domain::html;

/// Blocks nested deeper than this are kept as plain text.
const MAX_DEPTH: usize = 12;

/// Fences of these languages hold data or output, not commands.
const DATA: [&str; 13] =
    ["json", "yaml", "yml", "text", "txt", "output", "log", "toml", "ini", "xml", "csv", "diff", "mermaid"];

/// Reads the text below the front matter, which begins `offset` lines further up.
pub(super) fn read(
    front: Front,
    body: &str,
    offset: usize,
    fallback: &str,
    problems: &mut Vec<Problem>,
) -> Runbook {
    let body = shallow(body, offset, problems);
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    let root = comrak::parse_document(&arena, &body, &options);

    let headings = Headings::of(root);
    let title = headings.title(&front, fallback, offset, problems);
    let mut reader = Reader {
        problems,
        offset,
        title: title.clone(),
        sections: Vec::new(),
        above: Vec::new(),
        asks: false,
        after: Before::Start,
    };
    let mut heading_number = 0;
    for block in root.children() {
        if let NodeValue::Heading(heading) = &block.data.borrow().value {
            reader.heading(block, heading.level, headings.title_at == Some(heading_number));
            heading_number += 1;
        } else {
            reader.block(block, false, 0);
        }
    }
    reader.notes();
    let sections = reader.sections;

    let said = |role: SectionRole| {
        let section = sections.iter().find(|section| section.role == role)?;
        let text: Vec<&str> =
            section.items.iter().map(|item| item.text.as_str()).filter(|t| !t.is_empty()).collect();
        (!text.is_empty()).then(|| text.join(" "))
    };
    Runbook {
        title,
        summary: said(SectionRole::Summary).or(front.summary),
        severity: front.severity.or_else(|| said(SectionRole::Severity)),
        owner: front.owner.or_else(|| said(SectionRole::Owner)),
        sections,
        budgets: front.budgets,
        matches: front.matches,
        last_tested: front.last_tested,
        last_reviewed: front.last_reviewed,
    }
}

/// Code of a template engine (ERB, Hugo, Jinja) that stands where text should be.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("<%") || text.contains("{{") || text.contains("{%")
}

/// What stood before a block, as far as a block of code depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Start,
    Heading,
    Text,
    Other,
}

struct Reader<'p> {
    problems: &'p mut Vec<Problem>,
    offset: usize,
    title: String,
    sections: Vec<Section>,
    /// Level and role of the headings that the present one stands under.
    above: Vec<(u8, SectionRole)>,
    /// Questions under the present heading are not steps.
    asks: bool,
    after: Before,
}

/// An item before it is decided whether it is a step.
struct Draft {
    item: Item,
    words: Words,
    task: bool,
    /// Task-list items found under it.
    nested: Vec<Draft>,
}

impl Reader<'_> {
    fn line(&self, node: Node<'_>) -> usize {
        node.data.borrow().sourcepos.start.line + self.offset
    }

    fn heading(&mut self, node: Node<'_>, level: u8, is_title: bool) {
        let line = self.line(node);
        let mut heading = inline::words(node).text;
        if is_template(&heading) && is_title {
            heading.clone_from(&self.title);
        }
        let words = section::heading_words(&heading);
        self.above.retain(|(above, _)| *above < level);
        let above = self.above.last().map_or(SectionRole::Other, |(_, role)| *role);
        let role = if is_title { SectionRole::Other } else { section::role(&words, above) };
        self.asks = !is_title && section::asks(&words);
        self.above.push((level, role));
        self.sections.push(Section { heading, level, line, role, items: Vec::new() });
        self.after = Before::Heading;
    }

    fn section(&mut self, line: usize) -> Option<&mut Section> {
        if self.sections.is_empty() {
            let heading = String::new();
            self.sections.push(Section {
                heading,
                level: 0,
                line,
                role: SectionRole::Other,
                items: Vec::new(),
            });
        }
        self.sections.last_mut()
    }

    fn add(&mut self, mut item: Item) {
        if let Some(section) = self.section(item.line) {
            item.phase = section.role.phase();
            section.items.push(item);
        }
    }

    fn prose(&mut self, text: String, line: usize) {
        if !text.is_empty() {
            self.add(Item { prose: true, text, line, ..Item::default() });
        }
    }

    /// A block that is not in a list. `quoted`: in a block quote or the like, where items are not top-level.
    fn block(&mut self, node: Node<'_>, quoted: bool, depth: usize) {
        let line = self.line(node);
        let before = self.after;
        self.after = Before::Other;
        match &node.data.borrow().value {
            NodeValue::List(_) => {
                self.list(node, quoted);
                self.after = Before::Text;
            }
            NodeValue::CodeBlock(code) => {
                let literal = code.literal.trim_end_matches('\n');
                let data = is_data(&code.info);
                let last = self.sections.last_mut().and_then(|section| section.items.last_mut());
                if let (Before::Text, Some(item)) = (before, last) {
                    keep_code(item, literal, data);
                } else if !literal.trim().is_empty() {
                    let mut item = Item { prose: true, line, ..Item::default() };
                    keep_code(&mut item, literal, data);
                    self.add(item);
                }
                self.after = Before::Text;
            }
            NodeValue::Paragraph => {
                let words = inline::words(node);
                if is_code_of_page(&words.text) {
                    self.problems
                        .push(Problem::new(line, "template code is kept as text: nothing runs it here"));
                }
                let links = target_lines(&words);
                if !words.text.is_empty() {
                    self.add(Item { prose: true, text: words.text, details: links, line, ..Item::default() });
                }
                self.after = Before::Text;
            }
            NodeValue::HtmlBlock(html) => {
                let text = html::without_tags(&html.literal);
                for (at, hidden) in text.lines().enumerate() {
                    let hidden = hidden.trim_start();
                    if hidden.starts_with("- ") || hidden.starts_with("* ") || hidden.starts_with("1. ") {
                        let message =
                            "a list inside HTML is not read: put a blank line after the tag above it";
                        self.problems.push(Problem::new(line + at, message));
                        break;
                    }
                }
                self.prose(inline::one_line(&text), line);
            }
            NodeValue::Table(_) => {
                for row in node.children() {
                    let cells: Vec<String> = row.children().map(|cell| inline::words(cell).text).collect();
                    let row_line = self.line(row);
                    self.prose(cells.join(" | "), row_line);
                }
            }
            NodeValue::ThematicBreak => {}
            _ if depth < MAX_DEPTH => {
                for child in node.children() {
                    self.block(child, true, depth + 1);
                }
            }
            _ => self.prose(inline::words(node).text, line),
        }
    }

    fn list(&mut self, list: Node<'_>, quoted: bool) {
        let drafts: Vec<Draft> = list.children().map(|item| self.draft(item, 0)).collect();
        let role = self.sections.last().map_or(SectionRole::Other, |section| section.role);
        let plain = drafts.iter().filter(|draft| !draft.task).count();
        let most = |test: fn(&Words) -> bool| {
            drafts.iter().filter(|draft| !draft.task && test(&draft.words)).count() * 2 > plain
        };
        // A list has one purpose: when most of it asks or names, the rest of it does too.
        let asks = self.asks && most(Words::is_question);
        let names = most(Words::is_only_names);
        let shown = quoted || asks || names || !role.has_steps();
        for draft in drafts {
            self.decide(draft, role, shown);
        }
    }

    /// Decides whether an item is a step, and keeps it. `shown`: its list is for reading.
    fn decide(&mut self, draft: Draft, role: SectionRole, shown: bool) {
        let Draft { mut item, words, task, nested } = draft;
        let line = item.line;
        // Task items can be ticked wherever they stand, except where nothing is ever done.
        let may = if task { role.has_steps() || role == SectionRole::Escalation } else { !shown };
        if words.is_todo() {
            self.problems.push(Problem::new(line, format!("not a step yet: \"{}\"", start(&item.text))));
        } else if task && !may {
            let heading = self.sections.last().map(|section| section.heading.clone()).unwrap_or_default();
            let message = format!(
                "a checkbox under \"{}\" is shown, not ticked: write it as a plain item",
                start(&heading)
            );
            self.problems.push(Problem::new(line, message));
        }
        let empty = item.text.is_empty() && item.commands.is_empty();
        let asks = self.asks && !task && words.is_question();
        item.step = may && !empty && !words.is_todo() && !words.is_only_link() && !asks;
        if item.text.is_empty()
            && let Some(command) = item.commands.first()
        {
            item.text = format!("`{}`", inline::one_line(command.lines().next().unwrap_or_default()));
        }
        if !(empty && item.details.is_empty()) {
            self.add(item);
        }
        for draft in nested {
            self.decide(draft, role, true);
        }
    }

    fn draft(&self, node: Node<'_>, depth: usize) -> Draft {
        let mut draft = Draft {
            item: Item { line: self.line(node), ..Item::default() },
            words: Words::default(),
            task: matches!(node.data.borrow().value, NodeValue::TaskItem(_)),
            nested: Vec::new(),
        };
        for child in node.children() {
            let is_first =
                draft.item.text.is_empty() && draft.item.commands.is_empty() && draft.item.details.is_empty();
            if is_first && matches!(child.data.borrow().value, NodeValue::Paragraph | NodeValue::Heading(_)) {
                draft.words = inline::words(child);
                draft.item.text.clone_from(&draft.words.text);
                draft.item.details = target_lines(&draft.words);
            } else {
                self.details(child, &mut draft, depth, 0);
            }
        }
        draft
    }

    /// Adds a block under an item to its details.
    fn details(&self, node: Node<'_>, draft: &mut Draft, depth: usize, indent: usize) {
        if depth > MAX_DEPTH {
            push_detail(&mut draft.item, &inline::words(node).text, indent);
            return;
        }
        match &node.data.borrow().value {
            NodeValue::CodeBlock(code) => {
                keep_code(&mut draft.item, code.literal.trim_end_matches('\n'), is_data(&code.info));
            }
            NodeValue::List(_) => {
                for item in node.children() {
                    if matches!(item.data.borrow().value, NodeValue::TaskItem(_)) {
                        let nested = self.draft(item, depth + 1);
                        draft.nested.push(nested);
                        continue;
                    }
                    for (at, child) in item.children().enumerate() {
                        let deeper =
                            usize::from(at > 0 || matches!(child.data.borrow().value, NodeValue::List(_)));
                        self.details(child, draft, depth + 1, indent + deeper);
                    }
                }
            }
            NodeValue::HtmlBlock(html) => {
                push_detail(&mut draft.item, &inline::one_line(&html::without_tags(&html.literal)), indent);
            }
            NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::TableCell => {
                let words = inline::words(node);
                push_detail(&mut draft.item, &words.text, indent);
                for target in target_lines(&words) {
                    push_detail(&mut draft.item, &target, indent);
                }
            }
            NodeValue::TableRow(_) => {
                let cells: Vec<String> = node.children().map(|cell| inline::words(cell).text).collect();
                push_detail(&mut draft.item, &cells.join(" | "), indent);
            }
            _ => {
                for child in node.children() {
                    self.details(child, draft, depth + 1, indent);
                }
            }
        }
    }

    /// What a reader of the whole text should know.
    fn notes(&mut self) {
        for section in &self.sections {
            let loose = section.items.iter().find(|item| item.prose && !item.commands.is_empty());
            let Some(loose) = loose.filter(|_| section.role.has_steps()) else { continue };
            let message = format!(
                "commands under \"{}\" belong to no step and cannot be ticked: put them into a list item",
                start(&section.heading)
            );
            self.problems.push(Problem::new(loose.line, message));
        }
        if !self.sections.iter().any(|section| section.items.iter().any(|item| item.step)) {
            let message = "no steps found: write each action as a list item (- or 1.) under a heading such as Containment";
            self.problems.push(Problem::new(1, message));
        }
    }
}

fn is_data(info: &str) -> bool {
    let language = info.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
    DATA.contains(&language.as_str())
}

fn keep_code(item: &mut Item, literal: &str, data: bool) {
    if literal.trim().is_empty() {
        return;
    }
    if data {
        item.details
            .extend(literal.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()));
    } else {
        item.commands.push(literal.to_owned());
    }
}

fn push_detail(item: &mut Item, text: &str, indent: usize) {
    if !text.is_empty() {
        item.details.push(format!("{}{text}", "  ".repeat(indent)));
    }
}

/// Link targets as lines of their own, so that nothing is lost when the text is plain.
fn target_lines(words: &Words) -> Vec<String> {
    let line =
        |(text, url): &(String, String)| if text.is_empty() { url.clone() } else { format!("{text}: {url}") };
    words.links.iter().map(line).collect()
}

/// A paragraph that is a statement of a template engine or of MDX.
fn is_code_of_page(text: &str) -> bool {
    text.starts_with("<%")
        || text.starts_with("{{")
        || text.starts_with("{%")
        || text.starts_with("import ") && text.contains(" from ") && text.contains(['"', '\''])
        || text.starts_with("export const ")
        || text.starts_with("export default ")
}

/// The start of a text, for a message.
fn start(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(MOST - 1).collect::<String>())
}
