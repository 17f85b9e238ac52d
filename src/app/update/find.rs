//! Finding: this room first, then the archive, as one types. One search at a time; older answers are dropped.

use super::super::action::{Action, Context};
use super::super::editor::Editor;
use super::super::effect::Effect;
use super::super::key::Key;
use super::super::layout::Pane;
use super::super::model::{Find, FindRow, Hit, Model, RowId, Screen, Waiting};
use crate::domain::composed::composed;
use crate::domain::facets::{Facets, Picked};
use crate::domain::question::Question;

/// Entries of the room that are listed at most.
const MAX_ENTRIES: usize = 50;

/// Opens the find screen. While the recurrence alarm stands, it lists what the alarm is about.
pub(super) fn open(model: &mut Model, fx: &mut Vec<Effect>) {
    let from_room = model.screen == Screen::Room && model.room.is_some();
    model.overlays.clear();
    let from_board = model.screen == Screen::Board && model.board.is_some();
    let mut find = Find { from_room, from_board, ..Find::default() };
    if let Some(room) = model.room.as_mut().filter(|_| from_room) {
        room.composer.open = false;
        if room.alarm.similar > 0 {
            find.rows = room.similar.iter().cloned().map(|h| FindRow::Document(Box::new(h))).collect();
            room.alarm.dismissed = true;
        }
        // The last search of the room, selected as a whole by its place in the history.
        if !room.needle.is_empty() {
            find.editor.remember(&room.needle);
        }
    }
    let alarmed = !find.rows.is_empty();
    model.find = find;
    model.screen = Screen::Find;
    read_selected(model, fx);
    // Without words the newest are listed, so that what there is can be looked through.
    if !alarmed {
        ask(model, String::new(), fx);
    }
}

/// Back to where one came from.
pub(super) fn leave(model: &mut Model) {
    match &model.find {
        find if find.from_board && model.board.is_some() => model.screen = Screen::Board,
        find if find.from_room && model.room.is_some() => super::boards::to_room(model),
        _ => model.screen = Screen::Home,
    }
}

/// Tab: from the results to what they have in common, to the text and back.
pub(super) fn next_field(model: &mut Model) {
    model.find.focus = match model.find.focus {
        Pane::Results if !model.find.facets.is_empty() => Pane::Facets,
        Pane::Results | Pane::Facets => Pane::Text,
        _ => Pane::Results,
    };
}

/// What a key does to the text that has the focus: `j` and `k` go through it, as wherever something is read. Other letters
/// are typed into the query.
pub(super) fn goes_through_text(model: &Model, key: Key) -> Option<Action> {
    let reads = model.screen == Screen::Find && model.overlays.is_empty() && model.find.focus == Pane::Text;
    let found = if reads { model.keymap.lookup(&[Context::Normal], key) } else { None };
    let goes = [
        Action::Down,
        Action::Up,
        Action::Top,
        Action::Bottom,
        Action::HalfDown,
        Action::HalfUp,
        Action::PageDown,
        Action::PageUp,
    ];
    found.map(|(action, _)| action).filter(|action| goes.contains(action))
}

/// Moves the selection among the facets.
pub(super) fn select_facet(model: &mut Model, step: impl FnOnce(usize, usize) -> usize) {
    let place = model.find.facet_place();
    let len = model.find.facet_rows().count();
    let next = step(place, len);
    let found = model.find.facet_rows().nth(next).map(|(kind, f)| (kind, f.value.clone()));
    model.find.facet = found;
}

/// Enter on a facet: only those that have it; once more, all again.
fn pick(model: &mut Model, fx: &mut Vec<Effect>) {
    let place = model.find.facet_place();
    let Some((kind, value)) = model.find.facet_rows().nth(place).map(|(k, f)| (k, f.value.clone())) else {
        return;
    };
    model.find.picked.toggle(kind, &value);
    model.find.facet = Some((kind, value));
    narrowed(model, fx);
}

