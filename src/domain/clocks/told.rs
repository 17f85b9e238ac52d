//! By when an audience hears again: by what it was promised, by the cadence of the severity, or by the hours of a law. It
//! must not order clocks nor say how pressing one is.

use super::{Clock, ClockKey, by_severity, every, own_target};
use crate::domain::audience::Audience;
use crate::domain::incident::{Incident, OwnTarget, Update};
use crate::domain::policy::Policy;
use crate::domain::time::Utc;
use crate::domain::words::{IncidentKind, Milestone};

/// The last update that went to an audience and was not crossed out.
#[must_use]
pub fn last_told(incident: &Incident, audience: Audience) -> Option<&Update> {
    let struck = |u: &Update| incident.timeline.get(u.seq).is_some_and(|e| e.struck.is_some());
    let told = incident.talk.updates.values().filter(|u| u.audience == audience && !struck(u));
    told.filter(|u| u.sent.is_some()).max_by_key(|u| sent(incident, u))
}

/// When an update went out, as the clock of now shows it.
fn sent(incident: &Incident, update: &Update) -> Option<Utc> {
    update.sent.as_ref().map(|(_, at)| incident.set_backs.moved(*at, update.sent_seq))
}

/// What was promised to people outside of the team and did not come yet, whether or not the incident is open: by when
/// customers, the public or a regulator hear again.
#[must_use]
pub fn owed_outside(incident: &Incident, policy: &Policy, now: Utc) -> Vec<Clock> {
    if incident.kind == IncidentKind::Backfilled {
        return Vec::new();
    }
    let is_outside =
        |clock: &Clock| matches!(clock.key, ClockKey::Update(audience) if audience != Audience::Internal);
    every(incident, policy, now).into_iter().filter(is_outside).collect()
}

/// Whether a law was ever named here, or something was promised to whoever watches over it: only then it is looked at
/// what is owed by it.
#[must_use]
pub fn binds(incident: &Incident) -> bool {
    let by_law = |audience: &&Audience| ClockKey::Update(**audience).is_by_law();
    let promised = |audience: Audience| {
        incident.talk.updates.values().any(|u| u.audience == audience && u.next_at.is_some())
    };
    Audience::ALL.iter().filter(by_law).any(|audience| {
        incident.targets.contains_key(&ClockKey::Update(*audience).to_string()) || promised(*audience)
    })
}

/// From when an audience waits, and until when: as its last update promised, else as the target of its own says.
/// The team is owed updates by the cadence of the severity from the declaration on; everybody else what they were
/// promised.
pub(super) fn next_update(
    incident: &Incident,
    policy: &Policy,
    audience: Audience,
) -> Option<(Utc, Utc, bool)> {
    let last = last_told(incident, audience);
    let from = last.and_then(|u| sent(incident, u)).unwrap_or_else(|| incident.reached([]));
    let promised = last.and_then(|u| u.next_at).filter(|at| *at > from);
    if ClockKey::Update(audience).is_by_law() {
        // An update may promise another one before what the law asks for is due, or after it.
        let promised = promised.map(|at| (from, at, true));
        return promised.into_iter().chain(by_law(incident, policy, audience)).min_by_key(|(_, at, _)| *at);
    }
    if let Some(promised) = promised {
        return Some((from, incident.due(from, promised), true));
    }
    // That it is back is news: whoever is told as a rule hears of it as of a declaration.
    let from = incident.came_back().map_or(from, |back| back.max(from));
    let deadline = match (own_target(incident, ClockKey::Update(audience)), audience) {
        (Some(own), _) => incident.due(from, policy.calendar.deadline(from, &own)?),
        (None, Audience::Internal) => {
            by_severity(incident, policy, from, |level, from| from.checked_add_signed(level.update_every?))?
        }
        (None, _) => return None,
    };
    Some((from, deadline, false))
}

/// The hours of a law run from when something was known, whatever anybody did since, and end with the first update that
/// goes out once the target is set. A further report that the law asks for is another target, or a promise. Whoever says
/// the target for a moment of the past knew of it then.
fn by_law(incident: &Incident, policy: &Policy, audience: Audience) -> Option<(Utc, Utc, bool)> {
    let key = ClockKey::Update(audience);
    let target = own_target(incident, key).filter(|_| !is_met(incident, audience))?;
    let said = incident.targets.get(&key.to_string()).map(|own| set(incident, own));
    let known = [incident.reached([]), incident.reached([Milestone::Detected])];
    let known = said.into_iter().chain(known).min()?;
    Some((known, policy.calendar.deadline(known, &target)?, false))
}

/// Whether what a law asks of an audience was done: an update went out after its target was set.
pub(super) fn is_met(incident: &Incident, audience: Audience) -> bool {
    let key = ClockKey::Update(audience);
    let Some(own) = incident.targets.get(&key.to_string()).filter(|_| key.is_by_law()) else { return false };
    last_told(incident, audience)
        .and_then(|u| Some((sent(incident, u)?, u.sent_seq)))
        .is_some_and(|told| told > (set(incident, own), own.seq))
}

/// When a target was set, as the clock of now shows it.
fn set(incident: &Incident, own: &OwnTarget) -> Utc {
    incident.set_backs.moved(own.at, own.seq)
}

/// From when a word on a clock counts. The hours of a law begin before anybody set them: what was agreed of an earlier
/// target, or of a report that went out since, is none on this one.
pub(super) fn spoken_from(incident: &Incident, key: ClockKey, from: Utc) -> Utc {
    let ClockKey::Update(audience) = key else { return from };
    if !key.is_by_law() {
        return from;
    }
    let told = last_told(incident, audience).and_then(|u| sent(incident, u));
    let own = incident.targets.get(&key.to_string()).map(|own| set(incident, own));
    told.into_iter().chain(own).fold(from, Utc::max)
}
