//! The open asks of an incident that is merged into another: ended there with where they went, and asked anew in the one
//! that goes on, whose clocks and lists somebody watches. It must not write (`merge` does).

use super::is_left_out;
use crate::domain::decide::MAX_TEXT;
use crate::domain::ids::IncidentId;
use crate::domain::incident::{Ask, Incident};
use crate::domain::request::{Asked, Keep, Request};
use crate::domain::time::{Span, Utc};
use crate::domain::words::{State, Visibility};

/// The least time that somebody has who is asked anew.
const LEAST: Span = Span::minutes(1);

/// `@bob read the proxy log`
pub(super) fn named(ask: &Ask) -> String {
    let who = ask.person.as_ref().map_or_else(|| "nobody".to_owned(), |person| format!("@{person}"));
    format!("{who} {}", ask.text)
}

/// The asks that go over. What is restricted stays where those are who may read it, and nobody is asked in an incident
/// that is over.
pub(super) fn moving<'a>(part: &'a Incident, survivor: &Incident) -> Vec<&'a Ask> {
    let readers = part.visibility == Visibility::Team || part.visibility == survivor.visibility;
    if !readers || survivor.state != State::Open || part.state == State::Closed {
        return Vec::new();
    }
    let fits = |ask: &Ask| anew_text(ask, part).len() <= MAX_TEXT;
    part.talk.open_asks().into_iter().filter(|ask| !is_left_out(part, ask.seq) && fits(ask)).collect()
}

/// The asks that went over before.
pub(super) fn moved(part: &Incident, survivor: IncidentId) -> impl Iterator<Item = &Ask> {
    let ended = ended_with(survivor);
    part.talk.asks.values().filter(move |ask| ask.answer.as_ref().is_some_and(|answer| answer.text == ended))
}

/// What ends an ask where it was made.
pub(super) fn ended(ask: &Ask, survivor: IncidentId) -> Request {
    Request::Answer { target: ask.seq, text: ended_with(survivor) }
}

/// The ask as it is made anew, for what is left of its time; none where it is there.
pub(super) fn anew(ask: &Ask, part: &Incident, survivor: &Incident, now: Utc) -> Option<Asked> {
    if twin(ask, part, survivor).is_some() {
        return None;
    }
    let tags = part.timeline.get(ask.seq).map(|entry| entry.tags.clone()).unwrap_or_default();
    let time_box = ask.due_at.map(|due| (due - now).max(LEAST));
    Some(Request::Ask { text: anew_text(ask, part), person: ask.person.clone(), time_box, tags }.into())
}

/// What opens the asks again that went over and that nobody has answered since.
pub(super) fn taken_back<'a>(
    part: &'a Incident,
    survivor: &'a Incident,
) -> impl Iterator<Item = Request> + use<'a> {
    let waits = |ask: &&Ask| twin(ask, part, survivor).is_none_or(Ask::is_open);
    moved(part, survivor.id).filter(waits).map(|ask| Keep::WithdrawAnswer { target: ask.seq }.into())
}

/// What crosses them out in the one that they went to.
pub(super) fn crossed_out<'a>(
    part: &'a Incident,
    survivor: &'a Incident,
) -> impl Iterator<Item = Request> + use<'a> {
    let twins = moved(part, survivor.id).filter_map(|ask| twin(ask, part, survivor));
    twins.filter(|twin| twin.is_open()).map(|twin| Request::Strike {
        target: twin.seq,
        reason: format!("asked in {} again: it is not the same incident", part.id),
    })
}

fn ended_with(survivor: IncidentId) -> String {
    format!("asked anew in {survivor}, into which this was merged")
}

fn source(ask: &Ask, part: &Incident) -> String {
    format!(" (asked in {} #{})", part.id, ask.seq)
}

fn anew_text(ask: &Ask, part: &Incident) -> String {
    format!("{}{}", ask.text, source(ask, part))
}

/// The same ask in the other incident, where it counts.
fn twin<'a>(ask: &Ask, part: &Incident, survivor: &'a Incident) -> Option<&'a Ask> {
    let source = source(ask, part);
    let mut asks = survivor.talk.asks.values();
    asks.find(|other| other.text.ends_with(&source) && !is_left_out(survivor, other.seq))
}
