//! Reads the Markdown of a script line by line. It must not fail: what does not fit is a problem.

use super::condition::Condition;
use super::script::{Expectation, Improvement, Inject, Script};
use crate::domain::runbook::Problem;
use crate::domain::runbook::front;
use crate::domain::safe;
use crate::domain::time::{Span, parse_span};
use crate::domain::words::fold_word;

/// The most injects, and the most items of another section, that are read.
const MAX_ITEMS: usize = 200;
/// The most expectations that are read, of all injects.
const MAX_EXPECTATIONS: usize = 1_000;
/// The longest text of an inject, an expectation or an item, in characters.
const MAX_TEXT: usize = 2_000;
/// The latest inject.
const LATEST: Span = Span::days(30);

/// What a heading is above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Scenario,
    Roles,
    Injects,
    Outcomes,
    Improvements,
    Other,
}

impl Section {
    fn of(heading: &str) -> Self {
        match fold_word(heading.split_whitespace().next().unwrap_or_default()).as_str() {
            "scenario" | "scenarios" => Self::Scenario,
            "role" | "roles" => Self::Roles,
            "inject" | "injects" => Self::Injects,
            "expected" | "outcome" | "outcomes" => Self::Outcomes,
            "improvement" | "improvements" => Self::Improvements,
            _ => Self::Other,
        }
    }
}

/// What the next line may go on with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Paragraph,
    Item,
    Inject,
    Expectation,
    /// Something that was not read; what stands below it is not either.
    Unread,
}

struct Reader<'r> {
    script: Script,
    problems: &'r mut Vec<Problem>,
    heading: Option<String>,
    section: Section,
    /// The level of the heading of the section.
    level: usize,
    open: Open,
    expectations: usize,
    full: bool,
}

pub(super) fn read(text: &str, fallback_title: &str, problems: &mut Vec<Problem>) -> Script {
    let mut script = Script::default();
    let mut title = None;
    let (body, offset) = front_matter(text, &mut script, &mut title, problems);
    let mut reader = Reader {
        script,
        problems,
        heading: None,
        section: Section::Other,
        level: 6,
        open: Open::Nothing,
        expectations: 0,
        full: false,
    };
    let mut fence: Option<&str> = None;
    for (number, line) in (offset + 1..).zip(body.lines()) {
        let bare = line.trim();
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark)) {
            fence = match fence {
                None => {
                    if reader.section == Section::Injects {
                        reader.problem(number, "a block of code is not read: say it in the inject's words");
                    }
                    Some(mark)
                }
                Some(open) if open == mark => None,
                still => still,
            };
        } else if fence.is_none() {
            reader.line(number, line);
        }
    }
    let Reader { mut script, heading, .. } = reader;
    let heading = heading.map(|text| {
        let named = text.split_once(':').filter(|(word, _)| fold_word(word) == "drill");
        named.map_or(text.clone(), |(_, rest)| rest.trim().to_owned())
    });
    script.title =
        title.or(heading).filter(|text| !text.is_empty()).unwrap_or_else(|| fallback_title.to_owned());
    finish(&mut script, problems);
    script
}

/// Reads the front matter: the text below it, and how many lines further down that begins.
fn front_matter<'t>(
    text: &'t str,
    script: &mut Script,
    title: &mut Option<String>,
    problems: &mut Vec<Problem>,
) -> (&'t str, usize) {
    let Some(after) = text.strip_prefix("---\n") else { return (text, 0) };
    let mut at = 0;
    for (number, line) in (2..).zip(after.split_inclusive('\n')) {
        if matches!(line.trim_end(), "---" | "...") {
            let block = after.get(..at).unwrap_or_default();
            let Some(map) = front::mapping(block, problems) else {
                return (after.get(at + line.len()..).unwrap_or_default(), number);
            };
            *title = front::string(&map, "title").map(|text| clean(&text));
            script.severity = front::string(&map, "severity");
            let mut roles = map.get("roles").map(front::strings).unwrap_or_default();
            roles.truncate(MAX_ITEMS);
            script.roles = roles;
            if let Some(duration) = map.get("duration").and_then(front::scalar) {
                match span(&duration).filter(|span| *span > Span::zero()) {
                    Some(span) => script.duration = Some(span),
                    None => {
                        let line = block.lines().position(|line| line.starts_with("duration"));
                        let message = "duration is not a time: write it as 60m or 1h30m";
                        problems.push(Problem::new(line.map_or(1, |at| at + 2), message));
                    }
                }
            }
            return (after.get(at + line.len()..).unwrap_or_default(), number);
        }
        at += line.len();
    }
    if after.lines().next().is_some_and(|line| line.contains(": ")) {
        problems.push(Problem::new(1, "front matter has no end: close it with a line ---"));
    }
    (text, 0)
}

