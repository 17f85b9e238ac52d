//! How incidents, lines and past incidents are written for scripts and for people. Times are RFC 3339 in UTC with
//! milliseconds. It must not print.

use serde::Serialize;

use crate::domain::account::Aside;
use crate::domain::ids::{EventId, IncidentId, Seq, StoryId};
use crate::domain::incident::{Entry, Incident};
use crate::domain::policy::Policy;
use crate::domain::recurrence::{AGAIN, DIFFERENT};
pub(super) use crate::domain::safe::one_line;
use crate::domain::stories::{Rules, assign_by, is_orphaned};
use crate::domain::summary::{StorySummary, Summary};
use crate::domain::time::{Span, Utc, format_span, rfc3339, same_day};
use crate::domain::words::{
    DispositionWord, EntryKind, IncidentKind, Phase, ReviewState, State, StoryKind, StoryState, Visibility,
};
use crate::domain::zone::Tz;
use crate::service::{Parts, Past, RunbookChoice};

/// A line of a timeline.
#[derive(Debug, Clone, Serialize)]
pub(super) struct EntryView {
    pub(super) seq: Seq,
    pub(super) id: EventId,
    pub(super) kind: EntryKind,
    pub(super) occurred_at: String,
    pub(super) about: bool,
    pub(super) recorded_at: String,
    pub(super) text: String,
    pub(super) author: String,
    pub(super) actor: String,
    pub(super) source: String,
    /// The name of an alert; empty where it has none.
    pub(super) alert: String,
    pub(super) tags: Vec<String>,
    pub(super) starred: bool,
    pub(super) struck: Option<StrikeView>,
    pub(super) edits: Vec<EditView>,
    pub(super) redacted: bool,
    pub(super) late_ms: Option<i64>,
    /// How far an update is: drafted, approved or sent; absent of other lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<&'static str>,
    /// The text as people read it.
    #[serde(skip)]
    pub(super) reads: String,
    #[serde(skip)]
    pub(super) shown: bool,
    #[serde(skip)]
    at: Utc,
}

/// Why a line does not count.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StrikeView {
    by: String,
    at: String,
    reason: String,
}

/// A former form of a line.
#[derive(Debug, Clone, Serialize)]
pub(super) struct EditView {
    by: String,
    at: String,
    text: String,
    occurred_at: String,
}

impl EntryView {
    /// A line of an incident.
    pub(super) fn of(incident: &Incident, entry: &Entry) -> Self {
        Self {
            seq: entry.seq,
            id: entry.id,
            kind: entry.kind,
            occurred_at: rfc3339(entry.occurred_at),
            about: entry.about,
            recorded_at: rfc3339(entry.recorded_at),
            text: entry.text.clone(),
            reads: incident.reads(entry).into_owned(),
            author: entry.by.clone(),
            actor: entry.actor.clone(),
            source: entry.source.clone(),
            alert: entry.alert.clone(),
            tags: entry.tags.clone(),
            starred: entry.starred,
            struck: entry.struck.as_ref().map(|s| StrikeView {
                by: s.by.clone(),
                at: rfc3339(s.at),
                reason: s.reason.clone(),
            }),
            edits: entry
                .edits
                .iter()
                .map(|e| EditView {
                    by: e.by.clone(),
                    at: rfc3339(e.at),
                    text: e.text.clone(),
                    occurred_at: rfc3339(e.occurred_at),
                })
                .collect(),
            redacted: entry.redacted,
            late_ms: entry.late_by().map(|late| late.num_milliseconds()),
            state: incident.talk.updates.get(&entry.seq).map(|update| update.state.as_str()),
            shown: entry.topic.shown_by_default(),
            at: entry.occurred_at,
        }
    }
}

/// `2026-11-20`: under which head a line stands.
pub(super) fn entry_day(entry: &EntryView) -> String {
    entry.at.format("%a %Y-%m-%d UTC").to_string()
}

/// `#7 14:31:05 note  text  (alice, +4m)`.
pub(super) fn entry_line(entry: &EntryView) -> String {
    entry_line_at(entry, &entry.at.format("%H:%M:%S").to_string())
}

/// The same where it stands under no head: with its day, when that is not today.
pub(super) fn lone_entry_line(entry: &EntryView, now: Utc) -> String {
    if same_day(entry.at, now, Tz::UTC) {
        return entry_line(entry);
    }
    entry_line_at(entry, &entry.at.format("%Y-%m-%d %H:%M:%S").to_string())
}

fn entry_line_at(entry: &EntryView, time: &str) -> String {
    let about = if entry.about { "~" } else { "" };
    let star = if entry.starred { "★ " } else { "" };
    let source =
        if entry.source.is_empty() { String::new() } else { format!("[{}] ", one_line(&entry.source)) };
    let late = entry
        .late_ms
        .map_or_else(String::new, |ms| format!(", +{}", format_span(chrono::TimeDelta::milliseconds(ms))));
    let edited = if entry.edits.is_empty() { "" } else { ", amended" };
    let struck = entry
        .struck
        .as_ref()
        .map_or_else(String::new, |s| format!("  [crossed out by {}: {}]", s.by, one_line(&s.reason)));
    // Who said it is erased with the words.
    let author = if entry.author.is_empty() { "nobody known" } else { &entry.author };
    format!(
        "#{:<3} {about}{time} {:<10} {star}{source}{}  ({author}{late}{edited}){struck}",
        entry.seq.0,
        entry.kind,
        entry.reads.trim_end().replace('\n', "\n      │ "),
    )
}

