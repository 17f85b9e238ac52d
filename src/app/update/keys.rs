//! From a key to what it does: look it up where the screen stands, then run the action. It must not know what an
//! action does.

use super::super::action::{Action, Context};
use super::super::editor::{Edit, Editor, TooLong};
use super::super::effect::Effect;
use super::super::key::Key;
use super::super::layout::Pane;
use super::super::model::{Model, Overlay, Screen, Waiting};
use super::super::sheet;
use super::available::{Availability, available};
use super::{
    boards, choose, closing, completing, compose, declare, find, helping, jump, motion, room, selection,
    tables, wording,
};

/// A key was pressed.
pub(super) fn press(model: &mut Model, key: Key, fx: &mut Vec<Effect>) {
    model.notice = None;
    let leaving = std::mem::take(&mut model.leaving);
    let contexts = model.contexts();
    let found = model.keymap.lookup(contexts, key);
    if !matches!(found, Some((Action::AcceptMilestone | Action::CompleteBefore | Action::PickField, _))) {
        model.turn = None;
    }
    match found {
        Some((Action::Interrupt, _)) => interrupt(model, leaving, fx),
        Some((action, nth)) => {
            // Whoever goes about in the line, or sends it once more, has seen it.
            if let Some(room) = &mut model.room {
                room.composer.returned = None;
            }
            run(model, action, nth, fx);
        }
        None => {
            if let Some(action) = find::goes_through_text(model, key) {
                return motion::go(model, action, 0, fx);
            }
            if let Some(c) = key.typed() {
                if contexts.contains(&Context::Line) {
                    type_char(model, c, fx);
                } else if let Some(Overlay::Declare(_)) = model.overlays.last() {
                    declare::digit(model, c);
                }
            }
        }
    }
}

/// Runs an action, if it is possible now; says why not otherwise.
pub(super) fn run(model: &mut Model, action: Action, nth: u8, fx: &mut Vec<Effect>) {
    if let Availability::Blocked(reason) = available(model, action) {
        model.warn(reason);
        return;
    }
    match action {
        Action::Edit(edit) => edit_line(model, edit, fx),
        Action::Close | Action::Back => back(model, fx),
        Action::Leave => leave(model, fx),
        Action::Interrupt => interrupt(model, false, fx),
        Action::Keys => helping::keys_here(model),
        Action::Suspend => {
            let ticket = model.ticket(Waiting::Quiet);
            fx.push(Effect::Suspend(ticket));
        }
        Action::Redraw => {
            let ticket = model.ticket(Waiting::Quiet);
            fx.push(Effect::Redraw(ticket));
        }
        Action::Down
        | Action::Up
        | Action::Top
        | Action::Bottom
        | Action::HalfDown
        | Action::HalfUp
        | Action::PageDown
        | Action::PageUp
        | Action::PickDown
        | Action::PickUp
        | Action::PickPageDown
        | Action::PickPageUp
        | Action::PaneLeft
        | Action::PaneRight
        | Action::NextPane
        | Action::PrevPane
        | Action::GoToPane
        | Action::Zoom => motion::go(model, action, nth, fx),
        Action::PickField => match model.overlays.last_mut() {
            Some(Overlay::Declare(d)) => d.in_lists = !d.in_lists,
            Some(Overlay::Ask(_)) => completing::go(model, true, fx),
            Some(_) => motion::go(model, Action::PickDown, 0, fx),
            None => find::next_field(model),
        },
        Action::Accept => accept(model, fx),
        Action::Send => compose::send(model, fx),
        Action::AcceptMilestone => completing::tab(model, fx),
        Action::CompleteBefore => {
            if !wording::turn(model, false, fx) {
                completing::go(model, false, fx);
            }
        }
        Action::LineInEditor => compose::in_editor(model, fx),
        Action::Note => compose::open(model, "", false),
        Action::Scribe => compose::open(model, "", true),
        Action::Decision => compose::open(model, "! ", false),
        Action::Ask => compose::open(model, "+ ", false),
        Action::Hypothesis => compose::open(model, "? ", false),
        Action::Update => wording::open(model, crate::domain::audience::Audience::Internal, fx),
        Action::Command if model.room.is_some() && model.screen == Screen::Room => {
            model.overlays.clear();
            compose::open(model, ":", false);
        }
        Action::Command | Action::Palette => choose::palette(model),
        Action::Open => selection::open_selected(model, fx),
        Action::Tick
        | Action::CrossOut
        | Action::Amend
        | Action::AmendInEditor
        | Action::Star
        | Action::Verdict
        | Action::Copy => selection::act(model, action, fx),
        Action::Severity
        | Action::Phase
        | Action::Milestone
        | Action::Role
        | Action::Runbook
        | Action::Evidence
        | Action::Story
        | Action::Clocks
        | Action::Target
        | Action::Reopen => choose::state(model, action, fx),
        Action::Brief
        | Action::Stories
        | Action::CopyBrief
        | Action::People
        | Action::Call
        | Action::Roster
        | Action::Duties
        | Action::FindNext
        | Action::FindBefore
        | Action::Filter
        | Action::Zone
        | Action::SystemLines
        | Action::StruckLines
        | Action::RunbookBefore
        | Action::RunbookAfter
        | Action::DismissAlarm
        | Action::Undo => room::look(model, action, fx),
        Action::DrillScore => super::briefing::drill(model),
        Action::Board(kind) => tables::open(model, kind),
        Action::QuickIoc => tables::quick_ioc(model),
        Action::NextOpen => jump::next(model, fx),
        Action::Find => find::open(model, fx),
        Action::StoriesBoard
        | Action::RunbooksBoard
        | Action::UpdatesBoard
        | Action::PatternsBoard
        | Action::BoardFilter
        | Action::BoardAttach
        | Action::StoryStart
        | Action::StoryShip
        | Action::StoryVerify
        | Action::StoryDrop
        | Action::StoryReopen
        | Action::StoryPostmortem => boards::act(model, action, fx),
        Action::Declare => declare::open(model, ""),
        Action::HomeScreen => room::go_home(model, fx),
        Action::CloseOut | Action::Publish | Action::ClosingDone | Action::ClosingNotApplicable => {
            closing::act(model, action, fx);
        }
    }
}