impl Reader<'_> {
    fn problem(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem::new(line, message));
    }

    fn line(&mut self, number: usize, line: &str) {
        let bare = line.trim();
        if bare.is_empty() {
            // An item goes on below an empty line when it is indented.
            if self.open == Open::Paragraph {
                self.open = Open::Nothing;
            }
            return;
        }
        if let Some((level, text)) = heading(line) {
            if level == 1 {
                self.heading.get_or_insert_with(|| clean(text));
            }
            self.open = Open::Nothing;
            let named = if level == 1 { Section::Other } else { Section::of(text) };
            // A heading below that of a section only parts it.
            if named != Section::Other || level <= self.level {
                (self.section, self.level) = (named, level);
            }
            return;
        }
        match item(line) {
            Some((indent, text)) => self.item(number, indent, text),
            None => self.words(line.starts_with([' ', '\t']), bare),
        }
    }

    /// A line that is no item: it goes on with what stands above it, or it is a paragraph.
    fn words(&mut self, indented: bool, text: &str) {
        let script = &mut self.script;
        let onto = match (self.section, self.open) {
            (Section::Injects, Open::Inject) if indented => script.injects.last_mut().map(|i| &mut i.text),
            (Section::Injects, Open::Expectation) if indented => {
                script.injects.last_mut().and_then(|i| i.expect.last_mut()).map(|e| &mut e.text)
            }
            (Section::Roles, Open::Item) if indented => script.parts.last_mut(),
            (Section::Outcomes, Open::Item) if indented => script.outcomes.last_mut(),
            (Section::Improvements, Open::Item) if indented => {
                script.improvements.last_mut().map(|i| &mut i.text)
            }
            (Section::Scenario, Open::Paragraph) => script.scenario.last_mut(),
            (Section::Scenario, _) if script.scenario.len() < MAX_ITEMS => {
                script.scenario.push(String::new());
                self.open = Open::Paragraph;
                script.scenario.last_mut()
            }
            _ => None,
        };
        if let Some(onto) = onto {
            if !onto.is_empty() {
                onto.push(' ');
            }
            onto.push_str(text);
        }
    }

    fn item(&mut self, number: usize, indent: usize, text: &str) {
        let script = &mut self.script;
        let list = match self.section {
            Section::Injects if indent < 2 => return self.inject(number, text),
            Section::Injects => return self.expectation(number, text),
            Section::Scenario => &mut script.scenario,
            Section::Roles => &mut script.parts,
            Section::Outcomes => &mut script.outcomes,
            Section::Improvements => {
                if script.improvements.len() < MAX_ITEMS {
                    script.improvements.push(Improvement { text: text.to_owned(), kind: None });
                    self.open = Open::Item;
                } else {
                    self.too_many(number, "items", MAX_ITEMS);
                }
                return;
            }
            Section::Other => return,
        };
        if list.len() < MAX_ITEMS {
            list.push(text.to_owned());
            self.open = if self.section == Section::Scenario { Open::Paragraph } else { Open::Item };
        } else {
            self.too_many(number, "items", MAX_ITEMS);
        }
    }

    fn too_many(&mut self, number: usize, what: &str, most: usize) {
        self.open = Open::Unread;
        if !self.full {
            self.full = true;
            let message = format!("more than {most} {what}: this and what follows was not read; shorten it");
            self.problem(number, message);
        }
    }

    fn inject(&mut self, number: usize, text: &str) {
        if self.script.injects.len() >= MAX_ITEMS {
            return self.too_many(number, "injects", MAX_ITEMS);
        }
        self.open = Open::Unread;
        let Some(rest) = text.strip_prefix("T+").or_else(|| text.strip_prefix("t+")) else {
            return self.problem(number, "not an inject: begin it with its time, as - T+5m TEXT");
        };
        let (time, words) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let time = time.trim_end_matches([':', ',']);
        let Some(after) = span(time).or_else(|| (time == "0").then(Span::zero)).filter(|at| *at <= LATEST)
        else {
            let shown = crate::domain::time::shortened(time);
            let message = format!(
                "T+{shown} is not a time of an inject: write T+5m, T+90s or T+1h30m, at most 30 days"
            );
            return self.problem(number, message);
        };
        if words.trim().is_empty() {
            return self
                .problem(number, "the inject says nothing: write what the players are told behind its time");
        }
        let text = words.trim().to_owned();
        self.script.injects.push(Inject { after, text, expect: Vec::new(), line: number });
        self.open = Open::Inject;
    }

    fn expectation(&mut self, number: usize, text: &str) {
        if self.open == Open::Unread {
            return;
        }
        if self.expectations >= MAX_EXPECTATIONS {
            return self.too_many(number, "expectations", MAX_EXPECTATIONS);
        }
        let Some(rest) = text.get(..6).filter(|w| w.eq_ignore_ascii_case("expect")).and(text.get(6..)) else {
            return self.problem(number, "not read: begin it with Expect: or Expect within 5m:");
        };
        let Some((how, words)) = rest.split_once(':') else {
            return self.problem(number, "not read: put a colon behind Expect, as - Expect: TEXT");
        };
        let within = match how.trim() {
            "" => None,
            how => {
                let time = how.strip_prefix("within").map(str::trim).and_then(span);
                match time.filter(|time| *time > Span::zero() && *time <= LATEST) {
                    Some(time) => Some(time),
                    None => {
                        let shown = crate::domain::time::shortened(how);
                        return self
                            .problem(number, format!("{shown:?} is not read: write Expect within 5m:"));
                    }
                }
            }
        };
        if words.trim().is_empty() {
            return self.problem(number, "nothing is expected: write what behind the colon");
        }
        let Some(inject) = self.script.injects.last_mut().filter(|_| self.open != Open::Nothing) else {
            return self.problem(number, "it stands under no inject: put it below one that begins with T+");
        };
        let text = words.trim().to_owned();
        inject.expect.push(Expectation { text, within, condition: None, line: number });
        self.expectations += 1;
        self.open = Open::Expectation;
    }
}

