//! Checks a whole log offline: every header, every link, every payload, and heads that others hold.
//! It must not read anything: the caller hands it the stored bytes. Of the payloads it understands one kind only,
//! `payload.redacted`, because a payload may be missing only where such an event names it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use super::super::ids::{EventId, LogId, Seq};
use super::{Digest, Header, HeaderProblem, digest, payload_digest};

/// The kind whose payload names an erased one.
const REDACTION: &str = "payload.redacted";

/// An event as it is stored or exported, not interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The 32 bytes of salt; none when the payload was erased.
    pub salt: Option<Vec<u8>>,
    /// The payload's bytes; none when it was erased.
    pub body: Option<Vec<u8>>,
    /// What the store keeps beside the header for its own look-ups; none in an export.
    pub columns: Option<Columns>,
}

impl RawEvent {
    /// Whether salt and payload are there, and are those that a header commits to.
    #[must_use]
    pub fn keeps_to(&self, header: &Header) -> bool {
        let (Some(salt), Some(body)) = (&self.salt, &self.body) else { return false };
        <&[u8; 32]>::try_from(salt.as_slice()).is_ok_and(|salt| payload_digest(salt, body) == header.payload)
    }
}

/// The copies of header values by which a store finds an event; they must agree with the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// The position.
    pub seq: Seq,
    /// The event's identity.
    pub id: EventId,
    /// The digest of the header before.
    pub prev: Digest,
    /// The digest of the header.
    pub hash: Digest,
    /// The position whose payload may be erased because of it.
    pub redacts: Option<Seq>,
}

impl Columns {
    /// Whether they say what the event does.
    fn agree(&self, event: &RawEvent, header: &Header, hash: Digest) -> bool {
        let copies = (self.seq, self.id, self.prev, self.hash);
        copies == (header.seq, header.id, header.prev, hash) && self.may_redact(event, header)
    }

    /// Whether the erasure that is allowed is the one that the event names. To allow none does no harm; of a redaction
    /// that is erased itself nothing tells, and it explains no payload that is missing.
    fn may_redact(&self, event: &RawEvent, header: &Header) -> bool {
        let Some(allowed) = self.redacts else { return true };
        header.kind.name == REDACTION
            && event.body.as_deref().is_none_or(|body| target(body) == Some(allowed))
    }
}

/// The first event at which a log stops being what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The position where it shows.
    pub seq: Seq,
    /// What is wrong there.
    pub reason: BreakReason,
}

/// What can be wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreakReason {
    /// The header's bytes are not a header.
    HeaderUnreadable(HeaderProblem),
    /// The event belongs to the log of another incident.
    WrongLog,
    /// An event is missing: this position stands where `expected` should.
    Gap {
        /// The position that should be here.
        expected: Seq,
    },
    /// A position or an event id stands twice.
    Duplicate,
    /// `prev` is not the digest of the header before: one of the two was edited, or one was put in between.
    PrevMismatch,
    /// The payload or its salt is not the one the header commits to.
    PayloadEdited,
    /// The payload is gone, and no redaction event names it.
    PayloadMissing,
    /// The store's own columns disagree with the header.
    ColumnsDiffer,
    /// A head that was published shows another header here: history was rewritten.
    HeadDiffers,
    /// A head that was published lies beyond the end: the log was cut.
    CutShort {
        /// The last position that is here.
        last: Seq,
    },
}

impl fmt::Display for BreakReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeaderUnreadable(problem) => write!(f, "header unreadable: {problem}"),
            Self::WrongLog => write!(f, "the event belongs to another incident"),
            Self::Gap { expected } => write!(f, "gap: entry {expected} is missing"),
            Self::Duplicate => write!(f, "the entry stands twice"),
            Self::PrevMismatch => write!(f, "chain broken: it does not continue the entry before"),
            Self::PayloadEdited => write!(f, "payload edited"),
            Self::PayloadMissing => write!(f, "payload missing, and no redaction names it"),
            Self::ColumnsDiffer => write!(f, "the database's columns disagree with the header"),
            Self::HeadDiffers => write!(f, "rewritten: a published head shows another entry here"),
            Self::CutShort { last } => write!(f, "cut short: the log ends at entry {last}"),
        }
    }
}

/// What a check of a log found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChainReport {
    /// How many events were looked at and found sound before the first broken one.
    pub checked: u64,
    /// The positions whose payloads were erased with a redaction event.
    pub redacted: Vec<Seq>,
    /// The first that is broken, by position.
    pub first_broken: Option<Broken>,
    /// The last position and its digest, when nothing is broken and the log is not empty.
    pub head: Option<(Seq, Digest)>,
}

