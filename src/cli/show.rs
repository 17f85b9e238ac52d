//! `warroom show`: everything about one incident, or the text of a past postmortem.

use super::board::{counts, related, rows};
use super::context::Context;
use super::output::{Answer, Stop};
use super::views::{StoryView, one_line};
use crate::domain::attendance::participants;
use crate::domain::board::BoardKind;
use crate::domain::incident::{Incident, PostmortemStatus};
use crate::domain::summary::{StorySummary, review_words};
use crate::domain::time::{Utc, rfc3339};
use crate::domain::words::ClosureItem;
use crate::service::FailureKind;

/// Show an incident, or a past postmortem by its id
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The incident: id, number, . for the only open one, or the id of an imported postmortem, or the end of that id
    #[arg(value_name = "INC")]
    incident: String,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Answer {
        let service = context.reading().await?;
        let log = match service.named(&self.incident).await {
            Ok((_, log)) => log,
            Err(failure) if failure.kind == FailureKind::NotFound && context.session.home.exists() => {
                return match service.past_named(&self.incident).await? {
                    Some((id, path, text)) => {
                        let document = serde_json::json!({ "id": id, "path": path, "text": text });
                        context.out.answer(&document, || text.clone())
                    }
                    None => Err(Stop::Failure(failure)),
                };
            }
            Err(failure) => return Err(failure.into()),
        };
        let incident = service.incident(log).await?;
        let now = context.now();
        let next = service.next_step(&incident, now).as_str();
        let linked = service.linked(incident.id).await?;
        let mut document = document(&incident, next, now);
        if let Some(fields) = document.as_object_mut() {
            let linked = linked.iter().map(
                |l| serde_json::json!({ "incident": l.incident, "relation": l.relation, "title": l.title }),
            );
            fields.insert("linked".to_owned(), linked.collect());
        }
        context.out.answer(&document, || {
            let mut text = text(&incident, next, now);
            for one in &linked {
                let title = one.title.as_deref().map(one_line).unwrap_or_default();
                let said = format!("{}: {} {title}", one_line(&one.relation), one.incident);
                text.push_str(&format!("\n  {}", said.trim_end()));
            }
            text
        })
    }
}

fn stories(incident: &Incident, now: Utc) -> Vec<StoryView> {
    let stories = incident.closing.stories.values();
    stories.map(|s| StoryView::new(&StorySummary::new(incident.id, s), now)).collect()
}

fn review(postmortem: &PostmortemStatus) -> serde_json::Value {
    let comments: Vec<_> = postmortem
        .comments
        .iter()
        .map(|(text, by, at)| serde_json::json!({ "text": text, "by": by, "at": rfc3339(*at) }))
        .collect();
    serde_json::json!({
        "path": postmortem.path,
        "draft": postmortem.drafted.as_ref().map(|(file, _)| file),
        "problems": postmortem.checked.map(|(n, _)| n),
        "commit": postmortem.published.as_ref().map(|(commit, _)| commit),
        "timeline_head": postmortem.timeline_head,
        "publish_waiver": postmortem.publish_waiver,
        "waived": postmortem.waived,
        "waived_by": postmortem.waived_by.as_ref().map(|(by, _)| by),
        "status": postmortem.stands(),
        "owner": postmortem.owner,
        "meeting": postmortem.meeting.map(|day| day.to_string()),
        "comments": comments,
    })
}

fn document(incident: &Incident, next: &str, now: Utc) -> serde_json::Value {
    let when = |at: Option<Utc>| at.map(rfc3339);
    let talk = &incident.talk;
    let postmortem = &incident.closing.postmortem;
    let milestones: serde_json::Map<String, serde_json::Value> = incident
        .milestones
        .iter()
        .map(|(name, m)| {
            (name.to_string(), serde_json::json!({ "at": rfc3339(m.at), "about": m.about, "by": m.by }))
        })
        .collect();
    let closure: serde_json::Map<String, serde_json::Value> = ClosureItem::ALL
        .iter()
        .map(|item| {
            let answer = incident.closing.answers.get(item);
            let value = serde_json::json!({
                "state": incident.closing.state_of(*item),
                "reason": answer.map(|a| a.reason.as_str()).unwrap_or_default(),
                "by": answer.map(|a| a.by.as_str()),
            });
            (item.to_string(), value)
        })
        .collect();
    let mut document = serde_json::json!({
        "id": incident.id,
        "title": incident.title,
        "kind": incident.kind,
        "profile": incident.profile,
        "severity": incident.severity,
        "state": incident.state,
        "phase": incident.phase,
        "visibility": incident.visibility,
        "code_name": incident.code_name,
        "disposition": incident.disposition.as_ref().map(|d| serde_json::json!({
            "word": d.word, "of": d.of, "reason": d.reason,
        })),
        "services": incident.services,
        "tags": incident.tags,
        "declared_at": rfc3339(incident.declared_at),
        "declared_by": incident.declared_by,
        "resolved_at": when(incident.resolved_at),
        "closed_at": when(incident.closed_at),
        "ended_by": incident.ended_by,
        "reopened": incident.reopened,
        "milestones": milestones,
        "impact": incident.impact.as_ref().map(|i| serde_json::json!({
            "text": i.text, "certainty": i.certainty, "customer_data": i.customer_data,
            "production": i.production, "privileged_access": i.privileged_access,
            "by": i.by, "at": rfc3339(i.at),
        })),
        "commander": incident.commander(),
        "roles": incident.roster.history().iter().map(|h| serde_json::json!({
            "role": h.role, "person": h.person, "from": rfc3339(h.from), "to": when(h.to),
        })).collect::<Vec<_>>(),
        "participants": participants(incident).iter().map(|p| serde_json::json!({
            "person": p.person, "joined": rfc3339(p.joined), "seen": rfc3339(p.seen), "left": when(p.left),
            "asked_to_leave": p.asked_to_leave.as_ref().map(|(by, at)| serde_json::json!({ "by": by, "at": rfc3339(*at) })),
        })).collect::<Vec<_>>(),
        "runbooks": incident.checklist.runbooks().map(|r| {
            let (done, all) = incident.checklist.progress(r.seq);
            serde_json::json!({ "seq": r.seq, "name": r.name, "title": r.title, "done": done, "steps": all })
        }).collect::<Vec<_>>(),
        "updates": talk.updates.values().map(|u| serde_json::json!({
            "seq": u.seq, "audience": u.audience, "text": u.text, "state": u.state.as_str(), "by": u.by,
            "at": rfc3339(u.at), "next_at": when(u.next_at),
        })).collect::<Vec<_>>(),
        "related": related(incident),
        "closure": closure,
        "postmortem": review(postmortem),
        "waived": incident.closing.waived,
        "waiver": incident.closing.waiver,
        "stories": stories(incident, now),
        "entries": incident.timeline.len(),
        "head": incident.head,
        "next": next,
    });
    if let serde_json::Value::Object(fields) = &mut document {
        fields.extend(BoardKind::ALL.iter().map(|kind| (kind.to_string(), rows(incident, *kind))));
        fields.insert("scope_counts".to_owned(), counts(incident));
    }
    document
}

