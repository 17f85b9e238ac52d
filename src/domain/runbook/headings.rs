//! What is looked at before a text is read block by block: marks nested without end, and the headings that decide
//! what the text is called. It must not look at lists.

use std::borrow::Cow;

use comrak::nodes::{Node, NodeValue};

use super::Problem;
use super::front::Front;
use super::inline;
use super::read::is_template;
use super::section::{self, SectionRole};

/// Cuts the marks of lines that open more containers than anybody reads (`> > > …`), because a Markdown parser
/// takes quadratic time over them.
pub(super) fn shallow<'t>(body: &'t str, offset: usize, problems: &mut Vec<Problem>) -> Cow<'t, str> {
    const MAX_MARKS: usize = 48;
    let deep = |line: &str| {
        let marks = line.chars().take_while(|c| ">-+* \t0123456789.)".contains(*c));
        marks.filter(|c| ">-+*.)".contains(*c)).count() > MAX_MARKS
            && line.chars().any(|c| !"-*_ \t\r\n".contains(c))
            || line.len() > MAX_MARKS && line.starts_with("- - - - - -")
    };
    if !body.lines().any(deep) {
        return body.into();
    }
    let mut out = String::with_capacity(body.len());
    for (at, line) in body.split_inclusive('\n').enumerate() {
        if deep(line) {
            problems
                .push(Problem::new(at + 1 + offset, "nested too deep: the marks of this line were not read"));
            out.push_str(line.trim_start_matches(|c: char| ">-+* \t0123456789.)".contains(c)).trim_end());
            out.push('\n');
        } else {
            out.push_str(line);
        }
    }
    out.into()
}

/// The headings of a text, as far as its title depends on them.
pub(super) struct Headings {
    /// Text and line of each first-level heading.
    first_level: Vec<(String, usize)>,
    /// The first heading with plain words.
    first: Option<String>,
    /// Which heading, counted from 0, is the title rather than a section.
    pub(super) title_at: Option<usize>,
}

impl Headings {
    pub(super) fn of(root: Node<'_>) -> Headings {
        let mut all: Vec<(u8, String, usize)> = Vec::new();
        for block in root.children() {
            let data = block.data.borrow();
            if let NodeValue::Heading(heading) = &data.value {
                all.push((heading.level, inline::words(block).text, data.sourcepos.start.line));
            }
        }
        let first_level: Vec<(String, usize)> = all
            .iter()
            .filter(|(level, _, _)| *level == 1)
            .map(|(_, text, line)| (text.clone(), *line))
            .collect();
        let at =
            all.iter().position(|(level, _, _)| *level == 1).or(if all.is_empty() { None } else { Some(0) });
        // In a text whose sections are all first-level headings, the first may well be Summary.
        let is_section = |at: &usize| {
            first_level.len() != 1
                && all.get(*at).is_some_and(|(_, text, _)| {
                    section::role(&section::heading_words(text), SectionRole::Other) != SectionRole::Other
                        && section::heading_words(text).len() <= 2
                })
        };
        Headings {
            first: all.iter().map(|(_, text, _)| text).find(|t| !t.is_empty() && !is_template(t)).cloned(),
            title_at: at.filter(|at| !is_section(at)),
            first_level,
        }
    }

    pub(super) fn title(
        &self,
        front: &Front,
        fallback: &str,
        offset: usize,
        problems: &mut Vec<Problem>,
    ) -> String {
        if let [(only, _)] = self.first_level.as_slice()
            && !only.is_empty()
            && !is_template(only)
        {
            return only.clone();
        }
        if let Some(title) = &front.title {
            return title.clone();
        }
        let title = self.first.clone().unwrap_or_else(|| fallback.to_owned());
        let (line, why) = match self.first_level.as_slice() {
            [] => (1, "no first-level heading".to_owned()),
            [(_, line)] => (*line + offset, "the first-level heading is template code or empty".to_owned()),
            [_, (_, line), ..] => {
                (*line + offset, format!("{} first-level headings", self.first_level.len()))
            }
        };
        problems.push(Problem::new(
            line,
            format!("{why}: \"{title}\" is taken as the title; write title: in front matter"),
        ));
        title
    }
}
