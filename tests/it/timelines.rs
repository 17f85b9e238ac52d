//! Real timelines, typed through the grammar of a line.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on may panic")]

use warroom::domain::quick_entry::{Line, milestone_hint, parse};
use warroom::domain::time_spec::Context;
use warroom::domain::zone::Tz;

use crate::data::test_data;

/// The lines of the real timelines: time as written, text.
fn lines() -> Option<Vec<(String, String)>> {
    let text = std::fs::read_to_string(test_data("timelines/timelines.jsonl")?).unwrap();
    let line = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        (value["at"].as_str().unwrap().to_owned(), value["text"].as_str().unwrap().to_owned())
    };
    Some(text.lines().map(line).collect())
}

#[test]
fn every_line_of_the_real_timelines_comes_back_with_its_time() {
    let Some(lines) = lines() else { return };
    assert!(lines.len() > 200);
    for zone in [Tz::UTC, Tz::named("Europe/Berlin").unwrap()] {
        let ctx = Context { now: "2026-11-20T14:37:20Z".parse().unwrap(), zone };
        for (at, text) in &lines {
            let entry = parse(&format!("{at} {text}"), &ctx).unwrap();
            assert_eq!(entry.line, Line::Note { starred: false }, "{text}");
            assert_eq!(entry.text, text.trim_start(), "{text}");
            let wanted: chrono::DateTime<chrono::Utc> = at.parse().unwrap();
            assert_eq!(entry.at.unwrap().at, wanted, "{text}");
        }
    }
}

#[test]
fn few_lines_of_the_real_timelines_are_offered_as_a_milestone() {
    let Some(lines) = lines() else { return };
    let offered: Vec<_> = lines.iter().filter_map(|(_, text)| Some((milestone_hint(text)?, text))).collect();
    assert!(!offered.is_empty() && offered.len() * 20 < lines.len(), "{} of {}", offered.len(), lines.len());
}

#[test]
fn no_line_of_the_real_timelines_promises_an_update() {
    let Some(lines) = lines() else { return };
    let ctx = Context { now: "2026-11-20T14:37:20Z".parse().unwrap(), zone: Tz::UTC };
    for (_, text) in &lines {
        let entry = parse(&format!("> internal: {text}"), &ctx).unwrap();
        assert!(matches!(entry.line, Line::Update { next: None, .. }), "{text}");
        assert_eq!(entry.text, text.trim_start(), "{text}");
    }
}
