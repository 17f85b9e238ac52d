//! The draft of a postmortem, written from the log: what the log knows is there, what it cannot know is marked so that the
//! check finds every place. Struck, erased and `#privileged` lines never enter. It must not judge: causes, lessons
//! and what went well are for people to write.

mod record;
mod words;

use super::document::{self, Part};
use super::front_matter::{self, FrontMatter, Key, Value};
use super::improvements::{self, Improvement};
#[cfg(test)]
use super::markdown::MARK;
use crate::domain::ids::StoryId;
use crate::domain::incident::{Entry, Incident, Story, Topic};
use crate::domain::telling;
use crate::domain::time::{Utc, format_span};
use crate::domain::words::{
    DispositionWord, EntryKind, Flag, HypothesisState, Milestone, ScopeState, StoryKind, StoryState,
};
use words::{counts, item, line, mark, may_leave};

/// The heading of the part that is only record.
pub const RECORD_HEADING: &str = "From the Log";

/// Writes the draft. `author` is the person who asked for it.
#[must_use]
pub fn draft(incident: &Incident, author: &str) -> String {
    let incident = &incident.without_privileged();
    let mut out = front(incident, author).to_text();
    out.push_str(&format!("\n# Postmortem: {}\n", title(incident)));
    for part in Part::ALL {
        out.push_str(&format!("\n## {}\n\n", part.heading()));
        match part {
            Part::Summary => summary(incident, &mut out),
            Part::Impact => impact(incident, &mut out),
            Part::Timeline => timeline(incident, &mut out),
            Part::RootCause => root_cause(incident, &mut out),
            Part::ContributingFactors => {
                for what in [
                    "what let it happen",
                    "what hid it, or delayed the answer",
                    "what made it worse or longer",
                ] {
                    out.push_str(&format!("- {}\n", mark(what)));
                }
            }
            Part::WentWell => {
                out.push_str(&format!("- {}\n", mark("what to keep: what was fast, clear, prepared, lucky")));
            }
            Part::WentPoorly => went_poorly(incident, &mut out),
            Part::Improvements => stories(incident, &mut out),
            Part::Lessons => out.push_str(&format!("- {}\n", mark("what other teams should know"))),
        }
    }
    out.push_str(&format!("\n## {RECORD_HEADING}\n"));
    record::write(incident, &mut out);
    // People name an indicator in any text.
    telling::untold_in(incident, &out, super::markdown::escaped)
}

/// The front matter that a draft of an incident is written with.
#[must_use]
pub(super) fn front_matter(incident: &Incident) -> FrontMatter {
    let incident = &incident.without_privileged();
    let text = telling::untold_in(incident, &front(incident, "").to_text(), super::markdown::escaped);
    front_matter::split(&text).front.map(|block| FrontMatter::parse(block).0).unwrap_or_default()
}

/// A text with the incidents that belong to this one in its `related`, behind those that it names. None when it names
/// them all, or when its front matter does not let it be changed; the rest of the text stays byte for byte.
#[must_use]
pub fn with_related(text: &str, incident: &Incident) -> Option<String> {
    let (mut postmortem, _) = document::parse(text);
    let front = &mut postmortem.front;
    let is_plain = match front.get(Key::Related.as_str()) {
        Some(Value::List(items)) => items.iter().all(|item| item.text().is_some()),
        Some(Value::Map(_)) => false,
        Some(Value::Text(_) | Value::Null) | None => true,
    };
    let mut related: Vec<String> = front.list(Key::Related).into_iter().map(str::to_owned).collect();
    let named = related.len();
    for id in belonging(&incident.without_privileged()) {
        if !related.iter().any(|known| known.trim().eq_ignore_ascii_case(&id)) {
            related.push(id);
        }
    }
    let is_more = is_plain && front.keys().next().is_some() && related.len() > named;
    (is_more && front.set_list(Key::Related, &related).is_ok()).then(|| document::with_front(text, front))
}

/// The incidents that belong to one, as `related` names them.
fn belonging(incident: &Incident) -> Vec<String> {
    let plain = |text: &str| crate::domain::safe::SafeText::line(text.trim()).into_string();
    incident.record.belonging().map(|related| plain(&related.incident)).collect()
}

