//! What the home and find screens list. The shell fills these in; nothing here is computed from a log.

use crate::app::editor::Editor;
use crate::app::effect::Ticket;
use crate::app::layout::Pane;
use crate::domain::facets::{Facet, FacetKind, Facets, Picked};
use crate::domain::ids::{LogId, Seq};
use crate::domain::incident::Incident;
use crate::domain::time::Utc;
use crate::domain::words::{IncidentKind, State};

/// An incident in the list of the home screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeRow {
    /// Its log.
    pub log: LogId,
    /// Its name among people.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its severity as shown: `P1`, `P?`.
    pub severity: String,
    /// What sort it is.
    pub kind: IncidentKind,
    /// Where it is in its life.
    pub state: State,
    /// Its phase, in a word.
    pub phase: String,
    /// Who commands.
    pub commander: String,
    /// It is restricted or privileged.
    pub restricted: bool,
    /// When it was declared (UTC).
    pub declared_at: Utc,
    /// When its last event was stored (UTC).
    pub updated_at: Utc,
    /// What it still owes, for a resolved one: `postmortem due 2026-11-27`, `2 stories overdue`.
    pub owes: Vec<String>,
}

/// How what is owed begins when the day of a review meeting has passed.
pub const MEETING_WAS: &str = "review meeting was";

/// How what is owed ends when the day of improvement stories has passed.
pub const LATE_STORIES: &str = " overdue";

/// The list of the home screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HomeList {
    /// Not resolved, newest first.
    pub open: Vec<HomeRow>,
    /// Resolved and not closed: late stories first, then the one that owes longest.
    pub owed: Vec<HomeRow>,
    /// Closed: those with late stories first, however old, then the most recent ones.
    pub recent: Vec<HomeRow>,
    /// How many there are, listed or not.
    pub counts: HomeCounts,
    /// When something of it runs out next (UTC): it is read again then. `None` when that was not looked for.
    pub next: Option<Utc>,
    /// Clocks of open incidents that ran out and that nobody acknowledged, the most pressing ones first; of a great many
    /// only those in front.
    pub over: Vec<RoomClock>,
    /// The clock of an open incident that runs out next. `None` when none runs, or that was not looked for.
    pub soonest: Option<RoomClock>,
}

/// A clock that runs in one of many incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomClock {
    /// The incident, as shown.
    pub id: String,
    /// What it waits for, in words.
    pub what: String,
    /// When it runs out, or did (UTC).
    pub at: Utc,
}

/// How many there are of what the home screen is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HomeCounts {
    /// Not resolved.
    pub open: u64,
    /// Resolved, not closed.
    pub owed: u64,
    /// Closed.
    pub recent: u64,
    /// Stories whose day has passed and that have not shipped.
    pub overdue_stories: u64,
    /// Clocks of open incidents whose time has passed and that nobody acknowledged, listed or not.
    pub over: u64,
}

/// The parts of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeSection {
    /// Not resolved.
    Open,
    /// Resolved, not closed.
    Owed,
    /// Closed.
    Recent,
}

impl HomeList {
    /// All rows in the order of the screen.
    pub fn rows(&self) -> impl Iterator<Item = (HomeSection, &HomeRow)> {
        let open = self.open.iter().map(|row| (HomeSection::Open, row));
        let owed = self.owed.iter().map(|row| (HomeSection::Owed, row));
        let recent = self.recent.iter().map(|row| (HomeSection::Recent, row));
        open.chain(owed).chain(recent)
    }
}

/// The home screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// What it lists.
    pub list: HomeList,
    /// The list was read.
    pub loaded: bool,
    /// The selected incident; none before the list is there.
    pub selected: Option<LogId>,
    /// The pane with the focus.
    pub focus: Pane,
    /// When it was last read again because something had run out (UTC).
    pub looked: Option<Utc>,
    /// What was read of the selected incident, or of the one that was selected before.
    pub preview: Option<Box<Incident>>,
    /// Of which incident it was asked for last, and when that had stored its last event.
    pub previewed: Option<(LogId, Utc)>,
}

impl Default for Home {
    fn default() -> Self {
        Self {
            list: HomeList::default(),
            loaded: false,
            selected: None,
            focus: Pane::Incidents,
            looked: None,
            preview: None,
            previewed: None,
        }
    }
}

impl Home {
    /// Takes over what was read. The selection is held by name from the moment it is shown; when its incident is not
    /// listed any more, its neighbour has it.
    pub fn fill(&mut self, list: HomeList) {
        self.hold();
        let wanted = self.selected;
        let before = self.list.rows().position(|(_, r)| Some(r.log) == wanted).unwrap_or(0);
        self.list = list;
        self.loaded = true;
        let rows: Vec<LogId> = self.list.rows().map(|(_, r)| r.log).collect();
        if !rows.iter().any(|log| Some(*log) == wanted) {
            self.selected = rows.get(before.min(rows.len().saturating_sub(1))).copied();
        }
    }

