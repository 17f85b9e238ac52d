//! Moving: between panes, and in the list of whatever has the focus. Page sizes come from the layout; what is
//! selected is kept by name.

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout::{Pane, Shape};
use super::super::model::{Gone, Model, Overlay, RowId, Screen};
use super::{find, holding};
use crate::app::reading;
use crate::domain::event::Recorded;
use crate::domain::time::with_day;

/// Moves.
pub(super) fn go(model: &mut Model, action: Action, nth: u8, fx: &mut Vec<Effect>) {
    match action {
        Action::PaneLeft | Action::PrevPane => step_pane(model, -1, action == Action::PaneLeft),
        Action::NextPane if super::briefing::turn_brief(model) => {}
        Action::PaneRight | Action::NextPane => step_pane(model, 1, action == Action::PaneRight),
        Action::GoToPane => {
            if let Some(pane) = model.panes().get(usize::from(nth)).copied() {
                focus(model, pane);
            } else {
                model.warn("there is no such pane");
            }
        }
        Action::Zoom => {
            if let Some(room) = &mut model.room {
                room.zoom = !room.zoom;
            }
        }
        _ => {
            let page = page(model);
            let by = match action {
                Action::Down | Action::PickDown => Move::By(1),
                Action::Up | Action::PickUp => Move::By(-1),
                Action::HalfDown => Move::By(page / 2),
                Action::HalfUp => Move::By(-(page / 2)),
                Action::PageDown | Action::PickPageDown => Move::By(page),
                Action::PageUp | Action::PickPageUp => Move::By(-page),
                Action::Top => Move::First,
                _ => Move::Last,
            };
            scroll(model, by, fx);
        }
    }
}

/// Moves by so many rows in whatever has the focus.
pub(super) fn by(model: &mut Model, rows: i64, fx: &mut Vec<Effect>) {
    scroll(model, Move::By(rows), fx);
}

/// How far a selection goes.
#[derive(Debug, Clone, Copy)]
enum Move {
    By(i64),
    First,
    Last,
}

impl Move {
    /// The place that follows from this one in a list of so many.
    fn from(self, place: usize, len: usize) -> usize {
        let last = len.saturating_sub(1);
        match self {
            Self::First => 0,
            Self::Last => last,
            Self::By(by) => {
                let place = i64::try_from(place).unwrap_or(i64::MAX).saturating_add(by).max(0);
                usize::try_from(place).unwrap_or(0).min(last)
            }
        }
    }
}

fn page(model: &Model) -> i64 {
    let rows = if model.overlays.is_empty() {
        let layout = model.layout();
        layout.pane(model_focus(model)).map_or(1, |p| p.body.h)
    } else {
        model.size.h.saturating_sub(8)
    };
    i64::from(rows.max(2))
}

/// The pane with the focus.
pub(super) fn model_focus(model: &Model) -> Pane {
    match (model.screen, &model.room) {
        (Screen::Room, Some(room)) => room.focus,
        (Screen::Find, _) => model.find.focus,
        (Screen::Board, _) => model.board.as_ref().map_or(Pane::Board, |b| b.focus),
        _ => model.home.focus,
    }
}

/// Gives the focus to a pane.
pub(super) fn focus(model: &mut Model, pane: Pane) {
    match model.screen {
        Screen::Room => {
            if let Some(room) = &mut model.room {
                room.focus = pane;
            }
        }
        Screen::Find => model.find.focus = pane,
        Screen::Board => {
            if let Some(board) = &mut model.board {
                board.focus = pane;
            }
        }
        Screen::Home => model.home.focus = pane,
    }
}

/// The next pane: of those that are visible, where several are; else of all.
fn step_pane(model: &mut Model, by: i64, stop_at_ends: bool) {
    let layout = model.layout();
    let panes: Vec<Pane> = if layout.shape == Shape::Grid && layout.panes.len() > 1 {
        layout.panes.iter().map(|p| p.pane).collect()
    } else {
        model.panes().to_vec()
    };
    let now = model_focus(model);
    let place = panes.iter().position(|p| *p == now).unwrap_or(0);
    let len = i64::try_from(panes.len()).unwrap_or(1).max(1);
    let next = i64::try_from(place).unwrap_or(0).saturating_add(by);
    let next = if stop_at_ends { next.clamp(0, len - 1) } else { next.rem_euclid(len) };
    if let Some(pane) = usize::try_from(next).ok().and_then(|n| panes.get(n)) {
        focus(model, *pane);
    }
}

