//! Every clock of a room, as pure functions of the log and the moment: response, resolution, next update, phase
//! budget, decision checks, asks. Quiet, then warning at 75 % of the target (or what the team says), then breached, in words. It must not
//! read a clock or write anything.

mod told;

use std::fmt;
use std::str::FromStr;

use crate::domain::audience::Audience;
use crate::domain::event::StepRef;
use crate::domain::ids::Seq;
use crate::domain::incident::{ClockRecord, Incident};
use crate::domain::policy::Policy;
use crate::domain::runbook::Budget;
use crate::domain::severity::{Level, Target};
use crate::domain::time::{Span, Utc};
use crate::domain::words::{Milestone, Phase, State};

pub use told::{binds, last_told, owed_outside};

/// Which clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockKey {
    /// Until a responder takes it.
    Response,
    /// Until it is resolved.
    Resolution,
    /// Until an audience hears again.
    Update(Audience),
    /// Until a phase should be over.
    Phase(Phase),
    /// Until the outcome of a decision is looked at.
    Decision(Seq),
    /// Until an ask is answered.
    Ask(Seq),
    /// Until a step is done.
    Step(StepRef),
}

impl fmt::Display for ClockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response => f.write_str("response"),
            Self::Resolution => f.write_str("resolution"),
            // The first one of all has the bare name: logs of every age hold it.
            Self::Update(Audience::Internal) => f.write_str("update"),
            Self::Update(audience) => write!(f, "update:{audience}"),
            Self::Phase(phase) => write!(f, "phase:{phase}"),
            Self::Decision(seq) => write!(f, "decision:{seq}"),
            Self::Ask(seq) => write!(f, "ask:{seq}"),
            Self::Step(at) => write!(f, "step:{}.{}", at.runbook, at.step),
        }
    }
}

impl ClockKey {
    /// Whether it counts the hours of a law, which run from when something was known, whatever was held to be over
    /// meanwhile.
    #[must_use]
    pub fn is_by_law(self) -> bool {
        self == Self::Update(Audience::Regulator)
    }

    /// The clock that a person means: as it is written, without case, or by another word for it (`resolve`,
    /// `contain`, `ask #9`).
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase().replacen([' ', '-'], ":", 1).replace('#', "");
        match text.as_str() {
            "respond" | "ack" => Some(Self::Response),
            "resolve" => Some(Self::Resolution),
            "updates" => Some(Self::Update(Audience::Internal)),
            text => text.parse().ok().or_else(|| text.parse().ok().map(Self::Phase)),
        }
    }

    /// It follows a target that can be changed for one incident.
    #[must_use]
    pub const fn has_target(self) -> bool {
        matches!(self, Self::Response | Self::Resolution | Self::Update(_) | Self::Phase(_))
    }
}

impl FromStr for ClockKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            None => match text {
                "response" => Ok(Self::Response),
                "resolution" => Ok(Self::Resolution),
                "update" => Ok(Self::Update(Audience::Internal)),
                _ => Err(()),
            },
            Some(("update", audience)) => audience.parse().map(Self::Update).map_err(|_| ()),
            Some(("phase", phase)) => phase.parse().map(Self::Phase).map_err(|_| ()),
            Some(("decision", seq)) => seq.parse().map(|n| Self::Decision(Seq(n))).map_err(|_| ()),
            Some(("ask", seq)) => seq.parse().map(|n| Self::Ask(Seq(n))).map_err(|_| ()),
            Some(("step", at)) => {
                let (runbook, step) = at.split_once('.').ok_or(())?;
                let runbook = Seq(runbook.parse().map_err(|_| ())?);
                Ok(Self::Step(StepRef { runbook, step: step.parse().map_err(|_| ())? }))
            }
            Some(_) => Err(()),
        }
    }
}

/// How pressing a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pressure {
    /// The time ran out.
    Breached,
    /// More than three quarters of it are gone.
    Warning,
    /// There is time.
    Quiet,
}

impl Pressure {
    /// Of what is to be warned of at one instant and runs out at another.
    pub(super) fn at(now: Utc, warn_at: Utc, deadline: Utc) -> Self {
        if now >= deadline {
            Self::Breached
        } else if now >= warn_at {
            Self::Warning
        } else {
            Self::Quiet
        }
    }
}

