//! The facts that an update may hold. What is not confirmed is kept apart, and for audiences outside it is not there at
//! all; struck, privileged and erased lines never are. It must not word sentences beyond single facts.

use serde::Serialize;

use crate::domain::audience::Audience;
use crate::domain::clocks::ClockKey;
use crate::domain::ids::Seq;
use crate::domain::incident::Incident;
use crate::domain::policy::Policy;
use crate::domain::safe::one_line;
use crate::domain::severity::Target;
use crate::domain::telling;
use crate::domain::time::{Utc, with_day, with_zone, zone_label};
use crate::domain::words::{
    Certainty, Flag, HypothesisState, IncidentKind, Milestone, Phase, ScopeState, State, StepState, Verdict,
};
use crate::domain::zone::Tz;

/// How many items of one sort an update names.
const MOST: usize = 5;

/// What a template is given: single lines and lists of them, nothing for which there is no word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// For whom.
    pub audience: String,
    /// The id.
    pub id: String,
    /// The name of the incident.
    pub title: String,
    /// real, drill, test, backfilled.
    pub kind: String,
    /// The first line of a drill or test; empty for what is real.
    pub exercise: String,
    /// The severity.
    pub severity: String,
    /// Investigating, Contained, Recovering, Resolved …
    pub status: String,
    /// The phase.
    pub phase: String,
    /// From when it is counted, with zone.
    pub started: String,
    /// When it was noticed, with zone.
    pub detected: String,
    /// Who commands; empty for audiences outside.
    pub commander: String,
    /// The services, in a line.
    pub services: String,
    /// What it does, where that is confirmed; else empty.
    pub impact: String,
    /// Whether data is affected, as far as that is confirmed.
    pub data: String,
    /// What is confirmed: milestones, scope, and inside the team the starred notes.
    pub confirmed: Vec<String>,
    /// What is not: suspected impact, hypotheses; empty for audiences outside.
    pub unconfirmed: Vec<String>,
    /// What was decided and not taken back.
    pub decisions: Vec<String>,
    /// Who does what now; empty for audiences outside.
    pub actions: Vec<String>,
    /// What is being done, in a sentence.
    pub doing: String,
    /// When the next update comes, with zone.
    pub next: String,
    /// The head of the log, `42:` and 64 hex digits: whoever keeps the update can show that nothing before was changed.
    /// Empty where nobody gave it.
    pub head: String,
}

/// The facts of a moment for an audience, times in UTC and in the zone beside it. The next update is the given one,
/// else what the targets of that audience say; for people outside without one, a place to fill in.
#[must_use]
pub fn facts(
    incident: &Incident,
    policy: &Policy,
    audience: Audience,
    next: Option<Utc>,
    now: Utc,
    zone: Tz,
) -> Facts {
    let inside = audience == Audience::Internal;
    let profile = policy.profile_named(&incident.profile);
    let when = |at: Utc| when(at, zone);
    let log = Log { incident, audience, inside, now };
    let confirmed =
        incident.impact.as_ref().filter(|i| i.certainty == Certainty::Confirmed && log.may_tell(i.seq));
    Facts {
        audience: audience.to_string(),
        id: incident.id.to_string(),
        // It is written to be sent: a code name stands for the title as in every list.
        title: log.line(incident.shown_title()),
        kind: incident.kind.to_string(),
        exercise: match incident.kind {
            IncidentKind::Drill => "DRILL: this is an exercise, nothing of it is real.".to_owned(),
            IncidentKind::Test => "TEST: nothing of this is real.".to_owned(),
            IncidentKind::Real | IncidentKind::Backfilled => String::new(),
        },
        severity: incident.severity.clone().unwrap_or_else(|| profile.unset_label()),
        status: status(incident).to_owned(),
        phase: incident.phase.to_string(),
        started: when(incident.began_at()),
        detected: when(incident.milestone(Milestone::Detected).unwrap_or(incident.declared_at)),
        commander: if inside { incident.commander().unwrap_or_default().to_owned() } else { String::new() },
        services: one_line(&incident.services.join(", ")),
        impact: confirmed.map(|i| log.line(&i.text)).unwrap_or_default(),
        data: data(confirmed.map(|i| i.customer_data)),
        confirmed: log.confirmed(&when),
        unconfirmed: if inside { log.unconfirmed() } else { Vec::new() },
        decisions: log.decisions(),
        actions: if inside { log.actions() } else { Vec::new() },
        doing: doing(incident),
        next: next_update(incident, policy, audience, next, now).map_or_else(
            || match incident.state {
                State::Open => "[fill in: when the next update comes]".to_owned(),
                State::Resolved | State::Closed => "none, unless something changes".to_owned(),
            },
            when,
        ),
        head: String::new(),
    }
}

