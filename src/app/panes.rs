//! What the narrow panes of the room say, row by row: decisions, asks and hypotheses, similar incidents. Pure, so that a
//! click finds what was drawn. It must not colour: an ink says what a row is, the theme how that looks.

mod spread;

pub use self::spread::Told;
use self::spread::{Part, spread};
use super::layout::{Area, Pane, first_row};
use super::model::{Hit, Model, Room};
use super::reading::{Ink, UNSHIPPED, about};
use super::wrap::cells;
use crate::domain::brief::left;
use crate::domain::ids::Seq;
use crate::domain::incident::Decision;
use crate::domain::time::{Span, Utc, format_span, same_day, with_day, with_zone};
use crate::domain::words::HypothesisState;

/// The words of a similar incident stand so far in, and what goes on so much further.
pub const INDENT: u16 = 2;

/// The outcome of a decision stands so far in.
pub const OUTCOME: u16 = 3;

/// The items of a pane that are shown, and their rows.
#[derive(Debug)]
pub struct Shown<T> {
    /// The items from the first that is shown on.
    pub items: Vec<T>,
    /// The place of the first among all.
    pub first: usize,
    /// The rows, each with the place of its item in `items`. There may be more than the pane has.
    pub rows: Vec<Told>,
}

impl<T> Shown<T> {
    /// What stands in a row.
    #[must_use]
    pub fn at(&self, row: usize) -> Option<&T> {
        self.items.get(self.rows.get(row)?.item)
    }
}

/// A decision with the words of its two lines.
#[derive(Debug)]
pub struct DecisionRow<'a> {
    /// Which.
    pub decision: &'a Decision,
    /// When it was made.
    pub moment: String,
    /// What the second line is.
    pub ink: Ink,
}

/// The decisions that a pane shows: what was decided, then what came of it.
#[must_use]
pub fn decisions<'a>(model: &Model, room: &'a Room, body: Area) -> Shown<DecisionRow<'a>> {
    let all = room.decisions();
    let height = usize::from(body.h);
    let selected = all.iter().position(|s| Some(*s) == room.current_decision()).unwrap_or(0);
    let first = first_row(selected, (height / 2).max(1), all.len());
    let (mut items, mut lines) = (Vec::new(), Vec::new());
    for seq in all.iter().skip(first).take(height) {
        let Some(decision) = room.incident.talk.decisions.get(seq) else { continue };
        let moment = moment(model, decision.at);
        let (outcome, ink) = outcome(model, room, decision);
        let beside = cells(&moment).saturating_add(cells(&decision.decided_by)).saturating_add(3);
        lines.push(vec![
            Part {
                text: decision.text.clone(),
                cells: body.w.saturating_sub(beside),
                indent: 0,
                foremost: false,
            },
            Part { text: outcome, cells: body.w.saturating_sub(OUTCOME), indent: 0, foremost: false },
        ]);
        items.push(DecisionRow { decision, moment, ink });
    }
    Shown { items, first, rows: spread(lines, height, usize::MAX) }
}

/// A time of day; of another day with its weekday, as long as that is enough to tell which, since the pane is narrow.
fn moment(model: &Model, at: Utc) -> String {
    let (now, zone) = (model.now, model.zone());
    if (at - now).abs() < Span::days(6) && !same_day(at, now, zone) {
        return format!("{} {}", at.with_timezone(&zone).format("%a"), with_zone(at, zone));
    }
    with_day(at, now, zone)
}

fn outcome(model: &Model, room: &Room, decision: &Decision) -> (String, Ink) {
    if let Some(verdict) = &decision.verdict {
        let why = if verdict.reason.is_empty() { String::new() } else { format!(": {}", verdict.reason) };
        return (format!("{}{why}", verdict.verdict), Ink::Good);
    }
    let against = match decision.objections.len() {
        0 => String::new(),
        n => format!(", {n} against"),
    };
    let executor = decision.executor.as_ref().map(|e| format!(", @{e}")).unwrap_or_default();
    // The time first: a narrow pane cuts what stands last.
    match decision.check_at {
        Some(at) if !room.incident.clocks_run() => {
            // Its time may be still to come, and nobody waits for it any more.
            let was = if at <= model.now { "was" } else { "due" };
            (format!("no verdict, check {was} {}{executor}{against}", moment(model, at)), Ink::Dim)
        }
        Some(at) if at <= model.now => {
            let over = format_span(model.now - at);
            (format!("check {} over {over}{executor}{against}", moment(model, at)), Ink::Bad)
        }
        Some(at) => (format!("check {}, open{executor}{against}", moment(model, at)), Ink::Dim),
        None => (format!("open{executor}{against}"), Ink::Dim),
    }
}

/// An ask or a hypothesis.
#[derive(Debug)]
pub struct AskRow {
    /// Which.
    pub seq: Seq,
    /// What its first row begins with: whose it is and how it stands.
    pub head: String,
    /// What that is.
    pub ink: Ink,
}

/// The asks and hypotheses that a pane shows.
#[must_use]
pub fn asks(model: &Model, room: &Room, body: Area) -> Shown<AskRow> {
    let all = room.asks();
    let height = usize::from(body.h);
    let selected = all.iter().position(|s| Some(*s) == room.current_ask()).unwrap_or(0);
    let first = first_row(selected, height, all.len());
    let (mut items, mut lines) = (Vec::new(), Vec::new());
    for seq in all.into_iter().skip(first).take(height) {
        let (head, ink, words) = ask(model, room, seq);
        lines.push(vec![Part {
            text: format!("{head} {words}"),
            cells: body.w,
            indent: INDENT,
            foremost: false,
        }]);
        items.push(AskRow { seq, head, ink });
    }
    Shown { items, first, rows: spread(lines, height, usize::MAX) }
}

