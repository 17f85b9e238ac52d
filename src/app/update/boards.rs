//! The boards: opened from anywhere, read away from the screen, one reading at a time; what is stored from them goes
//! through an overlay with the words that it needs.

use super::super::action::Action;
use super::super::editor::Editor;
use super::super::effect::{Effect, Ticket};
use super::super::layout::Pane;
use super::super::model::{
    Ask, AskFor, Board, BoardData, BoardKind, Model, Overlay, Read, Reader, Screen, Waiting,
};
use super::super::msg::Trouble;
use super::room;
use crate::domain::event::Recorded;
use crate::domain::ids::{IncidentId, StoryId};
use crate::domain::request::{Asked, NewStory, Request};
use crate::domain::stories::Filter;
use crate::domain::words::StoryState;

/// Opens a board.
pub(super) fn open(model: &mut Model, kind: BoardKind, fx: &mut Vec<Effect>) {
    model.overlays.clear();
    if let Some(room) = &mut model.room {
        room.composer.open = false;
    }
    let day = model.now.date_naive();
    // What was read before is shown until the new reading is there.
    if model.board.as_ref().is_none_or(|b| b.kind() != kind) {
        model.board = Some(Board::new(kind, day));
    }
    model.screen = Screen::Board;
    read(model, fx);
}

/// Has the board read, or read again when a reading is under way.
pub(super) fn read(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(board) = &mut model.board else { return };
    if board.asked.is_some() {
        board.stale = true;
        return;
    }
    board.stale = false;
    let kind = board.kind();
    let query = if kind == BoardKind::Patterns { board.filter.clone() } else { String::new() };
    let ticket = model.ticket(Waiting::Board(kind));
    if let Some(board) = &mut model.board {
        board.asked = Some(ticket);
    }
    fx.push(Effect::LoadBoard(ticket, kind, query));
}

/// What was read; it may be for a board that is no longer shown.
pub(super) fn filled(model: &mut Model, ticket: Ticket, data: BoardData, fx: &mut Vec<Effect>) {
    let rules = model.policy.story_rules;
    let day = model.now.date_naive();
    let Some(board) = model.board.as_mut().filter(|b| b.asked == Some(ticket)) else { return };
    board.asked = None;
    board.day = day;
    let (gone, stale) = (board.fill(data, rules), board.stale);
    tell_gone(model, gone);
    if stale {
        read(model, fx);
    }
}

/// Says that the selected row is not listed any more, and which one is selected instead.
fn tell_gone(model: &mut Model, gone: Option<String>) {
    let Some(gone) = gone.filter(|_| model.screen == Screen::Board) else { return };
    let next = model.board.as_ref().and_then(|b| b.selected.as_ref());
    let next = next.map(|id| format!("; {id} is selected")).unwrap_or_default();
    model.tell(format!("{gone} is not listed any more{next}"));
}

/// The reading failed.
pub(super) fn not_read(model: &mut Model, ticket: Ticket) {
    if let Some(board) = model.board.as_mut().filter(|b| b.asked == Some(ticket)) {
        board.asked = None;
        board.loaded = true;
    }
}

/// A second went by: on a new day other stories are overdue.
pub(super) fn tick(model: &mut Model) {
    let (day, rules) = (model.now.date_naive(), model.policy.story_rules);
    if let Some(board) = model.board.as_mut().filter(|b| b.day != day) {
        board.day = day;
        let gone = board.fill(board.data.clone(), rules);
        tell_gone(model, gone);
    }
}

/// Back into the room. Scribe mode has the keys again: whoever is scribe types on, and none of the letters may act.
pub(super) fn to_room(model: &mut Model) {
    model.screen = Screen::Room;
    if let Some(room) = &mut model.room {
        room.composer.open |= room.composer.scribe;
    }
}

/// Back to the room that one came from, else to the home screen.
pub(super) fn leave(model: &mut Model, fx: &mut Vec<Effect>) {
    if model.room.is_some() {
        to_room(model);
    } else {
        room::go_home(model, fx);
    }
}

/// Esc: out of the preview, out of the filter, out of the board.
pub(super) fn back(model: &mut Model, fx: &mut Vec<Effect>) {
    let rules = model.policy.story_rules;
    let Some(board) = &mut model.board else { return leave(model, fx) };
    if board.focus == Pane::Preview {
        board.focus = Pane::Board;
    } else if board.filter.is_empty() {
        leave(model, fx);
    } else if board.kind() == BoardKind::Patterns {
        ask_for(model, "", fx);
    } else {
        board.filter.clear();
        board.list(rules);
        board.follow(0);
    }
}

