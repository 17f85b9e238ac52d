use super::super::shipped::SHIPPED;
use super::super::{Runbook, parse};
use super::*;

fn shipped() -> Vec<(&'static str, Runbook)> {
    SHIPPED.iter().map(|(name, text)| (*name, parse(text).0)).collect()
}

fn ranked(query: &Query<'_>) -> Vec<(String, f64, String)> {
    let runbooks = shipped();
    let candidates: Vec<Candidate<'_>> =
        runbooks.iter().map(|(name, runbook)| Candidate::of(name, runbook)).collect();
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
    check_first(
        "unknown signature on payments image",
        "signing-key-compromised",
        "matches: unknown, signature",
    );
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
    check_first(
        "Jenkins agent makes odd cloud calls",
        "compromised-ci-runner",
        "matches: jenkins, cloud, calls",
    );
    check_first(
        "self-hosted runners compromised",
        "compromised-ci-runner",
        "matches: self, hosted, runners, compromised",
    );
    check_first(
        "GitHub access token pushed to public repo",
        "leaked-ci-token",
        "matches: github, access, token, pushed",
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
    check_first(
        "Phishing mail, account taken over",
        "suspected-security-incident",
        "matches: phishing, account, taken, over",
    );
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

/// Lines as an on-call person types them, with the runbook that must come first.
const FIRST: &[(&str, &str)] = &[
    ("database-full-or-degraded", "prod db out of connections"),
    ("database-full-or-degraded", "db is down"),
    ("database-full-or-degraded", "pg primary disk 100%"),
    ("database-full-or-degraded", "mysql replica 40 min behind"),
    ("database-full-or-degraded", "orders db slow, locks everywhere"),
    ("database-full-or-degraded", "rds storage full"),
    ("database-full-or-degraded", "TooManyConnections: orders-db"),
    ("database-full-or-degraded", "mongo primary stepped down, writes fail"),
    ("third-party-outage", "stripe is down"),
    ("third-party-outage", "cloudflare is down"),
    ("third-party-outage", "us-east-1 is having issues"),
    ("third-party-outage", "twilio not delivering sms"),
    ("third-party-outage", "okta down, nobody can log in"),
    ("third-party-outage", "github is down"),
    ("third-party-outage", "payment provider timeouts"),
    ("third-party-outage", "slack outage"),
    ("third-party-outage", "slack not delivering messages"),
    ("third-party-outage", "stripe api errors"),
    ("third-party-outage", "cloudflare 5xx"),
    ("third-party-outage", "npm registry down"),
    ("third-party-outage", "pagerduty not paging"),
    ("third-party-outage", "microsoft 365 outage"),
    ("third-party-outage", "jira down"),
    ("frontend-compromise", "login page shows foreign script"),
    ("frontend-compromise", "card skimmer on checkout"),
    ("frontend-compromise", "site defaced"),
    ("frontend-compromise", "customers see a strange popup on our website"),
    ("frontend-compromise", "someone injected js into the shop"),
    ("frontend-compromise", "fake wallet prompt on our site"),
    ("expired-certificate", "cert expired on api.example.org"),
    ("expired-certificate", "ssl cert expired"),
    ("expired-certificate", "browsers say not secure"),
    ("expired-certificate", "letsencrypt renewal failing"),
    ("expired-certificate", "TLS handshake failures between services"),
    ("network-or-dns-down", "dns not resolving"),
    ("network-or-dns-down", "vpn down for everyone"),
    ("network-or-dns-down", "packet loss to db subnet"),
    ("network-or-dns-down", "nxdomain for api.example.org"),
    ("network-or-dns-down", "load balancer drops connections"),
    ("production-outage-after-change", "site is down"),
    ("production-outage-after-change", "checkout broken after deploy"),
    ("production-outage-after-change", "api returning 500s"),
    ("production-outage-after-change", "PipelineX latency high since release"),
    ("production-outage-after-change", "high error rate on payments"),
    ("production-outage-after-change", "pods crashlooping after config change"),
    ("production-outage-after-change", "app is super slow"),
    ("production-outage-after-change", "rollback needed on checkout"),
    ("leaked-production-secret", "prod db password in slack"),
    ("leaked-production-secret", "aws keys committed to github"),
    ("leaked-production-secret", ".env file exposed on web server"),
    ("leaked-production-secret", "service account key on pastebin"),
    ("leaked-production-secret", "stripe secret key leaked"),
    ("leaked-ci-token", "github token leaked"),
    ("leaked-ci-token", "PAT pushed to public repo"),
    ("leaked-ci-token", "npm token in build log"),
    ("leaked-ci-token", "deploy key found on internet"),
    ("public-api-key-exposed", "google maps key abused"),
    ("public-api-key-exposed", "api key in the mobile app"),
    ("public-api-key-exposed", "webhook secret leaked"),
    ("public-api-key-exposed", "someone scraping our api with our key"),
    ("signing-key-compromised", "signing key leaked"),
    ("signing-key-compromised", "code signing cert stolen"),
    ("signing-key-compromised", "gpg release key compromised"),
    ("signing-key-compromised", "image signed by unknown key"),
    ("malicious-image", "backdoor in docker image"),
    ("malicious-image", "unknown image in registry"),
    ("malicious-image", "container image tampered with"),
    ("malicious-dependency", "malicious npm package"),
    ("malicious-dependency", "compromised pypi dep in our build"),
    ("malicious-dependency", "typosquatted crate"),
    ("malicious-dependency", "supply chain attack in axios"),
    ("dependency-confusion", "someone published our internal package on npm"),
    ("dependency-confusion", "dependency confusion attack"),
    ("dependency-confusion", "private package name taken on pypi"),
    ("build-pipeline-compromise", "PipelineConfigChanged"),
    ("build-pipeline-compromise", "ci pipeline modified by unknown user"),
    ("build-pipeline-compromise", "release built that nobody triggered"),
    ("build-pipeline-compromise", "malicious github action in our workflow"),
    ("compromised-ci-runner", "jenkins hacked"),
    ("compromised-ci-runner", "runner making weird outbound calls"),
    ("compromised-ci-runner", "build server compromised"),
    ("source-repository-compromised", "strange commits on main"),
    ("source-repository-compromised", "force push to main by unknown user"),
    ("source-repository-compromised", "our github org was hacked"),
    ("source-repository-compromised", "branch protection turned off"),
    ("over-broad-oidc-trust", "oidc trust too wide"),
    ("over-broad-oidc-trust", "iam role trust policy has wildcard"),
    ("over-broad-oidc-trust", "any repo can assume our deploy role"),
    ("suspicious-cloud-administrator", "unknown iam user created"),
    ("suspicious-cloud-administrator", "root login on aws"),
    ("suspicious-cloud-administrator", "weird activity in our aws account"),
    ("suspicious-cloud-administrator", "cloudtrail disabled"),
    ("suspicious-cloud-administrator", "gcp owner role granted to unknown account"),
    ("exposed-bucket", "s3 bucket public"),
    ("exposed-bucket", "customer data in open bucket"),
    ("exposed-bucket", "backups readable by anyone"),
    ("suspicious-workload", "cryptominer in prod cluster"),
    ("suspicious-workload", "reverse shell in pod"),
    ("suspicious-workload", "weird process in container"),
    ("suspicious-workload", "strange pod in kube-system"),
    ("device-key-compromise", "laptop stolen"),
    ("device-key-compromise", "lost yubikey"),
    ("device-key-compromise", "malware on bob's macbook"),
    ("device-key-compromise", "employee phone stolen"),
    ("device-key-compromise", "ssh key of alice leaked"),
    ("suspected-security-incident", "phishing mail"),
    ("suspected-security-incident", "ransomware"),
    ("suspected-security-incident", "we got hacked"),
    ("suspected-security-incident", "suspicious login from abroad"),
    ("suspected-security-incident", "user account taken over"),
    ("suspected-security-incident", "customer reports data leak"),
];

/// Lines that two runbooks answer to: this one must be among the first three.
const AMONG_THREE: &[(&str, &str)] = &[
    ("third-party-outage", "adyen returning 503"),
    ("third-party-outage", "github actions degraded"),
    ("network-or-dns-down", "can't reach anything in eu-west"),
    ("suspected-security-incident", "attacker in the network"),
];

/// Lines that are for no runbook of ours.
const FOR_NONE: &[&str] = &[
    "Strange things in the lobby",
    "Homepage hero image missing",
    "Lost the office key",
    "test",
    "Coffee machine broken",
    "printer on floor 3",
    "invoice numbers wrong in the report",
    "customer support is overloaded",
    "typo on the pricing page",
    "weekly report not sent",
    "something is off",
    "meeting room display shows old logo",
    "one user cannot change avatar",
    "newsletter went to wrong segment",
    "elevator stuck",
    "holiday calendar wrong",
    "customers ask for a refund",
    "translation missing in german",
    "logo blurry on the home page",
    "new employee has no chair",
    "audit next week",
    "fire alarm in the building",
    "power cut in the office",
    "data mining course cancelled",
    "someone left the door open",
    "status page has a typo",
    "onboarding mail has wrong name",
];

/// At which place of the answer a runbook stands, from 1.
fn place(title: &str, name: &str) -> Option<usize> {
    let ranked = ranked(&Query { title, ..Query::default() });
    ranked.iter().position(|(other, _, _)| other == name).map(|at| at + 1)
}

#[test]
fn the_first_line_of_an_incident_finds_its_runbook() {
    let missed = |lines: &[(&str, &str)], within: usize| -> Vec<String> {
        let far = lines.iter().filter(|(name, title)| place(title, name).is_none_or(|at| at > within));
        far.map(|(name, title)| format!("{title:?} should find {name}: {:?}", place(title, name))).collect()
    };
    let mut missed_all = missed(FIRST, 1);
    missed_all.extend(missed(AMONG_THREE, 3));
    assert!(missed_all.is_empty(), "{}", missed_all.join("\n"));
}

#[test]
fn only_the_general_one_comes_where_none_has_a_reason() {
    for title in FOR_NONE {
        let ranked = ranked(&Query { title, ..Query::default() });
        let names: Vec<&str> = ranked.iter().map(|(name, _, _)| name.as_str()).collect();
        assert_eq!(names, [FALLBACK], "for {title:?}: {ranked:#?}");
    }
}

#[test]
fn what_the_author_wrote_of_its_detection_finds_a_runbook() {
    let mut all = 0;
    let mut found = 0;
    for (name, runbook) in shipped() {
        for sign in &runbook.section(SectionRole::Detection).unwrap().items {
            all += 1;
            found += usize::from(place(&sign.text, name).is_some_and(|at| at <= 3));
        }
    }
    assert!(all > 100 && found * 100 >= all * 90, "{found} of {all}");
}

#[test]
fn the_exact_name_of_an_alert_beats_all_words() {
    for (name, runbook) in shipped() {
        for alert in &runbook.matches.alerts {
            for title in
                [alert.clone(), format!("[FIRING:1] {alert}: signing key of prod db is down after deploy")]
            {
                assert_eq!(place(&title, name), Some(1), "{title}");
            }
            let given = [alert.clone()];
            let query =
                Query { title: "config change of the build pipeline", alerts: &given, ..Query::default() };
            assert_eq!(ranked(&query)[0].0, name, "{alert}");
        }
    }
    let ranked = ranked(&Query { title: "TooManyConnections: orders-db", ..Query::default() });
    assert!(ranked[0].2.ends_with("alert TooManyConnections"), "no punctuation of the title: {ranked:?}");
}

#[test]
fn the_general_one_stands_below_all_that_have_a_reason() {
    let ranked = ranked(&Query { title: "prod db is down after deploy", ..Query::default() });
    assert!(ranked.len() > 2 && ranked.last().unwrap().0 == FALLBACK, "{ranked:#?}");
    let before = &ranked[..ranked.len() - 1];
    assert!(before.iter().all(|(_, _, why)| why.starts_with("matches: ")), "{ranked:#?}");
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
        Candidate { name: FALLBACK, title: "Suspected security incident", matches: &general, about: vec![] },
        Candidate { name: "till", title: "Tills", matches: &own, about: vec![] },
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
    assert!(!alike(&stem("image"), &stem("imagination")));
    assert!(!alike(&stem("token"), &stem("tokenring")), "five letters in common are not enough");
    assert!(alike(&stem("expired"), &stem("expiry")) && alike(&stem("store"), &stem("storage")));
    assert_eq!(
        [stem("db"), stem("repos"), stem("certs")],
        ["databas", "repository", "certificat"].map(str::to_owned)
    );
    assert_eq!(split("KubePodCrashLooping 5xx-errors"), ["kube", "pod", "crash", "looping", "5xx", "errors"]);
}

#[test]
fn titles_as_people_type_them_find_their_runbook_and_those_of_no_incident_find_none() {
    let text = include_str!("../../../../tests/fixtures/runbook-titles.tsv");
    let lines: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    let (none, named): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(name, _)| *name == "none");
    for (name, _) in SHIPPED {
        assert!(named.iter().filter(|(wanted, _)| wanted == name).count() >= 3, "{name} has too few titles");
    }
    let places: Vec<(&str, &str, Option<usize>)> =
        named.iter().map(|(name, title)| (*name, *title, place(title, name))).collect();
    let missed = |within: usize| -> Vec<_> {
        places.iter().filter(|(.., at)| at.is_none_or(|at| at > within)).collect()
    };
    assert!(missed(1).len() * 10 <= places.len(), "too many do not come first: {:#?}", missed(1));
    assert!(missed(3).is_empty(), "these are not among the first three: {:#?}", missed(3));
    assert!(none.len() >= 20);
    for (_, title) in none {
        let ranked = ranked(&Query { title, ..Query::default() });
        assert_eq!(ranked.len(), 1, "for {title:?}: {ranked:#?}");
    }
}
