//! The room: requests on their way, events that arrive, clocks, and what only changes how it is looked at.

use super::super::action::Action;
use super::super::effect::{Effect, Ticket};
use super::super::model::{
    Alarm, Ask, AskFor, Confirm, Model, Overlay, Purpose, Read, Reader, Room, RowId, Waiting,
};
use super::{crossing, motion};
use crate::app::layout::Pane;
use crate::domain::board;
use crate::domain::closeout::counted;
use crate::domain::event::{Event, Recorded};
use crate::domain::filter::Filter;
use crate::domain::ids::{LogId, Seq};
use crate::domain::request::{Asked, Request};
use crate::domain::time::{Span, Utc, rfc3339};
use crate::domain::words::State;

/// Hands requests over that have no row of their own.
pub(super) fn submit(model: &mut Model, asked: Vec<Asked>, fx: &mut Vec<Effect>) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::Submit(log));
    fx.push(Effect::Submit { ticket, log, by, asked });
}

/// Hands a request over whose words were typed: if it is refused, they come back into the composer.
pub(super) fn submit_typed(model: &mut Model, asked: Asked, typed: &str, fx: &mut Vec<Effect>) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::SubmitTyped(log, typed.to_owned()));
    fx.push(Effect::Submit { ticket, log, by, asked: vec![asked] });
}

/// Hands over what an overlay with a line asks for: if it is refused, the overlay comes back with its words.
pub(super) fn submit_form(
    model: &mut Model,
    request: Request,
    form: AskFor,
    typed: &str,
    fx: &mut Vec<Effect>,
) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::Form(log, Box::new(form), typed.to_owned()));
    fx.push(Effect::Submit { ticket, log, by, asked: vec![request.into()] });
}

/// Hands an amendment over, with its words: if it is refused, they come back and still amend that line.
pub(super) fn submit_amendment(
    model: &mut Model,
    target: Seq,
    request: Request,
    typed: &str,
    fx: &mut Vec<Effect>,
) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::Amend(log, target, typed.to_owned()));
    fx.push(Effect::Submit { ticket, log, by, asked: vec![request.into()] });
}

/// Hands one request over.
pub(super) fn submit_one(model: &mut Model, request: Request, fx: &mut Vec<Effect>) {
    submit(model, vec![request.into()], fx);
}

/// Attaches a runbook by name.
pub(super) fn attach_runbook(model: &mut Model, name: String, fx: &mut Vec<Effect>) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::Submit(log));
    fx.push(Effect::AttachRunbook { ticket, log, by, name });
}

/// Attaches a runbook whose name was typed: if it is refused, the words come back into the composer.
pub(super) fn attach_typed(model: &mut Model, name: String, typed: &str, fx: &mut Vec<Effect>) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let by = model.me.clone();
    let ticket = model.ticket(Waiting::SubmitTyped(log, typed.to_owned()));
    fx.push(Effect::AttachRunbook { ticket, log, by, name });
}

/// Adds a file as evidence: it is hashed away from the screen, and what was computed is told.
pub(super) fn add_evidence(
    model: &mut Model,
    path: String,
    class: String,
    entry: Option<Seq>,
    at: Option<(Utc, bool)>,
    fx: &mut Vec<Effect>,
) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let by = model.me.clone();
    let time = at.map(|(at, about)| format!("{}{} ", if about { "~" } else { "" }, rfc3339(at)));
    let typed = format!("{}:evidence \"{path}\" {class}", time.unwrap_or_default()).trim_end().to_owned();
    let ticket = model.ticket(Waiting::Evidence(log, typed));
    model.tell(format!("reading {path}…"));
    fx.push(Effect::AddEvidence { ticket, log, by, path, class, entry, at });
}

/// What was computed of a file.
pub(super) fn evidence_added(model: &mut Model, events: &[Recorded]) {
    let added = events.iter().rev().find_map(|e| match &e.event {
        Some(Event::EvidenceAdded(item)) => Some((e.seq, item)),
        _ => None,
    });
    if let Some((seq, item)) = added {
        let bytes = item.size.map(board::size).unwrap_or_default();
        let hash: String = item.sha256.iter().flat_map(|h| h.chars()).take(12).collect();
        model.tell(format!("evidence #{seq} {}: {bytes}, sha256 {hash}…", item.name));
    }
}

/// Others stored something.
pub(super) fn refreshed(model: &mut Model, log: LogId, events: &[Recorded]) {
    let zone = model.zone();
    let crossed = crossing::found(model, events);
    let Some(room) = model.room.as_mut().filter(|r| r.incident.log == log) else { return };
    let taken = room.take(events, &model.me, zone);
    let own = &room.own;
    room.unseen.extend(taken.added.into_iter().filter(|seq| !own.contains(seq)));
    super::people::heard(model, events);
    motion::tell_gone(model, taken.gone);
    crossing::tell(model, crossed, events);
}

