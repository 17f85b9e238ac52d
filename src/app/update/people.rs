//! Who can be reached how, whom to call, who held which role, what a role does: opened to be read.

use super::super::action::Action;
use super::super::layout::Pane;
use super::super::model::{Model, Overlay, Read, Reader};
use super::room;
use crate::domain::composed::same;
use crate::domain::event::{Event, Recorded};
use crate::domain::role;

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

/// Tells whoever was just given a role what it is first of all.
pub(super) fn told(model: &mut Model, events: &[Recorded]) {
    let given = events.iter().rev().find_map(|e| match e.event.as_ref()? {
        Event::RoleTaken(e) if same(&e.person, &model.me) => Some(e.role.as_str()),
        Event::RoleHandedOver(e) if same(&e.to, &model.me) => Some(e.role.as_str()),
        _ => None,
    });
    if let Some(role) = given
        && let Some(first) = role::duties(role).first()
    {
        model.tell(format!("you are {role}: {first} ? duties tells all"));
    }
}
