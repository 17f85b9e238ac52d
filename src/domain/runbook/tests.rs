//! The reading of runbooks, from text fixtures: what is a step, what is kept, what is a problem.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::shipped::SHIPPED;
use super::*;

/// Steps as `line text`, what is no step as `line - text`, headings as `## heading`.
fn outline(text: &str) -> String {
    let (runbook, _) = parse(text);
    let mut out = String::new();
    for section in &runbook.sections {
        out.push_str(&format!("{} {}\n", "#".repeat(section.level.into()), section.heading));
        for item in &section.items {
            let mark = if item.step {
                ""
            } else if item.prose {
                "~ "
            } else {
                "- "
            };
            out.push_str(&format!("{} {mark}{}\n", item.line, item.text));
            for detail in &item.details {
                out.push_str(&format!("    . {detail}\n"));
            }
            for command in &item.commands {
                out.push_str(&format!("    $ {}\n", command.replace('\n', " / ")));
            }
        }
    }
    out
}

#[track_caller]
fn check_outline(text: &str, expected: &str) {
    let expected: String = expected.lines().map(|line| format!("{line}\n")).collect();
    assert_eq!(outline(text), expected, "of:\n{text}");
}

fn messages(text: &str) -> Vec<String> {
    parse(text).1.iter().map(|problem| format!("{}: {}", problem.line, problem.message)).collect()
}

#[track_caller]
fn check_problem(text: &str, line: usize, part: &str) {
    let (_, problems) = parse(text);
    assert!(
        problems.iter().any(|problem| problem.line == line && problem.message.contains(part)),
        "no \"{part}\" at line {line} in {problems:?}"
    );
}

#[test]
fn a_top_level_item_is_a_step_and_what_is_nested_is_its_detail() {
    check_outline(
        "# T\n## Containment\n1. Disable the key\n\n   ```sh\n   kms disable <key-id>\n   ```\n   - in each region\n     - also the small ones\n1. Stop builds\n",
        "# T\n## Containment\n3 Disable the key\n    . in each region\n    .   also the small ones\n    $ kms disable <key-id>\n10 Stop builds",
    );
}

#[test]
fn a_task_item_is_a_step_at_any_depth() {
    check_outline(
        "# T\n## Recovery\n- Groups:\n  - [ ] first\n    - how\n  - [x] second\n",
        "# T\n## Recovery\n3 Groups:\n4 first\n    . how\n6 second",
    );
}

#[test]
fn explaining_sections_have_no_steps() {
    for heading in [
        "Meaning",
        "Impact",
        "Prerequisites",
        "Pre-requisites",
        "Preconditions",
        "Detection",
        "References",
        "Other Links",
        "Related",
        "See also",
        "Symptoms",
        "Summary",
        "Severity",
        "Owner",
        "Escalation",
        "1.1 Identify the Alert Source",
        "Appendix C — Reference Links",
        "Table of contents",
    ] {
        let text = format!("# T\n## {heading}\n- One thing\n## Containment\n- Act\n");
        let (runbook, _) = parse(&text);
        let steps: Vec<&str> = runbook.steps().map(|(_, item)| item.text.as_str()).collect();
        assert_eq!(steps, ["Act"], "under {heading}");
    }
}

#[test]
fn acting_sections_have_steps_and_their_phase() {
    use crate::domain::words::Phase;
    for (heading, phase) in [
        ("First 15 minutes", Some(Phase::Detect)),
        ("Triage (first 5 minutes)", Some(Phase::Detect)),
        ("Diagnosis", Some(Phase::Detect)),
        ("Part 2: Contain the Incident", Some(Phase::Contain)),
        ("Mitigation", Some(Phase::Contain)),
        ("Eradication", Some(Phase::Eradicate)),
        ("**Part 4**: Recover from the Incident", Some(Phase::Recover)),
        ("Verify before resuming", Some(Phase::Recover)),
        ("5. Post-incident activity", Some(Phase::Learn)),
        ("Preserve", None),
        ("Upgrade the nodes", None),
    ] {
        let (runbook, _) = parse(&format!("# T\n## {heading}\n- Act\n### Deeper\n- Act too\n"));
        let phases: Vec<_> = runbook.steps().map(|(_, item)| item.phase).collect();
        assert_eq!(phases, [phase, phase], "under {heading}");
    }
}

