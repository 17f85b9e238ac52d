//! The boards over the room, and the menus of asks, steps, evidence and indicators. A board stays under what is opened
//! from it; its rows follow the log while it is open.

use std::collections::BTreeMap;

use super::super::effect::Effect;
use super::super::layout::Pane;
use super::super::model::{Ask, AskFor, Item, Model, Overlay, Pick, PickFor, Read, Reader, Waiting};
use super::{choose, holding, room, selection};
use crate::domain::board::{BoardKind, board};
use crate::domain::composed::same;
use crate::domain::event::StepRef;
use crate::domain::ids::Seq;
use crate::domain::incident::{EVIDENCE_CLASSES, Incident};
use crate::domain::ioc::{self, Tlp};
use crate::domain::request::{Keep, NewIoc, Request, StepMove, StepPick};
use crate::domain::words::{ScopeState, StepState};

/// The titles of two lists of people.
pub(super) const ASKED: &str = "Who is asked from here on";
pub(super) const ASSIGNEE: &str = "Whose the step is";

/// Opens a board.
pub(super) fn open(model: &mut Model, kind: BoardKind) {
    let mut pick = Pick::new(PickFor::Board(kind), "", Vec::new());
    fill(model, kind, &mut pick);
    model.overlays.push(Overlay::Pick(pick));
}

/// The rows of a board that is open are those of now.
pub(super) fn refresh(model: &mut Model) {
    let Some(Overlay::Pick(Pick { purpose: PickFor::Board(kind), .. })) = model.overlays.last() else {
        return;
    };
    let kind = *kind;
    let Some(Overlay::Pick(mut pick)) = model.overlays.pop() else { return };
    let before = pick.place(&pick.visible());
    fill(model, kind, &mut pick);
    let gone = pick.follow(before);
    model.overlays.push(Overlay::Pick(pick));
    if gone && model.notice.is_none() {
        model.tell("the row that was selected is not listed any more: the one beside it is");
    }
}

fn fill(model: &Model, kind: BoardKind, pick: &mut Pick) {
    let Some(room) = &model.room else { return };
    let board = board(&room.incident, kind, model.now, model.zone());
    pick.title = board.title;
    board.empty.clone_into(&mut pick.empty);
    pick.notes = BTreeMap::new();
    pick.items = Vec::with_capacity(board.rows.len());
    for row in board.rows {
        pick.notes.insert(row.id.clone(), row.notes);
        let (id, label, detail, right) = (row.id, row.label, row.detail, row.right);
        pick.items.push(Item { id, label, detail, right, ..Item::default() });
    }
}

/// Enter on a row of a board, which stays below.
pub(super) fn enter(model: &mut Model, kind: BoardKind, id: &str, fx: &mut Vec<Effect>) {
    let seq = || id.parse().ok().map(Seq);
    match kind {
        BoardKind::Asks | BoardKind::Decisions | BoardKind::Hypotheses => {
            if let Some(seq) = seq() {
                selection::verdict(model, seq);
            }
        }
        BoardKind::Steps => {
            let step = id.parse().ok();
            let step = step.and_then(|n| model.room.as_ref()?.incident.checklist.numbered(n)).map(|s| s.at);
            if let Some(at) = step {
                steps(model, at);
            }
        }
        BoardKind::Scope => scope(model, id),
        BoardKind::Evidence => {
            let Some(Overlay::Pick(pick)) = model.overlays.last() else { return };
            let item = pick.items.iter().find(|i| i.id == id);
            let mut lines = vec![item.map(|i| i.detail.clone()).unwrap_or_default()];
            lines.extend(pick.notes.get(id).cloned().unwrap_or_default());
            let what = Read::Text(format!("Evidence #{id}"), lines);
            model.overlays.push(Overlay::Read(Reader { what, scroll: 0 }));
        }
        BoardKind::Iocs => indicator(model, id),
        BoardKind::Links => copy(model, id.to_owned(), "copied", fx),
    }
}

fn copy(model: &mut Model, text: String, said: &str, fx: &mut Vec<Effect>) {
    let ticket = model.ticket(Waiting::Quiet);
    fx.push(Effect::Copy(ticket, text));
    model.tell(said);
}

fn item(id: &str, label: &str, detail: &str) -> Item {
    Item { id: id.to_owned(), label: label.to_owned(), detail: detail.to_owned(), ..Item::default() }
}

fn push(model: &mut Model, purpose: PickFor, title: &str, items: Vec<Item>) {
    model.overlays.push(Overlay::Pick(Pick::new(purpose, title, items)));
}

