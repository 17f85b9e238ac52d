//! An incident as facts, sections and tables, before it is written as Markdown or HTML. It must not escape
//! anything: each form does that for itself.

use super::{LeftOut, Source};
use crate::domain::brief::{Brief, brief, marks};
use crate::domain::incident::{Custody, Entry, Topic};
use crate::domain::time::{Utc, format_span, rfc3339};
use crate::domain::words::{State, StepState};
use crate::domain::zone::Tz;

/// A table with a heading.
pub(super) struct Table {
    pub(super) heading: &'static str,
    pub(super) columns: &'static [&'static str],
    pub(super) rows: Vec<Vec<String>>,
    /// What the rows do not tell; empty for most.
    pub(super) note: String,
}

/// All that a document shows.
pub(super) struct Sheet {
    pub(super) title: String,
    /// What nobody may overlook: a drill, a restricted incident.
    pub(super) marks: Vec<String>,
    /// How it stands in a line, and of which moment all the rest is.
    pub(super) now: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) brief: Brief,
    pub(super) tables: Vec<Table>,
    /// The last lines: how far the log had come, what stayed behind.
    pub(super) foot: Vec<String>,
}

/// `2026-11-22 05:31:33Z`.
pub(super) fn clock(at: Utc) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn maybe(at: Option<Utc>) -> String {
    at.map(clock).unwrap_or_default()
}

fn by(person: &str, at: Utc) -> String {
    format!("{person}, {}", clock(at))
}

/// A change of custody in a line: from whom to whom, when, where it lies since, and why.
fn handed(custody: &Custody) -> String {
    let Custody { from, to, at, location, reason } = custody;
    let place = if location.is_empty() { String::new() } else { format!(", at {location}") };
    let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    format!("{from} → {}{place}{why}", by(to, *at))
}

pub(super) fn sheet(source: &Source<'_>) -> Sheet {
    let incident = source.incident;
    let (lines, left) = source.lines();
    let mut timeline = Vec::new();
    for entry in &lines {
        let about = if entry.about { "~" } else { "" };
        let late = entry.late_by().map_or_else(String::new, |late| format!("+{}", format_span(late)));
        let star = if entry.starred { "★ " } else { "" };
        let from = if entry.source.is_empty() { String::new() } else { format!("[{}] ", entry.source) };
        timeline.push(vec![
            format!("{about}{}", clock(entry.occurred_at)),
            kind(entry).to_owned(),
            format!("{star}{from}{}", incident.reads(entry).trim_end()),
            entry.by.clone(),
            late,
        ]);
    }
    let mut tables = vec![Table {
        heading: "Timeline",
        columns: &["Time (UTC)", "Kind", "What", "Who", "Late"],
        rows: timeline,
        note: String::new(),
    }];
    tables.extend(talk(source));
    tables.extend(registers(source));
    tables.retain(|table| !source.brief_only && !table.rows.is_empty());
    for cell in tables.iter_mut().flat_map(|table| &mut table.rows).flatten() {
        *cell = source.safe(cell);
    }
    let mut brief = brief(incident, source.policy, source.now, Tz::UTC);
    for line in brief.sections.iter_mut().flat_map(|section| &mut section.lines) {
        *line = source.safe(line);
    }
    Sheet {
        title: source.safe(&format!("{} {}", incident.id, incident.title)),
        marks: marks(incident),
        now: now(source),
        facts: facts(source),
        brief,
        tables,
        foot: foot(source, left),
    }
}

/// The kind of a line as a person reads it: a step that is done is told by its words alone.
fn kind(entry: &Entry) -> &'static str {
    if entry.topic == Topic::Step { "step" } else { entry.kind.as_str() }
}

fn severity(source: &Source<'_>) -> String {
    let incident = source.incident;
    let profile = source.policy.profile_named(&incident.profile);
    incident.severity.clone().unwrap_or_else(|| profile.unset_label())
}

fn now(source: &Source<'_>) -> String {
    let incident = source.incident;
    let (severity, at) = (severity(source), clock(source.now));
    format!("{severity} · {} · {} · as of {at}", incident.state, incident.phase)
}

