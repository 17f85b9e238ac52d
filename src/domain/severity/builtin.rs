//! The three built-in profiles. Response, resolution and postmortem targets are those of the published procedures
//! that they stand for; what those leave open is filled from good practice, with its source, in the functions at
//! the end. It must not hold a team's own figures: those come from the configuration.

use super::{Level, Profile, Target};
use crate::domain::time::Span;

/// `p`: P1 to P4 of a DevSecOps course's incident module: response 15 min, 1 h, 4 h, 1 week; resolution 4 h,
/// 24 h, 1 week, next sprint.
pub(super) fn p() -> Profile {
    let p1 = level(
        0,
        "P1",
        "Customers are cut off, or an attacker is active. A leaked signing key or a compromised pipeline is one.",
        minutes(15),
        hours(4),
    );
    let p2 = level(1, "P2", "A service works badly; no sign of a breach.", hours(1), hours(24));
    let p3 = level(2, "P3", "Only internal, nothing suffers yet.", hours(4), weeks(1));
    let p4 = level(3, "P4", "Something to improve.", weeks(1), Target::Named("next sprint".into()));
    profile("p", p1, [p2, p3, p4])
}

/// `sev`: SEV-1 to SEV-4 of a security response runbook. It states a response only: immediate, same business
/// day, next business day, backlog.
pub(super) fn sev() -> Profile {
    let sev1 = level(
        0,
        "SEV-1",
        "A compromise that hurts customers now or soon: data taken, an attacker in production, cloud root lost.",
        Target::Within(Span::zero()),
        Target::None,
    );
    let sev2 = level(
        1,
        "SEV-2",
        "High risk, impact held or unclear: a leaked production secret or CI token, an exposed service exploited.",
        Target::BusinessDays(0),
        Target::None,
    );
    let sev3 = level(
        2,
        "SEV-3",
        "Needs several people to fix: an exposed critical flaw, suspicious access, a control that failed.",
        Target::BusinessDays(1),
        Target::None,
    );
    let sev4 = level(
        3,
        "SEV-4",
        "Little risk or a breach of policy: a test secret, stale access, an informational finding.",
        Target::Named("backlog".into()),
        Target::None,
    );
    profile("sev", sev1, [sev2, sev3, sev4])
}

/// `iso`: Sev1 to Sev4 of an ISO 27001 incident procedure (A.5.24). It states a response only: 15 min, 2 h, 24 h,
/// 72 h.
pub(super) fn iso() -> Profile {
    let sev1 = level(
        0,
        "Sev1",
        "An active breach, data taken, a key compromised, or an outage that customers feel.",
        minutes(15),
        Target::None,
    );
    let sev2 = level(
        1,
        "Sev2",
        "A suspected breach, a strong degradation, or a vulnerability reported from outside.",
        hours(2),
        Target::None,
    );
    let sev3 = level(
        2,
        "Sev3",
        "A small degradation, a single control that failed, or a gap in the evidence.",
        hours(24),
        Target::None,
    );
    let sev4 = level(
        3,
        "Sev4",
        "A near miss, or a deviation from policy without risk now.",
        hours(72),
        Target::None,
    );
    profile("iso", sev1, [sev2, sev3, sev4])
}

/// A level whose further obligations follow from its place in the order.
fn level(rank: usize, name: &str, definition: &str, response: Target, resolution: Target) -> Level {
    Level {
        name: name.into(),
        definition: definition.into(),
        response,
        resolution,
        update_every: update_every(rank),
        story_due: story_due(rank),
        postmortem_due: postmortem_due(rank),
    }
}

/// The cadence of updates. For the highest, the upper end of the 20 to 30 minutes that PagerDuty's response
/// guide gives (more often costs the room more than it tells the reader); an hour for the second, whose response
/// targets are themselves an hour or more; once a day for the third, which nobody outside waits for.
fn update_every(rank: usize) -> Option<Span> {
    match rank {
        0 => Some(Span::minutes(30)),
        1 => Some(Span::hours(1)),
        2 => Some(Span::hours(24)),
        _ => None,
    }
}

/// When an improvement story is due. The middle two are the four and eight weeks that Atlassian's incident
/// handbook allows for actions of a postmortem; the highest gets one sprint of two weeks, the lowest one quarter,
/// the interval of game days, so that none is without a date and dies silently.
fn story_due(rank: usize) -> Target {
    match rank {
        0 => weeks(2),
        1 => weeks(4),
        2 => weeks(8),
        _ => weeks(13),
    }
}

/// When the postmortem is due: five business days for the two highest, as the `sev` and `iso` procedures say; the
/// `p` procedure gives a week, which is the same.
fn postmortem_due(rank: usize) -> Target {
    if rank < 2 { Target::BusinessDays(5) } else { Target::None }
}

/// A profile of four levels.
fn profile(name: &str, first: Level, rest: [Level; 3]) -> Profile {
    Profile { name: name.into(), first, rest: rest.into() }
}

/// A target in minutes.
fn minutes(count: i64) -> Target {
    Target::Within(Span::minutes(count))
}

/// A target in hours.
fn hours(count: i64) -> Target {
    Target::Within(Span::hours(count))
}

/// A target in weeks.
fn weeks(count: i64) -> Target {
    Target::Within(Span::weeks(count))
}
