//! The JSON form. Times are RFC 3339 in UTC with milliseconds; what is not known is `null` or absent. `docs/export.md`
//! names every field. It must not choose what leaves.

use serde_json::{Value, json};

use super::{SCHEMA_VERSION, Source};
use crate::domain::brief::brief;
use crate::domain::incident::Entry;
use crate::domain::ioc::Tlp;
use crate::domain::safe;
use crate::domain::time::{Utc, rfc3339};
use crate::domain::zone::Tz;

fn maybe(at: Option<Utc>) -> Value {
    at.map_or(Value::Null, |at| Value::from(rfc3339(at)))
}

fn stamped(who: &Option<(String, Utc)>) -> Value {
    who.as_ref().map_or(Value::Null, |(person, at)| json!({ "by": person, "at": rfc3339(*at) }))
}

fn entry(entry: &Entry) -> Value {
    json!({
        "seq": entry.seq,
        "id": entry.id,
        "kind": entry.kind,
        "occurred_at": rfc3339(entry.occurred_at),
        "about": entry.about,
        "recorded_at": rfc3339(entry.recorded_at),
        "text": entry.text,
        "author": entry.by,
        "source": entry.source,
        "alert": entry.alert,
        "tags": entry.tags,
        "starred": entry.starred,
        "amended": !entry.edits.is_empty(),
        "redacted": entry.redacted,
    })
}

pub(super) fn render(source: &Source<'_>) -> String {
    let (lines, left) = source.lines();
    let brief = brief(source.incident, source.policy, source.now, Tz::UTC);
    let sections: Vec<Value> =
        brief.sections.iter().map(|s| json!({ "heading": s.heading, "lines": s.lines })).collect();
    let mut document = json!({
        "schema_version": SCHEMA_VERSION,
        "exported_at": rfc3339(source.now),
        "head": { "seq": source.incident.head, "hash": source.digest.to_string() },
        "left_out": left,
        "incident": incident(source),
        "brief": { "title": brief.title, "sections": sections },
        "entries": lines.into_iter().map(entry).collect::<Vec<_>>(),
        "decisions": decisions(source),
        "hypotheses": hypotheses(source),
        "asks": asks(source),
        "updates": updates(source),
        "roles": source.incident.roster.history().iter().map(|h| json!({
            "role": h.role, "person": h.person, "from": rfc3339(h.from), "to": maybe(h.to),
        })).collect::<Vec<_>>(),
        "steps": steps(source),
        "evidence": evidence(source),
        "scope": source.incident.record.scope.iter().map(|s| json!({
            "asset": s.asset, "state": s.state, "by": s.by, "at": rfc3339(s.at),
        })).collect::<Vec<_>>(),
        "iocs": source.iocs().map(|i| json!({
            "value": i.shown(), "kind": i.kind, "tlp": i.tlp, "entry": i.entry, "note": i.note,
            "by": i.by, "at": rfc3339(i.at),
        })).collect::<Vec<_>>(),
        "links": source.incident.record.links.iter().map(|l| json!({
            "kind": l.kind, "url": l.url,
        })).collect::<Vec<_>>(),
        "related": source.incident.record.related.iter().map(|r| json!({
            "incident": r.incident, "relation": r.relation,
        })).collect::<Vec<_>>(),
        "stories": stories(source),
    });
    let record = &source.incident.record;
    if record.iocs.iter().chain(&record.withdrawn).any(|ioc| ioc.tlp == Tlp::Red) {
        conceal(&mut document, source);
    }
    // A JSON value is always written.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    safe::json(&text).into_owned()
}

/// Takes the indicators that only the people in the room may know out of every text, whatever field it stands in.
fn conceal(value: &mut Value, source: &Source<'_>) {
    match value {
        Value::String(text) => *text = crate::domain::telling::untold(source.incident, text),
        Value::Array(items) => items.iter_mut().for_each(|item| conceal(item, source)),
        Value::Object(fields) => fields.values_mut().for_each(|field| conceal(field, source)),
        _ => {}
    }
}

fn incident(source: &Source<'_>) -> Value {
    let i = source.incident;
    let milestones: serde_json::Map<String, Value> = i
        .milestones
        .iter()
        .map(|(m, mark)| (m.to_string(), json!({ "at": rfc3339(mark.at), "about": mark.about })))
        .collect();
    let impact = i.impact.as_ref().map(|x| {
        json!({
            "text": x.text,
            "certainty": x.certainty,
            "customer_data": x.customer_data,
            "production": x.production,
            "privileged_access": x.privileged_access,
        })
    });
    let disposition =
        i.disposition.as_ref().map(|d| json!({ "word": d.word, "of": d.of, "reason": d.reason }));
    json!({
        "id": i.id,
        "title": i.title,
        "kind": i.kind,
        "profile": i.profile,
        "severity": i.severity,
        "state": i.state,
        "phase": i.phase,
        "visibility": i.visibility,
        "code_name": i.code_name,
        "services": i.services,
        "tags": i.tags,
        "declared_at": rfc3339(i.declared_at),
        "declared_by": i.declared_by,
        "resolved_at": maybe(i.resolved_at),
        "closed_at": maybe(i.closed_at),
        "ended_by": i.ended_by,
        "reopened": i.reopened,
        "milestones": milestones,
        "impact": impact,
        "disposition": disposition,
        "postmortem": i.closing.postmortem.path,
    })
}

