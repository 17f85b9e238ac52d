//! What made an incident possible and who noticed it, put into few words that can be counted over an archive. A theme is
//! named because of words that are there; it must not guess from anything else.

use crate::domain::postmortem::document::{Part, Section, folded};

/// The longest text that is looked through, in bytes.
const LONGEST: usize = 16 << 10;

/// Headings under which other people tell causes.
const CAUSES: [&str; 8] = [
    "cause",
    "causes",
    "what went wrong",
    "underlying cause",
    "why did this happen",
    "why it happened",
    "trigger",
    "root causes and trigger",
];

/// Headings under which people tell who noticed it.
const NOTICED: [&str; 4] = ["detection", "how was it detected", "how it was detected", "how we found out"];

/// Themes, each with beginnings of words (or words with a blank between) that stand for it.
const THEMES: [(&str, &[&str]); 14] = [
    (
        "alerting",
        &[
            "alert",
            "pager",
            "paged",
            "alarm",
            "monitor",
            "dashboard",
            "graph ",
            "graphs ",
            "metric",
            "scanner",
        ],
    ),
    (
        "runbook",
        &["runbook", "document", "instruction", "procedure", "playbook", "steps for", "checklist", "wiki"],
    ),
    ("testing", &["test", "rehears", "drill", "staging", "canary", "simulat"]),
    ("review", &["review", "approv", "pull request", "sign-off", "unnoticed"]),
    (
        "capacity",
        &["capacity", "quota", "disk", "memory", "exhaust", "saturat", "overload", "reserve", "limit"],
    ),
    (
        "time-outs",
        &["timeout", "time-out", "time out", "retry", "retries", "retried", "backoff", "trying again"],
    ),
    ("expiry", &["expir", "end date", "renew", "ran out"]),
    (
        "access",
        &[
            "credential",
            "secret",
            "token",
            "password",
            "permission",
            "privilege",
            "signing key",
            "private key",
        ],
    ),
    (
        "third-party",
        &["provider", "vendor", "third party", "third-party", "upstream", "supplier", "dependenc", "package"],
    ),
    ("automation", &["automat", "script", "cron", "nightly job", "clean-up", "cleanup", "the job"]),
    ("change", &["deploy", "release", "roll back", "rollback", "rolled", "migration", "merged", "upgrade"]),
    ("configuration", &["config", "setting", "default", "template", "flag", "switch"]),
    ("ownership", &["owner", "nobody", "no one", "handover", "responsib", "two teams", "unclear"]),
    (
        "redundancy",
        &["single point", "only one", "failover", "replica", "backup", "no second", "redundan", "fallback"],
    ),
];

/// Who or what noticed it, the first that fits.
const SOURCES: [(&str, &[&str]); 5] = [
    (
        "alert",
        &[
            "alert",
            "alarm",
            "monitor",
            "pager",
            "paged",
            "paging",
            "got a page",
            "got the page",
            "received a page",
            "a page from",
            "a page to",
            "a page woke",
            "a page at",
            "by page ",
            "by a page ",
            "dashboard",
            "breaker",
            "probe",
            "health check",
        ],
    ),
    (
        "outside",
        &["researcher", "outside", "third party", "vendor", "provider", "authority", "press ", "bounty"],
    ),
    ("customer", &["customer", "user", "client", "support", "partner", "complain", "ticket"]),
    ("check", &["scan", "audit", "review", "test", "drill", "inspection", "synthetic", "check ", "checks "]),
    (
        "staff",
        &[
            "engineer",
            "developer",
            "operator",
            "on-call",
            "colleague",
            "employee",
            "staff",
            "team",
            "notic",
            "push",
            "deploy",
        ],
    ),
];

/// Root cause and contributing factors, as they stand.
pub(super) fn text(sections: &[Section]) -> String {
    let told = |section: &&Section| {
        matches!(section.part, Some(Part::RootCause | Part::ContributingFactors))
            || (section.part.is_none() && CAUSES.contains(&folded(&section.heading).as_str()))
    };
    let mut text: String = sections.iter().filter(told).map(|section| section.body.as_str()).collect();
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}

/// What a section says of who noticed it.
pub(super) fn detection_section(sections: &[Section]) -> Option<String> {
    let section = sections.iter().find(|s| NOTICED.contains(&folded(&s.heading).as_str()))?;
    let said = section.body.trim();
    (!said.is_empty()).then(|| said.get(..said.floor_char_boundary(LONGEST)).unwrap_or(said).to_owned())
}

/// The themes of a text, in the order of the table.
pub(super) fn themes(text: &str) -> Vec<&'static str> {
    let text = spaced(text);
    THEMES.iter().filter(|(_, words)| begins_word(&text, words)).map(|(theme, _)| *theme).collect()
}

/// Who or what noticed it.
pub(super) fn detection(said: &str) -> &'static str {
    let text = spaced(said);
    // A page by itself is one that somebody got, elsewhere it may be one of a site.
    let page = text.strip_prefix(" page ");
    if page.is_some_and(|rest| rest.is_empty() || ["at ", "from ", "to "].iter().any(|w| rest.starts_with(w)))
    {
        return "alert";
    }
    SOURCES.iter().find(|(_, words)| begins_word(&text, words)).map_or("other", |(source, _)| source)
}

/// Lower case, with one blank before each word and none elsewhere.
fn spaced(text: &str) -> String {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty());
    let mut spaced = String::with_capacity(text.len() + 1);
    for word in words {
        spaced.push(' ');
        spaced.push_str(&word.to_lowercase());
    }
    spaced.push(' ');
    spaced
}

fn begins_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(&format!(" {word}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_needs_its_words_and_a_word_must_begin_with_them() {
        assert_eq!(themes("- The alert on free space fired at 90 % full."), ["alerting"]);
        assert_eq!(themes("The *time-out* was copied from a contest; the latest greatest."), ["time-outs"]);
        assert_eq!(
            themes("No second provider; the deploy had no reviewer"),
            ["review", "third-party", "change", "redundancy"]
        );
        assert_eq!(themes("a graph, and the graphs"), ["alerting"]);
        assert_eq!(themes("The GraphQL gateway"), [""; 0]);
        assert_eq!(themes(""), [""; 0]);
    }

    #[test]
    fn who_noticed_it_is_one_of_few() {
        let told = [
            ("alert on the error rate of checkout", "alert"),
            ("Page", "alert"),
            ("Page at 02:14, of the error rate", "alert"),
            ("alice got a page at 02:14", "alert"),
            ("by page to bob", "alert"),
            ("users saw the login page fail", "customer"),
            ("somebody looked at the status page", "other"),
            ("users reported errors to support", "customer"),
            ("message of an outside researcher", "outside"),
            ("the yearly audit", "check"),
            ("a failed push in a release", "staff"),
            ("by chance", "other"),
            ("a synthetic check of the login", "check"),
            ("check", "check"),
            ("staff", "staff"),
            ("back pressure at checkout", "other"),
            ("the press", "outside"),
        ];
        for (said, source) in told {
            assert_eq!(detection(said), source, "{said}");
        }
    }
}