fn title(incident: &Incident) -> String {
    line(&incident.title).unwrap_or_else(|| incident.id.to_string())
}

/// The front matter: every key that the log can answer.
fn front(incident: &Incident, author: &str) -> FrontMatter {
    let mut front = FrontMatter::default();
    let plain = |text: &str| crate::domain::safe::SafeText::line(text.trim()).into_string();
    let impact =
        incident.impact.as_ref().filter(|impact| is_shown(incident, impact.seq) && may_leave(&impact.text));
    let texts = [
        (Key::Id, incident.id.to_string()),
        (
            Key::Title,
            if may_leave(&incident.title) { plain(&incident.title) } else { incident.id.to_string() },
        ),
        (Key::Date, incident.began_at().format("%Y-%m-%d").to_string()),
        (Key::Severity, incident.severity.clone().unwrap_or_else(|| mark("which severity it had"))),
        (Key::Kind, incident.kind.to_string()),
        (Key::Status, "draft".to_owned()),
        (
            Key::Owner,
            incident
                .closing
                .postmortem
                .owner
                .as_deref()
                .or(incident.commander())
                .map_or_else(|| mark("who answers for this document"), plain),
        ),
    ];
    let more = [
        (Key::Visibility, incident.visibility.to_string()),
        (Key::Impact, impact.map_or_else(|| mark("the impact in one line"), |impact| plain(&impact.text))),
        (
            Key::Detection,
            detection(incident).map_or_else(|| mark("what showed it first"), |text| plain(&text)),
        ),
        (Key::Disposition, disposition(incident)),
    ];
    let services: Vec<String> = incident.services.iter().map(|text| plain(text)).collect();
    let tags: Vec<String> = incident.tags.iter().map(|text| plain(text)).collect();
    let stories: Vec<String> =
        incident.closing.stories.keys().map(|number| story_id(incident, *number).to_string()).collect();
    let related = belonging(incident);
    // A front matter that begins empty can be changed: these cannot fail.
    for (key, text) in texts {
        let _ = front.set_text(key, &text);
    }
    let _ = front.set_list(Key::Authors, &[plain(author)]);
    let _ = front.set_list::<&str>(Key::Reviewers, &[]);
    for (key, text) in more {
        let _ = front.set_text(key, &text);
    }
    for (key, list) in
        [(Key::Services, services), (Key::Tags, tags), (Key::Improvements, stories), (Key::Related, related)]
    {
        let _ = front.set_list(key, &list);
    }
    for (key, milestone) in [
        (Key::Started, Milestone::Started),
        (Key::Detected, Milestone::Detected),
        (Key::Acknowledged, Milestone::Acknowledged),
        (Key::Contained, Milestone::Contained),
        (Key::Mitigated, Milestone::Mitigated),
        (Key::Resolved, Milestone::Resolved),
    ] {
        if let Some(at) = incident.milestone(milestone) {
            let _ = front.set_instant(key, at);
        }
    }
    if let Some(commander) = incident.commander() {
        let _ = front.set_text(Key::Commander, &plain(commander));
    }
    front
}

/// What showed the incident first: the report, else the first alert.
fn detection(incident: &Incident) -> Option<String> {
    if let Some(report) = &incident.report {
        let by_way =
            if report.source.is_empty() { String::new() } else { format!(" by way of {}", report.source) };
        return Some(format!("reported by {}{by_way}", report.reporter)).filter(|text| may_leave(text));
    }
    let alert = incident.timeline.shown().find(|entry| entry.kind == EntryKind::Alert && counts(entry))?;
    let source =
        if alert.source.is_empty() { "alert".to_owned() } else { format!("alert of {}", alert.source) };
    Some(format!("{source}: {}", alert.text))
}

fn disposition(incident: &Incident) -> String {
    match &incident.disposition {
        None => DispositionWord::Confirmed.to_string(),
        Some(disposition) => match disposition.of {
            Some(of) => format!("{} {of}", disposition.word),
            None => disposition.word.to_string(),
        },
    }
}

fn is_shown(incident: &Incident, seq: crate::domain::ids::Seq) -> bool {
    incident.timeline.get(seq).is_some_and(counts)
}

fn story_id(incident: &Incident, number: u32) -> StoryId {
    StoryId { incident: incident.id, number }
}

