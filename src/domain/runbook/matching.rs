//! Which runbooks fit an incident, and why: by words of the title, services, tags and names of alerts. It must not
//! read runbooks; it is given what they match.

use std::collections::{BTreeMap, BTreeSet};

use super::Match;
use crate::domain::words::fold_word;

/// The runbook that is offered when nothing fits better.
pub const FALLBACK: &str = "suspected-security-incident";

/// What is said of it then.
pub const FALLBACK_WHY: &str = "general first fifteen minutes";

/// The score of the fallback: less than one word of a `match:` list, more than one word of a title.
const FALLBACK_SCORE: f64 = 1.4;

/// The rarest word counts this much more than one that every runbook has: with more, a single word of a title would
/// beat the fallback in a library of many runbooks.
const MAX_RARITY: f64 = 2.7;

/// One word of `match: words` is worth this, times its rarity.
const WORD: f64 = 1.5;
/// A word that only the title, the services or the tags have.
const WEAK_WORD: f64 = 0.5;
/// A phrase of several words, all found.
const PHRASE: f64 = 1.0;
const SERVICE: f64 = 3.0;
const TAG: f64 = 2.5;
const ALERT: f64 = 4.0;

/// A runbook to be ranked.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its name: the file's, without ending.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it answers to.
    pub matches: &'a Match,
}

/// What is known of the incident.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<'q> {
    /// Its title, early entries joined to it if there are any.
    pub title: &'q str,
    /// The services it names.
    pub services: &'q [String],
    /// Its tags.
    pub tags: &'q [String],
    /// The names of the alerts that came with it.
    pub alerts: &'q [String],
}

/// A runbook that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked<'a> {
    /// Its name.
    pub name: &'a str,
    /// How well it fits; only good for comparing within one answer.
    pub score: f64,
    /// Why, in words: `matches: signing, key`.
    pub why: String,
}

/// The runbooks that fit, the best first; equal ones by name. The fallback is always among them if it is given.
#[must_use]
pub fn rank<'a>(runbooks: &[Candidate<'a>], query: &Query<'_>) -> Vec<Ranked<'a>> {
    let asked = Asked::of(query);
    let vocabularies: Vec<Vocabulary> = runbooks.iter().map(Vocabulary::of).collect();
    let rarity = |word: &str| {
        let with = vocabularies.iter().filter(|vocabulary| vocabulary.all.contains(word)).count().max(1);
        #[expect(clippy::cast_precision_loss, reason = "counts of runbooks are small")]
        let ratio = vocabularies.len() as f64 / with as f64;
        (1.0 + ratio.ln() / 2.0).min(MAX_RARITY)
    };
    let mut ranked: Vec<Ranked<'a>> = Vec::new();
    for (runbook, vocabulary) in runbooks.iter().zip(&vocabularies) {
        let (mut score, why) = score(runbook, vocabulary, &asked, query, &rarity);
        let mut why = format!("matches: {}", why.join(", "));
        if runbook.name == FALLBACK && score < FALLBACK_SCORE {
            score = FALLBACK_SCORE;
            why = FALLBACK_WHY.to_owned();
        }
        if score > 0.0 {
            ranked.push(Ranked { name: runbook.name, score, why });
        }
    }
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.name.cmp(b.name)));
    ranked
}

fn score(
    runbook: &Candidate<'_>,
    vocabulary: &Vocabulary,
    asked: &Asked,
    query: &Query<'_>,
    rarity: &dyn Fn(&str) -> f64,
) -> (f64, Vec<String>) {
    let mut score = 0.0;
    let mut strong: BTreeSet<usize> = BTreeSet::new();
    for phrase in &vocabulary.phrases {
        let found: Option<Vec<usize>> = phrase.iter().map(|word| asked.find(word)).collect();
        let Some(found) = found.filter(|found| !found.is_empty()) else { continue };
        if found.len() > 1 {
            score += PHRASE;
        }
        strong.extend(found);
    }
    let mut why = Vec::new();
    for (at, (word, stem)) in asked.words.iter().enumerate() {
        if strong.contains(&at) {
            score += WORD * rarity(stem);
        } else if vocabulary.weak.iter().any(|weak| alike(weak, stem)) {
            score += WEAK_WORD * rarity(stem);
        } else {
            continue;
        }
        why.push(word.clone());
    }
    let mut named = |kind: &str, worth: f64, given: &[String], known: &[String]| {
        for name in given {
            if known.iter().any(|other| fold_word(other) == fold_word(name)) {
                score += worth;
                why.push(format!("{kind} {name}"));
            }
        }
    };
    named("service", SERVICE, query.services, &runbook.matches.services);
    named("tag", TAG, query.tags, &runbook.matches.tags);
    named("alert", ALERT, query.alerts, &runbook.matches.alerts);
    // People paste the alert's name into the title.
    let pasted: Vec<String> = query.title.split_whitespace().map(str::to_owned).collect();
    let pasted: Vec<String> = pasted.into_iter().filter(|word| !query.alerts.contains(word)).collect();
    named("alert", ALERT, &pasted, &runbook.matches.alerts);
    (score, why)
}

