//! What came of an effect. An answer to a ticket that nobody awaits any more changes nothing.

use super::super::action::Action;
use super::super::effect::{Effect, Ticket};
use super::super::model::{Ask, AskFor, Item, Model, Overlay, PendingState, PickFor, Room, Screen, Waiting};
use super::super::msg::{Answer, Suggestions, Trouble};
use super::{amending, boards, closing, declare, find, room, wording};
use crate::app::model::{Composer, Draft, Pending, Purpose};
use crate::domain::ids::LogId;
use crate::domain::incident::{Entry, Incident};
use crate::domain::quick_entry;
use crate::domain::request::Request;
use crate::domain::words::EntryKind;

/// Takes an answer.
pub(super) fn answer(model: &mut Model, ticket: Ticket, answer: Answer, fx: &mut Vec<Effect>) {
    let Some(waiting) = model.waiting.remove(&ticket) else { return };
    if matches!(answer, Answer::Stored(_)) {
        closing::stored(model);
    }
    match (waiting, answer) {
        (Waiting::Submit(log), Answer::Stored(events)) => room::stored(model, log, ticket, &events),
        (Waiting::Submit(log), Answer::Refused(t)) => not_taken(model, log, ticket, &t, Why::Refused),
        (Waiting::Submit(log), Answer::NotStored(t) | Answer::Failed(t)) => {
            not_taken(model, log, ticket, &t, Why::NotStored);
        }
        (Waiting::SubmitTyped(log, _), Answer::Stored(events)) => room::stored(model, log, ticket, &events),
        (Waiting::SubmitTyped(_, typed), Answer::Refused(t) | Answer::NotStored(t) | Answer::Failed(t)) => {
            bring_back(model, &typed, Purpose::Entry, &t);
        }
        (Waiting::Run(log), Answer::Stored(events)) => room::stored(model, log, ticket, &events),
        (Waiting::Form(log, ..), Answer::Stored(events)) => room::stored(model, log, ticket, &events),
        (Waiting::Form(_, form, typed), Answer::Refused(t) | Answer::NotStored(t) | Answer::Failed(t)) => {
            form_back(model, *form, &typed, &t);
        }
        (Waiting::Amend(log, ..), Answer::Stored(events)) => room::stored(model, log, ticket, &events),
        (Waiting::Amend(log, seq, typed), Answer::Refused(t) | Answer::NotStored(t) | Answer::Failed(t)) => {
            let entry = model.room.as_ref().filter(|r| r.incident.log == log);
            let entry = entry.and_then(|r| r.incident.timeline.get(seq));
            // What the refusal tells is seen now: Enter on it is meant. Yet another form is refused once more.
            let seen = |e: &Entry| t.stale.unwrap_or_else(|| e.revision());
            let purpose = entry.map_or(Purpose::Entry, |e| Purpose::Amend(seq, seen(e)));
            let hint = if t.stale.is_some() { amending::WRITES_OVER } else { &t.hint };
            bring_back(model, &typed, purpose, &Trouble::new(&t.message, hint));
        }
        (Waiting::Board(_), Answer::Board(data)) => boards::filled(model, ticket, data, fx),
        (Waiting::Board(_), other) => {
            boards::not_read(model, ticket);
            trouble(model, other);
        }
        (Waiting::BoardSubmit(incident, ..), Answer::Stored(events)) => {
            boards::stored(model, incident, &events, fx);
        }
        (
            Waiting::BoardSubmit(_, purpose, typed),
            Answer::Refused(t) | Answer::NotStored(t) | Answer::Failed(t),
        ) => boards::refused(model, *purpose, &typed, &t),
        (Waiting::Document(incident), Answer::Text(text)) => {
            boards::show(model, format!("Postmortem of {incident}"), text.lines);
        }
        (Waiting::RunbookText(title), Answer::Text(text)) => boards::show(model, title, text.lines),
        (Waiting::Evidence(log, _), Answer::Stored(events)) => {
            room::stored(model, log, ticket, &events);
            room::evidence_added(model, &events);
        }
        (Waiting::Evidence(_, typed), Answer::Refused(t) | Answer::NotStored(t) | Answer::Failed(t)) => {
            bring_back(model, &typed, Purpose::Entry, &t);
        }
        (Waiting::Home, Answer::Home(list)) => model.home.fill(list),
        (Waiting::Preview, Answer::Preview(incident)) => model.home.preview = Some(incident),
        // It is a help, not a duty: its row says the same in short.
        (Waiting::Preview, _) => model.home.preview = None,
        (Waiting::Open, Answer::Opened(incident, draft)) => enter(model, *incident, draft.as_ref()),
        (Waiting::Open, Answer::Declared(incident)) => {
            model.overlays.retain(|o| !matches!(o, Overlay::Declare(_)));
            enter(model, *incident, None);
        }
        (Waiting::Open, Answer::Failed(t) | Answer::Refused(t) | Answer::NotStored(t)) => {
            let mut told = false;
            for overlay in &mut model.overlays {
                if let Overlay::Declare(d) = overlay
                    && d.sent == Some(ticket)
                {
                    d.sent = None;
                    d.problem = Some(words(&t));
                    told = true;
                }
            }
            if !told {
                model.warn(words(&t));
            }
        }
        (Waiting::Suggest, Answer::Suggested(found)) => declare::suggested(model, found, fx),
        (Waiting::Suggest, Answer::Failed(t) | Answer::Refused(t) | Answer::NotStored(t)) => {
            let failed = Some(words(&t));
            declare::suggested(model, Suggestions { failed, ..Suggestions::default() }, fx);
        }
        (Waiting::Suggest, _) => declare::suggested(model, Suggestions::default(), fx),
        (Waiting::Similar, Answer::Similar(hits)) => room::similar(model, hits),
        // The alarm is a help, not a duty: without an index the room goes on.
        (Waiting::Similar, _) => {}
        (Waiting::Head(log), Answer::Held(held)) => room::held(model, log, held),
        // A repository that cannot be read now changes nothing about what others hold; the alarm says what is wrong
        // with it, and it is asked again.
        (Waiting::Head(_), _) => {}
        (Waiting::Find, Answer::Found(hits, facets, notes)) => {
            if model.find.asked == Some(ticket) {
                model.find.notes = notes;
                find::found(model, hits, facets, fx);
            }
        }
        (Waiting::Find, other) => {
            model.find.asked = None;
            trouble(model, other);
        }
        (Waiting::Text, Answer::Text(text)) => find::read(model, text, fx),
        (Waiting::Runbooks, Answer::Runbooks(choices)) => fill_runbooks(model, choices),
        (Waiting::Library, Answer::Runbooks(choices)) => {
            if let Some(room) = &mut model.room {
                room.library = choices;
            }
        }
        // A completion is a help, not a duty.
        (Waiting::Library, _) => {}
        (Waiting::Edit(seq, seen), Answer::Edited(text)) => {
            // Should it come back, it comes back as a line of the composer, which has a grammar; a file has none.
            let typed = quick_entry::to_amend(&text);
            let request = Request::Amend { target: seq, text: Some(text), at: None, seen: Some(seen) };
            room::submit_amendment(model, seq, request, &typed, fx);
        }
        (Waiting::EditLine, Answer::Edited(text)) => {
            if let Some(room) = &mut model.room {
                room.composer.editor.set_text(&text);
                room.composer.open = true;
            }
        }
        (Waiting::Wording(line), Answer::Worded(text, problem)) => {
            wording::worded(model, &line, &text, problem);
        }
        (Waiting::Edit(..) | Waiting::EditLine, Answer::Unchanged) => model.tell("nothing changed"),
        (Waiting::Closing(step), Answer::Closing(answer)) => closing::done(model, &step, &answer),
        (Waiting::Closing(_), Answer::Failed(t) | Answer::Refused(t) | Answer::NotStored(t)) => {
            closing::refused(model, words(&t));
        }
        (Waiting::Closing(_), other) => {
            for overlay in &mut model.overlays {
                if let Overlay::Closing(path) = overlay {
                    path.busy = None;
                }
            }
            trouble(model, other);
        }
        (Waiting::Elsewhere(_), Answer::Kept(path)) => model.tell(format!("saved in {path}")),
        (Waiting::Elsewhere(typed), Answer::Refused(t) | Answer::NotStored(t) | Answer::Failed(t)) => {
            bring_back(model, &typed, Purpose::Entry, &t);
        }
        (_, Answer::Kept(path)) => {
            let evidence = model.keymap.press(Action::Evidence);
            model.tell(format!("the text is kept in {path}: {evidence} adds a file as evidence"));
        }
        (_, other) => trouble(model, other),
    }
}

