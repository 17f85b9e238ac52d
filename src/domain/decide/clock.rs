//! The rules about clocks: another target for this incident, another deadline for one clock, and the way back. It
//! must not compute deadlines: `clocks` does.

use super::{Case, reason};
use crate::domain::clocks::{self, Clock, ClockKey};
use crate::domain::event::{ClockAcknowledged, NewEvent, TargetChanged};
use crate::domain::refusal::Refusal;
use crate::domain::request::Request;
use crate::domain::severity::Target;

impl Case<'_> {
    pub(super) fn clock(&self, request: &Request) -> Result<Vec<NewEvent>, Refusal> {
        match request {
            Request::SetTarget { clock, target, reason: why } => self.target(clock, target, why),
            Request::AcknowledgeClock { clock, until, reason: why } => {
                let clock = self.running(clock)?;
                let now = self.asker.now;
                match until {
                    Some(until) if *until <= now => {
                        return Err(Refusal::usage("the new time has passed").hint("give a time ahead"));
                    }
                    None if clock.deadline > now => {
                        let message = format!("{} has not run out", clock.key);
                        return Err(Refusal::no(message).hint("give the time to which it moves"));
                    }
                    _ => {}
                }
                let why = reason("another deadline", why)?;
                self.one(ClockAcknowledged { clock: clock.key.to_string(), until: *until, reason: why })
            }
            Request::RestoreClock { clock, earlier } => {
                let clock = self.running(clock)?;
                let until =
                    earlier.filter(|(at, _)| *at >= clock.from).map_or(clock.natural, |(_, until)| until);
                let reason = "undone".to_owned();
                self.one(ClockAcknowledged { clock: clock.key.to_string(), until: Some(until), reason })
            }
            _ => Err(Refusal::no("this request has no rule")),
        }
    }

    fn target(&self, clock: &str, target: &str, why: &str) -> Result<Vec<NewEvent>, Refusal> {
        let key = key(clock)?;
        if !key.has_target() {
            let message = format!("{key} has a time of its own and no target");
            return Err(Refusal::usage(message).hint("move its deadline instead: clock"));
        }
        let target = match target.trim() {
            "" | "default" if self.incident.targets.contains_key(&key.to_string()) => String::new(),
            "" | "default" => return Err(Refusal::no(format!("{key} follows the team's rule already"))),
            text => text.parse::<Target>().map_err(|e| Refusal::usage(e.to_string()))?.to_string(),
        };
        self.one(TargetChanged { clock: key.to_string(), target, reason: reason("another target", why)? })
    }

    /// The running clock that is meant.
    fn running(&self, text: &str) -> Result<Clock, Refusal> {
        let key = key(text)?;
        let running = clocks::clocks(self.incident, self.asker.policy, self.asker.now);
        let names: Vec<String> = running.iter().map(|c| c.key.to_string()).collect();
        running.into_iter().find(|c| c.key == key).ok_or_else(|| {
            let hint = match names.as_slice() {
                [] => "none runs".to_owned(),
                names => format!("there run {}", names.join(", ")),
            };
            Refusal::not_found(format!("the clock {key} does not run")).hint(hint)
        })
    }
}

fn key(text: &str) -> Result<ClockKey, Refusal> {
    ClockKey::named(text).ok_or_else(|| {
        Refusal::usage(format!("{text:?} is not a clock"))
            .hint("write response, resolution, update, a phase, ask:9 or decision:7")
    })
}
