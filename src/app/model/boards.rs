//! The boards: full screens that list stories, runbooks and owed updates over all incidents. The shell fills them in;
//! here they are put in order, filtered and selected by id, so that a refresh moves nothing.

use chrono::NaiveDate;

use crate::app::effect::Ticket;
use crate::app::layout::Pane;
use crate::domain::ids::StoryId;
use crate::domain::owed::{self, OwedUpdate};
use crate::domain::patterns;
use crate::domain::runbook::card::Card;
use crate::domain::stories::{self, Standing};
use crate::domain::summary::StorySummary;

/// Which board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoardKind {
    /// Improvement stories of all incidents.
    Stories,
    /// The runbooks of the home.
    Runbooks,
    /// Status updates that open incidents owe.
    Updates,
    /// What recurs across the archive.
    Patterns,
}

/// What a board lists.
#[derive(Debug, Clone, PartialEq)]
pub enum BoardData {
    /// Stories.
    Stories(Vec<StorySummary>),
    /// Runbooks, and files that could not be read.
    Runbooks(Vec<Card>, Vec<String>),
    /// Owed updates.
    Updates(Vec<OwedUpdate>),
    /// What recurs, line by line, and what of the query was not understood.
    Patterns(Vec<patterns::Line>, Vec<String>),
}

impl BoardData {
    /// Nothing of a kind.
    #[must_use]
    pub const fn none(kind: BoardKind) -> Self {
        match kind {
            BoardKind::Stories => Self::Stories(Vec::new()),
            BoardKind::Runbooks => Self::Runbooks(Vec::new(), Vec::new()),
            BoardKind::Updates => Self::Updates(Vec::new()),
            BoardKind::Patterns => Self::Patterns(Vec::new(), Vec::new()),
        }
    }

    /// Which board it is for.
    #[must_use]
    pub const fn kind(&self) -> BoardKind {
        match self {
            Self::Stories(_) => BoardKind::Stories,
            Self::Runbooks(..) => BoardKind::Runbooks,
            Self::Updates(_) => BoardKind::Updates,
            Self::Patterns(..) => BoardKind::Patterns,
        }
    }

    /// How many it lists, filtered or not.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Stories(all) => all.len(),
            Self::Runbooks(all, _) => all.len(),
            Self::Updates(all) => all.len(),
            Self::Patterns(all, _) => all.len(),
        }
    }

    /// It lists nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A line of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardLine {
    /// What the rows below have in common, and how many they are.
    Heading(String, usize, Standing),
    /// The row of this place in the data.
    Row(usize),
}

/// A board on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// What it lists.
    pub data: BoardData,
    /// It was read.
    pub loaded: bool,
    /// What is shown of it, in order.
    pub lines: Vec<BoardLine>,
    /// How many rows are shown.
    pub shown: usize,
    /// What is shown only; empty: all. Of what recurs it is the query, as `warroom patterns` takes it.
    pub filter: String,
    /// The selected row, by its id; the first one when absent, until that one is shown.
    pub selected: Option<String>,
    /// The pane with the focus.
    pub focus: Pane,
    /// Rows that the preview is scrolled down.
    pub scroll: usize,
    /// The reading that is awaited.
    pub asked: Option<Ticket>,
    /// Something was written since that reading began.
    pub stale: bool,
    /// The day that the lines were put in order for.
    pub day: NaiveDate,
}

impl Board {
    /// A board that is not read yet.
    #[must_use]
    pub fn new(kind: BoardKind, day: NaiveDate) -> Self {
        Self {
            data: BoardData::none(kind),
            loaded: false,
            lines: Vec::new(),
            shown: 0,
            filter: String::new(),
            selected: None,
            focus: Pane::Board,
            scroll: 0,
            asked: None,
            stale: false,
            day,
        }
    }

    /// Which board it is.
    #[must_use]
    pub const fn kind(&self) -> BoardKind {
        self.data.kind()
    }

