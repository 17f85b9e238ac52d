//! Whether an action is possible now, and why not. Asked by dispatch, hints, palette and help alike, so that none of
//! them can promise what another refuses.

use super::super::action::Action;
use super::super::layout::Pane;
use super::super::model::{Model, Overlay, Room, RowId, Screen};
use crate::domain::words::{EntryKind, IncidentKind, State};

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// It is possible.
    Available,
    /// It is not, because of this.
    Blocked(String),
}

impl Availability {
    /// It is possible.
    #[must_use]
    pub fn is_available(&self) -> bool {
        *self == Self::Available
    }
}

/// What was when it was closed stays so, as the rules have it.
const CLOSED: &str = "the incident is closed: reopen it with a reason first";

fn blocked(reason: &str) -> Availability {
    Availability::Blocked(reason.to_owned())
}

/// The same, with the key that does what is missing.
fn first(model: &Model, why: &str, action: Action, does: &str) -> Availability {
    Availability::Blocked(format!("{why}: {} {does}", model.keymap.press(action)))
}

/// Whether an action is possible now.
#[must_use]
pub fn available(model: &Model, action: Action) -> Availability {
    use Availability::Available;
    let room = model.room.as_ref().filter(|_| model.screen == Screen::Room);
    match action {
        Action::Note
        | Action::Scribe
        | Action::Decision
        | Action::Ask
        | Action::Hypothesis
        | Action::Update
        | Action::Milestone
        | Action::QuickIoc
        | Action::Evidence => match room {
            None => blocked("open an incident first"),
            Some(_) => Available,
        },
        Action::Role | Action::Severity | Action::Phase | Action::Runbook => match room {
            None => blocked("open an incident first"),
            Some(room) if room.incident.state == State::Closed => blocked(CLOSED),
            Some(_) => Available,
        },
        Action::Clocks | Action::Target => match room {
            None => blocked("open an incident first"),
            Some(room) if room.incident.state != State::Open => {
                blocked("its clocks ended when it was resolved")
            }
            Some(_) => Available,
        },
        Action::DrillScore => match room {
            None => blocked("open an incident first"),
            Some(room) if room.incident.drill.is_none() && room.incident.kind == IncidentKind::Drill => {
                blocked(
                    "this drill has no script, so nothing scores it; warroom drill list shows those there are",
                )
            }
            Some(room) if room.incident.drill.is_none() => {
                blocked("no script runs this incident: warroom drill run NAME begins one")
            }
            Some(_) => Available,
        },
        Action::BoardFilter
        | Action::BoardAttach
        | Action::StoryStart
        | Action::StoryShip
        | Action::StoryVerify
        | Action::StoryDrop
        | Action::StoryReopen
        | Action::StoryPostmortem => super::boards::blocked(model, action).map_or(Available, blocked),
        Action::Duties => match room {
            None => blocked("open an incident first"),
            Some(_) if super::people::role_meant(model).is_none() => {
                first(model, "you hold no role", Action::Role, "takes one")
            }
            Some(_) => Available,
        },
        Action::Call
        | Action::Roster
        | Action::Story
        | Action::Stories
        | Action::Board(_)
        | Action::Brief
        | Action::CopyBrief
        | Action::Filter
        | Action::SystemLines
        | Action::StruckLines
        | Action::NextOpen
        | Action::Zoom
        | Action::CloseOut => {
            if room.is_some() {
                Available
            } else {
                blocked("open an incident first")
            }
        }
        Action::Tick => match room {
            None => blocked("open an incident first"),
            Some(room) if room.focus != Pane::Runbook => {
                blocked(&format!("{} ticks in the runbook pane: press 3", model.keymap.press(Action::Tick)))
            }
            Some(room) => on_step(model, room),
        },
        Action::CrossOut | Action::Verdict if room.is_some_and(|r| r.focus == Pane::Runbook) => {
            room.map_or(Available, |room| on_step(model, room))
        }
        Action::Verdict if room.is_some_and(|r| r.focus == Pane::Similar) => {
            if room.and_then(|r| r.current_hit()).is_some() {
                Available
            } else {
                blocked("no similar incident is known")
            }
        }
        Action::Copy => match (model.overlays.last(), room) {
            (Some(Overlay::Read(_)), _) => Available,
            (_, Some(room)) if room.focus == Pane::Runbook && room.current_step().is_some() => Available,
            (_, Some(room)) if room.focus == Pane::Similar && room.current_hit().is_some() => Available,
            (_, Some(room)) if room.current_entry().is_some() => Available,
            _ => blocked("nothing is selected"),
        },
        Action::CrossOut | Action::Amend | Action::AmendInEditor | Action::Star | Action::Verdict => {
            on_entry(model, action)
        }
        Action::FindNext | Action::FindBefore => match room {
            Some(room) if room.needle.is_empty() => {
                blocked(&format!("find something first: {}", model.keymap.press(Action::Find)))
            }
            Some(_) => Available,
            None => blocked("open an incident first"),
        },
        Action::RunbookBefore | Action::RunbookAfter => match room {
            Some(room) if room.incident.checklist.runbooks().count() > 1 => Available,
            _ => blocked("no other runbook is attached"),
        },
        Action::Undo => match room {
            Some(room) => match room.incident.trail.last_of(&model.me) {
                Some(trace) => {
                    trace.refusal().map_or(Available, |refusal| Availability::Blocked(refusal.to_string()))
                }
                None => blocked("you have done nothing here that can be taken back"),
            },
            None => {
                let key = model.keymap.press(Action::Undo);
                blocked(&format!("nothing is taken back here: {key} does that in the room of the incident"))
            }
        },
        Action::DismissAlarm => match room {
            Some(room) if room.alarm.similar > 0 && !room.alarm.dismissed => Available,
            _ => blocked("there is no alarm"),
        },
        Action::Publish => match room {
            Some(room) if room.incident.closing.postmortem.drafted.is_some() => Available,
            Some(_) => blocked("there is no draft yet: close leads there"),
            None => blocked("open an incident first"),
        },
        Action::Reopen => match room {
            Some(room) if room.incident.state != State::Open => Available,
            Some(_) => blocked("the incident is open"),
            None => blocked("open an incident first"),
        },
        Action::LineInEditor => match room {
            Some(room) if room.composer.open => Available,
            _ => first(model, "the composer is not open", Action::Note, "opens it"),
        },
        Action::HomeScreen if model.screen == Screen::Home => blocked("this is the home screen"),
        Action::Open if model.screen == Screen::Home && model.overlays.is_empty() => {
            if model.home.row().is_some() {
                Available
            } else {
                first(model, "there is no incident yet", Action::Declare, "declares one")
            }
        }
        _ => Available,
    }
}

