//! The standing brief: one screen that is always current, for whoever joins late (`SPEC.md`, brief). Plain lines
//! under plain headings; the room, `warroom brief` and exports show the same, the room fewer decisions. It must not
//! colour, nor cut but in what happened last.

mod forms;
mod latest;
mod on_screen;
mod reports;

pub(in crate::domain) use forms::OF_THAT_MOMENT;
pub use on_screen::on_screen;
pub use reports::{executive, tactical};

use super::ids::Seq;
use super::zone::Tz;
use crate::domain::clocks::{self, Clock, ClockKey, Pressure};
use crate::domain::closeout;
use crate::domain::incident::{Decision, Entry, Hypothesis, Incident, Ioc, RelatedIncident, Step, may_leave};
use crate::domain::ioc::Tlp;
use crate::domain::policy::Policy;
use crate::domain::recurrence::DUPLICATE;
use crate::domain::safe::one_line;
use crate::domain::summary::review_words;
use crate::domain::telling;
use crate::domain::time::{Utc, format_span, shortened, with_day, with_zone, zone_label};
use crate::domain::words::{Flag, HypothesisState, IncidentKind, Milestone, State, StepState, Visibility};

/// A heading with its lines; an empty section says so in `lines`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BriefSection {
    /// The heading.
    pub heading: &'static str,
    /// Its lines.
    pub lines: Vec<String>,
}

/// The brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Id, title, severity, phase, elapsed, and the moment with the zone of all its times.
    pub title: String,
    /// What nobody may overlook: a drill, a restricted incident. The title says it too.
    pub marks: Vec<String>,
    /// Impact, what ended it once it is over, command, what is due next, what happened last, doing, decided, ruled out,
    /// asks, indicators if there are any, links. What is due next stands on the first screen.
    pub sections: Vec<BriefSection>,
}

/// What nobody who is given something of an incident may overlook: a drill, a restricted incident.
#[must_use]
pub fn marks(incident: &Incident) -> Vec<String> {
    let kind = (incident.kind != IncidentKind::Real).then(|| incident.kind.as_str().to_uppercase());
    let visibility = (incident.visibility != Visibility::Team).then(|| incident.visibility.as_str());
    kind.into_iter().chain(visibility.map(str::to_uppercase)).collect()
}

/// The heading of what happened last, whose lines a screen cuts at its width.
pub const LATEST: &str = "Latest";

/// The heading of the decisions.
pub const DECIDED: &str = "Decided";

/// The heading of what is taken for the cause.
pub const SUSPECTED: &str = "Suspected";

/// How a hypothesis begins that nobody has judged.
pub const OPEN: &str = "open: ";

/// The heading of what was taken for the cause, and is not.
pub const RULED_OUT: &str = "Ruled out";

/// The heading of the places where people meet: all that a brief names as an address.
pub const LINKS: &str = "Links";

