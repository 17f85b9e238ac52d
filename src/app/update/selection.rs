//! What is done to the selection: tick, strike, amend, star, verdict, copy, open.

use super::super::action::Action;
use super::super::effect::{EditTarget, Effect};
use super::super::layout::Pane;
use super::super::model::{
    Ask, AskFor, Confirm, Hit, Item, Model, Overlay, Pick, PickFor, Read, Reader, RowId, Screen, Waiting,
};
use super::{amending, choose, closing, compose, holding, room, tables};
use crate::app::reading;
use crate::domain::decide::{Asker, decide};
use crate::domain::ids::Seq;
use crate::domain::incident::Incident;
use crate::domain::recurrence::{AGAIN, DIFFERENT};
use crate::domain::request::{Request, StepMove, StepPick};
use crate::domain::words::{EntryKind, HypothesisState, StepState, Verdict};

/// Does it. `available` has looked before.
pub(super) fn act(model: &mut Model, action: Action, fx: &mut Vec<Effect>) {
    match action {
        Action::Tick => tick(model, fx),
        Action::CrossOut => cross_out(model),
        Action::Amend => {
            if let Some(seq) = entry(model) {
                amending::open(model, seq);
            }
        }
        Action::AmendInEditor => amend_in_editor(model, fx),
        Action::Star => {
            let target = entry(model);
            let starred =
                target.and_then(|seq| model.room.as_ref()?.incident.timeline.get(seq)).map(|e| !e.starred);
            if let (Some(target), Some(starred)) = (target, starred) {
                room::submit_one(model, Request::Star { target, starred }, fx);
            }
        }
        Action::Verdict if model.room.as_ref().is_some_and(|r| r.focus == Pane::Similar) => {
            same_failure(model);
        }
        Action::Verdict => {
            let step =
                model.room.as_ref().filter(|r| r.focus == Pane::Runbook).and_then(|r| r.current_step());
            if let Some(at) = step.map(|s| s.at) {
                tables::steps(model, at);
            } else if let Some(seq) = entry(model) {
                verdict(model, seq);
            }
        }
        Action::Copy => copy(model, fx),
        _ => {}
    }
}

fn entry(model: &Model) -> Option<Seq> {
    model.room.as_ref()?.current_entry()
}

fn tick(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(step) = model.room.as_ref().and_then(|r| r.current_step()) else { return };
    let (change, did) = match step.state {
        StepState::Todo | StepState::Doing | StepState::Blocked => (StepMove::Tick, ""),
        StepState::Done => (StepMove::Reopen, "done"),
        StepState::Skipped => (StepMove::Reopen, "skipped"),
    };
    let by = step.person.as_deref().filter(|by| !did.is_empty() && *by != model.me);
    let question = by.map(|by| format!("Step {} was {did} by {by}: to do again? {}", step.number, step.text));
    let at = step.at;
    // The selection stays on the step that was ticked: the same key takes it back.
    if let Some(room) = &mut model.room {
        holding::chosen(room, Pane::Runbook);
        room.step = Some(at);
    }
    let step = StepPick::Exactly(at);
    let request = Request::MoveStep { step, change, person: None, reason: String::new() };
    match question {
        // Perhaps it was ticked as the key came down: what another one did is not taken back without a word.
        Some(question) => {
            let asked = vec![request.into()];
            model.overlays.push(Overlay::Confirm(Confirm { question, asked }));
        }
        None => room::submit_one(model, request, fx),
    }
}

fn cross_out(model: &mut Model) {
    let Some(room) = &model.room else { return };
    if room.focus == Pane::Runbook {
        if let Some(step) = room.current_step() {
            let purpose = AskFor::Step(step.at, StepMove::Skip);
            model.overlays.push(Overlay::Ask(Ask::new(purpose, "")));
        }
        return;
    }
    let Some(entry) = room.current_entry().and_then(|seq| room.incident.timeline.get(seq)) else { return };
    let target = entry.seq;
    if entry.struck.is_some() {
        let question = format!("Let this entry count again? {}", entry.text);
        let asked = vec![Request::Restore { target }.into()];
        model.overlays.push(Overlay::Confirm(Confirm { question, asked }));
    } else {
        model.overlays.push(Overlay::Ask(Ask::new(AskFor::Strike(target), "")));
    }
}

