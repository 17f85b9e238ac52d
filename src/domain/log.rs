//! The log format `wrl1`: the header of an event as bytes, its digest, and the salted commitment to its payload.
//! It must not know what an event means, mint ids or salts, or re-serialise anything that was stored: stored
//! bytes are hashed exactly as they are.
//!
//! A header is restricted ASCII, one `name value` a line, LF after each, in this order and no other:
//!
//! ```text
//! wrl1
//! incident 0193b0c5-2a00-7000-8000-000000000001
//! seq 2
//! prev <64 hex: sha256 of the header before, 64 zeros for seq 1>
//! id 0193b0c5-2a00-7000-8000-000000000002
//! kind entry.noted/1
//! at 2026-11-22T02:48:42.000Z
//! clock boot=1a2b3c4d ns=123456789 sync=1
//! actor alice@host:pts/3
//! key -
//! payload sha256:<64 hex: sha256("wrl1-payload\n" || salt || payload)>
//! attach sha256:<64 hex>                                  (none or more)
//! ```
//!
//! No free text is ever in a header, because a header can never be erased. Anybody can check a log with `sh` and
//! `sha256sum`; `tests/fixtures/wrl1` holds vectors.

mod chain;
mod head;
mod salvage;

use std::fmt;
use std::str::FromStr;

use chrono::DateTime;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use chain::{BreakReason, Broken, ChainReport, Columns, RawEvent, redaction, verify};
pub use head::{Head, SIGNATURE_NAMESPACE, head_in};
pub use salvage::{Pieces, Salvaged};

use super::ids::{EventId, LogId, Seq};
use super::time::{Utc, from_rfc3339, rfc3339, to_ms};

/// The longest header, in bytes.
pub const MAX_HEADER_BYTES: usize = 4096;

/// The first line of every header.
pub const MAGIC: &str = "wrl1";

/// What is hashed in front of salt and payload, so that a payload hash can be mistaken for nothing else.
const PAYLOAD_DOMAIN: &[u8] = b"wrl1-payload\n";

/// A SHA-256 digest, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The `prev` of the first event: all zeros.
    pub const ZERO: Self = Self([0; 32]);
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.hex()).map_err(|_| fmt::Error)?)
    }
}

impl Digest {
    /// The digits, in ASCII. Two digests stand in every header that is read.
    fn hex(self) -> [u8; 64] {
        let mut hex = [0; 64];
        let (pairs, _) = hex.as_chunks_mut::<2>();
        for (pair, byte) in pairs.iter_mut().zip(self.0) {
            *pair = [hex_digit(byte >> 4), hex_digit(byte & 15)];
        }
        hex
    }
}

const fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// A text that is not 64 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 digest is 64 lower-case hex digits")]
pub struct BadDigest;

impl FromStr for Digest {
    type Err = BadDigest;

    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let nibble = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(BadDigest),
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return Err(BadDigest);
        }
        let mut out = [0; 32];
        for (slot, [high, low]) in out.iter_mut().zip(pairs) {
            *slot = nibble(*high)? << 4 | nibble(*low)?;
        }
        Ok(Self(out))
    }
}

/// The SHA-256 of bytes as they are: of a header, it is the event's hash.
#[must_use]
pub fn digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// The commitment to a payload that stands in its header: sha256("wrl1-payload\n" || salt || body).
#[must_use]
pub fn payload_digest(salt: &[u8; 32], body: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(PAYLOAD_DOMAIN);
    hasher.update(salt);
    hasher.update(body);
    Digest(hasher.finalize().into())
}

/// What kind of event, and in which version of its payload: `entry.noted/1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindTag {
    /// The name, of the letters a to z, dots and hyphens.
    pub name: String,
    /// The version of the payload, from 1.
    pub version: u16,
}

impl fmt::Display for KindTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.version)
    }
}

impl KindTag {
    fn is_sound(&self) -> bool {
        self.version > 0
            && !self.name.is_empty()
            && self.name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'.' | b'-'))
    }
}

impl FromStr for KindTag {
    type Err = HeaderProblem;

    fn from_str(text: &str) -> Result<Self, HeaderProblem> {
        let bad = || HeaderProblem::BadValue { field: "kind", value: clip(text) };
        let (name, version) = text.rsplit_once('/').ok_or_else(bad)?;
        // Digits only, none of them a leading zero: as it would be written.
        if !version.starts_with(|c: char| matches!(c, '1'..='9')) {
            return Err(bad());
        }
        let kind = Self { name: name.to_owned(), version: version.parse().map_err(|_| bad())? };
        if kind.is_sound() { Ok(kind) } else { Err(bad()) }
    }
}