/// Requests of this screen were stored, perhaps behind events of others.
pub(super) fn stored(model: &mut Model, log: LogId, ticket: Ticket, events: &[Recorded]) {
    let (zone, me) = (model.zone(), model.me.clone());
    let crossed = crossing::found(model, events);
    let Some(room) = model.room.as_mut().filter(|r| r.incident.log == log) else { return };
    let pending = room.pending.iter().position(|p| p.ticket == ticket);
    if let Some(place) = pending {
        room.pending.remove(place);
        room.rows.remove(RowId::Pending(ticket));
        if room.selected == Some(RowId::Pending(ticket)) {
            room.selected = events.last().map(|e| RowId::Entry(e.seq));
        }
    }
    let taken = room.take(events, &me, zone);
    room.own.extend(events.iter().filter(|e| e.by == me && is_said(e)).map(|e| e.seq));
    if events.iter().any(|e| e.by == me && matches!(e.event, Some(Event::RunbookAttached(_)))) {
        super::holding::attached(room);
    }
    super::holding::answered(room, events, &me);
    let own = &room.own;
    let hidden = events.iter().any(|e| {
        own.contains(&e.seq) && room.incident.timeline.get(e.seq).is_some_and(|entry| !room.rows.shows(entry))
    });
    room.unseen.extend(taken.added.into_iter().filter(|seq| !own.contains(seq)));
    if hidden && !room.rows.filter.is_empty() {
        model.tell("stored; the filter hides it (Esc takes the filter away)");
    } else if pending.is_some() {
        motion::tell_out_of_sight(model, events);
    }
    motion::tell_gone(model, taken.gone);
    super::people::told(model, events);
    crossing::tell(model, crossed, events);
    super::stored::tell(model, events);
}

/// Somebody meant it. That a time ran out is written down by whichever screen sees it first, and is news to all.
const fn is_said(event: &Recorded) -> bool {
    !matches!(event.event, Some(Event::ClockBreached(_) | Event::DrillInjected(_)))
}

/// Asks for similar incidents when title, impact or the early entries changed; one question at a time.
pub(super) fn ask_similar(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(room) = &model.room else { return };
    if room.incident.state != State::Open || model.waiting.values().any(|w| *w == Waiting::Similar) {
        return;
    }
    let text = similar_text(room);
    if text == room.similar_for {
        return;
    }
    let log = room.incident.log;
    let ticket = model.ticket(Waiting::Similar);
    if let Some(room) = &mut model.room {
        room.similar_for.clone_from(&text);
    }
    fx.push(Effect::Similar(ticket, log, text));
}

/// How often it is looked whether the log was pushed, which nobody tells us.
const HELD_AGAIN: Span = Span::seconds(30);

/// Asks how far others hold the log: when the room opens, when an update or a postmortem went out, and now and then.
pub(super) fn ask_held(model: &mut Model, fx: &mut Vec<Effect>) {
    let now = model.now;
    let Some(room) = &model.room else { return };
    let log = room.incident.log;
    // A clock that was set back does not put it off.
    let due = room.held_asked.is_none_or(|at| now < at || now - at >= HELD_AGAIN);
    if !due || model.waiting.values().any(|w| *w == Waiting::Head(log)) {
        return;
    }
    let ticket = model.ticket(Waiting::Head(log));
    if let Some(room) = &mut model.room {
        room.held_asked = Some(now);
    }
    fx.push(Effect::LookForHead(ticket, log));
}

/// How far others hold the log of a room.
pub(super) fn held(model: &mut Model, log: LogId, held: Option<Seq>) {
    if let Some(room) = model.room.as_mut().filter(|r| r.incident.log == log) {
        room.held = held;
    }
}

/// Entries that count as early: later ones change nothing about what the incident looks like.
const EARLY: usize = 12;

fn similar_text(room: &Room) -> String {
    use crate::domain::words::EntryKind::{Alert, Hypothesis, Note};
    let incident = &room.incident;
    let mut text = incident.title.clone();
    for word in incident.services.iter().chain(&incident.tags) {
        text.push(' ');
        text.push_str(word);
    }
    if let Some(impact) = &incident.impact {
        text.push('\n');
        text.push_str(&impact.text);
    }
    // What was said of another incident changes what is proposed.
    for related in &incident.record.related {
        text.push_str(&format!("\n{} {}", related.relation, related.incident));
    }
    let said = incident.timeline.stored().iter();
    for entry in
        said.filter(|e| matches!(e.kind, Note | Alert | Hypothesis) && e.struck.is_none()).take(EARLY)
    {
        text.push('\n');
        text.push_str(&entry.text);
    }
    text
}

