//! Instants and spans: the types, and the one way in which each is written. It must not read a clock.

use chrono::{DateTime, SubsecRound, TimeDelta};

/// An instant in UTC. Stored to the millisecond.
pub type Utc = DateTime<chrono::Utc>;

/// A span of time; negative where an order is given.
pub type Span = TimeDelta;

/// What the shell reads once for each message or command: the wall clock and the state of the clocks behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The wall clock, cut to the millisecond.
    pub at: Utc,
    /// The `clock` line of a log header: boot id, time since boot in ns, whether the clock is synchronised.
    /// Restricted ASCII (space to tilde).
    pub clock: String,
}

/// Cuts an instant to the millisecond, the precision that is stored.
#[must_use]
pub fn to_ms(at: Utc) -> Utc {
    at.trunc_subsecs(3)
}

/// Writes an instant as RFC 3339 in UTC with milliseconds: `2026-11-22T02:48:42.000Z`.
#[must_use]
pub fn rfc3339(at: Utc) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