fn amend_in_editor(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(room) = &model.room else { return };
    let Some(entry) = room.current_entry().and_then(|seq| room.incident.timeline.get(seq)) else { return };
    let (log, seq, seen, text) = (room.incident.log, entry.seq, entry.revision(), entry.text.clone());
    let ticket = model.ticket(Waiting::Edit(seq, seen));
    fx.push(Effect::Edit(ticket, EditTarget::Entry { log, seq, text }));
}

/// A line of a short menu.
fn item(id: &str, label: &str, detail: &str) -> Item {
    Item { id: id.to_owned(), label: label.to_owned(), detail: detail.to_owned(), ..Item::default() }
}

/// Whether a similar incident is the same failure: what a person says of it.
fn same_failure(model: &mut Model) {
    let hit = model.room.as_ref().and_then(|r| r.current_hit()).map(|hit| hit.id.clone());
    if let Some(hit) = hit {
        same_as(model, &hit);
    }
}

/// The same for a past incident by its name.
pub(super) fn same_as(model: &mut Model, incident: &str) {
    let title = format!("{incident}: is it the same failure?");
    let items = vec![
        item(AGAIN, "the same failure again", "links both, counts, raises what was not shipped"),
        item(DIFFERENT, "another failure", "it is not proposed again"),
        item("related", "related", "they belong together in another way"),
    ];
    let pick = Pick::new(PickFor::Same(incident.to_owned()), &title, items);
    model.overlays.push(Overlay::Pick(pick));
}

/// What can be said of an entry.
pub(super) fn verdict(model: &mut Model, seq: Seq) {
    let Some(room) = &model.room else { return };
    let Some(entry) = room.incident.timeline.get(seq) else { return };
    let (purpose, title, items) = match entry.kind {
        EntryKind::Decision => {
            let detail = |v: &Verdict| match v {
                Verdict::Held => "it did what it should",
                Verdict::Reversed => "it was taken back",
                Verdict::NoEffect => "nothing changed by it",
            };
            let mut items: Vec<Item> =
                Verdict::ALL.iter().map(|v| item(v.as_str(), v.as_str(), detail(v))).collect();
            items.push(item("objection", "objection", "something is said against it"));
            (PickFor::Verdict(seq), "What came of the decision", items)
        }
        EntryKind::Hypothesis => {
            let detail = |s: &HypothesisState| match s {
                HypothesisState::Open => "nobody knows yet",
                HypothesisState::Supported => "the facts speak for it",
                HypothesisState::RuledOut => "the facts speak against it",
            };
            let items =
                HypothesisState::ALL.iter().map(|s| item(s.as_str(), s.as_str(), detail(s))).collect();
            (PickFor::Hypothesis(seq), "Where the hypothesis stands", items)
        }
        EntryKind::Ask => (PickFor::Ask(seq), "The ask", tables::ask_items(&room.incident, seq)),
        EntryKind::Update => (PickFor::Update(seq), "The update", update_items(model, &room.incident, seq)),
        _ => return,
    };
    // Which one it is about: the line that the eyes were on may not be the one that is selected any more.
    let title = format!("{title}: {}", entry.text);
    let pick = Pick::new(purpose, &title, items);
    model.overlays.push(Overlay::Pick(pick));
}

/// What can be done with an update, and of the rest, why not: the rules themselves are asked.
fn update_items(model: &Model, incident: &Incident, target: Seq) -> Vec<Item> {
    let asker = Asker { by: &model.me, now: model.now, policy: &model.policy };
    let blocked = |request: Request| match decide(incident, &request.into(), &asker) {
        Ok(_) => String::new(),
        Err(refusal) => refusal.to_string(),
    };
    let update = incident.talk.updates.get(&target);
    let approved = update.and_then(|u| u.approved.as_ref()).map(|(who, _)| format!("@{who} approved it"));
    let unapproved = update.is_some_and(|u| u.approved.is_none() && u.sent.is_none());
    vec![
        Item {
            blocked: blocked(Request::ApproveUpdate { target }),
            right: approved.unwrap_or_default(),
            ..item("approve", "approve", "it may go out")
        },
        Item {
            blocked: blocked(Request::MarkSent { target, next: None }),
            ..item("send", "send", if unapproved { "it went out; nobody approved it" } else { "it went out" })
        },
    ]
}