/// Similar incidents arrived: the alarm is raised when there are more than were waved away.
pub(super) fn similar(model: &mut Model, hits: Vec<super::super::model::Hit>) {
    let Some(room) = &mut model.room else { return };
    let similar = hits.len();
    let unshipped = hits.iter().map(|h| h.unshipped.len()).sum();
    let more = similar > room.alarm.similar || unshipped > room.alarm.unshipped;
    room.alarm = Alarm { similar, unshipped, dismissed: room.alarm.dismissed && !more };
    room.alone = hits.is_empty();
    room.similar = hits;
}

/// What changes only how the room is looked at.
pub(super) fn look(model: &mut Model, action: Action, fx: &mut Vec<Effect>) {
    if action == Action::Zone {
        model.local = !model.local;
        let zone = model.zone();
        let name = crate::domain::time::zone_label(model.now, zone);
        if let Some(room) = &mut model.room {
            room.relist(zone);
        }
        model.tell(format!("times in {name}"));
        return;
    }
    let zone = model.zone();
    let brief = || Overlay::Read(Reader { what: Read::Brief, scroll: 0 });
    match action {
        Action::Brief => model.overlays.push(brief()),
        Action::Stories => {
            let what = Read::Text("Improvement stories".to_owned(), stories(model));
            model.overlays.push(Overlay::Read(Reader { what, scroll: 0 }));
        }
        Action::People | Action::Call | Action::Roster | Action::Duties => super::people::open(model, action),
        Action::CopyBrief => {
            let text = super::briefing::brief_text(model);
            super::selection::put(model, "the brief", text, "the brief is copied", fx);
        }
        Action::FindNext => find_next(model, true),
        Action::FindBefore => find_next(model, false),
        Action::Filter => {
            let now = model.room.as_ref().map(|r| r.rows.filter.text().to_owned()).unwrap_or_default();
            model.overlays.push(Overlay::Ask(Ask::new(AskFor::Filter, &now)));
        }
        Action::SystemLines => {
            let Some(room) = &mut model.room else { return };
            let (next, said) = match room.rows.system {
                None => (Some(true), "all lines are shown, those crossed out and of the program too"),
                Some(true) => (Some(false), "no system line is shown"),
                Some(false) => (None, "the system lines that tell the story are shown"),
            };
            room.rows.system = next;
            room.relist(zone);
            model.tell(said);
        }
        Action::StruckLines => {
            let Some(room) = &mut model.room else { return };
            room.rows.struck = !room.rows.struck;
            let shown = room.rows.struck;
            room.relist(zone);
            let said = if shown { "shown" } else { "hidden" };
            model.tell(format!("lines that are crossed out are {said}"));
        }
        Action::RunbookBefore | Action::RunbookAfter => {
            let Some(room) = &mut model.room else { return };
            let all: Vec<_> = room.incident.checklist.runbooks().map(|r| r.seq).collect();
            let now = room.shown_runbook().map(|r| r.seq);
            let place = all.iter().position(|s| Some(*s) == now).unwrap_or(0);
            let next = if action == Action::RunbookAfter {
                place.saturating_add(1).checked_rem(all.len()).unwrap_or(0)
            } else {
                place.checked_sub(1).unwrap_or(all.len().saturating_sub(1))
            };
            room.runbook = all.get(next).copied();
            room.runbook_given = false;
            room.step = None;
        }
        Action::DismissAlarm => {
            if let Some(room) = &mut model.room {
                room.alarm.dismissed = true;
            }
        }
        Action::Undo => undo(model),
        _ => {}
    }
}

/// Shows only what passes, and says how much that is.
pub(super) fn set_filter(model: &mut Model, filter: Filter) {
    let zone = model.zone();
    let Some(room) = &mut model.room else { return };
    let narrowed = !filter.is_empty();
    room.rows.filter = filter;
    room.rows.kept = None;
    room.relist(zone);
    if narrowed {
        let shown = room.rows.all().iter().filter(|r| !matches!(r.id, RowId::Day(..))).count();
        let all = room.incident.timeline.len();
        model.tell(format!("{shown} of {}: Esc takes the filter away", counted(all, "line", "lines")));
    }
}

/// Asks before it undoes: the action is named, Enter takes it back.
fn undo(model: &mut Model) {
    let Some(room) = &model.room else { return };
    let Some(trace) = room.incident.trail.last_of(&model.me) else { return };
    let question = format!("Take back {}?", trace.named(&room.incident));
    let asked = vec![Request::Undo { target: trace.seq }.into()];
    model.overlays.push(Overlay::Confirm(Confirm { question, asked }));
}