/// Esc: from the text and the facets to the results, then what is picked is given back, then one leaves.
pub(super) fn back(model: &mut Model, fx: &mut Vec<Effect>) {
    if matches!(model.find.focus, Pane::Facets | Pane::Text) {
        model.find.focus = Pane::Results;
    } else if model.find.picked.is_empty() {
        leave(model);
    } else {
        model.find.picked = Picked::default();
        narrowed(model, fx);
    }
}

/// What is picked changed: entries of the room have no facets, so they are listed only when nothing is picked.
fn narrowed(model: &mut Model, fx: &mut Vec<Effect>) {
    let query = query(model);
    let documents: Vec<FindRow> =
        model.find.rows.drain(..).filter(|r| matches!(r, FindRow::Document(_))).collect();
    let mut rows = entries(model, &query);
    rows.extend(documents);
    model.find.rows = rows;
    model.find.selected = 0;
    model.find.stale = true;
    if model.find.asked.is_none() {
        ask(model, query, fx);
    }
}

/// The query changed.
pub(super) fn edited(model: &mut Model, fx: &mut Vec<Effect>) {
    let query = query(model);
    let documents: Vec<FindRow> =
        model.find.rows.drain(..).filter(|r| matches!(r, FindRow::Document(_))).collect();
    let mut rows = entries(model, &query);
    rows.extend(documents);
    model.find.rows = rows;
    model.find.selected = 0;
    model.find.stale = true;
    model.find.focus = Pane::Results;
    if query.is_empty() {
        model.find.rows.clear();
        model.find.text = None;
    }
    if model.find.asked.is_none() {
        ask(model, query, fx);
    }
}

/// What is asked: with the blank behind it, which says that the last word is not being typed any more.
fn query(model: &Model) -> String {
    model.find.editor.text().trim_start().to_owned()
}

fn ask(model: &mut Model, query: String, fx: &mut Vec<Effect>) {
    let ticket = model.ticket(Waiting::Find);
    model.find.asked = Some(ticket);
    model.find.asked_for.clone_from(&query);
    model.find.asked_in = model.find.picked.clone();
    fx.push(Effect::Find(ticket, query, model.find.picked.clone()));
}

/// Entries of the room that hold what is asked, newest first.
fn entries(model: &Model, query: &str) -> Vec<FindRow> {
    let Some(room) = model.room.as_ref().filter(|_| model.find.from_room && model.find.picked.is_empty())
    else {
        return Vec::new();
    };
    let sought = Sought::read(query);
    let hits = room.incident.timeline.shown().rev().filter(|e| sought.is_in(&e.text));
    hits.take(MAX_ENTRIES).map(|e| FindRow::Entry(e.seq)).collect()
}

/// What of a question can be looked for in lines of the room: fields are of past incidents, and leave no line out.
pub(super) struct Sought {
    /// Each is in the line, be it within a word: one may still be typing.
    words: Vec<String>,
    /// Each is in the line as it is.
    phrases: Vec<String>,
    /// None is in the line as whole words.
    without: Vec<String>,
}

impl Sought {
    /// Reads a question as it is read for the archive.
    pub(super) fn read(text: &str) -> Self {
        let asked = Question::read(text, None, true);
        let plain = |all: &[String]| all.iter().map(|text| alike(text)).filter(|t| !t.is_empty()).collect();
        let words = alike(&asked.words).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
        Self { words, phrases: plain(&asked.phrases), without: plain(&asked.without) }
    }

    /// Whether a line holds it. A question without words asks for no line.
    pub(super) fn is_in(&self, line: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let line = alike(line);
        let has = |text: &String| line.contains(text.as_str());
        self.words.iter().all(has)
            && self.phrases.iter().all(has)
            && !self.without.iter().any(|text| has_whole(&line, text))
    }
}

