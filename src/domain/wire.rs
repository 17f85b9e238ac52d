//! The wire form of events: the only place where events meet JSON. Every reader decodes here, so an event that
//! was ever written can be read for ever; upcasts of older versions live here and nowhere else. It must not
//! know what follows from an event.
//!
//! A payload is a JSON object: `{"by": "alice", "occurred_at": "…", "about": true, "undoes": 7, "brought_by": "bob",
//! "data": {…}}`, where `occurred_at`, `about`, `undoes` and `brought_by` are absent when the event happened as it was
//! stored, takes nothing back and came with no table, and `data` is the body of the kind (`event`). The golden files of `tests/fixtures/wire` freeze one example of every kind and version.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::event::{Event, NewEvent, Recorded, UnknownEvent};
use crate::domain::ids::{EventId, Seq};
use crate::domain::time::Utc;
use crate::domain::words::EntryKind;

/// An event in the form in which it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The name of the kind: `entry.noted`.
    pub name: String,
    /// The version of the kind, from 1.
    pub version: u16,
    /// The payload: UTF-8 JSON.
    pub payload: Vec<u8>,
}

/// What the log knows of an event beside its payload.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// Position in the log.
    pub seq: Seq,
    /// Identity of the event.
    pub id: EventId,
    /// The name of the kind.
    pub name: &'a str,
    /// The version of the kind.
    pub version: u16,
    /// When it was stored.
    pub recorded_at: Utc,
    /// The clock behind the wall clock when it was stored, where the host told.
    pub host: Option<crate::domain::time::HostClock>,
    /// Unix user, host and terminal.
    pub actor: &'a str,
}

#[derive(Serialize)]
struct PayloadOut<'a> {
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Utc>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    about: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brought_by: Option<&'a str>,
    data: serde_json::Value,
}

#[derive(Deserialize)]
struct PayloadIn<'a> {
    #[serde(borrow, default)]
    by: Cow<'a, str>,
    #[serde(default)]
    occurred_at: Option<Utc>,
    #[serde(default)]
    about: bool,
    #[serde(default)]
    undoes: Option<Seq>,
    #[serde(default)]
    brought_by: Option<String>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Writes an event.
///
/// # Errors
/// When a body cannot be written as JSON, which no known kind does.
pub fn encode(event: &NewEvent) -> Result<Encoded, serde_json::Error> {
    let (name, version) = event.event.kind();
    let payload = serde_json::to_vec(&PayloadOut {
        by: &event.by,
        occurred_at: event.occurred_at,
        about: event.about,
        undoes: event.undoes,
        brought_by: event.brought_by.as_deref(),
        data: event.event.body()?,
    })?;
    Ok(Encoded { name: name.to_owned(), version, payload })
}

/// Reads an event. It never fails: what cannot be read as its kind is kept as [`Event::Unknown`], so that it is
/// shown and not lost. `payload` is `None` when it was erased.
#[must_use]
pub fn decode(envelope: &Envelope<'_>, payload: Option<&[u8]>) -> Recorded {
    let recorded =
        |by: String, occurred_at: Utc, about: bool, undoes: Option<Seq>, event: Option<Event>| Recorded {
            seq: envelope.seq,
            id: envelope.id,
            recorded_at: envelope.recorded_at,
            host: envelope.host,
            actor: envelope.actor.to_owned(),
            by,
            occurred_at,
            about,
            undoes,
            brought_by: None,
            erased: if event.is_none() { line(envelope.name) } else { None },
            event,
        };
    let Some(payload) = payload else {
        return recorded(String::new(), envelope.recorded_at, false, None, None);
    };
    let unknown = |body| {
        Some(Event::Unknown(UnknownEvent { name: envelope.name.to_owned(), version: envelope.version, body }))
    };
    match serde_json::from_slice::<PayloadIn<'_>>(payload) {
        Ok(parsed) => {
            let event = Event::from_body(envelope.name, envelope.version, parsed.data)
                .map_or_else(|_| unknown(body_or_text(parsed.data.get())), Some);
            let occurred_at = parsed.occurred_at.unwrap_or(envelope.recorded_at);
            let brought_by = parsed.brought_by;
            let read = recorded(parsed.by.into_owned(), occurred_at, parsed.about, parsed.undoes, event);
            Recorded { brought_by, ..read }
        }
        Err(_) => {
            let text = String::from_utf8_lossy(payload).into_owned();
            recorded(
                String::new(),
                envelope.recorded_at,
                false,
                None,
                unknown(serde_json::Value::String(text)),
            )
        }
    }
}

/// Which line of a person or a monitor an event of that name is. What sends a line that is there keeps its payload.
fn line(name: &str) -> Option<EntryKind> {
    Some(match name {
        "entry.noted" => EntryKind::Note,
        "entry.alerted" => EntryKind::Alert,
        "decision.made" => EntryKind::Decision,
        "hypothesis.proposed" => EntryKind::Hypothesis,
        "ask.made" => EntryKind::Ask,
        "update.drafted" | "update.sent" => EntryKind::Update,
        _ => return None,
    })
}

/// The body of an event that is not known; as its text where it is nested deeper than JSON is read.
fn body_or_text(json: &str) -> serde_json::Value {
    serde_json::from_str(json).unwrap_or_else(|_| serde_json::Value::String(json.to_owned()))
}

/// The event with each text of its body put through `change`, which gives `None` to leave one as it is. `None` when
/// nothing changed. Who did it, and an event of an unknown kind, stay as they are.
///
/// # Errors
/// When the body cannot be written as JSON or no longer fits its kind, which texts alone do not cause.
pub fn with_texts(
    event: &NewEvent,
    change: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<NewEvent>, serde_json::Error> {
    let (name, version) = event.event.kind();
    let mut body = event.event.body()?;
    if matches!(event.event, Event::Unknown(_)) || !change_texts(&mut body, change) {
        return Ok(None);
    }
    let raw = serde_json::value::to_raw_value(&body)?;
    Ok(Some(NewEvent { event: Event::from_body(name, version, &raw)?, ..event.clone() }))
}

fn change_texts(value: &mut serde_json::Value, change: &dyn Fn(&str) -> Option<String>) -> bool {
    use serde_json::Value;
    match value {
        Value::String(text) => change(text).is_some_and(|new| {
            *text = new;
            true
        }),
        Value::Array(all) => all.iter_mut().filter_map(|v| change_texts(v, change).then_some(())).count() > 0,
        Value::Object(all) => {
            all.values_mut().filter_map(|v| change_texts(v, change).then_some(())).count() > 0
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests;
