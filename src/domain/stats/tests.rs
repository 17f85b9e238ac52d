use super::*;
use crate::domain::ids::{IncidentId, Seq, StoryId};
use crate::domain::stories::Rules;
use crate::domain::time::{Span, Utc};
use crate::domain::words::{DispositionWord, Phase, Visibility};

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
        code_name: String::new(),
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
        review: None,
        postmortem_owner: None,
        meeting: None,
        bound_by_law: false,
        unshipped: 0,
        reopened: 0,
        people: Vec::new(),
        runbooks: Vec::new(),
        duplicate_of: None,
        related: Vec::new(),
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
        raised_by: Vec::new(),
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
    stats.all.times.iter().find(|t| t.name == name).unwrap()
}

#[test]
fn median_and_p90_are_as_defined() {
    let stats = stats(&four(), &[], None, None, day("2026-11-20"), Rules::default());
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
    let stats = stats(&rows, &[], None, None, day("2026-11-20"), Rules::default());
    assert_eq!(stats.all.counted, 1);
    assert_eq!(time(&stats, "time to resolve").median_ms, Some(100 * 60_000));
    assert_eq!(stats.dismissed.get("false-alarm"), Some(&1));
    assert_eq!(stats.by_kind.get("drill"), Some(&1));
    assert_eq!((stats.by_kind.get("real"), stats.by_kind.get("backfilled")), (None, Some(&1)));
    assert_eq!(stats.all.by_severity.get("P2"), Some(&1));
}

#[test]
fn marks_in_the_wrong_order_are_left_out_and_told() {
    let rows = [row(1, "2026-03-01T10:00:00Z", &[(Milestone::Detected, 5), (Milestone::Resolved, 0)])];
    let stats = stats(&rows, &[], None, None, day("2026-11-20"), Rules::default());
    let resolve = time(&stats, "time to resolve");
    assert_eq!((resolve.n, resolve.reversed), (0, 1));
    let text = stats.to_text();
    let line = text.lines().find(|l| l.starts_with("time to resolve")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>()[6..], ["0", "-", "-", "0", "1"]);
}

#[test]
fn since_leaves_out_older_ones_with_their_stories() {
    let mut rows = [row(1, "2026-02-28T23:59:59Z", &[]), row(2, "2026-03-01T00:00:00Z", &[])];
    rows[1].state = State::Resolved;
    let stories = [
        story(1, 1, StoryState::Filed, "2026-01-01"),
        story(2, 1, StoryState::Filed, "2026-11-19"),
        story(2, 2, StoryState::Started, "2026-11-20"),
        story(2, 3, StoryState::Shipped, "2026-01-01"),
        story(2, 4, StoryState::Verified, "2026-01-01"),
        story(2, 5, StoryState::Dropped, "2026-01-01"),
    ];
    let stats = stats(&rows, &stories, Some(day("2026-03-01")), None, day("2026-11-20"), Rules::default());
    assert_eq!(stats.all.counted, 1);
    assert_eq!(stats.all.stories.filed, 5);
    assert_eq!((stats.all.stories.closed, stats.all.stories.verified, stats.all.stories.overdue), (2, 1, 1));
    assert_eq!(stats.all.stories.closure_rate, Some(0.5));
    assert_eq!(stats.all.postmortems_owed, 1);
}

#[test]
fn a_close_ends_what_is_owed_and_says_what_it_waived() {
    let mut rows = four();
    for (row, state) in rows.iter_mut().zip([State::Open, State::Resolved, State::Closed, State::Closed]) {
        row.state = state;
    }
    rows[3].postmortem = Some("2026/07/x.md".to_owned());
    let owed = |rows: &[Summary]| {
        stats(rows, &[], None, None, day("2026-11-20"), Rules::default()).all.postmortems_owed
    };
    let waived = |rows: &[Summary]| rows.iter().map(Summary::has_waived_postmortem).collect::<Vec<_>>();
    assert_eq!((owed(&rows), waived(&rows)), (1, vec![false, false, true, false]));
    rows[1].postmortem_waived = true;
    rows[2].disposition = Some(DispositionWord::FalseAlarm);
    assert_eq!(
        (owed(&rows), waived(&rows)),
        (0, vec![false, true, false, false]),
        "nothing was to be waived"
    );
}

#[test]
fn nothing_at_all_is_said_to_be_nothing() {
    let stats = stats(&[], &[], None, Some(By::Month), day("2026-11-20"), Rules::default());
    assert_eq!((stats.all.stories.closure_rate, stats.parts.len()), (None, 0));
    assert!(stats.all.times.iter().all(|t| (t.n, t.median_ms, t.p90_ms) == (0, None, None)));
    let text = stats.to_text();
    assert!(text.starts_with("No incident is counted (all incidents, as of 2026-11-20)"), "{text}");
    assert!(text.contains("nothing to measure yet"), "{text}");
}