fn copy(model: &mut Model, fx: &mut Vec<Effect>) {
    let text = match (model.overlays.last(), &model.room) {
        (Some(Overlay::Read(reader)), _) => match &reader.what {
            Read::Brief => Some(super::briefing::brief_text(model)),
            Read::Text(_, lines) => Some(lines.join("\n")),
            Read::Plain(text) => Some(text.clone()),
            what @ (Read::People | Read::Call | Read::Roster | Read::Card(_)) => {
                let rows = reading::lines(model, what, reading::columns(model.size)).1;
                Some(rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>().join("\n"))
            }
            Read::Hit(hit) => Some(hit.name()),
            Read::Entry(seq) => {
                model.room.as_ref().and_then(|r| r.incident.timeline.get(*seq)).map(|e| e.text.clone())
            }
            Read::Step(at) => model.room.as_ref().and_then(|r| r.incident.checklist.get(*at)).map(step_text),
        },
        (_, Some(room)) if room.focus == Pane::Runbook => room.current_step().map(step_text),
        (_, Some(room)) if room.focus == Pane::Similar => room.current_hit().map(Hit::name),
        (_, Some(room)) => room.current_entry().and_then(|seq| {
            // An update is copied without the audience in front: it goes out as it is.
            let update = room.incident.talk.updates.get(&seq).map(|u| u.text.clone());
            update.or_else(|| room.incident.timeline.get(seq).map(|e| e.text.clone()))
        }),
        _ => None,
    };
    if let Some(text) = text {
        put(model, &text.clone(), text, "copied", fx);
    }
}

/// Hands a text to the terminal's clipboard. Nobody can tell whether it took it: asked for the same text again, the
/// text stands plain on the screen, to be selected by hand.
///
/// `name` tells what was asked for: the brief is another text each second.
pub(super) fn put(model: &mut Model, name: &str, text: String, said: &str, fx: &mut Vec<Effect>) {
    let ticket = model.ticket(Waiting::Quiet);
    fx.push(Effect::Copy(ticket, text.clone()));
    if model.copied == name {
        if !matches!(model.overlays.last(), Some(Overlay::Read(Reader { what: Read::Plain(_), .. }))) {
            model.overlays.push(Overlay::Read(Reader { what: Read::Plain(text), scroll: 0 }));
        }
    } else {
        model.tell(format!("{said}; again shows it plain, if the terminal did not take it"));
        name.clone_into(&mut model.copied);
    }
}

/// A step is copied as its command, where it has one.
fn step_text(step: &crate::domain::incident::Step) -> String {
    if step.commands.is_empty() { step.text.clone() } else { step.commands.join("\n") }
}

/// Enter in normal mode: show or go into what is selected.
pub(super) fn open_selected(model: &mut Model, fx: &mut Vec<Effect>) {
    match model.overlays.last() {
        Some(Overlay::Closing(_)) => return closing::enter(model, fx),
        Some(_) => {
            model.overlays.pop();
            return;
        }
        None => {}
    }
    if model.screen == Screen::Home {
        if let Some(row) = model.home.row() {
            let log = row.log;
            let ticket = model.ticket(Waiting::Open);
            fx.push(Effect::Open(ticket, log));
        }
        return;
    }
    if model.screen == Screen::Board {
        return super::boards::enter(model, fx);
    }
    let Some(room) = &model.room else { return };
    let what = match room.focus {
        Pane::Roster => return choose::role_of_selection(model),
        Pane::Runbook => room.current_step().map(|s| Read::Step(s.at)),
        Pane::Similar => room.current_hit().map(|h| Read::Hit(Box::new(h.clone()))),
        Pane::Brief => Some(Read::Brief),
        _ => match room.selected {
            Some(RowId::Pending(ticket)) => return compose::bring_back(model, ticket),
            _ => room.current_entry().map(Read::Entry),
        },
    };
    if let Some(what) = what {
        model.overlays.push(Overlay::Read(Reader { what, scroll: 0 }));
    }
}
