//! The composer: open it, send its line, bring a line back. Typed text leaves it only for the log, the history, or
//! the journal.

mod preview;

use super::super::action::Action;
use super::super::editor::Editor;
use super::super::effect::{ClosingStep, EditTarget, Effect};
use super::super::model::{Model, Pending, PendingState, Purpose, Room, Waiting};
use super::room;
use crate::domain::quick_entry::{self, EntryProblem, Line, QuickEntry};
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Request};
use crate::domain::time::Utc;
use crate::domain::time_spec::Context;
use crate::domain::verb::{self, PostmortemVerb, Verb};
use crate::domain::words::{EntryKind, Milestone};

pub use preview::{Preview, preview};

/// What the line is read against: relative times count from the moment that was fixed for it.
pub(crate) fn context(model: &Model) -> Context {
    let fixed = model.room.as_ref().and_then(|r| r.composer.fixed_at);
    Context { now: fixed.unwrap_or(model.now), zone: model.zone() }
}

/// What is said when a half-typed line made room for another.
pub(super) const SET_ASIDE: &str = "your half-typed line is in the history: press Up";

/// Puts a half-typed line with which a mark does not mix into the history, one press of Up away: the words of an entry
/// that is amended are no new line, a verb takes no mark and a line no verb.
pub(super) fn set_aside(model: &mut Model, mark: &str) {
    let Some(room) = &mut model.room else { return };
    let composer = &mut room.composer;
    let text = composer.editor.text();
    let goes_on = match mark {
        "" => true,
        ":" => text.starts_with(':'),
        // An update as its template worded it is nobody's beginning of another line.
        "> " => !quick_entry::has_verb(text),
        _ => !quick_entry::has_verb(text) && composer.worded.as_ref().is_none_or(|(_, line)| line != text),
    };
    if text.is_empty() || mark.is_empty() || (goes_on && composer.purpose == Purpose::Entry) {
        return;
    }
    let half = composer.editor.take();
    composer.editor.remember(&half);
    composer.purpose = Purpose::Entry;
    model.tell(SET_ASIDE);
}

/// A half-typed verb is no beginning of a note, which its reason would swallow: it waits for the key of the verbs.
fn park_verb(model: &mut Model) {
    let Some(room) = &mut model.room else { return };
    let composer = &mut room.composer;
    if composer.purpose != Purpose::Entry || !quick_entry::has_verb(composer.editor.text()) {
        return;
    }
    let half = composer.editor.take();
    if let Some((earlier, _)) = composer.command.replace((half, composer.fixed_at.take())) {
        composer.editor.remember(&earlier);
    }
    let verbs = model.keymap.press(Action::Command);
    model.tell(format!("the half-typed command stays: {verbs} goes on with it"));
}

/// Opens the composer with a mark: in the line that is in it, where that goes on.
pub(super) fn open(model: &mut Model, mark: &str, scribe: bool) {
    let now = model.now;
    super::amending::make_room(model, scribe);
    if mark.is_empty() {
        park_verb(model);
    } else {
        set_aside(model, mark);
    }
    let Some(room) = &mut model.room else { return };
    let composer = &mut room.composer;
    composer.open = true;
    // A verb that is picked from the list on a board is of the next line: it ends no scribe mode.
    composer.scribe = scribe || (composer.scribe && !mark.is_empty());
    composer.problem = None;
    if composer.editor.is_empty() {
        composer.purpose = Purpose::Entry;
        composer.fixed_at = if composer.scribe { None } else { Some(now) };
    }
    let text = composer.editor.text();
    let line = match mark.chars().next() {
        None => return,
        Some(':') if text.is_empty() => match composer.command.take() {
            Some((half, at)) => {
                composer.fixed_at = at;
                half
            }
            None => ":".to_owned(),
        },
        Some(':') => return,
        Some(sign) => quick_entry::marked(text, sign),
    };
    composer.fixed_at.get_or_insert(now);
    if line != text {
        composer.editor.set_text(&line);
    }
}

/// The verb that a line names, whether or not its arguments are there.
pub(super) fn verb_named(text: &str, ctx: &Context) -> Option<&'static str> {
    match quick_entry::parse(text, ctx) {
        Ok(QuickEntry { line: Line::Command { verb, .. }, .. }) => verb::find(&verb).map(|v| v.name),
        _ => None,
    }
}

/// Opens the composer with a verb that still needs its words.
pub(super) fn open_verb(model: &mut Model, verb: &str) {
    if model.room.is_some() {
        model.screen = crate::app::model::Screen::Room;
    }
    open(model, ":", false);
    if let Some(room) = &mut model.room {
        let half = room.composer.editor.take();
        if half != ":" {
            room.composer.editor.remember(&half);
        }
        room.composer.editor.set_text(&format!(":{verb} "));
    }
}

