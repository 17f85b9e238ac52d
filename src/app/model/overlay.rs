//! What lies over a screen: values on a stack, drawn by match, never widgets. An overlay changes nothing before
//! Enter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lists::{Hit, RunbookChoice};
use crate::app::editor::Editor;
use crate::app::effect::Ticket;
use crate::domain::board::BoardKind;
use crate::domain::composed::folded;
use crate::domain::event::StepRef;
use crate::domain::ids::{Seq, StoryId};
use crate::domain::request::{Asked, StepMove};
use crate::domain::words::{ClosureItem, HypothesisState, Verdict};

/// One overlay.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// A list to choose from, with a line that narrows it.
    Pick(Pick),
    /// A line to fill in.
    Ask(Ask),
    /// A question.
    Confirm(Confirm),
    /// Something to read.
    Read(Reader),
    /// The path of closing.
    Closing(ClosePath),
    /// Declaring an incident.
    Declare(Declare),
}

/// What a choice is for. It stands in journals of drafts, as [`AskFor`] does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PickFor {
    /// Any action or verb.
    Palette,
    /// The severity.
    Severity,
    /// The phase.
    Phase,
    /// The milestone.
    Milestone,
    /// A role; the person comes next.
    Role,
    /// Who takes this role.
    Person(String),
    /// A runbook.
    Runbook,
    /// Whether a past incident is the same failure.
    Same(String),
    /// The verdict on a decision.
    Verdict(Seq),
    /// The state of a hypothesis.
    Hypothesis(Seq),
    /// What to do with an ask.
    Ask(Seq),
    /// A clock to move.
    Clock,
    /// A clock that gets another target.
    Target,
    /// What to do with an update that is not sent.
    Update(Seq),
    /// A board of the room.
    Board(BoardKind),
    /// What to do with a step.
    Step(StepRef),
    /// Whose a step is.
    Assignee(StepRef),
    /// Who is asked from here on.
    AskPerson(Seq),
    /// Where an asset stands.
    Scope(String),
    /// The class of a file that is evidence, and the line that it belongs to.
    EvidenceClass(String, Option<Seq>),
    /// An indicator, and the line that it was seen in.
    IocValue(Option<Seq>),
    /// Who may be told of the indicator.
    IocColour(String, Option<Seq>),
    /// What to do with an indicator.
    Ioc(String),
}

/// A line of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// What it stands for; the selection is held by it.
    pub id: String,
    /// Its name.
    pub label: String,
    /// What is said beside it.
    pub detail: String,
    /// At the right end: its keys, or the state now.
    pub right: String,
    /// Why it cannot be taken now; empty when it can.
    pub blocked: String,
    /// Other names by which it is found, in lower case; they are not shown.
    pub also: Vec<&'static str>,
}

impl Item {
    /// How well what is typed names it, 0 being its very name; nothing when it does not. Hyphens say nothing: `sev1` is
    /// SEV-1, `p-2` is P2.
    fn rank(&self, typed: &str) -> Option<u8> {
        let label = folded(&self.label);
        let bare = |text: &str| text.replace('-', "");
        let all = [&label, &folded(&self.id), &folded(&self.detail), &self.also.join(" ")]
            .map(String::as_str)
            .join(" ");
        let whole = bare(&all);
        let has = |word: &str| {
            all.contains(word) || (bare(word) != word || whole != all) && whole.contains(&bare(word))
        };
        if !typed.split_whitespace().all(has) {
            return None;
        }
        let names = |name: &str| name == typed || (!bare(typed).is_empty() && bare(name) == bare(typed));
        Some(match label.as_str() {
            l if names(l) || self.also.iter().any(|name| names(name)) => 0,
            l if l.starts_with(typed) => 1,
            l if l.contains(typed) => 2,
            _ if self.also.iter().any(|name| name.starts_with(typed)) => 2,
            _ => 3,
        })
    }
}

/// A list to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// What it is for.
    pub purpose: PickFor,
    /// Its title.
    pub title: String,
    /// All lines.
    pub items: Vec<Item>,
    /// What is typed to narrow them.
    pub editor: Editor,
    /// The selected line, by id; the first when absent, until that one is shown.
    pub selected: Option<String>,
    /// What is typed can be taken although no line has it (a new person).
    pub free: bool,
    /// What else is known of each line, by id; the selected one's is shown below.
    pub notes: BTreeMap<String, Vec<String>>,
    /// What is said when there is no line; empty: the lines are awaited.
    pub empty: String,
}

impl Pick {
    /// A list with nothing typed yet.
    #[must_use]
    pub fn new(purpose: PickFor, title: &str, items: Vec<Item>) -> Self {
        let editor = Editor::default();
        let (notes, empty) = (BTreeMap::new(), String::new());
        Self { purpose, title: title.to_owned(), items, editor, selected: None, free: false, notes, empty }
    }

    /// The lines that match what is typed, in their order: those that begin with it first, and of these what can be done
    /// before what cannot.
    #[must_use]
    pub fn visible(&self) -> Vec<&Item> {
        let typed = folded(self.editor.text().trim());
        if typed.is_empty() {
            return self.items.iter().collect();
        }
        let mut found: Vec<(u8, &Item)> =
            self.items.iter().filter_map(|item| Some((item.rank(&typed)?, item))).collect();
        found.sort_by_key(|(rank, item)| ((*rank).max(1), !item.blocked.is_empty(), *rank));
        found.into_iter().map(|(_, item)| item).collect()
    }

