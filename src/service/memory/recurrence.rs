//! Whether a similar past incident may be the same failure: what is known of it is read from its log and its postmortem.
//! It must not say that it is: a person does.

use super::{ALARM_SHARE, Past, Similar};
use crate::domain::ids::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::postmortem::imported;
use crate::domain::recurrence::{self, Failure as Known, said_of};
use crate::service::{Failure, Service};

/// How many similar incidents are looked at for what may be the same failure.
const COMPARED: usize = 20;

impl Service {
    /// Puts beside those that are similar enough for the alarm why they may be the same failure. A drill was none.
    pub(super) async fn compare(&self, to: &Similar, past: &mut [Past]) -> Result<(), Failure> {
        let now = match to {
            Similar::To(incident) => Known::of(incident),
            Similar::Words(text) | Similar::Typed(text) => Known::said(text),
        };
        for one in past {
            if one.share >= ALARM_SHARE && one.aside.is_none() {
                one.same = recurrence::evidence(&now, &self.known(one).await?);
            }
        }
        Ok(())
    }

    /// The same for what words found, with what a person said. As everywhere, only what is similar enough is proposed:
    /// words find much that has a word or two in common with any incident.
    pub(super) async fn compare_with(
        &self,
        incident: &Incident,
        past: &mut Vec<Past>,
    ) -> Result<(), Failure> {
        past.retain(|one| one.id != incident.id.to_string());
        let similar = self.alike(&Similar::To(Box::new(incident.clone())), COMPARED).await?;
        let now = Known::of(incident);
        for one in past {
            one.said = said_of(&incident.record.related, &one.id).map(str::to_owned);
            if one.aside.is_none() && similar.iter().any(|s| s.path == one.path && s.share >= ALARM_SHARE) {
                one.same = recurrence::evidence(&now, &self.known(one).await?);
            }
        }
        Ok(())
    }

    /// What is known of a past incident. A postmortem that cannot be read, and an incident without a log, add nothing.
    async fn known(&self, past: &Past) -> Result<Known, Failure> {
        let mut known = Known {
            title: past.title.clone(),
            tags: past.tags.clone(),
            services: past.services.clone(),
            ..Known::default()
        };
        if let Ok(text) = self.past_text(&past.path).await
            && let Ok((read, _)) = imported::read(&past.path, text.as_bytes())
        {
            known.causes = read.causes;
        }
        if let Ok(id) = past.id.parse::<IncidentId>()
            && let Some(log) = self.store().log_of(id).await?
        {
            let own = Known::of(&self.incident(log).await?);
            known.causes = format!("{}\n{}", known.causes, own.causes);
            known.runbooks = own.runbooks;
            known.alerts = own.alerts;
        }
        Ok(known)
    }
}
