//! Puts logs together from pieces of any origin: a damaged database, its mirror, older copies. What continues the
//! chain and hashes as its header says is taken; the rest is not. It must not read anything, and must not invent.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::ids::{EventId, LogId, Seq};
use super::chain::redaction;
use super::{Digest, Header, RawEvent, digest};

/// A log as far as it could be put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// Its events from the first one on, without gaps.
    pub events: Vec<RawEvent>,
    /// Events whose payload no piece had, and that no redaction explains.
    pub wordless: Vec<Seq>,
    /// Positions that pieces have but that no longer continue the chain: an event between is lost.
    pub cut_off: Vec<Seq>,
}

struct Piece {
    id: EventId,
    raw: RawEvent,
    hash: Digest,
    sound: bool,
}

/// What claims a place in a log: a position, and what it continues. A damaged header can claim the place of the sound
/// one, so there may be several.
type Places = HashMap<(Seq, Digest), Vec<Piece>>;

/// Pieces of logs. What is the same twice is kept once.
#[derive(Default)]
pub struct Pieces {
    logs: BTreeMap<LogId, Places>,
}

impl Pieces {
    /// Takes pieces of any log. Those whose header cannot be read are of no use.
    pub fn add(&mut self, pieces: impl IntoIterator<Item = RawEvent>) {
        for mut raw in pieces {
            let Ok(header) = Header::parse(&raw.header) else { continue };
            let hash = digest(&raw.header);
            let sound = raw.keeps_to(&header);
            if !sound {
                (raw.salt, raw.body) = (None, None);
            }
            raw.columns = None;
            let place =
                self.logs.entry(header.log).or_default().entry((header.seq, header.prev)).or_default();
            match place.iter_mut().find(|there| there.hash == hash) {
                None => place.push(Piece { id: header.id, raw, hash, sound }),
                // Words make up for their absence.
                Some(there) if !there.sound && sound => (there.raw, there.sound) = (raw, true),
                Some(_) => {}
            }
        }
    }

    /// Puts together what the pieces have, log by log.
    #[must_use]
    pub fn put_together(self) -> BTreeMap<LogId, Salvaged> {
        let mut there = HashSet::new();
        let mut found: BTreeMap<LogId, (Salvaged, Vec<(Seq, EventId)>)> = BTreeMap::new();
        for (log, pieces) in self.logs {
            found.insert(log, one(pieces, &mut there));
        }
        let judged = found.into_iter().map(|(log, (mut found, left))| {
            // A damaged header can look like one of another place or log: its event is known by its id, and is not
            // lost.
            let lost: BTreeSet<Seq> =
                left.into_iter().filter(|(_, id)| !there.contains(id)).map(|(seq, _)| seq).collect();
            found.cut_off = lost.into_iter().collect();
            (log, found)
        });
        judged.filter(|(_, found)| !found.events.is_empty() || !found.cut_off.is_empty()).collect()
    }
}

/// How many events there are from each place on, along the longest way.
fn lengths(pieces: &Places) -> HashMap<(Seq, Digest), usize> {
    let mut places: Vec<&(Seq, Digest)> = pieces.keys().collect();
    places.sort_unstable_by_key(|(seq, _)| Reverse(*seq));
    let mut lengths: HashMap<(Seq, Digest), usize> = HashMap::new();
    for place in places {
        let claims = pieces.get(place).map_or(&[][..], Vec::as_slice);
        let after = claims.iter().filter_map(|piece| lengths.get(&(place.0.next(), piece.hash))).max();
        let length = after.copied().unwrap_or(0).saturating_add(1);
        lengths.insert(*place, length);
    }
    lengths
}

/// A log from its pieces, and the pieces that are left beyond its end. `there` learns the ids of its events.
fn one(mut pieces: Places, there: &mut HashSet<EventId>) -> (Salvaged, Vec<(Seq, EventId)>) {
    let (mut seq, mut prev) = (Seq::NONE.next(), Digest::ZERO);
    let mut events = Vec::new();
    let (mut absent, mut explained) = (Vec::new(), BTreeSet::new());
    let lengths = lengths(&pieces);
    while let Some(claims) = pieces.remove(&(seq, prev)) {
        // The one that is continued furthest, then the one whose words are there, then the one that came first.
        let after = |piece: &Piece| lengths.get(&(seq.next(), piece.hash)).copied().unwrap_or(0);
        let worth = |piece: &Piece| (after(piece), piece.sound);
        let best = claims.into_iter().rev().max_by_key(worth);
        let Some(piece) = best else { break };
        if piece.sound {
            explained.extend(redaction(&piece.raw));
        } else {
            absent.push(seq);
        }
        there.insert(piece.id);
        events.push(piece.raw);
        (seq, prev) = (seq.next(), piece.hash);
    }
    absent.retain(|seq| !explained.contains(seq));
    let left = pieces.into_iter().filter(|((at, _), _)| *at >= seq);
    let left =
        left.flat_map(|((at, _), claims)| claims.into_iter().map(move |piece| (at, piece.id))).collect();
    (Salvaged { events, wordless: absent, cut_off: Vec::new() }, left)
}
