//! The words of system lines: what the timeline says of an event that nobody typed as a line. It must not
//! change anything.

use super::timeline::Topic;
use super::{ERASED, Incident};
use crate::domain::clocks::ClockKey;
use crate::domain::closeout::counted;
use crate::domain::event::{AskChanged, Event, Recorded, StepRef, StoryChanged};
use crate::domain::ids::Seq;
use crate::domain::ioc;
use crate::domain::recurrence;
use crate::domain::time::{Span, Utc, format_span};
use crate::domain::words::{DispositionWord, Flag, Milestone};

/// How the line of a reopening begins; the reason follows.
pub const REOPENED: &str = "reopened: ";

/// How the line of a milestone begins; its name follows.
pub(super) const MILESTONE: &str = "milestone: ";

/// How the line of a role ends that was the first to be taken: that marks a milestone.
pub(super) const ACKNOWLEDGES: &str = " (acknowledged)";

/// The topic and words of a system line; `None` for events whose line is the entry itself or that show in place.
pub(super) fn system_line(before: &Incident, recorded: &Recorded) -> Option<(Topic, String)> {
    let Some(event) = &recorded.event else {
        return Some((Topic::House, ERASED.to_owned()));
    };
    let by = &recorded.by;
    Some(match event {
        Event::Noted(_)
        | Event::Alerted(_)
        | Event::DecisionMade(_)
        | Event::HypothesisProposed(_)
        | Event::AskMade(_)
        | Event::UpdateDrafted(_)
        | Event::DrillInjected(_)
        | Event::Amended(_)
        | Event::Struck(_)
        | Event::Restored(_)
        | Event::Starred(_) => return None,
        Event::UpdateSent(e) if e.target.is_none() => return None,
        Event::Declared(e) => (Topic::Turn, format!("declared by {by}: {}", e.title)),
        Event::DetailsChanged(e) => {
            let mut parts = Vec::new();
            if let Some(title) = &e.title {
                parts.push(format!("title: {title}"));
            }
            if let Some(services) = &e.services {
                parts.push(format!("services: {}", list(services)));
            }
            if let Some(tags) = &e.tags {
                parts.push(format!("tags: {}", list(tags)));
            }
            if let Some(kind) = e.kind {
                parts.push(format!("kind: {kind}"));
            }
            (Topic::House, parts.join(" · "))
        }
        Event::Reported(e) => {
            (Topic::House, format!("reported by {}{}", e.reporter, tail(" by way of ", &e.source)))
        }
        Event::ImpactStated(e) => {
            let flags: Vec<String> = [
                ("customer data", e.customer_data),
                ("production", e.production),
                ("privileged access", e.privileged_access),
            ]
            .into_iter()
            .filter(|(_, f)| *f != Flag::Unknown)
            .map(|(name, f)| format!("{name}: {f}"))
            .collect();
            let flags = if flags.is_empty() { String::new() } else { format!(" ({})", flags.join(", ")) };
            (Topic::Turn, format!("impact {}: {}{flags}", e.certainty, e.text))
        }
        Event::DispositionSet(e) => {
            let of = e.of.map(|id| format!(" {id}")).unwrap_or_default();
            let word = if e.disposition == DispositionWord::DuplicateOf {
                "duplicate of"
            } else {
                e.disposition.as_str()
            };
            (Topic::Turn, format!("it is {word}{of}{}", tail(": ", &e.reason)))
        }
        Event::VisibilitySet(e) => (Topic::Turn, format!("visibility: {}", e.visibility)),
        Event::CodeNameSet(e) if e.code_name.is_empty() => (Topic::Turn, "no code name".to_owned()),
        Event::CodeNameSet(e) => (Topic::Turn, format!("code name: {}", e.code_name)),
        Event::LinkAdded(e) => (Topic::House, format!("{}: {}", e.kind, e.url)),
        Event::LinkRemoved(e) => (Topic::House, format!("no longer {}: {}", e.kind, e.url)),
        Event::RelatedAdded(e) if e.relation == recurrence::DIFFERENT => {
            (Topic::House, format!("not the same failure as {}", e.incident))
        }
        Event::RelatedAdded(e) => (Topic::House, format!("{}: {}", e.relation, e.incident)),
        Event::SeverityChanged(e) => {
            let from = before.severity.as_deref().unwrap_or("unset");
            let to = e.to.as_deref().unwrap_or("unset");
            (Topic::Turn, format!("severity {from} → {to}{}", tail(": ", &e.reason)))
        }
        Event::TargetChanged(e) => {
            let target = if e.target.is_empty() { "as the team's rule says" } else { &e.target };
            let whose = e.person.as_ref().map(|person| format!(" by {person}")).unwrap_or_default();
            (Topic::Turn, format!("target of {}: {target}{whose}{}", e.clock, tail(" · ", &e.reason)))
        }
        Event::PhaseEntered(e) if before.said_again(recorded, e.phase).is_some() => {
            (Topic::Turn, format!("phase taken back: {}", e.phase))
        }
        Event::PhaseEntered(e) => (Topic::Turn, format!("phase: {}", e.phase)),
        Event::MilestoneMarked(e) => (Topic::Turn, format!("{MILESTONE}{}", e.milestone)),
        Event::MilestoneUnmarked(e) => (Topic::Turn, format!("milestone taken back: {}", e.milestone)),
        // The first role taken marks a point, and undone takes it back: that is of the story, as if it was said by name.
        Event::RoleTaken(e) if before.milestone(Milestone::Acknowledged).is_none() => {
            (Topic::Turn, format!("{} is {}{ACKNOWLEDGES}", e.person, e.role))
        }
        Event::RoleTaken(e) => (Topic::Role, format!("{} is {}", e.person, e.role)),
        Event::RoleReleased(e) => {
            let words = format!("{} is no longer {}", e.person, e.role);
            match recorded.undoes.filter(|undone| before.acknowledges(*undone)) {
                None => (Topic::Role, words),
                Some(undone) => match before.took_first(undone, recorded.seq) {
                    Some(other) => (Topic::Turn, format!("{words} (acknowledged by {})", other.person)),
                    None => (Topic::Turn, format!("{words} (taken back: acknowledged)")),
                },
            }
        }
        Event::RoleHandedOver(e) => (Topic::Role, format!("{}: {} → {}", e.role, e.from, e.to)),
        Event::RunbookAttached(e) => (Topic::House, format!("runbook: {}", e.title)),
        Event::RunbookMatched(e) => {
            (Topic::Turn, format!("runbook {} attached without being asked for: {}", e.name, e.reason))
        }
        Event::RunbookDetached(_) => (Topic::House, "runbook detached".to_owned()),
        Event::StepAssigned(e) => (Topic::House, format!("for {}: {}", e.person, step(before, e.step))),
        Event::StepStarted(e) => (Topic::House, format!("{} begins: {}", e.person, step(before, e.step))),
        Event::StepDone(e) => (Topic::Step, format!("{} · {}", step(before, e.step), e.person)),
        Event::StepSkipped(e) => {
            (Topic::Step, format!("skipped: {}{}", step(before, e.step), tail(" · ", &e.reason)))
        }
        Event::StepBlocked(e) => {
            (Topic::Step, format!("blocked: {}{}", step(before, e.step), tail(" · ", &e.reason)))
        }
        Event::StepReopened(e) => {
            (Topic::Step, format!("to do again: {}{}", step(before, e.step), tail(" · ", &e.reason)))
        }
        Event::StepDueSet(e) => {
            let due = e.due_at.map_or_else(|| "at no time".to_owned(), minute);
            (Topic::House, format!("due {due}: {}", step(before, e.step)))
        }
        Event::DecisionObjected(e) => {
            (Topic::Reply, format!("{} objects: {} · against {}", e.person, e.text, said(before, e.target)))
        }
        Event::VerdictGiven(e) => {
            let whose = by_another(e.person.as_ref());
            (
                Topic::Reply,
                format!("{}{whose}: {}{}", e.verdict, said(before, e.target), tail(" · ", &e.reason)),
            )
        }
        Event::VerdictWithdrawn(e) => {
            (Topic::Reply, format!("verdict taken back: {}", said(before, e.target)))
        }
        Event::HypothesisChanged(e) => {
            let whose = by_another(e.person.as_ref());
            (Topic::Reply, format!("{}{whose}: {}{}", e.state, said(before, e.target), tail(" · ", &e.why)))
        }
        Event::AskAcknowledged(e) => {
            (Topic::House, format!("{} has it: {}", e.person, said(before, e.target)))
        }
        Event::AskChanged(e) => (Topic::House, ask_changed(before, e)),
        Event::AskAnswered(e) => {
            let whose = e.person.as_ref().map(|person| format!("{person}: ")).unwrap_or_default();
            (Topic::Reply, format!("{} → {whose}{}", said(before, e.target), e.text))
        }
        Event::AnswerWithdrawn(e) => (Topic::Reply, format!("answer taken back: {}", said(before, e.target))),
        Event::EvidenceAdded(e) => {
            (Topic::House, format!("evidence {}: {} at {}", e.class, e.name, e.location))
        }
        Event::EvidenceTransferred(e) => {
            let name = evidence(before, e.evidence);
            (Topic::House, format!("evidence {name}: {} → {}{}", e.from, e.to, tail(" · ", &e.reason)))
        }
        Event::EvidenceAttached(e) => {
            (Topic::House, format!("evidence {} for line {}", evidence(before, e.evidence), e.entry))
        }
        Event::EvidenceWithdrawn(e) => {
            (Topic::House, format!("evidence {} withdrawn: {}", evidence(before, e.evidence), e.reason))
        }
        Event::ScopeItemSet(e) => (Topic::House, format!("scope: {} {}", e.asset, e.state)),
        Event::UpdateApproved(e) => (Topic::Reply, format!("approved: {}", said(before, e.target))),
        Event::ScopeItemRemoved(e) => (Topic::House, format!("scope: {} taken out", e.asset)),
        Event::IocAdded(e) => {
            let shown = ioc::defang(e.kind, &e.value);
            (Topic::House, format!("ioc {}: {shown} (TLP:{}){}", e.kind, e.tlp, tail(" · ", &e.note)))
        }
        Event::IocRemoved(e) => {
            let shown = ioc::defang(ioc::detect(&e.value), &e.value);
            (Topic::House, format!("no ioc: {shown} · {}", e.reason))
        }
        Event::UpdateSent(e) => {
            let words = e.target.map(|t| said(before, t)).unwrap_or_default();
            // The line has its audience in front already.
            let said = words.strip_prefix(&format!("{}: ", e.audience)).unwrap_or(&words);
            (Topic::Reply, format!("sent to {}: {said}", e.audience))
        }
        Event::ClockBreached(e) => (Topic::Clock, format!("time ran out: {}", ran_out(before, &e.clock))),
        Event::ClockStepped(e) => {
            let way = if e.by_ms < 0 { "back" } else { "forward" };
            let seconds = e.by_ms.saturating_add(500 * e.by_ms.signum()) / 1_000;
            let by = format_span(Span::try_seconds(seconds).unwrap_or_default());
            let due = if e.by_ms < 0 { "; what is due moves with it" } else { "" };
            let text = format!("clock set {way} by {by}: times before and after it do not compare{due}");
            (Topic::Turn, text)
        }
        Event::ClockAcknowledged(e) => {
            let what = match e.until {
                None => format!("seen: {} ran out", e.clock),
                Some(until) => format!("{} moved to {}", e.clock, until.format("%Y-%m-%d %H:%MZ")),
            };
            let whose = e.person.as_ref().map(|person| format!(" by {person}")).unwrap_or_default();
            (Topic::Clock, format!("{what}{whose}{}", tail(" · ", &e.reason)))
        }
        Event::Resolved(e) => (Topic::Turn, format!("resolved{}", tail(": ", &e.ended_by))),
        Event::ClosureItemSet(e) => {
            (Topic::House, format!("closure: {} {}{}", e.item, e.state, tail(" · ", &e.reason)))
        }
        Event::Closed(e) => (Topic::Turn, format!("closed{}", tail(", waived: ", &e.reason))),
        Event::Reopened(e) => (Topic::Turn, format!("{REOPENED}{}", e.reason)),
        Event::PostmortemDrafted(e) => {
            let from = if e.from.is_empty() { "" } else { " from its text in the archive" };
            (Topic::House, format!("postmortem drafted{from}"))
        }
        Event::PostmortemChecked(e) => {
            let problems = counted(e.problems as usize, "problem", "problems");
            (Topic::House, format!("postmortem checked: {problems}"))
        }
        Event::PostmortemPublished(e) => (Topic::Turn, format!("postmortem published: {}", e.path)),
        Event::PostmortemWaived(e) => (Topic::Turn, format!("postmortem waived: {}", e.reason)),
        Event::PostmortemStatusSet(e) => (Topic::House, format!("postmortem {}", e.status)),
        Event::PostmortemOwnerSet(e) => {
            let who =
                e.owner.as_deref().map_or_else(|| "nobody in particular".to_owned(), |o| format!("@{o}"));
            (Topic::House, format!("postmortem: {who} answers for it"))
        }
        Event::PostmortemMeetingSet(e) => {
            let day = e.day.map_or_else(|| "no review meeting".to_owned(), |d| format!("review meeting {d}"));
            (Topic::House, format!("postmortem: {day}"))
        }
        Event::PostmortemCommented(e) => (Topic::House, format!("on the postmortem: {}", e.text)),
        Event::StoryFiled(e) => (Topic::House, format!("story S{}: {}", e.number, e.title)),
        Event::StoryChanged(e) => (Topic::House, story_changed(before, e)),
        Event::StoryStarted(e) => (Topic::House, format!("story S{} started", e.number)),
        Event::StoryShipped(e) => {
            let (link, reason) = (tail(": ", &e.link), tail(" · ", &e.reason));
            (Topic::House, format!("story S{} shipped{link}{reason}", e.number))
        }
        Event::StoryVerified(e) => (Topic::House, format!("story S{} verified: {}", e.number, e.proof)),
        Event::StoryDropped(e) => (Topic::House, format!("story S{} dropped: {}", e.number, e.reason)),
        Event::StoryReopened(e) => (Topic::House, format!("story S{} reopened: {}", e.number, e.reason)),
        Event::StorySynced(e) => {
            (Topic::House, format!("story S{} in {}: {}", e.number, e.external, e.status))
        }
        Event::DrillStarted(e) => {
            (Topic::Turn, format!("drill {} begins: {} (facilitator {})", e.name, e.title, e.facilitator))
        }
        // What was expected is not for the players.
        Event::DrillJudged(e) => {
            let what = format!("expectation {} of the drill: {}", e.expectation, e.verdict);
            (Topic::House, format!("{what}{}", tail(" · ", &e.reason)))
        }
        Event::Redacted(e) => (Topic::House, format!("words of line {} erased: {}", e.target, e.reason)),
        Event::Unknown(e) => (Topic::House, format!("{} (written by a newer program): {}", e.name, e.body)),
    })
}