    /// What is highlighted is selected, chosen or not.
    pub fn hold(&mut self) {
        if self.selected.is_none() {
            self.selected = self.row().map(|row| row.log);
        }
    }

    /// The selected row.
    #[must_use]
    pub fn row(&self) -> Option<&HomeRow> {
        let picked = self.selected.and_then(|log| self.list.rows().find(|(_, r)| r.log == log));
        picked.or_else(|| self.list.rows().next()).map(|(_, row)| row)
    }
}

/// A postmortem that matches.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hit {
    /// The id of the incident, or of the imported document.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Why it enters no figure: `DRILL`, `TEST`; empty when it counts.
    pub mark: &'static str,
    /// Its severity; empty when it has none.
    pub severity: String,
    /// Its date, as far as it is known.
    pub date: String,
    /// Its path in the archive: its identity here.
    pub path: String,
    /// Why it matches, the heaviest reason first.
    pub why: Vec<String>,
    /// What ended it, in a line; empty when not known.
    pub ended: String,
    /// How long it took: `6h12m`; empty when not known.
    pub took: String,
    /// Its stories that are not shipped, each in a line.
    pub unshipped: Vec<String>,
    /// Why it may be the same failure; empty: nothing says so.
    pub same: Vec<String>,
    /// What a person said of it: `recurrence`, `different`; empty: nothing.
    pub said: String,
    /// Some lines around the words that match; empty until asked for.
    pub snippet: String,
    /// Higher is better, within one answer.
    pub score: f32,
}

impl Hit {
    /// How it is named: its id, its mark and its title.
    #[must_use]
    pub fn name(&self) -> String {
        let mark = if self.mark.is_empty() { String::new() } else { format!(" {}", self.mark) };
        format!("{}{mark} {}", self.id, self.title)
    }
}

/// A runbook to choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunbookChoice {
    /// The file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Why it matches; empty when it does not.
    pub why: String,
    /// `never tested`, `tested 210d ago`, when nobody made sure of it lately; else empty.
    pub stale: String,
}

/// Text with found parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// The path that it was read from.
    pub path: String,
    /// The lines.
    pub lines: Vec<String>,
    /// Found parts: line from 0, first byte, byte after the last.
    pub marks: Vec<(usize, usize, usize)>,
}

/// A row of the find screen.
#[derive(Debug, Clone, PartialEq)]
pub enum FindRow {
    /// An entry of the open room.
    Entry(Seq),
    /// A postmortem of the archive.
    Document(Box<Hit>),
}

/// The find screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// The query.
    pub editor: Editor,
    /// Entries of the room that match, then postmortems.
    pub rows: Vec<FindRow>,
    /// The selected row, by place: results are ranked anew with each character.
    pub selected: usize,
    /// The search whose answer is awaited; older answers are dropped.
    pub asked: Option<Ticket>,
    /// What that search was for.
    pub asked_for: String,
    /// What was picked when it was asked.
    pub asked_in: Picked,
    /// What of the query was not understood, and what was done instead.
    pub notes: Vec<String>,
    /// What the answers have in common.
    pub facets: Facets,
    /// What is picked of it.
    pub picked: Picked,
    /// The selected facet, by kind and value.
    pub facet: Option<(FacetKind, String)>,
    /// The text is of another query.
    pub stale: bool,
    /// The text of the selected postmortem.
    pub text: Option<Passage>,
    /// Rows that the text is scrolled down.
    pub scroll: usize,
    /// The pane with the focus.
    pub focus: Pane,
    /// Where `q` and Esc go back to: the board, the room, else the home screen.
    pub from_room: bool,
    /// It was opened on a board, which is still there.
    pub from_board: bool,
}

impl Find {
    /// All facets in the order of the screen.
    pub fn facet_rows(&self) -> impl Iterator<Item = (FacetKind, &Facet)> {
        FacetKind::ALL
            .into_iter()
            .flat_map(|kind| self.facets.of(kind).iter().map(move |facet| (kind, facet)))
    }

    /// The place of the selected facet; the first one when it is gone.
    #[must_use]
    pub fn facet_place(&self) -> usize {
        let wanted = self.facet.as_ref();
        let at =
            self.facet_rows().position(|(kind, f)| wanted.is_some_and(|(k, v)| *k == kind && *v == f.value));
        at.unwrap_or(0)
    }
}

impl Default for Find {
    fn default() -> Self {
        Self {
            editor: Editor::default(),
            rows: Vec::new(),
            selected: 0,
            asked: None,
            asked_for: String::new(),
            asked_in: Picked::default(),
            notes: Vec::new(),
            facets: Facets::default(),
            picked: Picked::default(),
            facet: None,
            stale: false,
            text: None,
            scroll: 0,
            focus: Pane::Results,
            from_room: false,
            from_board: false,
        }
    }
}
