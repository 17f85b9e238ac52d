//! Decisions: what was chosen, by whom, and when its outcome is to be looked at. Open ones first.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room};
use crate::domain::incident::Decision;
use crate::domain::time::{Span, Utc, format_span, same_day, with_day, with_zone, zone_label};
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
    let all = room.decisions();
    let rows = usize::from(placed.body.h);
    let selected = all.iter().position(|s| Some(*s) == room.current_decision()).unwrap_or(0);
    let first = super::first_row(selected, (rows / 2).max(1), all.len());
    if !placed.title.is_empty() {
        let shown = all.len().saturating_sub(first).min(rows.div_ceil(2));
        // The specified frame has no zone here while the screen shows UTC.
        let zone = if model.zone() == Tz::UTC { String::new() } else { zone_label(model.now, model.zone()) };
        let right = frame::beside([&frame::more(all.len(), shown), &zone], theme);
        frame::title(placed, "Decisions", &right, focus, theme, buf);
    }
    if all.is_empty() {
        let say = format!("None yet. {} writes one down.", model.keymap.press(Action::Decision));
        return super::empty(placed, &say, theme, buf);
    }
    let mut y = 0;
    for (nth, seq) in all.iter().enumerate().skip(first) {
        if y >= placed.body.h {
            break;
        }
        let Some(decision) = room.incident.talk.decisions.get(seq) else { continue };
        let here = focus && nth == selected;
        let style = if here { theme.selected } else { theme.text };
        let mut pen = Pen::new(buf, placed.body.row(y));
        pen.right(" ", style);
        pen.right(&format!(" {}", decision.decided_by), if here { style } else { theme.dim });
        pen.put(&moment(model, decision.at), if here { style } else { theme.dim });
        pen.put(" ", style);
        pen.put_cut(&decision.text, style);
        if here {
            pen.fill(theme.selected);
        }
        let mut pen = Pen::new(buf, placed.body.row(y.saturating_add(1)));
        let (outcome, style) = outcome(model, room, decision, theme);
        pen.put_cut(&format!("   {outcome}"), style);
        y = y.saturating_add(2);
    }
}

/// A time of day; of another day with its weekday, as long as that is enough to tell which, since the pane is narrow.
fn moment(model: &Model, at: Utc) -> String {
    let (now, zone) = (model.now, model.zone());
    if (at - now).abs() < Span::days(6) && !same_day(at, now, zone) {
        return format!("{} {}", at.with_timezone(&zone).format("%a"), with_zone(at, zone));
    }
    with_day(at, now, zone)
}

fn outcome(model: &Model, room: &Room, decision: &Decision, theme: &Theme) -> (String, Style) {
    if let Some(verdict) = &decision.verdict {
        let why = if verdict.reason.is_empty() { String::new() } else { format!(": {}", verdict.reason) };
        return (format!("{}{why}", verdict.verdict), theme.good);
    }
    let against = match decision.objections.len() {
        0 => String::new(),
        n => format!(", {n} against"),
    };
    let executor = decision.executor.as_ref().map(|e| format!(", @{e}")).unwrap_or_default();
    // The time first: a narrow pane cuts what stands last.
    match decision.check_at {
        Some(at) if !room.incident.clocks_run() => {
            // Its time may be still to come, and nobody waits for it any more.
            let was = if at <= model.now { "was" } else { "due" };
            (format!("no verdict, check {was} {}{executor}{against}", moment(model, at)), theme.dim)
        }
        Some(at) if at <= model.now => {
            let over = format_span(model.now - at);
            (format!("check {} over {over}{executor}{against}", moment(model, at)), theme.bad)
        }
        Some(at) => (format!("check {}, open{executor}{against}", moment(model, at)), theme.dim),
        None => (format!("open{executor}{against}"), theme.dim),
    }
}
