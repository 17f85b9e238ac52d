//! The rules about clocks: another target for this incident, another deadline for one clock, and the way back. It
//! must not compute deadlines: `clocks` does.

use super::{Case, reason};
use crate::domain::clocks::{self, Clock, ClockKey};
use crate::domain::event::{ClockAcknowledged, NewEvent, TargetChanged};
use crate::domain::incident::OwnTarget;
use crate::domain::refusal::Refusal;
use crate::domain::request::Request;
use crate::domain::severity::{SHORTEST_SILENCE, Target};
use crate::domain::time::{shortened, with_zone};
use crate::domain::zone::Tz;

impl Case<'_> {
    pub(super) fn clock(&self, request: &Request) -> Result<Vec<NewEvent>, Refusal> {
        match request {
            Request::SetTarget { clock, target, reason: why } => self.target(clock, target, why),
            Request::AcknowledgeClock { clock, until, reason: why } => {
                let clock = self.running(clock)?;
                self.can_be_said_then(&clock)?;
                match until {
                    Some(until) if *until <= self.asker.now => {
                        return Err(Refusal::usage("the new time has passed").hint("give a time ahead"));
                    }
                    None if clock.deadline > self.when() => {
                        let then = if self.at.is_some() { " at that time" } else { "" };
                        let message = format!("{} has not run out{then}", clock.key);
                        return Err(Refusal::no(message).hint("give the time to which it moves"));
                    }
                    _ => {}
                }
                let why = reason("another deadline", why)?;
                self.one(ClockAcknowledged {
                    clock: clock.key.to_string(),
                    until: *until,
                    reason: why,
                    person: None,
                })
            }
            Request::RestoreClock { clock, earlier, said } => {
                let clock = self.running(clock)?;
                let earlier = earlier.filter(|(at, _)| *at >= clock.spoken_from);
                // One that was only seen has no time of its own.
                let until = earlier.map_or(Some(clock.natural), |(_, until)| until);
                let said = said.as_ref().filter(|_| earlier.is_some());
                let (reason, person) = said.map_or_else(
                    || ("undone".to_owned(), None),
                    |(reason, by)| (reason.clone(), Some(by.clone()).filter(|who| who != self.asker.by)),
                );
                self.one(ClockAcknowledged { clock: clock.key.to_string(), until, reason, person })
            }
            _ => Err(Refusal::no("this request has no rule")),
        }
    }

    /// A word from before the clock began, or before the last word on it, would change nothing: the fold looks past
    /// the first, and the second was overruled.
    fn can_be_said_then(&self, clock: &Clock) -> Result<(), Refusal> {
        let Some((at, _)) = self.at else { return Ok(()) };
        let time = |at| format!("{} UTC", with_zone(at, Tz::UTC));
        if at < clock.spoken_from {
            let since = time(clock.spoken_from);
            let message = format!("the clock {} runs since {since} only", clock.key);
            return Err(Refusal::no(message).hint("give a later time, or none"));
        }
        let known = self.incident.clocks.get(&clock.key.to_string()).and_then(|c| c.acknowledged.as_ref());
        match known.filter(|ack| ack.at > at) {
            None => Ok(()),
            Some(ack) => {
                let message = format!("{} spoke of the clock {} at {}", ack.by, clock.key, time(ack.at));
                Err(Refusal::no(message).hint("give a later time, or none"))
            }
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
            text => {
                let target = text.parse::<Target>().map_err(|e| Refusal::usage(e.to_string()))?;
                // A period that only the team can date is no time by which somebody hears again, and nobody writes
                // that fast.
                let useless = match &target {
                    Target::Named(_) => true,
                    Target::Within(span) => *span < SHORTEST_SILENCE,
                    Target::BusinessDays(_) | Target::None => false,
                };
                let target = target.to_string();
                if useless && matches!(key, ClockKey::Update(_)) {
                    let message =
                        format!("{:?} is no time within which an update is due", shortened(&target));
                    return Err(Refusal::usage(message)
                        .hint("write a duration of a minute or more (30m, 4h, 1d), none or default"));
                }
                target
            }
        };
        let reason = reason("another target", why)?;
        self.one(TargetChanged { clock: key.to_string(), target, reason, person: None })
    }

    /// The target of before, as who set it said it; without one, the team's rule.
    pub(super) fn restore_target(
        &self,
        clock: &str,
        earlier: Option<&OwnTarget>,
    ) -> Result<Vec<NewEvent>, Refusal> {
        let Some(own) = earlier else { return self.target(clock, "default", "undone") };
        let (clock, target, reason) = (key(clock)?.to_string(), own.target.clone(), own.reason.clone());
        let person = Some(own.by.clone()).filter(|who| who != self.asker.by);
        self.one(TargetChanged { clock, target, reason, person })
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
