//! The path of closing: what is done, what is open, what comes next.

use ratatui::buffer::Buffer;

use crate::app::layout::overlay;
use crate::app::model::{ClosePath, Model};
use crate::app::update::closing::{PathLine, lines, state_of};
use crate::app::wrap::wrap;
use crate::domain::closeout;
use crate::ui::text::Pen;
use crate::ui::theme::Theme;
use crate::ui::{first_row, frame};

fn words(line: PathLine) -> String {
    match line {
        PathLine::Resolve => "Resolve: say that it is over".to_owned(),
        PathLine::Point(item) => item.question().to_owned(),
        PathLine::Draft => "Draft the postmortem from the log".to_owned(),
        PathLine::Edit => "Edit the draft".to_owned(),
        PathLine::Check => "Check it".to_owned(),
        PathLine::Publish => "Publish it to the archive".to_owned(),
        PathLine::Close => "Close the incident".to_owned(),
    }
}

/// Draws it.
pub(super) fn draw(model: &Model, path: &ClosePath, theme: &Theme, buf: &mut Buffer) -> Option<(u16, u16)> {
    let all = lines();
    let columns = model.size.w.saturating_sub(4).min(96);
    let rows = model.size.h.saturating_sub(3).min(26);
    let inside = frame::boxed(
        overlay(model.size, rows, columns),
        "Close: Space done, x n/a or waive, Enter does the step",
        theme,
        buf,
    );
    // What was found has what the list leaves, and at least a third where the list is scrolled.
    let whole = usize::from(inside.h);
    let below = whole.saturating_sub(all.len()).max(6.min(whole / 3));
    let height = whole.saturating_sub(below);
    let first = first_row(path.selected, height, all.len());
    for (nth, line) in all.iter().enumerate().skip(first).take(height) {
        let y = u16::try_from(nth.saturating_sub(first)).unwrap_or(u16::MAX);
        let here = nth == path.selected;
        let pick = |style| if here { theme.selected } else { style };
        let (done, said) = state_of(model, *line);
        let mut pen = Pen::new(buf, inside.row(y));
        let point = matches!(line, PathLine::Point(_));
        pen.put(if point { "   " } else { " " }, pick(theme.text));
        let mark = match (done, said.starts_with("n/a")) {
            (true, true) => "[-] ",
            (true, false) => "[x] ",
            _ => "[ ] ",
        };
        pen.put(mark, pick(if done { theme.good } else { theme.text }));
        pen.put_cut(&words(*line), pick(if done { theme.dim } else { theme.text }));
        if !said.is_empty() {
            pen.put_cut(&format!("  {said}"), pick(theme.dim));
        }
        if here {
            pen.fill(theme.selected);
        }
    }
    let mut said: Vec<(String, ratatui::style::Style)> = Vec::new();
    if path.busy.is_some() {
        said.push(("working…".to_owned(), theme.dim));
    } else if !path.line.is_empty() {
        said.push((path.line.clone(), theme.strong));
    }
    for (rule, line, message) in &path.problems {
        said.push((format!("line {line}: {message} ({rule})"), theme.warn));
    }
    if path.problems.is_empty()
        && let Some(room) = &model.room
    {
        let blockers = closeout::blockers(&room.incident, &model.policy);
        // What the list above shows is not said twice.
        let listed = ["not-resolved", "closure-open", "postmortem-missing"];
        let others = blockers.into_iter().filter(|b| !listed.contains(&b.rule));
        said.extend(others.map(|b| (format!("open: {}: {}", b.message, b.hint), theme.warn)));
        let warnings = closeout::warnings(&room.incident, &model.policy);
        said.extend(warnings.into_iter().map(|w| (format!("note: {w}"), theme.dim)));
    }
    // What is wrong is read to its end; the lines of the list are known.
    let rows: Vec<_> = said
        .iter()
        .flat_map(|(line, style)| wrap(line, inside.w, below).into_iter().map(move |piece| (piece, *style)))
        .collect();
    // What does not fit is counted: the last step is the one that closes.
    let hidden = [
        (all.len().saturating_sub(first.saturating_add(height)), "step", "steps"),
        (rows.len().saturating_sub(below), "line", "lines"),
    ];
    let hidden: Vec<String> = hidden
        .iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| format!("{n} {} more", if *n == 1 { one } else { many }))
        .collect();
    if !hidden.is_empty() {
        frame::foot(inside, &hidden.join(" · "), theme, buf);
    }
    for (n, (line, style)) in rows.into_iter().take(below).enumerate() {
        let y = u16::try_from(height.saturating_add(n)).unwrap_or(u16::MAX);
        Pen::new(buf, inside.row(y)).put_cut(&line, style);
    }
    None
}
