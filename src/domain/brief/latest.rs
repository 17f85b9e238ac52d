//! What happened last, for whoever joins late and reads the brief only: a scribe who writes plain notes and uses no
//! verb is heard here. It must not repeat what another section says, nor say what nobody said.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthChar;

use super::{Incident, is_kept, last_decided};
use crate::domain::ids::Seq;
use crate::domain::incident::{Entry, REOPENED, Topic, Update, UpdateState, may_leave};
use crate::domain::telling;
use crate::domain::time::{Utc, with_day};
use crate::domain::words::{EntryKind, Milestone, StepState};
use crate::domain::zone::Tz;

/// How many lines the section has at most: the brief is one screen.
const MOST: usize = 4;

/// How many starred lines it has at most.
const STARS: usize = 3;

/// How many of the last notes stand there, where none of them is older than the last star.
const NOTES: usize = 2;

/// How many columns of a line are told at most: the first words of a long update, not all of it. A screen that is
/// narrower shows less of it.
const WIDTH: usize = 300;

/// Contained, reopened or set back since when, the last update that was sent, and the newest lines: those with a star, and the
/// notes since the last of them, so that no early star hides what was written after it.
pub(super) fn latest(incident: &Incident, now: Utc, zone: Tz) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(turned(incident, now, zone).or_else(|| contained(incident, now, zone)));
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
    let note = |e: &&Entry| matches!(e.kind, EntryKind::Note) && e.topic == Topic::Said;
    let mut newest: Vec<&Entry> = told().take_while(|e| !e.starred).filter(note).take(NOTES).collect();
    let room = MOST.saturating_sub(lines.len());
    // The last note has its place, however many stars there are.
    let most = room.saturating_sub(newest.len().min(1)).min(STARS);
    let starred: Vec<&Entry> = told().filter(|e| e.starred).take(most).collect();
    newest.truncate(room.saturating_sub(starred.len()));
    lines.extend(newest.into_iter().chain(starred).map(|entry| {
        let mark = if entry.starred { "★ " } else { "" };
        let about = if entry.about { "~" } else { "" };
        row(incident, &format!("{mark}{about}{} ", with_day(entry.occurred_at, now, zone)), &entry.text)
    }));
    lines
}

/// What took away that it was contained, where that does not hold any more.
pub(super) fn turned(incident: &Incident, now: Utc, zone: Tz) -> Option<String> {
    reopened(incident, now, zone).or_else(|| set_back(incident, now, zone))
}

/// Since when it is open again, who said so and why: what contained it before did not hold. Nothing once it is contained
/// again.
fn reopened(incident: &Incident, now: Utc, zone: Tz) -> Option<String> {
    let (at, seq) = incident.last_reopened()?;
    if incident.milestones.get(&Milestone::Contained).is_some_and(|mark| (mark.at, mark.seq) > (at, seq)) {
        return None;
    }
    let head = format!("reopened {}", with_day(at, now, zone));
    let Some(line) = incident.timeline.get(seq) else { return Some(head) };
    let head = format!("{head} ({})", line.by);
    let why = line.text.strip_prefix(REOPENED).unwrap_or_default();
    if why.trim().is_empty() || line.redacted || !may_leave(&line.text) || is_kept(incident, seq) {
        return Some(head);
    }
    Some(row(incident, &format!("{head}: "), why))
}

/// Since when its phase is one from before it was contained again, and who said so.
fn set_back(incident: &Incident, now: Utc, zone: Tz) -> Option<String> {
    let back = incident.set_back()?;
    Some(format!("set back to phase {} {} ({})", back.phase, with_day(back.since, now, zone), back.by))
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
    told.extend(incident.last_reopened().map(|(_, seq)| seq));
    told
}

/// What is said before, then the first line of a text. Words that may not leave are taken out before it is cut: half of
/// an indicator would not be known as one.
fn row(incident: &Incident, head: &str, text: &str) -> String {
    let text = telling::safe(incident, text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut row = format!("{head}{}", lines.next().unwrap_or_default());
    let mut width = 0_usize;
    let too_long = row.char_indices().find(|(_, c)| {
        width = width.saturating_add(c.width().unwrap_or(0));
        width > WIDTH
    });
    if let Some((end, _)) = too_long {
        row.truncate(end);
        // The last word may be half of one; what has no blanks is cut where there is no room for more.
        if let Some(word) = row.rfind(' ').filter(|end| *end > head.len()) {
            row.truncate(word);
        }
        row.truncate(row.trim_end().len());
    }
    if too_long.is_some() || lines.next().is_some() {
        row.push_str(" …");
    }
    row
}
