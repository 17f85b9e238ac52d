//! The part of a draft that is only record: milestones, roles, decisions, what was ruled out, steps left, updates, the
//! indicators, evidence, closure list. It must not ask anything of the reader.

use super::words::{line, may_leave};
use super::{is_shown, minute};
use crate::domain::incident::{Incident, UpdateState};
use crate::domain::ioc::Tlp;
use crate::domain::time::{Utc, format_span};
use crate::domain::words::{ClosureItem, ClosureState, HypothesisState, Milestone, StepState, StoryState};

/// Writes every part that has something to say.
pub(super) fn write(incident: &Incident, out: &mut String) {
    part(out, "Milestones", &milestones(incident));
    part(out, "Roles", &roles(incident));
    part(out, "Decisions", &decisions(incident));
    part(out, "Ruled Out", &ruled_out(incident));
    part(out, "Steps Skipped or Blocked", &steps(incident));
    part(out, "Indicators", &indicators(incident));
    part(out, "Evidence", &evidence(incident));
    part(out, "Updates Sent", &updates(incident));
    part(out, "Closure List", &closure(incident));
    part(out, "Stories Dropped", &dropped(incident));
}

fn part(out: &mut String, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    out.push_str(&format!("\n### {heading}\n\n"));
    for line in lines {
        out.push_str(&format!("- {line}\n"));
    }
}

/// Every milestone, and the span from the one before: each figure names the two points it spans.
fn milestones(incident: &Incident) -> Vec<String> {
    let mut lines = Vec::new();
    let mut before: Option<(Milestone, Utc)> = None;
    let mut first: Option<(Milestone, Utc)> = None;
    for milestone in Milestone::ALL {
        let Some(mark) = incident.milestones.get(milestone) else { continue };
        let about = if mark.about { "about " } else { "" };
        let mut line = format!("{milestone}: {about}{} UTC", minute(mark.at));
        let since = |(from, at): (Milestone, Utc)| {
            let span = mark.at.signed_duration_since(at);
            (span >= chrono::TimeDelta::zero()).then(|| format!("{} after {from}", format_span(span)))
        };
        let mut spans: Vec<String> = before.into_iter().filter_map(since).collect();
        if *milestone == Milestone::Resolved && first != before {
            spans.extend(first.into_iter().filter_map(since));
        }
        if !spans.is_empty() {
            line.push_str(&format!(" ({})", spans.join(", ")));
        }
        lines.push(line);
        before = Some((*milestone, mark.at));
        first = first.or(before);
    }
    lines
}

fn roles(incident: &Incident) -> Vec<String> {
    let one = |holding: &crate::domain::incident::Holding| {
        let until = holding.to.map_or_else(|| "the end".to_owned(), minute);
        Some(format!(
            "{}: {}, {} to {until}",
            line(&holding.role)?,
            line(&holding.person)?,
            minute(holding.from)
        ))
    };
    incident.roster.history().iter().filter_map(one).collect()
}

fn decisions(incident: &Incident) -> Vec<String> {
    let decisions = incident.talk.decisions.values().filter(|decision| is_shown(incident, decision.seq));
    decisions
        .filter_map(|decision| {
            let mut text = format!("{} {}", minute(decision.at), line(&decision.text)?);
            if let Some(who) = line(&decision.decided_by) {
                text.push_str(&format!(" — decided by {who}"));
            }
            if let Some(who) = decision.executor.as_deref().and_then(line) {
                text.push_str(&format!(", carried out by {who}"));
            }
            let objections: Vec<String> = decision.objections.iter().filter_map(|text| line(text)).collect();
            if !objections.is_empty() {
                text.push_str(&format!("; against it: {}", objections.join("; ")));
            }
            match &decision.verdict {
                Some(verdict) => {
                    text.push_str(&format!("; outcome: {}", verdict.verdict));
                    if let Some(reason) = line(&verdict.reason) {
                        text.push_str(&format!(", {reason}"));
                    }
                }
                None => text.push_str("; outcome: not recorded"),
            }
            Some(text)
        })
        .collect()
}

