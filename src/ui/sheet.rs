//! The line of the composer in full, above it, while it does not fit into its row: an update of many lines, a paste.
//! It must not take keys: what is typed goes into the composer as ever.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::Pen;
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::keymap::shown;
use crate::app::layout::Layout;
use crate::app::model::{Model, Room};
use crate::app::sheet;
use crate::domain::audience::Audience;
use crate::domain::safe::SafeText;

/// Draws it when the line is longer than its row. Gives the cell of the cursor.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    layout: &Layout,
    theme: &Theme,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let sheet = sheet::of(room, layout)?;
    let line = room.composer.editor.text();
    let inside = frame::boxed(sheet.area, &title(model, room), theme, buf);
    for (n, (from, to)) in sheet.rows.iter().skip(sheet.first).take(sheet.page()).enumerate() {
        let shown = SafeText::line(line.get(*from..*to).unwrap_or_default());
        let open = shown.as_str().to_ascii_lowercase().contains("[fill in:");
        let style = if open { theme.warn } else { theme.text };
        Pen::new(buf, inside.row(u16::try_from(n).unwrap_or(u16::MAX))).put(shown.as_str(), style);
    }
    let (row, cell) = sheet.cursor;
    let y = inside.y.saturating_add(u16::try_from(row.saturating_sub(sheet.first)).unwrap_or(u16::MAX));
    let x = inside.x.saturating_add(cell).min(inside.right().saturating_sub(1));
    Some((x, y.min(inside.bottom().saturating_sub(1))))
}

/// What the sheet is; of an update that nobody changed yet, for whom it could be.
fn title(model: &Model, room: &Room) -> String {
    let key = |action| model.keymap.first_key(model.contexts(), action);
    let Some(now) = room.composer.worded_for() else {
        let editor = key(Action::LineInEditor).map(|k| format!(", {} opens the editor", shown(k)));
        return format!("What Enter stores{}", editor.unwrap_or_default());
    };
    let names: Vec<String> = Audience::ALL
        .iter()
        .map(|audience| if *audience == now { format!("[{audience}]") } else { audience.to_string() })
        .collect();
    let changes = key(Action::AcceptMilestone).map(|k| format!(", {} changes it", shown(k)));
    format!("Update for {}{}", names.join(" "), changes.unwrap_or_default())
}
