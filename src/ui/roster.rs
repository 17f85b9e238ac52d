//! The roster: who holds which role since when, and which required one nobody holds.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room};
use crate::app::update::room::{overloaded, roster_rows};
use crate::domain::role;
use crate::domain::time::{Span, format_span_coarse};

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let rows = roster_rows(model);
    if rows.is_empty() {
        if !placed.title.is_empty() {
            frame::title(placed, "Roster", "", focus, theme, buf);
        }
        let say = format!("Nobody yet. {} takes a role.", model.keymap.press(Action::Role));
        return super::empty(placed, &say, theme, buf);
    }
    let warning = overloaded(model);
    let selected = rows.iter().position(|r| Some(&r.role) == room.role.as_ref()).unwrap_or(0);
    let height =
        usize::from(placed.body.h).saturating_sub(usize::from(warning.is_some() && placed.body.h > 4));
    let first = super::first_row(selected, height, rows.len());
    if !placed.title.is_empty() {
        let hidden = rows.iter().take(first).chain(rows.iter().skip(first.saturating_add(height)));
        // A required role that nobody holds is missed sooner than a name.
        let open = hidden.filter(|row| row.person.is_none()).count();
        let mut more = frame::more(rows.len(), height);
        if open > 0 && open == rows.len().saturating_sub(height) {
            more.push_str(" unfilled");
        } else if open > 0 {
            more.push_str(&format!(", {open} unfilled"));
        }
        frame::title(placed, "Roster", &more, focus, theme, buf);
    }
    let profile = model.policy.profile_named(&room.incident.profile);
    let severity = room.incident.severity.clone().unwrap_or_else(|| profile.unset_label());
    let mut y = 0;
    for (nth, row) in rows.iter().enumerate().skip(first).take(height) {
        let area = placed.body.row(y);
        let mut pen = Pen::new(buf, area);
        let name = row.role.split('/').next().unwrap_or_default();
        let here = focus && nth == selected;
        let pick = |style| if here { theme.selected } else { style };
        pen.field(role::short(name), 6, pick(theme.word));
        pen.put(" ", pick(theme.text));
        match (&row.person, row.since) {
            (Some(person), Some(since)) => {
                let cells = placed.body.w.saturating_sub(22).clamp(7, 20);
                pen.field(person, cells, pick(theme.text));
                pen.put(" ", pick(theme.text));
                pen.put(&format_span_coarse((model.now - since).max(Span::zero())), pick(theme.dim));
            }
            _ => _ = pen.put(&format!("{} required at {severity}", theme.marks.dash), pick(theme.warn)),
        }
        if here {
            pen.fill(theme.selected);
        }
        y = y.saturating_add(1);
    }
    if let Some(warning) = warning
        && y < placed.body.h
    {
        Pen::new(buf, placed.body.row(y)).put_cut(&warning, theme.warn);
    }
}