/// What of the incident a runbook names by its `match:`, in words; empty: nothing. Words of its title do not count.
#[must_use]
pub(super) fn named(runbook: &Candidate<'_>, query: &Query<'_>) -> Vec<String> {
    let asked = Asked::of(query);
    let mut why: Vec<String> = Vec::new();
    for (phrase, written) in Vocabulary::of(runbook).phrases.iter().zip(&runbook.matches.words) {
        if !phrase.is_empty() && phrase.iter().all(|word| asked.find(word).is_some()) {
            why.push(format!("word {written}"));
        }
    }
    let pasted: Vec<String> = query.title.split_whitespace().map(str::to_owned).collect();
    let alerts: Vec<String> = query.alerts.iter().chain(&pasted).cloned().collect();
    let sorts = [
        ("service", query.services, &runbook.matches.services),
        ("tag", query.tags, &runbook.matches.tags),
        ("alert", alerts.as_slice(), &runbook.matches.alerts),
    ];
    for (sort, given, known) in sorts {
        let found = known.iter().filter(|name| given.iter().any(|g| fold_word(g) == fold_word(name)));
        why.extend(found.map(|name| format!("{sort} {name}")));
    }
    why
}

/// The words of the query.
struct Asked {
    /// Each word as written in lower case, and its stem; every stem once.
    words: Vec<(String, String)>,
}

impl Asked {
    fn of(query: &Query<'_>) -> Asked {
        let mut seen: BTreeMap<String, ()> = BTreeMap::new();
        let mut words = Vec::new();
        let alerts = query.alerts.iter().map(String::as_str);
        for text in std::iter::once(query.title).chain(alerts) {
            for word in split(text) {
                let stem = stem(&word);
                if seen.insert(stem.clone(), ()).is_none() {
                    words.push((word, stem));
                }
            }
        }
        Asked { words }
    }

    fn find(&self, stem: &str) -> Option<usize> {
        self.words.iter().position(|(_, asked)| alike(asked, stem))
    }
}

/// The words of a runbook, as stems.
struct Vocabulary {
    /// The entries of `match: words`.
    phrases: Vec<Vec<String>>,
    /// Words of the title, the services and the tags.
    weak: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Vocabulary {
    fn of(runbook: &Candidate<'_>) -> Vocabulary {
        let stems = |text: &str| -> Vec<String> { split(text).iter().map(|word| stem(word)).collect() };
        let phrases: Vec<Vec<String>> = runbook.matches.words.iter().map(|phrase| stems(phrase)).collect();
        let names = runbook.matches.services.iter().chain(&runbook.matches.tags).map(String::as_str);
        let weak: BTreeSet<String> = std::iter::once(runbook.title).chain(names).flat_map(stems).collect();
        let all = weak.iter().cloned().chain(phrases.iter().flatten().cloned()).collect();
        Vocabulary { phrases, weak, all }
    }
}

/// Words that say nothing about an incident.
const STOP: [&str; 34] = [
    "a", "after", "all", "an", "and", "are", "at", "be", "by", "can", "for", "from", "has", "have", "in",
    "into", "is", "it", "its", "may", "no", "not", "of", "on", "or", "our", "since", "some", "that", "the",
    "this", "to", "was", "with",
];

/// Joined words at least this long (`HighLatency`, but not `GitHub`) are taken apart, in characters.
const JOINED: usize = 10;

/// Splits into words in lower case: `KubePodCrashLooping` and `crash-looping` alike.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for whole in text.split(|c: char| !c.is_alphanumeric()) {
        let apart = whole.chars().count() >= JOINED;
        let mut word = String::new();
        let mut after_lower = false;
        for c in whole.chars() {
            if apart && after_lower && c.is_uppercase() {
                words.push(std::mem::take(&mut word));
            }
            after_lower = c.is_lowercase();
            word.extend(c.to_lowercase());
        }
        words.push(word);
    }
    words.retain(|word| word.chars().count() > 1 && !STOP.contains(&word.as_str()));
    words
}