fn find_next(model: &mut Model, down: bool) {
    let Some(room) = &mut model.room else { return };
    let needle = room.needle.clone();
    let all = room.rows.all();
    let from = match room.selected.and_then(|id| room.rows.place(id)) {
        Some(place) => place,
        None if down => all.len(),
        None => all.len(),
    };
    let (timeline, sought) = (&room.incident.timeline, super::find::Sought::read(&needle));
    let hit = |id: RowId| match id {
        RowId::Entry(seq) => timeline.get(seq).is_some_and(|e| sought.is_in(&e.text)),
        _ => false,
    };
    let (after, before) = all.split_at(from.min(all.len()));
    let found = if down {
        before.iter().skip(1).chain(after).find(|r| hit(r.id))
    } else {
        after.iter().rev().chain(before.iter().rev()).find(|r| hit(r.id))
    };
    match found.map(|r| r.id) {
        Some(id) => room.selected = Some(id),
        None => model.warn(format!("no entry with {needle:?}")),
    }
}

/// Esc in the room: composer, zoom, selection, filter, alarm, in this order.
pub(super) fn back(model: &mut Model) {
    let zone = model.zone();
    let Some(room) = &mut model.room else { return };
    if room.composer.open {
        room.composer.open = false;
        room.composer.scribe = false;
        super::amending::drop_untouched(room);
        if !room.composer.editor.is_empty() {
            // A note does not go on with a verb.
            let verb = room.composer.purpose == Purpose::Entry
                && crate::domain::quick_entry::has_verb(room.composer.editor.text());
            let key = model.keymap.press(if verb { Action::Command } else { Action::Note });
            model.tell(format!("the draft stays: {key} goes on with it"));
        }
    } else if room.zoom {
        room.zoom = false;
    } else if room.selected.is_some() {
        room.selected = None;
        room.top = None;
    } else if room.focus != Pane::Timeline {
        room.focus = Pane::Timeline;
    } else if !room.rows.filter.is_empty() {
        room.rows.filter.clear();
        room.relist(zone);
    } else {
        room.alarm.dismissed = true;
    }
}

/// Leaves the room for the home screen. What is typed and not sent is in the journal.
pub(super) fn go_home(model: &mut Model, fx: &mut Vec<Effect>) {
    model.overlays.clear();
    super::journal(model, fx);
    super::home::open(model, fx);
}

/// A row of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// The role by its full name; alternatives joined by `/`.
    pub role: String,
    /// Who holds it; nobody when it is required and open.
    pub person: Option<String>,
    /// Since when.
    pub since: Option<Utc>,
}

/// The roster: the roles that are held, and the required ones that nobody holds.
#[must_use]
pub fn roster_rows(model: &Model) -> Vec<RosterRow> {
    let Some(room) = &model.room else { return Vec::new() };
    let incident = &room.incident;
    let mut rows: Vec<RosterRow> = incident
        .roster
        .now()
        .iter()
        .map(|h| RosterRow {
            role: h.role.clone(),
            person: Some(h.person.clone()),
            since: Some(room.incident.set_backs.moved(h.from, h.seq)),
        })
        .collect();
    for required in model.policy.required_roles(&incident.profile, incident.severity.as_deref()) {
        if !required.split('/').any(|role| incident.roster.holder(role).is_some()) {
            rows.push(RosterRow { role: required, person: None, since: None });
        }
    }
    rows
}

/// Roles that the commander holds beside the command and should hand over.
#[must_use]
pub fn overloaded(model: &Model) -> Option<String> {
    let incident = &model.room.as_ref()?.incident;
    let ic = incident.commander()?;
    let heavy: Vec<&str> = incident
        .roster
        .roles_of(ic)
        .filter(|r| *r == crate::domain::role::SCRIBE || crate::domain::role::is_hands_on(r))
        .collect();
    (!heavy.is_empty()).then(|| format!("{ic} commands and is {}: hand one over", heavy.join(", ")))
}

/// The stories of the incident, each in a line.
fn stories(model: &Model) -> Vec<String> {
    let Some(room) = &model.room else { return Vec::new() };
    let mut lines: Vec<String> = room
        .incident
        .closing
        .stories
        .values()
        .map(|s| {
            let owner = s.owner.as_ref().map_or_else(|| "nobody".to_owned(), |o| format!("@{o}"));
            let due = s.due.map(|d| format!(", due {d}")).unwrap_or_default();
            let late = if s.is_overdue(model.now.with_timezone(&model.zone()).date_naive()) {
                ", OVERDUE"
            } else {
                ""
            };
            format!("S{} {} ({owner}{due}, {}{late})", s.number, s.title, s.state)
        })
        .collect();
    if lines.is_empty() {
        lines.push("None yet. S files one.".to_owned());
    }
    lines
}