fn text(incident: &Incident, next: &str, now: Utc) -> String {
    let minute = |at: Utc| at.format("%Y-%m-%d %H:%MZ").to_string();
    let severity = incident.severity.as_deref().unwrap_or("severity unset");
    let mut lines = vec![
        format!("{} {}", incident.id, one_line(&incident.title)),
        format!(
            "  {severity} · {} · {} · {} · {}",
            incident.state, incident.phase, incident.kind, incident.visibility
        ),
        format!("  declared {} by {}", minute(incident.declared_at), incident.declared_by),
    ];
    let mut add = |head: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("  {}: {}", one_line(head), one_line(&value)));
        }
    };
    add("services", incident.services.join(", "));
    add("tags", incident.tags.join(", "));
    if let Some(impact) = &incident.impact {
        add(
            "impact",
            format!(
                "{} ({}; customer data {}, production {}, privileged access {})",
                one_line(&impact.text),
                impact.certainty,
                impact.customer_data,
                impact.production,
                impact.privileged_access
            ),
        );
    }
    if let Some(disposition) = &incident.disposition {
        let of = disposition.of.map(|id| format!(" {id}")).unwrap_or_default();
        add("disposition", format!("{}{of} {}", disposition.word, one_line(&disposition.reason)));
    }
    for (name, mark) in &incident.milestones {
        add(name.as_str(), minute(mark.at));
    }
    let roles = incident.roster.now();
    add("roles", roles.iter().map(|h| format!("{} {}", h.role, h.person)).collect::<Vec<_>>().join(" · "));
    let people = participants(incident);
    let people = people.iter().map(|p| match (p.left, &p.asked_to_leave) {
        (Some(left), _) => format!("{} (left {})", p.person, minute(left)),
        (None, Some((by, at))) => format!("{} (asked to leave {} by {by})", p.person, minute(*at)),
        (None, None) => p.person.clone(),
    });
    add("participants", people.collect::<Vec<_>>().join(" · "));
    for link in &incident.record.links {
        add(&one_line(&link.kind), one_line(&link.url));
    }
    add("ended by", one_line(&incident.ended_by));
    if let Some(at) = incident.closed_at {
        add("closed", format!("{}{}", minute(at), one_line(&incident.closing.waived_because())));
    }
    for runbook in incident.checklist.runbooks() {
        let (done, all) = incident.checklist.progress(runbook.seq);
        lines.push(format!("  runbook {}: {done} of {all}", runbook.name));
        for step in incident.checklist.steps_of(runbook.seq) {
            let who = step.person.as_ref().map(|p| format!(" ({p})")).unwrap_or_default();
            lines.push(format!("    {:>2} {:<8} {}{who}", step.number, step.state, one_line(&step.text)));
        }
    }
    for item in &incident.record.evidence {
        let gone = if item.withdrawn.is_some() { "withdrawn: " } else { "" };
        lines.push(format!(
            "  evidence #{}: {gone}{} at {}",
            item.seq,
            one_line(&item.name),
            one_line(&item.location)
        ));
    }
    let scope = incident.record.counted();
    if !scope.is_empty() {
        lines.push(format!("  scope: {scope}"));
    }
    for ioc in &incident.record.iocs {
        lines.push(format!("  ioc {}: {} (TLP:{})", ioc.kind, one_line(&ioc.shown()), ioc.tlp));
    }
    for story in stories(incident, now) {
        lines.push(format!("  story {}", story.line()));
    }
    let postmortem = &incident.closing.postmortem;
    if let Some(path) = &postmortem.path {
        lines.push(format!("  postmortem: {path}"));
    }
    let (waived, owner) = (postmortem.waived.is_some(), postmortem.owner.as_deref());
    lines.extend(
        review_words(waived, postmortem.stands(), owner, postmortem.meeting, now.date_naive())
            .map(|words| format!("  {}", one_line(&words))),
    );
    for (text, by, at) in &postmortem.comments {
        lines.push(format!("  on the postmortem, {by} {}: {}", minute(*at), one_line(text)));
    }
    lines.push(format!("  lines: {} · next: {next}", incident.timeline.len()));
    lines.join("\n")
}