/// A text as it is compared: in small letters, each in one piece, with one blank between words.
fn alike(text: &str) -> String {
    composed(text).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text holds another one that neither begins nor ends within a word.
fn has_whole(line: &str, text: &str) -> bool {
    let within = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    line.match_indices(text).any(|(at, _)| {
        let (before, rest) = (line.get(..at).unwrap_or_default(), line.get(at..).unwrap_or_default());
        let after = rest.strip_prefix(text).unwrap_or_default();
        !within(before.chars().next_back()) && !within(after.chars().next())
    })
}

/// The archive answered; the query may have changed meanwhile.
pub(super) fn found(model: &mut Model, hits: Vec<Hit>, facets: Facets, fx: &mut Vec<Effect>) {
    model.find.asked = None;
    let query = query(model);
    model.find.facets = facets;
    // What was selected stays selected where it still is.
    let selected = match model.find.rows.get(model.find.selected) {
        Some(FindRow::Document(hit)) if model.find.selected > 0 => Some(hit.path.clone()),
        _ => None,
    };
    model.find.rows.retain(|r| matches!(r, FindRow::Entry(_)));
    // What the room knows of its similar incidents is said here too.
    let known = model.room.as_ref().filter(|_| model.find.from_room).map(|room| room.similar.as_slice());
    model.find.rows.extend(hits.into_iter().map(|mut hit| {
        if let Some(similar) = known.unwrap_or_default().iter().find(|s| s.path == hit.path) {
            (hit.same, hit.said) = (similar.same.clone(), similar.said.clone());
        }
        FindRow::Document(Box::new(hit))
    }));
    if let Some(path) = selected {
        let place = model.find.rows.iter().position(|r| matches!(r, FindRow::Document(h) if h.path == path));
        model.find.selected = place.unwrap_or(0);
    }
    if query != model.find.asked_for || model.find.picked != model.find.asked_in {
        ask(model, query, fx);
    }
    read_selected(model, fx);
}

/// Asks for the text of the selected postmortem, unless it is there.
pub(super) fn read_selected(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(FindRow::Document(hit)) = model.find.rows.get(model.find.selected) else {
        model.find.text = None;
        return;
    };
    let path = hit.path.clone();
    if model.find.text.as_ref().is_some_and(|t| t.path == path && !model.find.stale) {
        return;
    }
    if model.waiting.values().any(|w| *w == Waiting::Text) {
        return;
    }
    model.find.scroll = 0;
    model.find.stale = false;
    let query = query(model);
    let ticket = model.ticket(Waiting::Text);
    fx.push(Effect::ReadPostmortem(ticket, path, query));
}

/// The text arrived; another result may be selected by now.
pub(super) fn read(model: &mut Model, text: super::super::model::Passage, fx: &mut Vec<Effect>) {
    // From a little above the first hit in the text; the front matter says less than the words of people.
    let fence = |line: &String| line.trim_end() == "---";
    let body = match text.lines.first() {
        Some(first) if fence(first) => {
            text.lines.iter().skip(1).position(fence).map_or(0, |n| n.saturating_add(2))
        }
        _ => 0,
    };
    let hit = text.marks.iter().find(|m| m.0 >= body).or_else(|| text.marks.first());
    model.find.scroll = hit.map_or(body, |m| m.0.saturating_sub(3).max(body.min(m.0)));
    model.find.text = Some(text);
    read_selected(model, fx);
}

/// Enter: an entry is gone to; a postmortem is read whole, in the pane that now has the keys.
pub(super) fn accept(model: &mut Model, fx: &mut Vec<Effect>) {
    if model.find.focus == Pane::Facets {
        return pick(model, fx);
    }
    match model.find.rows.get(model.find.selected) {
        Some(FindRow::Entry(seq)) => {
            let seq = *seq;
            let needle = model.find.editor.text().trim().to_lowercase();
            leave(model);
            let zone = model.zone();
            if let Some(room) = &mut model.room {
                room.focus = Pane::Timeline;
                room.needle = needle;
                if room.rows.place(RowId::Entry(seq)).is_none() {
                    room.rows.filter.clear();
                    room.rows.system = Some(true);
                    room.relist(zone);
                }
                room.selected = Some(RowId::Entry(seq));
            }
        }
        Some(FindRow::Document(_)) => {
            model.find.focus = Pane::Text;
            read_selected(model, fx);
        }
        None => model.warn("nothing was found"),
    }
}

/// The query as words that stand together and single ones, for marking them in entries.
#[must_use]
pub fn words(editor: &Editor) -> Vec<String> {
    let Sought { words, mut phrases, .. } = Sought::read(editor.text());
    phrases.extend(words);
    phrases
}
