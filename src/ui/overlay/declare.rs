//! Declaring: the title, runbooks that match, similar incidents.

use ratatui::buffer::Buffer;

use crate::app::layout::overlay;
use crate::app::model::{Declare, Model};
use crate::app::reading::about;
use crate::ui::frame;
use crate::ui::text::Pen;
use crate::ui::theme::Theme;

/// Draws it.
pub(super) fn draw(model: &Model, declare: &Declare, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let columns = model.size.w.saturating_sub(4).min(90);
    let rows = model.size.h.saturating_sub(4).min(19);
    let title = "Declare: a title is enough, you command";
    let inside = frame::boxed(overlay(model.size, rows, columns), title, theme, buf);
    let cursor = super::typed(&declare.editor, inside.row(0), theme, buf);
    let mut y = 1;
    let mut say = |text: &str, style, buf: &mut Buffer| {
        Pen::new(buf, inside.row(y)).put_cut(text, style);
        y = y.saturating_add(1);
    };
    match (&declare.problem, declare.sent) {
        (Some(problem), _) => say(&format!("  {problem}"), theme.bad, buf),
        (None, Some(_)) => say("  declaring…", theme.dim, buf),
        (None, None) if declare.in_lists => {
            say("  1-3 attach a runbook, Enter declares, Esc goes back", theme.dim, buf);
        }
        (None, None) => say("  Enter declares, Tab goes to the runbooks", theme.dim, buf),
    }
    say("", theme.text, buf);
    say("Runbooks that match", if declare.in_lists { theme.title_focus } else { theme.word }, buf);
    if declare.runbooks.is_empty() {
        say("  none yet", theme.dim, buf);
    }
    for (nth, runbook) in declare.runbooks.iter().enumerate() {
        let mark = if declare.picked.contains(&runbook.name) { "[x]" } else { "[ ]" };
        let why = if runbook.why.is_empty() { String::new() } else { format!(" ({})", runbook.why) };
        say(&format!(" {} {mark} {}{why}", nth.saturating_add(1), runbook.title), theme.text, buf);
    }
    say("", theme.text, buf);
    say("Similar incidents", theme.word, buf);
    if declare.similar.is_empty() {
        say("  none known", theme.dim, buf);
    }
    for hit in &declare.similar {
        say(&format!("  {} {} {}", hit.id, hit.date, hit.title), theme.text, buf);
        for line in about(hit).into_iter().take(2) {
            say(&format!("    {line}"), theme.dim, buf);
        }
    }
    if declare.in_lists { None } else { cursor }
}
