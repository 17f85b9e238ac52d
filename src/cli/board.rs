//! `warroom board`: the tables of a room, for people as the screen shows them and for scripts with every field.

use serde_json::{Value, json};

use super::context::Context;
use super::output::Answer;
use crate::domain::board::{BoardKind, board};
use crate::domain::incident::{EvidenceItem, Incident, Ioc};
use crate::domain::time::{Utc, rfc3339};
use crate::domain::words::ScopeState;
use crate::domain::zone::Tz;

/// Show a board: asks, decisions, hypotheses, scope, evidence, iocs, links or steps
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, or . for the only open one
    #[arg(value_name = "INC")]
    incident: String,
    /// Which [default: all of them]
    #[arg(value_name = "BOARD")]
    board: Option<BoardKind>,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        if let Some(kind) = self.board {
            return print(context, &self.incident, kind).await;
        }
        let (service, log) = context.look(&self.incident).await?;
        let incident = service.incident(log).await?;
        let mut document = serde_json::Map::new();
        document.insert("id".to_owned(), json!(incident.id));
        for kind in BoardKind::ALL {
            document.insert(kind.to_string(), rows(&incident, *kind));
        }
        document.insert("related".to_owned(), related(&incident));
        context.out.answer(&document, || {
            let now = context.now();
            let boards = BoardKind::ALL.iter().map(|k| board(&incident, *k, now, Tz::UTC).to_text());
            boards.collect::<Vec<_>>().join("\n")
        })
    }
}

/// Prints one board.
pub(super) async fn print(context: &Context<'_>, incident: &str, kind: BoardKind) -> Answer {
    let (service, log) = context.look(incident).await?;
    let incident = service.incident(log).await?;
    let mut document = json!({ "id": incident.id, kind.as_str(): rows(&incident, kind) });
    if let Value::Object(fields) = &mut document {
        match kind {
            BoardKind::Scope => fields.insert("counts".to_owned(), counts(&incident)),
            BoardKind::Links => fields.insert("related".to_owned(), related(&incident)),
            _ => None,
        };
    }
    context.out.answer(&document, || board(&incident, kind, context.now(), Tz::UTC).to_text())
}

/// How many assets stand where.
pub(super) fn counts(incident: &Incident) -> Value {
    let count = |state: &ScopeState| (state.to_string(), json!(incident.record.in_state(*state)));
    Value::Object(ScopeState::ALL.iter().map(count).collect())
}

/// The incidents that an incident names, for scripts.
pub(super) fn related(incident: &Incident) -> Value {
    let related = incident.record.related.iter();
    related.map(|r| json!({ "incident": r.incident, "relation": r.relation })).collect()
}

/// The rows of a board for scripts.
pub(super) fn rows(incident: &Incident, kind: BoardKind) -> Value {
    let when = |at: Option<Utc>| at.map(rfc3339);
    let (talk, record) = (&incident.talk, &incident.record);
    match kind {
        BoardKind::Asks => talk.asks.values().map(|a| json!({
            "seq": a.seq, "text": a.text, "person": a.person, "by": a.by, "at": rfc3339(a.at),
            "due_at": when(a.due_at), "acknowledged_by": a.acknowledged.as_ref().map(|(who, _)| who),
            "acknowledged_at": when(a.acknowledged.as_ref().map(|(_, at)| *at)),
            "answer": a.answer.as_ref().map(|x| &x.text), "answered_by": a.answer.as_ref().map(|x| &x.by),
            "answered_at": when(a.answer.as_ref().map(|x| x.at)),
        })).collect(),
        BoardKind::Decisions => talk.decisions.values().map(|d| json!({
            "seq": d.seq, "text": d.text, "decided_by": d.decided_by, "executor": d.executor,
            "at": rfc3339(d.at), "check_at": when(d.check_at), "objections": d.objections,
            "verdict": d.verdict.as_ref().map(|v| v.verdict),
            "verdict_reason": d.verdict.as_ref().map(|v| &v.reason),
            "verdict_by": d.verdict.as_ref().map(|v| &v.by), "verdict_at": when(d.verdict.as_ref().map(|v| v.at)),
        })).collect(),
        BoardKind::Hypotheses => talk.hypotheses.values().map(|h| json!({
            "seq": h.seq, "text": h.text, "by": h.by, "at": rfc3339(h.at), "state": h.now.state,
            "why": h.now.why, "state_by": h.now.by, "state_at": rfc3339(h.now.at),
        })).collect(),
        BoardKind::Scope => record.scope.iter().map(|s| json!({
            "asset": s.asset, "state": s.state, "by": s.by, "at": rfc3339(s.at),
        })).collect(),
        BoardKind::Evidence => record.evidence.iter().map(evidence).collect(),
        BoardKind::Iocs => record.iocs.iter().map(ioc).collect(),
        BoardKind::Links => {
            record.links.iter().map(|l| json!({ "kind": l.kind, "url": l.url })).collect()
        }
        BoardKind::Steps => incident.checklist.steps().map(|s| json!({
            "number": s.number, "runbook": s.at.runbook, "text": s.text, "commands": s.commands,
            "phase": s.phase, "heading": s.heading, "state": s.state, "person": s.person,
            "since": when(s.since), "reason": s.reason, "due_at": when(s.due_at),
        })).collect(),
    }
}

/// An item of evidence for scripts.
fn evidence(item: &EvidenceItem) -> Value {
    let custody: Vec<Value> = item
        .custody
        .iter()
        .map(|c| {
            json!({
                "from": c.from, "to": c.to, "at": rfc3339(c.at), "location": c.location, "reason": c.reason,
            })
        })
        .collect();
    json!({
        "seq": item.seq, "name": item.name, "class": item.class, "source": item.source,
        "acquired_by": item.acquired_by, "acquired_at": rfc3339(item.acquired_at), "location": item.location,
        "size": item.size, "sha256": item.sha256, "holder": item.holder(), "custody": custody,
        "entry": item.entry,
        "withdrawn": item.withdrawn.as_ref().map(|(by, at, why)| json!({
            "by": by, "at": rfc3339(*at), "reason": why,
        })),
    })
}

/// An indicator for scripts: `value` is defanged, `live` is what a block list needs.
fn ioc(ioc: &Ioc) -> Value {
    json!({
        "seq": ioc.seq, "value": ioc.shown(), "live": ioc.value, "kind": ioc.kind, "tlp": ioc.tlp,
        "entry": ioc.entry, "note": ioc.note, "by": ioc.by, "at": rfc3339(ioc.at),
    })
}
