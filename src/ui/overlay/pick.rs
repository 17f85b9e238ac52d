//! A list to choose from, with the line that narrows it.

use ratatui::buffer::Buffer;

use crate::app::layout::overlay;
use crate::app::model::{Model, Pick, PickFor};
use crate::ui::text::{self, Pen};
use crate::ui::theme::Theme;
use crate::ui::{first_row, frame};

/// The rows for what else is known of the selected line of a board.
const NOTES: u16 = 4;

/// Draws it.
pub(super) fn draw(model: &Model, pick: &Pick, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let visible = pick.visible();
    let palette = pick.purpose == PickFor::Palette;
    let board = matches!(pick.purpose, PickFor::Board(_));
    let foot = if board { NOTES.saturating_add(1) } else { 0 };
    let lines = pick.items.len().saturating_add(2).saturating_add(usize::from(foot));
    let wanted = u16::try_from(lines).unwrap_or(u16::MAX).max(4);
    let rows = wanted.min(model.size.h.saturating_sub(4));
    let columns = match (palette, board) {
        (_, true) => 116,
        (true, _) => 100,
        _ => 76,
    };
    let inside = frame::boxed(
        overlay(model.size, rows, columns.min(model.size.w.saturating_sub(4))),
        &pick.title,
        theme,
        buf,
    );
    let cursor = super::typed(&pick.editor, inside.row(0), theme, buf);
    let place = pick.place(&visible);
    // What else is known of the selected line stands below, where there is room for both.
    let foot = if inside.h >= foot.saturating_add(3) { foot } else { 0 };
    let height = usize::from(inside.h.saturating_sub(1).saturating_sub(foot));
    if foot > 0
        && let Some(notes) = visible.get(place).and_then(|i| pick.notes.get(&i.id))
    {
        let rows = notes.iter().flat_map(|n| text::wrap(n, inside.w.saturating_sub(2), usize::from(NOTES)));
        for (nth, row) in rows.take(usize::from(NOTES)).enumerate() {
            let y = inside.h.saturating_sub(NOTES).saturating_add(u16::try_from(nth).unwrap_or(u16::MAX));
            let mut pen = Pen::new(buf, inside.row(y));
            pen.put(" ", theme.text);
            pen.put(&row, theme.dim);
        }
    }
    if visible.is_empty() {
        let typed = pick.editor.text().trim().trim_start_matches('@');
        let say = match (pick.free, typed.is_empty(), pick.items.is_empty()) {
            (true, false, _) => format!("Enter takes {typed}"),
            (_, true, true) if !pick.empty.is_empty() => pick.empty.clone(),
            (_, true, true) => "reading…".to_owned(),
            _ => "nothing matches".to_owned(),
        };
        Pen::new(buf, inside.row(1)).put_cut(&format!("  {say}"), theme.dim);
        return cursor;
    }
    let most = if palette || board { 22 } else { inside.w / 2 };
    let label = visible.iter().map(|i| text::width(&i.label)).max().unwrap_or(0).min(most);
    let first = first_row(place, height, visible.len());
    let below = visible.len().saturating_sub(first.saturating_add(height));
    if below > 0 {
        frame::foot(inside, &format!("{below} more"), theme, buf);
    }
    for (nth, item) in visible.iter().enumerate().skip(first).take(height) {
        let y = u16::try_from(nth.saturating_sub(first).saturating_add(1)).unwrap_or(u16::MAX);
        let here = nth == place;
        let choose = |style| if here { theme.selected } else { style };
        let mut pen = Pen::new(buf, inside.row(y));
        let blocked = !item.blocked.is_empty();
        if !item.right.is_empty() {
            pen.right(" ", choose(theme.text));
            pen.right(&format!(" {}", item.right), choose(theme.key));
        }
        pen.put(" ", choose(theme.text));
        pen.field(&item.label, label, choose(if blocked { theme.dim } else { theme.strong }));
        pen.put("  ", choose(theme.text));
        if blocked {
            pen.put_cut(&format!("(not now: {})", item.blocked), choose(theme.dim));
        } else {
            pen.put_cut(&item.detail, choose(theme.text));
        }
        if here {
            pen.fill(theme.selected);
        }
    }
    cursor
}
