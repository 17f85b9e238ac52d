//! Draws a `&Model` into cells. It must not change anything, and it must not decide what a key does.

mod asks;
mod board;
mod brief;
mod composer;
mod decisions;
mod find;
pub mod frame;
mod header;
mod hints;
mod home;
mod offers;
mod overlay;
mod roster;
mod runbook;
mod sheet;
mod similar;
pub mod text;
pub mod theme;
mod ticking;
mod timeline;

#[cfg(test)]
mod tests;

pub use ticking::draw_clocks;

use ratatui::buffer::Buffer;

use crate::app::layout::{Layout, Pane, Placed, Shape, first_row};
use crate::app::model::{Model, Room, Screen};
use crate::app::tabs::tabs as tab_row;
use crate::app::update::compose::preview;
use text::Pen;
use theme::Theme;

/// Draws the whole screen into a buffer. Gives the cell of the cursor, where a line has the keys.
#[must_use]
pub fn draw(model: &Model, buf: &mut Buffer) -> Option<(u16, u16)> {
    let theme = Theme::new(model.look);
    let layout = model.layout();
    if layout.shape == Shape::TooSmall {
        too_small(model, &layout, &theme, buf);
        return None;
    }
    header::draw(model, &layout, &theme, buf);
    frame::borders(&layout, &theme, buf);
    if layout.shape == Shape::Tabs {
        tabs(model, &layout, &theme, buf);
    }
    let mut cursor = None;
    let preview = preview(model);
    match (model.screen, &model.room) {
        (Screen::Room, Some(room)) => {
            for placed in &layout.panes {
                let focus = placed.pane == room.focus;
                view(placed.pane)(model, room, placed, focus, &theme, buf);
            }
            cursor = composer::draw(model, room, &preview, layout.composer, &theme, buf);
            if let Some(inside) = sheet::draw(model, room, &layout, &theme, buf) {
                cursor = Some(inside);
            }
            hints::refused(model, &preview, &layout, &theme, buf);
        }
        (Screen::Board, _) => board::draw(model, &layout, &theme, buf),
        (Screen::Find, _) => cursor = find::draw(model, &layout, &theme, buf),
        _ => home::draw(model, &layout, &theme, buf),
    }
    hints::draw(model, &preview, layout.hints, &theme, buf);
    if let Some(over) = overlay::draw(model, &theme, buf) {
        cursor = over;
    }
    cursor
}

/// Draws a pane of the room.
type View = fn(&Model, &Room, &Placed, bool, &Theme, &mut Buffer);

/// What draws a pane of the room.
const fn view(pane: Pane) -> View {
    match pane {
        Pane::Timeline => timeline::draw,
        Pane::Roster => roster::draw,
        Pane::Runbook => runbook::draw,
        Pane::Decisions => decisions::draw,
        Pane::Asks => asks::draw,
        Pane::Similar => similar::draw,
        _ => brief::draw,
    }
}

/// The tabs of a small screen, and at their right what a border would say.
fn tabs(model: &Model, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    let shown = layout.panes.first().map(|p| p.pane);
    let mut pen = Pen::new(buf, layout.tabs);
    for tab in tab_row(model, layout) {
        pen.put(&tab.label, if tab.here { theme.title_focus } else { theme.dim });
    }
    if let Some(room) = &model.room
        && model.screen == Screen::Room
    {
        let page = room.page(layout.rows(Pane::Timeline).max(1));
        let (day, zone) = if shown == Some(Pane::Timeline) {
            (timeline::first_day(model, room, page), timeline::zone_of(model, room, page))
        } else {
            (String::new(), crate::domain::time::zone_label(model.now, model.zone()))
        };
        if !pen.right(&format!(" {day}{zone}"), theme.dim) {
            pen.right(&format!(" {zone}"), theme.dim);
        }
        if !room.rows.filter.is_empty() {
            pen.right(" filtered", theme.warn);
        }
        pen.right(&timeline::unseen(room, layout), theme.warn);
        if layout.pane(Pane::Brief).is_some_and(|placed| brief::goes_on(model, room, placed)) {
            pen.right(" more below", theme.dim);
        }
    }
}

/// Below 40×10: what must never be dropped, and a line that says so.
fn too_small(model: &Model, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    header::draw(model, layout, theme, buf);
    let mut row = layout.attention;
    if model.size.h > 2 {
        row.y = row.y.saturating_add(1);
    }
    let say = "too small: 40x10 at least".to_owned();
    Pen::new(buf, row).put(&say, theme.strong);
    let mode = composer::mode(model);
    row.y = row.y.saturating_add(1);
    row.h = u16::from(row.y < model.size.h);
    Pen::new(buf, row).put(mode, theme.dim);
}

/// Says in an empty pane what would fill it.
fn empty(placed: &Placed, say: &str, theme: &Theme, buf: &mut Buffer) {
    let rows = text::wrap(say, placed.body.w, usize::from(placed.body.h));
    for (n, row) in rows.iter().enumerate() {
        let n = u16::try_from(n).unwrap_or(u16::MAX);
        Pen::new(buf, placed.body.row(n)).put(row, theme.dim);
    }
}