/// What can be done with an ask as it stands.
pub(super) fn ask_items(incident: &Incident, target: Seq) -> Vec<Item> {
    let ask = incident.talk.asks.get(&target);
    let mut items = Vec::new();
    if ask.is_some_and(|a| a.acknowledged.is_none() && a.is_open()) {
        items.push(item("acknowledge", "acknowledge", "the person has it"));
    }
    items.push(item("answer", "answer", "what came of it"));
    if ask.is_some_and(crate::domain::incident::Ask::is_open) {
        items.push(item("extend", "more time", "from the end of the time box, or from now"));
        items.push(item("reassign", "somebody else", "who is asked from here on"));
    }
    items
}

/// Enter in the menu of an ask.
pub(super) fn ask(model: &mut Model, target: Seq, id: &str, fx: &mut Vec<Effect>) {
    match id {
        "acknowledge" => {
            let asks = model.room.as_ref().map(|r| &r.incident.talk.asks);
            let person = asks.and_then(|a| a.get(&target)).and_then(|a| a.person.clone());
            room::submit_one(model, Request::Acknowledge { target, person }, fx);
        }
        "extend" => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Extend(target), "5m"))),
        "reassign" => {
            choose::people(model, PickFor::AskPerson(target), ASKED);
        }
        _ => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Answer(target), ""))),
    }
}

/// What can be done with a step as it stands.
pub(super) fn steps(model: &mut Model, at: StepRef) {
    let Some(step) = model.room.as_ref().and_then(|r| r.incident.checklist.get(at)) else { return };
    let by = step.person.as_deref().unwrap_or("somebody");
    let mut items = Vec::new();
    let others =
        step.state == StepState::Doing && !step.person.as_deref().is_some_and(|now| same(now, &model.me));
    if others {
        items.push(item("done", "done", &format!("{by} did it")));
        items.push(item("take-over", "take over", &format!("{by} is at it: agree first")));
    } else if step.is_open() {
        if step.state != StepState::Doing {
            items.push(item("doing", "doing", "I am at it; others see that"));
        }
        items.push(item("done", "done", "it is done"));
    }
    if step.is_open() {
        items.push(item("assign", "assign", "whose it is"));
        items.push(item("due", "due", "by when it should be done"));
        items.push(item("block", "blocked", "it cannot be done now, with a reason"));
        items.push(item("skip", "skip", "leave it out, with a reason"));
    }
    if step.state != StepState::Todo {
        items.push(item("reopen", "to do again", "nobody is at it"));
    }
    let title = format!("Step {}: {}", step.number, step.text);
    push(model, PickFor::Step(at), &title, items);
}

/// Enter in the menu of a step.
pub(super) fn step(model: &mut Model, at: StepRef, id: &str, fx: &mut Vec<Effect>) {
    let change = match id {
        "doing" => StepMove::Doing,
        "take-over" => StepMove::TakeOver,
        "done" => StepMove::Tick,
        "reopen" => StepMove::Reopen,
        "assign" => return choose::people(model, PickFor::Assignee(at), ASSIGNEE),
        "due" => return model.overlays.push(Overlay::Ask(Ask::new(AskFor::StepDue(at), "15m"))),
        "block" => {
            return model.overlays.push(Overlay::Ask(Ask::new(AskFor::Step(at, StepMove::Block), "")));
        }
        _ => return model.overlays.push(Overlay::Ask(Ask::new(AskFor::Step(at, StepMove::Skip), ""))),
    };
    if let Some(room) = &mut model.room {
        holding::chosen(room, Pane::Runbook);
        room.step = Some(at);
    }
    let step = StepPick::Exactly(at);
    room::submit_one(model, Request::MoveStep { step, change, person: None, reason: String::new() }, fx);
}

/// Where an asset stands.
pub(super) fn scope(model: &mut Model, asset: &str) {
    let detail = |state: &ScopeState| match state {
        ScopeState::Suspected => "it may be touched",
        ScopeState::Affected => "it is touched",
        ScopeState::Clean => "it was looked at and is well",
        ScopeState::Fixed => "it was touched and is repaired",
    };
    let mut items: Vec<Item> =
        ScopeState::ALL.iter().map(|s| item(s.as_str(), s.as_str(), detail(s))).collect();
    items.push(item("none", "none", "it was named in error"));
    push(model, PickFor::Scope(asset.to_owned()), &format!("Where {asset} stands"), items);
}

/// Enter in the menu of an asset.
pub(super) fn set_scope(model: &mut Model, asset: String, id: &str, fx: &mut Vec<Effect>) {
    let assets = vec![asset];
    let request = match id.parse() {
        Ok(state) => Request::SetScope { assets, state },
        Err(_) => Keep::RemoveScope { assets }.into(),
    };
    room::submit_one(model, request, fx);
}