/// A failure in a line: what is wrong, then what to do.
pub(super) fn words(t: &Trouble) -> String {
    if t.hint.is_empty() { t.message.clone() } else { format!("{}: {}", t.message, t.hint) }
}

fn trouble(model: &mut Model, answer: Answer) {
    if let Answer::Failed(t) | Answer::Refused(t) | Answer::NotStored(t) = answer {
        model.warn(words(&t));
    }
}

/// Goes into a room.
pub(super) fn enter(model: &mut Model, incident: Incident, draft: Option<&Draft>) {
    let zone = model.zone();
    let mut room = Room::new(incident, draft, &model.me, zone);
    // Lines that were on their way when the program ended: they may be in the log or not, so people look.
    for (typed, at) in draft.map(|d| d.unsent.clone()).unwrap_or_default() {
        let stored = room.incident.timeline.stored().iter().rev().take(50);
        if stored.into_iter().any(|e| e.occurred_at == at && typed.contains(e.text.trim())) {
            continue;
        }
        let ticket = model.ticket(Waiting::Quiet);
        model.waiting.remove(&ticket);
        let state = PendingState::NotStored("it was on its way when the program ended".to_owned());
        let text = typed.clone();
        room.pending.push(Pending {
            ticket,
            kind: EntryKind::Note,
            text,
            typed,
            at,
            asked: Vec::new(),
            state,
        });
    }
    if !room.pending.is_empty() {
        room.relist(zone);
        let n = room.pending.len();
        model.warn(match n {
            1 => "1 line was not stored: Enter on it brings it back".to_owned(),
            n => format!("{n} lines were not stored: Enter on one brings it back"),
        });
    }
    model.room = Some(room);
    model.screen = Screen::Room;
}

