//! Lists to choose from: the palette, severity, phase, milestone, role, runbook. Nothing is stored before Enter.

pub(super) mod clock;

use super::super::action::{self, Action};
use super::super::effect::Effect;
use super::super::model::{Ask, AskFor, Item, Model, Overlay, Pick, PickFor, Room, Waiting};
use super::available::{Availability, available};
use super::{compose, keys, room, tables};
use crate::app::known;
use crate::domain::composed::same;
use crate::domain::request::{Keep, Request, StepPick};
use crate::domain::role;
use crate::domain::severity::Move;
use crate::domain::verb;
use crate::domain::words::{HypothesisState, Milestone, Phase, Verdict};

/// Stands before the name of a command in the list of every action.
const COMMAND: &str = "warroom ";

/// The list of every action, then the verbs that are no action, then what only a command does.
pub(super) fn palette(model: &mut Model) {
    let mut items = Vec::new();
    for spec in action::TABLE.iter().filter(|s| s.group != action::Group::Edit) {
        let blocked = match available(model, spec.action) {
            Availability::Available => String::new(),
            Availability::Blocked(reason) => reason,
        };
        items.push(Item {
            id: spec.name.to_owned(),
            label: spec.name.replace('-', " "),
            detail: spec.doc.to_owned(),
            right: model.keymap.keys(spec.action).join(" "),
            blocked,
            also: synonyms(spec.doc, spec.name),
        });
    }
    let in_room = model.room.is_some();
    for spec in verb::VERBS.iter().filter(|v| action::by_name(v.name).is_none()) {
        let blocked = if in_room { String::new() } else { "open an incident first".to_owned() };
        items.push(Item {
            id: format!(":{}", spec.name),
            label: format!(":{}", spec.usage),
            detail: spec.doc.to_owned(),
            right: String::new(),
            blocked,
            also: synonyms(spec.doc, spec.name),
        });
    }
    for spec in verb::COMMANDS.iter().filter(|command| command.is_offered()) {
        items.push(Item {
            id: format!("{COMMAND}{}", spec.name),
            label: format!("{COMMAND}{}", spec.name),
            detail: spec.doc.to_owned(),
            right: "in a shell".to_owned(),
            blocked: String::new(),
            also: spec.also.to_vec(),
        });
    }
    // What can be done now comes first, in the order of the table; what is not done here comes last.
    items.sort_by_key(|i| (i.id.starts_with(COMMAND), !i.blocked.is_empty()));
    model.overlays.push(Overlay::Pick(Pick::new(
        PickFor::Palette,
        "Actions: type to search, Enter runs",
        items,
    )));
}

/// Other words for what an action is about, as SPEC's words give them, by the word that its description has.
fn synonyms(doc: &str, name: &str) -> Vec<&'static str> {
    const WORDS: [(&str, &[&str]); 13] = [
        ("note", &["log", "write"]),
        ("find", &["search", "look up"]),
        ("visibility", &["private", "confidential", "secret"]),
        ("redact", &["erase", "delete", "remove"]),
        ("runbook", &["playbook"]),
        ("story", &["action item", "improvement"]),
        ("stories", &["action item", "improvement"]),
        ("severity", &["priority"]),
        ("ask", &["task", "assignment"]),
        ("update", &["status update"]),
        ("postmortem", &["post-incident review", "retrospective"]),
        ("close", &["post-incident review"]),
        ("role", &["commander", "ic", "scribe"]),
    ];
    let has = |word: &str| {
        let words = doc.split(|c: char| !c.is_alphabetic()).chain(name.split('-'));
        words
            .map(str::to_lowercase)
            .any(|w| w.strip_prefix(word).is_some_and(|rest| matches!(rest, "" | "s")))
    };
    WORDS.iter().filter(|(word, _)| has(word)).flat_map(|(_, also)| also.iter().copied()).collect()
}

