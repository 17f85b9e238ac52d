//! Who can be reached how, whom to call, who held which role, what a role does: opened to be read.

use super::super::action::Action;
use super::super::layout::Pane;
use super::super::model::{Model, Overlay, Read, Reader, Tone};
use super::room;
use crate::domain::composed::same;
use crate::domain::event::{Event, Recorded};

/// Opens it.
pub(super) fn open(model: &mut Model, action: Action) {
    let what = match action {
        Action::People => Read::People,
        Action::Call => Read::Call,
        Action::Roster => Read::Roster,
        _ => match role_meant(model) {
            Some(role) => Read::Card(role),
            None => return,
        },
    };
    model.overlays.push(Overlay::Read(Reader { what, scroll: 0 }));
}

/// The role that is selected in the roster, else the first that I hold.
pub(super) fn role_meant(model: &Model) -> Option<String> {
    let room = model.room.as_ref()?;
    if room.focus == Pane::Roster {
        let rows = room::roster_rows(model);
        let row = rows.iter().find(|r| Some(&r.role) == room.role.as_ref()).or_else(|| rows.first())?;
        return row.role.split('/').next().map(str::to_owned);
    }
    room.incident.roster.roles_of(&model.me).next().map(str::to_owned)
}

/// Tells whoever was just given a role what it is first of all, and whoever gave it where that is told: the other one
/// may have no screen open.
pub(super) fn told(model: &mut Model, events: &[Recorded]) {
    if is_told(model, events) {
        return;
    }
    let gave = events.iter().rev().filter(|e| e.by == model.me).find_map(given);
    if let Some((role, person)) = gave
        && !model.policy.duties(role).is_empty()
    {
        model.tell(format!("{person} is {role}; ? duties in the roster tells theirs"));
    }
}

/// Somebody else may have given me a role. What went wrong here is read first.
pub(super) fn heard(model: &mut Model, events: &[Recorded]) {
    let refused = model.room.as_ref().is_some_and(|room| room.composer.problem.is_some());
    if !refused && model.notice.as_ref().is_none_or(|notice| notice.tone != Tone::Error) {
        is_told(model, events);
    }
}

/// Says what the role is that I was given last, if I have it still.
fn is_told(model: &mut Model, events: &[Recorded]) -> bool {
    let Some(room) = &model.room else { return false };
    let mine = events.iter().rev().filter_map(given).find(|(role, person)| {
        same(person, &model.me) && room.incident.roster.roles_of(&model.me).any(|held| held == *role)
    });
    let Some((role, _)) = mine else { return false };
    let Some(first) = model.policy.duties(role).first().map(|duty| (*duty).to_owned()) else { return false };
    model.tell(format!("you are {role}: {first} ? duties tells all"));
    true
}

/// The role that an event gives, and to whom.
fn given(event: &Recorded) -> Option<(&str, &str)> {
    match event.event.as_ref()? {
        Event::RoleTaken(e) => Some((&e.role, &e.person)),
        Event::RoleHandedOver(e) => Some((&e.role, &e.to)),
        _ => None,
    }
}