    /// Takes over what was read. Gives the id of the row that was selected and is not listed any more: its neighbour
    /// is selected then.
    pub fn fill(&mut self, data: BoardData, rules: stories::Rules) -> Option<String> {
        self.hold();
        let before = self.nth();
        self.data = data;
        self.loaded = true;
        match &mut self.data {
            BoardData::Stories(all) => stories::sort(all, self.day, rules),
            BoardData::Updates(all) => owed::sort(all),
            BoardData::Runbooks(..) | BoardData::Patterns(..) => {}
        }
        self.list(rules);
        let gone = self.follow(before);
        self.hold();
        gone
    }

    /// What is highlighted is selected, chosen or not: rows that come in later change nothing about it.
    pub fn hold(&mut self) {
        if self.selected.is_none() {
            self.selected = self.place().and_then(|(_, nth)| self.id(nth));
        }
    }

    /// The rows are others than before, when the selected one stood at this place: if it is gone, its neighbour is
    /// selected, and its id is given.
    pub fn follow(&mut self, place: usize) -> Option<String> {
        let gone = self.selected.clone()?;
        let ids: Vec<String> = self.rows().into_iter().filter_map(|(_, nth)| self.id(nth)).collect();
        if ids.contains(&gone) {
            return None;
        }
        self.selected = ids.get(place.min(ids.len().saturating_sub(1))).cloned();
        self.scroll = 0;
        Some(gone)
    }

    /// The rows: the place of the line, and of the row in the data.
    fn rows(&self) -> Vec<(usize, usize)> {
        let row = |(at, line): (usize, &BoardLine)| match line {
            BoardLine::Row(nth) => Some((at, *nth)),
            BoardLine::Heading(..) => None,
        };
        self.lines.iter().enumerate().filter_map(row).collect()
    }

    /// Which of the rows is selected, from 0.
    fn nth(&self) -> usize {
        let now = self.place();
        self.rows().iter().position(|row| Some(*row) == now).unwrap_or(0)
    }

    /// Puts the lines in order.
    pub fn list(&mut self, rules: stories::Rules) {
        let mut lines = Vec::new();
        self.shown = 0;
        match &self.data {
            BoardData::Stories(all) => {
                let filter = stories::Filter::parse(&self.filter).unwrap_or_default();
                let mut heading: Option<(Standing, usize)> = None;
                for (nth, story) in all.iter().enumerate().filter(|(_, s)| filter.shows(s, self.day)) {
                    let standing = Standing::of(story, self.day, rules);
                    match heading {
                        Some((now, at)) if now == standing => {
                            if let Some(BoardLine::Heading(_, count, _)) = lines.get_mut(at) {
                                *count = count.saturating_add(1);
                            }
                        }
                        _ => {
                            heading = Some((standing, lines.len()));
                            lines.push(BoardLine::Heading(standing.heading(rules), 1, standing));
                        }
                    }
                    self.shown = self.shown.saturating_add(1);
                    lines.push(BoardLine::Row(nth));
                }
            }
            BoardData::Runbooks(all, _) => {
                lines.extend(
                    all.iter()
                        .enumerate()
                        .filter(|(_, card)| self.has_words(&runbook_words(card)))
                        .map(|(nth, _)| BoardLine::Row(nth)),
                );
                self.shown = lines.len();
            }
            BoardData::Patterns(all, _) => {
                let mut heading: Option<(&str, usize)> = None;
                for (nth, line) in all.iter().enumerate() {
                    let count = usize::try_from(line.count).unwrap_or(usize::MAX);
                    match heading {
                        Some((now, at)) if now == line.heading => {
                            if let Some(BoardLine::Heading(_, all, _)) = lines.get_mut(at) {
                                *all = all.saturating_add(count);
                            }
                        }
                        _ => {
                            heading = Some((&line.heading, lines.len()));
                            lines.push(BoardLine::Heading(line.heading.clone(), count, Standing::Later));
                        }
                    }
                    lines.push(BoardLine::Row(nth));
                }
                self.shown = lines.iter().filter(|line| matches!(line, BoardLine::Row(_))).count();
            }
            BoardData::Updates(all) => {
                let words =
                    |u: &OwedUpdate| format!("{} {} {} {}", u.incident, u.title, u.audience, u.severity);
                lines.extend(
                    all.iter()
                        .enumerate()
                        .filter(|(_, u)| self.has_words(&words(u)))
                        .map(|(nth, _)| BoardLine::Row(nth)),
                );
                self.shown = lines.len();
            }
        }
        self.lines = lines;
    }