/// What an ask has become, in words.
fn ask_changed(before: &Incident, e: &AskChanged) -> String {
    let words = said(before, e.target);
    let was = before.talk.asks.get(&e.target).and_then(|a| a.person.as_deref()).unwrap_or("nobody");
    match (&e.person, e.due_at) {
        (Some(person), _) => format!("ask goes from {was} to {person}: {words}"),
        (None, Some(due)) => format!("time until {}: {words}", minute(due)),
        (None, None) => format!("ask: {words}"),
    }
}

/// What of a story is another now, and what it was: a date that moves is what people come back for.
fn story_changed(before: &Incident, e: &StoryChanged) -> String {
    let Some(was) = before.closing.stories.get(&e.number) else {
        return format!("story S{} corrected", e.number);
    };
    let shown = |text: Option<String>| text.filter(|t| !t.is_empty()).unwrap_or_else(|| "none".to_owned());
    let fields = [
        ("due", was.due.map(|day| day.to_string()), e.due.map(|day| day.to_string())),
        ("owner", was.owner.clone(), e.owner.clone()),
        ("severity", was.severity.clone(), e.severity.clone()),
        ("kind", was.kind.map(|kind| kind.to_string()), e.kind.map(|kind| kind.to_string())),
        ("title", Some(was.title.clone()), e.title.clone()),
        ("proof", Some(was.proof.clone()), e.proof.clone()),
        ("tracker", Some(was.external.clone()), e.external.clone()),
    ];
    let changed: Vec<String> = fields
        .into_iter()
        .filter(|(_, was, now)| now.as_ref().is_some_and(|now| now != was.as_deref().unwrap_or_default()))
        .map(|(field, was, now)| format!("{field} {} → {}", shown(was), shown(now)))
        .collect();
    if changed.is_empty() {
        return format!("story S{} corrected", e.number);
    }
    format!("story S{}: {}", e.number, changed.join(", "))
}