/// Enter in an overlay or on the find screen.
fn accept(model: &mut Model, fx: &mut Vec<Effect>) {
    match model.overlays.last() {
        Some(Overlay::Pick(_)) => choose::accept(model, fx),
        Some(Overlay::Ask(_)) => super::lines::accept(model, fx),
        Some(Overlay::Declare(_)) => declare::accept(model, fx),
        Some(Overlay::Confirm(_)) => {
            if let Some(Overlay::Confirm(confirm)) = model.overlays.pop() {
                room::submit(model, confirm.asked, fx);
            }
        }
        Some(Overlay::Read(_) | Overlay::Closing(_)) => selection::open_selected(model, fx),
        None => find::accept(model, fx),
    }
}

/// Text that came at once: a paste, or characters too fast to be keys.
pub(super) fn paste(model: &mut Model, text: &str, fx: &mut Vec<Effect>) {
    model.notice = None;
    if !model.contexts().contains(&Context::Line) {
        // In normal mode it becomes a draft: none of its letters acts.
        if model.screen == Screen::Room && model.room.is_some() {
            compose::open(model, "", false);
        } else if !matches!(model.overlays.last(), Some(Overlay::Declare(_))) {
            declare::open(model, "");
        }
    }
    set_aside(model);
    let now = model.now;
    let taken = match line(model) {
        Some(editor) => editor.paste(text),
        None => match &mut model.room {
            Some(room) => room.composer.editor.paste(text),
            None => return,
        },
    };
    if let Some(room) = &mut model.room
        && room.composer.open
        && room.composer.fixed_at.is_none()
    {
        room.composer.fixed_at = Some(now);
    }
    match taken {
        Ok(()) => edited(model, fx),
        Err(TooLong { bytes }) => {
            model.warn(format!("{bytes} bytes do not fit into a line: kept in a file"));
            let ticket = model.ticket(Waiting::Quiet);
            fx.push(Effect::KeepText(ticket, text.to_owned()));
        }
    }
}

/// A line that came back unstored makes room for what is typed on: the next line would be glued to it, and take its time.
fn set_aside(model: &mut Model) {
    let zone = model.zone();
    if !model.overlays.is_empty() || model.screen != Screen::Room {
        return;
    }
    let Some(room) = &mut model.room else { return };
    let composer = &mut room.composer;
    let Some(line) = composer.returned.take().filter(|line| composer.editor.text() == line.typed) else {
        return;
    };
    composer.editor.set_text("");
    (composer.fixed_at, composer.problem) = (None, None);
    room.pending.push(*line);
    room.relist(zone);
    model.warn("the line before is not stored and marked so: Enter on it brings it back");
}

fn type_char(model: &mut Model, c: char, fx: &mut Vec<Effect>) {
    set_aside(model);
    let now = model.now;
    if model.overlays.is_empty()
        && model.screen == Screen::Room
        && let Some(room) = &mut model.room
        && room.composer.editor.is_empty()
        && (room.composer.scribe || room.composer.fixed_at.is_none())
    {
        // In scribe mode the time of a line is that of its first character.
        room.composer.fixed_at = Some(now);
    }
    let Some(editor) = line(model) else { return };
    match editor.type_char(c) {
        Ok(()) => edited(model, fx),
        Err(too_long) => model.warn(too_long.to_string()),
    }
}

