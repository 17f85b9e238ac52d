//! The status updates that open incidents owe, and resolved ones by law: to whom, since when, until when. A view of the
//! update clocks over all rooms. It must not read a clock or write anything.

use crate::domain::clocks::{self, ClockKey, Pressure};
use crate::domain::ids::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::policy::Policy;
use crate::domain::time::{Span, Utc, format_span};
use crate::domain::words::{IncidentKind, Visibility};

/// An update that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedUpdate {
    /// By which incident.
    pub incident: IncidentId,
    /// Its title.
    pub title: String,
    /// Its severity as shown.
    pub severity: String,
    /// What sort it is.
    pub kind: IncidentKind,
    /// Who may read it.
    pub visibility: Visibility,
    /// For whom.
    pub audience: String,
    /// When the last one went out; none yet when absent.
    pub last_sent_at: Option<Utc>,
    /// Who sent it.
    pub last_sent_by: Option<String>,
    /// When the next one is due.
    pub due_at: Utc,
    /// From when it presses.
    pub warn_at: Utc,
    /// Who says it: who holds comms, else who commands.
    pub by: Option<String>,
    /// Somebody acknowledged that it is late.
    pub acknowledged: bool,
    /// Updates for this audience that are written and did not go out.
    pub unsent: usize,
}

impl OwedUpdate {
    /// How pressing it is.
    #[must_use]
    pub fn pressure(&self, now: Utc) -> Pressure {
        Pressure::at(now, self.warn_at, self.due_at)
    }

    /// `over 3m`, `in 12m`.
    #[must_use]
    pub fn distance(&self, now: Utc) -> String {
        let left = self.due_at - now;
        if left <= Span::zero() {
            format!("over {}", format_span(-left))
        } else {
            format!("in {}", format_span(left))
        }
    }
}

/// What an incident owes; when it is not open, by law alone, and once it is closed nothing.
#[must_use]
pub fn of(incident: &Incident, policy: &Policy, now: Utc) -> Vec<OwedUpdate> {
    let profile = policy.profile_named(&incident.profile);
    let by = ["comms", "commander"].iter().find_map(|role| incident.roster.holder(role)).map(str::to_owned);
    clocks::clocks(incident, policy, now)
        .into_iter()
        .filter_map(|clock| match clock.key {
            ClockKey::Update(audience) => Some((audience, clock)),
            _ => None,
        })
        .map(|(audience, clock)| {
            let last = clocks::last_told(incident, audience).and_then(|u| u.sent.as_ref());
            OwedUpdate {
                incident: incident.id,
                title: incident.shown_title().to_owned(),
                severity: incident.severity.clone().unwrap_or_else(|| profile.unset_label()),
                kind: incident.kind,
                visibility: incident.visibility,
                audience: audience.to_string(),
                last_sent_at: last.map(|(_, at)| *at),
                last_sent_by: last.map(|(by, _)| by.clone()),
                due_at: clock.deadline,
                warn_at: clock.warn_at,
                by: by.clone(),
                acknowledged: clock.acknowledged,
                unsent: incident.talk.unsent().filter(|u| u.audience == audience).count(),
            }
        })
        .collect()
}

/// Orders what is owed: what is over first, the longest in front.
pub fn sort(owed: &mut [OwedUpdate]) {
    owed.sort_by(|a, b| {
        a.due_at.cmp(&b.due_at).then(a.incident.cmp(&b.incident)).then(a.audience.cmp(&b.audience))
    });
}