/// A running clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Which.
    pub key: ClockKey,
    /// What it waits for, in words: `update internal`, `ask @bob`.
    pub what: String,
    /// From when it runs.
    pub from: Utc,
    /// From when a word on it counts. Mostly from when it runs; the hours of a law run from before anybody knew of them.
    pub spoken_from: Utc,
    /// When it runs out.
    pub deadline: Utc,
    /// From when it warns.
    pub warn_at: Utc,
    /// Somebody acknowledged its breach, or moved it to a time that is not there yet.
    pub acknowledged: bool,
    /// When it would run out had nobody acknowledged it.
    pub natural: Utc,
    /// Its deadline is not the one of the team's rule: it was moved for this incident.
    pub moved: bool,
    /// It is an ask, and the person has not said within a minute that they have it.
    pub unheard: bool,
}

impl Clock {
    /// How pressing it is.
    #[must_use]
    pub fn pressure(&self, now: Utc) -> Pressure {
        Pressure::at(now, self.warn_at, self.deadline)
    }

    /// The time that is left, or by which it is over; never negative.
    #[must_use]
    pub fn distance(&self, now: Utc) -> Span {
        (self.deadline - now).abs()
    }
}

/// The running clocks of an incident: breached ones first, the longest breach in front, then by deadline, and last the
/// breaches that somebody acknowledged.
/// A resolved incident has none but the hours of a law, until it is closed or turned out to be nothing.
#[must_use]
pub fn clocks(incident: &Incident, policy: &Policy, now: Utc) -> Vec<Clock> {
    if incident.clocks_run() {
        every(incident, policy, now)
    } else if incident.state == State::Resolved && !incident.is_dismissed() && binds(incident) {
        owed_outside(incident, policy, now).into_iter().filter(|clock| clock.key.is_by_law()).collect()
    } else {
        Vec::new()
    }
}

/// The clocks of an incident as if they ran.
fn every(incident: &Incident, policy: &Policy, now: Utc) -> Vec<Clock> {
    let mut found = Vec::new();
    let mut add =
        |key: ClockKey, what: String, from: Utc, natural: Utc, warn_at: Option<Utc>, ruled: bool| {
            let ack = incident.clocks.get(&key.to_string()).and_then(|c| c.acknowledged.as_ref());
            let spoken_from = told::spoken_from(incident, key, from);
            let ack = ack.filter(|ack| ack.at >= spoken_from);
            let deadline = ack.and_then(|ack| ack.until).unwrap_or(natural);
            // Once the new time has run out as well, it is as pressing as on the first day.
            let acknowledged =
                ack.is_some_and(|ack| ack.until.is_none_or(|until| now < until && until != natural));
            // While it was resolved, nothing of the time was used up.
            let rested = || if key.is_by_law() { Span::zero() } else { incident.rested(from, deadline) };
            let ran_from = || from.checked_add_signed(rested()).unwrap_or(from);
            let warn_at = warn_at.unwrap_or_else(|| warning(policy, ran_from(), deadline));
            let moved = ruled || deadline != natural;
            found.push(Clock {
                key,
                what,
                from,
                spoken_from,
                deadline,
                warn_at,
                acknowledged,
                natural,
                moved,
                unheard: false,
            });
        };
    let ruled = |key: ClockKey| incident.targets.contains_key(&key.to_string());

    if incident.milestone(Milestone::Acknowledged).is_none() {
        let from = incident.reached([Milestone::Detected]);
        if let Some(deadline) = target(incident, policy, ClockKey::Response, from, |l| Some(&l.response)) {
            add(ClockKey::Response, "respond".to_owned(), from, deadline, None, ruled(ClockKey::Response));
        }
    }
    let from = incident.reached([Milestone::Detected]);
    if let Some(deadline) = target(incident, policy, ClockKey::Resolution, from, |l| Some(&l.resolution)) {
        let ruled = ruled(ClockKey::Resolution);
        add(ClockKey::Resolution, "resolve".to_owned(), from, deadline, None, ruled);
    }
    for audience in Audience::ALL {
        let next = told::next_update(incident, policy, *audience);
        if let Some((from, deadline, promised)) = next {
            let key = ClockKey::Update(*audience);
            add(key, format!("update {audience}"), from, deadline, None, !promised && ruled(key));
        }
    }
    if let Some((from, low, high)) = phase_budget(incident, policy) {
        let warn_at = low.filter(|low| *low < high);
        let key = ClockKey::Phase(incident.phase);
        add(key, format!("{} budget", incident.phase), from, high, warn_at, ruled(key));
    }
    for decision in incident.talk.decisions.values() {
        let struck = incident.timeline.get(decision.seq).is_some_and(|e| e.struck.is_some());
        if let Some(at) = decision.check_at
            && decision.verdict.is_none()
            && !struck
        {
            let from = incident.set_backs.moved(decision.at, decision.seq);
            add(ClockKey::Decision(decision.seq), "check decision".to_owned(), from, at, None, false);
        }
    }
    for ask in incident.talk.asks.values().filter(|a| a.is_open()) {
        let struck = incident.timeline.get(ask.seq).is_some_and(|e| e.struck.is_some());
        if let Some(due) = ask.due_at
            && !struck
        {
            let who = match ask.person.as_deref() {
                None => "ask unassigned".to_owned(),
                Some(person) => format!("ask @{person}"),
            };
            let from = incident.set_backs.moved(ask.at, ask.seq);
            add(ClockKey::Ask(ask.seq), who, from, due, None, false);
        }
    }
    for step in incident.checklist.steps().filter(|s| s.is_open()) {
        if let Some(due) = step.due_at {
            let who = step.person.as_ref().map(|p| format!(" @{p}")).unwrap_or_default();
            let from = step.since.unwrap_or(incident.declared_at).min(due);
            add(ClockKey::Step(step.at), format!("step {}{who}", step.number), from, due, None, false);
        }
    }
    for clock in &mut found {
        if let ClockKey::Ask(seq) = clock.key {
            clock.unheard = incident.talk.asks.get(&seq).is_some_and(|a| a.is_unheard(now));
        }
    }
    // What somebody has seen run out asks for nobody any more: it hides nothing that is still to come.
    found.sort_by_key(|c| (c.deadline <= now && c.acknowledged, c.deadline > now, c.deadline, c.key));
    found
}