impl ChainReport {
    /// Whether nothing is broken.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.first_broken.is_none()
    }
}

/// Checks a log given in the order of its positions. `log`: the incident it must belong to; without, the first
/// event says. `published`: heads that somebody else holds (a commit, an export), for a chain whose head nobody
/// else holds proves nothing about its end.
#[must_use]
pub fn verify(
    log: Option<LogId>,
    events: impl IntoIterator<Item = RawEvent>,
    published: &[(Seq, Digest)],
) -> ChainReport {
    let mut walk = Walk { log, ..Walk::default() };
    let mut first_broken = None;
    for event in events {
        if first_broken.is_some() {
            // Only what it may say about payloads that are missing before the break.
            walk.redactions.extend(redaction(&event));
        } else {
            first_broken = walk.step(&event, published).err();
        }
    }
    // A redaction stands after what it erases, so absences are judged at the end.
    let unexplained = walk.absent.difference(&walk.redactions).next().copied();
    if let Some(seq) = unexplained
        && first_broken.as_ref().is_none_or(|broken| seq < broken.seq)
    {
        first_broken = Some(Broken { seq, reason: BreakReason::PayloadMissing });
    }
    if first_broken.is_none()
        && let Some((seq, _)) =
            published.iter().filter(|(seq, _)| *seq > walk.head.0).min_by_key(|head| head.0)
    {
        let reason = BreakReason::CutShort { last: walk.head.0 };
        first_broken = Some(Broken { seq: *seq, reason });
    }
    let checked = match &first_broken {
        Some(Broken { seq, .. }) => walk.head.0.0.min(seq.0.saturating_sub(1)),
        None => walk.head.0.0,
    };
    ChainReport {
        checked,
        redacted: walk.absent.intersection(&walk.redactions).copied().collect(),
        head: (first_broken.is_none() && walk.head.0 != Seq::NONE).then_some(walk.head),
        first_broken,
    }
}

#[derive(Default)]
struct Walk {
    log: Option<LogId>,
    head: (Seq, Digest),
    ids: HashSet<EventId>,
    absent: BTreeSet<Seq>,
    redactions: BTreeSet<Seq>,
}

impl Walk {
    fn step(&mut self, event: &RawEvent, published: &[(Seq, Digest)]) -> Result<(), Broken> {
        let expected = self.head.0.next();
        let at = |seq: Seq, reason| Broken { seq, reason };
        let header = Header::parse(&event.header)
            .map_err(|problem| at(expected, BreakReason::HeaderUnreadable(problem)))?;
        if *self.log.get_or_insert(header.log) != header.log {
            return Err(at(expected, BreakReason::WrongLog));
        }
        if header.seq < expected {
            return Err(at(header.seq, BreakReason::Duplicate));
        }
        if header.seq > expected {
            return Err(at(header.seq, BreakReason::Gap { expected }));
        }
        let here = |reason| at(header.seq, reason);
        if !self.ids.insert(header.id) {
            return Err(here(BreakReason::Duplicate));
        }
        if header.prev != self.head.1 {
            return Err(here(BreakReason::PrevMismatch));
        }
        let hash = digest(&event.header);
        match (&event.salt, &event.body) {
            (Some(_), Some(body)) => {
                if !event.keeps_to(&header) {
                    return Err(here(BreakReason::PayloadEdited));
                }
                if header.kind.name == REDACTION {
                    self.redactions.extend(target(body));
                }
            }
            (None, None) => {
                self.absent.insert(header.seq);
            }
            _ => return Err(here(BreakReason::PayloadEdited)),
        }
        if event.columns.is_some_and(|columns| !columns.agree(event, &header, hash)) {
            return Err(here(BreakReason::ColumnsDiffer));
        }
        if published.iter().any(|(seq, head)| *seq == header.seq && *head != hash) {
            return Err(here(BreakReason::HeadDiffers));
        }
        self.head = (header.seq, hash);
        Ok(())
    }
}

/// The position that an event erases, when it is a redaction whose payload is the one its header commits to.
#[must_use]
pub fn redaction(event: &RawEvent) -> Option<Seq> {
    let header = Header::parse(&event.header).ok().filter(|header| header.kind.name == REDACTION)?;
    target(event.body.as_deref().filter(|_| event.keeps_to(&header))?)
}

/// The position that a redaction names: `{"data":{"target":7, …}, …}`.
fn target(body: &[u8]) -> Option<Seq> {
    let body: BTreeMap<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    body.get("data")?.get("target")?.as_u64().map(Seq)
}
