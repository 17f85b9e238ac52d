//! The mouse: what it reports, and what is under it. Pure: the places are those that the views draw at, a test holds
//! both together. It must not select anything (`update` does).

use super::layout::{self, Area, Pane, Placed, first_row};
use super::model::{FindRow, Model, Room, RowId, Screen, StepFocus};
use super::panes;
use super::update::room::{overloaded, roster_rows};
use crate::domain::event::StepRef;
use crate::domain::ids::{LogId, Seq};

/// A report of the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub kind: MouseKind,
    /// The column, from 0.
    pub column: u16,
    /// The row, from 0.
    pub row: u16,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button went down.
    Press,
    /// The wheel went up.
    ScrollUp,
    /// The wheel went down.
    ScrollDown,
}

/// What can be selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// A row of the timeline.
    Row(RowId),
    /// A role of the roster.
    Role(String),
    /// A step.
    Step(StepRef),
    /// A decision.
    Decision(Seq),
    /// An ask or a hypothesis.
    Ask(Seq),
    /// A similar incident, by path.
    Hit(String),
    /// An incident of the home screen.
    Incident(LogId),
    /// A result of a search, by place.
    Result(usize),
}

impl Spot {
    /// The pane that it stands in.
    #[must_use]
    pub const fn pane(&self) -> Pane {
        match self {
            Self::Row(_) => Pane::Timeline,
            Self::Role(_) => Pane::Roster,
            Self::Step(_) => Pane::Runbook,
            Self::Decision(_) => Pane::Decisions,
            Self::Ask(_) => Pane::Asks,
            Self::Hit(_) => Pane::Similar,
            Self::Incident(_) => Pane::Incidents,
            Self::Result(_) => Pane::Results,
        }
    }
}

/// The pane under a cell, its title included.
#[must_use]
pub fn pane_at(model: &Model, column: u16, row: u16) -> Option<Placed> {
    let within = |a: Area| column >= a.x && column < a.right() && row >= a.y && row < a.bottom();
    model.layout().panes.into_iter().find(|p| within(p.body) || within(p.title))
}

/// What is under a row of a pane.
#[must_use]
pub fn spot(model: &Model, placed: &Placed, row: u16) -> Option<Spot> {
    let y = usize::from(row.checked_sub(placed.body.y)?);
    let h = usize::from(placed.body.h);
    if y >= h {
        return None;
    }
    match (model.screen, &model.room) {
        (Screen::Home, _) if placed.pane == Pane::Incidents => incident(model, y, h),
        (Screen::Find, _) if placed.pane == Pane::Results => result(model, y, h),
        (Screen::Room, Some(room)) => in_room(model, room, placed, y, h),
        _ => None,
    }
}

fn in_room(model: &Model, room: &Room, placed: &Placed, y: usize, h: usize) -> Option<Spot> {
    match placed.pane {
        Pane::Timeline => {
            let y = y.checked_sub(usize::from(room.incident.impact.is_some()))?;
            let (from, to) = room.window(room.page(h));
            let place = from.saturating_add(y);
            let id = room.rows.get(place).filter(|_| place < to)?.id;
            (!matches!(id, RowId::Day(..))).then_some(Spot::Row(id))
        }
        Pane::Roster => {
            let rows = roster_rows(model);
            let selected = rows.iter().position(|r| Some(&r.role) == room.role.as_ref()).unwrap_or(0);
            let height = h.saturating_sub(usize::from(overloaded(model).is_some() && h > 4));
            let place = first_row(selected, height, rows.len()).saturating_add(y);
            rows.get(place).filter(|_| y < height).map(|r| Spot::Role(r.role.clone()))
        }
        Pane::Runbook => {
            let rows = room.runbook_rows(h);
            match rows.get(runbook_first(room, &rows, h).saturating_add(y))? {
                StepFocus::Step(step) => Some(Spot::Step(step.at)),
                StepFocus::Heading(_) => None,
            }
        }
        Pane::Decisions => {
            let shown = panes::decisions(model, room, placed.body);
            shown.at(y).map(|row| Spot::Decision(row.decision.seq))
        }
        Pane::Asks => panes::asks(model, room, placed.body).at(y).map(|row| Spot::Ask(row.seq)),
        Pane::Similar => panes::similar(room, placed.body).at(y).map(|hit| Spot::Hit(hit.path.clone())),
        _ => None,
    }
}

/// The first row of the runbook pane that is shown.
#[must_use]
pub fn runbook_first(room: &Room, rows: &[StepFocus<'_>], height: usize) -> usize {
    let current = room.current_step().map(|s| s.at);
    let selected =
        rows.iter().position(|r| matches!(r, StepFocus::Step(s) if Some(s.at) == current)).unwrap_or(0);
    // The first steps are shown from the start; a heading stays with its step.
    if selected < height { 0 } else { first_row(selected, height, rows.len()) }
}

fn incident(model: &Model, y: usize, h: usize) -> Option<Spot> {
    let list = &model.home.list;
    let mut lines: Vec<Option<LogId>> = Vec::new();
    for rows in [&list.open, &list.owed, &list.recent] {
        if !rows.is_empty() {
            lines.push(None);
            lines.extend(rows.iter().map(|r| Some(r.log)));
        }
    }
    let picked = model.home.row().map(|r| r.log);
    let selected = lines.iter().position(|l| l.is_some() && *l == picked).unwrap_or(0);
    let first = if selected < h { 0 } else { first_row(selected, h, lines.len()) };
    lines.get(first.saturating_add(y)).copied().flatten().map(Spot::Incident)
}

fn result(model: &Model, y: usize, h: usize) -> Option<Spot> {
    let first = model.find.selected.saturating_sub(h / 4);
    let mut below = 0_usize;
    for (nth, row) in model.find.rows.iter().enumerate().skip(first) {
        let rows = match row {
            FindRow::Entry(_) => 1,
            FindRow::Document(hit) => 2 + usize::from(!hit.unshipped.is_empty()),
        };
        below = below.saturating_add(rows);
        if y < below {
            return Some(Spot::Result(nth));
        }
    }
    None
}

/// Whether a pane has a place beside the timeline, or the screen shows one pane at a time anyway.
#[must_use]
pub fn has_place(model: &Model, pane: Pane) -> bool {
    let prefs = layout::Prefs { plan: layout::Plan::Room, focus: Pane::Timeline, zoom: false, alone: false };
    let whole = layout::layout(model.size, prefs);
    whole.shape == layout::Shape::Tabs || whole.pane(pane).is_some()
}