fn facts(source: &Source<'_>) -> Vec<(&'static str, String)> {
    let incident = source.incident;
    let mut facts = vec![
        ("As of", clock(source.now)),
        ("Severity", severity(source)),
        ("Kind", incident.kind.to_string()),
        ("State", incident.state.to_string()),
        ("Phase", incident.phase.to_string()),
        ("Visibility", incident.visibility.to_string()),
        ("Code name", incident.code_name.clone()),
        ("Services", incident.services.join(", ")),
        ("Tags", incident.tags.join(", ")),
        ("Declared", by(&incident.declared_by, incident.declared_at)),
    ];
    for (milestone, mark) in &incident.milestones {
        let name = match milestone.as_str() {
            "started" => "Started",
            "detected" => "Detected",
            "acknowledged" => "Acknowledged",
            "contained" => "Contained",
            "mitigated" => "Mitigated",
            _ => "Resolved",
        };
        let about = if mark.about { "~" } else { "" };
        facts.push((name, format!("{about}{}", clock(mark.at))));
    }
    if incident.state != State::Open {
        facts.push(("Ended by", incident.ended_by.clone()));
    }
    if let Some(at) = incident.closed_at {
        facts.push(("Closed", format!("{}{}", clock(at), incident.closing.waived_because())));
    }
    if let Some(disposition) = &incident.disposition {
        let of = disposition.of.map(|id| format!(" {id}")).unwrap_or_default();
        facts.push(("It was", format!("{}{of} {}", disposition.word, disposition.reason)));
    }
    facts.retain(|(_, text)| !text.trim().is_empty());
    facts.into_iter().map(|(name, text)| (name, source.safe(&text))).collect()
}

fn talk(source: &Source<'_>) -> [Table; 4] {
    let talk = &source.incident.talk;
    let decisions = talk.decisions.values().filter(|d| source.leaves(d.seq)).map(|d| {
        let verdict = d.verdict.as_ref().map_or_else(
            || d.check_at.map(|at| format!("to be checked {}", clock(at))).unwrap_or_default(),
            |v| format!("{}: {} ({})", v.verdict, v.reason, v.by),
        );
        let executor = d.executor.clone().unwrap_or_default();
        vec![clock(d.at), d.text.clone(), d.decided_by.clone(), executor, d.objections.join("; "), verdict]
    });
    let hypotheses = talk.hypotheses.values().filter(|h| source.leaves(h.seq)).map(|h| {
        let why = if h.now.why.is_empty() { String::new() } else { format!("{} ({})", h.now.why, h.now.by) };
        vec![clock(h.at), h.text.clone(), h.by.clone(), h.now.state.to_string(), why]
    });
    let asks = talk.asks.values().filter(|a| source.leaves(a.seq)).map(|a| {
        let answer = a.answer.as_ref().map(|x| format!("{} ({})", x.text, x.by)).unwrap_or_default();
        let seen = a.acknowledged.as_ref().map(|(who, at)| by(who, *at)).unwrap_or_default();
        let person = a.person.clone().unwrap_or_else(|| "unassigned".to_owned());
        vec![clock(a.at), person, a.text.clone(), maybe(a.due_at), seen, answer]
    });
    let updates = talk.updates.values().filter(|u| source.leaves(u.seq)).map(|u| {
        let sent = u.sent.as_ref().map_or_else(|| "not sent".to_owned(), |(who, at)| by(who, *at));
        vec![u.audience.to_string(), u.state.as_str().to_owned(), u.text.clone(), sent, maybe(u.next_at)]
    });
    [
        Table {
            heading: "Decisions",
            columns: &["Time (UTC)", "Decision", "Decided by", "Carried out by", "Objections", "Outcome"],
            rows: decisions.collect(),
            note: String::new(),
        },
        Table {
            heading: "Hypotheses",
            columns: &["Time (UTC)", "Hypothesis", "Proposed by", "State", "Why"],
            rows: hypotheses.collect(),
            note: String::new(),
        },
        Table {
            heading: "Asks",
            columns: &["Time (UTC)", "Who", "Task", "Due", "Acknowledged", "Answer"],
            rows: asks.collect(),
            note: String::new(),
        },
        Table {
            heading: "Updates",
            columns: &["Audience", "State", "Text", "Sent", "Next promised"],
            rows: updates.collect(),
            note: String::new(),
        },
    ]
}

