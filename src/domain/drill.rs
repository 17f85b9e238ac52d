//! Drills: scripts of exercises with timed injects and expected actions, and the score of an exercise that was run by
//! one. It must not read files or write events: a script comes as its text, a score from the fold of a log.

pub mod condition;
mod facts;
mod read;
pub mod score;
#[cfg(test)]
mod score_tests;
pub mod script;
pub mod sheet;

pub use script::{Script, parse};

/// Where the timeline says that an inject came from.
pub const SOURCE: &str = "drill";

/// The largest script that is read, in bytes; the rest of a larger text is left out, with a problem.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Name (without `.md`) and text of each drill that comes with the program, in the order of names. A home gets copies
/// of them.
pub const SHIPPED: &[(&str, &str)] = &[
    ("malicious-dependency", include_str!("../../drills/malicious-dependency.md")),
    ("registry-compromise", include_str!("../../drills/registry-compromise.md")),
    ("runner-compromise", include_str!("../../drills/runner-compromise.md")),
    ("secrets-in-prod", include_str!("../../drills/secrets-in-prod.md")),
    ("signing-key-compromised", include_str!("../../drills/signing-key-compromised.md")),
    ("source-repo-compromise", include_str!("../../drills/source-repo-compromise.md")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::runbook::shipped;

    const HEADINGS: [&str; 5] =
        ["Scenario", "Roles", "Injects", "Expected outcomes", "Improvements to file if a gap is found"];

    fn section<'t>(text: &'t str, heading: &str) -> Vec<&'t str> {
        let after = text.lines().skip_while(|line| line.strip_prefix("## ") != Some(heading)).skip(1);
        after.take_while(|line| !line.starts_with("## ")).filter(|line| !line.is_empty()).collect()
    }

    fn field<'t>(text: &'t str, key: &str) -> Option<&'t str> {
        let front = text.strip_prefix("---\n")?.split_once("\n---\n")?.0;
        front.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
    }

    #[test]
    fn every_shipped_drill_has_its_front_matter_and_sections() {
        assert_eq!(SHIPPED.len(), 6);
        assert!(SHIPPED.is_sorted_by_key(|(name, _)| *name));
        for (name, text) in SHIPPED {
            for key in ["title", "severity", "roles", "duration"] {
                assert!(field(text, key).is_some(), "{name} has no {key}");
            }
            let title = field(text, "title").unwrap().to_lowercase();
            assert!(
                text.to_lowercase().contains(&format!("\n# drill: {title}\n")),
                "{name} is not headed {title:?}"
            );
            let found: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
            assert_eq!(found, HEADINGS, "{name}");
            for heading in HEADINGS {
                assert!(section(text, heading).len() >= 2, "{name}: {heading}");
            }
        }
    }

    #[test]
    fn roles_of_the_front_matter_are_explained() {
        for (name, text) in SHIPPED {
            let roles = field(text, "roles").unwrap().trim_matches(['[', ']']);
            let explained: Vec<String> = section(text, "Roles")
                .iter()
                .filter_map(|line| {
                    Some(line.strip_prefix("- ")?.split_once(':')?.0.to_lowercase().replace(' ', "-"))
                })
                .collect();
            assert_eq!(roles.split(", ").collect::<Vec<_>>(), explained, "{name}");
        }
    }

    #[test]
    fn injects_go_forward_within_the_duration_and_expect_something() {
        for (name, text) in SHIPPED {
            let minutes: i64 = field(text, "duration").unwrap().trim_end_matches('m').parse().unwrap();
            let mut last = -1;
            let mut expected = 1;
            for line in section(text, "Injects") {
                if line.starts_with("  - Expect: ") || line.starts_with("  - Expect within ") {
                    expected += 1;
                    continue;
                }
                assert!(expected > 0, "{name}: nothing is expected before {line}");
                let at = line.strip_prefix("- T+").and_then(|rest| rest.split_once("m ")).map(|(at, _)| at);
                let at: i64 = at.and_then(|at| at.parse().ok()).unwrap_or_else(|| panic!("{name}: {line}"));
                assert!(at > last && at < minutes, "{name}: {line}");
                (last, expected) = (at, 0);
            }
            assert!(last > 0 && expected > 0, "{name} ends with an expectation");
        }
    }

    /// The conditions of a shipped drill are read, and what they name is there.
    #[test]
    fn shipped_drills_are_read_as_intended() {
        use crate::domain::runbook;
        use condition::{Condition, holds};
        for (name, text) in SHIPPED {
            let (script, problems) = parse(text, name);
            assert_eq!(problems, [], "{name}");
            assert_eq!(script.title, field(text, "title").unwrap(), "{name}");
            let expected: Vec<_> = script.expectations().collect();
            let by_log = expected.iter().filter(|e| e.condition.is_some()).count();
            assert!(by_log * 5 >= expected.len() * 2, "{name}: {by_log} of {}", expected.len());
            let runbooks = expected.iter().filter_map(|e| match &e.condition {
                Some(Condition::Runbook(name)) => Some(shipped::text(name).unwrap()),
                _ => None,
            });
            // The pool of runners has its runbook as well, which the script leaves to the players to find.
            let books: Vec<_> = runbooks
                .chain(shipped::text("compromised-ci-runner"))
                .map(|text| runbook::parse(text).0)
                .collect();
            for e in expected {
                if let Some(Condition::Step(words)) = &e.condition {
                    let mut steps = books.iter().flat_map(runbook::Runbook::steps);
                    assert!(steps.any(|(_, step)| holds(&step.text, words)), "{name}: {words}");
                }
            }
            assert_eq!(script.improvements.iter().filter(|i| i.kind.is_none()).count(), 0, "{name}");
        }
    }

    #[test]
    fn gaps_become_stories_of_all_three_kinds() {
        for (name, text) in SHIPPED {
            let lines = section(text, "Improvements to file if a gap is found");
            for kind in ["Preventive", "Detective", "Process"] {
                assert!(lines.iter().any(|line| line.starts_with(&format!("- {kind}: "))), "{name}: {kind}");
            }
        }
    }

    #[test]
    fn runbooks_that_a_drill_names_are_shipped() {
        let mut named = 0;
        for (name, text) in SHIPPED {
            for (at, _) in text.match_indices("unbook ") {
                let rest = text.get(at..).unwrap();
                let word = rest.split([' ', '\n', ';', ',', '`']).nth(1).unwrap();
                if word.contains('-') {
                    named += 1;
                    assert!(shipped::SHIPPED.iter().any(|(other, _)| *other == word), "{name} names {word}");
                }
            }
        }
        assert!(named >= 5, "{named}");
    }
}
