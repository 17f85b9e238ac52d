//! What is read on the screen, in rows: the brief, an entry with its history, a step, a similar incident. Pure, so
//! that update knows where it ends. It must not colour: an ink says what a row is, the theme how that looks.

mod people;

use unicode_width::UnicodeWidthStr;

use super::layout::{Pane, Size};
use super::model::{Hit, Model, Read, Room};
use super::words::{entry_word, step_mark};
use super::wrap::{hang, wrap, wrap_ends, wrap_start};
use crate::domain::board::size;
use crate::domain::brief;
use crate::domain::event::StepRef;
use crate::domain::ids::Seq;
use crate::domain::incident::Incident;
use crate::domain::recurrence::{AGAIN, DIFFERENT};
use crate::domain::resemble;
use crate::domain::time::{day_in_zone, format_span, with_zone_seconds, zone_label};
use crate::domain::words::HypothesisState;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Plain.
    Text,
    /// In the background.
    Dim,
    /// What matters.
    Strong,
    /// A heading, a command.
    Word,
    /// Open, late.
    Warn,
    /// Over its time.
    Bad,
    /// Well.
    Good,
    /// Former or struck words.
    Struck,
}

/// The first row of a text that stands plain on the screen: the two top lines stay.
pub const PLAIN_TOP: u16 = 2;

/// Rows with their ink.
pub type Lines = Vec<(String, Ink)>;

/// Up to this width it takes the whole screen: there is none to spare, and what would be left beside it are stumps.
const NARROW: u16 = 100;

/// The width of the overlay that shows it, borders left out.
#[must_use]
pub fn columns(size: Size) -> u16 {
    if size.w <= NARROW { size.w.saturating_sub(2) } else { size.w.saturating_sub(6).min(110) }
}

/// How many rows of it the overlay shows at most.
#[must_use]
pub const fn height(size: Size) -> u16 {
    size.h.saturating_sub(5)
}

/// How far what is read can be scrolled.
#[must_use]
pub fn last_scroll(model: &Model, what: &Read) -> usize {
    if matches!(what, Read::Plain(_)) {
        // The whole screen but for the top lines, the title and the hints.
        let rows = lines(model, what, model.size.w).1.len();
        return rows.saturating_sub(usize::from(model.size.h.saturating_sub(PLAIN_TOP + 2)));
    }
    let rows = lines(model, what, columns(model.size)).1.len();
    rows.saturating_sub(usize::from(height(model.size)))
}

/// How far the brief pane can be scrolled.
#[must_use]
pub fn last_brief_scroll(model: &Model) -> usize {
    let layout = model.layout();
    match (&model.room, layout.pane(Pane::Brief)) {
        (Some(room), Some(placed)) => {
            let rows = brief_lines(model, room, placed.body.w, usize::MAX).len();
            rows.saturating_sub(usize::from(placed.body.h))
        }
        _ => 0,
    }
}

/// The title and the rows of what is read.
#[must_use]
pub fn lines(model: &Model, what: &Read, width: u16) -> (String, Lines) {
    let (title, lines) = said(model, what, width);
    // Nothing is cut at the edge: what is too long goes on in the next row.
    let rows = lines.into_iter().flat_map(|(line, ink)| {
        let rows = if line.width() > usize::from(width) { hang(&line, width, 20) } else { vec![line] };
        rows.into_iter().map(move |row| (row, ink))
    });
    (title, rows.collect())
}