/// Why bytes are not a header, or why a header cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderProblem {
    /// More than [`MAX_HEADER_BYTES`].
    #[error("the header has {bytes} bytes; the limit is {MAX_HEADER_BYTES}")]
    TooLong {
        /// How many bytes it has.
        bytes: usize,
    },
    /// Bytes outside restricted ASCII.
    #[error("the header holds bytes that are not printable ASCII or LF")]
    NotAscii,
    /// The first line is another one: a newer format, or no log at all.
    #[error("the header begins with {found:?}, not {MAGIC:?}; it was written by another format or version")]
    OtherFormat {
        /// The first line, cut.
        found: String,
    },
    /// A line is missing or another stands in its place.
    #[error("the line {field:?} is missing or out of order")]
    Missing {
        /// The name of the line that was expected.
        field: &'static str,
    },
    /// A value that its line cannot have.
    #[error("the line {field:?} cannot hold {value:?}")]
    BadValue {
        /// The name of the line.
        field: &'static str,
        /// The value, cut.
        value: String,
    },
    /// Readable, but not byte for byte what would be written (leading zeros, a missing LF, upper-case hex).
    #[error("the header is not written in the one exact form")]
    NotExact,
}

/// The header of an event: everything about it but its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The incident's log.
    pub log: LogId,
    /// The position in the log, from 1.
    pub seq: Seq,
    /// The digest of the header before; [`Digest::ZERO`] for the first.
    pub prev: Digest,
    /// The event's own identity.
    pub id: EventId,
    /// The kind and version of the payload.
    pub kind: KindTag,
    /// When it was recorded (UTC, to the millisecond).
    pub at: Utc,
    /// The state of the clocks: `key=value` pairs, one space between them.
    pub clock: String,
    /// Who recorded it, where: see [`sanitise_actor`].
    pub actor: String,
    /// The fingerprint of the actor's key, or none.
    pub key: Option<String>,
    /// The salted commitment to the payload: see [`payload_digest`].
    pub payload: Digest,
    /// The digests of attached files.
    pub attach: Vec<Digest>,
}

