//! Links between incidents, in both directions: what one says of another is written into the other as well, so that each
//! room, brief and postmortem tells it. It must not merge anything.

use super::{By, Failure, Service};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::incident::{Incident, RelatedIncident};
use crate::domain::postmortem::{Key, document};
use crate::domain::recurrence::{AGAIN, DIFFERENT};
use crate::domain::refusal::Refusal;
use crate::domain::request::{Asked, Keep, Request};
use crate::domain::time::Span;
use crate::domain::words::DispositionWord;

/// How an incident speaks of the one that was the same failure again.
const RECURRED: &str = "recurred";

/// How the other incident speaks of the one that named it.
fn reversed(relation: &str) -> &str {
    match relation {
        AGAIN => RECURRED,
        RECURRED => AGAIN,
        other => other,
    }
}

/// Refuses a recurrence of what began later: the figures count those that an earlier one came back as.
fn in_order(own: &Incident, other: &Incident, relation: &str) -> Result<(), Refusal> {
    let (now, past) = match relation.trim() {
        AGAIN => (own, other),
        _ => (other, own),
    };
    let gap = past.began_at() - now.began_at();
    // Of what began in the same minute, the one that was declared first came first.
    let is_later = if gap.abs() < Span::minutes(1) { past.id > now.id } else { gap > Span::zero() };
    if !is_later || past.id == now.id {
        return Ok(());
    }
    Err(Refusal::usage(format!("{} began after {}, which cannot be the same failure again", past.id, now.id))
        .hint(format!("say it the other way round: warroom link {} {AGAIN} {}", past.id, now.id)))
}

/// An incident that belongs to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its id, or that of an imported postmortem.
    pub incident: String,
    /// How they belong together.
    pub relation: String,
    /// Its title, where it has a log here or a postmortem that is found.
    pub title: Option<String>,
}

impl Service {
    /// The requests, with what they call another incident named as it is there: it has a log here, or a postmortem in
    /// the archive. A link that they take away is a link alone.
    ///
    /// # Errors
    /// When it is not there, or is more than a link, or cannot have come before; or what the store says. An archive that
    /// cannot be read is no reason to keep a line from being written.
    pub async fn well_named(&self, log: LogId, asked: &[Asked]) -> Result<Vec<Asked>, Failure> {
        let mut asked = asked.to_vec();
        for one in &mut asked {
            let name = match &one.request {
                Request::Relate { incident, .. } => incident.trim().to_owned(),
                Request::SetDisposition { of: Some(of), .. } => of.to_string(),
                Request::Keep(Keep::RemoveLink { link }) => {
                    self.is_free(log, link.trim()).await?;
                    continue;
                }
                _ => continue,
            };
            let own = self.incident(log).await?;
            let id = own.id.sibling(&name);
            if let Some(id) = id
                && let Some(other) = self.store().log_of(id).await?
            {
                if let Request::Relate { relation, .. } = &one.request
                    && matches!(relation.trim(), AGAIN | RECURRED)
                {
                    in_order(&own, &self.incident(other).await?, relation)?;
                }
                continue;
            }
            let name = id.map_or(name, |id| id.to_string());
            // An empty name is for the rules to refuse.
            if name.is_empty() {
                continue;
            }
            match (self.known_id(&name).await, &mut one.request) {
                (Ok(Some(known)), Request::Relate { incident, .. }) => *incident = known,
                (Ok(None), _) => {
                    return Err(Refusal::not_found(format!("there is no incident and no postmortem {name}"))
                        .hint("warroom list --all and warroom search show what there is")
                        .into());
                }
                _ => {}
            }
        }
        Ok(asked)
    }

    /// Whether no incident that this link names says of itself that it is a duplicate of this one: the link would be
    /// gone, and what was merged with it out of sight.
    async fn is_free(&self, log: LogId, link: &str) -> Result<(), Failure> {
        let incident = self.incident(log).await?;
        let wanted = incident.id.sibling(link);
        for related in &incident.record.related {
            let Ok(id) = related.incident.parse::<IncidentId>() else { continue };
            if wanted != Some(id) && !related.relation.eq_ignore_ascii_case(link) {
                continue;
            }
            let Some(other) = self.store().log_of(id).await? else { continue };
            if super::merge::duplicate_of(&self.incident(other).await?) == Some(incident.id) {
                return Err(Refusal::no(format!(
                    "{id} is a duplicate of {} by its disposition",
                    incident.id
                ))
                .hint(format!("take that back: warroom merge {id} --into {} --undo", incident.id))
                .into());
            }
        }
        Ok(())
    }

