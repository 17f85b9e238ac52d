//! Who can be reached how, whom to call next, who held which role, and what a role does: rows to read. Pure.

use unicode_segmentation::UnicodeSegmentation;

use super::super::wrap::{cell_width, hang, wrap};
use super::{Ink, Lines, Model, Room};
use crate::domain::attendance::participants;
use crate::domain::people::{Person, calls};
use crate::domain::time::{Span, Utc, day_in_zone, format_span_coarse, with_zone};

/// Everybody of `people.toml`.
pub(super) fn people(model: &Model) -> (String, Lines) {
    let mut out: Lines = Vec::new();
    for person in model.people.all() {
        out.push((reach(model, person), Ink::Strong));
        let mut more: Vec<String> = Vec::new();
        if !person.roles.is_empty() {
            more.push(person.roles.join(", "));
        }
        if !person.team.is_empty() {
            more.push(person.team.clone());
        }
        if !person.expertise.is_empty() {
            more.push(format!("knows {}", person.expertise.join(", ")));
        }
        if let Some(backup) = &person.backup {
            more.push(format!("backup {backup}"));
        }
        if !more.is_empty() {
            out.push((format!("  {}", more.join("; ")), Ink::Dim));
        }
    }
    if out.is_empty() {
        out.push(("Nobody yet. people.toml in the home lists who can be reached how.".to_owned(), Ink::Text));
    }
    ("People".to_owned(), out)
}

/// `alice  Alice Example  +49 30 5550100  15:38 Europe/Berlin`.
fn reach(model: &Model, person: &Person) -> String {
    let mut parts = vec![person.handle.clone()];
    parts.extend([&person.name, &person.phone].into_iter().filter(|t| !t.is_empty()).cloned());
    if let Some(zone) = person.zone {
        parts.push(format!("{} {}", with_zone(model.now, zone), zone.name()));
    }
    parts.join("  ")
}

/// Whom to call next.
pub(super) fn call(model: &Model, room: &Room, width: u16) -> (String, Lines) {
    let mut out: Lines = Vec::new();
    for line in calls(&room.incident, &model.policy, &model.people) {
        let head = if line.said.is_empty() { line.role.clone() } else { line.said.clone() };
        out.extend(wrap(&head, width, 3).into_iter().map(|row| (row, Ink::Word)));
        for call in &line.calls {
            let who = model.people.find(&call.handle);
            let reach = who.map_or_else(|| format!("{}  no number known", call.handle), |p| reach(model, p));
            let row = format!("  {reach}  ({})", call.why);
            out.extend(hang(&row, width, 2).into_iter().map(|row| (row, Ink::Text)));
        }
        if line.calls.is_empty() && !line.role.is_empty() {
            out.push(("  nobody known".to_owned(), Ink::Warn));
        }
    }
    if out.is_empty() {
        out.push(("No role is held or required here.".to_owned(), Ink::Text));
    }
    ("Whom to call".to_owned(), out)
}

/// A column as wide as its cells say: names are not always of letters that take one.
fn column(text: &str, cells: usize) -> String {
    let wide: usize = text.graphemes(true).map(cell_width).sum();
    format!("{text}{}", " ".repeat(cells.saturating_sub(wide)))
}

/// Who held which role from when to when, then who came and left.
pub(super) fn roster(model: &Model, room: &Room) -> (String, Lines) {
    let zone = model.zone();
    let day = |at: Utc| day_in_zone(at, zone);
    let today = day(model.now);
    let when = |at: Utc| {
        let time = with_zone(at, zone);
        if day(at) == today { time } else { format!("{} {time}", day(at)) }
    };
    let mut out: Lines = vec![("Roles".to_owned(), Ink::Word)];
    for held in room.incident.roster.history() {
        let to = held.to.map_or_else(|| "now".to_owned(), when);
        let running = || model.now - room.incident.set_backs.moved(held.from, held.seq);
        let length = held.to.map_or_else(running, |to| to - held.from).max(Span::zero());
        let length = if held.undone { "taken back".to_owned() } else { format_span_coarse(length) };
        let (role, person) = (column(&held.role, 14), column(&held.person, 12));
        let row = format!("  {role} {person} {} to {to}  {length}", when(held.from));
        out.push((row, if held.to.is_some() { Ink::Dim } else { Ink::Strong }));
    }
    out.push(("People".to_owned(), Ink::Word));
    for p in participants(&room.incident) {
        let about = model.people.find(&p.person).map(|known| {
            let mut about = vec![known.team.clone()];
            about.extend(known.expertise.iter().cloned());
            about.retain(|t| !t.is_empty());
            about.join(", ")
        });
        let left = match (p.left, p.asked_to_leave) {
            (Some(left), _) => format!(", left {}", when(left)),
            (None, Some((by, at))) => format!(", asked to leave {} by {by}", when(at)),
            (None, None) => format!(", last seen {}", when(p.seen)),
        };
        let about = about.filter(|a| !a.is_empty()).map(|a| format!("  {a}")).unwrap_or_default();
        out.push((format!("  {} joined {}{left}{about}", column(&p.person, 12), when(p.joined)), Ink::Text));
    }
    ("Roster".to_owned(), out)
}

/// What a role does, and who has it.
pub(super) fn card(model: &Model, room: &Room, name: &str, width: u16) -> (String, Lines) {
    let mut out: Lines = Vec::new();
    let holder = room.incident.roster.holder(name);
    out.push((holder.map_or_else(|| "held by nobody".to_owned(), |h| format!("held by {h}")), Ink::Dim));
    let duties = model.policy.duties(name);
    for duty in &duties {
        for (nth, row) in wrap(duty, width.saturating_sub(2), 3).into_iter().enumerate() {
            out.push((format!("{}{row}", if nth == 0 { "- " } else { "  " }), Ink::Text));
        }
    }
    if duties.is_empty() {
        out.push((
            "A role of the team's own: its duties are in the runbook, or in [roles.duties].".to_owned(),
            Ink::Text,
        ));
    }
    if let Some(person) = holder.and_then(|h| model.people.find(h)) {
        out.push((reach(model, person), Ink::Dim));
    }
    (format!("Role {name}"), out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::Desk;
    use crate::domain::request::Request;

    #[test]
    fn columns_stand_below_each_other_whatever_the_names_are_made_of() {
        let mut desk = Desk::room(120, 40, "alice");
        let role =
            |role: &str, person: &str| Request::AssignRole { role: role.into(), person: person.into() };
        desk.ask("14:38", "alice", role("comms", "山田花子"));
        desk.ask("14:38", "alice", role("sme", "e\u{301}lise"));
        desk.open();
        let (_, lines) = roster(&desk.model, desk.model.room.as_ref().unwrap());
        let before = |line: &str, word: &str| {
            let at = line.find(word)?;
            Some(line.get(..at)?.graphemes(true).map(cell_width).sum::<usize>())
        };
        let held: Vec<usize> = lines.iter().filter_map(|(line, _)| before(line, " to now")).collect();
        assert!(held.len() > 4 && held.iter().all(|at| *at == held[0]), "{held:?} {lines:#?}");
        let joined: Vec<usize> = lines.iter().filter_map(|(line, _)| before(line, " joined")).collect();
        assert!(joined.iter().all(|at| *at == joined[0]), "{joined:?} {lines:#?}");
    }
}
