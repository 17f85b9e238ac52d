//! A postmortem taken apart: front matter, sections by name, improvements. It must not judge (`check` does).

use super::front_matter::{self, FrontMatter, Key, Unreadable};
use super::improvements::{self, Improvement};
use super::markdown::{self, Block, BlockKind, MARK};
use super::{MAX_BYTES, Problem};
use crate::domain::ids::{Seq, StoryId};
use crate::domain::incident::PostmortemStatus;
use crate::domain::safe::SafeText;
use crate::domain::words::ReviewState;

/// The sections that a postmortem must have, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// What happened, in a few sentences.
    Summary,
    /// Who felt it: user-facing, internal, external.
    Impact,
    /// What happened when.
    Timeline,
    /// What made it possible.
    RootCause,
    /// What else had to be so for it to happen.
    ContributingFactors,
    /// What to keep.
    WentWell,
    /// What to change.
    WentPoorly,
    /// The stories.
    Improvements,
    /// What others should know.
    Lessons,
}

impl Part {
    /// All parts in their order.
    pub const ALL: [Self; 9] = [
        Self::Summary,
        Self::Impact,
        Self::Timeline,
        Self::RootCause,
        Self::ContributingFactors,
        Self::WentWell,
        Self::WentPoorly,
        Self::Improvements,
        Self::Lessons,
    ];

    /// The heading as we write it.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Summary => "Summary",
            Self::Impact => "Impact",
            Self::Timeline => "Timeline (UTC)",
            Self::RootCause => "Root Cause",
            Self::ContributingFactors => "Contributing Factors",
            Self::WentWell => "What Went Well",
            Self::WentPoorly => "What Went Poorly",
            Self::Improvements => "Improvements",
            Self::Lessons => "Lessons Learned",
        }
    }

    /// The part that a heading names, by its usual names in any case; numbering, brackets and a colon do not count.
    #[must_use]
    pub fn of_heading(heading: &str) -> Option<Self> {
        Some(match folded(heading).as_str() {
            "summary" | "overview" | "executive summary" | "tl;dr" | "tldr" | "abstract"
            | "what happened" => Self::Summary,
            "impact" | "customer impact" | "user impact" | "business impact" | "impact assessment" => {
                Self::Impact
            }
            "timeline" | "timeline of events" | "incident timeline" | "chronology" | "key events" => {
                Self::Timeline
            }
            "root cause" | "root causes" | "root cause analysis" | "root cause(s)" | "cause" | "causes" => {
                Self::RootCause
            }
            "contributing factors"
            | "contributing factor"
            | "contributing causes"
            | "contributing conditions"
            | "contributors"
            | "factors" => Self::ContributingFactors,
            "what went well"
            | "went well"
            | "what worked"
            | "what worked well"
            | "what went right"
            | "things that went well" => Self::WentWell,
            "what went poorly"
            | "what went wrong"
            | "went poorly"
            | "what went badly"
            | "what didn't go well"
            | "what did not go well"
            | "what didn't work"
            | "what could have gone better"
            | "things that went poorly" => Self::WentPoorly,
            "improvements"
            | "improvement"
            | "improvement stories"
            | "action items"
            | "actions"
            | "corrective actions"
            | "follow-ups"
            | "follow ups"
            | "follow-up actions"
            | "next steps" => Self::Improvements,
            "lessons learned" | "lessons learnt" | "lessons" | "learnings" | "takeaways"
            | "key takeaways" => Self::Lessons,
            _ => return None,
        })
    }
}

/// A heading for comparison: lower case, no numbering, no bracketed part, no marks at its ends.
pub(super) fn folded(heading: &str) -> String {
    let lower = heading.to_lowercase().replace('\u{2019}', "'");
    let without_brackets = match lower.split_once('(') {
        Some((before, after)) if !after.starts_with("s)") => before.to_owned(),
        _ => lower,
    };
    without_brackets
        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' ' | '#' | '*'))
        .trim_end_matches([':', '.', '*', ' ', '!', '?', '-'])
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A heading and what stands under it, up to the next section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Which required part it is, if one.
    pub part: Option<Part>,
    /// The heading without markup.
    pub heading: String,
    /// The line of the heading, from 1.
    pub line: usize,
    /// The last line of the section.
    pub last: usize,
    /// The text under the heading, as it stands.
    pub body: String,
}