fn scroll(model: &mut Model, by: Move, fx: &mut Vec<Effect>) {
    match model.overlays.last_mut() {
        Some(Overlay::Pick(pick)) => {
            let visible = pick.visible();
            let place = by.from(pick.place(&visible), visible.len());
            pick.selected = visible.get(place).map(|i| i.id.clone());
            return;
        }
        Some(Overlay::Read(_)) => return scroll_reader(model, by),
        Some(Overlay::Closing(path)) => {
            path.selected = by.from(path.selected, super::closing::LINES);
            return;
        }
        Some(Overlay::Ask(_) | Overlay::Confirm(_) | Overlay::Declare(_)) => return,
        None => {}
    }
    match model.screen {
        Screen::Home => {
            let all: Vec<_> = model.home.list.rows().map(|(_, r)| r.log).collect();
            let now = model.home.row().map(|row| row.log);
            let place = all.iter().position(|log| Some(*log) == now).unwrap_or(0);
            model.home.selected = all.get(by.from(place, all.len())).copied();
        }
        Screen::Find => {
            if model.find.focus == Pane::Facets {
                find::select_facet(model, |place, len| by.from(place, len));
            } else if model.find.focus == Pane::Text {
                let lines = model.find.text.as_ref().map_or(0, |t| t.lines.len());
                model.find.scroll = by.from(model.find.scroll, lines.max(1));
            } else {
                model.find.selected = by.from(model.find.selected, model.find.rows.len());
                find::read_selected(model, fx);
            }
        }
        Screen::Room => scroll_room(model, by),
        Screen::Board => scroll_board(model, by),
    }
}

fn scroll_board(model: &mut Model, by: Move) {
    let last = crate::app::boards::last_scroll(model);
    let Some(board) = &mut model.board else { return };
    if board.focus == Pane::Preview {
        board.scroll = by.from(board.scroll, last.saturating_add(1));
    } else {
        board.select(|place, len| by.from(place, len));
    }
}

fn scroll_reader(model: &mut Model, by: Move) {
    let Some(Overlay::Read(reader)) = model.overlays.last() else { return };
    let last = reading::last_scroll(model, &reader.what);
    if let Some(Overlay::Read(reader)) = model.overlays.last_mut() {
        reader.scroll = by.from(reader.scroll, last.saturating_add(1));
    }
}

fn scroll_room(model: &mut Model, by: Move) {
    let Some(room) = &mut model.room else { return };
    holding::chosen(room, room.focus);
    match room.focus {
        Pane::Timeline => scroll_timeline(model, by),
        Pane::Roster => {
            let all: Vec<String> = super::room::roster_rows(model).iter().map(|r| r.role.clone()).collect();
            if let Some(room) = &mut model.room {
                let place = all.iter().position(|r| Some(r) == room.role.as_ref()).unwrap_or(0);
                room.role = all.get(by.from(place, all.len())).cloned();
            }
        }
        Pane::Runbook => {
            let all: Vec<_> = room.shown_steps().iter().map(|s| s.at).collect();
            let now = room.current_step().map(|s| s.at);
            let place = all.iter().position(|at| Some(*at) == now).unwrap_or(0);
            room.step = all.get(by.from(place, all.len())).copied();
        }
        Pane::Decisions => {
            let all = room.decisions();
            let place = all.iter().position(|s| Some(*s) == room.current_decision()).unwrap_or(0);
            room.decision = all.get(by.from(place, all.len())).copied();
        }
        Pane::Asks => {
            let all = room.asks();
            let place = all.iter().position(|s| Some(*s) == room.current_ask()).unwrap_or(0);
            room.ask = all.get(by.from(place, all.len())).copied();
        }
        Pane::Similar => {
            let now = room.current_hit().map(|h| h.path.clone());
            let place = room.similar.iter().position(|h| Some(&h.path) == now.as_ref()).unwrap_or(0);
            room.hit = room.similar.get(by.from(place, room.similar.len())).map(|h| h.path.clone());
        }
        Pane::Brief => {
            let last = reading::last_brief_scroll(model);
            if let Some(room) = &mut model.room {
                room.brief_scroll = by.from(room.brief_scroll, last.saturating_add(1));
            }
        }
        _ => {}
    }
}