/// Why requests were not taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// They have to be mended.
    Refused,
    /// They are right, and could not be stored.
    NotStored,
}

/// Requests were refused or not stored. A line goes back into the composer when that is free; otherwise it stays in
/// the timeline, marked, and nothing is lost.
fn not_taken(model: &mut Model, log: LogId, ticket: Ticket, t: &Trouble, why: Why) {
    let zone = model.zone();
    let said = words(t);
    let Some(room) = model.room.as_mut().filter(|r| r.incident.log == log) else {
        return model.warn(format!("{said}; the line is kept in the room where it was typed"));
    };
    let Some(place) = room.pending.iter().position(|p| p.ticket == ticket) else {
        return model.warn(said);
    };
    if is_free(&room.composer) && model.overlays.is_empty() {
        let mut line = room.pending.remove(place);
        line.state = PendingState::NotStored(said.clone());
        room.relist(zone);
        room.composer.editor.set_text(&line.typed);
        room.composer.purpose = Purpose::Entry;
        room.composer.open = true;
        room.composer.fixed_at = Some(line.at);
        room.composer.problem = Some(said);
        room.composer.returned = (why == Why::NotStored).then(|| Box::new(line));
    } else {
        if let Some(line) = room.pending.get_mut(place) {
            line.state = PendingState::NotStored(said.clone());
        }
        model.warn(said);
    }
}

/// Words of a refused overlay: it is there again with them. While something else has the keys they go into the
/// history, since as a line of their own they mean another thing.
fn form_back(model: &mut Model, form: AskFor, typed: &str, t: &Trouble) {
    let Some(room) = &mut model.room else { return model.warn(words(t)) };
    if model.overlays.is_empty() && !room.composer.open && model.screen == Screen::Room {
        let mut ask = Ask::new(form, typed);
        ask.problem = Some(words(t));
        model.overlays.push(Overlay::Ask(ask));
    } else {
        room.composer.editor.remember(typed);
        model.warn(format!("{}; your words are in the history: press Up", words(t)));
    }
}

/// The composer can take a line that comes back: it is empty, and no amendment is being written in it.
fn is_free(composer: &Composer) -> bool {
    composer.editor.is_empty() && !(composer.open && composer.purpose != Purpose::Entry)
}

/// Words of a refused request: into the composer when it is free, else into its history.
fn bring_back(model: &mut Model, typed: &str, purpose: Purpose, t: &Trouble) {
    let now = model.now;
    let Some(room) = &mut model.room else { return model.warn(words(t)) };
    if is_free(&room.composer) {
        room.composer.editor.set_text(typed);
        room.composer.purpose = purpose;
        room.composer.fixed_at = Some(now);
        room.composer.open = true;
        room.composer.problem = Some(words(t));
    } else {
        room.composer.editor.remember(typed);
        model.warn(format!("{}; your words are in the history: press Up", words(t)));
    }
}

fn fill_runbooks(model: &mut Model, choices: Vec<crate::app::model::RunbookChoice>) {
    let attached: Vec<String> = model
        .room
        .as_ref()
        .map(|r| r.incident.checklist.runbooks().map(|a| a.name.clone()).collect())
        .unwrap_or_default();
    let pick = model.overlays.iter_mut().rev().find_map(|o| match o {
        Overlay::Pick(p) if p.purpose == PickFor::Runbook => Some(p),
        _ => None,
    });
    if let Some(pick) = pick {
        pick.items = choices
            .into_iter()
            .map(|c| Item {
                blocked: if attached.contains(&c.name) {
                    "attached already".to_owned()
                } else {
                    String::new()
                },
                id: c.name.clone(),
                label: c.name,
                detail: if c.stale.is_empty() { c.title } else { format!("{} ({})", c.title, c.stale) },
                right: c.why,
                ..Item::default()
            })
            .collect();
    }
}
