use super::*;
use crate::domain::ids::{IncidentId, Seq, StoryId};
use crate::domain::time::Utc;
use crate::domain::words::{Phase, Visibility};

fn at(text: &str) -> Utc {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn row(number: u32, declared: &str, minutes: &[(Milestone, i64)]) -> Summary {
    let declared_at = at(declared);
    Summary {
        id: IncidentId { year: 2026, number },
        title: "x".to_owned(),
        kind: IncidentKind::Real,
        profile: "p".to_owned(),
        severity: Some("P2".to_owned()),
        state: State::Closed,
        phase: Phase::Recover,
        visibility: Visibility::Team,
        disposition: None,
        services: Vec::new(),
        tags: Vec::new(),
        commander: None,
        milestones: minutes
            .iter()
            .map(|(m, min)| (m.to_string(), declared_at + Span::minutes(*min)))
            .collect(),
        declared_at,
        resolved_at: None,
        closed_at: None,
        ended_by: String::new(),
        postmortem: None,
        postmortem_waived: false,
        unshipped: 0,
        reopened: 0,
        people: Vec::new(),
        head: Seq(1),
        updated_at: declared_at,
    }
}

fn story(incident: u32, number: u32, state: StoryState, due: &str) -> StorySummary {
    let incident = IncidentId { year: 2026, number: incident };
    StorySummary {
        id: StoryId { incident, number },
        incident,
        title: "x".to_owned(),
        owner: None,
        due: Some(day(due)),
        severity: None,
        kind: None,
        state,
        proof: String::new(),
        external: String::new(),
        link: String::new(),
        reason: String::new(),
        filed_at: at("2026-01-01T00:00:00Z"),
        changed_at: at("2026-01-01T00:00:00Z"),
    }
}

const RESOLVED_AFTER: [i64; 4] = [10, 20, 40, 100];

fn four() -> Vec<Summary> {
    (1_u32..)
        .zip(RESOLVED_AFTER)
        .map(|(n, minutes)| {
            row(n, "2026-03-01T10:00:00Z", &[(Milestone::Detected, 0), (Milestone::Resolved, minutes)])
        })
        .collect()
}

fn time<'a>(stats: &'a Stats, name: &str) -> &'a Measured {
    stats.times.iter().find(|t| t.name == name).unwrap()
}

#[test]
fn median_and_p90_are_as_defined() {
    let stats = stats(&four(), &[], None, day("2026-11-20"));
    let resolve = time(&stats, "time to resolve");
    assert_eq!((resolve.n, resolve.missing, resolve.reversed), (4, 0, 0));
    assert_eq!(resolve.median_ms, Some(30 * 60_000));
    assert_eq!(resolve.p90_ms, Some(100 * 60_000));
    let contain = time(&stats, "time to contain");
    assert_eq!((contain.n, contain.missing, contain.median_ms, contain.p90_ms), (0, 4, None, None));
    assert_eq!(median(&[1, 5, 9]), Some(5));
    let ten: Vec<i64> = (1..=10).collect();
    assert_eq!(
        (nearest_rank(&ten, 90), nearest_rank(&[7], 90), nearest_rank(&[], 90)),
        (Some(9), Some(7), None)
    );
}

#[test]
fn drills_tests_and_dismissed_ones_are_counted_apart() {
    let mut rows = four();
    rows[0].kind = IncidentKind::Drill;
    rows[1].kind = IncidentKind::Test;
    rows[2].disposition = Some(DispositionWord::FalseAlarm);
    rows[3].kind = IncidentKind::Backfilled;
    let stats = stats(&rows, &[], None, day("2026-11-20"));
    assert_eq!(stats.counted, 1);
    assert_eq!(time(&stats, "time to resolve").median_ms, Some(100 * 60_000));
    assert_eq!(stats.dismissed.get("false-alarm"), Some(&1));
    assert_eq!(stats.by_kind.get("drill"), Some(&1));
    assert_eq!(stats.by_severity.get("P2"), Some(&1));
}

#[test]
fn marks_in_the_wrong_order_are_left_out_and_told() {
    let rows = [row(1, "2026-03-01T10:00:00Z", &[(Milestone::Detected, 5), (Milestone::Resolved, 0)])];
    let stats = stats(&rows, &[], None, day("2026-11-20"));
    let resolve = time(&stats, "time to resolve");
    assert_eq!((resolve.n, resolve.reversed), (0, 1));
    assert!(stats.to_text().contains("1 reversed"));
}

#[test]
fn since_leaves_out_older_ones_with_their_stories() {
    let rows = [row(1, "2026-02-28T23:59:59Z", &[]), row(2, "2026-03-01T00:00:00Z", &[])];
    let stories = [
        story(1, 1, StoryState::Filed, "2026-01-01"),
        story(2, 1, StoryState::Filed, "2026-11-19"),
        story(2, 2, StoryState::Started, "2026-11-20"),
        story(2, 3, StoryState::Shipped, "2026-01-01"),
        story(2, 4, StoryState::Verified, "2026-01-01"),
        story(2, 5, StoryState::Dropped, "2026-01-01"),
    ];
    let stats = stats(&rows, &stories, Some(day("2026-03-01")), day("2026-11-20"));
    assert_eq!(stats.counted, 1);
    assert_eq!(stats.stories.filed, 5);
    assert_eq!((stats.stories.closed, stats.stories.verified, stats.stories.overdue), (2, 1, 1));
    assert_eq!(stats.stories.closure_rate, Some(0.5));
    assert_eq!(stats.postmortems_owed, 1);
}

#[test]
fn nothing_at_all_has_figures_too() {
    let stats = stats(&[], &[], None, day("2026-11-20"));
    assert_eq!(stats.stories.closure_rate, None);
    let text = stats.to_text();
    for definition in DEFINITIONS {
        assert!(text.contains(definition.means), "{} is not defined", definition.figure);
    }
    assert!(text.contains("started → detected"));
}

#[test]
fn since_is_a_year_a_month_or_a_day() {
    assert_eq!(first_day("2026"), Some(day("2026-01-01")));
    assert_eq!(first_day("2026-05"), Some(day("2026-05-01")));
    assert_eq!(first_day("2026-05-31"), Some(day("2026-05-31")));
    assert_eq!(first_day("soon"), None);
}
