//! Names of things: incidents, events, stories. It must not mint them (`shell::ids` does).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The position of an event in the log of its incident: 1 for the first, without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The position before the first event: the head of an empty log.
    pub const NONE: Self = Self(0);

    /// The position that follows this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The identity of an incident's log (UUID v7), never shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogId(pub Uuid);

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The identity of one event (UUID v7, or v5 where two writers must mint the same one). Made before the first
/// attempt to store, so that a retry cannot duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub Uuid);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The name of an incident among people: `INC-2026-0042`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId {
    /// The year (UTC) in which it was declared.
    pub year: u16,
    /// The running number in that year, from 1.
    pub number: u32,
}

/// A text that is not the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct BadId {
    /// What was given.
    pub text: String,
    /// The form that was expected, with an example.
    pub expected: &'static str,
}

impl IncidentId {
    /// The incident that a text names beside this one: by its id, or by a bare number, which is one of the same year.
    #[must_use]
    pub fn sibling(self, text: &str) -> Option<Self> {
        let text = text.trim();
        text.parse().map_or_else(|_| text.parse().ok(), |number| Some(Self { number, ..self }))
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INC-{:04}-{:04}", self.year, self.number)
    }
}

impl FromStr for IncidentId {
    type Err = BadId;

    /// Reads `INC-2026-0042`; letters in any case, leading zeros optional in the number.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId { text: text.to_owned(), expected: "an incident id such as INC-2026-0042" };
        let mut parts = text.split('-');
        let (Some(prefix), Some(year), Some(number), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(bad());
        };
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !prefix.eq_ignore_ascii_case("INC") || year.len() != 4 || !digits(year) || !digits(number) {
            return Err(bad());
        }
        let year = year.parse().map_err(|_| bad())?;
        let number = number.parse().map_err(|_| bad())?;
        if number == 0 {
            return Err(bad());
        }
        Ok(Self { year, number })
    }
}

impl Serialize for IncidentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IncidentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The name of an improvement story: `INC-2026-0042/S1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoryId {
    /// The incident that taught it.
    pub incident: IncidentId,
    /// The running number within the incident, from 1.
    pub number: u32,
}

impl fmt::Display for StoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/S{}", self.incident, self.number)
    }
}

impl FromStr for StoryId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId { text: text.to_owned(), expected: "a story id such as INC-2026-0042/S1" };
        let (incident, story) = text.split_once('/').ok_or_else(bad)?;
        let incident = incident.parse().map_err(|_| bad())?;
        let number = story.strip_prefix(['S', 's']).and_then(|n| n.parse().ok()).ok_or_else(bad)?;
        if number == 0 {
            return Err(bad());
        }
        Ok(Self { incident, number })
    }
}

impl Serialize for StoryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StoryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incident_ids_round_trip_and_refuse_what_is_not_one() {
        let id: IncidentId = "inc-2026-42".parse().unwrap();
        assert_eq!(id.to_string(), "INC-2026-0042");
        for bad in ["", "INC", "INC-26-1", "INC-2026-0", "INC-2026-x", "INC-2026-1-2", "INC-2026-99999999999"]
        {
            assert!(bad.parse::<IncidentId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn story_ids_round_trip() {
        let id: StoryId = "INC-2026-0042/S1".parse().unwrap();
        assert_eq!(id.to_string(), "INC-2026-0042/S1");
        assert!("INC-2026-0042".parse::<StoryId>().is_err());
        assert!("INC-2026-0042/S0".parse::<StoryId>().is_err());
    }
}