/// A row of a list of incidents.
#[derive(Debug, Clone, Serialize)]
pub(super) struct IncidentRow {
    id: IncidentId,
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    code_name: String,
    kind: IncidentKind,
    profile: String,
    severity: Option<String>,
    state: State,
    phase: Phase,
    visibility: Visibility,
    disposition: Option<DispositionWord>,
    services: Vec<String>,
    tags: Vec<String>,
    commander: Option<String>,
    people: Vec<String>,
    milestones: std::collections::BTreeMap<String, String>,
    declared_at: String,
    resolved_at: Option<String>,
    closed_at: Option<String>,
    updated_at: String,
    ended_by: String,
    postmortem: Option<String>,
    postmortem_waived: bool,
    postmortem_status: Option<ReviewState>,
    postmortem_owner: Option<String>,
    postmortem_meeting: Option<String>,
    /// The day by which it is due, while it is owed.
    postmortem_due: Option<String>,
    unshipped: u32,
    stories_overdue: u32,
    reopened: u32,
    head: Seq,
}

impl IncidentRow {
    /// The row of an incident with so many stories whose day has passed.
    pub(super) fn new(row: &Summary, policy: &Policy, stories_overdue: u32) -> Self {
        // What goes by a code name is not told by its services either.
        let hidden = row.shown_title() != row.title;
        let told = |texts: &[String]| if hidden { Vec::new() } else { texts.to_vec() };
        Self {
            id: row.id,
            title: row.shown_title().to_owned(),
            code_name: row.code_name.clone(),
            kind: row.kind,
            profile: row.profile.clone(),
            severity: row.severity.clone(),
            state: row.state,
            phase: row.phase,
            visibility: row.visibility,
            disposition: row.disposition,
            services: told(&row.services),
            tags: told(&row.tags),
            commander: row.commander.clone(),
            people: row.people.clone(),
            milestones: row.milestones.iter().map(|(name, at)| (name.clone(), rfc3339(*at))).collect(),
            declared_at: rfc3339(row.declared_at),
            resolved_at: row.resolved_at.map(rfc3339),
            closed_at: row.closed_at.map(rfc3339),
            updated_at: rfc3339(row.updated_at),
            ended_by: if hidden { String::new() } else { row.ended_by.clone() },
            postmortem: row.postmortem.clone(),
            postmortem_waived: row.has_waived_postmortem(),
            postmortem_status: row.review,
            postmortem_owner: row.postmortem_owner.clone(),
            postmortem_meeting: row.meeting.map(|day| day.to_string()),
            postmortem_due: row.postmortem_due(policy).map(|at| at.date_naive().to_string()),
            unshipped: row.unshipped,
            stories_overdue,
            reopened: row.reopened,
            head: row.head,
        }
    }
}

/// An improvement story.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StoryView {
    id: StoryId,
    incident: IncidentId,
    title: String,
    owner: Option<String>,
    due: Option<String>,
    severity: Option<String>,
    kind: Option<StoryKind>,
    state: StoryState,
    overdue: bool,
    overdue_days: Option<i64>,
    /// The day by which somebody must have taken it, while nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    assign_by: Option<String>,
    unassigned_overdue: bool,
    proof: String,
    external: String,
    link: String,
    reason: String,
    filed_at: String,
    changed_at: String,
    /// Later incidents that were the same failure, while it has not shipped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    raised_by: Vec<IncidentId>,
}

impl StoryView {
    pub(super) fn new(story: &StorySummary, now: Utc) -> Self {
        Self {
            id: story.id,
            incident: story.incident,
            title: story.title.clone(),
            owner: story.owner.clone(),
            due: story.due.map(|d| d.to_string()),
            severity: story.severity.clone(),
            kind: story.kind,
            state: story.state,
            overdue: story.is_overdue(now.date_naive()),
            overdue_days: story
                .due
                .filter(|_| story.is_overdue(now.date_naive()))
                .map(|due| (now.date_naive() - due).num_days()),
            assign_by: None,
            unassigned_overdue: false,
            proof: story.proof.clone(),
            external: story.external.clone(),
            link: story.link.clone(),
            reason: story.reason.clone(),
            filed_at: rfc3339(story.filed_at),
            changed_at: rfc3339(story.changed_at),
            raised_by: story.raised_by.clone(),
        }
    }

    /// The same with what the team's rule on owners says of it.
    pub(super) fn judged(mut self, story: &StorySummary, now: Utc, rules: Rules) -> Self {
        self.assign_by = assign_by(story, rules).map(|day| day.to_string());
        self.unassigned_overdue = is_orphaned(story, now.date_naive(), rules);
        self
    }

