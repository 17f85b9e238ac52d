//! What lists over all incidents say: runbooks with their history, owed updates, the postmortem of an incident. It
//! must not change anything.

use std::collections::HashMap;

use super::{Failure, FailureKind, IncidentFilter, RunbookFile, Service};
use crate::domain::ids::IncidentId;
use crate::domain::owed::{self, OwedUpdate};
use crate::domain::runbook::card::{Card, Use};
use crate::domain::time::Utc;
use crate::domain::words::{IncidentKind, State};

impl Service {
    /// The status updates that open incidents owe, and what resolved ones owe by law; what is over first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn owed_updates(&self, now: Utc) -> Result<Vec<OwedUpdate>, Failure> {
        let states = vec![State::Open, State::Resolved];
        let rows = self.list_with_logs(&IncidentFilter { states, limit: 0 }).await?;
        let mut owed = Vec::new();
        for (log, _) in rows.into_iter().filter(|(_, row)| row.may_have_clocks()) {
            let incident = self.incident(log).await?;
            owed.extend(owed::of(&incident, self.policy(), now));
        }
        owed::sort(&mut owed);
        Ok(owed)
    }

    /// All runbooks with what is known of them, by name, and the files that could not be read.
    ///
    /// # Errors
    /// What the store says.
    pub async fn runbook_cards(&self) -> Result<(Vec<Card>, Vec<Failure>), Failure> {
        let books = self.clone();
        let (files, failed) = tokio::task::spawn_blocking(move || books.runbooks()).await.unwrap_or_default();
        let mut uses = self.runbook_uses().await?;
        let cards = files
            .into_iter()
            .map(|file| {
                let uses = uses.remove(&file.name).unwrap_or_default();
                let origin = file.origin();
                Card::new(&file.name, &file.runbook, file.problems, origin, uses)
            })
            .collect();
        Ok((cards, failed))
    }

    /// The card of one runbook.
    ///
    /// # Errors
    /// What the store says.
    pub async fn runbook_card(&self, file: &RunbookFile) -> Result<Card, Failure> {
        let uses = self.runbook_uses().await?.remove(&file.name).unwrap_or_default();
        Ok(Card::new(&file.name, &file.runbook, file.problems.clone(), file.origin(), uses))
    }

    /// The incidents that used each runbook; tests do not count.
    async fn runbook_uses(&self) -> Result<HashMap<String, Vec<Use>>, Failure> {
        let mut uses: HashMap<String, Vec<Use>> = HashMap::new();
        for row in self.list(&IncidentFilter::default()).await? {
            if row.kind == IncidentKind::Test {
                continue;
            }
            for runbook in row.runbooks {
                let day = row.declared_at.date_naive();
                let used = Use { incident: row.id, kind: row.kind, day, done: runbook.done };
                uses.entry(runbook.name).or_default().push(used);
            }
        }
        Ok(uses)
    }

    /// Path and text of the published postmortem of an incident.
    ///
    /// # Errors
    /// When there is no such incident, or it has no postmortem yet.
    pub async fn postmortem_of(&self, id: IncidentId) -> Result<(String, String), Failure> {
        let log = self.log_of(id).await?;
        let path = self.incident(log).await?.closing.postmortem.path;
        let path = path.ok_or_else(|| {
            Failure::new(FailureKind::NotFound, format!("{id} has no published postmortem yet"))
                .hint("close in its room leads there")
        })?;
        let text = self.past_text(&path).await?;
        Ok((path, text))
    }
}