#[test]
fn links_todo_questions_and_names_are_not_steps() {
    check_outline(
        "# T\n## Contain\n- [the dashboard](https://d)\n- TODO\n- `TODO: write this`\n- Open [the dashboard](https://d)\n## Scope questions\n- Which hosts?\n- Were backups read? Ask the owner.\n- List the hosts.\n## Look for\n- `CreateUser`, `CreateRole`\n- `DeleteTrail` (audit)\n- any `Create*` call\n## Cut\n- `kubectl cordon <node>`\n",
        "# T\n## Contain\n3 - the dashboard\n    . the dashboard: https://d\n4 - TODO\n5 - `TODO: write this`\n6 Open the dashboard\n    . the dashboard: https://d\n## Scope questions\n8 - Which hosts?\n9 - Were backups read? Ask the owner.\n10 - List the hosts.\n## Look for\n12 - `CreateUser`, `CreateRole`\n13 - `DeleteTrail` (audit)\n14 - any `Create*` call\n## Cut\n16 `kubectl cordon <node>`",
    );
}

#[test]
fn questions_elsewhere_are_steps() {
    check_outline("# Look into it\n1. Is the ingress open?\n", "# Look into it\n2 Is the ingress open?");
}

#[test]
fn placeholders_stay_and_known_tags_go() {
    check_outline(
        "# T\n## Contain\n- Disable <key-id><br>in <b>all</b> regions\n",
        "# T\n## Contain\n3 Disable <key-id> in all regions",
    );
}

#[test]
fn nothing_is_lost_that_is_no_item() {
    check_outline(
        "before\n# T\n## Contain\nDo it so:\n```\nrun this\n```\n> - quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<details>\n<summary>More</summary>\n\n- Act\n\n</details>\n",
        " \n1 ~ before\n# T\n## Contain\n4 ~ Do it so:\n    $ run this\n8 - quoted\n10 ~ a | b\n12 ~ 1 | 2\n14 ~ More\n17 Act",
    );
}

#[test]
fn a_fence_that_is_not_indented_belongs_to_the_item_above() {
    check_outline("# T\n1. One\n```\na\n```\n1. Two\n```\nb\n```\n", "# T\n2 One\n    $ a\n6 Two\n    $ b");
}

#[test]
fn data_in_fences_is_a_detail() {
    check_outline("# T\n- Set\n  ```yaml\n  a: 1\n  ```\n", "# T\n2 Set\n    . a: 1");
}

#[test]
fn titles() {
    let title = |text: &str| parse_named(text, "file-name").0.title;
    assert_eq!(title("# One\n## Two\n"), "One");
    assert_eq!(title("---\ntitle: Front\n---\n# One\n"), "One");
    assert_eq!(title("---\ntitle: Front\n---\n# <%= current_page.data.title %>\n"), "Front");
    assert_eq!(title("---\ntitle: Front\n---\n# One\n# Two\n"), "Front");
    assert_eq!(title("# One\n# Two\n"), "One");
    assert_eq!(title("## Deep\n"), "Deep");
    assert_eq!(title("# {{ .Title }}\n## Deep\n"), "Deep");
    assert_eq!(title("- only a list\n"), "file-name");
    assert_eq!(title(""), "file-name");
    check_problem("# One\n# Two\n- Act\n", 2, "2 first-level headings");
    check_problem("## Two\n- Act\n", 1, "no first-level heading");
}

#[test]
fn front_matter_with_crlf_budgets_and_foreign_keys() {
    let text = "---\r\ntitle: T\r\nweight: 20\r\nlast_tested: 2026-05-01\r\nphases:\r\n  contain: 15m\r\n  eradicate: 1d..2d\r\n  recover: open\r\nmatch:\r\n  words: [signing key, KMS]\r\n  services: payments, release\r\n---\r\n\r\n## Containment\r\n\r\n- Act\r\n";
    let (runbook, problems) = parse(text);
    assert_eq!(problems, []);
    assert_eq!(runbook.budgets.contain, Budget::Within(TimeDelta::minutes(15)));
    assert_eq!(
        runbook.budgets.eradicate,
        Budget::Range { low: TimeDelta::days(1), high: TimeDelta::days(2) }
    );
    assert_eq!(runbook.budgets.recover, Budget::Open);
    assert_eq!(runbook.matches.words, ["signing key", "KMS"]);
    assert_eq!(runbook.matches.services, ["payments", "release"]);
    assert_eq!(runbook.last_tested, NaiveDate::from_ymd_opt(2026, 5, 1));
    assert_eq!(runbook.steps().map(|(n, item)| (n, item.line)).collect::<Vec<_>>(), [(1, 16)]);
}

