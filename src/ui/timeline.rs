//! The timeline: the impact pinned on top, then the rows, each with its time, kind, text and, at the right edge,
//! how late it was written and whether it is stored.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::frame;
use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::{Area, Layout, Pane, Placed};
use crate::app::model::{Model, Pending, PendingState, Room, RowId};
use crate::app::words::{entry_word, kind_word};
use crate::domain::incident::{Entry, Impact};
use crate::domain::time::{day_in_zone, format_span_coarse, same_day, with_zone, zone_label};
use crate::domain::zone::Tz;

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let page = room.page(usize::from(placed.body.h));
    let mut right = String::new();
    if !placed.title.is_empty() {
        let (above, below) = counts(room, page);
        if above > 0 {
            right.push_str(&format!("{above} new {}  ", theme.marks.up));
        }
        if below > 0 {
            right.push_str(&format!("{below} new {}  ", theme.marks.down));
        }
        let day = first_day(model, room, page);
        if !room.rows.filter.is_empty() {
            let others = text::width(&right).saturating_add(text::width(&day));
            let cells = placed.title.w.saturating_sub(others).saturating_sub(28).max(8);
            right.push_str(&format!("only {}  ", text::cut(room.rows.filter.text(), cells)));
        }
        let zone = zone_of(model, room, page);
        // The counters of what is new go first; the name of the pane stays.
        let whole = format!("{right}{day}{zone}");
        let fits = text::width(&whole).saturating_add(16) <= placed.title.w;
        let right = if fits { whole } else { right + &zone };
        frame::title(placed, "Timeline", &right, focus, theme, buf);
    }
    let mut y = 0_u16;
    if let Some(impact) = &room.incident.impact {
        pinned(impact, placed.body.row(0), theme, buf);
        y = 1;
    }
    let (from, to) = room.window(page);
    let last = room.rows.len().saturating_sub(1);
    for place in from..to {
        let Some(row) = room.rows.get(place) else { break };
        let area = placed.body.row(y);
        let selected = focus && room.selected == Some(row.id);
        match row.id {
            RowId::Entry(seq) => {
                if let Some(entry) = room.incident.timeline.get(seq) {
                    draw_entry(model, room, entry, area, theme, buf);
                }
            }
            RowId::Pending(ticket) => {
                if let Some(line) = room.pending.iter().find(|p| p.ticket == ticket) {
                    draw_pending(model, line, area, theme, buf);
                }
            }
            RowId::Day(..) => {
                let mut pen = Pen::new(buf, area);
                // Its clocks may have been changed since, or just now.
                let clocks = match model.zone() {
                    Tz::UTC => String::new(),
                    zone => format!(" {}", zone_label(row.at, zone)),
                };
                pen.put(&format!("   {}{clocks}", day_in_zone(row.at, model.zone())), theme.dim);
            }
        }
        if selected {
            paint(buf, area, theme.selected);
        } else if focus && room.selected.is_none() && place == last && !room.composer.open {
            // What the keys act on while the end is followed.
            paint(buf, Area::new(area.x, area.y, area.w.min(5), area.h), theme.selected);
        }
        y = y.saturating_add(1);
    }
    if room.rows.is_empty() && room.incident.impact.is_none() {
        super::empty(placed, &nothing(model, room), theme, buf);
    }
}

/// The day of the first row that is shown, with a space behind it; empty when that is today, or when the row itself
/// names a day. Rows name a day only where one begins, which may be far above.
pub(super) fn first_day(model: &Model, room: &Room, page: usize) -> String {
    let (from, _) = room.window(page);
    match room.rows.get(from) {
        Some(row) if !matches!(row.id, RowId::Day(..)) && !same_day(row.at, model.now, model.zone()) => {
            format!("{} ", row.at.with_timezone(&model.zone()).format("%Y-%m-%d"))
        }
        _ => String::new(),
    }
}

/// The zone of the first row that is shown; where clocks were changed below it, a row says so.
pub(super) fn zone_of(model: &Model, room: &Room, page: usize) -> String {
    let (from, _) = room.window(page);
    zone_label(room.rows.get(from).map_or(model.now, |row| row.at), model.zone())
}