fn scroll_timeline(model: &mut Model, by: Move) {
    let Some(room) = &mut model.room else { return };
    if room.rows.is_empty() {
        return;
    }
    let last = room.rows.len().saturating_sub(1);
    let now = room.selected.and_then(|id| room.rows.place(id));
    let mut place = match (now, by) {
        // The first press upwards selects what is last on the screen: nothing jumps, and the row that the keys acted on
        // so far stays the one they act on, whoever writes the next.
        (None, Move::By(n)) if n < 0 => by_one_less(n).from(last, room.rows.len()),
        (None, Move::By(_) | Move::Last) => return,
        (None, Move::First) => 0,
        (Some(now), by) => by.from(now, room.rows.len()),
    };
    // A row where a day begins cannot be selected.
    let up = matches!(by, Move::By(n) if n < 0);
    while let Some(RowId::Day(..)) = room.rows.get(place).map(|r| r.id) {
        place = if up && place > 0 { place - 1 } else { place.saturating_add(1) };
        if place > last {
            break;
        }
    }
    if matches!(by, Move::Last) || (now == Some(last) && place >= last && !up) {
        // At the end, one more press down follows new entries again.
        room.selected = None;
        room.top = None;
        return;
    }
    if room.selected.is_none() {
        // Nothing moves on the screen by selecting.
        room.top = None;
    }
    room.selected = room.rows.get(place).map(|r| r.id);
}

fn by_one_less(n: i64) -> Move {
    Move::By(n.saturating_add(1))
}

/// Says that somebody else crossed out, or hid, what is selected.
pub(super) fn tell_gone(model: &mut Model, gone: Option<Gone>) {
    match gone {
        Some(Gone { by, struck: true }) => model.warn(format!("{by} crossed out the line that you selected")),
        Some(Gone { by, struck: false }) => {
            model.warn(format!("{by} changed the line that you selected: it goes when you leave it"));
        }
        None => {}
    }
}

/// A typed line that was stored where the rows do not show it says so: whoever sees nothing of it types it again.
pub(super) fn tell_out_of_sight(model: &mut Model, events: &[Recorded]) {
    let (rows, zone) = (model.layout().rows(Pane::Timeline), model.zone());
    let Some(room) = model.room.as_ref().filter(|_| rows > 0) else { return };
    let (from, to) = room.window(room.page(rows).max(1));
    let said = events.iter().filter(|e| room.own.contains(&e.seq)).find_map(|e| {
        let place = room.rows.place(RowId::Entry(e.seq))?;
        let entry = room.incident.timeline.get(e.seq)?;
        let side = match place {
            place if place < from => "above",
            place if place >= to => "below",
            _ => return None,
        };
        Some(format!("stored at {}, {side}", with_day(entry.occurred_at, model.now, zone)))
    });
    if let Some(said) = said {
        model.tell(said);
    }
}

/// After every message: the selected row exists and is visible, and what is on the screen is no longer new.
pub(super) fn settle(model: &mut Model) {
    let rows = model.layout().rows(Pane::Timeline);
    let zone = model.zone();
    let Some(room) = &mut model.room else { return };
    if let Some(seq) = room.rows.kept
        && room.selected != Some(RowId::Entry(seq))
    {
        room.rows.kept = None;
        room.relist(zone);
    }
    let page = room.page(rows).max(1);
    if let Some(id) = room.selected {
        match room.rows.place(id) {
            None => {
                room.selected = None;
                room.top = None;
            }
            Some(place) => {
                let end = room.rows.len().saturating_sub(page);
                let top = room.top.and_then(|t| room.rows.place(t)).unwrap_or(end);
                let top = top.min(place).max(place.saturating_add(1).saturating_sub(page));
                room.top = room.rows.get(top).map(|r| r.id);
            }
        }
    }
    if rows == 0 || room.unseen.is_empty() {
        return;
    }
    let (from, to) = room.window(page);
    for row in room.rows.all().iter().skip(from).take(to.saturating_sub(from)) {
        if let RowId::Entry(seq) = row.id {
            room.unseen.remove(&seq);
        }
    }
}