/// Opens the overlay of a state action.
pub(super) fn state(model: &mut Model, action: Action, fx: &mut Vec<Effect>) {
    match action {
        Action::Severity => severity(model),
        Action::Phase => phase(model),
        Action::Milestone => milestone(model),
        Action::Role => roles(model),
        Action::Runbook => runbooks(model, fx),
        Action::Evidence => {
            // A line that was gone to is what the file belongs to; the end that is followed is not.
            let entry = model.room.as_ref().filter(|r| r.selected.is_some()).and_then(Room::current_entry);
            model.overlays.push(Overlay::Ask(Ask::new(AskFor::Evidence(entry), "")));
        }
        Action::Story => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Story, ""))),
        Action::Clocks => clock::clocks(model),
        Action::Target => clock::targets(model),
        Action::Reopen => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Reopen, ""))),
        _ => {}
    }
}

pub(super) fn severity(model: &mut Model) {
    let Some(room) = &model.room else { return };
    let profile = model.policy.profile_named(&room.incident.profile);
    let now = room.incident.severity.clone();
    let items = profile
        .levels()
        .map(|level| Item {
            id: level.name.clone(),
            label: level.name.clone(),
            detail: level.definition.clone(),
            right: if now.as_deref() == Some(level.name.as_str()) { "now".to_owned() } else { String::new() },
            blocked: String::new(),
            ..Item::default()
        })
        .collect();
    let mut pick = Pick::new(PickFor::Severity, "Severity: up freely, down with a reason", items);
    pick.selected = now;
    model.overlays.push(Overlay::Pick(pick));
}

pub(super) fn phase(model: &mut Model) {
    let Some(room) = &model.room else { return };
    let now = room.incident.phase;
    let detail = |p: &Phase| match p {
        Phase::Detect => "find out what it is",
        Phase::Contain => "stop it from doing more harm",
        Phase::Eradicate => "remove the cause",
        Phase::Recover => "bring service back, verified",
        Phase::Learn => "make sure that it cannot recur",
    };
    let items = Phase::ALL
        .iter()
        .map(|p| Item {
            id: p.to_string(),
            label: p.to_string(),
            detail: detail(p).to_owned(),
            right: if *p == now { "now".to_owned() } else { String::new() },
            blocked: String::new(),
            ..Item::default()
        })
        .collect();
    let mut pick = Pick::new(PickFor::Phase, "Phase", items);
    // The next one is what is usually meant.
    let next = Phase::ALL.iter().skip_while(|p| **p != now).nth(1).unwrap_or(&now);
    pick.selected = Some(next.to_string());
    model.overlays.push(Overlay::Pick(pick));
}

pub(super) fn milestone(model: &mut Model) {
    let Some(room) = &model.room else { return };
    let zone = model.zone();
    let detail = |m: &Milestone| match m {
        Milestone::Started => "the harm began",
        Milestone::Detected => "somebody or something noticed",
        Milestone::Acknowledged => "a responder took it",
        Milestone::Contained => "the attacker or fault can do no more harm",
        Milestone::Mitigated => "users no longer feel it",
        Milestone::Resolved => "it is over: ends the room's clocks",
    };
    let items: Vec<Item> = Milestone::ALL
        .iter()
        .map(|m| Item {
            id: m.to_string(),
            label: m.to_string(),
            detail: detail(m).to_owned(),
            right: room
                .incident
                .milestone(*m)
                .map(|at| crate::domain::time::with_zone(at, zone))
                .unwrap_or_default(),
            blocked: String::new(),
            ..Item::default()
        })
        .collect();
    let mut pick = Pick::new(PickFor::Milestone, "Milestone, now", items);
    pick.selected = pick.items.iter().find(|i| i.right.is_empty()).map(|i| i.id.clone());
    model.overlays.push(Overlay::Pick(pick));
}

pub(super) fn roles(model: &mut Model) {
    let rows = room::roster_rows(model);
    let open: Vec<String> = rows.iter().filter(|r| r.person.is_none()).map(|r| r.role.clone()).collect();
    let required = |name: &str| open.iter().any(|o| o.split('/').any(|r| r == name));
    let mut items: Vec<Item> = model
        .policy
        .roles()
        .iter()
        .map(|name| {
            let holders: Vec<&str> =
                rows.iter().filter(|r| r.role == *name).filter_map(|r| r.person.as_deref()).collect();
            let right =
                if holders.is_empty() && required(name) { "required".to_owned() } else { holders.join(", ") };
            let detail = role::built_in(name).map(|r| r.duty.to_owned()).unwrap_or_default();
            let also = role::built_in(name).map(|r| r.aliases.to_vec()).unwrap_or_default();
            Item { id: name.clone(), label: name.clone(), detail, right, also, ..Item::default() }
        })
        .collect();
    items.sort_by_key(|i| i.right != "required");
    model.overlays.push(Overlay::Pick(Pick::new(PickFor::Role, "Role", items)));
}

