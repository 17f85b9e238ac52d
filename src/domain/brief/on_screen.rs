//! The brief as the room shows it: one screen, so of the decisions the newest only. The command and what is copied name
//! more of them. It must not choose anything else.

use super::{Brief, DECIDED, brief, newest_decided};
use crate::domain::incident::Incident;
use crate::domain::policy::Policy;
use crate::domain::time::Utc;
use crate::domain::zone::Tz;

/// How many decisions the screen names.
const MOST_SHOWN: usize = 3;

/// The brief of a moment, for a screen.
#[must_use]
pub fn on_screen(incident: &Incident, policy: &Policy, now: Utc, zone: Tz) -> Brief {
    let mut brief = brief(incident, policy, now, zone);
    let older = newest_decided(incident).len().saturating_sub(MOST_SHOWN);
    if older > 0
        && let Some(decided) = brief.sections.iter_mut().find(|section| section.heading == DECIDED)
    {
        decided.lines.truncate(MOST_SHOWN);
        decided.lines.push(format!("+{older} older"));
    }
    brief
}