/// A light stem: `compromised`, `compromise` and `compromises` are one.
fn stem(word: &str) -> String {
    let long_enough = |rest: &&str| rest.chars().count() >= 3;
    let mut stem = word;
    if !stem.ends_with("ss") && !stem.ends_with("us") {
        stem = stem.strip_suffix('s').filter(long_enough).unwrap_or(stem);
    }
    for ending in ["ing", "ed", "e"] {
        if let Some(rest) = stem.strip_suffix(ending).filter(long_enough) {
            stem = rest;
            break;
        }
    }
    // Dependency and dependencies, dropped and drop.
    let mut stem =
        stem.strip_suffix('i').filter(long_enough).map_or(stem.to_owned(), |rest| format!("{rest}y"));
    let last: Vec<char> = stem.chars().rev().take(2).collect();
    if let [a, b] = last.as_slice()
        && a == b
        && word.len() > stem.len()
        && stem.chars().count() > 3
        && !matches!(a, 's' | 'l')
    {
        stem.pop();
    }
    stem
}

/// Equal, or one the beginning of the other: `deploy` and `deployment`.
fn alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short == long || (short.chars().count() >= 5 && long.starts_with(short) && long.len() - short.len() <= 5)
}

#[cfg(test)]
mod tests {
    use super::super::shipped::SHIPPED;
    use super::super::{Runbook, parse};
    use super::*;

    fn shipped() -> Vec<(&'static str, Runbook)> {
        SHIPPED.iter().map(|(name, text)| (*name, parse(text).0)).collect()
    }

    fn ranked(query: &Query<'_>) -> Vec<(String, f64, String)> {
        let runbooks = shipped();
        let candidates: Vec<Candidate<'_>> = runbooks
            .iter()
            .map(|(name, runbook)| Candidate { name, title: &runbook.title, matches: &runbook.matches })
            .collect();
        rank(&candidates, query).into_iter().map(|r| (r.name.to_owned(), r.score, r.why)).collect()
    }

    #[track_caller]
    fn check_first(title: &str, name: &str, why: &str) {
        let ranked = ranked(&Query { title, ..Query::default() });
        let first = ranked.first().map(|(name, _, why)| (name.as_str(), why.as_str()));
        assert_eq!(first, Some((name, why)), "for {title:?}: {ranked:#?}");
    }

    #[test]
    fn realistic_titles_find_their_runbook() {
        check_first("Signing key leaked", "signing-key-compromised", "matches: signing, key");
        check_first("unknown signature on payments image", "signing-key-compromised", "matches: signature");
        check_first(
            "Prod KMS signing keys compromised",
            "signing-key-compromised",
            "matches: kms, signing, keys, compromised",
        );
        check_first(
            "Cryptominer in a container image from our registry",
            "malicious-image",
            "matches: cryptominer, container, image, registry",
        );
        check_first("xz backdoor in base packages", "malicious-dependency", "matches: xz, packages");
        check_first(
            "Malicious npm package in checkout build",
            "malicious-dependency",
            "matches: malicious, npm, package, build",
        );
        check_first("Jenkins agent makes odd cloud calls", "compromised-ci-runner", "matches: jenkins");
        check_first(
            "self-hosted runners compromised",
            "compromised-ci-runner",
            "matches: self, hosted, runners, compromised",
        );
        check_first(
            "GitHub access token pushed to public repo",
            "leaked-ci-token",
            "matches: github, access, token",
        );
        check_first(
            "Checkout 500s since the 14:00 deployment",
            "production-outage-after-change",
            "matches: 500s, deployment",
        );
        check_first("API is down", "production-outage-after-change", "matches: down");
        check_first(
            "Latency and timeouts after config change",
            "production-outage-after-change",
            "matches: latency, timeouts, config, change",
        );
        check_first("Phishing mail, account taken over", "suspected-security-incident", "matches: phishing");
    }

