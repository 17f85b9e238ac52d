use proptest::prelude::*;

use crate::domain::drill::condition::Condition;
use crate::domain::drill::{MAX_BYTES, parse};
use crate::domain::time::Span;
use crate::domain::words::StoryKind;

const SCRIPT: &str = "\
---
title: Disk full
severity: P2
roles: [facilitator, commander]
duration: 1h30m
---

# Drill: disk full

## Scenario

It is night.
Nobody is awake.

The pager rings.

## Roles

- Facilitator: reads

## Injects

- T+0 The pager rings
  - Expect within 5m: somebody takes it `role ic`
- T+1h30m: The disk is
  full
    - Expect: `entry Résumé`
    - expect within 90s : it is said aloud,
      twice `ls -l`.

## Expected outcomes

- Space

## Improvements to file

- Detective: page earlier
- A bigger disk

## Notes

- T+5m is no inject here
";

#[test]
fn a_script_is_read() {
    let (script, problems) = parse(SCRIPT, "disk");
    assert_eq!(problems, []);
    assert_eq!(script.title, "Disk full");
    assert_eq!(script.severity.as_deref(), Some("P2"));
    assert_eq!(script.roles, ["facilitator", "commander"]);
    assert_eq!(script.duration, Some(Span::minutes(90)));
    assert_eq!(script.scenario, ["It is night. Nobody is awake.", "The pager rings."]);
    assert_eq!((script.parts.len(), script.outcomes.len()), (1, 1));
    let [first, second] = script.injects.as_slice() else { panic!("{:?}", script.injects) };
    assert_eq!((first.after, first.text.as_str(), first.line), (Span::zero(), "The pager rings", 23));
    assert_eq!(first.expect[0].within, Some(Span::minutes(5)));
    assert_eq!(first.expect[0].condition, Some(Condition::Role("ic".to_owned())));
    assert_eq!(first.expect[0].text, "somebody takes it");
    assert_eq!((second.after, second.text.as_str()), (Span::minutes(90), "The disk is full"));
    assert_eq!(second.expect[0].text, "entry Résumé");
    assert_eq!(second.expect[1].text, "it is said aloud, twice `ls -l`.");
    assert_eq!((second.expect[1].within, &second.expect[1].condition), (Some(Span::seconds(90)), &None));
    let kinds: Vec<_> = script.improvements.iter().map(|i| (i.text.as_str(), i.kind)).collect();
    assert_eq!(kinds, [("page earlier", Some(StoryKind::Detective)), ("A bigger disk", None)]);
    let (parted, _) = parse(
        "## Injects\n### First hour\n- T+1m a\n### Second hour\n- T+61m b\n## Injection attacks\n- T+2m c\n",
        "x",
    );
    assert_eq!(parted.injects.len(), 2, "{parted:?}");
    // Line ends of other systems, and a text without any frame.
    assert_eq!(parse(&SCRIPT.replace('\n', "\r\n"), "disk"), (script, Vec::new()));
    let (bare, problems) = parse("## Injects\n* T+2m x\n", "bare");
    assert_eq!((bare.title.as_str(), bare.injects.len(), problems.len()), ("bare", 1, 0));
}

#[track_caller]
fn check(injects: &str, line: usize, part: &str) {
    let (_, problems) = parse(&format!("## Injects\n{injects}\n"), "x");
    assert!(problems.iter().any(|p| p.line == line && p.message.contains(part)), "{injects:?}: {problems:?}");
}

#[test]
fn what_is_not_read_as_intended_is_a_problem_with_its_line() {
    check("- T+5 soon", 2, "write T+5m");
    check("- T+99999h late", 2, "at most 30 days");
    check("- T+5m", 2, "says nothing");
    check("- at five", 2, "begin it with its time");
    check("- T+1m a\n  - it is taken", 3, "begin it with Expect:");
    check("- T+1m a\n  - Expect it is taken", 3, "put a colon");
    check("- T+1m a\n  - Expect soon: x", 3, "write Expect within 5m:");
    check("- T+1m a\n  - Expect:", 3, "nothing is expected");
    check("  - Expect: x", 2, "under no inject");
    check("- T+1m a\n  - Expect: x `rol ic`", 3, "none of: declared");
    check("- T+1m a\n  - Expect: x `phase later`", 3, "detect, contain");
    check("- T+9m a\n- T+1m b", 3, "comes before");
    check("", 1, "no inject was read");
    check("- T+1m a\n```\nls\n```", 3, "block of code");
    let late = "---\nduration: 5m\n---\n## Injects\n- T+9m a\n";
    assert!(parse(late, "x").1[0].message.contains("after the end"));
    assert!(parse("---\nduration: soon\n---\n## Injects\n- T+9m a\n", "x").1[0].message.contains("60m"));
    assert!(parse("---\ntitle: x\n## Injects\n- T+9m a\n", "x").1[0].message.contains("no end"));
}

#[test]
fn what_is_read_is_bounded() {
    let many = "- T+1m a\n  - Expect: b\n".repeat(3_000);
    let (script, problems) = parse(&format!("## Injects\n{many}"), "x");
    assert_eq!((script.injects.len(), problems.len()), (200, 1));
    let many = "  - Expect: b\n".repeat(3_000);
    let (script, problems) = parse(&format!("## Injects\n- T+1m a\n{many}"), "x");
    assert_eq!((script.expectations().count(), problems.len()), (1_000, 1));
    let (script, problems) = parse(&format!("## Injects\n- T+1m {}\n", "ä ".repeat(MAX_BYTES)), "x");
    assert!(script.injects.is_empty() && problems.len() == 2, "{problems:?}");
    let (script, _) = parse(&format!("## Injects\n- T+1m {}\n", "ä".repeat(9_000)), "x");
    assert_eq!(script.injects[0].text.chars().count(), 2_000);
    let (_, problems) = parse(&format!("## Injects\n{}", "- x\n".repeat(500)), "x");
    assert_eq!(problems.len(), 101);
}

proptest! {
    #[test]
    fn any_text_parses(
        text in "(?s)(---\n|## Injects\n|# |- T\\+[0-9]{0,12}[mhs]? |  - Expect|within 5m|: |`|role ic|- |\t|\r|\n|[a-zA-Z0-9 :*+.]|\\PC){0,120}"
    ) {
        let lines = text.split(['\n', '\r']).count();
        let (script, problems) = parse(&text, "x");
        for problem in &problems {
            prop_assert!(problem.line >= 1 && problem.line <= lines + 1, "{problem:?} of {lines}");
        }
        for inject in &script.injects {
            prop_assert!(!inject.text.is_empty() && !inject.text.contains('\n'));
            prop_assert!(inject.expect.iter().all(|e| !e.text.is_empty()));
        }
        // What the log holds of a condition is read again.
        let started = script.started("x", String::new(), String::new(), |_| true);
        for expectation in started.injects.iter().flat_map(|i| &i.expect) {
            if let Some(condition) = &expectation.condition {
                let read = Condition::parse(condition);
                prop_assert_eq!(read.map(|c| c.to_string()), Ok(condition.clone()));
            }
        }
    }
}
