//! The runbooks that come with the program. A home gets copies of them; a team's own of the same name goes first. A
//! list in the home says which copies it got, so that new ones reach it and deleted ones stay deleted.

use crate::domain::log::{Digest, digest};

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

/// The name of the list of copies in the folder of runbooks; `sha256sum -c` reads it.
pub const LIST: &str = ".shipped";

/// The list of copies that a home gets.
#[must_use]
pub fn list<'a>(copies: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    copies.map(|(name, text)| format!("{}  {name}.md\n", digest(text.as_bytes()))).collect()
}

/// The names and digests of a list; lines that are none are passed over.
#[must_use]
pub fn read_list(text: &str) -> Vec<(String, Digest)> {
    let line = |line: &str| {
        let (hex, file) = line.split_once("  ")?;
        Some((file.trim().strip_suffix(".md")?.to_owned(), hex.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_as_it_is_written() {
        let written = list(SHIPPED.iter().copied());
        let read = read_list(&format!("# a comment\n{written}nonsense\n"));
        assert_eq!(read.len(), SHIPPED.len());
        for ((name, text), (known, hash)) in SHIPPED.iter().zip(&read) {
            assert_eq!((name, digest(text.as_bytes())), (&known.as_str(), *hash));
        }
    }
}