    #[test]
    fn titles_as_people_type_them_find_the_closest_of_the_library() {
        let titles = [
            ("dependency-confusion", "Dependency confusion: acme-utils taken on public npm"),
            ("dependency-confusion", "Somebody registered our internal package name on PyPI"),
            ("dependency-confusion", "Researcher owns one of our private package names"),
            ("build-pipeline-compromise", "Build pipeline published a release nobody started"),
            ("build-pipeline-compromise", "Workflow file changed in release pipeline, secrets dumped"),
            ("build-pipeline-compromise", "Provenance does not match for checkout build"),
            ("leaked-production-secret", "Production database password in a public gist"),
            ("leaked-production-secret", "Prod secrets printed in application logs"),
            ("leaked-production-secret", "connection string with password in crash report"),
            ("public-api-key-exposed", "Maps API key abused, bill exploding"),
            ("public-api-key-exposed", "Webhook secret of payments leaked, forged callbacks"),
            ("public-api-key-exposed", "API key exposed in mobile app bundle"),
            ("source-repository-compromised", "Malicious commit merged without review into main"),
            ("source-repository-compromised", "Force push rewrote history of the payments repo"),
            ("source-repository-compromised", "Branch protection removed on release repository"),
            ("source-repository-compromised", "attacker pushed commit to main branch of the repo"),
            ("source-repository-compromised", "Strange commit on main that nobody knows"),
            ("over-broad-oidc-trust", "Trust policy wildcard lets any GitHub repo assume the deploy role"),
            ("over-broad-oidc-trust", "OIDC role assumed by unknown repository"),
            ("suspicious-cloud-administrator", "Suspicious admin activity in AWS prod account"),
            ("suspicious-cloud-administrator", "Root login without MFA, CloudTrail stopped"),
            ("suspicious-cloud-administrator", "New access keys created for cloud admin at night"),
            ("exposed-bucket", "S3 bucket with customer exports is public"),
            ("exposed-bucket", "Researcher reports publicly readable backup store"),
            ("exposed-bucket", "Artifact store world readable since Friday"),
            ("suspicious-workload", "Suspicious pod in kube-system"),
            ("suspicious-workload", "Reverse shell in checkout container"),
            ("suspicious-workload", "Falco: unexpected process and outbound connection in payments pod"),
            ("suspicious-workload", "Cryptominer in a pod on node 7"),
            ("frontend-compromise", "Unknown script on checkout page steals cards"),
            ("frontend-compromise", "Website defaced"),
            ("frontend-compromise", "magecart script on checkout page"),
            ("frontend-compromise", "Users report wallet drainer on our frontend"),
            ("frontend-compromise", "DNS hijack of app domain, fake login page"),
            ("device-key-compromise", "Stolen laptop of a developer with prod access"),
            ("device-key-compromise", "Infostealer on a workstation, browser sessions taken"),
            ("device-key-compromise", "SSH key of bob used from unknown address"),
            ("database-full-or-degraded", "Postgres disk full on payments"),
            ("database-full-or-degraded", "Too many connections to the orders database"),
            ("database-full-or-degraded", "Replication lag growing, slow queries"),
            ("expired-certificate", "TLS certificate of api.example.org expired"),
            ("expired-certificate", "x509 errors between services since midnight"),
            ("expired-certificate", "cert expired on the ingress, customers cut off"),
            ("network-or-dns-down", "DNS is down for all internal names"),
            ("network-or-dns-down", "Packet loss between zones, services unreachable"),
            ("network-or-dns-down", "SERVFAIL for our domain since nameserver change"),
            ("third-party-outage", "Payment provider is down, checkout fails"),
            ("third-party-outage", "AWS outage in eu-central-1"),
            ("third-party-outage", "SMS provider degraded, no login codes"),
            ("production-outage-after-change", "Frontend is down after release"),
            ("production-outage-after-change", "Payments 5xx after rollout, crash loops"),
            ("malicious-image", "Backdoored image pushed to registry"),
            ("malicious-image", "Attacker pushed image to the registry"),
            ("compromised-ci-runner", "CI runner compromised, odd cloud API calls"),
            ("signing-key-compromised", "Signing key leaked from a developer laptop"),
            ("leaked-ci-token", "CI token with write access leaked in job log"),
        ];
        let missed: Vec<String> = titles
            .iter()
            .filter_map(|(name, title)| {
                let ranked = ranked(&Query { title, ..Query::default() });
                let first = ranked.first().map(|first| first.0.clone()).unwrap_or_default();
                (first != *name).then(|| format!("{title:?} should find {name}: {:#?}", ranked.get(..3)))
            })
            .collect();
        assert!(missed.is_empty(), "{}", missed.join("\n"));
        for (name, _) in SHIPPED {
            let (_, runbook) = shipped().into_iter().find(|(other, _)| other == name).unwrap();
            let ranked = ranked(&Query { title: &runbook.title, ..Query::default() });
            assert_eq!(
                ranked.first().map(|first| first.0.as_str()),
                Some(*name),
                "its own title: {ranked:#?}"
            );
        }
    }