/// What a key does on a board. `available` has looked before.
pub(super) fn act(model: &mut Model, action: Action, fx: &mut Vec<Effect>) {
    match action {
        Action::StoriesBoard => open(model, BoardKind::Stories, fx),
        Action::RunbooksBoard => open(model, BoardKind::Runbooks, fx),
        Action::UpdatesBoard => open(model, BoardKind::Updates, fx),
        Action::PatternsBoard => open(model, BoardKind::Patterns, fx),
        Action::BoardFilter => {
            let text = model.board.as_ref().map(|b| b.filter.clone()).unwrap_or_default();
            model.overlays.push(Overlay::Ask(Ask::new(AskFor::BoardFilter, &text)));
        }
        Action::BoardAttach => attach(model, fx),
        Action::StoryPostmortem => {
            let story = model.board.as_ref().and_then(Board::story).map(|s| s.incident);
            if let Some(incident) = story {
                let ticket = model.ticket(Waiting::Document(incident));
                fx.push(Effect::ReadPostmortemOf(ticket, incident));
            }
        }
        _ => {
            let Some(story) = model.board.as_ref().and_then(Board::story) else { return };
            let id = story.id;
            let (purpose, text) = match action {
                Action::StoryStart => {
                    (AskFor::StoryStart(id), story.owner.clone().unwrap_or_else(|| model.me.clone()))
                }
                Action::StoryShip => (AskFor::StoryShip(id), story.link.clone()),
                Action::StoryVerify => (AskFor::StoryVerify(id), story.proof.clone()),
                Action::StoryDrop => (AskFor::StoryDrop(id), String::new()),
                _ => (AskFor::StoryReopen(id), String::new()),
            };
            model.overlays.push(Overlay::Ask(Ask::new(purpose, &text)));
        }
    }
}

/// Enter on a row: the incident of a story or an update, the whole text of a runbook.
pub(super) fn enter(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(board) = &model.board else { return };
    if let Some(query) = board.pattern().map(|line| line.query.clone()) {
        super::find::open(model, fx);
        model.find.from_room = model.room.is_some();
        model.find.editor = Editor::with_text(&query);
        return super::find::edited(model, fx);
    }
    let incident = board.story().map(|s| s.incident).or_else(|| board.update().map(|u| u.incident));
    if let Some(incident) = incident {
        if model.room.as_ref().is_some_and(|r| r.incident.id == incident) {
            return to_room(model);
        }
        let ticket = model.ticket(Waiting::Open);
        fx.push(Effect::OpenNamed(ticket, incident));
    } else if let Some(card) = board.runbook() {
        let name = card.name.clone();
        let ticket = model.ticket(Waiting::RunbookText(card.title.clone()));
        fx.push(Effect::ReadRunbook(ticket, name));
    }
}

fn attach(model: &mut Model, fx: &mut Vec<Effect>) {
    let name = model.board.as_ref().and_then(Board::runbook).map(|c| c.name.clone());
    let id = model.room.as_ref().map(|r| r.incident.id);
    if let (Some(name), Some(id)) = (name, id) {
        model.tell(format!("{name} is attached to {id}"));
        room::attach_runbook(model, name, fx);
    }
}

/// Has what recurs read for another query. It is the one of `warroom patterns`, which the index answers: rows that were
/// counted over everything cannot tell what is in it.
fn ask_for(model: &mut Model, query: &str, fx: &mut Vec<Effect>) {
    let Some(board) = &mut model.board else { return };
    board.ask_for(query);
    if !board.loaded && board.asked.is_none() {
        read(model, fx);
    }
}

/// The filter was typed.
///
/// # Errors
/// What of it is not understood.
pub(super) fn filter(model: &mut Model, text: &str, fx: &mut Vec<Effect>) -> Result<(), String> {
    let rules = model.policy.story_rules;
    let Some(board) = &mut model.board else { return Ok(()) };
    match board.kind() {
        BoardKind::Stories => _ = Filter::parse(text)?,
        BoardKind::Patterns => {
            ask_for(model, text, fx);
            return Ok(());
        }
        BoardKind::Runbooks | BoardKind::Updates => {}
    }
    text.clone_into(&mut board.filter);
    board.list(rules);
    // Whoever narrows the list goes to the first of what is left.
    board.follow(0);
    Ok(())
}

/// Opens the board of a verb, narrowed to the words behind it.
pub(super) fn named(model: &mut Model, name: &str, words: &str, fx: &mut Vec<Effect>) {
    let board = match name {
        "runbooks" => Action::RunbooksBoard,
        "updates" => Action::UpdatesBoard,
        "patterns" => Action::PatternsBoard,
        _ => Action::StoriesBoard,
    };
    if board == Action::PatternsBoard {
        // It is read for these words at once, and not for all first.
        let (kind, day) = (BoardKind::Patterns, model.now.date_naive());
        let mut patterns =
            model.board.take().filter(|b| b.kind() == kind).unwrap_or_else(|| Board::new(kind, day));
        patterns.ask_for(words);
        model.board = Some(patterns);
    }
    super::keys::run(model, board, 0, fx);
    if let Err(why) = filter(model, words, fx) {
        model.warn(why);
    }
}