/// The brief of a moment, its times in a zone.
#[must_use]
pub fn brief(incident: &Incident, policy: &Policy, now: Utc, zone: Tz) -> Brief {
    let profile = policy.profile_named(&incident.profile);
    let severity = incident.severity.clone().unwrap_or_else(|| profile.unset_label());
    let mut title = format!(
        "{} {} · {severity} · {} · {} · {}",
        incident.id,
        incident.title,
        incident.state,
        incident.phase,
        format_span(incident.ran(now))
    );
    let marks = marks(incident);
    for mark in &marks {
        title.push_str(&format!(" · {mark}"));
    }
    // It is passed on and read on another day, in another zone.
    let day = now.with_timezone(&zone).format("%Y-%m-%d");
    title.push_str(&format!(" · as of {day} {} {}", with_zone(now, zone), zone_label(now, zone)));
    let privileged = |seq| is_kept(incident, seq);
    let running = clocks::clocks(incident, policy, now);
    let decided = decided(incident, &running, now, zone, MOST_DECIDED);
    let next = next(incident, policy, running, now).into_iter().chain(review(incident, now)).collect();
    let mut sections = vec![
        BriefSection { heading: "Impact", lines: impact(incident) },
        BriefSection { heading: "Ended", lines: ended(incident, now, zone) },
        BriefSection { heading: "Command", lines: command(incident, policy) },
        BriefSection { heading: "Next", lines: next },
        BriefSection { heading: LATEST, lines: latest::latest(incident, now, zone) },
        BriefSection { heading: "Doing", lines: doing(incident, now) },
        BriefSection { heading: DECIDED, lines: decided },
    ];
    let hypotheses = |state: HypothesisState| {
        incident.talk.hypotheses.values().filter(move |h| h.now.state == state && !privileged(h.seq))
    };
    sections.push(BriefSection {
        heading: SUSPECTED,
        lines: hypotheses(HypothesisState::Supported)
            .map(|h| format!("supported: {}", judged(h, now, zone)))
            .chain(hypotheses(HypothesisState::Open).map(|h| format!("{OPEN}{}", h.text)))
            .collect(),
    });
    sections.push(BriefSection {
        heading: RULED_OUT,
        lines: hypotheses(HypothesisState::RuledOut).map(|h| judged(h, now, zone)).collect(),
    });
    sections.push(BriefSection {
        heading: "Open asks",
        lines: incident
            .talk
            .open_asks()
            .into_iter()
            .filter(|a| !privileged(a.seq))
            .map(|a| {
                let who = a.person.as_deref().map_or_else(|| "unassigned".to_owned(), |p| format!("@{p}"));
                let due = a
                    .due_at
                    .filter(|_| incident.clocks_run())
                    .map(|at| format!(", {}", left(at, now)))
                    .unwrap_or_default();
                let acked = if a.acknowledged.is_some() { "" } else { ", not acknowledged" };
                format!("{who} {}{due}{acked}", a.text)
            })
            .collect(),
    });
    sections.push(BriefSection { heading: "Indicators", lines: indicators(incident) });
    sections.push(BriefSection { heading: LINKS, lines: links(incident) });
    let optional = ["Ended", LATEST, "Indicators"];
    sections.retain(|section| !optional.contains(&section.heading) || !section.lines.is_empty());
    for line in sections.iter_mut().flat_map(|section| &mut section.lines) {
        *line = telling::safe(incident, line);
    }
    Brief { title: telling::safe(incident, &title), marks, sections }
}

/// A reason that was given, and may leave the room.
fn told_why(why: &str) -> Option<&str> {
    Some(why).filter(|why| !why.trim().is_empty() && may_leave(why))
}

/// A hypothesis that was judged: why, by whom, when.
fn judged(hypothesis: &Hypothesis, now: Utc, zone: Tz) -> String {
    let judgement = &hypothesis.now;
    let why = told_why(&judgement.why).map(|why| format!("— {why} ")).unwrap_or_default();
    format!("{} {why}({}, {})", hypothesis.text, judgement.by, with_day(judgement.at, now, zone))
}

/// Whether a line stays in the room, or was crossed out.
fn is_kept(incident: &Incident, seq: Seq) -> bool {
    incident.timeline.get(seq).is_some_and(|e| e.is_privileged() || e.struck.is_some())
}

/// How many decisions the brief names.
const MOST_DECIDED: usize = 5;

/// The decisions that the brief may name, the newest first.
fn newest_decided(incident: &Incident) -> Vec<&Decision> {
    let mut all: Vec<&Decision> =
        incident.talk.decisions.values().filter(|d| !is_kept(incident, d.seq)).collect();
    all.sort_by_key(|d| std::cmp::Reverse((d.at, d.seq)));
    all
}

/// The decisions that the brief names.
fn last_decided(incident: &Incident) -> Vec<&Decision> {
    let mut all = newest_decided(incident);
    all.truncate(MOST_DECIDED);
    all
}

