//! The last line: a notice, why a line was not taken, the recurrence alarm, or the keys that would act now.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::action::{Action, ActionSpec, TABLE};
use crate::app::keymap::shown;
use crate::app::layout::{Area, Layout, Pane};
use crate::app::model::{Board, BoardKind, Model, Overlay, PickFor, Screen, Tone};
use crate::app::sheet;
use crate::app::update::available::available;
use crate::app::update::briefing::is_brief;
use crate::app::update::compose::Preview;
use crate::app::wrap::wrap;

/// Draws the line.
pub(super) fn draw(model: &Model, preview: &Preview, area: Area, theme: &Theme, buf: &mut Buffer) {
    let mut pen = Pen::new(buf, area);
    pen.put(" ", theme.text);
    if let Some(notice) = &model.notice {
        let style = match notice.tone {
            Tone::Info => theme.strong,
            Tone::Error => theme.bad,
        };
        pen.put_cut(&notice.text, style);
        return;
    }
    if let Some(room) =
        model.room.as_ref().filter(|_| model.screen == Screen::Room && model.overlays.is_empty())
    {
        if room.composer.open && preview.problem && refusal(model, preview, &model.layout()).is_none() {
            pen.put_cut(&preview.text, theme.bad);
            return;
        }
        if let Some(rule) = preview.secret.filter(|_| room.composer.open) {
            let text = format!("this looks like a secret ({rule}): Enter masks it, #unmasked keeps it");
            pen.put_cut(&text, theme.bad);
            return;
        }
        if room.composer.open && !preview.recall.is_empty() {
            pen.put_cut(&preview.recall, theme.warn);
            return;
        }
        if room.composer.open && super::offers::draw(model, &mut pen, theme) {
            return;
        }
        if let Some(milestone) = preview.offer.filter(|_| room.composer.open)
            && let Some(key) = model.keymap.first_key(model.contexts(), Action::AcceptMilestone)
        {
            pen.put(&shown(key), theme.key);
            pen.put(&format!(" stores it and marks {milestone}  "), theme.strong);
        }
        let alarm = &room.alarm;
        if alarm.similar > 0 && !alarm.dismissed && !room.composer.open {
            let stories = match alarm.unshipped {
                0 => String::new(),
                1 => ", 1 unshipped story".to_owned(),
                n => format!(", {n} unshipped stories"),
            };
            pen.put_cut(&format!("{} similar{stories}: / to see", alarm.similar), theme.warn);
            return;
        }
    }
    let notes = match model.screen {
        Screen::Find => model.find.notes.as_slice(),
        Screen::Board => model.board.as_ref().map_or(&[][..], Board::notes),
        Screen::Home | Screen::Room => &[],
    };
    if model.overlays.is_empty() && !notes.is_empty() {
        pen.put_cut(&notes.join(" · "), theme.warn);
        return;
    }
    keys(model, &mut pen, theme);
}

/// The most rows that a refusal is shown in.
const MOST_ROWS: usize = 6;

/// Why a line was not taken, and where that is shown, when it is longer than the last row: what may be said instead
/// stands at its end.
fn refusal(model: &Model, preview: &Preview, layout: &Layout) -> Option<(Area, Vec<String>)> {
    let room = model.room.as_ref().filter(|_| model.screen == Screen::Room && model.overlays.is_empty())?;
    let refused = room.composer.open && preview.problem && room.composer.problem.is_some();
    let fits = text::width(&preview.text) < layout.hints.w;
    // A line that is shown in rows is not covered.
    if !refused || fits || model.notice.is_some() || sheet::of(room, layout).is_some() {
        return None;
    }
    let rows = wrap(&preview.text, layout.header.w.saturating_sub(3), MOST_ROWS);
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(2);
    let below = layout.composer.y.saturating_sub(1);
    let top = below.checked_sub(height).filter(|top| *top >= layout.attention.bottom())?;
    Some((Area::new(layout.header.x, top, layout.header.w, height), rows))
}