fn ask(model: &Model, room: &Room, seq: Seq) -> (String, Ink, String) {
    let talk = &room.incident.talk;
    if let Some(ask) = talk.asks.get(&seq) {
        let who = ask.person.as_ref().map_or_else(|| "unassigned".to_owned(), |p| format!("@{p}"));
        if let Some(answer) = &ask.answer {
            return (format!("{who} answered"), Ink::Good, format!("{}: {}", ask.text, answer.text));
        }
        let seen = match (ask.acknowledged.is_some(), ask.is_unheard(model.now)) {
            (true, _) => "",
            (false, true) => " no ack",
            (false, false) => "?",
        };
        return match ask.due_at {
            Some(at) if room.incident.clocks_run() => {
                let ink = if at <= model.now { Ink::Bad } else { Ink::Warn };
                (format!("{who}{seen} {}", left(at, model.now)), ink, ask.text.clone())
            }
            _ if !room.incident.clocks_run() => (format!("{who} no answer"), Ink::Dim, ask.text.clone()),
            _ => (format!("{who}{seen}"), Ink::Warn, ask.text.clone()),
        };
    }
    match talk.hypotheses.get(&seq) {
        Some(h) => {
            let ink = match h.now.state {
                HypothesisState::Open => Ink::Word,
                HypothesisState::Supported => Ink::Good,
                HypothesisState::RuledOut => Ink::Dim,
            };
            let why = if h.now.why.is_empty() { String::new() } else { format!(": {}", h.now.why) };
            (h.now.state.to_string(), ink, format!("{}{why}", h.text))
        }
        None => (String::new(), Ink::Text, String::new()),
    }
}

/// The similar incidents that a pane shows: the name of each, then what is said of it.
#[must_use]
pub fn similar(room: &Room, body: Area) -> Shown<&Hit> {
    let height = usize::from(body.h);
    let current = room.current_hit().map(|hit| hit.path.as_str());
    let selected = room.similar.iter().position(|hit| Some(hit.path.as_str()) == current).unwrap_or(0);
    let told: Vec<Vec<String>> = room.similar.iter().map(about).collect();
    // Only whoever stands in the pane reads one of them in full; to all others each is worth its rows.
    let focus = room.focus == Pane::Similar;
    let lines = |told: &Vec<String>| if focus { told.len() } else { least(told) };
    let all: usize = told.iter().map(|told| lines(told).saturating_add(1)).sum();
    // One above the selected one, so that it is seen that there is one.
    let first = if all <= height { 0 } else { selected.saturating_sub(1) };
    let lines = room.similar.iter().zip(told).skip(first).map(|(hit, told)| (hit.name(), told));
    let rows = past(lines, body.w, height, focus.then_some(selected.saturating_sub(first)));
    Shown { items: room.similar.iter().skip(first).collect(), first, rows }
}

/// How many lines of what is said have a row before anything else has one.
fn least(told: &[String]) -> usize {
    told.iter().filter(|line| line.starts_with(UNSHIPPED)).count()
}

/// The rows of past incidents, each with its name and what is said of it. What was promised and never shipped comes
/// before all else that is said: where there are too few rows, that of each comes before what else is known of one. The
/// one that is told `whole` has a row for every line.
pub fn past(
    hits: impl Iterator<Item = (String, Vec<String>)>,
    width: u16,
    rows: usize,
    whole: Option<usize>,
) -> Vec<Told> {
    let lines = hits.map(|(name, told)| {
        let name = Part { text: name, cells: width, indent: INDENT, foremost: false };
        let part = |text: String| Part {
            foremost: text.starts_with(UNSHIPPED),
            text,
            cells: width.saturating_sub(INDENT),
            indent: INDENT,
        };
        std::iter::once(name).chain(told.into_iter().map(part)).collect()
    });
    let mut items: Vec<Vec<Part>> = lines.collect();
    choose(&mut items, rows, whole);
    spread(items, rows, whole.unwrap_or(usize::MAX))
}

/// Leaves out the lines for which there is no row.
fn choose(items: &mut [Vec<Part>], rows: usize, whole: Option<usize>) {
    let lines: usize = items.iter().map(Vec::len).sum();
    if lines <= rows {
        return;
    }
    let needed = |nth: usize, part: &Part| nth == 0 || part.foremost;
    let mut left = rows;
    // How many lines beside the needed ones each has; nothing at all from the first on that has no room.
    let mut beside: Vec<usize> = Vec::new();
    for (item, parts) in items.iter().enumerate() {
        let least = parts.iter().enumerate().filter(|(nth, part)| needed(*nth, part)).count();
        if least > left && item > whole.unwrap_or(0) {
            break;
        }
        left = left.saturating_sub(least);
        let more = if whole == Some(item) { parts.len().saturating_sub(least).min(left) } else { 0 };
        left = left.saturating_sub(more);
        beside.push(more);
    }
    for (parts, more) in items.iter().zip(&mut beside) {
        let least = parts.iter().enumerate().filter(|(nth, part)| needed(*nth, part)).count();
        let further = parts.len().saturating_sub(least).saturating_sub(*more).min(left);
        *more = more.saturating_add(further);
        left = left.saturating_sub(further);
    }
    for (item, parts) in items.iter_mut().enumerate() {
        let Some(mut more) = beside.get(item).copied() else {
            parts.clear();
            continue;
        };
        let mut nth = 0_usize;
        parts.retain(|part| {
            let mut stays = needed(nth, part);
            nth = nth.saturating_add(1);
            if !stays && more > 0 {
                more = more.saturating_sub(1);
                stays = true;
            }
            stays
        });
    }
}