#[test]
fn the_text_names_every_definition_and_both_points_and_fits_80_columns() {
    let mut rows = four();
    for (n, row) in rows.iter_mut().enumerate() {
        row.services = (0..=n).map(|i| format!("service-with-a-long-name-{i}")).collect();
        row.severity = Some(format!("a severity of our own {n}"));
        row.milestones.insert("started".to_owned(), at("2020-01-01T00:00:00Z"));
    }
    let stories =
        [story(1, 1, StoryState::Filed, "2026-01-01"), story(1, 2, StoryState::Verified, "2026-01-01")];
    for by in By::ALL.iter().copied().map(Some).chain([None]) {
        let stats = stats(&rows, &stories, None, by, day("2026-11-20"), Rules::default());
        let text = stats.to_text();
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
        }
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for definition in DEFINITIONS {
            let means = definition.means.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat.contains(&means), "{} is not defined", definition.figure);
        }
        for (_, from, to) in SPANS {
            assert!(text.contains(&format!("{from} → {to}")));
        }
    }
}

#[test]
fn parts_hold_each_counted_incident_with_its_own_figures() {
    // Two in March, one in April that is a drill, one in July; the detected-to-resolved times are 10, 20, 40, 100 min.
    let mut rows = four();
    let minutes = |n: usize| [(Milestone::Detected, 0), (Milestone::Resolved, RESOLVED_AFTER[n])];
    rows[1] = row(2, "2026-03-31T23:59:59Z", &minutes(1));
    rows[2] = row(3, "2026-04-01T00:00:00Z", &minutes(2));
    rows[2].kind = IncidentKind::Drill;
    rows[3] = row(4, "2026-07-09T08:00:00Z", &minutes(3));
    rows[0].services = vec!["web".to_owned(), "api".to_owned()];
    rows[1].services = vec!["web".to_owned()];
    rows[3].severity = None;
    let stories = [
        story(1, 1, StoryState::Shipped, "2026-01-01"),
        story(2, 1, StoryState::Filed, "2026-01-01"),
        story(3, 1, StoryState::Filed, "2026-01-01"),
    ];
    let parts = |by: By| {
        let stats = stats(&rows, &stories, None, Some(by), day("2026-11-20"), Rules::default());
        assert_eq!(stats.all.counted, 3);
        let told = |part: &Part| {
            let time = part.figures.times.iter().find(|t| t.name == "time to resolve").unwrap();
            let minutes = |ms: Option<i64>| ms.map_or(-1, |ms| ms / 60_000);
            (part.name.clone(), part.figures.counted, minutes(time.median_ms), minutes(time.p90_ms))
        };
        stats.parts.iter().map(told).collect::<Vec<_>>()
    };
    let told = |name: &str, n, median, p90| (name.to_owned(), n, median, p90);
    assert_eq!(parts(By::Month), [told("2026-03", 2, 15, 20), told("2026-07", 1, 100, 100)]);
    assert_eq!(parts(By::Quarter), [told("2026-Q1", 2, 15, 20), told("2026-Q3", 1, 100, 100)]);
    assert_eq!(parts(By::Year), [told("2026", 3, 20, 100)]);
    assert_eq!(parts(By::Severity), [told("P2", 2, 15, 20), told("unset", 1, 100, 100)]);
    assert_eq!(parts(By::Kind), [told("real", 3, 20, 100)]);
    assert_eq!(
        parts(By::Service),
        [told("api", 1, 10, 10), told("no service", 1, 100, 100), told("web", 2, 15, 20)]
    );
    let stats = stats(&rows, &stories, None, Some(By::Service), day("2026-11-20"), Rules::default());
    let rate = |name: &str| {
        let part = stats.parts.iter().find(|p| p.name == name).unwrap();
        (part.figures.stories.filed, part.figures.stories.closure_rate, part.figures.stories.overdue)
    };
    assert_eq!(
        (rate("web"), rate("api"), rate("no service")),
        ((2, Some(0.5), 1), (1, Some(1.0), 0), (0, None, 0))
    );
    assert_eq!(stats.all.stories.filed, 2, "the drill's story is not counted");
}

#[test]
fn since_is_a_year_a_month_or_a_day() {
    assert_eq!(first_day("2026"), Some(day("2026-01-01")));
    assert_eq!(first_day("2026-05"), Some(day("2026-05-01")));
    assert_eq!(first_day("2026-05-31"), Some(day("2026-05-31")));
    assert_eq!(first_day("soon"), None);
}
