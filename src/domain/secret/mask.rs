//! What stands in the place of a secret: its rule, and a tag by which the same secret is known again without being
//! told. It must not find anything.

use sha2::{Digest as _, Sha256};

use super::{Finding, MASKED, Weight};

/// Makes the tags of one home. The key is random and never leaves it, so that nobody can try guesses against a tag.
#[derive(Clone)]
pub struct Tagger {
    key: [u8; 32],
}

impl std::fmt::Debug for Tagger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tagger")
    }
}

impl Tagger {
    /// A tagger with the key of a home.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// Four hex digits: the first of an HMAC-SHA256 (RFC 2104) of the secret under the key.
    #[must_use]
    pub fn tag(&self, secret: &str) -> String {
        let pad = |byte: u8| {
            let mut block = [byte; 64];
            for (b, k) in block.iter_mut().zip(self.key) {
                *b = k ^ byte;
            }
            block
        };
        let inner = Sha256::new().chain_update(pad(0x36)).chain_update(secret.as_bytes()).finalize();
        let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
        outer.iter().take(2).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The text with every blocking secret masked: `[secret aws-access-token #4f2a]`.
#[must_use]
pub fn mask(text: &str, found: &[Finding], tagger: &Tagger) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for finding in found.iter().filter(|f| f.weight == Weight::Block) {
        let (Some(before), Some(secret)) = (text.get(from..finding.at.start), text.get(finding.at.clone()))
        else {
            continue;
        };
        out.push_str(before);
        out.push_str(&format!("{MASKED}{} #{}]", finding.rule, tagger.tag(secret)));
        from = finding.at.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_same_for_the_same_secret_and_key_only() {
        let (one, two) = (Tagger::new([1; 32]), Tagger::new([2; 32]));
        assert_eq!(one.tag("x"), one.tag("x"));
        assert_ne!(one.tag("x"), one.tag("y"));
        assert_ne!(one.tag("x"), two.tag("x"));
        assert_eq!(one.tag("x").len(), 4);
    }

    #[test]
    fn what_stands_around_a_secret_stays() {
        let text = "é AAA ü BBB.";
        let at = |part: &str| {
            let start = text.find(part).unwrap();
            Finding { rule: "r", weight: Weight::Block, at: start..start + part.len() }
        };
        let masked = mask(text, &[at("AAA"), at("BBB")], &Tagger::new([0; 32]));
        assert!(
            masked.starts_with("é [secret r #")
                && masked.contains("] ü [secret r #")
                && masked.ends_with("].")
        );
    }
}
