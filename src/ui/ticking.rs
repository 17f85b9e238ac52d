//! The parts of a room that a running clock changes while nothing else happens. Once a second they are drawn over the
//! picture that is there, so that a room at rest takes next to nothing of the machine. It must draw nothing that [`super::draw`]
//! would draw otherwise.

use ratatui::buffer::Buffer;

use super::theme::Theme;
use super::{frame, header, view};
use crate::app::layout::{Area, Pane, Shape};
use crate::app::model::{Model, Room, Screen};
use crate::domain::time::Utc;

/// Seconds within which no time of day and no day that is shown changes: zones differ by whole minutes.
const MINUTE: i64 = 60;

/// Draws what may have changed since a picture of the same model was drawn at an earlier moment (`drawn`), and gives
/// where that is; every other cell is as it was, and so is the cursor. Nothing when all must be drawn: in a new minute,
/// while something is typed, and on every other screen.
#[must_use]
pub fn draw_clocks(model: &Model, drawn: Utc, buf: &mut Buffer) -> Option<Vec<Area>> {
    let room = at_rest(model)?;
    let minute = |at: Utc| at.timestamp().div_euclid(MINUTE);
    if model.now < drawn || minute(model.now) != minute(drawn) {
        return None;
    }
    let layout = model.layout();
    if layout.shape == Shape::TooSmall {
        return None;
    }
    let theme = Theme::new(model.look);
    header::draw(model, &layout, &theme, buf);
    let mut areas = vec![layout.header, layout.attention];
    for placed in &layout.panes {
        let focus = placed.pane == room.focus;
        let ticks = match placed.pane {
            Pane::Roster => true,
            Pane::Runbook => room.shown_runbook().is_some(),
            Pane::Decisions => !room.incident.talk.decisions.is_empty(),
            Pane::Asks => !room.incident.talk.asks.is_empty(),
            // Beside the tabs stands whether it goes on below.
            Pane::Brief if layout.shape == Shape::Tabs => return None,
            Pane::Brief => true,
            // They show times of day, and no span that grows.
            _ => false,
        };
        if !ticks {
            continue;
        }
        frame::border_under(&layout, placed.title, &theme, buf);
        view(placed.pane)(model, room, placed, focus, &theme, buf);
        areas.extend([placed.title, placed.body]);
    }
    Some(areas)
}

/// The room, when nothing lies over it and nothing is typed that would be understood anew with each second.
fn at_rest(model: &Model) -> Option<&Room> {
    let room = model.room.as_ref().filter(|_| model.screen == Screen::Room && model.overlays.is_empty())?;
    (room.composer.editor.is_empty() && room.composer.problem.is_none()).then_some(room)
}
