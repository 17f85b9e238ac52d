//! The order in which severity, phase and roles change. The fold goes by what was said last, so a change for a moment
//! before the last one would overrule what holds since later. It must not look at what has no time of its own.

use super::Case;
use crate::domain::refusal::Refusal;
use crate::domain::role;
use crate::domain::time::{Utc, day_in_zone, same_day, with_zone, with_zone_seconds};
use crate::domain::zone::Tz;

impl Case<'_> {
    /// Refuses a change for a moment before the last one of the same; `holds` says what is so since then.
    pub(super) fn not_before(
        &self,
        last: Option<Utc>,
        holds: impl FnOnce() -> String,
    ) -> Result<(), Refusal> {
        let (Some((at, _)), Some(since)) = (self.at, last) else { return Ok(()) };
        if at >= since {
            return Ok(());
        }
        let message = format!("{} since {}", holds(), self.moment(since, at));
        Err(Refusal::usage(message)
            .hint("write what was before that as a line, or take that back first: undo"))
    }

    /// The same of a role.
    pub(super) fn not_before_holder(&self, role: &str, who: &str) -> Result<(), Refusal> {
        let incident = self.incident;
        let roster = &incident.roster;
        self.not_before(incident.role_changed(role, who), || {
            let holder = match role::may_be_shared(role) {
                true => Some(who).filter(|who| roster.holds(who, role)),
                false => roster.holder(role),
            };
            match holder {
                Some(holder) if role == role::COMMANDER => format!("{holder} commands"),
                Some(holder) => format!("{holder} is {role}"),
                None if role::may_be_shared(role) => format!("{who} is not {role}"),
                None => format!("nobody is {role}"),
            }
        })
    }

    /// A moment as it differs from another one: with its day or its seconds where the time of day alone would not
    /// tell.
    fn moment(&self, at: Utc, from: Utc) -> String {
        let zone = Tz::UTC;
        let short = with_zone(at, zone);
        let time = if short == with_zone(from, zone) { with_zone_seconds(at, zone) } else { short };
        match same_day(at, self.asker.now, zone) {
            true => format!("{time} UTC"),
            false => format!("{} {time} UTC", day_in_zone(at, zone)),
        }
    }
}
