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
        assert_eq!(ranked.first().map(|first| first.0.as_str()), Some(*name), "its own title: {ranked:#?}");
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
    assert_eq!(first.2, "matches: runner, service Runner, tag supply chain, alert runner_unexpected_egress");
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
    assert_eq!(split("KubePodCrashLooping 5xx-errors"), ["kube", "pod", "crash", "looping", "5xx", "errors"]);
}
