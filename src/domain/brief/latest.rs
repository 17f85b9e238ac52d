//! What happened last, for whoever joins late and reads the brief only: a scribe who writes plain notes and uses no
//! verb is heard here. It must not repeat what another section says, nor say what nobody said.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthChar;

use super::{Incident, is_kept, last_decided};
use crate::domain::ids::Seq;
use crate::domain::incident::{Entry, Topic, Update, UpdateState, may_leave};
use crate::domain::telling;
use crate::domain::time::{Utc, with_day};
use crate::domain::words::{EntryKind, Milestone, StepState};
use crate::domain::zone::Tz;

/// How many lines the section has at most: the brief is one screen.
const MOST: usize = 4;

/// How many starred lines it has at most, and room for this many there is always.
const STARS: std::ops::RangeInclusive<usize> = 2..=3;

/// How many of the last notes stand there where nothing has a star.
const NOTES: usize = 2;

/// How wide a line is at most: one row of the smallest screen.
const WIDTH: usize = 72;

/// Contained since when, the last update that was sent, and the newest lines with a star, else the last notes.
pub(super) fn latest(incident: &Incident, now: Utc, zone: Tz) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(contained(incident, now, zone));
    lines.extend(sent(incident).map(|(update, at)| {
        let by = update.sent.as_ref().map(|(by, _)| format!(" by {by}")).unwrap_or_default();
        let at = with_day(at, now, zone);
        row(incident, &format!("update to {} {at}{by}: ", update.audience), &update.text)
    }));
    let elsewhere = told_elsewhere(incident);
    let told = || {
        let all = incident.timeline.shown().rev();
        all.filter(|e| !e.redacted && may_leave(&e.text) && !is_kept(incident, e.seq))
            .filter(|e| !elsewhere.contains(&e.seq) && !e.text.trim().is_empty())
    };
    let stars = MOST.saturating_sub(lines.len()).clamp(*STARS.start(), *STARS.end());
    let mut newest: Vec<&Entry> = told().filter(|e| e.starred).take(stars).collect();
    if newest.is_empty() {
        let note = |e: &&Entry| matches!(e.kind, EntryKind::Note) && e.topic == Topic::Said;
        newest = told().filter(note).take(NOTES).collect();
    }
    lines.extend(newest.into_iter().map(|entry| {
        let mark = if entry.starred { "★ " } else { "" };
        let about = if entry.about { "~" } else { "" };
        row(incident, &format!("{mark}{about}{} ", with_day(entry.occurred_at, now, zone)), &entry.text)
    }));
    lines
}

/// Since when the harm does not grow, who said so, and the last step that was done before.
fn contained(incident: &Incident, now: Utc, zone: Tz) -> Option<String> {
    let mark = incident.milestones.get(&Milestone::Contained)?;
    let about = if mark.about { "~" } else { "" };
    let head = format!("contained {about}{} ({})", with_day(mark.at, now, zone), mark.by);
    let done = incident.checklist.steps().filter(|s| s.state == StepState::Done && may_leave(&s.text));
    let before = done.filter(|s| s.since.is_some_and(|since| since <= mark.at)).max_by_key(|s| s.since);
    Some(match before {
        Some(step) => row(incident, &format!("{head}, last step before: "), &step.text),
        None => head,
    })
}

/// The last update that went out, and when.
fn sent(incident: &Incident) -> Option<(&Update, Utc)> {
    let all = incident.talk.updates.values().filter(|u| u.state == UpdateState::Sent);
    let told = all.filter(|u| !is_kept(incident, u.seq) && may_leave(&u.text));
    let sent = told.filter_map(|u| Some((u, u.sent.as_ref()?.1)));
    sent.max_by_key(|(u, at)| (*at, u.sent_seq))
}

/// Lines whose words stand in another section, or in another line of this one.
fn told_elsewhere(incident: &Incident) -> BTreeSet<Seq> {
    let talk = &incident.talk;
    let mut told: BTreeSet<Seq> = last_decided(incident).into_iter().map(|d| d.seq).collect();
    told.extend(talk.hypotheses.keys());
    told.extend(talk.open_asks().into_iter().map(|ask| ask.seq));
    told.extend(talk.updates.keys());
    told.extend(talk.updates.values().map(|update| update.sent_seq));
    told.extend(incident.impact.as_ref().map(|impact| impact.seq));
    told.extend(incident.milestones.values().map(|mark| mark.seq));
    told
}

/// What is said before, then the first line of a text as far as it fits. Words that may not leave are taken out
/// before it is cut: half of an indicator would not be known as one.
fn row(incident: &Incident, head: &str, text: &str) -> String {
    let text = telling::safe(incident, text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let whole = format!("{head}{first}");
    let more = lines.next().is_some();
    let mut width = 0;
    let mut row = String::new();
    for c in whole.chars() {
        width += c.width().unwrap_or(0);
        if width > WIDTH {
            break;
        }
        row.push(c);
    }
    if row.len() < whole.len() {
        // The ellipsis takes the place of the last one.
        row.pop();
        row.truncate(row.trim_end().len());
        row.push('…');
    } else if more {
        row.push_str(" …");
    }
    row
}
