//! What stands beside a board's list: the selected story, runbook or update in lines. Pure, so that update knows where
//! it ends. It must not colour: an ink says what a row is, the theme how that looks.

use super::layout::Pane;
use super::model::{Board, BoardData, Model};
use super::reading::{Ink, Lines};
use super::wrap::wrap;
use crate::domain::clocks::Pressure;
use crate::domain::closeout::counted;
use crate::domain::owed::OwedUpdate;
use crate::domain::patterns;
use crate::domain::runbook::card::{Card, Origin};
use crate::domain::stories::{Standing, assign_by, distance};
use crate::domain::summary::StorySummary;
use crate::domain::time::{day_in_zone, format_span, with_zone};
use crate::domain::words::{IncidentKind, StoryState, Visibility};

/// How far the preview can be scrolled.
#[must_use]
pub fn last_scroll(model: &Model) -> usize {
    let layout = model.layout();
    match (&model.board, layout.pane(Pane::Preview)) {
        (Some(board), Some(placed)) => {
            preview(model, board, placed.body.w).len().saturating_sub(usize::from(placed.body.h))
        }
        _ => 0,
    }
}

/// The selected row in lines of a width.
#[must_use]
pub fn preview(model: &Model, board: &Board, width: u16) -> Lines {
    let lines = match &board.data {
        BoardData::Stories(_) => board.story().map(|s| story(model, board, s)),
        BoardData::Runbooks(..) => board.runbook().map(|c| runbook(model, board, c)),
        BoardData::Updates(_) => board.update().map(|u| update(model, u)),
        BoardData::Patterns(..) => board.pattern().map(pattern),
    };
    let wrapped = lines
        .unwrap_or_default()
        .into_iter()
        .flat_map(|(line, ink)| wrap(&line, width, 12).into_iter().map(move |row| (row, ink)));
    wrapped.collect()
}

fn pattern(line: &patterns::Line) -> Lines {
    let mut out: Lines = vec![(line.heading.clone(), Ink::Strong)];
    out.push((format!("{}: {}", line.label, line.count), Ink::Text));
    out.extend(line.ids.iter().map(|id| (id.clone(), Ink::Text)));
    out.push((format!("/ {}", line.query), Ink::Dim));
    out
}

fn story(model: &Model, board: &Board, story: &StorySummary) -> Lines {
    let mut out: Lines = vec![(story.title.clone(), Ink::Strong)];
    let standing = Standing::of(story, board.day, model.policy.story_rules);
    let due = story.due.map(|due| format!("due {due}, ")).unwrap_or_default();
    let ink = match standing {
        Standing::Again | Standing::Orphaned | Standing::Overdue => Ink::Warn,
        Standing::Done => Ink::Good,
        _ => Ink::Text,
    };
    let due = if story.is_unshipped() { due } else { String::new() };
    out.push((format!("{due}{}", distance(story, board.day)), ink));
    if standing == Standing::Again {
        let ids = story.raised_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        out.push((format!("the same failure came back: {ids}"), Ink::Warn));
    }
    if let Some(day) = assign_by(story, model.policy.story_rules).filter(|_| standing == Standing::Orphaned) {
        out.push((format!("nobody took it by {day}: give it to somebody"), Ink::Warn));
    }
    if let (Standing::Orphaned | Standing::Overdue, Some(manager)) = (standing, &model.policy.story_manager) {
        out.push((format!("overdue: tell @{manager}"), Ink::Warn));
    }
    let owner = story.owner.as_ref().map_or_else(|| "nobody".to_owned(), |o| format!("@{o}"));
    let kind = story.kind.map(|k| format!(", {k}")).unwrap_or_default();
    let severity = story.severity.as_ref().map(|s| format!(", {s}")).unwrap_or_default();
    out.push((format!("{}: {owner}, {}{severity}{kind}", story.id, story.state), Ink::Text));
    for (what, text) in [
        ("proof", &story.proof),
        ("link", &story.link),
        ("tracker", &story.external),
        ("reason", &story.reason),
    ] {
        if !text.is_empty() {
            out.push((format!("{what}: {text}"), Ink::Text));
        }
    }
    let zone = model.zone();
    let day = |at| day_in_zone(at, zone);
    out.push((format!("filed {}, last moved {}", day(story.filed_at), day(story.changed_at)), Ink::Dim));
    let next = match story.state {
        StoryState::Filed => "w starts it, s ships it with a link or a reason, x drops it",
        StoryState::Started => "s ships it with a link or a reason, x drops it",
        StoryState::Shipped => "v verifies it with what proves that it works, r reopens it",
        StoryState::Verified => "nothing is owed",
        StoryState::Dropped => "nothing is owed; r reopens it",
    };
    out.push((next.to_owned(), Ink::Dim));
    out
}