fn said(model: &Model, what: &Read, width: u16) -> (String, Lines) {
    let none = || (String::new(), Vec::new());
    match (what, &model.room) {
        (Read::Brief, Some(room)) => {
            let zone = zone_label(model.now, model.zone());
            (
                format!("Brief {} {} ({zone})", room.incident.id, room.incident.title),
                brief_rows(model, room, width, usize::MAX, |line, width| wrap(line, width, 2000)),
            )
        }
        (Read::Entry(seq), Some(room)) => entry(model, room, *seq, width),
        (Read::Step(at), Some(room)) => step(room, *at, width),
        (Read::People, _) => people::people(model),
        (Read::Call, Some(room)) => people::call(model, room, width),
        (Read::Roster, Some(room)) => people::roster(model, room),
        (Read::Card(role), Some(room)) => people::card(model, room, role, width),
        (Read::Hit(hit), _) => {
            let mut out: Lines = vec![(format!("{} {}", hit.severity, hit.date), Ink::Dim)];
            for line in about(hit) {
                out.extend(wrap(&line, width, 8).into_iter().map(|l| (l, Ink::Text)));
            }
            (hit.name(), out)
        }
        (Read::Text(title, given), _) => {
            let wrapped = given.iter().flat_map(|l| hang(l, width, 20));
            (title.clone(), wrapped.map(|l| (l, Ink::Text)).collect())
        }
        (Read::Plain(text), _) => (
            "Select it here; Esc goes back".to_owned(),
            wrap(text, width, 2000).into_iter().map(|l| (l, Ink::Text)).collect(),
        ),
        _ => none(),
    }
}

fn entry(model: &Model, room: &Room, seq: Seq, width: u16) -> (String, Lines) {
    let Some(entry) = room.incident.timeline.get(seq) else { return (format!("Entry {seq}"), Vec::new()) };
    let zone = model.zone();
    let when =
        |at| format!("{} {} {}", day_in_zone(at, zone), with_zone_seconds(at, zone), zone_label(at, zone));
    let mut out: Lines =
        wrap(&room.incident.reads(entry), width, 2000).into_iter().map(|l| (l, Ink::Text)).collect();
    out.push((String::new(), Ink::Text));
    let about = if entry.about { "about " } else { "" };
    out.push((format!("occurred {about}{}", when(entry.occurred_at)), Ink::Dim));
    let late = entry.late_by().map(|l| format!(", {} later", format_span(l))).unwrap_or_default();
    out.push((format!("recorded {}{late}", when(entry.recorded_at)), Ink::Dim));
    out.push((format!("by @{} ({})", entry.by, entry.actor), Ink::Dim));
    let named = Some(&entry.alert).filter(|name| !name.is_empty()).map(|name| format!("alert {name}"));
    let from = Some(&entry.source).filter(|source| !source.is_empty()).map(|source| format!("from {source}"));
    if named.is_some() || from.is_some() {
        out.push((named.into_iter().chain(from).collect::<Vec<_>>().join(" "), Ink::Dim));
    }
    if !entry.tags.is_empty() {
        out.push((format!("tags #{}", entry.tags.join(" #")), Ink::Dim));
    }
    if let Some(strike) = &entry.struck {
        out.push((format!("struck by @{}: {}", strike.by, strike.reason), Ink::Warn));
    }
    for edit in entry.edits.iter().rev() {
        out.push((format!("amended by @{} {}; before:", edit.by, when(edit.at)), Ink::Dim));
        out.extend(
            wrap(&edit.text, width.saturating_sub(2), 20)
                .into_iter()
                .map(|l| (format!("  {l}"), Ink::Struck)),
        );
    }
    let talk = &room.incident.talk;
    if let Some(answer) = talk.asks.get(&seq).and_then(|a| a.answer.as_ref()) {
        out.push((format!("answered by @{}: {}", answer.by, answer.text), Ink::Good));
    }
    out.extend(belongings(room, seq, width));
    if let Some(verdict) = talk.decisions.get(&seq).and_then(|d| d.verdict.as_ref()) {
        out.push((format!("{} ({}) {}", verdict.verdict, verdict.by, verdict.reason), Ink::Good));
    }
    (format!("{} {seq}", entry_word(entry)), out)
}

