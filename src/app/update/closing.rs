//! The path of closing: the closure list, then draft, edit, check, publish, close. Each step can be left and
//! resumed; what is done is in the log.

use super::super::action::Action;
use super::super::effect::{ClosingStep, Effect};
use super::super::model::{Ask, AskFor, ClosePath, Model, Overlay, Waiting};
use super::super::msg::ClosingAnswer;
use super::room;
use crate::domain::closeout::counted;
use crate::domain::request::Request;
use crate::domain::words::{ClosureItem, ClosureState, State};

/// Lines that can be selected: resolve, the closure list, and five steps.
pub(super) const LINES: usize = 1 + 8 + 5;

/// What a line of the path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathLine {
    /// Say that it is over.
    Resolve,
    /// A point of the closure list.
    Point(ClosureItem),
    /// Make the draft.
    Draft,
    /// Edit it.
    Edit,
    /// Check it.
    Check,
    /// Publish it.
    Publish,
    /// Close.
    Close,
}

/// The lines of the path.
#[must_use]
pub fn lines() -> Vec<PathLine> {
    let mut out = vec![PathLine::Resolve];
    out.extend(ClosureItem::ALL.iter().map(|i| PathLine::Point(*i)));
    out.extend([PathLine::Draft, PathLine::Edit, PathLine::Check, PathLine::Publish, PathLine::Close]);
    out
}

/// Whether a line is done, and what is said beside it.
#[must_use]
pub fn state_of(model: &Model, line: PathLine) -> (bool, String) {
    let Some(room) = &model.room else { return (false, String::new()) };
    let incident = &room.incident;
    let post = &incident.closing.postmortem;
    match line {
        PathLine::Resolve => (incident.state != State::Open, incident.ended_by.clone()),
        PathLine::Point(item) => {
            let state = incident.closing.state_of(item);
            let why = incident.closing.answers.get(&item).map(|a| a.reason.clone()).unwrap_or_default();
            let said = match state {
                ClosureState::Open => String::new(),
                ClosureState::Done => "done".to_owned(),
                ClosureState::NotApplicable => format!("n/a: {why}"),
            };
            (state != ClosureState::Open, said)
        }
        PathLine::Draft => {
            (post.drafted.is_some(), post.drafted.as_ref().map(|d| d.0.clone()).unwrap_or_default())
        }
        // Nobody says when the editing is over: it is when nothing is left to mend, or nothing more comes of it.
        PathLine::Edit => {
            let mended = matches!(post.checked, Some((0, _)));
            (mended || post.published.is_some() || post.waived.is_some(), String::new())
        }
        PathLine::Check => match post.checked {
            Some((0, _)) => (true, "no problems".to_owned()),
            Some((n, _)) => (false, counted(n as usize, "problem", "problems")),
            None => (false, String::new()),
        },
        PathLine::Publish => {
            (post.published.is_some(), post.path.clone().or_else(|| post.waived.clone()).unwrap_or_default())
        }
        PathLine::Close => (incident.state == State::Closed, String::new()),
    }
}

/// The actions of the path.
pub(super) fn act(model: &mut Model, action: Action, fx: &mut Vec<Effect>) {
    match action {
        Action::CloseOut => {
            model.overlays.retain(|o| !matches!(o, Overlay::Closing(_)));
            let selected = lines().iter().position(|l| !state_of(model, *l).0).unwrap_or(0);
            let path = ClosePath { selected, ..ClosePath::default() };
            model.overlays.push(Overlay::Closing(path));
        }
        Action::Publish => run(model, ClosingStep::Publish { waive: None, author: None }, fx),
        Action::ClosingDone => match selected(model) {
            Some(PathLine::Point(item)) => {
                let state = match model.room.as_ref().map(|r| r.incident.closing.state_of(item)) {
                    Some(ClosureState::Open) => ClosureState::Done,
                    _ => ClosureState::Open,
                };
                let reason = String::new();
                room::submit_one(model, Request::AnswerClosure { item, state, reason }, fx);
            }
            _ => model.warn("Enter does this step"),
        },
        Action::ClosingNotApplicable => match selected(model) {
            Some(PathLine::Point(item)) => {
                model.overlays.push(Overlay::Ask(Ask::new(AskFor::NotApplicable(item), "")));
            }
            Some(PathLine::Publish) => model.overlays.push(Overlay::Ask(Ask::new(AskFor::WaivePublish, ""))),
            Some(PathLine::Close) => model.overlays.push(Overlay::Ask(Ask::new(AskFor::WaiveClose, ""))),
            _ => model.warn("only a point of the list can be not applicable"),
        },
        _ => {}
    }
}

