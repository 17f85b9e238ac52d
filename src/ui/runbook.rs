//! The attached runbook: its steps, who is at them, and under which heading they stand where there is room.

use ratatui::buffer::Buffer;

use super::frame;
use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room, StepFocus};
use crate::app::pointing::runbook_first;
use crate::app::words::step_mark;
use crate::domain::brief::left;
use crate::domain::incident::Step;
use crate::domain::words::StepState;

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let runbook = room.shown_runbook();
    if !placed.title.is_empty() {
        let more = if room.incident.checklist.runbooks().count() > 1 { "[ ]" } else { "" };
        let name = runbook.map_or_else(
            || "Runbook".to_owned(),
            |r| {
                let (done, all) = room.incident.checklist.progress(r.seq);
                let count = format!(" {done}/{all}");
                // The name is cut, the count is not.
                let beside = match text::width(more) {
                    0 => text::width(&count),
                    keys => text::width(&count).saturating_add(keys).saturating_add(2),
                };
                let name = text::cut(&r.name, placed.title.w.saturating_sub(14).saturating_sub(beside));
                format!("Runbook {name}{count}")
            },
        );
        frame::title(placed, &name, more, focus, theme, buf);
    }
    if runbook.is_none() {
        let say = format!("No runbook. {} attaches one.", model.keymap.press(Action::Runbook));
        return super::empty(placed, &say, theme, buf);
    }
    let height = usize::from(placed.body.h);
    let rows = room.runbook_rows(height);
    let current = room.current_step().map(|s| s.at);
    let first = runbook_first(room, &rows, height);
    for (nth, row) in rows.iter().enumerate().skip(first).take(height) {
        let y = u16::try_from(nth.saturating_sub(first)).unwrap_or(u16::MAX);
        let mut pen = Pen::new(buf, placed.body.row(y));
        match row {
            StepFocus::Heading(name) => _ = pen.put_cut(name, theme.dim),
            StepFocus::Step(step) => {
                draw_step(
                    model,
                    room.incident.clocks_run(),
                    step,
                    focus && Some(step.at) == current,
                    &mut pen,
                    theme,
                );
            }
        }
    }
}

fn draw_step(model: &Model, counts: bool, step: &Step, here: bool, pen: &mut Pen<'_>, theme: &Theme) {
    let pick = |style| if here { theme.selected } else { style };
    let wide = pen.left() >= 36;
    let who = step.person.as_deref().unwrap_or_default();
    if !who.is_empty() {
        pen.right(" ", pick(theme.text));
        pen.right(&format!(" {}", text::cut(who, 8)), pick(theme.dim));
    }
    if let Some(due) = step.due_at.filter(|_| step.is_open() && counts) {
        let style = if due <= model.now { theme.bad } else { theme.warn };
        pen.right(&format!(" {}", left(due, model.now)), pick(style));
    }
    let state = match step.state {
        StepState::Done => theme.good,
        StepState::Blocked => theme.bad,
        StepState::Doing => theme.warn,
        StepState::Todo | StepState::Skipped => theme.text,
    };
    pen.put(step_mark(step.state), pick(state));
    if wide {
        pen.put(&format!("{:>3}", step.number), pick(theme.dim));
    }
    pen.put(" ", pick(theme.text));
    let not_now = step.state == StepState::Todo && !step.holds;
    if not_now && pen.left() > 12 {
        pen.right(&format!(" only {}", step.only.join(", ")), pick(theme.dim));
    }
    let words = if not_now || matches!(step.state, StepState::Done | StepState::Skipped) {
        theme.dim
    } else {
        theme.text
    };
    pen.put_cut(&step.text, pick(words));
    if !step.reason.is_empty() && pen.left() > 6 {
        pen.put_cut(&format!(" ({})", step.reason), pick(theme.dim));
    }
    if here {
        pen.fill(theme.selected);
    }
}