/// What a line of a story's overlay asks for; `None` when it is none of them.
#[must_use]
pub(super) fn requests(model: &Model, purpose: &AskFor, text: &str) -> Option<(StoryId, Vec<Asked>)> {
    let text = text.trim();
    let (id, requests) = match purpose {
        AskFor::StoryStart(id) => {
            let owner = text.trim_start_matches('@').to_owned();
            let now = model.board.as_ref().and_then(|b| b.story_named(*id)).and_then(|s| s.owner.clone());
            let mut all = Vec::new();
            if !owner.is_empty() && now.as_deref() != Some(owner.as_str()) {
                let change = NewStory { owner: Some(owner), ..NewStory::default() };
                all.push(Request::ChangeStory { number: id.number, change });
            }
            all.push(Request::StartStory { number: id.number });
            (*id, all)
        }
        AskFor::StoryShip(id) => {
            let is_link = !text.contains(char::is_whitespace) && (text.contains('/') || text.contains('#'));
            let (link, reason) =
                if is_link { (text.to_owned(), String::new()) } else { (String::new(), text.to_owned()) };
            (*id, vec![Request::ShipStory { number: id.number, link, reason }])
        }
        AskFor::StoryVerify(id) => {
            (*id, vec![Request::VerifyStory { number: id.number, proof: text.to_owned() }])
        }
        AskFor::StoryDrop(id) => {
            (*id, vec![Request::DropStory { number: id.number, reason: text.to_owned() }])
        }
        AskFor::StoryReopen(id) => {
            (*id, vec![Request::ReopenStory { number: id.number, reason: text.to_owned() }])
        }
        _ => return None,
    };
    Some((id, requests.into_iter().map(Asked::from).collect()))
}

/// Hands over what a board stores.
pub(super) fn submit(
    model: &mut Model,
    incident: IncidentId,
    purpose: AskFor,
    typed: &str,
    asked: Vec<Asked>,
    fx: &mut Vec<Effect>,
) {
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::BoardSubmit(incident, Box::new(purpose), typed.to_owned()));
    fx.push(Effect::SubmitNamed { ticket, incident, by, asked });
}

/// It was stored: the board is read again, and the room hears of it when it is the open one.
pub(super) fn stored(model: &mut Model, incident: IncidentId, events: &[Recorded], fx: &mut Vec<Effect>) {
    if let Some(log) = model.room.as_ref().filter(|r| r.incident.id == incident).map(|r| r.incident.log) {
        room::refreshed(model, log, events);
    }
    model.tell("stored");
    if model.screen == Screen::Board {
        read(model, fx);
    }
}

/// It was refused: the line comes back with the reason.
pub(super) fn refused(model: &mut Model, purpose: AskFor, typed: &str, trouble: &Trouble) {
    let mut ask = Ask::new(purpose, typed);
    ask.problem = Some(super::answers::words(trouble));
    model.overlays.push(Overlay::Ask(ask));
}

/// A text to read over the board.
pub(super) fn show(model: &mut Model, title: String, lines: Vec<String>) {
    model.overlays.push(Overlay::Read(Reader { what: Read::Text(title, lines), scroll: 0 }));
}

/// Why an action of the boards is not possible now.
#[must_use]
pub(super) fn blocked(model: &Model, action: Action) -> Option<&'static str> {
    let board = model.board.as_ref().filter(|_| model.screen == Screen::Board);
    let story = board.and_then(Board::story);
    let state = story.map(|s| s.state);
    match action {
        Action::BoardFilter if board.is_none() => Some("open a board first: stories, runbooks, updates"),
        Action::BoardAttach => match board.and_then(Board::runbook) {
            None => Some("open the runbooks first and select one"),
            Some(_) if model.room.is_none() => {
                Some("open an incident first: a runbook is attached to its room")
            }
            Some(card) => {
                let attached =
                    |r: &super::super::model::Room| r.incident.checklist.named(&card.name).is_some();
                model.room.as_ref().filter(|r| attached(r)).map(|_| "attached already")
            }
        },
        Action::StoryStart
        | Action::StoryShip
        | Action::StoryVerify
        | Action::StoryDrop
        | Action::StoryReopen
        | Action::StoryPostmortem => match (action, state) {
            (_, None) => Some("open the stories first and select one"),
            (Action::StoryStart, Some(StoryState::Filed)) => None,
            (Action::StoryStart, Some(_)) => Some("it was started already"),
            (Action::StoryShip, Some(StoryState::Filed | StoryState::Started)) => None,
            (Action::StoryShip, Some(_)) => Some("it was shipped or dropped already"),
            (Action::StoryVerify, Some(StoryState::Shipped)) => None,
            (Action::StoryVerify, Some(StoryState::Verified)) => Some("it is verified already"),
            (Action::StoryVerify, Some(_)) => Some("it has not shipped: s ships it"),
            (Action::StoryDrop, Some(StoryState::Verified | StoryState::Dropped)) => {
                Some("it is verified or dropped already")
            }
            (Action::StoryReopen, Some(StoryState::Verified)) => Some("it is verified: file another one"),
            (Action::StoryReopen, Some(StoryState::Filed | StoryState::Started)) => Some("it is open"),
            (_, Some(_)) => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