fn registers(source: &Source<'_>) -> [Table; 7] {
    let incident = source.incident;
    let roster = incident
        .roster
        .history()
        .iter()
        .map(|h| vec![h.role.clone(), h.person.clone(), clock(h.from), maybe(h.to)]);
    let all = incident.checklist.steps().count();
    let to_do = incident.checklist.steps().filter(|s| s.state == StepState::Todo).count();
    let to_do = if to_do == 0 { String::new() } else { format!("{to_do} of {all} steps are still to do.") };
    let steps = incident.checklist.steps().filter(|s| s.state != StepState::Todo).map(|s| {
        let person = s.person.clone().unwrap_or_default();
        let (text, reason) = (s.text.clone(), s.reason.clone());
        vec![s.number.to_string(), s.state.to_string(), text, person, maybe(s.since), reason]
    });
    let evidence = incident.record.evidence.iter().map(|e| {
        let mut custody: Vec<String> = e.custody.iter().map(handed).collect();
        let mut name = e.name.clone();
        if let Some((who, at, why)) = &e.withdrawn {
            name = format!("withdrawn: {name}");
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            custody.push(format!("withdrawn by {}{why}", by(who, *at)));
        }
        let digest = e.sha256.clone().unwrap_or_default();
        let size = e.size.map(|n| n.to_string()).unwrap_or_default();
        let taken = by(&e.acquired_by, e.acquired_at);
        vec![
            name,
            e.class.clone(),
            e.source.clone(),
            taken,
            size,
            digest,
            e.location.clone(),
            custody.join("; "),
        ]
    });
    let iocs = source.iocs().map(|i| {
        let colour = i.tlp.as_str().to_uppercase();
        vec![i.kind.to_string(), i.shown(), colour, i.note.clone(), by(&i.by, i.at)]
    });
    let scope = incident.record.scope.iter();
    let scope = scope.map(|s| vec![s.asset.clone(), s.state.to_string(), by(&s.by, s.at)]);
    let links = incident.record.links.iter().map(|l| vec![l.kind.clone(), l.url.clone()]);
    let related = incident.record.belonging().map(|r| vec![r.relation.clone(), r.incident.clone()]);
    let stories = incident.closing.stories.values().map(|s| {
        let due = s.due.map(|d| d.to_string()).unwrap_or_default();
        let owner = s.owner.clone().unwrap_or_default();
        let proof = if s.proof.is_empty() { s.link.clone() } else { s.proof.clone() };
        vec![
            format!("{}/S{}", incident.id, s.number),
            s.title.clone(),
            owner,
            due,
            s.state.to_string(),
            proof,
        ]
    });
    [
        Table {
            heading: "Roles",
            columns: &["Role", "Who", "From", "To"],
            rows: roster.collect(),
            note: String::new(),
        },
        Table {
            heading: "Runbook steps",
            columns: &["No", "State", "Step", "Who", "Since", "Reason"],
            rows: steps.collect(),
            note: to_do,
        },
        Table {
            heading: "Evidence",
            columns: &["Name", "Class", "Source", "Acquired by", "Bytes", "SHA-256", "Location", "Custody"],
            rows: evidence.collect(),
            note: String::new(),
        },
        Table {
            heading: "Indicators",
            columns: &["Type", "Value", "TLP", "Note", "Added by"],
            rows: iocs.collect(),
            note: String::new(),
        },
        Table {
            heading: "Scope",
            columns: &["Asset", "State", "Said by"],
            rows: scope.collect(),
            note: String::new(),
        },
        Table {
            heading: "Links and related incidents",
            columns: &["What", "Where"],
            rows: links.chain(related).collect(),
            note: String::new(),
        },
        Table {
            heading: "Improvement stories",
            columns: &["Story", "What must change", "Owner", "Due", "State", "Proof"],
            rows: stories.collect(),
            note: String::new(),
        },
    ]
}

fn foot(source: &Source<'_>, left: LeftOut) -> Vec<String> {
    let mut foot = vec![
        format!("Exported {} from a log whose head is {}", rfc3339(source.now), source.head()),
        format!("Check it with: warroom verify {} --head {}", source.incident.id, source.head()),
    ];
    let parts =
        [(left.struck, "crossed out"), (left.privileged, "privileged"), (left.quoting, "quoting those")];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if !parts.is_empty() {
        foot.push(format!("Lines left out: {}", parts.join(", ")));
    }
    match left.iocs {
        0 => {}
        1 => foot.push("1 indicator left out: its colour or its line keeps it in the room".to_owned()),
        n => foot.push(format!("{n} indicators left out: their colour or their lines keep them in the room")),
    }
    if source.privileged {
        foot.push("Privileged lines are part of this export: mind who gets it".to_owned());
    }
    foot
}
