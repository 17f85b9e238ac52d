//! A form that was being filled in when a program ended is opened again, below what is open already. It must not take
//! anything for its person: Enter is theirs.

use super::super::editor::Editor;
use super::super::effect::Effect;
use super::super::model::{Form, FormKind, Model, Overlay, PickFor};
use super::{choose, selection, tables};

/// Opens it. A list is filled from what is there now; where there is nothing to choose any more, the words are told.
pub(super) fn resume(model: &mut Model, form: &Form, fx: &mut Vec<Effect>) {
    let opened = match &form.kind {
        FormKind::Pick(purpose) => list(model, purpose, &form.text, fx),
        _ => form.resume(),
    };
    match opened {
        Some(overlay) => model.overlays.insert(0, overlay),
        None => model.warn(format!("what you had typed to choose by fits nothing any more: {}", form.text)),
    }
}

/// The list for a purpose, with what was typed in it; every list is opened by its own opener and taken from the top.
fn list(model: &mut Model, purpose: &PickFor, text: &str, fx: &mut Vec<Effect>) -> Option<Overlay> {
    let above = std::mem::take(&mut model.overlays);
    open(model, purpose.clone(), fx);
    let opened = model.overlays.pop();
    model.overlays = above;
    match opened {
        Some(Overlay::Pick(mut pick)) if pick.purpose == *purpose => {
            pick.editor = Editor::with_text(text);
            // What is typed chooses, as it did.
            if !text.is_empty() {
                pick.selected = None;
            }
            Some(Overlay::Pick(pick))
        }
        _ => None,
    }
}

fn open(model: &mut Model, purpose: PickFor, fx: &mut Vec<Effect>) {
    match purpose {
        PickFor::Palette => choose::palette(model),
        PickFor::Severity => choose::severity(model),
        PickFor::Phase => choose::phase(model),
        PickFor::Milestone => choose::milestone(model),
        PickFor::Role => choose::roles(model),
        PickFor::Person(role) => choose::person(model, &role),
        PickFor::Runbook => choose::runbooks(model, fx),
        PickFor::Clock => choose::clock::clocks(model),
        PickFor::Target => choose::clock::targets(model),
        PickFor::Same(incident) => selection::same_as(model, &incident),
        PickFor::Verdict(seq) | PickFor::Hypothesis(seq) | PickFor::Ask(seq) | PickFor::Update(seq) => {
            selection::verdict(model, seq);
        }
        PickFor::Board(kind) => tables::open(model, kind),
        PickFor::Step(at) => tables::steps(model, at),
        PickFor::Assignee(_) => choose::people(model, purpose, tables::ASSIGNEE),
        PickFor::AskPerson(_) => choose::people(model, purpose, tables::ASKED),
        PickFor::Scope(asset) => tables::scope(model, &asset),
        PickFor::EvidenceClass(path, entry) => tables::evidence_class(model, path, entry),
        PickFor::IocValue(entry) => tables::iocs(model, entry),
        PickFor::IocColour(value, entry) => tables::ioc_colour(model, value, entry),
        PickFor::Ioc(value) => tables::indicator(model, &value),
    }
}
