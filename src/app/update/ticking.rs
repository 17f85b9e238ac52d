//! A second went by: breached clocks become entries, and so do the injects of a drill. It must not draw, nor wait.

use super::super::effect::Effect;
use super::super::model::{Calm, Model, Room};
use super::room::submit;
use crate::domain::clocks::{clocks, unrecorded_breaches};
use crate::domain::policy::Policy;
use crate::domain::request::{Asked, DrillRequest, Request};
use crate::domain::time::Utc;
use crate::domain::words::State;

/// Asks for what ran out to be written down, once.
pub(super) fn tick(model: &mut Model, fx: &mut Vec<Effect>) {
    let (now, read_only) = (model.now, model.read_only);
    let Some(room) = &mut model.room else { return };
    // What is owed by law outlives the resolve; closed, nothing counts on.
    if room.incident.state == State::Closed
        || read_only
        || room.calm.is_some_and(|c| c.lasts(room.incident.head, now))
    {
        return;
    }
    let mut asked = Vec::new();
    for (key, deadline) in unrecorded_breaches(&room.incident, &model.policy, now) {
        let clock = key.to_string();
        if room.breaches.insert((clock.clone(), deadline)) {
            asked.push(Asked {
                request: Request::RecordBreach { clock, deadline },
                at: Some((deadline, false)),
            });
        }
    }
    for (due, inject) in room.incident.injects_due(now) {
        if room.breaches.insert((format!("drill inject {inject}"), due)) {
            let request = Request::Drill(DrillRequest::Due { inject });
            asked.push(Asked { request, at: Some((due, false)) });
        }
    }
    room.calm = calm(room, &model.policy, now);
    if !asked.is_empty() {
        submit(model, asked, fx);
    }
}

/// How long nothing else can run out: until the next deadline, as long as the log says no more than now. A drill is looked at
/// each second.
fn calm(room: &Room, policy: &Policy, now: Utc) -> Option<Calm> {
    let incident = &room.incident;
    if incident.drill.is_some() {
        return None;
    }
    let next =
        clocks(incident, policy, now).into_iter().map(|clock| clock.deadline).filter(|at| *at > now).min();
    Some(Calm { head: incident.head, from: now, until: next })
}