#[test]
fn every_kind_of_line_end_counts() {
    for end in ["\n", "\r\n", "\r"] {
        let text = "---|title: T|phases: {contain: 15m}|---||# T||- [ ] Act||<% x".replace('|', end);
        let (runbook, problems) = parse(&text);
        assert_eq!(runbook.steps().map(|(_, item)| item.line).collect::<Vec<_>>(), [8]);
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [10]);
        assert_eq!(runbook.budgets.contain, Budget::Within(TimeDelta::minutes(15)));
    }
}

#[test]
fn wrong_front_matter_is_named_with_its_line() {
    let text = "---\ntitle: T\nphases:\n  contian: 15m\n  recover: soon\n  eradicate: 2d..1d\nlast_tested: yesterday\nmatch:\n  word: x\n  wrods: y\n---\n# T\n- Act\n";
    check_problem(text, 4, "\"contian\" is not a phase");
    check_problem(text, 5, "the budget of recover is not a time");
    check_problem(text, 6, "the budget of eradicate is not a time");
    check_problem(text, 7, "not a date");
    check_problem(text, 10, "match does not know wrods");
    check_problem("---\na: [\n---\n# T\n- Act\n", 2, "not YAML");
    check_problem("+++\ntitle = \"T\"\n+++\n- Act\n", 1, "TOML");
    check_problem("---\ntitle: T\n# T\n- Act\n", 1, "has no end");
    assert_eq!(parse("---\ntitle: \"T: {{\n---\n- Act\n").0.steps().count(), 1);
    assert_eq!(parse("---\n\nA text after a rule.\n").1.len(), 2, "a rule at the top is no front matter");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "---\na: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (name, of) in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("g", "f")] {
        text.push_str(&format!("{name}: &{name} [*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of}]\n"));
    }
    text.push_str("---\n# T\n- Act\n");
    let (runbook, problems) = parse(&text);
    assert!(
        problems.iter().any(|problem| problem.message.contains("what its aliases repeat")),
        "{problems:?}"
    );
    assert_eq!(runbook.steps().count(), 1);
}

#[test]
fn what_was_not_read_as_intended_is_a_problem() {
    check_problem("# T\nprose only\n", 1, "no steps found");
    check_problem(
        "# T\n## Detection\n- [ ] odd login\n## Contain\n- Act\n",
        3,
        "a checkbox under \"Detection\"",
    );
    check_problem("# T\n## Step 1: Find\nDo:\n```\nx\n```\n## Step 2\n- Act\n", 3, "belong to no step");
    check_problem("# T\n<details>\n- Act\n</details>\n", 3, "a list inside HTML");
    check_problem("# T\n- TODO\n- Act\n", 2, "not a step yet");
    check_problem("import Tabs from '@theme/Tabs'\n\n# T\n- Act\n", 1, "template code");
    check_problem("# T\n\n<%= partial 'x' %>\n\n- Act\n", 3, "template code");
}

#[test]
fn a_large_text_is_cut_at_a_line() {
    let text = "- Act\n".repeat(200_000);
    let (runbook, problems) = parse(&text);
    assert_eq!(runbook.steps().count(), MAX_BYTES / 6);
    assert!(problems.iter().any(|problem| problem.message.contains("larger than 1024 KiB")), "{problems:?}");
}

#[test]
fn many_problems_are_counted_not_listed() {
    let (_, problems) = parse(&format!("# T\n{}- Act\n", "- TODO\n".repeat(500)));
    assert_eq!(problems.len(), bounds::MAX_PROBLEMS + 1);
    assert!(problems.last().unwrap().message.contains("400 more"));
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    assert_eq!(decode(b"\xef\xbb\xbf# T\n"), Ok("# T\n"));
    assert_eq!(decode(b"# T\n\xff\n").map_err(|e| e.line), Err(2));
    assert_eq!(decode(b"# T\n\na\0b").map_err(|e| e.line), Err(3));
    assert_eq!(
        decode(b"\0").unwrap_err().to_string(),
        "line 1: not a text: a NUL byte; save it as UTF-8 and try again"
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "measures how long hostile input takes")]
fn nesting_without_end_does_not_hang_or_overflow() {
    for text in [
        "> ".repeat(100_000),
        format!("{}x\n", ">".repeat(400_000)),
        format!("{}x\n", "- ".repeat(100_000)),
        format!("{}x\n", "1. ".repeat(100_000)),
        "[".repeat(200_000),
        format!("- {}\n", "*a ".repeat(50_000)),
        format!("- {}\n", "![".repeat(50_000)),
        "<".repeat(200_000),
        "`".repeat(200_000),
        (0..400).map(|n| format!("{}- a\n", "  ".repeat(n))).collect(),
        (0..3_000).map(|n| format!("{}x\n", "> ".repeat(n % 40))).collect(),
    ] {
        let start = std::time::Instant::now();
        let _ = parse(&text);
        let head: String = text.chars().take(8).collect();
        assert!(start.elapsed().as_secs() < 20, "{head}… took {:?}", start.elapsed());
    }
}