/// What waited for a clock, so that the line says who owes what.
fn ran_out(before: &Incident, clock: &str) -> String {
    match clock.parse() {
        Ok(ClockKey::Ask(seq)) => {
            let unheard = before.talk.asks.get(&seq).is_some_and(|a| a.acknowledged.is_none());
            let unheard = if unheard { ", never acknowledged" } else { "" };
            format!("no answer to the ask {}{unheard}", said(before, seq))
        }
        Ok(ClockKey::Decision(seq)) => format!("nobody checked the decision {}", said(before, seq)),
        Ok(ClockKey::Step(at)) => {
            let who = before.checklist.get(at).and_then(|s| s.person.as_ref());
            let who = who.map(|p| format!(" ({p})")).unwrap_or_default();
            format!("step not done: {}{who}", step(before, at))
        }
        Ok(ClockKey::Response) => "nobody had taken it".to_owned(),
        Ok(ClockKey::Resolution) => "it was not resolved".to_owned(),
        Ok(ClockKey::Update(audience)) => format!("no update {audience} went out"),
        Ok(ClockKey::Phase(phase)) => format!("the budget of {phase} was used up"),
        Err(()) => clock.to_owned(),
    }
}

fn evidence(incident: &Incident, seq: Seq) -> String {
    let item = incident.record.evidence.iter().find(|i| i.seq == seq);
    item.map_or_else(|| seq.to_string(), |i| i.name.clone())
}

/// A moment in a line that every zone reads alike.
fn minute(at: Utc) -> String {
    at.format("%H:%MZ").to_string()
}

fn by_another(person: Option<&String>) -> String {
    person.map(|person| format!(" by {person}")).unwrap_or_default()
}

fn tail(lead: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{lead}{text}") }
}

fn list(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn step(incident: &Incident, at: StepRef) -> String {
    incident.checklist.get(at).map_or_else(|| format!("step {}", at.step), |s| s.text.clone())
}

fn said(incident: &Incident, seq: Seq) -> String {
    incident.timeline.get(seq).map_or_else(|| format!("line {seq}"), |e| e.text.clone())
}