fn edit_line(model: &mut Model, edit: Edit, fx: &mut Vec<Effect>) {
    // Among the facets, which stand beside one another, the arrows go from one to the next.
    if model.screen == Screen::Find
        && model.overlays.is_empty()
        && model.find.focus == Pane::Facets
        && matches!(edit, Edit::Left | Edit::Right)
    {
        let action = if edit == Edit::Left { Action::PickUp } else { Action::PickDown };
        return motion::go(model, action, 0, fx);
    }
    if in_sheet(model, edit) {
        return;
    }
    if let Some(editor) = line(model) {
        editor.edit(edit);
    }
    edited(model, fx);
}

/// Up, down and the page keys go from row to row while the line is shown in rows; past the first and the last one
/// they recall lines as ever. Says whether the cursor went.
fn in_sheet(model: &mut Model, edit: Edit) -> bool {
    if !model.overlays.is_empty() || model.screen != Screen::Room {
        return false;
    }
    let layout = model.layout();
    let Some(room) = &mut model.room else { return false };
    let Some(sheet) = sheet::of(room, &layout) else { return false };
    let page = isize::try_from(sheet.page()).unwrap_or(1).max(2);
    let by = match edit {
        Edit::Older => -1,
        Edit::Newer => 1,
        Edit::PageBack => -page,
        Edit::PageOn => page,
        _ => return false,
    };
    let editor = &mut room.composer.editor;
    let Some(to) = sheet.moved(editor.text(), by) else { return false };
    editor.go_to(to);
    true
}

/// The line that has the keys.
pub(super) fn line(model: &mut Model) -> Option<&mut Editor> {
    match model.overlays.last_mut() {
        Some(Overlay::Pick(pick)) => return Some(&mut pick.editor),
        Some(Overlay::Ask(ask)) => return Some(&mut ask.editor),
        Some(Overlay::Declare(declare)) => return Some(&mut declare.editor),
        Some(_) => return None,
        None => {}
    }
    match model.screen {
        Screen::Find => Some(&mut model.find.editor),
        Screen::Room => model.room.as_mut().filter(|r| r.composer.open).map(|r| &mut r.composer.editor),
        Screen::Home | Screen::Board => None,
    }
}

/// A line has another text: what was said about the old one is gone, and what depends on it is asked for.
pub(super) fn edited(model: &mut Model, fx: &mut Vec<Effect>) {
    match model.overlays.last_mut() {
        Some(Overlay::Pick(pick)) => pick.selected = None,
        Some(Overlay::Ask(ask)) => ask.problem = None,
        Some(Overlay::Declare(_)) => declare::edited(model, fx),
        Some(_) => {}
        None if model.screen == Screen::Find => find::edited(model, fx),
        None => {
            if let Some(room) = &mut model.room {
                room.composer.problem = None;
            }
            completing::want(model, fx);
        }
    }
}

/// One level back: overlay, composer, zoom, selection, filter, alarm. Never out of the program.
pub(super) fn back(model: &mut Model, fx: &mut Vec<Effect>) {
    if let Some(Overlay::Declare(declare)) = model.overlays.last_mut()
        && declare.in_lists
    {
        declare.in_lists = false;
        return;
    }
    if let Some(overlay) = model.overlays.pop() {
        if matches!(&overlay, Overlay::Ask(a) if a.purpose == super::super::model::AskFor::Identity) {
            model.overlays.push(overlay);
            model.warn("say who you are: a handle such as alice");
        }
        return;
    }
    match model.screen {
        Screen::Find => find::back(model, fx),
        Screen::Room => room::back(model),
        Screen::Board => boards::back(model, fx),
        Screen::Home => {}
    }
}

fn leave(model: &mut Model, fx: &mut Vec<Effect>) {
    if model.overlays.pop().is_some() {
        return;
    }
    match model.screen {
        Screen::Find => find::leave(model),
        Screen::Room => room::go_home(model, fx),
        Screen::Board => boards::leave(model, fx),
        Screen::Home => fx.push(Effect::Quit),
    }
}

/// Ctrl-c: as Esc; in normal mode, the second one in a row leaves.
fn interrupt(model: &mut Model, leaving: bool, fx: &mut Vec<Effect>) {
    let normal = model.overlays.is_empty()
        && match model.screen {
            Screen::Home | Screen::Board => true,
            Screen::Room => !model.room.as_ref().is_some_and(|r| r.composer.open),
            Screen::Find => false,
        };
    let identity = matches!(model.overlays.last(), Some(Overlay::Ask(a)) if a.purpose == super::super::model::AskFor::Identity);
    if (normal || identity) && leaving {
        fx.push(Effect::Quit);
    } else if normal || identity {
        model.leaving = true;
        model.tell("Ctrl-c once more leaves");
    } else {
        back(model, fx);
    }
}