/// The status in a word, as the people outside the room know it (seed `001…`, communications template).
#[must_use]
pub fn status(incident: &Incident) -> &'static str {
    let contained = incident.holding(Milestone::Contained).is_some();
    match (incident.state, incident.phase) {
        (State::Closed, _) => "Closed",
        (State::Resolved, _) => "Resolved",
        // What was said of its phase is as old as what did not hold.
        (State::Open, _) if incident.starts_over() => {
            if contained {
                "Contained"
            } else {
                "Investigating"
            }
        }
        (State::Open, Phase::Detect | Phase::Contain) if contained => "Contained",
        (State::Open, Phase::Detect) => "Investigating",
        (State::Open, Phase::Contain) => "Containing",
        (State::Open, Phase::Eradicate) => "Contained",
        (State::Open, Phase::Recover) => "Recovering",
        (State::Open, Phase::Learn) => "Recovered",
    }
}

fn doing(incident: &Incident) -> String {
    let contained = incident.holding(Milestone::Contained).is_some();
    let phase = if incident.starts_over() { Phase::Detect } else { incident.phase };
    match (incident.state, phase) {
        (State::Resolved | State::Closed, _) | (_, Phase::Learn) => {
            "It is over. We are making sure that it cannot recur."
        }
        (_, Phase::Detect) if !contained => "We are finding out what happened.",
        (_, Phase::Contain) if !contained => "We are stopping it from doing more harm.",
        (_, Phase::Recover) => "We are bringing the service back and checking it.",
        _ => "It can do no more harm. We are removing its cause.",
    }
    .to_owned()
}

fn data(customer_data: Option<Flag>) -> String {
    match customer_data {
        Some(Flag::No) => "No customer data is affected.",
        Some(Flag::Yes) => "[fill in: which data of customers is affected, by type]",
        Some(Flag::Unknown) | None => "[fill in: which data is affected, by type, or that none is]",
    }
    .to_owned()
}

/// `2026-11-25 15:06 UTC`, in another zone with its own time behind it.
fn when(at: Utc, zone: Tz) -> String {
    let utc = at.format("%Y-%m-%d %H:%M UTC");
    if zone == Tz::UTC {
        utc.to_string()
    } else {
        format!("{utc} ({} {})", with_zone(at, zone), zone_label(at, zone))
    }
}

fn next_update(
    incident: &Incident,
    policy: &Policy,
    audience: Audience,
    next: Option<Utc>,
    now: Utc,
) -> Option<Utc> {
    if next.is_some() || incident.state != State::Open {
        return next;
    }
    let key = ClockKey::Update(audience);
    // The hours of a law end with this update: what comes after it, people know.
    let own = || {
        let target = incident.targets.get(&key.to_string()).filter(|_| !key.is_by_law())?;
        policy.calendar.deadline(now, &target.target.parse::<Target>().ok()?)
    };
    // The cadence of the severity is what the team is owed. Nobody outside is promised it unasked: what an update says goes
    // out as a promise, and its clock runs.
    let every = || policy.level(&incident.profile, incident.severity.as_deref()).update_every;
    own().or_else(|| now.checked_add_signed(every().filter(|_| audience == Audience::Internal)?))
}

/// The log, as an audience may hear of it.
struct Log<'a> {
    incident: &'a Incident,
    audience: Audience,
    inside: bool,
    now: Utc,
}