/// The last decisions, the newest first, and how many more there are.
fn decided(incident: &Incident, running: &[Clock], now: Utc, zone: Tz, most: usize) -> Vec<String> {
    let all = newest_decided(incident);
    let clock = |at: Utc| with_day(at, now, zone);
    let line = |d: &&Decision| {
        let check = running.iter().find(|c| c.key == ClockKey::Decision(d.seq));
        let outcome = match (&d.verdict, check) {
            (Some(v), _) => match told_why(&v.reason) {
                Some(why) => format!(" — {}: {why}", v.verdict),
                None => format!(" — {}", v.verdict),
            },
            (None, Some(check)) if check.pressure(now) == Pressure::Breached => {
                format!(" — check overdue since {}", clock(check.deadline))
            }
            (None, Some(check)) => format!(" — to be checked {}", clock(check.deadline)),
            (None, None) if d.check_at.is_some() => " — no verdict".to_owned(),
            (None, None) => String::new(),
        };
        let against = match d.objections.iter().filter(|said| may_leave(said)).cloned().collect::<Vec<_>>() {
            said if said.is_empty() => String::new(),
            said => format!(" — against it: {}", said.join("; ")),
        };
        let executor = d.executor.as_ref().map(|e| format!(", @{e} executes")).unwrap_or_default();
        format!("{} {} ({}{executor}){against}{outcome}", clock(d.at), d.text, d.decided_by)
    };
    let more = all.len().saturating_sub(most);
    let more = (more > 0).then(|| format!("and {more} more"));
    all.iter().take(most).map(line).chain(more).collect()
}

