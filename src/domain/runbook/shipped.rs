//! The runbooks that come with the program. A home gets copies of them; a team's own of the same name goes first.

/// Name and text of each shipped runbook, in the order of names.
pub const SHIPPED: &[(&str, &str)] = &[
    ("build-pipeline-compromise", include_str!("../../../runbooks/build-pipeline-compromise.md")),
    ("compromised-ci-runner", include_str!("../../../runbooks/compromised-ci-runner.md")),
    ("database-full-or-degraded", include_str!("../../../runbooks/database-full-or-degraded.md")),
    ("dependency-confusion", include_str!("../../../runbooks/dependency-confusion.md")),
    ("device-key-compromise", include_str!("../../../runbooks/device-key-compromise.md")),
    ("expired-certificate", include_str!("../../../runbooks/expired-certificate.md")),
    ("exposed-bucket", include_str!("../../../runbooks/exposed-bucket.md")),
    ("frontend-compromise", include_str!("../../../runbooks/frontend-compromise.md")),
    ("leaked-ci-token", include_str!("../../../runbooks/leaked-ci-token.md")),
    ("leaked-production-secret", include_str!("../../../runbooks/leaked-production-secret.md")),
    ("malicious-dependency", include_str!("../../../runbooks/malicious-dependency.md")),
    ("malicious-image", include_str!("../../../runbooks/malicious-image.md")),
    ("network-or-dns-down", include_str!("../../../runbooks/network-or-dns-down.md")),
    ("over-broad-oidc-trust", include_str!("../../../runbooks/over-broad-oidc-trust.md")),
    ("production-outage-after-change", include_str!("../../../runbooks/production-outage-after-change.md")),
    ("public-api-key-exposed", include_str!("../../../runbooks/public-api-key-exposed.md")),
    ("signing-key-compromised", include_str!("../../../runbooks/signing-key-compromised.md")),
    ("source-repository-compromised", include_str!("../../../runbooks/source-repository-compromised.md")),
    ("suspected-security-incident", include_str!("../../../runbooks/suspected-security-incident.md")),
    ("suspicious-cloud-administrator", include_str!("../../../runbooks/suspicious-cloud-administrator.md")),
    ("suspicious-workload", include_str!("../../../runbooks/suspicious-workload.md")),
    ("third-party-outage", include_str!("../../../runbooks/third-party-outage.md")),
];

/// The shipped runbook of a name.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