/// Draws why a line was not taken above the composer, when it does not fit into the last row.
pub(super) fn refused(model: &Model, preview: &Preview, layout: &Layout, theme: &Theme, buf: &mut Buffer) {
    let Some((area, rows)) = refusal(model, preview, layout) else { return };
    let inside = frame::boxed(area, "Not stored", theme, buf);
    for (n, row) in rows.iter().enumerate() {
        let n = u16::try_from(n).unwrap_or(u16::MAX);
        Pen::new(buf, inside.row(n)).put(row, theme.bad);
    }
}

/// The hints of the table that count here and are possible now; `? all` always has its place at the end.
fn keys(model: &Model, pen: &mut Pen<'_>, theme: &Theme) {
    let contexts = model.contexts();
    let in_overlay = !model.overlays.is_empty();
    let reading = matches!(model.overlays.last(), Some(Overlay::Read(_)));
    let brief = matches!(model.overlays.last(), Some(Overlay::Read(reader)) if is_brief(&reader.what));
    let opens = opens(model);
    let finding = model.screen == Screen::Find && !in_overlay;
    let palette = matches!(model.overlays.last(), Some(Overlay::Pick(p)) if p.purpose == PickFor::Palette);
    let declaring = matches!(model.overlays.last(), Some(Overlay::Declare(_)));
    let closing = matches!(model.overlays.last(), Some(Overlay::Closing(_)));
    // Where ? is a letter of the line, another key tells what can be done.
    let all = model
        .keymap
        .first_key(contexts, Action::Palette)
        .map(|k| format!("{} all", shown(k)))
        .or_else(|| model.keymap.first_key(contexts, Action::Keys).map(|k| format!("{} keys", shown(k))));
    let keep = all.as_ref().map_or(0, |a| text::width(a).saturating_add(1));
    for spec in TABLE.iter().filter(|s| hinted(s, brief) && s.action != Action::Palette) {
        let Some(key) = model.keymap.first_key(contexts, spec.action) else { continue };
        if !available(model, spec.action).is_available() {
            continue;
        }
        // A question is not interrupted by what the screen below could do.
        if in_overlay && matches!(spec.action, Action::Find | Action::Brief) {
            continue;
        }
        if !in_overlay && opens.is_none() && spec.action == Action::Open {
            continue;
        }
        if finding && spec.action == Action::Accept && model.find.focus == Pane::Text {
            continue;
        }
        let key = shown(key);
        let word = match spec.action {
            Action::NextPane => "other form",
            Action::Open if reading => "back",
            Action::Open if !in_overlay => opens.unwrap_or_default(),
            Action::Open if closing => "do it",
            Action::Accept if finding && model.find.focus == Pane::Facets => "narrow",
            Action::Accept if finding => "open",
            Action::Accept if declaring => "declare",
            Action::Accept if palette => "run",
            _ => spec.hint,
        };
        let wide = text::width(&key).saturating_add(text::width(word)).saturating_add(3);
        if wide.saturating_add(keep) > pen.left() {
            break;
        }
        pen.put(&key, theme.key);
        pen.put(" ", theme.text);
        pen.put(word, theme.dim);
        pen.put("  ", theme.text);
    }
    if let Some(all) = all {
        let (key, word) = all.split_once(' ').unwrap_or((&all, ""));
        pen.put(key, theme.key);
        pen.put(" ", theme.text);
        pen.put(word, theme.dim);
    }
}

/// It has a place in the line: by its own word, or as what turns the brief that is read.
fn hinted(spec: &ActionSpec, brief: bool) -> bool {
    !spec.hint.is_empty() || (brief && spec.action == Action::NextPane)
}

/// What Enter does to the selected row of a list, in a word; none where there is none.
fn opens(model: &Model) -> Option<&'static str> {
    match (model.screen, &model.board) {
        (Screen::Home, _) => model.home.row().map(|_| "room"),
        (Screen::Board, Some(board)) if board.shown > 0 => Some(match board.kind() {
            BoardKind::Runbooks => "read",
            BoardKind::Patterns => "list",
            _ => "room",
        }),
        _ => None,
    }
}
