//! Whether two incidents may be the same failure: what of one is in the other beside being similar. It only proposes: a
//! person says that they are, or are not, by an event of the log.
//!
//! Evidence is the same runbook, the same alert, or words of the failure in common. Services, numbers, and words that
//! every incident has are no evidence: the same service may fail in many ways.

use std::collections::BTreeSet;

use crate::domain::incident::{Incident, RelatedIncident};
use crate::domain::resemble;
use crate::domain::words::{EntryKind, HypothesisState};

/// The relation by which a person says that it is the same failure.
pub const AGAIN: &str = "recurrence";

/// The relation by which a person says that it is not.
pub const DIFFERENT: &str = "different";

/// The relation of two incidents that are one.
pub const DUPLICATE: &str = "duplicate";

/// Words of title and tags that must be in common, one of them in both titles: tags say what something is, and half of
/// an archive may share two.
const TITLED: usize = 2;

/// So many words in common are enough to call something similar, where one of them says something.
const ENOUGH: usize = 2;

/// Words in common when those of the causes are needed.
const CAUSED: usize = 3;

/// Most words that are told.
const MOST_TOLD: usize = 5;

/// Words that many incidents have, whatever failed.
const GENERIC: [&str; 151] = [
    "about",
    "above",
    "affected",
    "after",
    "again",
    "alert",
    "also",
    "app",
    "application",
    "around",
    "availability",
    "bad",
    "because",
    "before",
    "behind",
    "below",
    "between",
    "big",
    "both",
    "broke",
    "broken",
    "bug",
    "business",
    "cannot",
    "client",
    "company",
    "crash",
    "critical",
    "customer",
    "day",
    "degraded",
    "down",
    "during",
    "each",
    "elevated",
    "emergency",
    "environment",
    "error",
    "errors",
    "even",
    "every",
    "everybody",
    "everyone",
    "everything",
    "fail",
    "failed",
    "failing",
    "failure",
    "failures",
    "from",
    "help",
    "high",
    "hour",
    "huge",
    "impact",
    "important",
    "incident",
    "intermittent",
    "internal",
    "into",
    "investigate",
    "issue",
    "just",
    "large",
    "latency",
    "left",
    "live",
    "long",
    "lost",
    "main",
    "major",
    "many",
    "minute",
    "morning",
    "multiple",
    "near",
    "new",
    "night",
    "nobody",
    "now",
    "off",
    "offline",
    "old",
    "one",
    "ongoing",
    "onto",
    "operation",
    "ops",
    "out",
    "outage",
    "over",
    "page",
    "partial",
    "people",
    "platform",
    "please",
    "problem",
    "prod",
    "production",
    "public",
    "recurrence",
    "report",
    "request",
    "requests",
    "response",
    "serious",
    "service",
    "services",
    "several",
    "severe",
    "since",
    "site",
    "slow",
    "small",
    "somebody",
    "someone",
    "something",
    "start",
    "still",
    "strange",
    "stuff",
    "system",
    "team",
    "test",
    "thing",
    "through",
    "time",
    "today",
    "tomorrow",
    "tonight",
    "too",
    "two",
    "unavailable",
    "under",
    "unknown",
    "unstable",
    "until",
    "up",
    "urgent",
    "user",
    "users",
    "various",
    "very",
    "website",
    "weird",
    "while",
    "within",
    "without",
    "work",
    "wrong",
    "yesterday",
];

/// When it was says nothing about what failed.
const CALENDAR: [&str; 35] = [
    "jan",
    "january",
    "feb",
    "february",
    "mar",
    "march",
    "apr",
    "april",
    "may",
    "jun",
    "june",
    "jul",
    "july",
    "aug",
    "august",
    "sep",
    "sept",
    "september",
    "oct",
    "october",
    "nov",
    "november",
    "dec",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "week",
    "weekend",
    "month",
    "year",
];

/// What is known of one of two incidents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// The title.
    pub title: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Services: their words are no evidence.
    pub services: Vec<String>,
    /// What else is known of the causes: root cause and contributing factors, hypotheses that stand, starred lines.
    pub causes: String,
    /// Runbooks that were attached.
    pub runbooks: Vec<String>,
    /// Texts of alerts.
    pub alerts: Vec<String>,
}