/// What a target of this incident says in words, or says that there is none: no clock counts to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undated {
    /// Which clock does not run for it.
    pub key: ClockKey,
    /// What would be waited for, in words: `resolve`.
    pub what: String,
    /// The target: `next sprint`, `none`.
    pub target: String,
}

/// The targets of this incident only that have no deadline, so that nobody takes the clock for one that is met.
#[must_use]
pub fn undated(incident: &Incident, running: &[Clock]) -> Vec<Undated> {
    if !incident.clocks_run() {
        return Vec::new();
    }
    let keys = incident.targets.iter().filter_map(|(key, target)| Some((key.parse().ok()?, &target.target)));
    keys.filter(|(key, _)| !running.iter().any(|clock| clock.key == *key))
        .filter_map(|(key, target)| {
            let what = match key {
                ClockKey::Response if incident.milestone(Milestone::Acknowledged).is_none() => {
                    "respond".to_owned()
                }
                ClockKey::Resolution => "resolve".to_owned(),
                // What a law asks for was done.
                ClockKey::Update(audience) if told::is_met(incident, audience) => return None,
                ClockKey::Update(audience) => format!("update {audience}"),
                // What the phase is for was done.
                ClockKey::Phase(_) if is_contained(incident) => return None,
                ClockKey::Phase(phase) if phase == incident.phase => format!("{phase} budget"),
                _ => return None,
            };
            Some(Undated { key, what, target: target.clone() })
        })
        .collect()
}

impl fmt::Display for Undated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, no deadline", self.what, self.target)
    }
}

/// What waits for somebody without a time box, in words: asks that nobody has, and asks that nobody said to have.
#[must_use]
pub fn waiting(incident: &Incident, now: Utc) -> Vec<String> {
    if !incident.clocks_run() {
        return Vec::new();
    }
    let struck = |seq| incident.timeline.get(seq).is_some_and(|e| e.struck.is_some());
    let open: Vec<_> =
        incident.talk.open_asks().into_iter().filter(|a| a.due_at.is_none() && !struck(a.seq)).collect();
    let mut found = Vec::new();
    match open.iter().filter(|a| a.person.is_none()).count() {
        0 => {}
        1 => found.push("1 ask unassigned".to_owned()),
        n => found.push(format!("{n} asks unassigned")),
    }
    for ask in open.iter().filter(|a| a.is_unheard(now)) {
        let who = ask.person.as_deref().unwrap_or_default();
        let since = crate::domain::time::format_span((now - ask.since).max(Span::zero()));
        found.push(format!("ask @{who} not acknowledged for {since}"));
    }
    found
}