    /// The story in a line for people.
    pub(super) fn line(&self) -> String {
        let due = self.due.as_deref().unwrap_or("no date");
        let overdue = if self.overdue { " OVERDUE" } else { "" };
        let again = match self.raised_by.last() {
            Some(id) => format!(" AGAIN in {id}"),
            None => String::new(),
        };
        let owner = match (&self.owner, &self.assign_by) {
            (Some(owner), _) => format!("@{owner}"),
            (None, Some(day)) if self.unassigned_overdue => format!("NOBODY took it by {day}"),
            (None, _) => "nobody".to_owned(),
        };
        let severity = self.severity.as_deref().unwrap_or("-");
        let kind = self.kind.map_or("-", StoryKind::as_str);
        format!(
            "{:<17} {:<8} due {due}{overdue}{again}  {severity:<4} {kind:<10} {owner}  {}",
            self.id.to_string(),
            self.state,
            one_line(&self.title)
        )
    }
}

/// A past incident that fits.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PastView {
    id: String,
    title: String,
    severity: Option<String>,
    date: Option<String>,
    path: String,
    score: f32,
    parts: Parts,
    share: f32,
    why: Vec<String>,
    ended: Option<String>,
    /// How long it took, in milliseconds.
    took_ms: Option<i64>,
    services: Vec<String>,
    tags: Vec<String>,
    unshipped: Vec<StoryView>,
    /// Why it may be the same failure; empty: nothing says so.
    same_failure: Vec<String>,
    /// What a person said of it: `recurrence`, `different`, `related`.
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
    /// Why it enters no figure: `drill`, `test`, `false-alarm`, `duplicate`; absent when it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_counted: Option<&'static str>,
    #[serde(skip)]
    mark: &'static str,
}

impl PastView {
    pub(super) fn new(past: &Past, now: Utc) -> Self {
        Self {
            id: past.id.clone(),
            title: past.title.clone(),
            severity: past.severity.clone(),
            date: past.date.clone(),
            path: past.path.clone(),
            score: past.score,
            parts: past.parts,
            share: past.share,
            why: past.why.clone(),
            ended: past.ended.clone(),
            took_ms: past.took.map(|took| took.num_milliseconds()),
            services: past.services.clone(),
            tags: past.tags.clone(),
            unshipped: past.unshipped.iter().map(|s| StoryView::new(s, now)).collect(),
            same_failure: past.same.clone(),
            said: past.said.clone(),
            not_counted: past.aside.map(Aside::as_str),
            mark: past.aside.map_or("", Aside::mark),
        }
    }

    /// Its id, while it may be the same failure and nobody said whether it is.
    pub(super) fn proposed(&self) -> Option<&str> {
        (self.said.is_none() && !self.same_failure.is_empty()).then_some(self.id.as_str())
    }

    /// How many of its stories never shipped.
    pub(super) fn unshipped(&self) -> usize {
        self.unshipped.len()
    }

    /// The past incident for people: who it is, why it fits, what ended it, what was never shipped.
    pub(super) fn lines(&self) -> String {
        let severity = self.severity.as_deref().unwrap_or("-");
        let date = self.date.as_deref().unwrap_or("no date");
        let mark = if self.mark.is_empty() { String::new() } else { format!("  {}", self.mark) };
        let mut text = format!("{}{mark}  {}  {severity}  {date}", self.id, one_line(&self.title));
        if !self.why.is_empty() {
            text.push_str(&format!("\n    why: {}", one_line(&self.why.join(", "))));
        }
        let took =
            self.took_ms.and_then(Span::try_milliseconds).map(|took| format!("took {}", format_span(took)));
        let ended = self.ended.as_deref().filter(|e| !e.trim().is_empty());
        let ended = ended.map(|ended| format!("ended by: {}", one_line(ended)));
        let course = took.into_iter().chain(ended).collect::<Vec<_>>().join(", ");
        if !course.is_empty() {
            text.push_str(&format!("\n    {course}"));
        }
        match self.said.as_deref() {
            Some(AGAIN) => text.push_str("\n    the same failure: said by a person"),
            Some(DIFFERENT) => text.push_str("\n    not the same failure: said by a person"),
            _ if self.same_failure.is_empty() => {}
            _ => {
                text.push_str(&format!(
                    "\n    the same failure? {}",
                    one_line(&self.same_failure.join(", "))
                ));
            }
        }
        for story in &self.unshipped {
            text.push_str(&format!("\n    not shipped: {}", story.line()));
        }
        text
    }
}

/// A runbook that fits.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ChoiceView {
    name: String,
    title: String,
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    staleness: Option<String>,
}

impl ChoiceView {
    /// The runbook, with when it was tested as far as that is known.
    pub(super) fn new(choice: &RunbookChoice, staleness: Option<String>) -> Self {
        let RunbookChoice { name, title, why, .. } = choice.clone();
        Self { name, title, why, staleness }
    }

    /// The runbook in a line for people.
    pub(super) fn line(&self) -> String {
        let stale = self.staleness.as_ref().map(|stale| format!("; {stale}")).unwrap_or_default();
        format!("{}  {}  ({}{stale})", one_line(&self.name), one_line(&self.title), one_line(&self.why))
    }
}
