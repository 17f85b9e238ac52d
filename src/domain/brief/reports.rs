//! Two shorter forms of the brief for people who do not work in the room: the tactical report (conditions, actions,
//! needs), and the summary for those who lead. It must not guess: what nobody said stays out.

use super::{Brief, BriefSection, LATEST, brief, decided, latest, left, missing_roles, which};
use crate::domain::clocks::{self, Clock, Pressure};
use crate::domain::incident::Incident;
use crate::domain::policy::Policy;
use crate::domain::telling;
use crate::domain::time::{Utc, with_day};
use crate::domain::wording;
use crate::domain::words::{Milestone, State};
use crate::domain::zone::Tz;

fn lines_of(whole: &Brief, headings: &[&str]) -> Vec<String> {
    let wanted = whole.sections.iter().filter(|s| headings.contains(&s.heading));
    wanted.flat_map(|s| s.lines.iter().cloned()).collect()
}

/// Conditions, Actions, Needs: what is, what is being done, what is lacking.
#[must_use]
pub fn tactical(incident: &Incident, policy: &Policy, now: Utc, zone: Tz) -> Brief {
    let whole = brief(incident, policy, now, zone);
    let mut conditions = vec![format!("{}, phase {}", wording::status(incident), incident.phase)];
    conditions.extend(lines_of(&whole, &["Impact", "Ended", LATEST, "Suspected"]));
    conditions.extend(lines_of(&whole, &["Ruled out"]).into_iter().map(|line| format!("ruled out: {line}")));
    let mut needs: Vec<String> = missing_roles(incident, policy)
        .into_iter()
        .map(|role| format!("a {role}: nobody has the role"))
        .collect();
    if incident.state == State::Open {
        needs.extend(lines_of(&whole, &["Open asks"]));
        let over = clocks::clocks(incident, policy, now)
            .into_iter()
            .filter(|c| c.pressure(now) == Pressure::Breached);
        let line = |c: Clock| format!("{} {}{}", c.what, left(c.deadline, now), which(incident, &c));
        needs.extend(over.map(|c| telling::safe(incident, &line(c))));
    }
    let sections = vec![
        BriefSection { heading: "Conditions", lines: conditions },
        BriefSection { heading: "Actions", lines: lines_of(&whole, &["Doing", "Decided"]) },
        BriefSection { heading: "Needs", lines: needs },
    ];
    Brief { title: whole.title, marks: whole.marks, sections }
}

/// How many decisions the summary names.
const MOST_DECIDED: usize = 3;

/// What somebody who leads has to know: what it does, where it stands, who commands, what comes next.
#[must_use]
pub fn executive(incident: &Incident, policy: &Policy, now: Utc, zone: Tz) -> Brief {
    let whole = brief(incident, policy, now, zone);
    let mut stands = vec![wording::status(incident).to_owned()];
    let points = [
        ("contained", Milestone::Contained),
        ("mitigated", Milestone::Mitigated),
        ("resolved", Milestone::Resolved),
    ];
    for (name, milestone) in points {
        if let Some(mark) = incident.holding(milestone) {
            stands.push(format!("{name} {}", with_day(mark.at, now, zone)));
        }
    }
    if incident.state == State::Open {
        stands.extend(latest::turned(incident, now, zone).map(|line| telling::safe(incident, &line)));
    }
    if !incident.ended_by.is_empty() {
        stands.push(format!("ended by: {}", incident.ended_by));
    }
    let decided = decided(incident, &clocks::clocks(incident, policy, now), now, zone, MOST_DECIDED);
    let decided = decided.into_iter().map(|line| telling::safe(incident, &line)).collect();
    let sections = vec![
        BriefSection { heading: "What it does", lines: lines_of(&whole, &["Impact"]) },
        BriefSection { heading: "Where it stands", lines: stands },
        BriefSection { heading: "Who commands", lines: lines_of(&whole, &["Command"]) },
        BriefSection { heading: "Decided last", lines: decided },
        BriefSection { heading: "What comes next", lines: lines_of(&whole, &["Next"]) },
    ];
    Brief { title: whole.title, marks: whole.marks, sections }
}