/// A postmortem taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Postmortem {
    /// The front matter; empty when there is none.
    pub front: FrontMatter,
    /// The title of the document: the first heading of level 1, if it names no part.
    pub heading: Option<String>,
    /// The sections in their order.
    pub sections: Vec<Section>,
    /// The improvements of the section of that name, in their order.
    pub improvements: Vec<Improvement>,
}

impl Postmortem {
    /// The first section that is this part.
    #[must_use]
    pub fn section(&self, part: Part) -> Option<&Section> {
        self.sections.iter().find(|section| section.part == Some(part))
    }

    /// The title: of the front matter, else of the first heading.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.front.text(Key::Title).or(self.heading.as_deref())
    }
}

/// Takes a postmortem apart. Everything that could not be read as intended is listed with its line; the text of a
/// document that is too large is not looked at.
#[must_use]
pub fn parse(text: &str) -> (Postmortem, Vec<Problem>) {
    if text.len() > MAX_BYTES {
        let message = format!(
            "the document has {} bytes; at most {MAX_BYTES} are read; move logs and pictures out of it",
            text.len()
        );
        return (Postmortem::default(), vec![Problem::new("too-large", 1, message)]);
    }
    let cut = front_matter::split(text);
    let (front, mut problems) = match cut.front {
        Some(block) => FrontMatter::parse(block),
        None => {
            let message = "there is no front matter; begin the file with `---`, `key: value` lines and `---`";
            (FrontMatter::default(), vec![Problem::new("front-matter", 1, message)])
        }
    };
    let (heading, sections) = sections(cut.body, cut.body_line, &markdown::blocks(cut.body));
    let mut found = Vec::new();
    for section in sections.iter().filter(|section| section.part == Some(Part::Improvements)) {
        let (mut improvements, more) = improvements::parse(&section.body, section.line.saturating_add(1));
        found.append(&mut improvements);
        problems.extend(more);
    }
    (Postmortem { front, heading, sections, improvements: found }, problems)
}

/// Cuts a body of these blocks into sections: at headings of level 1 and 2, and at deeper ones that name a part.
pub(super) fn sections(body: &str, body_line: usize, blocks: &[Block]) -> (Option<String>, Vec<Section>) {
    let lines: Vec<&str> = markdown::lines_of(body).collect();
    let offset = body_line.saturating_sub(1);
    let mut title = None;
    let mut sections: Vec<Section> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    for block in blocks {
        let BlockKind::Heading(level, heading) = &block.kind else { continue };
        let part = Part::of_heading(heading);
        if *level == 1 && part.is_none() && title.is_none() && sections.is_empty() {
            title = Some(heading.clone());
            continue;
        }
        if *level > 2 && part.is_none() {
            continue;
        }
        if let Some(before) = sections.last_mut() {
            before.last = block.first.saturating_sub(1);
        }
        starts.push(block.last);
        let (heading, body) = (heading.clone(), String::new());
        sections.push(Section { part, heading, line: block.first, last: lines.len(), body });
    }
    for (section, start) in sections.iter_mut().zip(starts) {
        section.body = lines.get(start..section.last.max(start)).unwrap_or_default().concat();
        section.line = start.saturating_add(offset);
        section.last = section.last.saturating_add(offset);
    }
    (title, sections)
}

/// The document with another front matter and the same body, byte for byte.
#[must_use]
pub fn with_front(text: &str, front: &FrontMatter) -> String {
    let cut = front_matter::split(text);
    if cut.front.is_none() {
        let gap = if cut.body.starts_with(['\n', '\r']) { "" } else { "\n" };
        return format!("{}{gap}{}", front.to_text(), cut.body);
    }
    format!("{}{}{}{}", cut.opening, front.to_block(), cut.closing, cut.body)
}