    fn has_words(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.filter.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }

    /// The id of a row.
    #[must_use]
    pub fn id(&self, nth: usize) -> Option<String> {
        match &self.data {
            BoardData::Stories(all) => all.get(nth).map(|s| s.id.to_string()),
            BoardData::Runbooks(all, _) => all.get(nth).map(|c| c.name.clone()),
            BoardData::Patterns(all, _) => all.get(nth).map(|line| line.query.clone()),
            BoardData::Updates(all) => all.get(nth).map(|u| format!("{} {}", u.incident, u.audience)),
        }
    }

    /// The place of the selected line, and of its row in the data.
    #[must_use]
    pub fn place(&self) -> Option<(usize, usize)> {
        let rows = self.rows();
        let wanted = self.selected.as_deref();
        let picked = wanted.and_then(|id| rows.iter().find(|(_, nth)| self.id(*nth).as_deref() == Some(id)));
        picked.or_else(|| rows.first()).copied()
    }

    /// Takes another query. What another one found is not what this one asks for: nothing is shown until it is read.
    pub fn ask_for(&mut self, query: &str) {
        if self.filter == query {
            return;
        }
        *self = Self { filter: query.to_owned(), ..Self::new(self.kind(), self.day) };
    }

    /// What of the query was not understood.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match &self.data {
            BoardData::Patterns(_, notes) => notes,
            _ => &[],
        }
    }

    /// Selects the row that is so many rows further; what is beyond the ends is at them.
    pub fn select(&mut self, step: impl FnOnce(usize, usize) -> usize) {
        let rows = self.rows();
        let next = rows.get(step(self.nth(), rows.len())).copied();
        let id = next.and_then(|(_, nth)| self.id(nth));
        if id != self.selected {
            self.scroll = 0;
        }
        self.selected = id;
    }

    /// The selected story.
    #[must_use]
    pub fn story(&self) -> Option<&StorySummary> {
        let (_, nth) = self.place()?;
        match &self.data {
            BoardData::Stories(all) => all.get(nth),
            _ => None,
        }
    }

    /// A story by its id.
    #[must_use]
    pub fn story_named(&self, id: StoryId) -> Option<&StorySummary> {
        match &self.data {
            BoardData::Stories(all) => all.iter().find(|s| s.id == id),
            _ => None,
        }
    }

    /// The selected runbook.
    #[must_use]
    pub fn runbook(&self) -> Option<&Card> {
        let (_, nth) = self.place()?;
        match &self.data {
            BoardData::Runbooks(all, _) => all.get(nth),
            _ => None,
        }
    }

    /// The selected pattern.
    #[must_use]
    pub fn pattern(&self) -> Option<&patterns::Line> {
        let (_, nth) = self.place()?;
        match &self.data {
            BoardData::Patterns(all, _) => all.get(nth),
            _ => None,
        }
    }

    /// The selected update.
    #[must_use]
    pub fn update(&self) -> Option<&OwedUpdate> {
        let (_, nth) = self.place()?;
        match &self.data {
            BoardData::Updates(all) => all.get(nth),
            _ => None,
        }
    }
}

fn runbook_words(card: &Card) -> String {
    let m = &card.matches;
    let lists = [&m.words, &m.services, &m.tags, &m.alerts].map(|l| l.join(" ")).join(" ");
    format!("{} {} {} {} {lists}", card.name, card.title, card.owner, card.origin.as_str())
}