fn selected(model: &Model) -> Option<PathLine> {
    match model.overlays.last() {
        Some(Overlay::Closing(path)) => lines().get(path.selected).copied(),
        _ => None,
    }
}

/// Enter on a line of the path.
pub(super) fn enter(model: &mut Model, fx: &mut Vec<Effect>) {
    match selected(model) {
        Some(PathLine::Resolve) => {
            if model.room.as_ref().is_some_and(|r| r.incident.state == State::Open) {
                model.overlays.push(Overlay::Ask(Ask::new(AskFor::Resolve, "")));
            } else {
                model.tell("it is resolved");
            }
        }
        Some(PathLine::Point(_)) => act(model, Action::ClosingDone, fx),
        Some(PathLine::Draft) => run(model, ClosingStep::Draft, fx),
        Some(PathLine::Edit) => run(model, ClosingStep::Edit, fx),
        Some(PathLine::Check) => run(model, ClosingStep::Check, fx),
        Some(PathLine::Publish) => run(model, ClosingStep::Publish { waive: None, author: None }, fx),
        Some(PathLine::Close) => run(model, ClosingStep::Close { waive: None }, fx),
        None => {}
    }
}

/// Has a step done.
pub(super) fn run(model: &mut Model, step: ClosingStep, fx: &mut Vec<Effect>) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    if model.waiting.values().any(|w| matches!(w, Waiting::Closing(_))) {
        model.warn("the step before is still being done");
        return;
    }
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::Closing(step.clone()));
    if let Some(Overlay::Closing(path)) = model.overlays.last_mut() {
        path.busy = Some(ticket);
    }
    fx.push(Effect::Closing { ticket, log, by, step });
}

/// A step was done.
pub(super) fn done(model: &mut Model, step: &ClosingStep, answer: &ClosingAnswer) {
    let zone = model.zone();
    if let Some(room) = &mut model.room {
        room.take(&answer.events, &model.me, zone);
        room.own.extend(answer.events.iter().map(|e| e.seq));
    }
    // On to the step after this one; never back up into the list, where Enter would answer a point.
    let after = match step {
        ClosingStep::Draft => PathLine::Edit,
        ClosingStep::Edit | ClosingStep::Check => PathLine::Publish,
        ClosingStep::Publish { .. } | ClosingStep::Close { .. } => PathLine::Close,
    };
    let after = if answer.problems.is_empty() { after } else { PathLine::Edit };
    let next = lines().iter().position(|l| *l == after);
    let ok = answer.problems.is_empty() && !answer.needs_author;
    // A verb has no path on the screen; what it found needs more room than the line of hints has.
    if !ok && !model.overlays.iter().any(|o| matches!(o, Overlay::Closing(_))) {
        model.overlays.push(Overlay::Closing(ClosePath::default()));
    }
    match model
        .overlays
        .iter_mut()
        .rev()
        .find_map(|o| if let Overlay::Closing(p) = o { Some(p) } else { None })
    {
        Some(path) => {
            path.busy = None;
            path.line.clone_from(&answer.line);
            path.problems.clone_from(&answer.problems);
            if let Some(next) = next {
                path.selected = next;
            }
        }
        None => model.tell(answer.line.clone()),
    }
    if answer.needs_author {
        model.overlays.push(Overlay::Ask(Ask::new(AskFor::Author, "")));
    } else if !ok && matches!(step, ClosingStep::Publish { .. }) {
        let (n, waive) = (answer.problems.len(), model.keymap.press(Action::ClosingNotApplicable));
        let problems = counted(n, "problem", "problems");
        model.warn(format!("{problems}: Edit, or {waive} waives with a reason"));
    }
}

/// Something was stored: what the last step was told may not hold any more.
pub(super) fn stored(model: &mut Model) {
    for overlay in &mut model.overlays {
        if let Overlay::Closing(path) = overlay {
            path.line.clear();
        }
    }
}

/// A step was refused: the path says why in full, and what else is open.
pub(super) fn refused(model: &mut Model, said: String) {
    if !model.overlays.iter().any(|o| matches!(o, Overlay::Closing(_))) {
        let selected = lines().iter().position(|l| !state_of(model, *l).0).unwrap_or(0);
        model.overlays.push(Overlay::Closing(ClosePath { selected, ..ClosePath::default() }));
    }
    for overlay in &mut model.overlays {
        if let Overlay::Closing(path) = overlay {
            path.busy = None;
            path.line.clone_from(&said);
        }
    }
    model.warn(said);
}