/// The deadlines that have passed and that the log does not name as breached yet.
#[must_use]
pub fn unrecorded_breaches(incident: &Incident, policy: &Policy, now: Utc) -> Vec<(ClockKey, Utc)> {
    clocks(incident, policy, now)
        .into_iter()
        .filter(|c| c.pressure(now) == Pressure::Breached)
        .filter(|c| {
            // That nobody took it in time is said once, unless somebody gave it another time since.
            let once = c.key == ClockKey::Response && c.deadline == c.natural;
            let told = |r: &ClockRecord| r.breached.contains(&c.deadline) || once && !r.breached.is_empty();
            !incident.clocks.get(&c.key.to_string()).is_some_and(told)
        })
        .map(|c| (c.key, c.deadline))
        .collect()
}

/// The next moment at which a clock changes its pressure: until then the attention line changes in its digits
/// only.
#[must_use]
pub fn next_change(clocks: &[Clock], now: Utc) -> Option<Utc> {
    clocks.iter().flat_map(|c| [c.warn_at, c.deadline]).filter(|at| *at > now).min()
}

/// The budget of the present phase as the header shows it: its end, and its length.
#[must_use]
pub fn phase_clock(incident: &Incident, policy: &Policy) -> Option<(Utc, Span)> {
    let (from, _, high) = phase_budget(incident, policy)?;
    let key = ClockKey::Phase(incident.phase).to_string();
    let ack = incident.clocks.get(&key).and_then(|c| c.acknowledged.as_ref()).filter(|ack| ack.at >= from);
    let end = ack.and_then(|ack| ack.until).unwrap_or(high);
    Some((end, end - from - incident.rested(from, end)))
}

fn warning(policy: &Policy, from: Utc, deadline: Utc) -> Utc {
    let length = (deadline - from).max(Span::zero());
    let before = Span::milliseconds(length.num_milliseconds() / 100 * policy.warn_percent);
    from.checked_add_signed(before).unwrap_or(deadline).min(deadline)
}

/// The target of this incident only.
fn own_target(incident: &Incident, key: ClockKey) -> Option<Target> {
    incident.targets.get(&key.to_string()).and_then(|own| own.target.parse().ok())
}

fn target(
    incident: &Incident,
    policy: &Policy,
    key: ClockKey,
    from: Utc,
    of: impl Fn(&Level) -> Option<&Target>,
) -> Option<Utc> {
    match own_target(incident, key) {
        Some(own) => policy.calendar.deadline(from, &own).map(|at| incident.due(from, at)),
        None => by_severity(incident, policy, from, |level, from| policy.calendar.deadline(from, of(level)?)),
    }
}

/// When a rule of the severity runs out. A severity has no rule for the time before it was given: what would have run
/// out by then counts from then, unless it was due sooner by the one before.
fn by_severity(
    incident: &Incident,
    policy: &Policy,
    from: Utc,
    due: impl Fn(&Level, Utc) -> Option<Utc>,
) -> Option<Utc> {
    let mut last = None;
    for (n, span) in incident.severities.iter().enumerate() {
        let level = policy.level(&incident.profile, span.severity.as_deref());
        let since = incident.set_backs.moved(span.since, span.seq);
        let due = |from| Some(incident.due(from, due(&level, from)?));
        last = match due(from) {
            Some(at) if n > 0 && at < since => due(since).into_iter().chain(last).min(),
            plain => plain,
        };
    }
    last
}

/// Whether the present phase is the one in which it is to be contained, and it is.
fn is_contained(incident: &Incident) -> bool {
    let span = incident.phases.last().filter(|span| span.phase == Phase::Contain);
    span.is_some_and(|span| incident.contained_in(span).is_some())
}

fn phase_budget(incident: &Incident, policy: &Policy) -> Option<(Utc, Option<Utc>, Utc)> {
    if is_contained(incident) {
        return None;
    }
    let from = incident.phase_since();
    let key = ClockKey::Phase(incident.phase);
    if incident.targets.contains_key(&key.to_string()) {
        return target(incident, policy, key, from, |_| None).map(|at| (from, None, at));
    }
    let after = |from: Utc, span| Some(incident.due(from, from.checked_add_signed(span)?));
    incident.checklist.runbooks().find_map(|r| {
        let (low, high) = match r.runbook.budgets.of(incident.phase) {
            Budget::Within(span) => (None, span),
            Budget::Range { low, high } => (Some(low), high),
            Budget::Open => return None,
        };
        // A runbook has no budget for the time before it was attached: what would have run out by then counts from then.
        let attached = incident.set_backs.moved(r.at, r.seq);
        let from = if after(from, high)? < attached { attached } else { from };
        Some((from, low.and_then(|low| after(from, low)), after(from, high)?))
    })
}

#[cfg(test)]
mod tests;
