//! Something to read: the brief, an entry with its history, a step with its commands, a similar incident.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use crate::app::layout::overlay;
use crate::app::model::{Model, Read, Reader, Room};
use crate::app::words::entry_word;
use crate::domain::event::StepRef;
use crate::domain::ids::Seq;
use crate::domain::time::{day_in_zone, format_span, with_zone_seconds, zone_label};
use crate::ui::theme::Theme;
use crate::ui::{brief, frame, runbook, similar, text};

/// Draws it.
pub(super) fn draw(model: &Model, reader: &Reader, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let columns = model.size.w.saturating_sub(6).min(110);
    let (title, lines) = lines(model, &reader.what, columns, theme);
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX).max(3);
    let rows = wanted.min(model.size.h.saturating_sub(3));
    let inside = frame::boxed(overlay(model.size, rows, columns), &title, theme, buf);
    brief::show(&lines, reader.scroll, inside, buf);
    None
}

type Lines = Vec<(String, Style)>;

fn lines(model: &Model, what: &Read, width: u16, theme: &Theme) -> (String, Lines) {
    let none = || (String::new(), Vec::new());
    match (what, &model.room) {
        (Read::Brief, Some(room)) => {
            let zone = zone_label(model.now, model.zone());
            (
                format!("Brief {} {} ({zone})", room.incident.id, room.incident.title),
                brief::lines(model, room, width, theme),
            )
        }
        (Read::Entry(seq), Some(room)) => entry(model, room, *seq, width, theme),
        (Read::Step(at), Some(room)) => step(room, *at, width, theme),
        (Read::Hit(hit), _) => {
            let mut out: Lines = vec![(format!("{} {}", hit.severity, hit.date), theme.dim)];
            for line in similar::about(hit) {
                out.extend(text::wrap(&line, width, 8).into_iter().map(|l| (l, theme.text)));
            }
            (format!("{} {}", hit.id, hit.title), out)
        }
        (Read::Text(title, given), _) => {
            let wrapped = given.iter().flat_map(|l| text::wrap(l, width, 20));
            (title.clone(), wrapped.map(|l| (l, theme.text)).collect())
        }
        _ => none(),
    }
}

fn entry(model: &Model, room: &Room, seq: Seq, width: u16, theme: &Theme) -> (String, Lines) {
    let Some(entry) = room.incident.timeline.get(seq) else { return (format!("Entry {seq}"), Vec::new()) };
    let zone = model.zone();
    let when =
        |at| format!("{} {} {}", day_in_zone(at, zone), with_zone_seconds(at, zone), zone_label(at, zone));
    let mut out: Lines = text::wrap(&entry.text, width, 200).into_iter().map(|l| (l, theme.text)).collect();
    out.push((String::new(), theme.text));
    let about = if entry.about { "about " } else { "" };
    out.push((format!("occurred {about}{}", when(entry.occurred_at)), theme.dim));
    let late = entry.late_by().map(|l| format!(", {} later", format_span(l))).unwrap_or_default();
    out.push((format!("recorded {}{late}", when(entry.recorded_at)), theme.dim));
    out.push((format!("by @{} ({})", entry.by, entry.actor), theme.dim));
    if !entry.tags.is_empty() {
        out.push((format!("tags #{}", entry.tags.join(" #")), theme.dim));
    }
    if let Some(strike) = &entry.struck {
        out.push((format!("struck by @{}: {}", strike.by, strike.reason), theme.warn));
    }
    for edit in entry.edits.iter().rev() {
        out.push((format!("amended by @{} {}; before:", edit.by, when(edit.at)), theme.dim));
        out.extend(
            text::wrap(&edit.text, width.saturating_sub(2), 20)
                .into_iter()
                .map(|l| (format!("  {l}"), theme.struck)),
        );
    }
    let talk = &room.incident.talk;
    if let Some(answer) = talk.asks.get(&seq).and_then(|a| a.answer.as_ref()) {
        out.push((format!("answered by @{}: {}", answer.by, answer.text), theme.good));
    }
    if let Some(verdict) = talk.decisions.get(&seq).and_then(|d| d.verdict.as_ref()) {
        out.push((format!("{} ({}) {}", verdict.verdict, verdict.by, verdict.reason), theme.good));
    }
    (format!("{} {seq}", entry_word(entry)), out)
}

fn step(room: &Room, at: StepRef, width: u16, theme: &Theme) -> (String, Lines) {
    let Some(step) = room.incident.checklist.get(at) else { return ("Step".to_owned(), Vec::new()) };
    let mut out: Lines = Vec::new();
    let head = format!("{} {}", runbook::mark(step.state), step.text);
    out.extend(text::wrap(&head, width, 10).into_iter().map(|l| (l, theme.strong)));
    out.push((format!("{}, {}", step.heading, step.state), theme.dim));
    if let Some(person) = &step.person {
        out.push((format!("@{person}"), theme.dim));
    }
    if !step.reason.is_empty() {
        out.push((step.reason.clone(), theme.warn));
    }
    for command in &step.commands {
        out.push((String::new(), theme.text));
        out.extend(
            text::wrap(command, width.saturating_sub(2), 20)
                .into_iter()
                .map(|l| (format!("  {l}"), theme.word)),
        );
    }
    if !step.commands.is_empty() {
        out.push((String::new(), theme.text));
        out.push(("y copies the command".to_owned(), theme.dim));
    }
    (format!("Step {}", step.number), out)
}