fn ruled_out(incident: &Incident) -> Vec<String> {
    let hypotheses = incident.talk.hypotheses.values().filter(|h| h.now.state == HypothesisState::RuledOut);
    hypotheses
        .filter(|hypothesis| is_shown(incident, hypothesis.seq))
        .filter_map(|hypothesis| {
            let why = line(&hypothesis.now.why).map(|why| format!(": {why}")).unwrap_or_default();
            let by = line(&hypothesis.now.by)
                .map(|by| format!(" ({by}, {})", minute(hypothesis.now.at)))
                .unwrap_or_default();
            Some(format!("{}{why}{by}", line(&hypothesis.text)?))
        })
        .collect()
}

fn steps(incident: &Incident) -> Vec<String> {
    let steps =
        incident.checklist.steps().filter(|s| matches!(s.state, StepState::Skipped | StepState::Blocked));
    steps
        .filter_map(|step| {
            let reason = line(&step.reason).map(|reason| format!(": {reason}")).unwrap_or_default();
            Some(format!("{} — {}{reason}", line(&step.text)?, step.state))
        })
        .collect()
}

/// Indicators that may leave the room, defanged: what is red stays with the people who were in it.
fn indicators(incident: &Incident) -> Vec<String> {
    let told = incident.record.iocs.iter().filter(|i| i.tlp != Tlp::Red);
    let told = told.filter(|i| may_leave(&i.note) && i.entry.is_none_or(|entry| is_shown(incident, entry)));
    told.filter_map(|ioc| {
        let note = line(&ioc.note).map(|note| format!(": {note}")).unwrap_or_default();
        Some(format!("{} {} (TLP:{}){note}", ioc.kind, line(&ioc.shown())?, ioc.tlp.as_str().to_uppercase()))
    })
    .collect()
}

/// What was kept as evidence; where it lies is for the register, not for a document that many read.
fn evidence(incident: &Incident) -> Vec<String> {
    let kept = incident.record.evidence.iter().filter(|item| item.withdrawn.is_none());
    kept.filter_map(|item| {
        let hash =
            item.sha256.as_deref().and_then(line).map(|h| format!(", SHA-256 {h}")).unwrap_or_default();
        let by = line(&item.acquired_by).map(|by| format!(", taken by {by}")).unwrap_or_default();
        let when = minute(item.acquired_at);
        Some(format!("{} ({}){by} {when} UTC{hash}", line(&item.name)?, line(&item.class)?))
    })
    .collect()
}

fn updates(incident: &Incident) -> Vec<String> {
    let sent =
        incident.talk.updates.values().filter(|u| u.state == UpdateState::Sent && is_shown(incident, u.seq));
    let mut sent: Vec<_> =
        sent.filter_map(|update| update.sent.as_ref().map(|(by, at)| (*at, by, update))).collect();
    sent.sort_by_key(|(at, _, update)| (*at, update.seq));
    sent.into_iter()
        .filter_map(|(at, by, update)| {
            let by = line(by).map(|by| format!(" (sent by {by})")).unwrap_or_default();
            Some(format!("{} to {}: {}{by}", minute(at), update.audience, line(&update.text)?))
        })
        .collect()
}

fn closure(incident: &Incident) -> Vec<String> {
    let answered =
        ClosureItem::ALL.iter().filter(|item| incident.closing.state_of(**item) != ClosureState::Open);
    answered
        .map(|item| {
            let reason = incident.closing.answers.get(item).and_then(|answer| line(&answer.reason));
            let reason = reason.map(|reason| format!(", {reason}")).unwrap_or_default();
            format!("{}: {}{reason}", item.question(), incident.closing.state_of(*item))
        })
        .collect()
}

fn dropped(incident: &Incident) -> Vec<String> {
    let dropped = incident.closing.stories.values().filter(|story| story.state == StoryState::Dropped);
    dropped
        .filter_map(|story| {
            let reason = line(&story.reason).map(|reason| format!(": {reason}")).unwrap_or_default();
            Some(format!("{}/S{} {}{reason}", incident.id, story.number, line(&story.title)?))
        })
        .collect()
}