/// Enter on a row of the roster: who takes that role.
pub(super) fn role_of_selection(model: &mut Model) {
    if let Availability::Blocked(why) = available(model, action::Action::Role) {
        return model.warn(why);
    }
    let rows = room::roster_rows(model);
    let picked = model.room.as_ref().and_then(|r| r.role.clone());
    let row = rows.iter().find(|r| Some(&r.role) == picked.as_ref()).or_else(|| rows.first());
    let role = row.and_then(|r| r.role.split('/').next()).map(str::to_owned);
    match role {
        Some(role) => person(model, &role),
        None => roles(model),
    }
}

pub(super) fn person(model: &mut Model, role: &str) {
    let title = handing(model, role);
    people(model, PickFor::Person(role.to_owned()), &title);
}

/// Who hands a role over, as the title of the list of people says.
pub(super) fn handing(model: &Model, role: &str) -> String {
    let holder = model.room.as_ref().and_then(|room| room.incident.roster.holder(role));
    match holder {
        Some(holder) if !role::may_be_shared(role) => format!("{role}: handed over by {holder} to"),
        _ => format!("{role}: who takes it"),
    }
}

/// The people of the room to choose from, or a new name.
pub(super) fn people(model: &mut Model, purpose: PickFor, title: &str) {
    let Some(room) = &model.room else { return };
    // Whoever usually has the role, then who is here, then the rest of the team.
    let usual: Vec<String> = match &purpose {
        PickFor::Person(role) => model.people.usual(role).map(|p| p.handle.clone()).collect(),
        _ => Vec::new(),
    };
    let mut people = usual.clone();
    for name in known::people(model) {
        if !people.iter().any(|known| same(known, &name)) {
            people.push(name);
        }
    }
    let items = people
        .iter()
        .map(|name| {
            let roles = room.incident.roster.roles_of(name).collect::<Vec<_>>().join(", ");
            let known = model.people.find(name).map(|p| p.name.clone()).unwrap_or_default();
            let detail = [known, roles].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · ");
            let right = match (same(name, &model.me), usual.contains(name)) {
                (true, _) => "you",
                (false, true) => "usually",
                (false, false) => "",
            };
            Item { id: name.clone(), label: name.clone(), detail, right: right.to_owned(), ..Item::default() }
        })
        .collect();
    let mut pick = Pick::new(purpose, title, items);
    pick.free = true;
    model.overlays.push(Overlay::Pick(pick));
}

pub(super) fn runbooks(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(log) = model.room.as_ref().map(|r| r.incident.log) else { return };
    let ticket = model.ticket(Waiting::Runbooks);
    fx.push(Effect::ListRunbooks(ticket, log));
    // The list is open at once and fills when the answer comes: no key of the meantime goes elsewhere.
    model.overlays.push(Overlay::Pick(Pick::new(PickFor::Runbook, "Attach a runbook", Vec::new())));
}