    /// Writes into the other incidents what these events say of them. What is there already is not written again; an
    /// incident that is not here, or that takes nothing any more, is passed over.
    ///
    /// # Errors
    /// What the store says.
    pub async fn link_back(&self, from: IncidentId, by: &By, events: &[Recorded]) -> Result<(), Failure> {
        for event in events {
            if let Some(Event::LinkRemoved(e)) = &event.event {
                if let Ok(other) = e.url.parse() {
                    self.part_back(from, other, reversed(&e.kind), by).await?;
                }
                continue;
            }
            let (other, relation) = match &event.event {
                Some(Event::RelatedAdded(e)) => (e.incident.parse().ok(), e.relation.as_str()),
                Some(Event::DispositionSet(e)) if e.disposition == DispositionWord::DuplicateOf => {
                    (e.of, "duplicate")
                }
                _ => continue,
            };
            let Some(other) = other.filter(|other: &IncidentId| *other != from) else { continue };
            let Some(log) = self.store().log_of(other).await? else { continue };
            let relation = reversed(relation).to_owned();
            if self.names(log, from, &relation).await? {
                continue;
            }
            let asked = Request::Relate { incident: from.to_string(), relation }.into();
            if let Err(failure) = self.submit(log, by, &[asked], Seq(u64::MAX)).await {
                tracing::info!(%failure, %other, "the link is told by one of both only");
            }
        }
        Ok(())
    }

    /// Takes the link out of the other incident too.
    async fn part_back(
        &self,
        from: IncidentId,
        other: IncidentId,
        relation: &str,
        by: &By,
    ) -> Result<(), Failure> {
        let Some(log) = self.store().log_of(other).await? else { return Ok(()) };
        let link = from.to_string();
        let related = self.incident(log).await?.record.related;
        if related.iter().any(|r| r.incident == link && r.relation == relation) {
            let asked = Keep::RemoveLink { link }.into();
            if let Err(failure) = self.submit(log, by, &[asked], Seq(u64::MAX)).await {
                tracing::info!(%failure, %other, "the link is taken away in one of both only");
            }
        }
        Ok(())
    }

    /// Whether an incident names another one already. What is said of a recurrence is said anew.
    async fn names(&self, log: LogId, other: IncidentId, relation: &str) -> Result<bool, Failure> {
        let incident = self.incident(log).await?;
        let other_name = other.to_string();
        let duplicate = incident.disposition.as_ref().and_then(|d| d.of) == Some(other);
        let judges = |word: &str| matches!(word, RECURRED | AGAIN | DIFFERENT);
        let known =
            |r: &RelatedIncident| r.incident == other_name && (!judges(relation) || r.relation == relation);
        Ok(duplicate || incident.record.related.iter().any(known))
    }

    /// Whether the published postmortem of an incident names another one as related; one that cannot be read does not.
    pub async fn is_published_with(&self, incident: &Incident, other: &str) -> bool {
        let Some(path) = incident.closing.postmortem.path.as_deref() else { return false };
        let Ok(text) = self.past_text(path).await else { return false };
        let related = document::parse(&text).0.front;
        related.list(Key::Related).iter().any(|known| known.trim().eq_ignore_ascii_case(other))
    }

    /// The incidents that belong to one: those that it names, and those that name it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn linked(&self, id: IncidentId) -> Result<Vec<Linked>, Failure> {
        let name = id.to_string();
        let mut found: Vec<Linked> = Vec::new();
        let mut add = |incident: String, relation: String| {
            if incident != name && !found.iter().any(|l| l.incident == incident) {
                found.push(Linked { incident, relation, title: None });
            }
        };
        if let Some((_, own)) = self.row_of(id).await? {
            if let Some(of) = own.duplicate_of {
                add(of.to_string(), "duplicate".to_owned());
            }
            for related in own.related.iter().filter(|r| r.relation != DIFFERENT) {
                add(related.incident.clone(), related.relation.clone());
            }
        }
        // Both tell a link; what only the other one could write down is looked for in the rows that have the name in them.
        for row in self.rows_naming(id).await? {
            if row.duplicate_of == Some(id) {
                add(row.id.to_string(), "duplicate".to_owned());
            }
            for related in row.related.iter().filter(|r| r.incident == name && r.relation != DIFFERENT) {
                add(row.id.to_string(), reversed(&related.relation).to_owned());
            }
        }
        for one in &mut found {
            let row = match one.incident.parse() {
                Ok(id) => self.row_of(id).await?,
                Err(_) => None,
            };
            one.title = match row {
                Some((_, row)) => Some(row.shown_title().to_owned()),
                None => self.past_title(&one.incident).await,
            };
        }
        Ok(found)
    }

    /// The title of a postmortem of the archive; none where the search does not know it.
    async fn past_title(&self, id: &str) -> Option<String> {
        let id = id.to_owned();
        let cards = self.blocking_memory(move |inner| inner.ask(|index| index.with_id(&id))).await.ok()?;
        cards.into_iter().next().map(|card| card.title)
    }
}