/// New entries of others above and below what is shown.
fn counts(room: &Room, page: usize) -> (usize, usize) {
    if room.unseen.is_empty() {
        return (0, 0);
    }
    let (from, _) = room.window(page);
    let Some(first) = room.rows.get(from) else { return (0, 0) };
    let timeline = &room.incident.timeline;
    let above = room
        .unseen
        .iter()
        .filter_map(|seq| timeline.get(*seq))
        .filter(|e| (e.occurred_at, e.seq.0) < (first.at, first.rank))
        .count();
    (above, room.unseen.len().saturating_sub(above))
}

/// The counters as words, for the tabs of a small screen.
pub(super) fn unseen(room: &Room, layout: &Layout) -> String {
    let rows = layout.rows(Pane::Timeline);
    let (above, below) = counts(room, room.page(rows.max(1)));
    match above.saturating_add(below) {
        0 => String::new(),
        n => format!("{n} new "),
    }
}

fn paint(buf: &mut Buffer, area: Area, style: Style) {
    for x in area.x..area.right() {
        if let Some(cell) = buf.cell_mut((x, area.y)) {
            cell.set_style(style);
        }
    }
}

fn pinned(impact: &Impact, area: Area, theme: &Theme, buf: &mut Buffer) {
    let mut pen = Pen::new(buf, area);
    pen.put(" ", theme.text);
    pen.put(theme.marks.star, theme.warn);
    pen.put(" note ", theme.word);
    let suspected =
        if impact.certainty == crate::domain::words::Certainty::Suspected { " (suspected)" } else { "" };
    pen.put_cut(&format!("impact: {}{suspected}", impact.text), theme.strong);
}

fn draw_entry(model: &Model, room: &Room, entry: &Entry, area: Area, theme: &Theme, buf: &mut Buffer) {
    let mut pen = Pen::new(buf, area);
    if room.own.contains(&entry.seq) {
        pen.right(" ", theme.text);
        pen.right(theme.marks.stored, theme.good);
        pen.right(" ", theme.text);
    }
    if let Some(late) = entry.late_by() {
        pen.right(&format!(" +{} ", format_span_coarse(late)), theme.dim);
    }
    // Who said it, where there is room for it.
    if area.w >= 70 && entry.by != model.me && !entry.by.is_empty() {
        pen.right(&format!(" @{} ", entry.by), theme.dim);
    }
    pen.put(&with_zone(entry.occurred_at, model.zone()), theme.dim);
    if entry.starred {
        pen.put(theme.marks.star, theme.warn);
    } else if entry.about {
        pen.put("~", theme.dim);
    } else {
        pen.put(" ", theme.text);
    }
    pen.field(entry_word(entry), 5, theme.word);
    pen.put(" ", theme.text);
    let struck = entry.struck.is_some();
    if struck {
        pen.put("(struck) ", theme.dim);
    }
    let style = if struck || entry.redacted { theme.struck } else { theme.text };
    if !entry.source.is_empty() && !entry.text.contains(&entry.source) {
        pen.put(&format!("{}: ", entry.source), theme.dim);
    }
    pen.put_cut(&room.incident.reads(entry), style);
    if !entry.edits.is_empty() && pen.left() > 10 {
        pen.put(" (amended)", theme.dim);
    }
}

fn draw_pending(model: &Model, line: &Pending, area: Area, theme: &Theme, buf: &mut Buffer) {
    let mut pen = Pen::new(buf, area);
    let (mark, style) = match line.state {
        PendingState::Waiting => (theme.marks.pending, theme.dim),
        PendingState::NotStored(_) => (theme.marks.not_stored, theme.bad),
    };
    pen.right(" ", theme.text);
    pen.right(mark, style);
    pen.right(" ", theme.text);
    pen.put(&with_zone(line.at, model.zone()), theme.dim);
    pen.put(" ", theme.text);
    pen.field(kind_word(line.kind), 5, theme.word);
    pen.put(" ", theme.text);
    pen.put_cut(&line.text, theme.text);
    if let PendingState::NotStored(why) = &line.state
        && text::width(why).saturating_add(3) < pen.left()
    {
        pen.put(&format!("  {why}"), theme.bad);
    }
}

/// Why no line is there.
fn nothing(model: &Model, room: &Room) -> String {
    if !room.rows.filter.is_empty() {
        return format!("No line is like that. {} takes the filter away.", model.keymap.press(Action::Back));
    }
    let press = |action| model.keymap.press(action);
    let (note, decision, ask) = (press(Action::Note), press(Action::Decision), press(Action::Ask));
    format!("Nothing yet. {note} writes a note, {decision} a decision, {ask} an ask.")
}