/// Whether a value is one word of visible ASCII (`[!-~]+`).
fn is_word(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether a value is words with exactly one space between them.
fn is_words(value: &str) -> bool {
    value.split(' ').all(is_word)
}

/// A foreign value for a message: at most 80 characters.
fn clip(value: &str) -> String {
    value.chars().take(80).collect()
}

impl Header {
    /// The bytes that are stored and hashed.
    ///
    /// # Errors
    /// When a field cannot stand in a header, or the whole is too long.
    pub fn to_bytes(&self) -> Result<Vec<u8>, HeaderProblem> {
        let bad = |field, value: &str| Err(HeaderProblem::BadValue { field, value: clip(value) });
        let at = rfc3339(self.at);
        if self.seq == Seq::NONE {
            return bad("seq", "0");
        }
        if !self.kind.is_sound() {
            return bad("kind", &self.kind.to_string());
        }
        // Years beyond 9999 take a sign and another width.
        if at.len() != 24 || self.at != to_ms(self.at) {
            return bad("at", &at);
        }
        if !is_words(&self.clock) {
            return bad("clock", &self.clock);
        }
        if !is_word(&self.actor) {
            return bad("actor", &self.actor);
        }
        let key = self.key.as_deref().unwrap_or("-");
        if !is_word(key) || self.key.as_deref() == Some("-") {
            return bad("key", key);
        }
        // Every header that is read is written again to compare: without the formatting machinery, which takes longer
        // than reading it.
        let mut out = Vec::with_capacity(512);
        let mut put = |parts: &[&[u8]]| parts.iter().for_each(|part| out.extend_from_slice(part));
        let (mut log, mut id) = (Uuid::encode_buffer(), Uuid::encode_buffer());
        put(&[MAGIC.as_bytes(), b"\nincident ", self.log.0.hyphenated().encode_lower(&mut log).as_bytes()]);
        put(&[b"\nseq ", self.seq.to_string().as_bytes(), b"\nprev ", &self.prev.hex()]);
        put(&[b"\nid ", self.id.0.hyphenated().encode_lower(&mut id).as_bytes()]);
        put(&[b"\nkind ", self.kind.name.as_bytes(), b"/", self.kind.version.to_string().as_bytes()]);
        put(&[
            b"\nat ",
            at.as_bytes(),
            b"\nclock ",
            self.clock.as_bytes(),
            b"\nactor ",
            self.actor.as_bytes(),
        ]);
        put(&[b"\nkey ", key.as_bytes(), b"\npayload sha256:", &self.payload.hex(), b"\n"]);
        for attached in &self.attach {
            put(&[b"attach sha256:", &attached.hex(), b"\n"]);
        }
        if out.len() > MAX_HEADER_BYTES {
            return Err(HeaderProblem::TooLong { bytes: out.len() });
        }
        Ok(out)
    }

    /// Reads a header; whatever [`Header::to_bytes`] would not write byte for byte is refused.
    ///
    /// # Errors
    /// Says the first line that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderProblem> {
        if bytes.len() > MAX_HEADER_BYTES {
            return Err(HeaderProblem::TooLong { bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| HeaderProblem::NotAscii)?;
        if !text.bytes().all(|b| matches!(b, b'\n' | b' '..=b'~')) {
            return Err(HeaderProblem::NotAscii);
        }
        let mut lines = text.split('\n');
        let magic = lines.next().unwrap_or_default();
        if magic != MAGIC {
            return Err(HeaderProblem::OtherFormat { found: clip(magic) });
        }
        let mut value = |field: &'static str| {
            lines
                .next()
                .and_then(|line| line.strip_prefix(field)?.strip_prefix(' '))
                .ok_or(HeaderProblem::Missing { field })
        };
        let header = Self {
            log: LogId(read("incident", value("incident")?)?),
            seq: Seq(read("seq", value("seq")?)?),
            prev: read("prev", value("prev")?)?,
            id: EventId(read::<Uuid>("id", value("id")?)?),
            kind: value("kind")?.parse()?,
            at: instant("at", value("at")?)?,
            clock: value("clock")?.to_owned(),
            actor: value("actor")?.to_owned(),
            key: Some(value("key")?).filter(|key| *key != "-").map(str::to_owned),
            payload: sha256("payload", value("payload")?)?,
            attach: lines
                .by_ref()
                .take_while(|line| !line.is_empty())
                .map(|line| {
                    let value =
                        line.strip_prefix("attach ").ok_or(HeaderProblem::Missing { field: "attach" })?;
                    sha256("attach", value)
                })
                .collect::<Result<_, _>>()?,
        };
        if header.to_bytes()? == bytes { Ok(header) } else { Err(HeaderProblem::NotExact) }
    }
}

fn read<T: FromStr>(field: &'static str, value: &str) -> Result<T, HeaderProblem> {
    value.parse().map_err(|_| HeaderProblem::BadValue { field, value: clip(value) })
}

/// In the one form that is written; any other is read too, for the message to be about its form.
fn instant(field: &'static str, value: &str) -> Result<Utc, HeaderProblem> {
    match from_rfc3339(value) {
        Some(at) => Ok(at),
        None => Ok(read::<DateTime<chrono::FixedOffset>>(field, value)?.to_utc()),
    }
}

fn sha256(field: &'static str, value: &str) -> Result<Digest, HeaderProblem> {
    value
        .strip_prefix("sha256:")
        .and_then(|hex| hex.parse().ok())
        .ok_or_else(|| HeaderProblem::BadValue { field, value: clip(value) })
}

/// The `actor` of a header from what the host says: `alice@host:pts/3`, without `:tty` when there is none.
/// Whatever is not a letter, digit, `.`, `_`, `-`, `+` (or `/` in the terminal) becomes `_`; each part is cut, so
/// that no host can fill a header.
#[must_use]
pub fn sanitise_actor(user: &str, host: &str, tty: &str) -> String {
    let part = |text: &str, extra: &[char], most: usize| -> String {
        let keep = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c) || extra.contains(&c);
        text.trim().chars().take(most).map(|c| if keep(c) { c } else { '_' }).collect()
    };
    let or_unknown = |text: String| if text.is_empty() { "unknown".to_owned() } else { text };
    let user = or_unknown(part(user, &[], 64));
    let host = or_unknown(part(host, &[], 128));
    let tty = part(tty.trim().trim_start_matches("/dev/"), &['/'], 32);
    if tty.is_empty() { format!("{user}@{host}") } else { format!("{user}@{host}:{tty}") }
}

#[cfg(test)]
mod tests;
