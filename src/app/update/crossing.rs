//! Two people at one thing: somebody else answered the same ask, judged the same decision or gave the same role to
//! another, a moment before or after. Both stand in the log, and both people are told. It must not refuse anything.

use super::super::model::{AskFor, Model, Overlay, PickFor};
use super::choose;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::Seq;
use crate::domain::incident::Incident;
use crate::domain::time::shortened;

/// What somebody can do that somebody else does as well.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Thing {
    Answer(Seq),
    Verdict(Seq),
    Role(String),
}

/// Which of them an event is, and what it says.
fn done(event: &Recorded) -> Option<(Thing, String)> {
    match event.event.as_ref()? {
        Event::AskAnswered(e) => Some((Thing::Answer(e.target), format!("answered it: {}", e.text))),
        Event::VerdictGiven(e) => Some((Thing::Verdict(e.target), format!("gave the verdict {}", e.verdict))),
        Event::RoleTaken(e) => {
            Some((Thing::Role(e.role.clone()), format!("gave {} to {}", e.role, e.person)))
        }
        Event::RoleHandedOver(e) => {
            Some((Thing::Role(e.role.clone()), format!("gave {} to {}", e.role, e.to)))
        }
        _ => None,
    }
}

/// Whether it was me who did it last, before these events.
fn is_mine(thing: &Thing, incident: &Incident, me: &str) -> bool {
    let talk = &incident.talk;
    match thing {
        Thing::Answer(ask) => {
            talk.asks.get(ask).and_then(|ask| ask.answer.as_ref()).is_some_and(|answer| answer.by == me)
        }
        Thing::Verdict(decision) => {
            let verdict = talk.decisions.get(decision).and_then(|decision| decision.verdict.as_ref());
            verdict.is_some_and(|verdict| verdict.by == me)
        }
        // That a role went on is seen in the roster.
        Thing::Role(_) => false,
    }
}

/// What is to be told of events, before the room takes them.
pub(super) fn found(model: &Model, events: &[Recorded]) -> Option<String> {
    let room = model.room.as_ref()?;
    let own: Vec<Thing> =
        events.iter().filter(|e| e.by == model.me).filter_map(done).map(|(thing, _)| thing).collect();
    events.iter().rev().filter(|e| e.by != model.me).find_map(|event| {
        let (thing, said) = done(event)?;
        let crossed = own.contains(&thing) || is_mine(&thing, &room.incident, &model.me);
        crossed.then(|| format!("{} too {}; both stand in the log", event.by, shortened(&said)))
    })
}

/// Tells it, and whoever is about to do the same sees in the overlay that it was done.
pub(super) fn tell(model: &mut Model, found: Option<String>, events: &[Recorded]) {
    if let Some(found) = found {
        model.tell(found);
    }
    for event in events.iter().filter(|e| e.by != model.me) {
        let Some((thing, said)) = done(event) else { continue };
        let role = model.overlays.last().and_then(|overlay| match overlay {
            Overlay::Pick(pick) => match &pick.purpose {
                PickFor::Person(role) => Some(choose::handing(model, role)),
                _ => None,
            },
            _ => None,
        });
        match (model.overlays.last_mut(), role) {
            (Some(Overlay::Ask(ask)), _) => {
                let same = match ask.purpose {
                    AskFor::Answer(target) => thing == Thing::Answer(target),
                    AskFor::Verdict(target, _) => thing == Thing::Verdict(target),
                    _ => false,
                };
                if same {
                    ask.problem = Some(format!("{} {}", event.by, shortened(&said)));
                }
            }
            (Some(Overlay::Pick(pick)), Some(title)) => pick.title = title,
            _ => {}
        }
    }
}