/// Whether two versions say the same: everything is compared but `timeline_head`, which a second publish renews.
#[must_use]
pub fn same_but_for_head(one: &str, other: &str) -> bool {
    let without_head = |text: &str| {
        let cut = front_matter::split(text);
        let mut front = cut.front.map(|block| FrontMatter::parse(block).0)?;
        front.remove(Key::TimelineHead).ok()?;
        Some((front.to_text(), cut.body.to_owned()))
    };
    one == other || without_head(one).is_some_and(|one| Some(one) == without_head(other))
}

/// The document as it is published: ids written into the improvements that were filed as stories (by the line of their
/// box), their ids listed in the front matter, status `published`, the head of the log. Publishing what was published
/// changes nothing but the head.
///
/// # Errors
/// When there is no front matter that could be read.
pub fn published(text: &str, ids: &[(usize, StoryId)], head: (Seq, &str)) -> Result<String, Unreadable> {
    if front_matter::split(text).front.is_none() {
        return Err(Unreadable);
    }
    let text = improvements::with_ids(text, ids);
    let (mut postmortem, _) = parse(&text);
    let stories: Vec<String> = postmortem
        .improvements
        .iter()
        .filter_map(|improvement| improvement.story)
        .map(|story| story.to_string())
        .collect();
    let front = &mut postmortem.front;
    front.set_text(Key::Status, "published")?;
    front.set_list(Key::Improvements, &stories)?;
    front.set_timeline_head(head.0, head.1)?;
    Ok(with_front(&text, front))
}

/// The document with the id of its incident, where it names none: without one, it would be found by its path.
///
/// # Errors
/// When the front matter could not be read.
pub fn with_id(text: &str, id: &str) -> Result<String, Unreadable> {
    let (mut postmortem, _) = parse(text);
    if postmortem.front.text(Key::Id).is_some_and(|id| !id.trim().is_empty()) {
        return Ok(text.to_owned());
    }
    postmortem.front.set_text(Key::Id, id)?;
    Ok(with_front(text, &postmortem.front))
}

/// The document without the keys of its front matter that still ask to be filled in: what was waived is absent, not a
/// question in the archive. The text below keeps its marks, where they are read as such.
///
/// # Errors
/// When the front matter could not be read.
pub fn without_marks(text: &str) -> Result<String, Unreadable> {
    let (mut postmortem, _) = parse(text);
    let front = &mut postmortem.front;
    let mut found = false;
    for key in Key::ALL {
        let marked = front.text(key).is_some_and(|value| value.contains(MARK));
        let list: Vec<String> = front.list(key).into_iter().map(str::to_owned).collect();
        if marked {
            front.remove(key)?;
        } else if list.iter().any(|value| value.contains(MARK)) {
            let kept: Vec<&String> = list.iter().filter(|value| !value.contains(MARK)).collect();
            front.set_list(key, &kept)?;
        } else {
            continue;
        }
        found = true;
    }
    Ok(if found { with_front(text, front) } else { text.to_owned() })
}