/// Brings a line that was not stored back into the composer.
pub(super) fn bring_back(model: &mut Model, ticket: super::super::effect::Ticket) {
    let zone = model.zone();
    let Some(room) = &mut model.room else { return };
    let Some(place) = room.pending.iter().position(|p| p.ticket == ticket) else { return };
    let line = room.pending.remove(place);
    let half = room.composer.editor.take();
    room.composer.editor.remember(&half);
    room.composer.editor.set_text(&line.typed);
    room.composer.open = true;
    room.composer.fixed_at = Some(line.at);
    room.composer.purpose = Purpose::Entry;
    room.selected = None;
    room.relist(zone);
}

/// Enter: the line goes on its way, or says why it cannot.
pub(super) fn send(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(room) = &model.room else { return };
    let text = room.composer.editor.text().to_owned();
    if model.read_only && !text.trim().is_empty() && !text.starts_with(':') {
        return save_elsewhere(model, &text, fx);
    }
    if super::wording::keep_back(model) {
        return;
    }
    let Some(room) = &model.room else { return };
    if let Purpose::Amend(seq, seen) = room.composer.purpose {
        return super::amending::send(model, &text, seq, seen, fx);
    }
    match quick_entry::parse(&text, &context(model)) {
        Err(EntryProblem::Empty | EntryProblem::NoVerb) => {
            if let Some(room) = &mut model.room {
                room.composer.editor.take();
                room.composer.open = room.composer.scribe;
            }
        }
        Err(problem) => fail(model, problem.to_string()),
        Ok(entry) if matches!(entry.line, Line::Command { .. }) => match verb_of(model, entry) {
            Ok(parsed) => {
                done(model, &text);
                run_verb(model, parsed, &text, fx);
            }
            Err(refusal) => fail(model, said(&refusal)),
        },
        Ok(entry) => send_entry(model, &text, entry, fx),
    }
}

/// Offers to save a line that this home cannot take, and saves it at the second Enter.
fn save_elsewhere(model: &mut Model, text: &str, fx: &mut Vec<Effect>) {
    const OFFER: &str = "this home cannot be written: Enter again saves the line in a file elsewhere";
    let offered = model.room.as_ref().and_then(|r| r.composer.problem.as_deref()) == Some(OFFER);
    if !offered {
        return fail(model, OFFER.to_owned());
    }
    let ticket = model.ticket(Waiting::Elsewhere(text.to_owned()));
    done(model, text);
    fx.push(Effect::KeepText(ticket, text.to_owned()));
}

/// What a verb line asks for; times to come are read in the zone of the screen.
fn verb_of(model: &Model, entry: QuickEntry) -> Result<Verb, Refusal> {
    match verb::of_entry(entry)? {
        Verb::MoveClock(words, at) => Ok(Verb::Ask(verb::move_clock(&words, at, &context(model))?)),
        verb => Ok(verb),
    }
}

/// Says why the line is not taken.
pub(super) fn fail(model: &mut Model, problem: String) {
    if let Some(room) = &mut model.room {
        room.composer.problem = Some(problem);
    }
}

/// The line was taken: it goes to the history, and the composer is ready for the next or closes.
pub(super) fn done(model: &mut Model, text: &str) {
    let Some(room) = &mut model.room else { return };
    let composer = &mut room.composer;
    composer.editor.take();
    composer.editor.remember(text);
    composer.fixed_at = None;
    composer.problem = None;
    composer.worded = None;
    composer.purpose = Purpose::Entry;
    composer.open = composer.scribe;
}

/// A refusal in a line.
fn said(refusal: &Refusal) -> String {
    if refusal.hint.is_empty() {
        refusal.message.clone()
    } else {
        format!("{}: {}", refusal.message, refusal.hint)
    }
}

fn send_entry(model: &mut Model, typed: &str, entry: QuickEntry, fx: &mut Vec<Effect>) {
    let kind = entry.line.kind().unwrap_or(EntryKind::Note);
    let text = entry.text.clone();
    let Some(asked) = asked(model, entry) else { return };
    let at = asked.at.map_or(model.now, |(at, _)| at);
    done(model, typed);
    pend(model, kind, text, typed, at, vec![asked], fx);
}

/// What a line of the grammar asks for, at its own time or the one that was fixed for it.
fn asked(model: &Model, entry: QuickEntry) -> Option<Asked> {
    let fixed = model.room.as_ref().and_then(|r| r.composer.fixed_at).unwrap_or(model.now);
    match verb::of_entry(entry) {
        Ok(Verb::Ask(mut asked)) => {
            asked.at.get_or_insert((fixed, false));
            Some(asked)
        }
        _ => None,
    }
}

/// Hands requests over with a row that shows them until they are stored.
fn pend(
    model: &mut Model,
    kind: EntryKind,
    text: String,
    typed: &str,
    at: Utc,
    asked: Vec<Asked>,
    fx: &mut Vec<Effect>,
) {
    let (zone, by) = (model.zone(), model.me.clone());
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let ticket = model.ticket(Waiting::Submit(log));
    let Some(room) = &mut model.room else { return };
    if !room.rows.add_pending(ticket, at, zone) {
        room.pending.push(row(ticket, kind, text, typed, at, asked.clone()));
        room.relist(zone);
    } else {
        room.pending.push(row(ticket, kind, text, typed, at, asked.clone()));
    }
    fx.push(Effect::Submit { ticket, log, by, asked });
}

