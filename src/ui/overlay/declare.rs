//! Declaring: the title, runbooks that match, services that the title names, similar incidents.

use ratatui::buffer::Buffer;

use crate::app::layout::overlay;
use crate::app::model::{Declare, Model};
use crate::app::panes::{INDENT, past};
use crate::app::reading::about;
use crate::ui::frame;
use crate::ui::text::Pen;
use crate::ui::theme::Theme;

/// From this height on there is room for all that is known of a similar incident.
const ROOMY: u16 = 36;

/// Draws it.
pub(super) fn draw(model: &Model, declare: &Declare, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let columns = model.size.w.saturating_sub(4).min(90);
    let rows = model.size.h.saturating_sub(4).min(if model.size.h >= ROOMY { 25 } else { 19 });
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
            let digits = if declare.services.is_empty() {
                "1-3 attach a runbook"
            } else {
                "digits attach a runbook, leave out a service"
            };
            say(&format!("  {digits}, Enter declares, Esc goes back"), theme.dim, buf);
        }
        (None, None) => say("  Enter declares, Tab goes to the runbooks", theme.dim, buf),
    }
    say("", theme.text, buf);
    say("Runbooks that match", if declare.in_lists { theme.title_focus } else { theme.word }, buf);
    let looking = declare.asked.is_some();
    let nothing = |none: &str| match (&declare.not_known, looking, model.building) {
        (_, true, None) => ("  looking…".to_owned(), theme.dim),
        (_, true, Some(percent)) => (format!("  building the index, {percent} %"), theme.dim),
        (Some(_), false, _) => ("  not known".to_owned(), theme.warn),
        (None, false, _) => (none.to_owned(), theme.dim),
    };
    let typed = declare.editor.text().trim().chars().count() >= 3;
    if declare.runbooks.is_empty() {
        let (words, style) = nothing(if typed { "  none" } else { "  none yet" });
        say(&words, style, buf);
    }
    for (nth, runbook) in declare.runbooks.iter().enumerate() {
        let mark = if declare.picked.contains(&runbook.name) { "[x]" } else { "[ ]" };
        let why = if runbook.why.is_empty() { String::new() } else { format!(" ({})", runbook.why) };
        say(&format!(" {} {mark} {}{why}", nth.saturating_add(1), runbook.title), theme.text, buf);
    }
    for (nth, service) in (declare.runbooks.len()..).zip(&declare.services) {
        let mark = if declare.untouched.contains(service) { "[ ]" } else { "[x]" };
        say(
            &format!(" {} {mark} service {service} (named in the title)", nth.saturating_add(1)),
            theme.text,
            buf,
        );
    }
    say("", theme.text, buf);
    say("Similar incidents", theme.word, buf);
    if let Some(why) = declare.not_known.as_ref().filter(|_| !looking) {
        say(&format!("  {why}"), theme.warn, buf);
    }
    if declare.similar.is_empty() && declare.not_known.as_ref().is_none_or(|_| looking) {
        let (words, style) = nothing(if typed { "  none known" } else { "  none yet" });
        say(&words, style, buf);
    }
    // On a small screen what matters most only.
    let lines = if model.size.h >= ROOMY { 4 } else { 2 };
    let told = declare.similar.iter().map(|hit| {
        let mark = if hit.mark.is_empty() { String::new() } else { format!("{} ", hit.mark) };
        let name = format!("{} {} {mark}{}", hit.id, hit.date, hit.title);
        (name, about(hit).into_iter().take(lines).collect())
    });
    let left = usize::from(inside.h.saturating_sub(y));
    for row in past(told, inside.w.saturating_sub(INDENT), left, None) {
        let mut pen = Pen::new(buf, inside.row(y));
        let further = if row.goes_on { INDENT } else { 0 };
        let (indent, style) =
            if row.line == 0 { (INDENT, theme.text) } else { (INDENT.saturating_mul(2), theme.dim) };
        pen.skip(indent.saturating_add(further));
        pen.put_cut(&row.text, style);
        y = y.saturating_add(1);
    }
    if declare.in_lists { None } else { cursor }
}