fn decisions(source: &Source<'_>) -> Vec<Value> {
    let all = source.incident.talk.decisions.values().filter(|d| source.leaves(d.seq));
    all.map(|d| {
        let verdict = d
            .verdict
            .as_ref()
            .map(|v| json!({ "verdict": v.verdict, "reason": v.reason, "by": v.by, "at": rfc3339(v.at) }));
        json!({
            "seq": d.seq,
            "text": d.text,
            "decided_by": d.decided_by,
            "executor": d.executor,
            "at": rfc3339(d.at),
            "check_at": maybe(d.check_at),
            "objections": d.objections,
            "verdict": verdict,
        })
    })
    .collect()
}

fn hypotheses(source: &Source<'_>) -> Vec<Value> {
    let all = source.incident.talk.hypotheses.values().filter(|h| source.leaves(h.seq));
    all.map(|h| {
        json!({
            "seq": h.seq,
            "text": h.text,
            "by": h.by,
            "at": rfc3339(h.at),
            "state": h.now.state,
            "why": h.now.why,
            "state_by": h.now.by,
            "state_at": rfc3339(h.now.at),
        })
    })
    .collect()
}

fn asks(source: &Source<'_>) -> Vec<Value> {
    let all = source.incident.talk.asks.values().filter(|a| source.leaves(a.seq));
    all.map(|a| {
        let answer = a.answer.as_ref().map(|x| json!({ "text": x.text, "by": x.by, "at": rfc3339(x.at) }));
        json!({
            "seq": a.seq,
            "text": a.text,
            "person": a.person,
            "by": a.by,
            "at": rfc3339(a.at),
            "due_at": maybe(a.due_at),
            "acknowledged": stamped(&a.acknowledged),
            "answer": answer,
        })
    })
    .collect()
}

fn updates(source: &Source<'_>) -> Vec<Value> {
    let all = source.incident.talk.updates.values().filter(|u| source.leaves(u.seq));
    all.map(|u| {
        json!({
            "seq": u.seq,
            "audience": u.audience,
            "text": u.text,
            "state": u.state.as_str(),
            "by": u.by,
            "at": rfc3339(u.at),
            "approved": stamped(&u.approved),
            "sent": stamped(&u.sent),
            "next_at": maybe(u.next_at),
        })
    })
    .collect()
}

fn steps(source: &Source<'_>) -> Vec<Value> {
    let checklist = &source.incident.checklist;
    let name = |seq| checklist.runbooks().find(|r| r.seq == seq).map(|r| r.name.clone());
    checklist
        .steps()
        .map(|s| {
            json!({
                "number": s.number,
                "runbook": name(s.at.runbook),
                "text": s.text,
                "state": s.state,
                "person": s.person,
                "since": maybe(s.since),
                "reason": s.reason,
                "due_at": maybe(s.due_at),
            })
        })
        .collect()
}

fn evidence(source: &Source<'_>) -> Vec<Value> {
    let all = source.incident.record.evidence.iter();
    all.map(|e| {
        let custody: Vec<Value> = e
            .custody
            .iter()
            .map(|c| {
                json!({
                    "from": c.from, "to": c.to, "at": rfc3339(c.at), "location": c.location, "reason": c.reason,
                })
            })
            .collect();
        json!({
            "seq": e.seq,
            "name": e.name,
            "class": e.class,
            "source": e.source,
            "acquired_by": e.acquired_by,
            "acquired_at": rfc3339(e.acquired_at),
            "location": e.location,
            "size": e.size,
            "sha256": e.sha256,
            "custody": custody,
            "entry": e.entry,
            "withdrawn": e.withdrawn.as_ref().map(|(by, at, why)| json!({
                "by": by, "at": rfc3339(*at), "reason": why,
            })),
        })
    })
    .collect()
}

fn stories(source: &Source<'_>) -> Vec<Value> {
    let all = source.incident.closing.stories.values();
    all.map(|s| {
        json!({
            "id": format!("{}/S{}", source.incident.id, s.number),
            "title": s.title,
            "owner": s.owner,
            "due": s.due.map(|d| d.to_string()),
            "severity": s.severity,
            "kind": s.kind,
            "state": s.state,
            "proof": s.proof,
            "external": s.external,
            "link": s.link,
            "reason": s.reason,
        })
    })
    .collect()
}