fn row(
    ticket: super::super::effect::Ticket,
    kind: EntryKind,
    text: String,
    typed: &str,
    at: Utc,
    asked: Vec<Asked>,
) -> Pending {
    Pending { ticket, kind, text, typed: typed.to_owned(), at, asked, state: PendingState::Waiting }
}

/// Goes on with the line in the editor: for an update of several paragraphs.
pub(super) fn in_editor(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(room) = model.room.as_ref().filter(|r| r.composer.open) else { return };
    let (log, text) = (room.incident.log, room.composer.editor.text().to_owned());
    let ticket = model.ticket(Waiting::EditLine);
    fx.push(Effect::Edit(ticket, EditTarget::Line { log, text }));
}

/// Tab: the milestone that the line names is marked beside storing the line. False when it names none.
pub(super) fn accept_milestone(model: &mut Model, fx: &mut Vec<Effect>) -> bool {
    let Some(milestone) = offered(model) else { return false };
    let text = model.room.as_ref().map(|r| r.composer.editor.text().to_owned()).unwrap_or_default();
    let Ok(entry) = quick_entry::parse(&text, &context(model)) else { return false };
    let words = entry.text.clone();
    let Some(line) = asked(model, entry) else { return false };
    let when = line.at;
    done(model, &text);
    let mark = Asked { request: Request::Mark { milestone, at: None }, at: when };
    let at = when.map_or(model.now, |(at, _)| at);
    pend(model, EntryKind::Note, words, &text, at, vec![line, mark], fx);
    true
}

/// The milestone that the line looks like, if it is not marked yet.
#[must_use]
fn offered(model: &Model) -> Option<Milestone> {
    let room = model.room.as_ref()?;
    let entry = quick_entry::parse(room.composer.editor.text(), &context(model)).ok()?;
    offered_by(room, &entry)
}

fn offered_by(room: &Room, entry: &QuickEntry) -> Option<Milestone> {
    if room.composer.purpose != Purpose::Entry || !matches!(entry.line, Line::Note { .. }) {
        return None;
    }
    let milestone = quick_entry::milestone_hint(&entry.text)?;
    room.incident.milestones.get(&milestone).is_none_or(|m| !m.explicit).then_some(milestone)
}

/// Runs a verb.
fn run_verb(model: &mut Model, verb: Verb, typed: &str, fx: &mut Vec<Effect>) {
    match verb {
        Verb::Ask(Asked { request: Request::Close { waive }, .. }) => {
            super::closing::run(model, ClosingStep::Close { waive }, fx);
        }
        Verb::Ask(asked) => room::submit_typed(model, asked, typed, fx),
        // Read to a request before it comes here.
        Verb::MoveClock(..) => {}
        Verb::Evidence { path, class, at } => room::add_evidence(model, path, class, None, at, fx),
        Verb::Run(step) => super::running::ask(model, &step),
        Verb::Attach(name) => room::attach_typed(model, name, typed, fx),
        Verb::Postmortem(step) => {
            let step = match step {
                PostmortemVerb::Draft => ClosingStep::Draft,
                PostmortemVerb::Edit => ClosingStep::Edit,
                PostmortemVerb::Check => ClosingStep::Check,
                PostmortemVerb::Publish(waive) => ClosingStep::Publish { waive, author: None },
            };
            super::closing::run(model, step, fx);
        }
        Verb::Word(audience) => super::wording::open(model, audience, fx),
        Verb::Find(query) => {
            super::find::open(model, fx);
            model.find.editor = Editor::with_text(&query);
            super::find::edited(model, fx);
        }
        Verb::Board(name, words) => super::boards::named(model, name, &words, fx),
        Verb::Show(word) => match word {
            "brief" => super::keys::run(model, Action::Brief, 0, fx),
            "call" => super::keys::run(model, Action::Call, 0, fx),
            "duties" => super::keys::run(model, Action::Duties, 0, fx),
            "people" => super::keys::run(model, Action::People, 0, fx),
            "roster" => super::keys::run(model, Action::Roster, 0, fx),
            "summary" | "tactical" => super::briefing::report(model, word),
            "home" => room::go_home(model, fx),
            "drill" => super::keys::run(model, Action::DrillScore, 0, fx),
            "clock" => super::keys::run(model, Action::Clocks, 0, fx),
            "target" => super::keys::run(model, Action::Target, 0, fx),
            "reopen" => super::keys::run(model, Action::Reopen, 0, fx),
            "next" => super::keys::run(model, Action::NextOpen, 0, fx),
            "quit" => fx.push(Effect::Quit),
            word => match word.parse() {
                Ok(kind) => super::keys::run(model, Action::Board(kind), 0, fx),
                Err(_) => super::choose::palette(model),
            },
        },
    }
}