impl Failure {
    /// Of an incident that has a log.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        let counts = |e: &&crate::domain::incident::Entry| e.struck.is_none() && !e.redacted;
        let entries = || incident.timeline.stored().iter().filter(counts);
        let starred = entries().filter(|e| e.starred && e.kind != EntryKind::System).map(|e| e.text.as_str());
        let supported = incident.talk.hypotheses.values();
        let supported =
            supported.filter(|h| h.now.state == HypothesisState::Supported).map(|h| h.text.as_str());
        Self {
            title: incident.title.clone(),
            tags: incident.tags.clone(),
            services: incident.services.clone(),
            causes: starred.chain(supported).collect::<Vec<_>>().join("\n"),
            runbooks: incident.checklist.runbooks().map(|r| r.name.clone()).collect(),
            alerts: entries().filter(|e| e.kind == EntryKind::Alert).map(|e| e.text.clone()).collect(),
        }
    }

    /// Of a line of text.
    #[must_use]
    pub fn said(text: &str) -> Self {
        Self { title: text.to_owned(), ..Self::default() }
    }

    /// Title and tags.
    fn titled(&self) -> String {
        format!("{} {}", self.title, self.tags.join(" "))
    }

    /// Title, tags and what else is known of the causes.
    fn told(&self) -> String {
        format!("{} {}", self.titled(), self.causes)
    }
}

/// The words of a text that tell what failed: none of those that are no evidence, and no numbers.
fn telling(text: &str, mute: &BTreeSet<String>) -> BTreeSet<String> {
    let says = |word: &String| {
        word.chars().count() >= 3 && !mute.contains(word) && !word.chars().all(|c| c.is_ascii_digit())
    };
    resemble::stems(text).into_iter().filter(says).collect()
}

/// Whether what an incident in words has in common with a past one is enough to raise an alarm: two words, one of which not
/// any incident has, or that one alone. Each is told as an answer tells it, `a ~ b` where the question says `a` and the past
/// one `b`; of one word alone both must say something.
#[must_use]
pub fn is_enough(shared: &[String]) -> bool {
    let mute: BTreeSet<String> =
        GENERIC.iter().chain(&CALENDAR).map(|word| resemble::stem(word).to_owned()).collect();
    let says = |words: &str| resemble::stems(words).iter().any(|word| !mute.contains(word));
    let own = |told: &String| resemble::stems(told.split(" ~ ").next().unwrap_or_default());
    let words: BTreeSet<String> = shared.iter().flat_map(own).collect();
    (words.len() >= ENOUGH && words.iter().any(|word| !mute.contains(word)))
        || shared.iter().any(|told| told.split(" ~ ").all(says))
}

/// Why two incidents that are similar may be the same failure, the best reason first; empty: nothing says so.
#[must_use]
pub fn evidence(now: &Failure, past: &Failure) -> Vec<String> {
    let mut found = Vec::new();
    for name in &now.runbooks {
        if past.runbooks.contains(name) {
            found.push(format!("same runbook {name}"));
        }
    }
    let known: BTreeSet<String> = past.alerts.iter().map(|text| alert(text)).collect();
    let mut alerts: Vec<String> = now.alerts.iter().map(|text| alert(text)).collect();
    alerts.sort_unstable();
    alerts.dedup();
    alerts.retain(|name| !name.is_empty() && known.contains(name));
    found.extend(alerts.into_iter().map(|name| format!("same alert {name}")));
    // The services of either are no evidence.
    let services =
        [now.services.join(" "), past.services.join(" "), GENERIC.join(" "), CALENDAR.join(" ")].join(" ");
    let mute: BTreeSet<String> = resemble::stems(&services).into_iter().collect();
    let both = |one: &str, other: &str| -> BTreeSet<String> {
        telling(one, &mute).intersection(&telling(other, &mute)).cloned().collect()
    };
    let titled = both(&now.titled(), &past.titled());
    let shared = both(&now.told(), &past.told());
    let by_title = !both(&now.title, &past.title).is_empty();
    if by_title && (titled.len() >= TITLED || shared.len() >= CAUSED) {
        let told = titled.iter().chain(shared.iter().filter(|word| !titled.contains(*word)));
        let said = now.told();
        let told: Vec<String> = told.take(MOST_TOLD).map(|stem| as_said(&said, stem)).collect();
        found.push(format!("same words {}", told.join(" ")));
    }
    found
}

/// A stem as the text says it.
fn as_said(text: &str, stem: &str) -> String {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.find(|word| resemble::stem(word) == stem).unwrap_or_else(|| stem.to_owned())
}

/// The name of an alert: its first word where that is a name, such as `KubePodCrashLooping`, else the whole text.
fn alert(text: &str) -> String {
    let first = text.split(|c: char| c.is_whitespace() || c == ':').next().unwrap_or_default();
    let is_name =
        first.chars().count() >= 6 && (first.contains('_') || first.chars().skip(1).any(char::is_uppercase));
    if is_name { first.to_owned() } else { text.trim().to_lowercase() }
}

