//! The score sheet for people and for scripts. It must not judge.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::output::{Answer, Stop};
use crate::domain::drill::score::{ExpectationScore, InjectScore, Sheet, score as scored};
use crate::domain::drill::sheet::{Earlier, lines, story_command};
use crate::domain::refusal::Refusal;
use crate::domain::time::{Span, rfc3339};

pub(super) async fn score(context: &Context<'_>, name: &str) -> Answer {
    let (service, log) = context.look(name).await?;
    let incident = service.incident(log).await?;
    let now = context.now();
    let sheet = scored(&incident, now).ok_or_else(|| {
        Stop::from(
            Refusal::conflict(format!("{} is no drill that is run by a script", incident.id))
                .hint("begin one: warroom drill run NAME"),
        )
    })?;
    let mut earlier: Vec<Earlier> = Vec::new();
    for run in service.drill_runs(now).await? {
        if run.sheet.name == sheet.name && (run.sheet.began, run.id) < (sheet.began, sheet.id) {
            earlier.push(run.earlier());
        }
    }
    context.out.answer(&document(&sheet, &earlier), || lines(&sheet, &earlier).join("\n"))
}

fn seconds(span: Option<Span>) -> Option<i64> {
    span.map(|span| span.num_seconds())
}

fn document(sheet: &Sheet, earlier: &[Earlier]) -> Value {
    let t = sheet.totals;
    let r = sheet.response;
    json!({
        "id": sheet.id,
        "name": sheet.name,
        "title": sheet.title,
        "facilitator": sheet.facilitator,
        "began": rfc3339(sheet.began),
        "ended": sheet.ended.map(rfc3339),
        "injects": sheet.injects.iter().map(inject).collect::<Vec<_>>(),
        "totals": {
            "met": t.met, "late": t.late, "missed": t.missed, "open": t.open, "to_judge": t.to_judge,
            "judged": t.judged(), "expected": t.expected(),
        },
        "response_s": {
            "commander": seconds(r.commander), "severity": seconds(r.severity),
            "contained": seconds(r.contained), "update": seconds(r.update),
        },
        "earlier": earlier.iter().map(|run| json!({
            "id": run.id, "date": run.date.to_string(), "met": run.totals.met, "late": run.totals.late,
            "missed": run.totals.missed, "judged": run.totals.judged(), "expected": run.totals.expected(),
        })).collect::<Vec<_>>(),
        "improvements": sheet.improvements.iter().map(|i| json!({
            "text": i.text, "kind": i.kind, "command": story_command(sheet.id, i),
        })).collect::<Vec<_>>(),
    })
}

fn inject(inject: &InjectScore) -> Value {
    json!({
        "number": inject.number,
        "text": inject.text,
        "planned_s": inject.planned.num_seconds(),
        "given_s": seconds(inject.given),
        "expectations": inject.expectations.iter().map(expectation).collect::<Vec<_>>(),
    })
}

fn expectation(e: &ExpectationScore) -> Value {
    json!({
        "number": e.number,
        "text": e.text,
        "within_s": seconds(e.within),
        "condition": e.condition,
        "standing": e.standing.as_str().replace(' ', "-"),
        "met_at": e.met_at.map(rfc3339),
        "at_s": seconds(e.at),
        "after_s": seconds(e.after),
        "judged": e.judged.as_ref().map(|j| json!({
            "verdict": j.verdict, "reason": j.reason, "by": j.by, "at": rfc3339(j.at),
        })),
    })
}
