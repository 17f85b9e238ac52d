//! Which runbooks are attached when an incident is declared: those whose `match:` names its severity or its kind.
//! It must not rank what is only offered; [`super::matching`] does.

use super::matching::{self, Candidate, Query};
use super::{Problem, Runbook};
use crate::domain::severity::Profile;
use crate::domain::words::{IncidentKind, fold_word};

/// A runbook whose conditions an incident meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound<'a> {
    /// Its name.
    pub name: &'a str,
    /// What of the incident it names: `severity P1, service payments`.
    pub reason: String,
}

/// The runbooks that name the severity or the kind. All conditions that a runbook has must hold; when it names
/// services, tags, alerts or words too, one of them must be the incident's.
#[must_use]
pub fn bound<'a>(
    runbooks: &[Candidate<'a>],
    query: &Query<'_>,
    severity: Option<&str>,
    kind: IncidentKind,
) -> Vec<Bound<'a>> {
    let mut found = Vec::new();
    for runbook in runbooks.iter().filter(|r| r.matches.has_conditions()) {
        let (severities, kinds) = (&runbook.matches.severities, &runbook.matches.kinds);
        let mut reason = Vec::new();
        if !severities.is_empty() {
            let Some(own) = severity.filter(|own| severities.iter().any(|s| fold_word(s) == fold_word(own)))
            else {
                continue;
            };
            reason.push(format!("severity {own}"));
        }
        if !kinds.is_empty() {
            if !kinds.contains(&kind) {
                continue;
            }
            reason.push(format!("kind {kind}"));
        }
        if !runbook.matches.is_unnamed() {
            let named = matching::named(runbook, query);
            if named.is_empty() {
                continue;
            }
            reason.extend(named);
        }
        found.push(Bound { name: runbook.name, reason: reason.join(", ") });
    }
    found.sort_by(|a, b| a.name.cmp(b.name));
    found
}

/// The severities of a `match:` that the team's profile does not have, by line.
#[must_use]
pub fn unknown_severities(runbook: &Runbook, text: &str, profile: &Profile) -> Vec<Problem> {
    let unknown = runbook.matches.severities.iter().filter(|name| profile.find(name).is_none());
    let line = text.lines().position(|line| {
        let key = line.trim_start_matches([' ', '{', '"', '\'']);
        key.starts_with("severit") && line != key || line.starts_with("match:") && line.contains("severit")
    });
    let line = line.map_or(1, |at| at + 1);
    unknown
        .map(|name| {
            Problem::new(
                line,
                format!(
                    "match: {name} is no severity of the profile {}: there are {}",
                    profile.name(),
                    profile.names()
                ),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::runbook::parse;

    const PAYMENTS: &str = "---\nmatch:\n  severities: [p-1, P2]\n  services: [payments]\n---\n# Payments\n";
    const EXERCISE: &str = "---\nmatch: {kinds: [drill, test]}\n---\n# Exercise\n";
    const OFFERED: &str = "---\nmatch: {words: [payments]}\n---\n# Offered\n";

    #[track_caller]
    fn check(title: &str, service: &str, severity: Option<&str>, kind: IncidentKind, expected: &str) {
        let read: Vec<Runbook> = [PAYMENTS, EXERCISE, OFFERED].iter().map(|text| parse(text).0).collect();
        let candidates: Vec<Candidate<'_>> = ["payments", "exercise", "offered"]
            .iter()
            .zip(&read)
            .map(|(name, r)| Candidate::of(name, r))
            .collect();
        let services = [service.to_owned()];
        let query = Query { title, services: &services, ..Query::default() };
        let found = bound(&candidates, &query, severity, kind);
        let found: Vec<String> = found.iter().map(|b| format!("{}: {}", b.name, b.reason)).collect();
        assert_eq!(found.join("; "), expected);
    }

    #[test]
    fn all_conditions_must_hold_and_one_of_the_names() {
        check("Slow", "payments", Some("P1"), IncidentKind::Real, "payments: severity P1, service payments");
        check("Slow", "payments", Some("P3"), IncidentKind::Real, "");
        check("Slow", "payments", None, IncidentKind::Real, "");
        check("Payments down", "web", Some("P1"), IncidentKind::Real, "");
        check("Slow", "web", Some("P1"), IncidentKind::Drill, "exercise: kind drill");
        check(
            "Slow",
            "payments",
            Some("P2"),
            IncidentKind::Test,
            "exercise: kind test; payments: severity P2, service payments",
        );
    }

    #[test]
    fn what_the_profile_or_the_words_do_not_have_is_named_with_its_line() {
        let text = "---\ntitle: X\nseverity: P1\nmatch:\n  severities: [P1, P9]\n  kinds: [drill, ghost]\n---\n# X\n";
        let (runbook, problems) = parse(text);
        let problems: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.line, p.message)).collect();
        assert!(problems.iter().any(|p| p.starts_with("6: ") && p.contains("ghost")), "{problems:?}");
        let profile = Profile::builtin("p").unwrap();
        let unknown = unknown_severities(&runbook, text, &profile);
        assert_eq!(unknown.len(), 1);
        assert_eq!(unknown[0].line, 5);
        assert!(unknown[0].message.contains("P9 is no severity of the profile p"), "{}", unknown[0].message);
    }
}