fn runbook(model: &Model, board: &Board, card: &Card) -> Lines {
    let mut out: Lines = vec![(card.title.clone(), Ink::Strong)];
    let stale = card.staleness(board.day, model.policy.runbook_stale_days);
    let ink = if stale.is_stale() { Ink::Warn } else { Ink::Good };
    let by = match card.drill() {
        Some(drill) if card.tested() == Some(drill.day) => format!(" by drill {}", drill.incident),
        _ => String::new(),
    };
    out.push((format!("{}{by}", stale.words()), ink));
    if let Some(day) = card.last_reviewed {
        out.push((format!("reviewed {day}"), Ink::Text));
    }
    let origin = match card.origin {
        Origin::Shipped => "as it comes with the program",
        Origin::Edited => "changed by the team",
        Origin::Own => "the team's own",
    };
    out.push((format!("{}: {}, {origin}", card.name, counted(card.steps, "step", "steps")), Ink::Text));
    for problem in &card.problems {
        out.push((format!("line {}: {}", problem.line, problem.message), Ink::Warn));
    }
    for (what, text) in [("owner", &card.owner), ("severity", &card.severity)] {
        if !text.is_empty() {
            out.push((format!("{what}: {text}"), Ink::Text));
        }
    }
    if card.uses.is_empty() {
        out.push(("no incident used it".to_owned(), Ink::Dim));
    }
    for used in card.uses.iter().take(8) {
        let kind = if used.kind == IncidentKind::Real { String::new() } else { format!(" {}", used.kind) };
        out.push((
            format!(
                "used {} by {}{kind}, {} done",
                used.day,
                used.incident,
                counted(used.done, "step", "steps")
            ),
            Ink::Text,
        ));
    }
    if card.uses.len() > 8 {
        out.push((format!("and {} more", card.uses.len().saturating_sub(8)), Ink::Dim));
    }
    if !card.summary.is_empty() {
        out.push((card.summary.clone(), Ink::Text));
    }
    let m = &card.matches;
    for (what, list) in
        [("words", &m.words), ("services", &m.services), ("tags", &m.tags), ("alerts", &m.alerts)]
    {
        if !list.is_empty() {
            out.push((format!("{what}: {}", list.join(", ")), Ink::Dim));
        }
    }
    out
}

fn update(model: &Model, update: &OwedUpdate) -> Lines {
    let mut out: Lines = vec![(update.title.clone(), Ink::Strong)];
    let ink = match update.pressure(model.now) {
        Pressure::Breached => Ink::Warn,
        Pressure::Warning => Ink::Word,
        Pressure::Quiet => Ink::Text,
    };
    let ack = if update.acknowledged { ", acknowledged" } else { "" };
    out.push((format!("{} update {}{ack}", update.audience, update.distance(model.now)), ink));
    let zone = model.zone();
    out.push((
        format!("due {} {}", day_in_zone(update.due_at, zone), with_zone(update.due_at, zone)),
        Ink::Text,
    ));
    match (update.last_sent_at, &update.last_sent_by) {
        (Some(at), Some(by)) => {
            let ago = format_span((model.now - at).max(crate::domain::time::Span::zero()));
            out.push((format!("last sent {ago} ago by @{by}"), Ink::Text));
        }
        _ => out.push(("none was sent yet".to_owned(), Ink::Warn)),
    }
    if let Some(by) = &update.by {
        out.push((format!("said by @{by}"), Ink::Text));
    }
    if update.unsent > 0 {
        out.push((format!("{} written, not sent", update.unsent), Ink::Warn));
    }
    let marks = if update.visibility == Visibility::Team {
        String::new()
    } else {
        format!(", {}", update.visibility)
    };
    out.push((format!("{} {}, {}{marks}", update.incident, update.severity, update.kind), Ink::Dim));
    out.push(("Enter opens the room, then c writes the update".to_owned(), Ink::Dim));
    out
}
