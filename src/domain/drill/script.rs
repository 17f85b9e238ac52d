//! The script of an exercise as read from its Markdown. Any text is taken; what could not be read as intended is a
//! problem with its line. It must not read files.

use super::condition::Condition;
use super::{MAX_BYTES, read};
use crate::domain::event::{DrillExpectation, DrillImprovement, DrillInject, DrillStarted};
use crate::domain::runbook::{Problem, bounds};
use crate::domain::time::Span;
use crate::domain::words::StoryKind;

/// A script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// The title of the front matter, else the first heading, else the caller's.
    pub title: String,
    /// The severity it should come to, in its author's words.
    pub severity: Option<String>,
    /// Who takes part.
    pub roles: Vec<String>,
    /// How long it takes.
    pub duration: Option<Span>,
    /// What has happened, one string a paragraph.
    pub scenario: Vec<String>,
    /// What each role does.
    pub parts: Vec<String>,
    /// What the players are told when.
    pub injects: Vec<Inject>,
    /// What should be true at the end.
    pub outcomes: Vec<String>,
    /// What to file where there is a gap.
    pub improvements: Vec<Improvement>,
}

/// Something that the players are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inject {
    /// How long after the start.
    pub after: Span,
    /// What they are told.
    pub text: String,
    /// What they should do.
    pub expect: Vec<Expectation>,
    /// Its line, from 1.
    pub line: usize,
}

/// Something that the players should do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectation {
    /// What.
    pub text: String,
    /// How long after the inject.
    pub within: Option<Span>,
    /// What in the log shows it; none: the facilitator judges.
    pub condition: Option<Condition>,
    /// Its line, from 1.
    pub line: usize,
}

/// An improvement to file where there is a gap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Improvement {
    /// What must change.
    pub text: String,
    /// Preventive, detective or process.
    pub kind: Option<StoryKind>,
}

impl Script {
    /// The expectations of all injects, in the order of the text.
    pub fn expectations(&self) -> impl Iterator<Item = &Expectation> {
        self.injects.iter().flat_map(|inject| &inject.expect)
    }

    /// The severity is for the players to set: an expectation looks for it.
    #[must_use]
    pub fn asks_for_severity(&self) -> bool {
        self.expectations().any(|e| matches!(e.condition, Some(Condition::Severity(_))))
    }

    /// The severities that conditions name and that a team does not know, each with its line: nothing could ever show
    /// them.
    #[must_use]
    pub fn unknown_severities(&self, is_known: impl Fn(&str) -> bool) -> Vec<Problem> {
        let named = self.expectations().filter_map(|e| match &e.condition {
            Some(Condition::Severity(name)) if !is_known(name) => Some((e.line, name)),
            _ => None,
        });
        let message = |name: &str| {
            format!(
                "the team's profile has no severity {name:?}, so the facilitator judges; name one that it has"
            )
        };
        named.map(|(line, name)| Problem::new(line, message(name))).collect()
    }

    /// What the log holds of it. A condition on a severity that the team does not know is left to the facilitator.
    #[must_use]
    pub fn started(
        &self,
        name: &str,
        digest: String,
        facilitator: String,
        is_known: impl Fn(&str) -> bool,
    ) -> DrillStarted {
        let seconds = |span: Span| u32::try_from(span.num_seconds()).unwrap_or(u32::MAX);
        let judged_by_log = |condition: &&Condition| match condition {
            Condition::Severity(name) => is_known(name),
            _ => true,
        };
        let expect = |e: &Expectation| DrillExpectation {
            text: e.text.clone(),
            within: e.within.map(seconds),
            condition: e.condition.as_ref().filter(judged_by_log).map(ToString::to_string),
        };
        let inject = |i: &Inject| DrillInject {
            after: seconds(i.after),
            text: i.text.clone(),
            expect: i.expect.iter().map(expect).collect(),
        };
        let improvement = |i: &Improvement| DrillImprovement { text: i.text.clone(), kind: i.kind };
        DrillStarted {
            name: name.to_owned(),
            title: self.title.clone(),
            digest,
            facilitator,
            duration: self.duration.map(seconds),
            injects: self.injects.iter().map(inject).collect(),
            improvements: self.improvements.iter().map(improvement).collect(),
        }
    }
}

/// Reads a script; never fails. `fallback_title` (the file's name, say) is used when the text names itself nowhere.
#[must_use]
pub fn parse(text: &str, fallback_title: &str) -> (Script, Vec<Problem>) {
    let mut problems = Vec::new();
    let text = bounds::lines_within(text, MAX_BYTES, "shorten it", &mut problems);
    let script = read::read(&text, fallback_title, &mut problems);
    bounds::list(&mut problems);
    (script, problems)
}