    #[test]
    fn the_general_one_is_offered_when_nothing_fits() {
        check_first("Strange things in the lobby", FALLBACK, FALLBACK_WHY);
        check_first("", FALLBACK, FALLBACK_WHY);
        // One word that a title happens to share is not enough.
        check_first("Homepage hero image missing", FALLBACK, FALLBACK_WHY);
        check_first("Lost the office key", FALLBACK, FALLBACK_WHY);
        // What is dangerous about a commit or a script is not the word.
        for (title, other) in [
            ("Last commit on main broke the checkout page", "source-repository-compromised"),
            ("Script of the checkout page is slow", "frontend-compromise"),
        ] {
            let ranked = ranked(&Query { title, ..Query::default() });
            assert_ne!(ranked[0].0, other, "{title}: {ranked:?}");
        }
    }

    #[test]
    fn the_general_one_stays_on_the_list_and_low() {
        let ranked = ranked(&Query { title: "Signing key leaked", ..Query::default() });
        let at = ranked.iter().position(|(name, _, _)| name == FALLBACK);
        assert!(at.is_some_and(|at| at > 0), "{ranked:?}");
    }

    #[test]
    fn services_tags_and_alerts_count_and_are_named() {
        let (services, tags, alerts) =
            (["Runner".to_owned()], ["supply chain".to_owned()], ["runner_unexpected_egress".to_owned()]);
        let query = Query { title: "odd traffic", services: &services, tags: &tags, alerts: &alerts };
        let ranked = ranked(&query);
        let first = ranked.first().unwrap();
        assert_eq!(first.0, "compromised-ci-runner");
        assert_eq!(
            first.2,
            "matches: runner, service Runner, tag supply chain, alert runner_unexpected_egress"
        );
    }

    #[test]
    fn an_alert_pasted_into_the_title_counts() {
        let ranked = ranked(&Query { title: "KubePodCrashLooping in payments", ..Query::default() });
        let first = ranked.first().unwrap();
        assert_eq!(first.0, "production-outage-after-change");
        assert!(first.2.contains("alert KubePodCrashLooping"), "{}", first.2);
    }

    #[test]
    fn a_word_of_the_only_other_runbook_beats_the_general_one() {
        let own = Match { words: vec!["till".to_owned()], ..Match::default() };
        let general = Match::default();
        let runbooks = [
            Candidate { name: FALLBACK, title: "Suspected security incident", matches: &general },
            Candidate { name: "till", title: "Tills", matches: &own },
        ];
        let ranked = rank(&runbooks, &Query { title: "All tills frozen", ..Query::default() });
        assert_eq!(ranked.iter().map(|r| r.name).collect::<Vec<_>>(), ["till", FALLBACK]);
        assert_eq!(rank(&[], &Query::default()), []);
    }

    #[test]
    fn stems_are_light() {
        for group in [
            ["compromise", "compromised", "compromises"],
            ["image", "images", "imaging"],
            ["dependency", "dependencies", "dependencys"],
            ["stop", "stopped", "stopping"],
            ["leak", "leaks", "leaked"],
        ] {
            let stems: BTreeSet<String> = group.iter().map(|word| stem(word)).collect();
            assert_eq!(stems.len(), 1, "{group:?} gives {stems:?}");
        }
        assert!(alike(&stem("deploy"), &stem("deployment")));
        assert!(!alike(&stem("key"), &stem("keyboard")));
        assert_eq!(
            split("KubePodCrashLooping 5xx-errors"),
            ["kube", "pod", "crash", "looping", "5xx", "errors"]
        );
    }
}