/// What belongs to an entry: objections, its state, evidence, indicators.
fn belongings(room: &Room, seq: Seq, width: u16) -> Lines {
    let (talk, record) = (&room.incident.talk, &room.incident.record);
    let mut said: Vec<(String, Ink)> = Vec::new();
    if let Some((who, _)) = talk.asks.get(&seq).and_then(|a| a.acknowledged.as_ref()) {
        said.push((format!("acknowledged by @{who}"), Ink::Good));
    }
    if let Some(decision) = talk.decisions.get(&seq) {
        said.extend(decision.objections.iter().map(|o| (format!("against it: {o}"), Ink::Warn)));
    }
    if let Some(h) = talk.hypotheses.get(&seq) {
        if h.now.state != HypothesisState::Open {
            said.push((format!("{} by @{}: {}", h.now.state, h.now.by, h.now.why), Ink::Strong));
        }
        let before = resemble::ruled_out(&room.incident, &h.text).filter(|old| old.seq < seq);
        if let Some(old) = before {
            let line = format!("like #{}, ruled out by @{}: {}", old.seq, old.now.by, old.now.why);
            said.push((line, Ink::Warn));
        }
    }
    for item in record.evidence_of(seq) {
        let bytes = item.size.map(|s| format!(", {}", size(s))).unwrap_or_default();
        let hash = item.sha256.as_ref().map(|h| format!(", SHA-256 {h}")).unwrap_or_default();
        let line = format!(
            "evidence #{} {} ({}{bytes}) at {}{hash}",
            item.seq, item.name, item.class, item.location
        );
        said.push((line, Ink::Word));
    }
    for ioc in record.iocs.iter().filter(|i| i.entry == Some(seq)) {
        said.push((format!("ioc {} {} (TLP:{})", ioc.kind, ioc.shown(), ioc.tlp), Ink::Word));
    }
    said.iter().flat_map(|(line, ink)| wrap(line, width, 2000).into_iter().map(|l| (l, *ink))).collect()
}

fn step(room: &Room, at: StepRef, width: u16) -> (String, Lines) {
    let Some(step) = room.incident.checklist.get(at) else { return ("Step".to_owned(), Vec::new()) };
    let mut out: Lines = Vec::new();
    let head = format!("{} {}", step_mark(step.state), step.text);
    out.extend(wrap(&head, width, 10).into_iter().map(|l| (l, Ink::Strong)));
    out.push((format!("{}, {}", step.heading, step.state), Ink::Dim));
    if !step.only.is_empty() {
        let now = if step.holds { "" } else { ", so not for this one now" };
        out.push((format!("only {}{now}", step.only.join(", ")), Ink::Dim));
    }
    if let Some(person) = &step.person {
        out.push((format!("@{person}"), Ink::Dim));
    }
    if !step.reason.is_empty() {
        out.push((step.reason.clone(), Ink::Warn));
    }
    for command in &step.commands {
        out.push((String::new(), Ink::Text));
        out.extend(
            wrap(command, width.saturating_sub(2), 20).into_iter().map(|l| (format!("  {l}"), Ink::Word)),
        );
    }
    if !step.commands.is_empty() {
        out.push((String::new(), Ink::Text));
        out.push(("y copies the command".to_owned(), Ink::Dim));
    }
    (format!("Step {}", step.number), out)
}

/// The brief of the pane in lines of a width: all of them, or, once there are `enough`, no more, because a frame of a long room
/// should pay for what it shows only. Sections that say nothing take one line together.
#[must_use]
pub fn brief_lines(model: &Model, room: &Room, width: u16, enough: usize) -> Lines {
    brief_rows(model, room, width, enough, |line, width| wrap_ends(line, width, 6))
}

/// How many rows a line of what happened last takes at most: one where it says enough, else as many as it needs for
/// that. The whole of it stands in the timeline.
fn latest_rows(cells: u16) -> usize {
    const ENOUGH: u16 = 72;
    usize::from(ENOUGH.div_ceil(cells.max(1)))
}

/// How many rows a decision or a hypothesis takes at most: its beginning says what, its end who and by when. The whole
/// of it stands in its pane, in what `Y` copies and in `warroom brief`.
const MOST_JUDGED: usize = 2;

/// The same, with what breaks a line into rows.
fn brief_rows(
    model: &Model,
    room: &Room,
    width: u16,
    enough: usize,
    broken: impl Fn(&str, u16) -> Vec<String>,
) -> Lines {
    let brief = brief::on_screen(&room.incident, &model.policy, model.now, model.zone());
    let mut out = section_rows(&brief.sections, width, enough, broken);
    let nothing: Vec<&str> =
        brief.sections.iter().filter(|s| s.lines.is_empty()).map(|s| s.heading).collect();
    if !nothing.is_empty() && out.len() < enough {
        for row in wrap(&format!("Nothing yet: {}", nothing.join(", ")), width, 4) {
            out.push((row, Ink::Dim));
        }
    }
    out
}