/// Which decision a clock is about, since there may be many; nothing of one that stays in the room.
fn which(incident: &Incident, clock: &Clock) -> String {
    match clock.key {
        ClockKey::Decision(seq) if !is_kept(incident, seq) => {
            let decision = incident.talk.decisions.get(&seq);
            decision.map(|d| format!(": {}", shortened(&d.text))).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// How many indicators the brief names.
const MOST_IOCS: usize = 5;

/// What to look for, the newest first, defanged; those of TLP:RED are counted only, since a brief is passed on.
fn indicators(incident: &Incident) -> Vec<String> {
    let hidden = |seq| is_kept(incident, seq);
    let all = || incident.record.iocs.iter();
    let told = |ioc: &&Ioc| {
        ioc.tlp != Tlp::Red && !ioc.entry.is_some_and(hidden) && may_leave(&ioc.note) && may_leave(&ioc.value)
    };
    let mut lines: Vec<String> = all()
        .rev()
        .filter(told)
        .take(MOST_IOCS)
        .map(|ioc| {
            let note = if ioc.note.is_empty() { String::new() } else { format!(" — {}", ioc.note) };
            format!("{} {} (TLP:{}){note}", ioc.kind, ioc.shown(), ioc.tlp.as_str().to_uppercase())
        })
        .collect();
    let more = all().filter(told).count().saturating_sub(lines.len());
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    match all().filter(|ioc| ioc.tlp == Tlp::Red).count() {
        0 => {}
        n => lines.push(format!("{n} under TLP:RED, told in the room only")),
    }
    lines
}

/// Places where people meet, then the incidents that belong to this one.
fn links(incident: &Incident) -> Vec<String> {
    let mut lines: Vec<String> = incident
        .record
        .links
        .iter()
        .filter(|l| may_leave(&l.url))
        .map(|l| format!("{}: {}", l.kind, l.url))
        .collect();
    let of = incident.disposition.as_ref().and_then(|d| d.of);
    lines.extend(of.map(|of| format!("duplicate of {of}")));
    // The merge said both, and they are one.
    let said =
        |r: &&RelatedIncident| r.relation == DUPLICATE && of.is_some_and(|of| r.incident == of.to_string());
    let belonging = incident.record.belonging().filter(|r| !said(r));
    lines.extend(belonging.map(|r| format!("{}: {}", r.relation, r.incident)));
    lines
}

impl Brief {
    /// The brief as plain text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = one_line(&self.title);
        text.push('\n');
        for section in &self.sections {
            match section.lines.as_slice() {
                [] => text.push_str(&format!("\n{}: nothing yet\n", section.heading)),
                lines => {
                    text.push_str(&format!("\n{}\n", section.heading));
                    for line in lines {
                        text.push_str(&format!("  {}\n", line.replace('\n', " ")));
                    }
                }
            }
        }
        text
    }
}

/// `4m left` or `2m over`.
#[must_use]
pub fn left(at: Utc, now: Utc) -> String {
    if at > now {
        format!("{} left", format_span(at - now))
    } else {
        format!("{} over", format_span(now - at))
    }
}

fn impact(incident: &Incident) -> Vec<String> {
    let scope = incident.record.counted();
    let scope = if scope.is_empty() { None } else { Some(format!("scope: {scope}")) };
    let Some(impact) = incident.impact.as_ref().filter(|impact| may_leave(&impact.text)) else {
        return scope.into_iter().collect();
    };
    let flags = [
        ("customer data", impact.customer_data),
        ("production", impact.production),
        ("privileged access", impact.privileged_access),
    ];
    let flags: Vec<String> = flags
        .iter()
        .map(|(n, f)| if *f == Flag::Unknown { format!("{n}?") } else { format!("{n}: {f}") })
        .collect();
    let mut lines = vec![format!("{}: {}", impact.certainty, impact.text), flags.join(" · ")];
    lines.extend(scope);
    lines
}

/// When it ended and by what; while it is open, since when it harms nobody any more, if it was said.
fn ended(incident: &Incident, now: Utc, zone: Tz) -> Vec<String> {
    let mitigated = incident.holding(Milestone::Mitigated).map(|mark| with_day(mark.at, now, zone));
    let Some(at) = incident.resolved_at.filter(|_| incident.state != State::Open) else {
        return mitigated.map(|at| format!("mitigated {at}, not resolved")).into_iter().collect();
    };
    let by = Some(&incident.ended_by).filter(|by| !by.is_empty() && may_leave(by));
    let by = by.map(|by| format!(" — {by}")).unwrap_or_default();
    vec![format!("resolved {}{by}", with_day(at, now, zone))]
}

fn command(incident: &Incident, policy: &Policy) -> Vec<String> {
    let mut lines = vec![
        incident
            .roster
            .now()
            .iter()
            .map(|h| format!("{} {}", h.role, h.person))
            .collect::<Vec<_>>()
            .join(" · "),
    ];
    lines.retain(|l| !l.is_empty());
    let missing = missing_roles(incident, policy);
    if !missing.is_empty() && incident.state == State::Open {
        lines.push(format!("required and unfilled: {}", missing.join(", ")));
    }
    lines
}

/// The required roles that nobody holds now, alternatives joined by ` or `.
#[must_use]
pub fn missing_roles(incident: &Incident, policy: &Policy) -> Vec<String> {
    policy
        .required_roles(&incident.profile, incident.severity.as_deref())
        .into_iter()
        .filter(|required| !required.split('/').any(|role| incident.roster.holder(role).is_some()))
        .map(|required| required.replace('/', " or "))
        .collect()
}

fn doing(incident: &Incident, now: Utc) -> Vec<String> {
    let due = |s: &Step| match s.due_at.filter(|_| incident.clocks_run()) {
        Some(at) => format!("{}, {}", s.text.trim_end_matches('.'), left(at, now)),
        None => s.text.clone(),
    };
    let mut lines: Vec<String> = incident
        .checklist
        .steps()
        .filter(|s| s.state == StepState::Doing)
        .map(|s| format!("{}: {}", s.person.as_deref().unwrap_or("somebody"), due(s)))
        .collect();
    let waits = |s: &&Step| s.is_todo() && s.due_at.is_some();
    lines.extend(
        incident
            .checklist
            .steps()
            .filter(waits)
            .map(|s| format!("for {}: {}", s.person.as_deref().unwrap_or("somebody"), due(s))),
    );
    lines.extend(incident.checklist.steps().filter(|s| s.state == StepState::Blocked).map(
        |s| match may_leave(&s.reason) {
            true => format!("blocked: {} ({})", s.text, s.reason),
            false => format!("blocked: {}", s.text),
        },
    ));
    for runbook in incident.checklist.runbooks() {
        let (done, all) = incident.checklist.progress(runbook.seq);
        let next = incident
            .checklist
            .steps_of(runbook.seq)
            .find(|s| s.is_todo())
            .map(|s| format!("; next: {}", s.text))
            .unwrap_or_default();
        lines.push(format!("{} {done}/{all}{next}", runbook.title));
    }
    lines
}

/// How many decisions to check and steps that are due the brief names; what the team promised it always names.
const MOST_NEXT: usize = 4;

fn next(incident: &Incident, policy: &Policy, mut running: Vec<Clock>, now: Utc) -> Vec<String> {
    match incident.state {
        State::Open => {
            // Asks have a heading of their own.
            let undated = clocks::undated(incident, &running);
            running.retain(|c| !matches!(c.key, ClockKey::Ask(_)));
            let all = running.len();
            let others = || running.iter().filter(|c| !c.key.has_target());
            // One that is still to come is named before the last of those that ran out.
            let mut named: Vec<ClockKey> = others().take(MOST_NEXT).map(|c| c.key).collect();
            let ahead = others().find(|c| c.pressure(now) != Pressure::Breached).map(|c| c.key);
            if let Some(ahead) = ahead.filter(|key| !named.contains(key)) {
                named.truncate(MOST_NEXT.saturating_sub(1));
                named.push(ahead);
            }
            running.retain(|c| c.key.has_target() || named.contains(&c.key));
            let cut = all.saturating_sub(running.len());
            let more = (cut > 0).then(|| format!("and {cut} more"));
            let running = running.iter().map(|c| {
                let word = if c.pressure(now) == Pressure::Breached { " !" } else { "" };
                let moved = spoken(incident, c);
                let unheard = if c.unheard { ", not acknowledged" } else { "" };
                let (left, which) = (left(c.deadline, now), which(incident, c));
                format!("{} {left}{unheard}{word}{moved}{which}", c.what)
            });
            let undated = undated.iter().map(ToString::to_string);
            running.chain(more).chain(undated).chain(clocks::waiting(incident, now)).collect()
        }
        State::Resolved => {
            // What is owed by law.
            let owed = running.iter().map(|c| {
                let word = if c.pressure(now) == Pressure::Breached { " !" } else { "" };
                format!("{} {}{word}{}", c.what, left(c.deadline, now), spoken(incident, c))
            });
            owed.chain([closeout::ahead(incident, policy)]).collect()
        }
        State::Closed => match incident.closing.waiver.as_str() {
            why if why.is_empty() || !may_leave(why) => vec!["closed".to_owned()],
            why => vec![format!("closed, waived: {why}")],
        },
    }
}

/// What was said on a clock that does not run as the team's rule has it, or whose breach somebody acknowledged: by whom,
/// and why.
fn spoken(incident: &Incident, clock: &Clock) -> String {
    let key = clock.key.to_string();
    let ack = incident
        .clocks
        .get(&key)
        .and_then(|c| c.acknowledged.as_ref())
        .filter(|ack| ack.at >= clock.spoken_from);
    let said = |word: &str, by: &str, why: &str| match told_why(why) {
        Some(why) => format!(" ({word} by {by}: {why})"),
        None => format!(" ({word} by {by})"),
    };
    match (ack, incident.targets.get(&key)) {
        (Some(ack), _) if clock.deadline != clock.natural => said("moved", &ack.by, &ack.reason),
        (Some(ack), _) if clock.acknowledged => said("acknowledged", &ack.by, &ack.reason),
        (_, Some(own)) if clock.moved => said("moved", &own.by, &own.reason),
        _ if clock.moved => " (moved)".to_owned(),
        _ => String::new(),
    }
}

/// Where the postmortem stands, for whoever has to go on with it.
fn review(incident: &Incident, now: Utc) -> Option<String> {
    let postmortem = &incident.closing.postmortem;
    let (waived, owner) = (postmortem.waived.is_some(), postmortem.owner.as_deref());
    review_words(waived, postmortem.stands(), owner, postmortem.meeting, now.date_naive())
}

/// The starred lines and turns of the incident that tell its story: for briefs, drafts and exports. Struck and
/// privileged lines are left out.
pub fn story_lines(incident: &Incident) -> impl Iterator<Item = &Entry> {
    use crate::domain::incident::Topic;
    use crate::domain::words::EntryKind;
    incident.timeline.shown().filter(|e| {
        e.struck.is_none()
            && !e.is_privileged()
            && (e.starred
                || matches!(e.topic, Topic::Turn)
                || matches!(e.kind, EntryKind::Decision | EntryKind::Alert))
    })
}

#[cfg(test)]
mod tests;