#[test]
fn every_shipped_runbook_is_complete() {
    for (name, text) in SHIPPED {
        let (runbook, problems) = parse(text);
        assert_eq!(problems, [], "{name} parses without a problem");
        assert_eq!(check(&runbook, text), [], "{name} passes the check");
        assert!(runbook.steps().count() >= 30, "{name} has steps");
        let widest = text.lines().filter(|line| line.trim_start().starts_with("```")).count();
        assert_eq!(widest % 2, 0, "{name} closes its fences");
        let word = |c: char| c.is_ascii_lowercase() || c == '-';
        for related in text.lines().filter_map(|line| line.strip_prefix("- Runbook: ")) {
            for other in related.split([',', ' ']).filter(|w| w.contains('-') && w.chars().all(word)) {
                assert!(
                    SHIPPED.iter().any(|(name, _)| *name == other),
                    "{name} names {other}, which is not shipped"
                );
            }
        }
    }
}

#[test]
fn shipped_names_are_sorted_and_contain_the_fallback() {
    assert!(SHIPPED.is_sorted_by_key(|(name, _)| *name));
    assert!(SHIPPED.iter().any(|(name, _)| *name == matching::FALLBACK));
}

#[test]
fn shipped_indicators_and_questions_are_not_steps() {
    let (_, text) = SHIPPED.iter().find(|(name, _)| *name == matching::FALLBACK).unwrap();
    let (runbook, _) = parse(text);
    for heading in ["Detection", "Investigation questions", "Escalation", "Related"] {
        let section = runbook.sections.iter().find(|section| section.heading == heading).unwrap();
        assert!(section.items.len() >= 4, "{heading}");
        assert!(section.items.iter().all(|item| !item.step), "{heading}");
    }
}

#[test]
fn the_check_names_what_is_missing() {
    let text = "# T\n## Containment\nJust stop it.\n## Detection\n- Disable the key\n## First 15 minutes\n- a\n## Recovery\n- Restart\n## Preserve\nTBD\n";
    let (runbook, _) = parse(text);
    let found: Vec<String> =
        check(&runbook, text).iter().map(|p| format!("{}: {}", p.line, p.message)).collect();
    for expected in [
        "1: no section \"Summary\": add it",
        "1: no section \"Verify before resuming\": add it",
        "1: no phase budgets",
        "1: nothing to match",
        "2: no steps under Containment",
        "2: section \"Containment\" stands before \"First 15 minutes\"",
        "5: an action under Detection",
        "8: recovery options without \"When:\"",
        "8: recovery options without \"Impact:\"",
        "11: TBD is left in the text",
    ] {
        assert!(found.iter().any(|line| line.starts_with(expected)), "{expected} is not in {found:#?}");
    }
}

#[test]
fn the_check_measures_the_first_fifteen_minutes() {
    let long = "x".repeat(71);
    let text = format!("# T\n## First 15 minutes\n{}- {long}\n", "- a\n".repeat(14));
    let (runbook, _) = parse(&text);
    let found = check(&runbook, &text);
    assert!(found.iter().any(|p| p.line == 2 && p.message.starts_with("15 lines")), "{found:?}");
    assert!(found.iter().any(|p| p.line == 17 && p.message.starts_with("71 characters")), "{found:?}");
}

proptest! {
    #[test]
    fn any_text_parses(text in "(?s)([#>*+_`~|<>\\[\\]()!:{}%=.\\-0-9 \t\r\n]|TODO|<%|---\n|```|- \\[ \\] |\\PC){0,200}") {
        let lines = text.split(['\n', '\r']).count();
        let (runbook, problems) = parse(&text);
        for problem in &problems {
            prop_assert!(problem.line >= 1 && problem.line <= lines + 1, "{problem:?} of {lines}");
        }
        for section in &runbook.sections {
            for item in &section.items {
                prop_assert!(!(item.step && item.prose));
                prop_assert!(!item.step || !item.text.is_empty());
                prop_assert!(!item.text.contains('\n'));
            }
        }
        let _ = check(&runbook, &text);
    }
}

#[test]
fn messages_read_well() {
    assert_eq!(
        messages("# T\nprose\n"),
        ["1: no steps found: write each action as a list item (- or 1.) under a heading such as Containment"]
    );
}