/// The classes of evidence, for the file that was named.
pub(super) fn evidence_class(model: &mut Model, path: String, entry: Option<Seq>) {
    let items = EVIDENCE_CLASSES.iter().map(|(name, what)| item(name, name, what)).collect();
    let mut pick = Pick::new(PickFor::EvidenceClass(path, entry), "Class of evidence, or your own", items);
    pick.free = true;
    model.overlays.push(Overlay::Pick(pick));
}

/// Keeps an indicator without touching the line that is being typed: those of the line, else of the selected entry,
/// are offered.
pub(super) fn quick_ioc(model: &mut Model) {
    let Some(room) = &model.room else { return };
    let typing = room.composer.open && !room.composer.editor.is_empty();
    let entry = if typing { None } else { room.current_entry() };
    iocs(model, entry);
}

/// The indicators of an entry, else of the line that is being typed.
pub(super) fn iocs(model: &mut Model, entry: Option<Seq>) {
    let Some(room) = &model.room else { return };
    let text = match entry {
        Some(seq) => room.incident.timeline.get(seq).map(|e| e.text.clone()).unwrap_or_default(),
        None => room.composer.editor.text().to_owned(),
    };
    let known = |value: &str| room.incident.record.iocs.iter().any(|i| i.value == value);
    let items: Vec<Item> = ioc::found_in(&text)
        .into_iter()
        .map(|(kind, value)| {
            let right = if known(&value) { "kept already".to_owned() } else { String::new() };
            Item {
                id: value.clone(),
                label: kind.to_string(),
                detail: ioc::defang(kind, &value),
                right,
                ..Item::default()
            }
        })
        .collect();
    let mut pick = Pick::new(PickFor::IocValue(entry), "Indicator: of the line, or typed", items);
    pick.free = true;
    "none is seen in the line: type one".clone_into(&mut pick.empty);
    model.overlays.push(Overlay::Pick(pick));
}

/// Whom the indicator may be told.
pub(super) fn ioc_colour(model: &mut Model, value: String, entry: Option<Seq>) {
    let title = {
        let live = ioc::refang(&value);
        let kind = ioc::detect(&live);
        format!("{kind} {}: who may be told", ioc::defang(kind, &live))
    };
    let mut pick = Pick::new(PickFor::IocColour(value, entry), &title, colours());
    pick.selected = Some(Tlp::Amber.to_string());
    model.overlays.push(Overlay::Pick(pick));
}

/// Enter on a colour.
pub(super) fn add_ioc(model: &mut Model, value: String, entry: Option<Seq>, id: &str, fx: &mut Vec<Effect>) {
    let new = NewIoc { value, tlp: id.parse().ok(), entry, ..NewIoc::default() };
    room::submit_one(model, Keep::AddIoc(new).into(), fx);
}

fn colours() -> Vec<Item> {
    let detail = |tlp: &Tlp| match tlp {
        Tlp::Clear => "everybody",
        Tlp::Green => "the community, not the public",
        Tlp::Amber => "the organisation and its clients who need it",
        Tlp::AmberStrict => "the organisation only",
        Tlp::Red => "the people in this room only",
    };
    Tlp::ALL.iter().map(|tlp| item(tlp.as_str(), tlp.as_str(), detail(tlp))).collect()
}

/// What can be done with an indicator.
pub(super) fn indicator(model: &mut Model, value: &str) {
    let record = model.room.as_ref().map(|r| &r.incident.record);
    let Some(ioc) = record.and_then(|r| r.iocs.iter().find(|i| i.value == value)) else { return };
    let title = format!("{} {}", ioc.kind, ioc.shown());
    let mut items =
        vec![item("copy", "copy", "defanged"), item("copy-live", "copy live", "for a block list")];
    items.extend(colours());
    let now = ioc.tlp.to_string();
    for colour in items.iter_mut().filter(|i| i.id == now) {
        "now".clone_into(&mut colour.right);
    }
    push(model, PickFor::Ioc(value.to_owned()), &title, items);
}

/// Enter in the menu of an indicator.
pub(super) fn ioc(model: &mut Model, value: String, id: &str, fx: &mut Vec<Effect>) {
    match id {
        "copy" => {
            let shown = ioc::defang(ioc::detect(&value), &value);
            copy(model, shown, "copied, defanged", fx);
        }
        "copy-live" => copy(model, value, "copied live: do not paste it where it becomes a link", fx),
        colour => add_ioc(model, value, None, colour, fx),
    }
}

#[cfg(test)]
mod tests;