/// What a person has said of another incident.
#[must_use]
pub fn said_of<'a>(related: &'a [RelatedIncident], other: &str) -> Option<&'a str> {
    // The last: logs of older versions may name one in two spellings.
    let said = related.iter().rev().find(|known| known.incident.eq_ignore_ascii_case(other));
    said.map(|known| known.relation.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(title: &str, services: &[&str], causes: &str) -> Failure {
        let services = services.iter().map(|&s| s.to_owned()).collect();
        Failure { title: title.into(), services, causes: causes.into(), ..Failure::default() }
    }

    #[test]
    fn the_same_runbook_alert_or_words_fire() {
        let past = Failure {
            runbooks: vec!["disk-full".into()],
            alerts: vec!["NodeDiskFull on db-1".into(), "queue is long".into()],
            ..failure("Orders database out of disk", &["orders"], "The replication slot kept the log.")
        };
        let with = |now: Failure| evidence(&now, &past);
        let runbook =
            Failure { runbooks: vec!["disk-full".into()], ..failure("Writes refused", &["orders"], "") };
        assert_eq!(with(runbook), ["same runbook disk-full"]);
        let alert = Failure { alerts: vec!["NodeDiskFull on db-7".into()], ..failure("Odd", &[], "") };
        assert_eq!(with(alert), ["same alert NodeDiskFull"]);
        let whole = Failure { alerts: vec!["Queue is long ".into()], ..failure("Odd", &[], "") };
        assert_eq!(with(whole), ["same alert queue is long"]);
        let words = failure("Orders database disk is full", &["orders"], "");
        assert_eq!(with(words), ["same words database disk"]);
        let causes = failure("Disk of the shop filled", &[], "a replication slot was left over");
        assert_eq!(with(causes), ["same words disk replication slot"]);
    }

    #[test]
    fn what_was_said_last_counts_however_the_id_was_typed() {
        let said = |incident: &str, relation: &str| RelatedIncident {
            incident: incident.to_owned(),
            relation: relation.to_owned(),
        };
        let related = [said("DNS-2021-004", AGAIN), said("x", AGAIN), said("dns-2021-004", DIFFERENT)];
        assert_eq!(said_of(&related, "Dns-2021-004"), Some(DIFFERENT));
        assert_eq!(said_of(&related, "y"), None);
    }

    #[test]
    fn merely_the_same_service_or_words_of_any_incident_do_not_fire() {
        let past = failure(
            "Checkout payments gateway: certificate expired",
            &["checkout", "payments gateway"],
            "tls",
        );
        for title in [
            "Checkout payments gateway slow",
            "Checkout is down again, payments gateway errors",
            "checkout payments gateway 503",
            "Certificate of the mail relay",
        ] {
            assert_eq!(evidence(&failure(title, &["checkout"], ""), &past), [""; 0], "{title}");
            assert_eq!(evidence(&past, &failure(title, &["checkout"], "")), [""; 0], "{title}");
        }
        assert_eq!(evidence(&Failure::default(), &Failure::default()), [""; 0]);
    }

    #[test]
    fn words_that_any_incident_has_raise_no_alarm() {
        let enough = |told: &[&str]| is_enough(&told.iter().map(|&told| told.to_owned()).collect::<Vec<_>>());
        for told in [
            &["Help"][..],
            &["Test"],
            &["incident"],
            &["Outage"],
            &["Production"],
            &["Outtage ~ outage"],
            &["help ~ support"],
            &["OUTAGES"],
            &["Production", "outage"],
            &["Site", "down ~ unavailable"],
            &["prod", "big ~ limit"],
            &["new", "incident"],
            &["user", "report"],
            &["unknown", "error"],
            &["elevated", "latency"],
            &["down/slow ~ degraded"],
            &[],
        ] {
            assert!(!enough(told), "{told:?}");
        }
        for told in [
            &["kafka"][..],
            &["Thundering"],
            &["503"],
            &["certifciate ~ certificate"],
            &["disk full ~ out of space"],
            &["elevated", "latency", "checkout"],
            &["disk", "down ~ degraded"],
            &["slow/disk ~ degraded", "down"],
        ] {
            assert!(enough(told), "{told:?}");
        }
    }

    #[test]
    fn when_it_was_how_many_they_were_and_mere_tags_do_not_fire() {
        let past = failure("Multiple problems with payments in October", &["payments"], "A retry storm.");
        for title in
            ["Multiple problems with search in October", "Various things, several on a Friday in October"]
        {
            assert_eq!(evidence(&failure(title, &["search"], ""), &past), [""; 0], "{title}");
        }
        let tagged = |title: &str| Failure {
            tags: vec!["kubernetes".into(), "jupyterhub".into()],
            ..failure(title, &[], "A pod of the hub did not start.")
        };
        let now = tagged("Docker builds hang, launches are slow");
        assert_eq!(evidence(&now, &tagged("Certificate expired on a Friday")), [""; 0]);
        let again = evidence(&now, &tagged("Docker registry refuses pulls"));
        assert_eq!(
            again,
            ["same words docker jupyterhub kubernetes hub pod"],
            "a word of both titles counts"
        );
    }
}
