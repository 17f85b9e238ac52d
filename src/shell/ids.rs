//! The one place that mints ids and salts. Their time is given by the caller, who reads it from the clock.

use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::domain::ids::{EventId, LogId};
use crate::domain::time::Utc;

/// The namespace of ids that two writers must mint alike.
const SHARED: Uuid = Uuid::from_bytes(*b"warroom.shared01");

/// The source of ids; clones share it, so that ids stay in the order in which they were minted.
#[derive(Debug, Clone)]
pub struct Ids(Arc<Mutex<Mint>>);

struct Mint {
    /// Mixed into every id, so that ids stay apart even if the host's random source fails later.
    secret: [u8; 32],
    /// How many blocks were drawn from the secret.
    drawn: u64,
    /// Whether the secret alone decides: for tests and replays.
    seeded: bool,
    /// The millisecond of the last id, since 1970 (UTC).
    last_ms: u64,
    /// Counts the ids of one millisecond in the 12 bits that follow the time.
    counter: u16,
}

impl std::fmt::Debug for Mint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mint").field("seeded", &self.seeded).finish_non_exhaustive()
    }
}

/// The host gives no random bytes, so that no id can be made.
#[derive(Debug, thiserror::Error)]
#[error("the host gives no random bytes ({0}), and ids cannot be made without; check /dev/urandom")]
pub struct NoRandomness(getrandom::Error);

impl Ids {
    /// Makes the source from the host's random bytes.
    ///
    /// # Errors
    /// [`NoRandomness`] when the host gives none.
    pub fn new() -> Result<Self, NoRandomness> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(NoRandomness)?;
        Ok(Self::from_mint(secret, false))
    }

    /// Makes a source whose ids and salts follow from the seed alone. Only for tests: such salts protect nothing.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::from_mint(Sha256::digest(seed.to_be_bytes()).into(), true)
    }

    fn from_mint(secret: [u8; 32], seeded: bool) -> Self {
        Self(Arc::new(Mutex::new(Mint { secret, drawn: 0, seeded, last_ms: 0, counter: 0 })))
    }

    /// Mints the id of an event (UUID v7) whose time is `at`.
    #[must_use]
    pub fn event(&self, at: Utc) -> EventId {
        EventId(self.v7(at))
    }

    /// Mints the identity of a new log (UUID v7) whose time is `at`.
    #[must_use]
    pub fn log(&self, at: Utc) -> LogId {
        LogId(self.v7(at))
    }

    /// Draws the salt of a payload.
    #[must_use]
    pub fn salt(&self) -> [u8; 32] {
        self.with(Mint::block)
    }

    /// Draws a short random name of 16 hex digits, for files of this process.
    #[must_use]
    pub fn token(&self) -> String {
        self.with(Mint::block).iter().take(8).map(|b| format!("{b:02x}")).collect()
    }

    fn v7(&self, at: Utc) -> Uuid {
        let ms = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        self.with(|mint| mint.v7(ms))
    }

    fn with<T>(&self, f: impl FnOnce(&mut Mint) -> T) -> T {
        // A panic elsewhere leaves nothing half-done in the mint.
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes the id (UUID v5) that every writer makes for the same thing of the same log, so that it is stored once:
/// `shared_event(log, "clock response 2026-11-22T14:05:00.000Z")`.
#[must_use]
pub fn shared_event(log: LogId, thing: &str) -> EventId {
    EventId(Uuid::new_v5(&Uuid::new_v5(&SHARED, log.0.as_bytes()), thing.as_bytes()))
}

impl Mint {
    /// Thirty-two bytes that nobody can foretell (or, seeded, that the seed gives).
    fn block(&mut self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(self.secret);
        hash.update(self.drawn.to_be_bytes());
        self.drawn = self.drawn.wrapping_add(1);
        let mut fresh = [0; 32];
        if !self.seeded && getrandom::fill(&mut fresh).is_ok() {
            hash.update(fresh);
        }
        hash.finalize().into()
    }

    /// Ids of one millisecond count up, so that they sort in the order in which they were made.
    fn v7(&mut self, ms: u64) -> Uuid {
        let [a, b, tail @ ..] = self.block();
        if ms == self.last_ms && self.counter < 0x0FFF {
            self.counter += 1;
        } else {
            // The top bit stays clear to leave room for counting.
            self.counter = u16::from_be_bytes([a, b]) & 0x07FF;
        }
        self.last_ms = ms;
        let mut random = [0; 10];
        let counter = self.counter.to_be_bytes();
        for (to, from) in random.iter_mut().zip(counter.iter().chain(tail.iter())) {
            *to = *from;
        }
        Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Utc {
        chrono::DateTime::from_timestamp_millis(ms).unwrap()
    }

    #[test]
    fn ids_follow_the_clock_and_sort_as_minted() {
        let ids = Ids::new().unwrap();
        let minted: Vec<Uuid> = (0..3_000).map(|i| ids.event(at(1_800_000_000_000 + i / 1_000)).0).collect();
        assert!(minted.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(minted[0].get_version_num(), 7);
        assert_eq!(minted[0].get_timestamp().unwrap().to_unix(), (1_800_000_000, 0));
    }

    #[test]
    fn a_seed_repeats_and_another_does_not() {
        let draw = |seed| {
            let ids = Ids::seeded(seed);
            (ids.log(at(5)), ids.event(at(5)), ids.salt(), ids.token())
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(Ids::new().unwrap().salt(), Ids::new().unwrap().salt());
    }

    #[test]
    fn shared_ids_are_the_same_for_every_writer() {
        let (one, two) = (LogId(Uuid::from_u128(1)), LogId(Uuid::from_u128(2)));
        assert_eq!(shared_event(one, "clock a"), shared_event(one, "clock a"));
        assert_ne!(shared_event(one, "clock a"), shared_event(two, "clock a"));
        assert_ne!(shared_event(one, "clock a"), shared_event(one, "clock b"));
        assert_eq!(shared_event(one, "clock a").0.get_version_num(), 5);
    }
}