fn on_step(model: &Model, room: &Room) -> Availability {
    if room.current_step().is_none() {
        return first(model, "no runbook is attached", Action::Runbook, "attaches one");
    }
    if room.incident.state == State::Closed { blocked(CLOSED) } else { Availability::Available }
}

fn on_entry(model: &Model, action: Action) -> Availability {
    let Some(room) = model.room.as_ref().filter(|_| model.screen == Screen::Room) else {
        return blocked("open an incident first");
    };
    if let (Pane::Timeline, Some(RowId::Pending(_))) = (room.focus, room.selected) {
        return blocked("this line is not stored: Enter brings it back into the composer");
    }
    let Some(entry) = room.current_entry().and_then(|seq| room.incident.timeline.get(seq)) else {
        return blocked("no entry is selected");
    };
    if entry.redacted {
        return blocked("the words of this entry were erased");
    }
    match action {
        Action::CrossOut if entry.kind == EntryKind::System => {
            blocked("this line tells of a change of state: change the state instead")
        }
        Action::Amend | Action::AmendInEditor if entry.kind == EntryKind::System => {
            blocked("this line tells of a change of state: it cannot be reworded")
        }
        Action::Amend | Action::AmendInEditor if entry.struck.is_some() => {
            first(model, "this entry is struck", Action::CrossOut, "lets it count again")
        }
        Action::Verdict
            if !matches!(
                entry.kind,
                EntryKind::Decision | EntryKind::Hypothesis | EntryKind::Ask | EntryKind::Update
            ) =>
        {
            let key = model.keymap.press(Action::Verdict);
            blocked(&format!("{key} is for decisions, hypotheses, asks and updates"))
        }
        _ => Availability::Available,
    }
}