fn summary(incident: &Incident, out: &mut String) {
    out.push_str(&mark(
        "what happened, what it did to people and what made it possible, in three to five sentences",
    ));
    out.push_str("\n\n");
    let severity = incident.severity.as_deref().and_then(line).unwrap_or_else(|| "unset severity".to_owned());
    let began = incident.began_at();
    out.push_str(&format!("Began {} UTC, {severity}", minute(began)));
    if let Some(resolved) = incident.resolved_at {
        let span = format_span(resolved.signed_duration_since(began));
        out.push_str(&format!(", resolved {} UTC, {span} later", minute(resolved)));
    }
    if incident.reopened > 0 {
        out.push_str(&format!(", reopened {}", times(incident.reopened)));
    }
    out.push_str(".\n");
    if let Some(disposition) = &incident.disposition
        && let Some(reason) = line(&disposition.reason)
    {
        out.push_str(&format!("It turned out to be {}: {reason}.\n", disposition_words(incident)));
    }
    let is_shown =
        incident.milestones.get(&Milestone::Resolved).is_none_or(|mark| is_shown(incident, mark.seq));
    let ended = line(&incident.ended_by)
        .filter(|_| is_shown)
        .unwrap_or_else(|| mark("what ended the incident, in one line"));
    out.push_str(&format!("\nWhat ended it: {ended}\n"));
}

fn disposition_words(incident: &Incident) -> String {
    disposition(incident)
        .replace("duplicate-of", "a duplicate of")
        .replace("false-alarm", "a false alarm")
        .replace("near-miss", "a near miss")
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

fn minute(at: Utc) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

fn impact(incident: &Incident, out: &mut String) {
    out.push_str(&format!("- User-facing: {}\n", mark("what users felt, for how long, how many of them")));
    out.push_str(&format!("- Internal: {}\n", mark("which systems, teams and data")));
    out.push_str(&format!(
        "- External: {}\n",
        mark("customers, partners, regulators; \"none\" is an answer")
    ));
    if let Some(impact) = &incident.impact
        && is_shown(incident, impact.seq)
        && let Some(text) = line(&impact.text)
    {
        out.push_str(&format!("\nAs last stated, {}: {text}\n", impact.certainty));
        let flags = [
            ("customer data", impact.customer_data),
            ("production", impact.production),
            ("privileged access", impact.privileged_access),
        ];
        let flags: Vec<String> =
            flags.iter().map(|(name, flag)| format!("{name}: {}", flag_word(*flag))).collect();
        out.push_str(&format!("({})\n", flags.join(", ")));
    }
    let mut scope = Vec::new();
    for state in [ScopeState::Affected, ScopeState::Fixed, ScopeState::Suspected, ScopeState::Clean] {
        let assets: Vec<String> = incident
            .record
            .scope
            .iter()
            .filter(|asset| asset.state == state)
            .filter_map(|asset| line(&asset.asset))
            .collect();
        if !assets.is_empty() {
            scope.push(format!("{state} {}: {}", assets.len(), assets.join(", ")));
        }
    }
    if !scope.is_empty() {
        out.push_str(&format!("\nScope — {}\n", scope.join(" · ")));
    }
}

const fn flag_word(flag: Flag) -> &'static str {
    match flag {
        Flag::Unknown => "not known",
        _ => flag.as_str(),
    }
}

