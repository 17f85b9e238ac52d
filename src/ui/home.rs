//! The home screen: what is open, what is resolved and still owes something, what was closed last; beside it the
//! incident under the cursor.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::{Layout, Pane, Placed};
use crate::app::model::{HomeRow, HomeSection, LATE_STORIES, Model};
use crate::app::reading::preview_lines;
use crate::domain::time::{Span, day_in_zone, format_span, format_span_coarse, with_zone, zone_label};
use crate::domain::words::{IncidentKind, State};

/// Draws both panes and the prompt.
pub(super) fn draw(model: &Model, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    for placed in &layout.panes {
        match placed.pane {
            Pane::Preview => preview(model, placed, theme, buf),
            _ => list(model, placed, theme, buf),
        }
    }
    let mut pen = Pen::new(buf, layout.composer);
    pen.put(theme.marks.prompt, theme.key);
    let declare = model.keymap.press(Action::Declare);
    pen.put_cut(&format!(" {declare} declares an incident: a title is enough"), theme.dim);
}

enum Line<'a> {
    Heading(String),
    Row(HomeSection, &'a HomeRow),
}

fn list(model: &Model, placed: &Placed, theme: &Theme, buf: &mut Buffer) {
    let focus = model.home.focus == Pane::Incidents;
    if !placed.title.is_empty() {
        frame::title(placed, crate::app::tabs::name(placed.pane), "", focus, theme, buf);
    }
    let list = &model.home.list;
    if list.rows().next().is_none() {
        let say = if model.home.loaded {
            let declare = model.keymap.press(Action::Declare);
            format!("No incident yet. {declare} declares one; warroom demo shows a room that has lived.")
        } else {
            "Reading…".to_owned()
        };
        return super::empty(placed, &say, theme, buf);
    }
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (section, name, rows, count) in [
        (HomeSection::Open, "Open", &list.open, list.counts.open),
        (HomeSection::Owed, "Resolved, not closed", &list.owed, list.counts.owed),
        (HomeSection::Recent, "Closed", &list.recent, list.counts.recent),
    ] {
        if !rows.is_empty() {
            let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            let more = if count > shown { format!(", {shown} listed") } else { String::new() };
            lines.push(Line::Heading(format!("{name} ({}{more})", count.max(shown))));
            lines.extend(rows.iter().map(|r| Line::Row(section, r)));
        }
    }
    let picked = model.home.row().map(|r| r.log);
    let selected =
        lines.iter().position(|l| matches!(l, Line::Row(_, r) if Some(r.log) == picked)).unwrap_or(0);
    let height = usize::from(placed.body.h);
    let first = if selected < height { 0 } else { super::first_row(selected, height, lines.len()) };
    for (nth, line) in lines.iter().enumerate().skip(first).take(height) {
        let y = u16::try_from(nth.saturating_sub(first)).unwrap_or(u16::MAX);
        let mut pen = Pen::new(buf, placed.body.row(y));
        match line {
            Line::Heading(name) => _ = pen.put_cut(name, theme.word),
            Line::Row(section, row) => draw_row(model, *section, row, nth == selected, &mut pen, theme),
        }
    }
}

fn draw_row(
    model: &Model,
    section: HomeSection,
    row: &HomeRow,
    here: bool,
    pen: &mut Pen<'_>,
    theme: &Theme,
) {
    let pick = |style| if here { theme.selected } else { style };
    let age = format_span_coarse((model.now - row.declared_at).max(Span::zero()));
    let late = row.owes.iter().find(|owed| owed.ends_with(LATE_STORIES));
    let right = match section {
        HomeSection::Open => format!("{} {age}", row.phase),
        HomeSection::Owed => row.owes.first().cloned().unwrap_or(age),
        // Closed, and yet a story of it is late.
        HomeSection::Recent => late.cloned().unwrap_or(age),
    };
    // What is owed gives way to the title, the age does not: the heading says that it is about the close.
    let cells = if section == HomeSection::Owed { pen.left() / 2 } else { pen.left() };
    let right = match right.strip_prefix("postmortem ") {
        Some(short) if text::width(&right).saturating_add(text::width(&row.title)) + 22 > pen.left() => {
            short.to_owned()
        }
        _ => right,
    };
    let owes = section == HomeSection::Owed || (section == HomeSection::Recent && late.is_some());
    let style = if owes { theme.warn } else { theme.dim };
    let right = text::cut(&right, cells.saturating_sub(2));
    pen.right(" ", pick(theme.text));
    pen.right(&format!(" {right}"), pick(style));
    pen.put(" ", pick(theme.text));
    pen.put(&row.id, pick(theme.dim));
    pen.put(" ", pick(theme.text));
    pen.field(&row.severity, 3, pick(theme.strong));
    pen.put(" ", pick(theme.text));
    if row.kind != IncidentKind::Real {
        pen.put(&row.kind.as_str().to_uppercase(), pick(theme.bad));
        pen.put(" ", pick(theme.text));
    }
    if row.restricted {
        pen.put("RESTRICTED ", pick(theme.bad));
    }
    pen.put_cut(&row.title, pick(theme.text));
    if here {
        pen.fill(theme.selected);
    }
}

fn preview(model: &Model, placed: &Placed, theme: &Theme, buf: &mut Buffer) {
    let focus = model.home.focus == Pane::Preview;
    if !placed.title.is_empty() {
        let zone = zone_label(model.now, model.zone());
        frame::title(placed, crate::app::tabs::name(placed.pane), &zone, focus, theme, buf);
    }
    let Some(row) = model.home.row() else {
        return super::empty(
            placed,
            "Enter opens a room. / searches the archive. ? lists everything.",
            theme,
            buf,
        );
    };
    let mut lines = vec![(row.title.clone(), theme.strong)];
    let mut stands = vec![row.severity.clone(), row.state.to_string()];
    stands.extend((row.state != State::Closed).then(|| row.phase.clone()));
    if row.kind != IncidentKind::Real {
        stands.push(row.kind.as_str().to_uppercase());
    }
    stands.retain(|part| !part.is_empty());
    lines.push((stands.join(" · "), theme.text));
    if !row.commander.is_empty() {
        lines.push((format!("commander {}", row.commander), theme.text));
    }
    let at = row.declared_at;
    let ago = format_span((model.now - at).max(Span::zero()));
    let day = day_in_zone(at, model.zone());
    lines.push((format!("declared {day} {} ({ago} ago)", with_zone(at, model.zone())), theme.text));
    if row.restricted {
        lines.push(("restricted: what is in it is told in its room".to_owned(), theme.warn));
    }
    for owed in &row.owes {
        lines.push((format!("owes: {owed}"), theme.warn));
    }
    let mut y = 0;
    for (line, style) in lines {
        for wrapped in text::wrap(&line, placed.body.w, 4) {
            Pen::new(buf, placed.body.row(y)).put(&wrapped, style);
            y = y.saturating_add(1);
        }
    }
    // The one that was selected before is no longer of interest.
    let Some(incident) = model.home.preview.as_ref().filter(|i| i.log == row.log && !row.restricted) else {
        return;
    };
    let rows = placed.body.h.saturating_sub(y);
    for (line, ink) in preview_lines(model, incident, placed.body.w, usize::from(rows)) {
        Pen::new(buf, placed.body.row(y)).put_cut(&line, theme.of(ink));
        y = y.saturating_add(1);
    }
}