/// Sections of the brief in lines of a width, or, once there are `enough`, no more.
fn section_rows(
    sections: &[brief::BriefSection],
    width: u16,
    enough: usize,
    broken: impl Fn(&str, u16) -> Vec<String>,
) -> Lines {
    let mut out: Lines = Vec::new();
    for section in sections.iter().filter(|section| !section.lines.is_empty()) {
        if out.len() >= enough {
            return out;
        }
        out.push((section.heading.to_owned(), Ink::Word));
        for line in &section.lines {
            if out.len() >= enough {
                return out;
            }
            let cells = width.saturating_sub(3);
            let rows = match section.heading {
                brief::LATEST => wrap_start(line, cells, latest_rows(cells)),
                // Of what is only supposed nobody has said anything yet.
                brief::SUSPECTED if line.starts_with(brief::OPEN) => wrap_start(line, cells, MOST_JUDGED),
                brief::DECIDED | brief::SUSPECTED | brief::RULED_OUT => wrap_ends(line, cells, MOST_JUDGED),
                _ => broken(line, cells),
            };
            for (nth, row) in rows.into_iter().enumerate() {
                let indent = if nth == 0 { "  " } else { "   " };
                out.push((format!("{indent}{row}"), Ink::Text));
            }
        }
    }
    out
}

/// What a commander asks first about an incident that is not open before them.
const AT_A_GLANCE: [&str; 5] = ["Impact", "Ended", "Next", brief::LATEST, "Open asks"];

/// The brief of the incident that the home screen shows, what matters most in front, in so many rows.
#[must_use]
pub fn preview_lines(model: &Model, incident: &Incident, width: u16, rows: usize) -> Lines {
    let mut brief = brief::brief(incident, &model.policy, model.now, model.zone());
    let place = |section: &brief::BriefSection| AT_A_GLANCE.iter().position(|h| *h == section.heading);
    brief.sections.sort_by_key(|section| place(section).unwrap_or(AT_A_GLANCE.len()));
    let mut out = section_rows(&brief.sections, width, rows, |line, width| wrap_ends(line, width, 3));
    out.truncate(rows);
    // A heading alone in the last row tells nothing.
    out.pop_if(|(_, ink)| *ink == Ink::Word);
    out
}

/// How a line begins that proposes that it is the same failure.
pub const SAME: &str = "the same failure?";

/// How a line begins that tells what was promised and never shipped.
pub const UNSHIPPED: &str = "not shipped";

/// Whether it is the same failure, as a person said or as the program proposes; empty when nothing says so.
#[must_use]
pub fn same(hit: &Hit) -> Vec<String> {
    match hit.said.as_str() {
        AGAIN => vec!["the same failure, a person says".to_owned()],
        DIFFERENT => vec!["not the same failure, a person says".to_owned()],
        _ if hit.same.is_empty() => Vec::new(),
        _ => vec![format!("{SAME} {}", hit.same.join(", "))],
    }
}

/// What was promised and never shipped, with how many where there is more than one: the line may be cut.
#[must_use]
pub fn unshipped(hit: &Hit) -> Option<String> {
    let all = hit.unshipped.join("; ");
    match hit.unshipped.len() {
        0 => None,
        1 => Some(format!("{UNSHIPPED}: {all}")),
        n => Some(format!("{UNSHIPPED} ({n}): {all}")),
    }
}

/// What is said below a hit: what was never shipped, then why it is here.
#[must_use]
pub fn about(hit: &Hit) -> Vec<String> {
    let mut out: Vec<String> = unshipped(hit).into_iter().collect();
    out.extend(same(hit));
    if !hit.why.is_empty() {
        out.push(format!("why: {}", hit.why.join(", ")));
    }
    let course = course(hit);
    if !course.is_empty() {
        out.push(course);
    }
    out
}

/// How long it took and what ended it, in a line; empty when neither is known.
#[must_use]
pub fn course(hit: &Hit) -> String {
    let took = (!hit.took.is_empty()).then(|| format!("took {}", hit.took));
    let ended = (!hit.ended.is_empty()).then(|| format!("ended by: {}", hit.ended));
    took.into_iter().chain(ended).collect::<Vec<_>>().join(", ")
}