/// The lines that tell the story: starred ones, turns of the incident, decisions, updates that went out, the first alert.
fn timeline(incident: &Incident, out: &mut String) {
    let first_alert = incident
        .timeline
        .shown()
        .find(|entry| entry.kind == EntryKind::Alert && counts(entry))
        .map(|e| e.seq);
    let sent =
        |entry: &Entry| incident.talk.updates.get(&entry.seq).is_some_and(|update| update.sent.is_some());
    let is_told = |entry: &&Entry| {
        counts(entry)
            && match entry.kind {
                EntryKind::Decision => true,
                EntryKind::Update => sent(entry) || entry.starred,
                EntryKind::System => {
                    entry.starred || (entry.topic == Topic::Turn && !entry.text.starts_with("postmortem "))
                }
                _ => entry.starred || Some(entry.seq) == first_alert,
            }
    };
    let told: Vec<&Entry> = incident.timeline.shown().filter(is_told).collect();
    let spans_days = match (told.first(), told.last()) {
        (Some(first), Some(last)) => first.occurred_at.date_naive() != last.occurred_at.date_naive(),
        _ => false,
    };
    for entry in told {
        let form = if spans_days { "%Y-%m-%d %H:%M" } else { "%H:%M" };
        let about = if entry.about { "~" } else { "" };
        let head = format!("{about}{}", entry.occurred_at.format(form));
        let lead = match entry.kind {
            EntryKind::Note | EntryKind::System => String::new(),
            EntryKind::Update if sent(entry) => "update ".to_owned(),
            EntryKind::Update => String::new(),
            kind => format!("{kind}: "),
        };
        let tail = incident.talk.decisions.get(&entry.seq).and_then(|decision| line(&decision.decided_by));
        let tail = tail.map(|who| format!(" ({who})")).unwrap_or_default();
        let text = telling::untold(incident, &incident.reads(entry));
        if let Some(text) = item(&text, &format!("- {head} {lead}"), &tail) {
            out.push_str(&text);
        }
    }
}

fn root_cause(incident: &Incident, out: &mut String) {
    out.push_str(&mark(
        "what in the system made it possible: not who did it, but what allowed, invited or hid it",
    ));
    out.push('\n');
    let supported = incident.talk.hypotheses.values().filter(|h| h.now.state == HypothesisState::Supported);
    let mut gap = "\n";
    for hypothesis in supported.filter(|h| is_shown(incident, h.seq)) {
        if let Some(text) = line(&hypothesis.text) {
            let why = line(&hypothesis.now.why).map(|why| format!(", because {why}")).unwrap_or_default();
            out.push_str(&format!("{gap}- Supported in the room: {text}{why}\n"));
            gap = "";
        }
    }
}

/// What the clocks and the runbook say went poorly, for people to judge.
fn went_poorly(incident: &Incident, out: &mut String) {
    out.push_str(&format!("- {}\n", mark("what to change: what was slow, unclear, missing, wrong")));
    for entry in incident.timeline.shown().filter(|e| e.topic == Topic::Clock && counts(e)) {
        if entry.text.starts_with("time ran out")
            && let Some(text) = line(&entry.text)
        {
            out.push_str(&format!("- {} UTC {text}\n", minute(entry.occurred_at)));
        }
    }
}

/// The stories that were filed, then a place for each kind that is missing.
fn stories(incident: &Incident, out: &mut String) {
    let live = || incident.closing.stories.values().filter(|story| story.state != StoryState::Dropped);
    for story in live() {
        out.push_str(&improvements::render(&improvement(incident, story)));
    }
    for kind in StoryKind::ALL.iter().filter(|kind| !live().any(|story| story.kind == Some(**kind))) {
        let what = match kind {
            StoryKind::Preventive => "what would have prevented it",
            StoryKind::Detective => "what would have shown it sooner",
            StoryKind::Process => "what would have made the response better",
        };
        let blank = Improvement { text: mark(what), kind: Some(kind.to_string()), ..Improvement::default() };
        out.push_str(&improvements::render(&with_marks(blank)));
    }
}

/// A story as it is written.
pub(super) fn improvement(incident: &Incident, story: &Story) -> Improvement {
    with_marks(Improvement {
        story: Some(story_id(incident, story.number)),
        done: matches!(story.state, StoryState::Shipped | StoryState::Verified),
        text: line(&story.title).unwrap_or_else(|| mark("what must change")),
        owner: story.owner.as_deref().and_then(line),
        due: story.due.map(|due| due.to_string()),
        severity: story.severity.as_deref().and_then(line),
        kind: story.kind.map(|kind| kind.to_string()),
        proof: line(&story.proof),
        ..Improvement::default()
    })
}

/// Marks what an improvement must have and does not.
fn with_marks(mut improvement: Improvement) -> Improvement {
    for (field, what) in [
        (&mut improvement.owner, "@who owns it"),
        (&mut improvement.due, "by which day, YYYY-MM-DD"),
        (&mut improvement.severity, "how bad its absence is"),
        (&mut improvement.kind, "preventive, detective or process"),
    ] {
        field.get_or_insert_with(|| mark(what));
    }
    improvement
}

#[cfg(test)]
mod tests;