    /// The place of the selected line among the visible ones.
    #[must_use]
    pub fn place(&self, visible: &[&Item]) -> usize {
        let selected = self.selected.as_deref();
        visible.iter().position(|i| Some(i.id.as_str()) == selected).unwrap_or(0)
    }

    /// What is highlighted is selected, chosen or not: lines that come in later change nothing about it.
    pub fn hold(&mut self) {
        if self.selected.is_none() {
            let visible = self.visible();
            self.selected = visible.first().map(|i| i.id.clone());
        }
    }

    /// The lines are others than before, when the selected one stood at this place: if it is gone, its neighbour is
    /// selected. Says whether it is gone.
    pub fn follow(&mut self, place: usize) -> bool {
        let Some(id) = self.selected.clone() else { return false };
        let visible = self.visible();
        if visible.iter().any(|i| i.id == id) {
            return false;
        }
        self.selected = visible.get(place.min(visible.len().saturating_sub(1))).map(|i| i.id.clone());
        true
    }
}

/// What a line is asked for. It stands in journals of drafts, which an older or newer program may read: what that one
/// does not know is not opened again, but kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum AskFor {
    /// Whether the command of a step is run, which is shown above the line. Never kept: it is shown anew.
    #[serde(skip)]
    Run(crate::domain::run::Command),
    /// Who sits here.
    Identity,
    /// Why the entry is struck.
    Strike(Seq),
    /// Why the step moves so.
    Step(StepRef, StepMove),
    /// Why the severity goes down to this.
    Severity(String),
    /// How one knows the verdict.
    Verdict(Seq, Verdict),
    /// Why the hypothesis stands so.
    Hypothesis(Seq, HypothesisState),
    /// The answer to an ask.
    Answer(Seq),
    /// Until when this clock runs, and why.
    Clock(String),
    /// Another target of this clock, and why.
    Target(String),
    /// Which entries to show.
    Filter,
    /// Which rows of a board to show.
    BoardFilter,
    /// Who works on a story.
    StoryStart(StoryId),
    /// The change that shipped a story.
    StoryShip(StoryId),
    /// What proves that a story works.
    StoryVerify(StoryId),
    /// Why a story is given up.
    StoryDrop(StoryId),
    /// Why a story is to be done after all.
    StoryReopen(StoryId),
    /// The file that is evidence, for this line.
    Evidence(Option<Seq>),
    /// How much more time an ask gets.
    Extend(Seq),
    /// By when a step should be done.
    StepDue(StepRef),
    /// What is said against a decision.
    Object(Seq),
    /// The title of a story, `@owner` and a date in it.
    Story,
    /// What ended the incident.
    Resolve,
    /// Why it is reopened.
    Reopen,
    /// Why a closure point does not apply.
    NotApplicable(ClosureItem),
    /// Why the rest is waived at the close.
    WaiveClose,
    /// Why open problems are waived at the publication.
    WaivePublish,
    /// `Name <mail>` of the commit.
    Author,
}

/// A line to fill in.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// What for.
    pub purpose: AskFor,
    /// The line.
    pub editor: Editor,
    /// Why it was not taken.
    pub problem: Option<String>,
}

impl Ask {
    /// A line with some text already in it.
    #[must_use]
    pub fn new(purpose: AskFor, text: &str) -> Self {
        Self { purpose, editor: Editor::with_text(text), problem: None }
    }
}

/// A question that Enter answers with yes.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    /// The question.
    pub question: String,
    /// What Enter asks for.
    pub asked: Vec<Asked>,
}

/// What is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Read {
    /// The brief.
    Brief,
    /// An entry with its history.
    Entry(Seq),
    /// A step with its commands.
    Step(StepRef),
    /// Who can be reached how.
    People,
    /// Whom to call next.
    Call,
    /// Who held which role, who came and left.
    Roster,
    /// What this role does.
    Card(String),
    /// A similar incident.
    Hit(Box<Hit>),
    /// Lines of text under a title.
    Text(String, Vec<String>),
    /// A text alone on the screen, without a frame, to be selected by the terminal.
    Plain(String),
}

/// Something to read, and how far it is scrolled.
#[derive(Debug, Clone, PartialEq)]
pub struct Reader {
    /// What.
    pub what: Read,
    /// Rows above the first that is shown.
    pub scroll: usize,
}

/// The path of closing: closure list, draft, edit, check, publish, close.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClosePath {
    /// The selected line.
    pub selected: usize,
    /// The last thing that was done, in a line.
    pub line: String,
    /// What the last check found: rule, line from 1, message.
    pub problems: Vec<(String, usize, String)>,
    /// The step that is being done.
    pub busy: Option<Ticket>,
}

/// Declaring an incident.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Declare {
    /// The title.
    pub editor: Editor,
    /// Runbooks that match.
    pub runbooks: Vec<RunbookChoice>,
    /// Similar incidents.
    pub similar: Vec<Hit>,
    /// Services that the title names.
    pub services: Vec<String>,
    /// What could not be looked up, and why.
    pub not_known: Option<String>,
    /// Names of runbooks to attach.
    pub picked: Vec<String>,
    /// Services that the title names and that are not touched all the same.
    pub untouched: Vec<String>,
    /// The digits act instead of being typed.
    pub in_lists: bool,
    /// The suggestions that are awaited.
    pub asked: Option<Ticket>,
    /// The title that they were asked for.
    pub asked_for: String,
    /// The declaration that is awaited.
    pub sent: Option<Ticket>,
    /// Why it was not taken.
    pub problem: Option<String>,
}
