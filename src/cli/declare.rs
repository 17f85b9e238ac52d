//! `warroom declare`: begins an incident, and says what it recalls.

use std::collections::BTreeMap;

use super::context::Context;
use super::output::Stop;
use super::stdin;
use super::views::{ChoiceView, PastView};
use super::{Outcome, Place, open};
use crate::domain::ids::{IncidentId, Seq};
use crate::domain::incident::Topic;
use crate::domain::request::{Asked, Declaration, Request};
use crate::domain::time::rfc3339;
use crate::domain::words::{IncidentKind, fold_word};
use crate::service::{Service, Similar};

/// Declare an incident
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// One line that says what it is, or - for standard input
    #[arg(allow_hyphen_values = true)]
    title: String,
    /// Severity of the team's profile, such as P1 [default: unset, clocked as the highest]
    #[arg(long)]
    severity: Option<String>,
    /// A service that is touched; may be repeated
    #[arg(long, value_name = "NAME")]
    service: Vec<String>,
    /// A label; may be repeated
    #[arg(long)]
    tag: Vec<String>,
    /// The name of an alert that came with it, written as its first lines; may be repeated
    #[arg(long, value_name = "NAME")]
    alert: Vec<String>,
    /// real, drill, test or backfilled
    #[arg(long, default_value = "real")]
    kind: IncidentKind,
    /// A runbook to attach; may be repeated
    #[arg(long, value_name = "NAME")]
    runbook: Vec<String>,
    /// Who commands
    #[arg(long, value_name = "PERSON")]
    commander: Option<String>,
    /// When it was declared, if not now
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Open its room at once
    #[arg(long)]
    open: bool,
}

impl Args {
    pub(super) async fn run(self, context: &Context<'_>) -> Result<Outcome, Stop> {
        if self.open {
            open::on_terminal(context)?;
        }
        let at = context.at(self.at.as_deref())?;
        let title = stdin::words(self.title)?;
        let service = context.writing().await?;
        let mut runbooks = Vec::new();
        for name in &self.runbook {
            runbooks.push(service.runbook(name)?.to_text());
        }
        let declaration = Declaration {
            id: IncidentId { year: 0, number: 0 },
            title,
            kind: self.kind,
            severity: self.severity,
            services: self.service,
            tags: self.tag,
            commander: self.commander,
            runbooks,
        };
        let by = context.session.by();
        let (id, log, _) = service.declare(&by, declaration, at).await?;
        if !self.alert.is_empty() {
            let alert = |name: &String| Request::Alert {
                text: name.clone(),
                source: String::new(),
                alert: Some(name.clone()),
                tags: Vec::new(),
            };
            let asked: Vec<Asked> =
                self.alert.iter().map(|name| Asked { request: alert(name), at }).collect();
            service.submit(log, &by, &asked, Seq::NONE).await?;
        }
        let _ = service.record_breaches(log, &by).await;
        if self.open {
            return Ok(Outcome::Screen(Place::Room(log)));
        }

        let incident = service.incident(log).await?;
        // What the title names is offered, not filled in: a script says what it means.
        let mut named = service.services_named(&incident.title).await.unwrap_or_default();
        named.retain(|name| !incident.services.iter().any(|own| fold_word(own) == fold_word(name)));
        let mut like = incident.clone();
        like.services.extend(named.clone());
        let mut asked = like.clone();
        asked.title = service.as_meant(&like.title, false).await;
        let mut fitting = service.runbooks_for(&asked, 3);
        fitting.retain(|choice| incident.checklist.named(&choice.name).is_none());
        let attached: Vec<&str> = incident.checklist.runbooks().map(|r| r.name.as_str()).collect();
        let ages = ages(context, &service, !(attached.is_empty() && fitting.is_empty())).await;
        let fitting: Vec<ChoiceView> =
            fitting.iter().map(|c| ChoiceView::new(c, ages.get(&c.name).cloned())).collect();
        // The incident is declared whether or not the memory answers.
        let past = match service.recurrence(Similar::To(Box::new(like)), 3).await {
            Ok(past) => past,
            Err(failure) => {
                context.out.say(&format!("similar incidents cannot be looked up: {failure}"));
                Vec::new()
            }
        };
        let past: Vec<PastView> = past.iter().map(|p| PastView::new(p, by.stamp.at)).collect();
        let document = serde_json::json!({
            "id": id,
            "title": incident.title,
            "kind": incident.kind,
            "severity": incident.severity,
            "state": incident.state,
            "declared_at": rfc3339(incident.declared_at),
            "declared_by": incident.declared_by,
            "commander": incident.commander(),
            "attached": attached,
            "services": incident.services,
            "services_named": named,
            "runbooks": fitting,
            "similar": past,
        });
        let exit = context.out.answer(&document, || id.to_string())?;
        if !context.out.is_json() {
            let matched = incident.timeline.stored().iter().filter(|e| e.topic == Topic::Turn);
            for line in matched.filter(|e| e.text.starts_with("runbook ")) {
                context.out.say(&line.text);
            }
            for name in attached {
                if let Some(age) = ages.get(name) {
                    context.out.say(&format!("runbook {name} is attached: {age}"));
                }
            }
            tell(context, &id, &named, &fitting, &past);
        }
        Ok(Outcome::Exit(exit))
    }
}

/// When each runbook was tested or reviewed last, in words. The incident is declared whether or not that is known.
async fn ages(context: &Context<'_>, service: &Service, wanted: bool) -> BTreeMap<String, String> {
    if !wanted {
        return BTreeMap::new();
    }
    let cards = service.runbook_cards().await.map(|(cards, _)| cards).unwrap_or_default();
    let (today, after) = (context.now().date_naive(), service.policy().runbook_stale_days);
    cards.into_iter().map(|card| (card.name.clone(), card.staleness(today, after).words())).collect()
}

/// What may help, for people.
fn tell(context: &Context<'_>, id: &IncidentId, named: &[String], fitting: &[ChoiceView], past: &[PastView]) {
    if !named.is_empty() {
        let flags: Vec<String> = named.iter().map(|name| format!("--service {name:?}")).collect();
        context.out.say(&format!("Services that the title names (warroom set {id} {}):", flags.join(" ")));
        context.out.say(&format!("  {}", named.join(", ")));
    }
    if !fitting.is_empty() {
        context.out.say(&format!("Runbooks that may fit (warroom runbook attach {id} NAME):"));
        for choice in fitting {
            context.out.say(&format!("  {}", choice.line()));
        }
    }
    if !past.is_empty() {
        let unshipped: usize = past.iter().map(PastView::unshipped).sum();
        let owed = match unshipped {
            0 => String::new(),
            1 => ", 1 unshipped story".to_owned(),
            n => format!(", {n} unshipped stories"),
        };
        context.out.say(&format!("This may have happened before ({} similar{owed}):", past.len()));
        for one in past {
            context.out.say(&format!("  {}", one.lines()));
        }
    }
}