/// The document with what the log says of its review: the status in place of `published`, the owner, the day of the
/// meeting. What nobody said is left as it is.
///
/// # Errors
/// When the front matter could not be read.
pub fn reviewed(text: &str, review: &PostmortemStatus) -> Result<String, Unreadable> {
    let (mut postmortem, _) = parse(text);
    let front = &mut postmortem.front;
    if let Some(status) = review.review.filter(|status| *status != ReviewState::Draft) {
        front.set_text(Key::Status, status.as_str())?;
    }
    if let Some(owner) = &review.owner {
        front.set_text(Key::Owner, &SafeText::line(owner).into_string())?;
    }
    match review.meeting {
        Some(day) => front.set_text(Key::Meeting, &day.to_string())?,
        None => front.remove(Key::Meeting)?,
    }
    Ok(with_front(text, front))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sections_are_found_by_their_usual_names() {
        let text = "---\nid: A\n---\n# Postmortem: x\n\n## 1. TL;DR\ns\n## Timeline (UTC)\n- 14:23 a\n```\n## not a heading\n```\n## Odd\n### What went well:\ngood\n### detail\nmore\n## Action Items\n";
        let (postmortem, problems) = parse(text);
        assert_eq!(problems, []);
        assert_eq!(postmortem.title(), Some("Postmortem: x"));
        let seen: Vec<_> = postmortem.sections.iter().map(|s| (s.part, s.line, s.body.as_str())).collect();
        assert_eq!(
            seen,
            [
                (Some(Part::Summary), 6, "s\n"),
                (Some(Part::Timeline), 8, "- 14:23 a\n```\n## not a heading\n```\n"),
                (None, 13, ""),
                (Some(Part::WentWell), 14, "good\n### detail\nmore\n"),
                (Some(Part::Improvements), 18, ""),
            ]
        );
        for part in Part::ALL {
            assert_eq!(Part::of_heading(part.heading()), Some(part));
            assert_eq!(Part::of_heading(&part.heading().to_uppercase()), Some(part));
        }
        assert_eq!(Part::of_heading("Root Cause(s)"), Some(Part::RootCause));
        assert_eq!(Part::of_heading("What didn’t go well?"), Some(Part::WentPoorly));
    }

    #[test]
    fn a_second_publish_compares_all_but_the_head() {
        let one = "---\nid: A\ntimeline_head: 1 aa\nx: 1\n---\nbody\n";
        assert!(same_but_for_head(one, &one.replace("1 aa", "2 bb")));
        assert!(!same_but_for_head(one, &one.replace("body", "other")));
        assert!(!same_but_for_head(one, &one.replace("x: 1", "x: 2")));
        assert!(same_but_for_head("no front", "no front"));
        assert!(!same_but_for_head("no front", one));
    }

    #[test]
    fn another_front_matter_leaves_the_body_alone() {
        let text = "---\r\nid: A\r\n---\r\n# x\r\n\r\nbody\r\n";
        let (mut postmortem, _) = parse(text);
        postmortem.front.set_text(Key::Id, "B").unwrap();
        let again = with_front(text, &postmortem.front);
        assert_eq!(again, text.replace("id: A", "id: B"));
        let text = "\u{feff}--- \nid: A\n...\nbody";
        assert_eq!(with_front(text, &parse(text).0.front), text);
        assert_eq!(with_front("# x\n", &FrontMatter::default()), "---\n---\n\n# x\n");
    }

    #[test]
    fn publishing_again_changes_nothing_but_the_head() {
        let text = include_str!("../../../tests/fixtures/check/good.md");
        let (postmortem, _) = parse(text);
        let new = postmortem.improvements.iter().filter(|i| i.story.is_none());
        let id = |number| StoryId { incident: "INC-2026-0042".parse().unwrap(), number };
        let ids: Vec<_> = new.zip(2..).map(|(improvement, number)| (improvement.line, id(number))).collect();
        let first = published(text, &ids, (Seq(60), "aa")).unwrap();
        let again = published(&first, &[], (Seq(64), "bb")).unwrap();
        assert!(same_but_for_head(&first, &again) && first != again);
        let (postmortem, problems) = parse(&first);
        assert_eq!(problems, []);
        assert_eq!(
            postmortem.front.list(Key::Improvements),
            ["INC-2026-0042/S1", "INC-2026-0042/S2", "INC-2026-0042/S3"]
        );
        assert_eq!(postmortem.front.text(Key::Status), Some("published"));
        assert_eq!(postmortem.front.timeline_head(), Some((Seq(60), "aa")));
        assert_eq!(postmortem.front.get("x-ticket").and_then(|value| value.text()), Some("OPS-7"));
        assert!(postmortem.improvements.iter().all(|i| i.story.is_some()));
        assert_eq!(published("# no front matter\n", &[], (Seq(1), "aa")), Err(Unreadable));
        assert_eq!(published("---\na: b: c\n---\n", &[], (Seq(1), "aa")), Err(Unreadable));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(---\n[a-c: \n]{0,20}---\n)?[#*\\- \\[\\]a-cS`\n\r:]{0,200}") {
            let (postmortem, _) = parse(&text);
            for section in &postmortem.sections {
                prop_assert!(text.contains(&section.body));
            }
        }
    }
}