impl Log<'_> {
    /// A line leaves: it is neither crossed out nor privileged nor erased.
    fn may_tell(&self, seq: Seq) -> bool {
        self.incident
            .timeline
            .get(seq)
            .is_none_or(|e| e.struck.is_none() && !e.is_privileged() && !e.redacted)
    }

    /// A text in one line. Outside, people have no names and lines no tags.
    fn line(&self, text: &str) -> String {
        let text = telling::told(self.incident, self.audience, text);
        let words = text.split_whitespace();
        if self.inside {
            return words.collect::<Vec<_>>().join(" ");
        }
        let outside = words.filter(|w| !w.starts_with('#')).map(|w| match w.strip_prefix('@') {
            Some(name) if name.starts_with(char::is_alphabetic) => {
                let tail =
                    name.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
                format!("our team{tail}")
            }
            _ => w.to_owned(),
        });
        outside.collect::<Vec<_>>().join(" ")
    }

    fn confirmed(&self, when: &dyn Fn(Utc) -> String) -> Vec<String> {
        let incident = self.incident;
        let told = [Milestone::Contained, Milestone::Mitigated, Milestone::Resolved];
        let mut out: Vec<String> = told
            .iter()
            .filter_map(|m| {
                let mark = incident.holding(*m)?;
                let about = if mark.about { "about " } else { "" };
                Some(format!("{m} {about}{}", when(mark.at)))
            })
            .collect();
        let scope: Vec<String> = [ScopeState::Affected, ScopeState::Fixed, ScopeState::Clean]
            .into_iter()
            .map(|state| (state, incident.record.in_state(state)))
            .filter(|(_, n)| *n > 0)
            .map(|(state, n)| format!("{state} {n}"))
            .collect();
        if !scope.is_empty() {
            out.push(scope.join(" · "));
        }
        if self.inside {
            use crate::domain::words::EntryKind::{Alert, Note};
            let starred = incident
                .timeline
                .shown()
                .rev()
                .filter(|e| e.starred && matches!(e.kind, Note | Alert) && self.may_tell(e.seq));
            let mut starred: Vec<String> = starred.take(MOST).map(|e| self.line(&e.text)).collect();
            starred.reverse();
            out.extend(starred);
        }
        out
    }

    fn unconfirmed(&self) -> Vec<String> {
        let impact = self.incident.impact.as_ref().filter(|i| i.certainty != Certainty::Confirmed);
        let mut out: Vec<String> = impact
            .filter(|i| self.may_tell(i.seq))
            .map(|i| format!("impact, suspected: {}", self.line(&i.text)))
            .into_iter()
            .collect();
        for (state, word) in [(HypothesisState::Supported, "supported"), (HypothesisState::Open, "open")] {
            let talk = self.incident.talk.hypotheses.values();
            let held = talk.filter(|h| h.now.state == state && self.may_tell(h.seq));
            out.extend(held.map(|h| format!("{word}: {}", self.line(&h.text))));
        }
        out.truncate(MOST);
        out
    }

    fn decisions(&self) -> Vec<String> {
        let stands = |v: Option<Verdict>| !matches!(v, Some(Verdict::Reversed | Verdict::NoEffect));
        let all = self.incident.talk.decisions.values();
        let mut out: Vec<String> = all
            .filter(|d| stands(d.verdict.as_ref().map(|v| v.verdict)) && self.may_tell(d.seq))
            .map(|d| self.line(&d.text))
            .collect();
        out.split_off(out.len().saturating_sub(MOST))
    }

    /// Asks and steps with their owners, decisions that are carried out, then what comes next.
    fn actions(&self) -> Vec<String> {
        let mut out = Vec::new();
        for ask in self.incident.talk.open_asks().into_iter().filter(|a| self.may_tell(a.seq)) {
            let who = ask.person.as_deref().map_or_else(|| "nobody yet".to_owned(), |p| format!("@{p}"));
            // With its day, where that is another one: an update is read as the words of now.
            let due = ask.due_at.map(|at| (at, with_day(at, self.now, Tz::UTC)));
            let due = due.map(|(at, day)| match at <= self.now {
                true => format!(", was due {day} UTC"),
                false => format!(", by {day} UTC"),
            });
            let due = due.unwrap_or_default();
            out.push(format!("{who}: {}{due}", self.line(&ask.text)));
        }
        let steps = || self.incident.checklist.steps();
        for step in steps().filter(|s| s.state == StepState::Doing) {
            let who = step.person.as_deref().map_or_else(|| "somebody".to_owned(), |p| format!("@{p}"));
            out.push(format!("{who}: {}", self.line(&step.text)));
        }
        let open =
            self.incident.talk.decisions.values().filter(|d| d.verdict.is_none() && self.may_tell(d.seq));
        for decision in open {
            if let Some(who) = &decision.executor {
                out.push(format!("@{who}: {}", self.line(&decision.text)));
            }
        }
        let more = out.len().saturating_sub(MOST);
        out.truncate(MOST);
        if more > 0 {
            out.push(format!("and {more} more"));
        }
        if let Some(step) = steps().find(|s| s.is_todo()) {
            out.push(format!("next: {}", self.line(&step.text)));
        }
        out
    }
}