/// Enter: takes the selected line.
pub(super) fn accept(model: &mut Model, fx: &mut Vec<Effect>) {
    let Some(Overlay::Pick(pick)) = model.overlays.last() else { return };
    let visible = pick.visible();
    let place = pick.place(&visible);
    let typed = pick.editor.text().trim().trim_start_matches('@').to_owned();
    let (id, blocked) = match visible.get(place) {
        Some(item) => (item.id.clone(), item.blocked.clone()),
        None if pick.free && !typed.is_empty() => (typed, String::new()),
        None => return model.warn("nothing matches what is typed"),
    };
    let purpose = pick.purpose.clone();
    if !blocked.is_empty() {
        return model.warn(blocked);
    }
    if let PickFor::Board(kind) = purpose {
        return tables::enter(model, kind, &id, fx);
    }
    if purpose == PickFor::Role {
        // Esc goes back to the roles.
        return person(model, &id);
    }
    model.overlays.pop();
    if matches!(model.overlays.last(), Some(Overlay::Pick(roles)) if roles.purpose == PickFor::Role) {
        model.overlays.pop();
    }
    match purpose {
        PickFor::Board(_) | PickFor::Role => {}
        PickFor::Palette => run_palette(model, &id, fx),
        PickFor::Severity => set_severity(model, id, fx),
        PickFor::Phase => {
            if let Ok(phase) = id.parse() {
                room::submit_one(model, Request::EnterPhase { phase }, fx);
            }
        }
        PickFor::Milestone => match id.parse() {
            Ok(Milestone::Resolved) => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Resolve, ""))),
            Ok(milestone) => room::submit_one(model, Request::Mark { milestone, at: None }, fx),
            Err(_) => {}
        },
        PickFor::Person(role) => room::submit_one(model, Request::AssignRole { role, person: id }, fx),
        PickFor::Runbook => room::attach_runbook(model, id, fx),
        PickFor::Same(incident) => {
            room::submit_one(model, Request::Relate { incident, relation: id }, fx);
        }
        PickFor::Verdict(target) if id == "objection" => {
            model.overlays.push(Overlay::Ask(Ask::new(AskFor::Object(target), "")));
        }
        PickFor::Verdict(target) => {
            if let Ok(verdict) = id.parse::<Verdict>() {
                model.overlays.push(Overlay::Ask(Ask::new(AskFor::Verdict(target, verdict), "")));
            }
        }
        PickFor::Hypothesis(target) => {
            if let Ok(state) = id.parse::<HypothesisState>() {
                model.overlays.push(Overlay::Ask(Ask::new(AskFor::Hypothesis(target, state), "")));
            }
        }
        PickFor::Clock => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Clock(id), ""))),
        PickFor::Target => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Target(id), ""))),
        PickFor::Ask(target) => tables::ask(model, target, &id, fx),
        PickFor::Step(at) => tables::step(model, at, &id, fx),
        PickFor::Assignee(at) => {
            let step = StepPick::Exactly(at);
            room::submit_one(model, Request::AssignStep { step, person: id }, fx);
        }
        PickFor::AskPerson(target) => {
            room::submit_one(model, Keep::Reassign { target, person: id }.into(), fx);
        }
        PickFor::Scope(asset) => tables::set_scope(model, asset, &id, fx),
        PickFor::EvidenceClass(path, entry) => room::add_evidence(model, path, id, entry, None, fx),
        PickFor::IocValue(entry) => tables::ioc_colour(model, id, entry),
        PickFor::IocColour(value, entry) => tables::add_ioc(model, value, entry, &id, fx),
        PickFor::Ioc(value) => tables::ioc(model, value, &id, fx),
        PickFor::Update(target) if id == "approve" => {
            room::submit_one(model, Request::ApproveUpdate { target }, fx);
        }
        PickFor::Update(target) => room::submit_one(model, Request::MarkSent { target, next: None }, fx),
    }
}

fn run_palette(model: &mut Model, id: &str, fx: &mut Vec<Effect>) {
    if let Some(verb) = id.strip_prefix(':') {
        compose::open_verb(model, verb);
    } else if let Some(command) = id.strip_prefix(COMMAND).and_then(verb::command) {
        model.tell(format!("in a shell: {COMMAND}{}", command.usage));
    } else if let Some(spec) = action::by_name(id) {
        keys::run(model, spec.action, 0, fx);
    }
}

/// Up is free, down asks why.
pub(super) fn set_severity(model: &mut Model, to: String, fx: &mut Vec<Effect>) {
    let Some(room) = &model.room else { return };
    let profile = model.policy.profile_named(&room.incident.profile);
    match profile.compare(room.incident.severity.as_deref(), Some(&to)) {
        Move::Same => model.tell(format!("it is {to} already")),
        Move::Down => model.overlays.push(Overlay::Ask(Ask::new(AskFor::Severity(to), ""))),
        Move::Up => room::submit_one(model, Request::SetSeverity { to: Some(to), reason: String::new() }, fx),
    }
}
