//! What an incident shows of a condition: since when, and until when. What was crossed out, undone or taken away shows
//! nothing. It must not judge (`score` does).

use super::condition::{Condition, holds, same_role};
use crate::domain::ids::Seq;
use crate::domain::incident::{Incident, PhaseSpan, Topic};
use crate::domain::time::Utc;
use crate::domain::words::{HypothesisState, StepState, fold_word};

/// Something that a condition looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fact {
    /// Since when it is so.
    pub(super) from: Utc,
    /// Until when it was so.
    pub(super) until: Option<Utc>,
}

impl Fact {
    const fn since(from: Utc) -> Self {
        Self { from, until: None }
    }
}

/// It is a thing done once and not a state, and it has no words that say which: only what comes after the inject
/// answers it.
pub(super) fn is_deed(condition: &Condition) -> bool {
    match condition {
        Condition::Handover(_) => true,
        Condition::Decision(words)
        | Condition::Hypothesis(words)
        | Condition::RuledOut(words)
        | Condition::Ask(words)
        | Condition::Evidence(words) => words.is_empty(),
        _ => false,
    }
}

/// Everything that a condition looks for, in no order.
pub(super) fn facts(incident: &Incident, condition: &Condition) -> Vec<Fact> {
    let counts = |seq: Seq| incident.timeline.get(seq).is_none_or(|entry| entry.struck.is_none());
    let talk = &incident.talk;
    match condition {
        Condition::Declared => vec![Fact::since(incident.declared_at)],
        Condition::Role(name) => {
            let held = incident.roster.history().iter().filter(|h| !h.undone && same_role(&h.role, name));
            held.map(|h| Fact { from: h.from, until: h.to }).collect()
        }
        Condition::Handover(name) => handovers(incident, name),
        Condition::Severity(name) => {
            let wanted = fold_word(name);
            let spans = incident.severities.iter().map(|s| {
                let is = s.severity.as_deref().is_some_and(|own| fold_word(own) == wanted);
                (s.since, is && !incident.taken_back.contains(&s.seq))
            });
            states(spans)
        }
        Condition::Phase(phase) => {
            let entered = |p: &PhaseSpan| p.phase == *phase && !incident.taken_back.contains(&p.seq);
            states(incident.phases.iter().map(|p| (p.since, entered(p))))
        }
        Condition::Milestone(milestone) => {
            incident.milestone(*milestone).into_iter().map(Fact::since).collect()
        }
        Condition::Runbook(name) => {
            let wanted = fold_word(name);
            let attached = incident.checklist.runbooks().filter(|r| fold_word(&r.name) == wanted);
            attached.map(|r| Fact::since(r.at)).collect()
        }
        Condition::Step(words) => {
            let done =
                incident.checklist.steps().filter(|s| s.state == StepState::Done && holds(&s.text, words));
            done.filter_map(|s| s.since).map(Fact::since).collect()
        }
        Condition::Decision(words) => {
            let made = talk.decisions.values().filter(|d| counts(d.seq) && holds(&d.text, words));
            made.map(|d| Fact::since(d.at)).collect()
        }
        Condition::Hypothesis(words) => {
            let proposed = talk.hypotheses.values().filter(|h| counts(h.seq) && holds(&h.text, words));
            proposed.map(|h| Fact::since(h.at)).collect()
        }
        Condition::RuledOut(words) => {
            let out = talk.hypotheses.values().filter(|h| h.now.state == HypothesisState::RuledOut);
            let out = out.filter(|h| counts(h.seq) && holds(&format!("{} {}", h.text, h.now.why), words));
            out.map(|h| Fact::since(h.now.at)).collect()
        }
        Condition::Ask(words) => {
            let asked = talk.asks.values().filter(|a| counts(a.seq) && holds(&a.text, words));
            asked.map(|a| Fact::since(a.at)).collect()
        }
        Condition::Evidence(words) => {
            let kept = incident.record.evidence.iter().filter(|item| item.withdrawn.is_none());
            let kept = kept.filter(|item| {
                let text = format!("{} {} {} {}", item.name, item.class, item.source, item.location);
                counts(item.seq) && holds(&text, words)
            });
            kept.map(|item| Fact::since(item.acquired_at)).collect()
        }
        Condition::Update(audience) => {
            let told = talk.updates.values().filter(|u| u.audience == *audience && counts(u.seq));
            told.filter_map(|u| u.sent.as_ref()).map(|(_, at)| Fact::since(*at)).collect()
        }
        Condition::Entry(words) => {
            let given = incident.drill.iter().flat_map(|run| run.given.values()).map(|(seq, _)| *seq);
            let given: Vec<Seq> = given.collect();
            let said = incident
                .timeline
                .stored()
                .iter()
                .filter(|e| e.topic == Topic::Said && e.struck.is_none() && !given.contains(&e.seq));
            said.filter(|e| holds(&e.text, words)).map(|e| Fact::since(e.occurred_at)).collect()
        }
    }
}

/// One thing after the other: each is so until the next.
fn states(spans: impl Iterator<Item = (Utc, bool)>) -> Vec<Fact> {
    let spans: Vec<(Utc, bool)> = spans.collect();
    let ends = spans.iter().skip(1).map(|(at, _)| Some(*at)).chain([None]);
    let facts = spans.iter().zip(ends).filter(|((_, is), _)| *is);
    facts.map(|((from, _), until)| Fact { from: *from, until }).collect()
}

/// A role that somebody took from whom held it: the same event ended the one holding and began the other.
fn handovers(incident: &Incident, name: &str) -> Vec<Fact> {
    let all = incident.roster.history();
    let of = |role: &str| same_role(role, name);
    let from_another =
        |seq: Seq, person: &str| all.iter().any(|h| h.ended == seq && of(&h.role) && h.person != person);
    let taken = all.iter().filter(|h| !h.undone && of(&h.role) && from_another(h.seq, &h.person));
    taken.map(|h| Fact::since(h.from)).collect()
}
