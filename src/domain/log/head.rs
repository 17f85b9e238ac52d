//! The head of a log as a text: what is signed, and what others keep. It must not sign.

use super::super::ids::{LogId, Seq};
use super::super::time::{Utc, rfc3339};
use super::Digest;

/// The first line of the text.
const MAGIC: &str = "warroom-head/1";

/// What stands before a head in a text for people: `Log: 42:cb6c…`.
const LABEL: &str = "Log: ";

/// The head that a text for people names in a line of its own, such as an update that went out.
#[must_use]
pub fn head_in(text: &str) -> Option<(Seq, Digest)> {
    text.lines().rev().find_map(|line| {
        let (seq, hex) = line.trim().strip_prefix(LABEL)?.split_once(':')?;
        Some((Seq(seq.parse().ok()?), hex.parse().ok()?))
    })
}

/// The namespace under which `ssh-keygen -Y` signs a head, so that the signature of one can be taken for nothing else.
pub const SIGNATURE_NAMESPACE: &str = "warroom-head@v1";

/// How far a log had come, and which payloads its export holds back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The log.
    pub log: LogId,
    /// Its last event.
    pub seq: Seq,
    /// The digest of that event's header.
    pub digest: Digest,
    /// When this was written (UTC).
    pub at: Utc,
    /// Events whose payloads are not in the export that the head belongs to.
    pub withheld: Vec<Seq>,
}

impl Head {
    /// The text: six lines of a name and a value.
    #[must_use]
    pub fn to_text(&self) -> String {
        let withheld: Vec<String> = self.withheld.iter().map(ToString::to_string).collect();
        let withheld = if withheld.is_empty() { "-".to_owned() } else { withheld.join(" ") };
        format!(
            "{MAGIC}\nincident {}\nseq {}\nhead {}\ntime {}\nwithheld {withheld}\n",
            self.log,
            self.seq,
            self.digest,
            rfc3339(self.at)
        )
    }
}
