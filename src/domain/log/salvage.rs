//! Puts logs together from pieces of any origin: a damaged database, its mirror, older copies. What continues the
//! chain and hashes as its header says is taken; the rest is not. It must not read anything, and must not invent.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::ids::{LogId, Seq};
use super::chain::redaction;
use super::{Digest, Header, RawEvent, digest, payload_digest};

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
    raw: RawEvent,
    hash: Digest,
    sound: bool,
}

/// Puts together what the pieces have, log by log.
#[must_use]
pub fn salvage(pieces: impl IntoIterator<Item = RawEvent>) -> BTreeMap<LogId, Salvaged> {
    let mut logs: BTreeMap<LogId, HashMap<(Seq, Digest), Piece>> = BTreeMap::new();
    for raw in pieces {
        let Ok(header) = Header::parse(&raw.header) else { continue };
        let hash = digest(&raw.header);
        let sound = match (&raw.salt, &raw.body) {
            (Some(salt), Some(body)) => <&[u8; 32]>::try_from(salt.as_slice())
                .is_ok_and(|salt| payload_digest(salt, body) == header.payload),
            _ => false,
        };
        let mut piece = Piece { raw, hash, sound };
        if !sound {
            (piece.raw.salt, piece.raw.body) = (None, None);
        }
        piece.raw.columns = None;
        // What was stored first at a place stays, but words make up for their absence.
        let place = logs.entry(header.log).or_default().entry((header.seq, header.prev));
        place
            .and_modify(|there| {
                if there.hash == hash && !there.sound && sound {
                    there.raw = piece.raw.clone();
                    there.sound = true;
                }
            })
            .or_insert(piece);
    }
    logs.into_iter().map(|(log, pieces)| (log, one(pieces))).collect()
}

fn one(mut pieces: HashMap<(Seq, Digest), Piece>) -> Salvaged {
    let (mut seq, mut prev) = (Seq::NONE.next(), Digest::ZERO);
    let mut events = Vec::new();
    let (mut absent, mut explained) = (Vec::new(), BTreeSet::new());
    while let Some(piece) = pieces.remove(&(seq, prev)) {
        if piece.sound {
            explained.extend(redaction(&piece.raw));
        } else {
            absent.push(seq);
        }
        events.push(piece.raw);
        (seq, prev) = (seq.next(), piece.hash);
    }
    absent.retain(|seq| !explained.contains(seq));
    let cut_off: BTreeSet<Seq> = pieces.into_keys().map(|(at, _)| at).filter(|at| *at >= seq).collect();
    Salvaged { events, wordless: absent, cut_off: cut_off.into_iter().collect() }
}