/// What can be told only of whole texts: conditions, kinds, the order of injects.
fn finish(script: &mut Script, problems: &mut Vec<Problem>) {
    for text in script.scenario.iter_mut().chain(&mut script.parts).chain(&mut script.outcomes) {
        *text = cut(text);
    }
    for improvement in &mut script.improvements {
        if let Some((word, rest)) = improvement.text.split_once(':')
            && let Ok(kind) = word.trim().parse()
        {
            improvement.kind = Some(kind);
            improvement.text = rest.trim().to_owned();
        }
        improvement.text = cut(&improvement.text);
    }
    script.improvements.retain(|improvement| !improvement.text.is_empty());
    let mut last = Span::zero();
    let duration = script.duration;
    for inject in &mut script.injects {
        inject.text = cut(&inject.text);
        for expectation in &mut inject.expect {
            conditioned(expectation, problems);
        }
        if inject.after < last {
            let message = "this inject comes before the one above it: put them in the order of their times";
            problems.push(Problem::new(inject.line, message));
        }
        if duration.is_some_and(|end| inject.after > end) {
            let message = "this inject comes after the end: move it, or make the duration longer";
            problems.push(Problem::new(inject.line, message));
        }
        last = last.max(inject.after);
    }
    if script.injects.is_empty() {
        let message = "no inject was read: write - T+0m TEXT under a heading ## Injects";
        problems.push(Problem::new(1, message));
    }
}

/// Takes the condition off the end of an expectation.
fn conditioned(expectation: &mut Expectation, problems: &mut Vec<Problem>) {
    let text = expectation.text.trim();
    let inner = text.strip_suffix('`').and_then(|head| head.rsplit_once('`'));
    if let Some((words, inner)) = inner {
        match Condition::parse(inner) {
            Ok(condition) => {
                let words = cut(words);
                expectation.text = if words.is_empty() { condition.to_string() } else { words };
                expectation.condition = Some(condition);
                return;
            }
            Err(why) => {
                let shown = crate::domain::time::shortened(inner);
                let message = format!(
                    "`{shown}` is no condition, so the facilitator judges: {why}; where it is none, end with a full stop"
                );
                problems.push(Problem::new(expectation.line, message));
            }
        }
    }
    expectation.text = cut(text);
}

/// A safe text of one line within its bound.
fn cut(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= MAX_TEXT {
        return text;
    }
    let mut cut: String = text.chars().take(MAX_TEXT.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

fn clean(text: &str) -> String {
    safe::one_line(text).trim().to_owned()
}

fn span(text: &str) -> Option<Span> {
    parse_span(text.trim()).ok()
}

/// Level and text of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.chars().take_while(|c| *c == '#').count();
    let rest = line.get(level..).filter(|_| (1..=6).contains(&level))?;
    let text = rest.strip_prefix([' ', '\t'])?.trim().trim_end_matches('#').trim_end();
    Some((level, text))
}

/// Indent and text of a list item.
fn item(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches([' ', '\t']);
    let lead = line.get(..line.len().saturating_sub(text.len())).unwrap_or_default();
    let indent = lead.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
    let rest = text.strip_prefix(['-', '*', '+']).or_else(|| {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() < text.len() { rest.strip_prefix(['.', ')']) } else { None }
    })?;
    Some((indent, rest.strip_prefix([' ', '\t'])?.trim()))
}

#[cfg(test)]
mod tests;
