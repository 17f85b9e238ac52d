//! The brief and its shorter forms, to read and to copy. It must not choose what they say (`domain::brief` does).

use super::super::model::{Model, Overlay, Read, Reader};

/// The brief as plain text, in the zone of the screen.
#[must_use]
pub fn brief_text(model: &Model) -> String {
    let Some(room) = &model.room else { return String::new() };
    crate::domain::brief::brief(&room.incident, &model.policy, model.now, model.zone()).to_text()
}

/// Shows one of the shorter forms of the brief.
pub(super) fn report(model: &mut Model, name: &str) {
    if let Some(what) = reported(model, name == "tactical") {
        model.overlays.push(Overlay::Read(Reader { what, scroll: 0 }));
    }
}

/// Shows the score sheet of an exercise; the runs before it are told by the command only.
pub(super) fn drill(model: &mut Model) {
    use crate::domain::drill::{score, sheet};
    let Some(room) = &model.room else { return };
    let Some(scored) = score::score(&room.incident, model.now) else { return };
    let what = Read::Text("Score of the drill".to_owned(), sheet::lines(&scored, &[]));
    model.overlays.push(Overlay::Read(Reader { what, scroll: 0 }));
}

const TACTICAL: &str = "Conditions, actions, needs";
const SUMMARY: &str = "Summary for those who lead";

fn reported(model: &Model, short: bool) -> Option<Read> {
    use crate::domain::brief::{Brief, executive, tactical};
    let room = model.room.as_ref()?;
    let (title, make) = if short {
        (TACTICAL, tactical as fn(&_, &_, _, _) -> Brief)
    } else {
        (SUMMARY, executive as fn(&_, &_, _, _) -> Brief)
    };
    let brief = make(&room.incident, &model.policy, model.now, model.zone());
    Some(Read::Text(title.to_owned(), brief.to_text().lines().map(str::to_owned).collect()))
}

/// It is the brief or one of its shorter forms.
#[must_use]
pub fn is_brief(what: &Read) -> bool {
    matches!(what, Read::Brief)
        || matches!(what, Read::Text(title, _) if title == TACTICAL || title == SUMMARY)
}

/// From the brief to the tactical report, to the summary, and back to the brief. False where no brief is read.
pub(super) fn turn_brief(model: &mut Model) -> bool {
    let Some(Overlay::Read(Reader { what, .. })) = model.overlays.last() else { return false };
    let next = match what {
        what if !is_brief(what) => return false,
        Read::Brief => reported(model, true),
        Read::Text(title, _) if title == TACTICAL => reported(model, false),
        _ => Some(Read::Brief),
    };
    if let (Some(next), Some(Overlay::Read(reader))) = (next, model.overlays.last_mut()) {
        *reader = Reader { what: next, scroll: 0 };
    }
    true
}
